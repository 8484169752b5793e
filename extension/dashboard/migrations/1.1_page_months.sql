-- From 1.0: the months of the page (50_results/46_page_months.table.sql). 70_access/98_page_filled.sql fills it once its functions are there.
do $migration$
begin
    if to_regclass('mo_data.page_months') is not null then
        return;
    end if;
    create table mo_data.page_months (
        org_code varchar(12) not null,
        org_type varchar(10) not null,
        family_label varchar(30),
        kpi_sort integer,
        kpi_name varchar(255),
        kpi_short_name varchar(30),
        month_label varchar(8),
        value_status_days date[] not null,
        value_status_codes varchar(36) not null,
        unit varchar(10),
        rate_per double precision,
        decimals integer,
        excel_format varchar(30),
        direction_of_good varchar(10),
        comparator_name varchar(20),
        kpi_id varchar(40) not null,
        org_key integer not null,
        month_start date,
        month_label_sort integer,
        family_label_sort integer,
        unsuppressed boolean,
        value_35 double precision, value_34 double precision, value_33 double precision, value_32 double precision, value_31 double precision,
        value_30 double precision, value_29 double precision, value_28 double precision, value_27 double precision, value_26 double precision,
        value_25 double precision, value_24 double precision, value_23 double precision, value_22 double precision, value_21 double precision,
        value_20 double precision, value_19 double precision, value_18 double precision, value_17 double precision, value_16 double precision,
        value_15 double precision, value_14 double precision, value_13 double precision, value_12 double precision, value_11 double precision,
        value_10 double precision, value_09 double precision, value_08 double precision, value_07 double precision, value_06 double precision,
        value_05 double precision, value_04 double precision, value_03 double precision, value_02 double precision, value_01 double precision,
        value_00 double precision, comparator_35 double precision, comparator_34 double precision, comparator_33 double precision,
        comparator_32 double precision, comparator_31 double precision, comparator_30 double precision, comparator_29 double precision,
        comparator_28 double precision, comparator_27 double precision, comparator_26 double precision, comparator_25 double precision,
        comparator_24 double precision, comparator_23 double precision, comparator_22 double precision, comparator_21 double precision,
        comparator_20 double precision, comparator_19 double precision, comparator_18 double precision, comparator_17 double precision,
        comparator_16 double precision, comparator_15 double precision, comparator_14 double precision, comparator_13 double precision,
        comparator_12 double precision, comparator_11 double precision, comparator_10 double precision, comparator_09 double precision,
        comparator_08 double precision, comparator_07 double precision, comparator_06 double precision, comparator_05 double precision,
        comparator_04 double precision, comparator_03 double precision, comparator_02 double precision, comparator_01 double precision,
        comparator_00 double precision, target_35 double precision, target_34 double precision, target_33 double precision,
        target_32 double precision, target_31 double precision, target_30 double precision, target_29 double precision, target_28 double precision,
        target_27 double precision, target_26 double precision, target_25 double precision, target_24 double precision, target_23 double precision,
        target_22 double precision, target_21 double precision, target_20 double precision, target_19 double precision, target_18 double precision,
        target_17 double precision, target_16 double precision, target_15 double precision, target_14 double precision, target_13 double precision,
        target_12 double precision, target_11 double precision, target_10 double precision, target_09 double precision, target_08 double precision,
        target_07 double precision, target_06 double precision, target_05 double precision, target_04 double precision, target_03 double precision,
        target_02 double precision, target_01 double precision, target_00 double precision
    );
    create index page_months_org_code on mo_data.page_months (org_code);
    create index page_months_org_key on mo_data.page_months (org_key, kpi_id);
    create index page_months_kpi on mo_data.page_months (kpi_id);
end
$migration$;
comment on table mo_data.page_months is
    'The rows of mo_dashboard.kpi_months: one an organisation and front-page KPI and, where these differ, for logins that see small numbers. Derived by '
    'page_months_replace().';
comment on column mo_data.page_months.org_code is 'As kpi_months.org_code.';
comment on column mo_data.page_months.org_type is 'As kpi_months.org_type.';
comment on column mo_data.page_months.family_label is 'As kpi_months.family_label.';
comment on column mo_data.page_months.kpi_sort is 'As kpi_months.kpi_sort.';
comment on column mo_data.page_months.kpi_name is 'As kpi_months.kpi_name.';
comment on column mo_data.page_months.kpi_short_name is 'As kpi_months.kpi_short_name.';
comment on column mo_data.page_months.month_label is 'As kpi_months.month_label.';
comment on column mo_data.page_months.value_status_days is 'Days on which a state changes, in order: a month comes to be due, and on the last one the latest is stale. Those after the first day of the latest month.';
comment on column mo_data.page_months.value_status_codes is 'As kpi_months.value_status_codes when all months are due and none is stale.';
comment on column mo_data.page_months.unit is 'As kpi_months.unit.';
comment on column mo_data.page_months.rate_per is 'As kpi_months.rate_per.';
comment on column mo_data.page_months.decimals is 'As kpi_months.decimals.';
comment on column mo_data.page_months.excel_format is 'As kpi_months.excel_format.';
comment on column mo_data.page_months.direction_of_good is 'As kpi_months.direction_of_good.';
comment on column mo_data.page_months.comparator_name is 'As kpi_months.comparator_name.';
comment on column mo_data.page_months.kpi_id is 'As kpi_months.kpi_id.';
comment on column mo_data.page_months.org_key is 'As kpi_months.org_key.';
comment on column mo_data.page_months.month_start is 'As kpi_months.month_start.';
comment on column mo_data.page_months.month_label_sort is 'As kpi_months.month_label_sort.';
comment on column mo_data.page_months.family_label_sort is 'As kpi_months.family_label_sort.';
comment on column mo_data.page_months.unsuppressed is 'For logins with sees_unsuppressed, or for the others. Null: the same for both.';
do $comments$ -- 108 columns that say the same of a month each
begin
    for back in 0 .. 35 loop
        execute format('comment on column mo_data.page_months.value_%1$s is %2$L', to_char(back, 'FM00'), 'As kpi_months.value_' || to_char(back, 'FM00') || '.');
        execute format('comment on column mo_data.page_months.comparator_%1$s is %2$L', to_char(back, 'FM00'), 'As kpi_months.comparator_' || to_char(back, 'FM00') || '.');
        execute format('comment on column mo_data.page_months.target_%1$s is %2$L', to_char(back, 'FM00'), 'As kpi_months.target_' || to_char(back, 'FM00') || '.');
    end loop;
end
$comments$;
