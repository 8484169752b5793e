-- Worklists: what is to be done, for the people who do it. Each KPI that has one has a function
-- mo_data.worklist_<kpi_id>(org_codes, as_at) that gives (org_code, record_key, due_on, what) for these organisations:
-- a site's own KPI gets a worklist by having such a function.
create or replace function mo_data.worklist(kpi_id text, org_code text, as_at date default (now() at time zone 'Europe/London')::date)
returns table (record_org_code text, record_key text, due_on date, days_overdue integer, what text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    members text[];
    listing constant text := 'mo_data.' || quote_ident('worklist_' || coalesce(worklist.kpi_id, ''));
begin
    if to_regprocedure(listing || '(text[], date)') is null then
        raise exception 'there is no worklist of KPI %', worklist.kpi_id
            using errcode = 'undefined_object', hint = 'There are: ' || (
                select string_agg(substr(p.proname, 10), ', ' order by p.proname) from pg_proc p
                where p.pronamespace = 'mo_data'::regnamespace and starts_with(p.proname, 'worklist_')) || '.';
    end if;
    if worklist.as_at is null or not isfinite(worklist.as_at) then
        raise exception 'a worklist needs a day' using errcode = 'invalid_parameter_value', hint = 'Such as current_date.';
    end if;
    if worklist.org_code is null
        or not exists (select from mo_data.organisation o where o.org_code = worklist.org_code)
        and not exists (select from mo_data.organisation_group g where g.group_code = worklist.org_code) then
        raise exception 'there is no organisation %', worklist.org_code
            using errcode = 'undefined_object',
                hint = 'Give the code of a practice, PCN, sub-ICB, ICB, region, nation or group of mo_data.organisation_group.';
    end if;
    members := array(
        select a.org_code from mo_data.organisation_ancestor_on(array[worklist.as_at]) a where a.ancestor_code = worklist.org_code
        union select worklist.org_code);
    return query execute format(
        'select w.org_code, w.record_key, d.due_on, $2 - d.due_on, w.what
         from %s($1, $2) w cross join lateral (select case when isfinite(w.due_on) then w.due_on end as due_on) d -- a day for ever or never is none
         order by d.due_on nulls last, w.org_code collate "C", w.record_key collate "C"', listing)
        using members, worklist.as_at;
end $$;
comment on function mo_data.worklist(text, text, date) is
    'What is to be done on a day for a KPI, by a practice or by the members, on that day, of a PCN, sub-ICB, ICB or group: one '
    'row a thing to do, the '
    'longest overdue first, those without a due day (or with one that is no day: infinity) last; record_org_code is who has to do it. due_on is the last day on which '
    'doing it is in time; days_overdue is how long '
    'ago that was, negative for days left. As recorded now: what was entered later counts, what happened after the day does not. Works '
    'for smr_completed, smr_rolling_attainment, hrd_monitoring_current, reconciliation_7_days, alert_closure_in_window, '
    'pincer_interventions, supervision_current and scope_current, and for any KPI with a function mo_data.worklist_<kpi_id>.';
revoke all on function mo_data.worklist(text, text, date) from public;
