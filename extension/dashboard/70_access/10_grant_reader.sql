-- Who may read: the layer makes no role; a site names its own. What each may see is rows of access_scope.
create or replace function mo_data.access_checked_role(role_name name)
    returns name
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if not exists (select from pg_roles r where r.rolname = role_name) then
        raise exception using errcode = 'undefined_object', message = format('there is no role %s', quote_nullable(role_name)),
            hint = 'The layer makes no roles: CREATE ROLE it first.';
    end if;
    return role_name;
end
    $$;
revoke all on function mo_data.access_checked_role(name) from public;
comment on function mo_data.access_checked_role(name) is 'The name of a role of this server; any other is refused.';

create or replace function mo_data.access_privileges(role_name name)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    published record;
begin
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
    if exists (select from mo_data.access_scope s where s.role_name = access_privileges.role_name and s.may_open_records) then
        execute format('grant usage on schema mo_data to %I', role_name);
        execute format('grant execute on function mo_data.open_kpi_record(text, text, date) to %I', role_name);
        execute format('grant execute on function mo_data.open_worklist(text, text, date) to %I', role_name);
    end if;
end
    $$;
revoke all on function mo_data.access_privileges(name) from public;
comment on function mo_data.access_privileges(name) is
    'Gives a role the privileges that its rows of access_scope call for: USAGE on mo_dashboard, SELECT on every view, REFERENCES on key '
    'columns (without which Power BI sees no keys); where a row says that it may open records, EXECUTE on the two functions for that and USAGE '
    'on mo_data, where they are: on none of its tables. Part of granting.';

create or replace function mo_data.access_grant(role_name name, org_codes text[], may_open_records boolean, sees_unsuppressed boolean)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted text;
begin
    role_name := mo_data.access_checked_role(role_name);
    perform mo_data.organisation_key_sync();
    foreach wanted in array org_codes loop
        if wanted is null or not exists (select from mo_data.organisation_key k where k.org_code = wanted) then
            raise exception using errcode = 'undefined_object', message = format('there is no organisation %s', quote_nullable(wanted)),
                hint = 'Give the code of a practice, PCN, sub-ICB, ICB, region, nation or group of mo_data.organisation_group; no code at all: every organisation.';
        end if;
    end loop;
    if org_codes <> '{}' and exists (select from mo_data.access_scope s where s.role_name = access_grant.role_name and s.org_code is null)
        and not may_open_records and not sees_unsuppressed then
        raise exception using errcode = 'object_not_in_prerequisite_state', message = format('role %s sees every organisation already', quote_ident(role_name)),
            hint = 'To restrict it: select mo_data.revoke_reader(role_name), then grant_reader() with codes.';
    end if;
    if org_codes = '{}' and not exists (select from mo_data.access_scope s where s.role_name = access_grant.role_name and s.org_code is null)
        and exists (select from mo_data.access_scope s where s.role_name = access_grant.role_name) then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('role %s sees some organisations, and would see every one', quote_ident(role_name)),
            hint = 'If that is wanted: select mo_data.revoke_reader(role_name) first. New views need no grant: an update gives it.';
    end if;
    insert into mo_data.access_scope as s (role_name, org_code, may_open_records, sees_unsuppressed)
        select distinct access_grant.role_name, c.org_code, access_grant.may_open_records, access_grant.sees_unsuppressed
        from unnest(case when org_codes = '{}' then array[null]::text[] else org_codes end) as c (org_code)
        on conflict on constraint access_scope_role_name_org_code_key do update
            set may_open_records = s.may_open_records or excluded.may_open_records, sees_unsuppressed = s.sees_unsuppressed or excluded.sees_unsuppressed;
    perform mo_data.access_key_sync();
    perform mo_data.access_privileges(role_name);
end
    $$;
revoke all on function mo_data.access_grant(name, text[], boolean, boolean) from public;
comment on function mo_data.access_grant(name, text[], boolean, boolean) is
    'What grant_reader(), grant_records() and grant_unsuppressed() do: adds rows to access_scope, spells them out, gives the privileges.';

create or replace function mo_data.grant_reader(role_name name, variadic org_codes text[] default '{}')
    returns void
    language sql
    begin atomic
        select mo_data.access_grant(role_name, org_codes, false, false);
    end;
revoke all on function mo_data.grant_reader(name, text[]) from public;
comment on function mo_data.grant_reader(name, text[]) is
    'Lets a role read the published views, and there the figures of the organisations given with all that belongs to them: '
    'select mo_data.grant_reader(''pcn_reader'', ''U12345''); without codes, of every organisation. More codes can be added later. Nothing of '
    'mo_data is granted: views run as their owner. Names of organisations are public and are seen by all readers. Unknown roles and '
    'organisations are refused. Logins that are members of the role see what it sees.';

create or replace function mo_data.grant_records(role_name name, variadic org_codes text[] default '{}')
    returns void
    language sql
    begin atomic
        select mo_data.access_grant(role_name, org_codes, true, false);
    end;
revoke all on function mo_data.grant_records(name, text[]) from public;
comment on function mo_data.grant_records(name, text[]) is
    'As grant_reader(), and the role may also open the records behind figures, patient by patient under their pseudonyms, and worklists, '
    'of the organisations given (without codes: of every one) through mo_data.open_kpi_record() and open_worklist(), which note every '
    'call in mo_data.record_access_log.';

create or replace function mo_data.grant_unsuppressed(role_name name, variadic org_codes text[] default '{}')
    returns void
    language sql
    begin atomic
        select mo_data.access_grant(role_name, org_codes, false, true);
    end;
revoke all on function mo_data.grant_unsuppressed(name, text[]) from public;
comment on function mo_data.grant_unsuppressed(name, text[]) is
    'As grant_reader(), and the role sees small numbers of the organisations given (without codes: of every one), which other readers see '
    'as suppressed. For those who work with the raw data; what it prints must not be handed on.';

create or replace function mo_data.revoke_reader(role_name name)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    known boolean;
begin
    delete from mo_data.access_scope s where s.role_name = revoke_reader.role_name;
    known := found;
    perform mo_data.access_key_sync();
    if not exists (select from pg_roles r where r.rolname = role_name) and known then
        return; -- a role that was dropped: only its rows were left
    end if;
    perform mo_data.access_checked_role(role_name);
    execute format('revoke all on all tables in schema mo_dashboard from %I', role_name);
    execute format('revoke all on all functions in schema mo_data from %I', role_name);
    execute format('revoke all on schema mo_data, mo_dashboard from %I', role_name);
end
    $$;
revoke all on function mo_data.revoke_reader(name) from public;
comment on function mo_data.revoke_reader(name) is
    'Takes back all that grant_reader(), grant_records() and grant_unsuppressed() gave. What the role has as a member of another role stays.';
