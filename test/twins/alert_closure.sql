-- Twins of deadlines, statuses, rate and counts of alerts in plain SQL.
\ir harness.psql

create function twin.alert_status(issued timestamptz, closed timestamptz, deadline timestamptz, as_at timestamptz) returns text
language sql immutable
as $$
    select case
        when issued is null then 'no_issue_time'
        when as_at is null then null
        when issued > as_at then 'not_yet_issued'
        when closed < issued then 'closed_before_issue'
        when deadline is null then null
        when closed <= as_at and closed <= deadline then 'closed_in_window'
        when closed <= as_at then 'closed_late'
        when as_at <= deadline then 'open_in_window'
        else 'open_overdue'
    end
$$;

-- every order of the four times, ties and nulls
create table twin.moment as select null::timestamptz as t union all select timestamptz '2026-03-28 12:00+00' + i * interval '1 microsecond' from generate_series(1, 5) i;
select twin.ok(count(*) = 1296, 'the truth table is whole') from twin.moment i, twin.moment c, twin.moment d, twin.moment a;
select twin.no_rows($$
    select * from (
        select i.t as issued, c.t as closed, d.t as deadline, a.t as as_at, mo.alert_status(i.t, c.t, d.t, a.t) as ours, twin.alert_status(i.t, c.t, d.t, a.t) as twin
        from twin.moment i, twin.moment c, twin.moment d, twin.moment a) t
    where ours is distinct from twin $$, 'alert_status, the whole truth table');

-- deadlines: random moments from 1840 on (local mean time, double summer time, winters on summer time), and every hour around two changes of clocks
create table twin.holiday as
    select day::date as day from generate_series(timestamp '1990-01-01', '2060-12-31', '1 day') day
    where to_char(day, 'MM-DD') in ('01-01', '12-25', '12-26') or random() < 0.015;
create table twin.holidays as select array_agg(day) as list from twin.holiday;
create table twin.issue as
    select i as id, timestamptz '1840-01-01' + random() * interval '300 years' as issued, floor(random() * 40)::int as n from generate_series(1, 100000) i
    union all
    select 100000 + i, timestamptz '2026-03-27 00:00+00' + i * interval '20 minutes', i % 4 from generate_series(1, 300) i
    union all
    select 101000 + i, timestamptz '2026-10-23 00:00+00' + i * interval '20 minutes' - interval '1 microsecond', i % 4 from generate_series(1, 300) i
    union all
    select 102000 + i, timestamptz '1969-12-30 00:00+00' + i * interval '20 minutes' - interval '1 microsecond', i % 4 from generate_series(1, 300) i
    union all
    select 103000 + i, timestamptz '1847-11-29 00:00+00' + i * interval '5 seconds', i % 4 from generate_series(1, 40000) i;
analyze;
set timezone = 'Pacific/Chatham';
select twin.no_rows($$
    select * from twin.issue
    where mo.alert_deadline(issued, n, 'hours', '{}') <> issued + n * interval '1 hour'
        or mo.alert_deadline(issued, n, 'days', '{}') <> issued + n * interval '24 hours' $$, 'deadlines in hours and days');
select twin.no_rows($$
    select * from (
        select *, mo.alert_deadline(issued, n, 'working_days', list) as ours,
            (mo.add_working_days((issued at time zone 'Europe/London')::date, n, list) + 1)::timestamp at time zone 'Europe/London' - interval '1 microsecond' as twin
        from twin.issue, twin.holidays) d
    where ours <> twin $$, 'deadlines in working days');
select twin.no_rows($$
    select * from twin.issue, twin.holidays
    where mo.working_days_to_close(issued, issued + n * interval '31 hours', list) <> mo.working_days_between(
        (issued at time zone 'Europe/London')::date, ((issued + n * interval '31 hours') at time zone 'Europe/London')::date, list) $$,
    'working days to close');
set timezone = 'UTC';

-- practices x alerts: some practices in no group, alerts without class, issue or deadline, open ones, ones closed before issue
create table twin.practice as select i as practice_no, case when i % 50 <> 0 then (i * i) % 37 - 5 end as group_no from generate_series(1, 1000) i;
create table twin.alert as
    select
        i as alert_no, case when i % 19 <> 0 then i % 4 end as class_no,
        case when i % 23 <> 0 then timestamptz '2024-03-31 22:00+00' + random() * interval '700 days' end as issued,
        case when i % 17 <> 0 then 1 + i % 12 end as window_value
    from generate_series(1, 120) i;
alter table twin.alert add deadline timestamptz;
update twin.alert set deadline = mo.alert_deadline(issued, window_value, 'working_days', list) from twin.holidays;
create table twin.fact as
    select
        row_number() over () as id, practice_no, alert_no, group_no, class_no, issued, deadline,
        case when random() < 0.9 then coalesce(issued, timestamptz '2025-06-01') + (random() * 30 - 1) * interval '1 day' end as closed
    from twin.practice, twin.alert;
alter table twin.fact add status text;
update twin.fact set status = mo.alert_status(issued, closed, deadline, '2026-01-01');
analyze;
select twin.ok(count(distinct status) = 7 and count(*) filter (where status is null) > 0, 'the data have every status') from twin.fact;

create view twin.rate_twin as
    select group_no, (count(*) filter (where status = 'closed_in_window'))::float8
        / nullif(count(*) filter (where status in ('closed_in_window', 'closed_late', 'open_overdue')), 0) as rate
    from twin.fact group by group_no;
create view twin.rate_ours as select group_no, mo.closed_in_window_rate(status) as rate from twin.fact group by group_no;
select twin.no_rows($$ (table twin.rate_twin except table twin.rate_ours) union all (table twin.rate_ours except table twin.rate_twin) $$, 'rate, grouped');
select twin.ok(mo.closed_in_window_rate(status) = (count(*) filter (where status = 'closed_in_window'))::float8
    / count(*) filter (where status in ('closed_in_window', 'closed_late', 'open_overdue')), 'rate, plain') from twin.fact;
select twin.no_rows($$
    select * from (
        select id, mo.closed_in_window_rate(status) over w as ours,
            (count(*) filter (where status = 'closed_in_window') over w)::float8
                / nullif(count(*) filter (where status in ('closed_in_window', 'closed_late', 'open_overdue')) over w, 0) as twin
        from twin.fact window w as (partition by group_no order by id rows between 7 preceding and 2 following)) f
    where ours is distinct from twin $$, 'rate, moving frame with the inverse transition');
select twin.ok(mo.closed_in_window_rate(status) is null, 'rate of no rows is null') from twin.fact where false;
select twin.ok(mo.closed_in_window_rate(null) is null, 'rate of nulls is null') from twin.fact;
select twin.ok(mo.closed_in_window_rate('closed_in_window') = 1, 'rate of one row') from (values (1)) one;

create table twin.serial_rate as select * from twin.rate_ours;
call twin.encourage_parallel();
select twin.is_parallel('select mo.closed_in_window_rate(status) from twin.fact', 'rate, plain');
select twin.is_parallel('select group_no, mo.closed_in_window_rate(status) from twin.fact group by group_no', 'rate, grouped');
select twin.no_rows($$ (table twin.rate_ours except table twin.serial_rate) union all (table twin.serial_rate except table twin.rate_ours) $$, 'rate: parallel equals serial');
select '1..' || last_value from twin.checks;
