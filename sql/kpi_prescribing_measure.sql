-- KPIs prescribing_measure: many measures in one pass, checked on paper and against plain SQL for each
\set VERBOSITY terse
set datestyle = iso;
set client_min_messages = warning;
begin;
\set ECHO none
\i test/data/measure_fixture.psql
\set ECHO all
insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_exclude, numerator_value, numerator_wording,
    denominator_include, denominator_exclude, denominator_value, population, denominator_wording, per, is_percentage, direction, is_cost_based, source) values
    ('t_brand', 'Antibiotics by brand', 'Brands', '{0501%BBABAB}', '{}', 'items', 'brands', '{0501}', '{050109}', 'items', null, 'all', 1, true, 'lower', true, 'test'),
    ('t_rate', 'Antibiotic items', 'Items', '{0501}', '{050109}', 'items', 'items', null, '{}', null, 'list_size', 'patients', 1000, false, 'lower', false, 'test'),
    ('t_weighted', 'Antibiotic cost', 'Cost', '{0501}', '{050109}', 'actual_cost', 'cost', null, '{}', null, 'astro_pu_cost_2013', 'ASTRO-PU', 1, false, 'lower', true, 'test'),
    ('t_exact', 'One appliance', 'Appliance', '{20201234567}', '{}', 'nic', 'NIC', '{20201234567,0212000B0AAABAB}', '{}', 'quantity', null, 'units', 1, false, 'neither', false, 'test'),
    ('t_nothing', 'Nothing prescribed', 'Nothing', '{0901}', '{}', 'items', 'items', '{09}', '{}', 'items', null, 'items', 1, true, 'lower', false, 'test');
select kpi_id, family, on_front_page, unit, per, interval_method, sources, is_shared, definition_version from mo_data.kpi where kpi_id ~ '^t_' order by 1;

-- codes and measures: prefix, pattern, full codes of 15 and of 11 characters, exclusion; the exact entry does not take a longer code
select * from mo_data.measure_match('{t_brand,t_rate,t_exact}', '{0501013B0BBABAB,0501013B0AAABAB,0501090R0AAAAAA,20201234567,202012345678,0212000B0AAABAB,0212000B0AAABAC}')
order by bnf_code collate "C", 2, 3;

-- January: P00001 10 of 45 items are brands; P00002 none of 60; P00003 all of 40; P00004 all of 8. The rest is left out
select org_code, month, breakdown, numerator, denominator from mo_data.measure_total('{t_brand}', '2025-01-01', '2025-02-01') order by month, breakdown nulls first, 1;
-- per 1,000 patients: P00005 prescribed nothing, 0 of 100; P00004 has no list and is out
select org_code, month, numerator, denominator from mo_data.measure_total('{t_rate}', '2025-01-01', '2025-01-01') order by 1;
-- weighted: 500 boys of weight 1 and 500 girls; cost in pounds
select org_code, numerator, round(denominator::numeric, 6) as denominator from mo_data.measure_total('{t_weighted}', '2025-01-01', '2025-01-01') order by 1;
select 500 + 500 * weight as weighted from mo_data.weight where scheme = 'astro_pu_cost_2013' and sex = 'F' and age_from = 15;
-- NIC of an appliance over quantities: 77 pounds over 7; P00002 0 over 14,000
select org_code, numerator, denominator from mo_data.measure_total('{t_exact}', '2025-01-01', '2025-01-01') order by 1;
-- nothing of either side: no row, so no value
select count(*) from mo_data.measure_total('{t_nothing}', '2025-01-01', '2025-02-01');

-- all in one call are what each is alone, and the records add up to them
create temporary table together as select * from mo_data.measure_total('{t_brand,t_rate,t_weighted,t_exact,t_nothing}', '2025-01-01', '2025-02-01');
select count(*) as differences from (
    (table together except select t.* from unnest('{t_brand,t_rate,t_weighted,t_exact,t_nothing}'::text[]) m cross join lateral mo_data.measure_total(array[m], '2025-01-01', '2025-02-01') t)
    union all (select t.* from unnest('{t_brand,t_rate,t_weighted,t_exact,t_nothing}'::text[]) m cross join lateral mo_data.measure_total(array[m], '2025-01-01', '2025-02-01') t except table together)) d;
select count(*) as figures, count(*) filter (where t.numerator = r.numerator and abs(t.denominator - r.denominator) < 1e-9) as same
from together t full join (
    select kpi_id, org_code, month, breakdown, sum(numerator) as numerator, sum(denominator) as denominator
    from mo_data.measure_record('{t_brand,t_rate,t_weighted,t_exact,t_nothing}', '2025-01-01', '2025-02-01') group by 1, 2, 3, 4) r
    on r.kpi_id = t.kpi_id and r.org_code = t.org_code and r.month = t.month and r.breakdown is not distinct from t.breakdown;
select record_key, numerator, denominator from mo_data.measure_record('{t_brand}', '2025-01-01', '2025-01-01', '{P00001}') where breakdown is null order by 1;
-- plain SQL for one of them says the same
select count(*) as differences from (
    (select practice_code, sum(items) filter (where bnf_code like '0501%BBABAB')::float8, sum(items)::float8 from mo_data.prescribing where month = '2025-01-01' and not unidentified
        and bnf_code like '0501%' and bnf_code not like '050109%' and practice_code in ('P00001', 'P00002', 'P00003', 'P00004') group by 1)
    except (select org_code, nullif(numerator, 0), denominator from together where kpi_id = 't_brand' and month = '2025-01-01' and breakdown is null)) d;

-- published at every level, with drill-through
call mo_data.refresh();
select org_type, org_code, numerator, denominator, round(value::numeric, 6) as value, peer_n, peer_rank from mo_data.kpi_result
where kpi_id = 't_brand' and month = '2025-01-01' and breakdown = '' order by org_type, org_code;
select org_code, value from mo_dashboard.fact_kpi where kpi_id = 't_rate' and month_start = '2025-01-01' and org_type = 'practice' order by 1;
select record_org_code, record_key, numerator, denominator from mo_data.kpi_record('t_rate', 'U00001', '2025-01-15') order by 1, 2;
select count(*) from mo_dashboard.peer_comparison where kpi_id = 't_brand';
select what, kpi_id, from_month, to_month, rows from mo_data.refresh_log where what in ('count together', 'count') order by step;
-- places among all of a level: four practices with a value, the one without is out
select org_code, display_value, round(level_percentile::numeric, 6) as level_percentile, level_count from mo_dashboard.measure_value where kpi_id = 't_brand' and month_start = '2025-01-01' and org_type = 'practice' order by 1;
select org_type, level_count, total_numerator, total_denominator, round(level_decile_10::numeric, 9) as d10, round(level_median::numeric, 9) as d50, round(level_decile_90::numeric, 9) as d90 from mo_dashboard.measure_decile where kpi_id = 't_brand' and month_start = '2025-01-01' order by 1;

-- incremental: a month's file makes that month due; nothing is due without
call mo_data.refresh();
select count(*) as pending from mo_data.refresh_pending();
update mo_data.prescribing set items = 21 where month = '2025-02-01' and practice_code = 'P00001';
select pg_temp.load('prescribing', '{2025-02-01}');
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
select kpi_id, org_code, month, old_numerator, new_numerator, old_denominator, new_denominator from mo_data.kpi_value_change order by 1, 2;

-- a change of definition counts the version up and makes every month of that measure due; a change of words does not
update mo_data.prescribing_measure set title = 'Antibiotic items, all' where measure_id = 't_rate';
select name, definition_version from mo_data.kpi where kpi_id = 't_rate';
select count(*) as pending from mo_data.refresh_pending();
update mo_data.prescribing_measure set numerator_exclude = '{}' where measure_id = 't_rate';
select definition_version from mo_data.kpi where kpi_id = 't_rate';
select kpi_id, month from mo_data.refresh_pending() order by 1, 2;
call mo_data.refresh();
select org_code, month, old_numerator, new_numerator, batch_ids from mo_data.kpi_value_change where kpi_id = 't_rate' and run_id = (select max(run_id) from mo_data.refresh_run) order by 1, 2;
-- switched off it is no KPI; back under the same name it is another definition
delete from mo_data.prescribing_measure where measure_id = 't_rate';
select is_active from mo_data.kpi where kpi_id = 't_rate';
select count(*) from mo_dashboard.fact_kpi where kpi_id = 't_rate';
insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, population, denominator_wording, per, direction, source)
    values ('t_rate', 'Again', 'Again', '{0501}', 'items', 'items', 'list_size', 'patients', 1000, 'lower', 'test');
select definition_version, is_active from mo_data.kpi where kpi_id = 't_rate';
-- another ICB: of February nobody there prescribed either side, which region and nation do not wait for; of January its prescribing is not loaded
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QUU', 'icb', 'Another', null), ('09U', 'sub_icb', 'Another', null), ('Z00001', 'practice', 'OF ANOTHER', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('QUU', 'region', 'YTT'), ('09U', 'icb', 'QUU'), ('Z00001', 'sub_icb', '09U');
insert into mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, unidentified, batch_id)
    values ('2025-02-01', 'Z00001', '0212000B0AAABAB', 7, 28, 196, 100000, 100000, false, 0);
insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, denominator_include, denominator_value, denominator_wording,
        is_percentage, direction, source)
    values ('t_brands', 'Brands', 'Brands', '{0501013B0BB}', 'items', 'brands', '{0501013B0}', 'items', 'all', true, 'lower', 'test');
call mo_data.refresh('2025-01-01', '2025-02-01');
select month, org_code, numerator, denominator from mo_data.kpi_result where kpi_id = 't_brands' and org_type in ('icb', 'region', 'nation') order by 1, 2;
select org_code, numerator, denominator from mo_data.kpi_value where kpi_id = 't_brands' and org_code = 'Z00001';
select count(*) from mo_data.kpi_record('t_brands', 'Z00001', '2025-02-01');
rollback;
reset client_min_messages;
