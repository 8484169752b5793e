-- No record in a published month: a count of 0 and an empty ratio, where the KPI is measured; no figure anywhere else
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('sea_raised', 'reconciliation_7_days'), hide_from = null, hide_to = null;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_to) values ('QAA', 'icb', 'An ICB', null, null), ('QBB', 'icb', 'Another ICB', null, null),
    ('00A', 'sub_icb', 'Its sub-ICB', null, null), ('00B', 'sub_icb', 'The other''s', null, null), ('U00001', 'pcn', 'A PCN', null, null), ('U00002', 'pcn', 'A silent PCN', null, null),
    ('A00001', 'practice', 'Raises', 4, null), ('A00002', 'practice', 'Silent', 4, null), ('A00003', 'practice', 'Closes in February', 4, '2025-02-28'),
    ('A00004', 'practice', 'Hospice', 8, null), ('A00005', 'practice', 'Belongs to nobody', 4, null), ('A00006', 'practice', 'Elsewhere', 4, null),
    ('A00998', 'practice', 'Dummy', 4, null);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QBB'), ('U00001', 'sub_icb', '00A'), ('U00002', 'sub_icb', '00A'),
    ('A00001', 'sub_icb', '00A'), ('A00002', 'sub_icb', '00A'), ('A00003', 'sub_icb', '00A'), ('A00004', 'sub_icb', '00A'), ('A00006', 'sub_icb', '00B'), ('A00998', 'sub_icb', '00A'),
    ('A00001', 'pcn', 'U00001'), ('A00002', 'pcn', 'U00002'), ('A00003', 'pcn', 'U00001');
insert into mo_data.significant_event (event_id, practice_code, raised_on) values ('e1', 'A00001', '2025-01-10'), ('e2', 'A00001', '2025-01-11'), ('e3', 'A00001', '2025-03-01');
insert into mo_data.discharge (discharge_id, practice_code, patient_key, received_on, reconciled_on) values ('d1', 'A00001', 1, '2025-01-02', '2025-01-03'), ('d2', 'A00001', 2, '2025-02-03', '2025-02-20');
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months)
    values ('significant_event', 'f', repeat('0', 64), 1, 'f', 'loaded', '{2025-01-01,2025-03-01}'), ('discharge', 'f', repeat('0', 64), 1, 'f', 'loaded', '{2025-01-01,2025-02-01}');
call mo_data.refresh();
select kpi_id, org_type, icb_code from mo_data.kpi_coverage order by 1, 2, 3;
select org_type, org_code, string_agg(numerator::text, ' ' order by month_start) as january_to_march
from mo_dashboard.fact_kpi where kpi_id = 'sea_raised' group by 1, 2 order by 1, 2;
select month_start, org_type, org_code, numerator, denominator, value, value_status from mo_dashboard.fact_kpi
where kpi_id = 'reconciliation_7_days' and org_type in ('practice', 'pcn') order by 1, 2, 3;
-- 0 is a figure among the peers, and what was there the month before; a null ratio is nobody's peer
select month_start, org_code, value, peer_n, peer_rank, change_on_month from mo_dashboard.fact_kpi where kpi_id = 'sea_raised' and org_type = 'practice' order by 1, 2;
select month_start, org_code, peer_n from mo_dashboard.fact_kpi where kpi_id = 'reconciliation_7_days' and org_type = 'practice' order by 1, 2;
-- the other ICB's first event: what was before is not known to have been recorded there
insert into mo_data.significant_event (event_id, practice_code, raised_on) values ('e4', 'A00006', '2025-03-09');
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('significant_event', 'g', repeat('1', 64), 1, 'f', 'loaded', '{2025-03-01}');
call mo_data.refresh();
select org_code, string_agg(numerator::text, ' ' order by month_start) as january_to_march from mo_dashboard.fact_kpi
where kpi_id = 'sea_raised' and org_code in ('A00006', 'QBB') group by 1 order by 1;
-- nothing more to do
select count(*) as pending from mo_data.refresh_pending();
-- a ratio that begins with an ICB's first: what stands over several leaves out those that have not begun, and so do the records behind it
insert into mo_data.organisation (org_code, org_type, name) values ('Y01', 'region', 'A region');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('QAA', 'region', 'Y01'), ('QBB', 'region', 'Y01');
insert into mo_data.discharge (discharge_id, practice_code, patient_key, received_on) values ('d3', 'A00006', 3, '2025-01-02');
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('discharge', 'g', repeat('1', 64), 1, 'f', 'loaded', '{2025-01-01}');
update mo_data.kpi set begins_with_first = true where kpi_id = 'reconciliation_7_days';
call mo_data.refresh();
select r.numerator, r.denominator, (select string_agg(k.record_key, ' ' order by k.record_key) from mo_data.kpi_record('reconciliation_7_days', 'Y01', r.month) k) as records
from mo_data.kpi_result r where r.kpi_id = 'reconciliation_7_days' and r.org_code = 'Y01' and r.month = '2025-01-01';
rollback;
