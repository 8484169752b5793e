-- Who wants to be told, and the letters that wait for a site's mailer.
create table mo_data.subscription (
    subscription_id integer generated always as identity primary key,
    subscriber text not null check (length(subscriber) <= 255 and btrim(subscriber) <> '' and subscriber !~ '[[:cntrl:]]'),
    org_key integer not null references mo_data.organisation_key,
    kpi_id text references mo_data.kpi,
    how text not null check (how in ('notify', 'digest')),
    is_active boolean not null default true,
    created_by text not null default session_user,
    created_at timestamptz not null default clock_timestamp(),
    unique nulls not distinct (subscriber, org_key, kpi_id, how)
);
comment on table mo_data.subscription is
    'Who is told of changes on which organisation''s page: by a notification that a program listens for, or by a digest that a mailer sends.';
comment on column mo_data.subscription.subscription_id is 'Number of the subscription.';
comment on column mo_data.subscription.subscriber is 'Who: an address or a label that the site''s mailer knows.';
comment on column mo_data.subscription.org_key is 'Organisation (organisation_key).';
comment on column mo_data.subscription.kpi_id is 'KPI. Null: all of the page.';
comment on column mo_data.subscription.how is 'notify: NOTIFY mo_dashboard; digest: a text in outbox.';
comment on column mo_data.subscription.is_active is 'In force.';
comment on column mo_data.subscription.created_by is 'Database role that made it.';
comment on column mo_data.subscription.created_at is 'When.';

create table mo_data.page_told (
    org_key integer not null references mo_data.organisation_key,
    kpi_id text not null references mo_data.kpi,
    month date,
    display_value text,
    status_label text,
    special_cause text,
    primary key (org_key, kpi_id)
);
comment on table mo_data.page_told is
    'The pages of organisations with subscriptions, as subscribers were last told or could see them: what the next refresh compares with.';
comment on column mo_data.page_told.org_key is 'Organisation.';
comment on column mo_data.page_told.kpi_id is 'KPI.';
comment on column mo_data.page_told.month is 'Month of the figure. Null: no figure.';
comment on column mo_data.page_told.display_value is 'Figure as it was printed. Null: hidden, or nothing to divide by.';
comment on column mo_data.page_told.status_label is 'Status against target.';
comment on column mo_data.page_told.special_cause is 'What stands out, as mo.special_cause says. Null: nothing, or too few months.';

create table mo_data.outbox (
    outbox_id integer generated always as identity primary key,
    subscriber text not null,
    subject text not null,
    body text not null,
    run_id integer not null references mo_data.refresh_run,
    created_at timestamptz not null default clock_timestamp(),
    attempts integer not null default 0,
    claimed_at timestamptz,
    claimed_by text,
    sent_at timestamptz,
    unique (subscriber, run_id)
);
create index outbox_unsent on mo_data.outbox (outbox_id) where sent_at is null;
comment on table mo_data.outbox is
    'Digests for a site''s mailer: outbox_claim() gives it those to send, outbox_sent() says that one went. Never deleted by the layer.';
comment on column mo_data.outbox.outbox_id is 'Number of the message.';
comment on column mo_data.outbox.subscriber is 'To whom.';
comment on column mo_data.outbox.subject is 'Subject line.';
comment on column mo_data.outbox.body is 'Text, in plain words; no figure in it that a reader of the page could not see.';
comment on column mo_data.outbox.run_id is 'The refresh it tells of.';
comment on column mo_data.outbox.created_at is 'When it was written.';
comment on column mo_data.outbox.attempts is 'How often it was given to a mailer.';
comment on column mo_data.outbox.claimed_at is 'When a mailer last took it. Null: waiting.';
comment on column mo_data.outbox.claimed_by is 'Database role of that mailer.';
comment on column mo_data.outbox.sent_at is 'When it was sent. Null: not yet.';
