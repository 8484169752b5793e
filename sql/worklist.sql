-- Worklists: what is to be done, worked by hand for 15 February 2025 (BETA, P00002, is in NORTH PCN until the end of February, then in SOUTH PCN)
set datestyle = iso;
\set SHOW_CONTEXT never
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.patient (patient_key, died_on) values (7, '2025-02-14'), (23, '2025-02-15'), (35, '2025-01-01');

-- Letters: due seven days after receipt
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, on_medicines, reconciled_on) values
    ('d1', 1, 'P00001', '2025-02-01', true, null),           -- due 8 February: 7 days overdue
    ('d2', 2, 'P00001', '2025-02-12', true, null),           -- due 19 February: 4 days left
    ('d3', 3, 'P00002', '2025-02-14', true, '2025-02-16'),   -- not yet reconciled on the day: 6 left
    ('d4', 4, 'P00003', '2025-02-20', true, null),           -- not yet received
    ('d5', 5, 'P00001', '2025-02-01', false, null),          -- not on medicines
    ('d6', 6, 'P00001', '2025-02-01', true, '2025-02-15'),   -- reconciled that day
    ('d7', 7, 'P00001', '2025-02-01', true, null),           -- died the day before
    ('d8', 8, 'P00009', '2025-01-01', true, null);           -- a practice in no organisation
select * from mo_data.worklist('reconciliation_7_days', 'U00001', '2025-02-15');
-- a practice, the sub-ICB and the ICB; the practice in no organisation has its own only; to whom members belong is as at the day
select o.org_code, count(w.*), max(w.days_overdue) from unnest('{P00001,P00003,P00009,U00002,00T,QTT,ENG}'::text[]) o (org_code)
    left join lateral mo_data.worklist('reconciliation_7_days', o.org_code, '2025-02-15') w on true group by 1 order by 1;
select record_org_code, record_key, days_overdue from mo_data.worklist('reconciliation_7_days', 'U00002', '2025-03-01');
update mo_data.discharge set reconciled_on = null where discharge_id = 'd3';
select record_org_code, record_key, days_overdue from mo_data.worklist('reconciliation_7_days', 'U00002', '2025-03-01');

-- Alerts: not closed by the end of the London day
insert into mo_data.alert (alert_ref, alert_class, title, issued_at) values
    ('a1', '2', 'One', '2025-02-14 12:00Z'),     -- due 16 February 12:00: 1 day left
    ('a2', '1', 'Two', '2025-02-10 12:00Z'),     -- class 1 without a window: last, without a day
    ('a3', '2', 'Three', '2025-02-01 23:30Z'),   -- due 3 February: 12 overdue
    ('a4', '3', 'Four', '2025-02-01 12:00Z'),    -- not a class of the KPI
    ('a5', '2', 'Five', '2025-02-16 00:00Z'),    -- not issued before the day was over
    ('a6', '2', 'Six', null);
insert into mo_data.alert_action (alert_ref, practice_code, closed_at) values
    ('a1', 'P00001', null), ('a2', 'P00001', null), ('a4', 'P00001', null), ('a5', 'P00001', null), ('a6', 'P00001', null),
    ('a1', 'P00002', '2025-02-15 23:59Z'),       -- closed in the day's last minute
    ('a3', 'P00002', '2025-02-16 00:00Z'),       -- closed the next day
    ('a3', 'P00001', '2025-01-31 12:00Z');       -- closed only before issue: a fault of the log
select * from mo_data.worklist('alert_closure_in_window', 'U00001', '2025-02-15');
set local timezone = 'Pacific/Auckland';
select record_org_code, record_key, due_on from mo_data.worklist('alert_closure_in_window', 'U00001', '2025-02-15');
set local timezone = 'Europe/London';

-- PINCER hazards: due from the day of the flag
insert into mo_data.pincer_hazard (hazard_id, patient_key, practice_code, indicator_code, flagged_on, reviewed_on, outcome) values
    ('h1', 20, 'P00001', 'A', '2025-02-01', null, null), ('h2', 21, 'P00001', 'LI', '2024-12-01', '2025-02-20', 'changed'),
    ('h3', 22, 'P00001', 'A', '2025-02-01', '2025-02-10', 'changed'), ('h4', 23, 'P00001', 'A', '2025-02-01', null, null),  -- reviewed; died
    ('h5', 24, 'P00003', 'X9', '2025-02-15', null, null);                                                                    -- an indicator without a title
select * from mo_data.worklist('pincer_interventions', 'QTT', '2025-02-15');

-- Supervision and scope of practice: lapsed, or lapsing within 30 days (by 17 March)
insert into mo_data.supervision_requirement (requirement_id, role_code, interval_days) values ('r1', 'CP', 30);
insert into mo_data.staff_post (post_id, staff_key, role_code, org_code, post_from, post_to) values
    ('p1', 1, 'CP', 'U00001', '2024-01-01', null), ('p2', 2, 'CP', 'P00001', '2024-01-01', null), ('p3', 3, 'CP', 'U00001', '2025-02-15', null),
    ('p4', 4, 'CP', 'U00001', '2024-01-01', '2025-02-15'), ('p5', 5, 'PHT', 'U00001', '2024-01-01', null), ('p6', 6, 'CP', 'U00001', '2024-01-01', null);
insert into mo_data.staff_leave (staff_key, leave_from, leave_to) values (6, '2025-02-01', '2025-02-16');   -- 6 is on leave, 4 has left
insert into mo_data.supervision (supervision_id, staff_key, held_on) values
    ('v1', 1, '2025-01-11'), ('v2', 2, '2025-02-15'), ('v3', 1, '2025-02-16');   -- 1: in date to 10 February; 2: to 17 March; 3: never; 5: no interval
select * from mo_data.worklist('supervision_current', 'U00001', '2025-02-15');
insert into mo_data.scope_of_practice (scope_id, staff_key, reviewed_on, valid_to) values
    ('s1', 1, '2024-02-15', '2025-02-15'),   -- last in date on the 14th
    ('s2', 2, '2024-03-18', '2025-03-18'),   -- last in date on 17 March, 30 days away
    ('s3', 5, '2024-03-19', '2025-03-19');   -- 31 days away: not yet; 3: never
select * from mo_data.worklist('scope_current', 'U00001', '2025-02-15');

-- Monitoring of high-risk drugs: methotrexate needs FBC, LFT and UE every 3 months
insert into mo_data.code_set (code_set, code, term, status, is_on) values
    ('FBC', 'LOCAL:FBC', 'FBC', 'local', true), ('LFT', 'LOCAL:LFT', 'LFT', 'local', true), ('UE', 'LOCAL:UE', 'U&E', 'local', true);
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to) values
    (31, 'P00001', '2010-01-01', null), (32, 'P00001', '2010-01-01', null), (33, 'P00001', '2010-01-01', '2025-02-10'), (33, 'P00003', '2025-02-10', null),
    (34, 'P00001', '2010-01-01', null), (35, 'P00001', '2010-01-01', null), (36, 'P00009', '2010-01-01', null), (37, 'P00001', null, null),
    (38, 'P00001', '2010-01-01', null), (38, 'P00003', '2020-01-01', null);   -- registered twice: at the later
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to) values
    (31, 'HRD_METHOTREXATE', '2024-01-01', null), (32, 'HRD_METHOTREXATE', '2024-01-01', null), (33, 'HRD_METHOTREXATE', '2024-01-01', null),
    (34, 'HRD_METHOTREXATE', '2024-01-01', '2025-02-15'), (35, 'HRD_METHOTREXATE', '2024-01-01', null),   -- left the register that day; died
    (36, 'HRD_METHOTREXATE', '2024-01-01', null), (37, 'HRD_METHOTREXATE', '2024-01-01', null);           -- in no organisation; no start of registration
insert into mo_data.cohort_member (patient_key, cohort_code, member_from) values (38, 'HRD_RAAS', '2025-02-15');   -- joins that day, never tested
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date)
select 'flat', 't' || row_number() over (), t.patient_key, 'P00001', 'LOCAL:' || t.test, t.day
from (values
    (31, 'FBC', date '2024-12-01'), (31, 'LFT', '2024-10-01'), (31, 'LFT', '2025-02-16'),                  -- LFT to 1 January, the next is after the day; UE never
    (32, 'FBC', '2024-11-15'), (32, 'LFT', '2024-12-01'), (32, 'UE', '2024-12-01'),                        -- in date on the last day
    (33, 'FBC', '2024-11-14'), (33, 'LFT', '2024-12-01'), (33, 'UE', '2024-12-01')) t (patient_key, test, day);  -- FBC to 14 February; moved practice
select * from mo_data.worklist('hrd_monitoring_current', 'QTT', '2025-02-15');
select record_org_code, record_key from mo_data.worklist('hrd_monitoring_current', 'P00001', '2025-02-15');

-- Structured medication reviews
insert into mo_data.registration (patient_key, practice_code, registered_from) select p, 'P00001', '2010-01-01' from generate_series(40, 45) p;
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to, left_reason) values
    (40, 'CARE_HOME', '2023-01-01', null, null), (40, 'POLYPHARMACY', '2022-01-01', null, null), (41, 'CARE_HOME', '2023-01-01', null, null),
    (42, 'CARE_HOME', '2024-06-01', null, null), (43, 'CARE_HOME', '2023-01-01', null, null), (44, 'CARE_HOME', '2023-01-01', '2025-02-01', 'declined');
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome) values
    ('flat', 'm40', 40, 'P00001', '1239511000000100', '2024-02-29', null),           -- in the figures to January: due 28 February
    ('flat', 'm41', 41, 'P00001', '1239511000000100', '2024-03-01', null),           -- in those to February, but before 1 April
    ('flat', 'm42', 42, 'P00001', '1239511000000100', '2025-02-10', 'cancelled'),    -- none held
    ('flat', 'm43', 43, 'P00001', '1239511000000100', '2024-04-01', null),           -- this financial year
    ('flat', 'm4x', 42, 'P00001', '1239511000000100', '2025-02-16', null);           -- after the day
select * from mo_data.worklist('smr_rolling_attainment', 'P00001', '2025-02-15');
-- the last day that is in time: the last one of the first month whose figure the review is not in
select r.month, r.numerator from mo_data.kpi_smr_rolling_attainment('2025-01-01', '2025-03-01') r where r.breakdown is null and r.record_key = 'patient:41' order by 1;
select record_key, due_on, days_overdue from mo_data.worklist('smr_rolling_attainment', 'P00001', '2025-03-01') where record_key in ('patient:40', 'patient:41');
savepoint s;
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date) values ('flat', 'm5x', 41, 'P00001', '1239511000000100', '2025-03-31');
select r.month, r.numerator from mo_data.kpi_smr_rolling_attainment('2025-01-01', '2025-03-01') r where r.breakdown is null and r.record_key = 'patient:41' order by 1;
rollback to s;
select * from mo_data.worklist('smr_completed', 'P00001', '2025-02-15');

-- On a month end the lists and the figures agree: those overdue, or without anything on record, are those the KPI does not count
select k.kpi_id, e.day, coalesce(l.keys, '-') as listed, coalesce(r.keys, '-') = coalesce(l.keys, '-') as agrees
from unnest('{hrd_monitoring_current,smr_rolling_attainment,smr_completed,supervision_current,scope_current}'::text[]) k (kpi_id)
    cross join unnest('{2025-01-31,2025-02-28}'::date[]) e (day)
    cross join lateral (
        select string_agg(w.record_org_code || ' ' || w.record_key, ', ' order by w.record_org_code, w.record_key) as keys
        from mo_data.worklist(k.kpi_id, 'QTT', e.day) w
        where w.days_overdue > 0 or w.what ~ 'none on record' or k.kpi_id ~ '^smr_') l
    cross join lateral (
        select string_agg(x.org_code || ' ' || x.record_key, ', ' order by x.org_code, x.record_key) as keys
        from (
            select * from mo_data.kpi_hrd_monitoring_current(mo.month_start(e.day), mo.month_start(e.day)) where k.kpi_id = 'hrd_monitoring_current'
            union all
            select * from mo_data.kpi_smr_rolling_attainment(mo.month_start(e.day), mo.month_start(e.day)) where k.kpi_id = 'smr_rolling_attainment'
            union all
            select * from mo_data.kpi_smr_completed(mo.month_start(e.day), mo.month_start(e.day)) where k.kpi_id = 'smr_completed'
            union all
            select * from mo_data.kpi_supervision_current(mo.month_start(e.day), mo.month_start(e.day)) where k.kpi_id = 'supervision_current'
            union all
            select * from mo_data.kpi_scope_current(mo.month_start(e.day), mo.month_start(e.day)) where k.kpi_id = 'scope_current') x
        where x.breakdown is null and x.numerator = 0) r
order by 1, 2;

-- Days for ever or never, entered by hand: no due day, and the rest of the list stands
savepoint s;
insert into mo_data.alert (alert_ref, alert_class, title, issued_at, deadline_at) values ('i1', '2', 'No end', '2025-02-14 12:00Z', 'infinity'), ('i2', '2', 'Never', '2025-02-14 12:00Z', '-infinity'),
    ('i3', '2', 'Before time', '-infinity', null);
insert into mo_data.alert_action (alert_ref, practice_code, closed_at) values ('i1', 'P00003', null), ('i2', 'P00003', null), ('i3', 'P00003', null), ('a1', 'P00003', 'infinity');
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, on_medicines) values ('i1', 50, 'P00003', '-infinity', true), ('i2', 50, 'P00003', 'infinity', true);
insert into mo_data.pincer_hazard (hazard_id, patient_key, practice_code, indicator_code, flagged_on) values ('i1', 50, 'P00003', 'A', '-infinity');
insert into mo_data.staff_post (post_id, staff_key, role_code, org_code, post_from) values ('i1', 51, 'CP', 'P00003', '-infinity'), ('i2', 52, 'CP', 'P00003', '2024-01-01'), ('i3', 53, 'CP', 'P00003', '2024-01-01');
insert into mo_data.supervision (supervision_id, staff_key, held_on) values ('i1', 52, '-infinity');
insert into mo_data.scope_of_practice (scope_id, staff_key, reviewed_on, valid_to) values ('i1', 52, '2024-01-01', 'infinity'), ('i2', 53, '-infinity', '2025-01-01');
insert into mo_data.registration (patient_key, practice_code, registered_from) select p, 'P00003', '-infinity' from generate_series(50, 53) p;
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to) values (50, 'HRD_METHOTREXATE', '-infinity', 'infinity'), (51, 'HRD_METHOTREXATE', '2024-01-01', null),
    (52, 'CARE_HOME', '-infinity', null), (53, 'CARE_HOME', '2024-01-01', null);
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date) values ('flat', 'i1', 51, 'P00003', 'LOCAL:FBC', '-infinity'), ('flat', 'i2', 51, 'P00003', 'LOCAL:UE', 'infinity'),
    ('flat', 'i3', 53, 'P00003', '1239511000000100', '-infinity');
select k.kpi_id, w.* from unnest('{alert_closure_in_window,hrd_monitoring_current,pincer_interventions,reconciliation_7_days,scope_current,smr_completed,smr_rolling_attainment,supervision_current}'::text[]) k (kpi_id)
    cross join lateral mo_data.worklist(k.kpi_id, 'P00003', '2025-02-15') w order by 1, w.due_on nulls last, w.record_key;
rollback to s;

-- A site's own
create function mo_data.worklist_local_nothing(org_codes text[], as_at date) returns table (org_code text, record_key text, due_on date, what text)
language sql stable as $$ select org_codes[1], 'thing:1', null::date, 'Do it' $$;
select * from mo_data.worklist('local_nothing', 'P00001');
-- Refusals
savepoint s;
select * from mo_data.worklist('sea_raised', 'P00001', '2025-02-15');
rollback to s;
select * from mo_data.worklist(null, 'P00001', '2025-02-15');
rollback to s;
select * from mo_data.worklist('scope_current', 'P99999', '2025-02-15');
rollback to s;
select * from mo_data.worklist('scope_current', null, '2025-02-15');
rollback to s;
select * from mo_data.worklist('scope_current', 'P00001', 'infinity');
rollback to s;
-- nobody may by default
select p.proname from pg_proc p where p.pronamespace = 'mo_data'::regnamespace and p.proname ~ '^(worklist|smr_patient_on|scope_on|supervision_on|staff_in_post_on)'
    and p.proname <> 'worklist_local_nothing' and has_function_privilege('public', p.oid, 'execute');
rollback;
