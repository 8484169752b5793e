create or replace view mo_dashboard.fact_kpi_part as
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
        coalesce(b.label, mo_data.breakdown_words(s.breakdown))::varchar(100) as breakdown_label,
        ((s.month + interval '1 month')::date - 1)::date as as_at_date,
        s.run_id::integer as run_id,
        s.breakdown::varchar(100) as breakdown_code
    from mo_data.kpi_shown s
        left join mo_data.kpi k on k.kpi_id = s.kpi_id
        left join mo_data.source d on d.source = k.sources[1]
        left join mo_data.kpi_latest l on l.org_key = s.org_key and l.kpi_id = s.kpi_id -- of the KPI: a part may be missing from its latest month
        left join mo_data.breakdown_label b on b.breakdown = s.breakdown
    where s.breakdown <> '';
comment on view mo_dashboard.fact_kpi_part is
    'One row a month, organisation of any level, KPI and part of it (a drug group, an alert class, an indicator, a theme). Parts may overlap: an '
    'event with two themes is in both, so parts do not always add up to the KPI in fact_kpi.';
comment on column mo_dashboard.fact_kpi_part.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.fact_kpi_part.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.fact_kpi_part.day_date is 'First day of the month. Key of dim_date.';
comment on column mo_dashboard.fact_kpi_part.month_start is 'First day of the month.';
comment on column mo_dashboard.fact_kpi_part.period_start is 'First day of the month as a timestamp, for incremental refresh in Power BI.';
comment on column mo_dashboard.fact_kpi_part.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.fact_kpi_part.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.fact_kpi_part.as_at_pcn_code is 'PCN it belonged to on the month''s last day. Null: none.';
comment on column mo_dashboard.fact_kpi_part.as_at_icb_code is 'ICB it belonged to on the month''s last day. Null: none.';
comment on column mo_dashboard.fact_kpi_part.numerator is 'What was counted (numerator_wording in dim_kpi). Null: suppressed.';
comment on column mo_dashboard.fact_kpi_part.denominator is 'What it is divided by (denominator_wording in dim_kpi).';
comment on column mo_dashboard.fact_kpi_part.value is 'Numerator / denominator times rate_per; percent as 0 to 1; the numerator for a count. Null: see value_status.';
comment on column mo_dashboard.fact_kpi_part.value_status is
    'ok, suppressed (small number), no_data (nothing to divide by), not_due (not yet complete: its day has not come), stale (the latest, and the '
    'next was due and is not there).';
comment on column mo_dashboard.fact_kpi_part.value_lower is 'Lower end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.fact_kpi_part.value_upper is 'Upper end of the 95 % interval of value. Null: the KPI has no interval, or see value_status.';
comment on column mo_dashboard.fact_kpi_part.breakdown_label is 'The part in words, as the return has it: Lithium, class 2, Clinical pharmacist.';
comment on column mo_dashboard.fact_kpi_part.as_at_date is 'Last day of the month: the day of membership and of stock figures.';
comment on column mo_dashboard.fact_kpi_part.run_id is 'Number of the refresh that published the row.';
comment on column mo_dashboard.fact_kpi_part.breakdown_code is 'The part as the KPI codes it, the same whatever it is called: class_2, role_CP.';
