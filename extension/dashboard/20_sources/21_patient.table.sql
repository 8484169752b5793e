-- Patients, where they are registered, which cohorts they are in. Ranges are half-open.
create table mo_data.patient (
    patient_key integer primary key check (patient_key > 0),
    birth_year smallint,
    sex text,
    died_on date,
    batch_id integer,
    check (birth_year between 1880 and 2200),
    check (sex in ('M', 'F', 'I', 'U'))
);
comment on table mo_data.patient is
    'One row a patient: only what figures need.';
comment on column mo_data.patient.patient_key is 'A number standing for a pseudonym made outside the database.';
comment on column mo_data.patient.birth_year is 'Year of birth. Null: not known.';
comment on column mo_data.patient.sex is 'M, F, I or U. Null: not known.';
comment on column mo_data.patient.died_on is 'Day of death. Null: alive or not known. On and after it the patient is in no cohort.';
comment on column mo_data.patient.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.registration (
    patient_key integer not null check (patient_key > 0),
    practice_code text not null,
    registered_from date,
    registered_to date,
    batch_id integer,
    check (registered_to > registered_from),
    unique nulls not distinct (patient_key, practice_code, registered_from)
);
create index registration_practice on mo_data.registration (practice_code, registered_from);
comment on table mo_data.registration is
    'Where a patient was registered and when. A null start never holds.';
comment on column mo_data.registration.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.registration.practice_code is 'Practice of registration.';
comment on column mo_data.registration.registered_from is 'First day registered. Null: not known, never holds.';
comment on column mo_data.registration.registered_to is 'First day no longer registered. Null: still registered.';
comment on column mo_data.registration.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.cohort_member (
    patient_key integer not null check (patient_key > 0),
    cohort_code text not null,
    member_from date,
    member_to date,
    left_reason text,
    interval_months integer,
    batch_id integer,
    check (member_to > member_from),
    check (left_reason in ('declined', 'end_of_life', 'no_longer_eligible', 'moved', 'died')),
    check (interval_months > 0),
    unique nulls not distinct (patient_key, cohort_code, member_from)
);
create index cohort_member_cohort on mo_data.cohort_member (cohort_code, member_from);
create index cohort_member_interval on mo_data.cohort_member (interval_months) where interval_months is not null; -- few have one of their own
comment on table mo_data.cohort_member is
    'Which patients were in which cohort and when. Declining, or reaching the end of life, ends membership.';
comment on column mo_data.cohort_member.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.cohort_member.cohort_code is 'The cohort.';
comment on column mo_data.cohort_member.member_from is 'First day in the cohort. Null: not known, never holds.';
comment on column mo_data.cohort_member.member_to is 'First day no longer in it. Null: still in it.';
comment on column mo_data.cohort_member.left_reason is 'Why it ended: declined, end_of_life, no_longer_eligible, moved, died. Null: not ended or not known.';
comment on column mo_data.cohort_member.interval_months is 'For a register: this patient''s own interval where it depends on the patient (DOAC by creatinine clearance). Null: the usual one.';
comment on column mo_data.cohort_member.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.patient_link (
    source_system text not null check (source_system in ('emis', 'systmone')),
    source_patient_id text collate "C" not null,
    patient_key integer not null check (patient_key > 0),
    batch_id integer,
    primary key (source_system, source_patient_id)
);
comment on table mo_data.patient_link is
    'Which patient a GP system''s own extract means: its pseudonym of a patient and ours. Made outside the database, with the key it does not hold.';
comment on column mo_data.patient_link.source_system is 'emis or systmone.';
comment on column mo_data.patient_link.source_patient_id is 'Pseudonym in the extract (EMIS PatientGuid, SystmOne IDPatient).';
comment on column mo_data.patient_link.patient_key is 'Patient.';
comment on column mo_data.patient_link.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.organisation_link (
    source_system text not null check (source_system in ('emis', 'systmone')),
    source_organisation_id text collate "C" not null,
    org_code text not null,
    batch_id integer,
    primary key (source_system, source_organisation_id)
);
comment on table mo_data.organisation_link is 'Which practice a GP system''s own extract means by its own identifier.';
comment on column mo_data.organisation_link.source_system is 'emis or systmone.';
comment on column mo_data.organisation_link.source_organisation_id is 'Identifier in the extract (EMIS OrganisationGuid, SystmOne IDOrganisation).';
comment on column mo_data.organisation_link.org_code is 'ODS code of the practice.';
comment on column mo_data.organisation_link.batch_id is 'The load the row came with. Null: entered by hand.';
