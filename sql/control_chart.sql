-- XmR control charts
-- a series worked by hand: mean 50, moving ranges of 2 (mean 2), limits 50 -+ 5.32
create temp table series (chart text, month int, value float8);
insert into series select 'steady', m, 49 + 2 * (m % 2) from generate_series(1, 24) m;
select distinct mo.xmr_mean(value) over w as mean, round((mo.xmr_lower(value) over w)::numeric, 6) as lower,
    round((mo.xmr_upper(value) over w)::numeric, 6) as upper, mo.special_cause(value) over w as cause
from series where chart = 'steady' window w as (partition by chart order by month);
-- every cause, by name
insert into series select chart, ordinality, value from (values
    ('outside', '{10,11,10,11,10,11,10,11,10,11,10,30,10,11,10,-9,11,10}'::float8[]),
    ('trends', '{5,6,5,6,5,1,2,3,4,5,6,7,6,5,4,3,2,1,5,6,5,6}'),
    ('two of three', '{0,1,0,1,0,1,0,1,0,1,0,1,0,1,3,1,3,0,1,0,-2,0.3,-2.1,0,1,0}'),
    ('shift', '{1,2,1,2,1,2,1,1.4,1.2,1.5,5,6,5,6,5,6,5.5}'),
    ('gap ends a trend', '{5,6,5,6,5,1,2,3,null,4,5,6,7,6,5,6,5,6,5,6}'),
    ('constant', '{0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1,0.1}')) s (chart, points),
    unnest(points) with ordinality p (value, ordinality);
select chart, value, mo.special_cause(value) over w as cause, mo.special_cause_direction(mo.special_cause(value) over w) as direction
from series where chart <> 'steady' window w as (partition by chart order by month) order by chart, month;
-- fewer than 12 points: limits, but no cause; nulls are not points
select month, value, mo.special_cause(value) over w as cause, mo.xmr_mean(value) over w as mean
from (select m as month, case when m % 2 = 1 then m end as value from generate_series(1, 4) m) s window w as (order by month);
select count(cause) as with_11, (select count(cause) from (select mo.special_cause(m % 2) over (order by m) as cause
    from generate_series(1, 12) m) s) as with_12
from (select mo.special_cause(case when m <> 6 then m % 2 end) over (order by m) as cause from generate_series(1, 12) m) s;
-- no value, one value, no neighbours, no rows
select mo.xmr_mean(null) over () as mean, mo.xmr_lower(null) over () as lower, mo.special_cause(null) over () as cause;
select mo.xmr_mean(3) over () as mean, mo.xmr_lower(3) over () as lower, mo.xmr_upper(3) over () as upper, mo.special_cause(3) over () as cause;
select mo.xmr_mean(v) over (order by m) as mean, mo.xmr_upper(v) over (order by m) as upper from (values (1, 2.0), (2, null), (3, 4.0)) s (m, v);
select mo.xmr_mean(1) over (), mo.special_cause(1) over () from generate_series(1, 0);
-- the frame does not matter, the partition does
select count(distinct mean) from (select mo.xmr_mean(value) over (order by month rows 2 preceding) as mean from series where chart = 'shift') s;
-- one moving range far above the others is left out of the limits
select round((mo.xmr_upper(v) over (order by m))::numeric, 4) as upper
from unnest('{1,2,1,2,1,2,1,2,1,50,1,2,1,2}'::float8[]) with ordinality s (v, m) limit 1;
-- all that varies is far above the others: no limits, and no cause, in place of limits of no width
select distinct mo.xmr_lower(v) over (order by m) as lower, mo.xmr_upper(v) over (order by m) as upper, mo.special_cause(v) over (order by m) as cause
from unnest('{1,1,1,1,1,1,1,1,1,1,1,0.5}'::float8[]) with ordinality s (v, m);
-- months without a row are gaps where the months are told: seven above the mean of which one month is not there are not seven in a row, and there is no
-- moving range across it; months in which nothing is missing change nothing, and any day is its month
create temp table months as
    select v.missing, (date '2023-11-30' + make_interval(months => n::int + (n > v.after)::int))::date as month, value
    from (values ('none', 99), ('among the seven', 10), ('before the seven', 7)) v (missing, after),
        unnest('{1,9,1,9,1,9,1,6,7,6,7,6,7,6.5}'::float8[]) with ordinality p (value, n);
select missing, string_agg(value || coalesce(' ' || nullif(cause, 'common_cause'), ''), ', ' order by month) filter (where value between 6 and 7) as causes,
    round(min(lower)::numeric, 4) as lower, round(max(upper)::numeric, 4) as upper, count(*) filter (where row(lower, upper, cause) is distinct from row(lower_bridged, upper_bridged, cause_bridged)) as differ
from (
    select missing, month, value, mo.special_cause(value, month) over w as cause, mo.xmr_lower(value, month) over w as lower, mo.xmr_upper(value, month) over w as upper,
        mo.special_cause(value) over w as cause_bridged, mo.xmr_lower(value) over w as lower_bridged, mo.xmr_upper(value) over w as upper_bridged
    from months window w as (partition by missing order by month)
) s group by missing order by missing desc;
-- by hand: mean 76.5 / 14; moving ranges six of 8, one of 5, five of 1, one of 0.5: 58.5 / 13; without one of 1, or without that of 5, in twelve
select v.missing, round(76.5 / 14 - 2.66 * mean, 4) as lower, round(76.5 / 14 + 2.66 * mean, 4) as upper from (values ('none', 58.5 / 13), ('before the seven', 53.5 / 12), ('among the seven', 57.5 / 12)) v (missing, mean);
-- every third month: no neighbours, no limits, no cause
select distinct mo.xmr_lower(m % 2, (date '2020-01-01' + make_interval(months => 3 * m))::date) over w as lower, mo.special_cause(m % 2, (date '2020-01-01' + make_interval(months => 3 * m))::date) over w as cause
from generate_series(1, 20) m window w as (order by m);
-- refused
select mo.special_cause(1, month) over (order by month desc) from months where missing = 'none';
select mo.xmr_lower(1, month) over () from (values (date '2025-01-01'), ('2025-01-31')) s (month);
select mo.xmr_upper(1, null) over ();
select mo.xmr_upper(1, 'infinity') over ();
select mo.xmr_mean('NaN') over ();
select mo.special_cause(v) over () from (values (1), ('infinity'::float8)) s (v);
select mo.xmr_upper(v) over () from (values (1.5e308), (-1.5e308)) s (v);
select mo.special_cause_direction('better');
select mo.special_cause_direction(null) is null as null_in_null_out;
