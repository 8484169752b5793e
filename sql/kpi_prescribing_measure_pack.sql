-- What is shipped: the national opportunities, and the low priority measures that prefix lists express
\set VERBOSITY terse
set datestyle = iso;
begin;
select opportunity_no, title, has_focus, status, is_on from mo_data.mo_opportunity order by 1;
-- what no published source confirms cannot be switched on
savepoint before;
update mo_data.mo_opportunity set is_on = true where opportunity_no = 13;
rollback to before;
select opportunity_no, kpi_id, measure_status_label from mo_dashboard.opportunity order by 1, 2;
select distinct measure_status_label, measure_status_narrative from mo_dashboard.opportunity order by 1;
select measure_id, mo_data.measure_fault(m) as fault, numerator_value, population, per, is_cost_based, is_active, pack, reviewed_on, review_due from mo_data.prescribing_measure m order by 1;
select measure_id, numerator_include, numerator_exclude from mo_data.prescribing_measure where measure_id in ('lplidocaine', 'lprubefacients') order by 1;
select org_type, least_saving, status from mo_data.price_per_unit_threshold order by least_saving, 1;
select count(*) as exclusions from mo_data.generic_exclusion;
-- an update of the layer leaves what a site decided: off stays off, its own wording of a definition too
update mo_data.prescribing_measure set is_active = false, numerator_include = '{1502010J0}' where measure_id = 'lplidocaine';
set local client_min_messages = warning;
call mo.update_dashboard();
select measure_id, is_active, numerator_include, definition_version from mo_data.prescribing_measure where measure_id = 'lplidocaine';
select is_active, definition_version from mo_data.kpi where kpi_id = 'lplidocaine';
rollback;
