-- An ICB that opens goes on where the ICBs left off of whom it is made: what they recorded says that its silence is 0, and regions wait for it
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('sea_raised', 'reconciliation_7_days'), hide_from = null, hide_to = null;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('Y01', 'region', 'Y01', null), ('QAA', 'icb', 'QAA', null), ('QBB', 'icb', 'QBB', null), ('QNN', 'icb', 'New', null),
    ('00A', 'sub_icb', '00A', null), ('00B', 'sub_icb', '00B', null), ('U00001', 'pcn', 'U1', null), ('A00001', 'practice', 'A1', 4), ('A00002', 'practice', 'A2', 4), ('B00001', 'practice', 'B1', 4);
update mo_data.organisation set open_to = '2026-04-01' where org_code = 'QAA';
update mo_data.organisation set open_from = '2026-04-01' where org_code = 'QNN';
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to) values ('QAA', 'region', 'Y01', '1900-01-01', '2026-04-01'), ('QBB', 'region', 'Y01', '1900-01-01', null),
    ('QNN', 'region', 'Y01', '2026-04-01', null), ('00A', 'icb', 'QAA', '1900-01-01', '2026-04-01'), ('00A', 'icb', 'QNN', '2026-04-01', null), ('00B', 'icb', 'QBB', '1900-01-01', null),
    ('U00001', 'sub_icb', '00A', '1900-01-01', null), ('A00001', 'sub_icb', '00A', '1900-01-01', null), ('A00002', 'sub_icb', '00A', '1900-01-01', null), ('B00001', 'sub_icb', '00B', '1900-01-01', null),
    ('A00001', 'pcn', 'U00001', '1900-01-01', null);
create procedure pg_temp.load(source text, months date[]) language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months) $$;
create function pg_temp.grid(kpi text) returns table (org_code text, feb text, mar text, apr text, may text) language sql as $$
    select r.org_code, max(r.v) filter (where r.month = '2026-02-01'), max(r.v) filter (where r.month = '2026-03-01'), max(r.v) filter (where r.month = '2026-04-01'), max(r.v) filter (where r.month = '2026-05-01')
    from (select x.*, x.numerator || coalesce('/' || nullif(x.denominator, 0), '') as v from mo_data.kpi_result x where x.kpi_id = kpi and x.breakdown = '' and x.org_type <> 'sub_icb') r group by 1 order by 1 $$;
create function pg_temp.other() returns bigint language sql as $$ -- stored otherwise than from nothing
    select count(*) from mo_data.kpi k
        cross join lateral (select array_agg(m.month) as months from mo_data.kpi_month m where m.kpi_id = k.kpi_id) p
        cross join lateral (
            (select x.month, x.org_type::text, x.org_code::text, x.numerator from mo_data.kpi_result x where x.kpi_id = k.kpi_id and x.breakdown = ''
                except select x.month, x.org_type, x.org_code, x.numerator from mo_data.result_rolled_up(k.kpi_id, p.months) x where x.breakdown = '')
            union all
            (select x.month, x.org_type, x.org_code, x.numerator from mo_data.result_rolled_up(k.kpi_id, p.months) x where x.breakdown = ''
                except select x.month, x.org_type::text, x.org_code::text, x.numerator from mo_data.kpi_result x where x.kpi_id = k.kpi_id and x.breakdown = '')) d
    where k.is_active and p.months is not null $$;
-- QAA records in February and March, QBB every month: in April nothing has come from QNN, and the region waits
insert into mo_data.significant_event (event_id, practice_code, raised_on) select 'a' || m, 'A00001', m from unnest('{2026-02-05,2026-03-05}'::date[]) m union all select 'b' || m, 'B00001', m from unnest('{2026-02-05,2026-03-05,2026-04-05}'::date[]) m;
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on)
    select p || m, 1, p, m, m from unnest('{A00001,B00001}'::text[]) p, unnest('{2026-02-05,2026-03-05,2026-04-05}'::date[]) m where (p, m) <> ('A00001', '2026-04-05');
call pg_temp.load('significant_event', '{2026-02-01,2026-03-01}');
call pg_temp.load('discharge', '{2026-02-01,2026-03-01}');
call mo_data.refresh();
call pg_temp.load('significant_event', '{2026-04-01}');
call pg_temp.load('discharge', '{2026-04-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised');
select * from pg_temp.grid('reconciliation_7_days');
select kpi_id, substring(due_narrative from 'No figure of .*') from mo_dashboard.next_refresh where kpi_id in ('sea_raised', 'reconciliation_7_days') order by 1;
select pg_temp.other();
-- an event of May: April was 0 there, for all of its practices
insert into mo_data.significant_event (event_id, practice_code, raised_on) values ('a5', 'A00002', '2026-05-05'), ('b5', 'B00001', '2026-05-06');
call pg_temp.load('significant_event', '{2026-05-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised');
select kpi_id, icb_code, first_month, last_month from mo_data.kpi_coverage order by 1, 2;
select pg_temp.other();
-- what QAA recorded was a mistake: QNN begins with its own first, and QAA has nothing to hand on
delete from mo_data.significant_event where practice_code = 'A00001' and raised_on < '2026-04-01';
call pg_temp.load('significant_event', '{2026-02-01,2026-03-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised');
select pg_temp.other();
-- it was not: with its record of March again, April is 0 once more
insert into mo_data.significant_event (event_id, practice_code, raised_on) values ('a3', 'A00001', '2026-03-05');
call pg_temp.load('significant_event', '{2026-03-01}');
call mo_data.refresh();
select * from pg_temp.grid('sea_raised');
-- the sub-ICB turns out to have been QNN's from March on
update mo_data.organisation_parent set valid_to = '2026-03-01' where parent_code = 'QAA' or org_code = 'QAA';
update mo_data.organisation_parent set valid_from = '2026-03-01' where parent_code = 'QNN' or org_code = 'QNN';
update mo_data.organisation set open_from = '2026-03-01' where org_code = 'QNN';
update mo_data.organisation set open_to = '2026-03-01' where org_code = 'QAA';
call mo_data.refresh();
select * from pg_temp.grid('sea_raised');
select pg_temp.other();
select * from mo_data.icb_opened();
rollback;
