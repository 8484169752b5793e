#!/usr/bin/env perl
# The JDBC driver: DatabaseMetaData's lists, types and remarks, keys, and every view as Java objects, as text and in binary.
use strict;
use warnings;
use Clients;
use MoDash;
use Test::More;

my ($driver) = grep { -e } '/usr/share/java/postgresql.jar';
my $missing = missing_program('javac', 'java') // ($driver ? undef : 'the JDBC driver is not here (test/deps clients installs it)');
plan(skip_all => $missing) if $missing;

my $login = client_database();
my ($columns, $comments) = contract();
my $folder = output_folder('jdbc');
system("javac -Xlint:all -Werror -d $folder test/clients/JdbcReader.java") == 0 or BAIL_OUT('JdbcReader does not compile');
my $facts = facts_of('java', '-Duser.timezone=Europe/London', '-cp', "$folder:$driver", 'JdbcReader', server_folder(), $ENV{PGPORT}, $ENV{PGDATABASE}, $login, $folder,
    join ',', sort keys %{$columns});

my %listed = map { $_->[1] => $_ } grep { $_->[0] eq 'mo_dashboard' } @{$facts->{table}};
is_deeply([sort keys %listed], [sort keys %{$columns}], 'getTables: every published view, and nothing else in the schema');
is_deeply([grep { $listed{$_}[2] ne 'VIEW' } keys %listed], [], '... as a view');
is_deeply([grep { $listed{$_}[3] ne $comments->{$_} } sort keys %listed], [], '... its comment in the remarks');

# java.sql.Types, and the class that getObject gives
my %want = ('integer' => [4, 'java.lang.Integer'], 'smallint' => [5, 'java.lang.Integer'], 'double precision' => [8, 'java.lang.Double'],
    'numeric' => [2, 'java.math.BigDecimal'], 'date' => [91, 'java.sql.Date'], 'timestamp without time zone' => [93, 'java.sql.Timestamp'],
    'character varying' => [12, 'java.lang.String'], 'text' => [12, 'java.lang.String']);
my (%seen, @wrong_type, @wrong_length, @wrong_remark, @wrong_scale);
for (@{$facts->{column}}) {
    my ($view, $name, $type, $size, $digits, $remark) = @{$_};
    my ($column) = grep { $_->{name} eq $name } @{$columns->{$view}};
    push @{$seen{$view}}, $name;
    push @wrong_type, "$view.$name is $column->{type}, told as $type" if $type != $want{$column->{type}}[0];
    push @wrong_length, "$view.$name: $size, not $column->{length}" if $column->{length} && $size != $column->{length};
    push @wrong_remark, "$view.$name: $remark" if $remark ne $column->{comment} || !length $remark;
    push @wrong_scale, "$view.$name: $size,$digits" if $type == 2 && ($size > 28 || $digits > 4 || $digits < 1);
}
is_deeply(\%seen, {map { my $v = $_; $v => [map { $_->{name} } @{$columns->{$v}}] } keys %{$columns}}, 'getColumns: every column in order');
is_deeply(\@wrong_type, [], '... with its type');
is_deeply(\@wrong_length, [], '... each text with its length');
is_deeply(\@wrong_scale, [], '... money with its scale');
is_deeply(\@wrong_remark, [], '... its comment in the remarks');
is(scalar @{$facts->{keys}}, scalar keys %{$columns}, 'getPrimaryKeys, getImportedKeys, getExportedKeys and getIndexInfo answer for every view');
my @wrong_class;
for (@{$facts->{class}}) {
    my ($view, $name, $class) = @{$_};
    my ($column) = grep { $_->{name} eq $name } @{$columns->{$view}};
    push @wrong_class, "$view.$name is $column->{type}, a $class" if $class ne $want{$column->{type}}[1];
}
is_deeply(\@wrong_class, [], 'each column is of the class that Java programs expect');
rows_are_right('JDBC as text', "$folder/text", $columns);
rows_are_right('JDBC in binary', "$folder/binary", $columns);
done_testing();
