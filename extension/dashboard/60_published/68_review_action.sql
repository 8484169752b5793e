-- The actions of the monthly review.
create or replace view mo_dashboard.review_action with (security_barrier = true) as
    select
        a.action_id::integer as action_id,
        a.org_key::integer as org_key,
        k.org_code::varchar(12) as org_code,
        k.org_name::varchar(255) as org_name,
        a.kpi_id::varchar(40) as kpi_id,
        c.name::varchar(255) as kpi_name,
        a.review_month::date as review_month,
        a.action_narrative::text as action_narrative,
        a.owner_name::varchar(100) as owner_name,
        a.due_date::date as due_date,
        a.state::varchar(20) as state_label,
        case when a.closed_month is null and a.due_date < current_date then 1 else 0 end::smallint as is_overdue,
        case when a.closed_month is not null then 'Closed' when a.due_date < current_date then 'Overdue'
            else 'Not overdue' end::varchar(20) as overdue_label,
        (a.raised_at at time zone 'Europe/London')::date as raised_on,
        (a.updated_at at time zone 'UTC')::timestamp(0) as updated_at_utc,
        greatest(12 * (extract(year from p.page_month) - extract(year from a.review_month)) + extract(month
            from p.page_month) - extract(month from a.review_month), 0)::integer
            as months_carried,
        k.org_type::varchar(10) as org_type,
        l.note_narrative::text as note_narrative,
        a.raised_by::varchar(63) as raised_by,
        a.closed_month::date as closed_month
    from mo_data.review_action a
        join mo_data.organisation_named k on k.org_key = a.org_key
        left join mo_data.kpi c on c.kpi_id = a.kpi_id
        left join mo_data.review_action_note l on l.action_id = a.action_id
        cross join lateral (select coalesce(a.closed_month, (select max(m.month) from mo_data.kpi_month m), a.review_month) as page_month) p
    where (select m.sees_all from mo_data.my_reach m) or ((select m.keys from mo_data.my_organisation_keys m))[a.org_key];
comment on view mo_dashboard.review_action is
    'One row an action agreed when a month''s page was reviewed: owner, due date, state. It is carried on to the page of each month that '
    'follows until it is done or dropped.';
comment on column mo_dashboard.review_action.action_id is 'Number of the action.';
comment on column mo_dashboard.review_action.org_key is 'Key of dim_organisation.';
comment on column mo_dashboard.review_action.org_code is 'ODS code, or the code of a site''s own group.';
comment on column mo_dashboard.review_action.org_name is 'Name of the organisation.';
comment on column mo_dashboard.review_action.kpi_id is 'Name of the KPI. Key of dim_kpi. Null: the page as a whole.';
comment on column mo_dashboard.review_action.kpi_name is 'Full name of the KPI. Null: the page as a whole.';
comment on column mo_dashboard.review_action.review_month is 'First day of the month whose page was reviewed.';
comment on column mo_dashboard.review_action.action_narrative is 'What is to be done. Narrative.';
comment on column mo_dashboard.review_action.owner_name is 'Who does it.';
comment on column mo_dashboard.review_action.due_date is 'By when.';
comment on column mo_dashboard.review_action.state_label is 'open, in progress, done or dropped.';
comment on column mo_dashboard.review_action.is_overdue is '1: not closed and past its due date; else 0.';
comment on column mo_dashboard.review_action.overdue_label is 'Overdue, Not overdue or Closed.';
comment on column mo_dashboard.review_action.raised_on is 'Day on which it was raised.';
comment on column mo_dashboard.review_action.updated_at_utc is 'When it was last changed, UTC.';
comment on column mo_dashboard.review_action.months_carried is
    'Pages it was carried on to: months from review_month to the latest published month, or to the page on which it was closed.';
comment on column mo_dashboard.review_action.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_dashboard.review_action.note_narrative is 'What was last said of it. Narrative. Null: nothing.';
comment on column mo_dashboard.review_action.raised_by is 'Login that raised it.';
comment on column mo_dashboard.review_action.closed_month is 'Month of the page on which it was done or dropped. Null: it is carried on.';
