-- Sums of prescribing that refreshes keep: never other than those of the rows, whatever was done to these; and kept where nothing was
\set VERBOSITY terse
begin;
set local client_min_messages = warning;
set local datestyle = 'ISO';
create view pg_temp.added_up as
    select r.month, r.practice_code, r.unidentified, count(*) as rows, count(*) filter (where r.actual_cost_e5 is null) as rows_without_cost, sum(r.items) as items,
        sum(r.nic_e5) as nic_e5, sum(r.actual_cost_e5) as actual_cost_e5
    from mo_data.prescribing r where r.month between '2016-01-01' and '2016-12-01' group by 1, 2, 3;
-- months whose sums are kept, and how many sums are not those of the rows
create view pg_temp.state as
    select array(select to_char(m, 'Mon') from unnest(mo_data.prescribing_kept_months('2000-01-01', '2100-01-01')) m order by m) as kept,
        (select count(*) from (
            (table pg_temp.added_up except all select * from mo_data.prescribing_sums('2016-01-01', '2016-12-01'))
            union all (select * from mo_data.prescribing_sums('2016-01-01', '2016-12-01') except all table pg_temp.added_up)) d) as differences;
create function pg_temp.keep() returns setof pg_temp.state language plpgsql as $$
begin perform mo_data.prescribing_keep('2016-01-01', '2016-12-01'); return query table pg_temp.state; end $$;
create function pg_temp.fill(target text, month date, n integer) returns void language plpgsql as $$
begin
    execute format('insert into %s (month, practice_code, bnf_code, items, nic_e5, actual_cost_e5, unidentified, batch_id)
        select %L, ''A0000'' || i %% 3, ''0212000B0AAABAB'', i, 100000 * i, case when i %% 5 > 0 then 90000 * i end, i %% 7 = 0, 0 from generate_series(1, %s) i', target, month, n);
end $$;
select mo_data.prescribing_partition(m::date) from generate_series('2016-01-01'::timestamp, '2016-03-01', '1 month') m;
select pg_temp.fill('mo_data.prescribing', m::date, 40) from generate_series('2016-01-01'::timestamp, '2016-03-01', '1 month') m;
table pg_temp.state;
select * from pg_temp.keep();
-- again: nothing is added up
select mo_data.prescribing_keep('2016-01-01', '2016-12-01') as written;
-- rows of one month, as a load puts them into its partition; by hand through the whole table, which may be any month
select pg_temp.fill('mo_data.prescribing_2016_02', '2016-02-01', 9);
table pg_temp.state;
select * from pg_temp.keep();
select pg_temp.fill('mo_data.prescribing', '2016-03-01', 9);
table pg_temp.state;
select * from pg_temp.keep();
update mo_data.prescribing set actual_cost_e5 = 1 where month = '2016-01-01' and practice_code = 'A00001';
table pg_temp.state;
select * from pg_temp.keep();
delete from mo_data.prescribing_2016_01 where practice_code = 'A00002';
table pg_temp.state;
select * from pg_temp.keep();
copy mo_data.prescribing_2016_01 (month, practice_code, bnf_code, items, batch_id) from stdin with (delimiter ' ');
2016-01-01 A00009 0212000B0AAABAB 5 0
\.
table pg_temp.state;
select * from pg_temp.keep();
truncate mo_data.prescribing_2016_03;
table pg_temp.state;
select * from pg_temp.keep();
-- a partition taken out, changed and put back; another in its place; dropped
alter table mo_data.prescribing detach partition mo_data.prescribing_2016_02;
table pg_temp.state;
select pg_temp.fill('mo_data.prescribing_2016_02', '2016-02-01', 3);
alter table mo_data.prescribing attach partition mo_data.prescribing_2016_02 for values in ('2016-02-01');
table pg_temp.state;
select * from pg_temp.keep();
alter table mo_data.prescribing detach partition mo_data.prescribing_2016_02;
create table mo_data.prescribing_other (like mo_data.prescribing including all);
select pg_temp.fill('mo_data.prescribing_other', '2016-02-01', 4);
alter table mo_data.prescribing attach partition mo_data.prescribing_other for values in ('2016-02-01');
table pg_temp.state;
-- whose changes nobody notes: it is read row by row, until update_dashboard() has it watched
select * from pg_temp.keep();
select mo_data.prescribing_watch();
select * from pg_temp.keep();
drop table mo_data.prescribing_other;
table pg_temp.state;
select * from pg_temp.keep();
-- with triggers switched off nothing is taken on trust
alter table mo_data.prescribing_2016_01 disable trigger prescribing_edited;
table pg_temp.state;
alter table mo_data.prescribing_2016_01 enable always trigger prescribing_edited;
set local session_replication_role = replica;
select pg_temp.fill('mo_data.prescribing_2016_01', '2016-01-01', 3);
set local session_replication_role = origin;
table pg_temp.state;
-- and a rewritten file is another
select * from pg_temp.keep();
alter table mo_data.prescribing_2016_01 set unlogged;
table pg_temp.state;
-- the view for people, and what a refresh reconciles
select count(*) as differences from (
    (select p.* from mo_data.prescribing_by_practice p where p.month between '2016-01-01' and '2016-12-01' except all select * from mo_data.prescribing_category('2016-01-01', '2016-12-01'))
    union all (select * from mo_data.prescribing_category('2016-01-01', '2016-12-01') except all
        select p.* from mo_data.prescribing_by_practice p where p.month between '2016-01-01' and '2016-12-01')) d;
select count(*) > 0 as compared from mo_data.prescribing_category('2016-01-01', '2016-12-01');
rollback;
