-- What the catalogue says of the extension must be true and complete: every aggregate, function and type of schema mo
\a
\t
-- every function, aggregate, procedure and type of the extension is commented
select 'no comment: ' || p.oid::regprocedure from pg_proc p
where p.pronamespace = 'mo'::regnamespace and obj_description(p.oid, 'pg_proc') is null order by 1;
select 'no comment: ' || t.oid::regtype from pg_type t
where t.typnamespace = 'mo'::regnamespace and t.typelem = 0 and obj_description(t.oid, 'pg_type') is null order by 1;
-- every aggregate that is not window-only has a combine function, is parallel safe, and its state is a real type
select 'not mergeable: ' || a.aggfnoid from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
where p.pronamespace = 'mo'::regnamespace
    and (a.aggcombinefn = 0 or p.proparallel <> 's' or (select typtype from pg_type where oid = a.aggtranstype) = 'p')
order by 1;
-- what a sharded server (Citus) asks before it sends an aggregate to its shards: rows in any order, parts of it that travel from server to server,
-- in text and binary, and that mean there what they meant here
select 'rows must come in order: ' || a.aggfnoid from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
where p.pronamespace = 'mo'::regnamespace and a.aggkind <> 'n' order by 1;
select format('state of %s cannot travel: %s', a.aggfnoid, a.aggtranstype::regtype)
from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid join pg_type t on t.oid = a.aggtranstype left join pg_type e on e.oid = t.typelem
where p.pronamespace = 'mo'::regnamespace
    and (0 in (t.typsend, t.typreceive, t.typinput, t.typoutput) or e.typsend = 0 or e.typreceive = 0) order by 1;
select format('%s of %s is not immutable', f.oid::regprocedure, a.aggfnoid)
from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
    join pg_type t on t.oid = a.aggtranstype left join pg_type e on e.oid = t.typelem
    join pg_proc f on f.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
        or f.pronamespace = 'mo'::regnamespace
            and f.oid in (t.typsend, t.typreceive, t.typinput, t.typoutput, e.typsend, e.typreceive, e.typinput, e.typoutput)
where p.pronamespace = 'mo'::regnamespace and f.provolatile <> 'i' order by 1;
-- final functions leave the state as it is, so that OVER works
select 'final function may change the state: ' || a.aggfnoid from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
where p.pronamespace = 'mo'::regnamespace and a.aggfinalfn <> 0 and a.aggfinalmodify <> 'r' order by 1;
-- an aggregate's support functions are as safe as it says
select 'support function not parallel safe: ' || f.oid::regprocedure
from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
    join pg_proc f on f.oid in (a.aggtransfn, a.aggfinalfn, a.aggcombinefn, a.aggmtransfn, a.aggminvtransfn, a.aggmfinalfn)
where p.pronamespace = 'mo'::regnamespace and f.proparallel <> 's' order by 1;
-- every function is parallel safe, and nothing is volatile, but the two procedures and the one that fills a table; nothing claims to be leak-proof or runs as its owner
select 'not parallel safe: ' || oid::regprocedure from pg_proc
where pronamespace = 'mo'::regnamespace and prokind in ('f', 'w') and proparallel <> 's' and proname <> 'rolled_up_into' order by 1;
select 'volatile: ' || oid::regprocedure from pg_proc
where pronamespace = 'mo'::regnamespace and prokind in ('f', 'w') and provolatile = 'v' and proname <> 'rolled_up_into' order by 1;
select 'leak-proof or security definer: ' || oid::regprocedure from pg_proc
where pronamespace = 'mo'::regnamespace and (proleakproof or prosecdef) order by 1;
-- C functions, or SQL bound when it was created
select 'neither C nor a bound SQL body: ' || p.oid::regprocedure from pg_proc p join pg_language l on l.oid = p.prolang
where p.pronamespace = 'mo'::regnamespace and p.prokind <> 'a' and l.lanname <> 'c' and p.prosqlbody is null order by 1;
-- arguments have names, so that calls can be read
select 'unnamed argument: ' || p.oid::regprocedure from pg_proc p
where p.pronamespace = 'mo'::regnamespace and p.pronargs > 0 and (p.proargnames is null or '' = any (p.proargnames))
    and not exists (select from pg_type t where p.oid in (t.typinput, t.typoutput, t.typreceive, t.typsend, t.typmodin, t.typmodout)) order by 1;
-- a type of ours has send and receive functions
select 'no binary form: ' || t.oid::regtype from pg_type t
where t.typnamespace = 'mo'::regnamespace and t.typtype = 'b' and t.typelem = 0 and (t.typsend = 0 or t.typreceive = 0) order by 1;
-- the extension owns everything in mo and nothing elsewhere
select 'not of the extension: ' || p.oid::regprocedure from pg_proc p
where p.pronamespace = 'mo'::regnamespace and not exists (select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') order by 1;
select 'elsewhere: ' || pg_describe_object(classid, objid, 0) from pg_depend d
where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
    and d.refobjid = (select oid from pg_extension where extname = 'mo_dashboard')
    and (classid = 'pg_class'::regclass or (classid = 'pg_proc'::regclass
        and (select pronamespace from pg_proc where oid = objid) <> 'mo'::regnamespace)) order by 1;
-- what there is
select count(*) > 0 as functions from pg_proc where pronamespace = 'mo'::regnamespace;
