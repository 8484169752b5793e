-- The months of a page side by side are those of fact_kpi: for every login, on every day, and after whatever changes them
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = error;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Sub A', null);
insert into mo_data.organisation (org_code, org_type, name) select 'U0000' || i, 'pcn', 'PCN ' || i from generate_series(1, 2) i;
-- practice 5 opened nine months back
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_from)
    select 'A0000' || i, 'practice', 'Practice ' || i, 4, case when i = 5 then (date_trunc('month', current_date) - interval '10 months')::date else '1974-01-01' end
    from generate_series(1, 9) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('U00002', 'sub_icb', '00A');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'A0000' || i, x.parent_type, x.parent_code from generate_series(1, 9) i, lateral (values ('pcn', 'U0000' || (1 + i / 6)), ('sub_icb', '00A')) x (parent_type, parent_code);
create table pg_temp.figure (kpi_id text, org_code text, month date, numerator float8, denominator float8);
-- months back from the last one that has ended
create function pg_temp.month(back integer) returns date language sql stable as $$ select (date_trunc('month', current_date) - make_interval(months => back + 1))::date $$;
create function pg_temp.back(month date) returns integer language sql stable as $$ select g from generate_series(0, 50) g where pg_temp.month(g) = month $$;
create function mo_data.kpi_local_share(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, null, 'x', f.numerator, f.denominator from pg_temp.figure f where f.kpi_id = 'local_share' and f.month between from_month and to_month $$;
create function mo_data.kpi_local_ended(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, null, 'x', f.numerator, f.denominator from pg_temp.figure f where f.kpi_id = 'local_ended' and f.month between from_month and to_month $$;
create function mo_data.kpi_local_none(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, null, 'x', f.numerator, f.denominator from pg_temp.figure f where f.kpi_id = 'local_none' and f.month between from_month and to_month $$;
-- practice i has 10 i + months back of 200, from 41 months back to 1; practice 1 has 3 five months back, practice 6 36 months back; practice 3 nothing to divide by two months back;
-- nobody has anything seven months back. The second KPI ends eight months back and has but ten months; the third has none.
insert into pg_temp.figure
    select 'local_share', 'A0000' || i, pg_temp.month(b), case when i = 1 and b = 5 or i = 6 and b = 36 then 3 when i = 3 and b = 2 then 0 else 10 * i + b end, case when i = 3 and b = 2 then 0 else 200 end
    from generate_series(1, 9) i, generate_series(1, 41) b where b <> 7 and (i <> 5 or b <= 9);
insert into pg_temp.figure select 'local_ended', 'A0000' || i, pg_temp.month(b), i, 1 from generate_series(1, 9) i, generate_series(8, 17) b where i <> 5;
update mo_data.kpi set is_active = false;
call mo_data.register_kpi(kpi_id => 'local_share', family => 'cost', name => 'Share', short_name => 'Share', unit => 'percent', numerator_wording => 'n', denominator_wording => 'd',
    direction => 'higher', interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => '{discharge}', rationale => 'r', reference => 'r', expected_lag_days => 14);
call mo_data.register_kpi(kpi_id => 'local_ended', family => 'cost', name => 'Ended', short_name => 'Ended', unit => 'count', numerator_wording => 'n', denominator_wording => 'd',
    direction => 'neither', interval_method => 'none', sources => '{new_start}', rationale => 'r', reference => 'r', expected_lag_days => 14);
call mo_data.register_kpi(kpi_id => 'local_none', family => 'cost', name => 'None', short_name => 'None', unit => 'count', numerator_wording => 'n', denominator_wording => 'd',
    direction => 'neither', interval_method => 'none', sources => '{incident}', rationale => 'r', reference => 'r', expected_lag_days => 14);
insert into mo_data.kpi_target (kpi_id, org_code, target, valid_from) values ('local_share', 'QAA', 0.2, pg_temp.month(20));
create function pg_temp.load(source text, months date[]) returns void language sql as $$
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    select source, 'x.csv', md5(random()::text) || repeat('0', 32), 1, 'flat', 'loaded', months, now() $$;
\o /dev/null
select pg_temp.load(x.source, array(select distinct f.month from pg_temp.figure f where f.kpi_id = x.kpi_id)) from (values ('discharge', 'local_share'), ('new_start', 'local_ended')) x (source, kpi_id);
\o
call mo_data.refresh();
create function pg_temp.small(org_code text, numerator float8, back integer default 0) returns void language plpgsql as $$
begin
    update pg_temp.figure f set numerator = small.numerator where f.kpi_id = 'local_share' and f.org_code = small.org_code and f.month = pg_temp.month(back);
    perform pg_temp.load('discharge', array[pg_temp.month(back)]);
    call mo_data.refresh();
end $$;
-- a figure changed by hand, and never counted again
create function pg_temp.by_hand(org_code text, numerator float8, back integer) returns void language sql as $$
    update mo_data.kpi_value v set numerator = by_hand.numerator where v.kpi_id = 'local_share' and v.org_code = by_hand.org_code and v.month = pg_temp.month(back) and v.breakdown = '' $$;

-- the wide rows as long ones, and whatever differs between them and the page and its figures
do $$ begin execute 'create view pg_temp.long as select m.org_key, m.org_code, m.kpi_id, x.back, (m.month_start - make_interval(months => x.back))::date as month_start,
    x.value, x.comparator, x.target, substr(m.value_status_codes, 36 - x.back, 1) as code from mo_dashboard.kpi_months m cross join lateral (values '
    || (select string_agg(format('(%s, m.value_%s, m.comparator_%2$s, m.target_%2$s)', b, to_char(b, 'FM00')), ', ') from generate_series(0, 35) b) || ') x (back, value, comparator, target)';
end $$;
create view pg_temp.wrong as
    select 'figure' as what, l.org_code, l.kpi_id, l.month_start from pg_temp.long l left join mo_dashboard.fact_kpi f using (org_key, kpi_id, month_start)
    where (l.value, l.comparator, l.target) is distinct from (f.value, f.comparator_value, f.target)
        or l.code <> coalesce(case f.value_status when 'ok' then 'o' when 'suppressed' then 's' when 'no_data' then 'n' when 'not_due' then 'd' when 'stale' then 't' end, '-')
    union all
    select 'row', d.org_code, d.kpi_id, d.month_start
    from mo_dashboard.dashboard d full join mo_dashboard.kpi_months m using (org_key, kpi_id)
    where (d.org_code, d.org_name, d.org_type, d.family_label, d.family_label_sort, d.kpi_sort, d.kpi_name, d.kpi_short_name, d.month_start, d.month_label, d.month_label_sort,
            d.direction_of_good, d.data_kind_label)
        is distinct from (m.org_code, m.org_name, m.org_type, m.family_label, m.family_label_sort, m.kpi_sort, m.kpi_name, m.kpi_short_name, m.month_start, m.month_label, m.month_label_sort,
            m.direction_of_good, m.data_kind_label)
    union all
    select 'format', m.org_code, m.kpi_id, m.month_start from mo_dashboard.kpi_months m left join mo_dashboard.dim_kpi k using (kpi_id)
    where (m.unit, m.rate_per, m.decimals, m.excel_format) is distinct from (k.unit, k.rate_per, k.decimals, k.excel_format);
create view pg_temp.not_as_worked_out as -- by the owner only
    select coalesce(n.org_code, p.org_code) as org_code, coalesce(n.kpi_id, p.kpi_id) as kpi_id
    from mo_data.page_months_now n full join mo_data.page_months p on p.org_key = n.org_key and p.kpi_id = n.kpi_id and p.unsuppressed is not distinct from n.unsuppressed
    where to_jsonb(p) is distinct from to_jsonb(n);
create view pg_temp.page_not_as_worked_out as
    select coalesce(n.page ->> 'org_code', p.page ->> 'org_code') as org_code, coalesce(n.page ->> 'kpi_id', p.page ->> 'kpi_id') as kpi_id
    from (select to_jsonb(x) - 'stored_run_id' as page from mo_data.page_now x) n full join (select to_jsonb(x) as page from mo_data.page_row x) p using (page)
    where n.page is null or p.page is null;
create view pg_temp.told as
    select (select count(*) from pg_temp.long) / 36 as rows, (select count(*) from pg_temp.long where code = 's') as hidden, (select count(*) from pg_temp.long where value is not null) as shown,
        (select count(*) from pg_temp.wrong) as wrong;
select * from pg_temp.told;
select * from pg_temp.wrong;
-- by hand (value_00 is of one month back): practice 2 has 21 of 200; practice 1 is hidden five months back, and practice 2 so that it cannot be had by
-- subtraction; no figure seven months back; practice 3 has nothing to divide by two months back; practice 5 came nine months back
select org_code, kpi_short_name, value_35 is null as no_35, value_09, value_06, value_05, value_04, value_03, value_01, value_00, target_20, target_19, comparator_name, translate(value_status_codes, 'dt', 'oo') as codes
from mo_dashboard.kpi_months where org_code in ('A00001', 'A00002', 'A00003', 'A00005', 'U00001') and kpi_id = 'local_share' order by 1;
select org_code, pg_temp.back(month_start) as month_back, value_00, value_09, value_10, value_status_codes from mo_dashboard.kpi_months where kpi_id = 'local_ended' and org_code in ('A00004', 'A00005') order by 1;
select org_code, month_start, num_nonnulls(value_00, value_35, comparator_00, target_00) as figures, value_status_codes from mo_dashboard.kpi_months where kpi_id = 'local_none' and org_code = 'QAA';

-- a login that sees small numbers; one that sees one PCN; nobody else
select mo_data.grant_unsuppressed(session_user) is not null as granted;
select * from pg_temp.told;
select value_04, left(right(value_status_codes, 5), 1) as code from mo_dashboard.kpi_months where org_code = 'A00001' and kpi_id = 'local_share';
delete from mo_data.access_scope where role_name = session_user;
select mo_data.access_key_sync();
create role mo_regress_months login;
create role mo_regress_months_small login;
create role mo_regress_months_none login;
select mo_data.grant_reader('mo_regress_months', 'U00001');
select mo_data.grant_reader('mo_regress_months_small', 'U00001');
select mo_data.grant_unsuppressed('mo_regress_months_small', 'A00001');
select mo_data.grant_reader('mo_regress_months_none', 'A00009');
delete from mo_data.access_scope where role_name = 'mo_regress_months_none';
do $$ begin execute 'grant usage on schema ' || pg_my_temp_schema()::regnamespace || ' to mo_regress_months, mo_regress_months_small, mo_regress_months_none'; end $$;
grant select on pg_temp.told, pg_temp.wrong, pg_temp.long to mo_regress_months, mo_regress_months_small, mo_regress_months_none;
set session authorization mo_regress_months;
select * from pg_temp.told;
select string_agg(distinct org_code, ' ' order by org_code) as sees from mo_dashboard.kpi_months;
set session authorization mo_regress_months_small;
select * from pg_temp.told;
select string_agg(distinct org_code, ' ' order by org_code) as hidden from pg_temp.long where code = 's';
set session authorization mo_regress_months_none;
select count(*) as rows from mo_dashboard.kpi_months;
reset session authorization;

-- on any day: the definitions with another day in place of today's, of all that would say so
create function pg_temp.on_days(from_day date, to_day date) returns table (days bigint, codes_seen text, wrong bigint) language plpgsql as $$
declare
    day date;
    differ bigint;
begin
    days := 0; codes_seen := ''; wrong := 0;
    for day in select generate_series(from_day, to_day, '1 day') loop
        execute 'create or replace temp view wide_then as ' || replace(pg_get_viewdef('mo_dashboard.kpi_months'), 'CURRENT_DATE', quote_literal(day) || '::date');
        execute 'create or replace temp view fact_then as ' || replace(pg_get_viewdef('mo_dashboard.fact_kpi'), 'CURRENT_DATE', quote_literal(day) || '::date');
        select count(*) into differ
        from wide_then m cross join generate_series(0, 35) b
            left join fact_then f on f.org_key = m.org_key and f.kpi_id = m.kpi_id and f.month_start = (m.month_start - make_interval(months => b))::date
        where substr(m.value_status_codes, 36 - b, 1) <> coalesce(case f.value_status when 'ok' then 'o' when 'suppressed' then 's' when 'no_data' then 'n' when 'not_due' then 'd'
            when 'stale' then 't' end, '-');
        days := days + 1; wrong := wrong + differ;
        select string_agg(distinct c, '' order by c) into codes_seen from regexp_split_to_table(codes_seen || (select string_agg(m.value_status_codes, '') from wide_then m), '') c;
    end loop;
    return next;
end $$;
select * from pg_temp.on_days(pg_temp.month(0), pg_temp.month(0) + 75);
savepoint lag;
update mo_data.kpi set expected_lag_days = 100 where kpi_id = 'local_share';
select * from pg_temp.told;
select * from pg_temp.on_days(pg_temp.month(0), pg_temp.month(0) + 150);
update mo_data.kpi set time_basis = 'annual' where kpi_id = 'local_share';
select * from pg_temp.told;
rollback to lag;
update mo_data.source set replaces = null where source = 'discharge';
select * from pg_temp.told;
select * from pg_temp.on_days(pg_temp.month(0), pg_temp.month(0) + 75);
rollback to lag;

-- definitions hold at once: rules for small numbers, rounding, wording
update mo_data.kpi set hide_to = 29, hide_denominator_below = 1 where kpi_id = 'local_share';
select * from pg_temp.told;
update mo_data.kpi set round_to = 25, decimals = 3, short_name = 'Another' where kpi_id = 'local_share';
select * from pg_temp.told;
select mo_data.grant_unsuppressed(session_user) is not null as granted;
select * from pg_temp.told;
rollback to lag;
-- figures of old months, restated; a month filled in; the next month; other members; nothing is left to do after a refresh
update pg_temp.figure set numerator = numerator + 50 where kpi_id = 'local_share' and org_code = 'A00004' and month = pg_temp.month(30);
insert into pg_temp.figure select 'local_share', 'A0000' || i, pg_temp.month(7), 15, 200 from generate_series(1, 9) i;
select pg_temp.load('discharge', array[pg_temp.month(30), pg_temp.month(7)]);
call mo_data.refresh();
select * from pg_temp.told;
select value_29, value_06, value_status_codes ~ '-' as has_gap from mo_dashboard.kpi_months where org_code = 'A00004' and kpi_id = 'local_share';
insert into pg_temp.figure select 'local_share', 'A0000' || i, pg_temp.month(0), 60 + i, 200 from generate_series(1, 9) i;
select pg_temp.load('discharge', array[pg_temp.month(0)]);
call mo_data.refresh();
select * from pg_temp.told;
select count(*) as not_as_worked_out from pg_temp.not_as_worked_out;
-- the newest month alone, again and again: a figure that is small, and no longer; what was hidden 36 months before the one that was the latest is out of sight
select pg_temp.small('A00003', 4);
select * from pg_temp.told;
select count(*) as not_as_worked_out from pg_temp.not_as_worked_out;
select string_agg(org_code, ' ' order by org_code) as small from mo_data.page_months where unsuppressed and kpi_id = 'local_share';
select pg_temp.small('A00003', 64);
select * from pg_temp.told;
select count(*) as not_as_worked_out from pg_temp.not_as_worked_out;
select string_agg(org_code, ' ' order by org_code) as small from mo_data.page_months where unsuppressed and kpi_id = 'local_share';
select k.kpi_ids, (select array_agg(pg_temp.back(m)) from unnest(k.months) m) as backs
from mo_data.page_months_kept('{local_share,local_ended,local_none}', array[pg_temp.month(0), pg_temp.month(8), pg_temp.month(3)]) k;
select kpi_ids from mo_data.page_months_kept('{local_share,local_share,local_ended}', array[pg_temp.month(0), pg_temp.month(1), pg_temp.month(0)]);
-- an older month alone: a figure that is small, and no longer; of the oldest there is, and one that is out of sight
create function pg_temp.again(what text, org_code text, numerator float8, back integer) returns table (told_wrong bigint, months_differ bigint, pages_differ bigint, small text, letter text)
language plpgsql as $$
begin
    case what
        when 'changed' then perform pg_temp.small(org_code, numerator, back);
        when 'gone' then delete from pg_temp.figure f where f.kpi_id = 'local_share' and f.org_code = again.org_code and f.month = pg_temp.month(back);
            perform pg_temp.load('discharge', array[pg_temp.month(back)]);
            call mo_data.refresh();
        when 'come' then insert into pg_temp.figure values ('local_share', org_code, pg_temp.month(back), numerator, 200);
            perform pg_temp.load('discharge', array[pg_temp.month(back)]);
            call mo_data.refresh();
    end case;
    select (select wrong from pg_temp.told), (select count(*) from pg_temp.not_as_worked_out), (select count(*) from pg_temp.page_not_as_worked_out),
        (select string_agg(m.org_code, ' ' order by m.org_code) from mo_data.page_months m where m.unsuppressed and m.kpi_id = 'local_share'),
        (select substr(m.value_status_codes, 36 - back, 1) from mo_data.page_months m where m.org_code = again.org_code and m.kpi_id = 'local_share' and m.unsuppressed is not true)
        into told_wrong, months_differ, pages_differ, small, letter;
    return next;
end $$;
select * from pg_temp.again('changed', 'A00003', 4, 3);
select * from pg_temp.again('changed', 'A00003', 66, 3);
select * from pg_temp.again('changed', 'A00004', 2, 35);
select * from pg_temp.again('changed', 'A00004', 90, 35);
select * from pg_temp.again('changed', 'A00004', 2, 38);
select * from pg_temp.again('changed', 'A00004', 90, 38);
select * from pg_temp.again('gone', 'A00008', null, 12);
select * from pg_temp.again('come', 'A00008', 7, 12);
select * from pg_temp.again('changed', 'A00008', 70, 12);
-- months after a month counted again are left as they are, and pages as their results: what was done by hand there does not show yet
select pg_temp.by_hand('A00002', 5, 2), pg_temp.by_hand('A00007', 6, 25);
select * from pg_temp.again('changed', 'A00003', 65, 3);
select * from pg_temp.again('changed', 'A00003', 68, 37);
select string_agg(org_code || ' ' || pg_temp.back(month_start), ', ' order by org_code) as small from pg_temp.long where code = 's' and kpi_id = 'local_share' and org_code in ('A00002', 'A00007');
select pg_temp.by_hand('A00002', 22, 2), pg_temp.by_hand('A00007', 95, 25);
select * from pg_temp.again('changed', 'A00003', 66, 3);
select * from pg_temp.again('changed', 'A00003', 69, 37);
-- pages that nothing has been stored of are not made again, nor the 35 other months of a row
update mo_data.page_row set display_target = 'x' where org_code = 'A00008' and kpi_id = 'local_share';
update mo_data.page_months set value_10 = 1 where org_code = 'A00008' and kpi_id = 'local_share';
select * from pg_temp.again('changed', 'A00003', 68, 20);
select * from pg_temp.again('changed', 'A00008', 81, 20);
select mo_data.page_replace() as new_rows;
select wrong from pg_temp.told;
-- a month without a figure has no results
delete from pg_temp.figure where kpi_id = 'local_share' and month = pg_temp.month(10) and org_code <> 'A00001';
select * from pg_temp.again('gone', 'A00001', null, 10);
insert into pg_temp.figure select 'local_share', 'A0000' || i, pg_temp.month(10), 10 * i + 10, 200 from generate_series(2, 9) i where i <> 5;
select * from pg_temp.again('come', 'A00001', 20, 10);
savepoint rounds;
update mo_data.kpi set round_to = 25 where kpi_id in ('local_share', 'local_ended', 'local_none');
call mo_data.refresh();
select * from pg_temp.again('changed', 'A00003', 69, 4);
select * from pg_temp.again('changed', 'A00003', 70, 0);
rollback to rounds;
select pg_temp.back(month_start) as month_back, value_00, value_01, value_30 from mo_dashboard.kpi_months where org_code = 'A00004' and kpi_id = 'local_share';
update mo_data.organisation_parent set parent_code = 'U00002' where org_code = 'A00004' and parent_type = 'pcn';
update mo_data.kpi_target set target = 0.3 where kpi_id = 'local_share';
update mo_data.organisation set open_to = pg_temp.month(3) where org_code = 'A00009';
call mo_data.refresh();
select * from pg_temp.told;
select count(*) as closed from mo_dashboard.kpi_months where org_code = 'A00009';
select mo_data.page_replace() as new_rows, (select count(*) from pg_temp.not_as_worked_out) as not_as_worked_out;
update mo_data.organisation set name = 'Renamed' where org_code = 'A00004';
update mo_data.site set data_kind = 'real';
select distinct org_name, data_kind_label from mo_dashboard.kpi_months where org_code = 'A00004';
-- what is not as it should be is found; rows that are right stay
update mo_data.page_months set value_03 = 1 where org_code = 'A00004' and kpi_id = 'local_share';
update mo_data.page_months set value_03 = null where org_code = 'QAA' and kpi_id = 'local_ended';
delete from mo_data.page_months where org_code = 'A00002';
select * from pg_temp.told;
select mo_data.page_replace(array['local_share']) as new_rows;
select what, org_code, kpi_id from pg_temp.wrong order by org_code collate "C", kpi_id collate "C";
select mo_data.page_replace() as new_rows;
select * from pg_temp.told;
update mo_data.kpi set on_front_page = false where kpi_id = 'local_share';
select string_agg(distinct kpi_id, ' ') as on_the_page from mo_dashboard.kpi_months;
delete from mo_data.kpi where kpi_id = 'local_none';
update mo_data.kpi set is_active = false where kpi_id = 'local_ended';
select count(*) as on_the_page from mo_dashboard.kpi_months;
rollback;
