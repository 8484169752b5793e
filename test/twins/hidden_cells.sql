-- Twin of suppression in linked tables: within one total the answer is that of a PL/pgSQL twin; over many totals at once it keeps what
-- can be said of each equation in SQL.
\ir harness.psql

-- 120,000 cells in groups of 1 to some 60, small counts and zeros frequent.
create table twin.cell as
    select i as id, (i / 7 + (random() * 6)::int * (i % 2)) as grp,
        case when random() < 0.25 then 0 when random() < 0.3 then floor(random() * 9) else floor(random() * random() * 400) end as n
    from generate_series(1, 120000) i;
analyze twin.cell;

-- The parts of one total: indexes of the hidden ones, the total first.
create function twin.hide(parts float8[], hide_from int, hide_to int) returns int2[]
language plpgsql immutable
as $$
declare
    total float8 := (select sum(n) from unnest(parts) n);
    total_is_hidden int2 := (total between hide_from and hide_to)::int;
    hidden int2[] := (select array_agg((n between hide_from and hide_to)::int::int2 order by i) from unnest(parts) with ordinality t (n, i));
    next float8;
    unsafe boolean;
begin
    loop
        -- known of each hidden part, with its reason: between hide_from and hide_to, or from hide_to + 1
        with part as (
            select n, case h when 1 then hide_from else least(n, hide_to + 1) end as low, case h when 1 then hide_to else 'infinity'::float8 end as high
            from unnest(parts, hidden) t (n, h) where h > 0
        ), whole as (
            select count(*) as parts, sum(n) as n, sum(low) as low, sum(high) filter (where high < 'infinity') as high, count(*) filter (where high = 'infinity') as open from part
        )
        select case when total_is_hidden > 0 then w.parts = 0 else w.parts = 1 or w.parts > 1 and (w.n <= hide_to or exists (
                select from part p
                where least(p.high, w.n - (w.low - p.low))
                    - greatest(p.low, case when w.open - (p.high = 'infinity')::int = 0 then w.n - (coalesce(w.high, 0) - case when p.high < 'infinity' then p.high else 0 end) else p.low end) < 1)) end
            into unsafe from whole w;
        exit when not unsafe;
        select min(n) into next from unnest(parts, hidden) t (n, h) where h = 0 and n > 0;
        exit when next is null and total_is_hidden > 0;
        if next is null then
            total_is_hidden := 2;
        else
            select array_agg(case when h = 0 and n = next then 2 else h end::int2 order by i) into hidden from unnest(parts, hidden) with ordinality t (n, h, i);
        end if;
    end loop;
    return total_is_hidden || hidden;
end $$;

create table twin.grp as
    select grp, array_agg(id order by id) as ids, array_agg(n order by id) as parts, sum(n) as total from twin.cell group by grp;
create function twin.ours(total float8, parts float8[], hide_from int, hide_to int) returns int2[]
language sql stable parallel safe
as $$ select mo.hidden_cells(total || parts, array(select (n between hide_from and hide_to)::int::int2 from unnest(total || parts) n),
    array_fill(null::float8, array[cardinality(parts) + 1]), array_fill(1, array[cardinality(parts) + 1]),
    -1 || array(select i + 1 from generate_series(1, cardinality(parts)) i), hide_from, hide_to) $$;
select twin.no_rows($$ select grp, total, parts, o, t from (select *, twin.ours(total, parts, 1, 7) as o, twin.hide(parts, 1, 7) as t from twin.grp) g where o <> t $$,
    'one total, 1 to 7: equal to the PL/pgSQL');
select twin.no_rows($$ select grp, total, parts, o, t from (select *, twin.ours(total, parts, 30, 90) as o, twin.hide(parts, 30, 90) as t from twin.grp where grp % 10 = 0) g where o <> t $$,
    'a rule that leaves smaller counts: equal');

-- All at once, in three levels: cells of a group, groups by hundreds, hundreds of all; and by the last two digits of the cell across groups.
create table twin.level as
    select 0 as level, id as key, n, grp as up, id % 100 as across from twin.cell
    union all select 1, grp, total, grp / 100, null from twin.grp
    union all select 2, grp / 100, sum(total), 0, null from twin.grp group by 2
    union all select 3, 0, sum(total), null, null from twin.grp
    union all select 4, id % 100, sum(n), null, null from twin.cell group by 2;
create table twin.numbered as select row_number() over (order by level, key) as cell, * from twin.level;
create index on twin.numbered (level, key);
create table twin.link as
    select dense_rank() over (order by t.cell, t.level)::int as equation, t.cell as total, c.cell
    from twin.numbered c join twin.numbered t on t.level = c.level + 1 and t.key = c.up and c.level < 3 or t.level = 4 and c.level = 0 and t.key = c.across;
create table twin.answer as
    select h.cell, h.hidden, n.n, n.level
    from unnest((
        select mo.hidden_cells((select array_agg(n order by cell) from twin.numbered), (select array_agg((n between 1 and 7)::int::int2 order by cell) from twin.numbered),
            (select array_agg(null::float8) from twin.numbered), array_agg(l.equation), array_agg(l.cell), 1, 7)
        from (select equation, cell::int from twin.link union all select distinct equation, -total::int from twin.link) l)) with ordinality h (hidden, cell)
        join twin.numbered n using (cell);
create view twin.equation as
    select l.equation, t.hidden as total_hidden, count(*) filter (where c.hidden > 0) as hidden, sum(c.n) filter (where c.hidden > 0) as rest,
        min(c.n) filter (where c.hidden > 0) as smallest, max(c.n) filter (where c.hidden > 0) as largest
    from twin.link l join twin.answer t on t.cell = l.total join twin.answer c on c.cell = l.cell group by 1, 2;
select twin.ok(count(*) filter (where hidden = 2) > 1000, count(*) || ' cells of five kinds at once: ' || count(*) filter (where hidden = 1) || ' small, '
    || count(*) filter (where hidden = 2) || ' with them') from twin.answer;
select twin.no_rows('select * from twin.answer where (n between 1 and 7) <> (hidden = 1)', 'every small count is hidden as such, and nothing else');
select twin.no_rows('select * from twin.equation where hidden + (total_hidden > 0)::int = 1', 'no equation has one hidden cell');
select twin.no_rows('select * from twin.equation where total_hidden = 0 and hidden > 0 and (rest <= 7 or smallest = largest and largest in (1, 7))',
    'nor are the hidden ones under a shown total too few or all at one end');
select twin.ok(count(*) < 0.01 * (select count(*) from twin.answer), 'hardly a zero is hidden (' || count(*) || ')') from twin.answer where n = 0 and hidden > 0;

call twin.encourage_parallel();
select twin.no_rows($$ select grp from twin.grp where grp % 3 = 0 and twin.ours(total, parts, 1, 7) <> twin.hide(parts, 1, 7) $$, 'parallel scan: equal');
select twin.ok(mo.hidden_cells('{}', '{}', '{}', '{}', '{}', 1, 7) = '{}', 'empty input gives an empty answer');
select twin.ok(twin.ours(5, '{5}', 1, 7) = '{1,1}', 'one cell');
select '1..' || currval('twin.checks');
