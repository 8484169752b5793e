-- Who is in a review cohort on a day, and when last reviewed: the worklists of the two SMR KPIs.
create or replace function mo_data.smr_patient_on(org_codes text[], as_at date)
returns table (org_code text, patient_key integer, cohorts text, member_from date, reviewed_on date)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select r.practice_code, c.patient_key, string_agg(distinct k.name, ', ' order by k.name), min(c.member_from), max(v.event_date)
    from mo_data.smr_cohort k
        join mo_data.cohort_member c on c.cohort_code = k.cohort_code
            and c.member_from <= as_at and (c.member_to is null or c.member_to > as_at)
        cross join lateral (
            select r.practice_code from mo_data.registration r
            where r.patient_key = c.patient_key and r.registered_from <= as_at and (r.registered_to is null or r.registered_to > as_at)
            order by r.registered_from desc, r.practice_code collate "C" limit 1) r
        cross join lateral (
            select max(a.event_date) as event_date
            from mo_data.code_set s join mo_data.activity a on a.code = s.code and a.patient_key = c.patient_key
            where s.code_set = k.attained_by and s.is_on and a.event_date <= as_at and (a.outcome is null or a.outcome = 'attended')) v
    where r.practice_code = any (org_codes)
        and c.patient_key in (
            select h.patient_key from mo_data.registration h
            where h.practice_code = any (org_codes) and h.registered_from <= as_at and (h.registered_to is null or h.registered_to > as_at))
        and exists (
            select from mo_data.practice_membership p
            where p.practice_code = r.practice_code and p.valid_from <= as_at and (p.valid_to is null or p.valid_to > as_at))
        and not exists (select from mo_data.patient d where d.patient_key = c.patient_key and d.died_on <= as_at)
    group by r.practice_code, c.patient_key
$$;
comment on function mo_data.smr_patient_on(text[], date) is
    'Patients who on the day are in a review cohort that is counted and registered at one of the practices, with their '
    'latest review by then (null: '
    'none). The same patients as mo_data.cohort_patient_at_month_end. For the worklists of the two SMR KPIs.';
revoke all on function mo_data.smr_patient_on(text[], date) from public;
