-- switch_completion
-- Numerator:   patients switched by the month end in programmes that have begun, each once a programme; a switch reversed by then is out.
-- Denominator: patients planned to be switched by the month end (switch_plan, summed from the programme's start).
-- Parts:       programme. Where: the practice. A programme counts from its start to its end, and its last state stays for its last month.
-- Source:      facts/README.md crosswalk. Switched beyond plan counts: completion may exceed 100 %.
create or replace function mo_data.kpi_switch_completion(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with running as (
        select g::date as month, mo.month_end(g::date) as month_end, p.programme_code
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
            join mo_data.switch_programme p on p.starts_on <= mo.month_end(g::date) and (p.ends_on is null or p.ends_on > g::date)
    ),
    record as (
        select distinct r.month, r.programme_code, a.practice_code, 'patient:' || r.programme_code || ':' || a.patient_key as record_key,
            1::double precision as numerator, 0::double precision as denominator
        from running r join mo_data.switch_action a on a.programme_code = r.programme_code
            and a.switched_on <= r.month_end and (a.reversed_on is null or a.reversed_on > r.month_end)
        union all
        select r.month, r.programme_code, p.practice_code, 'plan:' || r.programme_code || ':' || p.month, 0, p.planned_patients
        from running r join mo_data.switch_plan p on p.programme_code = r.programme_code and p.month <= r.month
    )
    select r.practice_code, r.month, part.breakdown, r.record_key, r.numerator, r.denominator
    from record r cross join lateral (values (null::text), ('programme_' || r.programme_code)) part (breakdown)
$$;
comment on function mo_data.kpi_switch_completion(date, date) is
    'Records of switch_completion: one a patient switched, one a month of a practice''s plan, in the whole and in the programme.';
revoke all on function mo_data.kpi_switch_completion(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'switch_completion', family => 'cost', page_order => 320,
    name => 'Switch programmes against schedule', short_name => 'Switches against schedule', unit => 'percent',
    numerator_wording => 'patients switched to date', denominator_wording => 'patients planned to be switched to date',
    direction => 'higher', time_basis => 'stock', interval_method => 'none', hide_from => 1, hide_to => 7,
    sources => array['switch_programme', 'switch_plan', 'switch_action'], look_back_months => 24, expected_lag_days => 14, rps_principle => 4,
    rationale => 'Savings planned and not made are a cost.', reference => 'Local programme', is_site_kpi => false);
