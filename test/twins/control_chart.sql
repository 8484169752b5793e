-- Twins of the XmR functions: Making Data Count in window functions of SQL, over random series with gaps, jumps and trends, and
-- over the real A&E series of NHSRdatasets.
\ir harness.psql

create table twin.series as
    select
        c as chart, m as month,
        case
            when random() < 0.02 or c % 50 = 49 then null
            when c % 25 = 5 then (random() < 0.1)::int         -- few events
            when c % 5 = 0 then floor(random() * 6)            -- whole numbers: ties, points on the mean
            when c % 5 = 1 then random() + m * 0.03            -- drift
            when c % 5 = 2 then random() + (m > 20)::int * 0.6 -- step
            when c % 5 = 3 then 5 + 4 * sin(m / 4.0) + random() * 0.3
            else random() * random() * 100
        end::float8 as value
    from generate_series(1, 3000) c, generate_series(1, 8 + c % 36) m;
\set have_real `test -f ../shared/real/spc_series/ae_attendances_2016-2019.csv.gz && echo true || echo false`
\if :have_real
create table twin.attendances (period date, org_code text, type text, attendances float8, breaches float8, admissions float8);
\copy twin.attendances from program 'gzip -dc ../shared/real/spc_series/ae_attendances_2016-2019.csv.gz' with (format csv, header, null 'NA')
insert into twin.series
    select 100000 + dense_rank() over (order by org_code, type), dense_rank() over (order by period), breaches / nullif(attendances, 0)
    from twin.attendances;
\endif
analyze twin.series;

-- Limits
create view twin.limits as
    with ranged as (
        select chart, month, value, abs(value - lag(value) over (partition by chart order by month)) as range from twin.series
    ), screened as (
        select *, 3.267 * avg(range) over (partition by chart) as most from ranged
    ), limits as (
        select chart, (sum(value::numeric) / count(value))::float8 as mean, count(value) as points,
            (nullif(avg(range) filter (where range <= most), case when avg(range) > 0 then 0 end))::float8 as average_range -- only ranges of 0 left of a series that varies: none
        from screened group by chart
    )
    select chart, mean, points, mean - 2.66 * average_range as lower, mean + 2.66 * average_range as upper,
        mean - 2 * (2.66::float8 / 3) * average_range as near_lower, mean + 2 * (2.66::float8 / 3) * average_range as near_upper
    from limits;

create view twin.ours as
    select chart, month, value, mo.xmr_mean(value) over w as mean, mo.xmr_lower(value) over w as lower, mo.xmr_upper(value) over w as upper,
        mo.special_cause(value) over w as cause
    from twin.series window w as (partition by chart order by month);

select twin.no_rows($$
    select o.* from twin.ours o join twin.limits l using (chart)
    where not twin.close(o.mean, l.mean) or not twin.close(o.lower, l.lower, 1e-9) or not twin.close(o.upper, l.upper, 1e-9)
        and abs(o.upper - l.upper) > 1e-12 $$, 'mean and limits');

-- Causes: each rule looks at the windows of 7 or 3 rows that a point is in. Gaps make a window null, never true.
create view twin.causes as
    with judged as (
        select s.chart, month, value, points, mean, upper,
            value > upper as high, value < lower as low, sign(value - mean) as side,
            case when value > upper or value < lower then 0 when value > near_upper or value < near_lower then 1 else 0 end as near,
            sign(value - lag(value) over (partition by s.chart order by month)) as step
        from twin.series s join twin.limits l using (chart)
    ), windows as (
        select *,
            count(*) over w7 = 7 and count(side) over w7 = 7 and abs(sum(side) over w7) = 7 as run_ends,
            count(*) over w7 = 7 and count(step) over w6 = 6 and sum(step) over w6 = 6 as rise_ends,
            count(*) over w7 = 7 and count(step) over w6 = 6 and sum(step) over w6 = -6 as fall_ends,
            count(side) over w3 = 3 and abs(sum(side) over w3) = 3 and sum(near) over w3 >= 2 as pair_ends
        from judged
        window w7 as (partition by chart order by month rows 6 preceding), w6 as (partition by chart order by month rows 5 preceding),
            w3 as (partition by chart order by month rows 2 preceding)
    ), marked as (
        select *,
            bool_or(run_ends) over (partition by chart order by month rows between current row and 6 following) as run,
            bool_or(rise_ends) over (partition by chart order by month rows between current row and 6 following) as rise,
            bool_or(fall_ends) over (partition by chart order by month rows between current row and 6 following) as fall,
            bool_or(pair_ends) over (partition by chart order by month rows between current row and 2 following) as pair,
            lead(step) over (partition by chart order by month) as next_step
        from windows
    )
    select chart, month,
        case
            when value is null or points < 12 or upper is null then null
            when high then 'above_upper_limit'
            when low then 'below_lower_limit'
            when rise and fall then case when next_step > 0 then 'increasing_trend' else 'decreasing_trend' end
            when rise then 'increasing_trend'
            when fall then 'decreasing_trend'
            when pair and near = 1 then 'two_of_three_' || case when side > 0 then 'above' else 'below' end
            when run then 'seven_' || case when side > 0 then 'above' else 'below' end
            else 'common_cause'
        end as cause
    from marked;

create table twin.expected as select * from twin.causes;
select twin.no_rows($$
    select chart, month, value, o.cause as ours, e.cause as expected from twin.ours o join twin.expected e using (chart, month)
    where o.cause is distinct from e.cause $$, 'special causes');
select twin.ok(count(distinct cause) = 9, 'the data hold every cause') from twin.ours;
select twin.ok(bool_and(ours.cause is not distinct from whole.cause), 'the frame does not matter')
from (select chart, month, mo.special_cause(value) over (partition by chart order by month rows between 1 preceding and current row) as cause
    from twin.series) ours join twin.ours whole using (chart, month);

-- One partition of 200,000 points: computed once, not once a row.
create table twin.long_series as select i as month, random() as value from generate_series(1, 200000) i;
set statement_timeout = '20s';
select twin.ok(count(*) = 200000 and count(distinct mean) = 1, 'a long partition is linear')
from (select mo.special_cause(value) over (order by month) as cause, mo.xmr_mean(value) over (order by month) as mean from twin.long_series) s;
reset statement_timeout;
select twin.ok(count(*) = 0, 'empty input') from (select mo.special_cause(value) over (order by month) from twin.series where false) s;
select twin.ok(bool_and(cause is null and mean is null and upper is null), 'all nulls') from twin.ours where chart % 50 = 49 and chart < 3001;
\if :have_real
select twin.ok(count(*) > 12000, 'the real A&E series were among them') from twin.ours where chart > 100000;
\else
select 'ok ' || nextval('twin.checks') || ' - the real A&E series # skip ../shared is not here';
\endif
select '1..' || last_value from twin.checks;
