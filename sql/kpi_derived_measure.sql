-- Measures made from other rows: NICE-approved medicines, switch programmes and their saving, the formulary
\set VERBOSITY terse
set datestyle = iso;
set client_min_messages = warning;
begin;
\set ECHO none
\i test/data/measure_fixture.psql
\set ECHO all
insert into mo_data.innovation_medicine (medicine_code, title, nice_reference, recommended_on, bnf_prefixes, value_kind, cohort_code) values
    ('amox', 'Amoxicillin for all', 'TA1', '2024-01-01', '0501013B0AA 0501013B0BB', 'items', null),
    ('amox_reg', 'Amoxicillin in the register', 'TA2', null, '0501013B0', 'quantity', 'T_COHORT'), ('unknown_reg', 'Of no register', 'TA3', null, '0501', 'items', 'T_NOBODY');
insert into mo_data.cohort (cohort_code, name, kind, status) values ('T_COHORT', 'A register', 'smr', 'local');
insert into mo_data.patient (patient_key, sex, birth_year) select k, 'M', 1950 from generate_series(1, 5) k;
insert into mo_data.cohort_member (patient_key, cohort_code, member_from) select k, 'T_COHORT', '2024-01-01' from generate_series(1, 5) k;
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to) values (1, 'P00001', '2020-01-01', null), (2, 'P00001', '2020-01-01', null),
    (3, 'P00001', '2020-01-01', '2025-02-28'), (4, 'P00002', '2020-01-01', null), (5, 'P00002', '2020-01-01', null);
update mo_data.patient set died_on = '2025-01-31' where patient_key = 5;
-- 6 is in the register by two memberships, and registered at both, last at P00001; 7 since the same day, at P00001 by its code
insert into mo_data.patient (patient_key, sex, birth_year) values (6, 'F', 1950), (7, 'F', 1950);
insert into mo_data.cohort_member (patient_key, cohort_code, member_from) values (6, 'T_COHORT', '2024-01-01'), (6, 'T_COHORT', '2024-06-01'), (7, 'T_COHORT', '2024-01-01');
insert into mo_data.registration (patient_key, practice_code, registered_from) values (6, 'P00002', '2020-01-01'), (6, 'P00001', '2023-01-01'), (7, 'P00001', '2021-01-01'), (7, 'P00002', '2021-01-01');
-- a switch from the brand to the generic in February; one whose prefixes contain each other; one to itself
insert into mo_data.switch_programme (programme_code, title, from_bnf_prefix, to_bnf_prefix, starts_on, ends_on) values
    ('GEN', 'Brand to generic', '0501013B0BB', '0501013B0AA', '2025-02-01', null), ('NEST', 'All to one', '0501013B0', '0501013B0AA', '2025-02-10', '2025-03-01'),
    ('SELF', 'To itself', '0501', '0501', '2025-02-01', null), ('NONE', 'No prefixes', null, null, '2025-02-01', null);
insert into mo_data.formulary (class_code, bnf_prefix, line, valid_from, valid_to) values ('PEN', '0501013B0', 'first', '2020-01-01', null), ('PEN', '0501013B0BB', 'not_recommended', '2020-01-01', null),
    ('PEN', '0501080W0', 'second', '2020-01-01', null), ('OLD', '0501', 'first', '2020-01-01', '2021-01-01'), ('BAD', '0501', 'first', '2020-01-01', null),
    ('BAD', '0501013', 'second', '2020-01-01', null), ('BAD', '0501013B0', 'first', '2020-01-01', null);
select (measure).measure_id, (measure).numerator_include, (measure).numerator_exclude, (measure).denominator_include, (measure).population, (measure).per, fault from mo_data.derived_measures() order by 1;
set client_min_messages = notice;
select mo_data.derived_measures_sync();
set client_min_messages = warning;
select measure_id, pack, is_active from mo_data.prescribing_measure where pack in ('innovation', 'switch', 'formulary') order by 1;
call mo_data.refresh();
-- per 100,000: 40 items over 1,000; per 100 of the register: 1120 units over 5 patients in January, 560 over 4 in February (one left on the last day)
select kpi_id, month_start, org_code, numerator, denominator, round(value::numeric, 3) as value, uptake_label from mo_dashboard.innovation_uptake
where org_code in ('P00001', 'P00002') order by 1, 2, 3;
-- the formulary: 30 of 45 first-line items at P00001 (the brand is not, trimethoprim is second)
select org_code, numerator, denominator from mo_data.kpi_result where kpi_id = 'formulary_pen' and month = '2025-01-01' and org_type = 'practice' order by 1;
-- the switch: in January 840 of 1120 generic at P00001; in February all of 560, so 560 - 0.75 x 560 = 140 switched; brand 40 / 280, generic 40 / 560 pounds a unit:
-- 140 x (0.142857 - 0.071429) = 10.00; P00002 switched back: 0 - 1 x 280, at 40 / 280 and January's 120 / 1680: -20.00
select programme_code, org_code, quantity_to, quantity_both, round(baseline_share::numeric, 6) as baseline, round(share_to::numeric, 6) as share, round(price_from::numeric, 6) as price_from, round(price_to::numeric, 6) as price_to, round(quantity_switched::numeric, 6) as switched, realised_saving
from mo_dashboard.switch_saving where org_type in ('practice', 'pcn') and programme_code = 'GEN' order by 1, 2;
select programme_code, org_code, month_start, quantity_to, quantity_both, realised_saving from mo_dashboard.switch_saving where programme_code = 'NEST' and org_type = 'icb';
-- a month whose numerator is hidden is no part of what was before, although its denominator is shown: of January and February at P00001 (840 of 1120, 560 of 560) the latter
savepoint before_hidden;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, unidentified, batch_id) values
    ('2025-03-01', 'P00001', '0501013B0AAABAB', 4, 28, 100, 1100000, 1000000, false, 0), ('2025-03-01', 'P00001', '0501013B0BBABAB', 4, 28, 100, 2200000, 2000000, false, 0);
select pg_temp.load('prescribing', '{2025-03-01}');
insert into mo_data.switch_programme (programme_code, title, from_bnf_prefix, to_bnf_prefix, starts_on) values ('HID', 'Hidden in January', '0501013B0BB', '0501013B0AA', '2025-03-01');
call mo_data.refresh();
select baseline_share, quantity_switched from mo_dashboard.switch_saving where programme_code = 'HID' and org_code = 'P00001';
update mo_data.kpi set hide_from = 800, hide_to = 900 where kpi_id = 'switch_hid';
call mo_data.refresh();
select month_start, numerator, denominator from mo_dashboard.measure_value where kpi_id = 'switch_hid' and org_code = 'P00001' order by 1;
select baseline_share, quantity_switched from mo_dashboard.switch_saving where programme_code = 'HID' and org_code = 'P00001';
-- costs alone are corrected: still one row
update mo_data.prescribing set actual_cost_e5 = 3000000 where month = '2025-03-01' and bnf_code = '0501013B0BBABAB';
call mo_data.refresh('2025-03-01', '2025-03-01');
select month_start, quantity_to, quantity_both, price_from, price_to, realised_saving from mo_dashboard.switch_saving where programme_code = 'HID' and org_code = 'P00001';
rollback to before_hidden;
-- no months before the programme: no baseline, no saving
update mo_data.setting set value = 0 where name = 'switch_baseline_months';
select count(*), count(baseline_share), count(realised_saving) from mo_dashboard.switch_saving where programme_code = 'GEN';
-- a second refresh changes nothing; what is taken out of the list goes, and another prefix is another definition
call mo_data.refresh();
select count(*) as pending from mo_data.refresh_pending();
update mo_data.innovation_medicine set bnf_prefixes = '0501013B0AA' where medicine_code = 'amox';
update mo_data.innovation_medicine set is_on = false where medicine_code = 'amox_reg';
call mo_data.refresh();
select k.kpi_id, k.is_active, k.definition_version from mo_data.kpi k where k.kpi_id ~ '^innovation' order by 1;
-- a file with a bad list of prefixes: the row is refused, not the file
select batch_id from mo_data.load_begin('innovation_medicine', 'i.csv', 1, 'flat') \gset
insert into pg_temp.stage (line_no, medicine_code, title, nice_reference, bnf_prefixes) values (2, 'good', 'Good', 'TA9', '0501 0502'), (3, 'bad', 'Bad', 'TA9', '0501,0502');
select rows_kept, rows_rejected from mo_data.load_finish(:batch_id, repeat('1', 64), 2);
select line_no, column_name, reason from mo_data.load_reject where batch_id = :batch_id;
rollback;
reset client_min_messages;
