-- Structured medication reviews since 1 April against the PCN's target
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to) values
    (1, 'P00001', '2010-01-01', null), (2, 'P00001', '2010-01-01', null), (3, 'P00001', '2010-01-01', null), (4, 'P00002', '2010-01-01', null),
    (5, 'P00001', '2010-01-01', '2025-01-01'), (5, 'P00003', '2025-01-01', null),   -- moves after the review
    (6, 'P00003', '2010-01-01', null), (7, 'P00003', '2010-01-01', null);
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to, left_reason) values
    (1, 'CARE_HOME', '2020-01-01', null, null), (2, 'CARE_HOME', '2020-01-01', null, null), (3, 'CARE_HOME', '2020-01-01', null, null),
    (3, 'POLYPHARMACY', '2020-01-01', null, null), (4, 'CARE_HOME', '2020-01-01', null, null), (5, 'POLYPHARMACY', '2020-01-01', null, null),
    (6, 'CARE_HOME', '2020-01-01', '2025-03-31', 'end_of_life'),                   -- out on the month's last day
    (7, 'CARE_HOME', '2020-01-01', null, null);
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome) values
    ('emis', 'a01', 1, 'P00001', '1239511000000100', '2024-04-01', null),          -- the year's first day
    ('emis', 'a02', 1, 'P00001', '1239511000000100', '2025-03-31', null),          -- and its last: once a patient
    ('emis', 'a03', 2, 'P00001', '1239511000000100', '2024-02-29', null),          -- a leap day, in the year before
    ('emis', 'a04', 2, 'P00001', '1239511000000100', '2024-03-31', null),          -- the day before the year
    ('emis', 'a05', 3, 'P00001', '1239511000000100', '2025-03-10', 'attended'),
    ('systmone', 'a05', 3, 'P00001', '1239511000000100', '2025-03-10', null),      -- the same again from another system
    ('emis', 'a06', 4, 'P00002', '1239511000000100', '2025-04-30', null),          -- the new year
    ('emis', 'a07', 5, 'P00001', '1239511000000100', '2024-09-01', null),          -- counts where the patient is now
    ('emis', 'a08', 6, 'P00003', '1239511000000100', '2025-03-05', null),
    ('emis', 'a09', 7, 'P00003', '1239511000000100', '2025-03-20', 'did_not_attend');
insert into mo_data.cohort_target (pcn_code, cohort_code, year_start, target_patients) values
    ('U00001', 'CARE_HOME', '2024-04-01', 10), ('U00001', 'POLYPHARMACY', '2024-04-01', 5),   -- no ALL: the sum, 15
    ('U00001', 'ANTIDEPRESSANTS', '2024-04-01', 7),                                           -- a cohort that is switched off
    ('U00002', 'ALL', '2024-04-01', 20), ('U00002', 'CARE_HOME', '2024-04-01', 4),            -- ALL rules the whole
    ('U00002', 'ALL', '2025-04-01', 0);                                                       -- 0 is none; and none for U00001: counts without a percentage
select * from pg_temp.figure('smr_completed', '2025-03-01', '2025-04-01');
select * from pg_temp.figure('smr_completed', '2024-02-01', '2024-02-01');
-- BETA joins SOUTH PCN on 1 March: its figures stay its own, the targets are the PCNs'
select org_code, sum(numerator) from mo_data.kpi_smr_completed('2025-02-01', '2025-04-01') where breakdown is null group by 1 order by 1;
-- the fast total: the same sums
set local timezone = 'Pacific/Kiritimati';
select org_code, month, breakdown, numerator, denominator from mo_data.kpi_smr_completed_total('2025-03-01', '2025-04-01')
order by org_code, month, breakdown nulls first;
-- a cohort for which another PCN has a target, and this one none: P00003 has no POLYPHARMACY above
-- an ICB's target is the sum of its PCNs' (and its reviews of its practices'): March 2025
select sum(numerator) as reviewed, sum(denominator) as target from mo_data.kpi_smr_completed_total('2025-03-01', '2025-03-01') where breakdown is null;
-- a PCN without a target: its reviews are in no percentage, but among those of the month; the records say the same
delete from mo_data.cohort_target where pcn_code = 'U00002' and year_start = '2024-04-01';
select org_code, breakdown, numerator, denominator from mo_data.kpi_smr_completed_total('2025-03-01', '2025-03-01') order by org_code, breakdown nulls first;
select org_code, breakdown, sum(numerator) as numerator, sum(denominator) as denominator from mo_data.kpi_smr_completed('2025-03-01', '2025-03-01') group by 1, 2
except select org_code, breakdown, numerator, denominator from mo_data.kpi_smr_completed_total('2025-03-01', '2025-03-01');
rollback;
