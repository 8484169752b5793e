-- What published views share: small numbers are hidden here, once, and figures become display text here.
-- Functions of display text are stable, as to_char is: one that promised more would not be put into the query that asks, and is three times as slow.
create or replace function mo_data.display_value(value double precision, unit text, per double precision, decimals smallint)
    returns text
    language sql stable parallel safe
    begin atomic
        select case when value < 0 then '-' else '' end || case unit when 'pounds' then '£' else '' end
            || to_char(abs(case unit when 'percent' then 100 * value else value end)::numeric,
                case when decimals > 0 then 'FM999,999,999,999,990.' || repeat('0', decimals) else 'FM999,999,999,999,990' end)
            || case when unit = 'percent' then '%' when unit = 'rate' and per <> 1 then ' per ' || to_char(per::numeric, 'FM999,999,999,990')
                else '' end;
    end;
comment on function mo_data.display_value(double precision, text, double precision, smallint) is
    'A value as it is printed: £4.12, 87.5%, 3.2 per 10,000. Null in, null out. For the published views.';

-- The sign is that of what is printed: what rounds to nothing has neither rise nor fall. In one expression, so that it is put into the query that asks.
create or replace function mo_data.display_change(change double precision, unit text, decimals smallint)
    returns text
    language sql stable parallel safe
    begin atomic
        select case when round(abs(case unit when 'percent' then 100 * change else change end)::numeric, decimals::integer) = 0 then ''
                when change > 0 then '+' else '-' end
            || replace(mo_data.display_value(abs(change), unit, 1, decimals), '%', ' pp');
    end;
comment on function mo_data.display_change(double precision, text, smallint) is
    'A change as it is printed: +£0.03, -1.2 pp, and 0.0 pp without a sign where it rounds to nothing. Null in, null out. For the published views.';

-- The denominator of an earlier month is not stored beside its value, which tells it but for its last digits. They are rounded away: what was made with them
-- told in its own last digits which numerator was rounded. One expression, so that it is put into the query that asks.
create or replace function mo_data.rounded_before(value double precision, numerator double precision, per double precision, interval_method text, round_to integer)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case when numerator = 0 then value
            else mo_data.rounded_numerator(numerator, round((numerator * per / nullif(value, 0))::numeric, 9)::double precision, interval_method, round_to)
                / nullif(round((numerator * per / nullif(value, 0))::numeric, 9)::double precision, 0) * per end;
    end;
comment on function mo_data.rounded_before(double precision, double precision, double precision, text, integer) is
    'The value of an earlier month as it is shown: of its rounded numerator, by the same rule as in its own month (rounded_numerator). For the published views.';

-- Both ways a result can be seen, of which a login gets one: the page is stored in both. offset 0: what a row is allowed is worked out once a row;
-- copied into every column that asks, it would be planned and worked out ten times.
create or replace view mo_data.kpi_seen as
    select
        u.unsuppressed, r.kpi_id, r.month, r.period_start, r.org_key, r.org_type, r.org_code, r.breakdown, r.pcn_code, r.icb_code, r.run_id, r.denominator,
        k.unit, k.per, k.decimals, h.is_hidden,
        case when h.is_hidden then null
            when h.is_rounded then mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to)
            else r.numerator end as numerator,
        case when h.is_hidden then null
            when h.is_rounded then mo_data.result_value(k.unit, k.per,
                mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to), r.denominator)
            else r.value end as value,
        case when not h.is_hidden and not h.is_rounded then r.value_lower end as value_lower,
        case when not h.is_hidden and not h.is_rounded then r.value_upper end as value_upper,
        r.peer_group, r.peer_n, r.peer_median,
        case when h.is_hidden then null else r.peer_median_without_self end as peer_median_without_self,
        case when h.is_hidden then null else r.peer_rank end as peer_rank,
        case when h.is_hidden then null else r.peer_decile end as peer_decile,
        case when h.is_hidden then null else r.peer_percentile end as peer_percentile,
        case when h.month_hidden then null
            when h.is_rounded then mo_data.rounded_before(r.previous_month_value, r.previous_month_numerator, k.per, k.interval_method, k.round_to)
            else r.previous_month_value end as previous_month_value,
        case when h.year_hidden then null
            when h.is_rounded then mo_data.rounded_before(r.previous_year_value, r.previous_year_numerator, k.per, k.interval_method, k.round_to)
            else r.previous_year_value end as previous_year_value,
        r.target, r.hidden, b.is_small or b.month_small or b.year_small or b.rounds as differs
    from mo_data.kpi_result r
        join mo_data.kpi k on k.kpi_id = r.kpi_id
        cross join (values (false), (true)) u (unsuppressed)
        cross join lateral ( -- the rule again besides what was stored: a stricter one holds at once, before the next refresh
            select r.hidden > 0 or mo_data.small_reason(k.unit, k.interval_method, r.numerator, r.denominator,
                    k.hide_from, k.hide_to, k.hide_denominator_below) > 0 as is_small,
                r.previous_month_hidden > 0 or coalesce(r.previous_month_numerator between k.hide_from and k.hide_to, false) as month_small,
                r.previous_year_hidden > 0 or coalesce(r.previous_year_numerator between k.hide_from and k.hide_to, false) as year_small,
                coalesce(k.round_to > 1, false) as rounds
            offset 0
        ) b
        cross join lateral (
            select not u.unsuppressed and b.is_small as is_hidden, not u.unsuppressed and b.month_small as month_hidden,
                not u.unsuppressed and b.year_small as year_hidden, not u.unsuppressed and b.rounds as is_rounded
        ) h
    where k.is_active;
comment on view mo_data.kpi_seen is
    'kpi_result twice: as readers see it and, unsuppressed, as it is, for page_now. Nobody may read this one: kpi_shown gives each login its own '
    'rows in its own way, by the same rule.';
comment on column mo_data.kpi_seen.unsuppressed is 'As a login with sees_unsuppressed sees it; otherwise as the others do.';
comment on column mo_data.kpi_seen.kpi_id is 'As kpi_shown.kpi_id.';
comment on column mo_data.kpi_seen.month is 'As kpi_shown.month.';
comment on column mo_data.kpi_seen.period_start is 'As kpi_shown.period_start.';
comment on column mo_data.kpi_seen.org_key is 'As kpi_shown.org_key.';
comment on column mo_data.kpi_seen.org_type is 'As kpi_shown.org_type.';
comment on column mo_data.kpi_seen.org_code is 'As kpi_shown.org_code.';
comment on column mo_data.kpi_seen.breakdown is 'As kpi_shown.breakdown.';
comment on column mo_data.kpi_seen.pcn_code is 'As kpi_shown.pcn_code.';
comment on column mo_data.kpi_seen.icb_code is 'As kpi_shown.icb_code.';
comment on column mo_data.kpi_seen.run_id is 'As kpi_shown.run_id.';
comment on column mo_data.kpi_seen.denominator is 'As kpi_shown.denominator.';
comment on column mo_data.kpi_seen.unit is 'As kpi_shown.unit.';
comment on column mo_data.kpi_seen.per is 'As kpi_shown.per.';
comment on column mo_data.kpi_seen.decimals is 'As kpi_shown.decimals.';
comment on column mo_data.kpi_seen.is_hidden is 'As kpi_shown.is_hidden.';
comment on column mo_data.kpi_seen.numerator is 'As kpi_shown.numerator.';
comment on column mo_data.kpi_seen.value is 'As kpi_shown.value.';
comment on column mo_data.kpi_seen.value_lower is 'As kpi_shown.value_lower.';
comment on column mo_data.kpi_seen.value_upper is 'As kpi_shown.value_upper.';
comment on column mo_data.kpi_seen.peer_group is 'As kpi_shown.peer_group.';
comment on column mo_data.kpi_seen.peer_n is 'As kpi_shown.peer_n.';
comment on column mo_data.kpi_seen.peer_median is 'As kpi_shown.peer_median.';
comment on column mo_data.kpi_seen.peer_median_without_self is 'As kpi_shown.peer_median_without_self.';
comment on column mo_data.kpi_seen.peer_rank is 'As kpi_shown.peer_rank.';
comment on column mo_data.kpi_seen.peer_decile is 'As kpi_shown.peer_decile.';
comment on column mo_data.kpi_seen.peer_percentile is 'As kpi_shown.peer_percentile.';
comment on column mo_data.kpi_seen.previous_month_value is 'As kpi_shown.previous_month_value.';
comment on column mo_data.kpi_seen.previous_year_value is 'As kpi_shown.previous_year_value.';
comment on column mo_data.kpi_seen.target is 'As kpi_shown.target.';
comment on column mo_data.kpi_seen.hidden is 'As kpi_shown.hidden.';
comment on column mo_data.kpi_seen.differs is 'The two rows of the result are not the same.';

-- What a row is allowed depends on its KPI and on who asks: worked out once a KPI and query (offset 0) and found by hash. As kpi_seen, with two rows a
-- result of which one stays, it was half the time of a page.
create or replace view mo_data.kpi_rule as
    select
        k.kpi_id, k.unit, k.per, k.decimals, k.interval_method, k.round_to,
        case when k.hide_to is null then 'infinity' else coalesce(k.hide_from::double precision, 'infinity') end as hide_from,
        coalesce(k.hide_to::double precision, '-infinity') as hide_to,
        case when k.unit = 'count' then 0
            when k.interval_method = 'wilson' then coalesce(greatest(k.hide_denominator_below, k.hide_to + 1), 0)
            else coalesce(k.hide_denominator_below, 0) end::double precision as hide_below,
        coalesce(k.round_to > 1, false) as rounds,
        array(select m.org_key from mo_data.my_unsuppressed m) as unsuppressed_keys
    from mo_data.kpi k
    where k.is_active
    offset 0;
comment on view mo_data.kpi_rule is
    'What decides how a result is shown besides the result itself, one row a KPI that is active: its rule for small numbers as small_reason() has '
    'it, in the form in which it is compared, and whose small numbers the session''s login sees. For kpi_shown.';
comment on column mo_data.kpi_rule.kpi_id is 'KPI.';
comment on column mo_data.kpi_rule.unit is 'Unit of the KPI.';
comment on column mo_data.kpi_rule.per is 'What a rate is per.';
comment on column mo_data.kpi_rule.decimals is 'Decimals in display text.';
comment on column mo_data.kpi_rule.interval_method is 'How its interval is made: wilson where the numerator is a share of the denominator.';
comment on column mo_data.kpi_rule.round_to is 'What numerators are rounded to. Null: nothing.';
comment on column mo_data.kpi_rule.hide_from is 'The smallest numerator that is hidden for its own sake. Infinity: none is.';
comment on column mo_data.kpi_rule.hide_to is 'The largest numerator that is hidden for its own sake. Minus infinity: none is.';
comment on column mo_data.kpi_rule.hide_below is 'Over a smaller denominator, unless it is 0, a figure is hidden. 0: none is.';
comment on column mo_data.kpi_rule.rounds is 'Numerators are rounded, and intervals left out.';
comment on column mo_data.kpi_rule.unsuppressed_keys is 'Organisations whose small numbers the session''s login sees (my_unsuppressed).';

create or replace view mo_data.kpi_shown with (security_barrier = true) as
    select
        s.kpi_id, s.month, s.period_start, s.org_key, s.org_type, s.org_code, s.breakdown, s.pcn_code, s.icb_code, s.run_id,
        s.denominator, s.unit, s.per, s.decimals, s.is_hidden,
        case when s.is_hidden then null
            when s.is_rounded then mo_data.rounded_numerator(s.numerator, s.denominator, s.interval_method, s.round_to)
            else s.numerator end as numerator,
        case when s.is_hidden then null
            when s.is_rounded then mo_data.result_value(s.unit, s.per,
                mo_data.rounded_numerator(s.numerator, s.denominator, s.interval_method, s.round_to), s.denominator)
            else s.value end as value,
        case when s.is_hidden or s.is_rounded then null else s.value_lower end as value_lower,
        case when s.is_hidden or s.is_rounded then null else s.value_upper end as value_upper,
        s.peer_group, s.peer_n, s.peer_median,
        case when s.is_hidden then null else s.peer_median_without_self end as peer_median_without_self,
        case when s.is_hidden then null else s.peer_rank end as peer_rank,
        case when s.is_hidden then null else s.peer_decile end as peer_decile,
        case when s.is_hidden then null else s.peer_percentile end as peer_percentile,
        case when s.month_hidden then null
            when s.is_rounded then mo_data.rounded_before(s.previous_month_value, s.previous_month_numerator, s.per, s.interval_method, s.round_to)
            else s.previous_month_value end as previous_month_value,
        case when s.year_hidden then null
            when s.is_rounded then mo_data.rounded_before(s.previous_year_value, s.previous_year_numerator, s.per, s.interval_method, s.round_to)
            else s.previous_year_value end as previous_year_value,
        s.target, s.hidden
    from ( -- the rule again besides what was stored: a stricter one holds at once, before the next refresh
        select
            r.kpi_id, r.month, r.period_start, r.org_key, r.org_type, r.org_code, r.breakdown, r.pcn_code, r.icb_code, r.run_id,
            r.numerator, r.denominator, r.value, r.value_lower, r.value_upper, r.peer_group, r.peer_n, r.peer_median,
            r.peer_median_without_self, r.peer_rank, r.peer_decile, r.peer_percentile, r.previous_month_value, r.previous_month_numerator,
            r.previous_year_value, r.previous_year_numerator, r.target, r.hidden, k.unit, k.per, k.decimals, k.interval_method, k.round_to,
            (r.hidden > 0 or r.numerator <= k.hide_to and r.numerator >= k.hide_from or r.denominator < k.hide_below and r.denominator > 0)
                and not r.org_key = any (k.unsuppressed_keys) as is_hidden,
            (r.previous_month_hidden > 0 or r.previous_month_numerator between k.hide_from and k.hide_to)
                and not r.org_key = any (k.unsuppressed_keys) as month_hidden,
            (r.previous_year_hidden > 0 or r.previous_year_numerator between k.hide_from and k.hide_to)
                and not r.org_key = any (k.unsuppressed_keys) as year_hidden,
            k.rounds and not r.org_key = any (k.unsuppressed_keys) as is_rounded
        from mo_data.kpi_result r join mo_data.kpi_rule k on k.kpi_id = r.kpi_id
    ) s
    where (select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[s.org_key];
comment on view mo_data.kpi_shown is
    'kpi_result as the session''s login may see it: its organisations only (access_scope); figures of small numbers, and those hidden so that '
    'they cannot be had by subtraction, are null (kpi_result.hidden); shown numerators are rounded where the KPI says so (round_to), values '
    'made from them, and intervals left out. A login with sees_unsuppressed sees its organisations as they are. Every published view '
    'reads results through this one.';
comment on column mo_data.kpi_shown.kpi_id is 'KPI.';
comment on column mo_data.kpi_shown.month is 'First day of the month.';
comment on column mo_data.kpi_shown.period_start is 'Month as a timestamp.';
comment on column mo_data.kpi_shown.org_key is 'Organisation (organisation_key).';
comment on column mo_data.kpi_shown.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.kpi_shown.org_code is 'Code of the organisation or group.';
comment on column mo_data.kpi_shown.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.kpi_shown.pcn_code is 'PCN on the month''s last day.';
comment on column mo_data.kpi_shown.icb_code is 'ICB on the month''s last day.';
comment on column mo_data.kpi_shown.run_id is 'The refresh that wrote the row.';
comment on column mo_data.kpi_shown.denominator is 'Sum of denominators.';
comment on column mo_data.kpi_shown.unit is 'Unit of the KPI.';
comment on column mo_data.kpi_shown.per is 'What a rate is per.';
comment on column mo_data.kpi_shown.decimals is 'Decimals in display text.';
comment on column mo_data.kpi_shown.is_hidden is 'The figure is hidden: its number is small, or another that is could be had from it.';
comment on column mo_data.kpi_shown.numerator is 'Sum of numerators, rounded where the KPI says so. Null: hidden.';
comment on column mo_data.kpi_shown.value is 'Value. Null: hidden, or denominator 0.';
comment on column mo_data.kpi_shown.value_lower is 'Lower end of the 95 % interval.';
comment on column mo_data.kpi_shown.value_upper is 'Upper end of the 95 % interval.';
comment on column mo_data.kpi_shown.peer_group is 'With whom it is compared.';
comment on column mo_data.kpi_shown.peer_n is 'Peers whose figure is shown, itself included. Null: no comparison, or more than one peer in five is hidden.';
comment on column mo_data.kpi_shown.peer_median is 'Median of the peers, itself included.';
comment on column mo_data.kpi_shown.peer_median_without_self is 'Median of the other peers.';
comment on column mo_data.kpi_shown.peer_rank is 'Rank, 1 the lowest value.';
comment on column mo_data.kpi_shown.peer_decile is 'Tenth of the peers, 1 the lowest values. Null: fewer than ten peers.';
comment on column mo_data.kpi_shown.peer_percentile is 'Percent rank times 100.';
comment on column mo_data.kpi_shown.previous_month_value is 'Value of the month before. Null: none or hidden.';
comment on column mo_data.kpi_shown.previous_year_value is 'Value of the same month a year before. Null: none or hidden.';
comment on column mo_data.kpi_shown.target is 'Target for value. Null: none.';
comment on column mo_data.kpi_shown.hidden is
    'Why other readers do not see it, whoever is asking: 0 they do; 1 its number is small; 2 another could be had from it. What is handed on goes by this.';

create or replace function mo_data.target_status(
    direction text, unit text, value double precision, value_lower double precision, value_upper double precision, denominator double precision,
    target double precision, minimum double precision)
    returns table (status_label text, rag text)
    language sql immutable parallel safe rows 1 -- returns a table, and no SET, so that views can take it in
    begin atomic
    select s.label, case s.label when 'on target' then 'green' when 'off target' then 'red' when 'not clearly off' then 'amber' else 'grey' end
    from (
        select case
            when value is null then 'no data'
            when target is null then 'no target'
            when coalesce(direction, '') not in ('higher', 'lower') then 'no good direction'
            when unit <> 'count' and denominator < minimum then 'too few'
            when direction = 'higher' and value >= target or direction = 'lower' and value <= target then 'on target'
            when target between value_lower and value_upper then 'not clearly off'
            else 'off target'
        end as label
    ) s;
    end;
comment on function mo_data.target_status(text, text, double precision, double precision, double precision, double precision, double precision, double precision) is
    'Status of a value against its target, and its colour. Green: on target, at the target included. Amber: not clearly off, the '
    '95 % interval holds the target. Red: off target. Grey: no target, no data, no good direction (neither), or too few: a denominator '
    'below the minimum (setting status_min_denominator), which counts do not have.';
