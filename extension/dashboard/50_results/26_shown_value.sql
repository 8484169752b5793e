-- What readers see of a stored result: for what is made of several figures when results are stored. One figure is read through kpi_shown.
create or replace function mo_data.shown_value(
    hidden smallint, value double precision, numerator double precision, denominator double precision, unit text, per double precision,
    interval_method text, round_to integer)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case
            when hidden > 0 then null
            when round_to > 1
                then mo_data.result_value(unit, per, mo_data.rounded_numerator(numerator, denominator, interval_method, round_to), denominator)
            else value
        end;
    end;
comment on function mo_data.shown_value(smallint, double precision, double precision, double precision, text, double precision, text, integer) is
    'The value of a result as readers see it: null where it is hidden, of the rounded numerator where the KPI rounds (as kpi_shown).';
revoke all on function mo_data.shown_value(smallint, double precision, double precision, double precision, text, double precision, text, integer)
    from public;
