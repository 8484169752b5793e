-- What no figure counts because a site has not decided something is said, and only then
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
set local timezone = 'Europe/London';
create function pg_temp.load(source text, months date[]) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, as_at)
    values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months, '2026-06-17') $$;
create view pg_temp.left_out as select source_name, left_out_narrative from mo_dashboard.data_status where left_out_narrative is not null order by source_sort;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('U00001', 'pcn', 'A PCN', null), ('A00001', 'practice', 'One', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001');
select pg_temp.load(x, '{}') from unnest('{alert_action,staff_post,supervision_requirement}'::text[]) x;
select pg_temp.load(x, '{2025-04-01,2026-03-01,2026-04-01,2026-05-01}') from unnest('{alert,supervision}'::text[]) x;
-- alerts: class 1 has no window until a site sets one; class 2 has; class 3 is in no figure
insert into mo_data.alert (alert_ref, alert_class, title, issued_at, deadline_at) values
    ('EL/1', '1', 'No deadline', '2026-03-02 10:00+00', null), ('EL/2', '1', 'No deadline', '2026-05-02 10:00+00', null),
    ('EL/3', '1', 'With its own', '2026-05-03 10:00+00', '2026-05-04 10:00+00'), ('EL/4', '2', 'With its class''s', '2026-05-03 10:00+00', null),
    ('EL/5', '3', 'Not counted', '2026-05-03 10:00+00', null), ('EL/6', '1', 'More than a year ago', '2025-05-02 10:00+00', null),
    ('EL/7', '1', 'Nobody has logged it', '2026-05-02 10:00+00', null);
insert into mo_data.alert_action (alert_ref, practice_code) select 'EL/' || n, 'A00001' from generate_series(1, 6) n;
-- a class that is not known is in no figure, and may be one that is
insert into mo_data.alert (alert_ref, alert_class, title, issued_at) values ('EL/8', 'Class 2', 'Written in another way', '2026-05-05 10:00+00'),
    ('EL/9', 'class 2', 'Nobody has logged it', '2026-05-05 10:00+00'), ('EL/10', 'Class 2', 'More than a year ago', '2025-05-05 10:00+00');
insert into mo_data.alert_action (alert_ref, practice_code) values ('EL/8', 'A00001'), ('EL/10', 'A00001');
-- people: an interval for one role only
insert into mo_data.staff (staff_key) select generate_series(1, 3);
insert into mo_data.staff_post (post_id, staff_key, org_code, role_code, post_from)
    select 'P' || r.n, r.n, 'U00001', r.role_code, '2024-01-01' from (select role_code, row_number() over (order by role_code collate "C") as n from mo_data.arrs_role where is_on limit 3) r;
insert into mo_data.supervision_requirement (requirement_id, role_code, interval_days) select 'R1', role_code, 30 from mo_data.staff_post where staff_key = 2;
-- a cohort of its own, attained by a code that is not there; registers: no code for one test of lithium; nobody takes warfarin
insert into mo_data.cohort (cohort_code, kind, name, attained_by, status, is_on) values ('LOCAL_ASTHMA', 'smr', 'Asthma', 'LOCAL_ASTHMA_REVIEW', 'local', true);
insert into mo_data.cohort_member (patient_key, cohort_code, member_from) values (1, 'LOCAL_ASTHMA', '2020-01-10');
update mo_data.code_set set is_on = false where code_set in ('LITHIUM_LEVEL', 'INR');
insert into mo_data.cohort_member (patient_key, cohort_code, member_from) values (1, 'HRD_LITHIUM', '2020-01-10');
call mo_data.refresh();
select * from pg_temp.left_out;
create temporary table said as select * from mo_data.source_left_out;
-- decided: nothing is left out; a refresh that changes nothing of it writes nothing of it
update mo_data.code_set set is_on = true where code_set = 'LITHIUM_LEVEL';
insert into mo_data.supervision_requirement (requirement_id, interval_days) values ('R2', 90);
call mo_data.refresh();
select * from pg_temp.left_out;
select n.source from mo_data.source_left_out n join said using (source, run_id, narrative) order by 1;
insert into mo_data.alert_window (alert_class, valid_from, window_value, window_unit, in_kpi, status) values ('1', '2026-04-01', 10, 'working_days', true, 'local');
call mo_data.refresh();
select * from pg_temp.left_out;
-- memberships that are missing: a PCN without a lead, practices in no PCN, one of them at no ICB; nobody's: a clinic, a dummy, what is closed, a PCN of nobody
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_to) values ('U00002', 'pcn', 'Without a lead', null, null),
    ('U00003', 'pcn', 'Without practices', null, null), ('U00004', 'pcn', 'Led until the month''s last day', null, null), ('A00002', 'practice', 'Two', 4, null),
    ('A00003', 'practice', 'In no PCN', 4, null), ('A00004', 'practice', 'Nowhere', 4, null), ('A00005', 'practice', 'A clinic', 8, null),
    ('Z99998', 'practice', 'Dummy', 4, null), ('A00006', 'practice', 'Closed', 4, '2026-05-31'), ('A00007', 'practice', 'Seven', 4, null);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_to) values ('A00002', 'pcn', 'U00002', null), ('A00002', 'sub_icb', '00A', null),
    ('A00003', 'sub_icb', '00A', null), ('A00006', 'pcn', 'U00003', null), ('A00007', 'pcn', 'U00004', null), ('U00004', 'sub_icb', '00A', '2026-05-31');
call mo_data.refresh();
select * from pg_temp.left_out;
select org_code, pcn_code, icb_code from mo_data.organisation_path_on('{2026-05-31}') where org_code ~ '^(A|U)' order by 1; -- as the figures are added up
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('U00002', 'sub_icb', '00A'), ('A00003', 'pcn', 'U00002'), ('A00004', 'pcn', 'U00002');
delete from mo_data.organisation_parent where org_code = 'U00004';
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('U00004', 'sub_icb', '00A');
call mo_data.refresh();
select * from pg_temp.left_out;
-- working days are known for the years whose bank holidays are loaded
update mo_data.alert_window set valid_from = '2025-01-01' where alert_class = '1' and status = 'local';
delete from mo_data.bank_holiday where day >= '2026-01-01';
call mo_data.refresh();
select * from pg_temp.left_out;
select alert_ref, deadline from mo_data.alert_in_kpi('-infinity', 'infinity') order by 1;
insert into mo_data.bank_holiday (division, day, title) values ('england-and-wales', '2026-05-04', 'Early May');
select alert_ref, deadline from mo_data.alert_in_kpi('-infinity', 'infinity') order by 1;
update mo_data.alert set issued_at = '2026-12-20 10:00+00' where alert_ref in ('EL/2', 'EL/4');
select alert_ref, deadline from mo_data.alert_in_kpi('2026-12-01', 'infinity') order by 1;
rollback;
