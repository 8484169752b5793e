-- The layer: made once, by the extension, owned by the caller
select mo.version() = (select extversion from pg_extension where extname = 'mo_dashboard') as library_and_declarations_agree;
call mo.update_dashboard();
call mo.create_dashboard();
call mo.create_dashboard();
-- its version is on record, and an update to the same version changes nothing
select version = mo.version() as version_on_record from mo_data.layer;
create temp table before as
    select c.oid as was, c.relname, c.relkind, c.relnatts from pg_class c where c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace);
call mo.update_dashboard();
select count(*) as layers from mo_data.layer;
select coalesce(before.relname, after.relname) as changed from before full join (
    select c.oid as is_now, c.relname, c.relkind, c.relnatts from pg_class c
    where c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)) after on was = is_now and before.relnatts = after.relnatts
where was is null or is_now is null;
-- nothing of it belongs to the extension
select count(*) from pg_depend d join pg_class c on c.oid = d.objid and d.classid = 'pg_class'::regclass
where d.deptype = 'e' and c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace);
