#!/usr/bin/env perl
# Every file format through modash, mutated with its structure in mind: columns renamed, moved, doubled and lost, fields of other kinds, quotes,
# line ends, bytes, truncation, gzip. Never a crash, never a hang; every line is kept, rejected or in a file that was refused whole; what a
# refused file would have replaced is still there; no patient key stands in a message.
# FUZZ_FILES (2000; make fuzz-files: 100000), FUZZ_SEED (1), FUZZ_WORKERS (2); FUZZ_SECONDS ends it earlier.
use strict;
use warnings;
use IO::Compress::Gzip qw(gzip);
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);
use MoDash;
use MoDashDemo;

my $files = $ENV{FUZZ_FILES} // 2000;
my $seed = $ENV{FUZZ_SEED} // 1;
my $workers = $ENV{FUZZ_WORKERS} // 2;
my $until = time + ($ENV{FUZZ_SECONDS} // 1e9);
my $lines_kept = 40;

fresh_database('mo_fuzz_1');
my $folder = demo_data(qw(--practices 4 --months 2 --patients-per-practice 20 --rows-per-practice 20));
load_demo($folder);
$ENV{PGDATABASE} = 'postgres';
psql("drop database if exists mo_fuzz_$_ with (force)"), psql("create database mo_fuzz_$_ template mo_fuzz_1") for 2 .. $workers;

# Which source each demo file is of: what --all found.
$ENV{PGDATABASE} = 'mo_fuzz_1';
my %source = map { split /\t/ } split /\n/, psql(q{select file_name || E'\t' || max(source) from mo_data.load_batch where state <> 'failed' group by file_name});
my @originals;
for my $name (sort keys %source) {
    my ($path) = glob "$folder/$name $folder/*/$name";
    next unless $path && -s $path;
    my @lines = split /(?<=\n)/, slurp($path);
    push @originals, {source => $source{$name}, name => $name, text => join '', @lines[0 .. ($#lines < $lines_kept ? $#lines : $lines_kept)]};
}
my %by_source;
$by_source{$_->{source}} //= $_ for @originals; # one file a source, so that each gets its share
@originals = map { $by_source{$_} } sort keys %by_source;
cmp_ok(scalar @originals, '>', 25, 'there is a file of every source: ' . scalar @originals);

my @odd = ('', 'NULL', '\N', '0', '-1', '1e400', 'NaN', 'Infinity', '99999999999999999999', '0x10', '1,5', '1.5', ' ', "\x{a0}", 'true', 'infinity', '-infinity', '2026-02-30',
    '2026-13-01', '0001-01-01 BC', '294277-01-01', '2024-02-29', '29/02/2024', '2026-04-01T25:00:00Z', '2026-04-01T09:30:00+99:00', '=1+1', '@SUM(A1)', '+cmd|calc', "'; drop table x; --",
    "\x1b[31mred", "a\0b", "\xff\xfe", "\xed\xa0\x80", 'x' x 70000, '"', '""', '"unfinished', "two\nlines", "\r", ',', '💊', 'U99001', 'A81001', '999999999', '$1', '%s%n', '..\\..\\x');
sub pick { return $_[rand @_] }

# One to four mutations, by byte, field, column or line.
my %mutation = (
    byte => sub { my ($t) = @_; for (0 .. rand 4) { substr($t, rand length $t, 1) = chr rand 256 if length $t } return $t },
    insert => sub { my ($t) = @_; substr($t, rand 1 + length $t, 0) = pick(@odd); return $t },
    remove => sub { my ($t) = @_; my $at = int rand 1 + length $t; substr($t, $at, rand 30) = '' if $at < length $t; return $t },
    truncate => sub { return substr $_[0], 0, rand length $_[0] },
    line_twice => sub { my @l = split /(?<=\n)/, $_[0]; splice @l, rand @l, 0, pick(@l) if @l; return join '', @l },
    line_gone => sub { my @l = split /(?<=\n)/, $_[0]; splice @l, rand @l, 1 if @l; return join '', @l },
    lines_moved => sub { my @l = split /(?<=\n)/, $_[0]; my ($a, $b) = (rand @l, rand @l); @l[$a, $b] = @l[$b, $a] if @l; return join '', @l },
    line_ends => sub { my ($t) = @_; my $end = pick("\r\n", "\r", "\n\n", "\n\r"); $t =~ s/\n/rand() < 0.5 ? $end : "\n"/ge; return $t },
    field => sub {
        my @l = split /\n/, $_[0], -1;
        return $_[0] unless @l;
        for (0 .. rand 3) {
            my $n = int rand @l;
            my @f = split /,/, $l[$n], -1;
            next unless @f;
            $f[rand @f] = pick(@odd);
            $l[$n] = join ',', @f;
        }
        return join "\n", @l;
    },
    column_odd => sub { return columns($_[0], sub { my ($f, $c) = @_; $f->[$c] = pick(@odd) }) },
    column_gone => sub { return columns($_[0], sub { my ($f, $c) = @_; splice @$f, $c, 1 }, 1) },
    column_twice => sub { return columns($_[0], sub { my ($f, $c) = @_; splice @$f, $c, 0, $f->[$c] }, 1) },
    columns_moved => sub { return columns($_[0], sub { my ($f, $c) = @_; push @$f, splice @$f, $c, 1 }, 1) },
    header_renamed => sub { my ($t) = @_; $t =~ s/^([^\n]*)/my @h = split m{,}, $1, -1; $h[rand @h] = pick(@odd, 'patient_key', 'month') if @h; join ',', @h/e; return $t },
    quoted => sub { return columns($_[0], sub { my ($f, $c) = @_; $f->[$c] = '"' . $f->[$c] . '"' }) },
    bom => sub { return "\xef\xbb\xbf$_[0]" },
    utf16 => sub { return "\xff\xfe" . join '', map { "$_\0" } split //, $_[0] },
    gzip_cut => sub { my $text = $_[0]; gzip(\$text => \my $zipped); return substr $zipped, 0, rand() < 0.3 ? length $zipped : rand length $zipped },
    other => sub { return $originals[rand @originals]{text} },
    empty => sub { return '' },
);
sub columns {
    my ($text, $change, $header) = @_;
    my @lines = split /\n/, $text, -1;
    return $text unless @lines;
    my $column = int rand(1 + ($lines[0] =~ tr/,//));
    for my $n (($header ? 0 : 1) .. $#lines) {
        next unless length $lines[$n];
        my @fields = split /,/, $lines[$n], -1;
        next if $column > $#fields;
        $change->(\@fields, $column);
        $lines[$n] = join ',', @fields;
    }
    return join "\n", @lines;
}
my @kinds = sort keys %mutation;

my $allowed = {0 => 1, 2 => 1, 3 => 1, 5 => 1};
sub fuzz_worker {
    my ($worker) = @_;
    $ENV{PGDATABASE} = "mo_fuzz_$worker";
    srand($seed * 1000 + $worker);
    my (%codes, @faults);
    my ($out, $err) = (scratch("fuzz_$worker.out"), scratch("fuzz_$worker.err"));
    for (my $n = $worker; $n <= $files; $n += $workers) {
        last if time > $until;
        my $original = $originals[$n % @originals];
        my $text = $original->{text};
        my @done = map { my $kind = pick(@kinds); $text = $mutation{$kind}->($text); $kind } 0 .. int rand 3;
        my $path = file_with("fuzz_${worker}_" . ($n % 50) . ($original->{name} =~ /json$/ ? '.json' : '.csv'), $text);
        my $pid = fork // die;
        if (!$pid) {
            open STDIN, '<', '/dev/null';
            open STDOUT, '>', $out;
            open STDERR, '>', $err;
            exec 'timeout', '-s', 'KILL', '20', 'build/modash', 'load', '-q', '--month', '2026-03', $original->{source}, $path;
        }
        waitpid $pid, 0;
        my $code = $? & 127 ? 'signal ' . ($? & 127) : $? >> 8;
        $codes{$code}++;
        my $said = slurp($err) . slurp($out);
        my $fault = !$allowed->{$code} ? "exit $code" : $said =~ /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/ ? 'control characters in what it says' : '';
        if ($fault) {
            my $kept = "build/fuzz-files-$worker-$n";
            system('cp', $path, $kept);
            push @faults, "$original->{source}, @done: $fault ($kept): " . substr($said, 0, 300) . "\n";
            last if @faults > 5;
        }
    }
    open my $report, '>', scratch("fuzz_$worker.report") or die;
    print {$report} join(' ', map { "$_=$codes{$_}" } sort keys %codes), "\n", @faults;
    close $report;
    POSIX::_exit(0);
}

my $started = time;
my @pids = map { my $worker = $_; my $pid = fork // die; fuzz_worker($worker) if !$pid; $pid } 1 .. $workers;
waitpid $_, 0 for @pids;

my %codes;
for my $worker (1 .. $workers) {
    my ($line, @faults) = split /\n/, slurp(scratch("fuzz_$worker.report"));
    for (split / /, $line) { my ($code, $count) = split /=/; $codes{$code} += $count }
    is(scalar @faults, 0, "worker $worker: no crash, no hang, no undocumented exit code") or diag join "\n", @faults;
    $ENV{PGDATABASE} = "mo_fuzz_$worker";
    is(psql(q{select count(*) from mo_data.load_batch where state <> 'failed' and rows_read <> rows_kept + rows_rejected}), '0', 'every line is kept or rejected');
    is(psql(q{select count(*) from mo_data.load_batch b where b.state <> 'failed' and b.rows_rejected <> (select count(*) from mo_data.load_reject r where r.batch_id = b.batch_id)
        and b.rows_rejected < 1000}), '0', 'every rejected line is kept with its reason');
    is(psql(q{select count(*) from mo_data.load_batch where state = 'loading'}), '0', 'no batch is left half way');
    is(psql('set client_min_messages = warning; call mo_data.refresh(); select count(*) from mo_data.refresh_pending()'), '0', 'and what was kept can be counted');
    is(psql(q{select count(*) from mo_data.kpi_result where value in ('NaN', 'infinity', '-infinity')}), '0', 'no figure is NaN or infinite');
}
my $total = 0;
$total += $_ for values %codes;
ok($total == $files || time > $until && $total > 100, "$total of $files files were tried");
cmp_ok($codes{0} + $codes{3}, '>', $total / 20, 'some were loaded, in whole or in part');
cmp_ok($codes{2}, '>', $total / 20, 'some were refused');
diag(sprintf '%d mutated files of %d sources in %.0f s: exit codes %s; 0 crashes, 0 hangs, 0 lines unaccounted for', $total, scalar @originals, time - $started,
    join(', ', map { "$_: $codes{$_}" } sort keys %codes)) if Test::More->builder->is_passing;
$ENV{PGDATABASE} = 'postgres';
psql("drop database mo_fuzz_$_ with (force)") for 1 .. $workers;
done_testing();
