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
\ir moments.psql
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

\ir alerts.psql
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
