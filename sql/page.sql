-- The page is stored ready to print, and always says what the figures say: for each day, for each kind of login, when a rule changes
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Sub A', null), ('U00001', 'pcn', 'PCN 1', null);
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) select 'A0000' || i, 'practice', 'Practice ' || i, 4 from generate_series(1, 4) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'A0000' || i, x.parent_type, x.parent_code from generate_series(1, 4) i, (values ('pcn', 'U00001'), ('sub_icb', '00A')) x (parent_type, parent_code);
create table pg_temp.figure (org_code text, month date, breakdown text, numerator float8, denominator float8);
create function mo_data.kpi_local_share(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, f.breakdown, 'x', f.numerator, f.denominator from pg_temp.figure f where f.month between from_month and to_month $$;
-- practice i has 10 i of 100, practice 1 has 3, in this month and the one before
insert into pg_temp.figure select 'A0000' || i, m, null, case i when 1 then 3 else 10 * i end, 100
    from generate_series(1, 4) i, generate_series(date_trunc('month', current_date) - interval '1 month', date_trunc('month', current_date), interval '1 month') m;
update mo_data.kpi set is_active = false;
call mo_data.register_kpi(kpi_id => 'local_share', family => 'cost', name => 'Share', short_name => 'Share', unit => 'percent', numerator_wording => 'n', denominator_wording => 'd',
    direction => 'higher', interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => '{discharge}', rationale => 'r', reference => 'r', expected_lag_days => 100);
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    select 'discharge', 'x.csv', repeat('0', 64), 1, 'flat', 'loaded', array_agg(distinct f.month), now() from pg_temp.figure f;
call mo_data.refresh();
-- spans of days follow each other without gap or overlap, for both kinds of login
create view pg_temp.wrong_days as
    with span as (
        select p.org_key, p.kpi_id, u.unsuppressed, p.shown_from, p.shown_to,
            lead(p.shown_from) over (partition by p.org_key, p.kpi_id, u.unsuppressed order by p.shown_from) as next_from
        from mo_data.page_row p join (values (false), (true)) u (unsuppressed) on p.unsuppressed is null or p.unsuppressed = u.unsuppressed)
    select s.* from span s where s.shown_to is distinct from coalesce(s.next_from, 'infinity') or s.shown_from >= s.shown_to
    union all
    select s.org_key, s.kpi_id, s.unsuppressed, min(s.shown_from), null, null from span s group by 1, 2, 3 having min(s.shown_from) > current_date;
select count(*) as rows_of_the_page, count(distinct org_key) as organisations from mo_data.page_row;
select * from pg_temp.wrong_days;
-- what it will say on each day: not due, ok, stale; small numbers are there for those who may see them only
select k.org_code, p.unsuppressed, case when isfinite(p.shown_from) then p.shown_from - (p.month_start + interval '1 month')::date >= 99 end as from_when_due,
    p.shown_to = 'infinity' as for_ever, p.value_status, p.display_value, exception_text is not null as has_exception
from mo_data.page_row p join mo_data.organisation_key k using (org_key)
where k.org_code in ('A00001', 'A00003', 'U00001') order by k.org_code, p.unsuppressed, p.shown_from;
update mo_data.kpi set expected_lag_days = 0 where kpi_id = 'local_share';
select k.org_code, p.unsuppressed, p.shown_from <= current_date as begun, p.value_status from mo_data.page_row p join mo_data.organisation_key k using (org_key)
where k.org_code in ('A00001', 'A00003') order by k.org_code, p.unsuppressed, p.shown_from;
select count(*) as wrong_days from pg_temp.wrong_days;
-- nothing is left to do after a refresh; the page is what is worked out from the figures
select mo_data.page_replace() as new_rows;
select count(*) as differ from (
    (select to_jsonb(p) from mo_data.page_row p except select to_jsonb(n) - 'stored_run_id' from mo_data.page_now n)
    union all (select to_jsonb(n) - 'stored_run_id' from mo_data.page_now n except select to_jsonb(p) from mo_data.page_row p)) x;
-- a login sees one row an organisation: its own kind
select count(*) as rows_seen, count(value) as values_seen, bool_and(org_code <> 'A00001' or value is null) as hidden from mo_dashboard.dashboard where kpi_id = 'local_share';
select mo_data.grant_unsuppressed(session_user) is not null as granted;
select count(*) as rows_seen, bool_or(org_code = 'A00001' and numerator = 3) as shown from mo_dashboard.dashboard where kpi_id = 'local_share';
delete from mo_data.access_scope where role_name = session_user;
select mo_data.access_key_sync();
-- definitions hold at once, those of others are left alone
update mo_data.kpi set hide_to = 29 where kpi_id = 'local_share';
select string_agg(org_code, ' ' order by org_code) as suppressed from mo_dashboard.dashboard where status_label = 'suppressed';
update mo_data.kpi set decimals = 3, short_name = 'Share of it' where kpi_id = 'local_share';
select display_value, kpi_short_name from mo_dashboard.dashboard where org_code = 'A00004';
update mo_data.setting set value = 1000 where name = 'status_min_denominator';
insert into mo_data.kpi_target (kpi_id, org_code, target, valid_from) values ('local_share', 'QAA', 0.2, '2020-01-01');
call mo_data.refresh();
select org_code, display_target, status_label, rag from mo_dashboard.dashboard where org_code in ('A00004', 'U00001') order by 1;
update mo_data.organisation set name = 'Renamed' where org_code = 'A00004';
update mo_data.site set data_kind = 'real';
select org_name, data_kind_label from mo_dashboard.dashboard where org_code = 'A00004';
select mo_data.page_replace() as new_rows;
update mo_data.kpi set is_active = false where kpi_id = 'local_share';
select count(*) as on_the_page from mo_dashboard.dashboard;
-- statistics before the first count: tables that loads have filled are analysed
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on) select 'd' || i, i, 'A00001', '2020-01-01' from generate_series(1, 100) i;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, rows_read, rows_kept, rows_rejected, finished_at)
    values ('discharge', 'y.csv', repeat('1', 64), 1, 'flat', 'loaded', '{2020-01-01}', 1000000, 1000000, 0, now());
call mo_data.refresh();
select count(*) > 0 as has_statistics from pg_stats where schemaname = 'mo_data' and tablename = 'discharge';
rollback;
