-- Raising actions in the monthly review and taking them on.
create or replace procedure mo_data.raise_action(
    org_code text, action_narrative text, owner_name text, due_date date, kpi_id text default null, review_month date default null,
    inout action_id integer default null)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
declare
    wanted_key integer := mo_data.writable_organisation(org_code, '{practice,pcn,sub_icb,icb,region,nation,group}');
    page_month date := date_trunc('month', coalesce(review_month, (select max(m.month) from mo_data.kpi_month m), current_date)::timestamp);
begin
    if coalesce(btrim(action_narrative), '') = '' or length(action_narrative) > 4000 then
        raise exception using errcode = 'invalid_parameter_value', message = 'an action needs a text of up to 4,000 characters',
            hint = 'Say what is to be done.';
    elsif coalesce(btrim(owner_name), '') = '' or length(btrim(owner_name)) > 100 then
        raise exception using errcode = 'invalid_parameter_value', message = 'an action needs an owner of up to 100 characters',
            hint = 'Name who does it.';
    elsif due_date is null or due_date not between '1900-01-01' and '9999-12-31' or page_month not between '1900-01-01'
        and '9999-12-01' then
        raise exception using errcode = 'invalid_parameter_value', message = 'an action needs a due date',
            hint = 'Give a day, such as 2026-12-31.';
    elsif kpi_id is not null and not exists (select from mo_data.kpi k where k.kpi_id = raise_action.kpi_id) then
        raise exception using errcode = 'undefined_object', message = format('there is no KPI %s', quote_literal(kpi_id)),
            hint = 'select kpi_id from mo_dashboard.dim_kpi;';
    end if;
    insert into mo_data.review_action as a (org_key, kpi_id, review_month, action_narrative, owner_name, due_date, raised_by)
        values (wanted_key, kpi_id, page_month, btrim(action_narrative), btrim(owner_name), due_date, session_user)
        returning a.action_id into action_id;
    insert into mo_data.review_action_change (action_id, change_no, changed_by, new_state, new_owner_name, new_due_date)
        values (action_id, 1, session_user, 'open', btrim(owner_name), due_date);
end
    $$;
revoke all on procedure mo_data.raise_action(text, text, text, date, text, date, integer) from public;
comment on procedure mo_data.raise_action(text, text, text, date, text, date, integer) is
    'Raises an action of the monthly review: for an organisation the login sees, what is to be done, by whom and by when, for a KPI or '
    '(null) the page as a whole; review_month is the month of the '
    'page that was reviewed, the latest published one when null. Gives back action_id. Runs with the rights of the layer''s owner; nobody '
    'may call it until it is granted.';

create or replace procedure mo_data.update_action(
    action_id integer, state text default null, note text default null, owner_name text default null, due_date date default null)
    language plpgsql security definer
    set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
declare
    was record;
    next_state text;
    next_owner varchar(100);
    next_due date;
begin
    select a.action_id, a.org_key, a.state, a.owner_name, a.due_date into was
        from mo_data.review_action a where a.action_id = update_action.action_id for update;
    if not found or not coalesce((select m.sees_all from mo_data.my_reach m), false)
        and not exists (select from mo_data.my_organisation m where m.org_key = was.org_key) then
        raise exception using errcode = 'undefined_object',
            message = format('there is no action %s', coalesce(update_action.action_id::text, 'null')),
            hint = 'mo_dashboard.review_action lists the actions of the organisations that the login sees.';
    end if;
    next_state := coalesce(update_action.state, was.state);
    if next_state not in ('open', 'in progress', 'done', 'dropped') then
        raise exception using errcode = 'invalid_parameter_value', message = format('an action cannot be %s', quote_literal(next_state)),
            hint = 'It is open, in progress, done or dropped.';
    elsif length(btrim(update_action.owner_name)) not between 1 and 100 or update_action.due_date not between '1900-01-01' and '9999-12-31'
        or length(update_action.note) > 4000 then
        raise exception using errcode = 'invalid_parameter_value', message = 'the owner, due date or note of an action is out of range',
            hint = 'An owner has 1 to 100 characters, a note up to 4,000, a due date is a day between 1900 and 9999.';
    end if;
    next_owner := coalesce(btrim(update_action.owner_name), was.owner_name);
    next_due := coalesce(update_action.due_date, was.due_date);
    if (next_state, next_owner, next_due) is not distinct from (was.state, was.owner_name, was.due_date)
        and nullif(btrim(update_action.note), '') is null then
        raise exception using errcode = 'invalid_parameter_value', message = format('nothing of action %s would change', was.action_id),
            hint = 'Give a new state, owner or due date, or a note.';
    end if;
    update mo_data.review_action a
        set state = next_state, owner_name = next_owner, due_date = next_due, updated_at = clock_timestamp(),
            closed_month = case when next_state in ('done', 'dropped')
                then coalesce(a.closed_month, greatest(a.review_month, (select max(m.month) from mo_data.kpi_month m))) end
        where a.action_id = was.action_id;
    insert into mo_data.review_action_change (
        action_id, change_no, changed_by, old_state, new_state, old_owner_name, new_owner_name, old_due_date, new_due_date, note_narrative)
    select was.action_id, max(c.change_no) + 1, session_user, was.state, next_state, was.owner_name, next_owner, was.due_date, next_due,
        nullif(btrim(update_action.note), '')
    from mo_data.review_action_change c where c.action_id = was.action_id;
end
    $$;
revoke all on procedure mo_data.update_action(integer, text, text, text, date) from public;
comment on procedure mo_data.update_action(integer, text, text, text, date) is
    'Takes an action on: a new state (open, in progress, done, dropped), owner or due date, or a note; nulls leave things as they are. '
    'Every change is logged with who and when. Done and dropped '
    'actions can be opened again. Runs with the rights of the layer''s owner; nobody may call it until it is granted.';

create or replace view mo_data.review_action_note as
    select distinct on (c.action_id) c.action_id, c.note_narrative
    from mo_data.review_action_change c where c.note_narrative is not null
    order by c.action_id, c.change_no desc;
comment on view mo_data.review_action_note is 'The last note on each action that has one.';
comment on column mo_data.review_action_note.action_id is 'The action.';
comment on column mo_data.review_action_note.note_narrative is 'The note.';
