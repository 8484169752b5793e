-- What a page shows of a series, in one call: the latest month with the sparkline of its year and the control chart of all months.
--
--     select a.org_code, s.*
--     from (select org_code, array_agg(month order by month) as months, array_agg(value order by month) as series
--         from kpi_value group by org_code) a
--         cross join lateral mo.series_latest(a.months, a.series) s;

create function mo.series_latest(
    series_months pg_catalog.date[], series_values pg_catalog.float8[],
    out month pg_catalog.date, out trend_spark pg_catalog.text, out points pg_catalog.int8, out xmr_mean pg_catalog.float8,
    out xmr_lower pg_catalog.float8, out xmr_upper pg_catalog.float8, out special_cause pg_catalog.text)
    language c immutable strict parallel safe cost 50
    as 'MODULE_PATHNAME', 'mo_series_latest';
comment on function mo.series_latest(pg_catalog.date[], pg_catalog.float8[]) is
    'The latest month of a series, given as its months in order and their values (null: none): the last of series_months; the '
    'sparkline of the twelve months to it, as mo.sparkline; how many values there are; and mo.xmr_mean, mo.xmr_lower, mo.xmr_upper of all '
    'values and mo.special_cause of the last. A month that is not there is a gap in both. For very many short '
    'series, whose rows window functions would sort and keep. Null for a series without months. NaN and infinities, months out of order, a month '
    'twice, and lists of different lengths are refused.';
