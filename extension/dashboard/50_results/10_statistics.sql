-- The statistics that results use, in one place.
create or replace function mo_data.result_value(unit text, per double precision, numerator double precision, denominator double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case when unit = 'count' then numerator when denominator <> 0 then numerator / denominator * per end;
    end;
comment on function mo_data.result_value(text, double precision, double precision, double precision) is
    'Value of a figure from its parts: numerator / denominator * per, the numerator itself for a count; null when the denominator is 0.';

create or replace function mo_data.result_interval(
    interval_method text, per double precision, numerator double precision, denominator double precision,
    out value_lower double precision, out value_upper double precision)
    language sql immutable parallel safe
    begin atomic
        select -- Wilson's score interval; z is the 97.5 % point of the normal distribution
            case when ok then greatest(0, (2 * numerator + zz - z * sqrt(zz + 4 * numerator * (1 - numerator / denominator)))
                / (2 * (denominator + zz))) end,
            case when ok then least(1, (2 * numerator + zz + z * sqrt(zz + 4 * numerator * (1 - numerator / denominator)))
                / (2 * (denominator + zz))) end
        from (values (1.959963984540054::double precision, 3.841458820694124::double precision,
            coalesce(interval_method = 'wilson' and denominator > 0 and numerator between 0 and denominator, false))) as c (z, zz, ok);
    end;
comment on function mo_data.result_interval(text, double precision, double precision, double precision) is
    '95 % interval of a figure by the KPI''s method: wilson for proportions; null for KPIs without an interval or parts it cannot be given for.';

create or replace function mo_data.spark_text(series double precision[])
    returns text
    language sql immutable parallel safe
    begin atomic
        select string_agg(
            case
                when x.value is null then ' '
                when r.highest = r.lowest then '▄'
                else substr('▁▂▃▄▅▆▇█', 1 + least(7, floor((x.value - r.lowest) / (r.highest - r.lowest) * 8))::integer, 1)
            end, '' order by x.position)
        from unnest(series) with ordinality as x (value, position)
            cross join (select min(y.value) as lowest, max(y.value) as highest from unnest(series) as y (value)) r;
    end;
comment on function mo_data.spark_text(double precision[]) is
    'Values as block characters, lowest to highest of the series; a blank where there is no value.';
