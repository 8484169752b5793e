-- Who sees which organisations: data, not policies, so that it is dumped, audited, and read by the generated Power BI model.
create table mo_data.access_scope (
    role_name name not null,
    org_code varchar(12),
    may_open_records boolean not null default false,
    sees_unsuppressed boolean not null default false,
    granted_by text not null default session_user,
    granted_at timestamptz not null default now(),
    unique nulls not distinct (role_name, org_code)
);
comment on table mo_data.access_scope is
    'What each role may see: an organisation with everything that belongs to it, or, without a code, every organisation. A login has the rows '
    'of every role it is a member of.';
comment on column mo_data.access_scope.role_name is 'Role of the server, a login or a group.';
comment on column mo_data.access_scope.org_code is 'Organisation or local group whose figures it sees, with those of all that belongs to it now. Null: all organisations.';
comment on column mo_data.access_scope.may_open_records is 'It may open the records behind its figures, patient by patient.';
comment on column mo_data.access_scope.sees_unsuppressed is 'It sees small numbers of its organisations, which others see as suppressed.';
comment on column mo_data.access_scope.granted_by is 'Who gave it.';
comment on column mo_data.access_scope.granted_at is 'When.';

create table mo_data.access_key (
    role_name name not null,
    org_key integer not null references mo_data.organisation_key,
    may_open_records boolean not null,
    sees_unsuppressed boolean not null,
    primary key (role_name, org_key)
);
comment on table mo_data.access_key is 'access_scope spelt out: one row a role and organisation. Derived by access_key_sync().';
comment on column mo_data.access_key.role_name is 'Role.';
comment on column mo_data.access_key.org_key is 'Organisation it sees.';
comment on column mo_data.access_key.may_open_records is 'It may open its records.';
comment on column mo_data.access_key.sees_unsuppressed is 'It sees its small numbers.';

create table mo_data.record_access_log (
    access_id bigint generated always as identity primary key,
    opened_at timestamptz not null default clock_timestamp(),
    login_name name not null default session_user,
    what text not null check (what in ('records', 'worklist')),
    kpi_id text not null,
    org_code text not null,
    day date not null,
    records integer not null,
    application_name text,
    client_address inet
);
create index record_access_log_login on mo_data.record_access_log (login_name, opened_at);
comment on table mo_data.record_access_log is
    'Who opened which records when, one row a call of mo_data.open_kpi_record or open_worklist. What is rolled back is not here; the '
    'server''s own log has a line of every call.';
comment on column mo_data.record_access_log.access_id is 'Number of the row.';
comment on column mo_data.record_access_log.opened_at is 'When.';
comment on column mo_data.record_access_log.login_name is 'The login.';
comment on column mo_data.record_access_log.what is 'records (behind a figure) or worklist.';
comment on column mo_data.record_access_log.kpi_id is 'KPI.';
comment on column mo_data.record_access_log.org_code is 'Organisation it was asked for.';
comment on column mo_data.record_access_log.day is 'First day of the figure''s month; the day of the worklist.';
comment on column mo_data.record_access_log.records is 'How many records were returned.';
comment on column mo_data.record_access_log.application_name is 'Program, as it called itself.';
comment on column mo_data.record_access_log.client_address is 'Where from. Null: on the server itself.';
