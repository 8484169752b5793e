-- mo_data by the catalogue: everything is commented, nothing of the layer belongs to the extension or needs it to hold its rows
\a
\t
create temporary view own as
    select c.oid, c.relname, c.relkind from pg_class c where c.relnamespace = 'mo_data'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition;
select 'no comment: ' || relname from own where coalesce(obj_description(oid, 'pg_class'), '') = '' order by 1;
select format('no comment: %s.%s', o.relname, a.attname) from own o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
where coalesce(col_description(o.oid, a.attnum), '') = '' order by 1;
create temporary view own_function as
    select p.oid, p.oid::regprocedure::text as signature, p.prokind, p.proconfig, p.prosqlbody, p.prosecdef, p.provolatile, p.proacl, p.prosrc from pg_proc p
    where p.pronamespace = 'mo_data'::regnamespace and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e');
select 'no comment: ' || signature from own_function where coalesce(obj_description(oid, 'pg_proc'), '') = '' order by 1;
-- functions are bound when made, or name their search path with pg_temp last; only the procedures that people write with run as their owner
select 'search path: ' || signature from own_function where prosqlbody is null and not coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false) order by 1;
select 'runs as its owner: ' || signature from own_function where prosecdef order by 1;
-- what PUBLIC may call reads no table: it is immutable, or makes text (to_char is stable)
select 'PUBLIC may call ' || signature from own_function where (proacl is null or exists (select from aclexplode(proacl) a where a.grantee = 0)) and provolatile <> 'i'
    and signature !~ '^mo_data[.]display_(value|change|interval)[(]' order by 1;
select 'PUBLIC may read ' || relname from pg_class c where relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
    and exists (select from aclexplode(c.relacl) a where a.grantee = 0) order by 1;
select 'PUBLIC may use schema ' || nspname from pg_namespace n where nspname in ('mo_data', 'mo_dashboard') and exists (select from aclexplode(n.nspacl) a where a.grantee = 0);
-- no table, view or function of the layer is a member of the extension, and no table depends on it
select 'member of the extension: ' || pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d
where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass and d.refobjid = (select oid from pg_extension where extname = 'mo_dashboard')
    and (d.classid, d.objid) in (select 'pg_class'::regclass::oid, c.oid from pg_class c where c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
        union all select 'pg_proc'::regclass, p.oid from pg_proc p where p.pronamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)) order by 1;
select format('type of the extension: %s.%s', o.relname, a.attname) from own o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0
    join pg_type t on t.oid = a.atttypid where t.typnamespace = 'mo'::regnamespace and o.relkind in ('r', 'p') order by 1;
select 'default or constraint that needs mo: ' || pg_describe_object(d.classid, d.objid, d.objsubid) from pg_depend d join pg_proc p on p.oid = d.refobjid
where d.refclassid = 'pg_proc'::regclass and p.pronamespace = 'mo'::regnamespace and d.classid in ('pg_attrdef'::regclass, 'pg_constraint'::regclass) order by 1;
-- types that block pg_upgrade
select format('regproc: %s.%s', o.relname, a.attname) from own o join pg_attribute a on a.attrelid = o.oid and a.attnum > 0 and not a.attisdropped
where o.relkind in ('r', 'p') and a.atttypid in ('regproc'::regtype, 'regprocedure'::regtype, 'regoper'::regtype, 'regoperator'::regtype) order by 1;
-- every KPI's functions keep the contract
select kpi_id, mo_data.kpi_function(kpi_id, true) as records, mo_data.kpi_function(kpi_id, false) as total from mo_data.kpi where not is_shared order by 1;
select distinct mo_data.kpi_function(kpi_id, true) as records, mo_data.kpi_function(kpi_id, false) as total from mo_data.kpi where is_shared order by 1;
drop view own, own_function;
