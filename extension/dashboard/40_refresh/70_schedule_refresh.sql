-- Refreshing by itself: by pg_cron where it is installed, otherwise the line for a crontab.
create or replace function mo_data.cron_field_is_valid(field text, first integer, last integer, names text[] default '{}')
    returns boolean
    language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(bool_and(
        case
            when lower(i.item) = any (names) then true
            when p.part is null then false
            else coalesce(p.part[1]::integer >= first and p.part[1]::integer <= last, true)
                and coalesce(p.part[2]::integer between p.part[1]::integer and last, true)
                and coalesce(p.part[3]::integer between 1 and last, true)
        end), false)
    from regexp_split_to_table(field, ',') as i (item)
        cross join lateral (
            select coalesce(
                regexp_match(i.item, '^([0-9]{1,2})(?:-([0-9]{1,2})(?:/([0-9]{1,2}))?)?$'),
                (select array[null, null, m[1]] from regexp_match(i.item, '^\*(?:/([0-9]{1,2}))?$') m where m is not null)) as part
        ) p
    $$;
revoke all on function mo_data.cron_field_is_valid(text, integer, integer, text[]) from public;
comment on function mo_data.cron_field_is_valid(text, integer, integer, text[]) is
    'Whether text is one field of a cron schedule: *, */n, a number, a range a-b or a-b/n, or several of these by comma, all within first and '
    'last; or one of the names.';

create or replace function mo_data.cron_schedule(cron text)
    returns text
    language plpgsql immutable
    set search_path = pg_catalog, pg_temp
    as $$
declare
    fields text[] := regexp_split_to_array(btrim(cron, E' \t'), '[ \t]+');
begin
    if cardinality(fields) = 5
        and mo_data.cron_field_is_valid(fields[1], 0, 59) and mo_data.cron_field_is_valid(fields[2], 0, 23)
        and mo_data.cron_field_is_valid(fields[3], 1, 31)
        and mo_data.cron_field_is_valid(fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}')
        and mo_data.cron_field_is_valid(fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}') then
        return array_to_string(fields, ' ');
    end if;
    raise exception using errcode = 'invalid_parameter_value',
        message = format('%s is not a cron schedule', quote_nullable(cron)),
        hint = 'Five fields: minute, hour, day of the month, month, day of the week. 30 5 * * * is half past five every day.';
end
    $$;
revoke all on function mo_data.cron_schedule(text) from public;
comment on function mo_data.cron_schedule(text) is
    'A cron schedule of five fields with single blanks between them; an error with a hint for anything else, @daily and seconds included.';

create or replace function mo_data.schedule_note(schedule text)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into mo_data.refresh_schedule as r (cron, time_zone)
        values (schedule, coalesce(nullif(current_setting('cron.timezone', true), ''), 'GMT'))
        on conflict (only_row) do update
            set cron = excluded.cron, time_zone = excluded.time_zone, set_at = excluded.set_at, set_by = excluded.set_by;
end
    $$;
revoke all on function mo_data.schedule_note(text) from public;
comment on function mo_data.schedule_note(text) is 'Notes the schedule that pg_cron was given, or null, for mo_dashboard.next_refresh.';

create or replace function mo_data.schedule_refresh(cron text)
    returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    schedule constant text := case when cron is not null then mo_data.cron_schedule(cron) end;
    job constant text := 'mo_data.refresh ' || current_database();
    command constant text := 'call mo_data.refresh()';
    elsewhere constant text := current_setting('cron.database_name', true); -- pg_cron lives in one database of the server
    there boolean;
    found_job boolean;
begin
    -- A schema that somebody named cron is not pg_cron: the functions called must belong to the extension.
    select count(*) = 2 into there
        from pg_extension e
            join pg_depend d on d.refclassid = 'pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e' and d.classid = 'pg_proc'::regclass
            join pg_proc p on p.oid = d.objid
        where e.extname = 'pg_cron' and p.oid in (to_regprocedure('cron.schedule(text,text,text)'), to_regprocedure('cron.unschedule(text)'));
    if there then
        if schedule is not null then
            execute 'select cron.schedule($1, $2, $3)' using job, schedule, command;
            perform mo_data.schedule_note(schedule);
            return format('pg_cron runs "%s" at %s (the clock of cron.timezone, GMT unless set). Null unschedules it.', command, schedule);
        end if;
        execute 'select exists (select from cron.job j where j.jobname = $1 and j.username = current_user)' into found_job using job;
        if found_job then
            execute 'select cron.unschedule($1)' using job;
            perform mo_data.schedule_note(null);
            return format('pg_cron no longer runs "%s".', command);
        end if;
        return 'No refresh was scheduled; nothing was changed.';
    end if;
    if elsewhere <> current_database() then
        return format('pg_cron is not installed in database %I: it runs in database %I. Nothing was changed. There: ', current_database(), elsewhere)
            || case when schedule is null then format('select cron.unschedule(%L);', job)
                else format('select cron.schedule_in_database(%L, %L, %L, %L);', job, schedule, command, current_database()) end;
    end if;
    return format('pg_cron is not installed in database %I; nothing was changed. ', current_database())
        || case when schedule is null then 'A line of a crontab is taken out there.'
            else format('The line for a crontab: %s PGDATABASE=%s modash refresh', schedule,
                '''' || replace(replace(current_database(), '''', '''\'''''), '%', '\%') || '''') end;
end
    $$;
revoke all on function mo_data.schedule_refresh(text) from public;
comment on function mo_data.schedule_refresh(text) is
    'Has pg_cron call mo_data.refresh() by a cron schedule of five fields (30 5 * * * is half past five every day, by the clock of '
    'cron.timezone), replacing an earlier schedule; null unschedules. Says what it did. Where pg_cron is not installed in this database it '
    'changes nothing and says so, with the line for a crontab, or what to run in the database that has pg_cron. Anything else than a '
    'schedule is refused.';
