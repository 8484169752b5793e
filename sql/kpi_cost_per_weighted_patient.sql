-- KPI cost_per_weighted_patient: a month of a small sub-ICB that can be checked on paper, and every way to be left out of it
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
create function pg_temp.pounds(pence numeric) returns bigint language sql as 'select (pence * 1000)::bigint';

insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_from, open_to) values
    ('ENG', 'nation', 'England', null, '1900-01-01', null), ('QAA', 'icb', 'An ICB', null, '1900-01-01', null),
    ('00A', 'sub_icb', 'Its sub-ICB', null, '1900-01-01', null), ('00B', 'sub_icb', 'Another, not loaded', null, '1900-01-01', null),
    ('U00001', 'pcn', 'A PCN', null, '1900-01-01', null),
    ('A00001', 'practice', 'Three rows, one without a cost', 4, '1900-01-01', null),
    ('A00002', 'practice', 'No prescribing', 4, '1900-01-01', null),
    ('A00003', 'practice', 'No list at all', 4, '1900-01-01', null),
    ('A00004', 'practice', 'Left on the last day of the month', 4, '1900-01-01', '2026-04-30'),
    ('A00005', 'practice', 'Left the day after', 4, '1900-01-01', '2026-05-01'),
    ('A00006', 'practice', 'Opened on the last day, five-year bands', 4, '2026-04-30', null),
    ('A00007', 'practice', 'Some rows UNIDENTIFIED', 4, '1900-01-01', null),
    ('A00008', 'practice', 'Nobody with a weight', 4, '1900-01-01', null),
    ('A00009', 'practice', 'In no organisation', 4, '1900-01-01', null),
    ('A00010', 'practice', 'Of a sub-ICB whose month is not loaded', 4, '1900-01-01', null),
    ('A00011', 'practice', 'Only a later list', 4, '1900-01-01', null),
    ('00A998', 'practice', 'Dummy with a list', 4, '1900-01-01', null),
    ('H00001', 'practice', 'Hospice', 8, '1900-01-01', null);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select org_code, 'sub_icb', case org_code when 'A00010' then '00B' else '00A' end
    from mo_data.organisation where org_type = 'practice' and org_code <> 'A00009'
    union all values ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001'),
        ('A00002', 'pcn', 'U00001'), ('A00003', 'pcn', 'U00001'), ('H00001', 'pcn', 'U00001');
-- boys of 0 to 4 weigh 1.0
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id) values
    ('A00001', '2026-01-01', 'M', 0, 4, 50, 0), ('A00001', '2026-04-01', 'M', 0, 4, 100, 0), ('A00001', '2026-05-01', 'M', 0, 4, 999, 0),
    ('A00002', '2026-04-01', 'M', 0, 4, 200, 0), ('A00004', '2026-04-01', 'M', 0, 4, 100, 0), ('A00005', '2025-12-01', 'M', 0, 4, 40, 0),
    ('A00006', '2026-04-01', 'M', 70, 74, 10, 0), ('A00006', '2026-04-01', 'M', 75, 79, 10, 0), ('A00006', '2026-04-01', 'M', 95, null, 10, 0),
    ('A00006', '2026-04-01', 'U', 0, 4, 7, 0), ('A00007', '2026-04-01', 'M', 0, 4, 80, 0), ('A00008', '2026-04-01', 'I', 0, 4, 5, 0),
    ('A00009', '2026-04-01', 'M', 0, 4, 60, 0), ('A00010', '2026-04-01', 'M', 0, 4, 70, 0), ('A00011', '2026-05-01', 'M', 0, 4, 70, 0),
    ('00A998', '2026-04-01', 'M', 0, 4, 10, 0);
create table mo_data.prescribing_test partition of mo_data.prescribing for values in ('2026-04-01');
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, nic_e5, unidentified, batch_id)
    select '2026-04-01', v.practice, v.bnf, 1, pg_temp.pounds(v.pence), pg_temp.pounds(v.pence), v.unidentified, 0
    from (values
        ('A00001', '0212000B0AAABAB', 5000, false), ('A00001', '0212000B0AAAAAA', 1550, false), ('A00001', '0501013B0AAABAB', 1000, false),
        ('A00001', '0601022B0AAABAB', null, false), ('A00003', '0212000B0AAABAB', 1000, false), ('A00004', '0212000B0AAABAB', 1100, false),
        ('A00005', '0212000B0AAABAB', 1200, false), ('A00006', '0212000B0AAABAB', 40000, false), ('A00007', '0212000B0AAABAB', 2000, false),
        ('A00007', '0212000B0AAABAB', 500, true), ('A00008', '0212000B0AAABAB', 800, false), ('A00009', '0212000B0AAABAB', 900, false),
        ('A00011', '0212000B0AAABAB', 1300, false), ('00A998', '0212000B0AAABAB', 1400, false), ('H00001', '0212000B0AAABAB', 150000, false),
        ('Z99999', '0212000B0AAABAB', 1600, false)) v (practice, bnf, pence, unidentified);

-- the lists: the latest on or before the month end, of practices open on it
select practice_code, list_month, patients, round(weighted_patients::numeric, 4) as weighted
from mo_data.weighted_list('2026-04-01', '2026-04-01', 'astro_pu_cost_2013') order by practice_code;
-- the figures: cost in pounds, weighted patients, cost per weighted patient
select org_code, sum(numerator) as cost, round(sum(denominator)::numeric, 6) as weighted,
    round((sum(numerator) / nullif(sum(denominator), 0))::numeric, 6) as per_patient
from mo_data.kpi_cost_per_weighted_patient('2026-04-01', '2026-04-01') group by org_code order by org_code;
-- A00006 on paper: 10 x 8.74186911115141 + 20 x 11.3430752706509
select round(10 * 8.74186911115141 + 20 * 11.3430752706509, 6) as weighted, round(400 / (10 * 8.74186911115141 + 20 * 11.3430752706509), 6) as per_patient;
-- the records of one practice: its chemicals, and its list
select record_key, numerator, denominator, breakdown
from mo_data.kpi_cost_per_weighted_patient('2026-04-01', '2026-04-01') where org_code = 'A00001' order by record_key;
-- the total says the same as the records
select count(*) as organisations, count(*) filter (where abs(r.numerator - t.numerator) <= 1e-9 and r.denominator = t.denominator) as same
from mo_data.kpi_cost_per_weighted_patient_total('2026-04-01', '2026-04-01') t
    full join (
        select org_code, month, sum(numerator) as numerator, sum(denominator) as denominator
        from mo_data.kpi_cost_per_weighted_patient('2026-04-01', '2026-04-01') group by org_code, month
    ) r using (org_code, month);
-- a month that is not loaded has no figures, not figures of 0
select count(*) from mo_data.kpi_cost_per_weighted_patient('2026-05-01', '2026-06-01');
select count(*) from mo_data.kpi_cost_per_weighted_patient_total('2026-05-01', '2026-06-01');
-- a range of months is the months one by one
select count(*), min(month), max(month) from mo_data.kpi_cost_per_weighted_patient_total('2026-02-01', '2026-06-01');

-- who is left out, and why: adds up to what was loaded, to the penny
select category, practices, rows, rows_without_cost, actual_cost::numeric(12, 2) from mo_data.prescribing_reconciliation order by category;
select sum(rows) = (select count(*) from mo_data.prescribing) as rows_agree,
    sum(actual_cost) = (select sum(actual_cost) from mo_data.prescribing_gbp) as money_agrees,
    sum(nic) = (select sum(nic) from mo_data.prescribing_gbp) as list_price_agrees, sum(items) = (select sum(items) from mo_data.prescribing) as items_agree
from mo_data.prescribing_reconciliation;
select (select sum(actual_cost)::numeric(12, 2) from mo_data.prescribing_reconciliation where category in ('counted', 'not_in_any_organisation'))
    = (select sum(numerator)::numeric(12, 2) from mo_data.kpi_cost_per_weighted_patient('2026-04-01', '2026-04-01')) as what_counts_is_what_the_kpi_has;
select month, category, practices, patients from mo_data.list_size_reconciliation order by month, category;

-- published: levels, peers, and what is said of those left out
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months)
    values ('prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', '{2026-04-01}');
set local client_min_messages = warning;
call mo_data.refresh();
reset client_min_messages;
select org_type, org_code, numerator, round(denominator::numeric, 4) as denominator, round(value::numeric, 4) as value, value_status, peer_rank, peer_n, peer_decile
from mo_dashboard.fact_kpi order by org_type, org_code;
select unnest(string_to_array(left_out_narrative, '; ')) as left_out from mo_dashboard.data_status where source_name = 'prescribing' order by 1;
-- drill-through: the records of the PCN add up to its figure
select sum(numerator) as cost, sum(denominator) as weighted, count(distinct record_org_code) as practices
from mo_data.kpi_record('cost_per_weighted_patient', 'U00001', '2026-04-01') where breakdown is null;
rollback;
