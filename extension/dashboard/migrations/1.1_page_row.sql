-- From 1.0: the page stored ready to print (50_results/45_page.table.sql). 70_access/98_page_filled.sql fills it once its functions are there.
do $migration$
begin
    if to_regclass('mo_data.page_row') is not null then
        return;
    end if;
    create table mo_data.page_row (
        org_code varchar(12) not null,
        org_type varchar(10) not null,
        family_label varchar(30),
        kpi_sort integer,
        kpi_name varchar(255),
        month_label varchar(8),
        display_value varchar(40),
        display_target varchar(40),
        status_label varchar(20),
        rag varchar(10),
        display_change_on_month varchar(40),
        display_change_on_year varchar(40),
        display_peer_median varchar(40),
        display_position varchar(40),
        trend_spark varchar(12),
        exception_text varchar(255),
        data_to date,
        next_data_due date,
        kpi_id varchar(40) not null,
        org_key integer not null,
        month_start date,
        numerator double precision,
        denominator double precision,
        value double precision,
        value_status varchar(10),
        target double precision,
        value_lower double precision,
        value_upper double precision,
        change_on_month double precision,
        change_on_year double precision,
        comparator_value double precision,
        comparator_name varchar(20),
        peer_median_without_self double precision,
        peer_n integer,
        peer_rank integer,
        peer_decile integer,
        direction_of_good varchar(10),
        run_id integer,
        spc_variation_label varchar(40),
        spc_assurance_label varchar(40),
        display_interval varchar(40),
        kpi_short_name varchar(30),
        family_label_sort integer,
        significance_label varchar(30),
        month_label_sort integer,
        unsuppressed boolean,
        shown_from date not null,
        shown_to date not null
    );
    create index page_row_org_code on mo_data.page_row (org_code);
    create index page_row_org_key on mo_data.page_row (org_key, kpi_id);
    create index page_row_kpi on mo_data.page_row (kpi_id);
end
$migration$;
comment on table mo_data.page_row is
    'The rows of mo_dashboard.dashboard as they are printed: one an organisation and front-page KPI and, where these differ, for each span of days '
    'in which its state is another (not due, ok, stale), and for logins that see small numbers. Derived by page_replace().';
comment on column mo_data.page_row.org_code is 'As dashboard.org_code.';
comment on column mo_data.page_row.org_type is 'As dashboard.org_type.';
comment on column mo_data.page_row.family_label is 'As dashboard.family_label.';
comment on column mo_data.page_row.kpi_sort is 'As dashboard.kpi_sort.';
comment on column mo_data.page_row.kpi_name is 'As dashboard.kpi_name.';
comment on column mo_data.page_row.month_label is 'As dashboard.month_label.';
comment on column mo_data.page_row.display_value is 'As dashboard.display_value.';
comment on column mo_data.page_row.display_target is 'As dashboard.display_target.';
comment on column mo_data.page_row.status_label is 'As dashboard.status_label.';
comment on column mo_data.page_row.rag is 'As dashboard.rag.';
comment on column mo_data.page_row.display_change_on_month is 'As dashboard.display_change_on_month.';
comment on column mo_data.page_row.display_change_on_year is 'As dashboard.display_change_on_year.';
comment on column mo_data.page_row.display_peer_median is 'As dashboard.display_peer_median.';
comment on column mo_data.page_row.display_position is 'As dashboard.display_position.';
comment on column mo_data.page_row.trend_spark is 'As dashboard.trend_spark.';
comment on column mo_data.page_row.exception_text is 'As dashboard.exception_text.';
comment on column mo_data.page_row.data_to is 'As dashboard.data_to.';
comment on column mo_data.page_row.next_data_due is 'As dashboard.next_data_due.';
comment on column mo_data.page_row.kpi_id is 'As dashboard.kpi_id.';
comment on column mo_data.page_row.org_key is 'As dashboard.org_key.';
comment on column mo_data.page_row.month_start is 'As dashboard.month_start.';
comment on column mo_data.page_row.numerator is 'As dashboard.numerator.';
comment on column mo_data.page_row.denominator is 'As dashboard.denominator.';
comment on column mo_data.page_row.value is 'As dashboard.value.';
comment on column mo_data.page_row.value_status is 'As dashboard.value_status.';
comment on column mo_data.page_row.target is 'As dashboard.target.';
comment on column mo_data.page_row.value_lower is 'As dashboard.value_lower.';
comment on column mo_data.page_row.value_upper is 'As dashboard.value_upper.';
comment on column mo_data.page_row.change_on_month is 'As dashboard.change_on_month.';
comment on column mo_data.page_row.change_on_year is 'As dashboard.change_on_year.';
comment on column mo_data.page_row.comparator_value is 'As dashboard.comparator_value.';
comment on column mo_data.page_row.comparator_name is 'As dashboard.comparator_name.';
comment on column mo_data.page_row.peer_median_without_self is 'As dashboard.peer_median_without_self.';
comment on column mo_data.page_row.peer_n is 'As dashboard.peer_n.';
comment on column mo_data.page_row.peer_rank is 'As dashboard.peer_rank.';
comment on column mo_data.page_row.peer_decile is 'As dashboard.peer_decile.';
comment on column mo_data.page_row.direction_of_good is 'As dashboard.direction_of_good.';
comment on column mo_data.page_row.run_id is 'As dashboard.run_id.';
comment on column mo_data.page_row.spc_variation_label is 'As dashboard.spc_variation_label.';
comment on column mo_data.page_row.spc_assurance_label is 'As dashboard.spc_assurance_label.';
comment on column mo_data.page_row.display_interval is 'As dashboard.display_interval.';
comment on column mo_data.page_row.kpi_short_name is 'As dashboard.kpi_short_name.';
comment on column mo_data.page_row.family_label_sort is 'As dashboard.family_label_sort.';
comment on column mo_data.page_row.significance_label is 'As dashboard.significance_label.';
comment on column mo_data.page_row.month_label_sort is 'As dashboard.month_label_sort.';
comment on column mo_data.page_row.unsuppressed is 'For logins with sees_unsuppressed, or for the others. Null: the same for both.';
comment on column mo_data.page_row.shown_from is 'First day on which this is what the page says.';
comment on column mo_data.page_row.shown_to is 'First day on which it no longer is.';
