-- What is exceptional now, by organisation, KPI and reason; its readers limit it to their scope.
create or replace view mo_data.exception_now as
    select
        d.org_key, d.org_type, d.org_code, d.kpi_id, d.kpi_name, d.kpi_sort, x.month_start, x.reason_label, x.reason_sort,
            x.exception_text, x.value,
        mo_data.display_value(x.value, d.unit, d.per, d.decimals) as display_value, x.target, d.run_id
    from (
            select
                k.org_key, k.org_type, k.org_code, c.kpi_id, c.name as kpi_name, c.short_name, c.page_order as kpi_sort, c.unit, c.per,
                    c.decimals, c.direction, l.month,
                to_char(l.month, 'FMMonth YYYY') as period, s.value, s.value_lower, s.value_upper, s.denominator, s.target,
                    s.previous_year_value, s.peer_median, s.peer_group, s.run_id,
                g.cause, g.spc_variation_label, g.usual_mean, g.usual_lower, g.usual_upper, g.funnel_position, g.funnel_side,
                case c.time_basis when 'annual' then mo.financial_year_start(l.month) + interval '2 years'
                    else l.month + interval '2 months' end::date - 1 + c.expected_lag_days as next_due
            from mo_data.kpi_latest l
                join mo_data.organisation_key k on k.org_key = l.org_key
                join mo_data.kpi c on c.kpi_id = l.kpi_id and c.is_active and c.on_front_page
                left join mo_data.kpi_shown s on s.org_key = l.org_key and s.org_code = k.org_code and s.kpi_id = l.kpi_id
                    and s.month = l.month and s.breakdown = ''
                left join mo_data.kpi_signal g on g.org_key = l.org_key and g.org_code = k.org_code and g.kpi_id = l.kpi_id
                    and g.month = l.month
        ) d
        cross join lateral mo_data.target_status(d.direction, d.unit, d.value, d.value_lower, d.value_upper, d.denominator, d.target,
            (select m.value from mo_data.setting m where m.name = 'status_min_denominator')) t
        cross join lateral (
            select d.month as month_start, 'off target' as reason_label, 1 as reason_sort,
                mo_data.exception_sentence('off target', d.short_name, d.period, d.unit, d.per, d.decimals, d.value, d.value_lower,
                    d.value_upper, d.target, d.previous_year_value, null,
                    null, null, null, null, null) as exception_text, d.value, d.target
            where t.status_label = 'off target'
            union all
            select d.month, d.spc_variation_label, case d.spc_variation_label when 'special cause' then 3 else 2 end,
                mo_data.exception_sentence('special cause', d.short_name, d.period, d.unit, d.per, d.decimals, d.value, null, null, null,
                    d.previous_year_value, d.cause, d.usual_mean,
                    d.usual_lower, d.usual_upper, null, null), d.value, d.target
            where d.spc_variation_label in ('special cause: concerning', 'special cause') and d.value is not null
            union all
            select d.month, 'outside peer limits', 4,
                mo_data.exception_sentence('outside peer limits', d.short_name, d.period, d.unit, d.per, d.decimals, d.value,
                    d.value_lower, d.value_upper, null, null, d.funnel_position,
                    null, null, null, d.peer_median, case when d.org_type in ('practice', 'pcn') then 'the figure of its ICB'
                        else 'that of England' end), d.value, d.target
            where d.funnel_side in ('concerning', 'neither') and d.value is not null
            union all
            select d.month, 'data late', 6, d.short_name || ': the latest figure is of ' || d.period || '; the next was due on '
                || to_char(d.next_due, 'FMDD FMMonth YYYY') || '.', null, null
            where d.next_due < current_date
            union all
            select null, 'no data', 7, d.short_name || ': there are no data.', null, null
            where d.month is null
        ) x
    union all
    select
        f.org_key, f.org_type, f.org_code, c.kpi_id, c.name, c.page_order, (f.quarter_start + interval '2 months')::date,
            'restated since submitted', 5,
        c.short_name || ' in the return for ' || mo_data.quarter_label(f.quarter_start) || ' was '
            || mo_data.display_value(f.frozen_value, c.unit, c.per, c.decimals) || ' and is now '
            || mo_data.display_value(f.value, c.unit, c.per, c.decimals) || '.',
        f.value, mo_data.display_value(f.value, c.unit, c.per, c.decimals), f.target, null
    from (
            select n.org_key, n.org_type, n.org_code, n.quarter_start, n.kpi_id, n.value, n.target, l.value as frozen_value
            from mo_data.return_figure n
                join mo_data.return_submission s on s.org_key = n.org_key and s.quarter_start = n.quarter_start and s.reopened_at is null
                join mo_data.return_line l on l.submission_id = s.submission_id and l.line_code = n.kpi_id
            where n.breakdown = ''
        ) f
        join mo_data.kpi c on c.kpi_id = f.kpi_id and c.is_active
    where abs(f.value - f.frozen_value) > (select m.value from mo_data.setting m
        where m.name = 'return_restated_share') * abs(f.frozen_value);
comment on view mo_data.exception_now is
    'What stands out in the latest month of each organisation and KPI of the front page, one row a reason, and figures of submitted '
    'returns that have been restated since '
    '(setting return_restated_share). Figures come from kpi_shown; rows without a figure are of every organisation.';
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
