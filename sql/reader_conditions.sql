-- What a reader asks of rows that are not shown: EXPLAIN must not tell whether the answer would be yes
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'R', null), ('QAA', 'icb', 'ICB A', null),
    ('QBB', 'icb', 'ICB B', null), ('00A', 'sub_icb', 'Sub A', null), ('00B', 'sub_icb', 'Sub B', null), ('U00001', 'pcn', 'PCN 1', null), ('U00002', 'pcn', 'PCN 2', null),
    ('A00001', 'practice', 'P1', 4), ('A00002', 'practice', 'P2', 4), ('A00003', 'practice', 'P3', 4), ('A00004', 'practice', 'P4', 4), ('B00001', 'practice', 'P5', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from) values ('Y11', 'nation', 'ENG', '2013-04-01'), ('QAA', 'region', 'Y11', '2013-04-01'), ('QBB', 'region', 'Y11', '2013-04-01'),
    ('00A', 'icb', 'QAA', '2013-04-01'), ('00B', 'icb', 'QBB', '2013-04-01'), ('U00001', 'sub_icb', '00A', '2013-04-01'), ('U00002', 'sub_icb', '00A', '2013-04-01'), ('A00001', 'sub_icb', '00A', '2013-04-01'),
    ('A00002', 'sub_icb', '00A', '2013-04-01'), ('A00003', 'sub_icb', '00A', '2013-04-01'), ('A00004', 'sub_icb', '00A', '2013-04-01'), ('B00001', 'sub_icb', '00B', '2013-04-01'),
    ('A00001', 'pcn', 'U00001', '2013-04-01'), ('A00002', 'pcn', 'U00001', '2013-04-01'), ('A00003', 'pcn', 'U00002', '2013-04-01'), ('A00004', 'pcn', 'U00002', '2013-04-01');
-- a group that A00003 has left, and one that is called like a practice, as there could be before version 1.1
alter table mo_data.organisation_group disable trigger group_check;
insert into mo_data.organisation_group (group_code, org_code, group_name, valid_from, valid_to) values ('GRP1', 'A00001', 'G', '2020-01-01', null), ('GRP1', 'A00003', 'G', '2020-01-01', '2025-03-01'),
    ('A00001', 'A00003', 'Named like a practice', '2020-01-01', null);
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) select p, '2024-12-01', 'M', 0, 4, 1000, 0 from unnest('{A00001,A00002,A00003,A00004,B00001}'::text[]) p;
create table mo_data.prescribing_rest partition of mo_data.prescribing default;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, unidentified, batch_id)
    select '2025-01-01', p, '0501013B0AAABAB', n, 1, n, n * 100000, n * 100000, false, 0 from (values ('A00001', 33), ('A00002', 41), ('A00003', 54), ('A00004', 67), ('B00001', 88)) v (p, n);
insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, population, denominator_wording, per, is_percentage, direction, is_cost_based, source)
    values ('t_rate', 't_rate', 't_rate', '{0501013B0AA}', 'items', 'n', 'list_size', 'd', 1000, false, 'lower', false, 'test');
update mo_data.prescribing_measure set is_active = measure_id = 't_rate';
update mo_data.kpi set is_active = kpi_id in ('t_rate', 'sea_raised');
insert into mo_data.significant_event (event_id, practice_code, raised_on, batch_id)
    select 'E' || i, case when i <= 4 then 'A00001' else 'A00003' end, date '2025-01-03', 0 from generate_series(1, 7) i;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, rows_read, rows_kept)
    select s, s, repeat('0', 64), 1, 'test', 'loaded', '{2025-01-01}', 7, 7 from unnest('{significant_event,prescribing,list_size}'::text[]) s;
update mo_data.kpi set hide_from = 1, hide_to = 7 where kpi_id = 'sea_raised';
update mo_data.kpi set hide_from = 1, hide_to = 4, round_to = 10 where kpi_id = 't_rate';
call mo_data.refresh();
create role mo_test_reader login;
select mo_data.grant_reader('mo_test_reader', 'A00001');

-- Which of the numbers leave another mark than the others: parts of the plan that are never executed, rows, or tables that are read.
create function pg_temp.told(query text, numbers float8[]) returns float8[] language plpgsql as $$
declare
    n float8; line text; mark text; marks text[] := '{}'; usual text;
begin
    foreach n in array numbers loop
        mark := '';
        for line in execute 'explain (analyze, costs off, timing off, summary off, buffers off) ' || format(query, n) loop
            mark := mark || regexp_replace(line, '''[-0-9.e]+''::double precision', 'n');
        end loop;
        marks := marks || mark;
    end loop;
    select m into usual from unnest(marks) m group by m order by count(*) desc limit 1;
    return array(select u.n from unnest(numbers, marks) u (n, m) where u.m <> usual order by 1);
end $$;
set session authorization mo_test_reader;
select org_code, numerator, value_status from mo_dashboard.dashboard where kpi_id = 'sea_raised';
-- its own, hidden; another's; with operators that cost nothing, too
select pg_temp.told('select from mo_dashboard.dashboard where kpi_id = ''sea_raised'' and org_code = ''A00001'' and numerator = %L', '{1,2,3,4,5,6,7}') as own,
    pg_temp.told('select from mo_dashboard.dashboard where kpi_id = ''sea_raised'' and org_code = ''A00003'' and numerator = %L', '{1,2,3,4,5,6,7}') as others;
select pg_temp.told('select from mo_dashboard.kpi_months where kpi_id = ''sea_raised'' and org_code = ''A00001'' and value_00 = %L', '{1,2,3,4,5,6,7}') as own,
    pg_temp.told('select from mo_dashboard.fact_kpi where kpi_id = ''t_rate'' and org_code = ''A00003'' and denominator = %L', '{997,998,999,1000,1001}') as denominator,
    pg_temp.told('select from mo_dashboard.variation where kpi_id = ''t_rate'' and group_code = ''QBB'' and median = %L', '{70,80,88,90,100}') as median;
set local cpu_operator_cost = 0;
select pg_temp.told('select from mo_dashboard.dashboard where kpi_id = ''sea_raised'' and org_code = ''A00001'' and numerator = %L', '{1,2,3,4,5,6,7}') as own,
    pg_temp.told('select from mo_dashboard.dashboard where kpi_id = ''sea_raised'' and org_code = ''A00003'' and numerator = %L', '{1,2,3,4,5,6,7}') as others;
reset cpu_operator_cost;
-- a function of the reader's does not meet averages of groups that are not shown
create function pg_temp.peek(float8) returns bool language plpgsql strict cost 0.0000001 as $$ begin raise notice 'met %', $1; return true; end $$;
select count(*) from mo_dashboard.peer_comparison where kpi_id = 't_rate' and org_type = 'practice' and pg_temp.peek(funnel_average) and pg_temp.peek(funnel_average);
-- neither group: A00003 would be the rest of the first
select org_type, org_code, numerator from mo_dashboard.measure_value order by 1, 2;
-- how many events there were is not told by the file
select source_name, rows_kept from mo_dashboard.data_status where source_name in ('significant_event', 'prescribing') order by 1;
select change_narrative from mo_dashboard.change_log where change_label = 'source refreshed' order by source_name;
reset session authorization;
-- what is compared is what is shown: deciles of numbers that are rounded
select level_count, total_numerator, level_decile_10, level_median, level_decile_90 from mo_dashboard.measure_decile where org_type = 'practice';
-- the condition that decides is asked first in every view: it has no operator
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'v' and n.nspname in ('mo_data', 'mo_dashboard')
    and pg_get_viewdef(c.oid) ~ '= ANY \(ARRAY\( SELECT [a-z]\.\w+\s+FROM mo_data\.my_organisation' order by 1;
rollback;
