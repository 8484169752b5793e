-- Who is in which review cohort, and registered where, on each month end (conventions 5a.1 and 5a.2).
create or replace function mo_data.cohort_patient_at_month_end(from_month date, to_month date)
returns table (month date, month_end date, patient_key integer, practice_code text, cohort_code text, attained_by text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set jit = off  -- the number of months is not known to the planner: it would compile for seconds
as $$
    select distinct e.month, e.month_end, c.patient_key, r.practice_code, k.cohort_code, k.attained_by
    from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
        cross join lateral (select g::date as month, mo.month_end(g::date) as month_end) e
        cross join mo_data.smr_cohort k
        join mo_data.cohort_member c on c.cohort_code = k.cohort_code
            and c.member_from <= e.month_end and (c.member_to is null or c.member_to > e.month_end)
        cross join lateral (
            select r.practice_code from mo_data.registration r
            where r.patient_key = c.patient_key
                and r.registered_from <= e.month_end and (r.registered_to is null or r.registered_to > e.month_end)
            order by r.registered_from desc, r.practice_code collate "C" limit 1) r
    where exists (
            select from mo_data.practice_membership p
            where p.practice_code = r.practice_code and p.valid_from <= e.month_end and (p.valid_to is null or p.valid_to > e.month_end))
        and not exists (select from mo_data.patient d where d.patient_key = c.patient_key and d.died_on <= e.month_end)
$$;
comment on function mo_data.cohort_patient_at_month_end(date, date) is
    'One row a month, patient and review cohort that is counted (mo_data.smr_cohort): membership and registration hold on the month end, the practice '
    'belongs to an organisation, the patient is alive. A patient registered twice is at the registration that began last, then at the '
    'lower code; where that practice belongs to no organisation, nowhere.';
revoke all on function mo_data.cohort_patient_at_month_end(date, date) from public;
