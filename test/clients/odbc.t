#!/usr/bin/env perl
# psqlODBC, which Excel, Access and Tableau use: what it lists, the types and lengths it describes, the rows; and isql.
use strict;
use warnings;
use Clients;
use MoDash;
use Test::More;

my ($driver) = glob('/usr/lib/*/odbc/psqlodbcw.so'), glob '/usr/lib64/psqlodbcw.so';
my $missing = missing_program('isql', 'gcc') // ($driver ? undef : 'psqlODBC is not here (test/deps clients installs it)');
plan(skip_all => $missing) if $missing;

my $login = client_database();
my ($columns, undef) = contract();
my $folder = output_folder('odbc');
system("gcc -O1 -Wall -Wextra -Werror -o $folder/odbc_reader test/clients/odbc_reader.c -lodbc") == 0 or BAIL_OUT('odbc_reader does not compile');
my $facts = facts_of("$folder/odbc_reader", "Driver=$driver;Servername=" . server_folder() . ";Port=$ENV{PGPORT};Database=$ENV{PGDATABASE};Username=$login", $folder);

my @listed = grep { $_->[0] eq 'mo_dashboard' } @{$facts->{table}};
is_deeply([sort map { $_->[1] } @listed], [sort keys %{$columns}], 'every published view is listed, and nothing else is in the schema');
is_deeply([grep { $_->[2] ne 'VIEW' } @listed], [], '... as a view');

# ODBC's types: integer 4, smallint 5, double 6, numeric 2, date 91, timestamp 93, varchar 12, long varchar -1 (wide: -9, -10)
my %want = ('integer' => 4, 'smallint' => 5, 'double precision' => 6, 'numeric' => 2, 'date' => 91, 'timestamp without time zone' => 93,
    'character varying' => 12, 'text' => -1);
for my $list (qw(column described)) {
    my (%seen, @wrong_type, @wrong_length, @long, @wrong_scale);
    for (@{$facts->{$list}}) {
        my ($view, $name, $type, $size, $digits) = @{$_}[0, 1, 2, $list eq 'column' ? (4, 5) : (3, 4)];
        my ($column) = grep { $_->{name} eq $name } @{$columns->{$view}};
        $type = {8 => 6, -9 => 12, -10 => -1}->{$type} // $type;
        push @{$seen{$view}}, $name;
        push @wrong_type, "$view.$name is $column->{type}, described as $type" if $type != $want{$column->{type}};
        push @wrong_length, "$view.$name: $size, not $column->{length}" if $column->{length} && $size != $column->{length};
        push @long, "$view.$name" if $type == -1 && $name !~ /_narrative$/;
        push @wrong_scale, "$view.$name: $size,$digits" if $type == 2 && ($size > 28 || $digits > 4 || $digits < 1);
    }
    my $how = $list eq 'column' ? 'SQLColumns' : 'SQLDescribeCol';
    is_deeply(\%seen, {map { my $v = $_; $v => [map { $_->{name} } @{$columns->{$v}}] } keys %{$columns}}, "$how: every column in order");
    is_deeply(\@wrong_type, [], "$how: each has its type");
    is_deeply(\@wrong_length, [], "$how: each text has its length");
    is_deeply(\@long, [], "$how: only narrative is a long text, which Excel cannot sort");
    is_deeply(\@wrong_scale, [], "$how: money has its scale");
}
is(scalar @{$facts->{keys}}, scalar keys %{$columns}, 'keys can be asked for');
rows_are_right('psqlODBC', $folder, $columns);

# isql, with a data source as an analyst has it
open my $sources, '>', "$folder/odbc.ini" or die;
print $sources "[mo]\nDriver = $driver\nServername = @{[server_folder()]}\nPort = $ENV{PGPORT}\nDatabase = $ENV{PGDATABASE}\nUsername = $login\n";
close $sources;
$ENV{ODBCINI} = "$folder/odbc.ini";
$ENV{LC_ALL} = 'C.UTF-8';
sub isql {
    my ($input) = @_;
    my $file = file_with('isql.sql', "$input\n");
    my $out = `timeout 60 isql mo -v -b -q -d'|' < $file 2>&1`;
    return map { s/"|\|\s*$//gr } grep { length } split /\n/, $out;
}
my $help = join "\n", isql('help');
is_deeply([grep { $help !~ /\bmo_dashboard\b[^\n]*\b$_\b[^\n]*VIEW/ } sort keys %{$columns}], [], 'isql: help lists every view');
for my $view (qw(dashboard fact_kpi dim_organisation exception)) {
    my @codes = isql("select distinct org_code from mo_dashboard.$view");
    is_deeply([sort @codes], [split /\n/, psql("select distinct org_code collate \"C\" from mo_dashboard.$view order by 1")], "isql: the organisations of $view");
}
my %own = own_organisations();
is_deeply([grep { !$own{$_} } isql('select distinct org_code from mo_dashboard.fact_kpi')], [], '... figures of its own PCN and practices only');
like(join("\n", isql('select * from mo_data.kpi_value')), qr/permission denied/, 'isql: the tables behind are closed, and it says so');
done_testing();
