-- Registering a KPI: the shipped ones do it in their files, a site does it for its own.
create or replace procedure mo_data.register_kpi(
    kpi_id text, family text, name text, short_name text, unit text, numerator_wording text, denominator_wording text,
    direction text, sources text[], rationale text, reference text,
    page_order integer default 1000, on_front_page boolean default true, per double precision default 1, decimals integer default 1,
    time_basis text default 'flow', interval_method text default 'none',
    hide_from integer default null, hide_to integer default null, round_to integer default null,
    look_back_months integer default 0, look_ahead_months integer default 0, follows_clock boolean default false, expected_lag_days integer default 0,
    owner_role text default 'Lead Pharmacist', definition_version text default '1', rps_principle integer default 4,
    records_function text default null, total_function text default null, is_site_kpi boolean default true)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    records_of text := coalesce(register_kpi.records_function, 'mo_data.kpi_' || register_kpi.kpi_id);
    wanted text;
begin
    foreach wanted in array array_remove(array[records_of, register_kpi.total_function], null) loop
        if to_regprocedure(wanted || '(date, date)') is null then
            raise exception 'KPI % needs the function %(from_month date, to_month date)', register_kpi.kpi_id, wanted
                using errcode = 'undefined_function',
                    hint = 'Create it first. Records: (org_code text, month date, breakdown text, record_key text, '
                        'numerator float8, denominator float8); totals: the same without record_key.';
        end if;
    end loop;
    for wanted in select s from unnest(register_kpi.sources) s where not exists (select from mo_data.source k where k.source = s) loop
        raise exception 'KPI % names an unknown source: %', register_kpi.kpi_id, wanted
            using errcode = 'foreign_key_violation', hint = 'mo_data.source lists the sources.';
    end loop;
    if exists (select from mo_data.kpi k where k.kpi_id = register_kpi.kpi_id and k.is_site_kpi <> register_kpi.is_site_kpi) then
        raise exception 'KPI % is %', register_kpi.kpi_id, case when register_kpi.is_site_kpi then 'shipped with the layer' else 'registered by the site' end
            using errcode = 'unique_violation', hint = 'Choose another kpi_id.';
    end if;
    insert into mo_data.kpi (
        kpi_id, family, page_order, on_front_page, name, short_name, unit, per, decimals, numerator_wording, denominator_wording,
        direction, time_basis, interval_method, hide_from, hide_to, round_to, sources, look_back_months, look_ahead_months,
        follows_clock, expected_lag_days, owner_role, definition_version, rationale, reference, rps_principle, records_function, total_function,
        is_site_kpi)
    values (
        register_kpi.kpi_id, register_kpi.family, register_kpi.page_order, register_kpi.on_front_page, register_kpi.name,
        register_kpi.short_name, register_kpi.unit, register_kpi.per, register_kpi.decimals, register_kpi.numerator_wording,
        register_kpi.denominator_wording, register_kpi.direction, register_kpi.time_basis, register_kpi.interval_method,
        register_kpi.hide_from, register_kpi.hide_to, register_kpi.round_to, register_kpi.sources, register_kpi.look_back_months,
        register_kpi.look_ahead_months, register_kpi.follows_clock, register_kpi.expected_lag_days, register_kpi.owner_role, register_kpi.definition_version,
        register_kpi.rationale, register_kpi.reference, register_kpi.rps_principle, records_of, register_kpi.total_function,
        register_kpi.is_site_kpi)
    on conflict (kpi_id) do update set
        family = excluded.family, page_order = excluded.page_order, name = excluded.name, short_name = excluded.short_name,
        unit = excluded.unit, per = excluded.per, decimals = excluded.decimals, numerator_wording = excluded.numerator_wording,
        denominator_wording = excluded.denominator_wording, direction = excluded.direction, time_basis = excluded.time_basis,
        interval_method = excluded.interval_method, sources = excluded.sources, look_back_months = excluded.look_back_months,
        look_ahead_months = excluded.look_ahead_months, follows_clock = excluded.follows_clock, definition_version = excluded.definition_version,
        rationale = excluded.rationale, reference = excluded.reference, rps_principle = excluded.rps_principle,
        records_function = excluded.records_function, total_function = excluded.total_function;
end $$;
comment on procedure mo_data.register_kpi is
    'Adds a KPI to the catalogue, or brings its row up to date. Its function mo_data.kpi_<kpi_id>(from_month, to_month) must exist and '
    'return the records of the contract. Small-number rules, lag, owner and front page stay as the site has set them.';
revoke all on procedure mo_data.register_kpi from public;
