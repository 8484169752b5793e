create or replace view mo_dashboard.data_dictionary as
    select
        c.relname::varchar(63) as view_name,
        coalesce(a.attnum, 0)::integer as column_sort,
        a.attname::varchar(63) as column_name,
        pg_catalog.format_type(a.atttypid, a.atttypmod)::varchar(40) as data_type,
        coalesce(pg_catalog.col_description(c.oid, a.attnum), pg_catalog.obj_description(c.oid, 'pg_class'))::text as description_narrative
    from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = 'mo_dashboard'
        join lateral (
            select null::smallint as attnum, null::name as attname, null::oid as atttypid, null::integer as atttypmod
            union all
            select x.attnum, x.attname, x.atttypid, x.atttypmod
            from pg_catalog.pg_attribute x where x.attrelid = c.oid and x.attnum > 0 and not x.attisdropped
        ) a on true
    where c.relkind = 'v';
comment on view mo_dashboard.data_dictionary is
    'One row a published view (column_sort 0) and one a column of it: what it means, from the comments in the database.';
comment on column mo_dashboard.data_dictionary.view_name is 'Published view.';
comment on column mo_dashboard.data_dictionary.column_sort is 'Place of the column in the view; 0 is the view itself.';
comment on column mo_dashboard.data_dictionary.column_name is 'Column. Null: the row describes the view.';
comment on column mo_dashboard.data_dictionary.data_type is 'Type of the column. Null: the row is of a view.';
comment on column mo_dashboard.data_dictionary.description_narrative is 'What it means. Narrative.';
