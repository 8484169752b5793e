-- What is due when: the refresh, sources, KPIs; the next time of a cron schedule
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local timezone = 'Europe/London';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('reconciliation_7_days', 'incident_rate', 'safety_culture_score');
create view pg_temp.due as select item_label, coalesce(source_name, kpi_id) as item, latest_month, next_month, next_data_due, days_overdue, due_label, due_narrative from mo_dashboard.next_refresh;
-- nothing loaded
select item_label, due_label, count(*) from pg_temp.due group by 1, 2 order by 1, 2;
select * from pg_temp.due where item in ('reconciliation_7_days', 'incident_rate') order by item desc;
-- letters of the month before last: the next file and figure are expected 14 days after last month; incidents are overdue since long ago
create function pg_temp.load(source text, months date[]) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months) $$;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('A00001', 'practice', 'One', 4);
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) values ('A00001', '2020-01-01', 'F', 0, 4, 10000, 0);
select pg_temp.load('discharge', array[(date_trunc('month', current_date) - interval '1 month')::date]), pg_temp.load('incident', '{2020-01-01}'), pg_temp.load('list_size', '{2020-01-01}');
select item_label, due_label, due_narrative from pg_temp.due where item_label = 'Refresh';
call mo_data.refresh();
select item_label, due_label, due_narrative from pg_temp.due where item_label = 'Refresh';
select item, latest_month, next_month, next_data_due, days_overdue = current_date - next_data_due as overdue, due_label, regexp_replace(due_narrative, '[0-9,]+ days', 'N days') as due_narrative
from pg_temp.due where item in ('incident', 'incident_rate', 'list_size') order by 1;
select item, next_month = date_trunc('month', current_date) as next_month, next_data_due = (date_trunc('month', current_date) + interval '1 month')::date + 13 as due, days_overdue, due_label,
    due_narrative ~ (to_char(next_data_due, 'FMDD Mon YYYY') || '\.$') as says_when from pg_temp.due where item in ('discharge', 'reconciliation_7_days') order by 1;
-- events of the month in which their file is made: that month is not whole, and the next file is due when it is over
savepoint s;
select pg_temp.load('incident', array[date_trunc('month', current_date)::date]);
select item, latest_month = date_trunc('month', current_date) as latest, next_month = date_trunc('month', current_date) as next, days_overdue, due_label,
    next_data_due = (date_trunc('month', current_date) + interval '1 month')::date - 1 + s.expected_lag_days as due
from pg_temp.due join mo_data.source s on s.source = due.item where item = 'incident';
rollback to s;
-- a schedule that pg_cron was given
select mo_data.schedule_note('30 5 * * *');
select due_label, due_narrative, next_run_utc > now() at time zone 'UTC' and next_run_utc <= now() at time zone 'UTC' + interval '1 day' as within_a_day, to_char(next_run_utc, 'HH24:MI') as at from mo_dashboard.next_refresh where item_label = 'Refresh';
select pg_temp.load('discharge', '{2020-01-01}');
select due_label, due_narrative from mo_dashboard.next_refresh where item_label = 'Refresh';
select mo_data.schedule_note(null);
select due_label, next_run_utc from mo_dashboard.next_refresh where item_label = 'Refresh';
-- by the clock of the schedule
select schedule, after, mo_data.cron_next(schedule, after) from (values
    ('30 5 * * *', '2026-11-22 05:29:59'::timestamp), ('30 5 * * *', '2026-11-22 05:30'), ('*/15 * * * *', '2026-11-22 05:46'), ('0-30/10 22 * * *', '2026-11-22 22:21'),
    ('0 6 1,15 * *', '2026-11-15 06:00'), ('0 6 * jan,jul *', '2026-11-15'), ('0 6 * * mon', '2026-11-22'), ('0 6 * * 7', '2026-11-22 07:00'), ('0 6 * * 0', '2026-11-22'),
    ('0 0 29 2 *', '2026-11-22'), ('0 0 30 2 *', '2026-11-22'), ('0 0 13 * fri', '2026-11-22'), ('59 23 31 12 *', '2026-12-31 23:59')) v (schedule, after);
rollback;
