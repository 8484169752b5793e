create or replace view mo_dashboard.dim_source as
    select
        s.source::varchar(40) as source_name,
        s.title::varchar(255) as source_title,
        s.system::varchar(100) as source_system,
        s.sort::integer as source_sort,
        s.cadence::varchar(10) as cadence,
        s.expected_lag_days::integer as expected_lag_days,
        s.target_table::varchar(40) as target_table,
        case
            when s.replaces = 'whole' then 'The whole register'
            when s.replaces = 'key' then 'Rows of the same key'
            when s.replaces = 'delta' then 'Nothing: its rows are changes'
            when s.replaces like 'month:%' then 'The months it has, by ' || replace(split_part(s.replaces, ':', 2), '_', ' ')
            when s.replaces like 'each:%' then 'Rows of each ' || replace(split_part(s.replaces, ':', 2), '_', ' ') || ' it has'
            else 'What it publishes again'
        end::varchar(100) as replaces_label
    from mo_data.source s;
comment on view mo_dashboard.dim_source is 'One row a source: a kind of file that is loaded, where it comes from and when the next is expected. Its state is in data_status.';
comment on column mo_dashboard.dim_source.source_name is 'Name of the source. Key.';
comment on column mo_dashboard.dim_source.source_title is 'What the files hold.';
comment on column mo_dashboard.dim_source.source_system is 'System the files come from.';
comment on column mo_dashboard.dim_source.source_sort is 'Order of sources.';
comment on column mo_dashboard.dim_source.cadence is 'How often a new period comes: daily, monthly, quarterly, annual or as_needed.';
comment on column mo_dashboard.dim_source.expected_lag_days is 'Days after the end of a period when it can be complete. Null: no regular date.';
comment on column mo_dashboard.dim_source.target_table is 'Table of mo_data that its rows are kept in.';
comment on column mo_dashboard.dim_source.replaces_label is 'What of earlier files a new file takes the place of.';
