-- Blocks of rows of prescribing, inserted into the view as modash copies them: checked byte by byte, stored as any row is.
\a
\t
set client_min_messages = warning;
set datestyle = iso;
-- little-endian numbers, a text with its length, a row, a block
create function pg_temp.le(value bigint, bytes integer) returns bytea language sql as $$
    select string_agg(set_byte('\x00', 0, ((value >> (8 * i)) & 255)::integer), '' order by i) from generate_series(0, bytes - 1) i $$;
create function pg_temp.le(value float8) returns bytea language sql as $$
    select string_agg(substr(float8send(value), i, 1), '' order by i desc) from generate_series(1, 8) i $$;
create function pg_temp.txt(value text) returns bytea language sql as $$ select pg_temp.le(length(value), 1) || convert_to(value, 'UTF8') $$;
create function pg_temp.packed(flags integer, practice text, bnf text, items integer, variadic numbers bytea[] default '{}') returns bytea language sql as $$
    select pg_temp.le(flags, 1) || coalesce(pg_temp.txt(practice), '') || pg_temp.txt(bnf) || pg_temp.le(items, 4)
        || coalesce((select string_agg(n, '' order by place) from unnest(numbers) with ordinality u (n, place)), '') $$;
create function pg_temp.block(batch integer, month date, variadic rows bytea[]) returns bytea language sql as $$
    select 'MOP1'::bytea || pg_temp.le(batch, 4) || pg_temp.le(month - '2000-01-01'::date, 4) || pg_temp.le(cardinality(rows), 4)
        || coalesce((select string_agg(r, '' order by place) from unnest(rows) with ordinality u (r, place)), '') $$;
create function pg_temp.full_row() returns bytea language sql as $$
    select pg_temp.packed(4 + 8 + 16 + 32 + 64 + 128, 'A81001', '0212000B0AAABAB', 2, pg_temp.le(28::float8), pg_temp.le(56.5::float8), pg_temp.le(1e-5::float8),
        pg_temp.le(187000, 8), pg_temp.le(-175321, 8), pg_temp.le(320029006, 8)) $$;
select mo_data.prescribing_stage(900001, '2025-05-01'), mo_data.prescribing_stage(900001, '2025-06-01');

-- what is given, what is not, the practice of the row before, an unidentified prescriber
insert into mo_data.prescribing_rows select pg_temp.block(900001, '2025-05-01', pg_temp.full_row(), pg_temp.packed(2, null, '01', 0),
    pg_temp.packed(1, '-', '0101', 2147483647), pg_temp.packed(1 + 2 + 32, null, 'ZZ', 7, pg_temp.le(-9223372036854775807, 8)));
insert into mo_data.prescribing_rows select pg_temp.block(900001, '2025-06-01', pg_temp.packed(128, 'X', '012345678901234', 1, pg_temp.le(999999999999999999, 8)));
insert into mo_data.prescribing_rows select pg_temp.block(900001, '2025-06-01', variadic '{}');
select * from mo_data.prescribing_stage_900001_2025_05;
select * from mo_data.prescribing_stage_900001_2025_06;
-- as INSERT would store them
create temporary table again (like mo_data.prescribing);
insert into again select * from mo_data.prescribing_stage_900001_2025_05;
select count(*) as of_another_size from (
    select row_number() over () as n, pg_column_size(a) as size from again a) a
    full join (select row_number() over () as n, pg_column_size(s) as size from mo_data.prescribing_stage_900001_2025_05 s) s using (n)
where a.size is distinct from s.size;
select count(*) as rows_of_the_view from mo_data.prescribing_rows;
-- their sums, made as they came; of many practices, whose rows come together
create view pg_temp.wrong_sums as
    select practice_code, unidentified, sum(rows) as rows, sum(rows_without_cost) as without, sum(items) as items, sum(nic_e5) as nic, sum(actual_cost_e5) as cost
    from mo_data.prescribing_sums_900001_2025_05 group by 1, 2
    except all
    select practice_code, unidentified, count(*), count(*) filter (where actual_cost_e5 is null), sum(items), sum(nic_e5), sum(actual_cost_e5)
    from mo_data.prescribing_stage_900001_2025_05 group by 1, 2;
select * from mo_data.prescribing_sums_900001_2025_05;
insert into mo_data.prescribing_rows select pg_temp.block(900001, '2025-05-01', variadic (
    select array_agg(pg_temp.packed(96 + i % 2, 'B' || i / 40, '0101', i, pg_temp.le(i * 1000, 8), pg_temp.le(i * 900, 8)) order by i) from generate_series(1, 2000) i));
select count(*) as sums, count(rows) as with_rows, sum(rows) from mo_data.prescribing_sums_900001_2025_05;
table pg_temp.wrong_sums;

-- a row of a slower shape: columns of the site's own, a check, an index; many rows, so that several batches of tuples are written
alter table mo_data.prescribing_stage_900001_2025_06 add column noted_by text default upper('site'), add column site_note integer,
    add constraint few_items check (items < 1000);
create index on mo_data.prescribing_stage_900001_2025_06 (items);
insert into mo_data.prescribing_rows
select pg_temp.block(900001, '2025-06-01', variadic (select array_agg(pg_temp.packed(0, 'B' || i, '0101', i)) from generate_series(1, 700) i));
select count(*), sum(items), count(distinct practice_code), min(noted_by), count(site_note) from mo_data.prescribing_stage_900001_2025_06;
-- a practice in every row, or nearly: sums are given up
select count(*) as sums, count(rows) as with_rows, sum(rows) from mo_data.prescribing_sums_900001_2025_06;
set enable_seqscan = off;
explain (costs off) select practice_code from mo_data.prescribing_stage_900001_2025_06 where items = 650;
select practice_code from mo_data.prescribing_stage_900001_2025_06 where items = 650;
reset enable_seqscan;
insert into mo_data.prescribing_rows
select pg_temp.block(900001, '2025-06-01', variadic (select array_agg(pg_temp.packed(0, 'B' || i, '0101', i)) from generate_series(500, 1000) i));
select count(*) from mo_data.prescribing_stage_900001_2025_06;

-- refused, each with a SQLSTATE and a hint; nothing of a block is kept
create function pg_temp.refused(block bytea) returns text language plpgsql as $$
declare
    state text;
    hint text;
    message text;
begin
    insert into mo_data.prescribing_rows values (block);
    return 'accepted';
exception when others then
    get stacked diagnostics state = returned_sqlstate, hint = pg_exception_hint, message = message_text;
    return format('%s %s%s', state, message, case when hint = '' and state not in ('42501', '23514', '25006') then ' (no hint)' end);
end $$;
select pg_temp.refused(null);
select pg_temp.refused(''), pg_temp.refused('MOP1'), pg_temp.refused('MOP2' || substr(pg_temp.block(900001, '2025-05-01', variadic '{}'), 5));
select pg_temp.refused(pg_temp.block(900002, '2025-05-01', variadic '{}')), pg_temp.refused(pg_temp.block(900001, '2025-07-01', variadic '{}')), pg_temp.refused(pg_temp.block(-1, '4713-01-01 BC', variadic '{}')),
    pg_temp.refused(pg_temp.block(2147483647, '5874897-12-31', variadic '{}'));
select pg_temp.refused(pg_temp.block(900001, '2025-05-02', pg_temp.full_row()));
select what, pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row(), row)) from (values
    ('practice of a row before, after another', pg_temp.packed(2, 'A1', '0101', 1)),
    ('small letters', pg_temp.packed(0, 'a81001', '0101', 1)),
    ('a dash that is not unidentified', pg_temp.packed(0, '-', '0101', 1)),
    ('no practice', pg_temp.packed(0, '', '0101', 1)),
    ('a long practice', pg_temp.packed(0, 'A123456789012', '0101', 1)),
    ('a quote', pg_temp.packed(0, 'A''--', '0101', 1)),
    ('a short BNF code', pg_temp.packed(0, 'A1', '0', 1)),
    ('a long BNF code', pg_temp.packed(0, 'A1', '0123456789012345', 1)),
    ('items below zero', pg_temp.packed(0, 'A1', '0101', -1)),
    ('NaN', pg_temp.packed(4, 'A1', '0101', 1, pg_temp.le('NaN'::float8))),
    ('infinity', pg_temp.packed(8, 'A1', '0101', 1, pg_temp.le('Infinity'::float8))),
    ('below zero', pg_temp.packed(16, 'A1', '0101', 1, pg_temp.le(-1::float8))),
    ('no money', pg_temp.packed(32, 'A1', '0101', 1, pg_temp.le(-9223372036854775807 - 1, 8))),
    ('no SNOMED code', pg_temp.packed(128, 'A1', '0101', 1, pg_temp.le(0, 8))),
    ('cut', substr(pg_temp.full_row(), 1, 40)),
    ('too long', pg_temp.full_row() || '\x00'::bytea)) v (what, row);
select pg_temp.refused(set_byte(pg_temp.block(900001, '2025-05-01', pg_temp.full_row()), 12, 2)) as fewer_rows_than_said;
select count(*) from mo_data.prescribing_stage_900001_2025_05;

-- tables that are not what they should be
begin;
alter table mo_data.prescribing_stage_900001_2025_05 enable row level security, force row level security;
create role regress_rows_loader;
grant usage on schema mo_data to regress_rows_loader;
grant insert on mo_data.prescribing_stage_900001_2025_05, mo_data.prescribing_rows to regress_rows_loader;
set local role regress_rows_loader;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as row_level_security;
select pg_temp.refused(pg_temp.block(900001, '2025-06-01', pg_temp.full_row())) as no_right_to_the_table;
rollback;
begin;
create role regress_rows_loader;
grant usage on schema mo_data to regress_rows_loader;
grant insert on mo_data.prescribing_stage_900001_2025_05, mo_data.prescribing_rows to regress_rows_loader;
set local role regress_rows_loader;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as no_right_to_the_sums;
rollback;
begin;
alter table mo_data.prescribing_sums_900001_2025_05 alter items type numeric;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as other_sums;
rollback;
begin;
alter table mo_data.prescribing_stage_900001_2025_05 alter items type bigint;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as another_type;
rollback;
begin;
alter table mo_data.prescribing_stage_900001_2025_05 drop column adq_usage;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as a_column_less;
rollback;
begin;
alter table mo_data.prescribing_stage_900001_2025_05 add column twice integer generated always as (items / 2) stored;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as generated;
rollback;
begin;
create trigger on_insert before insert on mo_data.prescribing_stage_900001_2025_05 for each row execute function suppress_redundant_updates_trigger();
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as with_a_trigger;
rollback;
begin transaction read only;
select pg_temp.refused(pg_temp.block(900001, '2025-05-01', pg_temp.full_row())) as read_only;
rollback;
-- the trigger belongs to the view alone
begin;
create table pg_temp.elsewhere (block bytea);
create trigger store before insert on elsewhere for each row execute function mo.store_prescribing_rows();
insert into elsewhere values (null);
rollback;
drop view pg_temp.wrong_sums;
drop table mo_data.prescribing_stage_900001_2025_05, mo_data.prescribing_stage_900001_2025_06, mo_data.prescribing_sums_900001_2025_05, mo_data.prescribing_sums_900001_2025_06;

-- Sums are kept where they are of all rows of a month; a load of other months leaves the ones that are kept as they are.
begin;
create function pg_temp.load(part text, months date[], meanwhile text default null) returns void language plpgsql as $$
declare
    batch integer := (mo_data.load_begin('prescribing', 'by hand', 0, 'epd', load.part)).batch_id;
    m date;
begin
    foreach m in array months loop
        perform mo_data.prescribing_stage(batch, m);
        insert into mo_data.prescribing_rows select pg_temp.block(batch, m, pg_temp.full_row(), pg_temp.packed(1 + 64, '-', '0101', 9, pg_temp.le(77, 8)), pg_temp.packed(0, 'B2', '0101', 5));
        if meanwhile is not null then
            execute format(meanwhile, 'mo_data.prescribing_stage_' || batch || to_char(m, '_YYYY_MM'));
        end if;
    end loop;
    perform mo_data.load_finish(batch, md5(part || months::text) || repeat('0', 32), 3);
    drop table pg_temp.stage_bnf, pg_temp.stage_practice;
end $$;
create view pg_temp.state as
    select array(select to_char(m, 'YYYY-MM') from unnest(mo_data.prescribing_kept_months('2013-01-01', '2013-12-01')) m order by m) as kept,
        (select count(*) from (
            select month, practice_code, unidentified, count(*), count(*) filter (where actual_cost_e5 is null), sum(items), sum(nic_e5), sum(actual_cost_e5)
            from mo_data.prescribing where month between '2013-01-01' and '2013-12-01' group by 1, 2, 3
            except all select * from mo_data.prescribing_sums('2013-01-01', '2013-12-01')) d) as wrong,
        (select count(*) from mo_data.prescribing_stage_table(null)) + (select count(*) from pg_class where relname ~ '^prescribing_sums_') as staging_tables;
select mo_data.prescribing_keep('2013-01-01', '2013-12-01') as written; -- what other tests did is seen to
select pg_temp.load('a', '{2013-01-01,2013-02-01}');
table pg_temp.state;
select practice_code, unidentified, rows, rows_without_cost, items, nic_e5, actual_cost_e5 from mo_data.refresh_prescribing where month = '2013-02-01' order by 1;
select pg_temp.load('a', '{2013-03-01}');
table pg_temp.state;
-- rows by other means: not kept
select pg_temp.load('a', '{2013-04-01}', 'insert into %s (practice_code, bnf_code, items, unidentified) values (''A1'', ''0101'', 1, false)');
select pg_temp.load('a', '{2013-05-01}', 'update %s set items = 7');
set local session_replication_role = replica;
select pg_temp.load('a', '{2013-06-01}', 'delete from %s where items = 5');
reset session_replication_role;
table pg_temp.state;
-- another part of a month, and a month again: no longer kept, until the next refresh
select pg_temp.load('b', '{2013-01-01}');
table pg_temp.state;
select pg_temp.load('a', '{2013-03-01,2013-07-01}');
table pg_temp.state;
select mo_data.prescribing_keep('2013-01-01', '2013-12-01') > 0 as written;
table pg_temp.state;
-- the partition of a month is dropped, and it is loaded again: what was kept of it is not what is kept now
drop table mo_data.prescribing_2013_07;
table pg_temp.state;
select pg_temp.load('c', '{2013-07-01}');
table pg_temp.state;
rollback;
