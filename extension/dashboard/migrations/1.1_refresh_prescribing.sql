-- From 1.0: sums of prescribing that refreshes keep (20_sources/11_refresh_prescribing.table.sql). 70_access/97_prescribing_watched.sql sets the triggers.
do $migration$
begin
    if to_regclass('mo_data.refresh_prescribing') is not null then
        return;
    end if;
    create table mo_data.refresh_prescribing (
        month date not null,
        practice_code text collate "C" not null,
        unidentified boolean not null,
        rows bigint not null,
        rows_without_cost bigint not null,
        items bigint,
        nic_e5 numeric,
        actual_cost_e5 numeric
    );
    create index refresh_prescribing_month_of on mo_data.refresh_prescribing (month);
    comment on table mo_data.refresh_prescribing is
        'Sums of prescribing by month and practice, kept so that a refresh need not read the rows of months that stayed as they were. Derived: '
        'prescribing_sums() reads it for months that refresh_prescribing_month vouches for, and the rows for others.';
    comment on column mo_data.refresh_prescribing.month is 'First day of the month.';
    comment on column mo_data.refresh_prescribing.practice_code is 'Practice code as published.';
    comment on column mo_data.refresh_prescribing.unidentified is 'Rows whose prescriber could not be matched to a practice.';
    comment on column mo_data.refresh_prescribing.rows is 'Rows of prescribing.';
    comment on column mo_data.refresh_prescribing.rows_without_cost is 'Of these, rows with no actual cost.';
    comment on column mo_data.refresh_prescribing.items is 'Prescription items.';
    comment on column mo_data.refresh_prescribing.nic_e5 is 'Net ingredient cost in 0.00001 pounds. Null: no row has one.';
    comment on column mo_data.refresh_prescribing.actual_cost_e5 is 'Actual cost in 0.00001 pounds. Null: no row has one.';

    create table mo_data.refresh_prescribing_month (
        month date primary key,
        partition oid not null,
        file oid not null
    );
    comment on table mo_data.refresh_prescribing_month is
        'The months refresh_prescribing has, and what they were added up from: another partition or file of the month has other rows.';
    comment on column mo_data.refresh_prescribing_month.month is 'First day of the month.';
    comment on column mo_data.refresh_prescribing_month.partition is 'Partition of prescribing, as a number of pg_class.';
    comment on column mo_data.refresh_prescribing_month.file is 'Its file then (pg_relation_filenode).';

    create table mo_data.refresh_prescribing_edit (
        month date
    );
    comment on table mo_data.refresh_prescribing_edit is
        'A row for every statement that has changed rows of prescribing since its sums were made, written by triggers in the same transaction: a '
        'transaction whose rows the sums did not see left its row behind.';
    comment on column mo_data.refresh_prescribing_edit.month is 'First day of the month. Null: any.';
end
$migration$;
