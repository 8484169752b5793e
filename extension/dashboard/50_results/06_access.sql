-- What the session may see. Views ask these two, so that scope is decided in one place.
create or replace view mo_data.my_reach as
    select
        pg_catalog.pg_has_role(session_user, n.nspowner, 'member')
            or exists (
                select from mo_data.access_scope s join pg_catalog.pg_roles r on r.rolname = s.role_name
                where s.org_code is null and pg_catalog.pg_has_role(session_user, r.oid, 'member')) as sees_all,
        exists (
            select from mo_data.access_scope s join pg_catalog.pg_roles r on r.rolname = s.role_name
            where s.org_code is null and s.sees_unsuppressed
                and case when u.rolsuper then s.role_name = session_user else pg_catalog.pg_has_role(session_user, r.oid, 'member') end)
            as sees_all_unsuppressed,
        exists (
            select from mo_data.access_scope s join pg_catalog.pg_roles r on r.rolname = s.role_name
            where s.org_code is not null and s.sees_unsuppressed
                and case when u.rolsuper then s.role_name = session_user else pg_catalog.pg_has_role(session_user, r.oid, 'member') end)
            as sees_some_unsuppressed
    from pg_catalog.pg_namespace n join pg_catalog.pg_roles u on u.rolname = session_user where n.nspname = 'mo_data';
comment on view mo_data.my_reach is
    'One row: whether the session''s login sees every organisation. The owner of the layer does, and whoever has a row of access_scope without '
    'a code. A view and not a function, because a function in a view runs with the reader''s rights.';
comment on column mo_data.my_reach.sees_all is 'It sees every organisation.';
comment on column mo_data.my_reach.sees_all_unsuppressed is
    'It sees the small numbers of every organisation: a row of access_scope without a code says so. Owning the layer is not enough, because '
    'pages and workbooks are handed on; nor is being a superuser, who is a member of every role: the row must be of its own name.';
comment on column mo_data.my_reach.sees_some_unsuppressed is 'Likewise of some organisations (my_organisation).';

create or replace view mo_data.my_organisation as
    select a.org_key, bool_or(a.may_open_records) as may_open_records,
        bool_or(a.sees_unsuppressed and (not u.rolsuper or a.role_name = session_user)) as sees_unsuppressed
    from mo_data.access_key a
        join pg_catalog.pg_roles r on r.rolname = a.role_name
        join pg_catalog.pg_roles u on u.rolname = session_user
    where pg_catalog.pg_has_role(session_user, r.oid, 'member')
    group by a.org_key;
comment on view mo_data.my_organisation is 'Organisations the session''s login sees through access_scope rows with a code, its own roles'' and those it is a member of.';
comment on column mo_data.my_organisation.org_key is 'Organisation.';
comment on column mo_data.my_organisation.may_open_records is 'The login may open its records.';
comment on column mo_data.my_organisation.sees_unsuppressed is 'The login sees its small numbers.';
