-- The quarterly return to the ICB: its sections, what people write in it, and every return that was submitted, kept as it was.
create table mo_data.return_section (
    section varchar(30) primary key check (section ~ '^[a-z][a-z_]{0,29}$'),
    section_sort integer not null unique,
    section_label varchar(40) not null,
    family text unique
);
comment on table mo_data.return_section is 'The sections of the quarterly return to the ICB, and the family of KPIs each reports.';
comment on column mo_data.return_section.section is 'Name of the section.';
comment on column mo_data.return_section.section_sort is 'Order of the section.';
comment on column mo_data.return_section.section_label is 'Heading of the section.';
comment on column mo_data.return_section.family is 'Family of KPIs it reports. Null: it reports the exceptions of all.';

create table mo_data.return_narrative (
    narrative_id integer generated always as identity primary key,
    org_key integer not null references mo_data.organisation_key,
    quarter_start date not null check (extract(day from quarter_start) = 1 and extract(month from quarter_start) in (1, 4, 7, 10)),
    section varchar(30) not null references mo_data.return_section,
    kpi_id varchar(40) not null default '',
    narrative text check (length(narrative) between 1 and 4000),
    written_at timestamptz not null default clock_timestamp(),
    written_by text not null
);
create index return_narrative_of on mo_data.return_narrative (org_key, quarter_start, section, kpi_id, narrative_id);
comment on table mo_data.return_narrative is
    'What people have written in a return, in place of what the system drafts. Every wording is kept; the latest one counts.';
comment on column mo_data.return_narrative.narrative_id is 'Number of the wording.';
comment on column mo_data.return_narrative.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_narrative.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_narrative.section is 'Section of the return.';
comment on column mo_data.return_narrative.kpi_id is 'KPI whose exception it is about. Empty: the section.';
comment on column mo_data.return_narrative.narrative is 'The text. Null: withdrawn, the drafted text counts again.';
comment on column mo_data.return_narrative.written_at is 'When it was written.';
comment on column mo_data.return_narrative.written_by is 'Login that wrote it.';

create table mo_data.return_submission (
    submission_id integer generated always as identity primary key,
    org_key integer not null references mo_data.organisation_key,
    quarter_start date not null check (extract(day from quarter_start) = 1 and extract(month from quarter_start) in (1, 4, 7, 10)),
    version integer not null check (version > 0),
    submitted_at timestamptz not null default clock_timestamp(),
    submitted_by text not null,
    run_id integer not null references mo_data.refresh_run,
    reopened_at timestamptz,
    reopened_by text,
    reopened_because text,
    unique (org_key, quarter_start, version),
    check (num_nulls(reopened_at, reopened_by, reopened_because) in (0, 3))
);
create unique index return_submission_standing on mo_data.return_submission (org_key, quarter_start) where reopened_at is null;
comment on table mo_data.return_submission is
    'Every return that was submitted. One stands for an organisation and quarter; one that was reopened stays, and the next is a new '
    'version.';
comment on column mo_data.return_submission.submission_id is 'Number of the submission.';
comment on column mo_data.return_submission.org_key is 'Organisation (organisation_key).';
comment on column mo_data.return_submission.quarter_start is 'First day of the quarter.';
comment on column mo_data.return_submission.version is '1 for the first submission of the quarter, one more after each reopening.';
comment on column mo_data.return_submission.submitted_at is 'When it was submitted.';
comment on column mo_data.return_submission.submitted_by is 'Login that submitted it.';
comment on column mo_data.return_submission.run_id is 'The latest refresh at that moment, whose figures it holds.';
comment on column mo_data.return_submission.reopened_at is 'When it was reopened. Null: it stands.';
comment on column mo_data.return_submission.reopened_by is 'Login that reopened it.';
comment on column mo_data.return_submission.reopened_because is 'Why it was reopened.';

create table mo_data.return_line (
    submission_id integer not null references mo_data.return_submission,
    line_code varchar(160) not null,
    section_sort integer not null,
    section_label varchar(40) not null,
    line_sort integer not null,
    line_label varchar(255) not null,
    kpi_id varchar(40),
    display_value varchar(40),
    display_target varchar(40),
    numerator double precision,
    denominator double precision,
    value double precision,
    target double precision,
    status_label varchar(20),
    line_narrative text,
    narrative_label varchar(20),
    primary key (submission_id, line_code)
);
comment on table mo_data.return_line is
    'The lines of submitted returns, as they were. Small numbers were suppressed before they came here. Rows are never changed.';
comment on column mo_data.return_line.submission_id is 'The submission.';
comment on column mo_data.return_line.line_code is
    'What the line is: the KPI, the KPI and its part, exception/ and the KPI, section/ and the section.';
comment on column mo_data.return_line.section_sort is 'Order of the section.';
comment on column mo_data.return_line.section_label is 'Heading of the section.';
comment on column mo_data.return_line.line_sort is 'Order of the line within its section.';
comment on column mo_data.return_line.line_label is 'What the line says it is about.';
comment on column mo_data.return_line.kpi_id is 'KPI. Null: the line is the text of a section.';
comment on column mo_data.return_line.display_value is 'Figure as printed.';
comment on column mo_data.return_line.display_target is 'Target as printed.';
comment on column mo_data.return_line.numerator is 'Numerator. Null: suppressed or none.';
comment on column mo_data.return_line.denominator is 'Denominator. Null: suppressed or none.';
comment on column mo_data.return_line.value is 'Value. Null: suppressed or none.';
comment on column mo_data.return_line.target is 'Target. Null: none.';
comment on column mo_data.return_line.status_label is 'Status against the target, or the reason of an exception.';
comment on column mo_data.return_line.line_narrative is 'Text of the line.';
comment on column mo_data.return_line.narrative_label is 'Whether the text was drafted or written by somebody.';
