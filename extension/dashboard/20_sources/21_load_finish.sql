-- The end of a load: publish what was staged, count, refuse a file that is mostly bad, mark what it replaced.
create or replace function mo_data.load_finish(
    batch_id integer, file_sha256 text, rows_read bigint, message text default null)
    returns mo_data.load_batch
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    batch mo_data.load_batch;
    same integer;
    note text;
    rejected bigint;
    replaces text;
begin
    select * into strict batch from mo_data.load_batch b where b.batch_id = load_finish.batch_id for update;
    same := mo_data.load_same(batch.source, batch.part, load_finish.file_sha256, batch.options);
    if same is not null then
        raise exception 'the same file is already loaded as batch %', same using errcode = 'unique_violation';
    end if;

    replaces := (select s.replaces from mo_data.source s where s.source = batch.source);
    if replaces <> 'delta' then
        note := mo_data.publish_flat(load_finish.batch_id);
    else
        execute format('select mo_data.%I($1)', 'publish_' || batch.source) into note using load_finish.batch_id;
    end if;

    select count(distinct r.line_no) into rejected from mo_data.load_reject r where r.batch_id = load_finish.batch_id;
    if (rejected > 0 and rejected >= load_finish.rows_read) or (rejected > 100 and rejected * 2 > load_finish.rows_read) then
        raise exception '% of % rows cannot be used', rejected, load_finish.rows_read
            using errcode = 'data_exception',
                detail = (
                    select format('The first is line %s: %s', r.line_no, concat_ws(' ', r.column_name, r.reason))
                    from mo_data.load_reject r where r.batch_id = load_finish.batch_id order by r.line_no limit 1),
                hint = 'Nothing of the file was kept.';
    end if;
    update mo_data.load_batch b
    set file_sha256 = load_finish.file_sha256, rows_read = load_finish.rows_read, rows_rejected = rejected,
        rows_kept = load_finish.rows_read - rejected, message = nullif(concat_ws('; ', load_finish.message, note), ''),
        finished_at = clock_timestamp()
    where b.batch_id = load_finish.batch_id;

    -- A load is superseded when later loads of its part have replaced all of its months (or, undated, simply follow it).
    -- Flat and delta sources know it from the rows themselves.
    update mo_data.load_batch b
    set state = 'superseded'
    from mo_data.load_batch this
    where this.batch_id = load_finish.batch_id and replaces is null
        and b.source = this.source and b.part = this.part and b.batch_id < this.batch_id and b.state = 'loaded'
        and (b.format = this.format or b.source = 'prescribing')
        -- An older edition replaces nothing; files of measures and holidays, only what they have.
        and (b.source not in ('organisations', 'pcn_members') or this.as_at >= b.as_at)
        and not exists (select from mo_data.prescribing_measure m where m.batch_id = b.batch_id)
        and not exists (select from mo_data.bank_holiday h where h.batch_id = b.batch_id)
        and not exists (
            select from unnest(b.months) as m (month)
            where not exists (
                select from mo_data.load_batch later
                where later.source = b.source and later.part = b.part and later.batch_id > b.batch_id and later.state = 'loaded'
                    and (b.format = later.format or b.source = 'prescribing') and m.month = any (later.months)));

    select * into strict batch from mo_data.load_batch b where b.batch_id = load_finish.batch_id;
    return batch;
end
$$;
comment on function mo_data.load_finish(integer, text, bigint, text) is
    'Ends a load in the same transaction: moves staged rows to their tables, counts, and marks replaced loads. An error, and so '
    'nothing kept, when the same file is loaded already, no row can be used, or more than half of more than 200.';

create or replace function mo_data.load_failed(
    source text, file_name text, file_sha256 text, file_bytes bigint, format text, rows_read bigint, message text,
    part text default '', options text default '')
    returns integer
    language sql
    set search_path = pg_catalog, pg_temp
as $$
    insert into mo_data.load_batch (
        source, part, file_name, file_sha256, file_bytes, format, options, state, rows_read, rows_rejected, message, finished_at)
    values ($1, $8, $2, $3, $4, $5, $9, 'failed', $6, $6, $7, clock_timestamp())
    returning batch_id
$$;
comment on function mo_data.load_failed(text, text, text, bigint, text, bigint, text, text, text) is
    'Records a file of which nothing was kept, and why; to be called after the rollback. Returns the number of the load.';

revoke all on function mo_data.load_finish(integer, text, bigint, text),
    mo_data.load_failed(text, text, text, bigint, text, bigint, text, text, text) from public;
