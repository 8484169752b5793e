-- The layer outlives the extension: DROP EXTENSION takes no row, update_dashboard() brings its functions and views back; and a site's DROP TABLE takes no extension
\set VERBOSITY terse
begin;
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null), ('A00001', 'practice', 'One', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('A00001', 'sub_icb', '00A');
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) values ('A00001', '2016-01-01', 'M', 0, 4, 10, 0);
create table mo_data.prescribing_test partition of mo_data.prescribing default;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id) values ('2016-01-01', 'A00001', '0212000B0AAABAB', 1, 12345678, 0);
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', '{2016-01-01}');
call mo_data.refresh();
create function pg_temp.rows() returns table (relation text, n bigint, content text) language plpgsql as $$
declare t record;
begin
    for t in select c.oid::regclass::text as relation from pg_class c where c.relnamespace = 'mo_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition loop
        relation := t.relation;
        execute format('select count(*), md5(string_agg(x::text, '';'' order by x::text)) from %s x', t.relation) into n, content;
        return next;
    end loop;
end $$;
create function pg_temp.objects() returns setof text language sql as $$
    select pg_describe_object(o.classid, o.objid, 0) from (
        select 'pg_class'::regclass as classid, oid as objid from pg_class where relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace) and relkind in ('r', 'p', 'v', 'm')
        union all select 'pg_proc'::regclass, oid from pg_proc where pronamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)) o $$;
create temporary table rows_before as select * from pg_temp.rows();
create temporary table objects_before as select * from pg_temp.objects() o (name);
select count(*) > 30 as tables, sum(n) > 0 as filled from rows_before;

drop extension mo_dashboard cascade;
select 'lost: ' || b.relation from rows_before b full join pg_temp.rows() a using (relation) where a.n is distinct from b.n or a.content is distinct from b.content order by 1;
-- published figures stay readable without the extension
select org_code, round(value::numeric, 4) as value from mo_dashboard.fact_kpi order by 1;
-- and come back whole with it
create extension mo_dashboard;
call mo.update_dashboard();
select 'gone: ' || name from objects_before except select 'gone: ' || o from pg_temp.objects() o order by 1;
select 'rows differ: ' || b.relation from rows_before b full join pg_temp.rows() a using (relation) where a.n is distinct from b.n or a.content is distinct from b.content order by 1;
call mo_data.refresh('2016-01-01', '2016-01-01');
select figures_written from mo_data.refresh_run order by run_id desc limit 1;

-- a site's table with a view of ours on it and a view of theirs on ours, dropped as dbt drops
create table mo_data.site_table (org_code text, score float8);
create view mo_dashboard.site_view as select s.org_code, mo.ratio(s.score, 1) as score from mo_data.site_table s join mo_dashboard.fact_kpi f using (org_code) group by 1;
drop table mo_data.site_table cascade;
select extname from pg_extension where extname = 'mo_dashboard';
select 'gone: ' || name from objects_before except select 'gone: ' || o from pg_temp.objects() o order by 1;
-- a site's index, column and view on our tables survive an update of the layer
create index site_index on mo_data.kpi_result (value);
alter table mo_data.organisation add column site_note text;
create view mo_dashboard.site_view as select org_code, value from mo_dashboard.fact_kpi;
call mo.update_dashboard();
select count(*) from mo_dashboard.site_view;
select to_regclass('mo_data.site_index') is not null as index_is_there, count(site_note) = 0 as column_is_there from mo_data.organisation;
rollback;
