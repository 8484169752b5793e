-- How far a figure looks back where a site's intervals say so, and what time alone changes
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
create function pg_temp.load(source text, months date[], changed_from date default null) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, as_at, changed_from)
    values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months, '2026-06-17', changed_from) $$;
create function pg_temp.months(from_month date, to_month date) returns date[] language sql as $$
    select array_agg(m::date) from generate_series(from_month::timestamp, to_month, '1 month') m $$;
create view pg_temp.pending as select kpi_id, min(month) as first, max(month) as last from mo_data.refresh_pending() group by kpi_id order by kpi_id;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('A00001', 'practice', 'One', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('A00001', 'sub_icb', '00A');
select pg_temp.load(x, '{}') from unnest('{staff_post,patient,cohort_member,registration,supervision_requirement}'::text[]) x;
select pg_temp.load(x, pg_temp.months('2018-01-01', '2026-05-01')) from unnest('{scope_of_practice,supervision,discharge,activity}'::text[]) x;
insert into mo_data.cohort_member (patient_key, cohort_code, member_from) values (1, 'HRD_METHOTREXATE', '2020-01-10');
select r.kpi_id, r.look_back_months, r.history_months from mo_data.kpi_reach r join mo_data.kpi k using (kpi_id) where (r.look_back_months, r.history_months) <> (0, 0) order by k.page_order;
call mo_data.refresh();

-- a scope of practice may hold for years: one that comes late reaches every month after it
savepoint s;
insert into mo_data.staff (staff_key) values (1);
insert into mo_data.staff_post (post_id, staff_key, org_code, role_code, post_from) select 'P1', 1, 'A00001', min(role_code), '2018-01-01' from mo_data.arrs_role where is_on;
insert into mo_data.scope_of_practice (scope_id, staff_key, reviewed_on, valid_to) values ('S1', 1, '2022-03-10', '2027-03-10');
select pg_temp.load('scope_of_practice', '{2022-03-01}');
select * from pg_temp.pending;
rollback to s;
-- tests that are in date for two years, by the register or for one patient
select pg_temp.load('activity', '{2023-01-01}');
select first, last from pg_temp.pending where kpi_id = 'hrd_monitoring_current';
update mo_data.cohort_member set interval_months = 24;
select first, last from pg_temp.pending where kpi_id = 'hrd_monitoring_current';
update mo_data.cohort_member set interval_months = null;
update mo_data.monitoring_requirement set interval_months = 18, grace_days = 30 where cohort_code = 'HRD_METHOTREXATE' and test_code_set = 'FBC';
select look_back_months, history_months from mo_data.kpi_reach where kpi_id = 'hrd_monitoring_current';
select first_month from mo_data.kpi_span() where kpi_id = 'hrd_monitoring_current';
rollback to s;
-- supervision every three years
insert into mo_data.supervision_requirement (requirement_id, interval_days) values ('R1', 1095);
select look_back_months, history_months from mo_data.kpi_reach where kpi_id = 'supervision_current';
-- letters that may take two months fall due in the third
select look_back_months from mo_data.kpi_reach where kpi_id = 'reconciliation_7_days';
update mo_data.setting set value = 28 where name = 'reconciliation_days';
select look_back_months from mo_data.kpi_reach where kpi_id = 'reconciliation_7_days';
update mo_data.setting set value = 60 where name = 'reconciliation_days';
select look_back_months from mo_data.kpi_reach where kpi_id = 'reconciliation_7_days';
rollback to s;

-- an alert with ten months to act on it falls due: its month of issue is counted again, though no file came
insert into mo_data.alert (alert_ref, alert_class, title, issued_at, deadline_at) values ('A1', '2', 'An alert', now() - interval '10 months', now() - interval '1 hour');
insert into mo_data.alert_action (alert_ref, practice_code) values ('A1', 'A00001');
select pg_temp.load('alert', array[mo.month_start(((now() - interval '10 months') at time zone 'Europe/London')::date)]), pg_temp.load('alert_action', '{}');
update mo_data.load_batch set as_at = null where source ~ '^alert';
call mo_data.refresh();
select numerator, denominator from mo_data.kpi_value where kpi_id = 'alert_closure_in_window' and breakdown = '';
select count(*) from mo_data.refresh_pending();
set local session_replication_role = replica;
update mo_data.refresh_run set as_at = now() - interval '2 days';
set local session_replication_role = origin;
select extract(year from age(date_trunc('month', now()), month)) * 12 + extract(month from age(date_trunc('month', now()), month)) as months_ago
from mo_data.refresh_pending() where kpi_id = 'alert_closure_in_window' order by 1;
-- or the day comes that its log gave for closing it, a year before the deadline
savepoint fallen;
update mo_data.alert set deadline_at = now() + interval '1 year';
update mo_data.alert_action set closed_at = now() - interval '1 hour';
select extract(year from age(date_trunc('month', now()), month)) * 12 + extract(month from age(date_trunc('month', now()), month)) as months_ago
from mo_data.refresh_pending() where kpi_id = 'alert_closure_in_window' order by 1;
call mo_data.refresh();
select numerator, denominator from mo_data.kpi_value where kpi_id = 'alert_closure_in_window' and breakdown = '';
update mo_data.alert_action set closed_at = now() + interval '1 hour';
select count(*) from mo_data.refresh_pending() p where p.month < now() - interval '9 months';
rollback to fallen;
-- and a refresh counts it, although it has a clock of its own by then
call mo_data.refresh();
select l.from_month < now() - interval '9 months' as counted from mo_data.refresh_log l
where l.what = 'count' and l.kpi_id = 'alert_closure_in_window' and l.run_id = (select max(r.run_id) from mo_data.refresh_run r) order by l.from_month limit 1;
-- it fell due between the refresh's look at the clock and its end
set local session_replication_role = replica;
update mo_data.refresh_run set as_at = as_at - interval '2 days', published_at = published_at - interval '2 days';
set local session_replication_role = origin;
update mo_data.alert set deadline_at = (select r.as_at + (r.published_at - r.as_at) / 2 from mo_data.refresh_run r order by r.run_id desc limit 1);
select count(*) from mo_data.refresh_pending() where kpi_id = 'alert_closure_in_window' and month < now() - interval '9 months';
-- nobody refreshed for half a year: what could still change then is counted again now
update mo_data.alert set deadline_at = now() + interval '1 year';
call mo_data.refresh();
set local session_replication_role = replica;
update mo_data.refresh_run set as_at = now() - interval '6 months';
set local session_replication_role = origin;
select max(extract(year from age(date_trunc('month', now()), month)) * 12 + extract(month from age(date_trunc('month', now()), month))) as months_ago
from mo_data.refresh_pending() where kpi_id = 'alert_closure_in_window';
-- a stop that is dated after the day of its load: reviews that look ahead to it are counted again, and its month is not known
insert into mo_data.code_set (code_set, code, term, status, is_on) values ('DEPRESCRIBING', '900000001', 'stopped', 'local', true);
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, recorded_date)
    select 'flat', 'r' || p, p, 'A00001', '1239511000000100', (date_trunc('month', now() at time zone 'Europe/London') - interval '3 days')::date, '2026-01-01' from generate_series(1, 2) p;
select pg_temp.load('activity', array[(date_trunc('month', now() at time zone 'Europe/London') - interval '1 month')::date]);
update mo_data.load_batch set as_at = null where source = 'activity';
call mo_data.refresh();
select numerator, denominator from mo_data.kpi_value where kpi_id = 'deprescribing_per_smr' and denominator > 0;
select batch_id from mo_data.load_begin('activity', 'to come', 1, 'flat', 'to come') \gset
insert into pg_temp.stage (line_no, source_system, event_id, patient_key, practice_code, code, event_date, recorded_date, linked_event_id)
    values (2, 'flat', 's1', 1, 'A00001', '900000001', (date_trunc('month', now() at time zone 'Europe/London') + interval '1 month 2 days')::date, '2026-01-02', 'r1');
select months, changed_from = (date_trunc('month', now() at time zone 'Europe/London') + interval '1 month')::date as is_next_month, last_month
from mo_data.load_finish(:batch_id, repeat('5', 64), 1);
select kpi_id, extract(month from age(date_trunc('month', now() at time zone 'Europe/London'), max(month))) as months_ago from mo_data.refresh_pending() where batch_ids <> '{}' group by 1 order by 1;
call mo_data.refresh();
select v.numerator, v.denominator, (select sum(r.numerator) from mo_data.kpi_deprescribing_per_smr(v.month, v.month) r) as stops from mo_data.kpi_value v
where v.kpi_id = 'deprescribing_per_smr' and v.denominator > 0;
rollback;
