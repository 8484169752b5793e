-- From 1.0: the time as at which a refresh counted what changes as time passes (40_refresh/00_refresh.table.sql). Its start is the nearest that 1.0 kept.
do $migration$
begin
    if exists (select from pg_attribute a where a.attrelid = 'mo_data.refresh_run'::regclass and a.attname = 'as_at') then
        return;
    end if;
    alter table mo_data.refresh_run add column as_at timestamptz not null default now();
    update mo_data.refresh_run set as_at = started_at;
    comment on column mo_data.refresh_run.as_at is 'The time as at which it counted what changes as time passes (an open alert falls due): when its transaction began.';
end
$migration$;
