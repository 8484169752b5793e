-- What is exceptional now, by organisation, KPI and reason.
create or replace view mo_data.exception_now as
    select
        d.org_key, d.org_type, d.org_code, d.kpi_id, d.kpi_name, d.kpi_sort, x.month_start, x.reason_label, x.reason_sort,
            x.exception_text, x.value,
        mo_data.display_value(x.value, d.unit, d.per, d.decimals) as display_value, x.target, d.run_id
    from (
            select
                k.org_key, k.org_type, k.org_code, c.kpi_id, c.name as kpi_name, c.short_name, c.page_order as kpi_sort, c.unit, c.per,
                c.decimals, c.direction, l.month, to_char(l.month, 'FMMonth YYYY') as period, s.value, s.value_lower, s.value_upper,
                s.numerator, s.denominator, s.target, s.previous_year_value, s.peer_median, s.run_id, s.is_hidden, l.is_behind, l.spc_cause, l.spc_mean,
                greatest(l.spc_lower, case when c.unit <> 'pounds' then 0 end) as spc_lower,
                least(l.spc_upper, case when c.interval_method = 'wilson' then 1 end) as spc_upper,
                mo_data.funnel_kind(c.interval_method, c.unit) as funnel_kind, v.average as funnel_average,
                mo_data.figure_due(l.month, c.time_basis, c.expected_lag_days, r.replaces) as figure_due,
                mo_data.next_figure_due(l.month, c.time_basis, c.expected_lag_days) as next_due
            from mo_data.kpi_latest l
                join mo_data.organisation_key k on k.org_key = l.org_key
                join mo_data.kpi c on c.kpi_id = l.kpi_id and c.is_active and c.on_front_page
                left join mo_data.source r on r.source = c.sources[1]
                left join lateral ( -- offset 0: by its key, as in dashboard
                    select x.value, x.value_lower, x.value_upper, x.numerator, x.denominator, x.target, x.previous_year_value, x.peer_median,
                        x.peer_group, x.run_id, x.is_hidden
                    from mo_data.kpi_shown x
                    where x.org_key = l.org_key and x.kpi_id = l.kpi_id and x.month = l.month and x.breakdown = '' offset 0
                ) s on true
                left join mo_data.kpi_variation v on v.group_code = s.peer_group and v.kpi_id = l.kpi_id and v.month = l.month
                    and v.org_type = k.org_type
            where (select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[l.org_key]
        ) d
        cross join lateral ( -- a figure that is not complete yet is no exception
            select mo_data.value_status(d.is_hidden, d.value, d.figure_due, d.next_due, current_date) in ('ok', 'stale') as is_judged offset 0
        ) e
        cross join lateral (
            select x.status_label
            from mo_data.target_status(d.direction, d.unit, d.value, d.value_lower, d.value_upper, d.denominator, d.target,
                (select m.value from mo_data.setting m where m.name = 'status_min_denominator')) x
            offset 0
        ) t
        cross join lateral (
            select mo_data.spc_variation_label(d.spc_cause, d.direction) as variation,
                mo_data.funnel_position(d.funnel_kind, d.numerator, d.denominator, d.funnel_average, 0) as funnel_position
            offset 0
        ) g
        cross join lateral (
            select d.month as month_start, 'off target' as reason_label, 1 as reason_sort,
                mo_data.exception_sentence('off target', d.short_name, d.period, d.unit, d.per, d.decimals, d.value, d.value_lower,
                    d.value_upper, d.target, d.previous_year_value, null,
                    null, null, null, null, null) as exception_text, d.value, d.target
            where e.is_judged and t.status_label = 'off target'
            union all
            select d.month, g.variation, case g.variation when 'special cause' then 3 else 2 end,
                mo_data.exception_sentence('special cause', d.short_name, d.period, d.unit, d.per, d.decimals, d.value, null, null, null,
                    d.previous_year_value, d.spc_cause, d.spc_mean,
                    d.spc_lower, d.spc_upper, null, null), d.value, d.target
            where e.is_judged and g.variation in ('special cause: concerning', 'special cause')
            union all
            select d.month, 'outside peer limits', 4,
                mo_data.exception_sentence('outside peer limits', d.short_name, d.period, d.unit, d.per, d.decimals, d.value,
                    d.value_lower, d.value_upper, null, null, g.funnel_position,
                    null, null, null, d.peer_median, case when d.org_type in ('practice', 'pcn') then 'the average of its ICB'
                        else 'the average of England' end), d.value, d.target
            where e.is_judged and mo_data.funnel_concerns(d.direction, g.funnel_position)
            union all
            select d.month, 'data late', 6, d.short_name || ': the latest figure is of ' || d.period || '; the next was due on '
                || to_char(d.next_due, 'FMDD FMMonth YYYY') || '.', null, null
            where d.next_due < current_date and not d.is_behind
            union all -- others have later months: the data of the KPI are not late
            select d.month, 'no later figure', 8, d.short_name || ': the latest figure is of ' || d.period
                || '; there was nothing to count since, or its data have not come.', null, null
            where d.next_due < current_date and d.is_behind
            union all
            select null, 'no data', 7, d.short_name || ': there are no data.', null, null
            where d.month is null
        ) x
    union all
    select
        f.org_key, f.org_type, f.org_code, c.kpi_id, c.name, c.page_order, (f.quarter_start + interval '2 months')::date,
            'restated since submitted', 5,
        c.short_name || ': ' || mo_data.display_value(f.frozen_value, c.unit, c.per, c.decimals) || ' in the return for '
            || mo_data.quarter_label(f.quarter_start) || ', now ' || mo_data.display_value(f.value, c.unit, c.per, c.decimals) || '.',
        f.value, mo_data.display_value(f.value, c.unit, c.per, c.decimals), f.target, null
    from (
            select n.org_key, n.org_type, n.org_code, n.quarter_start, n.kpi_id, n.value, n.target, l.value as frozen_value
            from mo_data.return_figure n
                join mo_data.return_submission s on s.org_key = n.org_key and s.quarter_start = n.quarter_start and s.reopened_at is null
                join mo_data.return_line l on l.submission_id = s.submission_id and l.line_code = n.kpi_id
        ) f
        join mo_data.kpi c on c.kpi_id = f.kpi_id and c.is_active
    where abs(f.value - f.frozen_value) > (select m.value from mo_data.setting m
        where m.name = 'return_restated_share') * abs(f.frozen_value);
comment on view mo_data.exception_now is
    'What stands out in the latest month of each organisation and KPI of the front page, one row a reason, and figures of submitted '
    'returns that have been restated since '
    '(setting return_restated_share), of the organisations that the session''s login sees. Nothing is said of a figure that is not complete yet. '
    'Control charts are those of the page (kpi_latest), funnels those of peer_comparison (kpi_variation).';
comment on column mo_data.exception_now.org_key is 'Organisation (organisation_key).';
comment on column mo_data.exception_now.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.exception_now.org_code is 'Code of the organisation or group.';
comment on column mo_data.exception_now.kpi_id is 'KPI.';
comment on column mo_data.exception_now.kpi_name is 'Full name of the KPI.';
comment on column mo_data.exception_now.kpi_sort is 'Row of the KPI.';
comment on column mo_data.exception_now.month_start is 'First day of the month. Null: there are no data.';
comment on column mo_data.exception_now.reason_label is 'Why it stands out.';
comment on column mo_data.exception_now.reason_sort is 'Order of reasons.';
comment on column mo_data.exception_now.exception_text is 'The drafted sentence.';
comment on column mo_data.exception_now.value is 'The figure.';
comment on column mo_data.exception_now.display_value is 'The figure as printed.';
comment on column mo_data.exception_now.target is 'Its target.';
comment on column mo_data.exception_now.run_id is 'The refresh that wrote it.';
