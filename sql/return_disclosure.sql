-- The return is read by people who may not see small numbers: what is hidden or rounded is so in it, whoever submits it
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = false;
\i test/data/kpi_fixture.psql
\i test/data/return_fixture.psql
\o /dev/null
select pg_temp.make_kpi('test_count', 'prescribing_safety', 'Events', 'count', 'lower', 'flow', 'byar', 10, 7);
select pg_temp.make_kpi('test_share', 'clinical_activity', 'Tests', 'percent', 'lower', 'stock', 'wilson', 20, 7);
select pg_temp.make_kpi('test_round', 'cost', 'Starts', 'percent', 'higher', 'flow', 'wilson', 30, 7);
select pg_temp.make_kpi('test_year', 'des_assurance', 'Staff', 'percent', 'higher', 'stock', 'none', 40, 7);
\o
update mo_data.kpi set round_to = 5 where kpi_id = 'test_round';
update mo_data.source set replaces = null where source = 'discharge';
-- a quarter of events: 3 a month at U00001, so that the 20 of U00002 could be had from the ICB's 23; 5 of 1,000 beside 800 of 1,000 likewise;
-- 12 of 40 rounded is 10 of 40, and so is the quarter: 30 of 120
insert into public.test_figure
    select k, o, m::date, b, n, d
    from (values ('test_count', 'U00001', null, 3, null), ('test_count', 'U00002', null, 20, null), ('test_count', 'U00002', 'theme_tm_dose', 20, null),
            ('test_share', 'U00001', null, 5, 1000), ('test_share', 'U00002', null, 800, 1000),
            ('test_round', 'U00001', null, 12, 40), ('test_round', 'U00002', null, 12, 40), ('test_round', 'U00002', 'class_DOAC', 12, 40)) f (k, o, b, n, d),
        generate_series('2025-01-01'::timestamp, '2025-03-01', '1 month') m
    union all
    select 'test_year', o, '2025-03-01', null, 12, 20 from unnest('{U00001,U00002}'::text[]) o;
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('test_share', 'QTT', '2020-01-01', 0.1), ('test_round', 'QTT', '2020-01-01', 0.9);
select pg_temp.load(pg_temp.months('2025-01-01', '2025-03-01'));
call mo_data.refresh();
select org_code, kpi_id, breakdown, numerator, hidden from mo_data.kpi_result where month = '2025-03-01' and org_type in ('pcn', 'icb') and kpi_id <> 'test_year' order by 2, 3, 1;
create role mo_regress_raw login;
select mo_data.grant_unsuppressed('mo_regress_raw');
grant usage on schema mo_data to mo_regress_raw;
grant execute on procedure mo_data.submit_return(text, text) to mo_regress_raw;
set session authorization mo_regress_raw;
-- it sees the numbers themselves
select kpi_id, numerator, value from mo_dashboard.fact_kpi where org_code = 'U00002' and month_start = '2025-03-01' order by 1;
-- but not in the return, neither as a draft nor submitted
select org_code, line_code, display_value, numerator, denominator, value, status_label, line_narrative from mo_dashboard.icb_return
where org_code in ('U00001', 'U00002') and quarter_label = 'Q4 2024/25' and kpi_id <> 'test_year' order by 1, section_sort, line_sort;
call mo_data.submit_return('U00002', 'Q4 2024/25');
call mo_data.submit_return('U00001', 'Q4 2024/25');
-- no average of peers when one of two is hidden, so no place in its funnel; the rounded figure is off its target with no interval that would give it away
select org_code, kpi_id, reason_label, exception_text from mo_dashboard.exception where org_type = 'pcn' and kpi_id <> 'test_year' and reason_label <> 'data late' order by 1, 2;
reset session authorization;
select count(*) as lines, count(*) filter (where l.numerator in (3, 9, 20, 60, 5, 800, 12, 36)) as of_hidden_numbers,
    count(*) filter (where concat_ws(' ', l.display_value, l.line_narrative) ~ '\m(3|9|20|60|5|800|12|36|30\.0%|80\.0%)(\M| )') as in_words
from mo_data.return_line l where l.kpi_id is distinct from 'test_year';
-- a reader with the published views and nothing else reads every column of them
create role mo_regress_pcn login;
select mo_data.grant_reader('mo_regress_pcn', 'U00002');
set session authorization mo_regress_pcn;
select count(r.restated_label) as restated, count(r.line_narrative) > 5 as texts, count(r.display_value) as figures, count(*) = count(md5(r::text)) as all_columns from mo_dashboard.icb_return r;
select count(exception_text) > 0 as sentences from mo_dashboard.exception;
reset session authorization;
-- the rule becomes stricter: a draft follows at once, before the next refresh
update mo_data.kpi set hide_to = 12 where kpi_id = 'test_year';
select org_code, display_value, numerator from mo_dashboard.icb_return where kpi_id = 'test_year' and line_code = kpi_id order by 1;
rollback;
