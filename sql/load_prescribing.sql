-- Files of prescribing that the server reads itself. What every kind of file gives is compared with modash's in test/tap/load_server.t.
\a
\t
set client_min_messages = warning;
set datestyle = iso;
create temporary table place as select current_setting('data_directory') || '/mo_load_prescribing.csv' as path;
create temporary table line (place serial, line text);
insert into line (line) values
    ('YEAR_MONTH,PRACTICE_CODE,BNF_CODE,ITEMS,QUANTITY,TOTAL_QUANTITY,NIC,ACTUAL_COST,ADQUSAGE,UNIDENTIFIED,BNF_DESCRIPTION,CHEMICAL_SUBSTANCE_BNF_DESCR'),
    ('201405,A81001,0212000B0AAABAB,2,28,56,1.87,1.75321,56,N,"Atorvastatin, 20mg ""tablets""",Atorvastatin calcium'),
    ('201405,-,0212000B0AAABAB,1,28,28,0.94,0.87661,28,Y,"Atorvastatin, 20mg ""tablets""",Atorvastatin calcium'),
    ('201406,A81001,0101,three,1,1,1,1,,N,Wrong,Wrong'),
    ('201406,A81002,0101,3,,1,1,,,N,Name,');
create function pg_temp.write() returns void language plpgsql as $$
begin
    execute format('copy (select line from pg_temp.line order by place) to %L (delimiter E''\x01'', quote E''\x02'', format csv)', (select path from pg_temp.place));
end $$;
select pg_temp.write();
-- looked at
select name, bytes, format, sha256 is null as not_hashed, fault from place, mo.prescribing_file(path, null, false);
select sha256 = encode(sha256(pg_read_binary_file(path)), 'hex') as hashed from place, mo.prescribing_file(path, null, true);
-- loaded, with a rejected line
create temporary view loaded as
    select b.source, b.part, b.file_name, b.format, b.options, b.state, b.rows_read, b.rows_kept, b.rows_rejected, b.rows_replaced, b.months, b.message
    from mo_data.load_batch b order by b.batch_id desc limit 1;
select (mo_data.load_prescribing_file(path, 'regress')).state from place;
select * from loaded;
select month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, adq_usage, snomed_code, unidentified
from mo_data.prescribing where batch_id = (select max(batch_id) from mo_data.load_batch) order by 1, 2;
select line_no, column_name, reason, line from mo_data.load_reject where batch_id = (select max(batch_id) from mo_data.load_batch);
select bnf_code, name, chemical_name from mo_data.bnf_presentation where batch_id = (select max(batch_id) from mo_data.load_batch) order by 1;
-- the same file again: nothing to do, and says which load it was
set client_min_messages = notice;
select batch_id = (select max(batch_id) from mo_data.load_batch) as the_same from place, mo_data.load_prescribing_file(path, 'regress');
set client_min_messages = warning;
select count(*) as loads from mo_data.load_batch where part = 'regress';
-- a month given by hand that the file contradicts: nothing is kept, and why is on record
select state, rows_read, rows_rejected from place, mo_data.load_prescribing_file(path, 'regress', '2014-05-01');
select * from loaded;
select count(*) as first_lines from mo_data.load_reject where batch_id = (select max(batch_id) from mo_data.load_batch);
select state, message from place, mo_data.load_prescribing_file(path, 'regress', '2014-07-01');
-- several in one statement
select state, rows_read, rows_replaced from place, unnest(array['2014-05-01', '2014-06-01']::date[]) month, mo_data.load_prescribing_file(path, 'regress', month);
-- a line that is cut, and not prescribing at all
update line set line = '201406,A810' where place = 5;
select pg_temp.write();
select state, message from place, mo_data.load_prescribing_file(path, 'regress');
update line set line = 'a,b' where place = 1;
select pg_temp.write();
select state, message, format from place, mo_data.load_prescribing_file(path, 'regress');
select count(*) from mo_data.prescribing where batch_id in (select batch_id from mo_data.load_batch where part = 'regress');
select count(*) as staging_tables_left from mo_data.prescribing_stage_table(null);

-- refused outright
\set SHOW_CONTEXT never
select mo_data.load_prescribing_file('mo_load_prescribing.csv');
select mo_data.load_prescribing_file('../mo_load_prescribing.csv');
select mo_data.load_prescribing_file('| cat /etc/passwd');
select mo_data.load_prescribing_file('/no/such/file; touch /tmp/x');
select mo_data.load_prescribing_file('/dev/null');
select mo_data.load_prescribing_file('/');
select mo_data.load_prescribing_file(null);
select mo_data.load_prescribing_file(path, month => '2014-05-02') from place;
select mo_data.load_prescribing_file(path, month => 'infinity') from place;
select mo.read_prescribing_file(path, null, null) from place;
begin;
create role regress_file_reader;
grant usage on schema mo_data to regress_file_reader;
grant all on all tables in schema mo_data to regress_file_reader;
grant execute on all functions in schema mo_data to regress_file_reader;
grant select on place to regress_file_reader;
set local role regress_file_reader;
savepoint refused;
select mo_data.load_prescribing_file(path) from place;
rollback to refused;
reset role;
grant execute on all functions in schema mo to regress_file_reader;
set local role regress_file_reader;
select mo_data.load_prescribing_file(path) from place;
rollback to refused;
select mo.prescribing_file('/no/such/file', null, false);
rollback;
copy (select) to program 'cat > /dev/null; rm -f mo_load_prescribing.csv';
do $$ declare t regclass; begin
    for t in select inhrelid::regclass from pg_inherits where inhparent = 'mo_data.prescribing'::regclass and inhrelid::regclass::text ~ '_2014_0[56]$'
    loop execute format('drop table %s', t); end loop;
    delete from mo_data.load_reject where batch_id in (select batch_id from mo_data.load_batch where part = 'regress');
    delete from mo_data.bnf_presentation where batch_id in (select batch_id from mo_data.load_batch where part = 'regress');
    delete from mo_data.load_batch where part = 'regress';
end $$;
