-- What no figure counts because a site has not yet decided something. Counting it in a way of our own would be quietly wrong, and so would be not to say it.
create or replace function mo_data.source_left_out_now()
    returns table (source text, narrative text)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with latest as (
        select m.kpi_id, max(m.month) as month from mo_data.kpi_month m where m.kpi_id in ('alert_closure_in_window', 'supervision_current') group by m.kpi_id
    )
    select 'alert', string_agg(format('%s to %s, class %s without a deadline: %s %s (%s)', to_char(c.month - interval '11 months', 'Mon YYYY'),
            to_char(c.month, 'Mon YYYY'), c.alert_class, c.alerts, case c.alerts when 1 then 'alert' else 'alerts' end, c.refs), '; ' order by c.alert_class)
    from (
            select l.month, a.alert_class, count(*) as alerts, array_to_string((array_agg(a.alert_ref order by a.issued_at desc, a.alert_ref))[:20], ', ') as refs
            from latest l
                cross join lateral mo_data.alert_in_kpi((l.month - interval '11 months') at time zone 'Europe/London',
                    (l.month + interval '1 month') at time zone 'Europe/London') a
            where l.kpi_id = 'alert_closure_in_window' and (a.deadline is null or not isfinite(a.deadline))
                and exists (select from mo_data.alert_action n where n.alert_ref = a.alert_ref)
            group by l.month, a.alert_class
        ) c
    having count(*) > 0
    union all
    select 'supervision', format('%s, in post without a supervision interval: %s %s (%s)', to_char(max(l.month), 'Mon YYYY'), count(distinct s.staff_key),
        case count(distinct s.staff_key) when 1 then 'person' else 'people' end, string_agg(distinct s.role_code, ', '))
    from latest l
        cross join lateral mo_data.staff_in_post_on(array[mo.month_end(l.month)]) s
    where l.kpi_id = 'supervision_current'
        and not exists (
            select from mo_data.supervision_requirement q
            where (q.staff_key is null or q.staff_key = s.staff_key) and (q.role_code is null or q.role_code = s.role_code)
                and q.valid_from <= s.day and (q.valid_to is null or q.valid_to > s.day))
    having count(*) > 0
    union all
    select 'cohort', 'review cohorts attained by a code set that has no code switched on: ' || string_agg(format('%s (%s)', k.cohort_code, coalesce(k.attained_by, 'none')),
        ', ' order by k.cohort_code)
    from mo_data.cohort k
    where k.kind = 'smr' and k.is_on and k.cohort_code not in (select c.cohort_code from mo_data.smr_cohort c)
        and exists (select from mo_data.cohort_member c where c.cohort_code = k.cohort_code)
    having count(*) > 0
    union all
    select 'monitoring_requirement', 'registers with a test that has no code switched on: ' || string_agg(w.cohort_code || ' (' || w.tests || ')', ', ' order by w.cohort_code)
    from (
            select q.cohort_code, string_agg(distinct q.test_code_set, ', ') as tests
            from mo_data.monitoring_requirement q join mo_data.cohort k on k.cohort_code = q.cohort_code and k.kind = 'high_risk_drug' and k.is_on
            where q.is_on and not exists (select from mo_data.code_set s where s.code_set = q.test_code_set and s.is_on)
                and exists (select from mo_data.cohort_member c where c.cohort_code = q.cohort_code)
            group by q.cohort_code
        ) w
    having count(*) > 0
    $$;
revoke all on function mo_data.source_left_out_now() from public;
comment on function mo_data.source_left_out_now() is
    'What no figure counts for want of a decision, a row a source: alerts without a deadline, people in post without a supervision interval, review cohorts and '
    'registers with a test that no code is switched on for. Part of refresh().';

create or replace function mo_data.source_left_out_replace(run_id integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
declare
    sources text[];
    narratives text[];
begin
    select coalesce(array_agg(n.source), '{}'), coalesce(array_agg(n.narrative), '{}') into sources, narratives from mo_data.source_left_out_now() n;
    delete from mo_data.source_left_out s where s.source <> all (sources);
    insert into mo_data.source_left_out as s (source, narrative, run_id)
        select u.source, u.narrative, source_left_out_replace.run_id from unnest(sources, narratives) as u (source, narrative)
        on conflict (source) do update set narrative = excluded.narrative, run_id = excluded.run_id where s.narrative <> excluded.narrative;
end
    $$;
revoke all on function mo_data.source_left_out_replace(integer) from public;
comment on function mo_data.source_left_out_replace(integer) is 'Brings source_left_out up to date. Part of refresh().';
