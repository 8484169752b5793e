-- A refresh mostly brings a month, or counts one again: 35 of the 36 months are stored, and reading them again was most of the time.
create or replace function mo_data.page_months_figure(kpi_ids text[], months date[])
    returns table (
        org_key integer, kpi_id text, value double precision, shown double precision, peer_median double precision, target double precision,
        is_hidden boolean, code text)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_hashjoin = off -- by the index of KPI and month, and no other month
    set enable_mergejoin = off
    set enable_seqscan = off
    set jit = off
    as $$
    select x.org_key, x.kpi_id, x.value,
        mo_data.shown_value(x.is_hidden::integer::smallint, x.value, x.numerator, x.denominator, x.unit, x.per, x.interval_method, x.round_to),
        x.peer_median, x.target, x.is_hidden, case when x.value is null then 'n' else 'o' end
    from (
        select r.org_key, k.kpi_id, r.value, r.numerator, r.denominator, r.peer_median, r.target, k.unit, k.per, k.interval_method, k.round_to,
            r.hidden > 0 or mo_data.small_reason(k.unit, k.interval_method, r.numerator, r.denominator, k.hide_from, k.hide_to, k.hide_denominator_below) > 0
                as is_hidden
        from unnest(page_months_figure.kpi_ids, page_months_figure.months) as w (kpi_id, month)
            join mo_data.kpi k on k.kpi_id = w.kpi_id
            join mo_data.kpi_result r on r.kpi_id = w.kpi_id and r.month = w.month and r.breakdown = ''
        offset 0
    ) x
    $$;
revoke all on function mo_data.page_months_figure(text[], date[]) from public;
comment on function mo_data.page_months_figure(text[], date[]) is
    'What the months of a page hold of one month of each KPI: kpi_ids and months are pairs, a KPI once. For page_months_next.';

create or replace function mo_data.month_code_put(codes text, back integer, code text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case when back between 0 and 35 then overlay(codes placing code from 36 - back for 1) else codes end;
    end;
revoke all on function mo_data.month_code_put(text, integer, text) from public;
comment on function mo_data.month_code_put(text, integer, text) is
    'The letters of 36 months with another for the month so many back from the last; as they are where that is none of them. For page_months_next.';

create or replace function mo_data.page_months_next(kpi_ids text[], months date[])
    returns setof mo_data.page_months
    language plpgsql stable rows 5000
    set search_path = pg_catalog, pg_temp
    set enable_mergejoin = off
    set enable_memoize = off
    set jit = off
    as $$
begin
    return query
        with state as materialized (
            select d.kpi_id, d.month, d.days from mo_data.page_months_day d
        ), figure as materialized (
            select f.* from mo_data.page_months_figure(page_months_next.kpi_ids, page_months_next.months) f
        )
        select
            n.org_code, n.org_type, n.family_label, n.kpi_sort, n.kpi_name, n.kpi_short_name, n.month_label, n.value_status_days,
            n.value_status_codes, n.unit, n.rate_per, n.decimals, n.excel_format, n.direction_of_good,
            case when coalesce(
                    n.comparator_00, n.comparator_01, n.comparator_02, n.comparator_03, n.comparator_04, n.comparator_05, n.comparator_06,
                    n.comparator_07, n.comparator_08, n.comparator_09, n.comparator_10, n.comparator_11, n.comparator_12, n.comparator_13,
                    n.comparator_14, n.comparator_15, n.comparator_16, n.comparator_17, n.comparator_18, n.comparator_19, n.comparator_20,
                    n.comparator_21, n.comparator_22, n.comparator_23, n.comparator_24, n.comparator_25, n.comparator_26, n.comparator_27,
                    n.comparator_28, n.comparator_29, n.comparator_30, n.comparator_31, n.comparator_32, n.comparator_33, n.comparator_34,
                    n.comparator_35) is not null
                then case when n.org_type in ('practice', 'pcn') then 'ICB median' else 'National median' end end::varchar(20),
            n.kpi_id, n.org_key, n.month_start, n.month_label_sort, n.family_label_sort, n.unsuppressed, n.value_35, n.value_34, n.value_33,
            n.value_32, n.value_31, n.value_30, n.value_29, n.value_28, n.value_27, n.value_26, n.value_25, n.value_24, n.value_23, n.value_22,
            n.value_21, n.value_20, n.value_19, n.value_18, n.value_17, n.value_16, n.value_15, n.value_14, n.value_13, n.value_12, n.value_11,
            n.value_10, n.value_09, n.value_08, n.value_07, n.value_06, n.value_05, n.value_04, n.value_03, n.value_02, n.value_01, n.value_00,
            n.comparator_35, n.comparator_34, n.comparator_33, n.comparator_32, n.comparator_31, n.comparator_30, n.comparator_29, n.comparator_28,
            n.comparator_27, n.comparator_26, n.comparator_25, n.comparator_24, n.comparator_23, n.comparator_22, n.comparator_21, n.comparator_20,
            n.comparator_19, n.comparator_18, n.comparator_17, n.comparator_16, n.comparator_15, n.comparator_14, n.comparator_13, n.comparator_12,
            n.comparator_11, n.comparator_10, n.comparator_09, n.comparator_08, n.comparator_07, n.comparator_06, n.comparator_05, n.comparator_04,
            n.comparator_03, n.comparator_02, n.comparator_01, n.comparator_00, n.target_35, n.target_34, n.target_33, n.target_32, n.target_31,
            n.target_30, n.target_29, n.target_28, n.target_27, n.target_26, n.target_25, n.target_24, n.target_23, n.target_22, n.target_21,
            n.target_20, n.target_19, n.target_18, n.target_17, n.target_16, n.target_15, n.target_14, n.target_13, n.target_12, n.target_11,
            n.target_10, n.target_09, n.target_08, n.target_07, n.target_06, n.target_05, n.target_04, n.target_03, n.target_02, n.target_01,
            n.target_00
        from (
            select
                p.org_code, p.org_type, p.family_label, p.kpi_sort, p.kpi_name, p.kpi_short_name,
                case when s.is_moved then to_char(l.month, 'Mon YYYY')::varchar(8) else p.month_label end as month_label,
                coalesce(t.days, '{}') as value_status_days,
                mo_data.month_code_put(g.codes, s.back, case when c.is_hidden and not u.unsuppressed then 's' else coalesce(c.code, '-') end)::varchar(36) as value_status_codes,
                p.unit, p.rate_per, p.decimals, p.excel_format,
                p.direction_of_good, p.kpi_id, p.org_key, l.month as month_start,
                case when s.is_moved then (extract(year from l.month) * 100 + extract(month from l.month))::integer else p.month_label_sort end as month_label_sort,
                p.family_label_sort,
                case when g.differs then u.unsuppressed end as unsuppressed,
                case when s.is_moved then p.value_34 when s.back = 35 then x.value else p.value_35 end as value_35,
                case when s.is_moved then p.value_33 when s.back = 34 then x.value else p.value_34 end as value_34,
                case when s.is_moved then p.value_32 when s.back = 33 then x.value else p.value_33 end as value_33,
                case when s.is_moved then p.value_31 when s.back = 32 then x.value else p.value_32 end as value_32,
                case when s.is_moved then p.value_30 when s.back = 31 then x.value else p.value_31 end as value_31,
                case when s.is_moved then p.value_29 when s.back = 30 then x.value else p.value_30 end as value_30,
                case when s.is_moved then p.value_28 when s.back = 29 then x.value else p.value_29 end as value_29,
                case when s.is_moved then p.value_27 when s.back = 28 then x.value else p.value_28 end as value_28,
                case when s.is_moved then p.value_26 when s.back = 27 then x.value else p.value_27 end as value_27,
                case when s.is_moved then p.value_25 when s.back = 26 then x.value else p.value_26 end as value_26,
                case when s.is_moved then p.value_24 when s.back = 25 then x.value else p.value_25 end as value_25,
                case when s.is_moved then p.value_23 when s.back = 24 then x.value else p.value_24 end as value_24,
                case when s.is_moved then p.value_22 when s.back = 23 then x.value else p.value_23 end as value_23,
                case when s.is_moved then p.value_21 when s.back = 22 then x.value else p.value_22 end as value_22,
                case when s.is_moved then p.value_20 when s.back = 21 then x.value else p.value_21 end as value_21,
                case when s.is_moved then p.value_19 when s.back = 20 then x.value else p.value_20 end as value_20,
                case when s.is_moved then p.value_18 when s.back = 19 then x.value else p.value_19 end as value_19,
                case when s.is_moved then p.value_17 when s.back = 18 then x.value else p.value_18 end as value_18,
                case when s.is_moved then p.value_16 when s.back = 17 then x.value else p.value_17 end as value_17,
                case when s.is_moved then p.value_15 when s.back = 16 then x.value else p.value_16 end as value_16,
                case when s.is_moved then p.value_14 when s.back = 15 then x.value else p.value_15 end as value_15,
                case when s.is_moved then p.value_13 when s.back = 14 then x.value else p.value_14 end as value_14,
                case when s.is_moved then p.value_12 when s.back = 13 then x.value else p.value_13 end as value_13,
                case when s.is_moved then p.value_11 when s.back = 12 then x.value else p.value_12 end as value_12,
                case when s.is_moved then p.value_10 when s.back = 11 then x.value else p.value_11 end as value_11,
                case when s.is_moved then p.value_09 when s.back = 10 then x.value else p.value_10 end as value_10,
                case when s.is_moved then p.value_08 when s.back = 9 then x.value else p.value_09 end as value_09,
                case when s.is_moved then p.value_07 when s.back = 8 then x.value else p.value_08 end as value_08,
                case when s.is_moved then p.value_06 when s.back = 7 then x.value else p.value_07 end as value_07,
                case when s.is_moved then p.value_05 when s.back = 6 then x.value else p.value_06 end as value_06,
                case when s.is_moved then p.value_04 when s.back = 5 then x.value else p.value_05 end as value_05,
                case when s.is_moved then p.value_03 when s.back = 4 then x.value else p.value_04 end as value_04,
                case when s.is_moved then p.value_02 when s.back = 3 then x.value else p.value_03 end as value_03,
                case when s.is_moved then p.value_01 when s.back = 2 then x.value else p.value_02 end as value_02,
                case when s.is_moved then p.value_00 when s.back = 1 then x.value else p.value_01 end as value_01,
                case when s.back = 0 then x.value else p.value_00 end as value_00,
                case when s.is_moved then p.comparator_34 when s.back = 35 then x.peer_median else p.comparator_35 end as comparator_35,
                case when s.is_moved then p.comparator_33 when s.back = 34 then x.peer_median else p.comparator_34 end as comparator_34,
                case when s.is_moved then p.comparator_32 when s.back = 33 then x.peer_median else p.comparator_33 end as comparator_33,
                case when s.is_moved then p.comparator_31 when s.back = 32 then x.peer_median else p.comparator_32 end as comparator_32,
                case when s.is_moved then p.comparator_30 when s.back = 31 then x.peer_median else p.comparator_31 end as comparator_31,
                case when s.is_moved then p.comparator_29 when s.back = 30 then x.peer_median else p.comparator_30 end as comparator_30,
                case when s.is_moved then p.comparator_28 when s.back = 29 then x.peer_median else p.comparator_29 end as comparator_29,
                case when s.is_moved then p.comparator_27 when s.back = 28 then x.peer_median else p.comparator_28 end as comparator_28,
                case when s.is_moved then p.comparator_26 when s.back = 27 then x.peer_median else p.comparator_27 end as comparator_27,
                case when s.is_moved then p.comparator_25 when s.back = 26 then x.peer_median else p.comparator_26 end as comparator_26,
                case when s.is_moved then p.comparator_24 when s.back = 25 then x.peer_median else p.comparator_25 end as comparator_25,
                case when s.is_moved then p.comparator_23 when s.back = 24 then x.peer_median else p.comparator_24 end as comparator_24,
                case when s.is_moved then p.comparator_22 when s.back = 23 then x.peer_median else p.comparator_23 end as comparator_23,
                case when s.is_moved then p.comparator_21 when s.back = 22 then x.peer_median else p.comparator_22 end as comparator_22,
                case when s.is_moved then p.comparator_20 when s.back = 21 then x.peer_median else p.comparator_21 end as comparator_21,
                case when s.is_moved then p.comparator_19 when s.back = 20 then x.peer_median else p.comparator_20 end as comparator_20,
                case when s.is_moved then p.comparator_18 when s.back = 19 then x.peer_median else p.comparator_19 end as comparator_19,
                case when s.is_moved then p.comparator_17 when s.back = 18 then x.peer_median else p.comparator_18 end as comparator_18,
                case when s.is_moved then p.comparator_16 when s.back = 17 then x.peer_median else p.comparator_17 end as comparator_17,
                case when s.is_moved then p.comparator_15 when s.back = 16 then x.peer_median else p.comparator_16 end as comparator_16,
                case when s.is_moved then p.comparator_14 when s.back = 15 then x.peer_median else p.comparator_15 end as comparator_15,
                case when s.is_moved then p.comparator_13 when s.back = 14 then x.peer_median else p.comparator_14 end as comparator_14,
                case when s.is_moved then p.comparator_12 when s.back = 13 then x.peer_median else p.comparator_13 end as comparator_13,
                case when s.is_moved then p.comparator_11 when s.back = 12 then x.peer_median else p.comparator_12 end as comparator_12,
                case when s.is_moved then p.comparator_10 when s.back = 11 then x.peer_median else p.comparator_11 end as comparator_11,
                case when s.is_moved then p.comparator_09 when s.back = 10 then x.peer_median else p.comparator_10 end as comparator_10,
                case when s.is_moved then p.comparator_08 when s.back = 9 then x.peer_median else p.comparator_09 end as comparator_09,
                case when s.is_moved then p.comparator_07 when s.back = 8 then x.peer_median else p.comparator_08 end as comparator_08,
                case when s.is_moved then p.comparator_06 when s.back = 7 then x.peer_median else p.comparator_07 end as comparator_07,
                case when s.is_moved then p.comparator_05 when s.back = 6 then x.peer_median else p.comparator_06 end as comparator_06,
                case when s.is_moved then p.comparator_04 when s.back = 5 then x.peer_median else p.comparator_05 end as comparator_05,
                case when s.is_moved then p.comparator_03 when s.back = 4 then x.peer_median else p.comparator_04 end as comparator_04,
                case when s.is_moved then p.comparator_02 when s.back = 3 then x.peer_median else p.comparator_03 end as comparator_03,
                case when s.is_moved then p.comparator_01 when s.back = 2 then x.peer_median else p.comparator_02 end as comparator_02,
                case when s.is_moved then p.comparator_00 when s.back = 1 then x.peer_median else p.comparator_01 end as comparator_01,
                case when s.back = 0 then x.peer_median else p.comparator_00 end as comparator_00,
                case when s.is_moved then p.target_34 when s.back = 35 then x.target else p.target_35 end as target_35,
                case when s.is_moved then p.target_33 when s.back = 34 then x.target else p.target_34 end as target_34,
                case when s.is_moved then p.target_32 when s.back = 33 then x.target else p.target_33 end as target_33,
                case when s.is_moved then p.target_31 when s.back = 32 then x.target else p.target_32 end as target_32,
                case when s.is_moved then p.target_30 when s.back = 31 then x.target else p.target_31 end as target_31,
                case when s.is_moved then p.target_29 when s.back = 30 then x.target else p.target_30 end as target_30,
                case when s.is_moved then p.target_28 when s.back = 29 then x.target else p.target_29 end as target_29,
                case when s.is_moved then p.target_27 when s.back = 28 then x.target else p.target_28 end as target_28,
                case when s.is_moved then p.target_26 when s.back = 27 then x.target else p.target_27 end as target_27,
                case when s.is_moved then p.target_25 when s.back = 26 then x.target else p.target_26 end as target_26,
                case when s.is_moved then p.target_24 when s.back = 25 then x.target else p.target_25 end as target_25,
                case when s.is_moved then p.target_23 when s.back = 24 then x.target else p.target_24 end as target_24,
                case when s.is_moved then p.target_22 when s.back = 23 then x.target else p.target_23 end as target_23,
                case when s.is_moved then p.target_21 when s.back = 22 then x.target else p.target_22 end as target_22,
                case when s.is_moved then p.target_20 when s.back = 21 then x.target else p.target_21 end as target_21,
                case when s.is_moved then p.target_19 when s.back = 20 then x.target else p.target_20 end as target_20,
                case when s.is_moved then p.target_18 when s.back = 19 then x.target else p.target_19 end as target_19,
                case when s.is_moved then p.target_17 when s.back = 18 then x.target else p.target_18 end as target_18,
                case when s.is_moved then p.target_16 when s.back = 17 then x.target else p.target_17 end as target_17,
                case when s.is_moved then p.target_15 when s.back = 16 then x.target else p.target_16 end as target_16,
                case when s.is_moved then p.target_14 when s.back = 15 then x.target else p.target_15 end as target_15,
                case when s.is_moved then p.target_13 when s.back = 14 then x.target else p.target_14 end as target_14,
                case when s.is_moved then p.target_12 when s.back = 13 then x.target else p.target_13 end as target_13,
                case when s.is_moved then p.target_11 when s.back = 12 then x.target else p.target_12 end as target_12,
                case when s.is_moved then p.target_10 when s.back = 11 then x.target else p.target_11 end as target_11,
                case when s.is_moved then p.target_09 when s.back = 10 then x.target else p.target_10 end as target_10,
                case when s.is_moved then p.target_08 when s.back = 9 then x.target else p.target_09 end as target_09,
                case when s.is_moved then p.target_07 when s.back = 8 then x.target else p.target_08 end as target_08,
                case when s.is_moved then p.target_06 when s.back = 7 then x.target else p.target_07 end as target_07,
                case when s.is_moved then p.target_05 when s.back = 6 then x.target else p.target_06 end as target_06,
                case when s.is_moved then p.target_04 when s.back = 5 then x.target else p.target_05 end as target_05,
                case when s.is_moved then p.target_03 when s.back = 4 then x.target else p.target_04 end as target_04,
                case when s.is_moved then p.target_02 when s.back = 3 then x.target else p.target_03 end as target_03,
                case when s.is_moved then p.target_01 when s.back = 2 then x.target else p.target_02 end as target_02,
                case when s.is_moved then p.target_00 when s.back = 1 then x.target else p.target_01 end as target_01,
                case when s.back = 0 then x.target else p.target_00 end as target_00
            from unnest(page_months_next.kpi_ids, page_months_next.months) as w (kpi_id, month)
                join mo_data.page_months p on p.kpi_id = w.kpi_id
                join mo_data.kpi_latest l on l.org_key = p.org_key and l.kpi_id = p.kpi_id
                join mo_data.kpi k on k.kpi_id = p.kpi_id
                left join state t on t.kpi_id = l.kpi_id and t.month = l.month
                cross join lateral (
                    select mo.month_index(l.month) - mo.month_index(w.month) as back, l.month is distinct from p.month_start as is_moved offset 0
                ) s
                left join figure c on c.org_key = p.org_key and c.kpi_id = p.kpi_id and s.back between 0 and 35
                cross join lateral (
                    select h.codes, coalesce(c.is_hidden, false)
                        or coalesce(k.round_to > 1, false) and (c.code is not null or mo_data.month_code_put(h.codes, s.back, '-') ~ '[^-]')
                        or h.shown_codes <> '' and mo_data.month_code_put(h.shown_codes, s.back, '-') ~ 's' as differs
                    from (
                        select case when s.is_moved then substr(p.value_status_codes, 2) || '-' else p.value_status_codes end as codes,
                            case when p.unsuppressed is null then '' -- a row for both kinds of login hides nothing
                                else substr(case when p.unsuppressed then (
                                    select f.value_status_codes from mo_data.page_months f where f.org_key = p.org_key and f.kpi_id = p.kpi_id and not f.unsuppressed)
                                    else p.value_status_codes end, case when s.is_moved then 2 else 1 end) end as shown_codes
                        offset 0
                    ) h
                    offset 0
                ) g
                join (values (false), (true)) u (unsuppressed) on (p.unsuppressed is null or p.unsuppressed = u.unsuppressed) and (not u.unsuppressed or g.differs)
                cross join lateral (select case when u.unsuppressed then c.value else c.shown end as value, c.peer_median, c.target) x
        ) n;
end
    $$;
revoke all on function mo_data.page_months_next(text[], date[]) from public;
comment on function mo_data.page_months_next(text[], date[]) is
    'What page_months should hold of KPIs of which it has held what it should, but for the one month of each that is given: its results have been stored '
    'again. Part of page_months_replace().';

create or replace function mo_data.page_months_kept(kpi_ids text[], months date[])
    returns table (kpi_ids text[], months date[])
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off
    set enable_mergejoin = off
    as $$
    with once as materialized (
        select u.kpi_id, min(u.month) as month
        from unnest(page_months_kept.kpi_ids, page_months_kept.months) as u (kpi_id, month)
        group by u.kpi_id having count(*) = 1 and min(u.month) <= (select max(m.month) from mo_data.kpi_month m where m.kpi_id = u.kpi_id)
    )
    select coalesce(array_agg(o.kpi_id order by o.kpi_id), '{}'), coalesce(array_agg(o.month order by o.kpi_id), '{}')
    from once o
    where o.kpi_id not in (
        select coalesce(l.kpi_id, p.kpi_id)
        from (select x.org_key, x.kpi_id, x.month, n.month as stored from mo_data.kpi_latest x join once n on n.kpi_id = x.kpi_id) l
            full join (
                select x.org_key, x.kpi_id, x.month_start from mo_data.page_months x join once n on n.kpi_id = x.kpi_id where x.unsuppressed is not true
            ) p on p.org_key = l.org_key and p.kpi_id = l.kpi_id
        where l.org_key is null or p.org_key is null
            or l.month is distinct from p.month_start
                and (l.month is distinct from l.stored or l.month is distinct from (p.month_start + interval '1 month')::date))
    $$;
revoke all on function mo_data.page_months_kept(text[], date[]) from public;
comment on function mo_data.page_months_kept(text[], date[]) is
    'Of KPIs and months whose results have been stored again (pairs), the KPIs of one month whose rows page_months_next can say, and that month: every '
    'organisation has its row, which ends with its latest month, or with the one before where that is the one stored. Part of refresh().';

create or replace function mo_data.page_months_replace(kpi_ids text[] default null, kept_kpi_ids text[] default '{}', kept_months date[] default '{}')
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_mergejoin = off
    set enable_memoize = off
    set jit = off
    as $$
declare
    rest constant text[] := case when kpi_ids is not null then array(
        select k.kpi_id from mo_data.kpi k where k.is_active and k.on_front_page and k.kpi_id = any (kpi_ids) and k.kpi_id <> all (kept_kpi_ids)) end;
    written bigint;
begin
    with fresh as materialized (
        select m.* from mo_data.page_months_at_once(rest) m
        union all
        select m.* from mo_data.page_months_next(kept_kpi_ids, kept_months) m
    ), stored as materialized ( -- compared once, for what goes and for what comes
        select p.ctid as place, p.org_key, p.kpi_id, p.unsuppressed, row(f.*) is not distinct from row(p.*) as is_same
        from mo_data.page_months p
            left join fresh f on f.org_key = p.org_key and f.kpi_id = p.kpi_id and f.unsuppressed is not distinct from p.unsuppressed
        where page_months_replace.kpi_ids is null or p.kpi_id = any (page_months_replace.kpi_ids)
    ), gone as (
        delete from mo_data.page_months p using stored s where p.ctid = s.place and not s.is_same
    )
    insert into mo_data.page_months (
        org_code, org_type, family_label, kpi_sort, kpi_name, kpi_short_name, month_label, value_status_days, value_status_codes, unit, rate_per,
        decimals, excel_format, direction_of_good, comparator_name, kpi_id, org_key, month_start, month_label_sort, family_label_sort, unsuppressed,
        value_35, value_34, value_33, value_32, value_31, value_30, value_29, value_28, value_27, value_26, value_25, value_24, value_23, value_22,
        value_21, value_20, value_19, value_18, value_17, value_16, value_15, value_14, value_13, value_12, value_11, value_10, value_09, value_08,
        value_07, value_06, value_05, value_04, value_03, value_02, value_01, value_00, comparator_35, comparator_34, comparator_33, comparator_32,
        comparator_31, comparator_30, comparator_29, comparator_28, comparator_27, comparator_26, comparator_25, comparator_24, comparator_23,
        comparator_22, comparator_21, comparator_20, comparator_19, comparator_18, comparator_17, comparator_16, comparator_15, comparator_14,
        comparator_13, comparator_12, comparator_11, comparator_10, comparator_09, comparator_08, comparator_07, comparator_06, comparator_05,
        comparator_04, comparator_03, comparator_02, comparator_01, comparator_00, target_35, target_34, target_33, target_32, target_31, target_30,
        target_29, target_28, target_27, target_26, target_25, target_24, target_23, target_22, target_21, target_20, target_19, target_18, target_17,
        target_16, target_15, target_14, target_13, target_12, target_11, target_10, target_09, target_08, target_07, target_06, target_05, target_04,
        target_03, target_02, target_01, target_00)
    select
        f.org_code, f.org_type, f.family_label, f.kpi_sort, f.kpi_name, f.kpi_short_name, f.month_label, f.value_status_days, f.value_status_codes,
        f.unit, f.rate_per, f.decimals, f.excel_format, f.direction_of_good, f.comparator_name, f.kpi_id, f.org_key, f.month_start,
        f.month_label_sort, f.family_label_sort, f.unsuppressed, f.value_35, f.value_34, f.value_33, f.value_32, f.value_31, f.value_30, f.value_29,
        f.value_28, f.value_27, f.value_26, f.value_25, f.value_24, f.value_23, f.value_22, f.value_21, f.value_20, f.value_19, f.value_18,
        f.value_17, f.value_16, f.value_15, f.value_14, f.value_13, f.value_12, f.value_11, f.value_10, f.value_09, f.value_08, f.value_07,
        f.value_06, f.value_05, f.value_04, f.value_03, f.value_02, f.value_01, f.value_00, f.comparator_35, f.comparator_34, f.comparator_33,
        f.comparator_32, f.comparator_31, f.comparator_30, f.comparator_29, f.comparator_28, f.comparator_27, f.comparator_26, f.comparator_25,
        f.comparator_24, f.comparator_23, f.comparator_22, f.comparator_21, f.comparator_20, f.comparator_19, f.comparator_18, f.comparator_17,
        f.comparator_16, f.comparator_15, f.comparator_14, f.comparator_13, f.comparator_12, f.comparator_11, f.comparator_10, f.comparator_09,
        f.comparator_08, f.comparator_07, f.comparator_06, f.comparator_05, f.comparator_04, f.comparator_03, f.comparator_02, f.comparator_01,
        f.comparator_00, f.target_35, f.target_34, f.target_33, f.target_32, f.target_31, f.target_30, f.target_29, f.target_28, f.target_27,
        f.target_26, f.target_25, f.target_24, f.target_23, f.target_22, f.target_21, f.target_20, f.target_19, f.target_18, f.target_17, f.target_16,
        f.target_15, f.target_14, f.target_13, f.target_12, f.target_11, f.target_10, f.target_09, f.target_08, f.target_07, f.target_06, f.target_05,
        f.target_04, f.target_03, f.target_02, f.target_01, f.target_00
    from fresh f
    where not exists (
        select from stored s
        where s.is_same and s.org_key = f.org_key and s.kpi_id = f.kpi_id and s.unsuppressed is not distinct from f.unsuppressed)
    order by f.org_key, f.kpi_sort; -- as pages are read
    get diagnostics written = row_count;
    return written;
end
    $$;
revoke all on function mo_data.page_months_replace(text[], text[], date[]) from public;
comment on function mo_data.page_months_replace(text[], text[], date[]) is
    'Brings page_months in line with page_months_now for the KPIs given, or for all, and returns how many rows are new; those of page_months_kept by '
    'page_months_next. Part of page_replace().';
