-- Control limits of funnel plots
-- proportions about 80.642448 %: the first populations of the published funnel of PHEindicatormethods, in per cent
select population, round((100 * mo.funnel_proportion_lower(0.80642448, population, 0.95))::numeric, 5) as lower95,
    round((100 * mo.funnel_proportion_upper(0.80642448, population, 0.95))::numeric, 5) as upper95,
    round((100 * mo.funnel_proportion_lower(0.80642448, population, 0.998))::numeric, 5) as lower998,
    round((100 * mo.funnel_proportion_upper(0.80642448, population, 0.998))::numeric, 5) as upper998
from generate_series(1, 4) population;
-- the limit is the value whose own Wilson limit touches the average
select round(mo.proportion_upper(400 * mo.funnel_proportion_lower(0.3, 400, 0.95), 400, 0.95)::numeric, 14) as average;
-- rates: 143.68 expected; 182 events are above the 95 % limit and not above the 99.8 % one (published as High (0.025))
select round((1000 * mo.funnel_rate_upper(average_per_unit => 0.1436804295, denominator => 1000, coverage => 0.95))::numeric, 6) as upper95,
    round((1000 * mo.funnel_rate_upper(average_per_unit => 0.1436804295, denominator => 1000, coverage => 0.998))::numeric, 6) as upper998,
    mo.funnel_rate_position(count => 182, denominator => 1000, average_per_unit => 0.1436804295) as position;
-- the default coverage is 0.998
select mo.funnel_rate_lower(0.02, 1000) = mo.funnel_rate_lower(0.02, 1000, 0.998)
    and mo.funnel_proportion_upper(0.2, 70) = mo.funnel_proportion_upper(0.2, 70, 0.998) as default_coverage;
-- no lower limit where even no events would be no surprise
select expected, mo.funnel_rate_lower(expected, 1) > 0 as has_lower, mo.funnel_rate_position(0, 1, expected) as of_none
from unnest('{0,3.6,3.7,6.9,6.91}'::float8[]) expected;
-- averages of 0 and 1, and a denominator of 10^12
select mo.funnel_proportion_lower(0, 10) = 0 and mo.funnel_proportion_upper(0, 10) = 0 and mo.funnel_proportion_lower(1, 10) = 1
    and mo.funnel_proportion_upper(1, 10) = 1 and mo.funnel_rate_upper(0, 10) = 0 as flat;
select round((1e6 * (mo.funnel_rate_upper(0.5, 1e12) - 0.5))::numeric, 6) as upper_rate,
    round((1e6 * (mo.funnel_proportion_upper(0.5, 1e12) - 0.5))::numeric, 6) as upper_proportion;
-- positions
select numerator, mo.funnel_proportion_position(numerator, 100, average => 0.5) as position
from unnest('{30,38,45,50,59.7,60,66,100}'::float8[]) numerator;
-- over-dispersion widens the limits, on a scale that stays within the range
select round(mo.funnel_proportion_lower(0.2, 400, tau2 => 0.01)::numeric, 10) as lower,
    round(mo.funnel_proportion_upper(0.2, 400, tau2 => 0.01)::numeric, 10) as upper,
    round(mo.funnel_rate_lower(0.2, 400, tau2 => 0.01)::numeric, 10) as rate_lower,
    round(mo.funnel_rate_upper(0.2, 400, tau2 => 0.01)::numeric, 10) as rate_upper,
    mo.funnel_proportion_lower(0.2, 4, tau2 => 9) = 0 and mo.funnel_proportion_upper(0.2, 4, tau2 => 9) = 1
    and mo.funnel_rate_lower(0.2, 4, tau2 => 9) = 0 as clipped;
select mo.funnel_proportion_position(120, 400, 0.2) as chance_only, mo.funnel_proportion_position(120, 400, 0.2, tau2 => 0.01) as dispersed,
    mo.funnel_rate_position(120, 400, 0.2) as rate_chance_only, mo.funnel_rate_position(120, 400, 0.2, tau2 => 0.01) as rate_dispersed;
-- nothing to divide by, and nulls, give null
select mo.funnel_proportion_lower(0.2, 0) is null and mo.funnel_rate_upper(0.2, 0) is null and mo.funnel_rate_lower(null, 3) is null
    and mo.funnel_proportion_upper(0.2, 3, tau2 => null) is null and mo.funnel_proportion_position(0, 0, 0.2) is null
    and mo.funnel_rate_position(2, 0, 0.2) is null as all_null;
-- refused
select mo.funnel_proportion_lower(1.2, 10);
select mo.funnel_proportion_lower(-0.1, 10);
select mo.funnel_proportion_lower(0.5, -10);
select mo.funnel_proportion_lower(0.5, 10, 1);
select mo.funnel_proportion_lower(0.5, 10, 0.95, -1);
select mo.funnel_proportion_lower('NaN', 10);
select mo.funnel_rate_lower(-1, 10);
select mo.funnel_rate_lower(1, 'infinity');
select mo.funnel_rate_lower(1e300, 1e300);
select mo.funnel_rate_upper(1, 10, 0);
select mo.funnel_rate_upper(1, 10, tau2 => 'NaN');
select mo.funnel_proportion_position(5, 4, 0.2);
select mo.funnel_rate_position(-5, 4, 0.2);
select mo.funnel_rate_position(5, 4, 'NaN');
