-- A load, step by step, for modash and for any other loader. All of it is one transaction:
--     select batch_id from mo_data.load_begin(source => 'list_size', file_name => 'x.csv', file_bytes => 1, format => 'x');
--     fill the staging tables it made (pg_temp.stage ...; for prescribing those of mo_data.prescribing_stage)
--     insert into mo_data.load_reject for lines that cannot be used
--     select * from mo_data.load_finish(batch_id => ..., file_sha256 => ..., rows_read => ...);
--     commit
-- A file that cannot be used at all: rollback, then mo_data.load_failed(...) and commit.
-- A source is added by one file with mo_data.stage_<source>() and mo_data.publish_<source>(batch_id); a flat one by a table and a row of
-- mo_data.source that says what a new file replaces.
create or replace function mo_data.load_same(source text, part text, file_sha256 text, options text default '')
    returns integer
    language sql stable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select b.batch_id
    from mo_data.load_batch b
    join mo_data.source s on s.source = b.source
    where b.source = $1 and b.part = $2 and b.file_sha256 = $3 and b.options = $4 and b.state = 'loaded'
        -- Lines refused for want of a link or a code can be loaded once there are more of these.
        and not (s.replaces = 'delta' and b.rows_rejected > 0 and exists (
            select from mo_data.load_batch link
            where link.batch_id > b.batch_id and link.state <> 'failed'
                and (link.source in ('patient_link', 'organisation_link') or link.format = 'emis_clinical_code')))
        and not exists (
            select from mo_data.load_batch later
            where later.source = b.source and (later.part = b.part or s.replaces is null and b.months = '{}') -- of a register, any part can say it
                and later.state = 'loaded' and later.batch_id > b.batch_id
                and later.finished_at is not null -- not the load that asks
                and case when b.source = 'prescribing' then later.months && b.months
                    when s.replaces = 'delta' then false
                    when s.replaces is not null then later.rows_replaced > 0
                    else later.format = b.format and (later.months && b.months or b.months = '{}') end)
    order by b.batch_id desc
    limit 1
$$;
comment on function mo_data.load_same(text, text, text, text) is
    'The load whose data still stand and that came from the same file with the same options: loading it again would change '
    'nothing, and what purge() has removed does not come back with it. Null: none.';

create or replace function mo_data.load_begin(
    source text, file_name text, file_bytes bigint, format text, part text default '', options text default '',
    as_at date default null, out batch_id integer, out may_be_same boolean)
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    lock_key constant bigint := pg_catalog.hashtextextended('mo_data.load ' || load_begin.source || '/' || load_begin.part, 0);
begin
    if not exists (select from mo_data.source s where s.source = load_begin.source) then
        raise exception 'there is no source "%"', load_begin.source
            using errcode = 'invalid_parameter_value',
                hint = 'Sources are: ' || (select string_agg(s.source, ', ' order by s.sort) from mo_data.source s) || '.';
    end if;
    if load_begin.as_at > (now() at time zone 'Europe/London')::date or not isfinite(load_begin.as_at) then
        raise exception 'cannot be as at %: a file describes today or a day before', load_begin.as_at
            using errcode = 'invalid_parameter_value', hint = 'Give the day whose state the file describes (--as-at): months after it are not known from it.';
    end if;
    if not pg_try_advisory_xact_lock(lock_key) then
        raise notice 'another load of % is running: waiting for it to finish',
            load_begin.source || case when load_begin.part = '' then '' else ' part ' || load_begin.part end;
        perform pg_advisory_xact_lock(lock_key);
    end if;
    may_be_same := exists (
        select from mo_data.load_batch b
        where b.source = load_begin.source and b.part = load_begin.part and b.file_bytes = load_begin.file_bytes
            and b.options = load_begin.options and b.state = 'loaded');
    insert into mo_data.load_batch as b (source, part, file_name, file_sha256, file_bytes, format, options, as_at, state)
    values (load_begin.source, load_begin.part, load_begin.file_name, repeat('0', 64), load_begin.file_bytes, load_begin.format,
        load_begin.options,
        case when load_begin.source in ('organisations', 'pcn_members') then coalesce(load_begin.as_at, current_date) else load_begin.as_at end,
        'loaded')
    returning b.batch_id into load_begin.batch_id;
    -- Says that the load is running to whoever finds a table it staged rows in.
    perform pg_advisory_xact_lock(hashtextextended('mo_data.load_batch ' || load_begin.batch_id, 0));
    if exists (select from mo_data.source s where s.source = load_begin.source and s.replaces <> 'delta') then
        perform mo_data.stage_flat(load_begin.source);
    else
        execute format('select mo_data.%I()', 'stage_' || load_begin.source);
    end if;
end
$$;
comment on function mo_data.load_begin(text, text, bigint, text, text, text, date) is
    'Begins the load of a file in the caller''s transaction: waits for another load of the same source and part (and says so), makes '
    'the staging tables, and returns the number of the load, and whether a loaded file has the same size and options. An error when as_at '
    'is a day after today in London.';

create or replace function mo_data.load_is_older(batch_id integer) returns boolean
    language sql stable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select
        from mo_data.load_batch this
        join mo_data.load_batch other on other.source = this.source and other.state <> 'failed' and other.as_at > this.as_at
        where this.batch_id = $1)
$$;
comment on function mo_data.load_is_older(integer) is
    'Whether a file describing a later day is loaded already: then this one fills gaps but does not overwrite.';

create or replace function mo_data.load_is_older_edition(batch_id integer) returns boolean
    language sql stable parallel safe
    set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select
        from mo_data.load_batch this
        join mo_data.load_batch other on other.source = this.source and other.format = this.format and other.part = this.part
            and other.state <> 'failed' and other.as_at > this.as_at
        where this.batch_id = $1)
$$;
comment on function mo_data.load_is_older_edition(integer) is
    'Whether the same sheet of the same part is loaded already as of a later day: only that knows better what is in no other.';

revoke all on function mo_data.load_same(text, text, text, text),
    mo_data.load_begin(text, text, bigint, text, text, text, date), mo_data.load_is_older(integer),
    mo_data.load_is_older_edition(integer) from public;
