-- Register patients with a required test out of date: the rules of kpi_hrd_monitoring_current, with the tests named. A test never done
-- is due since the patient came under its requirement.
create or replace function mo_data.worklist_hrd_monitoring_current(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with needed as materialized (
        select r.practice_code, c.patient_key, k.name, q.test_code_set, c.member_from + q.from_day as needed_from,
            case
                when c.interval_months is not null then make_interval(months => c.interval_months)
                when q.interval_months is not null then make_interval(months => q.interval_months)
                else make_interval(days => q.interval_days)
            end + make_interval(days => q.grace_days) as in_date_for
        from mo_data.cohort k
            join mo_data.cohort_member c on c.cohort_code = k.cohort_code
                and c.member_from <= as_at and (c.member_to is null or c.member_to > as_at)
            join mo_data.monitoring_requirement q on q.cohort_code = k.cohort_code and q.is_on
                and as_at >= c.member_from + q.from_day and (q.to_day is null or as_at < c.member_from + q.to_day)
            cross join lateral (
                select r.practice_code from mo_data.registration r
                where r.patient_key = c.patient_key and r.registered_from <= as_at and (r.registered_to is null or r.registered_to > as_at)
                order by r.registered_from desc, r.practice_code collate "C" limit 1) r
        where k.kind = 'high_risk_drug' and k.is_on and r.practice_code = any (org_codes)
            and c.patient_key in (
                select h.patient_key from mo_data.registration h
                where h.practice_code = any (org_codes) and h.registered_from <= as_at
                    and (h.registered_to is null or h.registered_to > as_at))
            and exists (
                select from mo_data.practice_membership p
                where p.practice_code = r.practice_code and p.valid_from <= as_at and (p.valid_to is null or p.valid_to > as_at))
            and not exists (select from mo_data.patient d where d.patient_key = c.patient_key and d.died_on <= as_at)
            and not exists (
                select from mo_data.monitoring_requirement w
                where w.cohort_code = k.cohort_code and w.is_on
                    and not exists (select from mo_data.code_set s where s.code_set = w.test_code_set and s.is_on))
    ),
    overdue as (
        select n.practice_code, n.patient_key, n.name, n.test_code_set, t.done_on,
            coalesce((t.done_on + n.in_date_for)::date, n.needed_from) as due_on
        from needed n
            cross join lateral (
                select max(a.event_date) as done_on
                from mo_data.code_set s join mo_data.activity a on a.code = s.code and a.patient_key = n.patient_key
                where s.code_set = n.test_code_set and s.is_on and a.event_date <= as_at and (a.outcome is null or a.outcome = 'attended')) t
        where t.done_on is null or t.done_on + n.in_date_for < as_at
    )
    select o.practice_code, 'patient:' || o.patient_key, min(o.due_on) filter (where isfinite(o.due_on)),
        'Monitor patient ' || o.patient_key || ': ' || string_agg(
            distinct o.test_code_set || coalesce(' last ' || to_char(o.done_on, 'YYYY-MM-DD'), ' none on record')
                || ' (' || o.name || ')', ', ')
    from overdue o
    group by o.practice_code, o.patient_key
$$;
comment on function mo_data.worklist_hrd_monitoring_current(text[], date) is
    'Patients on a high-risk drug register with a required test out of date on the day, and which; due_on is the last day the '
    'first of them was in '
    'date, or the first day it was required where it was never done. For mo_data.worklist.';
revoke all on function mo_data.worklist_hrd_monitoring_current(text[], date) from public;
