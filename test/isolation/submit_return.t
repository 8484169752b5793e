#!/usr/bin/env perl
# Two sessions submit the same return, take on the same action, or submit while a refresh publishes: one wins, the other is told, and what was
# frozen is the state of one moment.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;
use MoDashSessions;

fresh_database('mo_submit_return');
psql_script(<<'SQL');
set client_min_messages = warning;
update mo_data.kpi set is_active = false;
\i test/data/kpi_fixture.psql
\i test/data/return_fixture.psql
\o /dev/null
select pg_temp.make_kpi('test_flow', 'clinical_activity', 'Letters', 'percent', 'higher', 'flow', 'wilson', 10);
select pg_temp.make_kpi('test_cost', 'cost', 'Cost', 'pounds', 'lower', 'flow', 'none', 20);
\o
insert into public.test_figure select k, o, m::date, null, 50, 100
from unnest('{test_flow,test_cost}'::text[]) k, unnest('{U00001,U00002}'::text[]) o, generate_series('2025-01-01'::timestamp, '2025-09-01', '1 month') m;
select pg_temp.load(pg_temp.months('2025-01-01', '2025-09-01'));
call mo_data.refresh();
call mo_data.raise_action('U00001', 'Visit.', 'A Pharmacist', '2025-12-31');
SQL

sub standing { my ($quarter) = @_; return psql("select count(*) || ' ' || count(*) filter (where reopened_at is null) || ' ' || (select count(*) from mo_data.return_line l join mo_data.return_submission s using (submission_id)
    where s.quarter_start = '$quarter') from mo_data.return_submission where quarter_start = '$quarter'") }
my $lines = psql(q{select count(*) from mo_dashboard.icb_return where org_code = 'U00001' and quarter_start = '2025-01-01'});

# Two at once, the first commits: one submission, the second is told who won.
my $holder = hold(42);
my $first = background(q{begin; call mo_data.submit_return('U00001', 'Q4 2024/25'); select pg_advisory_xact_lock_shared(42); commit;});
waits($first);
my $second = background(q{call mo_data.submit_return('U00001', 'Q4 2024/25');});
waits($second);
release($holder);
my ($code, $out) = finished($first);
is($code, 0, 'the first submits') or diag $out;
($code, $out) = finished($second);
ok($code && $out =~ /already submitted/ && $out =~ /Version 1 was submitted by/ && $out =~ /reopen_return/, 'the second is told that it is submitted, by whom, and what to do') or diag $out;
is(standing('2025-01-01'), "1 1 $lines", 'one submission, with its lines once');

# Two at once, the first is rolled back: the second's stands.
$holder = hold(42);
$first = background(q{begin; call mo_data.submit_return('U00001', 'Q1 2025/26'); select pg_advisory_xact_lock_shared(42); rollback;});
waits($first);
$second = background(q{call mo_data.submit_return('U00001', date '2025-04-01');});
waits($second);
release($holder);
finished($first);
($code, $out) = finished($second);
is($code, 0, 'the first is rolled back: the second submits') or diag $out;
is(standing('2025-04-01'), "1 1 $lines", '... one submission, with its lines once');
is(psql(q{select min(version) from mo_data.return_submission where quarter_start = '2025-04-01'}), 1, '... and it is version 1');

# Many at once.
my @all = map { background(q{call mo_data.submit_return('U00001', 'Q2 2025/26');}) } 1 .. 6;
my @codes = map { (finished($_))[0] } @all;
is(scalar(grep { $_ == 0 } @codes), 1, 'of six at once one submits');
is(standing('2025-07-01'), "1 1 $lines", '... and leaves one submission');

# A refresh that has written but not published: what is frozen is what was published.
psql(q{update public.test_figure set numerator = 99});
$holder = hold(42);
my $refresh = background(q{begin; set client_min_messages = warning; call mo_data.refresh('2025-01-01', '2025-09-01'); select pg_advisory_xact_lock_shared(42); commit;});
waits($refresh);
is((psql_error(q{call mo_data.submit_return('U00002', 'Q4 2024/25')}))[0], 0, 'a return is submitted while a refresh is about to publish');
release($holder);
is((finished($refresh))[0], 0, '... which then publishes');
is(psql(q{select string_agg(line_code || ' ' || frozen_display_value || ' ' || display_value || ' ' || restated_label, '; ' order by line_code) from mo_dashboard.icb_return
    where org_code = 'U00002' and quarter_start = '2025-01-01' and line_code in ('test_flow', 'test_cost')}),
    'test_cost £0.50 £0.99 was £0.50, now £0.99; test_flow 50.0% 99.0% was 50.0%, now 99.0%', 'the return holds the old figures, all of them, and says what they are now');
is(psql(q{select s.run_id < (select max(run_id) from mo_data.refresh_run) from mo_data.return_submission s join mo_data.organisation_key k using (org_key) where k.org_code = 'U00002'}), 't',
    '... and the run they are of');

# Two reopen at once; two take on one action at once.
$holder = hold(42);
$first = background(q{begin; call mo_data.reopen_return('U00001', 'Q4 2024/25', 'first'); select pg_advisory_xact_lock_shared(42); commit;});
waits($first);
$second = background(q{call mo_data.reopen_return('U00001', 'Q4 2024/25', 'second');});
waits($second);
release($holder);
is((finished($first))[0], 0, 'the first reopens');
($code, $out) = finished($second);
ok($code && $out =~ /no submitted return of U00001 stands/, 'the second is told that none stands') or diag $out;
is(psql(q{select reopened_because from mo_data.return_submission where reopened_at is not null}), 'first', '... and the first reason is kept');
$holder = hold(42);
$first = background(q{begin; call mo_data.update_action(1, 'in progress'); select pg_advisory_xact_lock_shared(42); commit;});
waits($first);
$second = background(q{call mo_data.update_action(1, 'done', 'finished');});
waits($second);
release($holder);
is((finished($first))[0] + (finished($second))[0], 0, 'two changes of one action follow each other');
is(psql(q{select string_agg(concat_ws(' ', change_no, old_state, new_state), '; ' order by change_no) from mo_data.review_action_change}), '1 open; 2 open in progress; 3 in progress done',
    '... and the log says so');
done_testing();
