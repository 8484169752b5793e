-- Figures of KPIs that share a function: one call of it for all that are due for the same months.
create or replace function mo_data.refresh_shared(run_id integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    call record;
    started timestamptz;
    rows_counted bigint;
begin
    create temporary table shared_figure (
        kpi_id text, org_code text, month date, breakdown text, numerator double precision, denominator double precision) on commit drop;
    for call in
        select k.total_function, min(k.kpi_id) as one_of_them, s.first_month, s.last_month, array_agg(k.kpi_id order by k.kpi_id) as kpi_ids
        from pg_temp.refresh_span s join mo_data.kpi k using (kpi_id)
        where s.is_shared
        group by k.total_function, s.first_month, s.last_month
        order by s.first_month, s.last_month
    loop
        started := clock_timestamp();
        execute format('insert into pg_temp.shared_figure select f.kpi_id, f.org_code, f.month, f.breakdown, f.numerator, f.denominator from %s($1, $2, $3) f '
            'order by f.kpi_id', mo_data.kpi_function(call.one_of_them, false)) using call.kpi_ids, call.first_month, call.last_month;
        get diagnostics rows_counted = row_count;
        perform mo_data.refresh_note(run_id, 'count together', null, call.first_month, call.last_month, rows_counted, started);
    end loop;
    create index on pg_temp.shared_figure (kpi_id, month);
    analyze pg_temp.shared_figure;
end
    $$;
revoke all on function mo_data.refresh_shared(integer) from public;
comment on function mo_data.refresh_shared(integer) is
    'Counts the KPIs of pg_temp.refresh_span that share a function (kpi.is_shared), those due for the same months in one call, into '
    'pg_temp.shared_figure. Part of refresh().';

-- What several KPIs are counted from is made once for all of them.
create or replace function mo_data.refresh_keep()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    due record;
begin
    select min(s.first_month) as first_month, max(s.last_month) as last_month into due
        from pg_temp.refresh_span s join mo_data.kpi k on k.kpi_id = s.kpi_id where 'prescribing' = any (k.sources);
    if due.first_month is not null then
        perform mo_data.prescribing_keep(due.first_month, due.last_month);
    end if;
    select min(case when s.kpi_id = 'hrd_monitoring_current'
                then mo_data.monitoring_tests_from(array(select k.cohort_code from mo_data.cohort k where k.kind = 'high_risk_drug' and k.is_on), s.first_month)
                else mo.events_from(s.first_month) end) as first_month, max(s.last_month) as last_month
        into due
        from (select x.kpi_id, greatest(x.span_from, x.first_month) as first_month, least(x.span_to, x.last_month) as last_month from pg_temp.refresh_span x) s
        where s.kpi_id in ('smr_completed', 'smr_rolling_attainment', 'hrd_monitoring_current') and s.first_month <= s.last_month;
    if due.first_month is not null then
        perform mo_data.event_month_keep(due.first_month, due.last_month);
    end if;
    select count(distinct s.kpi_id) as kpis, count(distinct s.kpi_id) filter (where s.kpi_id <> 'hrd_monitoring_current') as reviews,
            min(greatest(s.span_from, s.first_month)) filter (where s.kpi_id <> 'hrd_monitoring_current') as first_month,
            max(least(s.span_to, s.last_month)) filter (where s.kpi_id <> 'hrd_monitoring_current') as last_month
        into due
        from pg_temp.refresh_span s
        where s.kpi_id in ('smr_completed', 'smr_rolling_attainment', 'hrd_monitoring_current')
            and greatest(s.span_from, s.first_month) <= least(s.span_to, s.last_month);
    if due.kpis > 1 then
        perform mo_data.registration_keep();
    end if;
    if due.reviews > 1 then
        perform mo_data.smr_cell_keep(due.first_month, due.last_month);
    end if;
end
    $$;
revoke all on function mo_data.refresh_keep() from public;
comment on function mo_data.refresh_keep() is
    'Keeps sums of prescribing, sets of events, registrations and review cohorts for the KPIs of pg_temp.refresh_span that are counted from them, where they are more than one. Part of refresh().';

create or replace function mo_data.refresh_keep_drop()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('pg_temp.registration_kept') is not null then
        drop table pg_temp.registration_kept;
    end if;
    if to_regclass('pg_temp.smr_cell_kept') is not null then
        drop table pg_temp.smr_cell_kept, pg_temp.smr_cell_kept_span;
    end if;
end
    $$;
revoke all on function mo_data.refresh_keep_drop() from public;
comment on function mo_data.refresh_keep_drop() is 'Forgets what refresh_keep() kept: it is of the data as they were. Part of refresh().';
