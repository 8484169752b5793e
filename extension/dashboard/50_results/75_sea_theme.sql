-- Counting and hiding the theme map of significant events.
create or replace function mo_data.sea_theme_month_in(quarters date[])
    returns table (practice_key integer, practice_code text, month_end date, quarter_start date, theme_code text, harm_code text, events integer)
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
    select k.org_key, e.practice_code, e.month_end, e.quarter_start, coalesce(t.theme_code, '-'), e.harm_code, count(*)::integer
    from event e
        join mo_data.organisation_key k on k.org_code = e.practice_code and k.org_type <> 'group'
        left join mo_data.significant_event_theme t on t.event_id = e.event_id
    group by 1, 2, 3, 4, 5, 6
    $$;
revoke all on function mo_data.sea_theme_month_in(date[]) from public;
comment on function mo_data.sea_theme_month_in(date[]) is
    'Significant events of the months that sea_raised is published for, quarters that are final left out, by practice (or PCN, of its own), month (its last day), theme (- : none) and the worse of physical '
    'and psychological harm: of the quarters given, or of all (null).';

create or replace function mo_data.sea_theme_count_in(quarters date[])
    returns table (org_key integer, quarter_start date, theme_code text, harm_code text, events integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with counted as materialized (
        select m.* from mo_data.sea_theme_month_in(quarters) m
    )
    select k.org_key, c.quarter_start, c.theme_code, c.harm_code, sum(c.events)::integer
    from counted c
        join mo_data.organisation_ancestor_on((select array_agg(distinct d.month_end) from counted d)) a
            on a.day = c.month_end and a.org_code = c.practice_code
        join mo_data.organisation_key k on k.org_code = a.ancestor_code and k.org_type = a.ancestor_type
    group by 1, 2, 3, 4
    $$;
revoke all on function mo_data.sea_theme_count_in(date[]) from public;
comment on function mo_data.sea_theme_count_in(date[]) is 'sea_theme_month_in by organisation and quarter: the cells of the theme map.';

create or replace function mo_data.sea_theme_count()
    returns table (org_key integer, quarter_start date, theme_code text, harm_code text, events integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select c.* from mo_data.sea_theme_count_in(null) c
    $$;
revoke all on function mo_data.sea_theme_count() from public;
comment on function mo_data.sea_theme_count() is 'sea_theme_count_in all quarters.';

create or replace function mo_data.sea_theme_stay_in(quarters date[])
    returns table (quarter_start date, stay integer, practice_key integer, practice_code text, month_ends date[], org_keys integer[])
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
    ), month_of as (
        select date_trunc('quarter', a.day)::date as quarter_start, a.day, p.org_key as practice_key, a.org_code as practice_code, p.org_type,
            array_agg(k.org_key order by k.org_key) as org_keys
        from day d
            cross join lateral mo_data.organisation_ancestor_on(d.days) a
            join mo_data.organisation_key p on p.org_code = a.org_code and p.org_type <> 'group'
                and (p.org_type = 'practice' or exists (select from mo_data.significant_event e where e.practice_code = p.org_code))
            join mo_data.organisation_key k on k.org_code = a.ancestor_code and k.org_type = a.ancestor_type
        group by a.day, p.org_key, a.org_code, p.org_type
    ), stay as (
        select m.quarter_start, m.practice_key, m.practice_code, m.org_type, m.org_keys, array_agg(m.day order by m.day) as month_ends
        from month_of m group by m.quarter_start, m.practice_key, m.practice_code, m.org_type, m.org_keys
    )
    select s.quarter_start,
        case when s.org_type = 'practice' and count(*) over (partition by s.quarter_start, s.practice_key) = 1 then s.practice_key
            else -row_number() over (partition by s.quarter_start order by s.practice_key, s.month_ends) end::integer,
        s.practice_key, s.practice_code, s.month_ends, s.org_keys
    from stay s
    $$;
revoke all on function mo_data.sea_theme_stay_in(date[]) from public;
comment on function mo_data.sea_theme_stay_in(date[]) is
    'Quarters of the theme map (null: all) as practices went through them: one row a practice that counted towards the same organisations in all of its months (stay is its key), '
    'or one for each time in between (below 0), with its months and the organisations, itself included, that it counted towards in them. So is, always below 0, what a PCN '
    'itself raised: its own key has its practices, too.';

create or replace function mo_data.sea_theme_link_in(quarters date[])
    returns table (quarter_start date, way integer, part_key integer, total_key integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with unit as materialized (
        select s.quarter_start, s.stay, s.practice_key, u.org_key, k.org_type
        from mo_data.sea_theme_stay_in(quarters) s
            cross join lateral unnest(s.org_keys) as u (org_key)
            join mo_data.organisation_key k on k.org_key = u.org_key
    ), size as materialized (
        select u.quarter_start, u.org_key, count(*) as units from unit u group by u.quarter_start, u.org_key
    ), total_unit as materialized ( -- each way of adding up has its number: by organisations of a level that are in it as a whole, and what is left
        select u.quarter_start, w.way, u.org_key as total_key, w.part_type, u.stay, u.practice_key
        from unit u
            join (values (1, 'practice', ''), (1, 'pcn', ''), (1, 'sub_icb', 'pcn'), (1, 'icb', 'pcn'), (2, 'icb', 'sub_icb'), (1, 'region', 'icb'),
                (1, 'nation', 'region'), (1, 'group', 'pcn')) w (way, total_type, part_type) on w.total_type = u.org_type
    ), within as (
        select t.quarter_start, t.way, t.total_key, t.stay, p.org_key as part_key,
            count(*) over (partition by t.quarter_start, t.way, t.total_key, p.org_key) as units
        from total_unit t
            join unit p on p.quarter_start = t.quarter_start and p.stay = t.stay and p.org_type = t.part_type
    ), whole as materialized (
        select w.quarter_start, w.way, w.total_key, w.stay, w.part_key
        from within w join size s on s.quarter_start = w.quarter_start and s.org_key = w.part_key and s.units = w.units
    ), left_over as (
        select t.quarter_start, t.way, t.total_key, t.stay, t.practice_key,
            count(*) over (partition by t.quarter_start, t.way, t.total_key, t.practice_key) as units
        from total_unit t
            left join whole w on w.quarter_start = t.quarter_start and w.way = t.way and w.total_key = t.total_key and w.stay = t.stay
        where w.stay is null
    )
    select w.quarter_start, w.way, w.part_key, w.total_key from whole w
    union
    select l.quarter_start, l.way, case when s.units = l.units and l.practice_key <> l.total_key then l.practice_key else l.stay end, l.total_key
    from left_over l
        join size s on s.quarter_start = l.quarter_start and s.org_key = l.practice_key
    where l.stay <> l.total_key
    $$;
revoke all on function mo_data.sea_theme_link_in(date[]) from public;
comment on function mo_data.sea_theme_link_in(date[]) is
    'Which organisations add up to which in quarters of the theme map (null: all), exactly: what is not in another as a whole is a part of it practice by practice, and of one '
    'that changed its PCN within the quarter each time (sea_theme_stay_in; below 0).';

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
    with went as materialized (
        select t.* from mo_data.sea_theme_stay_in(quarters) t
    ), stay as materialized (
        select t.quarter_start, t.stay, t.practice_key, d.month_end from went t cross join lateral unnest(t.month_ends) as d (month_end)
    ), cell_of as ( -- besides the cells, what practices that moved within the quarter had at each time: that is not published
        select c.quarter_start, c.theme_code, c.org_key, c.harm_code, c.events, (c.events between hide_from and hide_to)::integer as reason
        from mo_data.sea_theme_cell c where quarters is null or c.quarter_start = any (quarters)
        union all
        select m.quarter_start, m.theme_code, s.stay, m.harm_code, sum(m.events)::integer, 3
        from stay s join mo_data.sea_theme_month_in(quarters) m on m.practice_key = s.practice_key and m.month_end = s.month_end
        where s.stay < 0
        group by m.quarter_start, m.theme_code, s.stay, m.harm_code
    ), hidden_month as (
        select r.org_key, (r.month + interval '1 month')::date - 1 as month_end, date_trunc('quarter', r.month)::date as quarter_start,
            case r.breakdown when 'no_theme' then '-' else substr(r.breakdown, 7) end as theme_code
        from mo_data.kpi_result r
        where r.kpi_id = 'sea_raised' and r.hidden > 0 and r.breakdown <> '' and (quarters is null or date_trunc('quarter', r.month)::date = any (quarters))
    ), unknown as (
        select h.quarter_start, h.theme_code, h.org_key from hidden_month h
        union
        select h.quarter_start, h.theme_code, s.stay from hidden_month h join stay s on s.practice_key = h.org_key and s.month_end = h.month_end where s.stay < 0
    ), of_theme as ( -- what sea_raised says of each theme month by month: known as a whole unless a month of it is hidden
        select c.quarter_start, c.theme_code, c.org_key, sum(c.events)::integer as events, count(*) as harms, bool_and(u.org_key is null) as is_known
        from cell_of c left join unknown u on u.quarter_start = c.quarter_start and u.theme_code = c.theme_code and u.org_key = c.org_key
        group by c.quarter_start, c.theme_code, c.org_key
    ), known as ( -- of practices whose events of the theme are all of one harm, and known: nor can what these have between them be hidden
        select c.quarter_start, c.theme_code, c.harm_code, u.org_key, sum(c.events) as events
        from cell_of c
            join of_theme t on t.quarter_start = c.quarter_start and t.theme_code = c.theme_code and t.org_key = c.org_key and t.is_known and t.harms = 1
            join went w on w.quarter_start = c.quarter_start and w.stay = c.org_key
            cross join lateral unnest(w.org_keys || case when w.stay < 0 then w.stay end) as u (org_key)
        group by c.quarter_start, c.theme_code, c.harm_code, u.org_key
    ), counted as (
        select c.quarter_start, c.theme_code, c.org_key, c.harm_code, c.events, case when k.events = c.events and c.reason <> 1 then 4 else c.reason end as reason
        from cell_of c
            left join known k on k.quarter_start = c.quarter_start and k.theme_code = c.theme_code and k.harm_code = c.harm_code and k.org_key = c.org_key
        union all
        select t.quarter_start, t.theme_code, t.org_key, '', t.events, case when t.is_known then 4 when t.org_key < 0 then 3 else 2 end from of_theme t
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
        from cell c group by 1, 2 having bool_or(c.reason in (1, 2))
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
    'the organisations that add up to another (sea_theme_link_in), and the harms of a theme, which add up to that part of sea_raised. Where a month of that part is '
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
