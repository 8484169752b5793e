-- Exceptions of each organisation's latest month, found from the data, each with a sentence to begin from.
create or replace view mo_dashboard.exception with (security_barrier = true) as
    select
        e.org_key::integer as org_key,
        e.org_type::varchar(10) as org_type,
        e.org_code::varchar(12) as org_code,
        n.org_name::varchar(255) as org_name,
        e.kpi_id::varchar(40) as kpi_id,
        e.kpi_name::varchar(255) as kpi_name,
        e.month_start::date as month_start,
        e.reason_label::varchar(40) as reason_label,
        e.reason_sort::integer as reason_sort,
        e.exception_text::varchar(255) as exception_text,
        e.value::double precision as value,
        e.display_value::varchar(40) as display_value,
        e.target::double precision as target,
        e.run_id::integer as run_id,
        e.kpi_sort::integer as kpi_sort
    from mo_data.exception_now e
        left join mo_data.organisation_named n on n.org_key = e.org_key;
comment on view mo_dashboard.exception is
    'One row an organisation, KPI and reason: what stands out in the latest month, with a drafted sentence. Nothing is said of a figure that is '
    'suppressed or not due yet. '
    'Supports discussion of variation and is not performance management. Sort by org_code, reason_sort, kpi_sort.';
comment on column mo_dashboard.exception.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.exception.org_type is
    'practice, pcn, sub_icb, icb, region, nation or group. Look at one level at a time: levels contain each other.';
comment on column mo_dashboard.exception.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.exception.org_name is 'Name of the organisation.';
comment on column mo_dashboard.exception.kpi_id is 'Name of the KPI. Key of dim_kpi.';
comment on column mo_dashboard.exception.kpi_name is 'Full name of the KPI.';
comment on column mo_dashboard.exception.month_start is
    'First day of the month of the figure; of a restated return the last month of its quarter. Null: there are no data.';
comment on column mo_dashboard.exception.reason_label is
    'off target; special cause: concerning; special cause (a KPI without a good direction); outside peer limits (beyond the 99.8 % funnel '
    'limits); restated since submitted; data late; '
    'no data; no later figure (others have one). Sort by reason_sort.';
comment on column mo_dashboard.exception.reason_sort is 'Order of reason_label.';
comment on column mo_dashboard.exception.exception_text is 'A drafted sentence with the figures.';
comment on column mo_dashboard.exception.value is
    'Numerator / denominator times rate_per; percent as 0 to 1; the numerator for a count. Null: there is none.';
comment on column mo_dashboard.exception.display_value is 'Value as it is printed. Null: there is none.';
comment on column mo_dashboard.exception.target is 'Target for value. Null: none is set.';
comment on column mo_dashboard.exception.run_id is 'Number of the refresh that published the figure. Null: there is none.';
comment on column mo_dashboard.exception.kpi_sort is 'Row on the page: the order of KPI names.';
