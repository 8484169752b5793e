-- Small numbers in linked tables
\set VERBOSITY terse
-- a total (cell 1) of five parts: the smallest other goes too; zeros stay; equal ones go together
select mo.hidden_cells('{100,3,12,25,60,0}', '{0,1,0,0,0,0}', array_fill(null::float8, array[6]), '{1,1,1,1,1,1}', '{-1,2,3,4,5,6}', 1, 7) as smallest_too,
    mo.hidden_cells('{112,3,12,12,25,60,0}', '{0,1,0,0,0,0,0}', array_fill(null::float8, array[7]), '{1,1,1,1,1,1,1}', '{-1,2,3,4,5,6,7}', 1, 7) as equal_ones,
    mo.hidden_cells('{3,3,0}', '{1,1,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as total_is_small,
    mo.hidden_cells('{9,1,8}', '{0,1,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as total_tells;
-- two of one, or two of seven, are told by their sum; so is 1 beside 8
select mo.hidden_cells('{34,1,1,12,20}', '{0,1,1,0,0}', array_fill(null::float8, array[5]), '{1,1,1,1,1}', '{-1,2,3,4,5}', 1, 7) as ones,
    mo.hidden_cells('{46,7,7,12,20}', '{0,1,1,0,0}', array_fill(null::float8, array[5]), '{1,1,1,1,1}', '{-1,2,3,4,5}', 1, 7) as sevens,
    mo.hidden_cells('{59,1,8,20,30}', '{0,1,0,0,0}', array_fill(null::float8, array[5]), '{1,1,1,1,1}', '{-1,2,3,4,5}', 1, 7) as one_and_eight;
-- a hidden total hides a part, a hidden part above it another: practices 4 to 9 in PCNs 2 and 3, PCNs in ICB 1; PCN 2 is small
select mo.hidden_cells('{66,6,60,6,0,0,15,20,25}', '{0,1,0,1,0,0,0,0,0}', array_fill(null::float8, array[9]), '{1,1,1,2,2,2,2,3,3,3,3}',
    '{-1,2,3,-2,4,5,6,-3,7,8,9}', 1, 7) as upwards_and_down;
-- where parts do not add up the rest is unknown, so one hidden part is safe; where they do it is not
select mo.hidden_cells('{100,3,12}', '{0,1,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as rest_unknown,
    mo.hidden_cells('{15,3,12}', '{0,1,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as no_rest,
    mo.hidden_cells('{13,7,8}', '{0,1,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as overlap_tells_nothing,
    mo.hidden_cells('{15,7,9}', '{0,1,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as overlap_leaves_6_or_7;
-- linked only by both tables together: rows and columns with two hidden cells each, but one hidden cell joins two squares
with c (cell, r, c, n, small) as (
    select row_number() over (order by r, c) + 13, r, c, case when (r, c) = (3, 3) then 5 else 20 + r * c end,
        ((r <= 2 and c <= 2) or (r >= 4 and c >= 4) or (r, c) in ((3, 3), (3, 2), (4, 3)))::int
    from generate_series(1, 6) r, generate_series(1, 6) c),
    total (cell, n, r, c) as (
        select 1, (select sum(n) from c), null::int, null::int union all
        select 1 + r, sum(n), r, null from c group by r union all select 7 + c, sum(n), null, c from c group by c),
    link (equation, cell) as (
        select r, cell from c union all select r, -(1 + r) from generate_series(1, 6) r union all
        select 6 + c, cell from c union all select 6 + c, -(7 + c) from generate_series(1, 6) c union all
        select 13, 1 + r from generate_series(1, 6) r union all select 13, -1),
    result as (
        select mo.hidden_cells((select array_agg(n::float8 order by cell) from (select cell, n from total union all select cell, n from c) x),
            (select array_agg(s::int2 order by cell) from (select cell, 0 as s from total union all select cell, small from c) x),
            (select array_agg(null::float8) from generate_series(1, 49)), array_agg(equation), array_agg(cell::int), 1, 40) as hidden
        from link)
select r, string_agg(case hidden[cell] when 0 then '.' when 1 then 'x' else 'o' end, '' order by c.c) as cells, max(hidden[1 + r]) as total from c, result group by r order by r;
-- a share of a small denominator (reason 2) may be 0, and is not told by being at most 1
select mo.hidden_cells('{30,1,0,14,15}', '{0,2,2,0,0}', '{100,1,3,40,56}', '{1,1,1,1,1}', '{-1,2,3,4,5}', 1, 7) as shares;
-- amounts that are no whole numbers
-- what is not published (reason 3) is as good as a hidden part, and nothing is hidden for its sake; what is shown elsewhere, too (4), stays, and the next goes
select mo.hidden_cells('{100,3,12,85}', '{0,1,3,0}', array_fill(null::float8, array[4]), '{1,1,1,1}', '{-1,2,3,4}', 1, 7) as beside_unpublished,
    mo.hidden_cells('{100,3,97}', '{0,3,0}', array_fill(null::float8, array[3]), '{1,1,1}', '{-1,2,3}', 1, 7) as unpublished_alone,
    mo.hidden_cells('{100,3,12,85}', '{0,1,4,0}', array_fill(null::float8, array[4]), '{1,1,1,1}', '{-1,2,3,4}', 1, 7) as shown_elsewhere;
select mo.hidden_cells('{10.75,3.5,0.25,7}', '{0,1,0,0}', array_fill(null::float8, array[4]), '{1,1,1,1}', '{-1,2,3,4}', 1, 5) as amounts;
-- nothing to do; null in, null out
select mo.hidden_cells('{}', '{}', '{}', '{}', '{}', 1, 7), mo.hidden_cells('{3}', '{1}', '{null}', '{}', '{}', 1, 7), mo.hidden_cells(null, '{}', '{}', '{}', '{}', 1, 7);
-- an equation without a total, or with two, says nothing
select mo.hidden_cells('{3,4}', '{1,0}', '{null,null}', '{1,1}', '{1,2}', 1, 7), mo.hidden_cells('{3,3}', '{1,0}', '{null,null}', '{1,1}', '{-1,-2}', 1, 7);
-- refused
select mo.hidden_cells('{3}', '{1}', '{null}', '{1}', '{2}', 1, 7);
select mo.hidden_cells('{3}', '{1}', '{null}', '{1}', '{0}', 1, 7);
select mo.hidden_cells('{3}', '{1}', '{null}', '{1}', '{-2147483648}', 1, 7);
select mo.hidden_cells('{3}', '{1}', '{null}', '{2}', '{1}', 1, 7);
select mo.hidden_cells('{3}', '{1}', '{null}', '{-2147483648}', '{1}', 1, 7);
select mo.hidden_cells('{3}', '{5}', '{null}', '{1}', '{1}', 1, 7);
select mo.hidden_cells('{3}', '{null}', '{null}', '{1}', '{1}', 1, 7);
select mo.hidden_cells('{NaN}', '{1}', '{null}', '{1}', '{1}', 1, 7);
select mo.hidden_cells('{3,4}', '{1}', '{null}', '{1}', '{1}', 1, 7);
select mo.hidden_cells('{{3,4}}', '{1}', '{null}', '{1}', '{1}', 1, 7);
select mo.hidden_cells('[0:0]={3}', '{1}', '{null}', '{1}', '{1}', 1, 7);
select mo.hidden_cells('{3}', '{1}', '{null}', '{1}', '{1}', 7, 1);
