-- Coded activity from the GP systems' own extracts. What both have in common, then EMIS: CareRecord_Observation with Coding_ClinicalCode.
create or replace function mo_data.activity_apply(batch_id integer, source_system text) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    same bigint;
    removed bigint;
    replaced bigint;
begin
    perform pg_advisory_xact_lock(hashtextextended('mo_data.publish activity', 0));
    analyze pg_temp.delta;
    create temporary table before on commit drop as
        select a.* from mo_data.activity a join pg_temp.delta d on d.event_id = a.event_id where a.source_system = activity_apply.source_system;
    delete from pg_temp.delta d using pg_temp.before a
    where a.event_id = d.event_id and not d.is_removed
        and (a.patient_key, a.practice_code, a.code, a.event_date, a.recorded_date, a.value_number, a.value_comparator, a.value_unit,
            a.linked_event_id, a.processing_id) is not distinct from (d.patient_key, d.practice_code, d.code, d.event_date,
            d.recorded_date, d.value_number, d.value_comparator, d.value_unit, d.linked_event_id, d.processing_id);
    get diagnostics same = row_count;
    delete from pg_temp.before a where not exists (select from pg_temp.delta d where d.event_id = a.event_id);
    select count(*) filter (where d.is_removed), count(*) filter (where not d.is_removed) into removed, replaced
    from pg_temp.before a join pg_temp.delta d using (event_id);

    delete from mo_data.activity a using pg_temp.before b
    where a.source_system = activity_apply.source_system and a.event_id = b.event_id;
    delete from mo_data.activity_removed r using pg_temp.delta d
    where r.source_system = activity_apply.source_system and r.event_id = d.event_id;
    insert into mo_data.activity_removed (source_system, event_id, processing_id, batch_id)
    select activity_apply.source_system, d.event_id, d.processing_id, activity_apply.batch_id from pg_temp.delta d where d.is_removed;
    insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, recorded_date, outcome,
        value_number, value_comparator, value_unit, linked_event_id, batch_id, processing_id)
    select activity_apply.source_system, d.event_id, d.patient_key, d.practice_code, d.code, d.event_date, d.recorded_date, null,
        d.value_number, d.value_comparator, d.value_unit, d.linked_event_id, activity_apply.batch_id, d.processing_id
    from pg_temp.delta d
    where not d.is_removed
    order by d.event_id;

    update mo_data.load_batch b
    set rows_replaced = removed + replaced, months = t.months, changed_from = coalesce(t.to_come, case when t.months = '{}' then 'infinity'::date end)
    from (
        select coalesce(array_agg(m.month order by m.month) filter (where m.month <= current_date), '{}') as months,
            min(m.month) filter (where m.month > current_date) as to_come
        from (
            select mo.month_start(a.event_date) as month from pg_temp.before a
            union select mo.month_start(d.event_date) from pg_temp.delta d where not d.is_removed) m) t
    where b.batch_id = activity_apply.batch_id;
    return nullif(concat_ws('; ',
        case when removed > 0 then format('removes %s events loaded before', removed) end,
        case when replaced > 0 then format('replaces %s events', replaced) end,
        case when same > 0 then format('%s events are as they are loaded already', same) end,
        (select format('%s events without a full date, which attain nothing', count(*))
            from pg_temp.delta d where not d.is_removed and d.event_date is null having count(*) > 0),
        (select format('%s practice_code not in organisation, with %s rows, kept', count(distinct d.practice_code), count(*))
            from pg_temp.delta d
            where not d.is_removed and not exists (select from mo_data.organisation o where o.org_code = d.practice_code)
            having count(*) > 0)), '');
end
$$;
comment on function mo_data.activity_apply(integer, text) is
    'Brings activity to the state that pg_temp.delta says (one row an event), remembers what was removed, and notes the months whose '
    'events changed. Returns what a reader should know.';

create or replace function mo_data.stage_activity_emis() returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    create temporary table stage (
        line_no bigint, event_id text collate "C", processing_id bigint, is_removed boolean, patient_id text collate "C",
        organisation_id text collate "C", code_id bigint, event_date date, recorded_date date, value_number double precision,
        value_unit text, linked_event_id text collate "C") on commit drop;
    create temporary table stage_code (
        line_no bigint, code_id bigint, snomed_concept text, term text, processing_id bigint) on commit drop;
end
$$;
comment on function mo_data.stage_activity_emis() is
    'Makes the staging tables of an EMIS load: observations (event_date only where its precision is a day) and clinical codes.';

create or replace function mo_data.publish_emis_code(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
begin
    insert into mo_data.emis_code as c (code_id, snomed_concept, term, processing_id, batch_id)
    select distinct on (s.code_id) s.code_id, s.snomed_concept, s.term, s.processing_id, publish_emis_code.batch_id
    from pg_temp.stage_code s
    order by s.code_id, s.processing_id desc, s.line_no
    on conflict (code_id) do update
        set snomed_concept = excluded.snomed_concept, term = excluded.term, processing_id = excluded.processing_id,
            batch_id = excluded.batch_id
        where c.processing_id < excluded.processing_id;
    update mo_data.load_batch b set changed_from = 'infinity' where b.batch_id = publish_emis_code.batch_id;
    return (
        select format('%s codes without a SNOMED concept', count(distinct s.code_id))
        from pg_temp.stage_code s where s.snomed_concept is null having count(*) > 0);
end
$$;
comment on function mo_data.publish_emis_code(integer) is 'Ends a load of Coding_ClinicalCode: the row with the highest ProcessingId counts.';

create or replace function mo_data.publish_activity_emis(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    staged bigint;
    latest bigint;
    stale bigint;
    note text;
begin
    if (select b.format from mo_data.load_batch b where b.batch_id = publish_activity_emis.batch_id) = 'emis_clinical_code' then
        return mo_data.publish_emis_code(publish_activity_emis.batch_id);
    end if;
    -- The last change of an event is its state; those before it in the file are steps on the way.
    analyze pg_temp.stage;
    create temporary table delta on commit drop as
    select distinct on (s.event_id) s.*, p.patient_key, o.org_code as practice_code, c.snomed_concept as code, null::text as value_comparator
    from pg_temp.stage s
    left join mo_data.patient_link p on p.source_system = 'emis' and p.source_patient_id = s.patient_id
    left join mo_data.organisation_link o on o.source_system = 'emis' and o.source_organisation_id = s.organisation_id
    left join mo_data.emis_code c on c.code_id = s.code_id
    order by s.event_id, s.processing_id desc, s.line_no;
    get diagnostics latest = row_count;
    analyze pg_temp.delta;
    select count(*) into staged from pg_temp.stage;

    with known as (
        select a.event_id, a.processing_id from mo_data.activity a where a.source_system = 'emis' and a.processing_id is not null
        union all
        select r.event_id, r.processing_id from mo_data.activity_removed r where r.source_system = 'emis' and r.processing_id is not null)
    delete from pg_temp.delta d using known k where k.event_id = d.event_id and k.processing_id >= d.processing_id;
    get diagnostics stale = row_count;
    with bad as (
        delete from pg_temp.delta d where not d.is_removed and num_nulls(d.patient_key, d.practice_code, d.code) > 0 returning d.*)
    insert into mo_data.load_reject (batch_id, line_no, column_name, reason)
    select publish_activity_emis.batch_id, b.line_no,
        case when b.patient_key is null then 'PatientGuid' when b.practice_code is null then 'OrganisationGuid' else 'CodeId' end,
        case when b.patient_key is null then 'is not in patient_link'
            when b.practice_code is null then format('"%s" is not in organisation_link', mo_data.value_in_message(b.organisation_id))
            else format('"%s" has no SNOMED concept in emis_code: load Coding_ClinicalCode', b.code_id) end
    from bad b;
    note := mo_data.activity_apply(publish_activity_emis.batch_id, 'emis');
    return nullif(concat_ws('; ', note,
        case when staged > latest then format('%s rows are earlier states of events that the file has again', staged - latest) end,
        case when stale > 0 then format('%s changes are not later than what is loaded', stale) end), '');
end
$$;
comment on function mo_data.publish_activity_emis(integer) is
    'Ends an EMIS load: the highest ProcessingId of an event counts, in this file and over all that were loaded; Deleted removes; '
    'events whose patient, practice or code is not linked are rejected. Called by load_finish.';

revoke all on function mo_data.activity_apply(integer, text), mo_data.stage_activity_emis(), mo_data.publish_emis_code(integer),
    mo_data.publish_activity_emis(integer) from public;
