-- hrd_monitoring_current
-- Numerator:   register patients for whom every required test of every register they are on is in date at the month end: the latest test
--              plus its interval (and any grace days) is on or after the month end. No test on file is not in date.
-- Denominator: patients on the register of a high-risk drug that is switched on and has a requirement, at the month end, alive and
--              registered. A register one of whose tests has no code switched on is left out whole: it cannot be measured, and is not 0 %.
-- Parts:       by drug group, a patient once in each; the worst test rules.
-- Intervals:   monitoring_requirement, by phase since joining the register; cohort_member.interval_months, where given, is the patient's.
-- Source:      facts/hrd_monitoring.csv (Specialist Pharmacy Service), facts/README.md section 5. PINCER windows are audit windows and
--              are not used.
create or replace function mo_data.kpi_hrd_monitoring_current(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
set enable_nestloop = off  -- needs and tests meet in a hash join at every size; row counts cannot be estimated here
set enable_mergejoin = off
set jit = off  -- the number of months is not known to the planner: it would compile for seconds
as $$
    with register as materialized (
        select e.month, e.month_end, c.patient_key, r.practice_code, k.cohort_code, k.drug_group, c.member_from, c.interval_months
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
            cross join lateral (select g::date as month, mo.month_end(g::date) as month_end) e
            join mo_data.cohort k on k.kind = 'high_risk_drug' and k.is_on
            join mo_data.cohort_member c on c.cohort_code = k.cohort_code
                and c.member_from <= e.month_end and (c.member_to is null or c.member_to > e.month_end)
            cross join lateral (
                select r.practice_code from mo_data.registration r
                where r.patient_key = c.patient_key
                    and r.registered_from <= e.month_end and (r.registered_to is null or r.registered_to > e.month_end)
                order by r.registered_from desc, r.practice_code collate "C" limit 1) r
        where exists (
                select from mo_data.organisation_parent p
                where p.org_code = r.practice_code and p.valid_from <= e.month_end and (p.valid_to is null or p.valid_to > e.month_end))
            and not exists (select from mo_data.patient d where d.patient_key = c.patient_key and d.died_on <= e.month_end)
            and not exists (
                select from mo_data.monitoring_requirement w
                where w.cohort_code = k.cohort_code and w.is_on
                    and not exists (select from mo_data.code_set s where s.code_set = w.test_code_set and s.is_on))
    ),
    needed as materialized (
        select m.month, m.month_end, m.patient_key, m.practice_code, m.drug_group, q.test_code_set,
            case
                when m.interval_months is not null then make_interval(months => m.interval_months)
                when q.interval_months is not null then make_interval(months => q.interval_months)
                else make_interval(days => q.interval_days)
            end + make_interval(days => q.grace_days) as in_date_for
        from register m
            join mo_data.monitoring_requirement q on q.cohort_code = m.cohort_code and q.is_on
                and m.month_end >= m.member_from + q.from_day and (q.to_day is null or m.month_end < m.member_from + q.to_day)
    ),
    test as (  -- each with the day of the patient's next one: on any month end one test of a kind is the latest
        select a.patient_key, s.code_set, a.event_date,
            lead(a.event_date) over (partition by a.patient_key, s.code_set order by a.event_date) as next_date
        from mo_data.code_set s join mo_data.activity a on a.code = s.code
        where s.is_on and s.code_set in (select n.test_code_set from needed n)
            and a.patient_key in (select n.patient_key from needed n)
            and coalesce(a.outcome, 'attended') = 'attended'
            and a.event_date between (select min(n.month_end - n.in_date_for)::date - 3 from needed n) and mo.month_end(to_month)
    ),
    tested as (
        select n.month, n.patient_key, n.practice_code, n.drug_group,
            coalesce(t.event_date + n.in_date_for >= n.month_end, false) as in_date
        from needed n
            left join test t on t.patient_key = n.patient_key and t.code_set = n.test_code_set
                and t.event_date <= n.month_end and (t.next_date is null or t.next_date > n.month_end)
    )
    select t.practice_code, t.month, t.drug_group, 'patient:' || t.patient_key, bool_and(t.in_date)::integer::double precision,
        1::double precision
    from tested t group by t.practice_code, t.month, t.drug_group, t.patient_key
    union all
    select t.practice_code, t.month, null, 'patient:' || t.patient_key, bool_and(t.in_date)::integer::double precision, 1
    from tested t group by t.practice_code, t.month, t.patient_key
$$;
comment on function mo_data.kpi_hrd_monitoring_current(date, date) is
    'Records of hrd_monitoring_current: one a register patient and month, and one for each drug group the patient is in.';
revoke all on function mo_data.kpi_hrd_monitoring_current(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'hrd_monitoring_current', family => 'clinical_activity', page_order => 120,
    name => 'High-risk drug register patients with monitoring in date', short_name => 'HRD monitoring in date',
    unit => 'percent', numerator_wording => 'register patients with every required test in date',
    denominator_wording => 'patients on a high-risk drug register', direction => 'higher', time_basis => 'stock',
    interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => array['activity', 'activity_emis', 'activity_systmone', 'cohort_member',
        'registration', 'patient', 'pcn_members', 'cohort', 'code_set', 'monitoring_requirement'],
    history_months => 12, look_back_months => 15, expected_lag_days => 14, rps_principle => 3,
    rationale => 'Missed monitoring of high-risk drugs is a known cause of avoidable harm.',
    reference => 'Specialist Pharmacy Service drug monitoring; CQC GP mythbuster 12', is_site_kpi => false);
