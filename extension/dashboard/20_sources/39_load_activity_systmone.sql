-- Coded activity from SystmOne's SRCode: a row is there for every organisation that sees the record, and once more when it is removed.
create or replace function mo_data.stage_activity_systmone() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage (
        line_no bigint, event_id text collate "C", is_removed boolean, patient_id text collate "C", registered_at text collate "C",
        done_at text collate "C", ctv3_code text, code text collate "C", event_date date, recorded_date date,
        value_number double precision, value_comparator text, value_unit text, linked_event_id text collate "C") on commit drop;
end
$$;
comment on function mo_data.stage_activity_systmone() is 'Makes the staging table of a SystmOne load.';

create or replace function mo_data.publish_activity_systmone(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    staged bigint;
    distinct_events bigint;
    elsewhere bigint;
    note text;
begin
    analyze pg_temp.stage;
    with repeated as ( -- the same event again is the same but for who sees it; of two events one would be lost as if it were
        delete from pg_temp.stage s
        using (
            select distinct on (e.event_id) e.event_id, e.line_no, e.patient_id, e.code, e.ctv3_code, e.event_date
            from pg_temp.stage e where not e.is_removed order by e.event_id, e.line_no
        ) f
        where s.event_id = f.event_id and s.line_no > f.line_no and not s.is_removed
            and row(s.patient_id, s.code, s.ctv3_code, s.event_date) is distinct from row(f.patient_id, f.code, f.ctv3_code, f.event_date)
        returning s.line_no, f.line_no as first_line)
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason)
    select publish_activity_systmone.batch_id, b.line_no, 'RowIdentifier',
        format('is that of another event, on line %s: a spreadsheet may have taken its last digits', b.first_line)
    from repeated b;
    create temporary table delta on commit drop as
    select distinct on (s.event_id) s.*, null::bigint as processing_id, p.patient_key, o.org_code as practice_code, r.batch_id as removed_by
    from pg_temp.stage s
    left join mo_data.patient_link p on p.source_system = 'systmone' and p.source_patient_id = s.patient_id
    left join mo_data.organisation_link o on o.source_system = 'systmone' and o.source_organisation_id = coalesce(s.registered_at, s.done_at)
    left join mo_data.activity_removed r on r.source_system = 'systmone' and r.event_id = s.event_id
    order by s.event_id, s.is_removed desc, s.line_no;
    get diagnostics distinct_events = row_count;
    select count(*) into staged from pg_temp.stage;

    with bad as (
        delete from pg_temp.delta d
        where not d.is_removed and (num_nulls(d.patient_key, d.practice_code, d.code) > 0 or d.removed_by is not null)
        returning d.*)
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason)
    select publish_activity_systmone.batch_id, b.line_no,
        case when b.removed_by is not null then 'RowIdentifier' when b.code is null then 'SNOMEDCode'
            when b.patient_key is null then 'IDPatient'
            else case when b.registered_at is not null then 'IDOrganisationRegisteredAt' else 'IDOrganisationDoneAt' end end,
        case when b.removed_by is not null then format('the event was removed by load %s', b.removed_by)
            when b.code is null then format('is empty: the row has a CTV3 code only (%s)', left(mo_data.value_in_message(b.ctv3_code), 20))
            when b.patient_key is null then 'is not in patient_link'
            else format('"%s" is not in organisation_link', mo_data.value_in_message(coalesce(b.registered_at, b.done_at))) end
    from bad b;
    delete from pg_temp.delta d where d.is_removed and d.removed_by is not null;
    select count(*) into elsewhere from pg_temp.delta d where not d.is_removed and d.registered_at is null;
    note := mo_data.activity_apply(publish_activity_systmone.batch_id, 'systmone');
    return nullif(concat_ws('; ', note,
        case when staged > distinct_events then format('%s rows repeat an event for another organisation or removal', staged - distinct_events) end,
        case when elsewhere > 0 then format('%s events of patients registered nowhere: at the organisation where they were done', elsewhere) end), '');
end
$$;
comment on function mo_data.publish_activity_systmone(integer) is
    'Ends a SystmOne load: one event a RowIdentifier, RemovedData removes it for good, the practice is where the patient is registered, '
    'and rows with no SNOMED code, patient or practice are rejected, as are those with the RowIdentifier of another event (another patient, code or day). Called by load_finish.';

revoke all on function mo_data.stage_activity_systmone(), mo_data.publish_activity_systmone(integer) from public;
