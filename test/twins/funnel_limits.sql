-- Twins of the funnel limits: the textbook form for proportions, a Poisson distribution added up event by event for rates.
\ir harness.psql

create table twin.level (coverage float8, z float8);
insert into twin.level values (0.95, 1.959963984540054), (0.998, 3.090232306167813);

create table twin.proportion as
    select i as id, random() as average, ceil(exp(random() * 20)) as denominator, random() ^ 3 * 0.1 as tau2 from generate_series(1, 60000) i;
create view twin.proportion_limit as
    select *, mo.funnel_proportion_lower(average, denominator, coverage) as lower, mo.funnel_proportion_upper(average, denominator, coverage) as upper,
        mo.funnel_proportion_lower(average, denominator, coverage, tau2) as lower_dispersed,
        mo.funnel_proportion_upper(average, denominator, coverage, tau2) as upper_dispersed
    from twin.proportion cross join twin.level;

select twin.no_rows($$
    select * from twin.proportion_limit
    where abs(lower - greatest(average - z * sqrt(average * (1 - average) / denominator), 0)) > 1e-14
        or abs(upper - least(average + z * sqrt(average * (1 - average) / denominator), 1)) > 1e-14 $$, 'proportions: limits');
select twin.no_rows($$
    select * from twin.proportion_limit
    where lower > 0 and not twin.close(mo.proportion_upper(lower * denominator, denominator, coverage), average, 1e-12)
        or upper < 1 and not twin.close(mo.proportion_lower(upper * denominator, denominator, coverage), average, 1e-12) $$,
    'proportions: the Wilson limit of a limit is the average');
select twin.no_rows($$
    select * from twin.proportion_limit
    where abs(lower_dispersed - sin(greatest(asin(sqrt(average)) - z * sqrt(1 / (4 * denominator) + tau2), 0)) ^ 2) > 1e-14
        or abs(upper_dispersed - sin(least(asin(sqrt(average)) + z * sqrt(1 / (4 * denominator) + tau2), pi() / 2)) ^ 2) > 1e-14 $$,
    'proportions: over-dispersed limits');

-- Every count from 0 to 199 for 600 expected counts: the chance of it or fewer, and of it or more, by running sums.
create table twin.expected as select i as id, (exp(random() * 7) - 0.9) * 0.1 as mean from generate_series(1, 600) i;
create table twin.count as
    with chance as (
        select id, mean, x, exp(greatest(x * ln(mean) - mean - sum(ln(greatest(x, 1)::float8)) over (partition by id order by x), -700)) as exactly
        from twin.expected cross join generate_series(0, 199) x)
    select *, sum(exactly) over (partition by id order by x) as or_fewer,
        sum(exactly) over (partition by id order by x desc) as or_more from chance;
analyze twin.count;
create view twin.position as
    select *, mo.funnel_rate_position(x, 100, mean / 100) as position, mo.funnel_rate_position(x, 100, mean / 100, 0.02) as dispersed
    from twin.count;

select twin.ok(count(*) >= 100000, 'at least 100,000 rows') from twin.count;
select twin.no_rows($$
    select * from twin.position
    where position <> case when or_more < 0.001 then 'above_998' when or_fewer < 0.001 then 'below_998'
        when or_more < 0.025 then 'above_95' when or_fewer < 0.025 then 'below_95' else 'within' end $$,
    'rates: positions as the Poisson distribution has them');
create table twin.rate_limit as
    select *, mo.funnel_rate_lower(mean / 100, 100, coverage) * 100 as lower, mo.funnel_rate_upper(mean / 100, 100, coverage) * 100 as upper,
        mo.funnel_rate_lower(mean / 100, 100, coverage, 0.02) * 100 as lower_dispersed,
        mo.funnel_rate_upper(mean / 100, 100, coverage, 0.02) * 100 as upper_dispersed
    from twin.expected cross join twin.level;
select twin.no_rows($$
    select * from twin.count join twin.rate_limit using (id)
    where (x > upper) <> (or_more < (1 - coverage) / 2) or (x < lower) <> (or_fewer < (1 - coverage) / 2) $$,
    'rates: a count is outside its limits just when its tail is below the one wanted');
select twin.no_rows($$
    select * from twin.rate_limit
    where not twin.close(upper_dispersed, mean * (1 + z * sqrt(1 / (4 * mean) + 0.02)) ^ 2, 1e-12)
        or abs(lower_dispersed - mean * greatest(1 - z * sqrt(1 / (4 * mean) + 0.02), 0) ^ 2) > 1e-12 $$, 'rates: over-dispersed limits');
select twin.no_rows($$
    select * from twin.position join twin.rate_limit using (id)
    where coverage = 0.95 and (dispersed like 'above%') <> (x > upper_dispersed) or (dispersed like 'below%') <> (x < lower_dispersed)
        and coverage = 0.95 $$, 'rates: over-dispersed positions');

call twin.encourage_parallel();
analyze twin.proportion;
select twin.is_parallel('select sum(mo.funnel_rate_upper(mean, 10)), min(mo.funnel_rate_position(x, 10, mean)) from twin.count', 'the functions run in workers');
select '1..' || last_value from twin.checks;
