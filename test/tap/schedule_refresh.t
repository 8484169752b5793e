#!/usr/bin/env perl
# schedule_refresh(): without pg_cron it says so and changes nothing, whatever calls itself cron; with an extension of pg_cron's name and
# functions (a stand-in: the real one needs its background worker) it schedules, replaces and takes out its one job.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_schedule');
sub scheduled { return psql('select mo_data.schedule_refresh(' . (defined $_[0] ? "'$_[0]'" : 'null') . ')') }

like(scheduled('30 5 * * *'), qr/^pg_cron is not installed in database mo_schedule; nothing was changed\. .*: 30 5 \* \* \* PGDATABASE='mo_schedule' modash refresh$/,
    'without pg_cron: says so, with the line for a crontab');
like(scheduled(undef), qr/^pg_cron is not installed in database mo_schedule; nothing was changed/, 'without pg_cron: null says so too');
for my $good ('*/15 * * * *', " 0  6\t1 * * ", '0 6 1,15 jan,dec mon', '0-30/10 0 1-7 1-12/3 sun', '59 23 31 12 7', '0 0 * * MON,thu') {
    like(scheduled($good), qr/nothing was changed/, "a schedule: '$good'");
}
for my $bad ('', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 * ', '* * * * 8', '5-1 * * * *', '*/0 * * * *', '5/10 * * * *',
    '@daily', '30 seconds', '-1 * * * *', '1,,2 * * * *', ', * * * *', '* * * jam *', '99999999999 * * * *', '1;2 * * * *', "* * * * *\n* * * * *", '* * * * *; drop table x') {
    my ($code, $out, $err) = psql_error("select mo_data.schedule_refresh('$bad')");
    (my $shown = $bad) =~ s/\n/\\n/g;
    ok($code && $err =~ /is not a cron schedule/ && $err =~ /HINT/, "not a schedule: '$shown'") or diag "$out$err";
}

# A schema that somebody named cron, with functions that look right, is not pg_cron.
psql(q{create schema cron; create table cron.called (what text);
    create function cron.schedule(a text, b text, c text) returns bigint language sql as 'insert into cron.called values (a) returning 1::bigint';
    create function cron.unschedule(a text) returns boolean language sql as 'insert into cron.called values (a) returning true';
    create table cron.job (jobid bigint, jobname text, username name default current_user)});
like(scheduled('30 5 * * *'), qr/not installed/, 'a schema named cron does not pass for pg_cron');
like(scheduled(undef), qr/not installed/, 'nor for null');
is(psql('select count(*) from cron.called'), 0, 'and none of its functions was called');
psql('set client_min_messages = error; drop schema cron cascade');

like(psql(q{set cron.database_name = 'postgres'; select mo_data.schedule_refresh('1 2 * * *')}),
    qr/^pg_cron is not installed in database mo_schedule: it runs in database postgres\. .*cron\.schedule_in_database\('mo_data\.refresh mo_schedule', '1 2 \* \* \*', 'call mo_data\.refresh\(\)', 'mo_schedule'\);$/,
    'pg_cron in another database: what to run there');

our @made;
END { unlink @made }
my $folder = psql(q{select setting || '/extension' from pg_config where name = 'SHAREDIR'});
SKIP: {
    skip 'pg_cron is installed here, or the folder of extensions cannot be written', 8
        if !-w $folder || psql(q{select count(*) from pg_available_extensions where name = 'pg_cron'});
    @made = map { "$folder/$_" } qw(pg_cron.control pg_cron--1.6.sql);
    open my $control, '>', "$folder/pg_cron.control" or die;
    print {$control} "default_version = '1.6'\nrelocatable = false\nschema = pg_catalog\n";
    close $control;
    open my $script, '>', "$folder/pg_cron--1.6.sql" or die;
    print {$script} <<'SQL';
create schema cron;
create table cron.job (jobid bigint generated always as identity, schedule text, command text, username text default current_user, jobname text, unique (jobname, username));
create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql as $$
    insert into cron.job (schedule, command, jobname) values ($2, $3, $1)
    on conflict (jobname, username) do update set schedule = excluded.schedule, command = excluded.command returning jobid $$;
create function cron.unschedule(job_name text) returns boolean language sql as $$ delete from cron.job j where j.jobname = $1 returning true $$;
SQL
    close $script;
    psql('create extension pg_cron');
    like(scheduled('30  5 * * *'), qr/^pg_cron runs "call mo_data\.refresh\(\)" at 30 5 \* \* \*/, 'with pg_cron: scheduled');
    is(psql('select schedule, command, jobname from cron.job'), '30 5 * * *|call mo_data.refresh()|mo_data.refresh mo_schedule', 'its job');
    scheduled('0 6 * * *');
    is(psql('select count(*), max(schedule) from cron.job'), '1|0 6 * * *', 'a second call replaces the schedule');
    my ($code) = psql_error("select mo_data.schedule_refresh('0 25 * * *')");
    is($code . psql('select schedule from cron.job'), '10 6 * * *', 'a wrong schedule changes nothing');
    is(psql(q{select due_narrative from mo_dashboard.next_refresh where item_label = 'Refresh'}), 'Runs by itself at 0 6 * * * (GMT).', 'and readers see when in next_refresh');
    like(scheduled(undef), qr/no longer runs/, 'null unschedules');
    is(psql(q{select due_label from mo_dashboard.next_refresh where item_label = 'Refresh'}), 'not scheduled', 'and readers see that too');
    is(psql('select count(*) from cron.job') . ' ' . scheduled(undef), '0 No refresh was scheduled; nothing was changed.', 'and once more does nothing');
}
done_testing();
