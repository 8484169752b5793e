-- The KPIs of each return with what is exceptional about them, whether or not there is a figure.
create or replace function mo_data.month_phrase(continues boolean, same_figure boolean, name_of_kpi text, month date, out name text,
    out period text)
    language sql immutable parallel safe
    begin atomic
        select case when not continues then name_of_kpi when not same_figure then to_char(month, 'FMMonth YYYY') end,
            case when not continues then to_char(month, 'FMMonth YYYY') end;
    end;
comment on function mo_data.month_phrase(boolean, boolean, text, date) is
    'How a sentence on a month begins and ends: by the name of the KPI; as one that continues what was said of the quarter; or, of the '
    'same figure, with neither.';

create or replace view mo_data.return_kpi as
    select
        f.org_key, f.org_type, f.org_code, f.quarter_start, r.section, r.section_sort, r.section_label, k.kpi_id, k.page_order, k.name,
            k.short_name, k.unit, k.per, k.decimals,
        k.time_basis, k.numerator_wording, k.denominator_wording, f.last_month, f.month_count, f.is_hidden, f.numerator, f.denominator,
            f.value, f.value_lower, f.value_upper,
        f.target, f.peer_median, f.peer_rank, f.peer_n, f.months_text, f.month_names, b.value as value_year_before, p.period,
            d.is_incomplete or w.due_on is not null as is_incomplete,
            case when w.due_on is null then t.status_label else 'not due' end as status_label, w.due_on,
        case
            when f.is_hidden then 'suppressed'
            when f.value is not null then mo_data.display_value(f.value, k.unit, k.per, k.decimals)
            when f.numerator <> 0 then to_char(f.numerator::numeric, 'FM999,999,999,990')
            when f.last_month is not null then 'nothing due'
            when k.time_basis = 'annual' and not (d.is_late or d.is_behind) then 'none yet this year'
            else 'no data'
        end as display_value,
        e.reason, e.sentences,
        case when f.last_month is null and f.latest_before is not null then 'the latest was '
            || mo_data.display_value(f.latest_before[2], k.unit, k.per, k.decimals) || ' in '
            || to_char(date '2000-01-01' + f.latest_before[1]::integer, 'FMMonth YYYY') end as latest_text
    from (
            select x.*, (x.quarter_start + interval '2 months')::date as final_month from mo_data.return_figure x
        ) f
        join mo_data.kpi k on k.kpi_id = f.kpi_id
        join mo_data.return_section r on r.family = k.family
        cross join lateral (select mo_data.quarter_basis(k.time_basis, k.counts_from_april) as basis) in_quarter
        left join mo_data.source u on u.source = k.sources[1]
        left join (select m.kpi_id, min(m.month) as first_month from mo_data.kpi_month m group by m.kpi_id) s on s.kpi_id = k.kpi_id
        left join (
            select m.kpi_id, date_trunc('quarter', m.month::timestamp)::date as quarter_start, count(*) as month_count,
                max(m.month) as last_month
            from mo_data.kpi_month m group by 1, 2
        ) published on published.kpi_id = k.kpi_id and published.quarter_start = f.quarter_start
        left join mo_data.kpi_variation area on area.group_code = f.peer_group and area.kpi_id = f.kpi_id and area.month = f.last_month
            and area.org_type = f.org_type
        cross join lateral (
            select mo_data.funnel_position(mo_data.funnel_kind(k.interval_method, k.unit), f.last_numerator, f.last_denominator, area.average, 0)
                    as funnel_position,
                mo_data.spc_variation_label(case when not f.is_hidden then f.cause end, k.direction) as variation
            offset 0
        ) g
        cross join lateral (
            select case when x.due_on > current_date then x.due_on end as due_on
            from (select mo_data.figure_due(f.last_month, k.time_basis, k.expected_lag_days, u.replaces) as due_on) x
            offset 0
        ) w
        cross join lateral (
            select h.lacks_end and k.time_basis <> 'annual' or in_quarter.basis = 'flow' and published.month_count < 3 as is_incomplete,
                n.is_missed and not n.is_published as is_late, n.is_missed and n.is_published as is_behind
            from ( -- a flow without a record in a published month had nothing due, the data are not late
                    select f.last_month is null or published.last_month is distinct from f.final_month or in_quarter.basis <> 'flow'
                        and f.last_month < f.final_month as lacks_end
                ) h
                cross join lateral (
                    select published.last_month is not distinct from f.final_month as is_published,
                        h.lacks_end and s.first_month <= f.final_month and (k.time_basis <> 'annual' or extract(month from f.quarter_start) = 1)
                            and (f.final_month + interval '1 month')::date - 1 + k.expected_lag_days < current_date as is_missed
                ) n
        ) d
        cross join lateral (
            select case
                when in_quarter.basis <> 'flow' then to_char(f.last_month, 'FMMonth YYYY')
                when published.month_count = 3 then mo_data.quarter_label(f.quarter_start)
                else f.month_names || ' ' || extract(year from f.last_month)
            end as period
        ) p
        cross join lateral ( -- the same months a year before, or nothing is compared
            select case
                when f.last_month_year_before = (f.last_month - interval '1 year')::date
                    and (f.month_count_year_before = f.month_count or in_quarter.basis <> 'flow') then f.value_year_before
            end as value
        ) b
        cross join lateral mo_data.target_status(k.direction, k.unit, f.value, f.value_lower, f.value_upper, f.denominator, f.target,
            (select m.value from mo_data.setting m where m.name = 'status_min_denominator')) t
        cross join lateral (
            select coalesce(g.variation in ('special cause: concerning', 'special cause') and w.due_on is null, false) as stands_out
        ) v
        cross join lateral (
            select (array_agg(x.reason order by x.sort))[1] as reason, string_agg(x.sentence, ' ' order by x.sort) as sentences
            from (
                select 1 as sort, 'off target' as reason,
                    mo_data.exception_sentence('off target', k.short_name, p.period, k.unit, k.per, k.decimals, f.value, f.value_lower,
                        f.value_upper, f.target, b.value, null, null, null, null, null, null) as sentence
                where t.status_label = 'off target' and w.due_on is null
                union all
                select 2, 'special cause',
                    mo_data.exception_sentence('special cause', m.name, m.period, k.unit, k.per, k.decimals, f.last_value, null, null, null,
                        null, f.cause, f.usual_mean, f.usual_lower, f.usual_upper, null, null)
                from mo_data.month_phrase(t.status_label = 'off target', in_quarter.basis <> 'flow' or f.month_count = 1, k.short_name,
                    f.last_month) m
                where v.stands_out
                union all
                select 3, 'outside peer limits',
                    mo_data.exception_sentence('outside peer limits', m.name, m.period, k.unit, k.per, k.decimals, f.last_value, null, null,
                        null, null, g.funnel_position, null, null, null, f.peer_median,
                        case when f.org_type = 'pcn' then 'the average of its ICB' else 'the average of England' end)
                from mo_data.month_phrase(t.status_label = 'off target' or v.stands_out,
                    in_quarter.basis <> 'flow' or f.month_count = 1 or v.stands_out, k.short_name, f.last_month) m
                where not f.is_hidden and w.due_on is null and mo_data.funnel_concerns(k.direction, g.funnel_position)
                union all
                select 4, case when d.is_late then 'data late' else 'no later figure' end,
                    k.short_name || ': ' || coalesce('the figures of ' || q.label || ' are of ' || f.month_names || ' only',
                        'there are no figures of ' || q.label)
                        || case when d.is_late then '; they were due on '
                                || to_char((f.final_month + interval '1 month')::date - 1 + k.expected_lag_days, 'FMDD FMMonth YYYY') || '.'
                            else '; ' || case when f.month_names is null then '' else 'since then ' end || 'there was nothing to count, or its data have not come.' end
                from (select mo_data.quarter_label(f.quarter_start) as label) q
                where d.is_late or d.is_behind
            ) x
        ) e
    where k.is_active;
comment on view mo_data.return_kpi is
    'One row a PCN or ICB, quarter and KPI of the return: the quarter''s figure (return_figure) with its status, and in words what is '
    'exceptional about it. '
    'A KPI without a figure has a row that says so.';
comment on column mo_data.return_kpi.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_kpi.org_type is 'pcn or icb.';
comment on column mo_data.return_kpi.org_code is 'Code of the organisation.';
comment on column mo_data.return_kpi.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_kpi.section is 'Section of the return.';
comment on column mo_data.return_kpi.section_sort is 'Order of the section.';
comment on column mo_data.return_kpi.section_label is 'Heading of the section.';
comment on column mo_data.return_kpi.kpi_id is 'KPI.';
comment on column mo_data.return_kpi.page_order is 'Row of the KPI.';
comment on column mo_data.return_kpi.name is 'Name of the KPI.';
comment on column mo_data.return_kpi.short_name is 'Short name of the KPI.';
comment on column mo_data.return_kpi.unit is 'Unit of the KPI.';
comment on column mo_data.return_kpi.per is 'What a rate is per.';
comment on column mo_data.return_kpi.decimals is 'Decimals in display text.';
comment on column mo_data.return_kpi.time_basis is 'flow, stock or annual.';
comment on column mo_data.return_kpi.numerator_wording is 'What is counted.';
comment on column mo_data.return_kpi.denominator_wording is 'What it is divided by.';
comment on column mo_data.return_kpi.last_month is 'Last month of the quarter that it has. Null: it has none.';
comment on column mo_data.return_kpi.month_count is 'Months of the quarter that it has.';
comment on column mo_data.return_kpi.is_hidden is 'The figure is suppressed.';
comment on column mo_data.return_kpi.numerator is 'Numerator. Null: suppressed or none.';
comment on column mo_data.return_kpi.denominator is 'Denominator. Null: suppressed or none.';
comment on column mo_data.return_kpi.value is 'Value of the quarter. Null: suppressed or none.';
comment on column mo_data.return_kpi.value_lower is 'Lower end of its 95 % interval.';
comment on column mo_data.return_kpi.value_upper is 'Upper end of its 95 % interval.';
comment on column mo_data.return_kpi.target is 'Target of the last month.';
comment on column mo_data.return_kpi.peer_median is 'Median of its peers in the last month.';
comment on column mo_data.return_kpi.peer_rank is 'Rank among its peers in the last month.';
comment on column mo_data.return_kpi.peer_n is 'Number of its peers in the last month.';
comment on column mo_data.return_kpi.months_text is 'The months'' figures in words.';
comment on column mo_data.return_kpi.month_names is 'Names of the months it has.';
comment on column mo_data.return_kpi.value_year_before is 'Value of the same quarter a year before, of as many months.';
comment on column mo_data.return_kpi.period is 'What the value is of, in words.';
comment on column mo_data.return_kpi.is_incomplete is 'It lacks a month of the quarter, or its last month is not due yet.';
comment on column mo_data.return_kpi.status_label is 'Status against the target; not due while the last month may change.';
comment on column mo_data.return_kpi.due_on is 'Day from which its last month is complete. Null: it is.';
comment on column mo_data.return_kpi.display_value is 'Figure as printed, or why there is none.';
comment on column mo_data.return_kpi.reason is 'First reason why it is exceptional. Null: it is not.';
comment on column mo_data.return_kpi.sentences is 'Drafted sentences of its exceptions.';
comment on column mo_data.return_kpi.latest_text is 'Of an annual KPI without a figure in the quarter, its last one in words.';
