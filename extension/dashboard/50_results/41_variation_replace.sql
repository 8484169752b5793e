-- The spread of KPIs' values over organisations, for the months that a refresh replaces.
create or replace function mo_data.funnel_kind(interval_method text, unit text)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case when interval_method = 'wilson' then 'proportion' when interval_method = 'byar' and unit <> 'count' then 'rate' end;
    end;
comment on function mo_data.funnel_kind(text, text) is
    'Which funnel a KPI has: proportion, rate, or none (null): a count has nothing to be expected of it, and cost is not an event. For the '
    'published views.';

create or replace function mo_data.funnel_position(
    kind text, numerator double precision, denominator double precision, average double precision, tau2 double precision)
    returns text
    language sql immutable parallel safe
    begin atomic
        select case -- what a funnel is not defined for has no place in it, rather than an error
            when kind = 'proportion' and denominator > 0 and numerator between 0 and denominator and average between 0 and 1
                then mo.funnel_proportion_position(numerator, denominator, average, tau2)
            when kind = 'rate' and denominator > 0 and numerator >= 0 and average >= 0
                then mo.funnel_rate_position(numerator, denominator, average, tau2)
        end;
    end;
comment on function mo_data.funnel_position(text, double precision, double precision, double precision, double precision) is
    'Where a figure stands in the funnel of its kind: below_998, below_95, within, above_95, above_998. Null: no funnel, or parts it is not '
    'defined for. average is per unit of the denominator. For the published views.';

create or replace function mo_data.funnel_limit(
    kind text, side text, coverage double precision, average double precision, denominator double precision, per double precision)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case
            when kind = 'proportion' and denominator > 0 and average between 0 and 1 then per * case side
                when 'lower' then mo.funnel_proportion_lower(average, denominator, coverage)
                else mo.funnel_proportion_upper(average, denominator, coverage) end
            when kind = 'rate' and denominator > 0 and average >= 0 then per * case side
                when 'lower' then mo.funnel_rate_lower(average, denominator, coverage)
                else mo.funnel_rate_upper(average, denominator, coverage) end
        end;
    end;
comment on function mo_data.funnel_limit(text, text, double precision, double precision, double precision, double precision) is
    'Lower or upper limit of the funnel of a kind at a denominator, in the units of value. Null: no funnel. For the published views.';

create or replace function mo_data.variations_of(kpi_ids text[], months date[])
    returns setof mo_data.kpi_variation
    language sql stable parallel safe rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with asked as materialized (
        select u.kpi_id, array_agg(u.month) as months from unnest(kpi_ids, months) as u (kpi_id, month) group by u.kpi_id
    ), result as (
        select a.kpi_id, r.month, r.org_type, r.peer_group, h.is_hidden, f.kind,
            mo_data.shown_value(r.hidden, r.value, r.numerator, r.denominator, k.unit, k.per, k.interval_method, k.round_to) as value,
            case when not h.is_hidden and f.is_defined then g.numerator end as numerator,
            case when not h.is_hidden and f.is_defined then r.denominator end as denominator
        from asked a
            join mo_data.kpi k on k.kpi_id = a.kpi_id
            cross join lateral (
                select x.month, x.org_type, x.peer_group, x.hidden, x.value, x.numerator, x.denominator
                from mo_data.kpi_result x
                where x.kpi_id = a.kpi_id and x.month = any (a.months) and x.breakdown = '' and x.peer_group is not null
                    and x.org_type in ('practice', 'pcn', 'sub_icb', 'icb')
                offset 0
            ) r
            cross join lateral (select r.hidden > 0 as is_hidden) h
            cross join lateral (select mo_data.rounded_numerator(r.numerator, r.denominator, k.interval_method, k.round_to) as numerator) g
            cross join lateral (select mo_data.funnel_kind(k.interval_method, k.unit) as kind) x
            cross join lateral (
                select x.kind, r.denominator > 0 and g.numerator >= 0 and (x.kind = 'rate' or g.numerator <= r.denominator) as is_defined
            ) f
    ), member as (
        select r.peer_group as group_code, r.* from result r
        union all
        select 'ENG'::varchar(12), r.* from result r where r.peer_group <> 'ENG'
    ), place as (
        select m.kpi_id, m.month, m.org_type, m.group_code, count(*) filter (where not m.is_hidden)::integer as org_count,
            count(*) filter (where m.is_hidden)::integer as hidden_count, 5 * count(*) filter (where m.is_hidden) <= count(*) as is_given,
            case when max(m.kind) is not null then sum(m.numerator) / nullif(sum(m.denominator), 0) end as average,
            mo.percentiles(m.value, '{0,0.05,0.1,0.25,0.5,0.75,0.9,0.95,1}') as p,
            stddev_samp(m.value) / nullif(avg(m.value), 0) as cv,
            coalesce(mo.funnel_proportion_phi(m.numerator, m.denominator) filter (where m.kind = 'proportion'),
                mo.funnel_rate_phi(m.numerator, m.denominator) filter (where m.kind = 'rate')) as phi,
            coalesce(mo.funnel_proportion_tau2(m.numerator, m.denominator) filter (where m.kind = 'proportion'),
                mo.funnel_rate_tau2(m.numerator, m.denominator) filter (where m.kind = 'rate')) as tau2
        from member m
        group by m.kpi_id, m.month, m.org_type, m.group_code
    ), outlier as (
        select m.kpi_id, m.month, m.org_type, m.group_code,
            mo.systematic_component_of_variation(m.numerator, m.denominator * g.average) filter (where m.kind = 'rate' and g.average > 0) as systematic,
            count(*) filter (where p.alone <> 'within')::integer as outside_95,
            count(*) filter (where p.alone ~ '998$')::integer as outside_998,
            -- of those outside: limits on another scale can be nearer than the plain ones at the ends, and allowing for more must not find more
            count(*) filter (where p.alone <> 'within' and p.dispersed <> 'within')::integer as outside_95_dispersed,
            count(*) filter (where p.alone ~ '998$' and p.dispersed ~ '998$')::integer as outside_998_dispersed
        from member m
            join place g on g.kpi_id = m.kpi_id and g.month = m.month and g.org_type = m.org_type and g.group_code = m.group_code
            cross join lateral (
                select mo_data.funnel_position(m.kind, m.numerator, m.denominator, g.average, 0) as alone offset 0 -- worked out once a row
            ) a
            cross join lateral (
                select a.alone, case when a.alone <> 'within'
                    then mo_data.funnel_position(m.kind, m.numerator, m.denominator, g.average, coalesce(g.tau2, 0)) end as dispersed
                offset 0
            ) p
        where g.is_given and g.average is not null and m.numerator is not null
        group by m.kpi_id, m.month, m.org_type, m.group_code
    )
    select g.kpi_id::varchar(40), g.month, g.org_type, g.group_code, g.org_count, g.hidden_count, g.average, g.p[1], g.p[2], g.p[3], g.p[4],
        g.p[5], g.p[6], g.p[7], g.p[8], g.p[9], g.cv, o.systematic, g.phi, g.tau2, o.outside_95, o.outside_998, o.outside_95_dispersed,
        o.outside_998_dispersed, null::integer
    from (
            select x.kpi_id, x.month, x.org_type, x.group_code, x.org_count, x.hidden_count, x.is_given, s.*
            from place x
                left join lateral (select x.average, x.p, x.cv, x.phi, x.tau2) s on x.is_given
        ) g
        left join outlier o on o.kpi_id = g.kpi_id and o.month = g.month and o.org_type = g.org_type and o.group_code = g.group_code
    $$;
revoke all on function mo_data.variations_of(text[], date[]) from public;
comment on function mo_data.variations_of(text[], date[]) is
    'Rows of kpi_variation of KPIs and months (pairs), run_id left out. Values that are hidden from readers are left out of every statistic, so '
    'that none gives one away; where they are more than one in five what remains would mislead, and no statistic is given.';

create or replace function mo_data.variations_at_once(kpi_ids text[], months date[])
    returns setof mo_data.kpi_variation
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set parallel_setup_cost = 0 -- the planner does not know how dear the function is
    set parallel_tuple_cost = 0
    set jit = off
    as $$
declare
    share record;
begin
    if cardinality(kpi_ids) < 100 then
        return query select v.* from mo_data.variations_of(kpi_ids, months) v;
        return;
    end if;
    select s.* into share from mo_data.kpi_shares(kpi_ids, months) s;
    return query
        select v.* from mo_data.variations_of(share.kpi_ids_1, share.months_1) v
        union all
        select v.* from mo_data.variations_of(share.kpi_ids_2, share.months_2) v
        union all
        select v.* from mo_data.variations_of(share.kpi_ids_3, share.months_3) v
        union all
        select v.* from mo_data.variations_of(share.kpi_ids_4, share.months_4) v;
end
    $$;
revoke all on function mo_data.variations_at_once(text[], date[]) from public;
comment on function mo_data.variations_at_once(text[], date[]) is
    'variations_of, some of the KPIs by each of several processes where there is much to do: a query that stands in a statement that writes is one process''s. Part of refresh().';

create or replace function mo_data.variation_rows(kpi_id text, months date[])
    returns setof mo_data.kpi_variation
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    as $$
    select v.* from mo_data.variations_of(array_fill(kpi_id, array[cardinality(months)]), months) v
    $$;
revoke all on function mo_data.variation_rows(text, date[]) from public;
comment on function mo_data.variation_rows(text, date[]) is 'variations_of of one KPI.';

create or replace function mo_data.variations_replace(run_id integer, kpi_ids text[], months date[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from mo_data.kpi_variation v
        using (select w.kpi_id, array_agg(w.month) as months from unnest(kpi_ids, variations_replace.months) as w (kpi_id, month) group by w.kpi_id) w
        where v.kpi_id = w.kpi_id and v.month = any (w.months);
    insert into mo_data.kpi_variation (
        kpi_id, month, org_type, group_code, org_count, hidden_count, average, minimum, percentile_5, percentile_10, lower_quartile, median,
        upper_quartile, percentile_90, percentile_95, maximum, coefficient_of_variation, systematic_component, dispersion_phi,
        between_area_tau2, outside_95, outside_998, outside_95_dispersed, outside_998_dispersed, run_id)
    select v.kpi_id, v.month, v.org_type, v.group_code, v.org_count, v.hidden_count, v.average, v.minimum, v.percentile_5, v.percentile_10,
        v.lower_quartile, v.median, v.upper_quartile, v.percentile_90, v.percentile_95, v.maximum, v.coefficient_of_variation,
        v.systematic_component, v.dispersion_phi, v.between_area_tau2, v.outside_95, v.outside_998, v.outside_95_dispersed,
        v.outside_998_dispersed, variations_replace.run_id
    from mo_data.variations_at_once(kpi_ids, variations_replace.months) v;
    $$;
revoke all on function mo_data.variations_replace(integer, text[], date[]) from public;
comment on function mo_data.variations_replace(integer, text[], date[]) is 'Replaces kpi_variation of KPIs and months (pairs). Part of refresh().';

create or replace function mo_data.variation_replace(run_id integer, kpi_id text, months date[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    select mo_data.variations_replace(run_id, array_fill(kpi_id, array[cardinality(months)]), months)
    $$;
revoke all on function mo_data.variation_replace(integer, text, date[]) from public;
comment on function mo_data.variation_replace(integer, text, date[]) is 'variations_replace of one KPI.';
