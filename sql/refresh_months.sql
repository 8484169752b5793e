-- Which months a KPI has: no source, no figure; no history, no figure; no month that has not ended
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
create function pg_temp.load(source text, months date[], as_at date default null, changed_from date default null) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, as_at, changed_from)
    values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months, as_at, changed_from) $$;
create function pg_temp.months(from_month date, to_month date) returns date[] language sql as $$
    select array_agg(m::date) from generate_series(from_month::timestamp, to_month, '1 month') m $$;
create view pg_temp.span as select * from mo_data.kpi_span();
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('A00001', 'practice', 'One', 4), ('A00002', 'practice', 'Two', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('A00001', 'sub_icb', '00A'), ('A00002', 'sub_icb', '00A');
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id)
    select p, m, 'F', 0, 4, 10000, 0 from unnest('{A00001,A00002}'::text[]) p, unnest(pg_temp.months('2025-01-01', '2025-06-01')) m;
select pg_temp.load('list_size', pg_temp.months('2025-01-01', '2025-06-01'));

-- every KPI's first source is its driver, and what a KPI can do without is never its driver
select kpi_id, sources[1] as driver, optional_sources, history_months, counts_from_april from mo_data.kpi where is_active and not is_site_kpi and not is_shared order by page_order;
-- list sizes alone: no KPI has a month, no incident rate of 0
select * from span;
call mo_data.refresh();
select count(*) as figures from mo_data.kpi_value;
-- incidents of February to April; May has none and is not known to have none; one typed with a wrong year does not reach back
insert into mo_data.incident (incident_id, practice_code, occurred_on) select 'i' || i, 'A00001', d
    from unnest('{2019-02-03,2025-02-03,2025-04-05}'::date[]) with ordinality as x (d, i);
select pg_temp.load('incident', '{2019-02-01,2025-02-01,2025-04-01}');
select * from span;
call mo_data.refresh();
select month, org_code, numerator, denominator from mo_data.kpi_value where kpi_id = 'incident_rate' order by 1, 2;
select kpi_id, month, figures from mo_data.kpi_month order by 1, 2;
select count(*) as pending from mo_data.refresh_pending();
-- asked for by hand, the months it does not have still get none
call mo_data.refresh('2025-01-01', '2025-05-01');
select distinct month from mo_data.kpi_value order by 1;
-- a load withdrawn takes its months with it, and that is noted
update mo_data.load_batch set months = '{2025-02-01}' where source = 'incident';
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
select distinct month_start from mo_dashboard.fact_kpi order by 1;
select month, org_code, old_numerator, new_numerator from mo_data.kpi_value_change order by 1, 2;
select kpi_id, month, figures from mo_data.kpi_month order by 1, 2;

-- what reads back has no figure until there is enough to read: twelve months, a whole financial year so far
savepoint s;
select pg_temp.load(x, '{}') from unnest('{cohort_member,registration,patient,monitoring_requirement}'::text[]) x;
select pg_temp.load('activity_emis', pg_temp.months('2024-05-01', '2025-01-01')), pg_temp.load('activity', pg_temp.months('2025-02-01', '2025-08-01'));
select * from span where kpi_id ~ 'smr|hrd|ltc' order by 1;
-- membership files without months reach every month, from the day on which they differ
call mo_data.refresh();
select pg_temp.load('registration', '{}', null, '2025-07-01');
select kpi_id, min(month), max(month) from mo_data.refresh_pending() group by 1 order by 1;
rollback to s;
-- a needed source that was never loaded holds all months back; an optional one does not
select pg_temp.load('significant_event', '{2025-02-01,2025-05-01}'), pg_temp.load('switch_action', '{2025-02-01}'), pg_temp.load('switch_programme', '{}');
select * from span where kpi_id ~ 'sea|switch' order by 1;
select pg_temp.load('switch_plan', '{}');
select * from span where kpi_id ~ 'switch';
-- a register as it stands tells of months in which nothing happened, up to the one that had ended; an audit stands to March
select pg_temp.load('scope_of_practice', '{2024-01-01,2025-02-01}', '2025-06-17'), pg_temp.load('staff_post', '{}');
select pg_temp.load('alert', '{2025-03-01,2025-04-01}', '2025-05-02'), pg_temp.load('alert_action', '{}', '2025-06-17');
select pg_temp.load('culture_audit', '{2024-11-01}');
select * from span where kpi_id ~ 'scope|alert|culture' order by 1;
-- who was supervised in time shows after the longest interval that is set
select pg_temp.load('supervision', pg_temp.months('2025-01-01', '2025-06-01')), pg_temp.load('supervision_requirement', '{}');
insert into mo_data.supervision_requirement (requirement_id, interval_days) values ('R1', 14), ('R2', 31);
select * from span where kpi_id = 'supervision_current';
update mo_data.supervision_requirement set interval_days = 92 where requirement_id = 'R1';
select * from span where kpi_id = 'supervision_current';
-- a month that has not ended has no figure
select pg_temp.load('pincer_hazard', pg_temp.months(date_trunc('month', now() - interval '3 months')::date, date_trunc('month', now())::date));
select last_month = date_trunc('month', now() at time zone 'Europe/London') - interval '1 month' as last_complete_month from span where kpi_id = 'pincer_interventions';
rollback;
