create or replace view mo_dashboard.fact_kpi as
    select
        s.kpi_id::varchar(40) as kpi_id,
        s.org_key::integer as org_key,
        s.month::date as day_date,
        s.month::date as month_start,
        s.period_start::timestamp(0) as period_start,
        s.org_type::varchar(10) as org_type,
        s.org_code::varchar(12) as org_code,
        s.pcn_code::varchar(12) as as_at_pcn_code,
        s.icb_code::varchar(12) as as_at_icb_code,
        s.numerator::double precision as numerator,
        s.denominator::double precision as denominator,
        s.value::double precision as value,
        mo_data.value_status(s.is_hidden, s.value, mo_data.figure_due(s.month, k.time_basis, k.expected_lag_days, d.replaces),
            case when l.month = s.month then mo_data.next_figure_due(s.month, k.time_basis, k.expected_lag_days) end, current_date)::varchar(10)
            as value_status,
        s.value_lower::double precision as value_lower,
        s.value_upper::double precision as value_upper,
        s.target::double precision as target,
        s.peer_median::double precision as comparator_value,
        case when s.peer_group is null then null when s.org_type in ('practice', 'pcn') then 'ICB median' else 'National median' end::varchar(20)
            as comparator_name,
        s.peer_median_without_self::double precision as peer_median_without_self,
        s.peer_n::integer as peer_n,
        s.peer_rank::integer as peer_rank,
        s.peer_decile::integer as peer_decile,
        s.peer_percentile::double precision as peer_percentile,
        s.previous_month_value::double precision as previous_month_value,
        (s.value - s.previous_month_value)::double precision as change_on_month,
        s.previous_year_value::double precision as previous_year_value,
        (s.value - s.previous_year_value)::double precision as change_on_year,
        ((s.month + interval '1 month')::date - 1)::date as as_at_date,
        s.run_id::integer as run_id,
        -- scalar subqueries, so that a query without these columns does not pay for them
        case when s.is_hidden then 'suppressed' else (
            select t.status_label from mo_data.target_status(k.direction, s.unit, s.value, s.value_lower, s.value_upper,
                s.denominator, s.target, m.value) t) end::varchar(20) as status_label,
        case when s.is_hidden then 'grey' else (
            select t.rag from mo_data.target_status(k.direction, s.unit, s.value, s.value_lower, s.value_upper,
                s.denominator, s.target, m.value) t) end::varchar(10) as rag
    from mo_data.kpi_shown s
        left join mo_data.kpi k on k.kpi_id = s.kpi_id -- outer and on keys: left out of a query that does not ask for the state
        left join mo_data.source d on d.source = k.sources[1]
        left join mo_data.setting m on m.name = 'status_min_denominator' -- not a subquery: with one, the function would not be taken in
        left join mo_data.kpi_latest l on l.org_key = s.org_key and l.kpi_id = s.kpi_id
    where s.breakdown = '';
comment on view mo_dashboard.fact_kpi is
    'One row a month, organisation of any level and KPI. Ratios: never add or average value; use sum(numerator) / sum(denominator), over one '
    'org_type at a time. Organisations above the practice are made of those that belonged to them on the month''s last day.';
comment on column mo_dashboard.fact_kpi.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.fact_kpi.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.fact_kpi.day_date is 'First day of the month. Key of dim_date.';
comment on column mo_dashboard.fact_kpi.month_start is 'First day of the month.';
comment on column mo_dashboard.fact_kpi.period_start is 'First day of the month as a timestamp, for incremental refresh in Power BI.';
comment on column mo_dashboard.fact_kpi.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.fact_kpi.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.fact_kpi.as_at_pcn_code is 'PCN it belonged to on the month''s last day. Null: none.';
comment on column mo_dashboard.fact_kpi.as_at_icb_code is 'ICB it belonged to on the month''s last day. Null: none.';
comment on column mo_dashboard.fact_kpi.numerator is 'What was counted (numerator_wording in dim_kpi). Null: suppressed.';
comment on column mo_dashboard.fact_kpi.denominator is 'What it is divided by (denominator_wording in dim_kpi).';
comment on column mo_dashboard.fact_kpi.value is 'Numerator / denominator times rate_per; percent as 0 to 1; the numerator for a count. Null: see value_status.';
comment on column mo_dashboard.fact_kpi.value_status is
    'ok, suppressed (small number), no_data (nothing to divide by), not_due (not yet complete: its day has not come), stale (the latest, and the '
    'next was due and is not there).';
comment on column mo_dashboard.fact_kpi.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.fact_kpi.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.fact_kpi.target is 'Target for value. Null: none is set.';
comment on column mo_dashboard.fact_kpi.comparator_value is 'Median of its peers, itself included. Null: see peer_n.';
comment on column mo_dashboard.fact_kpi.comparator_name is 'ICB median or National median. Null: not compared.';
comment on column mo_dashboard.fact_kpi.peer_median_without_self is 'Median of the other peers. Null: none, or as peer_rank.';
comment on column mo_dashboard.fact_kpi.peer_n is 'Peers with a value that is shown, itself included. Null: not compared, or more than one in five are suppressed.';
comment on column mo_dashboard.fact_kpi.peer_rank is 'Rank among its peers, 1 the lowest value; which end is good is the KPI''s direction_of_good. Null: see peer_n, or suppressed.';
comment on column mo_dashboard.fact_kpi.peer_decile is 'Tenth of its peers by rank, 1 the lowest values. Null: fewer than ten peers, or as peer_rank. Read it with peer_n.';
comment on column mo_dashboard.fact_kpi.peer_percentile is 'Percent rank among its peers times 100: 0 the lowest, 100 the highest, 0 when alone. Null: see peer_n, or suppressed.';
comment on column mo_dashboard.fact_kpi.previous_month_value is 'Value of the month before. Null: none, or suppressed.';
comment on column mo_dashboard.fact_kpi.change_on_month is 'Value less that of the month before. Null: one of them is not known or suppressed.';
comment on column mo_dashboard.fact_kpi.previous_year_value is 'Value of the same month a year before. Null: none, or suppressed.';
comment on column mo_dashboard.fact_kpi.change_on_year is 'Value less that of the same month a year before. Null: one of them is not known or suppressed.';
comment on column mo_dashboard.fact_kpi.as_at_date is 'Last day of the month: the day of membership and of stock figures.';
comment on column mo_dashboard.fact_kpi.run_id is 'Number of the refresh that published the row.';
comment on column mo_dashboard.fact_kpi.status_label is
    'on target, off target, or not clearly off (its 95 % interval holds the target); no target, no data, suppressed, no good '
    'direction, or too few to say (setting status_min_denominator). Of the figure as it is, complete or not: see value_status.';
comment on column mo_dashboard.fact_kpi.rag is 'green: on target; amber: not clearly off; red: off target; grey: all that is neither, see status_label.';
