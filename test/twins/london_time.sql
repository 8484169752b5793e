-- Twin of london_date: PostgreSQL's own time zone arithmetic.
\ir harness.psql

\ir moments.psql
-- and from as far away as there are
insert into twin.issue
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
