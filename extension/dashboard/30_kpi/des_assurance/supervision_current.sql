-- supervision_current
-- Numerator:   people whose latest clinical or educational supervision on or before the month end is within their interval.
-- Denominator: people in an ARRS post on the month end, not on long leave, for whom a supervision interval is set (by person, else by role,
--              else for any). Vacant posts are in no denominator. People without an interval are left out, and data_status says so.
-- Parts:       role. A person with two roles or organisations counts in each. Where: the organisation of the post (PCN or practice).
-- History:     the log must reach back over the longest interval that is set (mo_data.kpi_span); history_months is the least.
-- Source:      NHS England supervision guidance for PCN teams (May 2023): good practice; intervals are local (facts/README.md section 7).
create or replace function mo_data.supervision_on(days date[])
returns table (day date, org_code text, role_code text, staff_key integer, post_from date, held_on date, in_date_until date)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select s.day, s.org_code, s.role_code, s.staff_key, s.post_from, v.held_on, v.held_on + least(q.interval_days, 36500)
    from mo_data.staff_in_post_on(days) s
        cross join lateral (
            select q.interval_days from mo_data.supervision_requirement q
            where (q.staff_key is null or q.staff_key = s.staff_key) and (q.role_code is null or q.role_code = s.role_code)
                and q.valid_from <= s.day and (q.valid_to is null or q.valid_to > s.day)
            order by q.staff_key nulls last, q.role_code nulls last, q.valid_from desc, q.requirement_id collate "C" limit 1) q
        cross join lateral (
            select max(v.held_on) as held_on from mo_data.supervision v
            where v.staff_key = s.staff_key and v.kind in ('clinical', 'educational') and v.held_on <= s.day) v
$$;
comment on function mo_data.supervision_on(date[]) is
    'People in post on each of the days for whom a supervision interval is set, with their latest clinical or educational session by then '
    'and its last day in date. Null: none held.';
revoke all on function mo_data.supervision_on(date[]) from public;

create or replace function mo_data.kpi_supervision_current(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe cost 50000
set search_path = pg_catalog, pg_temp
as $$
    select p.org_code, mo.month_start(p.day), part.breakdown, 'staff:' || p.staff_key || ':' || p.role_code,
        coalesce(p.in_date_until >= p.day, false)::integer::double precision, 1::double precision
    from mo_data.supervision_on(mo_data.month_ends(from_month, to_month)) p
        cross join lateral (values (null::text), ('role_' || p.role_code)) part (breakdown)
$$;
comment on function mo_data.kpi_supervision_current(date, date) is
    'Records of supervision_current: one a person, organisation and role in post on the month end, in the whole and in the role.';
revoke all on function mo_data.kpi_supervision_current(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'supervision_current', family => 'des_assurance', page_order => 400,
    name => 'ARRS staff with supervision in date', short_name => 'Supervision in date', unit => 'percent',
    numerator_wording => 'staff in post with supervision within their interval', denominator_wording => 'ARRS staff in post',
    direction => 'higher', time_basis => 'stock', interval_method => 'wilson',
    sources => array['supervision', 'staff_post', 'staff_leave', 'supervision_requirement'],
    optional_sources => array['staff_leave'], history_months => 1, look_back_months => 24,
    expected_lag_days => 14,
    rps_principle => 4, rationale => 'The DES asks that ARRS staff are supervised; evidence lapses quietly.',
    reference => 'NHS England, Supervision guidance for primary care network multidisciplinary teams, 2023', is_site_kpi => false);
