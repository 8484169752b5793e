-- The state of a figure by the calendar, in one place. Pure functions: views call them with the reader's rights.
create or replace function mo_data.figure_due(month date, time_basis text, expected_lag_days integer, driver_replaces text)
    returns date
    language sql immutable parallel safe
    begin atomic
        select case when time_basis <> 'annual' and driver_replaces is not null then (month + interval '1 month')::date - 1 + expected_lag_days end;
    end;
comment on function mo_data.figure_due(date, text, integer, text) is
    'Day from which the figure of a month can be complete: expected_lag_days after the month''s end. Null where it is complete once it is '
    'there: its driver is a national publication of whole months, with a loader of its own (mo_data.source.replaces is null), or it is made once a '
    'year. For the published views.';

create or replace function mo_data.next_figure_due(month date, time_basis text, expected_lag_days integer)
    returns date
    language sql immutable parallel safe
    begin atomic
        select case time_basis
            -- financial years begin on 1 April; no function of mo, so that fact_kpi outlives the extension
            when 'annual' then (date_trunc('year', month - interval '3 months') + interval '2 years 3 months')::date - 1 + expected_lag_days
            else (month + interval '2 months')::date - 1 + expected_lag_days
        end;
    end;
comment on function mo_data.next_figure_due(date, text, integer) is
    'Day from which the figure after that of a month can be complete: of the next month, or, of a KPI made once a year, of the next financial '
    'year. For the published views.';

create or replace function mo_data.value_status(is_hidden boolean, value double precision, due date, next_due date, today date)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when is_hidden then 'suppressed'
            when today < due then 'not_due'
            when value is null then 'no_data'
            when next_due < today then 'stale'
            else 'ok'
        end;
    end;
comment on function mo_data.value_status(boolean, double precision, date, date, date) is
    'State of a figure: suppressed, not_due (before figure_due: not there, or there but not yet complete), no_data, stale (the latest one, and '
    'the next was due; next_due is null for figures that are not the latest) or ok. For the published views.';

create or replace function mo_data.spc_variation_label(cause text, direction text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when cause is null then null
            when cause = 'common_cause' then 'common cause'
            when coalesce(direction, '') not in ('higher', 'lower') then 'special cause'
            when mo.special_cause_direction(cause) = case direction when 'higher' then 1 else -1 end then 'special cause: improving'
            else 'special cause: concerning'
        end;
    end;
comment on function mo_data.spc_variation_label(text, text) is
    'What a cause of mo.special_cause means for a KPI with this direction of good; with neither it is neither an improvement nor a concern. '
    'Null: no cause is known. For the published views.';

create or replace function mo_data.spc_assurance_label(lower_limit double precision, upper_limit double precision, target double precision, direction text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case
            when lower_limit is null or upper_limit is null or target is null or direction not in ('higher', 'lower') then null
            when direction = 'higher' and lower_limit > target or direction = 'lower' and upper_limit < target then 'consistently meets target'
            when direction = 'higher' and upper_limit < target or direction = 'lower' and lower_limit > target then 'consistently misses target'
            else 'meets and misses target'
        end;
    end;
comment on function mo_data.spc_assurance_label(double precision, double precision, double precision, text) is
    'Whether months within the process limits meet the target: all of them, none, or some by chance (NHS England, Making Data Count). Null: no '
    'limits, no target or no good direction. For the published views.';

create or replace function mo_data.significance_label(value_lower double precision, value_upper double precision, peer_value double precision)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case when value_lower > peer_value then 'higher' when value_upper < peer_value then 'lower'
            when value_lower <= peer_value and value_upper >= peer_value then 'similar' end;
    end;
comment on function mo_data.significance_label(double precision, double precision, double precision) is
    'similar where the 95 % interval of a value holds the peer value, else higher or lower. Null: no interval, or no peer value. For the '
    'published views.';

create or replace function mo_data.display_interval(
    value_lower double precision, value_upper double precision, unit text, per double precision, decimals smallint)
    returns text
    language sql stable parallel safe
    begin atomic
        select mo_data.display_value(value_lower, unit, 1, decimals) || ' to ' || mo_data.display_value(value_upper, unit, per, decimals);
    end;
comment on function mo_data.display_interval(double precision, double precision, text, double precision, smallint) is
    'An interval as it is printed: 65.1% to 73.2%, 2.1 to 3.4 per 10,000. Null: there is none. For the published views.';

create or replace function mo_data.spc_cause_text(cause text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case cause
            when 'above_upper_limit' then 'above the upper process limit'
            when 'below_lower_limit' then 'below the lower process limit'
            when 'increasing_trend' then 'seven or more months rising'
            when 'decreasing_trend' then 'seven or more months falling'
            when 'two_of_three_above' then 'two of three months near the upper process limit'
            when 'two_of_three_below' then 'two of three months near the lower process limit'
            when 'seven_above' then 'seven or more months above the mean'
            when 'seven_below' then 'seven or more months below the mean'
        end;
    end;
comment on function mo_data.spc_cause_text(text) is
    'A special cause of mo.special_cause in words. Null for common cause. For the published views.';
