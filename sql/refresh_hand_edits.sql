-- Local decisions edited by hand, without a load: the KPIs that use them are counted again, and no others
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
create function pg_temp.load(source text, months date[]) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values (source, 'f', repeat('0', 64), 1, 'f', 'loaded', months) $$;
update mo_data.kpi set follows_clock = false;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('A00001', 'practice', 'One', 4);
select count(pg_temp.load(s.source, case when s.touches is null or s.touches like '%..%' then '{}' else array(select m::date from generate_series('2024-01-01'::timestamp, '2025-12-01', '1 month') m) end))
from mo_data.source s where s.source not in ('prescribing');
insert into mo_data.formulary (class_code, bnf_prefix, line) values ('STATIN', '0212', 'first');
insert into mo_data.supervision_requirement (requirement_id, interval_days) values ('R', 31);
insert into mo_data.switch_programme (programme_code, title, starts_on) values ('S', 'x', '2025-01-01');
call mo_data.refresh();
select count(*) as pending from mo_data.refresh_pending();
create function pg_temp.dirty(edit text) returns text language plpgsql as $$
declare found text;
begin
    execute edit;
    select string_agg(distinct p.kpi_id, ' ' order by p.kpi_id) into found from mo_data.refresh_pending() p;
    call mo_data.refresh();
    if exists (select from mo_data.refresh_pending()) then return 'still pending after a refresh'; end if;
    return coalesce(found, 'none');
end $$;
select edit, pg_temp.dirty(edit) from unnest(array[
    $$ update mo_data.code_set set is_on = not is_on where (code_set, code) = (select code_set, min(code) from mo_data.code_set group by 1 order by 1 limit 1) $$,
    $$ insert into mo_data.code_set (code_set, code, term, status, is_on) values ('TITRATION_LIPIDS', '900000001', 'x', 'local', true) $$,
    $$ insert into mo_data.code_set (code_set, code, term, status, is_on) values ('TITRATION_LIPIDS', '900000002', 'x', 'local', false) $$,
    $$ update mo_data.code_set set term = term || ' (renamed)' where code = '900000001' $$,
    $$ update mo_data.cohort set is_on = not is_on where cohort_code = (select min(cohort_code) from mo_data.cohort) $$,
    $$ update mo_data.cohort set attained_by = 'LOCAL_SMR' where cohort_code = (select min(cohort_code) from mo_data.cohort where kind = 'smr' and is_on) $$,
    $$ update mo_data.monitoring_requirement set grace_days = 7 where is_on and cohort_code = (select min(cohort_code) from mo_data.monitoring_requirement where is_on) $$,
    $$ update mo_data.alert_window set in_kpi = not in_kpi where alert_class = 'DSU' $$,
    $$ insert into mo_data.bank_holiday (division, day, title) values ('england-and-wales', '2025-07-01', 'One of our own') $$,
    $$ update mo_data.formulary set line = 'second' $$,
    $$ update mo_data.supervision_requirement set interval_days = 62 $$,
    $$ update mo_data.switch_programme set ends_on = '2025-07-01' $$,
    $$ update mo_data.arrs_role set is_on = false where role_code = (select min(role_code) from mo_data.arrs_role where is_on) $$,
    $$ update mo_data.sea_theme set label = label || '!' $$,
    $$ update mo_data.setting set value = value + 1 where name = 'new_start_washout_months' $$,
    $$ update mo_data.setting set value = value + 1, meaning = 'As our LMC agreed' where name in ('deprescribing_link_days', 'new_start_washout_months') $$,
    $$ update mo_data.setting set value = value + 1, meaning = 'sea_raised: as our LMC agreed' where name = 'reconciliation_days' $$,
    $$ update mo_data.setting set value = value + 1 where name = 'status_min_denominator' $$,
    $$ select $$]) edit;
-- ten thousand codes are no burden: the fingerprints are read twice a refresh
insert into mo_data.code_set (code_set, code, term, status, is_on) select 'LOCAL_MANY', (900100000 + i)::text, 'x', 'local', true from generate_series(1, 50000) i;
create function pg_temp.milliseconds(command text) returns double precision language plpgsql as $$
declare started timestamptz := clock_timestamp(); begin execute command; return extract(epoch from clock_timestamp() - started) * 1000; end $$;
select min(pg_temp.milliseconds('select * from mo_data.refresh_reference_now()')) < 1000 as quick from generate_series(1, 3);
rollback;
