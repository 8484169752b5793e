-- A refresh mostly brings a month, or counts the newest one again: 35 of the 36 months are stored, and reading them again was most of the time.
create or replace view mo_data.page_months_next as
    with state as materialized (
        select d.kpi_id, d.month, d.days from mo_data.page_months_day d
    )
    select
        p.org_code::varchar(12) as org_code,
        p.org_type::varchar(10) as org_type,
        p.family_label::varchar(30) as family_label,
        p.kpi_sort::integer as kpi_sort,
        p.kpi_name::varchar(255) as kpi_name,
        p.kpi_short_name::varchar(30) as kpi_short_name,
        to_char(l.month, 'Mon YYYY')::varchar(8) as month_label,
        coalesce(t.days, '{}') as value_status_days,
        (s.codes || case when c.month is null then '-' when u.unsuppressed or not c.is_hidden then c.code else 's' end)::varchar(36) as value_status_codes,
        p.unit::varchar(10) as unit,
        p.rate_per::double precision as rate_per,
        p.decimals::integer as decimals,
        p.excel_format::varchar(30) as excel_format,
        p.direction_of_good::varchar(10) as direction_of_good,
        case when c.peer_median is not null or case when s.is_moved then p.comparator_00 end is not null or num_nonnulls(
                p.comparator_34, p.comparator_33, p.comparator_32, p.comparator_31, p.comparator_30, p.comparator_29, p.comparator_28,
                p.comparator_27, p.comparator_26, p.comparator_25, p.comparator_24, p.comparator_23, p.comparator_22, p.comparator_21,
                p.comparator_20, p.comparator_19, p.comparator_18, p.comparator_17, p.comparator_16, p.comparator_15, p.comparator_14,
                p.comparator_13, p.comparator_12, p.comparator_11, p.comparator_10, p.comparator_09, p.comparator_08, p.comparator_07,
                p.comparator_06, p.comparator_05, p.comparator_04, p.comparator_03, p.comparator_02, p.comparator_01) > 0
            or not s.is_moved and p.comparator_35 is not null
            then case when p.org_type in ('practice', 'pcn') then 'ICB median' else 'National median' end end::varchar(20) as comparator_name,
        p.kpi_id::varchar(40) as kpi_id,
        p.org_key::integer as org_key,
        l.month::date as month_start,
        (extract(year from l.month) * 100 + extract(month from l.month))::integer as month_label_sort,
        p.family_label_sort::integer as family_label_sort,
        case when s.differs then u.unsuppressed end as unsuppressed,
        case when s.is_moved then p.value_34 else p.value_35 end as value_35, case when s.is_moved then p.value_33 else p.value_34 end as value_34,
        case when s.is_moved then p.value_32 else p.value_33 end as value_33, case when s.is_moved then p.value_31 else p.value_32 end as value_32,
        case when s.is_moved then p.value_30 else p.value_31 end as value_31, case when s.is_moved then p.value_29 else p.value_30 end as value_30,
        case when s.is_moved then p.value_28 else p.value_29 end as value_29, case when s.is_moved then p.value_27 else p.value_28 end as value_28,
        case when s.is_moved then p.value_26 else p.value_27 end as value_27, case when s.is_moved then p.value_25 else p.value_26 end as value_26,
        case when s.is_moved then p.value_24 else p.value_25 end as value_25, case when s.is_moved then p.value_23 else p.value_24 end as value_24,
        case when s.is_moved then p.value_22 else p.value_23 end as value_23, case when s.is_moved then p.value_21 else p.value_22 end as value_22,
        case when s.is_moved then p.value_20 else p.value_21 end as value_21, case when s.is_moved then p.value_19 else p.value_20 end as value_20,
        case when s.is_moved then p.value_18 else p.value_19 end as value_19, case when s.is_moved then p.value_17 else p.value_18 end as value_18,
        case when s.is_moved then p.value_16 else p.value_17 end as value_17, case when s.is_moved then p.value_15 else p.value_16 end as value_16,
        case when s.is_moved then p.value_14 else p.value_15 end as value_15, case when s.is_moved then p.value_13 else p.value_14 end as value_14,
        case when s.is_moved then p.value_12 else p.value_13 end as value_13, case when s.is_moved then p.value_11 else p.value_12 end as value_12,
        case when s.is_moved then p.value_10 else p.value_11 end as value_11, case when s.is_moved then p.value_09 else p.value_10 end as value_10,
        case when s.is_moved then p.value_08 else p.value_09 end as value_09, case when s.is_moved then p.value_07 else p.value_08 end as value_08,
        case when s.is_moved then p.value_06 else p.value_07 end as value_07, case when s.is_moved then p.value_05 else p.value_06 end as value_06,
        case when s.is_moved then p.value_04 else p.value_05 end as value_05, case when s.is_moved then p.value_03 else p.value_04 end as value_04,
        case when s.is_moved then p.value_02 else p.value_03 end as value_03, case when s.is_moved then p.value_01 else p.value_02 end as value_02,
        case when s.is_moved then p.value_00 else p.value_01 end as value_01, case when u.unsuppressed then c.value else c.shown end as value_00,
        case when s.is_moved then p.comparator_34 else p.comparator_35 end as comparator_35,
        case when s.is_moved then p.comparator_33 else p.comparator_34 end as comparator_34,
        case when s.is_moved then p.comparator_32 else p.comparator_33 end as comparator_33,
        case when s.is_moved then p.comparator_31 else p.comparator_32 end as comparator_32,
        case when s.is_moved then p.comparator_30 else p.comparator_31 end as comparator_31,
        case when s.is_moved then p.comparator_29 else p.comparator_30 end as comparator_30,
        case when s.is_moved then p.comparator_28 else p.comparator_29 end as comparator_29,
        case when s.is_moved then p.comparator_27 else p.comparator_28 end as comparator_28,
        case when s.is_moved then p.comparator_26 else p.comparator_27 end as comparator_27,
        case when s.is_moved then p.comparator_25 else p.comparator_26 end as comparator_26,
        case when s.is_moved then p.comparator_24 else p.comparator_25 end as comparator_25,
        case when s.is_moved then p.comparator_23 else p.comparator_24 end as comparator_24,
        case when s.is_moved then p.comparator_22 else p.comparator_23 end as comparator_23,
        case when s.is_moved then p.comparator_21 else p.comparator_22 end as comparator_22,
        case when s.is_moved then p.comparator_20 else p.comparator_21 end as comparator_21,
        case when s.is_moved then p.comparator_19 else p.comparator_20 end as comparator_20,
        case when s.is_moved then p.comparator_18 else p.comparator_19 end as comparator_19,
        case when s.is_moved then p.comparator_17 else p.comparator_18 end as comparator_18,
        case when s.is_moved then p.comparator_16 else p.comparator_17 end as comparator_17,
        case when s.is_moved then p.comparator_15 else p.comparator_16 end as comparator_16,
        case when s.is_moved then p.comparator_14 else p.comparator_15 end as comparator_15,
        case when s.is_moved then p.comparator_13 else p.comparator_14 end as comparator_14,
        case when s.is_moved then p.comparator_12 else p.comparator_13 end as comparator_13,
        case when s.is_moved then p.comparator_11 else p.comparator_12 end as comparator_12,
        case when s.is_moved then p.comparator_10 else p.comparator_11 end as comparator_11,
        case when s.is_moved then p.comparator_09 else p.comparator_10 end as comparator_10,
        case when s.is_moved then p.comparator_08 else p.comparator_09 end as comparator_09,
        case when s.is_moved then p.comparator_07 else p.comparator_08 end as comparator_08,
        case when s.is_moved then p.comparator_06 else p.comparator_07 end as comparator_07,
        case when s.is_moved then p.comparator_05 else p.comparator_06 end as comparator_06,
        case when s.is_moved then p.comparator_04 else p.comparator_05 end as comparator_05,
        case when s.is_moved then p.comparator_03 else p.comparator_04 end as comparator_04,
        case when s.is_moved then p.comparator_02 else p.comparator_03 end as comparator_03,
        case when s.is_moved then p.comparator_01 else p.comparator_02 end as comparator_02,
        case when s.is_moved then p.comparator_00 else p.comparator_01 end as comparator_01, c.peer_median as comparator_00,
        case when s.is_moved then p.target_34 else p.target_35 end as target_35,
        case when s.is_moved then p.target_33 else p.target_34 end as target_34,
        case when s.is_moved then p.target_32 else p.target_33 end as target_33,
        case when s.is_moved then p.target_31 else p.target_32 end as target_32,
        case when s.is_moved then p.target_30 else p.target_31 end as target_31,
        case when s.is_moved then p.target_29 else p.target_30 end as target_30,
        case when s.is_moved then p.target_28 else p.target_29 end as target_29,
        case when s.is_moved then p.target_27 else p.target_28 end as target_28,
        case when s.is_moved then p.target_26 else p.target_27 end as target_27,
        case when s.is_moved then p.target_25 else p.target_26 end as target_26,
        case when s.is_moved then p.target_24 else p.target_25 end as target_25,
        case when s.is_moved then p.target_23 else p.target_24 end as target_24,
        case when s.is_moved then p.target_22 else p.target_23 end as target_23,
        case when s.is_moved then p.target_21 else p.target_22 end as target_22,
        case when s.is_moved then p.target_20 else p.target_21 end as target_21,
        case when s.is_moved then p.target_19 else p.target_20 end as target_20,
        case when s.is_moved then p.target_18 else p.target_19 end as target_19,
        case when s.is_moved then p.target_17 else p.target_18 end as target_18,
        case when s.is_moved then p.target_16 else p.target_17 end as target_17,
        case when s.is_moved then p.target_15 else p.target_16 end as target_16,
        case when s.is_moved then p.target_14 else p.target_15 end as target_15,
        case when s.is_moved then p.target_13 else p.target_14 end as target_14,
        case when s.is_moved then p.target_12 else p.target_13 end as target_13,
        case when s.is_moved then p.target_11 else p.target_12 end as target_12,
        case when s.is_moved then p.target_10 else p.target_11 end as target_11,
        case when s.is_moved then p.target_09 else p.target_10 end as target_10,
        case when s.is_moved then p.target_08 else p.target_09 end as target_09,
        case when s.is_moved then p.target_07 else p.target_08 end as target_08,
        case when s.is_moved then p.target_06 else p.target_07 end as target_07,
        case when s.is_moved then p.target_05 else p.target_06 end as target_06,
        case when s.is_moved then p.target_04 else p.target_05 end as target_05,
        case when s.is_moved then p.target_03 else p.target_04 end as target_04,
        case when s.is_moved then p.target_02 else p.target_03 end as target_03,
        case when s.is_moved then p.target_01 else p.target_02 end as target_02,
        case when s.is_moved then p.target_00 else p.target_01 end as target_01, c.target as target_00
    from mo_data.page_months p
        join mo_data.kpi_latest l on l.org_key = p.org_key and l.kpi_id = p.kpi_id
        join mo_data.kpi k on k.kpi_id = p.kpi_id
        left join state t on t.kpi_id = l.kpi_id and t.month = l.month
        left join lateral (
            select x.month, x.peer_median, x.target, x.is_hidden, x.value, case when x.value is null then 'n' else 'o' end as code,
                mo_data.shown_value(x.is_hidden::integer::smallint, x.value, x.numerator, x.denominator, k.unit, k.per, k.interval_method, k.round_to) as shown
            from (
                select r.month, r.value, r.numerator, r.denominator, r.peer_median, r.target,
                    r.hidden > 0 or mo_data.small_reason(k.unit, k.interval_method, r.numerator, r.denominator,
                        k.hide_from, k.hide_to, k.hide_denominator_below) > 0 as is_hidden
                from mo_data.kpi_result r
                where r.org_code = p.org_code and r.kpi_id = p.kpi_id and r.month = l.month and r.breakdown = '' and r.org_key = p.org_key offset 0
            ) x
        ) c on true
        cross join lateral (
            select m.is_moved, case when m.is_moved then substr(p.value_status_codes, 2) else left(p.value_status_codes, 35) end as codes,
                coalesce(c.is_hidden or k.round_to > 1, false) or case when m.is_moved then substr(m.shown_codes, 2) else left(m.shown_codes, 35) end ~ 's' as differs
            from (
                select l.month is distinct from p.month_start as is_moved, case when not p.unsuppressed then p.value_status_codes when p.unsuppressed then (
                    select f.value_status_codes from mo_data.page_months f where f.org_key = p.org_key and f.kpi_id = p.kpi_id and not f.unsuppressed)
                    else '' end as shown_codes offset 0 -- a row for both kinds of login hides nothing
            ) m
            offset 0
        ) s
        cross join (values (false), (true)) u (unsuppressed)
    where (p.unsuppressed is null or p.unsuppressed = u.unsuppressed) and (not u.unsuppressed or s.differs);
comment on view mo_data.page_months_next is
    'What page_months should hold where it has held what it should but for the latest month, which is the one it ends with or the next. Nobody may read this one.';
comment on column mo_data.page_months_next.org_code is 'As page_months.org_code.';
comment on column mo_data.page_months_next.org_type is 'As page_months.org_type.';
comment on column mo_data.page_months_next.family_label is 'As page_months.family_label.';
comment on column mo_data.page_months_next.kpi_sort is 'As page_months.kpi_sort.';
comment on column mo_data.page_months_next.kpi_name is 'As page_months.kpi_name.';
comment on column mo_data.page_months_next.kpi_short_name is 'As page_months.kpi_short_name.';
comment on column mo_data.page_months_next.month_label is 'As page_months.month_label.';
comment on column mo_data.page_months_next.value_status_days is 'As page_months.value_status_days.';
comment on column mo_data.page_months_next.value_status_codes is 'As page_months.value_status_codes.';
comment on column mo_data.page_months_next.unit is 'As page_months.unit.';
comment on column mo_data.page_months_next.rate_per is 'As page_months.rate_per.';
comment on column mo_data.page_months_next.decimals is 'As page_months.decimals.';
comment on column mo_data.page_months_next.excel_format is 'As page_months.excel_format.';
comment on column mo_data.page_months_next.direction_of_good is 'As page_months.direction_of_good.';
comment on column mo_data.page_months_next.comparator_name is 'As page_months.comparator_name.';
comment on column mo_data.page_months_next.kpi_id is 'As page_months.kpi_id.';
comment on column mo_data.page_months_next.org_key is 'As page_months.org_key.';
comment on column mo_data.page_months_next.month_start is 'As page_months.month_start.';
comment on column mo_data.page_months_next.month_label_sort is 'As page_months.month_label_sort.';
comment on column mo_data.page_months_next.family_label_sort is 'As page_months.family_label_sort.';
comment on column mo_data.page_months_next.unsuppressed is 'As page_months.unsuppressed.';
do $comments$ -- 108 columns that say the same of a month each
begin
    for back in 0 .. 35 loop
        execute format('comment on column mo_data.page_months_next.value_%1$s is %2$L', to_char(back, 'FM00'), 'As page_months.value_' || to_char(back, 'FM00') || '.');
        execute format('comment on column mo_data.page_months_next.comparator_%1$s is %2$L', to_char(back, 'FM00'), 'As page_months.comparator_' || to_char(back, 'FM00') || '.');
        execute format('comment on column mo_data.page_months_next.target_%1$s is %2$L', to_char(back, 'FM00'), 'As page_months.target_' || to_char(back, 'FM00') || '.');
    end loop;
end
$comments$;

create or replace function mo_data.page_months_newest(newest text[])
    returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off
    set enable_mergejoin = off
    as $$
    select array(
        select n.kpi_id from unnest(newest) as n (kpi_id)
        where n.kpi_id not in (
            select coalesce(l.kpi_id, p.kpi_id)
            from (select x.org_key, x.kpi_id, x.month from mo_data.kpi_latest x where x.kpi_id = any (newest)) l
                full join (
                    select x.org_key, x.kpi_id, x.month_start from mo_data.page_months x where x.kpi_id = any (newest) and x.unsuppressed is not true
                ) p on p.org_key = l.org_key and p.kpi_id = l.kpi_id
            where l.org_key is null or p.org_key is null
                or l.month is distinct from p.month_start and l.month is distinct from (p.month_start + interval '1 month')::date))
    $$;
revoke all on function mo_data.page_months_newest(text[]) from public;
comment on function mo_data.page_months_newest(text[]) is
    'Of KPIs of which only the newest month has been stored again, those whose rows page_months_next can say: every organisation has its row, which ends '
    'with its latest month or the one before. Part of refresh().';

create or replace function mo_data.page_months_replace(kpi_ids text[] default null, newest text[] default '{}')
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_mergejoin = off
    set enable_memoize = off
    set jit = off
    as $$
declare
    rest constant text[] := case when kpi_ids is not null then array(select u.kpi_id from unnest(kpi_ids) as u (kpi_id) where u.kpi_id <> all (newest)) end;
    written bigint;
begin
    with fresh as materialized (
        select m.* from mo_data.page_months_at_once(rest) m
        union all
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
        from mo_data.page_months_next n where newest <> '{}' and n.kpi_id = any (newest)
    ), gone as (
        delete from mo_data.page_months p
        where (page_months_replace.kpi_ids is null or p.kpi_id = any (page_months_replace.kpi_ids))
            and not exists (
                select from fresh f where f.org_key = p.org_key and f.kpi_id = p.kpi_id and row(f.*) is not distinct from row(p.*))
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
        select from mo_data.page_months p where p.org_key = f.org_key and p.kpi_id = f.kpi_id and row(p.*) is not distinct from row(f.*))
    order by f.org_key, f.kpi_sort; -- as pages are read
    get diagnostics written = row_count;
    return written;
end
    $$;
revoke all on function mo_data.page_months_replace(text[], text[]) from public;
comment on function mo_data.page_months_replace(text[], text[]) is
    'Brings page_months in line with page_months_now for the KPIs given, or for all, and returns how many rows are new; those of them that are newest by '
    'page_months_next. Part of page_replace().';
