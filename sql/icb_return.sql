-- The quarterly return: a quarter's figures by hand, the boundary of April, hidden cells, drafts and what people write, submission and restatement
\set SHOW_CONTEXT never
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = false;
\i test/data/kpi_fixture.psql
\i test/data/return_fixture.psql
\o /dev/null
select pg_temp.make_kpi('test_flow', 'clinical_activity', 'Letters', 'percent', 'higher', 'flow', 'wilson', 10, 7);
select pg_temp.make_kpi('test_stock', 'des_assurance', 'Staff', 'percent', 'higher', 'stock', 'wilson', 20);
select pg_temp.make_kpi('test_count', 'prescribing_safety', 'Events', 'count', 'neither', 'flow', 'byar', 30, 7);
select pg_temp.make_kpi('test_audit', 'prescribing_safety', 'Audit', 'percent', 'higher', 'annual', 'none', 40);
select pg_temp.make_kpi('test_cost', 'cost', 'Cost', 'pounds', 'lower', 'flow', 'none', 50);
select pg_temp.make_kpi('test_none', 'cost', 'Nothing', 'percent', 'higher', 'flow', 'none', 60);
\o
-- January to September 2025: three quarters. U00001 has 10 m of 100 letters in month m, U00002 50 of 100; staff 8, 9 and 10 of 10 within each quarter, at U00002 10, 9 and 8
insert into public.test_figure
    select 'test_flow', o, m::date, null::text, case o when 'U00001' then 10 * extract(month from m) else 50 end, 100
    from unnest('{U00001,U00002}'::text[]) o, generate_series('2025-01-01'::timestamp, '2025-09-01', '1 month') m
    union all
    select 'test_stock', o, m::date, p, (case o when 'U00001' then 8 else 10 end + ((extract(month from m)::int - 1) % 3) * case o when 'U00001' then 1 else -1 end) * x, 10 * x
    from unnest('{U00001,U00002}'::text[]) o, generate_series('2025-01-01'::timestamp, '2025-09-01', '1 month') m, (values (null, 2), ('role_CP', 1), ('role_PHT', 1)) p (p, x)
    union all -- counts of 8 a month but 3 in May; a theme of 8 a month, and one of 2 in April only
    select 'test_count', 'U00001', m::date, null::text, case when m = '2025-05-01' then 3 else 8 end, null::float8 from generate_series('2025-01-01'::timestamp, '2025-09-01', '1 month') m
    union all
    select 'test_count', 'U00001', m::date, 'theme_tm_dose', 8, null::float8 from generate_series('2025-01-01'::timestamp, '2025-09-01', '1 month') m
    union all
    values ('test_count', 'U00001', date '2025-04-01', 'no_theme', 2, null::float8), ('test_count', 'U00001', '2025-04-01', 'class_3', 1, null)
    union all -- audited in February: it stands to March
    select 'test_audit', 'U00001', m::date, 'tool_X', 70, 100 from generate_series('2025-02-01'::timestamp, '2025-03-01', '1 month') m
    union all
    select 'test_audit', 'U00001', m::date, null, 70, 100 from generate_series('2025-02-01'::timestamp, '2025-03-01', '1 month') m
    union all
    select 'test_cost', o, m::date, null, 300 + 10 * extract(month from m), 100 from unnest('{U00001,U00002}'::text[]) o, generate_series('2025-01-01'::timestamp, '2025-09-01', '1 month') m;
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('test_flow', 'QTT', '2020-01-01', 0.5), ('test_stock', 'U00001', '2020-01-01', 0.9);
select pg_temp.load(pg_temp.months('2025-01-01', '2025-09-01'));
call mo_data.refresh();

-- by hand, U00001. Q1 2025/26 is April to June and nothing of March: 40 + 50 + 60 of 300 = 50.0 %; staff of June 20 of 20; events suppressed, for May is small;
-- no audit yet since April; cost (340 + 350 + 360) / 300 = 3.50. Q4 2024/25 ends with March: 10 + 20 + 30 of 300
select section_sort as s, line_sort, line_code, line_label, display_value, display_target, numerator, denominator, status_label, line_narrative
from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q1 2025/26' order by section_sort, line_sort;
select quarter_start, quarter_label, quarter_label_sort, display_value, numerator, denominator, line_narrative from mo_dashboard.icb_return
where org_code = 'U00001' and line_code = 'test_flow' order by quarter_start;
-- a stock is its last month, whichever is larger
select quarter_start, display_value, line_narrative from mo_dashboard.icb_return where org_code = 'U00002' and line_code = 'test_stock' order by 1;
-- the ICB adds up its PCNs
select line_code, display_value, numerator, denominator from mo_dashboard.icb_return where org_code = 'QTT' and quarter_start = '2025-04-01' and kpi_id in ('test_flow', 'test_cost') order by 1;
-- by hand: a target of 20 events a month to August is 60 a quarter, and none where a month has none; what counts from April is its last month (3.60), not added up
savepoint targets;
update mo_data.kpi set direction = 'higher' where kpi_id = 'test_count';
update mo_data.kpi set counts_from_april = true where kpi_id = 'test_cost';
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, valid_to, target) values ('test_count', 'U00001', '2020-01-01', '2025-09-01', 20);
call mo_data.refresh();
select line_code, quarter_start, display_value, target, display_target, status_label from mo_dashboard.icb_return
where org_code = 'U00001' and line_code in ('test_count', 'test_cost') order by 1, 2;
rollback to targets;
-- PCNs and ICBs, every quarter that has data
select org_type, org_code, string_agg(distinct quarter_label, ', ') as quarters, count(distinct section_label) as sections, string_agg(distinct state_label, ', ') as state
from mo_dashboard.icb_return group by 1, 2 order by 1, 2;
-- a month that is not there yet: the quarter says which months it has, and the figure is late
delete from public.test_figure where month = '2025-09-01' and kpi_id = 'test_cost';
update mo_data.kpi set is_active = false where kpi_id <> 'test_cost' and kpi_id ~ '^test';
savepoint late;
update mo_data.load_batch set months = pg_temp.months('2025-01-01', '2025-08-01') where source = 'discharge';
update mo_data.kpi set definition_version = '2' where kpi_id = 'test_cost';
call mo_data.refresh('2025-07-01', '2025-09-01');
select line_code, display_value, status_label, line_narrative from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q2 2025/26' and kpi_id is not null order by 1;
rollback to late;
-- a section no measure of which is switched on says so
select line_code, line_narrative from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q2 2025/26' and kpi_id is null order by section_sort;
update mo_data.kpi set is_active = true where kpi_id ~ '^test';
insert into public.test_figure select 'test_cost', o, '2025-09-01', null, 390, 100 from unnest('{U00001,U00002}'::text[]) o;

-- people write: a section's text and the sentence of an exception; the latest wording counts, empty goes back to the draft
select line_code, narrative_label, line_narrative from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q4 2024/25' and narrative_label is not null order by section_sort, line_sort;
call mo_data.set_return_narrative('U00001', 'Q4 2024/25', 'cost_outcome', 'First wording.');
call mo_data.set_return_narrative('U00001', 'Q4 2024/25', 'cost_outcome', ' Generic switches held costs. ');
call mo_data.set_return_narrative('U00001', '2025-01-01', 'exception_narrative', 'Two practices began in February.', 'test_flow');
call mo_data.set_return_narrative('U00001', 'q4 2024/25', 'exception_narrative', 'Said by mistake.');
call mo_data.set_return_narrative('U00001', '2024/25 Q4', 'exception_narrative', '');
alter table mo_data.review_action alter column action_id restart;
call mo_data.raise_action('U00001', 'Ask for the file.', 'A Pharmacist', '2025-12-31', 'test_none');
select line_code, narrative_label, line_narrative from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q4 2024/25' and narrative_label is not null order by section_sort, line_sort;
select count(*) as wordings_kept from mo_data.return_narrative;

-- submitted: frozen with who and when
call mo_data.submit_return('U00001', 'Q4 2024/25');
call mo_data.submit_return('U00002', date '2025-01-01');
set local client_min_messages = notice;
call mo_data.submit_return('QTT', '2025-04-01');
set local client_min_messages = warning;
select k.org_code, s.quarter_start, s.version, s.submitted_by = session_user as by_me, s.submitted_at > now() as now, s.run_id = (select max(run_id) from mo_data.refresh_run) as run,
    (select count(*) from mo_data.return_line l where l.submission_id = s.submission_id) as lines
from mo_data.return_submission s join mo_data.organisation_key k using (org_key) order by 1, 2;
select distinct org_code, quarter_label, state_label, submitted_at_utc is null as not_yet from mo_dashboard.icb_return order by 1, 2;
select count(*) filter (where restated_label is not null) as restated, count(*) filter (where frozen_display_value is distinct from display_value) as differ, count(*) as lines
from mo_dashboard.icb_return where state_label = 'submitted';
select line_code, frozen_display_value, frozen_numerator, frozen_denominator, line_narrative from mo_dashboard.icb_return_submitted
where org_code = 'U00001' and kpi_id in ('test_flow', 'test_count') order by section_sort, line_sort;

-- a later restatement stands beside the frozen figure: March's letters were 60 and not 30 (90 of 300 = 30.0 %), February's events 4 (now suppressed), and one colleague more
update public.test_figure set numerator = 60 where org_code = 'U00001' and kpi_id = 'test_flow' and month = '2025-03-01';
update public.test_figure set numerator = 4 where org_code = 'U00001' and kpi_id = 'test_count' and month = '2025-02-01' and breakdown is null;
update public.test_figure set numerator = 22, denominator = 22 where org_code = 'U00001' and kpi_id = 'test_stock' and month = '2025-03-01' and breakdown is null;
insert into public.test_figure values ('test_stock', 'U00001', '2025-03-01', 'role_CC', 0, 1);
delete from public.test_figure where org_code = 'U00001' and kpi_id = 'test_stock' and month = '2025-03-01' and breakdown = 'role_PHT'; -- nobody of that role is left
call mo_data.refresh('2025-01-01', '2025-03-01');
select line_code, display_value, frozen_display_value, frozen_numerator, frozen_denominator, restated_label from mo_dashboard.icb_return
where org_code = 'U00001' and quarter_label = 'Q4 2024/25' and restated_label is not null order by section_sort, line_sort;
select line_code, line_narrative from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q4 2024/25' and line_code ~ '^(section|exception)' order by section_sort, line_sort;
select month_start, reason_label, exception_text from mo_dashboard.exception where org_code = 'U00001' and reason_label = 'restated since submitted';

-- nothing submitted is lost: reopened, it stays; the next is version 2
savepoint s;
call mo_data.set_return_narrative('U00001', 'Q4 2024/25', 'cost_outcome', 'Too late.');
rollback to s;
\set VERBOSITY terse
call mo_data.submit_return('U00001', 'Q4 2024/25');
rollback to s;
\set VERBOSITY default
call mo_data.reopen_return('U00001', 'Q4 2024/25', ' ');
rollback to s;
call mo_data.reopen_return('U00001', 'Q4 2024/25', 'March was restated');
select distinct state_label, frozen_value is null as not_frozen from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q4 2024/25';
savepoint s;
call mo_data.reopen_return('U00001', 'Q4 2024/25', 'again');
rollback to s;
call mo_data.set_return_narrative('U00001', 'Q4 2024/25', 'cost_outcome', 'In time.');
call mo_data.submit_return('U00001', 'Q4 2024/25');
-- and the Changes page says so
select org_code, regexp_replace(change_narrative, session_user, 'me') as change_narrative from mo_dashboard.change_log where change_label = 'return submitted' order by change_id;
select return_version, state_label, frozen_display_value, reopened_by = session_user as by_me, reopened_narrative from mo_dashboard.icb_return_submitted
where org_code = 'U00001' and line_code = 'test_flow' order by 1;
select return_version, frozen_display_value, restated_label from mo_dashboard.icb_return where org_code = 'U00001' and quarter_label = 'Q4 2024/25' and line_code = 'test_flow';
savepoint s;
update mo_data.return_line set value = 1;
rollback to s;
delete from mo_data.return_submission;
rollback to s;
update mo_data.return_submission set submitted_at = now();
rollback to s;
truncate mo_data.return_narrative;
rollback to s;

-- refused, each by name
call mo_data.submit_return('U09999', 'Q4 2024/25');
rollback to s;
call mo_data.submit_return('P00001', 'Q4 2024/25');
rollback to s;
call mo_data.submit_return(null, 'Q4 2024/25');
rollback to s;
call mo_data.submit_return('U00001', 'Q1 2090/91');
rollback to s;
call mo_data.submit_return('U00001', 'Q1 2001/02');
rollback to s;
call mo_data.submit_return('U00001', date '2025-02-01');
rollback to s;
call mo_data.submit_return('U00001', null::date);
rollback to s;
call mo_data.submit_return('U00001', 'infinity'::date);
rollback to s;
call mo_data.submit_return('U00001', 'Q5 2024/25');
rollback to s;
call mo_data.submit_return('U00001', 'Q4 2024/26');
rollback to s;
call mo_data.submit_return('U00001', '2025-02-01');
rollback to s;
call mo_data.submit_return('U00001', null::text);
rollback to s;
call mo_data.set_return_narrative('U00001', 'Q2 2025/26', 'appendix', 'x');
rollback to s;
call mo_data.set_return_narrative('U00001', 'Q2 2025/26', 'exception_narrative', 'x', 'no_such_kpi');
rollback to s;
call mo_data.set_return_narrative('U00001', 'Q2 2025/26', 'cost_outcome', 'x', 'test_cost');
rollback to s;
call mo_data.set_return_narrative('U00001', 'Q2 2025/26', 'cost_outcome', repeat('x', 4001));
rollback to s;
-- quarters as people write them
select q, mo_data.quarter_of(q) as begins_on, mo_data.quarter_label(mo_data.quarter_of(q)) as label
from unnest('{Q1 2026/27,q2 2026/27," Q3 2026-27",2026/27 Q4,Q1 1999/2000,Q4 1999/00,2026-04-01,2027-01-01}'::text[]) q;

-- who may: nobody but the owner until it is granted; then for the organisations the login sees
create role mo_regress_north login;
create role mo_regress_none login;
select mo_data.grant_reader('mo_regress_north', 'U00001');
select mo_data.grant_reader('mo_regress_none', 'P00003');
grant usage on schema mo_data to mo_regress_north, mo_regress_none;
savepoint s;
set session authorization mo_regress_none;
call mo_data.submit_return('U00001', 'Q2 2025/26');
rollback to s;
grant execute on procedure mo_data.submit_return(text, text), mo_data.set_return_narrative(text, text, text, text, text), mo_data.reopen_return(text, text, text) to mo_regress_north, mo_regress_none;
savepoint s;
set session authorization mo_regress_none;
call mo_data.submit_return('U00001', 'Q2 2025/26');
rollback to s;
set session authorization mo_regress_north;
call mo_data.submit_return('U00002', 'Q2 2025/26');
rollback to s;
set session authorization mo_regress_north;
call mo_data.reopen_return('U00002', 'Q4 2024/25', 'not mine');
rollback to s;
set session authorization mo_regress_north;
call mo_data.submit_return('U00001', 'Q2 2025/26');
select distinct org_code, state_label, submitted_by from mo_dashboard.icb_return where quarter_label = 'Q2 2025/26';
select distinct org_code from mo_dashboard.icb_return_submitted;
select count(*) from mo_data.return_line;
rollback;
