-- Who sees what: scopes, records, small numbers; what each role may do to everything; what a reader can find out by other ways
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'North', null),
    ('QAA', 'icb', 'First ICB', null), ('QBB', 'icb', 'Second ICB', null), ('00A', 'sub_icb', 'Sub A', null), ('00B', 'sub_icb', 'Sub B', null);
insert into mo_data.organisation (org_code, org_type, name) select 'U0000' || i, 'pcn', 'PCN ' || i from generate_series(1, 4) i;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting)
    select 'A000' || to_char(i, 'FM00'), 'practice', 'Practice ' || i, 4 from generate_series(1, 16) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('Y11', 'nation', 'ENG'), ('QAA', 'region', 'Y11'), ('QBB', 'region', 'Y11'), ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QBB');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'U0000' || i, 'sub_icb', case when i <= 2 then '00A' else '00B' end from generate_series(1, 4) i
    union all select 'A000' || to_char(i, 'FM00'), 'pcn', 'U0000' || (i + 3) / 4 from generate_series(1, 16) i
    union all select 'A000' || to_char(i, 'FM00'), 'sub_icb', case when i <= 8 then '00A' else '00B' end from generate_series(1, 16) i;
insert into mo_data.organisation_group (group_code, org_code, group_name) values ('pair', 'A00001', 'A pair'), ('pair', 'A00002', 'A pair'), ('across', 'A00004', 'Across'), ('across', 'A00005', 'Across');
create function mo_data.kpi_local_reviews(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select 'A000' || to_char(i, 'FM00'), m::date, null::text, 'patient:' || 123454321 + n, 1::float8, null::float8
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') m, generate_series(1, 16) i,
            generate_series(1, case when i % 8 = 1 then 3 else 10 + i end) n $$;
revoke all on function mo_data.kpi_local_reviews(date, date) from public;
create function mo_data.worklist_local_reviews(org_codes text[], as_at date) returns table (org_code text, record_key text, due_on date, what text)
    language sql stable set search_path = pg_catalog, pg_temp as $$ select c, 'patient:123454321', as_at, 'review' from unnest(org_codes) c where c like 'A%' $$;
revoke all on function mo_data.worklist_local_reviews(text[], date) from public;
update mo_data.kpi set is_active = false;
call mo_data.register_kpi(kpi_id => 'local_reviews', family => 'cost', name => 'Reviews', short_name => 'Reviews', unit => 'count', numerator_wording => 'reviews',
    denominator_wording => 'none', direction => 'higher', hide_from => 1, hide_to => 7, sources => '{prescribing}', rationale => 'r', reference => 'r');
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    select 'prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', array_agg(m::date), now() from generate_series('2026-01-01'::timestamp, '2026-03-01', '1 month') m;
insert into mo_data.patient (patient_key) values (1), (2), (123454321);
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on) values ('123454321', 123454321, 'A00001', '2026-01-05');
create role mo_access_none;
create role mo_access_all;
create role mo_access_pcn;
create role mo_access_login;
grant mo_access_pcn to mo_access_login;
create role mo_access_group;
create role mo_access_records;
create role mo_access_raw;
create role mo_access_revoked;
select mo_data.grant_reader('mo_access_all');
select mo_data.grant_reader('mo_access_pcn', 'U00001');
select mo_data.grant_reader('mo_access_group', 'across', '00B');
select mo_data.grant_records('mo_access_records', 'U00001');
select mo_data.grant_unsuppressed('mo_access_raw', 'QAA');
select mo_data.grant_records('mo_access_revoked');
select mo_data.grant_unsuppressed('mo_access_revoked', 'QAA');
call mo_data.refresh();

-- the scope of each, spelt out: an organisation with what belongs to it now, a group with its members, groups that lie within
select role_name, string_agg(k.org_code, ' ' order by k.org_code) as sees, bool_and(may_open_records) as records, bool_and(sees_unsuppressed) as unsuppressed
from mo_data.access_key join mo_data.organisation_key k using (org_key) group by role_name order by role_name;
-- a practice that moves is seen by others after the next refresh
savepoint moved;
update mo_data.organisation_parent set valid_to = current_date where org_code = 'A00004' and parent_type = 'pcn';
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from) values ('A00004', 'pcn', 'U00002', current_date);
call mo_data.refresh();
select string_agg(k.org_code, ' ' order by k.org_code) as sees from mo_data.access_key join mo_data.organisation_key k using (org_key) where role_name = 'mo_access_pcn';
rollback to moved;

-- every view, role by role: organisations seen with figures, figures suppressed (a login through the role it is a member of)
create function pg_temp.seen() returns table (login name, organisations bigint, codes text, figures bigint, suppressed bigint) language sql as $$
    select session_user, count(distinct f.org_code), string_agg(distinct f.org_code, ' ') filter (where f.org_code ~ '^[AU]'), count(f.value),
        count(*) filter (where f.value_status = 'suppressed') from mo_dashboard.fact_kpi f $$;
set local session authorization mo_access_all;
select login, organisations, figures, suppressed from pg_temp.seen();
set local session authorization mo_access_pcn;
select * from pg_temp.seen();
set local session authorization mo_access_login;
select * from pg_temp.seen();
set local session authorization mo_access_group;
select * from pg_temp.seen();
set local session authorization mo_access_records;
select * from pg_temp.seen();
set local session authorization mo_access_raw;
select * from pg_temp.seen();
-- the page and what is left out of a file are only for whom they concern; names of organisations are public
select (select count(distinct org_code) from mo_dashboard.dashboard) as on_page, (select count(*) from mo_dashboard.dim_organisation) as named,
    (select count(left_out_narrative) from mo_dashboard.data_status) as left_out;
reset session authorization;
-- the owner sees every organisation, suppressed, whatever roles he is a member of as a superuser; and not, with a row of his own name
select organisations, figures, suppressed from pg_temp.seen();
savepoint owner;
set local client_min_messages = error;
select mo_data.grant_unsuppressed(session_user);
select organisations, figures, suppressed from pg_temp.seen();
rollback to owner;

-- records: only with the right, only of one's own organisations, and noted
select count(*), min(record_key) from mo_data.kpi_record('local_reviews', 'U00001', '2026-01-01');
set local session authorization mo_access_records;
select record_org_code, count(*), min(record_key) from mo_data.open_kpi_record('local_reviews', 'U00001', '2026-01-15') group by 1 order by 1;
select record_org_code, record_key, what from mo_data.open_worklist('local_reviews', 'A00002', '2026-02-03');
savepoint refused;
select count(*) from mo_data.open_kpi_record('local_reviews', 'U00002', '2026-01-01');
rollback to refused;
select count(*) from mo_data.open_kpi_record('local_reviews', 'NOSUCH', '2026-01-01');
rollback to refused;
select count(*) from mo_data.open_kpi_record('local_reviews', null, '2026-01-01');
rollback to refused;
select count(*) from mo_data.open_worklist('local_reviews', 'QAA', '2026-01-01');
rollback to refused;
select count(*) from mo_data.kpi_record('local_reviews', 'U00001', '2026-01-01');
rollback to refused;
select count(*) from mo_data.record_access_log;
rollback to refused;
set local session authorization mo_access_pcn;
select count(*) from mo_data.open_kpi_record('local_reviews', 'U00001', '2026-01-01');
rollback to refused;
reset session authorization;
select login_name, what, kpi_id, org_code, day, records from mo_data.record_access_log order by access_id;

-- refused: unknown roles and organisations, and a restriction that would not be one
savepoint refused;
select mo_data.grant_reader('mo_access_nobody', 'U00001');
rollback to refused;
select mo_data.grant_reader('mo_access_none', 'U00001', 'NOSUCH');
rollback to refused;
select mo_data.grant_records('mo_access_none', null);
rollback to refused;
select mo_data.grant_reader('mo_access_all', 'U00001');
rollback to refused;
select mo_data.grant_reader('mo_access_pcn');
rollback to refused;
select mo_data.revoke_reader('mo_access_nobody');
rollback to refused;
-- more codes can be added, and rights add up
select mo_data.grant_reader('mo_access_pcn', 'U00002', 'U00002');
select mo_data.grant_records('mo_access_pcn', 'U00001');
select org_code, may_open_records, sees_unsuppressed from mo_data.access_scope where role_name = 'mo_access_pcn' order by 1;
rollback to refused;
select mo_data.revoke_reader('mo_access_revoked');
select count(*) from mo_data.access_scope where role_name = 'mo_access_revoked';
-- a role that was dropped leaves rows, which can be taken away
savepoint dropped;
select mo_data.revoke_reader('mo_access_group');
insert into mo_data.access_scope (role_name, org_code) values ('mo_access_gone', 'U00001');
select what, state, detail from mo_data.restored_access();
select mo_data.revoke_reader('mo_access_gone');
rollback to dropped;
-- privileges that a dump left out, or an update's new views need, are given again
revoke all on mo_dashboard.fact_kpi from mo_access_pcn;
delete from mo_data.access_key where role_name = 'mo_access_pcn';
select what, state, detail from mo_data.restored_access();
select what, state from mo_data.restored_access();

-- The privilege matrix: every relation and function of the three schemas, every privilege. Which of a kind, when not all; functions of
-- mo_data that everybody may call are immutable or make text (to_char is stable), so only others are in it.
create temporary view may as
    select r.rolname::text as role, n.nspname::text as schema, case c.relkind when 'v' then 'views' when 'S' then 'sequences' else 'tables' end as kind, c.relname::text as name, p.privilege
    from pg_roles r cross join pg_class c join pg_namespace n on n.oid = c.relnamespace
        cross join lateral (
            select 'select' where has_table_privilege(r.oid, c.oid, 'select')
            union all select 'write' where c.relkind <> 'S' and has_table_privilege(r.oid, c.oid, 'insert, update, delete, truncate, trigger, references')
                or c.relkind = 'S' and has_sequence_privilege(r.oid, c.oid, 'usage, update')
            union all select 'references ' || string_agg(a.attname, ' ' order by a.attnum) from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and c.relkind <> 'S' and has_column_privilege(r.oid, c.oid, a.attnum, 'references') having count(*) > 0
            union all select 'column ' || string_agg(a.attname, ' ') from pg_attribute a
                where a.attrelid = c.oid and a.attnum > 0 and c.relkind <> 'S' and not has_table_privilege(r.oid, c.oid, 'select')
                    and has_column_privilege(r.oid, c.oid, a.attnum, 'select, insert, update') having count(*) > 0
        ) p (privilege)
    where r.rolname ~ '^mo_access_' and n.nspname in ('mo', 'mo_data', 'mo_dashboard') and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
    union all
    select r.rolname, n.nspname, 'functions', p.proname, 'execute' from pg_roles r cross join pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where r.rolname ~ '^mo_access_' and n.nspname in ('mo', 'mo_data', 'mo_dashboard') and has_function_privilege(r.oid, p.oid, 'execute')
        and not exists (select from pg_depend d where n.nspname = 'mo_data' and d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
        and (n.nspname = 'mo' or p.provolatile <> 'i' and p.proname not in ('display_value', 'display_change', 'display_interval'))
    union all
    select r.rolname, n.nspname, 'schema', '', p from pg_roles r cross join pg_namespace n cross join unnest('{usage,create}'::text[]) p
    where r.rolname ~ '^mo_access_' and n.nspname in ('mo', 'mo_data', 'mo_dashboard') and has_schema_privilege(r.oid, n.oid, p);
select m.role, m.schema, m.kind, m.privilege,
    case when count(*) = (select count(*) from pg_class c where c.relnamespace = m.schema::regnamespace and c.relkind = 'v') and m.kind = 'views' then 'all'
        when m.kind = 'functions' and m.schema = 'mo' then 'all but ' || (select count(*) from pg_proc p where p.pronamespace = 'mo'::regnamespace) - count(*)
        when m.kind = 'views' and m.privilege ~ '^references' then 'keys'
        else string_agg(m.name, ' ' order by m.name) end as which
from may m where m.privilege !~ '^references' or m.privilege ~ '^references (org_key|kpi_id|day_date|source_name)( (org_key|kpi_id|day_date|source_name))*$' is not true
group by 1, 2, 3, 4 order by 1, 2, 3, 4;
select 'key not visible: ' || c.relname || '.' || a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' and a.attname in ('org_key', 'kpi_id', 'day_date', 'source_name')
    and not has_column_privilege('mo_access_pcn', c.oid, a.attnum, 'references') order by 1;

-- A reader's own function, said to cost next to nothing, in WHERE: it is shown no organisation outside the scope, by any view.
analyze mo_data.kpi_result, mo_data.patient, mo_data.discharge, mo_data.kpi_latest;
create temporary table org_view as
    select c.relname::text as name, string_agg(quote_ident(a.attname), ', ') as columns, bool_or(a.attname = 'org_code') as has_code from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attname in ('org_code', 'org_key', 'pcn_code', 'group_code', 'peer_group_code') and a.attnum > 0
    where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' and c.relname <> 'dim_organisation' group by 1;
grant select on org_view to public;
set local session authorization mo_access_pcn;
create function pg_temp.spy(view_name text, code text) returns boolean language plpgsql immutable cost 0.0000001 as $$
begin
    perform set_config('spy.seen', current_setting('spy.seen') || ' ' || coalesce(code, '-'), true);
    return true;
end $$;
create function pg_temp.spied() returns setof text language plpgsql as $$
declare v record; found text; n bigint;
begin
    for v in select * from org_view where has_code order by name loop
        perform set_config('spy.seen', '', true);
        execute format('select count(*) from mo_dashboard.%I x where pg_temp.spy(%L, x.org_code)', v.name, v.name) into n;
        select string_agg(distinct s, ' ' order by s) into found from unnest(string_to_array(current_setting('spy.seen'), ' ')) s
            where s not in ('', '-', 'U00001', 'A00001', 'A00002', 'A00003', 'A00004', 'pair');
        if found is not null then return next format('spied in %s: %s', v.name, found); end if;
        -- what an error tells: dividing by zero at an organisation outside
        begin
            execute format('select count(*) from mo_dashboard.%I x where 1 / (case when x.org_code = %L then 0 else 1 end) = 1', v.name, 'A00009') into n;
        exception when division_by_zero then
            return next format('told by an error in %s', v.name);
        end;
    end loop;
end $$;
select * from pg_temp.spied();
select count(*) >= 3 as views_were_spied_on from org_view where has_code;
-- Nothing that a reader can select from, in any schema, statistics included, has the patient's number in it.
create function pg_temp.search() returns setof text language plpgsql as $$
declare r record; n bigint;
begin
    for r in select c.oid::regclass::text as name from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f') and has_table_privilege(c.oid, 'select')
        and has_schema_privilege(c.relnamespace, 'usage') loop
        begin
            execute format('select count(*) from %s x where x::text like ''%%123454321%%''', r.name) into n;
            if n > 0 and r.name not in ('pg_proc', 'pg_stat_activity', 'information_schema.routines') then return next 'found in ' || r.name; end if;
        exception when insufficient_privilege or object_not_in_prerequisite_state or feature_not_supported then null;
        end;
    end loop;
end $$;
select * from pg_temp.search();
set local session authorization mo_access_records;
select * from pg_temp.search();
reset session authorization;
-- ... and it would be found: the owner's statistics have it
select string_agg(tablename || '.' || attname, ' ' order by tablename) as statistics_have_it from pg_stats
where coalesce(histogram_bounds::text, '') || coalesce(most_common_vals::text, '') like '%123454321%';
rollback;
