-- The 36 months to that of the page, one row an organisation and KPI: by their places in arrays, so that a result is read once and not looked for 36 times.
create or replace function mo_data.months_placed(months date[], figures anyarray, last_month date)
    returns anyarray
    language sql immutable parallel safe
    set search_path = pg_catalog, pg_temp
    as $$
    select array_agg(figures[array_position(months, (last_month - make_interval(months => 35 - place))::date)] order by place) from generate_series(0, 35) place
    $$;
revoke all on function mo_data.months_placed(date[], anyarray, date) from public;
comment on function mo_data.months_placed(date[], anyarray, date) is
    'Figures of some months as those of the 36 months to the last, in order; null where there is none. For page_months_now.';

create or replace view mo_data.page_months_day as
    select l.kpi_id::varchar(40) as kpi_id, l.month::date as month, array_agg(x.day order by x.day)::date[] as days
    from (select distinct kpi_id, month from mo_data.kpi_latest) l
        join mo_data.kpi k on k.kpi_id = l.kpi_id
        left join mo_data.source r on r.source = k.sources[1]
        cross join lateral (
            select mo_data.figure_due((l.month - make_interval(months => back))::date, k.time_basis, k.expected_lag_days, r.replaces) as day
            from generate_series(0, 35) as back
            union all
            select mo_data.next_figure_due(l.month, k.time_basis, k.expected_lag_days) + 1
        ) x
    where x.day > least(l.month, current_date) -- also days that are past by now: what is stored does not change by itself
    group by l.kpi_id, l.month;
comment on view mo_data.page_months_day is 'Days on which a state of the 36 months to the latest of a KPI changes, as page_months.value_status_days. Nobody may read this one.';
comment on column mo_data.page_months_day.kpi_id is 'KPI.';
comment on column mo_data.page_months_day.month is 'Latest month of some organisation.';
comment on column mo_data.page_months_day.days is 'The days, in order.';

create or replace view mo_data.page_months_now as
    with kpi as (
        select
            c.kpi_id, c.family_label, c.family_label_sort, c.kpi_sort, c.kpi_name, c.kpi_short_name, c.unit, c.rate_per, c.decimals, c.excel_format,
            c.direction_of_good, k.interval_method, k.hide_from, k.hide_to, k.hide_denominator_below, k.round_to
        from mo_dashboard.dim_kpi c join mo_data.kpi k on k.kpi_id = c.kpi_id
        where c.is_on_front_page = 1
    ), state as materialized (
        select d.kpi_id, d.month, d.days from mo_data.page_months_day d
    ), page as materialized ( -- all that is small first, or the planner looks the days up for every row
        select o.org_key, o.org_code, o.org_type, l.month, t.days, k.*
        from mo_data.kpi_latest l
            join kpi k on k.kpi_id = l.kpi_id
            join mo_data.organisation_key o on o.org_key = l.org_key
            left join state t on t.kpi_id = l.kpi_id and t.month = l.month
    )
    select
        p.org_code::varchar(12) as org_code,
        p.org_type::varchar(10) as org_type,
        p.family_label::varchar(30) as family_label,
        p.kpi_sort::integer as kpi_sort,
        p.kpi_name::varchar(255) as kpi_name,
        p.kpi_short_name::varchar(30) as kpi_short_name,
        to_char(p.month, 'Mon YYYY')::varchar(8) as month_label,
        coalesce(p.days, '{}') as value_status_days,
        v.codes::varchar(36) as value_status_codes,
        p.unit::varchar(10) as unit,
        p.rate_per::double precision as rate_per,
        p.decimals::integer as decimals,
        p.excel_format::varchar(30) as excel_format,
        p.direction_of_good::varchar(10) as direction_of_good,
        case when s.is_compared then case when p.org_type in ('practice', 'pcn') then 'ICB median' else 'National median' end end::varchar(20) as comparator_name,
        p.kpi_id::varchar(40) as kpi_id,
        p.org_key::integer as org_key,
        p.month::date as month_start,
        (extract(year from p.month) * 100 + extract(month from p.month))::integer as month_label_sort,
        p.family_label_sort::integer as family_label_sort,
        case when s.differs then u.unsuppressed end as unsuppressed,
        v.figures[s.n - 35] as value_35, v.figures[s.n - 34] as value_34, v.figures[s.n - 33] as value_33, v.figures[s.n - 32] as value_32,
        v.figures[s.n - 31] as value_31, v.figures[s.n - 30] as value_30, v.figures[s.n - 29] as value_29, v.figures[s.n - 28] as value_28,
        v.figures[s.n - 27] as value_27, v.figures[s.n - 26] as value_26, v.figures[s.n - 25] as value_25, v.figures[s.n - 24] as value_24,
        v.figures[s.n - 23] as value_23, v.figures[s.n - 22] as value_22, v.figures[s.n - 21] as value_21, v.figures[s.n - 20] as value_20,
        v.figures[s.n - 19] as value_19, v.figures[s.n - 18] as value_18, v.figures[s.n - 17] as value_17, v.figures[s.n - 16] as value_16,
        v.figures[s.n - 15] as value_15, v.figures[s.n - 14] as value_14, v.figures[s.n - 13] as value_13, v.figures[s.n - 12] as value_12,
        v.figures[s.n - 11] as value_11, v.figures[s.n - 10] as value_10, v.figures[s.n - 9] as value_09, v.figures[s.n - 8] as value_08,
        v.figures[s.n - 7] as value_07, v.figures[s.n - 6] as value_06, v.figures[s.n - 5] as value_05, v.figures[s.n - 4] as value_04,
        v.figures[s.n - 3] as value_03, v.figures[s.n - 2] as value_02, v.figures[s.n - 1] as value_01, v.figures[s.n - 0] as value_00,
        s.comparators[s.n - 35] as comparator_35, s.comparators[s.n - 34] as comparator_34, s.comparators[s.n - 33] as comparator_33,
        s.comparators[s.n - 32] as comparator_32, s.comparators[s.n - 31] as comparator_31, s.comparators[s.n - 30] as comparator_30,
        s.comparators[s.n - 29] as comparator_29, s.comparators[s.n - 28] as comparator_28, s.comparators[s.n - 27] as comparator_27,
        s.comparators[s.n - 26] as comparator_26, s.comparators[s.n - 25] as comparator_25, s.comparators[s.n - 24] as comparator_24,
        s.comparators[s.n - 23] as comparator_23, s.comparators[s.n - 22] as comparator_22, s.comparators[s.n - 21] as comparator_21,
        s.comparators[s.n - 20] as comparator_20, s.comparators[s.n - 19] as comparator_19, s.comparators[s.n - 18] as comparator_18,
        s.comparators[s.n - 17] as comparator_17, s.comparators[s.n - 16] as comparator_16, s.comparators[s.n - 15] as comparator_15,
        s.comparators[s.n - 14] as comparator_14, s.comparators[s.n - 13] as comparator_13, s.comparators[s.n - 12] as comparator_12,
        s.comparators[s.n - 11] as comparator_11, s.comparators[s.n - 10] as comparator_10, s.comparators[s.n - 9] as comparator_09,
        s.comparators[s.n - 8] as comparator_08, s.comparators[s.n - 7] as comparator_07, s.comparators[s.n - 6] as comparator_06,
        s.comparators[s.n - 5] as comparator_05, s.comparators[s.n - 4] as comparator_04, s.comparators[s.n - 3] as comparator_03,
        s.comparators[s.n - 2] as comparator_02, s.comparators[s.n - 1] as comparator_01, s.comparators[s.n - 0] as comparator_00,
        s.targets[s.n - 35] as target_35, s.targets[s.n - 34] as target_34, s.targets[s.n - 33] as target_33, s.targets[s.n - 32] as target_32,
        s.targets[s.n - 31] as target_31, s.targets[s.n - 30] as target_30, s.targets[s.n - 29] as target_29, s.targets[s.n - 28] as target_28,
        s.targets[s.n - 27] as target_27, s.targets[s.n - 26] as target_26, s.targets[s.n - 25] as target_25, s.targets[s.n - 24] as target_24,
        s.targets[s.n - 23] as target_23, s.targets[s.n - 22] as target_22, s.targets[s.n - 21] as target_21, s.targets[s.n - 20] as target_20,
        s.targets[s.n - 19] as target_19, s.targets[s.n - 18] as target_18, s.targets[s.n - 17] as target_17, s.targets[s.n - 16] as target_16,
        s.targets[s.n - 15] as target_15, s.targets[s.n - 14] as target_14, s.targets[s.n - 13] as target_13, s.targets[s.n - 12] as target_12,
        s.targets[s.n - 11] as target_11, s.targets[s.n - 10] as target_10, s.targets[s.n - 9] as target_09, s.targets[s.n - 8] as target_08,
        s.targets[s.n - 7] as target_07, s.targets[s.n - 6] as target_06, s.targets[s.n - 5] as target_05, s.targets[s.n - 4] as target_04,
        s.targets[s.n - 3] as target_03, s.targets[s.n - 2] as target_02, s.targets[s.n - 1] as target_01, s.targets[s.n - 0] as target_00
    from page p
        cross join lateral ( -- by index, in the order of months; as kpi_seen says, which gives two rows a result and a KPI each
            select count(*)::integer as n, array_agg(x.month) as months, array_agg(x.value) as figures, array_agg(x.peer_median) as comparators,
                array_agg(x.target) as targets,
                array_agg(mo_data.shown_value(x.is_hidden::integer::smallint, x.value, x.numerator, x.denominator, p.unit, p.rate_per, p.interval_method,
                    p.round_to)) as shown,
                string_agg(case when x.is_hidden then case when x.value is null then 'z' else 's' end when x.value is null then 'n' else 'o' end, '') as codes,
                count(x.peer_median) > 0 as is_compared, coalesce(bool_or(x.is_hidden or p.round_to > 1), false) as differs
            from (
                select r.month, r.value, r.numerator, r.denominator, r.peer_median, r.target,
                    r.hidden > 0 or mo_data.small_reason(p.unit, p.interval_method, r.numerator, r.denominator,
                        p.hide_from, p.hide_to, p.hide_denominator_below) > 0 as is_hidden
                from mo_data.kpi_result r
                where r.org_code = p.org_code and r.kpi_id = p.kpi_id and r.breakdown = '' and r.org_key = p.org_key
                    and r.month > p.month - interval '36 months' and r.month <= p.month
                order by r.month offset 0
            ) x
        ) f
        cross join lateral (
            select f.is_compared, f.differs, g.has_gap,
                case when g.has_gap then 36 else f.n end as n,
                case when g.has_gap then mo_data.months_placed(f.months, f.comparators, p.month) else f.comparators end as comparators,
                case when g.has_gap then mo_data.months_placed(f.months, f.targets, p.month) else f.targets end as targets
            from (select f.n > 0 and f.months[1] <> (p.month - make_interval(months => f.n - 1))::date as has_gap offset 0) g
            offset 0
        ) s
        cross join (values (false), (true)) u (unsuppressed)
        cross join lateral (
            select case when s.has_gap then mo_data.months_placed(f.months, w.figures, p.month) else w.figures end as figures,
                lpad(coalesce(case when s.has_gap then array_to_string(mo_data.months_placed(f.months, string_to_array(w.codes, null), p.month), '', '-')
                    else w.codes end, ''), 36, '-') as codes
            from (select case when u.unsuppressed then f.figures else f.shown end as figures,
                translate(f.codes, 'sz', case when u.unsuppressed then 'on' else 'ss' end) as codes offset 0) w
            offset 0
        ) v
    where not u.unsuppressed or s.differs;
comment on view mo_data.page_months_now is 'What page_months should hold. Nobody may read this one.';
comment on column mo_data.page_months_now.org_code is 'As page_months.org_code.';
comment on column mo_data.page_months_now.org_type is 'As page_months.org_type.';
comment on column mo_data.page_months_now.family_label is 'As page_months.family_label.';
comment on column mo_data.page_months_now.kpi_sort is 'As page_months.kpi_sort.';
comment on column mo_data.page_months_now.kpi_name is 'As page_months.kpi_name.';
comment on column mo_data.page_months_now.kpi_short_name is 'As page_months.kpi_short_name.';
comment on column mo_data.page_months_now.month_label is 'As page_months.month_label.';
comment on column mo_data.page_months_now.value_status_days is 'As page_months.value_status_days.';
comment on column mo_data.page_months_now.value_status_codes is 'As page_months.value_status_codes.';
comment on column mo_data.page_months_now.unit is 'As page_months.unit.';
comment on column mo_data.page_months_now.rate_per is 'As page_months.rate_per.';
comment on column mo_data.page_months_now.decimals is 'As page_months.decimals.';
comment on column mo_data.page_months_now.excel_format is 'As page_months.excel_format.';
comment on column mo_data.page_months_now.direction_of_good is 'As page_months.direction_of_good.';
comment on column mo_data.page_months_now.comparator_name is 'As page_months.comparator_name.';
comment on column mo_data.page_months_now.kpi_id is 'As page_months.kpi_id.';
comment on column mo_data.page_months_now.org_key is 'As page_months.org_key.';
comment on column mo_data.page_months_now.month_start is 'As page_months.month_start.';
comment on column mo_data.page_months_now.month_label_sort is 'As page_months.month_label_sort.';
comment on column mo_data.page_months_now.family_label_sort is 'As page_months.family_label_sort.';
comment on column mo_data.page_months_now.unsuppressed is 'As page_months.unsuppressed.';
do $comments$ -- 108 columns that say the same of a month each
begin
    for back in 0 .. 35 loop
        execute format('comment on column mo_data.page_months_now.value_%1$s is %2$L', to_char(back, 'FM00'), 'As page_months.value_' || to_char(back, 'FM00') || '.');
        execute format('comment on column mo_data.page_months_now.comparator_%1$s is %2$L', to_char(back, 'FM00'), 'As page_months.comparator_' || to_char(back, 'FM00') || '.');
        execute format('comment on column mo_data.page_months_now.target_%1$s is %2$L', to_char(back, 'FM00'), 'As page_months.target_' || to_char(back, 'FM00') || '.');
    end loop;
end
$comments$;
