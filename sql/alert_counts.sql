-- Practices times alerts, counted in one pass
set datestyle = iso;
set timezone = 'UTC';
-- by group, month of issue in London, and class
create table practice (practice_no int, pcn_no int);
insert into practice values (1, 7), (2, -3), (3, 7), (4, null);
create table alert (alert_no int, class_no int, issued timestamptz, deadline timestamptz);
insert into alert values
    (1, 2, '2026-03-31 22:59+00', '2026-04-02'), (2, 2, '2026-03-31 23:00+00', '2026-04-02'), (3, 1, '2026-04-29', '2026-05-02'),
    (4, 1, '2026-05-02', '2026-05-04'), (5, 1, null, null), (6, null, '2026-04-10', '2026-04-12'), (7, 1, '2026-04-10', null);
create table practice_alert (practice_no int, alert_no int, closed timestamptz);
insert into practice_alert values
    (1, 1, '2026-04-01'), (3, 1, '2026-04-03'), (1, 2, '2026-04-02'), (3, 2, null), (2, 2, '2026-03-01'), (1, 3, null), (3, 3, '2026-05-02'), (4, 1, null),
    (1, 4, null), (1, 5, '2026-04-01'), (1, 6, null), (1, 7, null), (2, 7, '2026-04-01'), (null, 1, null), (1, null, null);
create view dimensions as
    select mo.alert_closure_dimensions(
        practice_group => (select array_agg(pcn_no order by practice_no) from practice),
        alert_class => array_agg(class_no order by alert_no), alert_issued => array_agg(issued order by alert_no),
        alert_deadline => array_agg(deadline order by alert_no), as_at => '2026-05-01') as packed
    from alert;
select t.*, closed_in_window + closed_late + open_overdue as due
from mo.alert_closure_table((
    select mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from dimensions)) from practice_alert)) t;
select mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from dimensions)) from practice_alert;
select mo.alert_closure_counts(practice_no, alert_no, closed, (select packed from dimensions)) as no_rows from practice_alert where false;
select mo.alert_closure_counts(null, null, null, null) as all_null from practice_alert;
select count(*) from mo.alert_closure_table('{}');
select count(*) from mo.alert_closure_table(null);
-- dimensions of nothing; dimensions that are toasted
select mo.alert_closure_counts(null, 1, null, mo.alert_closure_dimensions('{}', '{}', '{}', '{}', '2026-05-01')) as nothing;
create table toasted as
    select mo.alert_closure_dimensions(array_agg(i), array_agg(i), array_agg(timestamptz '2026-04-01' + i * interval '1 hour'),
        array_agg(timestamptz '2026-04-02' + i * interval '1 hour'), '2026-05-01') as packed from generate_series(1, 2000) i;
select count(*), sum(open_overdue), min(month), max(month) from mo.alert_closure_table((
    select mo.alert_closure_counts(1 + i % 2000, 1 + i * 7 % 300, null, packed) from toasted, generate_series(1, 500) i));
drop table toasted;
-- refused
select mo.alert_closure_dimensions('{{1}}', '{1}', '{2026-01-01}', '{2026-01-02}', '2026-01-03');
select mo.alert_closure_dimensions('[0:0]={1}', '{1}', '{2026-01-01}', '{2026-01-02}', '2026-01-03');
select mo.alert_closure_dimensions('{1}', '{1,2}', '{2026-01-01}', '{2026-01-02}', '2026-01-03');
select mo.alert_closure_dimensions('{1}', '{1}', '{infinity}', '{2026-01-02}', '2026-01-03');
select mo.alert_closure_dimensions('{1}', '{1}', '{2026-01-01}', '{2026-01-02}', 'infinity');
create table packed as select mo.alert_closure_dimensions('{1}', '{1}', '{2026-01-01}', '{2026-01-02}', '2026-01-03') as one,
    mo.alert_closure_dimensions('{2}', '{1}', '{2026-01-01}', '{2026-01-02}', '2026-01-03') as two,
    mo.alert_closure_dimensions(array(select generate_series(1, 20000)), array(select generate_series(1, 20000)), array_fill('2026-01-01'::timestamptz, '{20000}'), array_fill('2026-01-02'::timestamptz, '{20000}'), '2026-01-03') as huge;
select mo.alert_closure_counts(2, 1, null, one) from packed;
select mo.alert_closure_counts(1, 0, null, one) from packed;
select mo.alert_closure_counts(1, 1, 'infinity', one) from packed;
select mo.alert_closure_counts(1, 1, null, case when i = 1 then one else two end) from packed, generate_series(1, 2) i;
select mo.alert_closure_counts(1, 1, null, huge) from packed;
select mo.alert_closure_counts(1, 1, null, '{1,2,3}');
select mo.alert_closure_counts(1, 1, null, '{}');
select mo.alert_closure_counts(1, 1, null, one[:7]) from packed;
select mo.alert_closure_counts(1, 1, null, '{0,134217728,1,1,1,0}');
select mo.alert_closure_counts(1, 1, null, '{0,-1,1,1,1,0}');
-- made by hand: group, practice, month, class, column, issued, deadline
select mo.alert_closure_counts(1, 1, null, '{0,1,1,1,1,0, 5,7, 0,1, 0,0,0}');
select mo.alert_closure_counts(1, 1, null, '{0,1,1,1,1,0, 5,0, 0,1, 9,0,0}');
select mo.alert_closure_counts_accum(one, 1, 1, null, one) from packed;
select mo.alert_closure_counts_final(one) from packed;
-- states made by hand: the counters, how many rows have come, and the ring of increments that wait
create function state(counts text, ring text default '{}', dimensions text default '{0,1,1,1,1,0, 5,0, 0,1, 0,0,0}') returns int8[] language sql as $$
    select dimensions::int8[] || counts::int8[] || cardinality(ring::int8[])::int8 || ring::int8[]
        || array_fill(0::int8, array[16 - cardinality(ring::int8[])]) $$;
select mo.alert_closure_counts_final(state('{1,2,3,4,5}'));
select mo.alert_closure_counts_final(state('{1,2,3,4,5}', '{1,5,5}'));
select (mo.alert_closure_counts_combine(state('{1,2,3,4,5}', '{1}'), state('{1,2,3,4,5}', '{1,2}')))[14:24];
select mo.alert_closure_counts_final(state('{1,2,3,4,5}', '{6}'));
select mo.alert_closure_counts_final(state('{1,2,3,4,5}', '{-1}'));
select mo.alert_closure_counts_combine(state('{1,2,3,4,5}'), state('{1,2,3,4,9223372036854775803}'));
select mo.alert_closure_counts_combine(state('{1,2,3,4,5}'), state('{1,2,3,4,5}', '{6}'));
select mo.alert_closure_counts_combine(state('{1,2,3,4,5}'), state('{1,2,3,4,5}', '{}', '{0,1,1,1,1,0, 6,0, 0,1, 0,0,0}'));
select mo.alert_closure_counts_accum(state('{1,2,3,4,5}', array_fill(6, '{16}')::text), 1, 1, null, '{0,1,1,1,1,0, 5,0, 0,1, 0,0,0}');
select mo.alert_closure_counts_accum(state('{1,2,9223372036854775807,4,5}', array_fill(3, '{16}')::text), 1, 1, null, '{0,1,1,1,1,0, 5,0, 0,1, 0,0,0}');
drop function state;
drop table packed;
select mo.alert_closure_table('{1,2,3}');
select mo.alert_closure_table('{{1,2,3}}');
select mo.alert_closure_table('{{1,315,1,0,0,0,0,null}}');
select mo.alert_closure_table('{{1,9000000000000000000,1,0,0,0,0,0}}');
select mo.alert_closure_table('{{1,-9223372036854775808,1,0,0,0,0,0}}');
select mo.alert_closure_table('{{9000000000,315,1,0,0,0,0,0}}');
drop view dimensions;
drop table practice, alert, practice_alert;
-- catalogue
select proname, prokind, provolatile, proisstrict, proparallel from pg_proc
where pronamespace = 'mo'::regnamespace and proname ~ '^alert_closure_' order by 1;
