#!/usr/bin/env perl
# R with DBI: the tables it lists, every view as a data frame, the classes of its columns. With each driver that is here.
use strict;
use warnings;
use Clients;
use MoDash;
use Test::More;

my $missing = missing_program('Rscript');
plan(skip_all => $missing) if $missing;
my @drivers = grep { system("Rscript -e 'library($_)' >/dev/null 2>&1") == 0 } qw(RPostgreSQL RPostgres);
plan(skip_all => 'neither RPostgreSQL nor RPostgres is here (test/deps clients installs one)') unless @drivers;

client_database();
my ($columns) = contract();
$ENV{LC_ALL} = 'C.UTF-8';
$ENV{TZ} = 'UTC';
for my $driver (@drivers) {
    my $folder = output_folder("r_$driver");
    my $facts = facts_of('Rscript', 'test/clients/r_dbi_reader.R', $driver, $folder);
    # RPostgreSQL knows tables only, in its lists: its users name schema and view, as here
    my %listed = map { $_->[0] => 1 } @{$facts->{listed}};
    my @found = map { $_->[0] } @{$facts->{exists}};
    is(scalar @found, $driver eq 'RPostgreSQL' && !@found ? 0 : scalar keys %{$columns}, "$driver: dbExistsTable finds every view (RPostgreSQL: none)");
    ok(keys %listed > 0, "$driver: dbListTables answers");
    my %want = ('integer' => 'integer', 'smallint' => 'integer', 'double precision' => 'numeric', 'numeric' => 'numeric', 'date' => 'Date',
        'timestamp without time zone' => 'POSIXct', 'character varying' => 'character', 'text' => 'character');
    my (@wrong, %rows_of);
    for (@{$facts->{class}}) {
        my ($view, $name, $class) = @{$_};
        my ($column) = grep { $_->{name} eq $name } @{$columns->{$view}};
        next if $column->{type} =~ /^(date|time)/ && ($rows_of{$view} //= psql("select count(*) from mo_dashboard.$view")) == 0; # RPostgreSQL cannot tell
        push @wrong, "$view.$name is $column->{type}, a $class" if $class ne $want{$column->{type}};
    }
    is_deeply(\@wrong, [], "$driver: whole numbers, figures, days, times and texts are what R calls them");
    rows_are_right($driver, $folder, $columns, money_is_double => 1);
    my $expected = psql(q{select string_agg(kpi_id, ' ' order by kpi_id) from mo_dashboard.fact_kpi f where org_code = 'U99001' and value is not null
        and month_start = (select max(month_start) from mo_dashboard.fact_kpi l where l.org_code = 'U99001' and l.value is not null)});
    is(join(' ', sort map { $_->[0] } @{$facts->{latest}}), $expected, "$driver: the latest figures of a PCN by ordinary subsetting");
}
done_testing();
