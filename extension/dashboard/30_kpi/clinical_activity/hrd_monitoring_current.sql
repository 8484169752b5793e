-- hrd_monitoring_current
-- Numerator:   register patients for whom every required test of every register they are on is in date at the month end: the latest test
--              plus its interval (and any grace days) is on or after the month end. No test on file is not in date.
-- Denominator: patients on the register of a high-risk drug that is switched on and has a requirement, at the month end, alive and
--              registered. A register one of whose tests has no code switched on is left out whole: it cannot be measured, and is not 0 %.
-- Parts:       by drug group, a patient once in each; the worst test rules.
-- Intervals:   monitoring_requirement, by phase since joining the register; cohort_member.interval_months, where given, is the patient's.
-- Source:      facts/hrd_monitoring.csv (Specialist Pharmacy Service), facts/README.md section 5. PINCER windows are audit windows and
--              are not used.
-- Total:       the same patients counted by the extension: the spells in which a test is required, and within them the gaps in which it is not
--              in date, are months of patients, met with each other and with registrations once.
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

-- PL/pgSQL, so that each query is planned for the codes, registers and months it is asked for.
create or replace function mo_data.kpi_hrd_monitoring_current_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_nestloop = off  -- as above
set jit = off
as $$
#variable_conflict use_column
declare
    registers text[] := array(
        select k.cohort_code from mo_data.cohort k
        where k.kind = 'high_risk_drug' and k.is_on
            and not exists (
                select from mo_data.monitoring_requirement w
                where w.cohort_code = k.cohort_code and w.is_on
                    and not exists (select from mo_data.code_set s where s.code_set = w.test_code_set and s.is_on)));
    tests text[] := array(  -- code sets, numbered: their names are slow to sort
        select distinct q.test_code_set from mo_data.monitoring_requirement q where q.is_on and q.cohort_code = any (registers));
    codes text[] := array(select distinct s.code from mo_data.code_set s where s.is_on and s.code_set = any (tests));
    practices text[];
    spells mo.patient_spells;
    required mo.patient_months;
    missing mo.patient_months;
    part text;
    chunk_from date := kpi_hrd_monitoring_current_total.from_month;
    chunk_to date;
    looks_from date;
begin
    -- ascending with the code: of two registrations that began together the lower counts
    practices := array(
        select d.practice_code from (
            select distinct r.practice_code from mo_data.registration r
            where r.patient_key in (select c.patient_key from mo_data.cohort_member c where c.cohort_code = any (registers))) d
        order by d.practice_code collate "C");
    select mo.registered_spells(r.patient_key, p.number::integer, r.registered_from, r.registered_to) into spells
    from mo_data.registration r join unnest(practices) with ordinality p (practice_code, number) on p.practice_code = r.practice_code
    where r.patient_key in (select c.patient_key from mo_data.cohort_member c where c.cohort_code = any (registers));

    while chunk_from <= kpi_hrd_monitoring_current_total.to_month loop  -- the extension counts at most 192 months at once
        chunk_to := least((chunk_from + interval '119 months')::date, kpi_hrd_monitoring_current_total.to_month);
        looks_from := mo.events_from(chunk_from, 1);
        for part, required, missing in
            with needed as materialized (  -- spells in which a register patient must have a test in date
                select c.patient_key, k.drug_group, array_position(tests, q.test_code_set) as test, greatest(c.member_from, c.member_from + q.from_day) as need_from,
                    least(c.member_to, d.died_on, c.member_from + q.to_day) as need_to,
                    case
                        when c.interval_months is not null then make_interval(months => c.interval_months)
                        when q.interval_months is not null then make_interval(months => q.interval_months)
                        else make_interval(days => q.interval_days)
                    end + make_interval(days => q.grace_days) as in_date_for
                from mo_data.cohort k
                    join mo_data.cohort_member c on c.cohort_code = k.cohort_code
                        and c.member_from <= mo.month_end(chunk_to) and (c.member_to is null or c.member_to > mo.month_end(chunk_from))
                    join mo_data.monitoring_requirement q on q.cohort_code = k.cohort_code and q.is_on
                    left join mo_data.patient d on d.patient_key = c.patient_key
                where k.cohort_code = any (registers)
            ),
            done as (
                select a.patient_key, k.test, a.event_date
                from mo_data.activity a
                    join (
                        select s.code, array_position(tests, s.code_set) as test
                        from mo_data.code_set s where s.is_on and s.code_set = any (tests)) k on k.code = a.code
                where a.code = any (codes) and a.patient_key in (select n.patient_key from needed n)
                    and coalesce(a.outcome, 'attended') = 'attended'
                    and a.event_date between (select min(mo.month_end(chunk_from) - n.in_date_for)::date - 3 from needed n) and mo.month_end(chunk_to)
            ),
            counting as (  -- of those up to the first month end the latest; none: one that was never in date
                select e.patient_key, e.test, max(e.event_date) as event_date
                from (
                    select n.patient_key, n.test, '-infinity'::date as event_date from needed n
                    union all
                    select d.patient_key, d.test, d.event_date from done d where d.event_date <= mo.month_end(chunk_from)) e
                group by e.patient_key, e.test
                union all
                select d.patient_key, d.test, d.event_date from done d where d.event_date > mo.month_end(chunk_from)
            ),
            followed as (
                select t.patient_key, t.test, t.event_date,
                    lead(t.event_date) over (partition by t.patient_key, t.test order by t.event_date) as next_date
                from counting t
            ),
            spell as (
                select false as is_missing, n.drug_group, n.patient_key, n.need_from as valid_from, n.need_to as valid_to
                from needed n
                union all
                select true, n.drug_group, n.patient_key, greatest(n.need_from, g.out_of_date_from), least(n.need_to, f.next_date)
                from needed n
                    join followed f on f.patient_key = n.patient_key and f.test = n.test
                    cross join lateral (
                        select case when isfinite(f.event_date) then (f.event_date + n.in_date_for)::date + 1 else f.event_date end
                        ) g (out_of_date_from)
                where f.next_date is null or f.next_date > g.out_of_date_from
            )
            select s.drug_group,
                mo.spell_months(s.patient_key, s.valid_from, s.valid_to, looks_from, chunk_to) filter (where not s.is_missing),
                mo.spell_months(s.patient_key, s.valid_from, s.valid_to, looks_from, chunk_to) filter (where s.is_missing)
            from spell s
            group by grouping sets ((s.drug_group), ())
        loop
            return query
                select p.practice_code, cell.month, part, (cell.cohort - cell.attained)::double precision, cell.cohort::double precision
                from mo.attainment_cells(events => missing, cohort => required, registrations => spells, from_month => chunk_from,
                        to_month => chunk_to, window_months => 1) cell
                    join unnest(practices) with ordinality p (practice_code, number) on p.number = cell.organisation
                where cell.cohort > 0
                    and exists (
                        select from mo_data.organisation_parent o
                        where o.org_code = p.practice_code and o.valid_from <= mo.month_end(cell.month)
                            and (o.valid_to is null or o.valid_to > mo.month_end(cell.month)));
        end loop;
        chunk_from := (chunk_from + interval '120 months')::date;
    end loop;
end $$;
comment on function mo_data.kpi_hrd_monitoring_current_total(date, date) is
    'Sums of the records of hrd_monitoring_current, counted without making the records.';
revoke all on function mo_data.kpi_hrd_monitoring_current_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'hrd_monitoring_current', family => 'clinical_activity', page_order => 120,
    name => 'High-risk drug register patients with monitoring in date', short_name => 'HRD monitoring in date',
    unit => 'percent', numerator_wording => 'register patients with every required test in date',
    denominator_wording => 'patients on a high-risk drug register', direction => 'higher', time_basis => 'stock',
    interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => array['activity', 'activity_emis', 'activity_systmone', 'cohort_member',
        'registration', 'patient', 'pcn_members', 'cohort', 'code_set', 'monitoring_requirement'],
    total_function => 'mo_data.kpi_hrd_monitoring_current_total', history_months => 12, look_back_months => 15, expected_lag_days => 14, rps_principle => 3,
    rationale => 'Missed monitoring of high-risk drugs is a known cause of avoidable harm.',
    reference => 'Specialist Pharmacy Service drug monitoring; CQC GP mythbuster 12', is_site_kpi => false);
