-- The workforce record and the supervision log. Staff are numbers, never names.
create table mo_data.arrs_role (
    role_code text primary key,
    role text not null,
    status text not null,
    is_on boolean not null default true,
    batch_id integer
);
comment on table mo_data.arrs_role is
    'Roles of the Additional Roles Reimbursement Scheme: data, for the list changes.';
comment on column mo_data.arrs_role.role_code is 'Code of the role.';
comment on column mo_data.arrs_role.role is 'Name of the role.';
comment on column mo_data.arrs_role.status is 'How sure the list is.';
comment on column mo_data.arrs_role.is_on is 'Counted as an ARRS role.';
comment on column mo_data.arrs_role.batch_id is 'The load the row came with. Null: shipped or entered by hand.';

create table mo_data.staff (
    staff_key integer primary key,
    is_independent_prescriber boolean,
    batch_id integer
);
comment on table mo_data.staff is
    'People of the networks'' teams, as numbers.';
comment on column mo_data.staff.staff_key is 'A number standing for a person.';
comment on column mo_data.staff.is_independent_prescriber is 'Holds an independent prescribing qualification. Null: not known.';
comment on column mo_data.staff.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.staff_post (
    post_id text primary key,
    staff_key integer,
    role_code text not null,
    org_code text not null,
    post_from date not null,
    post_to date,
    fte double precision,
    batch_id integer,
    check (post_to > post_from),
    check (fte > 0 and fte <= 2)
);
create index staff_post_org on mo_data.staff_post (org_code, post_from);
comment on table mo_data.staff_post is
    'Posts and who holds them. A post nobody holds is vacant and in no denominator.';
comment on column mo_data.staff_post.post_id is 'Identifier of the post-holding.';
comment on column mo_data.staff_post.staff_key is 'Who holds it. Null: vacant.';
comment on column mo_data.staff_post.role_code is 'ARRS role.';
comment on column mo_data.staff_post.org_code is 'PCN or practice the post belongs to.';
comment on column mo_data.staff_post.post_from is 'First day in post.';
comment on column mo_data.staff_post.post_to is 'First day no longer in post. Null: still in post.';
comment on column mo_data.staff_post.fte is 'Full-time equivalent. Null: not known.';
comment on column mo_data.staff_post.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.staff_leave (
    staff_key integer not null,
    leave_from date not null,
    leave_to date,
    batch_id integer,
    primary key (staff_key, leave_from),
    check (leave_to > leave_from)
);
comment on table mo_data.staff_leave is
    'Long leave (parental, sickness): people on leave are not expected to have supervision, and are left out.';
comment on column mo_data.staff_leave.staff_key is 'Who.';
comment on column mo_data.staff_leave.leave_from is 'First day of leave.';
comment on column mo_data.staff_leave.leave_to is 'First day back. Null: not known yet.';
comment on column mo_data.staff_leave.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.supervision (
    supervision_id text primary key,
    staff_key integer not null,
    held_on date not null,
    supervisor_role text,
    kind text not null default 'clinical',
    batch_id integer,
    check (kind in ('clinical', 'educational', 'managerial'))
);
create index supervision_staff on mo_data.supervision (staff_key, held_on);
comment on table mo_data.supervision is
    'The supervision log: one row a session held.';
comment on column mo_data.supervision.supervision_id is 'Identifier of the session.';
comment on column mo_data.supervision.staff_key is 'Who was supervised.';
comment on column mo_data.supervision.held_on is 'Day it was held.';
comment on column mo_data.supervision.supervisor_role is 'Role of the supervisor. Null: not known.';
comment on column mo_data.supervision.kind is 'clinical, educational or managerial.';
comment on column mo_data.supervision.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.supervision_requirement (
    requirement_id text primary key,
    role_code text,
    staff_key integer,
    interval_days integer not null,
    valid_from date not null default date '1900-01-01',
    valid_to date,
    batch_id integer,
    check (interval_days > 0),
    check (valid_to > valid_from)
);
comment on table mo_data.supervision_requirement is
    'How often supervision is due, by role or person; a local decision with dates.';
comment on column mo_data.supervision_requirement.requirement_id is 'Identifier of the rule.';
comment on column mo_data.supervision_requirement.role_code is 'Role the rule is for. Null: any.';
comment on column mo_data.supervision_requirement.staff_key is 'Person the rule is for; goes before the roles. Null: the whole role.';
comment on column mo_data.supervision_requirement.interval_days is 'Days a session stays in date.';
comment on column mo_data.supervision_requirement.valid_from is 'First day the rule holds.';
comment on column mo_data.supervision_requirement.valid_to is 'First day it no longer holds. Null: open.';
comment on column mo_data.supervision_requirement.batch_id is 'The load the row came with. Null: entered by hand.';

create table mo_data.scope_of_practice (
    scope_id text primary key,
    staff_key integer not null,
    reviewed_on date not null,
    valid_to date not null,
    batch_id integer,
    check (valid_to > reviewed_on)
);
create index scope_of_practice_staff on mo_data.scope_of_practice (staff_key, reviewed_on);
comment on table mo_data.scope_of_practice is
    'Reviews of each person''s scope of practice.';
comment on column mo_data.scope_of_practice.scope_id is 'Identifier of the review.';
comment on column mo_data.scope_of_practice.staff_key is 'Whose scope.';
comment on column mo_data.scope_of_practice.reviewed_on is 'Day it was reviewed.';
comment on column mo_data.scope_of_practice.valid_to is 'First day it is no longer in date.';
comment on column mo_data.scope_of_practice.batch_id is 'The load the row came with. Null: entered by hand.';
