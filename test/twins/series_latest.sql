-- Twin of series_latest: the window functions of control_chart and the aggregate sparkline, which have twins of their own, in SQL.
\ir harness.psql

create table twin.series as
    select
        c as chart, (date '2019-01-01' + make_interval(months => m))::date as month,
        case
            when random() < 0.05 or c % 50 = 49 then null
            when c % 5 = 0 then floor(random() * 6)            -- whole numbers: ties, points on the mean
            when c % 5 = 1 then random() * 0.3 + m * 0.1 * (1 - 2 * (c % 2)) -- drift, up and down
            when c % 5 = 2 then random() + (m > 20)::int * 0.6 -- step
            when c % 5 = 3 then 5 + 4 * sin(m / 4.0 + c) + random() * 0.1
            else random() * random() * 100 * (1 - 2 * (c % 2))
        end::float8 as value
    from generate_series(1, 5000) c, generate_series(1, 1 + c % 50) m
    where c % 3 = 0 or random() + 0 * m > 0.05; -- months that are not there (without m it is asked once a chart)
analyze twin.series;

create view twin.theirs as
    with month as ( -- every month from the first to the last: one that is not there has no value
        select s.chart, m.month::date as month
        from (select chart, min(month) as first, max(month) as last from twin.series group by chart) s
            cross join lateral generate_series(s.first::timestamp, s.last, '1 month') m (month)
    ), chart as (
        select chart, month, lead(month) over w is null as is_latest, count(value) over (partition by chart) as points, mo.xmr_mean(value) over w as xmr_mean,
            mo.xmr_lower(value) over w as xmr_lower, mo.xmr_upper(value) over w as xmr_upper, mo.special_cause(value) over w as special_cause
        from month left join twin.series using (chart, month) window w as (partition by chart order by month)
    ), trend as (
        select l.chart, mo.sparkline(s.value order by back desc) as trend_spark
        from chart l cross join generate_series(0, 11) as back
            left join twin.series s on s.chart = l.chart and s.month = (l.month - make_interval(months => back))::date
        where l.is_latest
        group by l.chart
    )
    select chart, month, trend_spark, points, xmr_mean, xmr_lower, xmr_upper, special_cause from chart join trend using (chart) where is_latest;
create view twin.ours as
    select a.chart, s.*
    from (select chart, array_agg(month order by month) as months, array_agg(value order by month) as figures from twin.series group by chart) a
        cross join lateral mo.series_latest(a.months, a.figures) s;

select twin.ok(count(*) > 100000, 'rows enough') from twin.series;
select twin.no_rows('table twin.theirs except all table twin.ours', 'all that the SQL has, bit for bit');
select twin.no_rows('table twin.ours except all table twin.theirs', 'nothing besides');
create view twin.rows_only as -- the window functions told of months
    select chart, month, mo.xmr_lower(value, month) over w as lower, mo.xmr_upper(value, month) over w as upper, mo.special_cause(value, month) over w as cause
    from twin.series window w as (partition by chart order by month);
create view twin.rows_filled as
    with month as (
        select s.chart, m.month::date as month
        from (select chart, min(month) as first, max(month) as last from twin.series group by chart) s
            cross join lateral generate_series(s.first::timestamp, s.last, '1 month') m (month)
    ), chart as (
        select chart, month, s.month is not null as is_there, mo.xmr_lower(value) over w as lower, mo.xmr_upper(value) over w as upper, mo.special_cause(value) over w as cause
        from month left join twin.series s using (chart, month) window w as (partition by chart order by month)
    )
    select chart, month, lower, upper, cause from chart where is_there;
select twin.no_rows('table twin.rows_only except all table twin.rows_filled', 'months as an argument: every row as if all months were there');
select twin.no_rows('table twin.rows_filled except all table twin.rows_only', 'and none besides');
select twin.ok(count(*) > 1000, 'runs that a missing month ends are met')
from twin.rows_only join (select chart, month, mo.special_cause(value) over (partition by chart order by month) as cause from twin.series) bridged using (chart, month)
where rows_only.cause is distinct from bridged.cause;
select twin.ok(count(distinct special_cause) = 9, 'every cause is met: ' || string_agg(distinct special_cause, ' ')) from twin.ours;
select twin.ok(count(*) > 500, 'gaps are met') from twin.ours where trend_spark like '% %';
call twin.encourage_parallel();
select twin.no_rows('table twin.ours except all table twin.theirs', 'in a parallel query');
select twin.ok(mo.series_latest(array[]::date[], array[]::float8[]) is null, 'an empty series gives null');
select twin.ok((mo.series_latest('{2025-01-01}', '{null}')).points = 0, 'all nulls');
select twin.ok((mo.series_latest('{2025-01-01}', '{3}')).trend_spark = repeat(' ', 11) || '▄', 'one row');
select '1..' || last_value from twin.checks;
