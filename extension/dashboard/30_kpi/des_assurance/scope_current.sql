-- scope_current
-- Numerator:   people with a scope of practice reviewed on or before the month end and still in date then.
-- Denominator: people in an ARRS post on the month end, not on long leave. Vacant posts are in no denominator.
-- Parts:       role. A person with two roles or organisations counts in each. Where: the organisation of the post.
-- History:     twelve months: a register that was begun with the reviews then in date has none of those before, and the year in which they were
--              made would look as if hardly anybody had one.
-- Look-back:   the longest there is: each review says itself how long it holds.
-- Source:      facts/README.md section 7 (annual review is a supplier benchmark; each review carries its own end date).
create or replace function mo_data.scope_on(days date[])
returns table (day date, org_code text, role_code text, staff_key integer, post_from date, reviewed_on date, in_date_until date)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select s.day, s.org_code, s.role_code, s.staff_key, s.post_from, p.reviewed_on, p.valid_to - 1
    from mo_data.staff_in_post_on(days) s
        left join lateral (
            select p.reviewed_on, p.valid_to from mo_data.scope_of_practice p
            where p.staff_key = s.staff_key and p.reviewed_on <= s.day
            order by p.valid_to desc, p.reviewed_on desc limit 1) p on true
$$;
comment on function mo_data.scope_on(date[]) is
    'People in post on each of the days, with the review of their scope of practice, of those done by then, that holds longest: its last '
    'day in date. Null: never reviewed.';
revoke all on function mo_data.scope_on(date[]) from public;

create or replace function mo_data.kpi_scope_current(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select p.org_code, mo.month_start(p.day), part.breakdown, 'staff:' || p.staff_key || ':' || p.role_code,
        coalesce(p.in_date_until >= p.day, false)::integer::double precision, 1::double precision
    from mo_data.scope_on(mo_data.month_ends(from_month, to_month)) p
        cross join lateral (values (null::text), ('role_' || p.role_code)) part (breakdown)
$$;
comment on function mo_data.kpi_scope_current(date, date) is
    'Records of scope_current: one a person, organisation and role in post on the month end, in the whole and in the role.';
revoke all on function mo_data.kpi_scope_current(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'scope_current', family => 'des_assurance', page_order => 410,
    name => 'ARRS staff with a scope of practice in date', short_name => 'Scope of practice in date', unit => 'percent',
    numerator_wording => 'staff in post with a scope of practice in date', denominator_wording => 'ARRS staff in post',
    direction => 'higher', time_basis => 'stock', interval_method => 'wilson',
    sources => array['scope_of_practice', 'staff_post', 'staff_leave'], optional_sources => array['staff_leave'],
    history_months => 12, look_back_months => 120, expected_lag_days => 14, rps_principle => 4,
    rationale => 'People must work within what they are competent and signed off to do.',
    reference => 'PCN DES assurance; local review interval', is_site_kpi => false);
