#!/usr/bin/env perl
# Nothing lost and nothing half done: at random moments of a load, a refresh, the making of a partition and a submitted return, the backend,
# the whole server or the client is killed, the connection is cut after some bytes, the query is cancelled or times out, memory or disk ends.
# Afterwards the database is exactly what it was before or what it would be after, and doing it again gives the state after.
# CRASH_MOMENTS (12; make crash: 200) moments, CRASH_SEED (1).
use strict;
use warnings;
use IO::Select;
use IO::Socket::UNIX;
use POSIX qw(:sys_wait_h);
use Test::More;
use Time::HiRes qw(sleep time);
use MoDash;
use MoDashDemo;
use MoDashSessions qw(started);

my $moments = $ENV{CRASH_MOMENTS} // 12;
srand($ENV{CRASH_SEED} // 1);

# A server of its own, with fsync: what a crash would lose matters here.
# After a kill the shared memory stays in use until the last backend has noticed, which takes a busy machine a while.
sub server_start {
    my ($give_up, $said) = (time + 120, scratch('server_start'));
    until (system(qq{test/cluster start crash "max_connections = 40" "log_min_messages = fatal" "restart_after_crash = on" 2> $said}) == 0) {
        die "the server did not start\n" . slurp($said) if time > $give_up;
        sleep 0.2;
    }
}
my %outer = %ENV;
server_start();
my $environment = `test/cluster env crash`;
while ($environment =~ /\b(PG\w+)='?([^' ;]+)'?/g) { $ENV{$1} = $2 }
my $data_directory = psql_of('postgres', 'show data_directory');

# A server that is starting again, or is about to, ends the connection: then once more.
sub psql_of {
    my ($database, $sql) = @_;
    local $ENV{PGDATABASE} = $database;
    my $give_up = time + 120;
    while (1) {
        my ($code, $out, $err) = psql_error($sql);
        return $out if $code == 0;
        die "psql failed: $err\n$sql\n" if $code != 2 || time > $give_up; # 2: the connection
        sleep 0.1;
    }
}
sub wait_for_server {
    for (1 .. 600) {
        my ($code) = do { local $ENV{PGDATABASE} = 'postgres'; psql_error('select 1') };
        return if !$code;
        sleep 0.1;
        server_start() if $_ % 20 == 0 && !kill(0, postmaster());
    }
    die "the server did not come back\n";
}
sub postmaster { return (split /\n/, slurp("$data_directory/postmaster.pid"))[0] || 2**22 }

# What a reader or analyst could see, without the numbers and times that a second attempt gives anew. (The partition of a new month is made in a
# transaction of its own, so that the load does not lock the table against readers: an empty partition may be left, and is used the next time. A load
# that failed is recorded as failed, with nothing kept.)
sub digest_of {
    my ($database) = @_;
    return psql_of($database, q{set client_min_messages = warning; select concat_ws(' ',
        (select count(*) || ':' || coalesce(sum(hashtextextended(concat_ws('|', p.month, p.practice_code, p.bnf_code, p.items, p.actual_cost_e5), 0)), 0) from mo_data.prescribing p),
        (select count(*) || ':' || md5(string_agg(b.source || b.state || b.rows_kept || '/' || b.rows_rejected, ',' order by b.source collate "C", b.file_name collate "C", b.state)) from mo_data.load_batch b where b.state <> 'failed'),
        (select count(*) || ':' || coalesce(sum(hashtextextended((to_jsonb(i) - 'batch_id')::text, 0)), 0) from mo_data.incident i),
        (select count(*) || ':' || coalesce(sum(hashtextextended(concat_ws('|', v.kpi_id, v.month, v.org_code, v.breakdown, v.numerator::numeric(30, 6), v.denominator::numeric(30, 6)), 0)), 0) from mo_data.kpi_value v),
        (select count(*) || ':' || coalesce(sum(hashtextextended(concat_ws('|', r.kpi_id, r.month, r.org_code, r.breakdown, r.value::numeric(30, 6), r.peer_rank, r.target), 0)), 0) from mo_data.kpi_result r),
        (select count(*) || ':' || coalesce(sum(hashtextextended(concat_ws('|', l.kpi_id, l.org_key, l.month, l.trend_spark), 0)), 0) from mo_data.kpi_latest l),
        (select count(*) from mo_data.kpi_value_change), (select count(*) from mo_data.refresh_run))});
}

# The states: base (loaded and refreshed), and by operation the database it starts from.
fresh_database('crash_base');
my $folder = demo_data(qw(--practices 8 --months 5 --patients-per-practice 40 --rows-per-practice 500));
my ($epd) = reverse sort glob "$folder/*EPD* $folder/*epd*";
my ($incident) = glob "$folder/incident*";
rename $epd, scratch('epd_last') or die "no prescribing file in $folder: $!";
rename $incident, scratch('incident_last') or die "no incident file in $folder: $!";
load_demo($folder);
psql('set client_min_messages = warning; call mo_data.refresh()');
psql_of('postgres', 'create database crash_loaded template crash_base');
{ local $ENV{PGDATABASE} = 'crash_loaded'; for ([prescribing => 'epd_last'], [incident => 'incident_last']) { my ($code, $out, $err) = modash('load', $_->[0], scratch($_->[1])); die "$out$err" if $code } }
my $submit = psql_of('crash_base', "select to_regproc('mo_data.submit_return') is not null") eq 't';
psql_of('postgres', 'create database crash_refreshed template crash_loaded');
psql_of('crash_refreshed', 'set client_min_messages = warning; call mo_data.refresh()');

my @operations = (
    {name => 'load of a new month of prescribing (a partition is made)', from => 'crash_base', run => ['modash', 'load', 'prescribing', scratch('epd_last')]},
    {name => 'load of a flat file', from => 'crash_base', run => ['modash', 'load', 'incident', scratch('incident_last')]},
    {name => 'refresh', from => 'crash_loaded', run => ['modash', 'refresh']},
);
if ($submit) {
    my $call = psql_of('crash_refreshed', q{select format('call mo_data.submit_return(%L, %L)', min(org_code), max(quarter_start)) from mo_dashboard.icb_return
        where org_type = 'pcn' and quarter_start + interval '3 months' <= current_date and state_label = 'draft'});
    push @operations, {name => 'submitted return', from => 'crash_refreshed', run => ['psql', '-Xqc', $call], also => 'select count(*) from mo_dashboard.icb_return_submitted'} if $call;
}

sub run_beside {
    my ($database, @command) = @_;
    local $ENV{PGDATABASE} = $database;
    return started('crash', map { $_ eq 'modash' ? 'build/modash' : $_ } @command);
}
sub state_now {
    my ($operation, $database) = @_;
    return digest_of($database) . ($operation->{also} ? ' ' . psql_of($database, $operation->{also}) : '');
}
sub copy_of {
    my ($operation) = @_;
    psql_of('postgres', 'drop database if exists crash_now with (force)');
    psql_of('postgres', "create database crash_now template $operation->{from}");
}

# How long each takes undisturbed, and the state after.
for my $operation (@operations) {
    copy_of($operation);
    $operation->{before} = state_now($operation, 'crash_now');
    my $started = time;
    waitpid run_beside('crash_now', @{$operation->{run}}), 0;
    $operation->{seconds} = time - $started;
    is($?, 0, "$operation->{name}: succeeds undisturbed") or diag slurp(scratch('crash.out'));
    $operation->{after} = state_now($operation, 'crash_now');
    isnt($operation->{after}, $operation->{before}, "$operation->{name}: changes the state");
}

# A Unix socket that hands on to the server and cuts the line after so many bytes.
sub cutting_proxy {
    my ($bytes) = @_;
    my $directory = scratch('proxy');
    mkdir $directory;
    unlink "$directory/.s.PGSQL.5432";
    my $listener = IO::Socket::UNIX->new(Local => "$directory/.s.PGSQL.5432", Listen => 5) or die "no proxy: $!";
    my $pid = fork // die;
    return ($pid, $directory) if $pid;
    my ($left, %peer) = ($bytes);
    my $select = IO::Select->new($listener);
    while (1) {
        for my $ready ($select->can_read) {
            if ($ready == $listener) {
                my $client = $listener->accept;
                my $server = IO::Socket::UNIX->new(Peer => "$ENV{PGHOST}/.s.PGSQL.5432") or POSIX::_exit(1);
                @peer{$client, $server} = ($server, $client);
                $select->add($client, $server);
                next;
            }
            my $read = sysread($ready, my $buffer, 8192);
            POSIX::_exit(0) if !$read;
            $left -= $read;
            POSIX::_exit(0) if $left < 0;
            syswrite($peer{$ready}, $buffer);
        }
    }
}

my %blow = (
    'kill -9 of the backend' => sub {
        my ($pid, $wait) = @_;
        sleep $wait;
        my $backend = psql_of('postgres', "select max(pid) from pg_stat_activity where datname = 'crash_now' and backend_type = 'client backend'");
        kill 9, $backend if $backend;
    },
    'kill -9 of the server' => sub {
        my ($pid, $wait) = @_;
        sleep $wait;
        my $postmaster = postmaster();
        kill 9, $postmaster;
        for (1 .. 1200) { last if !kill 0, $postmaster; sleep 0.05 }
        server_start();
    },
    'kill -9 of the client' => sub { my ($pid, $wait) = @_; sleep $wait; kill 9, $pid },
    'cancelled query' => sub {
        my ($pid, $wait) = @_;
        sleep $wait;
        psql_of('postgres', "select count(pg_cancel_backend(pid)) from pg_stat_activity where datname = 'crash_now'");
    },
    'terminated session' => sub {
        my ($pid, $wait) = @_;
        sleep $wait;
        psql_of('postgres', "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'crash_now'");
    },
);
my @blows = sort keys %blow;
my %seen;

# After a blow: the state before or after, no in-between; again: the state after.
sub settled {
    my ($operation, $what) = @_;
    wait_for_server();
    for (1 .. 100) { # a backend may need a moment to notice
        last if psql_of('postgres', "select count(*) from pg_stat_activity where datname = 'crash_now'") eq '0';
        sleep 0.1;
    }
    my $now = state_now($operation, 'crash_now');
    my $where = $now eq $operation->{before} ? 'before' : $now eq $operation->{after} ? 'after' : "between:\n$now\nbefore:\n$operation->{before}\nafter:\n$operation->{after}";
    $seen{$where}++;
    my $good = $where eq 'before' || $where eq 'after';
    if ($good && !($operation->{also} && $where eq 'after')) {
        waitpid run_beside('crash_now', @{$operation->{run}}), 0;
        my $again = state_now($operation, 'crash_now');
        $good = $again eq $operation->{after};
        $where .= ", but again it gives\n$again\nwith " . slurp(scratch('crash.out')) . "expected:\n$operation->{after}" if !$good;
    }
    ok($good, "$operation->{name}: $what: the state $where");
}

for my $n (1 .. $moments) {
    my $operation = $operations[$n % @operations];
    my $name = $blows[int($n / @operations) % @blows];
    my $wait = rand() * $operation->{seconds};
    copy_of($operation);
    my $pid = run_beside('crash_now', @{$operation->{run}});
    $blow{$name}->($pid, $wait);
    waitpid $pid, 0;
    settled($operation, sprintf '%s after %.3f s', $name, $wait);
}

# The network is cut after a random number of bytes.
for my $n (1 .. $moments / 4) {
    my $operation = $operations[$n % @operations];
    my $bytes = int(rand(1 << (8 + $n % 12)));
    copy_of($operation);
    my ($proxy, $host) = cutting_proxy($bytes);
    { local $ENV{PGHOST} = $host; waitpid run_beside('crash_now', @{$operation->{run}}), 0; }
    kill 9, $proxy;
    waitpid $proxy, 0;
    settled($operation, "connection cut after $bytes bytes");
}

# Time, memory and disk come to an end.
for my $operation (@operations) {
    for my $limit ([q{statement_timeout = '20ms'}, 'statement_timeout'], [q{temp_file_limit = '64kB'}, 'no disk for temporary files']) {
        copy_of($operation);
        psql_of('postgres', "alter database crash_now set $limit->[0]");
        waitpid run_beside('crash_now', @{$operation->{run}}), 0;
        psql_of('postgres', 'alter database crash_now reset all');
        settled($operation, $limit->[1]);
    }
    copy_of($operation);
    my $pid = run_beside('crash_now', 'sh', '-c', 'ulimit -v 60000; exec "$@"', 'sh', @{$operation->{run}});
    waitpid $pid, 0;
    settled($operation, 'the client has 60 MB of memory');
}

SKIP: {
    my $mount = scratch('small');
    mkdir $mount;
    skip 'a small disk needs root and mount', 1 if $> != 0 || system("mount -t tmpfs -o size=40m,mode=0777 tmpfs $mount 2>/dev/null") != 0;
    mkdir "$mount/space";
    system("chown postgres $mount/space") == 0 or die;
    psql_of('postgres', "create tablespace crash_small location '$mount/space'");
    my $operation = $operations[0];
    copy_of($operation);
    eval { psql_of('postgres', 'alter database crash_now set tablespace crash_small') };
    my $on_small = $@ ? 0 : 1;
    if ($on_small) {
        system("dd if=/dev/zero of=$mount/filler bs=1M 2>/dev/null");
        waitpid run_beside('crash_now', @{$operation->{run}}), 0;
        isnt($?, 0, 'a full disk: the load says so');
        unlink "$mount/filler";
        settled($operation, 'disk full');
    }
    else { diag 'the database does not fit the small disk' }
    psql_of('postgres', 'drop database crash_now with (force)');
    psql_of('postgres', 'drop tablespace crash_small');
    system("umount $mount");
}

note(join ', ', map { "$_: $seen{$_}" } sort keys %seen);
diag(sprintf '%d moments tried; the state afterwards was %s; lost: nothing', $moments, join ', ', map { "$_ ($seen{$_})" } grep { !/between/ } sort keys %seen) if !grep { /between/ } keys %seen;
for my $database (qw(crash_now crash_base crash_loaded crash_refreshed)) { psql_of('postgres', "drop database if exists $database with (force)") }
system('test/cluster stop crash');
done_testing();
