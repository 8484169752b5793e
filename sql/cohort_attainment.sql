-- Rolling attainment of a cohort, on patients whose answers can be read off
set datestyle = iso;
create temp table event (patient int, day date);
create temp table member (patient int, valid_from date, valid_to date);
create temp table registration (patient int, organisation int, registered_from date, registered_to date);
create function pg_temp.cells(from_month date, to_month date, window_months int default 12)
    returns table (organisation int, month text, cohort int, attained int, ytd int, in_month int)
language sql as $$
    select c.organisation, to_char(c.month, 'YYYY-MM'), c.cohort, c.attained, c.attained_year_to_date, c.attained_in_month
    from (select mo.event_months(patient, day, mo.events_from(from_month, window_months), to_month) as months from event) e,
        (select mo.spell_months(patient, valid_from, valid_to, from_month, to_month) as months from member) m,
        (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from registration) r,
        mo.attainment_cells(events => e.months, cohort => m.months, registrations => r.spells, from_month => from_month,
            to_month => to_month, window_months => window_months) c
$$;
-- an event on 29 February 2024 counts in twelve month ends, February 2024 to January 2025, and in the year to date until March
insert into event values (1, '2024-02-29');
insert into member values (1, '2020-01-01', null);
insert into registration values (1, 10, '2020-01-01', null);
select * from pg_temp.cells('2024-01-01', '2025-03-01');
-- on the leaving day a spell no longer holds; it holds on the day it begins
truncate event, member, registration;
insert into event values (1, '2025-01-10'), (2, '2025-01-10'), (3, '2025-01-10'), (4, '2025-01-10');
insert into member select p, '2020-01-01' from generate_series(1, 4) p;
insert into registration values (1, 1, '2025-01-31', '2025-02-28'), (2, 2, '2025-02-01', '2025-03-01'), (3, 3, '2025-02-28', '2025-02-28'),
    (4, 4, '2025-02-28', null);
select * from pg_temp.cells('2025-01-01', '2025-03-01');
-- a patient counts once a month: overlapping cohort spells, two registrations (the one that began last), an event elsewhere
truncate event, member, registration;
insert into event values (1, '2025-01-10'), (1, '2025-01-11'), (1, '2025-02-01');
insert into member values (1, '2020-01-01', '2025-02-10'), (1, '2025-01-01', null), (1, '2025-01-01', null);
insert into registration values (1, 7, '2020-01-01', null), (1, 8, '2025-01-20', '2025-02-15'), (1, 8, '2025-01-20', '2025-02-10'),
    (1, 6, '2020-01-01', null);
select * from pg_temp.cells('2025-01-01', '2025-02-01');
-- null: no beginning never holds, no end is open, undated and infinite events do not count, nor those after the month end
truncate event, member, registration;
insert into event values (1, null), (null, '2025-01-01'), (2, 'infinity'), (2, '-infinity'), (3, '2025-02-01'), (4, '2024-12-31');
insert into member values (1, '-infinity', 'infinity'), (2, '2020-01-01', null), (3, '2020-01-01', null), (4, null, null), (5, 'infinity', null),
    (6, '2025-03-01', '2025-02-01');
insert into registration select p, 1, '2020-01-01' from generate_series(1, 6) p;
insert into registration values (2, null, '2024-01-01', null), (3, 2, null, null), (null, 3, '2020-01-01', null), (3, 5, '2099-01-01', null);
select * from pg_temp.cells('2025-01-01', '2025-01-01');
-- an empty cohort gives rows with 0, everyone registered is asked for by leaving the cohort out
truncate member;
select * from pg_temp.cells('2025-01-01', '2025-01-01');
select c.organisation, cohort, attained
from (select mo.event_months(patient, day, '2024-02-01', '2025-01-01') as months from event) e,
    (select mo.registered_spells(patient, organisation, registered_from, registered_to) as spells from registration) r,
    mo.attainment_cells(events => e.months, registrations => r.spells, from_month => '2025-01-01', to_month => '2025-01-01') c;
select count(*) as no_registrations from mo.attainment_cells(null::mo.patient_months, null::mo.patient_spells, '2025-01-01', '2025-01-01');
-- the year to date begins with April even where the window is shorter
truncate event;
insert into event values (1, '2024-04-01');
insert into member values (1, '2020-01-01', null);
select * from pg_temp.cells('2025-02-01', '2025-04-01', 3) where organisation = 1;
select mo.events_from('2025-02-15', 3), mo.events_from('2025-04-01', 3), mo.events_from('2025-04-30'), mo.events_from('2025-04-01', 1);
-- 120 months, and the longest range there is
select count(*), sum(cohort), sum(attained), sum(ytd) from pg_temp.cells('2020-04-01', '2030-03-01');
select count(*), sum(attained) from pg_temp.cells('2020-04-01', '2035-04-01');
-- sets of patients a month
select mo.patients(mo.event_month_sets(month_index, patients, '2025-01-01', '2025-02-01'))
from (values (300, '{3,1,2,2}'::int[]), (301, '{2147483647}'), (302, '{9}'), (301, '{}'), (301, null), (null, '{8}')) s (month_index, patients);
-- the same as bits
select b, get_bit(b, 9) as nine, get_bit(b, 8) as eight, bit_count(b) as patients from mo.patient_bits('{9,1,20,9}') b;
select mo.patient_bits('{}'), mo.patient_bits(null) is null as null_in, length(mo.patient_bits('{2147483647}'));
select mo.patients(mo.event_month_bits(month_index, mo.patient_bits(patients), '2025-01-01', '2025-02-01'))
from (values (300, '{3,1,2,2}'::int[]), (301, '{17}'), (302, '{9}'), (301, '{}'), (301, null), (null, '{8}')) s (month_index, patients);
select mo.event_month_bits(300, '\x02000000', '2025-01-01', '2025-12-01')::text
    = mo.event_months(1, '2025-01-31', '2025-01-01', '2025-12-01')::text as bytes_that_are_0_add_nothing;
-- who is in a set; the patients of registrations as a set
select p, mo.has_patient(mo.patient_bits('{9,1,20,9}'), p) as is_in from unnest('{1,2,8,9,20,21,23,24,0,-1,-2147483648,2147483647,null}'::int[]) p;
select mo.has_patient('\x', 0), mo.has_patient(null, 1) is null as null_in;
select mo.registered_patient_bits(mo.registered_spells(p, 1, '2025-01-01', null)) = mo.patient_bits(array_agg(p)) as same
from unnest('{20,9,1,9}'::int[]) p;
select mo.registered_patient_bits(null) is null as null_in;
-- registrations as arrays: in any order, repeated, from several rows; a null end is still open; what never holds is left out
select mo.spells(mo.registered_spell_sets(p, o, f, t)), mo.registered_spell_sets(p, o, f, t)::text = (
        select mo.registered_spells(p, o, f, t)::text from (values (1, 7, date '2025-01-01', null), (2, 8, '2025-01-01', date '2025-03-01'),
            (2, 7, '2025-03-01', 'infinity'), (5, -1, '-infinity', null)) r (p, o, f, t)) as same
from (values ('{2,1,2}'::int[], '{7,7,8}'::int[], '{2025-03-01,2025-01-01,2025-01-01}'::date[], '{infinity,null,2025-03-01}'::date[]),
    ('{5,5,1,6}', '{-1,-1,7,3}', '{-infinity,-infinity,2025-01-01,2025-02-01}', '{null,null,null,2025-02-01}'),
    ('{}', '{}', '{}', '{}'), (null, '{1}', '{2025-01-01}', '{null}'), ('{3}', '{1}', '{2025-01-01}', null)) r (p, o, f, t);
select mo.registered_spell_sets(null, null, null, null), mo.registered_spell_sets('{}', '{}', '{}', '{}');
select mo.registered_spell_sets('{1}', '{1}', '{2025-01-01}', '{null}') from generate_series(1, 0);
-- months as numbers
select mo.month_index('2000-01-31'), mo.month_index('1999-12-31'), mo.month_index('2026-04-01'), mo.month_of_index(315), mo.month_of_index(-1);
-- the types: text, equality of equal contents, storage
create temp table kept (months mo.patient_months, spells mo.patient_spells);
insert into kept select mo.event_months(p, '2025-01-01', '2025-01-01', '2025-12-01'), mo.registered_spells(p, 5, '2025-01-01', null)
from generate_series(1, 20000) p;
select mo.patients(months), mo.spells(spells), length(months::text), length(spells::text), months::text::mo.patient_months::text = months::text as same from kept;
select mo.event_months(p, '2025-03-01', '2025-01-01', '2025-12-01') from generate_series(2, 1, -1) p;
select mo.registered_spells(p, 5, '2000-01-02', null) from generate_series(2, 1, -1) p;
-- refused: arguments
select mo.event_months(0, '2025-01-01', '2025-01-01', '2025-12-01');
select mo.registered_spells(-5, 1, '2025-01-01', null);
select mo.event_month_sets(300, '{1,0}', '2025-01-01', '2025-12-01');
select mo.event_month_bits(300, '\x01', '2025-01-01', '2025-12-01');
select mo.patient_bits('{1,0}');
select mo.patient_bits('{1,null}');
select mo.patient_bits('{{1}}');
select mo.event_month_sets(300, '{1,null}', '2025-01-01', '2025-12-01');
select mo.event_month_sets(300, '{{1,2},{3,4}}', '2025-01-01', '2025-12-01');
select mo.registered_spell_sets('{1,0}', '{1,1}', '{2025-01-01,2025-01-01}', '{null,null}');
select mo.registered_spell_sets('{1,2}', '{1}', '{2025-01-01,2025-01-01}', '{null,null}');
select mo.registered_spell_sets('{1}', '{1}', '{2025-01-01}', '{}');
select mo.registered_spell_sets('{{1}}', '{1}', '{2025-01-01}', '{null}');
select mo.registered_spell_sets('{1}', '{null}', '{2025-01-01}', '{null}');
select mo.registered_spell_sets('{1}', '{1}', '{null}', '{null}');
select mo.event_months(1, '2025-01-01', null, '2025-12-01');
select mo.event_months(1, '2025-01-01', '2025-02-01', '2025-01-31');
select mo.event_months(1, '2025-01-01', '2025-01-01', 'infinity');
select mo.event_months(1, '2025-01-01', '2005-01-01', '2025-01-01');
select mo.event_months(1, '2025-01-01', f, '2025-12-01') from (values (date '2025-01-01'), ('2025-02-01')) v (f);
select mo.events_from('infinity');
select mo.month_index('infinity');
select mo.month_of_index(2147483647);
select * from pg_temp.cells('2025-01-01', '2025-01-01', 0);
select * from pg_temp.cells('2025-01-01', '2025-01-01', null);
select * from pg_temp.cells('2010-04-01', '2025-04-01', 13);
select c.* from (select mo.event_months(1, '2025-01-01', '2024-03-01', '2025-01-01') as e) e,
    mo.attainment_cells(e, null::mo.patient_spells, '2025-01-01', '2025-01-01') c;
select c.* from (select mo.spell_months(1, '2025-01-01', null, '2025-01-01', '2025-01-01') as m) m,
    mo.attainment_cells(null, m, null, '2025-01-01', '2025-02-01') c;
select mo.patient_months_combine(mo.event_months(1, '2025-01-01', '2025-01-01', '2025-01-01'), mo.event_months(1, '2025-01-01', '2025-01-01', '2025-02-01'));
-- refused: text that is no value
select ''::mo.patient_months;
select '0'::mo.patient_months;
select 'zz'::mo.patient_months;
select '000000000000000000000000'::mo.patient_months;
select '000000000000000100000000ff'::mo.patient_months;
select '00000000000000017fffffff'::mo.patient_months;
select '0000000000000001ffffffff'::mo.patient_months;
select '7fffffff0000000100000000'::mo.patient_months;
select '000000000000000100000001000000000000000200000001'::mo.patient_months;
select '000000000000000100000001000000000000000100000000'::mo.patient_months;
select '000000000000000100000001000000000000000000000001'::mo.patient_months;
select mo.patients('000000000000000100000001000000000000000100000001') as sound;
select ''::mo.patient_spells;
select 'ffffffff'::mo.patient_spells;
select '00000001'::mo.patient_spells;
select '0000000100000000000000050000000000000001'::mo.patient_spells;
select '0000000100000001000000050000000100000001'::mo.patient_spells;
select '00000002000000020000000500000000000000010000000100000005' || '0000000000000001' as two \gset
select :'two'::mo.patient_spells;
select mo.spells('00000000') as none;
-- the whole calendar
select mo.patients(mo.event_months(1, day, '4713-11-24 BC', '4713-12-31 BC')) from (values (date '4713-11-24 BC'), (date '5874897-12-31')) d (day);
select mo.patients(mo.spell_months(1, '4713-11-24 BC', '5874897-12-31', '5874897-01-01', '5874897-12-31'));
-- months without those of others, and any of several
create function pg_temp.months(patient int, days date[]) returns mo.patient_months language sql
    as $$ select mo.event_months(patient, day, '2025-01-01', '2025-12-01') from unnest(days) day $$;
select mo.months_without(pg_temp.months(5, '{2025-01-10,2025-02-10,2025-03-10}'), pg_temp.months(5, '{2025-02-01}')) as without_february;
select mo.patients(mo.months_without(pg_temp.months(5, '{2025-02-10}'), pg_temp.months(5, '{2025-02-01,2025-04-01}'))) as nothing_left,
    mo.patients(mo.months_without(pg_temp.months(5, '{2025-02-10}'), pg_temp.months(6, '{2025-02-01}'))) as of_another_patient,
    mo.months_without(pg_temp.months(5, '{2025-02-10}'), null) is null as null_others;
select mo.months_union(m)::text = pg_temp.months(5, '{2025-01-10,2025-02-10,2025-03-10}')::text as is_all
from (values (pg_temp.months(5, '{2025-01-31}')), (null), (pg_temp.months(5, '{2025-02-01,2025-03-01}'))) v (m);
select mo.months_union(null) is null as no_rows;
select mo.months_without(mo.event_months(1, '2025-01-01', '2025-01-01', '2025-01-01'), mo.event_months(1, '2025-01-01', '2025-01-01', '2025-02-01'));
-- months at whose end an event holds: 12 weeks from 6 January, a month from the 31st; months first, then days
create function pg_temp.held(days date[], span_months int, span_days int) returns text language sql as $$
    select string_agg(to_char(c.month, 'Mon'), ' ' order by c.month)
    from (select mo.held_months(array_fill(5, array[cardinality(days)]), days, span_months, span_days, '2024-04-01', '2025-12-01') as months) h,
        (select mo.registered_spells(5, 1, '2020-01-01', null) as spells) r,
        mo.attainment_cells(events => h.months, registrations => r.spells, from_month => '2025-01-01', to_month => '2025-12-01', window_months => 1) c
    where c.attained > 0 $$;
select pg_temp.held('{2025-01-06}', 0, 84) as twelve_weeks, pg_temp.held('{2025-01-06}', 0, 83) as a_day_less, pg_temp.held('{2025-01-31}', 1, 0) as a_month,
    pg_temp.held('{2025-01-30}', 1, 0) as cut_to_february, pg_temp.held('{2025-03-30}', 1, 0) as to_30_april, pg_temp.held('{2025-03-29}', 1, 1) as with_a_day;
select pg_temp.held('{2024-12-31,2025-07-01,infinity,-infinity}', 3, 0) as two_events, pg_temp.held('{}', 3, 0) is null as none,
    pg_temp.held('{2025-05-31}', 0, 0) as on_the_last_day, pg_temp.held('{1990-01-01}', 1200, 36600) as for_ever;
select mo.held_months(null, '{2025-01-01}', 1, 0, '2025-01-01', '2025-12-01')::text = mo.held_months('{}', '{}', 1, 0, '2025-01-01', '2025-12-01')::text as null_is_left_out;
select mo.held_months('{1,2}', '{2025-01-01}', 1, 0, '2025-01-01', '2025-12-01');
select mo.held_months('{1,null}', '{2025-01-01,2025-01-01}', 1, 0, '2025-01-01', '2025-12-01');
select mo.held_months('{1,0}', '{2025-01-01,2025-01-01}', 1, 0, '2025-01-01', '2025-12-01');
select mo.held_months('{{1}}', '{2025-01-01}', 1, 0, '2025-01-01', '2025-12-01');
select mo.held_months('{1}', '{2025-01-01}', -1, 0, '2025-01-01', '2025-12-01');
select mo.held_months('{1}', '{2025-01-01}', 1, 36601, '2025-01-01', '2025-12-01');
-- events by patient, then by day
select * from mo.events_by_patient('{7,2,7,2}', '{2025-03-01,2025-02-02,2025-01-31,2025-02-01}');
select * from mo.events_by_patient('[5:7]={2147483647,1,1}', '[8:10]={-infinity,infinity,-infinity}');
select * from mo.events_by_patient('{}', '{}');
select * from mo.events_by_patient(null, '{}');
select mo.events_by_patient('{1,2}', '{2025-01-01}');
select mo.events_by_patient('{1,null}', '{2025-01-01,2025-01-01}');
select mo.events_by_patient('{1,-1}', '{2025-01-01,2025-01-01}');
select mo.events_by_patient('{{1}}', '{{2025-01-01}}');
-- catalogue
select aggfnoid::regproc::text as aggregate, aggtranstype::regtype, aggcombinefn from pg_aggregate a join pg_proc p on p.oid = aggfnoid
where aggtranstype in ('mo.patient_months'::regtype, 'mo.patient_spells'::regtype) order by 1;
