-- Twins of small number suppression in SQL and PL/pgSQL, and what nobody may be able to subtract.
\ir harness.psql

-- 120,000 cells in groups of 1 to some 60, small counts and zeros frequent; some unknown.
create table twin.cell as
    select
        i as id, (i / 7 + (random() * 6)::int * (i % 2)) as grp, i % 3000 as large_grp,
        case
            when random() < 0.03 then null when random() < 0.25 then 0 when random() < 0.3 then floor(random() * 9)
            else floor(random() * random() * 400)
        end::int as n
    from generate_series(1, 120000) i;
analyze twin.cell;

-- One count.
create function twin.suppress_count(n bigint, hide_from int, hide_to int, round_to int) returns int
language sql immutable
as $$ select case when n between hide_from and hide_to then null else floor(n::numeric / round_to + 0.5) * round_to end::int $$;
select twin.no_rows($$
    select n, f, t, r from twin.cell, (values (1, 7, 5), (1, 4, 1), (0, 7, 10), (5, 9, 3)) rule (f, t, r)
    where mo.suppress_count(n, f, t, r) is distinct from twin.suppress_count(n, f, t, r) $$, 'suppress_count: equal to the SQL');

-- The cells of one group: indexes of the hidden ones, and whether the total has to be hidden.
create type twin.answer as (hidden boolean[], discloses boolean);
create function twin.hide(cells int[], hide_from int, hide_to int) returns twin.answer
language plpgsql immutable
as $$
declare
    answer twin.answer;
    next int;
    unsafe boolean;
begin
    select array_agg(coalesce(n between hide_from and hide_to, false) order by i) into answer.hidden from unnest(cells) with ordinality t (n, i);
    loop
        select count(*) > 0 and (count(*) < 2 or sum(n) <= hide_to or min(n) = max(n) and min(n) in (hide_from, hide_to)) into unsafe
        from unnest(cells, answer.hidden) t (n, h) where h;
        select min(n) into next from unnest(cells, answer.hidden) t (n, h) where not h and n > 0;
        exit when not unsafe or next is null;
        select array_agg(h or coalesce(n = next, false) order by i) into answer.hidden
        from unnest(cells, answer.hidden) with ordinality t (n, h, i);
    end loop;
    answer.discloses := unsafe;
    return answer;
end $$;

create procedure twin.compare(key text, hide_from int, hide_to int)
language plpgsql
as $$
begin
    drop table if exists twin.ours, twin.theirs;
    execute format($q$ create table twin.ours as
        select %1$s as grp, id, n, mo.hidden_with_siblings(n, %2$s, %3$s) over w as hidden, mo.total_discloses(n, %2$s, %3$s) over w as discloses
        from twin.cell window w as (partition by %1$s) $q$, key, hide_from, hide_to);
    execute format($q$ create table twin.theirs as
        select grp, u.id, u.hidden, (a).discloses
        from (select %1$s as grp, array_agg(id order by id) as ids, twin.hide(array_agg(n order by id), %2$s, %3$s) as a
            from twin.cell group by 1 offset 0) g,
            unnest(ids, (a).hidden) u (id, hidden) $q$, key, hide_from, hide_to);
end $$;

call twin.compare('grp', 1, 7);
select twin.no_rows('select grp, id, hidden, discloses from twin.ours except select grp, id, hidden, discloses from twin.theirs',
    'small groups, 1 to 7: equal to the PL/pgSQL');
select twin.ok(count(*) = 120000 and count(*) filter (where hidden and n > 7) > 1000 and count(*) filter (where discloses) > 100,
    'of which many have siblings hidden, and some have nothing left to hide') from twin.ours;

-- What is published, and what can be worked out from it: total less shown cells.
create view twin.published as
    select grp, count(*) filter (where hidden) as hidden, sum(n) - sum(n) filter (where not hidden) as rest, sum(n) as total,
        min(n) filter (where hidden) as smallest, max(n) filter (where hidden) as largest, bool_or(discloses) as no_total,
        count(*) filter (where not hidden and n > 0) as could_hide
    from (select grp, n, hidden, discloses from twin.ours where n is not null) c group by grp;
select twin.no_rows('select * from twin.published where hidden = 1 and not no_total', 'no hidden cell is the total less the shown cells');
select twin.no_rows('select * from twin.published where hidden > 0 and coalesce(rest, total) <= 7 and not no_total', 'the hidden cells add up to more than hide_to');
select twin.no_rows('select * from twin.published where hidden > 0 and smallest = largest and largest in (1, 7) and not no_total',
    'nor are they all at one end of the rule');
select twin.no_rows('select * from twin.published where no_total and could_hide > 0', 'a total is given up only where nothing is left to hide');
select twin.no_rows('select * from twin.ours where n between 1 and 7 and not hidden or n = 0 and hidden or n is null and hidden',
    'every small count is hidden, no zero and no unknown count is');

drop view twin.published;
call twin.compare('large_grp', 1, 7);
select twin.no_rows('select grp, id, hidden, discloses from twin.ours except select grp, id, hidden, discloses from twin.theirs', 'groups of 40: equal');
call twin.compare('grp', 0, 4);
select twin.no_rows('select grp, id, hidden, discloses from twin.ours except select grp, id, hidden, discloses from twin.theirs', 'zeros hidden as well: equal');
call twin.compare('grp', 30, 90);
select twin.no_rows('select grp, id, hidden, discloses from twin.ours except select grp, id, hidden, discloses from twin.theirs',
    'a rule that leaves smaller counts: equal');

-- the answer does not depend on the order of the rows, nor on how they are read
select twin.no_rows($$
    select id, mo.hidden_with_siblings(n, 1, 7) over (partition by grp order by n desc) from twin.cell
    except select id, mo.hidden_with_siblings(n, 1, 7) over (partition by grp order by id rows current row) from twin.cell $$, 'order and frame make no difference');
select twin.ok(count(*) filter (where hidden) = count(*) filter (where n between 1 and 7) and not bool_or(discloses), 'one partition of 120,000')
from (select n, mo.hidden_with_siblings(n, 1, 7) over () as hidden, mo.total_discloses(n, 1, 7) over () as discloses from twin.cell) t;
call twin.encourage_parallel();
select twin.no_rows('select n from twin.cell where mo.suppress_count(n, 1, 7, 5) is distinct from twin.suppress_count(n, 1, 7, 5)', 'parallel scan: suppress_count equal');

select twin.no_rows('select mo.hidden_with_siblings(n, 1, 7) over () from twin.cell where false', 'empty input gives no rows');
select twin.ok(bool_and(not h), 'all unknown: nothing hidden') from (select mo.hidden_with_siblings(null, 1, 7) over () as h from twin.cell) t;
select twin.ok(mo.hidden_with_siblings(3, 1, 7) over () and mo.total_discloses(3, 1, 7) over () and not mo.hidden_with_siblings(9, 1, 7) over (), 'one row')
from (values (1)) one;
select '1..' || last_value from twin.checks;
