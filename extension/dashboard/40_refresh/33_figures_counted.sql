-- Counting several KPIs at once, each in whichever process is free: PostgreSQL gives the branches of a UNION ALL to the processes of a parallel query.
create or replace function mo_data.kpi_counted(total_function regproc, of_kpi text, from_month date, to_month date)
    returns table (
        kpi_id text, month date, org_code text, breakdown text, numerator double precision, denominator double precision, milliseconds double precision)
    language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started constant timestamptz := clock_timestamp();
begin
    return query execute format($query$
        select $1, s.month, s.org_code, s.breakdown, s.numerator, s.denominator, null::double precision
        from (
                select f.month, f.org_code::text as org_code, coalesce(f.breakdown, '')::text as breakdown, coalesce(sum(f.numerator), 0) as numerator,
                    coalesce(sum(f.denominator), 0) as denominator
                from %s($2, $3) f
                group by 1, 2, 3
            ) s
        order by s.month, s.breakdown collate "C" -- near enough to the order of kpi_value's index
        $query$, total_function) using of_kpi, from_month, to_month;
    kpi_id := of_kpi;
    milliseconds := extract(epoch from clock_timestamp() - started) * 1000;
    return next;
end
    $$;
revoke all on function mo_data.kpi_counted(regproc, text, date, date) from public;
comment on function mo_data.kpi_counted(regproc, text, date, date) is
    'The sums of a KPI for these months, by month, organisation and part, from a function of the contract, and a row without a month that says how long it '
    'took. Part of refresh().';

create or replace function mo_data.registered_counted(kpi_ids text[], from_months date[], to_months date[])
    returns table (
        kpi_id text, month date, org_code text, breakdown text, numerator double precision, denominator double precision, milliseconds double precision)
    language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started constant timestamptz := clock_timestamp();
begin
    return query
        select s.kpi_id, s.month, s.org_code, s.breakdown, s.numerator, s.denominator, null::double precision
        from (
                select f.kpi_id, f.month, f.org_code, coalesce(f.breakdown, '') as breakdown, coalesce(sum(f.numerator), 0) as numerator,
                    coalesce(sum(f.denominator), 0) as denominator
                from mo_data.registered_figures(kpi_ids, from_months, to_months) f
                group by 1, 2, 3, 4
            ) s
        order by s.kpi_id collate "C", s.month, s.breakdown collate "C";
    return query
        select distinct u.kpi_id, null::date, null::text, null::text, null::double precision, null::double precision,
            extract(epoch from clock_timestamp() - started)::double precision * 1000
        from unnest(kpi_ids) as u (kpi_id);
end
    $$;
revoke all on function mo_data.registered_counted(text[], date[], date[]) from public;
comment on function mo_data.registered_counted(text[], date[], date[]) is
    'As kpi_counted(), of the KPIs of registered_figures(); the time is that of all of them together. Part of refresh().';

create or replace function mo_data.figures_counted(total_functions regproc[], kpi_ids text[], from_months date[], to_months date[])
    returns table (
        kpi_id text, month date, org_code text, breakdown text, numerator double precision, denominator double precision, milliseconds double precision)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    set parallel_setup_cost = 0 -- what a function costs is not known to the planner
    set parallel_tuple_cost = 0
    set enable_parallel_append = on
    set parallel_leader_participation = off -- it would ask for processes of its own within a branch, more than there are processors
    as $$
declare
    branches text;
begin
    with span as (
        select u.*, u.total_function in (
                'mo_data.kpi_smr_completed_total'::regproc, 'mo_data.kpi_smr_rolling_attainment_total'::regproc,
                'mo_data.kpi_hrd_monitoring_current_total'::regproc) as is_registered
        from unnest(total_functions, kpi_ids, from_months, to_months) as u (total_function, kpi_id, from_month, to_month)
    ), branch as ( -- processes take the first of them first: the longest, by the cost their functions declare
        select 'infinity'::double precision as cost, format('select c.* from mo_data.registered_counted(%L, %L, %L) c', array_agg(s.kpi_id),
                array_agg(s.from_month), array_agg(s.to_month)) as query
        from span s where s.is_registered
        group by s.from_month = s.to_month and s.kpi_id = 'hrd_monitoring_current' -- of one month it is better to make registrations twice than to wait
        union all
        select p.procost, format('select c.* from mo_data.kpi_counted(%L, %L, %L, %L) c', s.total_function, s.kpi_id, s.from_month, s.to_month)
        from span s join pg_proc p on p.oid = s.total_function
        where not s.is_registered
    )
    select string_agg(b.query, ' union all ' order by b.cost desc, b.query) into branches from branch b;
    if branches is not null then
        return query execute branches;
    end if;
end
    $$;
revoke all on function mo_data.figures_counted(regproc[], text[], date[], date[]) from public;
comment on function mo_data.figures_counted(regproc[], text[], date[], date[]) is
    'The sums of several KPIs, counted at once by as many processes as the server gives a query: element i of the lists is a KPI, the function that counts '
    'it, which is parallel safe, and the first and the last of its months. A row without a month says how long a KPI took. Part of refresh().';
