create or replace view mo_dashboard.access_map with (security_barrier = true) as
    select
        a.role_name::varchar(63) as role_name,
        a.org_key::integer as org_key
    from (
            select k.role_name, k.org_key from mo_data.access_key k
            union all
            select s.role_name, null from mo_data.access_scope s where s.org_code is null
        ) a
        join pg_catalog.pg_roles r on r.rolname = a.role_name
    where (select m.sees_all from mo_data.my_reach m) or pg_catalog.pg_has_role(session_user, r.oid, 'member');
comment on view mo_dashboard.access_map is
    'Who sees what: one row a role and organisation that it sees, as mo_data.access_scope says, spelt out. An imported Power BI model sees the '
    'database as one login; this is what its own roles filter by. A login that sees every organisation sees every role here, any other its own.';
comment on column mo_dashboard.access_map.role_name is 'Role of the database, and of the Power BI model that modash powerbi writes.';
comment on column mo_dashboard.access_map.org_key is 'Key of dim_organisation: an organisation it sees. Null: it sees every organisation.';
