-- A restored database: what a dump does not carry is made again, and what it carries is checked.
create or replace function mo_data.restored_matviews()
    returns table (what text, state text, detail text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    matview record;
begin
    for matview in -- one that reads another was made after it
        select c.oid::regclass as name from pg_class c
        where c.relkind = 'm' and c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace) order by c.oid
    loop
        execute format('refresh materialized view %s', matview.name);
        return query select 'materialised view ' || matview.name, 'made again', null::text;
    end loop;
end
    $$;
revoke all on function mo_data.restored_matviews() from public;
comment on function mo_data.restored_matviews() is 'Refreshes every materialised view of the two schemas, a site''s own included. Part of after_restore().';

create or replace function mo_data.restored_sequences()
    returns table (what text, state text, detail text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    identity_column record;
    highest bigint;
    next_value bigint;
begin
    for identity_column in
        select c.oid::regclass as name, a.attname, pg_get_serial_sequence(c.oid::regclass::text, a.attname) as sequence
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attidentity <> ''
        where c.relnamespace = 'mo_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
        order by c.relname
    loop
        execute format('select max(t.%I) from %s t', identity_column.attname, identity_column.name) into highest;
        execute format('select s.last_value + s.is_called::integer from %s s', identity_column.sequence) into next_value;
        if highest >= next_value then
            perform setval(identity_column.sequence, highest);
        end if;
        return query select format('numbers of %s', identity_column.name), case when highest >= next_value then 'made again' else 'ok' end,
            format('the next is %s', greatest(highest + 1, next_value));
    end loop;
end
    $$;
revoke all on function mo_data.restored_sequences() from public;
comment on function mo_data.restored_sequences() is
    'Sets every identity of mo_data behind the highest number in use where it is not (rows restored without their sequences). Part of after_restore().';

create or replace function mo_data.restored_derived()
    returns table (what text, state text, detail text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    last_run integer := (select max(r.run_id) from mo_data.refresh_run r);
    was text;
    now_is text;
    page_rows bigint;
    kept date[];
begin
    was := (select md5(string_agg(k::text, ';' order by k.org_key)) from mo_data.organisation_key k);
    perform mo_data.organisation_key_sync();
    now_is := (select md5(string_agg(k::text, ';' order by k.org_key)) from mo_data.organisation_key k);
    return query select 'organisation_key', case when was is distinct from now_is then 'made again' else 'ok' end,
        format('%s organisations and groups', (select count(*) from mo_data.organisation_key));
    -- sums that were kept of rows restored with triggers switched off may be of others
    kept := array(select distinct p.month from mo_data.refresh_prescribing p order by 1);
    was := (select md5(string_agg(p::text, ';' order by p::text)) from mo_data.refresh_prescribing p);
    delete from mo_data.refresh_prescribing;
    delete from mo_data.refresh_prescribing_month;
    perform mo_data.prescribing_watch();
    perform mo_data.prescribing_keep(k.month, k.month) from unnest(kept) k (month);
    now_is := (select md5(string_agg(p::text, ';' order by p::text)) from mo_data.refresh_prescribing p);
    return query select 'refresh_prescribing', case when was is distinct from now_is then 'made again' else 'ok' end,
        format('%s practices and months', (select count(*) from mo_data.refresh_prescribing));
    kept := array(select k.month from mo_data.event_month_set_month k order by 1); -- sets of events likewise
    was := (select md5(string_agg(e::text, ';' order by e.month, e.code)) from mo_data.event_month_set e);
    delete from mo_data.event_month_set;
    delete from mo_data.event_month_set_month;
    perform mo_data.activity_watch();
    perform mo_data.event_month_keep(kept[1], kept[cardinality(kept)]) where kept <> '{}';
    now_is := (select md5(string_agg(e::text, ';' order by e.month, e.code)) from mo_data.event_month_set e);
    return query select 'event_month_set', case when was is distinct from now_is then 'made again' else 'ok' end,
        format('%s codes and months', (select count(*) from mo_data.event_month_set));
    was := (select count(*) from mo_data.calendar_day);
    perform mo_data.calendar_extend();
    now_is := (select count(*) from mo_data.calendar_day);
    return query select 'calendar_day', case when was <> now_is then 'made again' else 'ok' end, format('%s days', now_is);
    if last_run is not null then
        was := (select md5(string_agg(concat_ws('|', l.org_key, l.kpi_id, l.month, l.trend_spark, l.is_behind), ';' order by l.org_key, l.kpi_id)) from mo_data.kpi_latest l);
        perform mo_data.kpi_latest_replace(last_run);
        page_rows := mo_data.page_replace();
        now_is := (select md5(string_agg(concat_ws('|', l.org_key, l.kpi_id, l.month, l.trend_spark, l.is_behind), ';' order by l.org_key, l.kpi_id)) from mo_data.kpi_latest l);
        delete from mo_data.refresh_log g -- no refresh did this
            where g.run_id = last_run and g.step = (select max(x.step) from mo_data.refresh_log x where x.run_id = last_run);
        return query select 'kpi_latest', case when was is distinct from now_is then 'made again' else 'ok' end,
            format('%s organisations and KPIs', (select count(*) from mo_data.kpi_latest));
        return query select 'page_row', case when page_rows > 0 then 'made again' else 'ok' end,
            format('%s rows of the page', (select count(*) from mo_data.page_row));
    end if;
end
    $$;
revoke all on function mo_data.restored_derived() from public;
comment on function mo_data.restored_derived() is
    'Brings organisation keys, calendar, kpi_latest and the page in line with the tables they are made from, writing only what differs. Part of after_restore().';

create or replace function mo_data.restored_figures()
    returns table (what text, state text, detail text)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
begin
    return query
    with counted as (
        select v.kpi_id, v.month, count(*) filter (where v.breakdown = '') as figures from mo_data.kpi_value v group by v.kpi_id, v.month
    ), months as (
        select count(*) as n, count(*) filter (where coalesce(m.figures, -1) <> coalesce(c.figures, 0)) as differing
        from mo_data.kpi_month m full join counted c using (kpi_id, month)
    ), membership as ( -- a membership that changed after the last refresh is news, not damage
        select exists (
            select from mo_data.refresh_reference_now() n left join mo_data.refresh_reference s using (item)
            where n.item in ('organisation', 'organisation_parent', 'organisation_group') and s.fingerprint is distinct from n.fingerprint) as changed
    ), rolled_up as (
        select k.kpi_id, r.month, r.org_type, r.org_code, r.breakdown, r.numerator, r.denominator, r.value
        from (select m.kpi_id, array_agg(m.month) as months from mo_data.kpi_month m group by m.kpi_id) k
            cross join lateral mo_data.result_rolled_up(k.kpi_id, k.months) r
    ), results as (
        select count(*) as n, count(*) filter (where
            r.numerator is null or p.numerator is null
            or not abs(r.numerator - p.numerator) <= 1e-9 * abs(r.numerator) or not abs(r.denominator - p.denominator) <= 1e-9 * abs(r.denominator)
            or (r.value is null) <> (p.value is null) or not coalesce(abs(r.value - p.value) <= 1e-9 * abs(r.value), true)) as differing
        from rolled_up r
            full join (select x.*, x.kpi_id::text as id, x.org_type::text as level, x.org_code::text as code, x.breakdown::text as part from mo_data.kpi_result x) p
                on p.id = r.kpi_id and p.month = r.month and p.level = r.org_type and p.code = r.org_code and p.part = r.breakdown
    )
    select 'kpi_month agrees with kpi_value', case when m.differing = 0 then 'ok' else 'failed' end,
        format('%s KPIs and months, %s of them differ', m.n, m.differing)
    from months m
    union all
    select 'kpi_result agrees with kpi_value',
        case when r.differing = 0 then 'ok' when (select b.changed from membership b) then 'pending' else 'failed' end,
        format('%s results of all levels, %s of them differ', r.n, r.differing)
    from results r;
end
    $$;
revoke all on function mo_data.restored_figures() from public;
comment on function mo_data.restored_figures() is
    'Compares kpi_month, and the results of every level, with the base figures of kpi_value they are made from (to one part in 10^9, the order '
    'of adding). Part of after_restore().';

create or replace function mo_data.restored_definitions()
    returns table (what text, state text, detail text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    item record;
    problem text;
    good integer := 0;
begin
    return query select 'extension mo_dashboard', case when e.extversion is null then 'failed' else 'ok' end,
        coalesce('version ' || e.extversion, 'not installed')
            || coalesce(', layer ' || (select l.version from mo_data.layer l order by l.installed_at desc limit 1), '')
        from (select 1) one left join pg_extension e on e.extname = 'mo_dashboard';
    return query select 'indexes and constraints', case when x.broken is null then 'ok' else 'failed' end, 'not valid: ' || x.broken
        from (
            select string_agg(b.name, ', ' order by b.name) as broken from (
                select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid
                where not i.indisvalid and c.relnamespace = 'mo_data'::regnamespace
                union all
                select t.conname from pg_constraint t where not t.convalidated and t.connamespace = 'mo_data'::regnamespace) b) x;
    for item in select k.kpi_id from mo_data.kpi k where k.is_active order by k.kpi_id loop
        begin
            perform mo_data.kpi_function(item.kpi_id, true), mo_data.kpi_function(item.kpi_id, false);
            good := good + 1;
        exception when others then
            get stacked diagnostics problem = message_text;
            return query select 'function of KPI ' || item.kpi_id, 'failed', problem;
        end;
    end loop;
    return query select 'functions of KPIs', 'ok', format('%s found', good);
    good := 0;
    for item in
        select c.oid::regclass as name from pg_class c where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind in ('v', 'm') order by c.relname
    loop
        begin
            execute format('select from %s limit 1', item.name);
            good := good + 1;
        exception when others then
            get stacked diagnostics problem = message_text;
            return query select 'view ' || item.name, 'failed', problem;
        end;
    end loop;
    return query select 'published views', 'ok', format('%s can be read', good);
end
    $$;
revoke all on function mo_data.restored_definitions() from public;
comment on function mo_data.restored_definitions() is
    'Whether the extension, valid indexes and constraints, the functions of every active KPI and every published view are there. Part of after_restore().';

create or replace function mo_data.after_restore()
    returns table (what text, state text, detail text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    due bigint;
    readers text;
begin
    perform mo_data.refresh_lock();
    return query select r.what, r.state, r.detail from mo_data.restored_definitions() r;
    return query select r.what, r.state, r.detail from mo_data.restored_sequences() r;
    return query select r.what, r.state, r.detail from mo_data.restored_derived() r;
    return query select r.what, r.state, r.detail from mo_data.restored_access() r;
    return query select r.what, r.state, r.detail from mo_data.restored_figures() r;
    return query select r.what, r.state, r.detail from mo_data.restored_matviews() r;
    analyze mo_data.kpi_value, mo_data.kpi_result, mo_data.kpi_latest, mo_data.page_row, mo_data.page_months, mo_data.organisation_key; -- a dump before 18 has none
    select count(*) into due from mo_data.refresh_pending();
    return query select 'refresh', case when due = 0 then 'ok' else 'pending' end, format('%s KPIs and months are due; mo_data.refresh() counts them', due);
    select string_agg(distinct g.grantee::regrole::text, ', ') into readers
        from pg_class c cross join lateral aclexplode(c.relacl) g
        where c.oid = to_regclass('mo_dashboard.dashboard') and g.privilege_type = 'SELECT' and g.grantee <> c.relowner and g.grantee <> 0;
    return query select 'readers', case when readers is null then 'none' else 'ok' end,
        coalesce(readers, 'a dump without privileges, or a server without the roles: mo_data.grant_reader() for each');
end
    $$;
revoke all on function mo_data.after_restore() from public;
comment on function mo_data.after_restore() is
    'To be called once a dump has been restored: refreshes materialised views, sets numbers behind the highest in use, makes again what is '
    'derived (organisation keys, calendar, the latest page), gathers statistics, and checks that base figures, months and results agree, that every '
    'KPI''s functions are there and every published view can be read. One row a check: ok; made again; pending (refresh() is due, not damage); '
    'none (no role may read, or the server lacks one that may); failed. Changes nothing where nothing is wrong.';
