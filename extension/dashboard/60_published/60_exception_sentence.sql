-- What the system says of a figure, in words that a pharmacist then edits. Pure text: it says only what it is given.
create or replace function mo_data.figure_text(value double precision, unit text, decimals smallint)
    returns text
    language sql immutable parallel safe
    begin atomic
        select mo_data.display_value(value, unit, 1, decimals);
    end;
comment on function mo_data.figure_text(double precision, text, smallint) is
    'A value inside a sentence: as display_value, without what a rate is per.';

create or replace function mo_data.variation_label(direction text, cause text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when cause is null then null
            when cause = 'common_cause' then 'common cause'
            when direction = 'neither' then 'special cause'
            when (mo.special_cause_direction(cause) > 0) = (direction = 'higher') then 'special cause: improving'
            else 'special cause: concerning'
        end;
    end;
comment on function mo_data.variation_label(text, text) is
    'What a cause that mo.special_cause named means for a KPI of this direction: common cause, special cause: improving, special cause: '
    'concerning; special cause where no direction is good.';

create or replace function mo_data.funnel_position(
    unit text, interval_method text, numerator double precision, denominator double precision, area_numerator double precision,
        area_denominator double precision)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when unit = 'count' or not (denominator > 0 and area_denominator > 0 and numerator >= 0 and area_numerator >= 0) then null
            when interval_method = 'wilson' and numerator <= denominator and area_numerator <= area_denominator
                then mo.funnel_proportion_position(numerator, denominator, area_numerator / area_denominator)
            when interval_method = 'byar' then mo.funnel_rate_position(numerator, denominator, area_numerator / area_denominator)
        end;
    end;
comment on function mo_data.funnel_position(text, text, double precision, double precision, double precision, double precision) is
    'Place of a figure in the funnel around the figure of the area it is compared in: below_998, below_95, within, above_95 or above_998. '
    'Null for KPIs without an interval, counts, and parts that are null.';

create or replace function mo_data.funnel_side(direction text, funnel_position text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when funnel_position is null or funnel_position not in ('below_998', 'above_998') then null
            when direction = 'neither' then 'neither'
            when (funnel_position = 'above_998') = (direction = 'higher') then 'good'
            else 'concerning'
        end;
    end;
comment on function mo_data.funnel_side(text, text) is
    'Of a figure beyond the 99.8 % limits of its funnel: good, concerning, or neither where no direction is good. Null: it is not beyond '
    'them.';

create or replace function mo_data.exception_sentence(
    reason text, name text, period text, unit text, per double precision, decimals smallint, value double precision,
    value_lower double precision, value_upper double precision, target double precision, year_before double precision, cause text,
    usual_mean double precision, usual_lower double precision, usual_upper double precision, peer_median double precision, peers text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
                when value is null then null
                when name is null then 'It was also '
                else name || ' was ' || mo_data.display_value(value, unit, per, decimals) || coalesce(' in ' || period, '')
                    || coalesce(' (95% interval ' || mo_data.figure_text(value_lower, unit, decimals) || ' to '
                        || mo_data.figure_text(value_upper, unit, decimals) || ')', '') || ', '
            end
            || case
                when reason = 'off target' then
                    case when value < target then 'below the target of ' else 'above the target of ' end
                        || mo_data.figure_text(target, unit, decimals)
                when reason = 'outside peer limits' then
                    case cause when 'below_998' then 'below the 99.8% funnel limit around ' else 'above the 99.8% funnel limit around ' end
                        || peers
                    || coalesce(' (median of its peers ' || mo_data.figure_text(peer_median, unit, decimals) || ')', '')
                when cause = 'above_upper_limit' or cause = 'below_lower_limit' then
                    case cause when 'above_upper_limit' then 'above' else 'below' end || ' its usual range of '
                    || mo_data.figure_text(usual_lower, unit, case unit when 'count' then 1::smallint else decimals end) || ' to '
                        || mo_data.figure_text(usual_upper, unit, case unit when 'count' then 1::smallint else decimals end)
                when cause = 'increasing_trend' then 'part of a rise over at least seven months in a row'
                when cause = 'decreasing_trend' then 'part of a fall over at least seven months in a row'
                when cause = 'two_of_three_above' then
                    'one of two months in three near the top of its usual range, which ends at '
                    || mo_data.figure_text(usual_upper, unit, case unit when 'count' then 1::smallint else decimals end)
                when cause = 'two_of_three_below' then
                    'one of two months in three near the bottom of its usual range, which begins at '
                    || mo_data.figure_text(usual_lower, unit, case unit when 'count' then 1::smallint else decimals end)
                when cause = 'seven_above' then 'one of at least seven months in a row above its mean of '
                    || mo_data.figure_text(usual_mean, unit, case unit when 'count' then 1::smallint else decimals end)
                when cause = 'seven_below' then 'one of at least seven months in a row below its mean of '
                    || mo_data.figure_text(usual_mean, unit, case unit when 'count' then 1::smallint else decimals end)
            end
            || coalesce('; it was ' || mo_data.figure_text(year_before, unit, decimals) || ' a year before', '') || '.';
    end;
comment on function mo_data.exception_sentence(
    text, text, text, text, double precision, smallint, double precision, double precision, double precision, double precision,
    double precision, text, double precision, double precision, double precision, double precision, text) is
    'The drafted sentence of an exception: off target, outside peer limits, or the special cause named (as mo.special_cause). A part that '
    'is null is left out; '
    'without a name it continues what was said of the same figure; null when the value itself is null, so that nothing is said of a '
    'suppressed figure.';
