-- Twins of phi, tau2 and the systematic component in plain SQL with percentile_cont.
\ir harness.psql

create table twin.fact as
    select i as id, i % 53 as grp, d as denominator, floor(d * least(greatest(0.3 + 0.1 * (random() + random() + random() - 1.5), 0), 1)) as numerator
    from generate_series(1, 120000) i cross join lateral (select floor(exp(random() * 8)) as d where i > 0) s;
update twin.fact set numerator = null where id % 101 = 0;
update twin.fact set denominator = 0, numerator = 0 where id % 103 = 0;
analyze twin.fact;

-- One row a group of a query that gives (grp, numerator, denominator).
create function twin.dispersion(source text, winsorised float8)
    returns table (grp bigint, proportion_phi float8, proportion_tau2 float8, rate_phi float8, rate_tau2 float8)
language plpgsql
as $$
begin
    return query execute format($query$
        with fact as (select * from (%s) f where numerator is not null and denominator > 0),
        total as (select grp, sum(numerator::numeric)::float8 / sum(denominator::numeric)::float8 as average, count(*) as k from fact group by grp),
        score as (
            select grp, k, 4 * denominator as proportion_w, 4 * average * denominator as rate_w,
                2 * sqrt(denominator) * (asin(sqrt(numerator / denominator)) - asin(sqrt(average))) as proportion_z,
                2 * (sqrt(numerator) - sqrt(average * denominator)) as rate_z
            from fact join total using (grp)),
        quantile as (
            select grp, percentile_cont(array[%s, 1 - %s]) within group (order by proportion_z) as proportion_q,
                percentile_cont(array[%s, 1 - %s]) within group (order by rate_z) as rate_q
            from score group by grp),
        mean as (
            select grp, max(k)::float8 as k,
                avg(least(greatest(proportion_z, proportion_q[1]), proportion_q[2]) ^ 2) as proportion_phi,
                avg(least(greatest(rate_z, rate_q[1]), rate_q[2]) ^ 2) as rate_phi,
                sum(proportion_w) - sum(proportion_w ^ 2) / sum(proportion_w) as proportion_spread,
                sum(rate_w) - sum(rate_w ^ 2) / nullif(sum(rate_w), 0) as rate_spread
            from score join quantile using (grp) group by grp)
        select grp::bigint, proportion_phi, greatest((k * proportion_phi - (k - 1)) / proportion_spread, 0), rate_phi,
            coalesce(greatest((k * rate_phi - (k - 1)) / rate_spread, 0), 0)
        from mean where k > 1 $query$, source, winsorised, winsorised, winsorised, winsorised);
end $$;

create view twin.ours as
    select grp, mo.funnel_proportion_phi(numerator, denominator) as proportion_phi, mo.funnel_proportion_tau2(numerator, denominator) as proportion_tau2,
        mo.funnel_rate_phi(numerator, denominator) as rate_phi, mo.funnel_rate_tau2(numerator, denominator) as rate_tau2,
        mo.funnel_rate_tau2(numerator, denominator, 0.25) as rate_tau2_quarter,
        mo.systematic_component_of_variation(numerator, 0.3 * denominator) as scv
    from twin.fact group by grp;

select twin.no_rows($$
    select * from twin.dispersion('select * from twin.fact', 0.1) t full join twin.ours o using (grp)
    where not twin.close(t.proportion_phi, o.proportion_phi, 1e-10) or not twin.close(t.proportion_tau2, o.proportion_tau2, 1e-9)
        or not twin.close(t.rate_phi, o.rate_phi, 1e-10) or not twin.close(t.rate_tau2, o.rate_tau2, 1e-9) $$, 'grouped: phi and tau2');
select twin.no_rows($$
    select * from twin.dispersion('select * from twin.fact', 0.25) t full join twin.ours o using (grp)
    where not twin.close(t.rate_tau2, o.rate_tau2_quarter, 1e-9) $$, 'grouped: a quarter winsorised at each end');
select twin.no_rows($$
    select * from twin.dispersion('select 0 as grp, numerator, denominator from twin.fact', 0.1) t,
        (select mo.funnel_proportion_phi(numerator, denominator) as phi, mo.funnel_rate_tau2(numerator, denominator) as tau2 from twin.fact) o
    where not twin.close(t.proportion_phi, o.phi, 1e-10) or not twin.close(t.rate_tau2, o.tau2, 1e-9) $$, 'plain: one group of all rows');
select twin.no_rows($$
    select * from twin.ours o join (
        select grp, greatest(avg(((numerator - e) / e) ^ 2 - 1 / e), 0) as scv
        from (select grp, numerator, nullif(0.3 * denominator, 0) as e from twin.fact) f group by grp) t using (grp)
    where not twin.close(o.scv, t.scv, 1e-10) $$, 'grouped: systematic component');
select twin.no_rows($$
    with framed as (
        select id, mo.funnel_proportion_phi(numerator, denominator) over frame as phi, mo.funnel_rate_tau2(numerator, denominator) over frame as tau2,
            mo.systematic_component_of_variation(numerator, denominator) over frame as scv
        from twin.fact where id <= 2000 window frame as (order by id rows 11 preceding))
    select * from framed f full join twin.dispersion(
        'select w.id as grp, f.numerator, f.denominator from twin.fact w join twin.fact f on f.id between w.id - 11 and w.id where w.id <= 2000', 0.1) t
        on t.grp = f.id
    where not twin.close(f.phi, t.proportion_phi, 1e-10) or abs(f.tau2 - t.rate_tau2) > 1e-12 $$, 'moving frame: phi and tau2');

create table twin.serial as select * from twin.ours;
call twin.encourage_parallel();
select twin.is_parallel('select mo.funnel_proportion_phi(numerator, denominator), mo.systematic_component_of_variation(numerator, denominator) from twin.fact', 'plain');
select twin.is_parallel('select grp, mo.funnel_rate_tau2(numerator, denominator) from twin.fact group by grp', 'grouped');
select twin.no_rows($$
    select * from twin.ours o join twin.serial s using (grp)
    where not twin.close(o.proportion_phi, s.proportion_phi, 1e-14) or not twin.close(o.proportion_tau2, s.proportion_tau2, 1e-13)
        or not twin.close(o.rate_phi, s.rate_phi, 1e-14) or not twin.close(o.rate_tau2, s.rate_tau2, 1e-13)
        or not twin.close(o.scv, s.scv, 1e-14) $$, 'parallel equals serial');

-- Unequal combine partners, both ways round, against one state.
select twin.no_rows($$
    with part as (
        select array[count(*), -1] || array_agg(v order by id, i) as state, min(id) > 10 as rest
        from (select id, i, v from twin.fact cross join lateral unnest(array[numerator, denominator]) with ordinality u (v, i)
            where id <= 500 and numerator is not null and denominator > 0) f group by id > 10),
    fixed as (select array[(cardinality(state) - 2) / 2, -1] || state[3:] as state, rest from part)
    select * from fixed a, fixed b,
        (select mo.funnel_rate_phi(numerator, denominator) as phi from twin.fact where id <= 500) o
    where not a.rest and b.rest
        and not (twin.close(mo.funnel_rate_phi_final(mo.funnel_dispersion_combine(a.state, b.state)), o.phi, 1e-14)
            and twin.close(mo.funnel_rate_phi_final(mo.funnel_dispersion_combine(b.state, a.state)), o.phi, 1e-14)) $$,
    'unequal combine partners');

select twin.ok(mo.funnel_rate_phi(numerator, denominator) is null and mo.systematic_component_of_variation(numerator, denominator) is null,
    'empty input gives null') from twin.fact where false;
select twin.ok(mo.funnel_rate_phi(null, denominator) is null and mo.systematic_component_of_variation(numerator, null) is null,
    'all nulls give null') from twin.fact;
select twin.ok(mo.funnel_rate_phi(3, 4) is null and mo.systematic_component_of_variation(3, 1) = 3, 'one row') from (values (1)) one;
select '1..' || last_value from twin.checks;
