-- A file of prescribing read by the server itself. mo_data.load_prescribing_file() is what people call.

create function mo.prescribing_file(
    file_name pg_catalog.text, month pg_catalog.date, hashed pg_catalog.bool,
    out name pg_catalog.text, out bytes pg_catalog.int8, out format pg_catalog.text, out sha256 pg_catalog.text, out fault pg_catalog.text)
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_prescribing_file';
revoke all on function mo.prescribing_file(pg_catalog.text, pg_catalog.date, pg_catalog.bool) from public;
comment on function mo.prescribing_file(pg_catalog.text, pg_catalog.date, pg_catalog.bool) is
    'Looks at a file of prescribing of the server: its name without folders, its size, the layout found from its header, and if asked '
    '(hashed) the SHA-256 of all of it. fault says what is wrong with the file, null: nothing; the hash is then that of what was read. An error unless the caller has the '
    'privileges of pg_read_server_files, the path is absolute, and the file an ordinary one that the server can read. The month is that '
    'of --month of modash; null: the file says it. Other nulls are refused. Support function of mo_data.load_prescribing_file.';

create function mo.read_prescribing_file(
    file_name pg_catalog.text, batch_id pg_catalog.int4, month pg_catalog.date,
    out rows_read pg_catalog.int8, out rows_rejected pg_catalog.int8, out sha256 pg_catalog.text, out note pg_catalog.text, out fault pg_catalog.text,
    out rejects pg_catalog.text[])
    language c
    set search_path = pg_catalog, pg_temp
    as 'MODULE_PATHNAME', 'mo_read_prescribing_file';
revoke all on function mo.read_prescribing_file(pg_catalog.text, pg_catalog.int4, pg_catalog.date) from public;
comment on function mo.read_prescribing_file(pg_catalog.text, pg_catalog.int4, pg_catalog.date) is
    'Reads a file of prescribing of the server into the staging tables of a load that mo_data.load_begin has begun, and its rejected lines '
    'into mo_data.load_reject. Where the file cannot be used, fault says why and rejects has line number, column, reason and line of its first '
    '100 rejected lines, one after the other: the caller rolls back. Rights, path, month and nulls as for mo.prescribing_file. Support '
    'function of mo_data.load_prescribing_file.';
