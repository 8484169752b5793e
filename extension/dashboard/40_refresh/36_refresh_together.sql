-- KPIs counted at once, of one snapshot. What was never published goes straight to kpi_value; the rest is compared with what is there (refresh_kpi).
create or replace function mo_data.refresh_together(run_id integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started constant timestamptz := clock_timestamp();
    due record;
    stray text;
    rows_counted bigint;
begin
    create temporary table month_counted (kpi_id text, month date, figures integer, rows bigint, milliseconds double precision) on commit drop;
    select array_agg(s.total_function) as total_functions, array_agg(s.kpi_id) as kpi_ids, array_agg(s.first_month) as first_months,
            array_agg(s.last_month) as last_months, array_agg(s.is_new) as are_new, min(s.first_month) as first_month, max(s.last_month) as last_month
        into due
        from (
                select p.oid::regproc as total_function, x.kpi_id, greatest(x.span_from, x.first_month) as first_month,
                    least(x.span_to, x.last_month) as last_month, x.is_new
                from pg_temp.refresh_span x
                    join pg_proc p on p.oid = to_regprocedure(mo_data.kpi_function(x.kpi_id, false) || '(date, date)') and p.proparallel = 's'
                where x.span_from is not null and not x.is_shared
            ) s
        where s.first_month <= s.last_month;
    if coalesce(cardinality(due.kpi_ids), 0) < 2 then
        return; -- refresh_kpi() counts it
    end if;
    with counted as materialized (
        select c.* from mo_data.figures_counted(due.total_functions, due.kpi_ids, due.first_months, due.last_months) c
    ), span as materialized (
        select u.* from unnest(due.kpi_ids, due.first_months, due.last_months, due.are_new) as u (kpi_id, first_month, last_month, is_new)
    ), new as (
        insert into mo_data.kpi_value (kpi_id, month, org_code, breakdown, numerator, denominator, run_id)
        select c.kpi_id, c.month, c.org_code, c.breakdown, c.numerator, c.denominator, refresh_together.run_id
        from counted c join span s on s.kpi_id = c.kpi_id and c.month between s.first_month and s.last_month
        where s.is_new
    ), compared as (
        insert into pg_temp.shared_figure (kpi_id, org_code, month, breakdown, numerator, denominator)
        select c.kpi_id, c.org_code, c.month, c.breakdown, c.numerator, c.denominator
        from counted c join span s on s.kpi_id = c.kpi_id and c.month between s.first_month and s.last_month
        where not s.is_new
    )
    insert into pg_temp.month_counted (kpi_id, month, figures, rows, milliseconds)
    select c.kpi_id, c.month, count(*) filter (where c.breakdown = ''), count(*), max(c.milliseconds) from counted c group by c.kpi_id, c.month;

    select sum(m.rows), min(m.kpi_id) filter (where not exists (
                select from unnest(due.kpi_ids, due.first_months, due.last_months) as u (kpi_id, first_month, last_month)
                where u.kpi_id = m.kpi_id and m.month between u.first_month and u.last_month))
        into rows_counted, stray
        from pg_temp.month_counted m where m.milliseconds is null;
    perform mo_data.refuse_stray_months(stray);
    perform mo_data.refresh_note(run_id, 'count together', null, due.first_month, due.last_month, coalesce(rows_counted, 0), started);
end
    $$;
revoke all on function mo_data.refresh_together(integer) from public;
comment on function mo_data.refresh_together(integer) is
    'Counts those KPIs of pg_temp.refresh_span at once whose functions are parallel safe: figures of months never published into kpi_value, others into '
    'pg_temp.shared_figure, and what there is of each month into pg_temp.month_counted, with a row without a month for how long the KPI took. Part of refresh().';

create or replace function mo_data.refuse_stray_months(kpi_id text)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if kpi_id is not null then
        raise exception using errcode = 'data_exception',
            message = format('the function of KPI %s gave figures of other months than it was asked for', kpi_id),
            hint = 'It is called with the first days of the first and the last month, both inclusive, and returns only these months.';
    end if;
end
    $$;
revoke all on function mo_data.refuse_stray_months(text) from public;
comment on function mo_data.refuse_stray_months(text) is 'An error that names the KPI whose function gave months it was not asked for; none where it is null. Part of refresh().';
