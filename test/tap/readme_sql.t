#!/usr/bin/env perl
# The README's ad-hoc SQL stays true: every ```sql block under the heading "## Ad-hoc SQL" is run, each in a session of its own in a
# database with the extension and the layer, and prints what the ```text block after it says.
#
# README=FILE tests another file; ACCEPT=1 writes what was printed into its ```text blocks (read them before committing).
use strict;
use warnings;
use Test::More;

my $file = $ENV{README} // 'README.md';
my $readme = '';
if (open my $in, '<:encoding(UTF-8)', $file) { local $/; $readme = <$in>; close $in }
binmode $_, ':encoding(UTF-8)' for Test::More->builder->output, Test::More->builder->failure_output;

my ($before, $section, $after) = $readme =~ /\A(.*?^## Ad-hoc SQL\n)(.*?)((?:^## .*)?)\z/ms;
plan skip_all => "$file has no heading \"## Ad-hoc SQL\" yet" unless defined $section;

my $database = 'mo_readme';
$ENV{PGOPTIONS} = '-c client_min_messages=warning -c timezone=Europe/London -c datestyle=iso';
system("dropdb --if-exists -f $database 2>/dev/null; createdb $database") == 0 or BAIL_OUT('no database');
is(system("psql -X -q -v ON_ERROR_STOP=1 -d $database -c 'create extension mo_dashboard' -c 'call mo.create_dashboard()'"), 0,
    'extension and layer are made');

# What psql prints, without the blanks it pads lines with.
sub printed {
    my ($sql) = @_;
    my $script = "build/tap/readme_block.sql";
    mkdir 'build/tap';
    open my $out, '>:encoding(UTF-8)', $script or die "$script: $!";
    print $out $sql;
    close $out;
    open my $pipe, '-|:encoding(UTF-8)', "PGCLIENTENCODING=UTF8 psql -X -q -v ON_ERROR_STOP=1 -P footer=off -P linestyle=ascii -P border=1 -P pager=off "
        . "-d $database -f $script 2>&1" or die;
    my $text = do { local $/; <$pipe> } // '';
    close $pipe;
    $text =~ s/[ \t]+$//mg;
    $text =~ s/\n+\z/\n/;
    return $text;
}

my @blocks = $section =~ /^(```sql\n.*?^```\n(?:\s*```text\n.*?^```\n)?)/msg;
my $heading = 0;
for my $block (@blocks) {
    my ($sql, $expected) = $block =~ /\A```sql\n(.*?)^```\n(?:\s*```text\n(.*?)^```\n)?\z/ms;
    my ($title) = $sql =~ /\A--\s*(.*)/ ? $1 : 'block ' . ++$heading;
    my $got = printed($sql);
    if ($ENV{ACCEPT}) {
        my $new = "```sql\n$sql```\n\n```text\n$got```\n";
        $section =~ s/\Q$block\E/$new/;
        $expected = $got;
    }
    ok(defined $expected, "a ```text block follows: $title");
    is($got, $expected // '', $title);
    unlike($got, qr/ERROR/, "no error: $title");
}
cmp_ok(scalar @blocks, '>=', 8, 'at least eight questions');
if ($ENV{ACCEPT}) {
    open my $out, '>:encoding(UTF-8)', $file or die "$file: $!";
    print $out $before, $section, $after;
}
system("dropdb -f $database");
done_testing();
