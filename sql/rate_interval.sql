-- Confidence limits of proportions and rates
-- 65 of 100, 95 % and 99.8 %: the limits published by PHEindicatormethods to ten places
select round(mo.proportion_lower(65, 100)::numeric, 10) as lower95, round(mo.proportion_upper(65, 100)::numeric, 10) as upper95,
    round(mo.proportion_lower(65, 100, 0.998)::numeric, 10) as lower998, round(mo.proportion_upper(65, 100, 0.998)::numeric, 10) as upper998;
-- none and all are exact
select mo.proportion_lower(0, 50) = 0 and mo.proportion_upper(50, 50) = 1 as exact_ends;
-- Byar from 10 events, exact Poisson below; arguments read as a sentence
select round(mo.rate_lower(count => 20, denominator => 100, per => 100)::numeric, 10) as byar_lower,
    round(mo.rate_upper(count => 20, denominator => 100, per => 100)::numeric, 10) as byar_upper,
    round(mo.rate_lower(count => 5, denominator => 100, per => 100, confidence => 0.998)::numeric, 10) as exact_lower,
    round(mo.rate_upper(count => 5, denominator => 100, per => 100, confidence => 0.998)::numeric, 10) as exact_upper;
select mo.rate_lower(0, 10) = 0 as none_lower, round(mo.rate_upper(0, 1)::numeric, 10) as none_upper, round(-ln(0.025), 10) as expected;
-- the confidence may change from row to row
select confidence, round(mo.proportion_lower(3, 10, confidence)::numeric, 8) as lower, round(mo.rate_upper(30, 10, 1, confidence)::numeric, 8) as upper
from unnest('{0.5,0.95,0.998,0.95,0.999999999}'::float8[]) confidence;
-- nothing to divide by, and nulls, give null
select mo.proportion_lower(0, 0) is null and mo.rate_upper(3, 0) is null and mo.proportion_upper(null, 4) is null
    and mo.rate_lower(3, 4, null) is null and mo.rate_lower(3, 4, confidence => null) is null as all_null;
-- very large and very small stay in range
select mo.proportion_lower(1, 1e300) >= 0 and mo.proportion_upper(1e300, 1e300) = 1 and mo.proportion_upper(1e-308, 1e-308) = 1
    and mo.rate_upper(1e300, 1e300) between 0.999999 and 1.000001 as in_range;
-- refused
select mo.proportion_lower(5, 4);
select mo.proportion_lower(5, 0);
select mo.proportion_upper(-1, 4);
select mo.proportion_upper(1, -4);
select mo.proportion_upper('NaN', 4);
select mo.proportion_upper(1, 'infinity');
select mo.proportion_upper(1, 4, 0);
select mo.proportion_upper(1, 4, 1);
select mo.proportion_upper(1, 4, 95);
select mo.proportion_upper(1, 4, 'NaN');
select mo.rate_lower(-1, 4);
select mo.rate_lower(1, 4, per => 0);
select mo.rate_lower(1, 4, per => 'infinity');
select mo.rate_lower(1, 4, confidence => 1);
select mo.rate_upper(1e300, 1e-300);
