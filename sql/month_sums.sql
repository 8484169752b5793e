-- Sums by month and place, and their roll-up
set datestyle = iso;
create temp table part (practice_no int, month date, value int8);
insert into part values (1, '2026-04-01', 10), (1, '2026-04-30', 5), (2, '2026-05-15', -7), (3, '2026-03-31', 100), (3, '2026-06-01', 100),
    (null, '2026-04-01', 1), (1, null, 1), (1, '2026-04-01', null), (1, 'infinity', 1), (1, '-infinity', 1);
select mo.month_sums(practice_no, month, value, 3, '2026-04-15', '2026-05-15') from part;
select (mo.month_sums(practice_no, month, value, 3, '2026-04-15', '2026-05-15'))[mo.month_index('2026-05-01')][2] as by_subscripts from part;
select mo.month_sums(practice_no, month, value, 3, '2026-04-01', '2026-05-01') is null as no_rows from part where false;
select mo.month_sums(null, null, null, 2, '2026-04-01', '2026-04-01') as all_null from part;
select mo.month_sums(1, '4713-11-24 BC', 1, 1, '4713-11-24 BC', '4713-12-01 BC'), mo.month_sums(1, '5874897-12-31', 1, 1, '5874897-12-31', '5874897-12-31');
select practice_no, mo.month_sums(1, month, value, 1, '2026-04-01', '2026-05-01') from part group by 1 order by 1;
-- rolled up: practices 1 and 3 to the first PCN, 2 to none; by month, and one month
select mo.roll_up(mo.month_sums(practice_no, month, value, 3, '2026-04-15', '2026-05-15'), '{1,null,1}', 2) from part;
select mo.roll_up('{1,2,4,8}', '{2,2,1,null}', 3), mo.roll_up('{1,null,4}', '{1,1,2}', 2), mo.roll_up('{{1,null},{null,4}}', '{1,1}', 1);
select mo.roll_up('{}', '{}', 2), mo.roll_up(null, '{1}', 1) is null as null_in, mo.roll_up('[5:6]={1,2}', '[0:1]={1,2}', 2) as by_place;
-- refused
select mo.month_sums(4, month, value, 3, '2026-04-01', '2026-05-01') from part;
select mo.month_sums(0, month, value, 3, '2026-04-01', '2026-05-01') from part;
select mo.month_sums(1, month, value, 0, '2026-04-01', '2026-05-01') from part;
select mo.month_sums(1, month, value, null, '2026-04-01', '2026-05-01') from part;
select mo.month_sums(1, month, value, 1, null, '2026-05-01') from part;
select mo.month_sums(1, month, value, 1, '2026-05-01', '2026-04-01') from part;
select mo.month_sums(1, month, value, 1, '2000-01-01', 'infinity') from part;
select mo.month_sums(1, month, value, 2000000000, '2026-04-01', '2026-05-01') from part;
select mo.month_sums(1, '2026-04-01', value, n, '2026-04-01', '2026-05-01') from (values (1, 1), (2, 1)) v (n, value);
select mo.month_sums(1, '2026-04-01', value, 1, m, '2026-05-01') from (values (date '2026-04-01', 1), ('2026-03-01', 1)) v (m, value);
select mo.month_sums(1, '2026-04-01', value, 1, m, m) from (values (date '2026-04-01', 1), ('2026-03-01', 1)) v (m, value);
select mo.month_sums(1, '2026-04-01', 9223372036854775807, 1, '2026-04-01', '2026-04-01') from generate_series(1, 2);
select mo.month_sums_combine('{{1,2}}', '{{1}}');
select mo.month_sums_combine('{{9223372036854775807}}', '{{1}}');
select mo.month_sums_combine('{{1}}', '[2:2][1:1]={{1}}');
select mo.month_sums_combine('{{1,null}}', '{{1,2}}');
select mo.month_sums_accum('{1}', 1, '2026-04-01', 1, 1, '2026-04-01', '2026-04-01');
select mo.roll_up('{1,2}', '{1,3}', 2);
select mo.roll_up('{1,2}', '{1,0}', 2);
select mo.roll_up('{1,2}', '{1}', 2);
select mo.roll_up('{1,2}', '{{1,2}}', 2);
select mo.roll_up('{{{1,2}}}', '{1,2}', 2);
select mo.roll_up('{1,2}', '{1,2}', 0);
select mo.roll_up('{1,2}', '{1,2}', 2000000000);
select mo.roll_up('{9223372036854775807,1}', '{1,1}', 1);
