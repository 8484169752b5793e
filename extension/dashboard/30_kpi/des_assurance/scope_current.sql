-- scope_current
-- Numerator:   people with a scope of practice reviewed on or before the month end and still in date then.
-- Denominator: people in an ARRS post on the month end, not on long leave. Vacant posts are in no denominator.
-- Parts:       role. A person with two roles or organisations counts in each. Where: the organisation of the post.
-- Source:      facts/README.md section 7 (annual review is a supplier benchmark; each review carries its own end date).
create or replace function mo_data.kpi_scope_current(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with person as (
        select s.org_code, s.month, s.role_code, s.staff_key, exists (
            select from mo_data.scope_of_practice p
            where p.staff_key = s.staff_key and p.reviewed_on <= s.month_end and p.valid_to > s.month_end) as in_date
        from mo_data.staff_in_post(from_month, to_month) s
    )
    select p.org_code, p.month, part.breakdown, 'staff:' || p.staff_key || ':' || p.role_code,
        p.in_date::integer::double precision, 1::double precision
    from person p cross join lateral (values (null::text), ('role_' || p.role_code)) part (breakdown)
$$;
comment on function mo_data.kpi_scope_current(date, date) is
    'Records of scope_current: one a person, organisation and role in post on the month end, in the whole and in the role.';
revoke all on function mo_data.kpi_scope_current(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'scope_current', family => 'des_assurance', page_order => 410,
    name => 'ARRS staff with a scope of practice in date', short_name => 'Scope of practice in date', unit => 'percent',
    numerator_wording => 'staff in post with a scope of practice in date', denominator_wording => 'ARRS staff in post',
    direction => 'higher', time_basis => 'stock', interval_method => 'wilson', sources => array['staff_post', 'scope_of_practice'],
    look_back_months => 24, expected_lag_days => 14, rps_principle => 4,
    rationale => 'People must work within what they are competent and signed off to do.',
    reference => 'PCN DES assurance; local review interval', is_site_kpi => false);
