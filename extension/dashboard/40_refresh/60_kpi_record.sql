-- Drill-through: the records behind a figure, from the same function that counted it.
create or replace function mo_data.kpi_record(kpi_id text, org_code text, month date)
    returns table (
        record_org_code text, breakdown text, record_key text, numerator double precision, denominator double precision)
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
declare
    first_day date := date_trunc('month', month)::date;
    counted text[]; -- organisations that count towards the one asked for
    late text[]; -- ICBs that have not begun: they are in no figure, so their records are not behind one either
    is_shared boolean;
begin
    if first_day is null or not isfinite(first_day) then
        raise exception using errcode = 'invalid_parameter_value', message = 'a month is needed', hint = 'Give its first day, such as 2026-04-01.';
    end if;
    if exists (select from mo_data.kpi_final f where f.kpi_id = kpi_record.kpi_id and f.before > first_day) then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('the records behind %s of %s were removed', kpi_id, to_char(first_day, 'Mon YYYY')),
            hint = 'mo_data.purge_log says when and by whom; the figure stands as it was published.';
    end if;
    counted := array(select a.org_code from mo_data.organisation_ancestor_on(array[mo.month_end(first_day)]) a where a.ancestor_code = kpi_record.org_code);
    late := array(
        select c.icb_code from mo_data.kpi_coverage c join mo_data.kpi k on k.kpi_id = c.kpi_id and k.begins_with_first
        where c.kpi_id = kpi_record.kpi_id group by c.icb_code having coalesce(min(c.first_month) > first_day, true));
    if late <> '{}' then
        counted := array(
            select u.org_code from unnest(counted) as u (org_code)
            except
            select a.org_code from mo_data.organisation_ancestor_on(array[mo.month_end(first_day)]) a where a.ancestor_type = 'icb' and a.ancestor_code = any (late));
    end if;
    select k.is_shared into is_shared from mo_data.kpi k where k.kpi_id = kpi_record.kpi_id;
    return query execute format($query$
        select f.org_code::text, f.breakdown::text, f.record_key::text, f.numerator, f.denominator
        from %s(%s) f
        where f.month = $1 and f.org_code = any ($2)
        $query$, mo_data.kpi_function(kpi_id, true), case when is_shared then 'array[$3], $1, $1, $2' else '$1, $1' end)
        using first_day, counted, kpi_id;
end
    $$;
revoke all on function mo_data.kpi_record(text, text, date) from public;
comment on function mo_data.kpi_record(text, text, date) is
    'The records behind a KPI''s figure of a month, for an organisation of any level: those with a null breakdown add up to the figure, the '
    'others to its parts. record_org_code is the organisation the record counts for. Of an ICB that has not begun (kpi.begins_with_first) there are none. An '
    'error where the records were removed by purge().';
