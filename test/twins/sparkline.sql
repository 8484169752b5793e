-- Twin of sparkline in SQL.
\ir harness.psql

create table twin.fact as
    select
        i as id, i % 997 as grp, i / 40 as long_grp,
        case when random() < 0.05 then null when i % 997 < 50 then 7 else round((random() * 100)::numeric, 2) end::float8 as value
    from generate_series(1, 120000) i;
create index on twin.fact (id);
analyze twin.fact;

-- The last twelve of an array in order, drawn.
create function twin.sparkline(series float8[]) returns text
language sql immutable
as $$
    with last_twelve as (
        select v, i from unnest(series) with ordinality t (v, i) where i > cardinality(series) - 12),
    range as (select min(v) as low, max(v) as high from last_twelve)
    select case when low is not null then string_agg(
        case
            when v is null then ' '
            when high = low then '▄'
            else substr('▁▂▃▄▅▆▇██', 1 + floor((v - low) / (high - low) * 8)::int, 1)
        end, '' order by i) end
    from last_twelve, range group by low
$$;

select twin.no_rows($$
    select grp, twin.sparkline(array_agg(value order by id)) from twin.fact group by grp
    except select grp, mo.sparkline(value order by id) from twin.fact group by grp $$, 'grouped: equal to the SQL');
select twin.no_rows($$
    select grp, twin.sparkline(array_agg(value order by id)) from twin.fact where id < 8000 group by grp
    except select grp, mo.sparkline(value order by id) from twin.fact where id < 8000 group by grp $$, 'grouped, fewer than twelve: equal to the SQL');
select twin.ok(mo.sparkline(value order by id) = twin.sparkline(array_agg(value order by id)), 'plain: equal to the SQL') from twin.fact;
select twin.no_rows($$
    select id from (select id, mo.sparkline(value) over w as ours, twin.sparkline(array_agg(value) over w) as theirs
        from twin.fact where id <= 10000 window w as (order by id rows 11 preceding)) f where ours is distinct from theirs $$,
    'moving frame of twelve rows: equal to the SQL');
select twin.no_rows($$
    select id from (select id, mo.sparkline(value) over w as ours, twin.sparkline(array_agg(value) over w) as theirs
        from twin.fact where id <= 5000 window w as (order by id rows between 20 preceding and 3 preceding)) f where ours is distinct from theirs $$,
    'moving frame of eighteen rows: equal to the SQL');

-- Cut anywhere, the parts put together in order are the whole.
create aggregate twin.state(float8) (
    sfunc = mo.sparkline_accum, stype = float8[], initcond = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0}');
create aggregate twin.merged(float8[]) (
    sfunc = mo.sparkline_combine, stype = float8[], initcond = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0}', finalfunc = mo.sparkline_final);
select twin.no_rows($$
    select long_grp, whole, parts from (
        select long_grp, mo.sparkline(value order by id) as whole from twin.fact group by 1) a
    join (select long_grp, twin.merged(state order by part) as parts from (
        select long_grp, width_bucket(id % 40, array[0, 1, 3, 20, 33]) as part, twin.state(value order by id) as state
        from twin.fact group by 1, 2) p group by 1) b using (long_grp)
    where whole is distinct from parts $$, 'unequal partners put together in order are the whole');

-- In parallel the order is open; where it does not matter the answer is the same.
call twin.encourage_parallel();
select twin.is_parallel('select grp, mo.sparkline(4) from twin.fact group by grp', 'without an order');
select twin.no_rows($$ select grp, mo.sparkline(4) from twin.fact group by grp having mo.sparkline(4) <> repeat('▄', 12) $$, 'parallel: a flat series');
select twin.no_rows($$
    select grp, twin.sparkline(array_agg(value order by id)) from twin.fact group by grp
    except select grp, mo.sparkline(value order by id) from twin.fact group by grp $$, 'with an order it is never split');

select twin.ok(mo.sparkline(value) is null, 'empty input gives null') from twin.fact where false;
select twin.ok(mo.sparkline(null) is null, 'all nulls give null') from twin.fact;
select twin.ok(mo.sparkline(3) = '▄', 'one row') from (values (1)) one;
select '1..' || last_value from twin.checks;
