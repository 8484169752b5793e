-- What is defined now, item by item, and what of it changed since a refresh last looked. Comparing catches every way to a change: a row
-- edited by hand, a file, register_kpi(), an update of the layer.
create or replace function mo_data.definition_now()
    returns table (item text, change_label text, kpi_id text, org_code text, label text, value text, members text[])
    language sql stable
    set search_path = pg_catalog, pg_temp
    set datestyle = 'ISO'
    set extra_float_digits = 1
    as $$
    select 'kpi:' || k.kpi_id || ':' || c.key, 'definition', k.kpi_id, null::text,
        case c.key when 'per' then 'what it is per' when 'hide_from' then 'smallest number hidden' when 'hide_to' then 'largest number hidden'
            when 'round_to' then 'rounding' when 'hide_denominator_below' then 'smallest denominator shown' when 'parts_add_up' then 'which parts add up' when 'direction' then 'direction of good' when 'is_active' then 'whether it is counted and shown'
            when 'on_front_page' then 'whether it is on the page' when 'follows_clock' then 'whether it changes as time passes'
            when 'counts_from_april' then 'whether it counts from April' when 'rps_principle' then 'principle it serves'
            else replace(c.key, '_', ' ') end,
        case c.value when 'true' then 'yes' when 'false' then 'no' else c.value end, null::text[]
    from mo_data.kpi k cross join lateral jsonb_each_text(to_jsonb(k)) c
    where c.key not in ('kpi_id', 'page_order', 'is_site_kpi')
    union all
    select 'setting:' || s.name, 'definition', null, null, format('setting %s (%s)', s.name, s.meaning), s.value || ' ' || s.unit, null
    from mo_data.setting s
    union all
    select 'codes:' || c.code_set, 'definition', null, null, 'code set ' || c.code_set, null,
        coalesce(array_agg(c.code || ' ' || left(c.term, 60) order by c.code) filter (where c.is_on), '{}')
    from mo_data.code_set c group by c.code_set
    union all
    select 'cohort:' || c.cohort_code, 'definition', null, null, 'cohort ' || c.name,
        case when c.is_on then 'counted' else 'not counted' end || coalesce(', attained by ' || c.attained_by, '') || coalesce(', drug group ' || c.drug_group, ''), null
    from mo_data.cohort c
    union all
    select concat_ws(':', 'monitoring', m.cohort_code, m.test_code_set, m.phase), 'definition', 'hrd_monitoring_current', null,
        format('monitoring of %s by %s (%s)', m.cohort_code, m.test_code_set, m.phase),
        case when m.is_on then 'counted' else 'not counted' end
            || ', ' || coalesce(m.interval_months || ' months', m.interval_days || ' days') || ' and ' || m.grace_days || ' days of grace, from day '
            || m.from_day || coalesce(' to day ' || m.to_day, ''), null
    from mo_data.monitoring_requirement m
    union all
    select concat_ws(':', 'alert_window', w.alert_class, w.valid_from), 'definition', 'alert_closure_in_window', null,
        'window of alerts of class ' || w.alert_class || case when w.valid_from > '1900-01-01' then ' issued from ' || w.valid_from else '' end,
        coalesce(w.window_value || ' ' || replace(w.window_unit, '_', ' '), 'none') || case when w.in_kpi then ', counted' else ', not counted' end, null
    from mo_data.alert_window w
    union all
    select 'formulary:' || f.class_code, 'definition', 'first_line_new_starts', null, 'formulary class ' || f.class_code, null,
        array_agg(f.bnf_prefix || ' ' || replace(f.line, '_', ' ') || ' line from ' || f.valid_from || coalesce(' to before ' || f.valid_to, '')
            order by f.bnf_prefix, f.valid_from)
    from mo_data.formulary f group by f.class_code
    union all
    select concat_ws(':', 'target', t.kpi_id, t.org_code, t.valid_from), 'target', t.kpi_id, t.org_code,
        'target from ' || to_char(t.valid_from, 'Mon YYYY'),
        coalesce((select mo_data.display_value(t.target, k.unit, k.per, k.decimals) from mo_data.kpi k where k.kpi_id = t.kpi_id), t.target::text)
            || coalesce(' until before ' || to_char(t.valid_to, 'Mon YYYY'), ''), null
    from mo_data.kpi_target t
    union all
    select concat_ws(':', 'reviews', t.pcn_code, t.cohort_code, t.year_start), 'target', 'smr_completed', t.pcn_code,
        format('target of reviews, cohort %s, year from %s', t.cohort_code, to_char(t.year_start, 'Mon YYYY')), t.target_patients || ' patients', null
    from mo_data.cohort_target t
    union all
    select concat_ws(':', 'access', a.role_name, coalesce(a.org_code, '*')), 'reader rights', null, null,
        format('rights of role %s to %s', a.role_name, coalesce(a.org_code, 'every organisation')),
        'figures' || case when a.may_open_records then ', records' else '' end || case when a.sees_unsuppressed then ', small numbers' else '' end, null
    from mo_data.access_scope a
    $$;
revoke all on function mo_data.definition_now() from public;
comment on function mo_data.definition_now() is
    'Every definition, setting, set of codes, target and right, as text: what change_definitions() compares.';

create or replace function mo_data.change_definitions(run_id integer default null)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    is_first constant boolean := not exists (select from mo_data.definition); -- a fresh layer: nothing has changed yet
    written bigint := 0;
begin
    with now_is as materialized (
        select n.* from mo_data.definition_now() n
    ), difference as materialized (
        select x.item, coalesce(n.change_label, w.change_label) as change_label, coalesce(n.kpi_id, w.kpi_id) as kpi_id,
            coalesce(n.org_code, w.org_code) as org_code, coalesce(n.label, w.label) as label, n.item is null as is_gone, w.item is null as is_new,
            n.value, n.members, w.value as old_value, w.members as old_members
        from (select i.*, i.item as id from now_is i) n full join (select d.*, d.item as id from mo_data.definition d) w using (id)
            cross join lateral (select coalesce(n.item, w.item) as item) x
        where n.item is null or w.item is null or (n.value, n.members) is distinct from (w.value, w.members)
    ), kept as (
        insert into mo_data.definition as d (item, change_label, kpi_id, org_code, label, value, members)
        select n.item, n.change_label, n.kpi_id, n.org_code, n.label, n.value, n.members
        from now_is n join difference f using (item)
        on conflict on constraint definition_pkey do update set change_label = excluded.change_label, kpi_id = excluded.kpi_id,
            org_code = excluded.org_code, label = excluded.label, value = excluded.value, members = excluded.members
    ), gone as (
        delete from mo_data.definition d using difference f where f.is_gone and d.item = f.item
    ), registered as ( -- a KPI that came or went is one line, not one a column
        select d.*,
            d.item like 'kpi:%' and (d.is_new and not exists (select from mo_data.definition x where x.item = 'kpi:' || d.kpi_id || ':name')
                or d.is_gone and not exists (select from mo_data.kpi x where x.kpi_id = d.kpi_id)) as is_whole_kpi,
            count(*) over (partition by d.change_label, d.kpi_id, d.org_code is null) as alike
        from difference d
    ), line as (
        select distinct 'definition' as change_label, r.kpi_id, null::text as org_code, true as for_readers,
            case when r.is_gone then format('KPI %s was taken out of the catalogue.', r.kpi_id)
                else format('KPI %s was added: %s (definition version %s).', r.kpi_id, k.name, k.definition_version) end as narrative
        from registered r left join mo_data.kpi k on k.kpi_id = r.kpi_id
        where r.is_whole_kpi
        union all -- many targets of a KPI at once are one line
        select distinct r.change_label, r.kpi_id, null, true,
            format('%s: %s targets of organisations were set, changed or taken back.', coalesce(k.name, r.kpi_id), r.alike)
        from registered r left join mo_data.kpi k on k.kpi_id = r.kpi_id
        where r.change_label = 'target' and r.org_code is not null and r.alike > 20
        union all
        select r.change_label, r.kpi_id, r.org_code, r.change_label <> 'reader rights',
            coalesce(k.name || ': ', '') || r.label
                || case
                    when r.members is not null or r.old_members is not null then ' ' || mo_data.change_of_members(r.old_members, r.members)
                    when r.is_new then ' was set: ' || coalesce(mo_data.shortened(r.value), 'nothing')
                    when r.is_gone then ' was taken out; it was ' || coalesce(mo_data.shortened(r.old_value), 'nothing')
                    else ' is now ' || coalesce(mo_data.shortened(r.value), 'nothing') || '; it was ' || coalesce(mo_data.shortened(r.old_value), 'nothing')
                end || '.'
        from registered r left join mo_data.kpi k on k.kpi_id = r.kpi_id
        where not r.is_whole_kpi and not (r.change_label = 'target' and r.org_code is not null and r.alike > 20)
            and not (r.item like 'kpi:%' and (r.is_new or r.is_gone)) -- a column that this version of the catalogue has and the last had not
    ), told as (
        insert into mo_data.change (change_label, kpi_id, org_key, narrative, for_readers, run_id)
        select l.change_label, l.kpi_id, u.org_key, upper(left(l.narrative, 1)) || substr(l.narrative, 2),
            l.for_readers and (l.org_code is null or u.org_key is not null), change_definitions.run_id -- of an organisation nobody knows: for nobody
        from line l
            left join lateral (
                select o.org_key from mo_data.organisation_key o where o.org_code = l.org_code order by o.org_type = 'group', o.org_key limit 1) u on true
        where not is_first
        order by l.change_label, l.kpi_id, l.narrative
        returning 1
    )
    select count(*) into written from told;
    return written;
end
    $$;
revoke all on function mo_data.change_definitions(integer) from public;
comment on function mo_data.change_definitions(integer) is
    'Notes on the Changes page what of definitions, settings, code sets, targets and rights differs from when it last looked, and returns the '
    'number of lines. The first time there is nothing to compare with. refresh() calls it, and an update of the layer.';

create or replace function mo_data.shortened(what text)
    returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$ select case when length(what) > 160 then left(what, 157) || '...' else what end $$;
revoke all on function mo_data.shortened(text) from public;
comment on function mo_data.shortened(text) is 'Text of at most 160 characters, the rest left out with three dots.';

create or replace function mo_data.change_of_members(was text[], now_is text[])
    returns text
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(string_agg(d.what || ' ' || d.n || case d.n when 1 then ' entry (' else ' entries (' end || d.some || case when d.n > 5 then ' ...)' else ')' end,
        ' and ' order by d.what), 'stays as it is')
    from (
        select x.what, count(*) as n, string_agg(mo_data.shortened(x.member), '; ' order by x.member) filter (where x.place <= 5) as some
        from (
            select y.what, y.member, row_number() over (partition by y.what order by y.member) as place
            from (
                select 'gained' as what, m as member from unnest(now_is) m except select 'gained', m from unnest(was) m
                union all
                (select 'lost', m from unnest(was) m except select 'lost', m from unnest(now_is) m)
            ) y
        ) x
        group by x.what
    ) d
    $$;
revoke all on function mo_data.change_of_members(text[], text[]) from public;
comment on function mo_data.change_of_members(text[], text[]) is 'Says in words which members a set gained and lost: the number of them and the first five.';
