-- Confidence limits of proportions (Wilson) and rates (Byar from 10 events, exact Poisson below).

create function mo.proportion_lower(
    numerator pg_catalog.float8, denominator pg_catalog.float8, confidence pg_catalog.float8 default 0.95)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_interval_proportion_lower';
comment on function mo.proportion_lower(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Lower Wilson score limit of a proportion, 0 to 1: mo.proportion_lower(numerator => 65, denominator => 100, confidence => 0.95). '
    'A denominator of 0, like a null, gives null. Refused: a numerator above its denominator, negative, NaN or infinite '
    'numbers, a confidence not strictly between 0 and 1.';

create function mo.proportion_upper(
    numerator pg_catalog.float8, denominator pg_catalog.float8, confidence pg_catalog.float8 default 0.95)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_interval_proportion_upper';
comment on function mo.proportion_upper(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Upper Wilson score limit of a proportion, 0 to 1; see mo.proportion_lower.';

create function mo.rate_lower(
    count pg_catalog.float8, denominator pg_catalog.float8, per pg_catalog.float8 default 1,
    confidence pg_catalog.float8 default 0.95)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 20
    as 'MODULE_PATHNAME', 'mo_interval_rate_lower';
comment on function mo.rate_lower(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Lower confidence limit of a rate: mo.rate_lower(count => 12, denominator => 4300, per => 10000). Byar''s approximation from 10 '
    'events, exact Poisson limits below; in the unit of count / denominator * per. A denominator of 0, like a null, gives null. '
    'Refused: negative, NaN or infinite numbers, per not above 0, a confidence not strictly between 0 and 1.';

create function mo.rate_upper(
    count pg_catalog.float8, denominator pg_catalog.float8, per pg_catalog.float8 default 1,
    confidence pg_catalog.float8 default 0.95)
    returns pg_catalog.float8 language c immutable strict parallel safe cost 20
    as 'MODULE_PATHNAME', 'mo_interval_rate_upper';
comment on function mo.rate_upper(pg_catalog.float8, pg_catalog.float8, pg_catalog.float8, pg_catalog.float8) is
    'Upper confidence limit of a rate; see mo.rate_lower.';
