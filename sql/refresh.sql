-- Refresh: only what loads can have changed is counted, only what differs is written, restatements are kept, one publication
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values
    ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null), ('U00001', 'pcn', 'A PCN', null), ('U00002', 'pcn', 'Another PCN', null),
    ('A00001', 'practice', 'One', 4), ('A00002', 'practice', 'Two', 4), ('A00003', 'practice', 'Three', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'),
    ('U00002', 'sub_icb', '00A'), ('A00001', 'sub_icb', '00A'), ('A00002', 'sub_icb', '00A'), ('A00003', 'sub_icb', '00A'),
    ('A00001', 'pcn', 'U00001'), ('A00002', 'pcn', 'U00001'), ('A00003', 'pcn', 'U00002');
create table mo_data.prescribing_test partition of mo_data.prescribing default;
-- a load as modash leaves it: its rows, and a batch that names its months
create function pg_temp.load(source text, months date[], rows_of text default 'select') returns integer language plpgsql as $$
declare batch integer;
begin
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
        values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months, clock_timestamp()) returning batch_id into batch;
    execute rows_of;
    return batch;
end $$;
create function pg_temp.state() returns text language sql as $$
    select md5(string_agg(x::text, ';' order by x::text)) from (
        select v::text as x from mo_data.kpi_value v union all select r::text from mo_data.kpi_result r union all select c::text from mo_data.kpi_value_change c
        union all select l::text from mo_data.kpi_latest l union all select u::text from mo_data.refresh_run u union all select g::text from mo_data.refresh_log g
        union all select s::text from mo_data.source_reconciliation s union all select b::text from mo_data.refresh_batch b
        union all select f::text from mo_data.refresh_reference f union all select m::text from mo_data.kpi_month m
        union all select k::text from mo_data.organisation_key k union all select count(*)::text from mo_data.calendar_day) t $$;
create view pg_temp.last_log as -- indexes have a step unless autovacuum is looking at their table (test/tap/refresh_life.t)
    select what, kpi_id, from_month, to_month, rows from mo_data.refresh_log
    where run_id = (select max(run_id) from mo_data.refresh_run) and what <> 'indexes' order by step;

-- nothing loaded: the first run only takes note of the definitions
call mo_data.refresh();
select count(*) as figures from mo_data.kpi_value;
select pg_temp.load('list_size', '{2026-01-01}', $$ insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id)
    select 'A0000' || i, '2026-01-01', 'M', 0, 4, 100 * i, 0 from generate_series(1, 3) i $$) > 0 as loaded;
select pg_temp.load('prescribing', array[m::date], format($$ insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id)
    select %L, 'A0000' || i, '0212000B0AAABAB', 1, 100000 * i * %s, 0 from generate_series(1, 3) i $$, m::date, extract(month from m))) > 0 as loaded
from generate_series('2026-01-01'::timestamp, '2026-04-01', '1 month') m;
-- the months are pending, and nothing is published yet
select kpi_id, month, cardinality(batch_ids) as loads from mo_data.refresh_pending() order by month;
select count(*) from mo_dashboard.fact_kpi;
call mo_data.refresh();
select * from pg_temp.last_log;
select month, org_code, numerator, denominator from mo_data.kpi_value order by month, org_code;
select count(*) as restatements from mo_data.kpi_value_change;
select count(*) as pending from mo_data.refresh_pending();

-- a second refresh writes nothing at all
create temporary table was as select pg_temp.state() as state;
call mo_data.refresh();
select state = pg_temp.state() as nothing_written from was;
-- counting a range again changes no figure
call mo_data.refresh('2026-01-15', '2026-04-20');
select kind, figures_written, figures_restated from mo_data.refresh_run order by run_id desc limit 1;
select * from pg_temp.last_log;

-- a corrected file for one month: that month is counted, the others are not; the old figure is kept with its cause
create temporary table moment as select max(published_at) as before_correction from mo_data.refresh_run;
create temporary table published as select * from mo_data.kpi_value;
select pg_temp.load('prescribing', '{2026-02-01}', $$ update mo_data.prescribing set actual_cost_e5 = 999000000
    where month = '2026-02-01' and practice_code = 'A00002' $$) > 0 as loaded;
call mo_data.refresh();
select * from pg_temp.last_log;
select month, org_code, old_numerator, new_numerator, batch_ids = array[(select max(batch_id) from mo_data.load_batch)] as this_load
from mo_data.kpi_value_change order by month, org_code;
select org_code, numerator, previous_month_value, previous_year_value from mo_data.kpi_result where month = '2026-03-01' and org_type in ('pcn', 'practice') order by 1;
-- as it was known before, exactly; and as it is known now
select count(*) as differences from (
    (table published except select * from mo_data.kpi_value_as_known((select before_correction from moment)))
    union all (select * from mo_data.kpi_value_as_known((select before_correction from moment)) except table published)) d;
select count(*) as differences from (table mo_data.kpi_value except select * from mo_data.kpi_value_as_known('infinity')) d;
select count(*) as known_before_anything from mo_data.kpi_value_as_known('2000-01-01');

-- a file that changes nothing restates nothing
select pg_temp.load('prescribing', '{2026-03-01}') > 0 as loaded;
call mo_data.refresh();
select kind, from_month, to_month, figures_written, results_written from mo_data.refresh_run order by run_id desc limit 1;
-- a failed load is no news
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('prescribing', 'f', repeat('0', 64), 1, 'f', 'failed', '{2026-01-01}');
select count(*) as pending from mo_data.refresh_pending();
-- figures withdrawn: a practice found to have closed in March
update mo_data.organisation set open_to = '2026-03-20' where org_code = 'A00003';
select count(*) as pending from mo_data.refresh_pending();
call mo_data.refresh();
select month, org_code, old_numerator, new_numerator, batch_ids from mo_data.kpi_value_change where new_numerator is null order by 1, 2;
select distinct month from mo_data.kpi_result where org_code = 'U00002' order by 1;
select count(*) as differences from (
    (table published except select * from mo_data.kpi_value_as_known((select before_correction from moment)))
    union all (select * from mo_data.kpi_value_as_known((select before_correction from moment)) except table published)) d;
-- a practice that moved: no figure of its own changes, its PCNs' do
update mo_data.organisation_parent set valid_to = '2026-04-15' where org_code = 'A00002' and parent_type = 'pcn';
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from) values ('A00002', 'pcn', 'U00002', '2026-04-15');
select pg_temp.load('pcn_members', '{}') > 0 as loaded;
call mo_data.refresh();
select figures_written, results_written > 0 as results_written from mo_data.refresh_run order by run_id desc limit 1;
select month, org_code, numerator from mo_data.kpi_result where org_type = 'pcn' order by 1, 2;
-- a membership file that says what is known already is taken into account and changes nothing
select pg_temp.load('pcn_members', '{}') > 0 as loaded;
call mo_data.refresh();
select figures_written, results_written from mo_data.refresh_run order by run_id desc limit 1;
-- a new list counts for its own month and those after it
select pg_temp.load('list_size', '{2026-03-01}', $$ insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id)
    values ('A00001', '2026-03-01', 'M', 0, 4, 500, 0) $$) > 0 as loaded;
select month from mo_data.refresh_pending() order by 1;
call mo_data.refresh();
select month, org_code, old_denominator, new_denominator from mo_data.kpi_value_change where run_id = (select max(run_id) from mo_data.refresh_run) order by 1, 2;
-- other weights reach every month
update mo_data.weight set weight = 2 where scheme = 'astro_pu_cost_2013' and sex = 'M' and age_from = 0;
select count(*) as pending from mo_data.refresh_pending();
call mo_data.refresh();
select count(*) as restated, bool_and(new_denominator = 2 * old_denominator) as doubled from mo_data.kpi_value_change
where run_id = (select max(run_id) from mo_data.refresh_run);

-- any registered KPI by the same contract: a site's own, with parts, a look-back of one month and an interval
create function mo_data.kpi_site_items(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator float8, denominator float8)
    language sql stable as $$
    select 'A00001', m::date, b, 'r' || i, i % 2, 1 from generate_series(from_month::timestamp, to_month, '1 month') m, generate_series(1, 4) i,
        unnest('{null,odd}'::text[]) b where m >= '2026-03-01' and m <= '2026-04-01' and (b is null or i % 2 = 1) $$;
insert into mo_data.kpi (kpi_id, family, page_order, name, short_name, unit, numerator_wording, denominator_wording, direction, time_basis, interval_method,
    sources, look_back_months, owner_role, definition_version, rationale, reference, rps_principle, records_function, is_site_kpi)
    values ('site_items', 'cost', 900, 'Odd items', 'Odd items', 'percent', 'odd', 'all', 'higher', 'flow', 'wilson', '{prescribing}', 1, 'me', '1', '-', '-', 2,
    'mo_data.kpi_site_items', true);
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
select month, org_code, breakdown, numerator, denominator, value, round(value_lower::numeric, 4) as lower, round(value_upper::numeric, 4) as upper
from mo_data.kpi_result where kpi_id = 'site_items' and org_type = 'practice' order by 1, 2, 3;
select pg_temp.load('prescribing', '{2026-02-01}') > 0 as loaded;
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();

-- a KPI that looks ahead has the month before it dirty; one that follows the clock has its latest months counted with every refresh that has cause
update mo_data.kpi set look_ahead_months = 1, look_back_months = 0 where kpi_id = 'site_items';
call mo_data.refresh();
select pg_temp.load('prescribing', '{2026-03-01}') > 0 as loaded;
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
update mo_data.kpi set look_ahead_months = 0, look_back_months = 1, follows_clock = true where kpi_id = 'site_items';
call mo_data.refresh();
select count(*) as pending from mo_data.refresh_pending();
select pg_temp.load('prescribing', '{2026-01-01}') > 0 as loaded;
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
update mo_data.refresh_run set as_at = as_at - interval '2 days';
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
-- a setting reaches the KPI that it is for
insert into mo_data.setting (name, value, unit, meaning) values ('odd_from', 1, 'count', 'site_items: what is odd');
update mo_data.kpi set follows_clock = false where kpi_id = 'site_items';
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
-- ... whatever its meaning is edited to
update mo_data.setting set meaning = 'What is odd, as our LMC agreed', kpi_id = 'site_items' where name = 'odd_from';
select count(*) from mo_data.refresh_pending();
update mo_data.setting set meaning = 'What is odd here', value = 2 where name = 'odd_from';
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();

-- functions that do not keep the contract are refused, and nothing is published
savepoint s;
update mo_data.kpi set records_function = 'mo_data.no_such_function' where kpi_id = 'site_items';
call mo_data.refresh();
rollback to s;
update mo_data.kpi set records_function = 'kpi_site_items' where kpi_id = 'site_items';
call mo_data.refresh();
rollback to s;
update mo_data.kpi set records_function = 'mo_data.kpi_site_items(''2026-01-01'', ''2026-01-01''); drop table mo_data.kpi_value' where kpi_id = 'site_items';
call mo_data.refresh();
rollback to s;
update mo_data.kpi set total_function = 'mo_data.organisation_path' where kpi_id = 'site_items';
call mo_data.refresh();
rollback to s;
create or replace function mo_data.kpi_site_items(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator float8, denominator float8)
    language sql stable as $$ select 'A00001', (from_month - interval '13 months')::date, null, 'r', 1::float8, 1::float8 $$;
call mo_data.refresh('2026-03-01', '2026-03-01');
rollback to s;
create or replace function mo_data.kpi_site_items(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator float8, denominator float8)
    language sql stable as $$ select 'A00001', from_month, null, 'r', 'NaN'::float8, 1::float8 $$;
call mo_data.refresh('2026-03-01', '2026-03-01');
rollback to s;
call mo_data.refresh('2026-04-01', '2026-03-01');
rollback to s;
call mo_data.refresh(null, '2026-03-01');
rollback to s;
select * from mo_data.kpi_record('no_such_kpi', 'A00001', '2026-03-01');
rollback to s;
select count(*) from mo_data.kpi_record('site_items', 'QAA', '2026-03-17');
select count(*) from mo_data.kpi_record('site_items', 'QZZ', '2026-03-01');
rollback;
