#!/usr/bin/env perl
# A hundred people read while every month is counted anew: what each of their sessions and that of the refresh holds of its own (RssAnon; shared
# buffers are counted once, whoever touches them) stays within bounds, whatever the number of months, and nobody's query fails.
# MEMORY_READ_SECONDS (8), MEMORY_PRACTICES (6), MEMORY_MONTHS (6); make memory: 120 s, 40 practices, 36 months.
use strict;
use warnings;
use List::Util qw(max sum);
use MoDash;
use MoDashDemo;
use MoDashSessions qw(started);
use Test::More;
use Time::HiRes qw(sleep time);

my $seconds = $ENV{MEMORY_READ_SECONDS} // 8;
my $practices = $ENV{MEMORY_PRACTICES} // 6;
my $months = $ENV{MEMORY_MONTHS} // 6;
my $reader_mb = 32;     # a reader: the catalogue it has met, plans of the views, one result
my $refresh_mb = 48;    # the refresh, besides maintenance_work_mem
my $work_mem_mb = 4;
my $maintenance_mb = 64;

my $pgbench = (`\${PG_CONFIG:-pg_config} --bindir` =~ s/\n//r) . '/pgbench';
plan skip_all => 'pgbench is not here' unless -x $pgbench;
plan skip_all => '/proc does not say what a process holds' unless slurp("/proc/$$/status") =~ /^RssAnon:/m;

# A server of its own, with room for a hundred.
my %outer = %ENV;
system(qq{test/cluster start crowd "max_connections = 130" "work_mem = ${work_mem_mb}MB" "maintenance_work_mem = ${maintenance_mb}MB" "fsync = off"}) == 0
    or die "the server did not start\n";
my $environment = `test/cluster env crowd`;
while ($environment =~ /\b(PG\w+)='?([^' ;]+)'?/g) { $ENV{$1} = $2 }
END { my $status = $?; %ENV = %outer; system('test/cluster stop crowd'); $? = $status }

fresh_database('mo_crowd');
load_demo(demo_data('--practices', $practices, '--months', $months));
psql('set client_min_messages = warning; call mo_data.refresh()');
my ($pcn) = split /\n/, psql(q{select org_code from mo_dashboard.dim_organisation where org_type = 'pcn' order by 1});
psql("do \$\$ begin drop role if exists mo_crowd_all, mo_crowd_own; exception when dependent_objects_still_exist then null; end \$\$;");
psql("create role $_ login") for grep { psql("select count(*) from pg_roles where rolname = '$_'") eq '0' } qw(mo_crowd_all mo_crowd_own);
psql(q{select mo_data.grant_reader('mo_crowd_all')});
psql("select mo_data.grant_reader('mo_crowd_own', '$pcn')");

# What they ask, one after the other, so that everybody has met everything by half time: a page most of all, then what Power BI asks for.
my $page = "select * from mo_dashboard.dashboard where org_code = '$pcn' order by kpi_sort";
my @asked = ($page, "select * from mo_dashboard.kpi_trend where org_code = '$pcn' order by kpi_id, month_start",
    "select * from mo_dashboard.peer_comparison where org_type = 'practice' and month_start = (select max(month_start) from mo_dashboard.fact_kpi)", $page,
    'select kpi_id, month_start, sum(numerator), sum(denominator) from mo_dashboard.fact_kpi group by 1, 2', 'select * from mo_dashboard.variation', $page,
    'select * from mo_dashboard.fact_kpi', 'select * from mo_dashboard.data_status');
my $visit = file_with('visit.sql', map { "$_;\n" } @asked);

# What a process holds of its own, in MB; nothing when it has gone.
sub held_by { my ($pid) = @_; return slurp("/proc/$pid/status") =~ /^RssAnon:\s+(\d+)/m ? $1 / 1024 : undef }

# Counts months anew until the time is up; gives the most that the session held and how often it was done. What the readers held until half time is kept.
my (%reader, %early);
sub counted {
    my ($until, $from, $to) = @_;
    my ($most, $times) = (0, 0);
    my $half_time = (time + $until) / 2;
    do {
        my $child = started('crowd_refresh', 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', "set client_min_messages = warning; call mo_data.refresh('$from', '$to')");
        my $running = 1;
        my $backend;
        while ($running) {
            $backend //= (split /\n/, psql(q{select pid from pg_stat_activity where application_name = 'crowd_refresh'}))[0];
            $most = max($most, held_by($backend) // 0) if defined $backend;
            for my $pid (keys %reader) {
                my $mb = held_by($pid) // next;
                $reader{$pid} = max($reader{$pid}, $mb);
            }
            %early = %reader if time < $half_time;
            sleep 0.03;
            $running = waitpid($child, POSIX::WNOHANG()) == 0;
        }
        is($? >> 8, 0, 'a refresh ends well') or diag slurp(scratch('crowd_refresh.out')) if $?;
        $times++;
    } while (time < $until);
    return ($most, $times);
}
use POSIX ();

my ($first, $last) = split / /, psql(q{select min(month_start) || ' ' || max(month_start) from mo_dashboard.fact_kpi});
my ($alone_one) = counted(0, $last, $last);
my ($alone_all) = counted(0, $first, $last);

my @benches = map { started("crowd_$_->[0]", $pgbench, '-n', '-M', $_->[2], '-c', $_->[1], '-j', 2, '-T', $seconds + 3, '-U', "mo_crowd_$_->[0]", '-f', $visit, 'mo_crowd') }
    ['all', 60, 'extended'], ['own', 40, 'prepared'];
my $give_up = time + 60;
my $readers = q{select pid from pg_stat_activity where usename in ('mo_crowd_all', 'mo_crowd_own')};
sleep 0.2 while time < $give_up && psql("select count(*) from ($readers) r") < 100;
%reader = map { $_ => 0 } split /\n/, psql($readers);
is(scalar keys %reader, 100, 'a hundred sessions read');
my ($refresh, $times) = counted(time + $seconds, $first, $last);
my @ended = map { waitpid $_, 0; $? } @benches;
is("@ended", '0 0', 'all to their end') or diag slurp(scratch('crowd_all.out')), slurp(scratch('crowd_own.out'));
my $said = slurp(scratch('crowd_all.out')) . slurp(scratch('crowd_own.out'));
my $answers = @asked * (sum($said =~ /actually processed: (\d+)/g) // 0);
my @failed = $said =~ /failed transactions: (\d+)/g;
is((scalar grep { $_ } @failed), 0, 'and no query of theirs failed');
cmp_ok($answers, '>', 100, "$answers answers");
cmp_ok($times, '>=', 1, "$times refreshes of all months meanwhile");

my $most = max(values %reader);
cmp_ok($most, '>', 1, 'what a session holds can be seen');
cmp_ok($most, '<=', $reader_mb, sprintf('a reader holds %.1f MB at most', $most));
cmp_ok(sum(values %reader), '<=', 100 * $reader_mb, sprintf('a hundred hold %.0f MB at most', sum(values %reader)));
# Warm is who has asked everything six times by half time: then a session has the plans that it keeps.
my $warm = $answers >= 100 * @asked * 15;
my $growth = max(map { $reader{$_} - $early{$_} } keys %reader);
cmp_ok($growth, '<=', $warm ? $reader_mb / 8 : $reader_mb / 2, sprintf('and grow no further: %.1f MB in the second half', $growth));
my $all = max($refresh, $alone_all);
cmp_ok($all, '<=', $maintenance_mb + $refresh_mb, sprintf('the refresh holds %.1f MB at most', $all));
cmp_ok($all - $alone_one, '<=', $maintenance_mb, sprintf('of %d months %.1f MB, of one %.1f MB: within maintenance_work_mem of each other', $months, $all, $alone_one));
diag sprintf '%d practices, %d months, %d s: %d answers, %d refreshes; readers %.1f MB at most (%.1f on average), refresh of all months %.1f MB, of one %.1f MB',
    $practices, $months, $seconds, $answers, $times, $most, sum(values %reader) / 100, $all, $alone_one;
done_testing();
