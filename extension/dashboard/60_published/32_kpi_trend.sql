create or replace view mo_dashboard.kpi_trend as
    select
        t.kpi_id::varchar(40) as kpi_id,
        t.kpi_name::varchar(255) as kpi_name,
        t.org_key::integer as org_key,
        t.org_type::varchar(10) as org_type,
        t.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        t.month::date as month_start,
        to_char(t.month, 'Mon YYYY')::varchar(8) as month_label,
        (extract(year from t.month) * 100 + extract(month from t.month))::integer as month_label_sort,
        t.numerator::double precision as numerator,
        t.denominator::double precision as denominator,
        t.value::double precision as value,
        e.value_status::varchar(10) as value_status,
        coalesce(mo_data.display_value(t.value, t.unit, t.per, t.decimals), replace(e.value_status, '_', ' '))::varchar(40) as display_value,
        t.value_lower::double precision as value_lower,
        t.value_upper::double precision as value_upper,
        t.target::double precision as target,
        t.peer_median::double precision as comparator_value,
        case when t.has_chart then t.xmr_mean end::double precision as spc_mean,
        case when t.has_chart then t.xmr_lower end::double precision as spc_lower,
        case when t.has_chart then t.xmr_upper end::double precision as spc_upper,
        replace(c.cause, '_', ' ')::varchar(40) as special_cause_label,
        mo_data.spc_variation_label(c.cause, t.direction)::varchar(40) as spc_variation_label,
        t.direction::varchar(10) as direction_of_good,
        t.run_id::integer as run_id
    from (
            select
                s.kpi_id, k.name as kpi_name, s.org_key, s.org_type, s.org_code, s.month, s.numerator, s.denominator, s.value, s.is_hidden,
                s.value_lower, s.value_upper, s.target, s.peer_median, s.unit, s.per, s.decimals, s.run_id, k.direction,
                mo_data.figure_due(s.month, k.time_basis, k.expected_lag_days, d.replaces) as figure_due,
                case when s.month = l.month then mo_data.next_figure_due(s.month, k.time_basis, k.expected_lag_days) end as next_data_due,
                mo_data.kpi_has_chart(k.time_basis, k.counts_from_april) and count(s.value) over one >= 12 as has_chart,
                mo.xmr_mean(s.value) over series as xmr_mean, mo.xmr_lower(s.value, s.month) over series as xmr_lower,
                mo.xmr_upper(s.value, s.month) over series as xmr_upper,
                mo.special_cause(s.value, s.month) over series as cause
            from mo_data.kpi_shown s
                join mo_data.kpi k on k.kpi_id = s.kpi_id
                left join mo_data.source d on d.source = k.sources[1]
                left join mo_data.kpi_latest l on l.org_key = s.org_key and l.kpi_id = s.kpi_id -- none of one that is closed: nothing more is due of it
            where s.breakdown = ''
            window one as (partition by s.org_key, s.kpi_id, s.org_type, s.org_code), -- a filter on these reaches the index
                series as (partition by s.org_key, s.kpi_id, s.org_type, s.org_code order by s.month)
        ) t
        left join mo_data.organisation_named n on n.org_key = t.org_key
        cross join lateral (
            select mo_data.value_status(t.is_hidden, t.value, t.figure_due, t.next_data_due, current_date) as value_status
        ) e
        cross join lateral (select case when t.has_chart and e.value_status <> 'not_due' then t.cause end as cause) c;
comment on view mo_dashboard.kpi_trend is
    'One row a KPI, organisation and month, with its control chart (XmR, by the rules of NHS England''s Making Data Count): mean and process '
    'limits of all its published months, whatever months are asked for, and what each month says; a month without a figure is a gap. Supports discussion of variation and '
    'is not performance management. Filter by org_code or org_key, and kpi_id.';
comment on column mo_dashboard.kpi_trend.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.kpi_trend.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.kpi_trend.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.kpi_trend.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.kpi_trend.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.kpi_trend.org_name is 'Name of the organisation.';
comment on column mo_dashboard.kpi_trend.month_start is 'First day of the month.';
comment on column mo_dashboard.kpi_trend.month_label is 'Month as text, such as Apr 2026. Sort by month_label_sort.';
comment on column mo_dashboard.kpi_trend.month_label_sort is 'Order of month_label: year and month as a number, 202604.';
comment on column mo_dashboard.kpi_trend.numerator is 'What was counted (numerator_wording in dim_kpi). Null: suppressed.';
comment on column mo_dashboard.kpi_trend.denominator is 'What it is divided by (denominator_wording in dim_kpi).';
comment on column mo_dashboard.kpi_trend.value is 'Numerator / denominator times rate_per; percent as 0 to 1; the numerator for a count. Null: see value_status.';
comment on column mo_dashboard.kpi_trend.value_status is
    'ok, suppressed (small number), no_data (nothing to divide by), not_due (not yet complete: its day has not come), stale (the latest, and the '
    'next was due and is not there).';
comment on column mo_dashboard.kpi_trend.display_value is 'Value as it is printed; no data, not due or suppressed where there is none to print.';
comment on column mo_dashboard.kpi_trend.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.kpi_trend.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.kpi_trend.target is 'Target for value. Null: none is set.';
comment on column mo_dashboard.kpi_trend.comparator_value is 'Median of its peers, itself included. Null: not compared, or more than one in five peers are suppressed.';
comment on column mo_dashboard.kpi_trend.spc_mean is
    'Mean of all months with a value: the centre of the control chart. Null: fewer than 12, an annual figure, or one that starts again each April.';
comment on column mo_dashboard.kpi_trend.spc_lower is 'Lower process limit: mean less 2.66 times the mean moving range, those above 3.267 times their mean left out. Not cut at 0. Null as '
    'spc_mean, and where that leaves no range above 0 of a series that varies.';
comment on column mo_dashboard.kpi_trend.spc_upper is 'Upper process limit: mean plus 2.66 times the same. Null as spc_lower.';
comment on column mo_dashboard.kpi_trend.special_cause_label is
    'The first that holds: above upper limit, below lower limit, increasing trend, decreasing trend, two of three above, two of three below, seven '
    'above, seven below, common cause. Null: no value, or no control chart.';
comment on column mo_dashboard.kpi_trend.spc_variation_label is
    'What the control chart says of the month: common cause, special cause: improving, special cause: concerning, or special cause where no '
    'direction is good. Null: fewer than 12 months, no limits, no chart (an annual figure, one that starts again each April), or no figure to judge.';
comment on column mo_dashboard.kpi_trend.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.kpi_trend.run_id is 'Number of the refresh that published the row.';
