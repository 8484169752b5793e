-- Who may read: the layer makes no role; a site names its own.
create or replace function mo_data.grant_reader(role_name name)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    published record;
begin
    if not exists (select from pg_roles r where r.rolname = role_name) then
        raise exception using errcode = 'undefined_object', message = format('there is no role %s', quote_nullable(role_name)),
            hint = 'The layer makes no roles: CREATE ROLE it first.';
    end if;
    if has_schema_privilege(role_name, 'mo_dashboard', 'create') then
        raise warning using message = format('role %s may create objects in schema mo_dashboard', quote_ident(role_name)),
            hint = 'A reader should have CREATE on no schema: with REFERENCES on keys it could attach foreign keys.';
    end if;
    execute format('grant usage on schema mo_dashboard to %I', role_name);
    for published in
        select c.relname, (
                select string_agg(quote_ident(a.attname), ', ') from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and a.attname in ('org_key', 'kpi_id', 'day_date', 'source_name')) as keys
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'mo_dashboard' and c.relkind = 'v'
        order by c.relname
    loop
        execute format('grant select on mo_dashboard.%I to %I', published.relname, role_name);
        if published.keys is not null then
            execute format('grant references (%s) on mo_dashboard.%I to %I', published.keys, published.relname, role_name);
        end if;
    end loop;
end
    $$;
revoke all on function mo_data.grant_reader(name) from public;
comment on function mo_data.grant_reader(name) is
    'Lets a role read the published views: USAGE on mo_dashboard, SELECT on every view, and REFERENCES on key columns, without which Power BI '
    'sees no keys. Nothing of mo_data is granted: views run as their owner. Call it again after an update that brings new views.';

create or replace function mo_data.revoke_reader(role_name name)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if not exists (select from pg_roles r where r.rolname = role_name) then
        raise exception using errcode = 'undefined_object', message = format('there is no role %s', quote_nullable(role_name)),
            hint = 'select rolname from pg_roles;';
    end if;
    execute format('revoke all on all tables in schema mo_dashboard from %I', role_name);
    execute format('revoke all on schema mo_dashboard from %I', role_name);
end
    $$;
revoke all on function mo_data.revoke_reader(name) from public;
comment on function mo_data.revoke_reader(name) is 'Takes back what grant_reader() gave.';
