-- Who is in post on each month end (supervision and scope of practice count people, not posts or roles).
create or replace function mo_data.staff_in_post(from_month date, to_month date)
returns table (month date, month_end date, staff_key integer, org_code text, role_code text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select distinct e.month, e.month_end, p.staff_key, p.org_code, p.role_code
    from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
        cross join lateral (select g::date as month, mo.month_end(g::date) as month_end) e
        join mo_data.staff_post p on p.staff_key is not null
            and p.post_from <= e.month_end and (p.post_to is null or p.post_to > e.month_end)
        join mo_data.arrs_role r on r.role_code = p.role_code and r.is_on
    where not exists (
        select from mo_data.staff_leave l
        where l.staff_key = p.staff_key and l.leave_from <= e.month_end and (l.leave_to is null or l.leave_to > e.month_end))
$$;
comment on function mo_data.staff_in_post(date, date) is
    'People in an ARRS post on each month end, once an organisation and role: vacant posts and people on long leave are out.';
revoke all on function mo_data.staff_in_post(date, date) from public;
