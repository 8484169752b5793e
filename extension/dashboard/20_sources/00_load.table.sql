-- What is loaded from where: the systems, each load, and every line that was refused.
create table mo_data.source (
    source text primary key check (source ~ '^[a-z][a-z0-9_]{0,39}$'),
    system text not null,
    title text not null,
    cadence text not null check (cadence in ('daily', 'monthly', 'quarterly', 'annual', 'as_needed')),
    expected_lag_days integer check (expected_lag_days >= 0),
    target_table text not null,
    sort integer not null,
    replaces text check (replaces ~ '^(whole|key|delta|(month|each):[a-z_]+)$'),
    touches text check (touches ~ '^([a-z_]*[.][.][a-z_]*|[a-z_]+)(,[a-z_]+)*$')
);
comment on table mo_data.source is 'The kinds of file the loader knows, what they fill, and when the next one is due.';
comment on column mo_data.source.source is 'Name used on the command line: modash load SOURCE FILE.';
comment on column mo_data.source.system is 'System the files come from, as readers know it.';
comment on column mo_data.source.title is 'What the files hold, in words.';
comment on column mo_data.source.cadence is 'How often a new period is published.';
comment on column mo_data.source.expected_lag_days is 'Days from the end of a period until its file is expected. Null: no regular date.';
comment on column mo_data.source.target_table is 'Table of mo_data that is filled.';
comment on column mo_data.source.sort is 'Order on pages.';
comment on column mo_data.source.replaces is
    'Which rows of earlier files of the same source and part a new file replaces. whole: all of them, the file is the register as it now '
    'stands. month:COLUMN: those of the months it has, by that date; rows of the same key in other months too; a row without that date is of the month it counts '
    'in (the first date of touches), which makes its file one of that month only where no row of it has the date. each:COLUMN: those with a '
    'value of the column that it has. key: those with the same key; nothing else, and shipped rows too. delta: changes, applied in their '
    'order. A site whose files are made otherwise changes the row. Null: the source has a loader of its own.';
comment on column mo_data.source.touches is
    'What load_batch says of the figures a file can have changed, judged by the rows that were added, removed or changed. DATE or '
    'DATE,DATE: the months of these dates. FROM..TO: every month from the first day on which something changed; columns after it belong to '
    'the end and change nothing before it. Null: any month.';

create table mo_data.load_batch (
    batch_id integer generated always as identity primary key,
    source text not null references mo_data.source,
    part text not null default '',
    file_name text not null,
    file_sha256 text not null check (file_sha256 ~ '^[0-9a-f]{64}$'),
    file_bytes bigint not null,
    format text not null,
    options text not null default '',
    as_at date,
    state text not null check (state in ('loaded', 'failed', 'superseded')),
    rows_read bigint not null default 0,
    rows_kept bigint not null default 0,
    rows_rejected bigint not null default 0,
    rows_replaced bigint not null default 0,
    months date[] not null default '{}',
    changed_from date,
    message text,
    started_at timestamptz not null default clock_timestamp(),
    finished_at timestamptz,
    loaded_by text not null default session_user,
    last_month date,
    check (rows_read = rows_kept + rows_rejected)
);
create index load_batch_file on mo_data.load_batch (source, file_sha256);
comment on table mo_data.load_batch is 'Every load of a file, kept for ever: what was read, kept and rejected, when and by whom.';
comment on column mo_data.load_batch.batch_id is 'Number of the load; every loaded row carries it.';
comment on column mo_data.load_batch.source is 'Kind of file.';
comment on column mo_data.load_batch.part is
    'Which part of the source the file is (an ICB, a supplier) where a month arrives in several files; empty: the whole. A new file replaces only its own part.';
comment on column mo_data.load_batch.file_name is 'Name of the file, without its folder.';
comment on column mo_data.load_batch.file_sha256 is 'SHA-256 of the file as it was read.';
comment on column mo_data.load_batch.file_bytes is 'Size of the file in bytes.';
comment on column mo_data.load_batch.format is 'Format found from the header.';
comment on column mo_data.load_batch.options is
    'Options that change what the file means (a month given by hand, a column mapping); empty: the file speaks for itself.';
comment on column mo_data.load_batch.as_at is
    'Day whose state the file describes, to its end: given by hand; for a file of organisations else the day of the load. Null: not said.';
comment on column mo_data.load_batch.state is
    'loaded; failed (nothing of it was kept); superseded (a later file replaced every row of it).';
comment on column mo_data.load_batch.rows_read is 'Data rows in the file: kept plus rejected.';
comment on column mo_data.load_batch.rows_kept is 'Rows that were stored.';
comment on column mo_data.load_batch.rows_rejected is 'Rows that were refused, each in load_reject with its reason.';
comment on column mo_data.load_batch.rows_replaced is 'Rows of earlier loads that this one replaced.';
comment on column mo_data.load_batch.months is 'First days of the months whose data changed.';
comment on column mo_data.load_batch.changed_from is
    'For a load without months: first month whose figures it can have changed; infinity: none. Null: any. Of events: the first of their months to come, which are not in months.';
comment on column mo_data.load_batch.message is 'Why it failed, or what a reader should know of it.';
comment on column mo_data.load_batch.started_at is 'When the load began.';
comment on column mo_data.load_batch.finished_at is 'When it ended.';
comment on column mo_data.load_batch.loaded_by is 'Database role that loaded it.';
comment on column mo_data.load_batch.last_month is
    'First day of the latest month of its rows that still stand, of a flat file whose months are those of dates; -infinity: none. Null: months says it.';

create table mo_data.load_reject (
    batch_id integer not null references mo_data.load_batch,
    line_no bigint not null,
    column_name text,
    reason text not null,
    line text
);
create index load_reject_batch on mo_data.load_reject (batch_id, line_no);
comment on table mo_data.load_reject is
    'Every line a load refused, and why. May hold what the file held, so it is not for BI readers.';
comment on column mo_data.load_reject.batch_id is 'The load.';
comment on column mo_data.load_reject.line_no is 'Line of the file (the header is line 1) on which the row begins.';
comment on column mo_data.load_reject.column_name is 'Column at fault. Null: the row as a whole.';
comment on column mo_data.load_reject.reason is 'Why it was refused.';
comment on column mo_data.load_reject.line is 'The row as read, up to 1,000 characters.';
