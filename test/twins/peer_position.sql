-- Twins of the peer aggregates: percentile_cont, to the last bit. Twins of the window functions: SQL over the other rows.
\ir harness.psql

create table twin.fact as
    select
        i as id, (random() * random() * 40)::int as grp, i / 30 as icb,
        case when random() < 0.03 then null when random() < 0.3 then floor(random() * 20) else random() * 1e6 - 5e5 end as value
    from generate_series(1, 120000) i;
analyze twin.fact;

create function twin.tenths() returns float8[] language sql immutable as $$ select '{0.1,0.2,0.3,0.4,0.5,0.6,0.7,0.8,0.9}'::float8[] $$;

create view twin.exact as
    select
        grp, percentile_cont(0.5) within group (order by value) as median, percentile_cont(0.95) within group (order by value) as p95,
        percentile_cont(twin.tenths()) within group (order by value) as deciles,
        percentile_cont('{1,0,0.333333,0.999}'::float8[]) within group (order by value) as several
    from twin.fact group by grp;
create view twin.ours as
    select
        grp, mo.median(value) as median, mo.percentile(value, 0.95) as p95, mo.deciles(value) as deciles,
        mo.percentiles(value, '{1,0,0.333333,0.999}') as several
    from twin.fact group by grp;

select twin.no_rows('select * from twin.exact except select * from twin.ours', 'grouped: equal to percentile_cont');
select twin.ok(
    mo.median(value) = percentile_cont(0.5) within group (order by value)
    and mo.deciles(value) = percentile_cont(twin.tenths()) within group (order by value)
    and mo.percentile(value, 0) = min(value) and mo.percentile(value, 1) = max(value), 'plain: equal to percentile_cont') from twin.fact;
select twin.no_rows($$
    select icb, percentile_cont(0.5) within group (order by value), percentile_cont(twin.tenths()) within group (order by value)
    from twin.fact group by icb
    except select icb, mo.median(value), mo.deciles(value) from twin.fact group by icb $$, 'groups of 30: equal to percentile_cont');
select twin.ok(mo.median(value order by id) = mo.median(value order by value desc), 'the order of the rows makes no difference') from twin.fact;

set work_mem = '64kB';
select twin.no_rows('select * from twin.exact except select * from twin.ours', 'work_mem of 64 kB: equal to percentile_cont');
select twin.no_rows($$
    select id % 50000, percentile_cont(0.25) within group (order by value) from twin.fact group by 1
    except select id % 50000, mo.percentile(value, 0.25) from twin.fact group by 1 $$, 'work_mem of 64 kB, many groups spilled: equal');
select twin.ok(mo.median(v) = 500000.5 and mo.percentile(v, 0.1) = percentile_cont(0.1) within group (order by v),
    'work_mem of 64 kB, a million rows in one group') from (select ((i * 7919) % 1000003)::float8 as v from generate_series(1, 1000002::bigint) i
    where (i * 7919) % 1000003 <= 1000000) t;
reset work_mem;

create table twin.frame as
    select id, value, mo.median(value) over w as ours, mo.percentiles(value, '{0.1,0.8}') over w as several
    from twin.fact where id <= 20000 window w as (order by id rows 11 preceding);
select twin.no_rows($$
    select id, ours, several, exact, exacts from twin.frame f
    cross join lateral (select percentile_cont(0.5) within group (order by value) as exact,
        percentile_cont('{0.1,0.8}'::float8[]) within group (order by value) as exacts
        from twin.fact p where p.id between f.id - 11 and f.id and p.id <= 20000) e
    where id % 7 = 0 and (ours, several) is distinct from (exact, exacts) $$, 'moving frame: equal to percentile_cont');

-- window functions: the other rows, one by one
create table twin.position as
    select icb, id, value, mo.median_without_self(value) over w as without_self, mo.percentile_rank(value) over w as percentile,
        mo.decile(value) over w as decile, mo.quintile(value) over w as quintile
    from twin.fact window w as (partition by icb);
create index on twin.position (icb);
select twin.no_rows($$
    select p.id, without_self, exact from twin.position p cross join lateral (
        select percentile_cont(0.5) within group (order by o.value) as exact from twin.position o where o.icb = p.icb and o.id <> p.id) e
    where p.icb < 2000 and without_self is distinct from exact $$, 'median_without_self: equal to percentile_cont of the other rows');
create view twin.rank as
    select icb, id, rank() over w - 1 as below, count(*) over (partition by icb) as peers, percent_rank() over w * 100 as percentile
    from twin.fact where value is not null window w as (partition by icb order by value);
select twin.no_rows($$
    select id, percentile, decile, quintile from twin.position where value is not null
    except select id, percentile, case when peers >= 10 then 1 + 10 * below / peers end, case when peers >= 5 then 1 + 5 * below / peers end
    from twin.rank $$, 'percentile_rank, decile and quintile: equal to SQL over the rows that are not null');
select twin.no_rows('select * from twin.position where value is null and (percentile, decile, quintile) is distinct from (null, null, null)',
    'a null has no position');
-- In one large partition removing a value moves the median by half a place: between the values beside the middle.
create table twin.sorted as
    select id, value, row_number() over (order by value, id) as place, count(*) over () as peers from twin.fact where value is not null;
create unique index on twin.sorted (place);
select twin.no_rows($$
    select s.id from (select id, value, place, peers, mo.median_without_self(value) over () as ours from twin.sorted) s
    join twin.sorted low on low.place = s.peers / 2 + (s.place <= s.peers / 2)::int
    join twin.sorted high on high.place = (s.peers + 1) / 2 + (s.place <= (s.peers + 1) / 2)::int
    where ours is distinct from case when s.peers % 2 = 0 then low.value else low.value + 0.5 * (high.value - low.value) end $$,
    'median_without_self: one partition of 120,000');

-- parallel, and the combine function by itself
create table twin.serial as select * from twin.ours;
call twin.encourage_parallel();
select twin.is_parallel('select mo.median(value), mo.deciles(value), mo.percentile(value, 0.95), mo.percentiles(value, ''{0.1}'') from twin.fact', 'plain');
select twin.is_parallel('select grp, mo.median(value) from twin.fact group by grp', 'grouped');
select twin.no_rows('select * from twin.ours except select * from twin.serial', 'parallel equals serial to the last bit');
reset max_parallel_workers_per_gather;

create aggregate twin.state(float8) (sfunc = mo.median_accum, stype = mo.peer_values);
create aggregate twin.merged(mo.peer_values) (sfunc = mo.peer_values_combine, stype = mo.peer_values, finalfunc = mo.median_final);
create table twin.part as select floor(ln(id)) as part, twin.state(value) as state from twin.fact group by 1;
select twin.ok(count(*) > 10 and twin.merged(state order by part) = (select median from (select mo.median(value) as median from twin.fact) m)
    and twin.merged(state order by part desc) = twin.merged(state order by part), 'unequal partners, 1 to 70,000 rows, in both orders') from twin.part;
select twin.no_rows('select part from twin.part where (state::text)::mo.peer_values::text <> state::text or mo.median_final(state::text::mo.peer_values) is distinct from mo.median_final(state)',
    'a state written out and read again is the same');

select twin.ok(mo.median(value) is null and mo.percentile(value, 0.5) is null and mo.percentiles(value, '{0.5}') is null and mo.deciles(value) is null,
    'empty input gives null') from twin.fact where false;
select twin.ok(mo.median(null) is null and mo.percentile(null, 0.5) is null and mo.percentiles(null, '{0.5}') is null and mo.deciles(null) is null,
    'all nulls give null') from twin.fact;
select twin.ok(mo.median(3) = 3 and mo.percentile(3, 0.9) = 3 and mo.deciles(3) = '{3,3,3,3,3,3,3,3,3}', 'one row') from (values (1)) one;
select twin.ok(mo.median_without_self(3) over () is null and mo.percentile_rank(3) over () = 0 and mo.decile(3) over () is null, 'one row has no others')
from (values (1)) one;
select '1..' || last_value from twin.checks;
