-- PINCER outputs, the register of significant events, incidents, the culture audit.
create table mo_data.pincer_hazard (
    hazard_id text primary key,
    patient_key integer not null check (patient_key > 0),
    practice_code text not null,
    indicator_code text not null,
    flagged_on date not null,
    reviewed_on date,
    outcome text,
    batch_id integer,
    check (reviewed_on >= flagged_on),
    check (outcome in ('changed', 'justified', 'no_action', 'declined')),
    check ((reviewed_on is null) = (outcome is null))
);
create index pincer_hazard_practice on mo_data.pincer_hazard (practice_code, reviewed_on);
comment on table mo_data.pincer_hazard is
    'A patient and indicator flagged by a PINCER search, and what its review came to.';
comment on column mo_data.pincer_hazard.hazard_id is 'Identifier of the flag.';
comment on column mo_data.pincer_hazard.patient_key is 'Patient: a number standing for a pseudonym made outside the database.';
comment on column mo_data.pincer_hazard.practice_code is 'Practice the row belongs to.';
comment on column mo_data.pincer_hazard.indicator_code is 'PINCER indicator.';
comment on column mo_data.pincer_hazard.flagged_on is 'Day of the search that first flagged it.';
comment on column mo_data.pincer_hazard.reviewed_on is 'Day it was reviewed. Null: not yet.';
comment on column mo_data.pincer_hazard.outcome is 'changed, justified, no_action or declined. Null: not reviewed.';
comment on column mo_data.pincer_hazard.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.pincer_indicator (
    indicator_code text primary key,
    primis_id text,
    family text not null,
    title text not null,
    batch_id integer
);
comment on table mo_data.pincer_indicator is
    'The PINCER indicators: hazards, so higher is worse.';
comment on column mo_data.pincer_indicator.indicator_code is 'Code of the indicator.';
comment on column mo_data.pincer_indicator.primis_id is 'PRIMIS identifier.';
comment on column mo_data.pincer_indicator.family is 'Group of indicators.';
comment on column mo_data.pincer_indicator.title is 'What is hazardous.';
comment on column mo_data.pincer_indicator.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.significant_event (
    event_id text primary key,
    practice_code text not null,
    occurred_on date,
    raised_on date not null,
    completed_on date,
    harm_physical text,
    harm_psychological text,
    batch_id integer,
    check (completed_on >= raised_on),
    check (harm_physical in ('fatal', 'severe', 'moderate', 'low', 'none')),
    check (harm_psychological in ('severe', 'moderate', 'low', 'none'))
);
create index significant_event_practice on mo_data.significant_event (practice_code, raised_on);
comment on table mo_data.significant_event is
    'The register of significant events: raised and completed are two dates.';
comment on column mo_data.significant_event.event_id is 'Identifier of the event.';
comment on column mo_data.significant_event.practice_code is 'Practice, or PCN where the network itself raised it.';
comment on column mo_data.significant_event.occurred_on is 'Day it happened. Null: not known.';
comment on column mo_data.significant_event.raised_on is 'Day it was raised.';
comment on column mo_data.significant_event.completed_on is 'Day its analysis was completed. Null: open.';
comment on column mo_data.significant_event.harm_physical is 'fatal, severe, moderate, low or none (LFPSE). Null: not assessed.';
comment on column mo_data.significant_event.harm_psychological is 'severe, moderate, low or none (LFPSE). Null: not assessed.';
comment on column mo_data.significant_event.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.sea_theme (
    theme_code text primary key,
    label text not null,
    parent_label text,
    origin text not null,
    batch_id integer
);
comment on table mo_data.sea_theme is
    'Themes of significant events: LFPSE medication codes, and local ones.';
comment on column mo_data.sea_theme.theme_code is 'Code of the theme.';
comment on column mo_data.sea_theme.label is 'What it means.';
comment on column mo_data.sea_theme.parent_label is 'What it is a part of. Null: top level.';
comment on column mo_data.sea_theme.origin is 'LFPSE or local.';
comment on column mo_data.sea_theme.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.significant_event_theme (
    event_id text not null,
    theme_code text not null,
    batch_id integer,
    primary key (event_id, theme_code)
);
comment on table mo_data.significant_event_theme is
    'Themes of each significant event; an event may have several.';
comment on column mo_data.significant_event_theme.event_id is 'The event.';
comment on column mo_data.significant_event_theme.theme_code is 'The theme.';
comment on column mo_data.significant_event_theme.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.incident (
    incident_id text primary key,
    practice_code text not null,
    occurred_on date not null,
    reported_on date,
    category text,
    harm_physical text,
    batch_id integer,
    check (reported_on >= occurred_on),
    check (harm_physical in ('fatal', 'severe', 'moderate', 'low', 'none'))
);
create index incident_practice on mo_data.incident (practice_code, occurred_on);
comment on table mo_data.incident is
    'Prescribing safety incidents. Low may mean poor reporting.';
comment on column mo_data.incident.incident_id is 'Identifier of the incident.';
comment on column mo_data.incident.practice_code is 'Practice, or PCN where the network itself raised it.';
comment on column mo_data.incident.occurred_on is 'Day it happened.';
comment on column mo_data.incident.reported_on is 'Day it was reported. Null: not known.';
comment on column mo_data.incident.category is 'Category as logged. Null: not given.';
comment on column mo_data.incident.harm_physical is 'fatal, severe, moderate, low or none. Null: not assessed.';
comment on column mo_data.incident.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.culture_audit (
    audit_id text primary key,
    practice_code text not null,
    audited_on date not null,
    tool text not null,
    score double precision not null,
    maximum double precision not null,
    respondents integer,
    batch_id integer,
    check (score >= 0 and score <= maximum and maximum > 0 and maximum < 'infinity'),
    check (respondents >= 0)
);
create index culture_audit_practice on mo_data.culture_audit (practice_code, audited_on);
comment on table mo_data.culture_audit is
    'Scores of the annual prescribing safety culture audit.';
comment on column mo_data.culture_audit.audit_id is 'Identifier of the audit.';
comment on column mo_data.culture_audit.practice_code is 'Practice, or PCN where the network itself raised it.';
comment on column mo_data.culture_audit.audited_on is 'Day of the audit.';
comment on column mo_data.culture_audit.tool is 'Which questionnaire; scores of different tools are not comparable.';
comment on column mo_data.culture_audit.score is 'Points scored.';
comment on column mo_data.culture_audit.maximum is 'Points possible.';
comment on column mo_data.culture_audit.respondents is 'People who answered. Null: not known.';
comment on column mo_data.culture_audit.batch_id is 'The load the row came with. Null: entered by hand.';
