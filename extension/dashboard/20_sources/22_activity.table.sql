-- Coded activity of GP systems: reviews, tests, contacts, stopped medicines.
create table mo_data.activity (
    source_system text not null,
    event_id text collate "C" not null,
    patient_key integer not null check (patient_key > 0),
    practice_code text not null,
    code text collate "C" not null,
    event_date date,
    recorded_date date,
    outcome text,
    value_number double precision,
    value_comparator text,
    value_unit text,
    staff_role text,
    linked_event_id text,
    batch_id integer,
    processing_id bigint,
    primary key (source_system, event_id),
    check (source_system in ('emis', 'systmone', 'flat')),
    check (outcome in ('attended', 'did_not_attend', 'cancelled')),
    check (value_comparator in ('<', '<=', '>', '>=', '~')),
    check (value_number between '-1e300' and '1e300')
);
create index activity_code on mo_data.activity (code, event_date) include (patient_key);
create index activity_patient on mo_data.activity (patient_key, code, event_date);
comment on table mo_data.activity is
    'One row a coded event, whichever system it came from. The event date is when it happened, the recorded date when it was entered.';
comment on column mo_data.activity.source_system is 'emis, systmone or flat.';
comment on column mo_data.activity.event_id is 'Identifier of the event in its source (ObservationGuid, RowIdentifier); a repeated one is the same event.';
comment on column mo_data.activity.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.activity.practice_code is 'Practice where it was done or recorded.';
comment on column mo_data.activity.code is 'SNOMED CT concept id as text, or LOCAL: and a site''s own code.';
comment on column mo_data.activity.event_date is 'Day it happened. Null: not known; such an event attains nothing.';
comment on column mo_data.activity.recorded_date is 'Day it was entered. Null: not known.';
comment on column mo_data.activity.outcome is 'attended, did_not_attend or cancelled for contacts. Null: not a contact.';
comment on column mo_data.activity.value_number is 'Numeric result. Null: none.';
comment on column mo_data.activity.value_comparator is '<, <=, >, >= or ~ before the result. Null: exact.';
comment on column mo_data.activity.value_unit is 'Unit of the result. Null: none.';
comment on column mo_data.activity.staff_role is 'ARRS or practice role that did it. Null: not known.';
comment on column mo_data.activity.linked_event_id is 'Event it followed from (a medicine stopped in a review). Null: none recorded.';
comment on column mo_data.activity.batch_id is 'The load the row came with. Null: entered by hand.';
comment on column mo_data.activity.processing_id is
    'For EMIS: the ProcessingId of the change that made the row what it is; an earlier change never overwrites it. Null elsewhere.';

create table mo_data.discharge (
    discharge_id text primary key,
    patient_key integer not null check (patient_key > 0),
    practice_code text not null,
    discharged_on date,
    received_on date not null,
    on_medicines boolean not null default true,
    reconciled_on date,
    reconciled_by text,
    batch_id integer,
    check (reconciled_on >= received_on)
);
create index discharge_practice on mo_data.discharge (practice_code, received_on);
comment on table mo_data.discharge is
    'Discharge letters: the seven days run from receipt by the practice, not from discharge.';
comment on column mo_data.discharge.discharge_id is 'Identifier of the letter.';
comment on column mo_data.discharge.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.discharge.practice_code is 'Practice the row belongs to.';
comment on column mo_data.discharge.discharged_on is 'Day of discharge. Null: not known.';
comment on column mo_data.discharge.received_on is 'Day the practice received the letter.';
comment on column mo_data.discharge.on_medicines is 'The patient was discharged on medicines; others are not counted.';
comment on column mo_data.discharge.reconciled_on is 'Day the medicines were reconciled. Null: not yet.';
comment on column mo_data.discharge.reconciled_by is 'Role that reconciled. Null: not known.';
comment on column mo_data.discharge.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.new_start (
    new_start_id text primary key,
    patient_key integer not null check (patient_key > 0),
    practice_code text not null,
    started_on date not null,
    class_code text not null,
    bnf_code text collate "C" not null,
    previous_issue_on date,
    batch_id integer,
    check (previous_issue_on < started_on)
);
create index new_start_practice on mo_data.new_start (practice_code, started_on);
comment on table mo_data.new_start is
    'First issues of a medicine in a class, from the GP system; prescribing data cannot show them.';
comment on column mo_data.new_start.new_start_id is 'Identifier of the start.';
comment on column mo_data.new_start.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.new_start.practice_code is 'Practice the row belongs to.';
comment on column mo_data.new_start.started_on is 'Day of the first issue.';
comment on column mo_data.new_start.class_code is 'Class of the formulary the medicine is in.';
comment on column mo_data.new_start.bnf_code is 'BNF code of the medicine started.';
comment on column mo_data.new_start.previous_issue_on is 'Last earlier issue of the class. Null: none on record.';
comment on column mo_data.new_start.batch_id is 'The load the row came with. Null: entered by hand.';
