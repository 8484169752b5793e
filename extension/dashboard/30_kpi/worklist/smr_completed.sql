-- Patients of the review cohorts without a review since 1 April; due by 31 March.
create or replace function mo_data.worklist_smr_completed(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select s.org_code, 'patient:' || s.patient_key, (mo.financial_year_start(as_at) + interval '1 year')::date - 1,
        'Review patient ' || s.patient_key || ' (' || s.cohorts || '): '
            || coalesce('last review ' || to_char(s.reviewed_on, 'YYYY-MM-DD'), 'no review on record')
    from mo_data.smr_patient_on(org_codes, as_at) s
    where s.reviewed_on is null or s.reviewed_on < mo.financial_year_start(as_at)
$$;
comment on function mo_data.worklist_smr_completed(text[], date) is
    'Patients of the review cohorts without a review in the financial year of the day; due_on is its 31 March. For mo_data.worklist.';
revoke all on function mo_data.worklist_smr_completed(text[], date) from public;
