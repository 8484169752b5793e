-- MHRA and national patient safety alerts, their windows, and what practices did.
create table mo_data.alert (
    alert_ref text primary key,
    alert_class text not null,
    title text not null,
    issued_at timestamptz,
    deadline_at timestamptz,
    batch_id integer
);
comment on table mo_data.alert is
    'One row an alert.';
comment on column mo_data.alert.alert_ref is 'Reference of the alert, such as EL(26)A/01.';
comment on column mo_data.alert.alert_class is 'Class: 1, 2, 3, 4, NATPSA, CLMR, CLMN, DSU.';
comment on column mo_data.alert.title is 'Title.';
comment on column mo_data.alert.issued_at is 'Time of issue. Null: not known; the alert is then in no summary.';
comment on column mo_data.alert.deadline_at is 'Deadline the alert itself carries. Null: the window of its class.';
comment on column mo_data.alert.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.alert_window (
    alert_class text not null,
    valid_from date not null default date '1900-01-01',
    window_value integer,
    window_unit text,
    in_kpi boolean not null default false,
    status text not null,
    source text,
    batch_id integer,
    primary key (alert_class, valid_from),
    check (window_value >= 0),
    check (window_unit in ('hours', 'days', 'working_days')),
    check ((window_value is null) = (window_unit is null)),
    check (status in ('confirmed', 'secondary', 'not_confirmed', 'local'))
);
comment on table mo_data.alert_window is
    'How long a class allows, and whether it is in the KPI. Both are local decisions where the guide is silent.';
comment on column mo_data.alert_window.alert_class is 'Class of alert.';
comment on column mo_data.alert_window.valid_from is 'First London day of issue the window is for.';
comment on column mo_data.alert_window.window_value is 'How many units. Null: none; an alert of the class is due only when it carries its own deadline.';
comment on column mo_data.alert_window.window_unit is 'hours, days or working_days. Null: no window.';
comment on column mo_data.alert_window.in_kpi is 'Counted in alert_closure_in_window.';
comment on column mo_data.alert_window.status is 'confirmed, secondary, not_confirmed or local.';
comment on column mo_data.alert_window.source is 'Where the window is known from. Null: not said.';
comment on column mo_data.alert_window.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.alert_action (
    alert_ref text not null,
    practice_code text not null,
    received_at timestamptz,
    closed_at timestamptz,
    outcome text,
    owner_role text,
    batch_id integer,
    check (outcome in ('done', 'not_applicable')),
    unique nulls not distinct (alert_ref, practice_code, closed_at)
);
create index alert_action_practice on mo_data.alert_action (practice_code, alert_ref);
create index alert_action_closed on mo_data.alert_action using brin (closed_at); -- logs are kept by alert: what was closed lately is in few places
comment on table mo_data.alert_action is
    'What a practice''s log says of an alert: one row a practice and alert it applies to, more when it was closed more than once.';
comment on column mo_data.alert_action.alert_ref is 'The alert.';
comment on column mo_data.alert_action.practice_code is 'Practice the row belongs to.';
comment on column mo_data.alert_action.received_at is 'When the practice received it. Null: not known.';
comment on column mo_data.alert_action.closed_at is 'When it was closed. Null: open.';
comment on column mo_data.alert_action.outcome is 'done or not_applicable (which has to be closed too). Null: open.';
comment on column mo_data.alert_action.owner_role is 'Who owns it. Null: nobody yet.';
comment on column mo_data.alert_action.batch_id is 'The load the row came with. Null: entered by hand.';
