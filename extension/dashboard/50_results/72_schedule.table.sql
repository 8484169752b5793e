-- When refreshes run by themselves, for readers: pg_cron's own table is not theirs to read, and is not there where pg_cron is not.
create table mo_data.refresh_schedule (
    only_row boolean primary key default true check (only_row),
    cron text,
    time_zone text not null default 'GMT',
    set_at timestamptz not null default clock_timestamp(),
    set_by text not null default session_user
);
comment on table mo_data.refresh_schedule is 'The schedule that schedule_refresh() last gave to pg_cron. No row: never.';
comment on column mo_data.refresh_schedule.only_row is 'There is one row at most.';
comment on column mo_data.refresh_schedule.cron is 'Schedule of five fields. Null: taken out.';
comment on column mo_data.refresh_schedule.time_zone is 'The clock it goes by: cron.timezone.';
comment on column mo_data.refresh_schedule.set_at is 'When it was set.';
comment on column mo_data.refresh_schedule.set_by is 'Database role that set it.';
