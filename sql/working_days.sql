-- Working days: Monday to Friday, not a holiday
set datestyle = iso;
-- Easter 2026 in England: Good Friday 3 April, Easter Monday 6 April
\set easter '''{2026-04-06,2026-04-03}''::date[]'
select day, to_char(day, 'Dy') as weekday, mo.is_working_day(day, :easter) as worked, mo.is_working_day(day, '{}') as without_holidays,
    mo.working_days_between('2026-04-01', day, :easter) as since_1_april
from (select date '2026-03-31' + i as day from generate_series(0, 8) i) d order by day;
select n, mo.add_working_days('2026-04-02', n, :easter) as from_thursday, mo.add_working_days('2026-04-04', n, :easter) as from_saturday,
    mo.working_days_between('2026-04-02', mo.add_working_days('2026-04-02', n, :easter), :easter) as there_thursday,
    mo.working_days_between('2026-04-04', mo.add_working_days('2026-04-04', n, :easter), :easter) as there_saturday
from generate_series(-3, 3) n;
-- named arguments; exchanged days give the negative number; a day to itself gives 0
select mo.working_days_between(start => '2026-04-30', finish => '2026-04-01', holidays => :easter) as back,
    mo.working_days_between(start => '2026-04-03', finish => '2026-04-03', holidays => :easter) as same,
    mo.add_working_days(day => '2026-04-01', n => 10, holidays => :easter) as tenth,
    mo.is_working_day(day => '2026-04-03', holidays => :easter) as good_friday;
-- repeated, unsorted and weekend holidays change nothing; any lower bound will do
select mo.working_days_between('2026-04-01', '2026-04-30', h) as days
from (values (:easter), ('{2026-04-04,2026-04-06,2026-04-03,2026-04-05,2026-04-06,2026-04-03}'), ('[-1:0]={2026-04-03,2026-04-06}')) v (h);
-- a calendar per row: what is kept from the last row is not used for another calendar
select i, mo.working_days_between('2026-04-01', '2026-04-30', case i % 3 when 0 then :easter when 1 then '{2026-04-03,2026-04-07}'
    else '{}'::date[] end) as days, mo.is_working_day('2026-04-06', case i % 2 when 0 then :easter else '{2026-04-07,2026-04-03}' end)
from generate_series(1, 6) i;
-- short, compressed, out of line and expanded arrays are all the same calendar
create table calendar (id int, holidays date[]);
insert into calendar values (1, :easter), (2, array(select date '2026-04-03' from generate_series(1, 5000) union all select '2026-04-06')),
    (3, array(select date '2026-04-03' from generate_series(1, 10) union all select '2026-04-06'));
create table calendar_outside (id int, holidays date[]);
alter table calendar_outside alter holidays set storage external;
insert into calendar_outside select * from calendar where id = 2;
insert into calendar_outside select 3, array(select date '2026-04-06' from generate_series(1, 5001));
select id, mo.working_days_between('2026-04-01', '2026-04-30', holidays), mo.working_days_between('2026-04-01', '2026-04-30', holidays || '{2026-04-07}')
from calendar union all select id + 10, mo.working_days_between('2026-04-01', '2026-04-30', holidays), null from calendar_outside order by 1;
do $$
declare h date[] := '{2026-04-06}'; n int; seen int[] := '{}';
begin
    for i in 1..3 loop
        n := mo.working_days_between('2026-04-01', '2026-04-30', h);
        seen := seen || n;
        h := h || date '2026-04-06' + i;
    end loop;
    raise notice 'a growing array in PL/pgSQL: %', seen;
end $$;
-- null in, null out
select mo.is_working_day(null, '{}') is null and mo.is_working_day('2026-04-01', null) is null and mo.working_days_between(null, '2026-04-01', '{}') is null
    and mo.add_working_days('2026-04-01', null, '{}') is null as null_in_null_out;
-- the whole calendar, both ways
select mo.working_days_between('4714-11-24 BC', '5874897-12-31', :easter) as all_days,
    mo.working_days_between('5874897-12-31', '4714-11-24 BC', :easter) as back,
    mo.add_working_days('4714-11-24 BC', 1533916781, '{}') as to_the_end,
    mo.is_working_day('0001-01-01 BC', '{}') as saturday_1_bc, mo.is_working_day('4714-11-24 BC', '{}') as monday_4714_bc;
select mo.add_working_days('5874897-12-31', 1, '{}');
select mo.add_working_days('4714-11-24 BC', -1, '{}');
select mo.add_working_days('2026-04-01', 2147483647, :easter);
select mo.add_working_days('2026-04-01', -2147483648, :easter);
-- refused
select mo.is_working_day('infinity', '{}');
select mo.working_days_between('-infinity', '2026-04-01', '{}');
select mo.working_days_between('2026-04-01', 'infinity', '{}');
select mo.add_working_days('infinity', 0, '{}');
select mo.is_working_day('2026-04-01', '{2026-04-03,null}');
select mo.is_working_day('2026-04-01', '{null}');
select mo.is_working_day('2026-04-01', '{{2026-04-03},{2026-04-06}}');
select mo.is_working_day('2026-04-01', '{infinity}');
-- after an error the next calendar is taken whole
do $$
begin
    for i in 1..4 loop
        begin
            raise notice '%', mo.working_days_between('2026-04-01', '2026-04-30', case when i % 2 = 0 then '{2026-04-03,null}' else '{2026-04-03}'::date[] end);
        exception when null_value_not_allowed then raise notice 'refused';
        end;
    end loop;
end $$;
drop table calendar, calendar_outside;
-- catalogue
select proname, provolatile, proisstrict, proparallel from pg_proc
where pronamespace = 'mo'::regnamespace and proname in ('is_working_day', 'working_days_between', 'add_working_days') order by 1;
