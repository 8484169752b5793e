-- The latest month of each organisation and KPI, with its sparkline and control chart: what a page shows.
create or replace function mo_data.latest_of(kpi_ids text[])
    returns table (
        org_key integer, kpi_id text, month date, trend_spark text, points bigint, spc_mean double precision, spc_lower double precision,
        spc_upper double precision, spc_cause text)
    language sql stable parallel safe rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_hashjoin = off -- by the index of each organisation and KPI, in the order of months: parts are three rows of four, and are not read
    set enable_mergejoin = off
    set enable_seqscan = off
    set jit = off
    as $$
    select s.org_key, s.kpi_id, (s.latest).month, (s.latest).trend_spark, (s.latest).points, (s.latest).xmr_mean, (s.latest).xmr_lower,
        (s.latest).xmr_upper, (s.latest).special_cause
    from (
            select o.org_key, k.kpi_id, mo.series_latest(f.months, f.figures) as latest
            from unnest(kpi_ids) as w (kpi_id)
                join mo_data.kpi k on k.kpi_id = w.kpi_id and k.is_active
                cross join mo_data.organisation_key o
                cross join lateral (
                    select array_agg(r.month) as months, array_agg(mo_data.shown_value(
                        r.hidden, r.value, r.numerator, r.denominator, k.unit, k.per, k.interval_method, k.round_to)) as figures
                    from (
                        select x.month, x.hidden, x.value, x.numerator, x.denominator
                        from mo_data.kpi_result x
                        where x.org_code = o.org_code and x.breakdown = '' and x.kpi_id = w.kpi_id and x.org_key = o.org_key
                        order by x.month offset 0
                    ) r
                ) f
            where f.months is not null
            offset 0 -- once, not in every column made of it
        ) s
    $$;
revoke all on function mo_data.latest_of(text[]) from public;
comment on function mo_data.latest_of(text[]) is
    'The latest month of every organisation that KPIs have results of, as readers see them (kpi_trend), with the sparkline of the twelve months to it, '
    'and the control chart of all its months, of which points have a value to show. Part of refresh().';

create or replace function mo_data.latest_at_once(kpi_ids text[])
    returns table (
        org_key integer, kpi_id text, month date, trend_spark text, points bigint, spc_mean double precision, spc_lower double precision,
        spc_upper double precision, spc_cause text)
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set parallel_setup_cost = 0 -- the planner does not know how dear the function is
    set parallel_tuple_cost = 0
    set jit = off
    as $$
declare
    share record;
begin
    if coalesce((select sum(m.figures) from mo_data.kpi_month m where m.kpi_id = any (latest_at_once.kpi_ids)), 0) < 20000 then
        return query select l.* from mo_data.latest_of(latest_at_once.kpi_ids) l;
        return;
    end if;
    select s.* into share
        from (
                select array_agg(u.kpi_id) as kpi_ids, array_agg(m.month) as months
                from unnest(latest_at_once.kpi_ids) as u (kpi_id) left join mo_data.kpi_month m on m.kpi_id = u.kpi_id
            ) m
            cross join lateral mo_data.kpi_shares(m.kpi_ids, m.months) s;
    return query
        select l.* from mo_data.latest_of(array(select distinct u.kpi_id from unnest(share.kpi_ids_1) as u (kpi_id))) l
        union all
        select l.* from mo_data.latest_of(array(select distinct u.kpi_id from unnest(share.kpi_ids_2) as u (kpi_id))) l
        union all
        select l.* from mo_data.latest_of(array(select distinct u.kpi_id from unnest(share.kpi_ids_3) as u (kpi_id))) l
        union all
        select l.* from mo_data.latest_of(array(select distinct u.kpi_id from unnest(share.kpi_ids_4) as u (kpi_id))) l;
end
    $$;
revoke all on function mo_data.latest_at_once(text[]) from public;
comment on function mo_data.latest_at_once(text[]) is
    'latest_of, some of the KPIs by each of several processes where there is much to do: a query that stands in a statement that writes is one process''s. Part of refresh().';

create or replace function mo_data.kpi_latest_replace(run_id integer, kpi_ids text[] default null)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
declare
    started timestamptz := clock_timestamp();
    wanted constant text[] := array(
        select c.kpi_id from mo_data.kpi c
        where kpi_latest_replace.kpi_ids is null or c.kpi_id = any (kpi_latest_replace.kpi_ids)
            or c.is_active and c.kpi_id <> all (array(select distinct p.kpi_id::text from mo_data.kpi_latest p)) -- switched on again, say
        order by c.kpi_id);
    rows_written bigint;
begin
    with page_end as ( -- organisations still open at the end of the last published month
        select (max(m.month) + interval '1 month')::date - 1 as day from mo_data.kpi_month m
    ), kpi as materialized ( -- numbered, as names are slow to sort and join
        select c.*, w.number::integer as number, c.on_front_page and mo_data.kpi_has_chart(c.time_basis, c.counts_from_april) as has_chart,
            (select max(m.month) from mo_data.kpi_month m where m.kpi_id = c.kpi_id) as last_month
        from unnest(wanted) with ordinality as w (kpi_id, number) join mo_data.kpi c on c.kpi_id = w.kpi_id and c.is_active
    ), latest as materialized (
        select l.*, c.number, l.points >= 12 and c.has_chart as has_chart
        from mo_data.latest_at_once(wanted) l join kpi c on c.kpi_id = l.kpi_id
    ), measured as ( -- the levels that a KPI has figures for; all of them while it has none
        select distinct l.number, k.org_type from latest l join mo_data.organisation_key k on k.org_key = l.org_key
    ), fresh as materialized (
        select k.org_key, c.kpi_id, l.month, l.trend_spark, case when l.has_chart then l.spc_mean end as spc_mean,
            case when l.has_chart then l.spc_lower end as spc_lower, case when l.has_chart then l.spc_upper end as spc_upper,
            case when l.has_chart then l.spc_cause end as spc_cause, coalesce(l.month < c.last_month, false) as is_behind
        from mo_data.organisation_key k
            cross join kpi c
            cross join page_end e
            left join mo_data.organisation o on o.org_code = k.org_code and o.org_type = k.org_type
            left join latest l on l.org_key = k.org_key and l.number = c.number
        where (l.month is not null or k.org_type <> 'practice' or o.prescribing_setting = 4)
            and (k.org_type = 'group' or o.open_from <= e.day and (o.open_to is null or o.open_to > e.day))
            and (exists (select from measured m where m.number = c.number and m.org_type = k.org_type)
                or not exists (select from measured m where m.number = c.number))
    ), gone as (
        delete from mo_data.kpi_latest p
        where p.kpi_id = any (wanted) and not exists (select from fresh f where f.org_key = p.org_key and f.kpi_id = p.kpi_id)
            or p.kpi_id in (select c.kpi_id from mo_data.kpi c where not c.is_active)
    )
    insert into mo_data.kpi_latest as p (org_key, kpi_id, month, trend_spark, run_id, spc_mean, spc_lower, spc_upper, spc_cause, is_behind)
    select f.org_key, f.kpi_id, f.month, f.trend_spark, kpi_latest_replace.run_id, f.spc_mean, f.spc_lower, f.spc_upper, f.spc_cause, f.is_behind from fresh f
    on conflict on constraint kpi_latest_pkey do update
        set month = excluded.month, trend_spark = excluded.trend_spark, run_id = excluded.run_id, spc_mean = excluded.spc_mean,
            spc_lower = excluded.spc_lower, spc_upper = excluded.spc_upper, spc_cause = excluded.spc_cause, is_behind = excluded.is_behind
        where (p.month, p.trend_spark, p.spc_mean, p.spc_lower, p.spc_upper, p.spc_cause, p.is_behind)
            is distinct from (excluded.month, excluded.trend_spark, excluded.spc_mean, excluded.spc_lower, excluded.spc_upper, excluded.spc_cause, excluded.is_behind);
    get diagnostics rows_written = row_count;
    perform mo_data.refresh_note(run_id, 'latest page', null, null, null, rows_written, started);
end
    $$;
revoke all on function mo_data.kpi_latest_replace(integer, text[]) from public;
comment on function mo_data.kpi_latest_replace(integer, text[]) is
    'Brings kpi_latest up to date: every open organisation and every KPI of its level; the KPIs given, or all of them. Part of refresh().';
