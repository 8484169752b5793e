-- What the session may see. Views ask these two, so that scope is decided in one place.
-- Roles are looked up by name (a role that is gone has no number, and nobody is a member of it), not joined: the planner went over pg_roles seven times
-- a query, which cost a card five times what it takes to plan now. access_key has the roles of access_scope and no others (access_key_sync).
-- A superuser is a member of every role: what goes beyond the published figures counts for him only under his own name.
create or replace view mo_data.my_reach as
    select
        pg_catalog.pg_has_role(session_user, n.nspowner, 'member')
            or exists (
                select from mo_data.access_scope s
                where s.org_code is null
                    and pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole(pg_catalog.quote_ident(s.role_name)), 'member')) as sees_all,
        exists (
            select from mo_data.access_scope s
            where s.org_code is null and s.may_open_records
                and pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole(pg_catalog.quote_ident(s.role_name)), 'member')
                and (s.role_name = session_user
                    or not (select u.rolsuper from pg_catalog.pg_roles u where u.rolname = session_user))) as opens_all_records
    from pg_catalog.pg_namespace n where n.nspname = 'mo_data';
comment on view mo_data.my_reach is
    'One row: whether the session''s login sees every organisation. The owner of the layer does, and whoever has a row of access_scope without '
    'a code. A view and not a function, because a function in a view runs with the reader''s rights.';
comment on column mo_data.my_reach.sees_all is 'It sees every organisation.';
comment on column mo_data.my_reach.opens_all_records is 'It may open the records of every organisation through open_kpi_record() and open_worklist().';

create or replace view mo_data.my_organisation as
    select a.org_key,
        bool_or(a.may_open_records and (a.role_name = session_user
            or not (select u.rolsuper from pg_catalog.pg_roles u where u.rolname = session_user))) as may_open_records,
        bool_or(a.sees_unsuppressed and (a.role_name = session_user
            or not (select u.rolsuper from pg_catalog.pg_roles u where u.rolname = session_user))) as sees_unsuppressed
    from mo_data.access_key a
    where a.role_name = any (array(
        select s.role_name from mo_data.access_scope s
        where pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole(pg_catalog.quote_ident(s.role_name)), 'member')))
    group by a.org_key;
comment on view mo_data.my_organisation is 'Organisations the session''s login sees through access_scope rows with a code, its own roles'' and those it is a member of.';
comment on column mo_data.my_organisation.org_key is 'Organisation.';
comment on column mo_data.my_organisation.may_open_records is 'The login may open its records.';
comment on column mo_data.my_organisation.sees_unsuppressed is 'The login sees its small numbers.';

create or replace view mo_data.my_unsuppressed as
    select a.org_key
    from mo_data.access_key a
    where a.sees_unsuppressed and a.role_name = any (array(
        select s.role_name from mo_data.access_scope s
        where s.sees_unsuppressed
            and pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole(pg_catalog.quote_ident(s.role_name)), 'member')
            and (s.role_name = session_user or not (select u.rolsuper from pg_catalog.pg_roles u where u.rolname = session_user))))
    union all
    select k.org_key
    from mo_data.organisation_key k
    where exists (
        select from mo_data.access_scope s
        where s.org_code is null and s.sees_unsuppressed
            and pg_catalog.pg_has_role(session_user, pg_catalog.to_regrole(pg_catalog.quote_ident(s.role_name)), 'member')
            and (s.role_name = session_user or not (select u.rolsuper from pg_catalog.pg_roles u where u.rolname = session_user)));
comment on view mo_data.my_unsuppressed is
    'Organisations whose small numbers the session''s login sees: access_scope rows with sees_unsuppressed. Owning the layer is not enough, '
    'because pages and workbooks are handed on; nor is being a superuser.';
comment on column mo_data.my_unsuppressed.org_key is 'Organisation.';

-- What a view asks of each row before it is shown has to come before what the reader asks of it: where a reader's operator cannot fail (float8eq), the
-- planner asks what costs less first, and EXPLAIN would tell whether a row that is not shown meets the reader's condition. A subscript costs it nothing.
create or replace view mo_data.my_organisation_keys as
    select ('[' || min(k.org_key) || ':' || max(k.org_key) || ']={' -- as text, in a third of the time of an aggregate over all numbers
        || string_agg(repeat('f,', k.org_key - k.before - 1) || 't', ',' order by k.org_key) || '}')::boolean[] as keys
    from (select m.org_key, lag(m.org_key, 1, m.org_key - 1) over (order by m.org_key) as before from mo_data.my_organisation m) k;
comment on view mo_data.my_organisation_keys is
    'my_organisation as one array for published views, which ask keys[org_key], true where the session''s login sees the organisation: no operator, which the planner might put '
    'after a reader''s own condition.';
comment on column mo_data.my_organisation_keys.keys is 'At the place of each org_key whether it is seen, from the first to the last that is. Null: none.';

create or replace view mo_data.my_unsuppressed_keys as
    select ('[' || min(k.org_key) || ':' || max(k.org_key) || ']={'
        || string_agg(repeat('f,', k.org_key - k.before - 1) || 't', ',' order by k.org_key) || '}')::boolean[] as keys
    from (
        select m.org_key, lag(m.org_key, 1, m.org_key - 1) over (order by m.org_key) as before
        from (select distinct u.org_key from mo_data.my_unsuppressed u) m
    ) k;
comment on view mo_data.my_unsuppressed_keys is 'my_unsuppressed as one array for published views, as my_organisation_keys.';
comment on column mo_data.my_unsuppressed_keys.keys is 'At the place of each org_key whether its small numbers are seen, from the first to the last. Null: none.';

-- Rows of access_scope spelt out. Whoever belongs elsewhere after a refresh is seen by others.
create or replace function mo_data.access_key_sync()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    with member as ( -- of groups, whenever; what a group is called that is called like an organisation is that organisation's
        select g.group_code, k.org_key, bool_or(g.valid_from <= current_date and (g.valid_to is null or g.valid_to > current_date)) as is_today
        from mo_data.organisation_group g left join mo_data.organisation_key k on k.org_code = g.org_code and k.org_type <> 'group'
        where not exists (select from mo_data.organisation o where o.org_code = g.group_code)
        group by g.group_code, k.org_key
    ), scope as (
        select s.role_name, s.may_open_records, s.sees_unsuppressed, k.org_key
        from mo_data.access_scope s
            join mo_data.organisation_key k
                on s.org_code in (k.org_code, k.pcn_code, k.sub_icb_code, k.icb_code, k.region_code, k.nation_code)
        where k.org_type <> 'group' or exists (select from member m where m.group_code = k.org_code)
        union all
        select s.role_name, s.may_open_records, s.sees_unsuppressed, m.org_key
        from mo_data.access_scope s join member m on m.group_code = s.org_code and m.is_today and m.org_key is not null
    ), spelt_out as (
        select c.role_name, c.org_key, bool_or(c.may_open_records) as may_open_records, bool_or(c.sees_unsuppressed) as sees_unsuppressed
        from scope c group by c.role_name, c.org_key
    ), wanted as materialized (
        select w.role_name, w.org_key, w.may_open_records, w.sees_unsuppressed from spelt_out w
        union -- a group all of whose members it sees, those of earlier months too: the group's figure less theirs would be another's
        select r.role_name, k.org_key, bool_and(w.may_open_records), bool_and(w.sees_unsuppressed)
        from (select distinct x.role_name from spelt_out x) r
            cross join member m
            join mo_data.organisation_key k on k.org_code = m.group_code and k.org_type = 'group'
            left join spelt_out w on w.role_name = r.role_name and w.org_key = m.org_key
        where not exists (select from spelt_out o where o.role_name = r.role_name and o.org_key = k.org_key)
        group by r.role_name, k.org_key
        having bool_and(w.org_key is not null)
    ), gone as (
        delete from mo_data.access_key a
        where not exists (select from wanted w where w.role_name = a.role_name and w.org_key = a.org_key)
    )
    insert into mo_data.access_key as a (role_name, org_key, may_open_records, sees_unsuppressed)
    select w.role_name, w.org_key, w.may_open_records, w.sees_unsuppressed from wanted w
    on conflict (role_name, org_key) do update
        set may_open_records = excluded.may_open_records, sees_unsuppressed = excluded.sees_unsuppressed
        where (a.may_open_records, a.sees_unsuppressed) is distinct from (excluded.may_open_records, excluded.sees_unsuppressed);
end
    $$;
revoke all on function mo_data.access_key_sync() from public;
comment on function mo_data.access_key_sync() is
    'Brings access_key in line with access_scope: each organisation with all that belongs to it now, each group with its members of today, '
    'and groups all of whose members, of whatever time, a role sees. Writes only what differs. Part of granting, revoking and refresh().';
