-- Control limits of funnel plots, and where an organisation stands in one.

create function mo.funnel_proportion_lower(
    average pg_catalog.float8, denominator pg_catalog.float8, coverage pg_catalog.float8 default 0.998,
    tau2 pg_catalog.float8 default 0)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_lower_limit';
comment on function mo.funnel_proportion_lower(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Lower funnel limit for a proportion with this denominator, 0 to 1, around the average of all organisations (sum of numerators '
    'over sum of denominators): the proportion whose own Wilson limit touches the average, as PHEindicatormethods. coverage is '
    '0.95 for warning and 0.998 for control limits by custom. tau2 (of mo.funnel_proportion_tau2) above 0 widens the limits for '
    'over-dispersion, on the arcsine scale (Spiegelhalter 2005). A denominator of 0, like a null, gives null. Refused: an '
    'average outside 0 to 1, negative, NaN or infinite numbers, a coverage not strictly between 0 and 1.';

create function mo.funnel_proportion_upper(
    average pg_catalog.float8, denominator pg_catalog.float8, coverage pg_catalog.float8 default 0.998,
    tau2 pg_catalog.float8 default 0)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_upper_limit';
comment on function mo.funnel_proportion_upper(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Upper funnel limit for a proportion with this denominator, 0 to 1; see mo.funnel_proportion_lower.';

create function mo.funnel_rate_lower(
    average_per_unit pg_catalog.float8, denominator pg_catalog.float8, coverage pg_catalog.float8 default 0.998,
    tau2 pg_catalog.float8 default 0)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 100
    as 'MODULE_PATHNAME', 'mo_funnel_rate_lower_limit';
comment on function mo.funnel_rate_lower(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Lower funnel limit for a rate with this denominator, in events per unit of the denominator like average_per_unit (multiply it '
    'for a rate per 1,000): from the Poisson distribution of the expected count, so that an organisation is outside just when '
    'its count has less than the tail probability. 0 where even no events would be no surprise. coverage is 0.95 for warning '
    'and 0.998 for control limits by custom. tau2 (of mo.funnel_rate_tau2) above 0 widens the limits for over-dispersion, on '
    'the square root scale. A denominator of 0, like a null, gives null. Refused: negative, NaN or infinite numbers, a coverage '
    'not strictly between 0 and 1.';

create function mo.funnel_rate_upper(
    average_per_unit pg_catalog.float8, denominator pg_catalog.float8, coverage pg_catalog.float8 default 0.998,
    tau2 pg_catalog.float8 default 0)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 100
    as 'MODULE_PATHNAME', 'mo_funnel_rate_upper_limit';
comment on function mo.funnel_rate_upper(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Upper funnel limit for a rate with this denominator, in events per unit of the denominator; see mo.funnel_rate_lower.';

create function mo.funnel_proportion_position(
    numerator pg_catalog.float8, denominator pg_catalog.float8, average pg_catalog.float8, tau2 pg_catalog.float8 default 0)
    returns pg_catalog.text language c immutable strict parallel safe cost 10
    as 'MODULE_PATHNAME', 'mo_funnel_proportion_position';
comment on function mo.funnel_proportion_position(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Where a proportion stands in its funnel: below_998, below_95, within, above_95 or above_998; on a limit is within. Null where '
    'there is no denominator. Says nothing about good or bad. Refuses what mo.funnel_proportion_lower refuses, and a numerator '
    'above its denominator.';

create function mo.funnel_rate_position(
    count pg_catalog.float8, denominator pg_catalog.float8, average_per_unit pg_catalog.float8, tau2 pg_catalog.float8 default 0)
    returns pg_catalog.text language c immutable strict parallel safe cost 20
    as 'MODULE_PATHNAME', 'mo_funnel_rate_position';
comment on function mo.funnel_rate_position(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Where a rate stands in its funnel: below_998, below_95, within, above_95 or above_998. Null where there is no denominator. '
    'Says nothing about good or bad. Refuses what mo.funnel_rate_lower refuses.';
