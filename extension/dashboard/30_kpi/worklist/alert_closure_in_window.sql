-- Alerts of the classes in the KPI that a practice has logged and not closed by the end of the London day, due or not yet. One without a
-- deadline has no due day and comes last; what the log closed only before issue, or cannot date, is no work but a fault of the log.
create or replace function mo_data.worklist_alert_closure_in_window(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with day as (select (as_at + 1)::timestamp at time zone 'Europe/London' - interval '1 microsecond' as ends_at)
    select l.practice_code, 'alert:' || a.alert_ref, (a.deadline at time zone 'Europe/London')::date,
        'Close alert ' || a.alert_ref || ' (class ' || a.alert_class || '), ' || coalesce(
            'due ' || to_char(a.deadline at time zone 'Europe/London', 'YYYY-MM-DD HH24:MI'), 'no deadline set') || ': ' || a.title
    from day
        cross join lateral mo_data.alert_in_kpi('-infinity', day.ends_at + interval '1 microsecond') a
        join mo_data.alert_action l on l.alert_ref = a.alert_ref and l.practice_code = any (org_codes)
    group by l.practice_code, a.alert_ref, a.alert_class, a.title, a.deadline, day.ends_at
    having count(*) filter (where l.closed_at <= day.ends_at) = 0
$$;
comment on function mo_data.worklist_alert_closure_in_window(text[], date) is
    'Alerts of the classes in the KPI, issued by the end of the London day, that a practice has logged and not closed by then; '
    'due_on is the London '
    'day of the deadline. For mo_data.worklist.';
revoke all on function mo_data.worklist_alert_closure_in_window(text[], date) from public;
