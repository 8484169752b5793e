-- What a refresh leaves behind beside its figures: the theme map, the Changes page, messages to subscribers.
create or replace function mo_data.refresh_told(run_id integer, seen integer[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started timestamptz := clock_timestamp();
    written bigint;
begin
    if exists ( -- the events it divides: counted in months that there are or were, or added up again
            select from mo_data.refresh_log l
            where l.run_id = refresh_told.run_id and l.kpi_id = 'sea_raised' and l.what = 'count'
                and (l.rows > 0 or exists (
                    select from mo_data.kpi_month m where m.kpi_id = l.kpi_id and m.month between l.from_month and l.to_month)))
        or exists (select from mo_data.kpi_result r where r.kpi_id = 'sea_raised' and r.run_id = refresh_told.run_id) then
        written := mo_data.sea_theme_replace(run_id);
        perform mo_data.refresh_note(run_id, 'theme map', null, null, null, written, started);
        started := clock_timestamp();
    end if;
    written := mo_data.change_sources(run_id, seen) + mo_data.change_restated(run_id);
    written := written + mo_data.subscription_tell(run_id);
    perform mo_data.refresh_note(run_id, 'changes', null, null, null, written, started);
end
    $$;
revoke all on function mo_data.refresh_told(integer, integer[]) from public;
comment on function mo_data.refresh_told(integer, integer[]) is
    'Brings the theme map up to date, writes the Changes page and tells subscribers. Part of refresh(), last of all; seen: the loads it took into account.';
