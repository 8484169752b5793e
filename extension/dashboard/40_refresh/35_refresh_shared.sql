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
end
    $$;
revoke all on function mo_data.refresh_shared(integer) from public;
comment on function mo_data.refresh_shared(integer) is
    'Counts the KPIs of pg_temp.refresh_span that share a function (kpi.is_shared), those due for the same months in one call, into '
    'pg_temp.shared_figure. Part of refresh().';
