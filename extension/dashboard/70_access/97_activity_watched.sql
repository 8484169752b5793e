-- Changes of activity are noted, for the sets of events that refreshes keep. Citus takes no trigger on a table that it distributes: there none are kept.
create or replace function mo_data.activity_watch()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if mo_data.citus_function('create_distributed_table') is not null or mo_data.activity_is_watched() then
        return;
    end if;
    create or replace trigger activity_inserted after insert on mo_data.activity referencing new table as added
        for each statement execute function mo_data.activity_added();
    create or replace trigger activity_changed_to after update on mo_data.activity referencing new table as added
        for each statement execute function mo_data.activity_added();
    create or replace trigger activity_changed_from after update on mo_data.activity referencing old table as removed
        for each statement execute function mo_data.activity_taken_away();
    create or replace trigger activity_deleted after delete on mo_data.activity referencing old table as removed
        for each statement execute function mo_data.activity_taken_away();
    create or replace trigger activity_truncated after truncate on mo_data.activity
        for each statement execute function mo_data.activity_truncated();
    alter table mo_data.activity enable always trigger activity_inserted, enable always trigger activity_changed_to,
        enable always trigger activity_changed_from, enable always trigger activity_deleted, enable always trigger activity_truncated;
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
begin
    delete from mo_data.event_month_set_month;
    delete from mo_data.event_month_set;
    drop trigger if exists activity_inserted on mo_data.activity;
    drop trigger if exists activity_changed_to on mo_data.activity;
    drop trigger if exists activity_changed_from on mo_data.activity;
    drop trigger if exists activity_deleted on mo_data.activity;
    drop trigger if exists activity_truncated on mo_data.activity;
end
    $$;
revoke all on function mo_data.activity_unwatch() from public;
comment on function mo_data.activity_unwatch() is 'Takes the triggers away that activity_watch() set, and the sets with them. Part of distribute().';

select mo_data.activity_watch();
