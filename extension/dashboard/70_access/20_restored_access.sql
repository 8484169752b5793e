-- Rights after a restore, and after an update that brought new views.
create or replace function mo_data.restored_access()
    returns table (what text, state text, detail text)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    was text;
    now_is text;
    reader record;
    lacking bigint;
begin
    was := (select md5(string_agg(a::text, ';' order by a.role_name, a.org_key)) from mo_data.access_key a);
    perform mo_data.access_key_sync();
    now_is := (select md5(string_agg(a::text, ';' order by a.role_name, a.org_key)) from mo_data.access_key a);
    return query select 'access_key', case when was is distinct from now_is then 'made again' else 'ok' end,
        format('%s roles and organisations', (select count(*) from mo_data.access_key));
    for reader in
        select s.role_name, r.rolname is not null as is_there from (select distinct x.role_name from mo_data.access_scope x) s
            left join pg_roles r on r.rolname = s.role_name
        order by s.role_name
    loop
        if not reader.is_there then
            return query select 'reader ' || quote_ident(reader.role_name), 'none'::text,
                'the server has no such role: create it and call after_restore() again, or take its rows away with mo_data.revoke_reader()'::text;
            continue;
        end if;
        select count(*) into lacking from pg_class c
            where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' and not has_table_privilege(reader.role_name, c.oid, 'select');
        perform mo_data.access_privileges(reader.role_name);
        return query select 'reader ' || quote_ident(reader.role_name), case when lacking > 0 then 'made again' else 'ok' end, (
            select case when bool_or(s.org_code is null) then 'every organisation' else string_agg(s.org_code, ', ' order by s.org_code) end
                || case when bool_or(s.may_open_records) then '; may open records' else '' end
                || case when bool_or(s.sees_unsuppressed) then '; sees small numbers' else '' end
            from mo_data.access_scope s where s.role_name = reader.role_name);
    end loop;
end
    $$;
revoke all on function mo_data.restored_access() from public;
comment on function mo_data.restored_access() is
    'Spells access_scope out again, gives its roles their privileges where a dump without them (or an update with new views) left them out, '
    'and names roles that this server does not have. Part of after_restore() and of every update of the layer.';

do $$ begin perform mo_data.restored_access(); end $$;
