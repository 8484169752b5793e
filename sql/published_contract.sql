-- The published contract by the catalogue: every relation of mo_dashboard against the rules a BI tool needs
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
set local client_min_messages = warning;
\a
\t
create temporary view published as
    select c.oid, c.relname, c.relkind, pg_get_viewdef(c.oid) as definition from pg_class c where c.relnamespace = 'mo_dashboard'::regnamespace;
create temporary view published_column as
    select p.oid, p.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod) as type, a.atttypid, a.atttypmod, col_description(p.oid, a.attnum) as comment
    from published p join pg_attribute a on a.attrelid = p.oid and a.attnum > 0 and not a.attisdropped;
-- plain views and nothing else, listed where Power BI looks
select 'not a plain view: ' || relname from published where relkind <> 'v' order by 1;
select 'not listed: ' || relname from published where not exists (
    select from information_schema.tables t where t.table_schema = 'mo_dashboard' and t.table_name = relname and t.table_type = 'VIEW') order by 1;
select 'not of the catalogue: ' || proname from pg_proc where pronamespace = 'mo_dashboard'::regnamespace order by 1;
-- the views of the contract are there
select 'missing: ' || v from unnest('{dim_date,dim_organisation,dim_kpi,dim_source,fact_kpi,fact_kpi_part,dashboard,kpi_trend,kpi_months,peer_comparison,variation,exception,icb_return,icb_return_submitted,review_action,data_status,data_dictionary,sea_theme_map,change_log,next_refresh,access_map}'::text[]) v
where to_regclass('mo_dashboard.' || v) is null;
-- types of section 2, with a length or a scale where one is needed
select format('type: %s.%s %s', relname, attname, type) from published_column
where not (type in ('integer', 'smallint', 'double precision', 'date', 'timestamp(0) without time zone')
    or type = 'text' and attname ~ '_narrative$'
    or type ~ '^character varying\(\d+\)$' and atttypmod - 4 <= 255
    or type ~ '^numeric\((\d|1\d|2[0-8]),[0-4]\)$') order by 1;
select format('timestamp without _utc: %s.%s', relname, attname) from published_column
where type like 'timestamp%' and attname !~ '_utc$' and attname <> 'period_start' order by 1;
-- flags are smallint with a label beside them; text labels that have an order have their sort number
select format('flag: %s.%s %s', relname, attname, type) from published_column where attname ~ '^is_' and type <> 'smallint' order by 1;
select format('no sort number: dim_date.%s', attname) from published_column p where relname = 'dim_date' and attname ~ '(month|quarter)_label$' and attname !~ '^current'
    and not exists (select from published_column s where s.oid = p.oid and s.attname = p.attname || '_sort' and s.type = 'integer') order by 1;
select format('no sort number: %s.%s', relname, attname) from published_column p where attname in ('month_label', 'quarter_label', 'family_label', 'financial_year', 'org_type_label')
    and not exists (select from published_column s where s.oid = p.oid and s.attname = p.attname || '_sort' and s.type = 'integer') order by 1;
-- names
select format('name: %s', n) from (select relname::text as n from published union select attname from published_column) x
where n !~ '^[a-z][a-z0-9_]{0,39}$' or n in ('user', 'order', 'date', 'year', 'month', 'group')
    or exists (select from pg_get_keywords() k where k.word = n and k.catcode in ('R', 'T')) order by 1;
-- comments: every view and column; a column of one name means one thing, so it has one type
select format('no comment: %s', relname) from published where obj_description(oid, 'pg_class') is null order by 1;
select format('no comment: %s.%s', relname, attname) from published_column where coalesce(comment, '') = '' order by 1;
select format('types differ: %s (%s)', attname, string_agg(distinct type, ', ')) from published_column group by attname having count(distinct type) > 1 order by 1;
select 'does not say what it is not: ' || relname from published where relname in ('dashboard', 'kpi_trend', 'kpi_months', 'peer_comparison', 'variation', 'exception', 'icb_return')
    and obj_description(oid, 'pg_class') !~ 'not performance management';
-- and its comment begins alike; keys say whose they are, and these words are used for different things on purpose
select format('comments differ: %s (%s)', attname, string_agg(distinct relname, ', ')) from published_column
where attname not in ('org_key', 'kpi_id', 'day_date', 'source_name', 'expected_lag_days', 'change_on_year', 'state_label', 'exception_text')
    and (attname, relname) not in (('org_type', 'icb_return'), ('org_type', 'icb_return_submitted')) -- a return is of two levels only
group by attname having count(distinct substr(comment, 1, 8)) > 1 order by 1;
-- the dictionary holds all of it
select count(*) = (select count(*) from published_column) + (select count(*) from published) as complete, bool_and(description_narrative is not null) as described
from mo_dashboard.data_dictionary;
-- one place says what an organisation is called
select 'names organisations itself: ' || p.relname from published_column p
where p.attname = 'org_name' and not exists (
    select from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
    where r.ev_class = p.oid and d.refobjid = 'mo_data.organisation_named'::regclass) order by 1;
select 'looks up names of groups: ' || relname from published where definition ~ 'organisation_group' order by 1;
-- no ORDER BY, LIMIT or volatile function; explicit columns (the text that was written is checked by lint)
select 'ORDER BY or LIMIT: ' || relname from published where regexp_replace(definition, 'partition by [^()]* order by', '', 'gi') ~* '\m(order by|limit|fetch first)\M' order by 1;
select distinct format('volatile function %s: %s', f.name, p.relname)
from published p cross join lateral (select m[1] as name from regexp_matches(p.definition, '([a-z_0-9]+)\(', 'g') m) f
where exists (select from pg_proc q where q.proname = f.name and q.provolatile = 'v') and not exists (select from pg_proc q where q.proname = f.name and q.provolatile <> 'v')
order by 1;

-- with data: a year of months of two practices, and one with nothing to divide by; each figure with a part
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('A00001', 'practice', 'One', 4), ('A00002', 'practice', 'Two', 4), ('A00003', 'practice', 'No weight', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('A00001', 'sub_icb', '00A'), ('A00002', 'sub_icb', '00A'), ('A00003', 'sub_icb', '00A');
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) values ('A00001', '2016-01-01', 'M', 0, 4, 10, 0),
    ('A00002', '2016-01-01', 'M', 0, 4, 20, 0), ('A00003', '2016-01-01', 'U', 0, 4, 20, 0);
create table mo_data.prescribing_test partition of mo_data.prescribing default;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id)
    select m, p, '0212000B0AAABAB', 1, 12345678, 0 from generate_series('2016-01-01'::date, '2016-12-01', '1 month') m, unnest('{A00001,A00002,A00003}'::text[]) p;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    values ('prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', array(select m::date from generate_series('2016-01-01'::date, '2016-12-01', '1 month') m), now());
call mo_data.refresh();
insert into mo_data.kpi_result (kpi_id, month, org_key, org_type, org_code, breakdown, numerator, denominator, value, run_id)
    select r.kpi_id, r.month, r.org_key, r.org_type, r.org_code, 'a part', r.numerator / 2, r.denominator, r.value / 2, r.run_id from mo_data.kpi_result r;
call mo_data.submit_return('QAA', 'Q1 2016/17');
\o /dev/null
call mo_data.raise_action('QAA', 'Look', 'A Pharmacist', '2016-12-31', 'cost_per_weighted_patient');
\o
insert into mo_data.sea_theme_cell (org_key, quarter_start, theme_code, harm_code, events, run_id)
    select k.org_key, '2016-01-01', '-', 'low', 9, r.run_id from mo_data.organisation_key k cross join mo_data.refresh_run r where k.org_code = 'A00001' limit 1;
-- neither NaN nor infinity nor a date that Excel or .NET cannot read, in any column of any view
create function pg_temp.bad_values() returns setof text language plpgsql as $$
declare c record; bad bigint;
begin
    for c in select * from published_column where type ~ '^(double|date|timestamp)' loop
        execute format('select count(*) from mo_dashboard.%I where %s', c.relname, case when c.type ~ '^double'
            then format('%1$I = ''NaN'' or %1$I in (''infinity'', ''-infinity'')', c.attname)
            else format('%1$I < ''1900-01-01'' or %1$I > ''9999-12-31''', c.attname) end) into bad;
        if bad > 0 then return next format('bad values: %s.%s', c.relname, c.attname); end if;
    end loop;
end $$;
select pg_temp.bad_values();
-- every column can be fetched in binary, as Power BI asks for it
create function pg_temp.binary() returns setof text language plpgsql as $$
declare c record;
begin
    for c in select * from published_column loop
        begin
            execute format('copy (select %I from mo_dashboard.%I) to ''/dev/null'' (format binary)', c.attname, c.relname);
        exception when others then return next format('not binary: %s.%s: %s', c.relname, c.attname, sqlerrm);
        end;
    end loop;
end $$;
select pg_temp.binary();
-- rows of the same key once only; no fact without its dimension
select 'rows: ' || (select count(*) from mo_dashboard.fact_kpi) || ' ' || (select count(*) from mo_dashboard.dashboard) || ' ' || (select count(*) from mo_dashboard.peer_comparison)
    || ' ' || (select count(*) from mo_dashboard.kpi_trend) || ' ' || (select count(*) from mo_dashboard.fact_kpi_part) || ' ' || (select count(*) from mo_dashboard.variation);
select 'twice in dim_date' from mo_dashboard.dim_date group by day_date having count(*) > 1;
select 'twice in dim_organisation' from mo_dashboard.dim_organisation group by org_key having count(*) > 1;
select 'twice in dim_kpi' from mo_dashboard.dim_kpi group by kpi_id having count(*) > 1;
select 'twice in fact_kpi' from mo_dashboard.fact_kpi group by kpi_id, org_key, month_start having count(*) > 1;
select 'twice in dim_source' from mo_dashboard.dim_source group by source_name having count(*) > 1;
select 'twice in kpi_trend' from mo_dashboard.kpi_trend group by kpi_id, org_key, month_start having count(*) > 1;
select 'twice in fact_kpi_part' from mo_dashboard.fact_kpi_part group by kpi_id, org_key, month_start, breakdown_code having count(*) > 1;
select 'two parts of one name in fact_kpi_part' from mo_dashboard.fact_kpi_part group by kpi_id, org_key, month_start, breakdown_label having count(*) > 1;
select 'twice in peer_comparison' from mo_dashboard.peer_comparison group by kpi_id, org_key, month_start having count(*) > 1;
select 'twice in variation' from mo_dashboard.variation group by kpi_id, org_type, group_code, month_start having count(*) > 1;
select 'twice in dashboard' from mo_dashboard.dashboard group by kpi_id, org_key having count(*) > 1;
select 'twice in kpi_months' from mo_dashboard.kpi_months group by kpi_id, org_key having count(*) > 1;
select 'orphan' from mo_dashboard.fact_kpi f where not exists (select from mo_dashboard.dim_organisation o where o.org_key = f.org_key)
    or not exists (select from mo_dashboard.dim_kpi k where k.kpi_id = f.kpi_id) or not exists (select from mo_dashboard.dim_date d where d.day_date = f.day_date);
-- the date table: whole financial years without a gap
select min(to_char(day_date, 'MM-DD')) filter (where day_date = first) = '04-01' and max(to_char(day_date, 'MM-DD')) filter (where day_date = last) = '03-31' as whole_years,
    count(*) = max(last) - min(first) + 1 as no_gap, min(first) <= '2016-01-01' and max(last) >= current_date as covers, sum(is_current_month) between 28 and 31 as one_current_month
from mo_dashboard.dim_date cross join (select min(day_date) as first, max(day_date) as last from mo_dashboard.dim_date) x;
select day_date, month_label, month_label_sort, financial_year, financial_quarter_label, financial_quarter_label_sort, financial_month from mo_dashboard.dim_date where day_date in ('2016-03-31', '2016-04-01');
-- ratios are null with a status, never infinite
select org_code, value, value_status from mo_dashboard.fact_kpi where month_start = '2016-01-01' and org_type = 'practice' order by 1;

-- what Power BI sends: its wrapped query runs for every view
create function pg_temp.wrapped() returns setof text language plpgsql as $$
declare p record; n bigint;
begin
    for p in select oid, relname from published order by relname collate "C" loop
        execute format('select count(*) from (select %s from (select %1$s from "mo_dashboard".%I "$Table") "_" limit 1000001) w',
            (select string_agg(quote_ident(attname), ', ' order by attnum) from published_column c where c.oid = p.oid), p.relname) into n;
        if n = 0 then return next 'empty: ' || p.relname; end if;
    end loop;
end $$;
insert into mo_data.access_scope (role_name) values (session_user);
select pg_temp.wrapped();
delete from mo_data.access_scope;
-- and with a filter on a date and an organisation it uses an index of the results, as does incremental refresh with a date and time
create function pg_temp.indexes(query text) returns text language plpgsql as $$
declare line text; found text := '';
begin
    for line in execute 'explain (costs off) ' || query loop
        if line ~ 'Index.* on (kpi_result|kpi_variation|page_row|page_months)' then found := found || substring(line from '(?:kpi_result|kpi_variation|page_row|page_months)_[a-z]+'); end if;
    end loop;
    return coalesce(nullif(found, ''), 'no index');
end $$;
set local enable_seqscan = off;
select v.view_name, pg_temp.indexes(format($$ select "_"."kpi_id" from (select %s from "mo_dashboard".%I "$Table") "_"
    where "_"."org_code" = 'A00001' and "_"."kpi_id" = 'cost_per_weighted_patient' and "_"."month_start" >= '2016-03-01' and "_"."month_start" < '2016-06-01' limit 1000001 $$,
    (select string_agg(quote_ident(attname), ', ' order by attnum) from published_column c where c.relname = v.view_name), v.view_name)) ~ 'kpi_result_(code|part|pkey|month)|page_(row|months)_' as by_organisation
from unnest('{fact_kpi,fact_kpi_part,kpi_trend,peer_comparison,dashboard,kpi_months}'::text[]) v (view_name);
select pg_temp.indexes($$ select "_"."value" from (select org_code, period_start, value from "mo_dashboard"."fact_kpi" "$Table") "_"
    where "_"."period_start" >= timestamp '2016-03-01 00:00:00' and "_"."period_start" < timestamp '2016-06-01 00:00:00' limit 1000001 $$) as by_period;
select pg_temp.indexes($$ select "_"."median" from (select * from "mo_dashboard"."variation" "$Table") "_"
    where "_"."group_code" = 'QAA' and "_"."month_start" = '2016-03-01' limit 1000001 $$) ~ 'kpi_variation' as by_group;
reset enable_seqscan;

-- a reader sees the contract, its keys and nothing else
create role mo_regress_reader;
select mo_data.grant_reader('mo_regress_reader');
select 'cannot read: ' || relname from published where not has_table_privilege('mo_regress_reader', oid, 'select') order by 1;
select 'can write: ' || relname from published where has_table_privilege('mo_regress_reader', oid, 'insert, update, delete, truncate, trigger') order by 1;
select 'keys: ' || string_agg(relname || '.' || attname, ' ' order by relname, attname) from published_column where has_column_privilege('mo_regress_reader', oid, attnum, 'references');
select 'can reach mo_data: ' || c.relname from pg_class c where c.relnamespace = 'mo_data'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
    and has_table_privilege('mo_regress_reader', c.oid, 'select') order by 1;
select 'may use ' || s from unnest('{mo_data,mo_dashboard}'::text[]) s where has_schema_privilege('mo_regress_reader', s, 'usage');
select 'may create in ' || s from unnest('{mo_data,mo_dashboard}'::text[]) s where has_schema_privilege('mo_regress_reader', s, 'create');
select 'may call ' || p.proname from pg_proc p where p.pronamespace = 'mo_data'::regnamespace and has_function_privilege('mo_regress_reader', p.oid, 'execute')
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') order by 1;
set local role mo_regress_reader;
select count(*) > 0 as reads_everything from mo_dashboard.dashboard, mo_dashboard.data_status;
select sum((query_to_xml(format('select count(*) as n from mo_dashboard.%I', t.table_name), false, true, '') is not null)::int) as views_read
from information_schema.tables t where t.table_schema = 'mo_dashboard';
savepoint reader;
select * from mo_data.kpi_value;
rollback to reader;
call mo_data.refresh();
rollback to reader;
reset role;
savepoint owner;
select mo_data.grant_reader('mo_regress_no_such_role');
rollback to owner;
select mo_data.revoke_reader('mo_regress_reader');
select 'still reads: ' || relname from published where has_table_privilege('mo_regress_reader', oid, 'select') order by 1;
select 'still a key: ' || relname from published_column where has_column_privilege('mo_regress_reader', oid, attnum, 'references') order by 1;
rollback;
