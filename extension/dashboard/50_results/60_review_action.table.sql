-- Actions agreed in the monthly review, and how each went on.
create table mo_data.review_action (
    action_id integer generated always as identity primary key,
    org_key integer not null references mo_data.organisation_key,
    kpi_id text references mo_data.kpi,
    review_month date not null check (extract(day from review_month) = 1),
    action_narrative text not null check (length(action_narrative) between 1 and 4000),
    owner_name varchar(100) not null check (owner_name <> ''),
    due_date date not null check (due_date between '1900-01-01' and '9999-12-31'),
    state text not null default 'open' check (state in ('open', 'in progress', 'done', 'dropped')),
    closed_month date check (extract(day from closed_month) = 1),
    raised_at timestamptz not null default clock_timestamp(),
    raised_by text not null,
    updated_at timestamptz not null default clock_timestamp(),
    check ((state in ('done', 'dropped')) = (closed_month is not null))
);
create index review_action_organisation on mo_data.review_action (org_key, state);
comment on table mo_data.review_action is
    'Actions agreed when a month''s page was reviewed. An action stays on the pages of the months that follow until it is done or dropped.';
comment on column mo_data.review_action.action_id is 'Number of the action.';
comment on column mo_data.review_action.org_key is 'Organisation (organisation_key).';
comment on column mo_data.review_action.kpi_id is 'KPI it is about. Null: the page as a whole.';
comment on column mo_data.review_action.review_month is 'First day of the month whose page was reviewed.';
comment on column mo_data.review_action.action_narrative is 'What is to be done.';
comment on column mo_data.review_action.owner_name is 'Who does it.';
comment on column mo_data.review_action.due_date is 'By when.';
comment on column mo_data.review_action.state is 'open, in progress, done or dropped.';
comment on column mo_data.review_action.closed_month is 'Month of the page on which it was done or dropped. Null: it is still carried on.';
comment on column mo_data.review_action.raised_at is 'When it was raised.';
comment on column mo_data.review_action.raised_by is 'Login that raised it.';
comment on column mo_data.review_action.updated_at is 'When it was last changed.';

create table mo_data.review_action_change (
    action_id integer not null references mo_data.review_action,
    change_no integer not null check (change_no > 0),
    changed_at timestamptz not null default clock_timestamp(),
    changed_by text not null,
    old_state text,
    new_state text not null,
    old_owner_name varchar(100),
    new_owner_name varchar(100) not null,
    old_due_date date,
    new_due_date date not null,
    note_narrative text check (length(note_narrative) between 1 and 4000),
    primary key (action_id, change_no)
);
comment on table mo_data.review_action_change is 'The log of each action: how it was raised, and every change. Rows are never changed.';
comment on column mo_data.review_action_change.action_id is 'The action.';
comment on column mo_data.review_action_change.change_no is '1 when it was raised, one more for each change.';
comment on column mo_data.review_action_change.changed_at is 'When.';
comment on column mo_data.review_action_change.changed_by is 'Login that did it.';
comment on column mo_data.review_action_change.old_state is 'State before. Null: the action was raised.';
comment on column mo_data.review_action_change.new_state is 'State after.';
comment on column mo_data.review_action_change.old_owner_name is 'Owner before. Null: the action was raised.';
comment on column mo_data.review_action_change.new_owner_name is 'Owner after.';
comment on column mo_data.review_action_change.old_due_date is 'Due date before. Null: the action was raised.';
comment on column mo_data.review_action_change.new_due_date is 'Due date after.';
comment on column mo_data.review_action_change.note_narrative is 'What was said of the change. Null: nothing.';
