-- KPI cost_per_weighted_patient: what a month's prescribing cost, for each ASTRO-PU (cost) weighted patient.
--
-- Numerator:    actual cost in pounds of the practice's prescriptions of the month (NHSBSA: NIC less average discount plus container and
--               related allowances). Rows without an actual cost are left out; a practice without prescribing has cost 0.
-- Denominator:  patients of the latest list on or before the month end, weighted by ASTRO-PU (cost) 2013.
-- Left out:     practices not open on the month's last day, practices with no list at all (numerator and denominator), UNIDENTIFIED rows,
--               dummy codes ending 998, codes that organisation does not know. mo_data.prescribing_reconciliation shows all of them.
-- Records:      practice x BNF chemical substance (characters 1-9) with their cost, and a record weighted_list with the weighted patients.
-- Source:       NHSBSA English Prescribing Data (actual cost), ASTRO-PU 2013 (NHS Digital).
-- To know:      actual cost has a step in April 2024, when discount rules changed, that is not a practice's doing.
insert into mo_data.kpi (
    kpi_id, family, page_order, name, short_name, unit, per, decimals, numerator_wording, denominator_wording, direction, time_basis,
    interval_method, sources, look_back_months, expected_lag_days, owner_role, definition_version, rationale, reference, rps_principle,
    records_function, total_function)
values (
    'cost_per_weighted_patient', 'cost', 300, 'Prescribing cost per weighted patient', 'Cost per weighted patient', 'pounds', 1, 2,
    'Actual cost of prescriptions in the month, in pounds', 'Patients weighted by ASTRO-PU 2013 (cost), latest list on or before the month end',
    'lower', 'flow', 'none', '{prescribing,list_size,organisations,pcn_members}', 0, 62, 'PCN clinical pharmacist lead', '1',
    'Spend that age and sex do not explain: where it differs from peers, it is worth asking why.',
    'ASTRO-PU 2013 (NHS Digital); actual cost as in NHSBSA English Prescribing Data', 2,
    'mo_data.kpi_cost_per_weighted_patient', 'mo_data.kpi_cost_per_weighted_patient_total')
on conflict (kpi_id) do update set
    family = excluded.family, name = excluded.name, short_name = excluded.short_name, unit = excluded.unit, per = excluded.per,
    decimals = excluded.decimals, numerator_wording = excluded.numerator_wording, denominator_wording = excluded.denominator_wording,
    direction = excluded.direction, time_basis = excluded.time_basis, interval_method = excluded.interval_method,
    sources = excluded.sources, look_back_months = excluded.look_back_months, definition_version = excluded.definition_version,
    rationale = excluded.rationale, reference = excluded.reference, rps_principle = excluded.rps_principle,
    records_function = excluded.records_function, total_function = excluded.total_function;

create or replace function mo_data.kpi_cost_per_weighted_patient(from_month date, to_month date)
    returns table (
        org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with cost as materialized (
        select r.month, r.practice_code collate "default" as practice_code, left(r.bnf_code, 9)::text as chemical, sum(r.actual_cost_e5) as cost_e5
        from mo_data.prescribing r
        where r.month between from_month and to_month and not r.unidentified
        group by 1, 2, 3
    ), loaded as (
        select distinct c.month, c.practice_code from cost c
    ), practice as materialized (
        select s.month, s.practice_code, s.weighted_patients
        from mo_data.prescribing_scope(from_month, to_month, 'astro_pu_cost_2013',
            (select array_agg(l.month order by l.month, l.practice_code) from loaded l),
            (select array_agg(l.practice_code order by l.month, l.practice_code) from loaded l)) s
    )
    select c.practice_code, c.month, null::text, c.chemical, c.cost_e5::double precision / 100000, 0::double precision
    from cost c join practice p using (month, practice_code)
    where c.cost_e5 is not null
    union all
    select p.practice_code, p.month, null, 'weighted_list', 0, p.weighted_patients
    from practice p
    $$;
revoke all on function mo_data.kpi_cost_per_weighted_patient(date, date) from public;
comment on function mo_data.kpi_cost_per_weighted_patient(date, date) is
    'Records of KPI cost_per_weighted_patient: actual cost in pounds of each practice and BNF chemical substance, and one record '
    'weighted_list a practice and month with its ASTRO-PU (cost) weighted patients. Both months inclusive. Left out: practices closed on the '
    'month''s last day or without a list, UNIDENTIFIED rows, dummy and unknown codes, rows without a cost.';

create or replace function mo_data.kpi_cost_per_weighted_patient_total(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
    language sql stable parallel safe rows 10000 cost 50000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with cost as materialized (
        select r.month, r.practice_code collate "default" as practice_code, r.actual_cost_e5 as cost_e5
        from mo_data.prescribing_sums(from_month, to_month) r
        where not r.unidentified
    )
    select s.practice_code, s.month, null::text, coalesce(c.cost_e5, 0)::double precision / 100000, s.weighted_patients
    from mo_data.prescribing_scope(from_month, to_month, 'astro_pu_cost_2013',
            (select array_agg(c.month order by c.month, c.practice_code) from cost c),
            (select array_agg(c.practice_code order by c.month, c.practice_code) from cost c)) s
        left join cost c using (month, practice_code)
    $$;
revoke all on function mo_data.kpi_cost_per_weighted_patient_total(date, date) from public;
comment on function mo_data.kpi_cost_per_weighted_patient_total(date, date) is
    'The sums of the records of KPI cost_per_weighted_patient, one row a practice and month. Both months inclusive.';
