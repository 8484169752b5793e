-- What the system says of a figure, in words that a pharmacist then edits. Pure text: it says only what it is given.
create or replace function mo_data.figure_text(value double precision, unit text, decimals smallint)
    returns text
    language sql immutable parallel safe
    begin atomic
        select mo_data.display_value(value, unit, 1, decimals);
    end;
comment on function mo_data.figure_text(double precision, text, smallint) is
    'A value inside a sentence: as display_value, without what a rate is per.';

create or replace function mo_data.funnel_concerns(direction text, funnel_position text)
    returns boolean
    language sql immutable parallel safe
    begin atomic
        select coalesce(funnel_position in ('below_998', 'above_998')
            and funnel_position is distinct from case direction when 'higher' then 'above_998' when 'lower' then 'below_998' end, false);
    end;
comment on function mo_data.funnel_concerns(text, text) is
    'Whether a place in the funnel (funnel_position) is beyond the 99.8 % limits and not on the good side; where no direction is good, on '
    'either.';

create or replace function mo_data.exception_sentence(
    reason text, name text, period text, unit text, per double precision, decimals smallint, value double precision,
    value_lower double precision, value_upper double precision, target double precision, year_before double precision, cause text,
    usual_mean double precision, usual_lower double precision, usual_upper double precision, peer_median double precision, peers text)
    returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp -- keeps it out of plans: of few rows, it would cost more to plan than to run
    begin atomic
        select case
                when value is null then null
                when name is null then 'Also '
                else name || ': ' || case when name ~ ' per ' then mo_data.figure_text(value, unit, decimals)
                        else mo_data.display_value(value, unit, per, decimals) end
                    || coalesce(' in ' || period, '')
                    || coalesce(' (95% interval ' || mo_data.display_interval(value_lower, value_upper, unit, 1,
                        decimals) || ')', '') || ', '
            end
            || case
                when reason = 'off target' then
                    case when mo_data.figure_text(value, unit, decimals) = mo_data.figure_text(target, unit, decimals) then 'just ' else '' end
                        || case when value < target then 'below' else 'above' end || ' the target of ' || mo_data.figure_text(target, unit, decimals)
                when reason = 'outside peer limits' then
                    case cause when 'below_998' then 'below' else 'above' end || ' the 99.8% funnel limit around ' || peers
                    || coalesce(' (median of its peers ' || mo_data.figure_text(peer_median, unit, decimals) || ')', '')
                when cause = 'above_upper_limit' or cause = 'below_lower_limit' then
                    case when mo_data.figure_text(value, unit, usual_decimals) in (
                        mo_data.figure_text(usual_lower, unit, usual_decimals), mo_data.figure_text(usual_upper, unit, usual_decimals)) then 'just ' else '' end
                    || case cause when 'above_upper_limit' then 'above' else 'below' end || ' its usual range of '
                    || mo_data.figure_text(usual_lower, unit, usual_decimals) || ' to ' || mo_data.figure_text(usual_upper, unit, usual_decimals)
                when cause = 'increasing_trend' then 'part of a rise over at least seven months in a row'
                when cause = 'decreasing_trend' then 'part of a fall over at least seven months in a row'
                when cause = 'two_of_three_above' then
                    'one of two months in three near the top of its usual range, which ends at '
                    || mo_data.figure_text(usual_upper, unit, usual_decimals)
                when cause = 'two_of_three_below' then
                    'one of two months in three near the bottom of its usual range, which begins at '
                    || mo_data.figure_text(usual_lower, unit, usual_decimals)
                when cause = 'seven_above' then 'one of at least seven months in a row above its mean of '
                    || mo_data.figure_text(usual_mean, unit, usual_decimals)
                when cause = 'seven_below' then 'one of at least seven months in a row below its mean of '
                    || mo_data.figure_text(usual_mean, unit, usual_decimals)
            end
            || coalesce('; ' || mo_data.figure_text(year_before, unit, decimals) || ' a year before', '') || '.'
        from (select case unit when 'count' then 1::smallint else exception_sentence.decimals end as usual_decimals) s;
    end;
comment on function mo_data.exception_sentence(
    text, text, text, text, double precision, smallint, double precision, double precision, double precision, double precision,
    double precision, text, double precision, double precision, double precision, double precision, text) is
    'The drafted sentence of an exception: off target, outside peer limits, or the special cause named (as mo.special_cause). A part that '
    'is null is left out; '
    'without a name it continues what was said of the same figure; null when the value itself is null, so that nothing is said of a '
    'suppressed figure.';
