-- People in post whose supervision has lapsed or lapses within 30 days. Never held: due since the first day in post.
create or replace function mo_data.worklist_supervision_current(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select s.org_code, 'staff:' || s.staff_key || ':' || s.role_code, coalesce(s.in_date_until, s.post_from),
        'Hold supervision of staff ' || s.staff_key || ' (' || s.role_code || '): '
            || coalesce('last held ' || to_char(s.held_on, 'YYYY-MM-DD'), 'none on record')
    from mo_data.supervision_on(array[as_at]) s
    where s.org_code = any (org_codes) and coalesce(s.in_date_until, s.post_from) <= as_at + 30
$$;
comment on function mo_data.worklist_supervision_current(text[], date) is
    'People in post on the day whose supervision has lapsed or lapses within 30 days; due_on is its last day in date, the first '
    'day in post where '
    'none was held. For mo_data.worklist.';
revoke all on function mo_data.worklist_supervision_current(text[], date) from public;
