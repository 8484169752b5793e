-- Small numbers: which results readers do not see. Decided once, when results are stored (mo.rolled_up_into); views only ask. result_hidden says in SQL
-- what it does, for result_compared and so for a test.
create or replace function mo_data.small_reason(
    unit text, interval_method text, numerator double precision, denominator double precision, hide_from integer, hide_to integer,
    hide_denominator_below integer)
    returns smallint
    language sql immutable parallel safe
    begin atomic
        select case
            when unit <> 'count' and denominator > 0 and denominator
                < coalesce(case when interval_method = 'wilson' then greatest(hide_denominator_below, hide_to + 1) else hide_denominator_below end, 0) then 2
            when numerator between hide_from and hide_to then 1
            else 0
        end::smallint;
    end;
comment on function mo_data.small_reason(text, text, double precision, double precision, integer, integer, integer) is
    'Why a figure is hidden for its own sake: 1 its numerator is small (hide_from to hide_to), 2 its denominator is small '
    '(below hide_denominator_below; where the numerator is a share of the denominator, below hide_to + 1 at least: one of one would tell '
    'itself); 0 it is not.';

create or replace function mo_data.rounded_numerator(
    numerator double precision, denominator double precision, interval_method text, round_to integer)
    returns double precision
    language sql immutable parallel safe
    begin atomic
        select case
            when coalesce(round_to, 1) = 1 then numerator
            when interval_method = 'wilson' and round_to * floor(numerator / round_to + 0.5) > denominator
                then round_to * floor(numerator / round_to)
            else round_to * floor(numerator / round_to + 0.5)
        end;
    end;
comment on function mo_data.rounded_numerator(double precision, double precision, text, integer) is
    'A numerator as it is shown: to the nearest round_to, halves up; down where a share would exceed its denominator. Null or 1: as it is.';

create or replace function mo_data.result_hidden(
    kpi_id text, month date, ids integer[], org_types text[], org_codes text[], breakdowns text[], numerators double precision[],
    denominators double precision[], reasons smallint[], pcn_codes text[], sub_icb_codes text[], icb_codes text[], region_codes text[],
    nation_codes text[])
    returns table (id integer, hidden smallint)
    language sql stable rows 1000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with cell as materialized (
        select u.*
        from unnest(org_types, org_codes, breakdowns, numerators, pcn_codes, sub_icb_codes, icb_codes, region_codes, nation_codes)
            with ordinality as u (org_type, org_code, breakdown, numerator, pcn_code, sub_icb_code, icb_code, region_code, nation_code, cell)
    ), org as materialized (
        select distinct c.org_type, c.org_code, c.pcn_code, c.sub_icb_code, c.icb_code, c.region_code, c.nation_code from cell c
    ), pcn_place as materialized ( -- one that is closed, or of no sub-ICB, is where all of its practices are
        select p.org_code, coalesce(p.sub_icb_code, case when count(distinct x.sub_icb_code) = 1 and count(x.sub_icb_code) = count(*) then max(x.sub_icb_code) end)
                as sub_icb_code,
            coalesce(p.icb_code, case when count(distinct x.icb_code) = 1 and count(x.icb_code) = count(*) then max(x.icb_code) end) as icb_code
        from org p left join org x on x.org_type = 'practice' and x.pcn_code = p.org_code
        where p.org_type = 'pcn'
        group by p.org_code, p.sub_icb_code, p.icb_code
    ), split_pcn as materialized ( -- its practices are not all of its own sub-ICB
        select distinct p.org_code
        from pcn_place p join org x on x.org_type = 'practice' and x.pcn_code = p.org_code
        where x.sub_icb_code is distinct from p.sub_icb_code
    ), across as materialized ( -- those who are of a sub-ICB of another ICB than theirs
        select p.icb_code, p.region_code, s.icb_code as other_icb_code, s.region_code as other_region_code
        from org p left join org s on s.org_type = 'sub_icb' and s.org_code = p.sub_icb_code
        where p.org_type in ('practice', 'pcn') and p.sub_icb_code is not null and p.icb_code is distinct from s.icb_code
    ), split_icb as materialized ( -- its sub-ICBs do not add up to it
        select a.icb_code from across a union select a.other_icb_code from across a
    ), split_region as materialized ( -- nor do those of its ICBs to it, or some of its ICBs are split (only these: is_split false)
        select u.region_code, bool_or(a.region_code is distinct from a.other_region_code) as is_split
        from across a cross join lateral (values (a.region_code), (a.other_region_code)) u (region_code)
        where u.region_code is not null
        group by u.region_code
    ), below_icb as materialized ( -- sub-ICBs, and practices of none
        select o.*, s.icb_code is not null as icb_is_split
        from org o left join split_icb s on s.icb_code = o.icb_code
        where o.org_type = 'sub_icb' or o.org_type = 'practice' and o.sub_icb_code is null
    ), member as materialized (
        select distinct g.group_code, o.org_code, o.pcn_code
        from mo_data.organisation_group g join org o on o.org_code = g.org_code and o.org_type = 'practice'
        where g.valid_from < result_hidden.month + interval '1 month' and (g.valid_to is null or g.valid_to >= result_hidden.month + interval '1 month')
    ), whole_pcn as materialized ( -- in a group with all of its practices
        select m.group_code, m.pcn_code
        from member m join (select o.pcn_code, count(*) as practices from org o where o.org_type = 'practice' group by o.pcn_code) p
            on p.pcn_code = m.pcn_code
        group by m.group_code, m.pcn_code, p.practices
        having count(*) = p.practices
    ), belongs as ( -- organisations that add up to another: each way of adding up has its number
        select 1 as way, o.org_type, o.org_code, 'pcn' as total_type, o.pcn_code as total_code from org o where o.org_type = 'practice'
        union all
        select 1, 'pcn', p.org_code, 'icb', p.icb_code from pcn_place p
        union all
        select 1, o.org_type, o.org_code, 'icb', o.icb_code
        from org o left join pcn_place p on p.org_code = o.pcn_code
        where o.org_type = 'practice' and p.icb_code is distinct from o.icb_code
        union all
        select 1, o.org_type, o.org_code, 'region', o.region_code from org o where o.org_type = 'icb'
        union all
        select 1, o.org_type, o.org_code, 'nation', o.nation_code from org o where o.org_type = 'region'
        union all
        select 1, 'pcn', p.org_code, 'sub_icb', p.sub_icb_code
        from pcn_place p left join split_pcn s on s.org_code = p.org_code
        where s.org_code is null
        union all
        select 1, o.org_type, o.org_code, 'sub_icb', o.sub_icb_code
        from org o left join split_pcn s on s.org_code = o.pcn_code
        where o.org_type = 'practice' and (o.pcn_code is null or s.org_code is not null)
        union all
        select 2, b.org_type, b.org_code, 'icb', b.icb_code from below_icb b where not b.icb_is_split
        union all
        select 3, x.org_type, x.org_code, case when r.is_split then 'nation' else 'region' end, case when r.is_split then x.nation_code else x.region_code end
        from (
                select b.org_type, b.org_code, b.region_code, b.nation_code from below_icb b where b.icb_is_split
                union all
                select o.org_type, o.org_code, o.region_code, o.nation_code from org o left join split_icb s on s.icb_code = o.icb_code
                where o.org_type = 'icb' and s.icb_code is null
            ) x
            join split_region r on r.region_code = x.region_code
        union all
        select 3, o.org_type, o.org_code, 'nation', o.nation_code from org o left join split_region r on r.region_code = o.region_code
            where o.org_type = 'region' and r.is_split is not true and exists (select from across a where a.region_code is distinct from a.other_region_code)
        union all
        select 1, 'practice', m.org_code, 'group', m.group_code from member m
            left join whole_pcn w on w.group_code = m.group_code and w.pcn_code = m.pcn_code where w.pcn_code is null
        union all
        select 1, 'pcn', w.pcn_code, 'group', w.group_code from whole_pcn w
    ), family as ( -- parts that make the KPI, and each other part by itself: it is not more than the KPI
        select p.breakdown, coalesce(f.family, 'part:' || p.breakdown) as family
        from (select distinct c.breakdown from cell c where c.breakdown <> '') p
            left join (select u.family from mo_data.kpi k cross join lateral unnest(k.parts_add_up) u (family) where k.kpi_id = result_hidden.kpi_id) f
                on p.breakdown ~ f.family
    ), link as materialized (
        select concat_ws('|', b.way, t.cell) as equation, c.cell::integer as part, t.cell::integer as total
        from cell c
            join belongs b on b.org_type = c.org_type and b.org_code = c.org_code
            join cell t on t.org_type = b.total_type and t.org_code = b.total_code and t.breakdown = c.breakdown
        union all
        select concat_ws('|', f.family, t.cell), c.cell::integer, t.cell::integer
        from cell c
            join family f on f.breakdown = c.breakdown
            join cell t on t.org_type = c.org_type and t.org_code = c.org_code and t.breakdown = ''
    ), numbered as (
        select dense_rank() over (order by e.equation collate "C")::integer as equation, e.cell
        from (select l.equation, l.part as cell from link l union all select l.equation, -l.total from link l group by l.equation, l.total) e
    ), linked as (
        select coalesce(array_agg(n.equation order by n.equation, n.cell), '{}') as equations,
            coalesce(array_agg(n.cell order by n.equation, n.cell), '{}') as cells
        from numbered n
    )
    select ids[h.cell], h.hidden
    from linked l
        join mo_data.kpi k on k.kpi_id = result_hidden.kpi_id
        cross join lateral unnest(mo.hidden_cells(
            numerators, reasons, array(
                select case when k.interval_method = 'wilson' or k.unit = 'percent' and bool_and(u.numerator <= coalesce(u.denominator, 0)) over () then u.denominator end
                from unnest(numerators, denominators) with ordinality as u (numerator, denominator, at) order by u.at),
            l.equations, l.cells, coalesce(k.hide_from, 0), coalesce(k.hide_to, 0))) with ordinality as h (hidden, cell)
    where h.hidden > 0
    $$;
revoke all on function mo_data.result_hidden(
    text, date, integer[], text[], text[], text[], double precision[], double precision[], smallint[], text[], text[], text[], text[], text[]) from public;
comment on function mo_data.result_hidden(
    text, date, integer[], text[], text[], text[], double precision[], double precision[], smallint[], text[], text[], text[], text[], text[]) is
    'The figures of a KPI and month, of all levels and parts, that are hidden: 1 for their own sake, 2 so that another cannot be had from '
    'what is shown (mo.hidden_cells). Published totals that count: practices of a PCN, PCNs and practices of none of an ICB, what is in a '
    'sub-ICB, sub-ICBs of an ICB (of its region or the nation, beside other ICBs, where some of it are of another''s sub-ICBs), ICBs of a region, '
    'regions of a nation, practices of a group; parts of the KPI by its families (parts_add_up), and any other part, which is not more than the KPI. ids are given back. Part of refresh().';
