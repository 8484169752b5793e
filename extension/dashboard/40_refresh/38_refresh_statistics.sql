-- A refresh that follows a load at once is planned before autovacuum has seen the rows; without statistics one KPI took a minute instead of a quarter
-- of a second.
create or replace function mo_data.refresh_statistics(batch_ids integer[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    filled text;
begin
    for filled in
        select s.target_table
        from mo_data.load_batch b
            join mo_data.source s on s.source = b.source
            join pg_class c on c.relnamespace = 'mo_data'::regnamespace and c.relname = s.target_table and c.relkind = 'r' -- partitions are analysed as they load
        where b.batch_id = any (batch_ids) and b.state = 'loaded'
        group by s.target_table, c.oid, c.reltuples
        having (c.reltuples < 0 or sum(b.rows_kept) > 0.1 * c.reltuples) -- as autovacuum would, unless somebody has since
            and coalesce(greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)), '-infinity') <= max(b.finished_at)
        order by s.target_table
    loop
        execute format('analyze mo_data.%I', filled);
    end loop;
end
    $$;
revoke all on function mo_data.refresh_statistics(integer[]) from public;
comment on function mo_data.refresh_statistics(integer[]) is
    'Analyses the tables of which these loads filled more than a tenth and that nobody has analysed since, before anything is counted from them. '
    'Part of refresh().';
