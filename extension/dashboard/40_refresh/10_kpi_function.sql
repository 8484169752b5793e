-- The functions of a KPI are stored as text, so that a dump restores and pg_upgrade runs; they are checked against the catalogue when used.
create or replace function mo_data.kpi_function(kpi_id text, with_records boolean)
    returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted text;
    shared boolean;
    parts text[];
    quoted text;
begin
    select case when with_records or k.total_function is null then k.records_function else k.total_function end, k.is_shared
        into wanted, shared
        from mo_data.kpi k where k.kpi_id = kpi_function.kpi_id;
    if not found then
        raise exception using errcode = 'undefined_object', message = format('there is no KPI %s', quote_nullable(kpi_id)),
            hint = 'select kpi_id from mo_data.kpi;';
    end if;
    begin
        parts := parse_ident(wanted);
    exception when invalid_parameter_value then
        parts := null;
    end;
    if coalesce(array_length(parts, 1), 0) <> 2 then
        raise exception using errcode = 'invalid_parameter_value',
            message = format('function "%s" of KPI %s is not named as schema.function', wanted, kpi_id),
            hint = 'Such as mo_data.kpi_my_measure: the name only, without arguments.';
    end if;
    quoted := format('%I.%I', parts[1], parts[2]);
    if not mo_data.is_kpi_function(quoted, with_records, shared) then
        raise exception using errcode = 'undefined_function',
            message = format('function %s(date, date) of KPI %s does not exist or does not return what a KPI function returns', wanted, kpi_id),
            hint = 'It returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, '
                'denominator double precision); a total function has no record_key.';
    end if;
    return quoted;
end
    $$;
revoke all on function mo_data.kpi_function(text, boolean) from public;
comment on function mo_data.kpi_function(text, boolean) is
    'Quoted name of the function that gives a KPI''s records (with_records) or its sums, after checking in the catalogue that it exists '
    'with the arguments and columns of the contract. An error with a hint when it does not.';
