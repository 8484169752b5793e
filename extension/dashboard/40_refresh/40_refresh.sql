-- Refresh: what changed is counted, rolled up, compared and published in one transaction.
create or replace function mo_data.refresh_lock()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if not pg_try_advisory_xact_lock(hashtextextended('mo_data.refresh', 0)) then
        raise notice 'refresh: another refresh is running; waiting for it to end';
        perform pg_advisory_xact_lock(hashtextextended('mo_data.refresh', 0));
    end if;
end
    $$;
revoke all on function mo_data.refresh_lock() from public;
comment on function mo_data.refresh_lock() is 'One refresh at a time: waits, and says so, until another one has ended. Held to the end of the transaction.';

create or replace function mo_data.refresh_count(run_id integer, from_month date, to_month date)
    returns table (kpi_id text, months date[])
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    span record;
    counted record;
    indexes text[];
begin
    create temporary table refresh_span on commit drop as
        with pair as (
            select p.kpi_id, p.month, p.batch_ids from mo_data.refresh_pending() p where from_month is null
            union all
            select k.kpi_id, m::date, '{}' from mo_data.kpi k
                cross join generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') m
            where k.is_active
                and not exists (select from mo_data.kpi_final f where f.kpi_id = k.kpi_id and f.before > m)
        ), numbered as (
            select p.kpi_id, p.month, p.batch_ids, -- months without a gap are counted in one call
                extract(year from p.month) * 12 + extract(month from p.month)
                    - row_number() over (partition by p.kpi_id order by p.month) as island
            from pair p
        )
        select k.page_order, n.kpi_id, k.is_shared, min(n.month) as first_month, max(n.month) as last_month,
            jsonb_object_agg(to_char(n.month, 'YYYY-MM-DD'), to_jsonb(n.batch_ids)) as batches, s.first_month as span_from, s.last_month as span_to,
            -- nothing to compare with: no month was published, and no figure is there
            not exists (select from mo_data.kpi_month m where m.kpi_id = n.kpi_id and m.month between min(n.month) and max(n.month))
                and not exists (select from mo_data.kpi_value v where v.kpi_id = n.kpi_id and v.month between min(n.month) and max(n.month)) as is_new
        from numbered n
            join mo_data.kpi k using (kpi_id)
            left join mo_data.kpi_span() s on s.kpi_id = n.kpi_id
        group by k.page_order, n.kpi_id, k.is_shared, n.island, s.first_month, s.last_month;
    perform mo_data.refresh_keep();
    perform mo_data.refresh_shared(run_id);
    indexes := mo_data.indexes_put_off('mo_data.kpi_value');
    perform mo_data.refresh_together(run_id);
    create index on pg_temp.shared_figure (kpi_id, month);
    analyze pg_temp.shared_figure;
    for span in select s.* from pg_temp.refresh_span s order by s.page_order, s.kpi_id, s.first_month loop
        counted := mo_data.refresh_kpi(run_id, span.kpi_id, span.first_month, span.last_month, span.batches, span.span_from, span.span_to);
        update mo_data.refresh_run r
            set figures_written = r.figures_written + counted.written, figures_restated = r.figures_restated + counted.restated,
                from_month = least(r.from_month, span.first_month), to_month = greatest(r.to_month, span.last_month)
            where r.run_id = refresh_count.run_id;
        if exists (select from mo_data.kpi k where k.kpi_id = span.kpi_id and 'prescribing' = any (k.sources))
            and not exists (select from mo_data.refresh_log l where l.run_id = refresh_count.run_id and l.what = 'reconcile'
                and l.from_month <= span.first_month and l.to_month >= span.last_month) then
            perform mo_data.refresh_reconciliation(run_id, span.first_month, span.last_month);
        end if;
        kpi_id := span.kpi_id;
        months := counted.changed_months;
        return next;
    end loop;
    perform mo_data.indexes_make(indexes);
    drop table pg_temp.refresh_span, pg_temp.shared_figure, pg_temp.month_counted; -- another refresh may follow in this transaction
end
    $$;
revoke all on function mo_data.refresh_count(integer, date, date) from public;
comment on function mo_data.refresh_count(integer, date, date) is
    'Counts every dirty (KPI, month) pair, or every KPI for the months given, and returns the months whose figures changed. Part of refresh().';

create or replace function mo_data.organisations_opened(last_month_before date)
    returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select exists (
        select from mo_data.organisation o
        where p.last_month is distinct from last_month_before
            and ((last_month_before is null or p.last_month is null)
                or (o.open_from <= mo.month_end(last_month_before)) <> (o.open_from <= mo.month_end(p.last_month))
                or coalesce(o.open_to <= mo.month_end(last_month_before), false) <> coalesce(o.open_to <= mo.month_end(p.last_month), false)))
    from (select max(m.month) as last_month from mo_data.kpi_month m) p
    $$;
revoke all on function mo_data.organisations_opened(date) from public;
comment on function mo_data.organisations_opened(date) is
    'Whether other organisations are open at the end of the last published month than at the end of what was the last one (null: none was). Part of refresh().';

create or replace function mo_data.refresh_publish(from_month date, to_month date)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    run integer;
    seen integer[];
    changed text[];
    fingerprints text[];
    members_changed boolean;
    last_month_before date;
    part record;
    touched text[] := '{}';
    kpi_ids text[] := '{}'; -- and months: pairs whose results are stored again
    months date[] := '{}';
    grown text[];
    summary record;
begin
    perform mo_data.refresh_lock();
    last_month_before := (select max(m.month) from mo_data.kpi_month m);
    perform mo_data.organisation_key_sync();
    perform mo_data.access_key_sync();
    perform mo_data.derived_measures_sync();
    perform mo_data.change_definitions();
    select coalesce(array_agg(b.batch_id), '{}') into seen
        from mo_data.load_batch b
        where b.state <> 'failed' and not exists (select from mo_data.refresh_batch s where s.batch_id = b.batch_id);
    select coalesce(array_agg(n.item), '{}'), coalesce(array_agg(n.fingerprint), '{}') into changed, fingerprints
        from mo_data.refresh_reference_now() n
            left join mo_data.refresh_reference s using (item) where s.fingerprint is distinct from n.fingerprint;
    if from_month is null and seen = '{}' and changed = '{}' and not exists (select from mo_data.refresh_pending()) then
        raise notice 'refresh: nothing has been loaded or changed since the last refresh';
        return;
    end if;
    insert into mo_data.refresh_run (kind, started_at)
        values (case when from_month is null then 'incremental' else 'range' end, clock_timestamp()) returning run_id into run;
    members_changed := changed && '{organisation,organisation_parent,organisation_group}';
    perform mo_data.refresh_statistics(seen);
    perform mo_data.refresh_path_drop();

    with counted as materialized (
        select c.kpi_id, c.months from mo_data.refresh_count(run, from_month, to_month) c
    ), wanted as (
        select c.kpi_id, m.month from counted c cross join lateral unnest(c.months) as m (month)
        union -- whoever belongs elsewhere now, or was asked for, is added up again although no figure changed
        select k.kpi_id, k.month from mo_data.kpi_month k where members_changed or k.month between from_month and to_month
            or array['target:' || k.kpi_id, 'kpi:' || k.kpi_id, 'rule:' || k.kpi_id] && changed or k.kpi_id = 'smr_completed' and 'target:(profile)' = any (changed)
    )
    select coalesce(array_agg(w.kpi_id order by w.kpi_id, w.month), '{}'), coalesce(array_agg(w.month order by w.kpi_id, w.month), '{}') into kpi_ids, months
        from wanted w;
    touched := array(select distinct u.kpi_id from unnest(kpi_ids) as u (kpi_id) order by 1);
    if touched <> '{}' then
        perform mo_data.refresh_paths_keep(months);
        -- selected, not assigned: an assignment would keep its plan, with indexes that a refresh earlier in this transaction has made again
        select mo_data.kpi_coverages_grow(run, kpi_ids, months) into grown;
        if grown <> '{}' then
            select array_agg(w.kpi_id order by w.kpi_id, w.month), array_agg(w.month order by w.kpi_id, w.month) into kpi_ids, months
                from (
                    select m.kpi_id, m.month from mo_data.kpi_month m where m.kpi_id = any (grown)
                    union
                    select u.kpi_id, u.month from unnest(kpi_ids, months) as u (kpi_id, month)
                ) w;
            perform mo_data.refresh_paths_keep(months);
        end if;
        perform mo_data.changes_keep(run, kpi_ids, months, members_changed);
        perform mo_data.results_replace(run, kpi_ids, months);
        perform mo_data.variations_replace(run, kpi_ids, months);
        for part in
            select u.kpi_id, array_agg(u.month order by u.month) as months
            from unnest(kpi_ids, months) as u (kpi_id, month)
                join mo_data.kpi k on k.kpi_id = u.kpi_id and k.family = 'prescribing_measure'
            group by u.kpi_id
        loop
            perform mo_data.measure_position_replace(run, part.kpi_id, part.months);
        end loop;
    end if;
    perform mo_data.refresh_path_drop();
    if touched <> '{}' or members_changed then
        if members_changed or mo_data.organisations_opened(last_month_before) then
            touched := null; -- other organisations are on every page
        end if;
        perform mo_data.kpi_latest_replace(run, touched);
        perform mo_data.page_refresh(run, touched, kpi_ids, months);
        perform mo_data.calendar_extend();
    end if;
    perform mo_data.price_per_unit_replace(run);
    perform mo_data.source_left_out_replace(run);

    if from_month is null then
        insert into mo_data.refresh_batch (batch_id, run_id) select b, run from unnest(seen) b;
        insert into mo_data.refresh_reference (item, fingerprint, run_id)
            select s.item, s.fingerprint, run from unnest(changed, fingerprints) as s (item, fingerprint)
            on conflict (item) do update set fingerprint = excluded.fingerprint, run_id = excluded.run_id;
    end if;
    perform mo_data.refresh_told(run, case when from_month is null then seen else '{}' end);
    update mo_data.refresh_run r set published_at = clock_timestamp() where r.run_id = run returning * into summary;
    if summary.results_written > (select greatest(c.reltuples, 0) / 10 from pg_class c where c.oid = 'mo_data.kpi_result'::regclass) then
        analyze mo_data.kpi_value, mo_data.kpi_latest, mo_data.page_row, mo_data.page_months (org_code, kpi_id), mo_data.organisation_key, -- or pages are slow until autovacuum comes
            mo_data.kpi_result (kpi_id, month, org_key, org_type, org_code, breakdown, pcn_code, icb_code, peer_group, run_id, hidden, period_start); -- and does the rest
    end if;
    raise notice 'refresh: run % published: % figures written, % of them restated; % results', run, summary.figures_written,
        summary.figures_restated, summary.results_written;
    perform pg_notify('mo_dashboard', json_build_object('run', run, 'from_month', summary.from_month, 'to_month', summary.to_month,
        'figures', summary.figures_written, 'restated', summary.figures_restated)::text);
end
    $$;
revoke all on function mo_data.refresh_publish(date, date) from public;
comment on function mo_data.refresh_publish(date, date) is 'What both forms of refresh() do; null months: whatever is dirty.';

create or replace procedure mo_data.refresh()
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    perform mo_data.refresh_publish(null, null);
end
    $$;
revoke all on procedure mo_data.refresh() from public;
comment on procedure mo_data.refresh() is
    'Counts what loads since the last refresh can have changed, notes restated figures, rolls up, compares and publishes, all in one '
    'transaction (other targets are compared with, although no figure changes): readers see the old state until it ends, and keep it if it fails. Tells each step as a NOTICE and in refresh_log, and ends '
    'with NOTIFY mo_dashboard. With nothing new it writes nothing. A second refresh at the same time waits.';

create or replace procedure mo_data.refresh(from_month date, to_month date)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if from_month is null or to_month is null or to_month < from_month or to_month - from_month > 36600 then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('cannot refresh from %s to %s', coalesce(to_char(from_month, 'YYYY-MM-DD'), 'null'),
                coalesce(to_char(to_month, 'YYYY-MM-DD'), 'null')),
            hint = 'Give the first and the last month, the first not after the last, at most a hundred years apart.';
    end if;
    perform mo_data.refresh_publish(date_trunc('month', from_month)::date, date_trunc('month', to_month)::date);
end
    $$;
revoke all on procedure mo_data.refresh(date, date) from public;
comment on procedure mo_data.refresh(date, date) is
    'Counts every KPI again for the months from from_month to to_month, both inclusive, that it has (mo_data.kpi_span), whether or not anything was loaded. Only differences '
    'are written to kpi_value; results of these months are replaced. Loads stay due for the next refresh().';
