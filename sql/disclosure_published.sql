-- Small numbers in what is published: rules, what follows them in other months, peers, rounding
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Sub A', null);
insert into mo_data.organisation (org_code, org_type, name) select 'U0000' || i, 'pcn', 'PCN ' || i from generate_series(1, 3) i;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) select 'A0000' || i, 'practice', 'Practice ' || i, 4 from generate_series(1, 9) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'U0000' || i, 'sub_icb', '00A' from generate_series(1, 3) i
    union all select 'A0000' || i, 'pcn', 'U0000' || (i + 2) / 3 from generate_series(1, 9) i
    union all select 'A0000' || i, 'sub_icb', '00A' from generate_series(1, 9) i;
-- what the shipped KPIs hide, as dim_kpi says it
select kpi_id, small_number_rule from mo_dashboard.dim_kpi where small_number_rule <> 'Nothing is hidden' order by 1;
create table pg_temp.figure (org_code text, month date, breakdown text, numerator float8, denominator float8);
create function mo_data.kpi_local_share(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, f.breakdown, 'x', f.numerator, f.denominator from pg_temp.figure f where f.month between from_month and to_month $$;
-- practice i has 10 i of 100; practice 2 has 4 in February 2025
insert into pg_temp.figure select 'A0000' || i, m, null, case when i = 2 and m = '2025-02-01' then 4 else 10 * i end, 100
    from generate_series(1, 9) i, generate_series('2025-01-01'::timestamp, '2026-03-01', '1 month') m;
update mo_data.kpi set is_active = false;
call mo_data.register_kpi(kpi_id => 'local_share', family => 'cost', name => 'Share', short_name => 'Share', unit => 'percent', numerator_wording => 'n', denominator_wording => 'd',
    direction => 'higher', interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => '{prescribing}', rationale => 'r', reference => 'r');
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    select 'prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', array_agg(m::date), now() from generate_series('2025-01-01'::timestamp, '2026-03-01', '1 month') m;
call mo_data.refresh();
create view pg_temp.seen as select month_start as month, org_code, numerator as n, value, value_status as status, value_lower is not null as interval,
    previous_month_value as month_before, previous_year_value as year_before, comparator_value as median, peer_rank as rank, peer_n as peers from mo_dashboard.fact_kpi;
-- February: practice 2, and the next smallest of its PCN; they are hidden beside March 2025 and February 2026 too. No more than one in five
-- may be hidden, or peers are not compared: two of nine are too many.
select * from pg_temp.seen where org_code in ('A00001', 'A00002', 'A00003', 'A00009', 'U00001') and month in ('2025-02-01', '2025-03-01', '2026-02-01') order by 1, 2;
select month, hidden, previous_month_hidden, previous_year_hidden, string_agg(org_code, ' ' order by org_code) from mo_data.kpi_result
where hidden + previous_month_hidden + previous_year_hidden > 0 group by 1, 2, 3, 4 order by 1, 2;
-- a late file: practice 2 had 14 after all, practice 5 had 3. What was hidden is shown, what is small now is not, in later months as well
update pg_temp.figure set numerator = case org_code when 'A00002' then 14 else 3 end where month = '2025-02-01' and org_code in ('A00002', 'A00005');
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    values ('prescribing', 'y.csv', repeat('1', 64), 1, 'epd', 'loaded', '{2025-02-01}', now());
call mo_data.refresh();
select month, hidden, previous_month_hidden, previous_year_hidden, string_agg(org_code, ' ' order by org_code) from mo_data.kpi_result
where hidden + previous_month_hidden + previous_year_hidden > 0 group by 1, 2, 3, 4 order by 1, 2;
-- a stricter rule holds at once for what is small itself, and with the refresh, which counts nothing again, for what goes with it
update mo_data.kpi set hide_to = 19 where kpi_id = 'local_share';
select string_agg(org_code, ' ' order by org_code) as suppressed from pg_temp.seen where month = '2026-03-01' and status = 'suppressed';
call mo_data.refresh();
select string_agg(org_code, ' ' order by org_code) as suppressed from pg_temp.seen where month = '2026-03-01' and status = 'suppressed';
select coalesce(sum(rows), 0) as counted_again from mo_data.refresh_log where run_id = (select max(run_id) from mo_data.refresh_run) and what = 'count';
-- a weaker one with the refresh only
update mo_data.kpi set hide_to = 7 where kpi_id = 'local_share';
select count(*) as suppressed from pg_temp.seen where month = '2026-03-01' and status = 'suppressed';
call mo_data.refresh();
select count(*) as suppressed from pg_temp.seen where month = '2026-03-01' and status = 'suppressed';

-- small denominators: of a share below hide_to + 1 without asking, 0 included, or one of one would tell itself
savepoint denominators;
update pg_temp.figure set numerator = 0, denominator = 3 where month = '2026-03-01' and org_code = 'A00004';
update pg_temp.figure set numerator = 1, denominator = 1 where month = '2026-03-01' and org_code = 'A00005';
call mo_data.refresh('2026-03-01', '2026-03-01');
select org_code, n, value, status from pg_temp.seen where month = '2026-03-01' and org_code in ('A00004', 'A00005', 'A00006', 'U00002') order by 1;
update mo_data.kpi set hide_denominator_below = 101 where kpi_id = 'local_share';
call mo_data.refresh();
select string_agg(org_code, ' ' order by org_code) as shown from pg_temp.seen where month = '2026-03-01' and status <> 'suppressed';
rollback to denominators;

-- whatever the rule, what is shown is what the page goes by (kpi_seen): every result under 270 rules without a refresh, so that what is stored says less
create function pg_temp.shown_otherwise(unsuppressed boolean) returns table (rules bigint, hidden bigint, shown_otherwise bigint) language plpgsql as $$
declare
    rule record;
    found record;
begin
    rules := 0; hidden := 0; shown_otherwise := 0;
    for rule in
        select u.unit, m.method, h.hide_from, h.hide_to, b.below, r.round_to
        from unnest(array['percent', 'rate', 'count']) u (unit), unnest(array['wilson', 'byar', 'none']) m (method), unnest(array[null, 9, 101]) b (below),
            unnest(array[null, 25]) r (round_to), (values (null, null), (10, 20), (0, 40), (null, 7), (5, null)) h (hide_from, hide_to)
    loop
        update mo_data.kpi k set unit = rule.unit, interval_method = rule.method, hide_from = rule.hide_from, hide_to = rule.hide_to,
            hide_denominator_below = rule.below, round_to = rule.round_to where k.kpi_id = 'local_share';
        select count(*) filter (where s.is_hidden) as hidden, count(*) filter (where n.org_key is null or row(s.*) is distinct from row(n.*)) as otherwise into found
        from mo_data.kpi_shown s full join (
                select n.kpi_id, n.month, n.period_start, n.org_key, n.org_type, n.org_code, n.breakdown, n.pcn_code, n.icb_code, n.run_id, n.denominator, n.unit, n.per,
                    n.decimals, n.is_hidden, n.numerator, n.value, n.value_lower, n.value_upper, n.peer_group, n.peer_n, n.peer_median, n.peer_median_without_self,
                    n.peer_rank, n.peer_decile, n.peer_percentile, n.previous_month_value, n.previous_year_value, n.target, n.hidden
                from mo_data.kpi_seen n where n.unsuppressed = shown_otherwise.unsuppressed
            ) n on n.org_key = s.org_key and n.kpi_id = s.kpi_id and n.month = s.month and n.breakdown = s.breakdown;
        rules := rules + 1; hidden := hidden + found.hidden; shown_otherwise := shown_otherwise + found.otherwise;
    end loop;
    return next;
end $$;
savepoint rules;
alter table mo_data.kpi disable trigger page_redefined; -- the page is not asked here, and it would be made anew 270 times
update mo_data.kpi_result set denominator = (array[0, 4, 7, 8, 9, 19, 20, 40, 41, 100])[1 + (ascii(right(org_code, 1)) + extract(month from month)::integer) % 10];
select * from pg_temp.shown_otherwise(false);
rollback to rules;
-- rounding: numerators to the nearest 25, values made from them, no intervals, peers and earlier months too
update mo_data.kpi set round_to = 25, hide_from = null, hide_to = null where kpi_id = 'local_share';
call mo_data.refresh();
select * from pg_temp.seen where org_code in ('A00001', 'A00002', 'A00009', 'QAA') and month = '2026-02-01' order by 2;
-- a share that would be rounded above its denominator is rounded down, in its own month and beside later ones
update pg_temp.figure set denominator = 90 where org_code = 'A00009' and month = '2026-01-01';
call mo_data.refresh('2026-01-01', '2026-01-01');
select month, n, value, month_before from pg_temp.seen where org_code = 'A00009' and month in ('2026-01-01', '2026-02-01') order by 1;
-- a login that sees everything as it is
set local client_min_messages = error;
select mo_data.grant_unsuppressed(session_user) is not null as granted;
select * from pg_temp.seen where org_code in ('A00001', 'QAA') and month = '2026-02-01' order by 2;
savepoint rules;
alter table mo_data.kpi disable trigger page_redefined;
update mo_data.kpi_result set denominator = (array[0, 4, 7, 8, 9, 19, 20, 40, 41, 100])[1 + (ascii(right(org_code, 1)) + extract(month from month)::integer) % 10];
select * from pg_temp.shown_otherwise(true);
rollback to rules;
-- reasons and rounding by themselves
select u, m, n, d, mo_data.small_reason(u, m, n, d, 1, 7, b) as reason from (values ('percent', 'wilson', 3, 100, null), ('percent', 'wilson', 0, 7, null), ('percent', 'wilson', 0, 8, null),
    ('percent', 'none', 0, 5, null), ('rate', 'byar', 0, 5, 10), ('count', 'byar', 3, 0, 10), ('percent', 'wilson', 0, 0, null), ('count', 'none', 8, 0, null)) v (u, m, n, d, b);
select n, d, m, mo_data.rounded_numerator(n, d, m, 5) as rounded from (values (7, 100, 'wilson'), (8, 100, 'wilson'), (8, 9, 'wilson'), (8, 9, 'none'), (2.5, 0, 'byar')) v (n, d, m);
select mo_data.rounded_numerator(7, 100, 'wilson', null) as not_rounded;
-- a rounded share of an earlier month is the same to its last digit whatever was rounded
select count(*), count(*) filter (where mo_data.rounded_before(n::float8 / d * p, n, p, 'wilson', r) is distinct from mo_data.rounded_numerator(n, d, 'wilson', r) / d * p) as told
from generate_series(1, 300) d cross join generate_series(1, d) n cross join (values (1::float8, 5), (1000, 10)) v (p, r);
rollback;

-- a share of quantities cannot exceed its denominator either: 23 of 23 beside ? of 3 and ? of 20 would be 3 and 20
begin;
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'ICB', null), ('00A', 'sub_icb', 'Sub', null), ('U00001', 'pcn', 'PCN 1', null), ('U00002', 'pcn', 'PCN 2', null),
    ('A00001', 'practice', 'P1', 4), ('A00002', 'practice', 'P2', 4), ('A00003', 'practice', 'P3', 4), ('A00004', 'practice', 'P4', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('U00002', 'sub_icb', '00A'), ('A00001', 'sub_icb', '00A'), ('A00002', 'sub_icb', '00A'),
    ('A00003', 'sub_icb', '00A'), ('A00004', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001'), ('A00002', 'pcn', 'U00001'), ('A00003', 'pcn', 'U00002'), ('A00004', 'pcn', 'U00002');
create table mo_data.prescribing_rest partition of mo_data.prescribing default;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, unidentified, batch_id)
    select '2025-01-01', p, c, 1, n, n, 100000, 100000, false, 0
    from (values ('A00001', '0501013B0AAABAB', 3), ('A00002', '0501013B0AAABAB', 20), ('A00003', '0501013B0AAABAB', 100), ('A00004', '0501013B0BBABAB', 200)) v (p, c, n);
insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, denominator_include, denominator_value, denominator_wording, per, is_percentage, direction, is_cost_based, source)
    values ('t_share', 't', 't', '{0501013B0AA}', 'quantity', 'n', '{0501013B0}', 'quantity', 'd', 1, true, 'lower', false, 'test');
update mo_data.prescribing_measure set is_active = measure_id = 't_share';
update mo_data.kpi set is_active = kpi_id = 't_share', hide_from = 1, hide_to = 7 where is_active or kpi_id = 't_share';
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('prescribing', 'x', repeat('0', 64), 1, 'test', 'loaded', '{2025-01-01}');
call mo_data.refresh();
update mo_data.kpi set hide_from = 1, hide_to = 7 where kpi_id = 't_share';
call mo_data.refresh();
select org_code, numerator, denominator from mo_dashboard.measure_value where org_type in ('practice', 'pcn') order by 1;
-- the SQL form hides the same
select count(*) filter (where s.hidden > 0) as hidden from mo_data.kpi_result s where s.kpi_id = 't_share' and s.breakdown = '';
rollback;
