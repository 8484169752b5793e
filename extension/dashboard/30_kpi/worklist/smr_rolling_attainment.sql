-- Patients of the review cohorts without a review in the trailing 12 calendar months: those that the month's figure will not count unless they are
-- reviewed by its end.
create or replace function mo_data.worklist_smr_rolling_attainment(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select s.org_code, 'patient:' || s.patient_key, coalesce(mo.month_end((s.reviewed_on + interval '12 months')::date), s.member_from),
        'Review patient ' || s.patient_key || ' (' || s.cohorts || '): '
            || coalesce('last review ' || to_char(s.reviewed_on, 'YYYY-MM-DD'), 'no review on record')
    from mo_data.smr_patient_on(org_codes, as_at) s
    where s.reviewed_on is null or s.reviewed_on < mo.month_start(as_at) - interval '11 months'
$$;
comment on function mo_data.worklist_smr_rolling_attainment(text[], date) is
    'Patients of the review cohorts without a review in the 12 calendar months that end with the month of the day; due_on is '
    'the last day of the '
    'first month whose figure does not have their last review any more, the day they joined a cohort where there is none. For mo_data.worklist.';
revoke all on function mo_data.worklist_smr_rolling_attainment(text[], date) from public;
