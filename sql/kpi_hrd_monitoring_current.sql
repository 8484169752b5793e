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
-- the total, counted without records, gives the same; asked after each change below
create function pg_temp.unequal(from_month date, to_month date) returns table (cells bigint, in_date boolean, unequal bigint)
language sql
as $$
    with r as (
        select org_code, month, coalesce(breakdown, '') as breakdown, sum(numerator) as numerator, sum(denominator) as denominator
        from mo_data.kpi_hrd_monitoring_current(from_month, to_month) group by 1, 2, 3
    ), t as (
        select org_code, month, coalesce(breakdown, '') as breakdown, numerator, denominator, true as there
        from mo_data.kpi_hrd_monitoring_current_total(from_month, to_month)
    )
    select count(*), sum(r.numerator) between 1 and sum(r.denominator) - 1,
        count(*) filter (where t.there is null or t.numerator is distinct from r.numerator or t.denominator is distinct from r.denominator)
    from r full join t using (org_code, month, breakdown)
$$;
select * from pg_temp.unequal('2025-01-01', '2025-02-01');
-- of January, so that it is the first month of a range and its only one; long before anything; and the year around
select * from pg_temp.unequal('2025-01-01', '2025-01-01');
select cells, unequal from pg_temp.unequal('2019-10-01', '2020-02-01');
select * from pg_temp.unequal('2024-06-01', '2025-08-01');
-- a month is the same in whatever range and time zone it is asked
create temp table february as select * from pg_temp.figure('hrd_monitoring_current', '2025-01-01', '2025-02-01') where month = '2025-02-01';
set local timezone = 'Pacific/Kiritimati';
select unequal from pg_temp.unequal('2025-01-01', '2025-02-01');
select count(*) as same from february natural join (select * from pg_temp.figure('hrd_monitoring_current', '2025-02-01', '2025-02-01')) again;
-- grace is a local decision: 30 days bring patient 2 into date on 28 February
update mo_data.monitoring_requirement set grace_days = 30 where cohort_code = 'HRD_METHOTREXATE' and test_code_set = 'UE';
select record_key, numerator from mo_data.kpi_hrd_monitoring_current('2025-02-01', '2025-02-01') where org_code = 'P00001' and breakdown is null order by 1;
select * from pg_temp.unequal('2024-06-01', '2025-08-01');
-- lithium is measured once all its tests have codes: level every 3 months in the first year (28 February is day 364), then every 6
insert into mo_data.code_set (code_set, code, term, status, is_on) values
    ('LITHIUM_LEVEL', 'LOCAL:LI', 'Lithium level', 'local', true), ('TFT', 'LOCAL:TFT', 'Thyroid function', 'local', true),
    ('CALCIUM', 'LOCAL:CA', 'Calcium', 'local', true), ('WEIGHT', 'LOCAL:W', 'Weight', 'local', true)
on conflict (code_set, code) do update set is_on = true;
select * from pg_temp.figure('hrd_monitoring_current', '2025-02-01', '2025-03-01') where org_code = 'P00003';
select * from pg_temp.unequal('2024-02-01', '2025-08-01');
-- a practice that closes has no figures from then on, although its membership was left open
savepoint open_practice;
update mo_data.organisation set open_to = '2025-02-28';
select max(month) as last_month, max(month) filter (where denominator > 0) = max(month) as counted from pg_temp.figure('hrd_monitoring_current', '2025-01-01', '2025-03-01');
select max(month) as last_month from mo_data.kpi_hrd_monitoring_current_total('2025-01-01', '2025-03-01');
rollback to open_practice;
-- two thousand patients at random: overlapping spells and registrations, dates missing and infinite, phases, own intervals, grace, several codes a test
delete from mo_data.registration; delete from mo_data.cohort_member; delete from mo_data.activity; delete from mo_data.patient;
select setseed(0.25);
create function pg_temp.day(day date, days integer, missing double precision default 0) returns date
language sql volatile as $$ select case when random() >= missing then day + (random() * days)::integer end $$;
insert into mo_data.organisation (org_code, org_type, name) values ('P00010', 'practice', 'ZETA') on conflict do nothing;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to) values
    ('P00010', 'pcn', 'U00001', '2024-03-31', '2025-01-31');  -- belongs to a PCN for ten month ends
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to)
select distinct on (d.patient_key, d.practice_code, d.registered_from) d.*
from (
    select i % 2000 + 1 as patient_key,
        (array['P00001', 'P00002', 'P00003', 'P00009', 'P00010'])[1 + floor(random() * 5)] as practice_code,
        case when random() < 0.3 then '2022-01-31' when random() < 0.02 then '-infinity' else pg_temp.day('2021-01-01', 1300, 0.03) end
            as registered_from,
        case when random() < 0.05 then 'infinity' else pg_temp.day('2024-08-01', 500, 0.5) end as registered_to
    from generate_series(1, 5000) i) d
where d.registered_to > d.registered_from is not false;
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to, interval_months)
select distinct on (d.patient_key, d.cohort_code, d.member_from) d.*
from (
    select (1 + random() * 2000)::integer as patient_key,
        (array['HRD_METHOTREXATE', 'HRD_CICLOSPORIN', 'HRD_LITHIUM', 'HRD_DOAC', 'HRD_RAAS', 'HRD_AMIODARONE', 'HRD_WARFARIN', 'CARE_HOME'])[1 + floor(random() * 8)],
        case when random() < 0.02 then '-infinity' else pg_temp.day('2022-06-01', 1000, 0.03) end as member_from,
        case when random() < 0.1 then '2025-01-31' when random() < 0.05 then 'infinity' else pg_temp.day('2024-08-01', 500, 0.6) end as member_to,
        case when random() < 0.1 then 1 + floor(random() * 7)::integer end
    from generate_series(1, 4000) i) d (patient_key, cohort_code, member_from, member_to, interval_months)
where d.member_to > d.member_from is not false;
insert into mo_data.patient (patient_key, died_on) select i, pg_temp.day('2021-06-01', 1600, 0.9) from generate_series(1, 1500) i;
insert into mo_data.code_set (code_set, code, term, status, is_on) values
    ('UE', 'LOCAL:UE2', 'Urea and electrolytes', 'local', true), ('LFT', 'LOCAL:UE2', 'Both of one sample', 'local', true),
    ('UE', 'LOCAL:UE3', 'Not used', 'local', false), ('INR', 'LOCAL:INR', 'INR', 'local', false);
update mo_data.code_set set is_on = false where code_set = 'INR';  -- warfarin cannot be measured
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome)
select 'flat', 'r' || i, (1 + random() * 2000)::integer, 'P00001',
    'LOCAL:' || (array['FBC', 'LFT', 'UE', 'UE2', 'UE3', 'LI', 'TFT', 'CA', 'W', 'INR'])[1 + floor(random() * 10)],
    case when random() < 0.01 then 'infinity' when random() < 0.01 then '-infinity' when random() < 0.2 then '2024-11-30' else pg_temp.day('2022-06-01', 1200, 0.03) end,
    (array['attended', 'did_not_attend', null])[1 + floor(random() * 3)]
from generate_series(1, 60000) i;
update mo_data.monitoring_requirement set interval_months = null, interval_days = 45 where cohort_code = 'HRD_CICLOSPORIN' and test_code_set = 'FBC';
update mo_data.monitoring_requirement set from_day = 30, to_day = 400 where cohort_code = 'HRD_DOAC' and test_code_set = 'LFT';  -- then no more
update mo_data.monitoring_requirement set from_day = -10 where cohort_code = 'HRD_RAAS';
update mo_data.monitoring_requirement set is_on = false where cohort_code = 'HRD_AMIODARONE' and test_code_set <> 'TFT';
analyze mo_data.registration, mo_data.cohort_member, mo_data.activity;
select cells > 300 as many, in_date, unequal from pg_temp.unequal('2024-02-01', '2025-06-01');
-- more months than the extension counts at once: the same as month by month
select count(*) > 60 as many, count(*) - count(distinct (t.org_code, t.month, t.breakdown)) as repeated,
    count(*) filter (where s.numerator is distinct from t.numerator or s.denominator is distinct from t.denominator) as unequal
from (
        select * from mo_data.kpi_hrd_monitoring_current_total('2005-01-01', '2026-12-01') where month between '2024-11-01' and '2025-02-01'
    ) t
    full join (
        select k.* from generate_series(date '2024-11-01', date '2025-02-01', interval '1 month') g,
            mo_data.kpi_hrd_monitoring_current_total(g::date, g::date) k) s
        on (s.org_code, s.month, coalesce(s.breakdown, '')) = (t.org_code, t.month, coalesce(t.breakdown, ''));
-- nothing there, nothing counted
update mo_data.cohort set is_on = false where kind = 'high_risk_drug';
select count(*) as cells from mo_data.kpi_hrd_monitoring_current_total('2024-12-01', '2025-05-01');
rollback;
