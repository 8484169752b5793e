#!/usr/bin/env perl
# LibreOffice with its PostgreSQL driver: the lists and types of Base, rows of every view, and the dashboard brought into a Calc sheet.
use strict;
use warnings;
use Clients;
use MoDash;
use Test::More;

my $office = (grep { -x } qw(/usr/bin/soffice /usr/bin/libreoffice))[0];
my ($python) = grep { system("$_ -c 'import uno' >/dev/null 2>&1") == 0 } qw(python3 /usr/bin/python3);
plan(skip_all => 'LibreOffice is not here (test/deps clients installs it)') unless $office;
plan(skip_all => 'python3-uno is not here (test/deps clients installs it)') unless $python;
plan(skip_all => 'libreoffice-sdbc-postgresql is not here (test/deps clients installs it)') unless glob '/usr/lib/libreoffice/program/libpostgresql-sdbc*.so';

client_database();
my ($columns) = contract();
my $folder = output_folder('libreoffice');
my $facts = facts_of($python, 'test/clients/libreoffice_reader.py', $office, $folder);

my %listed = map { $_->[1] => $_ } grep { $_->[0] eq 'mo_dashboard' } @{$facts->{table}};
is_deeply([sort keys %listed], [sort keys %{$columns}], 'Base lists every published view, and nothing else in the schema');
is_deeply([grep { $listed{$_}[2] ne 'VIEW' } sort keys %listed], [], '... as a view');
my %want = ('integer' => 4, 'smallint' => 5, 'double precision' => 8, 'numeric' => 2, 'date' => 91, 'timestamp without time zone' => 93,
    'character varying' => 12, 'text' => -1);
my (%seen, @wrong_type, @wrong_length, @wrong_comment);
for (@{$facts->{column}}) {
    my ($view, $name, $type, $size, $digits, $comment) = @{$_};
    my ($column) = grep { $_->{name} eq $name } @{$columns->{$view}};
    push @{$seen{$view}}, $name;
    push @wrong_type, "$view.$name is $column->{type}, told as $type" if $type != $want{$column->{type}} && !($column->{type} eq 'text' && $type == 12);
    push @wrong_length, "$view.$name: $size" if $column->{length} && $size != $column->{length};
    push @wrong_comment, "$view.$name: $comment" if $comment ne $column->{comment} || !length $comment;
}
is_deeply(\%seen, {map { my $v = $_; $v => [map { $_->{name} } @{$columns->{$v}}] } keys %{$columns}}, 'every column in order');
is_deeply(\@wrong_type, [], '... with its type');
is_deeply(\@wrong_length, [], '... each text with its length');
is_deeply(\@wrong_comment, [], '... and its description');
rows_are_right('LibreOffice', $folder, $columns, first_rows => 100);

# the sheet: a heading and a row each; texts are texts, figures and days are numbers that can be added up and sorted
my @board = @{$columns->{dashboard}};
is("@{$facts->{sheet}[0]}", (1 + psql('select count(*) from mo_dashboard.dashboard')) . ' ' . @board, 'Calc: the dashboard as a sheet');
my (%cells, @wrong_kind, @wrong_cells);
push @{$cells{$_->[0]}}, $_->[2] for @{$facts->{cell}};
for my $column (@board) {
    my $name = $column->{name};
    my $kind = $column->{type} =~ /^(character|text)/ ? 'TEXT' : 'VALUE';
    push @wrong_kind, $name if grep { $_->[0] eq $name && $_->[1] ne $kind } @{$facts->{cell}};
    my $shown = $column->{type} eq 'date' ? "$name - date '1899-12-30'" : $name;
    my @expected = split /\n/, psql("select $shown from mo_dashboard.dashboard where $name is not null");
    my @got = @{$cells{$name} // []};
    if ($kind eq 'VALUE') { $_ = sprintf '%.14g', $_ for @got, @expected }
    push @wrong_cells, $name if join("\n", sort @got) ne join "\n", sort @expected;
}
is_deeply(\@wrong_kind, [], '... texts are texts, figures and days are numbers');
is_deeply(\@wrong_cells, [], '... and each cell is what the view has');
done_testing();
