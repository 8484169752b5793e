-- smr_completed
-- Numerator:   cohort patients (as in smr_rolling_attainment, on the month end) with at least one structured medication review from 1 April
--              to the month end: each patient once, however many reviews.
-- Denominator: the PCN's target for the financial year (cohort_target: ALL when there is one, else the sum over its cohorts that are
--              switched on). An ICB's is the sum of its PCNs'. Where no PCN has one there is no percentage; the numerator is still shown.
-- Parts:       each cohort against its own target; in_month: patients with a review in the month itself (monthly, no denominator).
-- Left out:    patients of PCNs without a target, or with 0, in years for which another has one: they would be in an ICB's numerator and not in its
--              denominator (in_month has them); else as in smr_rolling_attainment. Total: likewise (mo_data.smr_cell).
-- Source:      design conventions 5a.2; facts/README.md section 4 (there is no national target; targets and profile are local).
create or replace function mo_data.smr_target(from_month date, to_month date)
returns table (pcn_code text, month date, breakdown text, cohort_code text, target_patients double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with target as (
        select t.pcn_code, g::date as month, t.cohort_code, t.target_patients::double precision as target_patients
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
            join mo_data.cohort_target t on t.year_start = mo.financial_year_start(g::date)
        where t.target_patients > 0 and exists (select from mo_data.smr_cohort k where t.cohort_code in ('ALL', k.cohort_code))
    )
    select t.pcn_code, t.month, t.cohort_code, t.cohort_code, t.target_patients
    from target t where t.cohort_code <> 'ALL'
    union all
    select t.pcn_code, t.month, null, t.cohort_code, t.target_patients
    from target t
    where t.cohort_code = 'ALL'
        or not exists (select from target w where w.pcn_code = t.pcn_code and w.month = t.month and w.cohort_code = 'ALL')
$$;
comment on function mo_data.smr_target(date, date) is
    'What PCNs have agreed to review in the financial year of each month: breakdown null for the rows that make the PCN''s whole target, '
    'else the cohort. A target of 0 patients is none.';
revoke all on function mo_data.smr_target(date, date) from public;

create or replace function mo_data.smr_without_target(from_month date, to_month date)
returns table (practice_code text, month date, part text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with target as materialized (
        select distinct t.pcn_code, t.month, coalesce(t.breakdown, '') as part from mo_data.smr_target(from_month, to_month) t
    ), asked as materialized (
        select distinct t.month, t.part, mo.month_end(t.month) as day from target t
    )
    select p.org_code, a.month, a.part
    from asked a
        join mo_data.organisation_path_on(array(select distinct x.day from asked x)) p on p.day = a.day and p.org_type = 'practice'
    where not exists (select from target t where t.pcn_code = p.pcn_code and t.month = a.month and t.part = a.part)
$$;
comment on function mo_data.smr_without_target(date, date) is
    'Practices of PCNs without a target for reviews, by month and part (empty: the whole), in months for which another PCN has one.';
revoke all on function mo_data.smr_without_target(date, date) from public;

create or replace function mo_data.kpi_smr_completed(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set jit = off  -- the number of months is not known to the planner: it would compile for seconds
as $$
    with member as materialized (
        select v.month, v.patient_key, v.practice_code, v.cohort_code, review.in_year, review.in_month
        from mo_data.cohort_patient_at_month_end(from_month, to_month) v
            cross join lateral (
                select count(*) > 0 as in_year, count(*) filter (where a.event_date >= v.month) > 0 as in_month
                from mo_data.activity a join mo_data.code_set s on s.code = a.code and s.code_set = v.attained_by and s.is_on
                where a.patient_key = v.patient_key and a.event_date between mo.financial_year_start(v.month) and v.month_end
                    and (a.outcome is null or a.outcome = 'attended')
            ) review
    ), without as materialized (
        select w.practice_code, w.month, w.part from mo_data.smr_without_target(from_month, to_month) w
    )
    select m.practice_code, m.month, m.cohort_code, 'patient:' || m.patient_key, m.in_year::integer::double precision,
        null::double precision
    from member m
    where not exists (select from without w where w.practice_code = m.practice_code and w.month = m.month and w.part = m.cohort_code)
    union all
    select m.practice_code, m.month, null, 'patient:' || m.patient_key, bool_or(m.in_year)::integer::double precision, null
    from member m
    where not exists (select from without w where w.practice_code = m.practice_code and w.month = m.month and w.part = '')
    group by m.practice_code, m.month, m.patient_key
    union all
    select m.practice_code, m.month, 'in_month', 'patient:' || m.patient_key, bool_or(m.in_month)::integer::double precision, null
    from member m
    group by m.practice_code, m.month, m.patient_key
    union all
    select t.pcn_code, t.month, t.breakdown, 'target:' || t.cohort_code, 0, t.target_patients
    from mo_data.smr_target(from_month, to_month) t
$$;
comment on function mo_data.kpi_smr_completed(date, date) is
    'Records of smr_completed: one a cohort patient and month (1 when reviewed since 1 April), and one a target of a PCN.';
revoke all on function mo_data.kpi_smr_completed(date, date) from public;

create or replace function mo_data.kpi_smr_completed_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select f.org_code, f.month, f.breakdown, f.numerator, f.denominator
    from mo_data.registered_figures(array['smr_completed'], array[from_month], array[to_month]) f
$$;
comment on function mo_data.kpi_smr_completed_total(date, date) is
    'Sums of the records of smr_completed, counted without making the records.';
revoke all on function mo_data.kpi_smr_completed_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'smr_completed', family => 'clinical_activity', page_order => 100,
    name => 'Structured medication reviews since 1 April against target', short_name => 'SMRs against target',
    unit => 'percent', numerator_wording => 'cohort patients with a structured medication review since 1 April',
    denominator_wording => 'target of the financial year', direction => 'higher', time_basis => 'stock', interval_method => 'none',
    hide_from => 1, hide_to => 7, parts_add_up => array['^(?!in_month$)'], sources => array['activity', 'activity_emis', 'activity_systmone', 'cohort_member',
        'registration', 'patient', 'pcn_members', 'cohort', 'code_set', 'cohort_target'],
    optional_sources => array['cohort_target'], counts_from_april => true,
    total_function => 'mo_data.kpi_smr_completed_total', look_back_months => 11, expected_lag_days => 14, rps_principle => 1,
    rationale => 'The volume of reviews is agreed with the commissioner; this shows whether the network is on course.',
    reference => 'NHS England, Structured medication reviews and medicines optimisation guidance, PAR431, 2021; local target',
    is_site_kpi => false);
