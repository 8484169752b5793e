-- Twins of the working days from a calendar table with a running number of working days: what a good analyst would write.
\ir harness.psql

-- England and Wales as far as arithmetic goes; Easter and the rest come from random days, some of them at weekends.
create table twin.holiday as
    select day::date as day from generate_series(timestamp '1990-01-01', '2060-12-31', '1 day') day
    where to_char(day, 'MM-DD') in ('01-01', '12-25', '12-26') or random() < 0.015;
create table twin.holidays as select array_agg(day order by random()) || array_agg(day order by day) as list from twin.holiday;
create table twin.calendar as
    select
        day::date as day,
        extract(isodow from day) < 6 and h.day is null as worked,
        count(*) filter (where extract(isodow from day) < 6 and h.day is null) over (order by d.day) as number
    from generate_series(timestamp '1980-01-01', '2070-12-31', '1 day') d (day) left join twin.holiday h using (day);
create unique index on twin.calendar (day);
create unique index on twin.calendar (number) where worked;
create table twin.pair as
    select
        i as id, date '1990-01-01' + floor(random() * 20000)::int as start,
        case when random() < 0.02 then null else date '1990-01-01' + floor(random() * 20000)::int end as finish,
        floor(random() * 2000)::int - 1000 as n
    from generate_series(1, 120000) i;
analyze;

select twin.no_rows($$
    select day from twin.calendar, twin.holidays where mo.is_working_day(day, list) <> worked $$, 'is_working_day, every day of 90 years');
select twin.no_rows($$
    select p.* from twin.pair p
    join twin.calendar s on s.day = p.start left join twin.calendar f on f.day = p.finish
    where mo.working_days_between(start, finish, (select list from twin.holidays)) is distinct from f.number - s.number $$,
    'between equals the difference of running numbers');
-- going on or back: the working day with the number wanted
select twin.no_rows($$
    select p.*, r.day, mo.add_working_days(start, n, (select list from twin.holidays)) from twin.pair p
    join twin.calendar s on s.day = p.start join twin.calendar r on r.worked and r.number = s.number + p.n
    where n <> 0 and mo.add_working_days(start, n, (select list from twin.holidays)) is distinct from r.day $$,
    'add equals a look-up of the running number');
select twin.no_rows($$
    select * from twin.pair, twin.holidays
    where mo.working_days_between(start, mo.add_working_days(start, n, list), list) <> n
        or mo.add_working_days(start, 0, list) <> start $$, 'between(day, add(day, n)) = n');

-- the usual day-by-day count
select twin.no_rows($$
    select * from (
        select p.*, (select count(*) from generate_series(start + 1, finish, interval '1 day') d
            where extract(isodow from d) < 6 and d::date not in (select day from twin.holiday)) as counted
        from twin.pair p where finish between start and start + 60 and id <= 60000) c
    where mo.working_days_between(start, finish, (select list from twin.holidays)) <> counted $$, 'between equals a day-by-day count');

-- a calendar per row: ten calendars take turns, so the one kept from the last row is never the right one
create table twin.division as
    select n, array_agg(day) filter (where random() < 0.5) as list from twin.holiday, generate_series(0, 9) n group by n;
select twin.no_rows($$
    select p.id from twin.pair p join twin.division d on d.n = p.id % 10
    where id <= 3000 and start < finish and mo.working_days_between(start, finish, list) <>
        mo.working_days_between(start, finish, '{}') - (
            select count(distinct day) from unnest(list) day where extract(isodow from day) < 6 and day > start and day <= finish) $$,
    'another calendar in every row');

create table twin.serial as
    select id, mo.working_days_between(start, finish, list) as days, mo.add_working_days(start, n, list) as there from twin.pair, twin.holidays;
call twin.encourage_parallel();
select twin.is_parallel($$ select sum(mo.working_days_between(start, finish, (select list from twin.holidays))) from twin.pair $$, 'in a sum');
select twin.ok(
    (select sum(mo.working_days_between(start, finish, (select list from twin.holidays))) from twin.pair) = (select sum(days) from twin.serial)
    and (select max(mo.add_working_days(start, n, (select list from twin.holidays))) from twin.pair) = (select max(there) from twin.serial),
    'parallel equals serial');
select twin.ok(sum(mo.working_days_between(null, finish, '{}')) is null, 'all nulls give null') from twin.pair;
select '1..' || last_value from twin.checks;
