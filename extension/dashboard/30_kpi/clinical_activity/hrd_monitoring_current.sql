-- hrd_monitoring_current
-- Numerator:   register patients for whom every required test of every register they are on is in date at the month end: the latest test
--              plus its interval (and any grace days) is on or after the month end. No test on file is not in date.
-- Denominator: patients on the register of a high-risk drug that is switched on and has a requirement, at the month end, alive and
--              registered as in smr_rolling_attainment. A register one of whose tests has no code switched on is left out whole: it cannot be measured, and is not 0 %.
-- Parts:       by drug group, a patient once in each; the worst test rules.
-- Intervals:   monitoring_requirement, by phase since joining the register; cohort_member.interval_months, where given, is the patient's.
-- Source:      facts/hrd_monitoring.csv (Specialist Pharmacy Service), facts/README.md section 5. PINCER windows are audit windows and
--              are not used.
-- Total:       the same patients counted by the extension: the months in which a test is required, less those that a test covers (from its
--              day to the last on which it is in date), are months of patients, met with registrations once.
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
                select from mo_data.practice_membership p
                where p.practice_code = r.practice_code and p.valid_from <= e.month_end and (p.valid_to is null or p.valid_to > e.month_end))
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
            and (a.outcome is null or a.outcome = 'attended')
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
create or replace function mo_data.hrd_monitoring_cell(from_month date, to_month date, practices text[], spells mo.patient_spells)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan
set enable_nestloop = off  -- as above
set enable_mergejoin = off
set enable_sort = off  -- the same for groups: hashed
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
    tests text[] := array(
        select distinct q.test_code_set from mo_data.monitoring_requirement q where q.is_on and q.cohort_code = any (registers));
    codes text[] := array(select distinct s.code from mo_data.code_set s where s.is_on and s.code_set = any (tests));
    chunk_from date := hrd_monitoring_cell.from_month;
    chunk_to date;
    first_test date;  -- none before it is in date
begin
    while chunk_from <= hrd_monitoring_cell.to_month loop  -- the extension counts at most 192 months at once
        chunk_to := least((chunk_from + interval '119 months')::date, hrd_monitoring_cell.to_month);
        first_test := mo_data.monitoring_tests_from(registers, chunk_from);
        return query
            with rule as materialized (  -- tests as numbers: their names are slow to hash
                select q.cohort_code, q.from_day, q.to_day, array_position(tests, q.test_code_set) as test, q.interval_months, q.interval_days, q.grace_days
                from mo_data.monitoring_requirement q where q.is_on and q.cohort_code = any (registers)
            ), phase as materialized (
                select row_number() over () as number, x.* from (select distinct r.cohort_code, r.from_day, r.to_day from rule r) x
            ), member as (  -- register patients in each phase, apart by the interval that is the patient's own
                select m.number, m.interval_months, mo.spell_months(m.patient_key, m.need_from, m.need_to, chunk_from, chunk_to) as months
                from (
                        select f.number, c.interval_months, c.patient_key, greatest(c.member_from, c.member_from + f.from_day) as need_from,
                            least(c.member_to, d.died_on, c.member_from + f.to_day) as need_to
                        from phase f
                            join mo_data.cohort_member c on c.cohort_code = f.cohort_code
                            left join (select p.patient_key, p.died_on from mo_data.patient p where p.died_on <= mo.month_end(chunk_to)) d
                                on d.patient_key = c.patient_key
                        where c.member_from <= mo.month_end(chunk_to) and (c.member_to is null or c.member_to > mo.month_end(chunk_from))
                    ) m
                group by m.number, m.interval_months
            ), span as materialized (  -- a test is in date for so many months and days; as numbers, because intervals of a month and of 30 days are equal
                select f.cohort_code, m.months, q.test, t.span_months, t.span_days
                from member m
                    join phase f on f.number = m.number
                    join rule q on q.cohort_code = f.cohort_code and q.from_day = f.from_day and coalesce(q.to_day, -1) = coalesce(f.to_day, -1)
                    cross join lateral (
                        select least(coalesce(m.interval_months, q.interval_months, 0), 1200) as span_months,
                            least(case when m.interval_months is null then coalesce(q.interval_days, 0) else 0 end + q.grace_days, 36600) as span_days) t
            ), needed as (
                select k.drug_group, s.test, s.span_months, s.span_days, mo.months_union(s.months) as months
                from span s join mo_data.cohort k on k.cohort_code = s.cohort_code
                group by 1, 2, 3, 4
            ), covered as (  -- from each test to the last day on which it is in date; not kept: each would be packed
                select w.test, w.span_months, w.span_days, mo.held_months(w.patients, w.days, w.span_months, w.span_days, chunk_from, chunk_to) as months
                from (  -- one after the other: each fills memory of its own
                        select w.test, w.span_months, w.span_days, d.patients, d.days
                        from mo_data.event_month_sets(codes, first_test, chunk_to) d
                            join (select s.code, array_position(tests, s.code_set) as test from mo_data.code_set s where s.is_on and s.code_set = any (tests)) k
                                on k.code = d.code
                            join (select distinct s.test, s.span_months, s.span_days from span s) w on w.test = k.test
                        order by w.test, w.span_months, w.span_days
                    ) w
                group by 1, 2, 3
            ), part as materialized (
                select n.drug_group, mo.months_union(n.months) as required, mo.months_union(n.missing) as missing
                from (
                        select n.drug_group, n.months, coalesce(mo.months_without(n.months, c.months), n.months) as missing
                        from needed n
                            left join covered c on c.test = n.test and c.span_months = n.span_months and c.span_days = n.span_days
                        offset 0 -- once a row, not once a group that it is in
                    ) n
                group by grouping sets ((n.drug_group), ())
            ), placed as materialized (
                select distinct p.number, p.practice_code, e.month_end
                from unnest(practices) with ordinality p (practice_code, number)
                    join mo_data.practice_membership o on o.practice_code = p.practice_code
                    join unnest(mo_data.month_ends(chunk_from, chunk_to)) e (month_end)
                        on o.valid_from <= e.month_end and (o.valid_to is null or o.valid_to > e.month_end)
            )
            select p.practice_code, cell.month, m.drug_group, sum(case when x.is_missing then -cell.cohort else cell.cohort end)::double precision,
                sum(case when x.is_missing then 0 else cell.cohort end)::double precision
            from part m
                cross join lateral (values (m.required, false), (m.missing, true)) x (months, is_missing)  -- as cohorts: events would be asked for since April
                cross join lateral mo.attainment_cells(events => null, cohort => x.months, registrations => spells, from_month => chunk_from,
                    to_month => chunk_to, window_months => 1) cell
                join placed p on p.number = cell.organisation and p.month_end = mo.month_end(cell.month)
            where cell.cohort > 0
            group by 1, 2, 3;
        chunk_from := (chunk_from + interval '120 months')::date;
    end loop;
end $$;
comment on function mo_data.hrd_monitoring_cell(date, date, text[], mo.patient_spells) is
    'Register patients by practice, month end and drug group (null: all together, each patient once) and how many of them have every required test in '
    'date: the sums of mo_data.kpi_hrd_monitoring_current. Practices and spells are those of mo_data.registration_spells().';
revoke all on function mo_data.hrd_monitoring_cell(date, date, text[], mo.patient_spells) from public;

create or replace function mo_data.kpi_hrd_monitoring_current_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select f.org_code, f.month, f.breakdown, f.numerator, f.denominator
    from mo_data.registered_figures(array['hrd_monitoring_current'], array[from_month], array[to_month]) f
$$;
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
