-- Prescribing: staging and partitions as months arrive, replacement of a month's earlier rows, names of presentations.
create or replace function mo_data.prescribing_attach(month date) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    partition_name constant text := 'prescribing_' || to_char(prescribing_attach.month, 'YYYY_MM');
begin
    -- Made apart and attached: attaching does not lock readers out, and the check saves it the scan.
    execute format('alter table mo_data.prescribing attach partition mo_data.%I for values in (%L)', partition_name, prescribing_attach.month);
    execute format('alter table mo_data.%I drop constraint one_month', partition_name);
    if exists (select from pg_trigger t where t.tgrelid = 'mo_data.prescribing'::regclass and t.tgname = 'prescribing_edited') then
        perform mo_data.prescribing_watch_partition(format('mo_data.%I', partition_name)::regclass, prescribing_attach.month);
    end if;
    execute format('comment on table mo_data.%I is %L', partition_name,
        'Prescribing of ' || to_char(prescribing_attach.month, 'FMMonth YYYY') || ': a partition of mo_data.prescribing.');
end
$$;
comment on function mo_data.prescribing_attach(date) is
    'Makes the table prescribing_YYYY_MM, which has a check one_month, the partition of that month.';

create or replace function mo_data.prescribing_partition(month date) returns regclass
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    partition_name constant text := 'prescribing_' || to_char(prescribing_partition.month, 'YYYY_MM');
begin
    if prescribing_partition.month is null or extract(day from prescribing_partition.month) <> 1 then
        raise exception '% is not the first day of a month', prescribing_partition.month using errcode = 'invalid_parameter_value';
    end if;
    if to_regclass('mo_data.' || partition_name) is null then
        perform pg_advisory_xact_lock(hashtextextended('mo_data.' || partition_name, 0));
    end if;
    if to_regclass('mo_data.' || partition_name) is null then
        execute format('create table mo_data.%I (like mo_data.prescribing including all, '
            'constraint one_month check (month = %L))', partition_name, prescribing_partition.month);
        perform mo_data.prescribing_attach(prescribing_partition.month);
    end if;
    return ('mo_data.' || partition_name)::regclass;
end
$$;
comment on function mo_data.prescribing_partition(date) is
    'The partition of prescribing for a month, made if it is not there; readers are not blocked. Call it in a transaction of its own.';

create or replace function mo_data.prescribing_month(batch_id integer, month date) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    partition_name text := 'prescribing_' || to_char(prescribing_month.month, 'YYYY_MM');
    replaced bigint := 0;
begin
    if to_regclass('mo_data.' || partition_name) is null then
        -- Its rows can only be where a site has made a partition otherwise. Without one nothing is said of other months, whose sums are kept.
        partition_name := case when exists (
            select from pg_inherits i
            where i.inhparent = 'mo_data.prescribing'::regclass
                and i.inhrelid not in (select p.partition from mo_data.prescribing_partition_month() p)) then 'prescribing' end;
    end if;
    if partition_name is not null then
        execute format('delete from mo_data.%I p using mo_data.load_batch old, mo_data.load_batch this '
            'where this.batch_id = $1 and old.batch_id <> this.batch_id and old.part = this.part '
                'and old.source = this.source and p.batch_id = old.batch_id and p.month = $2', partition_name)
            using prescribing_month.batch_id, prescribing_month.month;
        get diagnostics replaced = row_count;
    end if;
    update mo_data.load_batch b
    set months = (
            select array_agg(distinct m.month order by m.month)
            from unnest(b.months || prescribing_month.month) as m (month)),
        rows_replaced = b.rows_replaced + replaced
    where b.batch_id = prescribing_month.batch_id;
    return replaced;
end
$$;
comment on function mo_data.prescribing_month(integer, date) is
    'To be called by a load before its first row of a month: removes the month''s rows of earlier loads of the same part, and notes '
    'the month. Returns how many rows it removed.';

create or replace function mo_data.prescribing_index(month date) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set client_min_messages = warning -- that the index is there already is nothing to say
as $$
#variable_conflict use_column
declare
    partition_name constant text := 'prescribing_' || to_char(prescribing_index.month, 'YYYY_MM');
begin
    execute format('create index if not exists %I on mo_data.%I (practice_code, bnf_code)',
        partition_name || '_practice_bnf', partition_name);
    execute format('analyze mo_data.%I', partition_name);
end
$$;
comment on function mo_data.prescribing_index(date) is
    'Makes the index of a month''s partition if it is not there, and its statistics. To be called after the load has committed: '
    'an index in place makes loading slower, and building it waits for other loads of the month.';

create or replace function mo_data.stage_prescribing() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage_bnf (bnf_code text, name text, chemical_name text) on commit drop;
    create temporary table stage_practice (practice_code text, row_count bigint) on commit drop;
    perform mo_data.prescribing_unstage();
end
$$;
comment on function mo_data.stage_prescribing() is
    'Makes the staging tables of a prescribing load: stage_bnf (names of presentations) and stage_practice (rows a practice); those '
    'for rows are made a month at a time by prescribing_stage. Removes what killed loads left.';

create or replace function mo_data.prescribing_stage_table(batch_id integer) returns setof regclass
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select c.oid::regclass
    from pg_class c
    where c.relnamespace = 'mo_data'::regnamespace and c.relkind = 'r' and not c.relispartition
        and c.relname ~ '^prescribing_stage_[0-9]+_[0-9]{4}_[0-9]{2}$'
        and ($1 is null or split_part(c.relname, '_', 3) = $1::text)
    order by c.relname
$$;
comment on function mo_data.prescribing_stage_table(integer) is 'The staging tables of a load, or (null) of all loads.';

create or replace function mo_data.prescribing_unsummed() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('insert into mo_data.%I (rows) values (null)', replace(TG_TABLE_NAME, 'stage', 'sums'));
    return null;
end
$$;
comment on function mo_data.prescribing_unsummed() is
    'Notes that a statement has put rows into a staging table of prescribing or changed them, so that the sums beside it are not of its rows.';

create or replace function mo_data.prescribing_stage(batch_id integer, month date) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    table_name constant text := format('prescribing_stage_%s_%s', prescribing_stage.batch_id, to_char(prescribing_stage.month, 'YYYY_MM'));
begin
    if prescribing_stage.month is null or extract(day from prescribing_stage.month) <> 1 then
        raise exception '% is not the first day of a month', prescribing_stage.month using errcode = 'invalid_parameter_value';
    end if;
    -- The check saves attaching it the scan; what is the same in every row need not be sent.
    execute format('create table mo_data.%I (like mo_data.prescribing including all, constraint one_month check (month = %L))',
        table_name, prescribing_stage.month);
    -- What is stored by mo_data.prescribing_rows, or by the server's own reader, is added up here by practice as it comes.
    execute format('create table mo_data.%I (practice_code text, unidentified boolean, rows bigint, rows_without_cost bigint, items bigint, '
        'nic_e5 bigint, actual_cost_e5 bigint)', replace(table_name, 'stage', 'sums'));
    execute format('comment on table mo_data.%I is %L', replace(table_name, 'stage', 'sums'), 'Sums of the rows of ' || table_name || '; with a null: of some only.');
    execute format('create trigger prescribing_unsummed after insert or update or delete or truncate on mo_data.%I '
        'for each statement execute function mo_data.prescribing_unsummed()', table_name);
    execute format('alter table mo_data.%I enable always trigger prescribing_unsummed', table_name);
    execute format('alter table mo_data.%I alter month set default %L, alter batch_id set default %s',
        table_name, prescribing_stage.month, prescribing_stage.batch_id);
    execute format('comment on table mo_data.%I is %L', table_name,
        'Rows of a load of prescribing that has not ended. If no load is running, one was killed: the next removes the table.');
    return format('mo_data.%I', table_name);
end
$$;
comment on function mo_data.prescribing_stage(integer, date) is
    'Makes the staging table for the rows of a load and a month, and another for their sums, and returns the name of the first. In the transaction of the load, or, so that '
    'several connections can fill it, in one that commits before.';

create or replace view mo_data.prescribing_rows as
    select null::bytea as block
    where false;
comment on view mo_data.prescribing_rows is
    'Where modash copies rows of prescribing to, packed into blocks of some thousands: a trigger puts them into the staging tables. Always empty.';
comment on column mo_data.prescribing_rows.block is 'Rows of one load and month; extension/src/stats/prescribing_block.h has the layout.';

create or replace trigger store
    instead of insert on mo_data.prescribing_rows
    for each row execute function mo.store_prescribing_rows();

create or replace function mo_data.prescribing_unstage(batch_id integer default null) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    stage record;
begin
    for stage in
        select c.relname::text as name, split_part(c.relname, '_', 3)::integer as batch_id
        from mo_data.prescribing_stage_table(prescribing_unstage.batch_id) as t (name)
        join pg_class c on c.oid = t.name
    loop
        -- A running load holds this lock (load_begin). If it has just ended well its table has another name, and this one drops nothing.
        if pg_try_advisory_xact_lock(hashtextextended('mo_data.load_batch ' || stage.batch_id, 0)) then
            execute format('drop table if exists mo_data.%I, mo_data.%I', stage.name, replace(stage.name, 'stage', 'sums'));
        end if;
    end loop;
end
$$;
comment on function mo_data.prescribing_unstage(integer) is
    'Drops the staging tables of a load that has failed, or (null) of every load that is not running.';

create or replace function mo_data.prescribing_publish_month(batch_id integer, stage regclass, month date) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    partition_name constant text := 'prescribing_' || to_char(prescribing_publish_month.month, 'YYYY_MM');
begin
    perform mo_data.prescribing_month(prescribing_publish_month.batch_id, prescribing_publish_month.month);
    if to_regclass('mo_data.' || partition_name) is null then
        execute format('drop trigger if exists prescribing_unsummed on %s', prescribing_publish_month.stage);
        execute format('alter table %s rename to %I', prescribing_publish_month.stage, partition_name);
        execute format('alter table mo_data.%I alter month drop default, alter batch_id drop default', partition_name);
        perform mo_data.prescribing_attach(prescribing_publish_month.month);
    else
        execute format('insert into mo_data.%I select * from %s', partition_name, prescribing_publish_month.stage);
        execute format('drop table %s', prescribing_publish_month.stage);
    end if;
end
$$;
comment on function mo_data.prescribing_publish_month(integer, regclass, date) is
    'The staged rows of a month take the place of the month''s rows of earlier loads of the part: their table becomes the partition, or '
    'is added to the one there is. The caller holds the lock of the month.';

create or replace function mo_data.prescribing_keep_summed(stage regclass, month date, sums regclass) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    summed boolean;
begin
    if prescribing_keep_summed.sums is null then
        return;    -- a layer before this one made the staging table
    end if;
    execute format('select count(*) = count(s.rows) from %s s', prescribing_keep_summed.sums) into summed;
    -- The staging table is the partition now: all rows of the month are of this load, and what was known of another is of no use.
    if summed and exists (
            select from mo_data.prescribing_partition_month() p
            where p.month = prescribing_keep_summed.month and p.partition = prescribing_keep_summed.stage and p.is_watched) then
        delete from mo_data.refresh_prescribing_month k where k.month = prescribing_keep_summed.month;
        delete from mo_data.refresh_prescribing s where s.month = prescribing_keep_summed.month;
        delete from mo_data.refresh_prescribing_edit e where e.month = prescribing_keep_summed.month;
        insert into mo_data.refresh_prescribing_month (month, partition, file)
        values (prescribing_keep_summed.month, prescribing_keep_summed.stage, pg_relation_filenode(prescribing_keep_summed.stage));
        execute format('insert into mo_data.refresh_prescribing (month, practice_code, unidentified, rows, rows_without_cost, items, nic_e5, actual_cost_e5) '
            'select $1, s.practice_code, s.unidentified, sum(s.rows), sum(s.rows_without_cost), sum(s.items), sum(s.nic_e5), sum(s.actual_cost_e5) '
            'from %s s group by s.practice_code, s.unidentified', prescribing_keep_summed.sums)
            using prescribing_keep_summed.month;
    end if;
    execute format('drop table %s', prescribing_keep_summed.sums);
end
$$;
comment on function mo_data.prescribing_keep_summed(regclass, date, regclass) is
    'Keeps the sums of a month that a load has made as it stored the rows, so that the first refresh need not read these, if the load is '
    'all there is of the month. Drops their table. Part of publish_prescribing.';

create or replace function mo_data.publish_prescribing(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    note text;
    replaced bigint;
    stage regclass;
    stage_name text;
begin
    -- All months first, in order: attaching one locks the table of all, and another load may hold a later month and want that.
    for stage in select t.name from mo_data.prescribing_stage_table(publish_prescribing.batch_id) as t (name) loop
        perform pg_advisory_xact_lock(hashtextextended('mo_data.prescribing_' || right(stage::text, 7), 0));
    end loop;
    for stage, stage_name in select t.name, t.name::text from mo_data.prescribing_stage_table(publish_prescribing.batch_id) as t (name) loop
        perform mo_data.prescribing_publish_month(publish_prescribing.batch_id, stage,
            to_date(right(stage_name, 7), 'YYYY_MM'));
        perform mo_data.prescribing_keep_summed(stage, to_date(right(stage_name, 7), 'YYYY_MM'), to_regclass(replace(stage_name, 'stage', 'sums')));
    end loop;
    insert into mo_data.bnf_presentation as b (bnf_code, name, chemical_name, batch_id)
    select distinct on (s.bnf_code) s.bnf_code, s.name, s.chemical_name, publish_prescribing.batch_id
    from pg_temp.stage_bnf s
    order by s.bnf_code
    on conflict (bnf_code) do update
        set name = excluded.name, chemical_name = coalesce(excluded.chemical_name, b.chemical_name), batch_id = excluded.batch_id
        where b.name is distinct from excluded.name
            or b.chemical_name is distinct from coalesce(excluded.chemical_name, b.chemical_name);

    select format('%s practice codes not in organisation, with %s rows, kept and left out of figures: %s%s',
            count(*), sum(u.row_count), string_agg(u.practice_code, ' ' order by u.practice_code) filter (where u.place <= 5),
            case when count(*) > 5 then ' ...' end)
        into note
    from (
        select s.practice_code, sum(s.row_count) as row_count, row_number() over (order by s.practice_code) as place
        from pg_temp.stage_practice s
        where not exists (select from mo_data.organisation o where o.org_code = s.practice_code)
        group by s.practice_code) u
    having count(*) > 0;
    select b.rows_replaced into replaced from mo_data.load_batch b where b.batch_id = publish_prescribing.batch_id;
    return nullif(concat_ws('; ', case when replaced > 0 then format('replaces %s rows of earlier loads', replaced) end, note), '');
end
$$;
comment on function mo_data.publish_prescribing(integer) is
    'Ends a prescribing load: publishes its months, names of presentations, and how many rows belong to practices nobody knows. Called by load_finish.';

revoke all on function mo_data.prescribing_partition(date), mo_data.prescribing_attach(date), mo_data.prescribing_month(integer, date),
    mo_data.prescribing_index(date), mo_data.stage_prescribing(), mo_data.prescribing_stage_table(integer),
    mo_data.prescribing_stage(integer, date), mo_data.prescribing_unstage(integer),
    mo_data.prescribing_publish_month(integer, regclass, date), mo_data.prescribing_unsummed(),
    mo_data.prescribing_keep_summed(regclass, date, regclass), mo_data.publish_prescribing(integer) from public;
