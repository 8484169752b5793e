-- A trend in one column of text.

create function mo.sparkline_accum(state pg_catalog.float8[], value pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_sparkline_accum';
comment on function mo.sparkline_accum(pg_catalog.float8[], pg_catalog.float8) is
    'Support function of the aggregate mo.sparkline.';

create function mo.sparkline_combine(state pg_catalog.float8[], later pg_catalog.float8[])
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_sparkline_combine';
comment on function mo.sparkline_combine(pg_catalog.float8[], pg_catalog.float8[]) is
    'Support function of the aggregate mo.sparkline: the second series follows the first.';

create function mo.sparkline_final(state pg_catalog.float8[])
    returns pg_catalog.text language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_sparkline_final';
comment on function mo.sparkline_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.sparkline.';

create aggregate mo.sparkline(value pg_catalog.float8) (
    sfunc = mo.sparkline_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,0,0,0,0,0,0,0,0,0,0,0,0,0}',
    combinefunc = mo.sparkline_combine,
    finalfunc = mo.sparkline_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.sparkline(pg_catalog.float8) is
    'The last twelve values as block characters, oldest first: mo.sparkline(value order by month). Give the order, as with '
    'string_agg; as a window function the window''s order counts: over (order by month rows 11 preceding). Lowest to highest value '
    'in eight bands of equal width; a series without change is at mid-height; a null is a gap (a space) and takes a place; null '
    'where there is no value at all among the last twelve rows. NaN and infinity are refused. In a database that is not UTF8 the '
    'digits 1 to 8 stand for the blocks.';
