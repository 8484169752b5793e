-- From 1.0: sets of events that refreshes keep (20_sources/24_event_month_set.table.sql). 70_access/97_activity_watched.sql sets the triggers.
do $migration$
begin
    if to_regclass('mo_data.event_month_set') is not null then
        return;
    end if;
    create index cohort_member_interval on mo_data.cohort_member (interval_months) where interval_months is not null;
    create table mo_data.event_month_set (
        month date not null,
        code text collate "C" not null,
        patients integer[] not null,
        days date[] not null,
        primary key (month, code)
    );
    alter table mo_data.event_month_set alter column patients set storage external, alter column days set storage external;
    comment on table mo_data.event_month_set is
        'Attended events of a code and month, kept so that a refresh need not read the rows of months that stayed as they were: element i is an event of '
        'patients[i] on days[i]. Derived: event_month_sets() reads it for months that event_month_set_month vouches for, and the rows for others.';
    comment on column mo_data.event_month_set.month is 'First day of the month the events happened in.';
    comment on column mo_data.event_month_set.code is 'Code, as in activity.';
    comment on column mo_data.event_month_set.patients is 'Patients, one an event, as numbers of activity.';
    comment on column mo_data.event_month_set.days is 'Days of the events.';

    create table mo_data.event_month_set_month (
        month date primary key,
        codes text[] not null,
        file oid not null
    );
    comment on table mo_data.event_month_set_month is 'The months event_month_set has, for which codes, and of which rows of activity.';
    comment on column mo_data.event_month_set_month.month is 'First day of the month.';
    comment on column mo_data.event_month_set_month.codes is 'Codes whose events it has; one without events in the month has no row.';
    comment on column mo_data.event_month_set_month.file is 'File of activity then (pg_relation_filenode).';

    create table mo_data.event_month_set_edit (
        month date
    );
    comment on table mo_data.event_month_set_edit is
        'A row for every month whose activity a statement has changed since its sets were made, written by triggers in the same transaction: a '
        'transaction whose rows the sets did not see left its row behind.';
    comment on column mo_data.event_month_set_edit.month is 'First day of the month. Null: any.';
end
$migration$;
