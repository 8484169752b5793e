-- The theme map: counts by theme, harm and quarter at every level, by membership as at the month; small cells hidden by the rule of sea_raised
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id = 'sea_raised';
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('U00001', 'pcn', 'A PCN', null), ('U00002', 'pcn', 'Another', null), ('A00001', 'practice', 'One', 4), ('A00002', 'practice', 'Two', 4), ('A00003', 'practice', 'Three', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to) values ('00A', 'icb', 'QAA', '2013-04-01', null), ('U00001', 'sub_icb', '00A', '2013-04-01', null),
    ('U00002', 'sub_icb', '00A', '2013-04-01', null), ('A00001', 'pcn', 'U00001', '2013-04-01', null), ('A00002', 'pcn', 'U00001', '2013-04-01', '2025-03-01'),
    ('A00002', 'pcn', 'U00002', '2025-03-01', null), ('A00003', 'pcn', 'U00002', '2013-04-01', null);
-- events: n of a practice, on a day, of a theme and two kinds of harm
create function pg_temp.events(practice text, day date, n integer, theme text, physical text default null, psychological text default null) returns void language sql as $$
    with e as (insert into mo_data.significant_event (event_id, practice_code, raised_on, harm_physical, harm_psychological)
        select concat_ws('/', practice, day, theme, physical, psychological, i), practice, day, physical, psychological from generate_series(1, n) i returning event_id)
    insert into mo_data.significant_event_theme (event_id, theme_code) select event_id, unnest(string_to_array(theme, '+')) from e where theme <> '' $$;
select pg_temp.events('A00001', '2025-01-31', 9, 'monitoring', 'low'), pg_temp.events('A00002', '2025-02-28', 3, 'monitoring', 'low'),
    pg_temp.events('A00002', '2025-03-01', 4, 'monitoring', 'low'), pg_temp.events('A00003', '2025-03-31', 20, 'monitoring', 'low', 'severe'),
    pg_temp.events('A00003', '2025-04-01', 2, 'monitoring+system', 'none'), pg_temp.events('A00003', '2025-04-02', 1, '', null, 'low'), pg_temp.events('A00003', '2025-04-03', 8, '');
select pg_temp.events('A00001', '2025-06-01', 1, 'system');  -- June is not loaded
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('significant_event', 'f', repeat('0', 64), 1, 'f', 'loaded', '{2025-01-01,2025-02-01,2025-03-01,2025-04-01}');
call mo_data.refresh();
create view pg_temp.map as select quarter_label as quarter, org_type, org_code, theme_label, harm_label, events, value_status as status from mo_dashboard.sea_theme_map;
-- nothing is hidden: the practice that moves counts with each PCN for the months it was there; the worse harm; an event with two themes is in both
select * from pg_temp.map order by quarter collate "C" desc, org_type, org_code, theme_label, harm_label;
-- the parts of sea_raised, month by month, add up to the map
select count(*) as differences from (
    select org_key, date_trunc('quarter', month)::date, replace(breakdown, 'no_theme', 'theme_-') as theme, sum(numerator) from mo_data.kpi_result where breakdown <> '' group by 1, 2, 3
    except select org_key, quarter_start, 'theme_' || theme_code, sum(events) from mo_dashboard.sea_theme_map group by 1, 2, 3) d;
-- nothing is written where nothing changed
create temporary table was as select ctid::text as place, c.* from mo_data.sea_theme_cell c;
call mo_data.refresh('2025-01-01', '2025-04-01');
select count(*) as written from (select ctid::text, c.* from mo_data.sea_theme_cell c except table was) d;
-- a withdrawn event goes from the map
delete from mo_data.significant_event where event_id = 'A00001/2025-01-31/monitoring/low/1';
call mo_data.refresh('2025-01-01', '2025-04-01');
select org_code, events from mo_dashboard.sea_theme_map where quarter_label = 'Q4 2024/25' and org_code in ('A00001', 'U00001', 'QAA') and harm_label = 'Low' order by 1;

-- by the rule of sea_raised: small ones, those that would give them away, and which harms they were
update mo_data.kpi set hide_from = 1, hide_to = 7 where kpi_id = 'sea_raised';
select org_code, theme_label, harm_label, events, status from pg_temp.map where org_type = 'practice' and quarter = 'Q4 2024/25' order by 1, 2, 3;  -- small ones at once
call mo_data.refresh();
select * from pg_temp.map order by quarter collate "C" desc, org_type, org_code, theme_label, harm_label;
select k.org_code, c.theme_code, c.harm_code, c.events, c.is_hidden from mo_data.sea_theme_cell c join mo_data.organisation_key k using (org_key)
where quarter_start = '2025-01-01' order by 1, 2, 3;

-- many practices in two PCNs: one group by itself is hidden as mo.hidden_with_siblings says, and nobody can subtract
delete from mo_data.significant_event;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) select 'B' || to_char(i, 'FM00000'), 'practice', 'B' || i, 4 from generate_series(1, 60) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) select 'B' || to_char(i, 'FM00000'), 'pcn', 'U0000' || 1 + i % 2 from generate_series(1, 60) i;
select count(pg_temp.events('B' || to_char(i, 'FM00000'), ('2025-01-01'::date + (i % 7) * 15), (i * 7919) % 31, (array['monitoring', 'system', ''])[1 + i % 3],
    (array['low', 'none', null, 'severe'])[1 + (i / 3) % 4])) from generate_series(1, 60) i;
call mo_data.refresh('2025-01-01', '2025-04-01');
select sum(is_hidden::integer) > 30 as many_hidden, sum((not is_hidden)::integer) > 30 as many_shown, sum((events between 1 and 7 and not is_hidden)::integer) as small_ones_shown from mo_data.sea_theme_cell;
-- every sum that is published has no unknown, or two at least that together are not small; and a quarter does not tell a month that is hidden
with sums as (
    select count(*) filter (where c.is_hidden) + bool_or(t.is_hidden)::integer as unknowns, sum(c.events) filter (where c.is_hidden) as hidden, bool_or(t.is_hidden) as total_hidden, sum(c.events) = min(t.events) as adds_up
    from mo_data.sea_theme_link() l join mo_data.sea_theme_cell c on c.org_key = l.part_key and c.quarter_start = l.quarter_start
        join mo_data.sea_theme_cell t on t.org_key = l.total_key and (t.quarter_start, t.theme_code, t.harm_code) = (c.quarter_start, c.theme_code, c.harm_code)
    group by l.way, l.total_key, c.quarter_start, c.theme_code, c.harm_code
)
select count(*) > 20 as sums, bool_and(adds_up) as all_add_up, count(*) filter (where unknowns > 1) > 5 as with_unknowns, count(*) filter (where unknowns = 1 or not total_hidden and hidden <= 7) as open from sums;
with part as (
    select r.org_key, date_trunc('quarter', r.month)::date as quarter_start, replace(replace(r.breakdown, 'no_theme', 'theme_-'), 'theme_', '') as theme_code, count(*) filter (where r.hidden > 0) as months_hidden, sum(r.numerator) as events
    from mo_data.kpi_result r where r.kpi_id = 'sea_raised' and r.breakdown <> '' group by 1, 2, 3
), harm as (
    select c.org_key, c.quarter_start, c.theme_code, count(*) filter (where c.is_hidden) as harms_hidden, count(*) as harms, sum(c.events) as events from mo_data.sea_theme_cell c group by 1, 2, 3
)
select bool_and(p.events = h.events) as the_same_events, count(*) filter (where p.months_hidden > 0) > 5 as months_hidden, count(*) filter (where p.months_hidden > 0 and h.harms_hidden = 0) as months_told,
    count(*) filter (where p.months_hidden = 0 and h.harms_hidden = 1 and h.harms > 1) as harms_told
from part p join harm h using (org_key, quarter_start, theme_code);
-- a practice that has gone to another PCN within the quarter is a part of that only by what it had there: nothing, so that of 23 the 20 beside the 3 go, or the 23
delete from mo_data.significant_event;
select pg_temp.events('A00002', '2025-01-05', 30, 'system', 'low'), pg_temp.events('A00003', '2025-03-05', 3, 'system', 'low'), pg_temp.events('B00001', '2025-03-06', 20, 'system', 'low'),
    pg_temp.events('A00001', '2025-01-05', 40, 'system', 'low'), pg_temp.events('B00002', '2025-01-07', 50, 'system', 'low');
call mo_data.refresh('2025-01-01', '2025-04-01');
select k.org_code, c.events, c.is_hidden from mo_data.sea_theme_cell c join mo_data.organisation_key k using (org_key) order by 1;
-- the first pass alone, one group without any other: the same as mo.hidden_with_siblings
delete from mo_data.significant_event;
select count(pg_temp.events(p, '2025-01-05', n, 'system', 'low')) from (values ('B00002', 3), ('B00004', 9), ('B00006', 12), ('B00008', 20)) v (p, n);
call mo_data.refresh('2025-01-01', '2025-04-01');
select k.org_code, c.events, c.is_hidden, mo.hidden_with_siblings(c.events::bigint, 1, 7) over () as by_the_window_function
from mo_data.sea_theme_cell c join mo_data.organisation_key k using (org_key) where k.org_type = 'practice' order by 1;
-- rounding; no row at all for what is hidden where zeros are hidden too
update mo_data.kpi set round_to = 5 where kpi_id = 'sea_raised';
select org_code, events, value_status from mo_dashboard.sea_theme_map where org_type in ('practice', 'pcn') order by 1;
update mo_data.kpi set hide_from = 0, round_to = null where kpi_id = 'sea_raised';
call mo_data.refresh();
select org_code, events, value_status from mo_dashboard.sea_theme_map where org_type in ('practice', 'pcn') order by 1;
update mo_data.kpi set hide_from = 1 where kpi_id = 'sea_raised';
call mo_data.refresh();
-- a reader sees the cells of its organisations only, also with a function of its own in WHERE
create role mo_test_map login;
select mo_data.grant_reader('mo_test_map', 'B00008');
create function public.mo_test_spy(text) returns boolean language plpgsql cost 0.0001 as $$ begin raise warning 'saw %', $1; return true; end $$;
set local session authorization mo_test_map;
select org_code, events from mo_dashboard.sea_theme_map where public.mo_test_spy(org_code);
reset session authorization;
-- who may see small numbers sees those of its organisations
select mo_data.grant_unsuppressed('mo_test_map', 'B00004');
set local session authorization mo_test_map;
select org_code, harm_label, events, value_status from mo_dashboard.sea_theme_map order by 1;
reset session authorization;
-- what a PCN itself raised counts for it and all above it, as in sea_raised; small, it cannot be worked out from its practices
select pg_temp.events('U00001', '2025-02-01', 3, 'system', 'low');
call mo_data.refresh('2025-01-01', '2025-04-01');
select org_key, date_trunc('quarter', month)::date, breakdown, sum(numerator) from mo_data.kpi_result where breakdown <> '' group by 1, 2, 3
except select org_key, quarter_start, case theme_code when '-' then 'no_theme' else 'theme_' || theme_code end, sum(events) from mo_data.sea_theme_cell group by 1, 2, 3;
select count(*) as stays, count(distinct l.total_key) as totals from mo_data.sea_theme_link() l
where l.part_key in (select s.stay from mo_data.sea_theme_stay_in(null) s where s.practice_code = 'U00001') and l.quarter_start = '2025-01-01';
select bool_or(is_hidden) as beside_it_is_hidden from mo_data.sea_theme_cell c join mo_data.organisation_key k using (org_key)
where c.theme_code = 'system' and c.harm_code = 'low' and c.quarter_start = '2025-01-01' and (k.org_code = 'U00001' or k.org_code like 'B%' and c.events > 7);
rollback;
