#!/usr/bin/env perl
# JavaScript with the pg package: every view with numbers as numbers, dates as dates; only money is text, as pg leaves it.
use strict;
use warnings;
use Clients;
use MoDash;
use Test::More;

my $missing = missing_program('node', 'npm');
plan(skip_all => $missing) if $missing;
my $packages = 'build/clients/packages';
system("mkdir -p $packages && cd $packages && { [ -d node_modules/pg ] || npm install --prefix . --no-save --no-package-lock --ignore-scripts --no-audit --no-fund pg; } >npm.log 2>&1");
plan(skip_all => "npm cannot install pg (see $packages/npm.log)") unless -d "$packages/node_modules/pg";

client_database();
my ($columns) = contract();
my $folder = output_folder('node_pg');
$ENV{TZ} = 'Europe/London';
my $facts = facts_of('node', 'test/clients/node_pg_reader.mjs', $packages, $folder);

is_deeply([sort map { $_->[1] } @{$facts->{table}}], [sort keys %{$columns}], 'information_schema.tables: every published view, and nothing else at all');
is_deeply([grep { $_->[2] ne 'VIEW' } @{$facts->{table}}], [], '... as a view');

# the type's number and what JavaScript has; a column that is null throughout has no kind
my %want = ('integer' => [23, 'number'], 'smallint' => [21, 'number'], 'double precision' => [701, 'number'], 'numeric' => [1700, 'string'],
    'date' => [1082, 'date'], 'timestamp without time zone' => [1114, 'date'], 'character varying' => [1043, 'string'], 'text' => [25, 'string']);
my (@wrong_type, @wrong_kind, %met);
for (@{$facts->{kind}}) {
    my ($view, $name, $type, $kinds) = @{$_};
    my ($column) = grep { $_->{name} eq $name } @{$columns->{$view}};
    $met{$column->{type}}++ if length $kinds;
    push @wrong_type, "$view.$name is $column->{type}, type $type" if $type != $want{$column->{type}}[0];
    push @wrong_kind, "$view.$name is $column->{type}, a $kinds" if length $kinds && $kinds ne $want{$column->{type}}[1];
}
is_deeply(\@wrong_type, [], 'no column is of a type that pg does not know');
is_deeply(\@wrong_kind, [], 'whole numbers and figures arrive as numbers, days and times as dates, money as text');
is_deeply([grep { !$met{$_} } sort keys %want], [], '... each kind was met');
rows_are_right('node pg', $folder, $columns);
done_testing();
