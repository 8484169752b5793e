-- Weighted list sizes and ratios of sums: the answer does not depend on the order of the rows.

create function mo.weighted_patients_accum(state pg_catalog.float8[], patients pg_catalog.float8, weight pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_weighted_patients_accum';
comment on function mo.weighted_patients_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregate mo.weighted_patients.';

create function mo.weighted_patients_combine(state pg_catalog.float8[], other pg_catalog.float8[])
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_weighted_patients_combine';
comment on function mo.weighted_patients_combine(pg_catalog.float8[], pg_catalog.float8[]) is
    'Support function of the aggregate mo.weighted_patients.';

create function mo.weighted_patients_final(state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_weighted_patients_final';
comment on function mo.weighted_patients_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.weighted_patients.';

create aggregate mo.weighted_patients(patients pg_catalog.float8, weight pg_catalog.float8) (
    sfunc = mo.weighted_patients_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,0,0}',
    combinefunc = mo.weighted_patients_combine,
    finalfunc = mo.weighted_patients_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.weighted_patients(pg_catalog.float8, pg_catalog.float8) is
    'Sum of patients times weight, as for ASTRO-PU: mo.weighted_patients(patients, weight). Rows with a missing side count '
    'nothing; null over no rows; negative, NaN and infinite input is refused. Compensated: independent of row order.';

create function mo.ratio_accum(state pg_catalog.float8[], numerator pg_catalog.float8, denominator pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_ratio_accum';
comment on function mo.ratio_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregate mo.ratio.';

create function mo.rate_per_accum(
    state pg_catalog.float8[], numerator pg_catalog.float8, denominator pg_catalog.float8, per pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_rate_per_accum';
comment on function mo.rate_per_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregate mo.rate_per.';

create function mo.ratio_combine(state pg_catalog.float8[], other pg_catalog.float8[])
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_ratio_combine';
comment on function mo.ratio_combine(pg_catalog.float8[], pg_catalog.float8[]) is
    'Support function of the aggregates mo.ratio and mo.rate_per.';

create function mo.ratio_final(state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_ratio_final';
comment on function mo.ratio_final(pg_catalog.float8[]) is
    'Support function of the aggregates mo.ratio and mo.rate_per.';

create aggregate mo.ratio(numerator pg_catalog.float8, denominator pg_catalog.float8) (
    sfunc = mo.ratio_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,0,0,0,0,0}',
    combinefunc = mo.ratio_combine,
    finalfunc = mo.ratio_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.ratio(pg_catalog.float8, pg_catalog.float8) is
    'Sum of numerators over sum of denominators. A missing side counts 0; a denominator of 0 gives null, never infinity.';

create aggregate mo.rate_per(numerator pg_catalog.float8, denominator pg_catalog.float8, per pg_catalog.float8) (
    sfunc = mo.rate_per_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,0,0,0,0,0}',
    combinefunc = mo.ratio_combine,
    finalfunc = mo.ratio_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.rate_per(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Sum of numerators over sum of denominators, times per: mo.rate_per(incidents, patients, 10000). A missing side counts '
    '0; a denominator of 0 gives null. per must be the same for all rows of a group.';
