-- Counting and hiding the theme map of significant events.
create or replace function mo_data.sea_theme_count_in(quarters date[])
    returns table (org_key integer, quarter_start date, theme_code text, harm_code text, events integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with event as (
        select e.event_id, e.practice_code, (date_trunc('month', e.raised_on) + interval '1 month')::date - 1 as month_end,
            date_trunc('quarter', e.raised_on)::date as quarter_start, -- quarters of the financial year are those of the calendar
            coalesce(case least(array_position(h.harms, e.harm_physical), array_position(h.harms, e.harm_psychological))
                when 1 then 'fatal' when 2 then 'severe' when 3 then 'moderate' when 4 then 'low' when 5 then 'none' end, 'not_assessed') as harm_code
        from mo_data.significant_event e
            join mo_data.kpi_month m on m.kpi_id = 'sea_raised' and m.month = date_trunc('month', e.raised_on)::date
                and not exists (select from mo_data.kpi_final f where f.kpi_id = m.kpi_id and f.before > date_trunc('quarter', e.raised_on))
            cross join (select array['fatal', 'severe', 'moderate', 'low', 'none'] as harms) h
        where quarters is null or date_trunc('quarter', e.raised_on)::date = any (quarters)
    )
    select k.org_key, e.quarter_start, coalesce(t.theme_code, '-'), e.harm_code, count(*)::integer
    from event e
        join mo_data.organisation_ancestor_on((select array_agg(distinct d.month_end) from event d)) a
            on a.day = e.month_end and a.org_code = e.practice_code
        join mo_data.organisation_key k on k.org_code = a.ancestor_code and k.org_type = a.ancestor_type
        left join mo_data.significant_event_theme t on t.event_id = e.event_id
    group by 1, 2, 3, 4
    $$;
revoke all on function mo_data.sea_theme_count_in(date[]) from public;
comment on function mo_data.sea_theme_count_in(date[]) is
    'Significant events of the months that sea_raised is published for, quarters that are final left out, by organisation, quarter, theme (- : none) and the worse of physical '
    'and psychological harm: of the quarters given, or of all (null).';

create or replace function mo_data.sea_theme_count()
    returns table (org_key integer, quarter_start date, theme_code text, harm_code text, events integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select c.* from mo_data.sea_theme_count_in(null) c
    $$;
revoke all on function mo_data.sea_theme_count() from public;
comment on function mo_data.sea_theme_count() is 'sea_theme_count_in all quarters.';

create or replace function mo_data.sea_theme_link_in(quarters date[])
    returns table (quarter_start date, way integer, part_key integer, total_key integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with day as materialized (
        select array_agg((m.month + interval '1 month')::date - 1) as days
        from mo_data.kpi_month m
        where m.kpi_id = 'sea_raised' and date_trunc('quarter', m.month) in (
            select c.quarter_start from mo_data.sea_theme_cell c where quarters is null or c.quarter_start = any (quarters))
    ), belongs as ( -- each way of adding up has its number
        select p.day, w.way, p.org_type, p.org_code, w.total_type, w.total_code
        from day d
            cross join lateral mo_data.organisation_path_on(d.days) p
            cross join lateral (values
                (1, 'pcn', case when p.org_type = 'practice' then p.pcn_code end),
                (1, 'icb', case when p.org_type = 'pcn' or p.org_type = 'practice' and p.pcn_code is null then p.icb_code end),
                (1, 'sub_icb', case when p.org_type = 'practice' then p.sub_icb_code end),
                (2, 'icb', case when p.org_type = 'sub_icb' then p.icb_code end),
                (1, 'region', case when p.org_type = 'icb' then p.region_code end),
                (1, 'nation', case when p.org_type = 'region' then p.nation_code end)
            ) w (way, total_type, total_code)
        where w.total_code is not null
        union all
        select p.day, 1, p.org_type, p.org_code, 'group', g.group_code
        from day d
            cross join lateral mo_data.organisation_path_on(d.days) p
            join mo_data.organisation_group g on g.org_code = p.org_code and g.valid_from <= p.day and (g.valid_to is null or g.valid_to > p.day)
    )
    select distinct date_trunc('quarter', b.day)::date, b.way, k.org_key, t.org_key
    from belongs b
        join mo_data.organisation_key k on k.org_code = b.org_code and k.org_type = b.org_type
        join mo_data.organisation_key t on t.org_code = b.total_code and t.org_type = b.total_type
    $$;
revoke all on function mo_data.sea_theme_link_in(date[]) from public;
comment on function mo_data.sea_theme_link_in(date[]) is
    'Which organisations add up to which in quarters of the theme map (null: all). One that changed its PCN within the quarter is a part of both.';

create or replace function mo_data.sea_theme_link()
    returns table (quarter_start date, way integer, part_key integer, total_key integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select l.* from mo_data.sea_theme_link_in(null) l
    $$;
revoke all on function mo_data.sea_theme_link() from public;
comment on function mo_data.sea_theme_link() is 'sea_theme_link_in all quarters.';

create or replace function mo_data.sea_theme_hide_in(quarters date[], hide_from integer, hide_to integer)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
begin
    if hide_from is null or hide_to is null then
        update mo_data.sea_theme_cell c set is_hidden = false where c.is_hidden and (quarters is null or c.quarter_start = any (quarters));
        return;
    end if;
    with counted as ( -- besides the cells, what sea_raised says of each theme month by month: known as a whole unless a month of it is hidden
        select c.quarter_start, c.theme_code, c.org_key, c.harm_code, c.events, (c.events between hide_from and hide_to)::integer as reason
        from mo_data.sea_theme_cell c where quarters is null or c.quarter_start = any (quarters)
        union all
        select c.quarter_start, c.theme_code, c.org_key, '', sum(c.events)::integer, case when exists (
                select from mo_data.kpi_result r
                where r.org_key = c.org_key and r.kpi_id = 'sea_raised' and r.hidden > 0
                    and r.breakdown = case c.theme_code when '-' then 'no_theme' else 'theme_' || c.theme_code end
                    and r.month >= c.quarter_start and r.month < c.quarter_start + interval '3 months') then 2 else 0 end
        from mo_data.sea_theme_cell c where quarters is null or c.quarter_start = any (quarters)
        group by c.quarter_start, c.theme_code, c.org_key
    ), cell as materialized (
        select c.*, row_number() over (partition by c.quarter_start, c.theme_code order by c.org_key, c.harm_code)::integer as cell from counted c
    ), link as (
        select c.quarter_start, c.theme_code, 'harms ' || c.org_key as equation, c.cell * case c.harm_code when '' then -1 else 1 end as cell from cell c
        union all
        select c.quarter_start, c.theme_code, concat_ws(' ', l.way, l.total_key, c.harm_code), c.cell
        from cell c
            join mo_data.sea_theme_link_in(quarters) l on l.quarter_start = c.quarter_start and l.part_key = c.org_key
        where c.harm_code <> ''
        union all
        select distinct c.quarter_start, c.theme_code, concat_ws(' ', l.way, l.total_key, c.harm_code), -c.cell
        from cell c
            join mo_data.sea_theme_link_in(quarters) l on l.quarter_start = c.quarter_start and l.total_key = c.org_key
        where c.harm_code <> ''
    ), numbered as (
        select k.quarter_start, k.theme_code, k.cell,
            dense_rank() over (partition by k.quarter_start, k.theme_code order by k.equation collate "C")::integer as equation
        from link k
    ), linked as (
        select n.quarter_start, n.theme_code, array_agg(n.equation order by n.equation, n.cell) as equations,
            array_agg(n.cell order by n.equation, n.cell) as cells -- in one order, so that the same cells are hidden each time
        from numbered n group by 1, 2
    ), listed as (
        select c.quarter_start, c.theme_code, array_agg(c.events::double precision order by c.cell) as counts,
            array_agg(c.reason::smallint order by c.cell) as reasons
        from cell c group by 1, 2 having max(c.reason) > 0
    ), decided as (
        select i.quarter_start, i.theme_code, h.cell, h.hidden
        from listed i
            join linked l on l.quarter_start = i.quarter_start and l.theme_code = i.theme_code
            cross join lateral unnest(mo.hidden_cells(i.counts, i.reasons, array_fill(null::double precision, array[cardinality(i.counts)]),
                l.equations, l.cells, hide_from, hide_to)) with ordinality as h (hidden, cell)
    )
    update mo_data.sea_theme_cell c set is_hidden = coalesce(d.hidden > 0, false)
        from cell n
            left join decided d on d.quarter_start = n.quarter_start and d.theme_code = n.theme_code and d.cell = n.cell
        where c.org_key = n.org_key and c.quarter_start = n.quarter_start and c.theme_code = n.theme_code and c.harm_code = n.harm_code
            and c.is_hidden <> coalesce(d.hidden > 0, false);
end
    $$;
revoke all on function mo_data.sea_theme_hide_in(date[], integer, integer) from public;
comment on function mo_data.sea_theme_hide_in(date[], integer, integer) is
    'Decides which cells of quarters of the theme map (null: all) are hidden: counts from hide_from to hide_to, and what would give one of them away (mo.hidden_cells): '
    'the organisations that add up to another, and the harms of a theme, which add up to that part of sea_raised. Where a month of that part is '
    'hidden, not all harms are shown, or the quarter would tell the month. A null bound hides nothing.';

create or replace function mo_data.sea_theme_hide(hide_from integer, hide_to integer)
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    select mo_data.sea_theme_hide_in(null, hide_from, hide_to)
    $$;
revoke all on function mo_data.sea_theme_hide(integer, integer) from public;
comment on function mo_data.sea_theme_hide(integer, integer) is 'sea_theme_hide_in all quarters.';

create or replace function mo_data.sea_theme_replace(run_id integer)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    written bigint;
    rule record;
    quarters date[]; -- null: all
begin
    if exists (select from mo_data.sea_theme_cell) then -- months counted again, or whose results were stored again: they hide cells
        quarters := array(
            select distinct date_trunc('quarter', x.month)::date
            from (
                select m::date as month
                from mo_data.refresh_log l cross join generate_series(l.from_month::timestamp, l.to_month::timestamp, interval '1 month') m
                where l.run_id = sea_theme_replace.run_id and l.kpi_id = 'sea_raised' and l.what = 'count'
                union all
                select m.month
                from mo_data.kpi_month m
                    cross join lateral (select r.run_id from mo_data.kpi_result r where r.kpi_id = m.kpi_id and r.month = m.month limit 1) r
                where m.kpi_id = 'sea_raised' and r.run_id = sea_theme_replace.run_id
            ) x);
    end if;
    with fresh as materialized (
        select f.* from mo_data.sea_theme_count_in(quarters) f
    ), gone as (
        delete from mo_data.sea_theme_cell c
        where (quarters is null or c.quarter_start = any (quarters))
            and not exists (select from mo_data.kpi_final f where f.kpi_id = 'sea_raised' and f.before > c.quarter_start)
            and not exists (
                select from fresh f
                where f.org_key = c.org_key and f.quarter_start = c.quarter_start and f.theme_code = c.theme_code and f.harm_code = c.harm_code)
        returning 1
    ), changed as (
        insert into mo_data.sea_theme_cell as c (org_key, quarter_start, theme_code, harm_code, events, run_id)
        select f.org_key, f.quarter_start, f.theme_code, f.harm_code, f.events, sea_theme_replace.run_id from fresh f
        on conflict on constraint sea_theme_cell_pkey do update set events = excluded.events, run_id = excluded.run_id
            where c.events <> excluded.events
        returning 1
    )
    select (select count(*) from gone) + (select count(*) from changed) into written;
    select k.hide_from, k.hide_to into rule from mo_data.kpi k where k.kpi_id = 'sea_raised';
    perform mo_data.sea_theme_hide_in(quarters, rule.hide_from, rule.hide_to);
    return written;
end
    $$;
revoke all on function mo_data.sea_theme_replace(integer) from public;
comment on function mo_data.sea_theme_replace(integer) is
    'Brings the theme map up to date for the quarters whose months a refresh counted or stored again, writing only what differs, and hides its '
    'small cells by the rule of sea_raised. Part of refresh().';
