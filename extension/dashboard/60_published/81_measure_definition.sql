-- Definitions of measures in words, and the national opportunities they serve.
create or replace view mo_dashboard.measure_definition as
    select
        m.measure_id::varchar(40) as kpi_id,
        m.title::varchar(255) as kpi_name,
        m.pack::varchar(30) as measure_pack,
        (n.words || array_to_string(m.numerator_include, ', ')
            || case when m.numerator_exclude = '{}' then '' else '; not ' || array_to_string(m.numerator_exclude, ', ') end)::text as numerator_narrative,
        case when m.population is not null then case when m.population = 'list_size' then 'registered patients'
                when m.population ~ '^register:' then 'patients in register ' || substr(m.population, 10) else 'patients weighted by ' || m.population end
            else d.words || array_to_string(m.denominator_include, ', ')
                || case when m.denominator_exclude = '{}' then '' else '; not ' || array_to_string(m.denominator_exclude, ', ') end
            end::text as denominator_narrative,
        m.per::double precision as rate_per,
        m.direction::varchar(10) as direction_of_good,
        case when m.is_cost_based then 1 else 0 end::smallint as is_cost_based,
        case when m.is_cost_based then 'Savings are worked out' else 'No savings' end::varchar(30) as cost_based_label,
        m.definition_version::varchar(20) as definition_version,
        m.source::varchar(255) as definition_source,
        m.source_version::varchar(40) as source_version,
        m.reviewed_on::date as reviewed_on,
        m.review_due::date as review_due,
        case when m.is_active then 1 else 0 end::smallint as is_counted,
        case when m.is_active then 'Counted' else 'Switched off' end::varchar(20) as counted_label,
        coalesce(p.problem_count, 0)::integer as problem_count,
        p.problems::text as problem_narrative
    from mo_data.prescribing_measure m
        left join mo_data.measure_problem_list p on p.measure_id = m.measure_id
        cross join lateral (select case m.numerator_value when 'nic' then 'NIC' when 'actual_cost' then 'actual cost' else m.numerator_value end
            || ' of ' as words) n
        cross join lateral (select case m.denominator_value when 'nic' then 'NIC' when 'actual_cost' then 'actual cost' else m.denominator_value end
            || ' of ' as words) d;
comment on view mo_dashboard.measure_definition is
    'One row a prescribing measure: what it counts, by BNF code, prefix or pattern (% is any text); where the definition comes from; and what may '
    'be wrong with it.';
comment on column mo_dashboard.measure_definition.kpi_id is 'Name of the KPI. Key of dim_kpi where it is counted.';
comment on column mo_dashboard.measure_definition.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.measure_definition.measure_pack is 'local, openprescribing, nhse_opportunity, innovation, switch or formulary.';
comment on column mo_dashboard.measure_definition.numerator_narrative is 'What the numerator counts, in BNF entries. Narrative.';
comment on column mo_dashboard.measure_definition.denominator_narrative is 'What the denominator counts. Narrative.';
comment on column mo_dashboard.measure_definition.rate_per is 'What a rate is per: 1000 for a rate per 1,000 patients; 1 otherwise.';
comment on column mo_dashboard.measure_definition.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.measure_definition.is_cost_based is '1 when measure_saving has it, else 0.';
comment on column mo_dashboard.measure_definition.cost_based_label is 'Savings are worked out, or No savings.';
comment on column mo_dashboard.measure_definition.definition_version is 'Version of its definition.';
comment on column mo_dashboard.measure_definition.definition_source is 'Where the definition comes from.';
comment on column mo_dashboard.measure_definition.source_version is 'Version or day of the source. Null: not known.';
comment on column mo_dashboard.measure_definition.reviewed_on is 'Day its source last reviewed it. Null: not known.';
comment on column mo_dashboard.measure_definition.review_due is 'Day by which its source means to review it. Null: not known.';
comment on column mo_dashboard.measure_definition.is_counted is '1 when it is a KPI, else 0.';
comment on column mo_dashboard.measure_definition.counted_label is 'Counted or Switched off.';
comment on column mo_dashboard.measure_definition.problem_count is 'Things that may be wrong with it.';
comment on column mo_dashboard.measure_definition.problem_narrative is 'Which: entries that match nothing prescribed so far, exclusions without effect, an overdue review. Null: none. Narrative.';

create or replace view mo_dashboard.opportunity as
    select
        o.opportunity_no::integer as opportunity_no,
        o.title::varchar(255) as opportunity_title,
        case when o.has_focus then 1 else 0 end::smallint as is_focus,
        case when o.has_focus then 'Focus' else 'Not a focus' end::varchar(20) as focus_label,
        x.measure_id::varchar(40) as kpi_id,
        m.title::varchar(255) as kpi_name,
        case when x.measure_id is null then 'no measure' when m.measure_id is null then 'not counted here' when m.is_active then 'measured'
            else 'switched off' end::varchar(30) as measure_status_label,
        o.source::varchar(255) as definition_source,
        case when x.measure_id is null then 'No prescribing measure is linked to this opportunity.'
            when m.measure_id is null then 'No definition of this measure is here: it has not been loaded, or it is one of those of OpenPrescribing that are queries '
                'and not lists of BNF codes, which cannot be counted here.'
            when not m.is_active then 'The definition is here but switched off; who runs the dashboard can switch it on.'
        end::text as measure_status_narrative
    from mo_data.mo_opportunity o
        left join mo_data.mo_opportunity_measure x on x.opportunity_no = o.opportunity_no
        left join mo_data.prescribing_measure m on m.measure_id = x.measure_id
    where o.is_on;
comment on view mo_dashboard.opportunity is
    'One row a national medicines optimisation opportunity of NHS England and measure of it. Opportunities that no published source confirms are '
    'left out.';
comment on column mo_dashboard.opportunity.opportunity_no is 'Number in NHS England''s list.';
comment on column mo_dashboard.opportunity.opportunity_title is 'The opportunity.';
comment on column mo_dashboard.opportunity.is_focus is '1 when NHS England gives it its own focus, else 0.';
comment on column mo_dashboard.opportunity.focus_label is 'Focus or Not a focus.';
comment on column mo_dashboard.opportunity.kpi_id is 'Name of the KPI. Key of dim_kpi where it is measured. Null: no measure.';
comment on column mo_dashboard.opportunity.kpi_name is 'Full name of the KPI. Null: it is not a row of ours.';
comment on column mo_dashboard.opportunity.measure_status_label is
    'measured; switched off; not counted here; no measure. Why is in measure_status_narrative.';
comment on column mo_dashboard.opportunity.definition_source is 'Where the opportunity is known from.';
comment on column mo_dashboard.opportunity.measure_status_narrative is 'Why there are no figures, in a sentence. Null: it is measured. Narrative.';

create or replace view mo_dashboard.innovation_uptake as
    select
        s.kpi_id::varchar(40) as kpi_id,
        i.title::varchar(255) as kpi_name,
        i.nice_reference::varchar(40) as nice_reference,
        i.recommended_on::date as recommended_on,
        s.month::date as month_start,
        s.org_key::integer as org_key,
        s.org_type::varchar(10) as org_type,
        s.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        s.numerator::double precision as numerator,
        s.denominator::double precision as denominator,
        s.value::double precision as value,
        case when s.is_hidden then 'suppressed' when s.value is null then 'no_data' else 'ok' end::varchar(10) as value_status,
        case when i.cohort_code is null then 'per 100,000 registered patients' else 'per 100 patients in register ' || i.cohort_code end::varchar(100)
            as uptake_label,
        d.decile[5]::double precision as level_median,
        s.run_id::integer as run_id
    from mo_data.kpi_shown s
        join mo_data.innovation_medicine i on 'innovation_' || i.medicine_code = s.kpi_id
        left join mo_data.measure_decile_shown d on d.kpi_id = s.kpi_id and d.month = s.month and d.org_type = s.org_type
        left join mo_data.organisation_named n on n.org_key = s.org_key
    where s.breakdown = '';
comment on view mo_dashboard.innovation_uptake is
    'One row a NICE-approved medicine (mo_data.innovation_medicine), month and organisation: its uptake per 100,000 registered patients, or per 100 '
    'patients of a register. There is no right amount: supports discussion of variation and is not performance management.';
comment on column mo_dashboard.innovation_uptake.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.innovation_uptake.kpi_name is 'Full name of the medicine.';
comment on column mo_dashboard.innovation_uptake.nice_reference is 'NICE guidance.';
comment on column mo_dashboard.innovation_uptake.recommended_on is 'Day NICE recommended it. Null: not given.';
comment on column mo_dashboard.innovation_uptake.month_start is 'First day of the month.';
comment on column mo_dashboard.innovation_uptake.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.innovation_uptake.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_dashboard.innovation_uptake.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.innovation_uptake.org_name is 'Name of the organisation.';
comment on column mo_dashboard.innovation_uptake.numerator is 'What was counted: items or quantity. Null: suppressed.';
comment on column mo_dashboard.innovation_uptake.denominator is 'What it is divided by: patients, see uptake_label.';
comment on column mo_dashboard.innovation_uptake.value is 'Numerator / denominator times rate_per: see uptake_label. Null: see value_status.';
comment on column mo_dashboard.innovation_uptake.value_status is 'ok, suppressed (small number), no_data (nothing to divide by).';
comment on column mo_dashboard.innovation_uptake.uptake_label is 'What value is per.';
comment on column mo_dashboard.innovation_uptake.level_median is 'Median of its level. Null: a level that is not compared, or, for logins that do not see them all, fewer than five organisations.';
comment on column mo_dashboard.innovation_uptake.run_id is 'Number of the refresh that published the row.';
