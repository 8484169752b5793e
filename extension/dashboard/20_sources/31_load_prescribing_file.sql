-- Prescribing from a file that lies on the server: modash's own reader, without a connection in between.
create or replace function mo_data.load_prescribing_file(file_name text, part text default '', month date default null)
    returns mo_data.load_batch
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    options constant text := coalesce('month=' || to_char(load_prescribing_file.month, 'YYYY-MM'), '');
    about record;
    begun record;
    got record;
    batch mo_data.load_batch;
    rows_read bigint := 0;
    sha256 text;
    rejects text[] := '{}';
    fault text;
    same integer;
begin
    select f.* into about from mo.prescribing_file(load_prescribing_file.file_name, load_prescribing_file.month, false) as f;
    fault := about.fault;
    sha256 := coalesce(about.sha256, repeat('0', 64));
    if fault is null then
        begin
            begun := mo_data.load_begin('prescribing', about.name, about.bytes, about.format, load_prescribing_file.part, options);
            if begun.may_be_same then
                same := mo_data.load_same('prescribing', load_prescribing_file.part,
                    (mo.prescribing_file(load_prescribing_file.file_name, load_prescribing_file.month, true)).sha256, options);
                if same is not null then
                    raise exception 'the same file is already loaded as batch %', same using errcode = 'unique_violation';
                end if;
            end if;
            select f.* into got
            from mo.read_prescribing_file(load_prescribing_file.file_name, begun.batch_id, load_prescribing_file.month) as f;
            rows_read := got.rows_read;
            sha256 := got.sha256;
            if got.fault is not null then
                rejects := got.rejects;
                raise exception '%', got.fault using errcode = 'data_exception';
            end if;
            batch := mo_data.load_finish(begun.batch_id, sha256, rows_read, got.note);
            drop table pg_temp.stage_bnf, pg_temp.stage_practice;    -- another file can follow in this transaction
            return batch;
        exception    -- nothing of the file is kept; any other error ends the transaction
            when unique_violation then
                if same is null then
                    raise;
                end if;
            when data_exception then
                fault := sqlerrm;
        end;
    end if;

    if same is not null then
        raise notice '%: the same file is already loaded as batch %: nothing to do', about.name, same;
    else
        raise warning '%: % (nothing of it was kept)', about.name, fault;
        same := mo_data.load_failed('prescribing', about.name, sha256, about.bytes, about.format, rows_read, fault,
            load_prescribing_file.part, options);
        insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line)
        select same, rejects[i]::bigint, rejects[i + 1], rejects[i + 2], rejects[i + 3]
        from generate_series(1, cardinality(rejects), 4) as i;
    end if;
    select * into strict batch from mo_data.load_batch b where b.batch_id = same;
    return batch;
end
$$;
comment on function mo_data.load_prescribing_file(text, text, date) is
    'Loads a file of prescribing (EPD, plain or gzip) that lies on the server, with the reader, the checks and the guarantees of modash load '
    'prescribing: all of the file or nothing, a file twice changes nothing, its months replace those of earlier files of the part. For roles '
    'with the privileges of pg_read_server_files; the path is absolute. part and month are modash''s --part and --month. Returns the load: look '
    'at its state. failed: nothing was kept, message says why, and a warning was given. Months that are new have no index yet: call '
    'mo_data.prescribing_index(month) for each when the load is committed.';

revoke all on function mo_data.load_prescribing_file(text, text, date) from public;
