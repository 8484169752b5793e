-- Twins of weighted_patients, ratio and rate_per over numeric, which is exact.
\ir harness.psql

create table twin.fact as
    select
        i as id, i % 97 as grp,
        case when random() < 0.02 then null else floor(random() * 5000) end::float8 as patients,
        case when random() < 0.02 then null else random() * 30 end as weight
    from generate_series(1, 120000) i;
analyze twin.fact;

create view twin.exact as
    select
        grp,
        sum(patients::numeric * weight::numeric)::float8 as weighted,
        (sum(coalesce(patients, 0)::numeric) / nullif(sum(coalesce(weight, 0)::numeric), 0))::float8 as ratio
    from twin.fact group by grp;

create view twin.ours as
    select
        grp, mo.weighted_patients(patients, weight) as weighted, mo.ratio(patients, weight) as ratio,
        mo.rate_per(patients, weight, 1000) as rate
    from twin.fact group by grp;

select twin.no_rows($$
    select * from twin.exact e join twin.ours o using (grp)
    where not twin.close(e.weighted, o.weighted, 1e-14) or not twin.close(e.ratio, o.ratio, 1e-14)
        or not twin.close(o.ratio * 1000, o.rate, 1e-14) $$, 'grouped: equal to exact numeric sums');

select twin.ok(
    twin.close(mo.weighted_patients(patients, weight), sum(patients::numeric * weight::numeric)::float8, 1e-15),
    'plain: equal to exact numeric sums to 1e-15') from twin.fact;

select twin.ok(a.w = b.w and a.r = b.r, 'the answer does not depend on the order of the rows')
from (select mo.weighted_patients(patients, weight order by id) as w, mo.ratio(patients, weight order by id) as r from twin.fact) a,
    (select mo.weighted_patients(patients, weight order by patients desc, weight) as w,
        mo.ratio(patients, weight order by weight, patients) as r from twin.fact) b;

select twin.no_rows($$
    select * from (
        select id,
            mo.weighted_patients(patients, weight) over (order by id rows 11 preceding) as ours,
            sum(patients::numeric * weight::numeric) over (order by id rows 11 preceding) as exact
        from twin.fact where id <= 20000) f
    where not twin.close(ours, exact::float8, 1e-14) $$, 'moving frame: equal to exact numeric sums');

create table twin.serial as select * from twin.ours;
call twin.encourage_parallel();
select twin.is_parallel('select mo.weighted_patients(patients, weight), mo.ratio(patients, weight), mo.rate_per(patients, weight, 1000) from twin.fact', 'plain');
select twin.is_parallel('select grp, mo.weighted_patients(patients, weight) from twin.fact group by grp', 'grouped');
select twin.no_rows($$ select grp, weighted, ratio, rate from twin.ours except select grp, weighted, ratio, rate from twin.serial $$,
    'parallel equals serial to the last bit');

select twin.ok(mo.weighted_patients(patients, weight) is null and mo.ratio(patients, weight) is null,
    'empty input gives null') from twin.fact where false;
select twin.ok(mo.weighted_patients(null, weight) is null and mo.ratio(null, null) is null, 'all nulls give null') from twin.fact;
select twin.ok(mo.weighted_patients(3, 0.5) = 1.5 and mo.ratio(3, 4) = 0.75, 'one row') from (values (1)) one;
select '1..' || last_value from twin.checks;
