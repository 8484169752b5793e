-- Sums of prescribing by month and practice: kept where they are known to be those of the rows, else added up.
--
-- A month's sums hold while no statement has changed its rows and its partition is the same file. Statements leave a row in
-- refresh_prescribing_edit through triggers; attaching, detaching, dropping and truncating partitions change the file. The sums are made, and
-- the rows of refresh_prescribing_edit taken away, by one statement and so one snapshot: a load that commits meanwhile has neither its
-- prescribing in the sums nor its row taken away.
create or replace function mo_data.prescribing_edited()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into mo_data.refresh_prescribing_edit (month) values (TG_ARGV[0]::date);
    return null;
end
    $$;
revoke all on function mo_data.prescribing_edited() from public;
comment on function mo_data.prescribing_edited() is
    'Notes that rows of prescribing have changed: of the month that is the trigger''s argument; without one, of any month.';

create or replace function mo_data.prescribing_watch_partition(partition regclass, month date)
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    execute format('create or replace trigger prescribing_edited after insert or update or delete or truncate on %s '
        'for each statement execute function mo_data.prescribing_edited(%s)', prescribing_watch_partition.partition, quote_literal(prescribing_watch_partition.month));
    execute format('alter table %s enable always trigger prescribing_edited', prescribing_watch_partition.partition);
end
    $$;
revoke all on function mo_data.prescribing_watch_partition(regclass, date) from public;
comment on function mo_data.prescribing_watch_partition(regclass, date) is
    'Has every statement that changes rows of a partition of prescribing, or (null) of all of them, noted. Part of loading and of update_dashboard().';

create or replace function mo_data.prescribing_partition_month()
    returns table (month date, partition oid, file oid, is_watched boolean)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select (regexp_match(b.bound, '^FOR VALUES IN \(''(\d{4}-\d\d-01)''\)$'))[1]::date, c.oid, pg_relation_filenode(c.oid),
        (select count(*) = 2 from pg_trigger t where t.tgrelid in (c.oid, i.inhparent) and t.tgname = 'prescribing_edited' and t.tgenabled = 'A')
    from pg_inherits i
        join pg_class c on c.oid = i.inhrelid
        cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound) b
    where i.inhparent = 'mo_data.prescribing'::regclass and not i.inhdetachpending and c.relkind = 'r'
        and b.bound ~ '^FOR VALUES IN \(''\d{4}-\d\d-01''\)$'
    $$;
revoke all on function mo_data.prescribing_partition_month() from public;
comment on function mo_data.prescribing_partition_month() is
    'Partitions of prescribing that hold one month, with their file, and whether changes of their rows are noted, by statements on them '
    'and on the whole table. A partition that a site made otherwise is not here.';

create or replace function mo_data.prescribing_kept_months(from_month date, to_month date)
    returns date[]
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(array_agg(k.month), '{}')
    from mo_data.refresh_prescribing_month k
        join mo_data.prescribing_partition_month() p on p.month = k.month and p.partition = k.partition and p.file = k.file and p.is_watched
    where k.month between from_month and to_month
        and not exists (select from mo_data.refresh_prescribing_edit e where e.month = k.month or e.month is null)
    $$;
revoke all on function mo_data.prescribing_kept_months(date, date) from public;
comment on function mo_data.prescribing_kept_months(date, date) is 'Months whose kept sums are known to be those of the rows.';

-- PL/pgSQL: put into a statement that writes, it would be read by one process.
create or replace function mo_data.prescribing_added_up(months date[])
    returns table (
        month date, practice_code text, unidentified boolean, rows bigint, rows_without_cost bigint, items bigint, nic_e5 numeric, actual_cost_e5 numeric)
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan -- the planner is told the months, and leaves the other partitions out
    set jit = off
    as $$
begin
    return query
        select r.month, r.practice_code, r.unidentified, count(*), count(*) filter (where r.actual_cost_e5 is null), sum(r.items), sum(r.nic_e5),
            sum(r.actual_cost_e5)
        from mo_data.prescribing r
        where r.month = any (months)
        group by 1, 2, 3;
end
    $$;
revoke all on function mo_data.prescribing_added_up(date[]) from public;
comment on function mo_data.prescribing_added_up(date[]) is
    'Prescribing of these months added up from the rows by practice code as published and whether it is unidentified.';

create or replace function mo_data.prescribing_sums(from_month date, to_month date)
    returns table (
        month date, practice_code text, unidentified boolean, rows bigint, rows_without_cost bigint, items bigint, nic_e5 numeric, actual_cost_e5 numeric)
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan -- months that are not kept are told to the planner, which leaves the other partitions out
    set jit = off
    as $$
declare
    kept constant date[] := mo_data.prescribing_kept_months(from_month, to_month);
    others constant date[] := array(
        select m::date from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') m where m::date <> all (kept));
begin
    return query select s.* from mo_data.refresh_prescribing s where s.month = any (kept);
    if others <> '{}' then
        return query select s.* from mo_data.prescribing_added_up(others) s;
    end if;
end
    $$;
revoke all on function mo_data.prescribing_sums(date, date) from public;
comment on function mo_data.prescribing_sums(date, date) is
    'Prescribing of the months from from_month to to_month, both by their first days, added up by practice code as published and whether it is '
    'unidentified: from what is kept where that is known to be the same as adding up the rows.';

create or replace function mo_data.prescribing_keep(from_month date, to_month date)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan
    set jit = off
    as $$
declare
    wanted date[];
    written bigint;
begin
    with edited as (
        delete from mo_data.refresh_prescribing_month k -- first: no other statement may still take their sums for those of the rows
            where not exists (
                select from mo_data.prescribing_partition_month() p
                where p.month = k.month and p.partition = k.partition and p.file = k.file and p.is_watched)
                or exists (select from mo_data.refresh_prescribing_edit e where e.month = k.month or e.month is null)
            returning k.month
    )
    delete from mo_data.price_per_unit_month m using edited e where m.month = e.month;
    select array_agg(p.month) into wanted
        from mo_data.prescribing_partition_month() p
        where p.month between from_month and to_month and p.is_watched
            and not exists (select from mo_data.refresh_prescribing_month k where k.month = p.month);
    delete from mo_data.refresh_prescribing s where not exists (select from mo_data.refresh_prescribing_month k where k.month = s.month);
    if wanted is null then
        return 0;
    end if;
    with seen as ( -- months that are not kept need no note; those that are keep the ones that came after they were forgotten
        delete from mo_data.refresh_prescribing_edit e
        where e.month = any (wanted)
            or not exists (select from mo_data.refresh_prescribing_month k where e.month is null or k.month = e.month)
    ), vouched as (
        insert into mo_data.refresh_prescribing_month (month, partition, file)
        select p.month, p.partition, p.file from mo_data.prescribing_partition_month() p where p.month = any (wanted)
    )
    insert into mo_data.refresh_prescribing (month, practice_code, unidentified, rows, rows_without_cost, items, nic_e5, actual_cost_e5)
    select s.* from mo_data.prescribing_added_up(wanted) s; -- stable: of the snapshot of this statement
    get diagnostics written = row_count;
    return written;
end
    $$;
revoke all on function mo_data.prescribing_keep(date, date) from public;
comment on function mo_data.prescribing_keep(date, date) is
    'Makes the kept sums of these months where there are none that hold, and forgets those of any month that do not, and that its prices per unit are '
    'known. Part of refresh(), one at a time.';
