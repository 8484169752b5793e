-- smr_rolling_attainment
-- Numerator:   cohort patients with at least one qualifying event (for the review cohorts: a structured medication review) in the 12
--              calendar months that end with the month: from the first day of the month eleven months back to the month's end.
-- Denominator: patients who on the month end were in a review cohort that is switched on and can be attained (mo_data.smr_cohort), alive,
--              and registered with a practice that on that day was open and belonged to an organisation (mo_data.practice_membership).
-- Where:       the practice of registration on the month end, wherever the event was recorded. A patient registered twice counts at the
--              later registration. A patient in several cohorts counts once in the whole, once in each cohort's part.
-- Left out:    events without a date or after the month end; memberships or registrations without a start; people who declined or reached
--              the end of life are out because their membership ended.
-- Source:      design conventions 5a.1, 5a.2; NHS England SMR guidance PAR431 (2021); attaining code: facts/snomed_codes.csv, SMR_DONE.
create or replace function mo_data.kpi_smr_rolling_attainment(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set jit = off  -- the number of months is not known to the planner: it would compile for seconds
as $$
    with member as (
        select v.month, v.patient_key, v.practice_code, v.cohort_code, exists (
            select from mo_data.activity a join mo_data.code_set s on s.code = a.code and s.code_set = v.attained_by and s.is_on
            where a.patient_key = v.patient_key and a.event_date between (v.month - interval '11 months')::date and v.month_end
                and (a.outcome is null or a.outcome = 'attended')
        ) as attained
        from mo_data.cohort_patient_at_month_end(from_month, to_month) v
    )
    select m.practice_code, m.month, m.cohort_code, 'patient:' || m.patient_key, m.attained::integer::double precision, 1
    from member m
    union all
    select m.practice_code, m.month, null, 'patient:' || m.patient_key, bool_or(m.attained)::integer::double precision, 1
    from member m
    group by m.practice_code, m.month, m.patient_key
$$;
comment on function mo_data.kpi_smr_rolling_attainment(date, date) is
    'Records of smr_rolling_attainment: one a cohort patient and month, and one for each cohort the patient is in.';
revoke all on function mo_data.kpi_smr_rolling_attainment(date, date) from public;

create or replace function mo_data.kpi_smr_rolling_attainment_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select f.org_code, f.month, f.breakdown, f.numerator, f.denominator
    from mo_data.registered_figures(array['smr_rolling_attainment'], array[from_month], array[to_month]) f
$$;
comment on function mo_data.kpi_smr_rolling_attainment_total(date, date) is
    'Sums of the records of smr_rolling_attainment, counted without making the records.';
revoke all on function mo_data.kpi_smr_rolling_attainment_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'smr_rolling_attainment', family => 'clinical_activity', page_order => 110, on_front_page => false,
    name => 'Cohort patients with a structured medication review in 12 months', short_name => 'SMR in 12 months',
    unit => 'percent', numerator_wording => 'cohort patients with a structured medication review in the last 12 months',
    denominator_wording => 'patients in a priority cohort at the month end', direction => 'higher', time_basis => 'stock',
    interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => array['activity', 'activity_emis', 'activity_systmone', 'cohort_member',
        'registration', 'patient', 'pcn_members', 'cohort', 'code_set'],
    total_function => 'mo_data.kpi_smr_rolling_attainment_total', history_months => 11, look_back_months => 11, expected_lag_days => 14, rps_principle => 1,
    rationale => 'Patients at risk of harm from their medicines should be reviewed at least once a year.',
    reference => 'NHS England, Structured medication reviews and medicines optimisation guidance, PAR431, 2021', is_site_kpi => false);
