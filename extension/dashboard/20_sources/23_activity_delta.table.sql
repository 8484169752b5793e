-- What the GP systems' own extracts need beside activity: EMIS's dictionary of codes, and events that were removed.
create table mo_data.emis_code (
    code_id bigint primary key,
    snomed_concept text collate "C",
    term text,
    processing_id bigint not null,
    batch_id integer
);
comment on table mo_data.emis_code is
    'Coding_ClinicalCode: which SNOMED concept a CodeId of an EMIS extract stands for; a delta itself, the latest row of a code counts.';
comment on column mo_data.emis_code.code_id is 'CodeId, a key of the extract only.';
comment on column mo_data.emis_code.snomed_concept is 'SNOMED CT concept id as text. Null: the code has none, and its observations cannot be used.';
comment on column mo_data.emis_code.term is 'Term.';
comment on column mo_data.emis_code.processing_id is 'ProcessingId of the change that made the row what it is.';
comment on column mo_data.emis_code.batch_id is 'The load the row came with.';

create table mo_data.activity_removed (
    source_system text not null check (source_system in ('emis', 'systmone')),
    event_id text collate "C" not null,
    processing_id bigint,
    batch_id integer,
    primary key (source_system, event_id)
);
comment on table mo_data.activity_removed is
    'Events that their system has deleted (EMIS Deleted, SystmOne RemovedData): a file that came late does not bring them back.';
comment on column mo_data.activity_removed.source_system is 'emis or systmone.';
comment on column mo_data.activity_removed.event_id is 'Identifier of the event in its source.';
comment on column mo_data.activity_removed.processing_id is 'For EMIS: ProcessingId of the deletion; a later change makes the event anew. Null elsewhere.';
comment on column mo_data.activity_removed.batch_id is 'The load that removed it.';
