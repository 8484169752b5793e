-- Sets of events that refreshes keep: never other than the rows, whatever was done to these; and kept where nothing was
\set VERBOSITY terse
begin;
set local client_min_messages = warning;
set local datestyle = 'ISO';
set local timezone = 'Europe/London';
-- two codes that are kept: of reviews and of a test
create table pg_temp.code as
    select (select min(s.code) from mo_data.code_set s join mo_data.cohort k on k.attained_by = s.code_set and k.kind = 'smr' and k.is_on where s.is_on) as review,
        (select min(s.code) from mo_data.code_set s where s.code_set = 'UE' and s.is_on) as test;
create view pg_temp.event as
    select a.code, mo.month_start(a.event_date) as month, a.patient_key as patient, a.event_date as day
    from mo_data.activity a, pg_temp.code c
    where a.code in (c.review, c.test) and coalesce(a.outcome, 'attended') = 'attended' and a.event_date between '2011-01-01' and '2011-12-31';
create view pg_temp.given as
    select s.code, s.month, u.patient, u.day
    from pg_temp.code c cross join lateral mo_data.event_month_sets(array[c.review, c.test], '2011-01-20', '2011-12-01') s
        cross join lateral unnest(s.patients, s.days) u (patient, day);
-- months whose sets are kept, and how many events are not those of the rows
create view pg_temp.state as
    select array(select to_char(m, 'Mon') from pg_temp.code c, unnest(mo_data.event_months_kept(array[c.review, c.test], '2011-01-01', '2011-12-01')) m order by m) as kept,
        (select count(*) from pg_temp.given) as events,
        (select count(*) from ((table pg_temp.event except all table pg_temp.given) union all (table pg_temp.given except all table pg_temp.event)) d) as differences;
create function pg_temp.keep() returns setof pg_temp.state language plpgsql as $$
begin perform mo_data.event_month_keep('2011-01-01', '2011-03-01'); return query table pg_temp.state; end $$;
create function pg_temp.fill(prefix text, month date, n integer) returns void language sql as $$
    insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome)
    select 'flat', prefix || i, 1 + i % 5, 'A00001', case when i % 2 = 0 then c.review else c.test end, month + i % 28,
        (array['attended', 'did_not_attend', 'cancelled', null, null])[1 + i % 5]
    from pg_temp.code c, generate_series(1, n) i
$$;
select mo_data.activity_is_watched();
select pg_temp.fill('a' || m::date, m::date, 40) from generate_series('2011-01-01'::timestamp, '2011-03-01', '1 month') m;
table pg_temp.state;
select * from pg_temp.keep();
-- again: nothing is read
select mo_data.event_month_keep('2011-01-01', '2011-03-01') as written;
-- events of one month more, changed, moved to another month, taken away
select pg_temp.fill('b', '2011-02-01', 9);
table pg_temp.state;
select * from pg_temp.keep();
update mo_data.activity set outcome = 'cancelled' where event_id = 'a2011-01-014';
table pg_temp.state;
select * from pg_temp.keep();
update mo_data.activity set event_date = '2011-03-31' where event_id = 'b8';
table pg_temp.state;
select * from pg_temp.keep();
delete from mo_data.activity where event_id like 'b%';
table pg_temp.state;
select * from pg_temp.keep();
-- an event without a day, and one of another code, change nothing that is kept of other months
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date) values ('flat', 'c1', 1, 'A00001', 'LOCAL:X', null),
    ('flat', 'c2', 1, 'A00001', 'LOCAL:X', 'infinity'), ('flat', 'c3', 1, 'A00001', 'LOCAL:X', '2012-01-01');
table pg_temp.state;
-- a code switched on is not among what was kept
insert into mo_data.code_set (code_set, code, term, status, is_on) values ('UE', 'LOCAL:X', 'another test', 'local', true);
select mo_data.event_months_kept('{LOCAL:X}', '2011-01-01', '2011-12-01');
select count(*) > 0 as made_again from (select mo_data.event_month_keep('2011-01-01', '2011-03-01') as n) w where n > 0;
select cardinality(mo_data.event_months_kept('{LOCAL:X}', '2011-01-01', '2011-12-01'));
-- with triggers switched off nothing is taken on trust
alter table mo_data.activity disable trigger activity_inserted;
table pg_temp.state;
alter table mo_data.activity enable always trigger activity_inserted;
set local session_replication_role = replica;
select pg_temp.fill('d', '2011-01-01', 3);
set local session_replication_role = origin;
table pg_temp.state;
select * from pg_temp.keep();
-- a rewritten file is another; nor does anything stay of an emptied table
alter table mo_data.activity set unlogged;
table pg_temp.state;
select * from pg_temp.keep();
truncate mo_data.activity;
table pg_temp.state;
-- without triggers, as on Citus, none are kept
select mo_data.activity_unwatch();
select pg_temp.fill('e', '2011-01-01', 4);
select * from pg_temp.keep();
select mo_data.activity_watch();
select * from pg_temp.keep();
rollback;
