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
            select coalesce(array_agg(m.month), '{}') as months, coalesce(array_agg(m.org_code), '{}') as members,
                coalesce(array_agg(m.group_code), '{}') as codes
            from ( -- once, however many of its memberships overlap
                select distinct u.month, g.org_code, g.group_code
                from unnest(months) as u (month)
                    join mo_data.organisation_group g on g.valid_from < u.month + interval '1 month'
                        and (g.valid_to is null or g.valid_to >= u.month + interval '1 month')
            ) m
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
                    select y.month, null as org_type, y.org_code, y.target
                    from ( -- of two in force the later
                        select distinct on (u.month, x.org_code) u.month, x.org_code, x.target
                        from unnest(a.months) as u (month)
                            join mo_data.kpi_target x on x.kpi_id = a.kpi_id and x.valid_from < u.month + interval '1 month'
                                and (x.valid_to is null or x.valid_to >= u.month + interval '1 month')
                        order by u.month, x.org_code, x.valid_from desc
                    ) y
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

-- The next month and the next year show what was before, which is all that they have of it: they are not made again, which would be half as much again.
create or replace function mo_data.results_outdated(kpi_ids text[], months date[])
    returns table (
        place tid, kpi_id text, month date, month_value double precision, month_numerator double precision, month_hidden smallint,
        year_value double precision, year_numerator double precision, year_hidden smallint)
    language sql stable rows 1000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with given as materialized (
        select distinct u.kpi_id, u.month from unnest(kpi_ids, months) as u (kpi_id, month)
    ), after as materialized (
        select k.kpi_id, k.month, bool_or(n.is_month) as a_month, bool_or(not n.is_month) as a_year
        from given g
            cross join lateral (values ((g.month + interval '1 month')::date, true), ((g.month + interval '1 year')::date, false)) n (month, is_month)
            join mo_data.kpi_month k on k.kpi_id = g.kpi_id and k.month = n.month
            left join given x on x.kpi_id = k.kpi_id and x.month = k.month
        where x.kpi_id is null
        group by k.kpi_id, k.month
    ), shown as ( -- offset 0: by index
        select a.kpi_id, a.month, a.a_month, a.a_year, r.*
        from after a
            cross join lateral (
                select r.ctid as place, r.org_key, r.breakdown, r.previous_month_value, r.previous_month_numerator, r.previous_month_hidden,
                    r.previous_year_value, r.previous_year_numerator, r.previous_year_hidden
                from mo_data.kpi_result r where r.kpi_id = a.kpi_id and r.month = a.month offset 0
            ) r
    ), before as materialized (
        select a.kpi_id, a.month, b.is_month, r.*
        from after a
            cross join lateral (
                values ((a.month - interval '1 month')::date, true, a.a_month), ((a.month - interval '1 year')::date, false, a.a_year)
            ) b (month, is_month, is_given)
            cross join lateral (
                select r.org_key, r.breakdown, r.value, r.numerator, r.hidden
                from mo_data.kpi_result r where r.kpi_id = a.kpi_id and r.month = b.month offset 0
            ) r
        where b.is_given
    ), compared as (
        select s.place, s.kpi_id, s.month, n.*, s.previous_month_value, s.previous_month_numerator, s.previous_month_hidden, s.previous_year_value,
            s.previous_year_numerator, s.previous_year_hidden
        from shown s
            left join before m on m.is_month and m.kpi_id = s.kpi_id and m.month = s.month and m.org_key = s.org_key and m.breakdown = s.breakdown
            left join before y on not y.is_month and y.kpi_id = s.kpi_id and y.month = s.month and y.org_key = s.org_key and y.breakdown = s.breakdown
            cross join lateral (
                select
                    case when s.a_month then m.value else s.previous_month_value end as month_value,
                    case when s.a_month then m.numerator else s.previous_month_numerator end as month_numerator,
                    case when s.a_month then coalesce(m.hidden, 0) else s.previous_month_hidden end as month_hidden,
                    case when s.a_year then y.value else s.previous_year_value end as year_value,
                    case when s.a_year then y.numerator else s.previous_year_numerator end as year_numerator,
                    case when s.a_year then coalesce(y.hidden, 0) else s.previous_year_hidden end as year_hidden
            ) n
    )
    select c.place, c.kpi_id, c.month, c.month_value, c.month_numerator, c.month_hidden, c.year_value, c.year_numerator, c.year_hidden
    from compared c
    where c.month_value is distinct from c.previous_month_value or c.month_numerator is distinct from c.previous_month_numerator
        or c.month_hidden <> c.previous_month_hidden or c.year_value is distinct from c.previous_year_value
        or c.year_numerator is distinct from c.previous_year_numerator or c.year_hidden <> c.previous_year_hidden
    $$;
revoke all on function mo_data.results_outdated(text[], date[]) from public;
comment on function mo_data.results_outdated(text[], date[]) is
    'Results, by their place in kpi_result, that show a KPI''s month as the month or year before (pairs, which are not among them) and not as it '
    'is now, with what they should show. Part of refresh().';

create or replace function mo_data.results_remember(run_id integer, kpi_ids text[], months date[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started timestamptz := clock_timestamp();
    done record;
begin
    with renewed as (
        update mo_data.kpi_result r set run_id = results_remember.run_id, previous_month_value = o.month_value,
            previous_month_numerator = o.month_numerator, previous_month_hidden = o.month_hidden, previous_year_value = o.year_value,
            previous_year_numerator = o.year_numerator, previous_year_hidden = o.year_hidden
        from mo_data.results_outdated(kpi_ids, months) o where r.ctid = o.place
        returning r.month
    )
    select count(*) as rows, min(n.month) as first_month, max(n.month) as last_month into done from renewed n;
    if done.rows > 0 then
        update mo_data.refresh_run r set results_written = r.results_written + done.rows where r.run_id = results_remember.run_id;
        perform mo_data.refresh_note(run_id, 'results after', null, done.first_month, done.last_month, done.rows, started);
    end if;
end
    $$;
revoke all on function mo_data.results_remember(integer, text[], date[]) from public;
comment on function mo_data.results_remember(integer, text[], date[]) is
    'Has the months after those given (KPIs and months, pairs) show them as the month and year before: rows that already do stay as they are. '
    'Part of refresh().';

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
        with wanted as (
            select distinct u.kpi_id, u.month from unnest(kpi_ids, months) as u (kpi_id, month)
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
    else
        perform mo_data.results_remember(run_id, kpi_ids, months);
    end if;
end
    $$;
revoke all on function mo_data.results_replace(integer, text[], date[]) from public;
comment on function mo_data.results_replace(integer, text[], date[]) is
    'Replaces the results of several KPIs and months (pairs), and has the months that show them as the month or year before show the new '
    'ones. Part of refresh().';

create or replace function mo_data.result_replace(run_id integer, kpi_id text, months date[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    select mo_data.results_replace(run_id, array_fill(kpi_id, array[cardinality(months)]), months)
    $$;
revoke all on function mo_data.result_replace(integer, text, date[]) from public;
comment on function mo_data.result_replace(integer, text, date[]) is
    'Replaces the results of one KPI for the months given, and in the months that show them as the month or year before (results_replace).';
