-- Partitions there were before their changes were noted. Citus takes no trigger on a table that it distributes: there sums are not kept.
create or replace function mo_data.prescribing_watch()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if mo_data.citus_function('create_distributed_table') is not null then
        return;
    end if;
    if not exists (select from pg_trigger t where t.tgrelid = 'mo_data.prescribing'::regclass and t.tgname = 'prescribing_edited' and t.tgenabled = 'A') then
        perform mo_data.prescribing_watch_partition('mo_data.prescribing', null);
    end if;
    perform mo_data.prescribing_watch_partition(p.partition::regclass, p.month) from mo_data.prescribing_partition_month() p where not p.is_watched;
end
    $$;
revoke all on function mo_data.prescribing_watch() from public;
comment on function mo_data.prescribing_watch() is
    'Sets the triggers that note changes of prescribing, on it and those of its partitions that have none. Part of update_dashboard() and after_restore().';

create or replace function mo_data.prescribing_unwatch()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    watched regclass;
begin
    delete from mo_data.refresh_prescribing_month;
    delete from mo_data.refresh_prescribing;
    for watched in select t.tgrelid::regclass from pg_trigger t where t.tgfoid = 'mo_data.prescribing_edited'::regproc loop
        execute format('drop trigger prescribing_edited on %s', watched);
    end loop;
end
    $$;
revoke all on function mo_data.prescribing_unwatch() from public;
comment on function mo_data.prescribing_unwatch() is 'Takes the triggers away that prescribing_watch() set, and the sums with them. Part of distribute().';

select mo_data.prescribing_watch();
