-- The latest month of series, with sparkline and control chart
-- by hand: mean 50, limits 50 -+ 5.32 (control_chart.sql); the sparkline is that of the last twelve months
select s.month, s.trend_spark, s.points, s.xmr_mean, round(s.xmr_lower::numeric, 6) as lower, round(s.xmr_upper::numeric, 6) as upper, s.special_cause
from (select array_agg((date '2024-01-01' + make_interval(months => m))::date order by m) as months, array_agg(49 + 2 * (m % 2)::float8 order by m) as figures from generate_series(1, 24) m) a
    cross join lateral mo.series_latest(a.months, a.figures) s;
-- months that are not there, and those without a value, are gaps in the sparkline and in the chart: 1 and 2 have a moving range only as neighbours
select s.month, quote_literal(s.trend_spark) as trend_spark, s.points, s.xmr_mean, s.xmr_lower, s.xmr_upper, s.special_cause
from (values ('{2025-01-01,2025-06-01}'::date[], '{1,2}'::float8[]), ('{2025-01-01,2025-02-01,2025-06-01}', '{1,null,2}'), ('{2023-12-01,2025-06-15}', '{1,2}'), ('{2025-05-01,2025-06-01}', '{1,null}'),
    ('{2024-05-01,2025-06-01}', '{1,null}'), ('{2025-06-01}', '{null}'), ('{2025-05-31,2025-06-01}', '{1,2}')) v (months, figures)
    cross join lateral mo.series_latest(v.months, v.figures) s;
-- as the window functions and the aggregate have it: 500 series with trends, runs, gaps and months that are not there
create temp table series as
    select chart, (date '2020-01-01' + make_interval(months => m))::date as month,
        case when (chart * 31 + m * 17) % (10 + chart % 50) > 1 then case chart % 4 when 0 then m % 10 when 1 then (m * m * chart) % 97 / 7.0 when 2 then m + (chart * m) % 5 else 0.1 end end::float8 as value
    from generate_series(1, 500) chart, generate_series(1, 60) m
    where m < chart % 60 + 2 and (chart * 7 + m * 13) % (5 + chart % 40) <> 0;
create temp view in_windows as
    select w.chart, w.month, (select mo.sparkline(s.value order by b desc) from generate_series(0, 11) b left join series s on s.chart = w.chart and s.month = (w.month - make_interval(months => b))::date) as trend_spark,
        w.points, w.xmr_mean, w.xmr_lower, w.xmr_upper, w.special_cause
    from (
        select chart, month, lead(month) over p is null as is_latest, count(value) over (partition by chart) as points, mo.xmr_mean(value) over p as xmr_mean, mo.xmr_lower(value, month) over p as xmr_lower,
            mo.xmr_upper(value, month) over p as xmr_upper, mo.special_cause(value, month) over p as special_cause
        from series window p as (partition by chart order by month)
    ) w
    where w.is_latest;
create temp view in_one_call as
    select a.chart, s.* from (select chart, array_agg(month order by month) as months, array_agg(value order by month) as figures from series group by chart) a
        cross join lateral mo.series_latest(a.months, a.figures) s;
select (select count(*) from (table in_windows except all table in_one_call) d) as missing, (select count(*) from (table in_one_call except all table in_windows) d) as surplus,
    (select count(*) > 450 from in_windows) as many, (select count(distinct special_cause) from in_windows) as causes, (select count(*) > 100 from in_windows where trend_spark like '% %') as gaps;
-- a run of seven months above the mean of which one is not there is none, nor is a trend
select s.points, round(s.xmr_mean::numeric, 4) as mean, s.special_cause
from unnest('{99,10,99,13}'::int[], '{"{1,9,1,9,1,9,1,6,7,6,7,6,7,6.5}","{1,9,1,9,1,9,1,6,7,6,7,6,7,6.5}","{5,6,5,6,5,6,5,1,2,3,4,5,6,7}","{5,6,5,6,5,6,5,1,2,3,4,5,6,7}"}'::text[]) v (after, figures)
    cross join lateral (select array_agg((date '2024-01-01' + make_interval(months => n::int + (n > v.after)::int))::date order by n) as months, array_agg(value order by n) as figures
        from unnest(v.figures::float8[]) with ordinality p (value, n)) a
    cross join lateral mo.series_latest(a.months, a.figures) s;
-- nothing
select mo.series_latest('{}', '{}') is null as empty, mo.series_latest(null, '{1}') is null as null_months, mo.series_latest('{2025-01-01}', null) is null as null_values;
-- refused
select mo.series_latest('{2025-01-01}', '{1,2}');
select mo.series_latest('{2025-02-01,2025-01-01}', '{1,2}');
select mo.series_latest('{2025-01-01,2025-01-31}', '{1,2}');
select mo.series_latest('{2025-01-01,null}', '{1,2}');
select mo.series_latest('{2025-01-01,infinity}', '{1,2}');
select mo.series_latest('{2025-01-01}', '{NaN}');
select mo.series_latest('{{2025-01-01}}', '{1}');
select mo.series_latest('{2025-01-01,2025-02-01,2025-03-01}', '{1.5e308,-1.5e308,1.5e308}');
