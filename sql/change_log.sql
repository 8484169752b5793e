-- The Changes page: definitions, restated figures, sources; written by the system, never changed, no figure that is hidden, each reader its own
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('reconciliation_7_days', 'incident_rate', 'sea_raised');
select mo_data.change_definitions() > 0 as noted;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('U00001', 'pcn', 'A PCN', null), ('U00002', 'pcn', 'Another PCN', null), ('A00001', 'practice', 'One', 4), ('A00002', 'practice', 'Two', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('U00002', 'sub_icb', '00A'),
    ('A00001', 'pcn', 'U00001'), ('A00002', 'pcn', 'U00002');
create function pg_temp.load(source text, months date[], read integer default 10, rejected integer default 0) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, rows_read, rows_kept, rows_rejected)
    values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months, read, read - rejected, rejected) $$;
create function pg_temp.letters(practice text, month date, letters integer, reconciled integer) returns void language sql as $$
    delete from mo_data.discharge where practice_code = practice and received_on = month;
    insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on, on_medicines)
        select practice || month || i, i, practice, month, case when i <= reconciled then month + 1 end, true from generate_series(1, letters) i $$;
create view pg_temp.news as select change_label as kind, kpi_id, source_name as source, org_code as org, month_start as month, old_value as was, new_value as now_is, change_narrative from mo_dashboard.change_log
    where change_id > current_setting('mo_test.seen')::integer order by change_id;
create function pg_temp.seen() returns void language sql as $$ select set_config('mo_test.seen', (select coalesce(max(change_id), 0) from mo_data.change)::text, true) $$;
select pg_temp.seen();

-- a source, with its months and rows; a first figure is no restatement
select pg_temp.letters('A00001', '2025-01-01', 100, 50), pg_temp.letters('A00002', '2025-01-01', 100, 60), pg_temp.letters('A00001', '2025-02-01', 100, 50), pg_temp.letters('A00002', '2025-02-01', 100, 60);
select pg_temp.load('discharge', '{2025-01-01,2025-02-01}', 402, 2), pg_temp.load('discharge', '{2025-02-01}', 1), pg_temp.load('code_set', '{}', 1);
call mo_data.refresh();
select * from pg_temp.news;
select pg_temp.seen();
-- nothing new, nothing noted
call mo_data.refresh();
select * from pg_temp.news;

-- restated: from 1 percentage point on, a PCN and an ICB a line, no practice
select pg_temp.letters('A00001', '2025-01-01', 200, 101), pg_temp.letters('A00002', '2025-01-01', 200, 122), pg_temp.load('discharge', '{2025-01-01}', 400);
call mo_data.refresh();
select kind, kpi_id, org, month, was, now_is, change_narrative from pg_temp.news where kind = 'restated figures';
select pg_temp.seen();
update mo_data.setting set value = 0.1 where name = 'change_log_points';
select pg_temp.letters('A00001', '2025-01-01', 200, 102), pg_temp.load('discharge', '{2025-01-01}');
call mo_data.refresh();
select kind, org, round(was::numeric, 4) as was, round(now_is::numeric, 4) as now_is, change_narrative from pg_temp.news;
select pg_temp.seen();
-- a figure that is hidden, before or after, is not noted: neither old nor new value can be had from here
select pg_temp.letters('A00001', '2025-01-01', 200, 5), pg_temp.load('discharge', '{2025-01-01}');
call mo_data.refresh();
select kind, org, now_is from pg_temp.news where kind = 'restated figures';
select pg_temp.letters('A00001', '2025-01-01', 200, 150), pg_temp.load('discharge', '{2025-01-01}');
call mo_data.refresh();
select kind, org, now_is from pg_temp.news where kind = 'restated figures';
select count(*) as left_behind from mo_data.result_was;
select pg_temp.seen();
-- other units by their share: 5 % of itself
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) select p, '2025-01-01', 'F', 0, 4, 10000, 0 from unnest('{A00001,A00002}'::text[]) p;
insert into mo_data.incident (incident_id, practice_code, occurred_on) select 'i' || i, 'A0000' || 1 + i % 2, '2025-01-05' from generate_series(1, 200) i;
select pg_temp.load('incident', '{2025-01-01}'), pg_temp.load('list_size', '{2025-01-01}');
call mo_data.refresh();
insert into mo_data.incident (incident_id, practice_code, occurred_on) select 'j' || i, 'A00001', date '2025-01-05' from generate_series(1, 4) i union all select 'k' || i, 'A00002', '2025-01-05' from generate_series(1, 5) i;
select pg_temp.load('incident', '{2025-01-01}');
call mo_data.refresh();
select kpi_id, org, was, now_is, change_narrative from pg_temp.news where kind = 'restated figures';
select pg_temp.seen();
-- a practice that belongs elsewhere, looked back on: its PCNs are restated though no figure of its own changed
update mo_data.organisation_parent set parent_code = 'U00001' where org_code = 'A00002' and parent_type = 'pcn';
call mo_data.refresh();
select kpi_id, org, month, round(was::numeric, 3) as was, round(now_is::numeric, 3) as now_is from pg_temp.news where kind = 'restated figures' order by 1, 2, 3;
select pg_temp.seen();

-- definitions: whatever way they came to differ, at the next refresh, with what they were
update mo_data.kpi set numerator_wording = 'letters acted on', definition_version = '2', hide_to = 9 where kpi_id = 'reconciliation_7_days';
update mo_data.setting set value = 10 where name = 'reconciliation_days';
insert into mo_data.code_set (code_set, code, term, status, is_on) select 'SMR_DONE', (9000000 + i)::text, 'local ' || i, 'local', i > 1 from generate_series(1, 8) i;
update mo_data.code_set set is_on = false where code_set = 'SMR_DONE' and code = (select min(code) from mo_data.code_set where code_set = 'SMR_DONE' and is_on and code !~ '^90000');
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('reconciliation_7_days', 'U00001', '2025-04-01', 0.9);
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) select 'incident_rate', 'X' || i, '2025-04-01', i from generate_series(1, 21) i;
update mo_data.alert_window set in_kpi = not in_kpi where alert_class = 'DSU';
call mo_data.refresh();
select kind, kpi_id, org, change_narrative from pg_temp.news;
select pg_temp.seen();
call mo_data.refresh();
select count(*) as noted_again from pg_temp.news;
-- a KPI that is registered is one line; a target taken back too
delete from mo_data.kpi_target where org_code = 'U00001';
create function mo_data.kpi_local_one(from_month date, to_month date) returns table (org_code text, month date, breakdown text, record_key text, numerator float8, denominator float8)
    language sql as $$ select null::text, null::date, null::text, null::text, 1::float8, 1::float8 where false $$;
call mo_data.register_kpi('local_one', 'cost', 'Our own measure', 'Own', 'ratio', 'these', 'those', 'neither', '{discharge}', 'why', 'where');
call mo_data.refresh();
select kind, kpi_id, org, change_narrative from pg_temp.news;
select pg_temp.seen();
-- rights are noted, but not for readers
insert into mo_data.access_scope (role_name, org_code, sees_unsuppressed) values ('some_reader', 'U00002', true);
call mo_data.refresh();
select count(*) as shown from pg_temp.news;
select change_label, for_readers, narrative from mo_data.change where change_id > current_setting('mo_test.seen')::integer;
-- other parts of the layer add lines of their own
select mo_data.change_note('return submitted', 'The return of Q4 2024/25 was submitted.', org_code => 'U00001') > 0 as written;
select kind, org, change_narrative from pg_temp.news;
savepoint s;
select mo_data.change_note('return submitted', 'x', org_code => 'U99999');
rollback to s;
select mo_data.change_note('nonsense', 'x');
rollback to s;
-- never changed, never removed
update mo_data.change set narrative = 'nothing happened';
rollback to s;
delete from mo_data.change;
rollback to s;
truncate mo_data.change;
rollback to s;

select mo_data.schedule_note('30 5 * * *');
-- a reader sees everybody's lines and those of its organisations
create role mo_test_changes login;
select mo_data.grant_reader('mo_test_changes', 'U00002', 'A00002');
set local session authorization mo_test_changes;
select org_code, change_label, count(*) > 0 as lines from mo_dashboard.change_log group by 1, 2 order by 1, 2;
select distinct org_code from mo_dashboard.sea_theme_map;
select item_label, count(*) > 0 as rows from mo_dashboard.next_refresh group by 1 order by 1;
reset session authorization;
rollback;
