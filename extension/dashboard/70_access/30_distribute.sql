-- Spreading the layer over several servers with Citus, where that extension is installed. What is chosen here is tested without it (a stand-in
-- records the calls); on a cluster, make citus-check compares every figure with those of one server.
create or replace function mo_data.distribution_plan()
    returns table (table_name text, placement text, distribution_column text, reason text)
    language sql stable rows 100
    set search_path = pg_catalog, pg_temp
    as $$
    with large (table_name, distribution_column, reason) as (values
        ('prescribing', 'practice_code', 'added up by practice and month, beside list_size'),
        ('list_size', 'practice_code', 'weighted by practice, beside prescribing'),
        ('discharge', 'practice_code', 'counted by practice, joined with no other table'),
        ('pincer_hazard', 'practice_code', 'counted by practice, joined with no other table'),
        ('alert_action', 'practice_code', 'counted by practice; alerts are on every server'),
        ('patient', 'patient_key', 'joined with registration, cohort_member and activity'),
        ('registration', 'patient_key', 'joined with cohort_member, activity and new_start'),
        ('cohort_member', 'patient_key', 'joined with registration and activity'),
        ('activity', 'patient_key', 'joined with cohort_member and registration'),
        ('new_start', 'patient_key', 'joined with registration'),
        ('switch_action', 'patient_key', 'counted once a patient, wherever that was')
    ), own as (
        select c.oid, c.relname::text as table_name
        from pg_class c
        where c.relnamespace = 'mo_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
            and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    ), written as ( -- by loads, refreshes, grants and people, on the server that everybody asks
        select o.table_name from own o
        where o.table_name in ('definition', 'layer', 'site', 'result_was', 'subscription', 'outbox', 'calendar_day', 'change', 'setting')
            or o.table_name ~ '^(kpi|page|source|load|refresh|access|record|purge|return|review|measure)(_|$)'
                and o.table_name <> 'kpi_target'
            or o.table_name ~ '^(price_per_unit|sea_theme_cell|organisation_key|event_month_set)'
                and o.table_name <> 'price_per_unit_threshold'
    ), placed as (
        select o.oid, o.table_name,
            case when l.table_name is not null then 'distributed' when w.table_name is not null then 'local' else 'reference' end as placement,
            l.distribution_column,
            coalesce(l.reason, case when w.table_name is not null then 'written by loads, refreshes, grants and people, and read by pages'
                else 'small, and joined with what is distributed' end) as reason
        from own o left join large l using (table_name) left join written w using (table_name)
    )
    select p.table_name, case when x.why is null then p.placement else 'local' end, p.distribution_column, coalesce(x.why, p.reason)
    from placed p
        left join lateral (
            select case
                when p.placement = 'reference' and exists (select from pg_trigger t where t.tgrelid = p.oid and not t.tgisinternal)
                    then 'has a trigger, which Citus takes on local tables only'
                when p.placement = 'distributed' then (
                    select format('its key %s (%s) does not hold %s: no shard can see whether another has the same. With widen_keys => true %s is added to it',
                        i.indexrelid::regclass::text, k.columns, p.distribution_column, p.distribution_column)
                    from pg_index i
                        cross join lateral (
                            select string_agg(a.attname, ', ' order by u.n) as columns, coalesce(bool_or(a.attname = p.distribution_column), false) as holds
                            from unnest(i.indkey::smallint[]) with ordinality as u (attnum, n)
                                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.attnum
                        ) k
                    where i.indrelid = p.oid and (i.indisunique or i.indisexclusion) and not k.holds
                    order by i.indexrelid limit 1)
            end as why
        ) x on true
    $$;
revoke all on function mo_data.distribution_plan() from public;
comment on function mo_data.distribution_plan() is
    'Where mo_data.distribute() puts each table: distributed by a column (tables of one column are laid side by side), reference (a copy on '
    'every server) or local (the server everybody asks), and why. A table that should be distributed but is local says what is in the way.';

create or replace function mo_data.widen_key(table_name text, distribution_column text)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    key record;
begin
    for key in
        select c.conname, c.contype, i.indnullsnotdistinct, string_agg(quote_ident(a.attname), ', ' order by u.n) as columns
        from pg_constraint c
            join pg_index i on i.indexrelid = c.conindid
            cross join lateral unnest(c.conkey) with ordinality as u (attnum, n)
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = u.attnum
        where c.conrelid = format('mo_data.%I', widen_key.table_name)::regclass and c.contype in ('p', 'u')
        group by c.conname, c.contype, i.indnullsnotdistinct
        having not bool_or(a.attname = widen_key.distribution_column)
    loop
        execute format('alter table mo_data.%1$I drop constraint %2$I, add constraint %2$I %3$s (%4$s, %5$I)', widen_key.table_name, key.conname,
            case when key.contype = 'p' then 'primary key' when key.indnullsnotdistinct then 'unique nulls not distinct' else 'unique' end,
            key.columns, widen_key.distribution_column);
    end loop;
end
    $$;
revoke all on function mo_data.widen_key(text, text) from public;
comment on function mo_data.widen_key(text, text) is 'Adds the distribution column to the keys of a table that lack it. Part of distribute().';

create or replace function mo_data.citus_function(name text)
    returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    -- A function that somebody gave this name is not Citus's: it must belong to the extension.
    select format('%I.%I', n.nspname, p.proname)
    from pg_extension e
        join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e' and d.classid = 'pg_proc'::regclass
        join pg_proc p on p.oid = d.objid and p.proname = citus_function.name
        join pg_namespace n on n.oid = p.pronamespace
    where e.extname = 'citus' limit 1
    $$;
revoke all on function mo_data.citus_function(text) from public;
comment on function mo_data.citus_function(text) is 'A function of the extension citus with its schema, to be called by this name. Null: there is none.';

create or replace function mo_data.distribute(widen_keys boolean default false)
    returns table (table_name text, placement text, distribution_column text, note text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
declare
    by_column constant text := mo_data.citus_function('create_distributed_table');
    everywhere constant text := mo_data.citus_function('create_reference_table');
    tables_view constant text := (
        select format('%I.%I', n.nspname, c.relname)
        from pg_extension e
            join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e' and d.classid = 'pg_class'::regclass
            join pg_class c on c.oid = d.objid and c.relname = 'citus_tables'
            join pg_namespace n on n.oid = c.relnamespace
        where e.extname = 'citus');
    item record;
    was_placed text;
    was_column text;
    beside jsonb := '{}'; -- the table that others of the same column are laid beside
begin
    if by_column is null or everywhere is null or tables_view is null then
        raise exception using errcode = 'feature_not_supported',
            message = format('Citus is not installed in database %s: there is nothing to distribute the layer over', quote_ident(current_database())),
            hint = 'One server may hold England (README, "Sizing"). For several: install the packages of Citus and mo_dashboard on each, '
                'CREATE EXTENSION citus here, add the others with citus_add_node, then call mo_data.distribute() again.';
    end if;
    perform mo_data.refresh_lock();
    perform mo_data.prescribing_unwatch();
    perform mo_data.activity_unwatch();
    perform set_config('citus.multi_shard_modify_mode', 'sequential', true); -- reference tables that refer to each other, in one transaction
    for item in
        with recursive own as (
            select ('mo_data.' || quote_ident(p.table_name))::regclass as oid, p.* from mo_data.distribution_plan() p
        ), reference as (
            select c.conrelid as from_oid, c.confrelid as to_oid from pg_constraint c
            where c.contype = 'f' and c.connamespace = 'mo_data'::regnamespace and c.conrelid <> c.confrelid
        ), depth (oid, n) as (
            select o.oid, 0 from own o
            union
            select r.from_oid, d.n + 1 from depth d join reference r on r.to_oid = d.oid where d.n < 20
        )
        select o.table_name, o.placement, o.distribution_column, o.reason, o.oid
        from own o join depth d on d.oid = o.oid
        group by o.table_name, o.placement, o.distribution_column, o.reason, o.oid
        order by o.placement <> 'reference', o.placement <> 'distributed', max(d.n), o.distribution_column, o.table_name
    loop
        table_name := item.table_name;
        placement := item.placement;
        distribution_column := item.distribution_column;
        note := item.reason;
        execute format('select t.citus_table_type, t.distribution_column from %s t where t.table_name = $1', tables_view)
            into was_placed, was_column using item.oid;
        if was_placed in ('distributed', 'reference') then
            placement := was_placed;
            distribution_column := nullif(was_column, '<none>');
            note := case when was_placed = item.placement and (was_placed = 'reference' or was_column = item.distribution_column) then 'was so already'
                else format('was so already, and is left so; the plan says %s', concat_ws(' by ', item.placement, item.distribution_column)) end;
            if was_placed = 'distributed' then beside := jsonb_build_object(was_column, item.oid::regclass::text) || beside; end if;
        elsif item.placement = 'reference' then
            execute format('select %s($1)', everywhere) using item.oid;
        elsif item.distribution_column is not null and (item.placement = 'distributed' or widen_keys) then
            if item.placement <> 'distributed' then
                perform mo_data.widen_key(item.table_name, item.distribution_column);
                placement := 'distributed';
                note := 'its key was widened by ' || item.distribution_column;
            end if;
            if beside ? item.distribution_column then
                execute format('select %s($1, $2, colocate_with => $3)', by_column)
                    using item.oid, item.distribution_column, beside ->> item.distribution_column;
            else
                execute format('select %s($1, $2)', by_column) using item.oid, item.distribution_column;
                beside := beside || jsonb_build_object(item.distribution_column, item.oid::regclass::text);
            end if;
        end if;
        return next;
    end loop;
end
    $$;
revoke all on function mo_data.distribute(boolean) from public;
comment on function mo_data.distribute(boolean) is
    'Lays the layer over the servers of a Citus cluster: prescribing and what is counted by practice by practice_code, what is joined patient by '
    'patient by patient_key, reference tables on every server, results on the server that everybody asks (mo_data.distribution_plan() says which '
    'and why). One row a table: where it is now, and a note. A table whose key does not hold its column stays local and says so, unless widen_keys '
    'adds the column to it: an event_id is then unique within a patient, no longer among all. What is distributed already is left alone, so it can be '
    'called again after an update. Refused (feature_not_supported) where Citus is not installed.';
