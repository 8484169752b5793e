-- Definitions of measures: what is refused, what is reported, and OpenPrescribing's files as the server reads them
\set VERBOSITY terse
set datestyle = iso;
begin;
set local client_min_messages = warning;
create function pg_temp.try(command text) returns text language plpgsql as $$
begin execute command; return 'accepted'; exception when others then return sqlerrm; end $$;
create function pg_temp.measure(numerator text, excluded text default '{}', denominator text default null, population text default 'list_size', extra text default '''items''', cost boolean default false,
    percentage boolean default false) returns text language sql as $$
    select pg_temp.try(format('insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_exclude, numerator_value, numerator_wording,
        denominator_include, denominator_value, population, denominator_wording, direction, is_cost_based, is_percentage, source) values (''t_one'', ''t'', ''t'', %L, %L, %s, ''n'', %L, %s, %L, ''d'', ''lower'', %L, %L, ''test'')
        on conflict (measure_id) do update set source = ''again''', numerator, excluded, extra, denominator, case when denominator is null then 'null' else '''items''' end, population, cost, percentage)) $$;

-- refused, each by name and with the reason
select pg_temp.measure('{}');
select pg_temp.measure('{0501,NULL}');
select pg_temp.measure('{"0501 "}');
select pg_temp.measure('{%AB}');
select pg_temp.measure('{0501,0502}', '{0502}');
select pg_temp.measure('{0501012}', '{0501}');
select pg_temp.measure('{0501012G0AAABAB}', '{0501012G0%AB}');
select pg_temp.measure('{0501012G0%AB}', '{0501012}');
select pg_temp.measure('{0501}', population => 'star_pu_of_nobody');
select pg_temp.measure('{0501}', population => 'register:NOBODY');
select pg_temp.measure('{0501}', population => null);
select pg_temp.measure('{0501}', denominator => '{05}');
select pg_temp.measure('{0501}', denominator => '{}', population => null);
select pg_temp.measure('{0501}', percentage => true);
select pg_temp.measure('{0501}', cost => true);
select pg_temp.measure('{0501}', denominator => '{05}', population => null, extra => '''quantity''', percentage => true);
select pg_temp.measure('{0501}', extra => '''tablets''') ~ 'check constraint';
select pg_temp.try($$ insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, population, denominator_wording, direction, source)
    values ('smr_completed', 't', 't', '{0501}', 'items', 'n', 'list_size', 'd', 'lower', 'test') $$);
select count(*) from mo_data.prescribing_measure where measure_id = 't_one';
-- accepted: an exclusion within an include, a pattern beside a prefix, a weight scheme, a cohort
select pg_temp.measure('{0501,0212%AA}', '{050109,0501012G0%AB}');
select pg_temp.try($$ update mo_data.prescribing_measure set population = 'astro_pu_items_2013' where measure_id = 't_one' $$);
select pg_temp.try($$ update mo_data.prescribing_measure set population = 'register:' || (select min(cohort_code) from mo_data.cohort) where measure_id = 't_one' $$);
select pg_temp.try($$ update mo_data.prescribing_measure set measure_id = 't_two' where measure_id = 't_one' $$);
select definition_version, (select definition_version from mo_data.kpi where kpi_id = 't_one') as of_kpi from mo_data.prescribing_measure where measure_id = 't_one';

-- reported: what matches nothing prescribed so far, what excludes nothing, an overdue review
insert into mo_data.bnf_presentation (bnf_code, name) values ('0501013B0AAABAB', 'Amoxicillin 500mg capsules'), ('0212000B0AAABAA', 'A statin');
update mo_data.prescribing_measure set numerator_exclude = '{050109,1301}', review_due = '2020-03-31' where measure_id = 't_one';
select problem, detail from mo_data.measure_problem where measure_id = 't_one' order by 1, 2;
select problem_count, problem_narrative, numerator_narrative, denominator_narrative, counted_label from mo_dashboard.measure_definition where kpi_id = 't_one';

-- a file of OpenPrescribing, as the client stages it
select batch_id from mo_data.load_begin('measures', 'm.json', 1, 'openprescribing_definitions') \gset
insert into pg_temp.stage (line_no, line, measure_id, definition) values
    (2, 'a', 't_list', '{"name": "A  list", "title": ["of", "two"], "description": ["Items of", " one thing"], "numerator_type": "bnf_items", "numerator_short": "Items of a thing that has a long name",
        "numerator_bnf_codes_filter": ["0501 # Antibacterials", "~050109 #TB", " ~ 0501012G0AAABAB", "", "# a comment"], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false,
        "low_is_good": null, "tags": ["core"], "date_reviewed": "2024-02-12", "next_review": "2026-02-12"}'),
    (20, 'b', 't_share', '{"name": "Share", "numerator_type": "bnf_quantity", "numerator_bnf_codes_filter": ["0501%AA"], "denominator_type": "bnf_quantity", "denominator_bnf_codes_filter": ["0501"],
        "is_percentage": true, "is_cost_based": true, "low_is_good": false}'),
    (30, 'c', 't_query', '{"name": "Query", "numerator_type": "bnf_items", "numerator_bnf_codes_query": ["SELECT 1"], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false}'),
    (31, 'd', 't_custom', '{"name": "Custom", "numerator_type": "custom", "denominator_type": "list_size"}'),
    (32, 'e', 't_star', '{"name": "Star", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": ["05"], "denominator_type": "star_pu_antibiotics", "is_percentage": false, "is_cost_based": false}'),
    (33, 'f', 't_kind', '{"name": "Kind", "numerator_type": "bnf_tablets", "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false}'),
    (34, 'g', 't_empty', '{"name": "Empty", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": [], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false}'),
    (35, 'h', 't_undone', '{"name": "Undone", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": ["0501", "~05"], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false}'),
    (36, 'i', 't_flag', '{"name": "Flag", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": ["0501"], "denominator_type": "list_size", "is_percentage": "no", "is_cost_based": false}'),
    (37, 'j', 't_array', '[]'), (38, 'k', 't_broken', '{"name": }'), (39, 'l', 'No Name', '{}'),
    (40, 'm', 't_date', '{"name": "Date", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": ["0501"], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false, "date_reviewed": "soon"}'),
    (41, 'n', 't_share', '{}'), (42, 'o', 'smr_completed', '{"name": "SMR", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": ["0501"], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false}');
select rows_read, rows_kept, rows_rejected, changed_from, message from mo_data.load_finish(:batch_id, repeat('1', 64), 15);
select line_no, column_name, reason from mo_data.load_reject where batch_id = :batch_id order by 1;
select measure_id, title, short_title, description, numerator_include, numerator_exclude, numerator_value, population, per, is_percentage, direction, is_cost_based, pack, reviewed_on, definition_version
from mo_data.prescribing_measure where batch_id = :batch_id order by 1;
-- once more, changed: the definition counts up, whether it is counted stays; an older review does not replace a newer one
update mo_data.prescribing_measure set is_active = false where measure_id = 't_share';
drop table pg_temp.stage;
select batch_id from mo_data.load_begin('measures', 'm.json', 2, 'openprescribing_definitions') \gset
insert into pg_temp.stage (line_no, line, measure_id, definition) values
    (2, 'a', 't_list', '{"name": "Older", "numerator_type": "bnf_items", "numerator_bnf_codes_filter": ["0501"], "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false, "date_reviewed": "2023-01-01"}'),
    (20, 'b', 't_share', '{"name": "Share", "numerator_type": "bnf_quantity", "numerator_bnf_codes_filter": ["0501%AB"], "denominator_type": "bnf_quantity", "denominator_bnf_codes_filter": ["0501"],
        "is_percentage": true, "is_cost_based": true, "low_is_good": false}');
select rows_kept, rows_rejected, message from mo_data.load_finish(:batch_id, repeat('2', 64), 2);
select measure_id, title, numerator_include, definition_version, is_active from mo_data.prescribing_measure where measure_id in ('t_list', 't_share') order by 1;
rollback;
