-- The statistics that results use, in one place.
create or replace function mo_data.result_value(unit text, per double precision, numerator double precision, denominator double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case when unit = 'count' then numerator when denominator <> 0 then numerator / denominator * per end;
    end;
comment on function mo_data.result_value(text, double precision, double precision, double precision) is
    'Value of a figure from its parts: numerator / denominator * per, the numerator itself for a count; null when the denominator is 0.';

-- Two functions, and without settings of their own, so that the planner puts their bodies into a query of many rows.
create or replace function mo_data.result_lower(
    interval_method text, per double precision, numerator double precision, denominator double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case -- only what the interval is defined for: a KPI whose parts do not suit its method has none, rather than an error
            when interval_method = 'wilson' and denominator > 0 and numerator between 0 and denominator
                then mo.proportion_lower(numerator, denominator)
            when interval_method = 'byar' and denominator > 0 and numerator >= 0 and numerator = floor(numerator)
                then mo.rate_lower(numerator, denominator, per)
        end;
    end;
comment on function mo_data.result_lower(text, double precision, double precision, double precision) is
    'Lower end of the 95 % interval of a figure; see result_interval.';

create or replace function mo_data.result_upper(
    interval_method text, per double precision, numerator double precision, denominator double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case
            when interval_method = 'wilson' and denominator > 0 and numerator between 0 and denominator
                then mo.proportion_upper(numerator, denominator)
            when interval_method = 'byar' and denominator > 0 and numerator >= 0 and numerator = floor(numerator)
                then mo.rate_upper(numerator, denominator, per)
        end;
    end;
comment on function mo_data.result_upper(text, double precision, double precision, double precision) is
    'Upper end of the 95 % interval of a figure; see result_interval.';

create or replace function mo_data.result_interval(
    interval_method text, per double precision, numerator double precision, denominator double precision,
    out value_lower double precision, out value_upper double precision)
    language sql immutable parallel safe
    begin atomic
        select mo_data.result_lower(interval_method, per, numerator, denominator),
            mo_data.result_upper(interval_method, per, numerator, denominator);
    end;
comment on function mo_data.result_interval(text, double precision, double precision, double precision) is
    '95 % interval of a figure by the KPI''s method: wilson for proportions, byar for counts and rates (exact below 10); null for KPIs '
    'without an interval, and for parts it cannot be given for. For many rows, result_lower and result_upper.';
