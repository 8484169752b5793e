-- How far files reach: what says nothing of a month does not make it one in which nothing happened
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'ICB', null), ('00A', 'sub_icb', 'Sub', null), ('U00001', 'pcn', 'PCN', null), ('A00001', 'practice', 'One', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('A00001', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001');
update mo_data.kpi set hide_from = null, hide_to = null, is_active = kpi_id in ('incident_rate', 'reconciliation_7_days', 'sea_raised');
create procedure pg_temp.load(source text, months date[], as_at date default null, kept bigint default 1, changed_from date default null) language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, as_at, rows_read, rows_kept, changed_from)
    values (source, 'f', repeat('0', 64), 1, 'flat', 'loaded', months, as_at, kept, kept, changed_from) $$;
savepoint organisations;
insert into mo_data.list_size (month, practice_code, sex, age_from, patients, batch_id) values ('2026-01-01', 'A00001', 'M', 75, 10000, 1);
insert into mo_data.incident (incident_id, practice_code, occurred_on) select m::text, 'A00001', m from generate_series('2026-01-05'::timestamp, '2026-05-05', '1 month') m;
call pg_temp.load('incident', '{2026-01-01,2026-02-01,2026-03-01,2026-04-01,2026-05-01}');
call pg_temp.load('list_size', '{2026-01-01}');
-- the same rows once more in another file
call pg_temp.load('incident', '{}', null, 5, 'infinity');
-- letters to 3 October, each reconciled on its fifth day: October had not ended
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on)
    select n::text, 1 + n, 'A00001', date '2026-08-01' + n, case when date '2026-08-01' + n + 5 <= '2026-10-03' then date '2026-08-01' + n + 5 end from generate_series(0, 63) n;
call pg_temp.load('discharge', '{2026-08-01,2026-09-01,2026-10-01}', '2026-10-03');
call mo_data.refresh();
select target_table, last_month from mo_data.source_span() where target_table in ('incident', 'discharge') order by 1;
select kpi_id, min(month), max(month) from mo_data.kpi_month group by 1 order by 1;
select month, numerator, denominator from mo_data.kpi_result where kpi_id = 'reconciliation_7_days' and org_code = 'U00001' order by 1;
-- a day given for a file by mistake counts no longer than its rows stand (what modash leaves of a file loaded again with the day that was meant)
call pg_temp.load('significant_event', '{2026-02-01}', '2026-10-31');
select last_month from mo_data.source_span() where target_table = 'significant_event';
update mo_data.load_batch set state = 'superseded', last_month = '-infinity' where source = 'significant_event';
call pg_temp.load('significant_event', '{2026-02-01}', '2026-02-28');
select last_month from mo_data.source_span() where target_table = 'significant_event';
delete from mo_data.load_batch where source = 'significant_event';
-- nor is there a day to come whose state a file could describe, nor one without an end
create function pg_temp.begun_as_at(day date) returns text language plpgsql as $$
declare
    hint text;
begin
    perform mo_data.load_begin('incident', 'f', 1, 'flat', as_at => day);
    drop table pg_temp.stage;
    return 'begun';
exception when others then
    get stacked diagnostics hint = pg_exception_hint;
    return concat_ws(' | ', sqlstate, replace(sqlerrm, day::text, 'DAY'), hint);
end $$;
select what, pg_temp.begun_as_at(day) from (values (1, 'today', (now() at time zone 'Europe/London')::date), (2, 'tomorrow', (now() at time zone 'Europe/London')::date + 1), (3, 'for ever', 'infinity'), (4, 'never', '-infinity')) v (n, what, day) order by n;
delete from mo_data.load_batch where file_name = 'f' and file_bytes = 1 and finished_at is null and source = 'incident' and as_at is not null;
-- two memberships of a group that overlap are one, and of two targets in force the later counts, in whatever order they were entered
insert into mo_data.organisation_group (group_code, org_code, group_name, valid_from) values ('FED', 'A00001', 'Federation', '1900-01-01'), ('FED', 'A00001', 'Federation', '2026-04-01');
insert into mo_data.significant_event (event_id, practice_code, raised_on) values ('1', 'A00001', '2026-05-02');
call pg_temp.load('significant_event', '{2026-05-01}');
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('reconciliation_7_days', 'U00001', '2026-04-01', 0.9), ('reconciliation_7_days', 'U00001', '2025-04-01', 0.7);
call mo_data.refresh();
select r.numerator, (select sum(k.numerator) from mo_data.kpi_record('sea_raised', 'FED', '2026-05-01') k where k.breakdown is null) as records
from mo_data.kpi_result r where r.org_code = 'FED' and r.breakdown = '' and r.month = '2026-05-01' and r.kpi_id = 'sea_raised';
select distinct r.target, t.target as target_of from mo_data.kpi_result r, mo_data.kpi_target_of('reconciliation_7_days', '{2026-09-01}') t
where r.kpi_id = 'reconciliation_7_days' and r.org_code = 'U00001' and r.breakdown = '' and t.org_code = 'U00001';
-- an audit stands for its year, a scope of practice for years: after a silence that figures look back over, what was published before it stays
rollback to organisations;
update mo_data.kpi set is_active = kpi_id in ('safety_culture_score', 'scope_current', 'sea_raised');
insert into mo_data.culture_audit (audit_id, practice_code, audited_on, tool, score, maximum) values ('1', 'A00001', '2024-05-10', 'T', 70, 100);
insert into mo_data.staff (staff_key) values (1);
insert into mo_data.staff_post (post_id, staff_key, org_code, role_code, post_from) select 'P1', 1, 'U00001', min(role_code), '2018-01-01' from mo_data.arrs_role where is_on;
insert into mo_data.scope_of_practice (scope_id, staff_key, reviewed_on, valid_to) values ('1', 1, '2022-03-10', '2025-03-10');
call pg_temp.load('culture_audit', '{2024-05-01}');
call pg_temp.load('staff_post', '{}');
call pg_temp.load('scope_of_practice', '{2022-03-01}', '2024-01-31');
call pg_temp.load('significant_event', '{2024-05-01}');
call mo_data.refresh();
select kpi_id, count(*), min(month), max(month) from mo_data.kpi_month where kpi_id in ('safety_culture_score', 'scope_current', 'sea_raised') group by 1 order by 1;
insert into mo_data.culture_audit (audit_id, practice_code, audited_on, tool, score, maximum) values ('2', 'A00001', '2025-09-10', 'T', 80, 100);
insert into mo_data.scope_of_practice (scope_id, staff_key, reviewed_on, valid_to) values ('2', 1, '2025-01-20', '2028-01-20');
call pg_temp.load('culture_audit', '{2025-09-01}');
call pg_temp.load('scope_of_practice', '{2025-01-01}', '2026-01-31');
call pg_temp.load('significant_event', '{2025-09-01}');
call mo_data.refresh();
select kpi_id, count(*), min(month), max(month) from mo_data.kpi_month where kpi_id in ('safety_culture_score', 'scope_current') group by 1 order by 1;
select kpi_id, min(month), max(month), sum(numerator) as n, sum(denominator) as d from mo_data.kpi_value where breakdown = '' and denominator > 0 and kpi_id in ('safety_culture_score', 'scope_current') group by 1 order by 1;
-- where the silence is longer still a year was mistyped, and is not known; sea_raised, which looks back on nothing, begins again after a year
call pg_temp.load('culture_audit', '{2022-04-01}');
call pg_temp.load('scope_of_practice', '{2018-12-01}', '2026-01-31');
select kpi_id, first_month, last_month from mo_data.kpi_span() where kpi_id in ('safety_culture_score', 'scope_current', 'sea_raised') order by 1;
select target_table, month, silent_months from mo_data.source_months() where target_table in ('culture_audit', 'scope_of_practice', 'significant_event') order by 1, 2;
rollback;
