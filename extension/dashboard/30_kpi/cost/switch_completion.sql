-- switch_completion
-- Numerator:   patients whose switch was made in the programme (from its first day, before its end) by the month end and stands then: one
--              reversed by then is out. A patient counts once a programme, at the practice of the first switch that stands, also where the
--              practice has no plan.
-- Denominator: patients planned to be switched by the month end: switch_plan from the programme's first month to the month.
-- Parts:       programme. Where: the practice. A programme counts from the month it starts in to the last month it has a day in.
-- History:     none: a programme's switches begin with the programme, and a file of them that leaves the first out cannot be told from one of a
--              programme that began slowly.
-- Source:      facts/README.md crosswalk. Switched beyond plan counts: completion may exceed 100 %.
create or replace function mo_data.kpi_switch_completion(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with running as (
        select mo.month_start(e.month_end) as month, e.month_end, p.programme_code, p.starts_on, coalesce(p.ends_on, 'infinity') as ends_on
        from unnest(mo_data.month_ends(from_month, to_month)) e (month_end)
            join mo_data.switch_programme p on p.starts_on <= e.month_end and (p.ends_on is null or p.ends_on > mo.month_start(e.month_end))
    ),
    switched as (
        select distinct on (r.month, r.programme_code, a.patient_key) r.month, r.programme_code, a.practice_code, a.patient_key
        from running r join mo_data.switch_action a on a.programme_code = r.programme_code
            and a.switched_on >= r.starts_on and a.switched_on < r.ends_on and a.switched_on <= r.month_end
            and (a.reversed_on is null or a.reversed_on > r.month_end)
        order by r.month, r.programme_code, a.patient_key, a.switched_on, a.practice_code collate "C"
    ),
    record as (
        select s.month, s.programme_code, s.practice_code, 'patient:' || s.programme_code || ':' || s.patient_key as record_key,
            1::double precision as numerator, 0::double precision as denominator
        from switched s
        union all
        select r.month, r.programme_code, p.practice_code, 'plan:' || r.programme_code || ':' || to_char(p.month, 'YYYY-MM'), 0,
            p.planned_patients
        from running r join mo_data.switch_plan p on p.programme_code = r.programme_code
            and p.month between mo.month_start(r.starts_on) and r.month
    )
    select r.practice_code, r.month, part.breakdown, r.record_key, r.numerator, r.denominator
    from record r cross join lateral (values (null::text), ('programme_' || r.programme_code)) part (breakdown)
$$;
comment on function mo_data.kpi_switch_completion(date, date) is
    'Records of switch_completion: one a patient switched, one a month of a practice''s plan, in the whole and in the programme.';
revoke all on function mo_data.kpi_switch_completion(date, date) from public;

-- A patient with one switch in a programme, as nearly all have, counts from its month to that of its reversal: a beginning and an end instead of a row
-- a month. Only for the others is it asked month by month which of the switches that stand is the first.
create or replace function mo_data.kpi_switch_completion_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language sql stable parallel safe cost 50000
set search_path = pg_catalog, pg_temp
set enable_nestloop = off  -- switches meet in hash joins at every size
set enable_mergejoin = off
set enable_sort = off  -- few are thought to come; groups are hashed
set jit = off
as $$
    with running as materialized (
        select mo.month_start(e.month_end) as month, e.month_end, p.programme_code, p.starts_on, coalesce(p.ends_on, 'infinity') as ends_on
        from unnest(mo_data.month_ends(from_month, to_month)) e (month_end)
            join mo_data.switch_programme p on p.starts_on <= e.month_end and (p.ends_on is null or p.ends_on > mo.month_start(e.month_end))
    ), made as materialized (
        select p.programme_code, a.patient_key, count(*) as switches, min(a.practice_code) as practice_code, mo.month_start(min(a.switched_on)) as month_from,
            mo.month_start(min(a.reversed_on)) as month_to
        from mo_data.switch_programme p
            join mo_data.switch_action a on a.programme_code = p.programme_code and a.switched_on >= p.starts_on
                and a.switched_on < coalesce(p.ends_on, 'infinity')
        where a.switched_on <= mo.month_end(kpi_switch_completion_total.to_month) and (a.reversed_on is null or a.reversed_on > a.switched_on)
        group by p.programme_code, a.patient_key
    ), change as (  -- in the number of patients whose only switch stands
        select m.programme_code, m.practice_code, x.month, sum(x.patients) as patients
        from (
                select s.programme_code, s.practice_code, s.month_from, s.month_to, count(*) as patients
                from made s where s.switches = 1 group by s.programme_code, s.practice_code, s.month_from, s.month_to
            ) m
            cross join lateral (values (m.month_from, m.patients), (m.month_to, -m.patients)) x (month, patients)
        where x.month is not null
        group by m.programme_code, m.practice_code, x.month
    ), alone as (
        select r.month, r.programme_code, c.practice_code, sum(c.patients) as patients
        from running r join change c on c.programme_code = r.programme_code and c.month <= r.month
        group by r.month, r.programme_code, c.practice_code
    ), first as (
        select distinct on (r.month, r.programme_code, a.patient_key) r.month, r.programme_code, a.practice_code
        from made m
            join mo_data.switch_action a on a.programme_code = m.programme_code and a.patient_key = m.patient_key
            join running r on r.programme_code = a.programme_code and a.switched_on >= r.starts_on and a.switched_on < r.ends_on
                and a.switched_on <= r.month_end and (a.reversed_on is null or a.reversed_on > r.month_end)
        where m.switches > 1
        order by r.month, r.programme_code, a.patient_key, a.switched_on, a.practice_code collate "C"
    ), counted as materialized (
        select a.month, a.programme_code, a.practice_code, a.patients::double precision as numerator, null::double precision as denominator
        from alone a where a.patients > 0
        union all
        select f.month, f.programme_code, f.practice_code, count(*), null from first f group by f.month, f.programme_code, f.practice_code
        union all
        select r.month, r.programme_code, p.practice_code, null, sum(p.planned_patients)
        from running r
            join mo_data.switch_plan p on p.programme_code = r.programme_code and p.month between mo.month_start(r.starts_on) and r.month
        group by r.month, r.programme_code, p.practice_code
    )
    select c.practice_code, c.month, 'programme_' || c.programme_code, coalesce(sum(c.numerator), 0), coalesce(sum(c.denominator), 0)
    from counted c
    group by grouping sets ((c.practice_code, c.month, 'programme_' || c.programme_code), (c.practice_code, c.month))
$$;
comment on function mo_data.kpi_switch_completion_total(date, date) is
    'Sums of the records of switch_completion, counted without making the records.';
revoke all on function mo_data.kpi_switch_completion_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'switch_completion', family => 'cost', page_order => 320,
    name => 'Switch programmes against schedule', short_name => 'Switches against schedule', unit => 'percent',
    numerator_wording => 'patients switched to date', denominator_wording => 'patients planned to be switched to date',
    direction => 'higher', time_basis => 'stock', interval_method => 'none', hide_from => 1, hide_to => 7,
    sources => array['switch_action', 'switch_programme', 'switch_plan'], total_function => 'mo_data.kpi_switch_completion_total', look_back_months => 120,
    expected_lag_days => 14,
    rps_principle => 4,
    rationale => 'Savings planned and not made are a cost.', reference => 'Local programme', is_site_kpi => false);
