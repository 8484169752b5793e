-- The dashboard layer: made by the extension, owned by the site.

create function mo.version() returns pg_catalog.text
    language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_version';
comment on function mo.version() is
    'Version of the loaded mo_dashboard library.';

create procedure mo.create_dashboard()
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_create_dashboard';
comment on procedure mo.create_dashboard() is
    'Makes the schemas mo_data and mo_dashboard with all their tables, functions and views, in the caller''s transaction, with '
    'the caller''s rights and owned by the caller. They are ordinary objects, not members of the extension. An error if they exist.';

create procedure mo.update_dashboard()
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_update_dashboard';
comment on procedure mo.update_dashboard() is
    'Brings an existing layer to this version: migrations for tables, CREATE OR REPLACE for views and functions, never CASCADE. '
    'Run it after ALTER EXTENSION mo_dashboard UPDATE. Safe to run again.';
