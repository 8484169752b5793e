-- Where only some ICBs' data of a month are there: their own figures, but none of what stands over several; nothing before what was first recorded
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('sea_raised', 'reconciliation_7_days', 'deprescribing_per_smr'), hide_from = null, hide_to = null;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) select c, t, c, case t when 'practice' then 4 end from (values ('ENG', 'nation'), ('Y01', 'region'), ('Y02', 'region'),
    ('QAA', 'icb'), ('QBB', 'icb'), ('QCC', 'icb'), ('QDD', 'icb'), ('00A', 'sub_icb'), ('00B', 'sub_icb'), ('00C', 'sub_icb'), ('00D', 'sub_icb'),
    ('A00001', 'practice'), ('A00002', 'practice'), ('B00001', 'practice'), ('C00001', 'practice'), ('D00001', 'practice')) v (c, t);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('Y01', 'nation', 'ENG'), ('Y02', 'nation', 'ENG'), ('QAA', 'region', 'Y01'), ('QBB', 'region', 'Y01'), ('QCC', 'region', 'Y02'),
    ('QDD', 'region', 'Y02'), ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QBB'), ('00C', 'icb', 'QCC'), ('00D', 'icb', 'QDD'), ('A00001', 'sub_icb', '00A'), ('A00002', 'sub_icb', '00A'),
    ('B00001', 'sub_icb', '00B'), ('C00001', 'sub_icb', '00C'), ('D00001', 'sub_icb', '00D');
insert into mo_data.organisation_group (group_code, group_name, org_code) values ('BOTH', 'Over two ICBs', 'A00001'), ('BOTH', 'Over two ICBs', 'B00001'), ('ONE', 'Within one', 'A00001'), ('ONE', 'Within one', 'A00002');
create function pg_temp.letters(practice text, month date, letters integer, reconciled integer) returns void language sql as $$
    insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on, on_medicines)
        select practice || month || i, i, practice, month, case when i <= reconciled then month + 1 end, true from generate_series(1, letters) i $$;
create function pg_temp.events(practice text, day date, n integer) returns void language sql as $$
    insert into mo_data.significant_event (event_id, practice_code, raised_on) select practice || day || i, practice, day from generate_series(1, n) i $$;
create function pg_temp.load(source text, months date[], as_at date default null) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, as_at) values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months, as_at) $$;
create function pg_temp.grid(kpi text) returns table (org_type text, org_code text, jan text, feb text, mar text, apr text) language sql as $$
    select r.org_type, r.org_code, max(r.v) filter (where r.month = '2025-01-01'), max(r.v) filter (where r.month = '2025-02-01'), max(r.v) filter (where r.month = '2025-03-01'), max(r.v) filter (where r.month = '2025-04-01')
    from (select x.*, x.numerator || coalesce('/' || nullif(x.denominator, 0), '') as v from mo_data.kpi_result x where x.kpi_id = kpi and x.breakdown = '') r group by 1, 2 order by 1, 2 $$;

-- a ratio: in February the letters of QBB have not come. QDD never sent any, so nobody waits for it
select pg_temp.letters('A00001', '2025-01-01', 10, 5), pg_temp.letters('A00002', '2025-01-01', 10, 5), pg_temp.letters('B00001', '2025-01-01', 10, 9), pg_temp.letters('C00001', '2025-01-01', 10, 1),
    pg_temp.letters('A00001', '2025-02-01', 10, 6), pg_temp.letters('C00001', '2025-02-01', 10, 2), pg_temp.load('discharge', '{2025-01-01,2025-02-01}');
call mo_data.refresh();
select * from pg_temp.grid('reconciliation_7_days');
-- the pages of region, nation and of the group over both stay at January; what is due says whom they wait for
select org_code, month_start, display_value from mo_dashboard.dashboard where kpi_id = 'reconciliation_7_days' and org_code in ('ENG', 'Y01', 'Y02', 'BOTH', 'ONE', 'QBB') order by 1;
select due_narrative ~ 'No figure of February 2025 yet from QBB: regions, the nation and groups across ICBs wait\.' as says_so from mo_dashboard.next_refresh where kpi_id = 'reconciliation_7_days';
-- they come
select pg_temp.letters('B00001', '2025-02-01', 10, 8), pg_temp.load('discharge', '{2025-02-01}');
call mo_data.refresh();
select org_code, feb from pg_temp.grid('reconciliation_7_days') where org_type in ('region', 'nation', 'group', 'icb') order by org_type, 1;
select due_narrative ~ 'wait' as still_waiting from mo_dashboard.next_refresh where kpi_id = 'reconciliation_7_days';
-- and are withdrawn again: so are the sums
delete from mo_data.discharge where practice_code = 'B00001' and received_on = '2025-02-01';
select pg_temp.load('discharge', '{2025-02-01}');
call mo_data.refresh();
select org_code, feb from pg_temp.grid('reconciliation_7_days') where org_type in ('region', 'nation', 'group', 'icb') order by org_type, 1;

-- a count: nothing in an ICB before its first; 0 within what is known to have been recorded; not yet known after its last
select pg_temp.events('A00001', '2025-01-10', 2), pg_temp.events('A00001', '2025-03-10', 1), pg_temp.events('A00002', '2025-04-10', 1), pg_temp.events('B00001', '2025-02-10', 3), pg_temp.load('significant_event', '{2025-01-01,2025-02-01,2025-03-01,2025-04-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised');
-- the next of QBB comes in April: March was 0
select pg_temp.events('B00001', '2025-04-20', 1), pg_temp.load('significant_event', '{2025-04-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised') where org_type <> 'sub_icb';
-- its first was a mistake: it begins in April
delete from mo_data.significant_event where practice_code = 'B00001' and raised_on < '2025-03-01';
select pg_temp.load('significant_event', '{2025-02-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised') where org_code in ('QBB', 'Y01', 'ENG', 'BOTH');
select icb_code, first_month, last_month from mo_data.kpi_coverage where kpi_id = 'sea_raised' order by 1;
-- a file as at the end of May says that nobody raised any in May; a file without rows says so too
select last_month from mo_data.kpi_span() where kpi_id = 'sea_raised';
select pg_temp.load('significant_event', '{2025-04-01}', '2025-05-30');
select last_month from mo_data.kpi_span() where kpi_id = 'sea_raised';
select pg_temp.load('significant_event', '{2025-04-01}', '2025-05-31');
select last_month from mo_data.kpi_span() where kpi_id = 'sea_raised';
call mo_data.refresh();
select org_code, numerator from mo_data.kpi_result where kpi_id = 'sea_raised' and month = '2025-05-01' and org_type in ('practice', 'icb', 'nation') order by 1;

-- a ratio that begins with its first: reviews of years in which nobody recorded a stop are not reviews without one
insert into mo_data.code_set (code_set, code, term, status, is_on) values ('DEPRESCRIBING', '900000001', 'stopped', 'local', true);
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, recorded_date) select 'flat', 's' || p || m, i, p, c.code, m, m
    from (select min(code) as code from mo_data.code_set where code_set = 'SMR_DONE' and is_on) c, unnest('{A00001,C00001}'::text[]) with ordinality x (p, i), generate_series('2025-01-05'::date, '2025-04-05', '1 month') m
    union all values ('flat', 'stop', 1, 'A00001', '900000001', date '2025-03-06', date '2025-03-06');
insert into mo_data.registration (patient_key, practice_code, registered_from) values (1, 'A00001', '2020-01-01'), (2, 'C00001', '2020-01-01');
select pg_temp.load('activity', '{2025-01-01,2025-02-01,2025-03-01,2025-04-01}'), pg_temp.load('registration', '{}');
call mo_data.refresh();
select * from pg_temp.grid('deprescribing_per_smr') where org_type in ('practice', 'icb', 'region', 'nation');  -- QCC never recorded one: nobody waits for it
-- nothing more to do, and what is stored is what would be rolled up now
select count(*) as pending from mo_data.refresh_pending();
select what, state from mo_data.restored_figures();
rollback;
