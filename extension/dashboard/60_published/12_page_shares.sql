-- Rows of the page and of its months, some KPIs by each of several processes: a query that stands in a statement that writes is one process's.
create or replace function mo_data.page_rows_of(kpi_ids text[], run_id integer)
    returns setof mo_data.page_row
    language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    set enable_mergejoin = off -- each row of kpi_latest looks up its result: a page has few of those there are
    set enable_memoize = off -- there is little that is the same twice
    set jit = off
    as $$
begin
    return query
        select
            p.org_code, p.org_type, p.family_label, p.kpi_sort, p.kpi_name, p.month_label, p.display_value, p.display_target,
            p.status_label, p.rag, p.display_change_on_month, p.display_change_on_year, p.display_peer_median, p.display_position,
            p.trend_spark, p.exception_text, p.data_to, p.next_data_due, p.kpi_id, p.org_key, p.month_start, p.numerator, p.denominator,
            p.value, p.value_status, p.target, p.value_lower, p.value_upper, p.change_on_month, p.change_on_year, p.comparator_value,
            p.comparator_name, p.peer_median_without_self, p.peer_n, p.peer_rank, p.peer_decile, p.direction_of_good, p.run_id,
            p.spc_variation_label, p.spc_assurance_label, p.display_interval, p.kpi_short_name, p.family_label_sort,
            p.significance_label, p.month_label_sort, p.unsuppressed, p.shown_from, p.shown_to
        from mo_data.page_now p
        where (page_rows_of.kpi_ids is null or p.kpi_id = any (page_rows_of.kpi_ids))
            and (page_rows_of.run_id is null or page_rows_of.run_id in (p.run_id, p.stored_run_id)); -- the others say what they said
end
    $$;
revoke all on function mo_data.page_rows_of(text[], integer) from public;
comment on function mo_data.page_rows_of(text[], integer) is 'What page_row should hold of these KPIs, or of all (null): page_now. Of a refresh (null: whatever has been), only pages of which it has stored the '
    'latest month or its result. Part of page_replace().';

create or replace function mo_data.page_months_of(kpi_ids text[])
    returns setof mo_data.page_months
    language plpgsql stable parallel safe
    set search_path = pg_catalog, pg_temp
    set enable_mergejoin = off
    set enable_memoize = off
    set jit = off
    as $$
begin
    return query
        select
            n.org_code, n.org_type, n.family_label, n.kpi_sort, n.kpi_name, n.kpi_short_name, n.month_label, n.value_status_days,
            n.value_status_codes, n.unit, n.rate_per, n.decimals, n.excel_format, n.direction_of_good, n.comparator_name, n.kpi_id, n.org_key,
            n.month_start, n.month_label_sort, n.family_label_sort, n.unsuppressed, n.value_35, n.value_34, n.value_33, n.value_32, n.value_31,
            n.value_30, n.value_29, n.value_28, n.value_27, n.value_26, n.value_25, n.value_24, n.value_23, n.value_22, n.value_21, n.value_20,
            n.value_19, n.value_18, n.value_17, n.value_16, n.value_15, n.value_14, n.value_13, n.value_12, n.value_11, n.value_10, n.value_09,
            n.value_08, n.value_07, n.value_06, n.value_05, n.value_04, n.value_03, n.value_02, n.value_01, n.value_00, n.comparator_35,
            n.comparator_34, n.comparator_33, n.comparator_32, n.comparator_31, n.comparator_30, n.comparator_29, n.comparator_28, n.comparator_27,
            n.comparator_26, n.comparator_25, n.comparator_24, n.comparator_23, n.comparator_22, n.comparator_21, n.comparator_20, n.comparator_19,
            n.comparator_18, n.comparator_17, n.comparator_16, n.comparator_15, n.comparator_14, n.comparator_13, n.comparator_12, n.comparator_11,
            n.comparator_10, n.comparator_09, n.comparator_08, n.comparator_07, n.comparator_06, n.comparator_05, n.comparator_04, n.comparator_03,
            n.comparator_02, n.comparator_01, n.comparator_00, n.target_35, n.target_34, n.target_33, n.target_32, n.target_31, n.target_30,
            n.target_29, n.target_28, n.target_27, n.target_26, n.target_25, n.target_24, n.target_23, n.target_22, n.target_21, n.target_20,
            n.target_19, n.target_18, n.target_17, n.target_16, n.target_15, n.target_14, n.target_13, n.target_12, n.target_11, n.target_10,
            n.target_09, n.target_08, n.target_07, n.target_06, n.target_05, n.target_04, n.target_03, n.target_02, n.target_01, n.target_00
        from mo_data.page_months_now n
        where page_months_of.kpi_ids is null or n.kpi_id = any (page_months_of.kpi_ids);
end
    $$;
revoke all on function mo_data.page_months_of(text[]) from public;
comment on function mo_data.page_months_of(text[]) is 'What page_months should hold of these KPIs, or of all (null): page_months_now. Part of page_replace().';

create or replace function mo_data.page_is_large(rows integer)
    returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select count(*) = rows from (select from mo_data.kpi_latest l limit rows) l
    $$;
revoke all on function mo_data.page_is_large(integer) from public;
comment on function mo_data.page_is_large(integer) is 'Whether there are so many pages (organisations and KPIs) that several processes are worth their start. Part of page_replace().';

create or replace function mo_data.page_rows_at_once(kpi_ids text[], run_id integer)
    returns setof mo_data.page_row
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set parallel_setup_cost = 0 -- the planner does not know how dear the function is
    set parallel_tuple_cost = 0
    set jit = off
    as $$
declare
    share record;
begin
    if kpi_ids = '{}' then
        return;
    end if;
    if cardinality(kpi_ids) < 4 or not mo_data.page_is_large(case when run_id is null then 1000 else 10000 end) then -- a refresh makes some of them
        return query select r.* from mo_data.page_rows_of(kpi_ids, run_id) r;
        return;
    end if;
    select s.* into share
        from (select coalesce(kpi_ids, array(select k.kpi_id from mo_data.kpi k)) as kpi_ids) w
            cross join lateral mo_data.kpi_shares(w.kpi_ids, array_fill(null::date, array[cardinality(w.kpi_ids)])) s; -- of each as many rows as of another
    return query
        select r.* from mo_data.page_rows_of(share.kpi_ids_1, run_id) r
        union all
        select r.* from mo_data.page_rows_of(share.kpi_ids_2, run_id) r
        union all
        select r.* from mo_data.page_rows_of(share.kpi_ids_3, run_id) r
        union all
        select r.* from mo_data.page_rows_of(share.kpi_ids_4, run_id) r;
end
    $$;
revoke all on function mo_data.page_rows_at_once(text[], integer) from public;
comment on function mo_data.page_rows_at_once(text[], integer) is 'page_rows_of(), by several processes where there are rows enough. Part of page_replace().';

create or replace function mo_data.page_months_at_once(kpi_ids text[])
    returns setof mo_data.page_months
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set parallel_setup_cost = 0 -- the planner does not know how dear the function is
    set parallel_tuple_cost = 0
    set jit = off
    as $$
declare
    share record;
begin
    if kpi_ids = '{}' then
        return;
    end if;
    if cardinality(kpi_ids) < 4 or not mo_data.page_is_large(1000) then
        return query select r.* from mo_data.page_months_of(kpi_ids) r;
        return;
    end if;
    select s.* into share
        from (select coalesce(kpi_ids, array(select k.kpi_id from mo_data.kpi k)) as kpi_ids) w
            cross join lateral mo_data.kpi_shares(w.kpi_ids, array_fill(null::date, array[cardinality(w.kpi_ids)])) s; -- of each as many rows as of another
    return query
        select r.* from mo_data.page_months_of(share.kpi_ids_1) r
        union all
        select r.* from mo_data.page_months_of(share.kpi_ids_2) r
        union all
        select r.* from mo_data.page_months_of(share.kpi_ids_3) r
        union all
        select r.* from mo_data.page_months_of(share.kpi_ids_4) r;
end
    $$;
revoke all on function mo_data.page_months_at_once(text[]) from public;
comment on function mo_data.page_months_at_once(text[]) is 'page_months_of(), by several processes where there are rows enough. Part of page_replace().';
