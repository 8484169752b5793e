-- Subscriptions: a digest when the page changed and none when not, notifications without figures, an outbox that hands out each message once
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('reconciliation_7_days', 'sea_raised');
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('U00001', 'pcn', 'North PCN', null), ('U00002', 'pcn', 'South PCN', null), ('A00001', 'practice', 'One', 4), ('A00002', 'practice', 'Two', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('U00002', 'sub_icb', '00A'),
    ('A00001', 'pcn', 'U00001'), ('A00002', 'pcn', 'U00002');
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('reconciliation_7_days', 'QAA', '2020-04-01', 0.7);
create function pg_temp.load(source text, months date[]) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months) $$;
create function pg_temp.letters(practice text, month date, letters integer, reconciled integer) returns void language sql as $$
    delete from mo_data.discharge where practice_code = practice and received_on = month;
    insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on, on_medicines)
        select practice || month || i, i, practice, month, case when i <= reconciled then month + 1 end, true from generate_series(1, letters) i;
    select pg_temp.load('discharge', array[month]) $$;
create view pg_temp.letterbox as select subscriber, subject, body from mo_data.outbox where run_id = (select max(run_id) from mo_data.refresh_run);
select count(pg_temp.letters(p, m::date, 100, 80 + (n % 3)::integer)) from generate_series('2024-01-01'::timestamp, '2024-12-01', '1 month') with ordinality x (m, n), unnest('{A00001,A00002}'::text[]) p;
call mo_data.refresh();

-- what is on the page when one subscribes is no news
select mo_data.subscribe('cd@north.example', 'U00001') > 0 as cd, mo_data.subscribe('cd@north.example', 'U00001') = mo_data.subscribe('cd@north.example', 'U00001', 'digest') as same_again,
    mo_data.subscribe('mo@icb.example', 'U00001') > 0 as mo, mo_data.subscribe('mo@icb.example', 'U00002') > 0 as mo_too, mo_data.subscribe('sea@icb.example', 'U00001', kpi_id => 'sea_raised') > 0 as sea,
    mo_data.subscribe('robot', 'U00001', 'notify') > 0 as robot;
select count(*) as subscriptions from mo_data.subscription;
select pg_temp.load('significant_event_theme', '{}');
call mo_data.refresh();
select count(*) as messages_when_nothing_changed from mo_data.outbox;

-- a new month, off target now and a special cause: one message a subscriber, with its organisations; none for who asked for another KPI
select pg_temp.letters('A00001', '2025-01-01', 200, 90), pg_temp.letters('A00002', '2025-01-01', 100, 92);
call mo_data.refresh();
\a
\t
select subscriber || E'\n' || subject || E'\n' || body || E'\n====' from pg_temp.letterbox order by subscriber;
\a
\t
-- nothing more to say of it
select pg_temp.load('discharge', '{2025-01-01}');
call mo_data.refresh();
select count(*) as messages from pg_temp.letterbox;
-- restated: the figure of the page, and an earlier month as the Changes page has it; a figure that is now too small to show is not told
select pg_temp.letters('A00001', '2025-01-01', 200, 100), pg_temp.letters('A00001', '2024-06-01', 100, 50), pg_temp.letters('A00002', '2025-01-01', 100, 5);
call mo_data.refresh();
\a
\t
select subscriber || E'\n' || subject || E'\n' || body || E'\n====' from pg_temp.letterbox where subscriber like 'mo%';
select 'a small number is told: ' || body from mo_data.outbox where body ~ '\m5\.0%|\m5 of';
\a
\t
-- one KPI only
insert into mo_data.significant_event (event_id, practice_code, raised_on) select 'e' || i, 'A00001', '2025-01-10' from generate_series(1, 12) i;
select pg_temp.load('significant_event', '{2025-01-01}');
call mo_data.refresh();
select subscriber, subject, regexp_replace(body, E'\n.*', '') as first_line from pg_temp.letterbox order by 1;
-- ended; refused
update mo_data.subscription set is_active = false where subscriber <> 'robot';
select pg_temp.letters('A00001', '2025-02-01', 200, 90);
call mo_data.refresh();
select count(*) as messages from pg_temp.letterbox;
savepoint s;
select mo_data.subscribe('x', 'U99999');
rollback to s;
select mo_data.subscribe('x', 'U00001', 'pigeon');
rollback to s;
select mo_data.subscribe('x', 'U00001', kpi_id => 'no_such');
rollback to s;
select mo_data.subscribe(E'x\nBcc: all', 'U00001');
rollback to s;

create function pg_temp.refused(command text) returns text language plpgsql as $$
begin execute command; return 'not refused'; exception when others then return sqlstate || ' ' || regexp_replace(sqlerrm, 'message \d+', 'message N'); end $$;
-- the outbox: each message is handed out once, again only after a while or when given back, never once sent
select count(*) > 3 as enough from mo_data.outbox;
create temporary table first as select * from mo_data.outbox_claim(2);
create temporary table second as select * from mo_data.outbox_claim(1000);
select (select count(*) from first) as first, (select count(*) from second) = (select count(*) - 2 from mo_data.outbox) as the_rest,
    (select count(*) from first join second using (outbox_id)) as twice, (select count(*) from mo_data.outbox_claim(1000)) as none_left;
select mo_data.outbox_sent((select min(outbox_id) from first));
select mo_data.outbox_failed((select max(outbox_id) from first));
select outbox_id = (select max(outbox_id) from first) as the_one_given_back, attempts from mo_data.outbox_claim(1000);
select count(*) = (select count(*) - 1 from mo_data.outbox) as all_but_the_sent_one, max(attempts) as attempts from mo_data.outbox_claim(1000, '1 microsecond');
select x, pg_temp.refused(x) from unnest('{"select mo_data.outbox_sent((select min(outbox_id) from first))","select mo_data.outbox_failed((select min(outbox_id) from first))",
    "select mo_data.outbox_sent(-1)","select mo_data.outbox_claim(0)","select mo_data.outbox_claim(1, ''-1 minute'')"}'::text[]) x;
rollback;
