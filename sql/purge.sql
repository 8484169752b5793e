-- Retention: rows go, figures stay, and what could no longer be counted rightly is not counted again
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('cost_per_weighted_patient', 'reconciliation_7_days', 'sea_raised', 'sea_completed', 'supervision_current', 'switch_completion'), hide_from = null, hide_to = null, follows_clock = false;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null), ('U00001', 'pcn', 'A PCN', null), ('A00001', 'practice', 'One', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001'), ('A00001', 'sub_icb', '00A');
create temporary table month as select m::date as month from generate_series('2023-01-01'::timestamp, '2025-12-01', '1 month') m;
select count(mo_data.prescribing_partition(month)) as partitions from month;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id) select month, 'A00001', '0212000B0AAABAB', 1, 100000 * (extract(month from month))::integer, 0 from month;
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) select 'A00001', m, 'M', 0, 4, n, 0 from (values (date '2023-01-01', 100), ('2023-07-01', 110), ('2024-01-01', 120)) v (m, n);
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on, on_medicines) select month || '/' || i, i, 'A00001', month, case when i < 4 then month + 1 end, true from month, generate_series(1, 5) i;
insert into mo_data.significant_event (event_id, practice_code, raised_on, completed_on) select month::text, 'A00001', month, month + 40 from month;
update mo_data.significant_event set completed_on = null where event_id = '2023-02-01';
insert into mo_data.significant_event_theme (event_id, theme_code) select event_id, 'system' from mo_data.significant_event;
insert into mo_data.staff (staff_key) values (1); insert into mo_data.staff_post (post_id, staff_key, role_code, org_code, post_from) select 'p', 1, min(role_code), 'U00001', '2022-01-01' from mo_data.arrs_role where is_on;
insert into mo_data.supervision (supervision_id, staff_key, held_on) select month::text, 1, month + 2 from month; insert into mo_data.supervision_requirement (requirement_id, interval_days) values ('R', 31);
insert into mo_data.switch_programme (programme_code, title, starts_on, ends_on) values ('OVER', 'x', '2023-01-01', '2024-01-01'), ('RUNS', 'x', '2023-06-01', null);
insert into mo_data.switch_plan (programme_code, practice_code, month, planned_patients) select p, 'A00001', '2023-06-01', 10 from unnest('{OVER,RUNS}'::text[]) p;
insert into mo_data.switch_action (programme_code, practice_code, patient_key, switched_on) select p, 'A00001', i, date '2023-06-10' + 30 * i from unnest('{OVER,RUNS}'::text[]) p, generate_series(1, 6) i;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, as_at, started_at) select s, 'f', repeat('0', 64), 1, 'f', 'loaded', case when s ~ '^(staff|supervision_r|switch_pr|switch_plan|organ|pcn)' then '{}' else array(select month from month) end, '2025-12-31', '2023-06-01'
from unnest('{prescribing,list_size,discharge,significant_event,significant_event_theme,staff_post,supervision,supervision_requirement,switch_programme,switch_plan,switch_action,organisations,pcn_members}'::text[]) s;
insert into mo_data.load_reject (batch_id, line_no, reason, line) select max(batch_id), 7, 'x', 'a line of the file' from mo_data.load_batch;
call mo_data.refresh();
create function pg_temp.figures() returns text language sql as $$
    select md5(string_agg(x, ';' order by x)) || ' ' || count(*) from (select (v.kpi_id, v.month, v.org_code, v.breakdown, v.numerator, v.denominator)::text as x from mo_data.kpi_value v
        union all select (r.kpi_id, r.month, r.org_key, r.breakdown, r.numerator, r.denominator, r.value, r.previous_year_value)::text from mo_data.kpi_result r
        union all select (m.kpi_id, m.month, m.figures)::text from mo_data.kpi_month m union all select (c.org_key, c.quarter_start, c.theme_code, c.harm_code, c.events)::text from mo_data.sea_theme_cell c) t $$;
create temporary table was as select pg_temp.figures() as figures;
select kpi_id, min(month), max(month), count(*) from mo_data.kpi_month group by 1 order by 1;

-- refused: what is still to be counted looks back on it; a load is not yet counted; no month
create function pg_temp.refused(before date) returns text language plpgsql as $$
declare hint text;
begin perform mo_data.purge(before); return 'not refused';
exception when others then get stacked diagnostics hint = pg_exception_hint; return sqlstate || ' ' || sqlerrm || ' / ' || hint; end $$;
select pg_temp.refused('2025-01-01');
select pg_temp.refused(null), pg_temp.refused('infinity'), pg_temp.refused((current_date + interval '2 months')::date) ~ 'cannot remove rows of months before' as of_the_future;
select kpi_id, final_before, latest_before, reason from mo_data.purge_limit('2023-12-01') order by 1;
savepoint s;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('discharge', 'g', repeat('0', 64), 1, 'f', 'loaded', '{2023-03-01}');
select pg_temp.refused('2023-12-01');
rollback to s;
select count(*) as nothing_removed from mo_data.discharge where received_on < '2023-12-01';

-- purged: whole partitions, flows and refused lines; what is open, what a later month needs, and the last list stay; each table in purge_log
select * from mo_data.purge('2023-12-15');
select purge_id, table_name, before, rows, purged_by = session_user as by_me from mo_data.purge_log order by 2;
select count(*) as partitions from pg_inherits where inhparent = 'mo_data.prescribing'::regclass;
select min(received_on) as letters, (select string_agg(event_id || coalesce(' ' || completed_on, ' open'), ', ' order by event_id) from mo_data.significant_event where raised_on < '2023-12-01') as events, (select count(*) from mo_data.significant_event_theme) as themes,
    (select min(held_on) from mo_data.supervision) as supervision, (select string_agg(month::text, ' ' order by month) from mo_data.list_size) as lists,
    (select string_agg(distinct programme_code, ' ') from mo_data.switch_action) as switches, (select count(*) from mo_data.load_reject) as refused_lines from mo_data.discharge;
select kpi_id, before from mo_data.kpi_final order by 1;
select change_label, change_narrative from mo_dashboard.change_log where change_label = 'data removed';

-- purged months are not recomputed to zero: not by the next refresh, nor a range, another definition, a late file, or an edited code set
select count(*) as pending from mo_data.refresh_pending();
call mo_data.refresh();
select figures = pg_temp.figures() as kept_by_the_next_refresh from was;
call mo_data.refresh('2023-01-01', '2025-12-01');
select figures = pg_temp.figures() as kept_by_a_range from was;
select count(*) filter (where month < '2024-01-01') as restated_purged_months, count(*) as restated from mo_data.kpi_value_change;
update mo_data.kpi set definition_version = definition_version || '.1';
update mo_data.supervision_requirement set interval_days = 40;
call mo_data.refresh();
select figures = pg_temp.figures() as kept_with_another_definition from was;
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, on_medicines) values ('late', 1, 'A00001', '2023-03-05', true);
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, rows_read, rows_kept) values ('discharge', 'g', repeat('0', 64), 1, 'f', 'loaded', '{2023-03-01}', 1, 1);
call mo_data.refresh();
select figures = pg_temp.figures() as kept_with_a_late_file from was;
select change_narrative from mo_dashboard.change_log where change_label = 'source refreshed' order by change_id desc limit 1;
-- what was kept is counted from what is kept: a running programme, a list, an event raised before and completed after
select month, numerator, denominator from mo_data.kpi_value where kpi_id = 'switch_completion' and breakdown = '' and month in ('2023-12-01', '2024-03-01') order by 1;
delete from mo_data.discharge where discharge_id = '2025-05-01/1';
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('discharge', 'g', repeat('0', 64), 1, 'f', 'loaded', '{2025-05-01}');
call mo_data.refresh();
select month, old_numerator, old_denominator, new_numerator, new_denominator from mo_data.kpi_value_change;
-- the records are gone, and drill-through says so rather than nothing
savepoint s;
select * from mo_data.kpi_record('cost_per_weighted_patient', 'QAA', '2023-05-01');
rollback to s;
select * from mo_data.kpi_record('cost_per_weighted_patient', 'QAA', '2023-12-01');
-- again: only what came late goes, then nothing, and nothing is noted; further on what is new goes
select * from mo_data.purge('2023-12-01');
select count(*) as tables from mo_data.purge('2023-12-01');
select count(*) as lines from mo_data.change where change_label = 'data removed';
select table_name, rows from mo_data.purge('2024-01-01');
select what, state from mo_data.restored_figures();
-- a KPI registered after the purge is not counted from what is left: it begins where its look-back does not reach the purged months
create function mo_data.kpi_local_letters(from_month date, to_month date) returns table (org_code text, month date, breakdown text, record_key text, numerator float8, denominator float8)
    language sql as $$ select practice_code, date_trunc('month', received_on)::date, null::text, discharge_id, 1::float8, 1::float8 from mo_data.discharge where received_on >= from_month and received_on < to_month + interval '1 month' $$;
call mo_data.register_kpi('local_letters', 'cost', 'Letters', 'Letters', 'ratio', 'letters', 'letters', 'neither', '{discharge}', 'why', 'where', look_back_months => 3);
update mo_data.kpi set is_active = false where kpi_id = 'reconciliation_7_days';
call mo_data.refresh();
select min(month) as begins from mo_data.kpi_value where kpi_id = 'local_letters';
-- one that was switched off meanwhile too
update mo_data.kpi set is_active = true where kpi_id = 'reconciliation_7_days';
call mo_data.refresh('2023-01-01', '2025-12-01');
select count(*) as restated_purged_months from mo_data.kpi_value_change where month < '2024-01-01';
-- a partition that something of the site's reads is emptied
create view public.mo_test_reads_partition as select * from mo_data.prescribing_2024_01;
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
select * from mo_data.purge('2024-02-01');
select count(*) from public.mo_test_reads_partition;
rollback;
