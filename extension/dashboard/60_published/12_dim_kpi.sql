create or replace view mo_dashboard.dim_kpi as
    select
        k.kpi_id::varchar(40) as kpi_id,
        k.name::varchar(255) as kpi_name,
        k.short_name::varchar(30) as kpi_short_name,
        k.page_order::integer as kpi_sort,
        k.family::varchar(30) as family,
        f.family_label::varchar(30) as family_label,
        f.family_label_sort::integer as family_label_sort,
        k.unit::varchar(10) as unit,
        k.per::double precision as rate_per,
        k.decimals::integer as decimals,
        n.number_format::varchar(30) as excel_format,
        n.number_format::varchar(30) as power_bi_format,
        k.direction::varchar(10) as direction_of_good,
        k.numerator_wording::varchar(255) as numerator_wording,
        k.denominator_wording::varchar(255) as denominator_wording,
        array_to_string(k.sources, ', ')::varchar(255) as source_list,
        case k.time_basis when 'annual' then 'annual' else 'monthly' end::varchar(10) as cadence,
        case when k.time_basis = 'flow' and k.counts_from_april then 'stock' else k.time_basis end::varchar(10) as time_basis, -- as quarter_basis: its months hold each other
        k.expected_lag_days::integer as expected_lag_days,
        k.interval_method::varchar(10) as interval_method,
        case
            when exists (select from mo_data.kpi_target t where t.kpi_id = k.kpi_id) then 'local'
            when k.kpi_id = 'smr_completed' and exists (select from mo_data.cohort_target) then 'share of the year'
            else 'none'
        end::varchar(20) as target_type,
        (case when k.hide_from is null and d.least_shown is null then 'Nothing is hidden'
                when k.hide_from is null then 'Numerators over denominators below ' || d.least_shown || ' are hidden'
                else 'Numerators from ' || k.hide_from || ' to ' || k.hide_to || ' are hidden' || coalesce(', and those over denominators below ' || d.least_shown, '') end
            || case when k.round_to > 1 then '; shown to the nearest ' || k.round_to else '' end)::varchar(100) as small_number_rule,
        k.owner_role::varchar(100) as owner_role,
        k.definition_version::varchar(20) as definition_version,
        k.rationale::text as rationale_narrative,
        k.reference::text as reference_narrative,
        k.rps_principle::integer as rps_principle,
        case when k.on_front_page then 1 else 0 end::smallint as is_on_front_page,
        case when k.on_front_page then 'Front page' else 'Comparisons only' end::varchar(20) as front_page_label
    from mo_data.kpi k
        left join (values
            ('clinical_activity', 'Clinical activity', 1), ('prescribing_safety', 'Prescribing safety', 2), ('cost', 'Cost', 3),
            ('des_assurance', 'DES assurance', 4), ('prescribing_measure', 'Prescribing measures', 5)
        ) f (family, family_label, family_label_sort) on f.family = k.family
        cross join lateral (
            select case k.unit when 'pounds' then '£#,##0' when 'percent' then '0' else '#,##0' end
                || case when k.decimals > 0 then '.' || repeat('0', k.decimals) else '' end
                || case k.unit when 'percent' then '%' else '' end as number_format
        ) n
        left join lateral ( -- as small_reason: a share over no more than what may be hidden tells its numerator
            select nullif(greatest(k.hide_denominator_below, case when k.interval_method = 'wilson' then k.hide_to + 1 end, 0), 0) as least_shown
            where k.unit <> 'count'
        ) d on true
    where k.is_active;
comment on view mo_dashboard.dim_kpi is 'One row a KPI: everything a page or a chart says of it.';
comment on column mo_dashboard.dim_kpi.kpi_id is 'Name of the KPI. Key.';
comment on column mo_dashboard.dim_kpi.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.dim_kpi.kpi_short_name is 'Name of at most 30 characters.';
comment on column mo_dashboard.dim_kpi.kpi_sort is 'Row on the page: the order of KPI names.';
comment on column mo_dashboard.dim_kpi.family is 'clinical_activity, prescribing_safety, cost, des_assurance or prescribing_measure.';
comment on column mo_dashboard.dim_kpi.family_label is 'Family as readers know it. Sort by family_label_sort.';
comment on column mo_dashboard.dim_kpi.family_label_sort is 'Order of family_label.';
comment on column mo_dashboard.dim_kpi.unit is 'percent (values are 0 to 1), ratio, rate, count, pounds or score.';
comment on column mo_dashboard.dim_kpi.rate_per is 'What a rate is per: 10000 for incidents per 10,000 patients; 1 otherwise.';
comment on column mo_dashboard.dim_kpi.decimals is 'Decimals to show.';
comment on column mo_dashboard.dim_kpi.excel_format is 'Number format for Excel.';
comment on column mo_dashboard.dim_kpi.power_bi_format is 'Number format for Power BI.';
comment on column mo_dashboard.dim_kpi.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.dim_kpi.numerator_wording is 'What is counted.';
comment on column mo_dashboard.dim_kpi.denominator_wording is 'What it is divided by.';
comment on column mo_dashboard.dim_kpi.source_list is 'Sources it is counted from, as in data_status.';
comment on column mo_dashboard.dim_kpi.cadence is 'How often a new figure comes: monthly or annual.';
comment on column mo_dashboard.dim_kpi.time_basis is 'flow: months add up (numerators and denominators alike); stock: the last month counts; annual.';
comment on column mo_dashboard.dim_kpi.expected_lag_days is 'Days after a month''s end when its figure can be complete.';
comment on column mo_dashboard.dim_kpi.interval_method is 'Method of the 95 % interval: wilson, byar or none.';
comment on column mo_dashboard.dim_kpi.target_type is 'local: targets set for organisations (kpi_target); share of the year: of an agreed number, due by the month; none.';
comment on column mo_dashboard.dim_kpi.small_number_rule is 'What is hidden because numbers are small.';
comment on column mo_dashboard.dim_kpi.owner_role is 'Who answers for it.';
comment on column mo_dashboard.dim_kpi.definition_version is 'Version of its definition.';
comment on column mo_dashboard.dim_kpi.rationale_narrative is 'Why it is measured. Narrative.';
comment on column mo_dashboard.dim_kpi.reference_narrative is 'Where its definition comes from. Narrative.';
comment on column mo_dashboard.dim_kpi.rps_principle is
    'Principle of medicines optimisation it serves (Royal Pharmaceutical Society): 1 patient experience, 2 evidence, 3 safety, 4 routine practice.';
comment on column mo_dashboard.dim_kpi.is_on_front_page is '1 when on the single page, else 0.';
comment on column mo_dashboard.dim_kpi.front_page_label is 'Front page or Comparisons only.';
