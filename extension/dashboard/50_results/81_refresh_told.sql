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
    written := mo_data.sea_theme_replace(run_id);
    perform mo_data.refresh_note(run_id, 'theme map', null, null, null, written, started);
    started := clock_timestamp();
    written := mo_data.change_sources(run_id, seen) + mo_data.change_restated(run_id);
    written := written + mo_data.subscription_tell(run_id);
    perform mo_data.refresh_note(run_id, 'changes', null, null, null, written, started);
end
    $$;
revoke all on function mo_data.refresh_told(integer, integer[]) from public;
comment on function mo_data.refresh_told(integer, integer[]) is
    'Brings the theme map up to date, writes the Changes page and tells subscribers. Part of refresh(), last of all; seen: the loads it took into account.';
