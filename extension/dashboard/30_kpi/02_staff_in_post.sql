-- Who is in post on a day (supervision and scope of practice count people, not posts or roles).
create or replace function mo_data.staff_in_post_on(days date[])
returns table (day date, staff_key integer, org_code text, role_code text, post_from date)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select d.day, p.staff_key, p.org_code, p.role_code, min(p.post_from)
    from (select distinct x.day from unnest(days) x (day)) d
        join mo_data.staff_post p on p.staff_key is not null and p.post_from <= d.day and (p.post_to is null or p.post_to > d.day)
        join mo_data.arrs_role r on r.role_code = p.role_code and r.is_on
    where not exists (
        select from mo_data.staff_leave l
        where l.staff_key = p.staff_key and l.leave_from <= d.day and (l.leave_to is null or l.leave_to > d.day))
    group by d.day, p.staff_key, p.org_code, p.role_code
$$;
comment on function mo_data.staff_in_post_on(date[]) is
    'People in an ARRS post on each of the days, once an organisation and role, with the first day of the earliest such post: vacant posts '
    'and people on long leave are out.';
revoke all on function mo_data.staff_in_post_on(date[]) from public;

create or replace function mo_data.month_ends(from_month date, to_month date) returns date[]
language sql immutable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select array(select mo.month_end(g::date) from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g)
$$;
comment on function mo_data.month_ends(date, date) is
    'The last days of the months from the one to the other, both given by their first days.';
revoke all on function mo_data.month_ends(date, date) from public;
