-- Twins of the intervals: Wilson and Byar in their textbook form, exact Poisson limits by adding up the distribution.
\ir harness.psql

-- Textbook forms, with published normal deviates.
create table twin.level (confidence float8, z float8);
insert into twin.level values (0.95, 1.959963984540054), (0.998, 3.090232306167813), (0.8, 1.2815515655446004);

create function twin.wilson_limit(x float8, n float8, z float8, side int) returns float8 language sql immutable
as $$ select (2 * x + z ^ 2 + side * z * sqrt(z ^ 2 + 4 * x * (1 - x / n))) / (2 * (n + z ^ 2)) $$;
create function twin.byar(x float8, z float8) returns float8 language sql immutable
as $$ select x * (1 - 1 / (9 * x) + z / (3 * sqrt(x))) ^ 3 $$;
-- The chance of at most x events where `mean` are expected.
create function twin.poisson(x int, mean float8) returns float8 language sql immutable
as $$ select sum(exp(-mean) * mean ^ i / factorial(i)::float8) from generate_series(0, x) i $$;

create table twin.fact as
    select i as id, l.confidence, l.z, floor(random() * n.denominator) as numerator, n.denominator
    from generate_series(1, 120000) i
        cross join lateral (select ceil(exp(random() * 20)) as denominator where i > 0) n
        join twin.level l on l.z > 0 and (i % 3 = 0) = (l.confidence = 0.8) and (i % 3 = 1) = (l.confidence = 0.95);
update twin.fact set numerator = null where id % 101 = 0;
update twin.fact set denominator = null where id % 103 = 0;
update twin.fact set numerator = 0 where id % 107 = 0;
analyze twin.fact;

create view twin.ours as
    select *, mo.proportion_lower(numerator, denominator, confidence) as proportion_lower,
        mo.proportion_upper(numerator, denominator, confidence) as proportion_upper,
        mo.rate_lower(numerator, denominator, 1000, confidence) as rate_lower,
        mo.rate_upper(numerator, denominator, 1000, confidence) as rate_upper
    from twin.fact;

select twin.ok(count(*) >= 100000, 'at least 100,000 rows') from twin.fact;
select twin.no_rows($$
    select * from twin.ours
    where abs(proportion_lower - twin.wilson_limit(numerator, denominator, z, -1)) > 1e-14
        or not twin.close(proportion_upper, twin.wilson_limit(numerator, denominator, z, 1), 1e-12) $$, 'Wilson limits');
select twin.no_rows($$
    select * from twin.ours
    where numerator >= 10 and (not twin.close(rate_lower, twin.byar(numerator, -z) / denominator * 1000, 1e-12)
        or not twin.close(rate_upper, twin.byar(numerator + 1, z) / denominator * 1000, 1e-12)) $$, 'Byar''s limits from 10 events');
select twin.no_rows($$
    select * from twin.ours
    where numerator between 1 and 9 and denominator is not null
        and not twin.close(1 - twin.poisson(numerator::int - 1, rate_lower * denominator / 1000), (1 - confidence) / 2, 1e-9) $$,
    'exact lower limits below 10 events');
select twin.no_rows($$
    select * from twin.ours
    where numerator <= 9 and denominator is not null and not twin.close(twin.poisson(numerator::int, rate_upper * denominator / 1000), (1 - confidence) / 2, 1e-9) $$,
    'exact upper limits below 10 events');
select twin.no_rows($$
    select * from twin.ours
    where (num_nulls(numerator, denominator) > 0) <> (num_nulls(proportion_lower, proportion_upper, rate_lower, rate_upper) = 4)
        or num_nulls(proportion_lower, proportion_upper, rate_lower, rate_upper) not in (0, 4) $$,
    'null just where a side is missing');
select twin.no_rows($$
    select * from twin.ours
    where not (proportion_lower <= numerator / denominator and numerator / denominator <= proportion_upper
        and rate_lower <= numerator / denominator * 1000 and numerator / denominator * 1000 <= rate_upper) $$, 'the value lies between its limits');

create table twin.serial as select * from twin.ours;
call twin.encourage_parallel();
select twin.is_parallel('select sum(rate_upper), sum(proportion_lower) from twin.ours', 'the functions run in workers');
select twin.no_rows($$ select * from twin.ours except select * from twin.serial $$, 'parallel equals serial to the last bit');
select '1..' || last_value from twin.checks;
