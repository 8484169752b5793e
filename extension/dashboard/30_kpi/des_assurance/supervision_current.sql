-- supervision_current
-- Numerator:   people whose latest clinical or educational supervision on or before the month end is within their interval.
-- Denominator: people in an ARRS post on the month end, not on long leave, for whom a supervision interval is set (by person, else by role,
--              else for any). Vacant posts are in no denominator. People without an interval are left out, and data_status says so.
-- Parts:       role. A person with two roles or organisations counts in each. Where: the organisation of the post (PCN or practice).
-- Source:      NHS England supervision guidance for PCN teams (May 2023): good practice; intervals are local (facts/README.md section 7).
create or replace function mo_data.kpi_supervision_current(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with person as (
        select s.org_code, s.month, s.role_code, s.staff_key, exists (
            select from mo_data.supervision v
            where v.staff_key = s.staff_key and v.kind in ('clinical', 'educational')
                and v.held_on <= s.month_end and v.held_on + q.interval_days >= s.month_end) as in_date
        from mo_data.staff_in_post(from_month, to_month) s
            cross join lateral (
                select q.interval_days from mo_data.supervision_requirement q
                where (q.staff_key is null or q.staff_key = s.staff_key) and (q.role_code is null or q.role_code = s.role_code)
                    and q.valid_from <= s.month_end and (q.valid_to is null or q.valid_to > s.month_end)
                order by q.staff_key nulls last, q.role_code nulls last, q.valid_from desc, q.requirement_id limit 1) q
    )
    select p.org_code, p.month, part.breakdown, 'staff:' || p.staff_key || ':' || p.role_code,
        p.in_date::integer::double precision, 1::double precision
    from person p cross join lateral (values (null::text), ('role_' || p.role_code)) part (breakdown)
$$;
comment on function mo_data.kpi_supervision_current(date, date) is
    'Records of supervision_current: one a person, organisation and role in post on the month end, in the whole and in the role.';
revoke all on function mo_data.kpi_supervision_current(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'supervision_current', family => 'des_assurance', page_order => 400,
    name => 'ARRS staff with supervision in date', short_name => 'Supervision in date', unit => 'percent',
    numerator_wording => 'staff in post with supervision within their interval', denominator_wording => 'ARRS staff in post',
    direction => 'higher', time_basis => 'stock', interval_method => 'wilson',
    sources => array['staff_post', 'supervision', 'supervision_requirement'], look_back_months => 12, expected_lag_days => 14,
    rps_principle => 4, rationale => 'The DES asks that ARRS staff are supervised; evidence lapses quietly.',
    reference => 'NHS England, Supervision guidance for primary care network multidisciplinary teams, 2023', is_site_kpi => false);
