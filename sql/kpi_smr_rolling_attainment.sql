-- Cohort patients with a structured medication review in the last 12 months: a dozen patients; then the fast total against the records
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to) values
    (1, 'P00001', '2010-01-01', null), (2, 'P00001', '2010-01-01', null),
    (3, 'P00001', '2010-01-01', '2025-01-31'), (3, 'P00002', '2025-01-31', null),  -- moves on the month's last day: then at the new practice
    (4, 'P00002', '2010-01-01', null), (5, 'P00002', '2010-01-01', null), (6, 'P00003', '2010-01-01', null),
    (7, 'P00003', '2010-01-01', null), (8, 'P00003', '2010-01-01', null),
    (9, 'P00009', '2010-01-01', null),                                              -- a practice that belongs to no organisation
    (10, 'P00001', '2010-01-01', null), (10, 'P00003', '2024-12-01', null),         -- registered twice: at the later
    (11, 'P00001', '2010-01-01', null), (12, 'P00001', '2010-01-01', null),
    (13, 'P00001', '2010-01-01', '2024-12-31'), (14, 'P00001', null, null);         -- left in December; no start: never holds
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to, left_reason)
select p, 'CARE_HOME', '2020-01-01', null, null from unnest(array[1, 2, 3, 5, 6, 9, 10, 11, 13, 14]) p;
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to, left_reason) values
    (2, 'POLYPHARMACY', '2024-01-01', null, null),          -- in two cohorts: once in the whole
    (4, 'CARE_HOME', '2020-01-01', '2025-01-31', 'declined'), -- declines, on the month's last day: no longer in it
    (7, 'POLYPHARMACY', '2020-01-01', null, null),
    (8, 'ANTIDEPRESSANTS', '2020-01-01', null, null),       -- a cohort that is switched off
    (12, 'CARE_HOME', null, null, null);                    -- no start: never holds
insert into mo_data.patient (patient_key, died_on) values (5, '2025-02-28');   -- dies on the last day of February
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, recorded_date, outcome) values
    ('emis', 'a01', 1, 'P00001', '1239511000000100', '2024-02-29', null, null),         -- a leap day: twelve months, until January 2025
    ('emis', 'a02', 2, 'P00003', '1239511000000100', '2025-01-31', null, 'attended'),   -- elsewhere, on the month's last day
    ('systmone', 'a02', 2, 'P00001', '1239511000000100', '2025-01-31', null, null),     -- the same again from another system
    ('emis', 'a03', 3, 'P00001', '1239511000000100', '2024-06-01', null, null),         -- before the move: counts at the new practice
    ('emis', 'a06', 6, 'P00003', '1239511000000100', null, '2025-01-10', null),         -- no date: attains nothing
    ('emis', 'a16', 6, 'P00003', '1239511000000100', '2025-03-01', null, null),         -- after February
    ('emis', 'a07', 7, 'P00003', '1239511000000100', '2024-03-01', '2025-02-20', null), -- recorded late: counts from when it happened
    ('emis', 'a08', 8, 'P00003', '1239511000000100', '2025-01-10', null, null),
    ('emis', 'a10', 10, 'P00003', '1239511000000100', '2025-01-10', null, 'cancelled'), -- did not take place
    ('emis', 'a11', 11, 'P00001', '719329004', '2025-01-10', null, null);               -- a medication review is not a structured one
select * from pg_temp.figure('smr_rolling_attainment', '2025-01-01', '2025-03-01');
-- who they are; the whole, January
select org_code, record_key, numerator from mo_data.kpi_smr_rolling_attainment('2025-01-01', '2025-01-01') where breakdown is null order by 1, 2;
-- the month does not hang on the session's time zone, nor on the range it is asked in
create temp table january as select * from pg_temp.figure('smr_rolling_attainment', '2025-01-01', '2025-03-01') where month = '2025-01-01';
set local timezone = 'Pacific/Kiritimati';
select count(*) as same from january natural join (
    select org_code, month, breakdown, numerator, denominator from pg_temp.figure('smr_rolling_attainment', '2025-01-01', '2025-01-01')) again;
set local timezone = 'America/Adak';
select count(*) as same from january natural join (
    select org_code, month, breakdown, numerator, denominator from pg_temp.figure('smr_rolling_attainment', '2025-01-01', '2025-01-01')) again;
-- the fast total gives the same, of both KPIs
create function pg_temp.unequal(kpi_id text, from_month date, to_month date) returns table (cells bigint, attained boolean, unequal bigint)
language plpgsql
as $$
begin
    return query execute format(
        'with r as (select org_code, month, coalesce(breakdown, '''') as breakdown, sum(numerator) as numerator,
                    sum(denominator) as denominator
                from mo_data.kpi_%1$s($1, $2) group by 1, 2, 3),
            t as (select org_code, month, coalesce(breakdown, '''') as breakdown, numerator, denominator, true as there
                from mo_data.kpi_%1$s_total($1, $2))
        select count(*), sum(r.numerator) > 0, count(*) filter (where t.there is null or t.numerator is distinct from r.numerator
            or t.denominator is distinct from r.denominator)
        from r full join t using (org_code, month, breakdown)', kpi_id) using from_month, to_month;
end $$;
select cells, unequal from pg_temp.unequal('smr_rolling_attainment', '2025-01-01', '2025-03-01');
-- a practice that closes has no figures from then on, although its membership was left open: nothing above would count them
savepoint open_practice;
update mo_data.organisation set open_to = '2025-02-28' where org_code = 'P00003';  -- on the last day of February it is no longer open
select month, denominator from pg_temp.figure('smr_rolling_attainment', '2025-01-01', '2025-03-01') where org_code = 'P00003' and breakdown = '';
select month, records from pg_temp.figure('smr_completed', '2025-01-01', '2025-03-01') where org_code = 'P00003' and breakdown = '';
select month, denominator from mo_data.kpi_smr_rolling_attainment_total('2025-01-01', '2025-03-01') where org_code = 'P00003' and breakdown is null;
select count(*) filter (where day = '2025-02-27') > 0 as before, count(*) filter (where day = '2025-02-28') as after
from unnest(array['2025-02-27', '2025-02-28']::date[]) day cross join lateral mo_data.worklist('smr_rolling_attainment', 'P00003', day) w;
rollback to open_practice;
-- and on three thousand patients at random, with all the ways in which ranges can overlap and dates be missing
delete from mo_data.registration; delete from mo_data.cohort_member; delete from mo_data.activity; delete from mo_data.patient;
select setseed(0.5);
create function pg_temp.day(day date, days integer, missing double precision default 0) returns date
language sql volatile as $$ select case when random() >= missing then day + (random() * days)::integer end $$;
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to)
select distinct on (d.patient_key, d.practice_code, d.registered_from) d.*
from (
    select i % 3000 + 1 as patient_key,
        (array['P00001', 'P00002', 'P00003', 'P00009', 'P00010'])[1 + floor(random() * 5)] as practice_code,
        case when random() < 0.3 then '2022-01-31' when random() < 0.02 then '-infinity' else pg_temp.day('2021-01-01', 1300, 0.03) end
            as registered_from,
        case when random() < 0.05 then 'infinity' else pg_temp.day('2024-08-01', 500, 0.5) end as registered_to
    from generate_series(1, 7000) i) d
where d.registered_to > d.registered_from is not false;
insert into mo_data.organisation (org_code, org_type, name) values ('P00010', 'practice', 'ZETA') on conflict do nothing;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to) values
    ('P00010', 'pcn', 'U00001', '2024-03-31', '2025-01-31');  -- belongs to a PCN for ten month ends
insert into mo_data.cohort_member (patient_key, cohort_code, member_from, member_to)
select distinct on (d.patient_key, d.cohort_code, d.member_from) d.*
from (
    select (1 + random() * 3000)::integer as patient_key,
        (array['CARE_HOME', 'POLYPHARMACY', 'SEVERE_FRAILTY', 'ANTIDEPRESSANTS'])[1 + floor(random() * 4)] as cohort_code,
        case when random() < 0.02 then '-infinity' else pg_temp.day('2022-01-01', 1000, 0.03) end as member_from,
        case when random() < 0.1 then '2025-01-31' else pg_temp.day('2024-08-01', 500, 0.6) end as member_to
    from generate_series(1, 6000) i) d
where d.member_to > d.member_from is not false;
insert into mo_data.patient (patient_key, died_on) select i, pg_temp.day('2021-06-01', 1600, 0.9) from generate_series(1, 2500) i;
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome)
select 'flat', 'r' || i, (1 + random() * 3000)::integer, 'P00001',
    (array['1239511000000100', '719329004', '88551000000109'])[1 + floor(random() * 3)],
    pg_temp.day('2022-06-01', 1200, 0.03), (array['attended', 'did_not_attend', null])[1 + floor(random() * 3)]
from generate_series(1, 9000) i;
insert into mo_data.cohort_target (pcn_code, cohort_code, year_start, target_patients) values
    ('U00001', 'CARE_HOME', '2024-04-01', 50), ('U00001', 'POLYPHARMACY', '2024-04-01', 60), ('U00002', 'ALL', '2024-04-01', 70),
    ('U00002', 'CARE_HOME', '2024-04-01', 20), ('U00002', 'ALL', '2025-04-01', 0);
analyze mo_data.registration, mo_data.cohort_member, mo_data.activity;
select cells > 150 as many, attained, unequal from pg_temp.unequal('smr_rolling_attainment', '2024-02-01', '2025-06-01');
select cells > 150 as many, attained, unequal from pg_temp.unequal('smr_completed', '2024-02-01', '2025-06-01');
-- cohorts attained by different events: the whole comes from the records
savepoint one_set;
update mo_data.cohort set attained_by = 'MEDRVW_COD' where cohort_code = 'POLYPHARMACY';
update mo_data.cohort set attained_by = null where cohort_code = 'SEVERE_FRAILTY';
select cells > 40 as many, attained, unequal from pg_temp.unequal('smr_rolling_attainment', '2024-12-01', '2025-05-01');
select cells > 40 as many, attained, unequal from pg_temp.unequal('smr_completed', '2024-12-01', '2025-05-01');
-- ... and one that nothing can attain is left out, with its target
insert into mo_data.cohort_target (pcn_code, cohort_code, year_start, target_patients) values ('U00001', 'SEVERE_FRAILTY', '2024-04-01', 30);
select k.breakdown, count(*) > 0 as records from mo_data.kpi_smr_completed('2024-12-01', '2025-03-01') k group by 1 order by 1;
select sum(denominator) as target from mo_data.kpi_smr_completed('2024-12-01', '2024-12-01') where org_code = 'U00001' and breakdown is null;
update mo_data.cohort set attained_by = null;
select count(*) as records from mo_data.kpi_smr_completed('2024-12-01', '2025-03-01');
rollback to one_set;
-- more months than the extension counts at once: the same as month by month
select count(*) > 40 as many, count(*) - count(distinct (t.org_code, t.month, t.breakdown)) as repeated,
    count(*) filter (where s.numerator is distinct from t.numerator or s.denominator is distinct from t.denominator) as unequal
from (
        select * from mo_data.kpi_smr_rolling_attainment_total('2005-01-01', '2026-12-01') where month between '2024-11-01' and '2025-02-01'
    ) t
    full join (
        select k.* from generate_series(date '2024-11-01', date '2025-02-01', interval '1 month') g,
            mo_data.kpi_smr_rolling_attainment_total(g::date, g::date) k) s
        on (s.org_code, s.month, coalesce(s.breakdown, '')) = (t.org_code, t.month, coalesce(t.breakdown, ''));
-- nothing there, nothing counted
update mo_data.cohort set is_on = false where kind = 'smr';
select count(*) as cells from mo_data.kpi_smr_rolling_attainment_total('2024-12-01', '2025-05-01');
rollback;
