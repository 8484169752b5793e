-- What was removed after its time.
create table mo_data.purge_log (
    purge_id integer not null,
    table_name text not null,
    before date not null check (extract(day from before) = 1),
    keeps_look_back boolean not null,
    rows bigint not null check (rows >= 0),
    purged_at timestamptz not null default clock_timestamp(),
    purged_by text not null default session_user,
    primary key (purge_id, table_name)
);
comment on table mo_data.purge_log is 'Every removal of loaded rows by mo_data.purge(): who, when, from which table, how many. Kept for ever.';
comment on column mo_data.purge_log.purge_id is 'Number of the purge.';
comment on column mo_data.purge_log.table_name is 'Table of mo_data that rows were removed from.';
comment on column mo_data.purge_log.before is 'First month that was kept.';
comment on column mo_data.purge_log.keeps_look_back is 'What later months look back on was left.';
comment on column mo_data.purge_log.rows is 'Rows removed.';
comment on column mo_data.purge_log.purged_at is 'When.';
comment on column mo_data.purge_log.purged_by is 'Database role that did it.';
