-- Twin of london_date: PostgreSQL's own time zone arithmetic.
\ir harness.psql

-- random moments from 1840 on (local mean time, double summer time, winters on summer time), every 20 minutes around two changes of clocks
create table twin.issue as
    select i as id, timestamptz '1840-01-01' + random() * interval '300 years' as issued, floor(random() * 40)::int as n from generate_series(1, 100000) i
    union all
    select 100000 + i, timestamptz '2026-03-27 00:00+00' + i * interval '20 minutes', i % 4 from generate_series(1, 300) i
    union all
    select 101000 + i, timestamptz '2026-10-23 00:00+00' + i * interval '20 minutes' - interval '1 microsecond', i % 4 from generate_series(1, 300) i
    union all
    select 102000 + i, timestamptz '1969-12-30 00:00+00' + i * interval '20 minutes' - interval '1 microsecond', i % 4 from generate_series(1, 300) i
    union all
    select 103000 + i, timestamptz '1847-11-29 00:00+00' + i * interval '5 seconds', i % 4 from generate_series(1, 40000) i
    union all
    select 200000 + i, timestamptz '4000-01-01 BC' + random() * interval '290000 years', 0 from generate_series(1, 20000) i;
analyze;
set timezone = 'Pacific/Chatham';
select twin.no_rows($$
    select * from twin.issue where mo.london_date(issued) <> (issued at time zone 'Europe/London')::date $$, 'london_date');
select twin.ok(mo.london_date(null) is null, 'null');
call twin.encourage_parallel();
select twin.is_parallel('select max(mo.london_date(issued)) from twin.issue', 'in a maximum');
select twin.ok(max(mo.london_date(issued)) = max((issued at time zone 'Europe/London')::date), 'parallel equals serial') from twin.issue;
select '1..' || last_value from twin.checks;
