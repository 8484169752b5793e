-- Storing results: several KPIs and months in a few statements, rolled up and compared by mo.rolled_up.
create or replace function mo_data.results_input(kpi_ids text[], months date[])
    returns table (
        kpi_id text,
        months date[], organisations text[], breakdowns text[], numerators double precision[], denominators double precision[],
        place_months date[], place_codes text[], place_types text[], place_settings smallint[], place_pcns text[],
        place_sub_icbs text[], place_icbs text[], place_regions text[], place_nations text[], group_months date[],
        group_members text[], group_codes text[], unit text, per double precision, interval_method text, round_to integer,
        published_months date[], covered_types text[], covered_icbs text[], covered_from date[], covered_to date[],
        begins_with_first boolean, earlier_months date[], earlier_types text[], earlier_codes text[], earlier_breakdowns text[],
        earlier_numerators double precision[], earlier_values double precision[], earlier_hidden smallint[], target_months date[],
        target_types text[], target_codes text[], targets double precision[],
        family_parts text[], families text[], hide_from integer, hide_to integer, hide_numerators boolean, hide_denominator_below integer)
    language sql stable rows 100
    begin atomic
        with asked as materialized (
            select u.kpi_id, array_agg(u.month) as months from unnest(kpi_ids, months) as u (kpi_id, month) group by u.kpi_id
        ), place as materialized (
            select coalesce(array_agg(p.day), '{}') as days, coalesce(array_agg(p.org_code), '{}') as codes,
                coalesce(array_agg(p.org_type), '{}') as types, coalesce(array_agg(p.prescribing_setting), '{}') as settings,
                coalesce(array_agg(p.pcn_code), '{}') as pcns, coalesce(array_agg(p.sub_icb_code), '{}') as sub_icbs,
                coalesce(array_agg(p.icb_code), '{}') as icbs, coalesce(array_agg(p.region_code), '{}') as regions,
                coalesce(array_agg(p.nation_code), '{}') as nations
            from mo_data.result_path(array(select distinct (u.month + interval '1 month')::date - 1 from unnest(months) as u (month))) p
        ), membership as materialized (
            select coalesce(array_agg(u.month), '{}') as months, coalesce(array_agg(g.org_code), '{}') as members,
                coalesce(array_agg(g.group_code), '{}') as codes
            from (select distinct x.month from unnest(months) as x (month)) u
                join mo_data.organisation_group g on g.valid_from < u.month + interval '1 month'
                    and (g.valid_to is null or g.valid_to >= u.month + interval '1 month')
        )
        select
            a.kpi_id, f.months, f.codes, f.breakdowns, f.numerators, f.denominators, p.days, p.codes, p.types, p.settings, p.pcns,
            p.sub_icbs, p.icbs, p.regions, p.nations, g.months, g.members, g.codes, k.unit, k.per, k.interval_method,
            coalesce(k.round_to, 1), m.months, c.types, c.icbs, c.first_months, c.last_months, k.begins_with_first, e.months, e.types, e.codes, e.breakdowns, e.numerators, e.values, e.hidden, t.months,
            t.types, t.codes, t.targets, h.parts, h.families, coalesce(k.hide_from, 0), coalesce(k.hide_to, 0), k.hide_from is not null and k.hide_to is not null,
            case when h.is_on
                then coalesce(case k.interval_method when 'wilson' then greatest(k.hide_denominator_below, k.hide_to + 1) else k.hide_denominator_below end, 0)
                else 0 end
        from asked a
            join mo_data.kpi k on k.kpi_id = a.kpi_id
            cross join place p
            cross join membership g
            cross join lateral (
                select coalesce(array_agg(v.month), '{}') as months, coalesce(array_agg(v.org_code), '{}') as codes,
                    coalesce(array_agg(v.breakdown), '{}') as breakdowns, coalesce(array_agg(v.numerator), '{}') as numerators,
                    coalesce(array_agg(v.denominator), '{}') as denominators
                from mo_data.kpi_value v where v.kpi_id = a.kpi_id and v.month = any (a.months)
            ) f
            cross join lateral (
                select coalesce(array_agg(m.month), '{}') as months from mo_data.kpi_month m where m.kpi_id = a.kpi_id and m.month = any (a.months)
            ) m
            cross join lateral (
                select coalesce(array_agg(c.org_type), '{}') as types, coalesce(array_agg(c.icb_code), '{}') as icbs,
                    coalesce(array_agg(c.first_month), '{}') as first_months, coalesce(array_agg(c.last_month), '{}') as last_months
                from mo_data.kpi_coverage c where c.kpi_id = a.kpi_id
            ) c
            cross join lateral ( -- small numbers: the rule, and which parts are of which families
                select x.is_on, coalesce(array_agg(u.breakdown) filter (where u.family is not null), '{}') as parts,
                    coalesce(array_agg(u.family) filter (where u.family is not null), '{}') as families
                from (select k.hide_from is not null or k.hide_denominator_below is not null as is_on) x
                    left join (
                        select p.breakdown, y.family
                        from (select distinct z.breakdown from unnest(f.breakdowns) as z (breakdown) where z.breakdown <> '') p
                            join unnest(k.parts_add_up) as y (family) on p.breakdown ~ y.family
                    ) u on x.is_on
                group by x.is_on
            ) h
            cross join lateral ( -- months that stay as they are
                select array(
                    select b.month from unnest(a.months) as u (month)
                        cross join lateral (values ((u.month - interval '1 month')::date), ((u.month - interval '1 year')::date)) b (month)
                    where b.month <> all (a.months)) as months
            ) before
            cross join lateral (
                select coalesce(array_agg(e.month), '{}') as months, coalesce(array_agg(e.org_type::text), '{}') as types,
                    coalesce(array_agg(e.org_code::text), '{}') as codes, coalesce(array_agg(e.breakdown::text), '{}') as breakdowns,
                    coalesce(array_agg(e.numerator), '{}') as numerators, coalesce(array_agg(e.value), '{}') as values,
                    coalesce(array_agg(e.hidden), '{}') as hidden
                from mo_data.kpi_result e
                where before.months <> '{}' and e.kpi_id = a.kpi_id and e.month = any (before.months) -- not looked at where there are none
            ) e
            cross join lateral (
                select coalesce(array_agg(t.month), '{}') as months, coalesce(array_agg(t.org_type), '{}') as types,
                    coalesce(array_agg(t.org_code), '{}') as codes, coalesce(array_agg(t.target), '{}') as targets
                from (
                    select u.month, null as org_type, x.org_code, x.target
                    from unnest(a.months) as u (month)
                        join mo_data.kpi_target x on x.kpi_id = a.kpi_id and x.valid_from < u.month + interval '1 month'
                            and (x.valid_to is null or x.valid_to >= u.month + interval '1 month')
                    union all
                    select x.month, x.org_type, x.org_code, x.target
                    from mo_data.smr_target_due(a.months) x where a.kpi_id = 'smr_completed' and x.target is not null
                ) t
            ) t;
    end;
revoke all on function mo_data.results_input(text[], date[]) from public;
comment on function mo_data.results_input(text[], date[]) is
    'The arguments of mo.rolled_up for several KPIs, a row each: kpi_ids and months are pairs. Months before that are not among them are '
    'taken from kpi_result. Part of refresh().';

create or replace function mo_data.results_forget(kpi_ids text[], months date[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from mo_data.kpi_result r
        using unnest(kpi_ids, months) as w (kpi_id, month) where r.kpi_id = w.kpi_id and r.month = w.month
    $$;
revoke all on function mo_data.results_forget(text[], date[]) from public;
comment on function mo_data.results_forget(text[], date[]) is
    'Deletes the results of several KPIs and months (pairs), by index: what results_store writes again. Part of refresh().';

create or replace function mo_data.results_store(run_id integer, kpi_ids text[], months date[])
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
declare
    figured_kpi_ids text[];
    figured_months date[];
    organisation record;
    rows_written bigint;
begin
    select coalesce(array_agg(w.kpi_id), '{}'), coalesce(array_agg(w.month), '{}') into figured_kpi_ids, figured_months
        from unnest(kpi_ids, months) as w (kpi_id, month) -- a ratio has no results in a month without a figure
            join mo_data.kpi k on k.kpi_id = w.kpi_id
        where k.unit = 'count' or exists (select from mo_data.kpi_value v where v.kpi_id = w.kpi_id and v.month = w.month);
    select array_agg(o.org_type) as types, array_agg(o.org_code) as codes, array_agg(o.org_key) as keys into organisation
        from mo_data.organisation_key o;
    select sum(mo.rolled_up_into('mo_data.kpi_result', i.kpi_id, results_store.run_id, organisation.types, organisation.codes, organisation.keys,
            months => i.months, organisations => i.organisations, breakdowns => i.breakdowns, numerators => i.numerators,
            denominators => i.denominators, place_months => i.place_months, place_codes => i.place_codes, place_types => i.place_types,
            place_settings => i.place_settings, place_pcns => i.place_pcns, place_sub_icbs => i.place_sub_icbs,
            place_icbs => i.place_icbs, place_regions => i.place_regions, place_nations => i.place_nations,
            group_months => i.group_months, group_members => i.group_members, group_codes => i.group_codes, unit => i.unit,
            per => i.per, interval_method => i.interval_method, round_to => i.round_to, published_months => i.published_months,
            covered_types => i.covered_types, covered_icbs => i.covered_icbs, covered_from => i.covered_from,
            covered_to => i.covered_to, begins_with_first => i.begins_with_first, hidden_months => '{}', hidden_types => '{}',
            hidden_codes => '{}', hidden_breakdowns => '{}', hidden_reasons => '{}', earlier_months => i.earlier_months,
            earlier_types => i.earlier_types, earlier_codes => i.earlier_codes, earlier_breakdowns => i.earlier_breakdowns,
            earlier_numerators => i.earlier_numerators, earlier_values => i.earlier_values, earlier_hidden => i.earlier_hidden,
            target_months => i.target_months, target_types => i.target_types, target_codes => i.target_codes, targets => i.targets,
            family_parts => i.family_parts, families => i.families, hide_from => i.hide_from, hide_to => i.hide_to,
            hide_numerators => i.hide_numerators, hide_denominator_below => i.hide_denominator_below))
        into rows_written
        from mo_data.results_input(figured_kpi_ids, figured_months) i;
    return coalesce(rows_written, 0);
end
    $$;
revoke all on function mo_data.results_store(integer, text[], date[]) from public;
comment on function mo_data.results_store(integer, text[], date[]) is
    'Writes the results of several KPIs and months (pairs), which results_forget has deleted, and returns how many there are. Part '
    'of refresh().';

create or replace function mo_data.results_replace(run_id integer, kpi_ids text[], months date[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started timestamptz;
    part record;
    rows_written bigint;
    rows_indexed bigint := 0;
    indexes text[];
begin
    indexes := mo_data.indexes_put_off('mo_data.kpi_result');
    for part in
        with wanted as ( -- the next month and the next year show what it was before
            select u.kpi_id, u.month from unnest(kpi_ids, months) as u (kpi_id, month)
            union
            select k.kpi_id, k.month
            from unnest(kpi_ids, months) as u (kpi_id, month)
                join mo_data.kpi_month k on k.kpi_id = u.kpi_id
                    and k.month in ((u.month + interval '1 month')::date, (u.month + interval '1 year')::date)
        ), sized as ( -- as much at once as is held in memory without harm: what is after it looks back on what was stored before it
            select w.kpi_id, w.month, f.figures
            from wanted w
                cross join lateral (
                    select count(*) + 1000 as figures from mo_data.kpi_value v where v.kpi_id = w.kpi_id and v.month = w.month
                ) f
        )
        select trunc(b.batch) as batch, array_agg(b.kpi_id order by b.kpi_id, b.month) as kpi_ids, array_agg(b.month order by b.kpi_id, b.month) as months,
            min(b.month) as first_month, max(b.month) as last_month, case when min(b.kpi_id) = max(b.kpi_id) then min(b.kpi_id) end as only_kpi_id
        from (select s.kpi_id, s.month, sum(s.figures) over (order by s.kpi_id, s.month) / 400000 as batch from sized s) b
        group by trunc(b.batch)
        order by 1
    loop
        started := clock_timestamp();
        if indexes = '{}' then -- where they are put off there was nothing
            perform mo_data.results_forget(part.kpi_ids, part.months);
        end if;
        rows_written := mo_data.results_store(run_id, part.kpi_ids, part.months);
        rows_indexed := rows_indexed + rows_written;
        update mo_data.refresh_run r set results_written = r.results_written + rows_written where r.run_id = results_replace.run_id;
        perform mo_data.refresh_note(run_id, 'results', part.only_kpi_id, part.first_month, part.last_month, rows_written, started);
    end loop;
    if indexes <> '{}' then
        started := clock_timestamp();
        perform mo_data.indexes_make(indexes);
        perform mo_data.refresh_note(run_id, 'indexes', null, null, null, rows_indexed, started);
    end if;
end
    $$;
revoke all on function mo_data.results_replace(integer, text[], date[]) from public;
comment on function mo_data.results_replace(integer, text[], date[]) is
    'Replaces the results of several KPIs and months (pairs), and of the months that show them as the month or year before. Part '
    'of refresh().';

create or replace function mo_data.result_replace(run_id integer, kpi_id text, months date[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    select mo_data.results_replace(run_id, array_fill(kpi_id, array[cardinality(months)]), months)
    $$;
revoke all on function mo_data.result_replace(integer, text, date[]) from public;
comment on function mo_data.result_replace(integer, text, date[]) is
    'Replaces the results of one KPI for the months given, and for the months that show them as the month or year before (results_replace).';
