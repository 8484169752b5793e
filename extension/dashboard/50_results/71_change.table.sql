-- The Changes page: what the system itself noticed, never changed afterwards.
create table mo_data.change (
    change_id integer generated always as identity primary key,
    changed_at timestamptz not null default clock_timestamp(),
    change_label text not null
        check (change_label in ('definition', 'target', 'restated figures', 'source refreshed', 'return submitted', 'reader rights', 'data removed', 'other')),
    kpi_id text,
    source text,
    org_key integer references mo_data.organisation_key,
    month date,
    old_value double precision,
    new_value double precision,
    narrative text not null,
    for_readers boolean not null default true,
    run_id integer references mo_data.refresh_run,
    noted_by text not null default session_user
);
create index change_run on mo_data.change (run_id, org_key);
comment on table mo_data.change is
    'What has changed, as the system noticed it, for ever: definitions and targets, restated figures, sources refreshed, returns submitted, rights given. '
    'Rows are only added: a trigger refuses everything else.';
comment on column mo_data.change.change_id is 'Number of the change.';
comment on column mo_data.change.changed_at is 'When it was noted: for definitions and figures, when the refresh published them.';
comment on column mo_data.change.change_label is
    'definition, target, restated figures, source refreshed, return submitted, reader rights, data removed or other.';
comment on column mo_data.change.kpi_id is 'KPI. Null: not of one KPI.';
comment on column mo_data.change.source is 'Source. Null: not of a source.';
comment on column mo_data.change.org_key is 'Organisation it is about; its readers see it. Null: everybody''s.';
comment on column mo_data.change.month is 'Month of the figure. Null: not of one month.';
comment on column mo_data.change.old_value is 'Value before, as readers could see it. Null: not a value.';
comment on column mo_data.change.new_value is 'Value after, as readers can see it. Null: not a value.';
comment on column mo_data.change.narrative is 'What changed, in a sentence.';
comment on column mo_data.change.for_readers is 'Shown on the Changes page; administrative ones are not.';
comment on column mo_data.change.run_id is 'The refresh that noted it. Null: not by a refresh.';
comment on column mo_data.change.noted_by is 'Database role in whose session it was noted.';

create table mo_data.definition (
    item text primary key,
    change_label text not null,
    kpi_id text,
    org_code text,
    label text not null,
    value text,
    members text[]
);
comment on table mo_data.definition is
    'Definitions, targets, settings, code sets and rights as they were when a refresh last looked: what it compares with to say what changed.';
comment on column mo_data.definition.item is 'What it is, as one text: kpi:incident_rate:per.';
comment on column mo_data.definition.change_label is 'Kind of change it is, as in change.';
comment on column mo_data.definition.kpi_id is 'KPI. Null: not of one KPI.';
comment on column mo_data.definition.org_code is 'Organisation it is set for. Null: everybody.';
comment on column mo_data.definition.label is 'Its name in a sentence.';
comment on column mo_data.definition.value is 'Its value as text. Null: none, or it has members.';
comment on column mo_data.definition.members is 'Its members, for a set of codes and the like. Null: it has a value.';

create table mo_data.result_was (
    kpi_id text not null,
    month date not null,
    org_key integer not null,
    value double precision not null,
    primary key (org_key, kpi_id, month)
);
comment on table mo_data.result_was is
    'Values of PCNs, ICBs and local groups that readers could see and the running refresh replaces. Empty between refreshes.';
comment on column mo_data.result_was.kpi_id is 'KPI.';
comment on column mo_data.result_was.month is 'First day of the month.';
comment on column mo_data.result_was.org_key is 'Organisation.';
comment on column mo_data.result_was.value is 'The value that was shown.';
