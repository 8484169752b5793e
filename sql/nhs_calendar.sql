-- NHS calendar: the edges of years, quarters and months
set datestyle = iso;
select day, mo.financial_year(day), mo.financial_year_start(day), mo.financial_quarter(day), mo.financial_month(day),
    mo.month_start(day), mo.month_end(day)
from unnest('{2026-03-31,2026-04-01,2026-06-30,2026-07-01,2026-12-31,2027-01-01,2024-02-29,1999-12-31,1900-02-28}'::date[]) day;
-- names that cross a century
select mo.financial_year('1999-04-01'), mo.financial_year('2000-03-31'), mo.financial_year('2099-04-01');
-- null in, null out
select mo.financial_year(null) is null and mo.month_start(null) is null as null_in_null_out;
-- the ends of the calendar
select mo.month_start('infinity'), mo.month_end('-infinity'), mo.financial_year_start('infinity');
select mo.month_start(date '0001-01-15 BC'), mo.financial_month(date '0001-01-15 BC');
select mo.month_start(date '4713-11-24 BC');
select mo.financial_year_start(date '4713-01-01 BC');
select mo.month_end(date '5874897-12-01');
-- refused
select mo.financial_year('infinity');
select mo.financial_quarter('-infinity');
select mo.financial_year(date '0001-03-31');
-- catalogue
select proname, provolatile, proisstrict, proparallel from pg_proc
where pronamespace = 'mo'::regnamespace and proname ~ '^(financial|month)' and proname !~ '^month_sums' order by 1;
