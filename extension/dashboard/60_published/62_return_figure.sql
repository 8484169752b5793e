-- A quarter's figures of PCNs and ICBs, made of the months' shown cells.
create or replace view mo_data.part_label as
    select c.cohort_code as breakdown, c.name as label, c.name as sort_name from mo_data.cohort c where c.kind = 'smr'
    union all
    select 'indicator_' || i.indicator_code, i.title || ' (' || i.indicator_code || ')', i.indicator_code from mo_data.pincer_indicator i
    union all
    select 'role_' || r.role_code, r.role, r.role from mo_data.arrs_role r
    union all
    select 'theme_' || t.theme_code, coalesce(lower(t.parent_label) || ', ', '') || t.label, t.label from mo_data.sea_theme t
    union all
    select 'programme_' || p.programme_code, p.title, p.title from mo_data.switch_programme p
    union all
    select x.breakdown, x.label, x.sort_name
    from (values ('in_month', 'reviewed in the month itself', '~'), ('no_theme', 'no theme recorded', '~'),
        ('reviewed_and_changed', 'reviewed, prescribing changed', '!'),
        ('reviewed_no_change', 'reviewed, no change', '!!')) x (breakdown, label, sort_name);
comment on view mo_data.part_label is
    'What parts of KPIs are called, where their code does not say it: cohorts, PINCER indicators, ARRS roles, themes, switch programmes.';
comment on column mo_data.part_label.breakdown is 'Part, as in kpi_result.breakdown.';
comment on column mo_data.part_label.label is 'Its name.';
comment on column mo_data.part_label.sort_name is 'Text that orders the parts of a KPI.';

create or replace view mo_data.return_cell as
    select
        s.org_key, s.org_type, s.org_code, s.kpi_id, s.breakdown, s.month, date_trunc('quarter', s.month::timestamp)::date as quarter_start,
        k.unit, k.per, k.decimals, k.interval_method, k.time_basis, h.is_hidden,
        s.breakdown = '' and k.time_basis <> 'annual' and not k.counts_from_april as is_charted,
        case when h.is_hidden then null else s.numerator end as numerator,
        case when h.is_hidden then null else s.denominator end as denominator,
        case when h.is_hidden then null else s.value end as value,
        case when h.is_hidden then 'suppressed'
            else coalesce(mo_data.display_value(s.value, k.unit, 1, k.decimals),
            to_char(nullif(s.numerator, 0)::numeric, 'FM999,999,999,990'), '-') end
            as display_value,
        s.target, s.peer_group,
        case when h.is_hidden then null else s.peer_median end as peer_median,
        case when h.is_hidden then null else s.peer_rank end as peer_rank,
        s.peer_n
    from mo_data.kpi_shown s
        join mo_data.kpi k on k.kpi_id = s.kpi_id
        join mo_data.return_section r on r.family = k.family
        cross join lateral (select s.is_hidden or s.hidden > 0 or coalesce(s.numerator between k.hide_from and k.hide_to, false) as is_hidden) h
    where s.org_type in ('pcn', 'icb');
comment on view mo_data.return_cell is
    'The months'' figures that returns are made of: kpi_shown of PCNs and ICBs. Small numbers are suppressed here for everybody, because '
    'a return leaves the organisation.';
comment on column mo_data.return_cell.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_cell.org_type is 'pcn or icb.';
comment on column mo_data.return_cell.org_code is 'Code of the organisation.';
comment on column mo_data.return_cell.kpi_id is 'KPI.';
comment on column mo_data.return_cell.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.return_cell.month is 'First day of the month.';
comment on column mo_data.return_cell.quarter_start is 'First day of its quarter.';
comment on column mo_data.return_cell.unit is 'Unit of the KPI.';
comment on column mo_data.return_cell.per is 'What a rate is per.';
comment on column mo_data.return_cell.decimals is 'Decimals in display text.';
comment on column mo_data.return_cell.interval_method is 'Interval method of the KPI.';
comment on column mo_data.return_cell.time_basis is 'flow, stock or annual.';
comment on column mo_data.return_cell.is_hidden is 'The figure is suppressed.';
comment on column mo_data.return_cell.is_charted is
    'A series of it can have a special cause: a whole KPI that is neither annual nor adds up from April.';
comment on column mo_data.return_cell.numerator is 'Numerator. Null: suppressed.';
comment on column mo_data.return_cell.denominator is 'Denominator. Null: suppressed.';
comment on column mo_data.return_cell.value is 'Value of the month. Null: suppressed, or nothing to divide by.';
comment on column mo_data.return_cell.display_value is
    'The month''s figure as printed within a sentence; the numerator where there is nothing to divide by; - where there is nothing at all.';
comment on column mo_data.return_cell.target is 'Target of the month.';
comment on column mo_data.return_cell.peer_group is 'With whom it is compared.';
comment on column mo_data.return_cell.peer_median is 'Median of its peers in the month.';
comment on column mo_data.return_cell.peer_rank is 'Rank among its peers in the month.';
comment on column mo_data.return_cell.peer_n is 'Number of its peers in the month.';

create or replace view mo_data.return_figure as
    select
        q.org_key, q.org_type, q.org_code, q.kpi_id, q.breakdown, q.quarter_start, q.last_month, q.month_count, q.is_hidden, q.numerator,
            q.denominator, v.value,
        i.value_lower, i.value_upper, q.target, q.peer_group, q.peer_median, q.peer_rank, q.peer_n, q.months_text, q.month_names,
        case when q.time_basis = 'annual'
            then max(array[q.last_month - date '2000-01-01', v.value]) filter (where v.value is not null) over before end as latest_before,
        max(v.value) over a_year_before as value_year_before, max(q.month_count) over a_year_before as month_count_year_before,
        max(q.last_month) over a_year_before as last_month_year_before,
        max(q.last_month) over (partition by q.org_key, q.org_type, q.org_code, q.kpi_id, q.quarter_start) as whole_last_month,
        q.last_numerator, q.last_denominator, q.last_value, q.cause, q.usual_mean, q.usual_lower, q.usual_upper
    from (
            select
                c.org_key, c.org_type, c.org_code, c.kpi_id, c.breakdown, c.quarter_start, c.unit, c.per, c.interval_method, c.time_basis,
                max(c.month) as last_month, count(c.month)::integer as month_count,
                coalesce(bool_or(c.is_hidden and (c.is_last or c.time_basis = 'flow')), false) as is_hidden,
                case when c.time_basis <> 'flow' then max(c.numerator) filter (where c.is_last) when not bool_or(c.is_hidden)
                    then sum(c.numerator) end as numerator,
                case when c.time_basis <> 'flow' then max(c.denominator) filter (where c.is_last) when not bool_or(c.is_hidden)
                    then sum(c.denominator) end as denominator,
                max(c.target) filter (where c.is_last) as target,
                max(c.peer_group) filter (where c.is_last) as peer_group,
                max(c.peer_median) filter (where c.is_last) as peer_median,
                max(c.peer_rank) filter (where c.is_last) as peer_rank,
                max(c.peer_n) filter (where c.is_last) as peer_n,
                string_agg(to_char(c.month, 'FMMonth') || ' ' || c.display_value, ', ' order by c.month) as months_text,
                string_agg(to_char(c.month, 'FMMonth'), ' and ' order by c.month) as month_names,
                max(c.numerator) filter (where c.is_last) as last_numerator,
                max(c.denominator) filter (where c.is_last) as last_denominator,
                max(c.value) filter (where c.is_last) as last_value,
                max(c.cause) filter (where c.is_last) as cause,
                max(c.usual_mean) filter (where c.is_last) as usual_mean,
                max(case when c.never_negative then greatest(c.usual_lower, 0)
                    else c.usual_lower end) filter (where c.is_last) as usual_lower,
                max(case when c.interval_method = 'wilson' then least(c.usual_upper, 1)
                    else c.usual_upper end) filter (where c.is_last) as usual_upper
            from (
                    select x.org_key, x.org_type, x.org_code, x.kpi_id, x.breakdown, x.month, x.quarter_start, x.unit, x.per,
                        x.interval_method, x.time_basis,
                        x.is_hidden, x.numerator, x.denominator, x.value, x.display_value, x.target, x.peer_group, x.peer_median,
                            x.peer_rank, x.peer_n,
                        lead(x.quarter_start) over series is distinct from x.quarter_start as is_last,
                        case when x.is_charted then mo.special_cause(x.value) over series end as cause,
                            mo.xmr_mean(x.value) over series as usual_mean,
                        mo.xmr_lower(x.value) over series as usual_lower, mo.xmr_upper(x.value) over series as usual_upper,
                        min(x.value) over (partition by x.org_key, x.org_type, x.org_code, x.kpi_id, x.breakdown) >= 0 as never_negative
                    from mo_data.return_cell x
                    window series as (partition by x.org_key, x.org_type, x.org_code, x.kpi_id, x.breakdown order by x.month)
                    union all -- every KPI has a row in every quarter of which there is anything
                    select p.org_key, p.org_type, p.org_code, k.kpi_id, '', null, p.quarter_start, k.unit, k.per, k.interval_method,
                        k.time_basis,
                        null, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null
                    from (select distinct c.org_key, c.org_type, c.org_code, c.quarter_start from mo_data.return_cell c
                        where c.breakdown = '') p
                        cross join mo_data.kpi k
                        join mo_data.return_section r on r.family = k.family
                    where k.is_active
                ) c
            group by c.org_key, c.org_type, c.org_code, c.kpi_id, c.breakdown, c.quarter_start, c.unit, c.per, c.interval_method,
                c.time_basis
        ) q
        cross join lateral (select mo_data.result_value(q.unit, q.per, q.numerator, q.denominator) as value) v
        cross join lateral mo_data.result_interval(q.interval_method, q.per, q.numerator, case when q.unit = 'count' then 1
            else q.denominator end) i
    window a_year_before as (partition by q.org_key, q.org_type, q.org_code, q.kpi_id, q.breakdown order by q.quarter_start
        range between interval '1 year' preceding and interval '1 year' preceding),
        before as (partition by q.org_key, q.org_type, q.org_code, q.kpi_id,
            q.breakdown order by q.quarter_start rows between unbounded preceding and 1 preceding);
comment on view mo_data.return_figure is
    'One row a PCN or ICB, quarter, KPI and part; a KPI without a figure has one too. Flows: the sums of the months'' numerators and '
    'denominators, null when a month is suppressed. '
    'Stocks, annual figures and what counts from April: the last month of the quarter that there is.';
comment on column mo_data.return_figure.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_figure.org_type is 'pcn or icb.';
comment on column mo_data.return_figure.org_code is 'Code of the organisation.';
comment on column mo_data.return_figure.kpi_id is 'KPI.';
comment on column mo_data.return_figure.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.return_figure.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_figure.last_month is 'Last month of the quarter that it has. Null: it has none.';
comment on column mo_data.return_figure.month_count is 'Months of the quarter that it has.';
comment on column mo_data.return_figure.is_hidden is 'The quarter''s figure is suppressed, because a month of it is.';
comment on column mo_data.return_figure.numerator is 'Numerator. Null: suppressed.';
comment on column mo_data.return_figure.denominator is 'Denominator. Null: suppressed.';
comment on column mo_data.return_figure.value is 'Value of the quarter.';
comment on column mo_data.return_figure.value_lower is 'Lower end of its 95 % interval.';
comment on column mo_data.return_figure.value_upper is 'Upper end of its 95 % interval.';
comment on column mo_data.return_figure.target is 'Target of the last month.';
comment on column mo_data.return_figure.peer_group is 'With whom it is compared in the last month.';
comment on column mo_data.return_figure.peer_median is 'Median of its peers in the last month.';
comment on column mo_data.return_figure.peer_rank is 'Rank among its peers in the last month.';
comment on column mo_data.return_figure.peer_n is 'Number of its peers in the last month.';
comment on column mo_data.return_figure.months_text is 'The months'' figures in words.';
comment on column mo_data.return_figure.month_names is 'Names of the months it has.';
comment on column mo_data.return_figure.latest_before is
    'Of an annual KPI, the last figure before the quarter: its month as days since 2000-01-01, and its value.';
comment on column mo_data.return_figure.value_year_before is 'Value of the same quarter a year before. Null: none or suppressed.';
comment on column mo_data.return_figure.month_count_year_before is 'Months that one has.';
comment on column mo_data.return_figure.last_month_year_before is 'Last month that one has.';
comment on column mo_data.return_figure.whole_last_month is 'Last month of the quarter that the KPI has in any part.';
comment on column mo_data.return_figure.last_numerator is 'Numerator of the last month. Null: suppressed.';
comment on column mo_data.return_figure.last_denominator is 'Denominator of the last month. Null: suppressed.';
comment on column mo_data.return_figure.last_value is 'Value of the last month. Null: suppressed.';
comment on column mo_data.return_figure.cause is
    'Special cause of the last month among all shown months, as mo.special_cause. Null: none to be had.';
comment on column mo_data.return_figure.usual_mean is 'Mean of all shown months.';
comment on column mo_data.return_figure.usual_lower is 'Lower process limit, not below 0 where no figure is.';
comment on column mo_data.return_figure.usual_upper is 'Upper process limit, for proportions not above 1.';
