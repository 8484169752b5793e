-- Registering a KPI: the shipped ones do it in their files, a site does it for its own.
create or replace function mo_data.is_kpi_function(name text, with_records boolean, is_shared boolean default false) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select count(*) filter (where c.name = 'org_code' and c.type = 'text'::regtype) > 0
        and count(*) filter (where c.name = 'month' and c.type = 'date'::regtype) > 0
        and count(*) filter (where c.name = 'breakdown' and c.type = 'text'::regtype) > 0
        and (not with_records or count(*) filter (where c.name = 'record_key' and c.type = 'text'::regtype) > 0)
        and count(*) filter (where c.name = 'numerator' and c.type = 'double precision'::regtype) > 0
        and count(*) filter (where c.name = 'denominator' and c.type = 'double precision'::regtype) > 0
        and (not is_shared or count(*) filter (where c.name = 'kpi_id' and c.type = 'text'::regtype) > 0)
    from pg_proc p cross join lateral unnest(p.proargnames, p.proallargtypes, p.proargmodes) c (name, type, mode)
    where p.oid = to_regprocedure(is_kpi_function.name || case when not is_shared then '(date, date)'
            when with_records then '(text[], date, date, text[])' else '(text[], date, date)' end) and p.prokind = 'f' and p.proretset and c.mode in ('t', 'o')
$$;
comment on function mo_data.is_kpi_function(text, boolean, boolean) is
    'Whether there is a function name(date, date) that returns a table with the columns of the KPI contract, record_key only with_records; '
    'is_shared: name(text[], date, date), with_records name(text[], date, date, text[]), which returns kpi_id too.';
revoke all on function mo_data.is_kpi_function(text, boolean, boolean) from public;

create or replace procedure mo_data.register_kpi(
    kpi_id text, family text, name text, short_name text, unit text, numerator_wording text, denominator_wording text,
    direction text, sources text[], rationale text, reference text,
    page_order integer default 1000, on_front_page boolean default true, per double precision default 1, decimals integer default 1,
    time_basis text default 'flow', interval_method text default 'none',
    hide_from integer default null, hide_to integer default null, round_to integer default null,
    look_back_months integer default 0, look_ahead_months integer default 0, follows_clock boolean default false, expected_lag_days integer default 0,
    owner_role text default 'Lead Pharmacist', definition_version text default '1', rps_principle integer default 4,
    records_function text default null, total_function text default null, is_site_kpi boolean default true,
    optional_sources text[] default '{}', history_months integer default 0, counts_from_april boolean default false,
    hide_denominator_below integer default null, parts_add_up text[] default '{.}', begins_with_first boolean default null)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    records_of text := coalesce(register_kpi.records_function, 'mo_data.kpi_' || register_kpi.kpi_id);
    wanted text;
    contract constant text := 'Records: returns table (org_code text, month date, breakdown text, record_key text, '
        'numerator double precision, denominator double precision); totals: the same without record_key.';
begin
    foreach wanted in array array_remove(array[records_of, register_kpi.total_function], null) loop
        if to_regprocedure(wanted || '(date, date)') is null then
            raise exception 'KPI % needs the function %(from_month date, to_month date)', register_kpi.kpi_id, wanted
                using errcode = 'undefined_function', hint = 'Create it first. ' || contract;
        elsif not mo_data.is_kpi_function(wanted, wanted = records_of) then
            raise exception 'function %(date, date) of KPI % does not return what a KPI function returns', wanted, register_kpi.kpi_id
                using errcode = 'invalid_function_definition', hint = contract;
        end if;
    end loop;
    if cardinality(register_kpi.sources) = 0 then
        raise exception 'KPI % names no source', register_kpi.kpi_id
            using errcode = 'invalid_parameter_value',
                hint = 'Loads of its sources are what makes a KPI be counted again; mo_data.source lists them.';
    end if;
    if not coalesce(register_kpi.optional_sources <@ register_kpi.sources[2:], false) then
        raise exception 'the optional sources of KPI % are not among its sources after the first', register_kpi.kpi_id
            using errcode = 'invalid_parameter_value',
                hint = 'The first source is the driver: the months it reaches are the months the KPI has, so it cannot be optional.';
    end if;
    for wanted in select s from unnest(register_kpi.sources) s where not exists (select from mo_data.source k where k.source = s) loop
        raise exception 'KPI % names an unknown source: %', register_kpi.kpi_id, wanted
            using errcode = 'foreign_key_violation', hint = 'mo_data.source lists the sources.';
    end loop;
    if exists (select from mo_data.kpi k where k.kpi_id = register_kpi.kpi_id and k.is_site_kpi <> register_kpi.is_site_kpi) then
        raise exception 'KPI % is %', register_kpi.kpi_id, case when register_kpi.is_site_kpi then 'shipped with the layer' else 'registered by the site' end
            using errcode = 'unique_violation', hint = 'Choose another kpi_id; local_ is a prefix that no shipped KPI has.';
    end if;
    insert into mo_data.kpi as k (
        kpi_id, family, page_order, on_front_page, name, short_name, unit, per, decimals, numerator_wording, denominator_wording,
        direction, time_basis, interval_method, hide_from, hide_to, round_to, sources, look_back_months, look_ahead_months,
        follows_clock, expected_lag_days, owner_role, definition_version, rationale, reference, rps_principle, records_function, total_function,
        is_site_kpi, optional_sources, history_months, counts_from_april, hide_denominator_below, parts_add_up, begins_with_first)
    values (
        register_kpi.kpi_id, register_kpi.family, register_kpi.page_order, register_kpi.on_front_page, register_kpi.name,
        register_kpi.short_name, register_kpi.unit, register_kpi.per, register_kpi.decimals, register_kpi.numerator_wording,
        register_kpi.denominator_wording, register_kpi.direction, register_kpi.time_basis, register_kpi.interval_method,
        register_kpi.hide_from, register_kpi.hide_to, register_kpi.round_to, register_kpi.sources, register_kpi.look_back_months,
        register_kpi.look_ahead_months, register_kpi.follows_clock, register_kpi.expected_lag_days, register_kpi.owner_role, register_kpi.definition_version,
        register_kpi.rationale, register_kpi.reference, register_kpi.rps_principle, records_of, register_kpi.total_function,
        register_kpi.is_site_kpi, register_kpi.optional_sources, register_kpi.history_months, register_kpi.counts_from_april,
        register_kpi.hide_denominator_below, register_kpi.parts_add_up,
        coalesce(register_kpi.begins_with_first, register_kpi.unit = 'count'))
    on conflict (kpi_id) do update set
        family = excluded.family, page_order = excluded.page_order, name = excluded.name, short_name = excluded.short_name,
        unit = excluded.unit, per = excluded.per, decimals = excluded.decimals, numerator_wording = excluded.numerator_wording,
        denominator_wording = excluded.denominator_wording, direction = excluded.direction, time_basis = excluded.time_basis,
        interval_method = excluded.interval_method, sources = excluded.sources, look_back_months = excluded.look_back_months,
        look_ahead_months = excluded.look_ahead_months, follows_clock = excluded.follows_clock, definition_version = excluded.definition_version,
        rationale = excluded.rationale, reference = excluded.reference, rps_principle = excluded.rps_principle,
        optional_sources = excluded.optional_sources, history_months = excluded.history_months,
        counts_from_april = excluded.counts_from_april, parts_add_up = excluded.parts_add_up, begins_with_first = excluded.begins_with_first, records_function = excluded.records_function, total_function = excluded.total_function,
        on_front_page = case when excluded.is_site_kpi then excluded.on_front_page else k.on_front_page end,
        hide_from = case when excluded.is_site_kpi then excluded.hide_from else k.hide_from end,
        hide_to = case when excluded.is_site_kpi then excluded.hide_to else k.hide_to end,
        round_to = case when excluded.is_site_kpi then excluded.round_to else k.round_to end,
        hide_denominator_below = case when excluded.is_site_kpi then excluded.hide_denominator_below else k.hide_denominator_below end,
        expected_lag_days = case when excluded.is_site_kpi then excluded.expected_lag_days else k.expected_lag_days end,
        owner_role = case when excluded.is_site_kpi then excluded.owner_role else k.owner_role end;
end $$;
comment on procedure mo_data.register_kpi is
    'Adds a KPI to the catalogue, or brings its row up to date. Its function mo_data.kpi_<kpi_id>(from_month, to_month) must exist and '
    'return the records of the contract. begins_with_first null: true for counts. The first of its sources is its driver, whose months it has (mo_data.kpi_span). '
    'Of a shipped KPI the small-number rules, lag, owner and front page stay as the site has set them; '
    'a site''s own KPI is as the last call says.';
revoke all on procedure mo_data.register_kpi from public;
