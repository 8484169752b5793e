-- The counting: one KPI over a range of months, writing only what differs.
create or replace function mo_data.refresh_note(
    run_id integer, what text, kpi_id text, from_month date, to_month date, rows bigint, started_at timestamptz)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    took double precision := extract(epoch from clock_timestamp() - started_at) * 1000;
begin
    insert into mo_data.refresh_log (run_id, step, what, kpi_id, from_month, to_month, rows, milliseconds)
        select refresh_note.run_id, coalesce(max(l.step), 0) + 1, refresh_note.what, refresh_note.kpi_id, refresh_note.from_month,
            refresh_note.to_month, refresh_note.rows, took
        from mo_data.refresh_log l where l.run_id = refresh_note.run_id;
    raise notice 'refresh: % % %: % rows, % ms', what, coalesce(kpi_id, 'all'),
        coalesce(to_char(from_month, 'YYYY-MM') || ' to ' || to_char(to_month, 'YYYY-MM'), ''), rows, round(took::numeric);
end
    $$;
revoke all on function mo_data.refresh_note(integer, text, text, date, date, bigint, timestamptz) from public;
comment on function mo_data.refresh_note(integer, text, text, date, date, bigint, timestamptz) is
    'Writes one step of a refresh to refresh_log and tells it as a NOTICE.';

create or replace function mo_data.refresh_kpi(
    run_id integer, kpi_id text, from_month date, to_month date, batches jsonb, span_from date, span_to date, out changed_months date[], out written bigint,
    out restated bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started timestamptz := clock_timestamp();
    first_month constant date := case when span_from is not null then greatest(span_from, from_month) end;
    last_month constant date := case when span_to is not null then least(span_to, to_month) end;
    -- months published before: what differs in them is a restatement; where there are none, everything is new
    published constant date[] := array(
        select m.month from mo_data.kpi_month m where m.kpi_id = refresh_kpi.kpi_id and m.month between from_month and to_month);
    is_new constant boolean := (select s.is_new from pg_temp.refresh_span s where s.kpi_id = refresh_kpi.kpi_id and s.first_month = refresh_kpi.from_month);
    took constant double precision := (select m.milliseconds from pg_temp.month_counted m where m.kpi_id = refresh_kpi.kpi_id and m.milliseconds is not null);
    stray boolean;
    figured_months date[];
    figures integer[];
begin
    written := 0;
    restated := 0;
    changed_months := '{}';
    if took is not null and is_new then -- refresh_together() has written it
        select coalesce(array_agg(m.month), '{}'), coalesce(array_agg(m.figures), '{}'), coalesce(sum(m.rows), 0) into figured_months, figures, written
            from pg_temp.month_counted m where m.kpi_id = refresh_kpi.kpi_id and m.month between first_month and last_month;
        changed_months := figured_months;
    elsif first_month <= last_month or not is_new then
        execute format($query$
            with fresh as materialized (
                select f.month, f.org_code::text as org_code, coalesce(f.breakdown, '')::text as breakdown,
                    coalesce(sum(f.numerator), 0) as numerator, coalesce(sum(f.denominator), 0) as denominator
                from %s f
                where $6 <= $7
                group by 1, 2, 3
            ), difference as %s, written as (
                insert into mo_data.kpi_value (kpi_id, month, org_code, breakdown, numerator, denominator, run_id)
                select $2, d.month, d.org_code, d.breakdown, d.numerator, d.denominator, $1 from %s
                order by d.month, d.breakdown collate "C" -- near enough to its index's order, and half the time of none
            ), month as (
                select f.month, count(*) filter (where f.breakdown = '')::integer as figures from fresh f group by f.month
            )
            select exists (select from month m where not coalesce(m.month between $6 and $7, false)),
                (select coalesce(array_agg(m.month), '{}') from month m), (select coalesce(array_agg(m.figures), '{}') from month m),
                (select coalesce(array_agg(d.month), '{}') from (select distinct x.month from difference x) d),
                (select count(*) from difference), %s
            $query$,
            case when took is not null or (select k.is_shared from mo_data.kpi k where k.kpi_id = refresh_kpi.kpi_id)
                then '(select * from pg_temp.shared_figure s where s.kpi_id = $2 and s.month between $6 and $7)'
                else mo_data.kpi_function(kpi_id, false) || '($6, $7)' end,
            case when is_new then '(select n.* from fresh n)'
                else $query$materialized (
                    select month, org_code, breakdown, n.numerator, n.denominator, o.numerator as old_numerator,
                        o.denominator as old_denominator, o.run_id as old_run_id
                    from fresh n
                        full join (
                            select v.month, v.org_code, v.breakdown, v.numerator, v.denominator, v.run_id
                            from mo_data.kpi_value v where v.kpi_id = $2 and v.month between $3 and $4
                        ) o using (month, org_code, breakdown)
                    where n.numerator is null or o.numerator is null
                        or not abs(n.numerator - o.numerator) <= 1e-12 * abs(o.numerator)
                        or not abs(n.denominator - o.denominator) <= 1e-12 * abs(o.denominator)
                ), withdrawn as (
                    delete from mo_data.kpi_value v using difference d
                    where d.numerator is null and v.kpi_id = $2 and v.month = d.month and v.org_code = d.org_code and v.breakdown = d.breakdown
                ), replaced as (
                    update mo_data.kpi_value v set numerator = d.numerator, denominator = d.denominator, run_id = $1
                    from difference d
                    where d.numerator is not null and d.old_run_id is not null
                        and v.kpi_id = $2 and v.month = d.month and v.org_code = d.org_code and v.breakdown = d.breakdown
                ), noted as (
                    insert into mo_data.kpi_value_change (
                        kpi_id, month, org_code, breakdown, run_id, old_run_id, old_numerator, old_denominator, new_numerator, new_denominator,
                        batch_ids)
                    select $2, d.month, d.org_code, d.breakdown, $1, d.old_run_id, d.old_numerator, d.old_denominator, d.numerator, d.denominator,
                        array(select b::integer from jsonb_array_elements_text($5 -> to_char(d.month, 'YYYY-MM-DD')) b order by b::integer)
                    from difference d where d.old_run_id is not null or d.month = any ($8)
                    returning 1
                )$query$ end,
            case when is_new then 'fresh d' else 'difference d where d.numerator is not null and d.old_run_id is null' end,
            case when is_new then '0' else '(select count(*) from noted)' end)
            into stray, figured_months, figures, changed_months, written, restated
            using run_id, kpi_id, from_month, to_month, batches, first_month, last_month, published;
    end if;
    perform mo_data.refuse_stray_months(case when stray then kpi_id end);
    with withdrawn as (
        delete from mo_data.kpi_month k
        where published <> '{}' and k.kpi_id = refresh_kpi.kpi_id and k.month between from_month and to_month
            and not coalesce(k.month between first_month and last_month, false)
        returning k.month
    ), counted as ( -- a month without a record is published too: its counts are 0
        select m::date as month, coalesce(f.figures, 0) as figures
        from generate_series(first_month::timestamp, last_month::timestamp, interval '1 month') m
            left join unnest(figured_months, figures) f (month, figures) on f.month = m::date
    ), again as (
        update mo_data.kpi_month k set figures = c.figures, run_id = refresh_kpi.run_id
        from counted c
        where k.kpi_id = refresh_kpi.kpi_id and k.month = c.month and c.month = any (published) and c.month = any (changed_months)
        returning k.month
    ), new as (
        insert into mo_data.kpi_month (kpi_id, month, figures, first_run_id, run_id)
        select refresh_kpi.kpi_id, c.month, c.figures, refresh_kpi.run_id, refresh_kpi.run_id
        from counted c where c.month <> all (published)
        returning month
    )
    select coalesce(array_agg(distinct c.month order by c.month), '{}') into changed_months
        from (table withdrawn union all table again union all table new union all select u.month from unnest(changed_months) as u (month)) c;
    perform mo_data.refresh_note(run_id, 'count', kpi_id, from_month, to_month, written, started - make_interval(secs => coalesce(took, 0) / 1000));
end
    $$;
revoke all on function mo_data.refresh_kpi(integer, text, date, date, jsonb, date, date) from public;
comment on function mo_data.refresh_kpi(integer, text, date, date, jsonb, date, date) is
    'Counts one KPI again for those of the months from from_month to to_month that it has (from span_from to span_to, of mo_data.kpi_span; null: none), withdraws the others, and writes only what differs from kpi_value (by more than one part in '
    '10^12, which is the order of adding, not news). What had been published before is noted in '
    'kpi_value_change with the loads behind it; batches holds them by month ({"2026-04-01": [7, 8]}). Part of refresh().';

create or replace function mo_data.refresh_reconciliation(run_id integer, from_month date, to_month date)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started timestamptz := clock_timestamp();
    rows_written bigint;
begin
    with fresh as materialized (
        select p.month, p.category, count(*)::integer as organisations, sum(p.rows)::bigint as rows, sum(p.actual_cost) as actual_cost,
            case when p.category = 'counted' then ''
                else array_to_string((array_agg(p.practice_code order by p.practice_code))[:20], ', ') end as org_codes
        from mo_data.prescribing_category(from_month, to_month) p
        group by p.month, p.category
    ), gone as (
        delete from mo_data.source_reconciliation s
        where s.source = 'prescribing' and s.month between from_month and to_month
            and not exists (select from fresh f where f.month = s.month and f.category = s.category)
    )
    insert into mo_data.source_reconciliation as s (source, month, category, organisations, rows, actual_cost, org_codes, run_id)
    select 'prescribing', f.month, f.category, f.organisations, f.rows, f.actual_cost, f.org_codes, refresh_reconciliation.run_id
    from fresh f
    on conflict (source, month, category) do update
        set organisations = excluded.organisations, rows = excluded.rows, actual_cost = excluded.actual_cost,
            org_codes = excluded.org_codes, run_id = excluded.run_id
        where (s.organisations, s.rows, s.actual_cost, s.org_codes)
            is distinct from (excluded.organisations, excluded.rows, excluded.actual_cost, excluded.org_codes);
    get diagnostics rows_written = row_count;
    perform mo_data.refresh_note(run_id, 'reconcile', null, from_month, to_month, rows_written, started);
end
    $$;
revoke all on function mo_data.refresh_reconciliation(integer, date, date) from public;
comment on function mo_data.refresh_reconciliation(integer, date, date) is
    'Brings source_reconciliation up to date for the months given. Part of refresh().';
