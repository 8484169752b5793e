-- The monthly review: actions raised, taken on, carried to the next month's page, closed; the log of each
\set SHOW_CONTEXT never
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = false;
\i test/data/kpi_fixture.psql
\i test/data/return_fixture.psql
\o /dev/null
select pg_temp.make_kpi('test_flow', 'clinical_activity', 'Letters', 'percent', 'higher', 'flow', 'wilson', 10);
\o
insert into public.test_figure select 'test_flow', 'U00001', m::date, null, 50, 100 from generate_series('2025-01-01'::timestamp, '2025-04-01', '1 month') m;
select pg_temp.load(pg_temp.months('2025-01-01', '2025-02-01'));
call mo_data.refresh();
alter table mo_data.review_action alter column action_id restart;
-- raised on the page of February, the latest; of January by name
call mo_data.raise_action('U00001', ' Recall the 12 patients. ', 'A Pharmacist', '2025-03-15', 'test_flow');
call mo_data.raise_action(org_code => 'U00001', action_narrative => 'Agree who reads letters.', owner_name => 'B Manager', due_date => '9999-12-31', review_month => '2025-01-20');
call mo_data.raise_action('P00001', 'Order the audit.', 'C Partner', current_date);
create view pg_temp.page as
    select action_id as id, org_code, kpi_name, review_month, action_narrative, owner_name, due_date = current_date as due_today, state_label, is_overdue, overdue_label, months_carried, note_narrative
    from mo_dashboard.review_action;
select * from pg_temp.page order by id;
-- taken on: owner, due date, note, state; each change is logged
call mo_data.update_action(1, 'in progress', 'Letters sent');
call mo_data.update_action(1, owner_name => 'D Technician', due_date => '2025-04-30');
call mo_data.update_action(1, note => '8 of 12 have answered');
-- the next months' pages carry it on
select pg_temp.load('{2025-03-01}');
call mo_data.refresh();
select id, state_label, months_carried, owner_name from pg_temp.page order by id;
call mo_data.update_action(1, 'done');
call mo_data.update_action(3, 'dropped', 'Not needed: done last year');
select pg_temp.load('{2025-04-01}');
call mo_data.refresh();
-- what is done stays where it was done; what is open goes on; overdue only while open
select id, state_label, months_carried, is_overdue, overdue_label, note_narrative from pg_temp.page order by id;
select action_id, closed_month from mo_dashboard.review_action order by 1;
-- and may be opened again
call mo_data.update_action(1, 'open', 'Two more patients');
select id, state_label, months_carried, is_overdue, overdue_label, note_narrative from pg_temp.page where id = 1;
select action_id, change_no, changed_by = session_user as by_me, old_state, new_state, old_owner_name, new_owner_name, old_due_date, new_due_date, note_narrative
from mo_data.review_action_change where action_id = 1 order by change_no;
-- the log is kept
savepoint s;
update mo_data.review_action_change set new_state = 'done';
rollback to s;
delete from mo_data.review_action_change;
rollback to s;
-- refused, each by name
call mo_data.raise_action('U09999', 'x', 'y', '2025-12-31');
rollback to s;
call mo_data.raise_action('U00001', ' ', 'y', '2025-12-31');
rollback to s;
call mo_data.raise_action('U00001', 'x', '', '2025-12-31');
rollback to s;
call mo_data.raise_action('U00001', 'x', 'y', null);
rollback to s;
call mo_data.raise_action('U00001', 'x', 'y', 'infinity');
rollback to s;
call mo_data.raise_action('U00001', 'x', 'y', '2025-12-31', 'no_such_kpi');
rollback to s;
call mo_data.update_action(99, 'done');
rollback to s;
call mo_data.update_action(null, 'done');
rollback to s;
call mo_data.update_action(1, 'finished');
rollback to s;
call mo_data.update_action(1, 'open');
rollback to s;
call mo_data.update_action(1, owner_name => ' ');
rollback to s;
-- who may: for the PCN and its practice, not for another PCN
call mo_data.raise_action('U00002', 'Elsewhere.', 'E', '2025-12-31');
select max(action_id) as elsewhere from mo_data.review_action \gset
create role mo_regress_north login;
select mo_data.grant_reader('mo_regress_north', 'U00001');
grant usage on schema mo_data to mo_regress_north;
savepoint s;
set session authorization mo_regress_north;
select action_id from mo_dashboard.review_action order by 1;
call mo_data.update_action(1, 'done');
rollback to s;
grant execute on procedure mo_data.raise_action(text, text, text, date, text, date, integer), mo_data.update_action(integer, text, text, text, date) to mo_regress_north;
savepoint s;
set session authorization mo_regress_north;
call mo_data.update_action(:elsewhere, 'open');
rollback to s;
set session authorization mo_regress_north;
call mo_data.raise_action('U00002', 'x', 'y', '2025-12-31');
rollback to s;
set session authorization mo_regress_north;
call mo_data.update_action(1, 'done');
call mo_data.raise_action('U00001', 'A new one.', 'E', '2025-12-31');
select raised_by from mo_dashboard.review_action where action_narrative = 'A new one.';
rollback;
