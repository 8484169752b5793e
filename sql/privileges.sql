-- Every table, view, sequence, type and function of the three schemas, and who may use it: the list is expected/privileges.out, so that what is new
-- fails here until somebody has read its rights and accepted it. (What readers find out by using them: access.)
\a
\t
begin;
set local client_min_messages = warning;
create role mo_list_reader;
create role mo_list_records;
select mo_data.grant_reader('mo_list_reader');
select mo_data.grant_records('mo_list_records');
create temporary view entry as
    select n.nspname::text as schema, case c.relkind when 'v' then 'view' when 'm' then 'materialised view' when 'S' then 'sequence' when 'f' then 'foreign table' else 'table' end as kind,
        c.relname::text as name, coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)) as acl, c.relowner as owner
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('mo', 'mo_data', 'mo_dashboard') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not c.relispartition
    union all
    select n.nspname, case p.prokind when 'a' then 'aggregate' when 'w' then 'window function' when 'p' then 'procedure' else 'function' end,
        format('%s(%s)%s', p.proname, oidvectortypes(p.proargtypes), case when p.prosecdef then ' as its owner' else '' end),
        coalesce(p.proacl, acldefault('f', p.proowner)), p.proowner
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('mo', 'mo_data', 'mo_dashboard')
        and not exists (select from pg_depend d where n.nspname = 'mo_data' and d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    union all
    select n.nspname, 'type', t.typname, coalesce(t.typacl, acldefault('T', t.typowner)), t.typowner
    from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where n.nspname in ('mo', 'mo_data', 'mo_dashboard') and t.typelem = 0 and t.typrelid = 0
    union all
    select n.nspname, 'schema', '', coalesce(n.nspacl, acldefault('n', n.nspowner)), n.nspowner
    from pg_namespace n where n.nspname in ('mo', 'mo_data', 'mo_dashboard');
-- who but the owner, and what: PUBLIC, what grant_reader() gives, what grant_records() gives
create temporary view allowed as
    select e.schema, e.kind, e.name, coalesce((
        select string_agg(format('%s: %s', g.who, g.what), '; ' order by g.who)
        from (select case a.grantee when 0 then 'everybody' else a.grantee::regrole::text end as who, string_agg(lower(a.privilege_type), ' ' order by a.privilege_type) as what
            from aclexplode(e.acl) a where a.grantee <> e.owner group by a.grantee) g), 'nobody else') as who
    from entry e;
create function pg_temp.listed() returns setof text language plpgsql as $$
declare
    g record;
begin
    for g in select a.schema, a.kind, a.who, array_agg(a.name order by a.name collate "C") as names from allowed a group by 1, 2, 3 order by a.schema collate "C", a.kind collate "C", a.who collate "C" loop
        return next format('== %s, %s: %s', g.schema, g.kind, g.who);
        return query select '   ' || x from unnest(g.names) x where x <> '';
    end loop;
end $$;
select * from pg_temp.listed();
-- columns apart: which readers may name as keys
select format('%s.%s: %s', c.relnamespace::regnamespace, c.relname, string_agg(distinct a.attname || ' ' || lower(x.privilege_type) || ' by ' || case x.grantee when 0 then 'everybody' else x.grantee::regrole::text end, ', '))
from pg_class c join pg_attribute a on a.attrelid = c.oid cross join aclexplode(a.attacl) x
where c.relnamespace in ('mo'::regnamespace, 'mo_data'::regnamespace, 'mo_dashboard'::regnamespace) and not c.relispartition
    and not (x.privilege_type = 'REFERENCES' and x.grantee in ('mo_list_reader'::regrole, 'mo_list_records'::regrole)
        and c.relnamespace = 'mo_dashboard'::regnamespace and a.attname in ('org_key', 'kpi_id', 'day_date', 'source_name'))
group by c.oid, c.relnamespace, c.relname order by 1;
-- rights of later objects are not given in advance
select 'default privileges: ' || defaclnamespace::regnamespace || ' ' || defaclacl::text from pg_default_acl
where defaclnamespace in ('mo'::regnamespace, 'mo_data'::regnamespace, 'mo_dashboard'::regnamespace);

-- What a reader's query really calls: every function that a published view reaches, through views, functions and aggregates. Whoever reads a view
-- must be allowed to call them; they are C or SQL bound when it was made, not volatile, and run as the reader.
create temporary view reached as
    with recursive r (classid, objid) as (
        select 'pg_class'::regclass::oid, c.oid from pg_class c where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v'
        union
        select x.refclassid, x.refobjid from r cross join lateral (
            select d.refclassid, d.refobjid from pg_depend d where d.classid = r.classid and d.objid = r.objid and r.classid = 'pg_proc'::regclass
            union all
            select d.refclassid, d.refobjid from pg_rewrite w join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
            where r.classid = 'pg_class'::regclass and w.ev_class = r.objid) x
        where x.refclassid in ('pg_class'::regclass, 'pg_proc'::regclass)
    )
    select p.*, l.lanname from r join pg_proc p on r.classid = 'pg_proc'::regclass and p.oid = r.objid join pg_language l on l.oid = p.prolang
    where p.pronamespace in ('mo'::regnamespace, 'mo_data'::regnamespace, 'mo_dashboard'::regnamespace);
select count(*) > 40 as reaches from reached;
select 'readers cannot call: ' || oid::regprocedure from reached where not has_function_privilege('mo_list_reader', oid, 'execute') order by 1;
select 'not C and not bound: ' || oid::regprocedure || ' (' || lanname || ')' from reached where lanname <> 'c' and prosqlbody is null and prokind <> 'a' order by 1;
select 'volatile, or not as the reader: ' || oid::regprocedure from reached where provolatile = 'v' or prosecdef order by 1;
-- what everybody may call in mo_data, though no view does: text and figures made of the arguments, as layer_catalogue asks
select 'everybody may call: ' || p.oid::regprocedure from pg_proc p
where p.pronamespace = 'mo_data'::regnamespace and has_function_privilege('public', p.oid, 'execute') and p.oid not in (select oid from reached)
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') order by 1;
rollback;
