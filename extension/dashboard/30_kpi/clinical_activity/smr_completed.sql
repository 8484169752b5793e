-- smr_completed
-- Numerator:   cohort patients (as in smr_rolling_attainment, on the month end) with at least one structured medication review from 1 April
--              to the month end: each patient once, however many reviews.
-- Denominator: the PCN's target for the financial year (cohort_target: ALL when there is one, else the sum over its cohorts). An ICB's is
--              the sum of its PCNs'. No target, or 0, gives no percentage; the numerator is still shown.
-- Parts:       each cohort against its own target; in_month: patients with a review in the month itself (monthly, no denominator).
-- Source:      design conventions 5a.2; facts/README.md section 4 (there is no national target; targets and profile are local).
create or replace function mo_data.kpi_smr_completed(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with member as materialized (
        select v.month, v.patient_key, v.practice_code, v.cohort_code, last_event.in_year, last_event.in_month
        from mo_data.cohort_patient_at_month_end(from_month, to_month) v
            cross join lateral (
                select count(*) > 0 as in_year, count(*) filter (where a.event_date >= v.month) > 0 as in_month
                from mo_data.activity a join mo_data.code_set s on s.code = a.code and s.code_set = v.attained_by and s.is_on
                where a.patient_key = v.patient_key and a.event_date between mo.financial_year_start(v.month) and v.month_end
            ) last_event
    ),
    target as (
        select g::date as month, t.pcn_code, t.cohort_code, t.target_patients
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
            join mo_data.cohort_target t on t.year_start = mo.financial_year_start(g::date)
    )
    select m.practice_code, m.month, m.cohort_code, 'patient:' || m.patient_key, m.in_year::integer::double precision, null::double precision
    from member m
    union all
    select m.practice_code, m.month, null, 'patient:' || m.patient_key, bool_or(m.in_year)::integer::double precision, null
    from member m
    group by m.practice_code, m.month, m.patient_key
    union all
    select m.practice_code, m.month, 'in_month', 'patient:' || m.patient_key, bool_or(m.in_month)::integer::double precision, null
    from member m
    group by m.practice_code, m.month, m.patient_key
    union all
    select t.pcn_code, t.month, t.cohort_code, 'target:' || t.cohort_code, 0, t.target_patients
    from target t where t.cohort_code <> 'ALL'
    union all
    select t.pcn_code, t.month, null, 'target:' || t.cohort_code, 0, t.target_patients
    from target t
    where t.cohort_code = 'ALL'
        or not exists (select from target w where w.pcn_code = t.pcn_code and w.month = t.month and w.cohort_code = 'ALL')
$$;
comment on function mo_data.kpi_smr_completed(date, date) is
    'Records of smr_completed: one a cohort patient and month (1 when reviewed since 1 April), and one a target of a PCN.';
revoke all on function mo_data.kpi_smr_completed(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'smr_completed', family => 'clinical_activity', page_order => 100,
    name => 'Structured medication reviews since 1 April against target', short_name => 'SMRs against target',
    unit => 'percent', numerator_wording => 'cohort patients with a structured medication review since 1 April',
    denominator_wording => 'target of the financial year', direction => 'higher', time_basis => 'stock', interval_method => 'none',
    hide_from => 1, hide_to => 7, sources => array['cohort_member', 'registration', 'activity', 'cohort_target'],
    look_back_months => 11, expected_lag_days => 14, rps_principle => 1,
    rationale => 'The volume of reviews is agreed with the commissioner; this shows whether the network is on course.',
    reference => 'NHS England, Structured medication reviews and medicines optimisation guidance, PAR431, 2021; local target',
    is_site_kpi => false);
