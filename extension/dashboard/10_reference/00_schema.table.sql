-- The two schemas of the layer, and what is known of the layer itself.
create schema mo_data;
comment on schema mo_data is
    'What is loaded, how it is counted, and the results: tables of the medicines optimisation dashboard, owned by the site.';
revoke all on schema mo_data from public;

create schema mo_dashboard;
comment on schema mo_dashboard is
    'The published contract of the medicines optimisation dashboard: plain views that Power BI, Excel and analysts read.';
revoke all on schema mo_dashboard from public;

create table mo_data.layer (
    version varchar(20) primary key,
    installed_at timestamptz not null default pg_catalog.clock_timestamp()
);
comment on table mo_data.layer is 'The versions of the dashboard layer this database has had; the last installed is the present one.';
comment on column mo_data.layer.version is 'Version of mo_dashboard that made or updated the layer.';
comment on column mo_data.layer.installed_at is 'When that happened.';
