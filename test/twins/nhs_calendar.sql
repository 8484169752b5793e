-- Twins of the NHS calendar from PostgreSQL's own date arithmetic, over every day of 400 years and random days beyond.
\ir harness.psql

create table twin.day as
    select generate_series(date '1850-01-01', date '2250-12-31', interval '1 day')::date as day
    union all
    select date '0001-04-01' + floor(random() * 3600000)::int from generate_series(1, 20000);

create function twin.financial_year_start(day date) returns date
language sql immutable
as $$ select make_date(extract(year from day - interval '3 months')::int, 4, 1) $$;

select twin.no_rows($$
    select day from twin.day
    where mo.financial_year_start(day) <> twin.financial_year_start(day)
        or mo.financial_year(day) <> extract(year from twin.financial_year_start(day))::int || '/'
            || lpad(((extract(year from twin.financial_year_start(day))::int + 1) % 100)::text, 2, '0') $$,
    'financial year and its start');
select twin.no_rows($$
    select day from twin.day
    where mo.financial_month(day) <> (extract(month from day)::int + 8) % 12 + 1
        or mo.financial_quarter(day) <> extract(quarter from day - interval '3 months')::int $$,
    'financial month and quarter');
select twin.no_rows($$
    select day from twin.day
    where mo.month_start(day) <> date_trunc('month', day)::date
        or mo.month_end(day) <> (date_trunc('month', day) + interval '1 month - 1 day')::date $$,
    'month start and end');
select '1..' || last_value from twin.checks;
