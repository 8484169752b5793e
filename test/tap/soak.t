#!/usr/bin/env perl
# Eight loaders, two refreshers and twenty readers at once: no deadlock, no error but "nothing to do", no reader sees half a month, no
# batch is lost, and when they have stopped the figures are those of a database in which nobody else was at work.
# SOAK_SECONDS (8; make soak: 600).
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep time);
use MoDash;
use MoDashDemo;

my $seconds = $ENV{SOAK_SECONDS} // 8;
my @demo = qw(--practices 8 --months 4 --patients-per-practice 30 --rows-per-practice 120);
my %folder;
for my $seed (['a', 1], ['b', 2]) { # demo_data() always writes into the same folder
    rename demo_data(@demo, '--seed', $seed->[1]), $folder{$seed->[0]} = scratch("demo_$seed->[0]") or die "cannot rename: $!";
}

# One pair of files a loader: the same months, other contents. Two loaders fight over the same month of prescribing.
sub newest { my ($which, $pattern) = @_; return (reverse sort glob "$folder{$which}/$pattern")[0] }
my @loaders = map { my ($source, $pattern) = @$_; {source => $source, a => newest(a => $pattern), b => newest(b => $pattern)} }
    ([prescribing => 'EPD*'], [prescribing => 'EPD*'], [incident => 'incident*'], [discharge => 'discharge*'], [significant_event => 'significant_event.csv'],
    [supervision => 'supervision.csv'], [pincer_hazard => 'pincer_hazard*'], [new_start => 'new_start*']);
ok(!(grep { !$_->{a} || !$_->{b} } @loaders), 'there is a file for every loader') or diag explain \@loaders;

fresh_database('mo_soak');
load_demo($folder{a});
psql('set client_min_messages = warning; call mo_data.refresh()');
psql('select pg_stat_reset()');

my $until = time + $seconds;
my $tally = scratch('tally');
mkdir $tally;
sub worker {
    my ($name, $turn) = @_;
    my $pid = fork // die;
    return $pid if $pid;
    my ($turns, @faults) = (0);
    while (time < $until) {
        my $fault = eval { $turn->($turns) } // $@;
        push @faults, $fault if $fault;
        $turns++;
    }
    open my $file, '>', "$tally/$name" or die;
    print {$file} "$turns\n", @faults[0 .. ($#faults < 4 ? $#faults : 4)];
    close $file;
    POSIX::_exit(0);
}
use POSIX ();

# Each process keeps its output in files of its own (MoDash's run_program shares two).
sub quietly {
    my ($name, @command) = @_;
    my $pid = fork // die;
    if (!$pid) { open STDIN, '<', '/dev/null'; open STDOUT, '>', "$tally/.$name.out"; open STDERR, '>', "$tally/.$name.err"; exec @command or die }
    waitpid $pid, 0;
    return ($? >> 8 || $? & 127, slurp("$tally/.$name.out"), slurp("$tally/.$name.err"));
}

# What one statement sees: practices add up to their nation in every KPI and month, and a month of a KPI comes from at most as many runs as wrote it.
my $half_month = q{with level as (
        select f.kpi_id, f.month_start, sum(f.numerator) filter (where f.org_type = 'icb') as icbs, sum(f.numerator) filter (where f.org_type = 'nation') as nation,
            sum(f.denominator) filter (where f.org_type = 'icb') as icb_denominators, sum(f.denominator) filter (where f.org_type = 'nation') as nation_denominator
        from mo_dashboard.fact_kpi f group by f.kpi_id, f.month_start)
    select count(*) from level where abs(icbs - nation) > 1e-6 * abs(nation) or abs(icb_denominators - nation_denominator) > 1e-6 * abs(nation_denominator)};
my @reports = (
    ["select count(*) = count(distinct (org_code, kpi_id)) from mo_dashboard.dashboard", 't'], [$half_month, '0'],
    ["select count(*) > 0 from mo_dashboard.peer_comparison where org_type = 'pcn'", 't'],
    ["select count(*) = 0 from mo_dashboard.dashboard d join mo_dashboard.fact_kpi f using (org_key, kpi_id, month_start) where d.value is distinct from f.value", 't']);

my @workers;
for my $n (0 .. $#loaders) {
    push @workers, worker("loader$n", sub {
        my $file = $loaders[$n]{($_[0] + $n) % 2 ? 'a' : 'b'};
        my ($code, $out, $err) = quietly("loader$n", 'build/modash', 'load', $loaders[$n]{source}, $file);
        return $code == 0 || $code == 5 ? '' : "$loaders[$n]{source}: exit $code: $out$err\n";
    });
}
push @workers, map { my $n = $_; worker("refresh$n", sub {
    my ($code, $out, $err) = quietly("refresh$n", 'build/modash', 'refresh');
    return $code == 0 || $code == 5 ? '' : "exit $code: $out$err\n";
}) } 1 .. 2;
push @workers, map { my $n = $_; worker("reader$n", sub {
    my ($sql, $expected) = @{$reports[($_[0] + $n) % @reports]};
    my ($code, $out, $err) = quietly("reader$n", 'psql', '-XqAt', '-c', $sql);
    chomp $out;
    sleep 0.05;
    return $code == 0 && $out eq $expected ? '' : "$sql gave $out$err\n";
}) } 1 .. 20;
waitpid $_, 0 for @workers;

my %turns;
for my $path (sort glob "$tally/*") {
    my ($turns, @faults) = split /\n/, slurp($path);
    my ($kind) = $path =~ m{/([a-z]+)\d*$};
    $turns{$kind} += $turns;
    fail("$path: $faults[0]") if @faults;
}
ok($turns{loader} > 8 && $turns{refresh} >= 2 && $turns{reader} > 20, 'everybody had turns');
is(psql('select deadlocks from pg_stat_database where datname = current_database()'), '0', 'no deadlock');
is(psql(q{select count(*) from mo_data.load_batch b where b.state = 'loaded' and b.rows_read <> b.rows_kept + b.rows_rejected}), '0', 'every line of every batch is accounted for');
is(psql(q{select count(*) from mo_data.load_batch where state = 'loading'}), '0', 'no batch is left half way');

# The last word: files of a, and the figures of a database to which the same was done one after the other.
for my $loader (@loaders) {
    my ($code, $out, $err) = modash('load', $loader->{source}, $loader->{a});
    ok($code == 0 || $code == 5, "$loader->{source}: loaded a last time") or diag "$code $out$err";
}
psql('set client_min_messages = warning; call mo_data.refresh()');
my $figures = q{select count(*) || ' ' || md5(string_agg(concat_ws('|', kpi_id, month, org_code, breakdown, numerator::numeric(30, 6), denominator::numeric(30, 6)), ';'
    order by kpi_id collate "C", month, org_code collate "C", breakdown collate "C")) from mo_data.kpi_value};
my $after = psql($figures);
is(psql('select count(*) from mo_data.refresh_pending()'), '0', 'no loaded batch is left uncounted');
fresh_database('mo_soak_fresh');
load_demo($folder{a});
for my $which (qw(b a)) { # a source that replaces months or keys keeps those of b that a does not have
    for my $loader (@loaders) { my ($code, $out, $err) = modash('load', $loader->{source}, $loader->{$which}); die "$out$err" if $code != 0 && $code != 5 }
}
psql('set client_min_messages = warning; call mo_data.refresh()');
is($after, psql($figures), 'the figures are those of a database in which nobody else was at work');
diag("$seconds s: $turns{loader} loads, $turns{refresh} refreshes, $turns{reader} reports; 0 deadlocks, 0 halves seen, 0 batches lost") if Test::More->builder->is_passing;
$ENV{PGDATABASE} = 'postgres';
psql("drop database $_ with (force)") for qw(mo_soak mo_soak_fresh);
done_testing();
