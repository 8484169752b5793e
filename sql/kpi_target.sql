-- Targets: whose target counts, what a practice that moves has, what a PCN should have done by now, and the colours
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('reconciliation_7_days', 'sea_raised'), hide_from = null, hide_to = null;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'North', null), ('QAA', 'icb', 'An ICB', null),
    ('00A', 'sub_icb', 'Its sub-ICB', null), ('U00001', 'pcn', 'PCN with a target', null), ('U00002', 'pcn', 'PCN without', null),
    ('A00001', 'practice', 'Own target', 4), ('A00002', 'practice', 'Moves in March', 4), ('A00003', 'practice', 'Inherits', 4), ('A00004', 'practice', 'Few', 4), ('A00005', 'practice', 'Sees no letter', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to) values ('Y11', 'nation', 'ENG', '2000-01-01', null), ('QAA', 'region', 'Y11', '2000-01-01', null),
    ('00A', 'icb', 'QAA', '2000-01-01', null), ('U00001', 'sub_icb', '00A', '2000-01-01', null), ('U00002', 'sub_icb', '00A', '2000-01-01', null),
    ('A00001', 'sub_icb', '00A', '2000-01-01', null), ('A00002', 'sub_icb', '00A', '2000-01-01', null), ('A00003', 'sub_icb', '00A', '2000-01-01', null), ('A00004', 'sub_icb', '00A', '2000-01-01', null), ('A00005', 'sub_icb', '00A', '2000-01-01', null),
    ('A00001', 'pcn', 'U00001', '2000-01-01', null), ('A00002', 'pcn', 'U00001', '2000-01-01', '2025-03-10'), ('A00002', 'pcn', 'U00002', '2025-03-10', null), ('A00003', 'pcn', 'U00002', '2000-01-01', null),
    ('A00004', 'pcn', 'U00001', '2000-01-01', null), ('A00005', 'pcn', 'U00001', '2000-01-01', null);
-- letters due in February and March, ten each (four at A00004); reconciled in time: 9, 5, 10, 1 in every month
insert into mo_data.discharge (discharge_id, practice_code, patient_key, received_on, reconciled_on)
    select p || m || i, p, i, m, case when i <= good then m + 2 end
    from (values ('A00001', 10, 9), ('A00002', 10, 5), ('A00003', 10, 10), ('A00004', 4, 1)) x (p, n, good), unnest('{2025-02-03,2025-03-03}'::date[]) m, generate_series(1, n) i;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('discharge', 'f', repeat('0', 64), 1, 'f', 'loaded', '{2025-02-01,2025-03-01}');
-- the nation 70 %, the ICB 80 % to the end of February, U00001 60 %, A00001 95 % from March
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, valid_to, target) values ('reconciliation_7_days', 'ENG', '2020-01-01', null, 0.7),
    ('reconciliation_7_days', 'QAA', '2020-01-01', '2025-03-01', 0.8), ('reconciliation_7_days', 'U00001', '2020-01-01', null, 0.6),
    ('reconciliation_7_days', 'A00001', '2025-03-01', null, 0.95);
call mo_data.refresh();
-- by hand: February A1 .6 (PCN), A2 .6 (PCN of February), A3 .8 (its PCN has none, ICB); March A1 .95, A2 .7 (new PCN has none, ICB's has ended, nation), A3 .7
select org_type, org_code, max(target) filter (where month_start = '2025-02-01') as february, max(target) filter (where month_start = '2025-03-01') as march
from mo_dashboard.fact_kpi where kpi_id = 'reconciliation_7_days' group by 1, 2 order by 1, 2;
select org_code, display_value, display_target, status_label, rag from mo_dashboard.dashboard where kpi_id = 'reconciliation_7_days' order by 1;
-- a change of targets shows after a refresh, and no figure is written for it
update mo_data.kpi_target set target = 0.5 where org_code = 'ENG';
delete from mo_data.kpi_target where org_code = 'A00001';
call mo_data.refresh();
select figures_written, results_written > 0 as results_written from mo_data.refresh_run order by run_id desc limit 1;
select org_code, display_value, display_target, status_label, rag from mo_dashboard.dashboard where kpi_id = 'reconciliation_7_days' order by 1;
delete from mo_data.kpi_target;
call mo_data.refresh();
select distinct display_target, status_label, rag from mo_dashboard.dashboard where kpi_id = 'reconciliation_7_days' order by 1, 2;
select target_type from mo_dashboard.dim_kpi where kpi_id = 'reconciliation_7_days';
create temporary table runs as select count(*) as n from mo_data.refresh_run;
call mo_data.refresh();
select n = (select count(*) from mo_data.refresh_run) as nothing_more from runs;
-- every status
select s.*, t.* from (values ('higher', 'percent', 0.9, 0.8, 0.95, 100, 0.9), ('higher', 'percent', 0.85, 0.8, 0.92, 100, 0.9), ('higher', 'percent', 0.5, 0.4, 0.6, 100, 0.9),
    ('lower', 'rate', 3, 2, 4, 100, 3), ('lower', 'rate', 5, 4.5, 6, 100, 3), ('higher', 'percent', 0.5, null, null, 100, 0.9), ('higher', 'percent', 1, 0.5, 1, 4, 0.9), ('higher', 'count', 12, 8, 15, 0, 10),
    ('neither', 'ratio', 1, null, null, 100, 1), ('higher', 'percent', 1, null, null, 100, null), ('higher', 'percent', null, null, null, 0, 0.9))
    s (direction, unit, value, lower, upper, denominator, target) cross join lateral mo_data.target_status(direction, unit, value, lower, upper, denominator, target, 5) t;

-- reviews against the year's target: U00001 has a profile, U00002 has none and is linear
insert into mo_data.cohort_target (pcn_code, cohort_code, year_start, target_patients) values ('U00001', 'ALL', '2024-04-01', 300), ('U00002', 'ALL', '2024-04-01', 100);
insert into mo_data.cohort_target_profile (pcn_code, year_start, financial_month, cumulative_share) values ('U00001', '2024-04-01', 10, 0.6), ('U00001', '2024-04-01', 12, 1);
-- by hand: January (10th) .6 and 10/12; ICB (.6 * 300 + 83.333) / 400 = .6583; February 11/12 for both; March all
select org_code, month, round(target::numeric, 4) as target from mo_data.kpi_target_of('smr_completed', '{2025-01-01,2025-02-01,2025-03-01,2025-04-01}')
where org_type in ('pcn', 'icb') order by 1, 2;
-- a target of its own comes before the profile, and the profile before what is inherited
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('smr_completed', 'U00002', '2020-01-01', 0.5), ('smr_completed', 'QAA', '2020-01-01', 0.9);
select org_code, round(target::numeric, 4) as target from mo_data.kpi_target_of('smr_completed', '{2025-01-01}') where org_type in ('pcn', 'icb', 'region') order by 1;
rollback;
