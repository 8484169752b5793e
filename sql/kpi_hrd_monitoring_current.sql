-- High-risk drug monitoring in date: every required test of every register
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
-- methotrexate: full blood count, liver and renal function every 3 months; DOAC: the same every 12; ACE inhibitors: renal function every 12
insert into mo_data.code_set (code_set, code, term, status, is_on) values
    ('FBC', 'LOCAL:FBC', 'Full blood count', 'local', true), ('LFT', 'LOCAL:LFT', 'Liver function', 'local', true),
    ('UE', 'LOCAL:UE', 'Urea and electrolytes', 'local', true)
on conflict (code_set, code) do update set is_on = true;
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to)
select p, case when p <= 4 then 'P00001' when p <= 7 then 'P00002' when p <= 10 then 'P00003' else 'P00009' end, date '2010-01-01', null::date
from generate_series(1, 11) p;
insert into mo_data.patient (patient_key, died_on) values (1, null), (9, '2025-01-31');
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to, interval_months) values
    (1, 'HRD_METHOTREXATE', '2020-01-01', null, null), (2, 'HRD_METHOTREXATE', '2020-01-01', null, null),
    (3, 'HRD_METHOTREXATE', '2020-01-01', null, null), (4, 'HRD_METHOTREXATE', '2020-01-01', null, null),
    (5, 'HRD_METHOTREXATE', '2020-01-01', null, null), (5, 'HRD_RAAS', '2020-01-01', null, null),   -- on two registers
    (6, 'HRD_DOAC', '2020-01-01', null, 6), (7, 'HRD_DOAC', '2020-01-01', null, 6),                 -- their own interval: six months
    (8, 'HRD_LITHIUM', '2024-03-01', null, null),                                                   -- register not measurable as shipped
    (9, 'HRD_METHOTREXATE', '2020-01-01', null, null),                                              -- dies on 31 January
    (10, 'HRD_METHOTREXATE', '2020-01-01', '2025-02-28', null),                                     -- leaves on 28 February
    (11, 'HRD_METHOTREXATE', '2020-01-01', null, null), (4, 'HRD_DOAC', null, null, null);          -- practice in no organisation; no start
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome)
select 'emis', concat_ws('-', patient, day, test), patient, 'P00001', 'LOCAL:' || test, day, outcome
from (values
    (1, date '2024-12-10', '{FBC,LFT,UE}'::text[], null), -- in date in January and February
    (1, '2019-12-10', '{FBC,LFT,UE}', null),              -- long ago: the latest decides
    (2, '2024-12-10', '{FBC,LFT}', null),
    (2, '2024-10-31', '{UE}', null),                      -- 3 months later is 31 January: in date on that day; not in February
    (3, '2024-12-10', '{FBC,LFT}', null),                 -- one test missing: not in date
                                                          -- 4: no test on file: in the denominator, not in date
    (5, '2024-12-10', '{FBC,LFT}', null),
    (5, '2024-02-29', '{UE}', null),                      -- a leap day: 12 months later is 28 February; for methotrexate too old
    (6, '2024-08-30', '{FBC,LFT,UE}', null),              -- 6 months later is 28 February
    (7, '2024-08-27', '{FBC,LFT,UE}', null),              -- 27 February
    (8, '2024-11-01', '{LI}', null), (8, '2024-12-01', '{UE,TFT,CA,W}', null),
    (10, '2025-02-01', '{FBC,LFT,UE}', null),             -- after January
    (10, '2025-01-15', '{FBC,LFT,UE}', 'cancelled')       -- not done
    ) t (patient, day, tests, outcome)
    cross join lateral unnest(tests) test;
select * from pg_temp.figure('hrd_monitoring_current', '2025-01-01', '2025-02-01');
select month, breakdown, record_key, numerator from mo_data.kpi_hrd_monitoring_current('2025-01-01', '2025-02-01')
where org_code = 'P00002' order by month, breakdown nulls first, record_key;
-- a month is the same in whatever range and time zone it is asked
create temp table february as select * from pg_temp.figure('hrd_monitoring_current', '2025-01-01', '2025-02-01') where month = '2025-02-01';
set local timezone = 'Pacific/Kiritimati';
select count(*) as same from february natural join (select * from pg_temp.figure('hrd_monitoring_current', '2025-02-01', '2025-02-01')) again;
-- grace is a local decision: 30 days bring patient 2 into date on 28 February
update mo_data.monitoring_requirement set grace_days = 30 where cohort_code = 'HRD_METHOTREXATE' and test_code_set = 'UE';
select record_key, numerator from mo_data.kpi_hrd_monitoring_current('2025-02-01', '2025-02-01') where org_code = 'P00001' and breakdown is null order by 1;
-- lithium is measured once all its tests have codes: level every 3 months in the first year (28 February is day 364), then every 6
insert into mo_data.code_set (code_set, code, term, status, is_on) values
    ('LITHIUM_LEVEL', 'LOCAL:LI', 'Lithium level', 'local', true), ('TFT', 'LOCAL:TFT', 'Thyroid function', 'local', true),
    ('CALCIUM', 'LOCAL:CA', 'Calcium', 'local', true), ('WEIGHT', 'LOCAL:W', 'Weight', 'local', true)
on conflict (code_set, code) do update set is_on = true;
select * from pg_temp.figure('hrd_monitoring_current', '2025-02-01', '2025-03-01') where org_code = 'P00003';
rollback;
