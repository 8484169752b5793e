create or replace view mo_dashboard.kpi_months with (security_barrier = true) as
    select
        p.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        p.org_type::varchar(10) as org_type,
        p.family_label::varchar(30) as family_label,
        p.kpi_sort::integer as kpi_sort,
        p.kpi_name::varchar(255) as kpi_name,
        p.kpi_short_name::varchar(30) as kpi_short_name,
        p.month_label::varchar(8) as month_label,
        case cardinality(p.value_status_days) - width_bucket(current_date, p.value_status_days) -- days to come: the last is that of stale
            when 1 then p.value_status_codes
            when 0 then left(p.value_status_codes, 35) || translate(right(p.value_status_codes, 1), 'o', 't')
            else left(p.value_status_codes, 37 - cardinality(p.value_status_days) + width_bucket(current_date, p.value_status_days))
                || translate(right(p.value_status_codes, cardinality(p.value_status_days) - width_bucket(current_date, p.value_status_days) - 1), 'on', 'dd')
        end::varchar(36) as value_status_codes,
        p.value_35::double precision as value_35, p.value_34::double precision as value_34, p.value_33::double precision as value_33,
        p.value_32::double precision as value_32, p.value_31::double precision as value_31, p.value_30::double precision as value_30,
        p.value_29::double precision as value_29, p.value_28::double precision as value_28, p.value_27::double precision as value_27,
        p.value_26::double precision as value_26, p.value_25::double precision as value_25, p.value_24::double precision as value_24,
        p.value_23::double precision as value_23, p.value_22::double precision as value_22, p.value_21::double precision as value_21,
        p.value_20::double precision as value_20, p.value_19::double precision as value_19, p.value_18::double precision as value_18,
        p.value_17::double precision as value_17, p.value_16::double precision as value_16, p.value_15::double precision as value_15,
        p.value_14::double precision as value_14, p.value_13::double precision as value_13, p.value_12::double precision as value_12,
        p.value_11::double precision as value_11, p.value_10::double precision as value_10, p.value_09::double precision as value_09,
        p.value_08::double precision as value_08, p.value_07::double precision as value_07, p.value_06::double precision as value_06,
        p.value_05::double precision as value_05, p.value_04::double precision as value_04, p.value_03::double precision as value_03,
        p.value_02::double precision as value_02, p.value_01::double precision as value_01, p.value_00::double precision as value_00,
        p.comparator_35::double precision as comparator_35, p.comparator_34::double precision as comparator_34,
        p.comparator_33::double precision as comparator_33, p.comparator_32::double precision as comparator_32,
        p.comparator_31::double precision as comparator_31, p.comparator_30::double precision as comparator_30,
        p.comparator_29::double precision as comparator_29, p.comparator_28::double precision as comparator_28,
        p.comparator_27::double precision as comparator_27, p.comparator_26::double precision as comparator_26,
        p.comparator_25::double precision as comparator_25, p.comparator_24::double precision as comparator_24,
        p.comparator_23::double precision as comparator_23, p.comparator_22::double precision as comparator_22,
        p.comparator_21::double precision as comparator_21, p.comparator_20::double precision as comparator_20,
        p.comparator_19::double precision as comparator_19, p.comparator_18::double precision as comparator_18,
        p.comparator_17::double precision as comparator_17, p.comparator_16::double precision as comparator_16,
        p.comparator_15::double precision as comparator_15, p.comparator_14::double precision as comparator_14,
        p.comparator_13::double precision as comparator_13, p.comparator_12::double precision as comparator_12,
        p.comparator_11::double precision as comparator_11, p.comparator_10::double precision as comparator_10,
        p.comparator_09::double precision as comparator_09, p.comparator_08::double precision as comparator_08,
        p.comparator_07::double precision as comparator_07, p.comparator_06::double precision as comparator_06,
        p.comparator_05::double precision as comparator_05, p.comparator_04::double precision as comparator_04,
        p.comparator_03::double precision as comparator_03, p.comparator_02::double precision as comparator_02,
        p.comparator_01::double precision as comparator_01, p.comparator_00::double precision as comparator_00,
        p.target_35::double precision as target_35, p.target_34::double precision as target_34, p.target_33::double precision as target_33,
        p.target_32::double precision as target_32, p.target_31::double precision as target_31, p.target_30::double precision as target_30,
        p.target_29::double precision as target_29, p.target_28::double precision as target_28, p.target_27::double precision as target_27,
        p.target_26::double precision as target_26, p.target_25::double precision as target_25, p.target_24::double precision as target_24,
        p.target_23::double precision as target_23, p.target_22::double precision as target_22, p.target_21::double precision as target_21,
        p.target_20::double precision as target_20, p.target_19::double precision as target_19, p.target_18::double precision as target_18,
        p.target_17::double precision as target_17, p.target_16::double precision as target_16, p.target_15::double precision as target_15,
        p.target_14::double precision as target_14, p.target_13::double precision as target_13, p.target_12::double precision as target_12,
        p.target_11::double precision as target_11, p.target_10::double precision as target_10, p.target_09::double precision as target_09,
        p.target_08::double precision as target_08, p.target_07::double precision as target_07, p.target_06::double precision as target_06,
        p.target_05::double precision as target_05, p.target_04::double precision as target_04, p.target_03::double precision as target_03,
        p.target_02::double precision as target_02, p.target_01::double precision as target_01, p.target_00::double precision as target_00,
        p.unit::varchar(10) as unit,
        p.rate_per::double precision as rate_per,
        p.decimals::integer as decimals,
        p.excel_format::varchar(30) as excel_format,
        p.direction_of_good::varchar(10) as direction_of_good,
        p.comparator_name::varchar(20) as comparator_name,
        p.kpi_id::varchar(40) as kpi_id,
        p.org_key::integer as org_key,
        p.month_start::date as month_start,
        p.month_label_sort::integer as month_label_sort,
        p.family_label_sort::integer as family_label_sort,
        (select l.data_kind_label from mo_data.site_label l)::varchar(20) as data_kind_label
    from mo_data.page_months p
        left join mo_data.organisation_named n on n.org_key = p.org_key
    where (p.unsuppressed is null -- no operator: see my_organisation_keys
            or case when ((select m.keys from mo_data.my_unsuppressed_keys m))[p.org_key] then p.unsuppressed else not p.unsuppressed end)
        and ((select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[p.org_key]);
comment on view mo_dashboard.kpi_months is
    'One row an organisation and front-page KPI, as dashboard, with the 36 months to that of the page side by side, oldest first: a range of cells for a '
    'sparkline in Excel, and what a program draws the charts of a page from in one query. The figures are those of fact_kpi, where a month is a row. '
    'Supports discussion of variation and is not performance management. Filter by org_code or org_key; sort by org_code, kpi_sort.';
comment on column mo_dashboard.kpi_months.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.kpi_months.org_name is 'Name of the organisation.';
comment on column mo_dashboard.kpi_months.org_type is 'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.kpi_months.family_label is 'Family as readers know it. Sort by family_label_sort.';
comment on column mo_dashboard.kpi_months.kpi_sort is 'Row on the page: the order of KPI names.';
comment on column mo_dashboard.kpi_months.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.kpi_months.kpi_short_name is 'Name of at most 30 characters.';
comment on column mo_dashboard.kpi_months.month_label is 'Month as text, such as Apr 2026: the latest, that of value_00. Sort by month_label_sort. Null: no data.';
comment on column mo_dashboard.kpi_months.value_status_codes is
    'State of each month as a letter, as fact_kpi.value_status, in the order of the columns (value_35 the first, value_00 the last): o ok, s suppressed (small '
    'number), n no_data (nothing to divide by), d not_due (not yet complete), t stale (the latest, and the next was due), - no figure of that month.';
do $comments$ -- 108 columns that say the same of a month each
declare
    back integer;
    which text;
begin
    for back in 0 .. 35 loop
        which := case back when 0 then 'the latest month, month_start' when 1 then 'the month before month_start' else back || ' months before month_start' end;
        execute format('comment on column mo_dashboard.kpi_months.value_%s is %L', to_char(back, 'FM00'), 'Value of ' || which
            || ', as fact_kpi.value: percent as 0 to 1. Null: see value_status_codes.');
        execute format('comment on column mo_dashboard.kpi_months.comparator_%s is %L', to_char(back, 'FM00'), 'Median of its peers in ' || which
            || ', itself included, as fact_kpi.comparator_value. Null: not compared, or too many peers suppressed.');
        execute format('comment on column mo_dashboard.kpi_months.target_%s is %L', to_char(back, 'FM00'), 'Target for the value of ' || which
            || ', as fact_kpi.target. Null: none is set.');
    end loop;
end
$comments$;
comment on column mo_dashboard.kpi_months.unit is 'percent (values are 0 to 1), ratio, rate, count, pounds or score.';
comment on column mo_dashboard.kpi_months.rate_per is 'What a rate is per: 10000 for incidents per 10,000 patients; 1 otherwise.';
comment on column mo_dashboard.kpi_months.decimals is 'Decimals to show.';
comment on column mo_dashboard.kpi_months.excel_format is 'Number format for Excel.';
comment on column mo_dashboard.kpi_months.direction_of_good is 'higher, lower or neither. A KPI with neither is never coloured.';
comment on column mo_dashboard.kpi_months.comparator_name is 'ICB median or National median: what comparator_00 to comparator_35 are. Null: not compared in any of the months.';
comment on column mo_dashboard.kpi_months.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.kpi_months.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.kpi_months.month_start is 'First day of the month: the latest, that of value_00. Null: no data.';
comment on column mo_dashboard.kpi_months.month_label_sort is 'Order of month_label: year and month as a number, 202604. Null: no data.';
comment on column mo_dashboard.kpi_months.family_label_sort is 'Order of family_label.';
comment on column mo_dashboard.kpi_months.data_kind_label is 'Synthetic data, Real data or Not stated: what the site says its data are.';
