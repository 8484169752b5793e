-- Where an organisation stands among its peers: median, percentiles, deciles; the median of the others, percent rank, decile.

create type mo.peer_values;

create function mo.peer_values_in(pg_catalog.cstring) returns mo.peer_values
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_peer_values_in';
comment on function mo.peer_values_in(pg_catalog.cstring) is 'Text input of the type mo.peer_values.';

create function mo.peer_values_out(mo.peer_values) returns pg_catalog.cstring
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_peer_values_out';
comment on function mo.peer_values_out(mo.peer_values) is 'Text output of the type mo.peer_values.';

create function mo.peer_values_recv(pg_catalog.internal) returns mo.peer_values
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_peer_values_recv';
comment on function mo.peer_values_recv(pg_catalog.internal) is 'Binary input of the type mo.peer_values; every byte is checked.';

create function mo.peer_values_send(mo.peer_values) returns pg_catalog.bytea
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_peer_values_send';
comment on function mo.peer_values_send(mo.peer_values) is 'Binary output of the type mo.peer_values.';

create type mo.peer_values (
    input = mo.peer_values_in,
    output = mo.peer_values_out,
    receive = mo.peer_values_recv,
    send = mo.peer_values_send,
    internallength = variable,
    alignment = double,
    storage = external
);
comment on type mo.peer_values is
    'State of the aggregates mo.median, mo.percentile, mo.percentiles and mo.deciles: the fractions asked for and the values '
    'seen, in no order, as {fractions|values}. For passing between servers and workers; not for publishing.';

create function mo.median_accum(state mo.peer_values, value pg_catalog.float8)
    returns mo.peer_values language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_median_accum';
comment on function mo.median_accum(mo.peer_values, pg_catalog.float8) is
    'Support function of the aggregates mo.median and mo.deciles.';

create function mo.percentile_accum(state mo.peer_values, value pg_catalog.float8, fraction pg_catalog.float8)
    returns mo.peer_values language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_percentile_accum';
comment on function mo.percentile_accum(mo.peer_values, pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregate mo.percentile.';

create function mo.percentiles_accum(state mo.peer_values, value pg_catalog.float8, fractions pg_catalog.float8[])
    returns mo.peer_values language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_percentiles_accum';
comment on function mo.percentiles_accum(mo.peer_values, pg_catalog.float8, pg_catalog.float8[]) is
    'Support function of the aggregate mo.percentiles.';

-- Combining copies all values of a group: with the default cost many small groups would be passed between processes, which is
-- slower than one process alone (30 rows a group: measured 1.3 times).
create function mo.peer_values_combine(state mo.peer_values, other mo.peer_values)
    returns mo.peer_values language c immutable strict parallel safe cost 40
    as 'MODULE_PATHNAME', 'mo_peer_values_combine';
comment on function mo.peer_values_combine(mo.peer_values, mo.peer_values) is
    'Support function of the aggregates mo.median, mo.percentile, mo.percentiles and mo.deciles.';

create function mo.median_final(state mo.peer_values)
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_median_final';
comment on function mo.median_final(mo.peer_values) is 'Support function of the aggregate mo.median.';

create function mo.percentile_final(state mo.peer_values)
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_percentile_final';
comment on function mo.percentile_final(mo.peer_values) is 'Support function of the aggregate mo.percentile.';

create function mo.percentiles_final(state mo.peer_values)
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_percentiles_final';
comment on function mo.percentiles_final(mo.peer_values) is 'Support function of the aggregate mo.percentiles.';

create function mo.deciles_final(state mo.peer_values)
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_deciles_final';
comment on function mo.deciles_final(mo.peer_values) is 'Support function of the aggregate mo.deciles.';

-- sspace: about what a group of 30 peers holds, the size of an ICB.
create aggregate mo.median(value pg_catalog.float8) (
    sfunc = mo.median_accum,
    stype = mo.peer_values,
    sspace = 300,
    combinefunc = mo.peer_values_combine,
    finalfunc = mo.median_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.median(pg_catalog.float8) is
    'Median of the peers (type 7), equal to percentile_cont(0.5) to the last bit: mo.median(value). Nulls are no peers; null over '
    'no values; NaN and infinity are refused. Selects instead of sorting, and works in parallel.';

create aggregate mo.percentile(value pg_catalog.float8, fraction pg_catalog.float8) (
    sfunc = mo.percentile_accum,
    stype = mo.peer_values,
    sspace = 300,
    combinefunc = mo.peer_values_combine,
    finalfunc = mo.percentile_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.percentile(pg_catalog.float8, pg_catalog.float8) is
    'Percentile of the peers (type 7), equal to percentile_cont(fraction) to the last bit: mo.percentile(value, 0.9). Nulls are no '
    'peers; null over no values. fraction is from 0 to 1, not null, and the same for all rows of a group; NaN and infinity are refused.';

create aggregate mo.percentiles(value pg_catalog.float8, fractions pg_catalog.float8[]) (
    sfunc = mo.percentiles_accum,
    stype = mo.peer_values,
    sspace = 400,
    combinefunc = mo.peer_values_combine,
    finalfunc = mo.percentiles_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.percentiles(pg_catalog.float8, pg_catalog.float8[]) is
    'Several percentiles at once, in the order of the fractions: mo.percentiles(value, ''{0.05,0.5,0.95}''). As mo.percentile; '
    'fractions is a one-dimensional array without nulls.';

create aggregate mo.deciles(value pg_catalog.float8) (
    sfunc = mo.median_accum,
    stype = mo.peer_values,
    sspace = 300,
    combinefunc = mo.peer_values_combine,
    finalfunc = mo.deciles_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.deciles(pg_catalog.float8) is
    'The nine decile boundaries of the peers, 10th to 90th percentile (type 7), as an array; its fifth element is the median. '
    'Nulls are no peers; null over no values; NaN and infinity are refused. The decile of each row: mo.decile.';

create function mo.median_without_self(value pg_catalog.float8)
    returns pg_catalog.float8 language c window immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_window_median_without_self';
comment on function mo.median_without_self(pg_catalog.float8) is
    'Window function: the median (type 7) of the other rows of the partition: mo.median_without_self(value) over (partition by '
    'icb_code, month). Nulls are no peers; a row whose own value is null gets the median of all others; null where there is no '
    'other. Looks at the whole partition, whatever its ORDER BY and frame. NaN and infinity are refused.';

create function mo.percentile_rank(value pg_catalog.float8)
    returns pg_catalog.float8 language c window immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_window_percentile_rank';
comment on function mo.percentile_rank(pg_catalog.float8) is
    'Window function: percent rank times 100 of the row''s value among the partition''s values that are not null, 0 (lowest) to 100; '
    'ties share the lowest; 0 when alone; null for null (percent_rank() counts nulls as peers). Looks at the whole partition, '
    'whatever its ORDER BY and frame. NaN and infinity are refused.';

create function mo.decile(value pg_catalog.float8)
    returns pg_catalog.int4 language c window immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_window_decile';
comment on function mo.decile(pg_catalog.float8) is
    'Window function: the decile the row''s value is in, 1 (lowest) to 10, by rank as UKHSA''s phe_quantile: 1 + floor(10 * smaller '
    'peers / peers). Ties share the lower decile; null for null and where there are fewer than 10 peers; nulls are no peers. Looks '
    'at the whole partition, whatever its ORDER BY and frame. NaN and infinity are refused.';

create function mo.quintile(value pg_catalog.float8)
    returns pg_catalog.int4 language c window immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_window_quintile';
comment on function mo.quintile(pg_catalog.float8) is
    'Window function: the quintile the row''s value is in, 1 (lowest) to 5, as mo.decile; null where there are fewer than 5 peers.';
