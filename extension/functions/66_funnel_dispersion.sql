-- Dispersion of organisations about their average beyond chance: phi and tau2 of funnels, systematic component of variation.

create function mo.funnel_proportion_accum(
    state pg_catalog.float8[], numerator pg_catalog.float8, denominator pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_accum';
comment on function mo.funnel_proportion_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregates mo.funnel_proportion_phi and mo.funnel_proportion_tau2.';

create function mo.funnel_proportion_accum(
    state pg_catalog.float8[], numerator pg_catalog.float8, denominator pg_catalog.float8, winsorised pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_accum';
comment on function mo.funnel_proportion_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregates mo.funnel_proportion_phi and mo.funnel_proportion_tau2.';

create function mo.funnel_proportion_phi_final(
    state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_phi';
comment on function mo.funnel_proportion_phi_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.funnel_proportion_phi.';

create function mo.funnel_proportion_tau2_final(
    state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_tau2';
comment on function mo.funnel_proportion_tau2_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.funnel_proportion_tau2.';

create function mo.funnel_rate_accum(
    state pg_catalog.float8[], count pg_catalog.float8, denominator pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_rate_accum';
comment on function mo.funnel_rate_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregates mo.funnel_rate_phi and mo.funnel_rate_tau2.';

create function mo.funnel_rate_accum(
    state pg_catalog.float8[], count pg_catalog.float8, denominator pg_catalog.float8, winsorised pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_rate_accum';
comment on function mo.funnel_rate_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregates mo.funnel_rate_phi and mo.funnel_rate_tau2.';

create function mo.funnel_rate_phi_final(
    state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_rate_phi';
comment on function mo.funnel_rate_phi_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.funnel_rate_phi.';

create function mo.funnel_rate_tau2_final(
    state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_rate_tau2';
comment on function mo.funnel_rate_tau2_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.funnel_rate_tau2.';

create function mo.funnel_dispersion_combine(
    state pg_catalog.float8[], other pg_catalog.float8[])
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_funnel_combine';
comment on function mo.funnel_dispersion_combine(pg_catalog.float8[], pg_catalog.float8[]) is
    'Support function of the aggregates phi and tau2 of funnels.';

create aggregate mo.funnel_proportion_phi(numerator pg_catalog.float8, denominator pg_catalog.float8) (
    sfunc = mo.funnel_proportion_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_proportion_phi_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_proportion_phi(pg_catalog.float8, pg_catalog.float8) is
    'How much more than chance spreads proportions about their average: the mean square of their z-scores on the arcsine square root '
    'scale, winsorised at 10 % at each end so that outliers do not hide themselves. 1 is chance alone; null for fewer than two '
    'organisations. Rows with a missing side or an empty denominator count nothing. Refused: a numerator above its denominator, '
    'negative, NaN or infinite numbers. Spiegelhalter 2005.';

create aggregate mo.funnel_proportion_phi(numerator pg_catalog.float8, denominator pg_catalog.float8, winsorised pg_catalog.float8) (
    sfunc = mo.funnel_proportion_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_proportion_phi_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_proportion_phi(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'As mo.funnel_proportion_phi(numerator, denominator), winsorised at the given part at each end, at least 0 and below 0.5: the same '
    'for every row of a group.';

create aggregate mo.funnel_proportion_tau2(numerator pg_catalog.float8, denominator pg_catalog.float8) (
    sfunc = mo.funnel_proportion_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_proportion_tau2_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_proportion_tau2(pg_catalog.float8, pg_catalog.float8) is
    'Variance between organisations beyond chance, on the arcsine square root scale, for the tau2 of mo.funnel_proportion_lower, '
    'mo.funnel_proportion_upper and mo.funnel_proportion_position: 0 where chance explains the spread; null for fewer than two '
    'organisations. From the winsorised phi by DerSimonian and Laird''s method, as FunnelPlotR. See mo.funnel_proportion_phi.';

create aggregate mo.funnel_proportion_tau2(numerator pg_catalog.float8, denominator pg_catalog.float8, winsorised pg_catalog.float8) (
    sfunc = mo.funnel_proportion_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_proportion_tau2_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_proportion_tau2(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'As mo.funnel_proportion_tau2(numerator, denominator), winsorised at the given part at each end, at least 0 and below 0.5: the same '
    'for every row of a group.';

create aggregate mo.funnel_rate_phi(count pg_catalog.float8, denominator pg_catalog.float8) (
    sfunc = mo.funnel_rate_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_rate_phi_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_rate_phi(pg_catalog.float8, pg_catalog.float8) is
    'How much more than chance spreads rates about their average: the mean square of their z-scores on the square root scale, '
    'winsorised at 10 % at each end so that outliers do not hide themselves. 1 is chance alone; null for fewer than two '
    'organisations. Rows with a missing side or an empty denominator count nothing. Refused: negative, NaN or infinite numbers. '
    'Spiegelhalter 2005.';

create aggregate mo.funnel_rate_phi(count pg_catalog.float8, denominator pg_catalog.float8, winsorised pg_catalog.float8) (
    sfunc = mo.funnel_rate_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_rate_phi_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_rate_phi(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'As mo.funnel_rate_phi(count, denominator), winsorised at the given part at each end, at least 0 and below 0.5: the same '
    'for every row of a group.';

create aggregate mo.funnel_rate_tau2(count pg_catalog.float8, denominator pg_catalog.float8) (
    sfunc = mo.funnel_rate_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_rate_tau2_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_rate_tau2(pg_catalog.float8, pg_catalog.float8) is
    'Variance between organisations beyond chance, relative to the expected count on the square root scale, for the tau2 of '
    'mo.funnel_rate_lower, mo.funnel_rate_upper and mo.funnel_rate_position: 0 where chance explains the spread; null for fewer '
    'than two organisations. From the winsorised phi by DerSimonian and Laird''s method. See mo.funnel_rate_phi.';

create aggregate mo.funnel_rate_tau2(count pg_catalog.float8, denominator pg_catalog.float8, winsorised pg_catalog.float8) (
    sfunc = mo.funnel_rate_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,-1}',
    combinefunc = mo.funnel_dispersion_combine,
    finalfunc = mo.funnel_rate_tau2_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.funnel_rate_tau2(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'As mo.funnel_rate_tau2(count, denominator), winsorised at the given part at each end, at least 0 and below 0.5: the same '
    'for every row of a group.';

create function mo.systematic_component_accum(
    state pg_catalog.float8[], observed pg_catalog.float8, expected pg_catalog.float8)
    returns pg_catalog.float8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_systematic_accum';
comment on function mo.systematic_component_accum(pg_catalog.float8[], pg_catalog.float8, pg_catalog.float8) is
    'Support function of the aggregate mo.systematic_component_of_variation.';

create function mo.systematic_component_combine(
    state pg_catalog.float8[], other pg_catalog.float8[])
    returns pg_catalog.float8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_systematic_combine';
comment on function mo.systematic_component_combine(pg_catalog.float8[], pg_catalog.float8[]) is
    'Support function of the aggregate mo.systematic_component_of_variation.';

create function mo.systematic_component_final(
    state pg_catalog.float8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_systematic_final';
comment on function mo.systematic_component_final(pg_catalog.float8[]) is
    'Support function of the aggregate mo.systematic_component_of_variation.';

create aggregate mo.systematic_component_of_variation(observed pg_catalog.float8, expected pg_catalog.float8) (
    sfunc = mo.systematic_component_accum,
    stype = pg_catalog.float8[],
    initcond = '{0,0,0}',
    combinefunc = mo.systematic_component_combine,
    finalfunc = mo.systematic_component_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.systematic_component_of_variation(pg_catalog.float8, pg_catalog.float8) is
    'Variance of observed over expected between areas beyond chance (McPherson 1982 in the form of Diehr 1990): the mean of '
    '((observed - expected) / expected)^2 - 1 / expected, 0 where that is negative. Often printed times 100. Areas with a '
    'missing side or nothing expected count nothing; null without areas. Refused: negative, NaN or infinite numbers.';
