-- KPIs in shares that processes work on at once.
create or replace function mo_data.kpi_shares(
    kpi_ids text[], months date[],
    out kpi_ids_1 text[], out months_1 date[], out kpi_ids_2 text[], out months_2 date[],
    out kpi_ids_3 text[], out months_3 date[], out kpi_ids_4 text[], out months_4 date[])
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with pair as (
        select u.kpi_id, u.month, coalesce(m.figures, 0) as figures
        from unnest(kpi_ids, months) as u (kpi_id, month) left join mo_data.kpi_month m on m.kpi_id = u.kpi_id and m.month = u.month
    ), kpi as (
        select p.kpi_id, row_number() over (order by sum(p.figures) desc, p.kpi_id) - 1 as rank from pair p group by p.kpi_id
    ), given as ( -- the largest to each, then backwards
        select p.kpi_id, p.month, case k.rank / 4 % 2 when 0 then k.rank % 4 else 3 - k.rank % 4 end as share
        from pair p join kpi k on k.kpi_id = p.kpi_id
    )
    select coalesce(array_agg(g.kpi_id order by g.kpi_id, g.month) filter (where g.share = 0), '{}'),
        coalesce(array_agg(g.month order by g.kpi_id, g.month) filter (where g.share = 0), '{}'),
        coalesce(array_agg(g.kpi_id order by g.kpi_id, g.month) filter (where g.share = 1), '{}'),
        coalesce(array_agg(g.month order by g.kpi_id, g.month) filter (where g.share = 1), '{}'),
        coalesce(array_agg(g.kpi_id order by g.kpi_id, g.month) filter (where g.share = 2), '{}'),
        coalesce(array_agg(g.month order by g.kpi_id, g.month) filter (where g.share = 2), '{}'),
        coalesce(array_agg(g.kpi_id order by g.kpi_id, g.month) filter (where g.share = 3), '{}'),
        coalesce(array_agg(g.month order by g.kpi_id, g.month) filter (where g.share = 3), '{}')
    from given g
    $$;
revoke all on function mo_data.kpi_shares(text[], date[]) from public;
comment on function mo_data.kpi_shares(text[], date[]) is
    'KPIs and months (pairs) in four shares with about as many figures each (months null: as many KPIs), the months of a KPI together: a query of four functions, one of each share, is '
    'worked out by several processes. Part of refresh().';
