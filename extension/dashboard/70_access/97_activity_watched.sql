-- Changes of activity are noted, for the sets of events that refreshes keep. Citus takes no trigger on a table that it distributes: there none are kept.
create or replace function mo_data.activity_watch()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    what record;
begin
    if mo_data.citus_function('create_distributed_table') is not null or mo_data.activity_is_watched() then
        return;
    end if;
    for what in
        select * from (values
            ('insert', 'referencing new table as added'), ('update', 'referencing old table as removed new table as added'),
            ('delete', 'referencing old table as removed'), ('truncate', '')) w (event, tables)
    loop
        execute format('create or replace trigger activity_edited_%s after %s on mo_data.activity %s for each statement execute function mo_data.activity_edited()',
            what.event, what.event, what.tables);
        execute format('alter table mo_data.activity enable always trigger activity_edited_%s', what.event);
    end loop;
    delete from mo_data.event_month_set_month; -- nobody noted what changed before
end
    $$;
revoke all on function mo_data.activity_watch() from public;
comment on function mo_data.activity_watch() is
    'Sets the triggers that note changes of activity where they are not there. Part of update_dashboard() and after_restore().';

create or replace function mo_data.activity_unwatch()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    watched name;
begin
    delete from mo_data.event_month_set_month;
    delete from mo_data.event_month_set;
    for watched in
        select t.tgname from pg_trigger t where t.tgrelid = 'mo_data.activity'::regclass and t.tgfoid = 'mo_data.activity_edited()'::regprocedure
    loop
        execute format('drop trigger %I on mo_data.activity', watched);
    end loop;
end
    $$;
revoke all on function mo_data.activity_unwatch() from public;
comment on function mo_data.activity_unwatch() is 'Takes the triggers away that activity_watch() set, and the sets with them. Part of distribute().';

select mo_data.activity_watch();
