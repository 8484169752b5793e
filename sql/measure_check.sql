-- What measure_check says of a difference: equal to a millionth of the published figure, every earlier edition, practices that are gone or have moved since
\set VERBOSITY terse
set datestyle = iso;
set client_min_messages = warning;
begin;
\set ECHO none
\i test/data/measure_fixture.psql
\set ECHO all
insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, denominator_include, denominator_value, population, denominator_wording, per,
    is_percentage, direction, is_cost_based, source) values
    ('t_cost', 'Cost', 'Cost', '{0501}', 'actual_cost', 'cost', null, null, 'list_size', 'patients', 1000, false, 'lower', true, 'test'),
    ('t_share', 'Generic', 'Generic', '{0501013B0AA}', 'quantity', 'generic', '{0501013B0}', 'quantity', null, 'all', 1, true, 'higher', true, 'test');
update mo_data.list_size set patients = 4000000 where practice_code = 'P00003';
-- P00002 is of PCN U00001 until February
update mo_data.organisation_parent set valid_to = '2025-02-01' where org_code = 'P00002' and valid_to = '2025-03-01';
update mo_data.organisation_parent set valid_from = '2025-02-01' where org_code = 'P00002' and valid_from = '2025-03-01';
call mo_data.refresh();
create temporary table edition as
    select 1 as number, org_type, org_code, numerator, denominator from mo_dashboard.measure_value where kpi_id = 't_share' and month_start = '2025-01-01' and org_type in ('practice', 'pcn', 'icb');
-- the second edition corrects two practices, the third has one no longer
update mo_data.prescribing set total_quantity = total_quantity + 320 where month = '2025-01-01' and practice_code in ('P00002', 'P00003') and bnf_code like '0501013B0%';
select pg_temp.load('prescribing', '{2025-01-01}');
call mo_data.refresh();
insert into edition select 2, org_type, org_code, numerator, denominator from mo_dashboard.measure_value where kpi_id = 't_share' and month_start = '2025-01-01' and org_type in ('practice', 'pcn', 'icb');
delete from mo_data.prescribing where month = '2025-01-01' and practice_code = 'P00003';
update mo_data.prescribing set total_quantity = total_quantity + 1 where month = '2025-01-01' and practice_code = 'P00001' and bnf_code like '0501013B0AA%';
select pg_temp.load('prescribing', '{2025-01-01}');
call mo_data.refresh();
insert into edition select 3, org_type, org_code, numerator, denominator from mo_dashboard.measure_value where kpi_id = 't_share' and month_start = '2025-01-01' and org_type in ('practice', 'pcn', 'icb');
-- each edition as it was published: the last one agrees, the others were restated since
insert into mo_data.published_measure_value (measure_id, month, org_code, numerator, denominator) select 't_share', '2025-01-01', org_code, numerator, denominator from edition where number = 1;
select org_code, published_numerator, published_denominator, numerator, denominator, check_label from mo_dashboard.measure_check where kpi_id = 't_share' order by 1;
update mo_data.published_measure_value p set numerator = e.numerator, denominator = e.denominator from edition e where e.org_code = p.org_code and e.number = 2;
select org_code, published_numerator, published_denominator, numerator, denominator, check_label from mo_dashboard.measure_check where kpi_id = 't_share' order by 1;
update mo_data.published_measure_value p set numerator = e.numerator, denominator = e.denominator from edition e where e.org_code = p.org_code and e.number = 3;
select org_code, check_label from mo_dashboard.measure_check where kpi_id = 't_share' order by 1;
-- one edition's numerator over another's denominator is neither
update mo_data.published_measure_value p set numerator = e.numerator from edition e where e.org_code = p.org_code and e.number = 1 and p.org_code = 'QTT';
select org_code, check_label from mo_dashboard.measure_check where kpi_id = 't_share' and org_code = 'QTT';
-- a list of four million, two and five patients apart; published in thousands
insert into mo_data.published_measure_value (measure_id, month, org_code, numerator, denominator) select 't_cost', '2025-01-01', 'P00003', v.numerator, 4000.002
from mo_data.kpi_value v where v.kpi_id = 't_cost' and v.month = '2025-01-01' and v.breakdown = '' and v.org_code = 'P00003';
select org_code, denominator, published_denominator, check_label from mo_dashboard.measure_check where kpi_id = 't_cost';
update mo_data.published_measure_value set denominator = 4000.005 where measure_id = 't_cost';
select org_code, denominator, published_denominator, check_label from mo_dashboard.measure_check where kpi_id = 't_cost';
rollback;
reset client_min_messages;
