-- Levels do not add up where a membership is missing: nothing is wrong with a figure, but who adds them up has to know.
create or replace function mo_data.membership_left_out()
    returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with latest as (
        select max(m.month) as month from mo_data.kpi_month m
    ), path as materialized (
        select p.* from mo_data.organisation_path_on(array[(select mo.month_end(l.month) from latest l)]) p
    ), outside (sort, what, org_code) as (
        select 1, 'PCNs without a lead sub-ICB, which count at no ICB while their practices count at that of their own sub-ICB', n.org_code
        from path n
        where n.org_type = 'pcn' and n.sub_icb_code is null and n.icb_code is null
            and exists (select from path p where p.org_type = 'practice' and p.pcn_code = n.org_code)
        union all
        select case when p.icb_code is null then 3 else 2 end, 'GP practices in no PCN' || case when p.icb_code is null then ' and at no ICB' else '' end, p.org_code
        from path p
        where p.org_type = 'practice' and p.prescribing_setting = 4 and p.pcn_code is null and p.org_code !~ '998$'
            and exists (select from path n where n.org_type = 'pcn')
    )
    select to_char(max(l.month), 'Mon YYYY') || ', ' || string_agg(s.said, '; ' order by s.sort)
    from latest l
        cross join (
            select o.sort, format('%s: %s (%s%s)', o.what, count(*),
                array_to_string((array_agg(o.org_code order by o.org_code collate "C"))[:20], ', '), case when count(*) > 20 then ' and others' end) as said
            from outside o group by o.sort, o.what
        ) s
    $$;
revoke all on function mo_data.membership_left_out() from public;
comment on function mo_data.membership_left_out() is
    'Organisations that do not count towards all levels at the end of the latest month for want of a membership: PCNs without a lead sub-ICB, GP practices in no '
    'PCN or at no ICB. Null: there are none, or no PCNs. Part of refresh().';

-- What no figure counts because a site has not yet decided something. Counting it in a way of our own would be quietly wrong, and so would be not to say it.
create or replace function mo_data.source_left_out_now()
    returns table (source text, narrative text)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with latest as (
        select m.kpi_id, max(m.month) as month from mo_data.kpi_month m where m.kpi_id in ('alert_closure_in_window', 'supervision_current') group by m.kpi_id
    )
    select 'alert', string_agg(format('%s to %s, class %s %s: %s %s (%s)', to_char(c.month - interval '11 months', 'Mon YYYY'),
            to_char(c.month, 'Mon YYYY'), c.alert_class, c.why, c.alerts, case c.alerts when 1 then 'alert' else 'alerts' end, c.refs), '; ' order by c.alert_class)
    from (
            select l.month, a.alert_class, 'without a deadline' as why, count(*) as alerts, array_to_string((array_agg(a.alert_ref order by a.issued_at desc, a.alert_ref))[:20], ', ') as refs
            from latest l
                cross join lateral mo_data.alert_in_kpi((l.month - interval '11 months') at time zone 'Europe/London',
                    (l.month + interval '1 month') at time zone 'Europe/London') a
            where l.kpi_id = 'alert_closure_in_window' and (a.deadline is null or not isfinite(a.deadline))
                and exists (select from mo_data.alert_action n where n.alert_ref = a.alert_ref)
            group by l.month, a.alert_class
            union all -- nobody has said whether such a class counts: it may be one that does, written in another way
            select l.month, format('"%s"', mo_data.value_in_message(a.alert_class)), 'not in alert_window', count(*),
                array_to_string((array_agg(a.alert_ref order by a.issued_at desc, a.alert_ref))[:20], ', ')
            from latest l
                join mo_data.alert a on a.issued_at >= (l.month - interval '11 months') at time zone 'Europe/London'
                    and a.issued_at < (l.month + interval '1 month') at time zone 'Europe/London'
            where l.kpi_id = 'alert_closure_in_window' and exists (select from mo_data.alert_action n where n.alert_ref = a.alert_ref)
                and not exists (
                    select from mo_data.alert_window w where w.alert_class = a.alert_class and w.valid_from <= (a.issued_at at time zone 'Europe/London')::date)
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
    union all
    select 'cohort_target', format('%s, without a target of reviews for %s while others have one: %s (%s), whose reviews are in no percentage',
        to_char(w.month, 'Mon YYYY'), mo.financial_year(w.month), case count(*) when 1 then '1 PCN' else count(*) || ' PCNs' end, string_agg(w.org_code, ', ' order by w.org_code collate "C"))
    from (
            select p.org_code, l.month
            from (select max(m.month) as month from mo_data.kpi_month m where m.kpi_id = 'smr_completed') l
                cross join lateral mo_data.organisation_path_on(array[mo.month_end(l.month)]) p
            where p.org_type = 'pcn' and exists (select from mo_data.smr_target(l.month, l.month))
                and not exists (select from mo_data.smr_target(l.month, l.month) t where t.pcn_code = p.org_code and t.breakdown is null)
                and exists (select from mo_data.kpi_value v join mo_data.organisation_path_on(array[mo.month_end(l.month)]) o on o.org_code = v.org_code and o.org_type = 'practice'
                    where v.kpi_id = 'smr_completed' and v.month = l.month and v.breakdown = 'in_month' and v.numerator > 0 and o.pcn_code = p.org_code)
        ) w
    group by w.month
    union all
    select 'organisation_group', 'rows whose figures are not those of a group: ' || string_agg(format('%s (%s)', g.group_code, g.fault), ', ' order by g.group_code collate "C", g.fault)
    from (select distinct q.group_code, mo_data.group_fault(q.group_code, q.org_code) as fault from mo_data.organisation_group q) g
    where g.fault is not null
    having count(*) > 0
    union all
    select 'pcn_members', x.said from mo_data.membership_left_out() x (said) where x.said is not null
    $$;
revoke all on function mo_data.source_left_out_now() from public;
comment on function mo_data.source_left_out_now() is
    'What no figure counts for want of a decision, a row a source: alerts without a deadline or of a class that alert_window does not have, people in post without a supervision interval, review cohorts and '
    'registers with a test that no code is switched on for; PCNs without a target where others have one; groups that are an organisation''s or have other members than practices; and which organisations do not count towards all levels. Part of refresh().';

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
