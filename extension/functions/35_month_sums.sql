-- Sums by month and place (practice, PCN ...) in one dense array, and their roll-up to parents.
--
--     select mo.month_sums(practice_no, month, actual_cost_e5, 6300, '2024-04-01', '2026-03-01') from prescribing
--
-- is GROUP BY practice_no, month without the groups. A month's row of it, kept as an int8[] while files load, is a vector from which
-- a year of a PCN's figures is made in a millisecond:
--
--     select v.month, u.pcn_no, u.cost::float8 / nullif(u.weighted, 0) as cost_per_weighted_patient
--     from month_vector v, unnest(mo.roll_up(v.cost, v.pcn_no, 1250), mo.roll_up(v.weighted, v.pcn_no, 1250))
--         with ordinality u (cost, weighted, pcn_no);

create function mo.month_sums_accum(
    state pg_catalog.int8[], place pg_catalog.int4, month pg_catalog.date, value pg_catalog.int8, places pg_catalog.int4,
    from_month pg_catalog.date, to_month pg_catalog.date)
    returns pg_catalog.int8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_month_sums_accum';
comment on function mo.month_sums_accum(
    pg_catalog.int8[], pg_catalog.int4, pg_catalog.date, pg_catalog.int8, pg_catalog.int4, pg_catalog.date, pg_catalog.date) is
    'Support function of the aggregate mo.month_sums.';

create function mo.month_sums_combine(state pg_catalog.int8[], other pg_catalog.int8[])
    returns pg_catalog.int8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_month_sums_combine';
comment on function mo.month_sums_combine(pg_catalog.int8[], pg_catalog.int8[]) is
    'Support function of the aggregate mo.month_sums.';

create aggregate mo.month_sums(
    place pg_catalog.int4, month pg_catalog.date, value pg_catalog.int8, places pg_catalog.int4, from_month pg_catalog.date,
    to_month pg_catalog.date) (
    sfunc = mo.month_sums_accum,
    stype = pg_catalog.int8[],
    combinefunc = mo.month_sums_combine,
    parallel = safe
);
comment on aggregate mo.month_sums(
    pg_catalog.int4, pg_catalog.date, pg_catalog.int8, pg_catalog.int4, pg_catalog.date, pg_catalog.date) is
    'Sums by month and place in one pass, without GROUP BY: mo.month_sums(place, month, value, places, from_month, to_month). An '
    'int8[months][places]; the first subscript is mo.month_index of the month, the second the place, from 1 to places. month is '
    'any day of it; both months of the range are included, at most 192; places and range must be constants. Exact: give '
    'money in whole pence or 1e-5 pounds. Rows without place, month or value, and months outside the range or infinite, count nothing; a '
    'place outside 1 to places and a sum that overflows are refused. Null over no rows. Memory: 8 bytes for each month and place.';

create function mo.roll_up(sums pg_catalog.int8[], parent pg_catalog.int4[], parents pg_catalog.int4)
    returns pg_catalog.int8[] language c immutable strict parallel safe cost 100
    as 'MODULE_PATHNAME', 'mo_roll_up';
comment on function mo.roll_up(pg_catalog.int8[], pg_catalog.int4[], pg_catalog.int4) is
    'Sums of places added up to their parents, practices to PCNs say: element i of sums goes to element parent[i] of the result, '
    'which has as many elements as parents says; 0 where nothing came. A null parent is left out, a null sum is 0. sums of two dimensions, '
    'as of mo.month_sums, are rolled up month by month and keep their first subscripts. A parent outside 1 to parents, lists of '
    'different lengths and overflow are refused. Null in, null out.';
