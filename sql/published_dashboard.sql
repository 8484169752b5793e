-- The page: two ICBs, fourteen months; peers against PostgreSQL's own percentile_cont, states honest
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
-- the same keys wherever in the order of tests it runs
alter table mo_data.organisation_key alter column org_key restart;
alter table mo_data.refresh_run alter column run_id restart;
update mo_data.kpi set is_active = kpi_id = 'cost_per_weighted_patient';
set local client_min_messages = warning;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'North', null),
    ('QAA', 'icb', 'First ICB', null), ('QBB', 'icb', 'Second ICB', null), ('00A', 'sub_icb', 'Sub A', null), ('00B', 'sub_icb', 'Sub B', null);
insert into mo_data.organisation (org_code, org_type, name) select 'U0000' || i, 'pcn', 'PCN ' || i from generate_series(1, 5) i;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_to)
    select 'A000' || to_char(i, 'FM00'), 'practice', 'Practice ' || i, case i when 17 then 8 else 4 end, case i when 20 then date '2016-10-01' end from generate_series(1, 21) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('Y11', 'nation', 'ENG'), ('QAA', 'region', 'Y11'), ('QBB', 'region', 'Y11'),
    ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QBB'), ('U00001', 'sub_icb', '00A'), ('U00002', 'sub_icb', '00A'), ('U00003', 'sub_icb', '00A'), ('U00004', 'sub_icb', '00B'), ('U00005', 'sub_icb', '00B');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'A000' || to_char(i, 'FM00'), 'sub_icb', case when i <= 12 then '00A' else '00B' end from generate_series(1, 21) i
    union all select 'A000' || to_char(i, 'FM00'), 'pcn', 'U0000' || (i + 3) / 4 from generate_series(1, 18) i;
-- practice i has 100 i weighted patients; what it costs rises by month, differs between practices, and two pairs of practices are alike
insert into mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id)
    select 'A000' || to_char(i, 'FM00'), '2015-01-01', case i when 18 then 'U' else 'M' end, 0, 4, 100 * i, 0 from generate_series(1, 20) i;
create table mo_data.prescribing_test partition of mo_data.prescribing default;
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id)
    select ('2015-10-01'::date + make_interval(months => m))::date, 'A000' || to_char(i, 'FM00'), '0212000B0AAABAB', 1,
        100000 * i * (100 + m * 3 + case when i in (5, 6) then 7 when i in (9, 10) then 30 else i * 37 % 41 end), 0
    from generate_series(0, 13) m, generate_series(1, 20) i where not (i = 3 and m = 6);
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, rows_read, rows_kept, rows_rejected, finished_at)
    select 'prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', array[m::date], 22, 20, 2, '2016-12-20 10:00Z' from generate_series('2015-10-01'::timestamp, '2016-11-01', '1 month') m;
call mo_data.refresh();

-- every median, with and without self, rank, percentile and decile, by PostgreSQL's own functions
with fact as (
    select f.*, g.peer_group, mo.decile(f.value) over (partition by f.kpi_id, f.month_start, f.org_type, g.peer_group order by f.value) as decile
    from mo_dashboard.fact_kpi f join mo_dashboard.dim_organisation o using (org_key, org_type)
        cross join lateral (select case when f.org_type in ('practice', 'pcn') then f.as_at_icb_code else 'ENG' end as peer_group) g
    where value is not null and org_type in ('practice', 'pcn', 'sub_icb', 'icb') and (org_type <> 'practice' or is_gp_practice = 1)
)
select f.org_type, count(*) as figures, count(distinct f.peer_n) as sizes_of_groups,
    count(*) filter (where f.comparator_value is distinct from p.median) as median_differs,
    count(*) filter (where f.peer_median_without_self is distinct from p.without_self) as without_self_differs,
    count(*) filter (where f.peer_n <> p.n) as n_differs,
    count(*) filter (where f.peer_rank <> p.lower + 1) as rank_differs,
    count(*) filter (where f.peer_percentile is distinct from case when p.n > 1 then 100.0 * p.lower / (p.n - 1) else 0 end::float8) as percentile_differs,
    count(*) filter (where f.peer_decile is distinct from case when p.n >= 10 then f.decile end) as decile_differs
from fact f cross join lateral (
    select count(*) as n, percentile_cont(0.5) within group (order by g.value) as median,
        percentile_cont(0.5) within group (order by g.value) filter (where g.org_key <> f.org_key) as without_self, count(*) filter (where g.value < f.value) as lower
    from fact g where g.kpi_id = f.kpi_id and g.month_start = f.month_start and g.org_type = f.org_type and g.peer_group = f.peer_group) p
group by f.org_type order by f.org_type;
-- who is compared with nobody: the hospice, the practice of no weight, region and nation
select org_type, org_code, value is not null as has_value from mo_dashboard.fact_kpi where peer_n is null and month_start = '2016-11-01' order by 1, 2;
-- every level is the sum of its practices
select p.org_type, count(*) as figures, count(*) filter (where abs(p.numerator - s.numerator) > 1e-6 or p.denominator <> s.denominator) as differ
from mo_dashboard.fact_kpi p join lateral (
    select sum(f.numerator) as numerator, sum(f.denominator) as denominator from mo_dashboard.fact_kpi f
    where f.month_start = p.month_start and f.org_type = 'practice'
        and case p.org_type when 'pcn' then f.as_at_pcn_code = p.org_code when 'icb' then f.as_at_icb_code = p.org_code else true end) s on true
where p.org_type in ('pcn', 'icb', 'nation') group by 1 order by 1;
-- what it was before
select month_start, round(value::numeric, 3) as value, round(previous_month_value::numeric, 3) as month_before, round(previous_year_value::numeric, 3) as year_before,
    round(change_on_month::numeric, 3) as change_on_month
from mo_dashboard.fact_kpi where org_code = 'A00003' and month_start >= '2016-03-01' order by 1;

-- the page of a PCN
\x
select * from mo_dashboard.dashboard where org_code = 'U00002';
\x
-- and of all: the closed practice is not on it, one without a list has no data, an old month is stale
select org_code, display_value, display_change_on_month, display_change_on_year, display_peer_median, display_position, trend_spark, value_status
from mo_dashboard.dashboard order by org_type, org_code;
select org_code, exception_text from mo_dashboard.dashboard where org_code in ('A00018', 'A00021', 'QAA') order by 1;
select count(*) as on_the_page from mo_dashboard.dashboard where org_code = 'A00020';
select org_code, display_value, comparator_value, difference_from_others, peer_rank, peer_n, peer_group_name from mo_dashboard.peer_comparison
where month_start = '2016-11-01' and org_type in ('icb', 'pcn') order by org_type, org_code;
-- the state of the sources
select source_name, state_label, latest_month, loaded_at_utc, next_data_due, days_overdue > 0 as is_overdue, rows_kept, rows_rejected, left_out_narrative
from mo_dashboard.data_status where source_name in ('prescribing', 'list_size', 'bank_holidays') order by source_sort;
-- intervals by the KPI's method; none where the parts do not suit it
select m, n, d, round(value_lower::numeric, 4) as lower, round(value_upper::numeric, 4) as upper from (values ('wilson', 5, 10, 1), ('wilson', 11, 10, 1), ('byar', 12, 4300, 10000),
    ('byar', 5, 4300, 10000), ('byar', 1.5, 10, 1), ('wilson', 1, 0, 1), ('none', 1, 2, 1)) v (m, n, d, per) cross join lateral mo_data.result_interval(m, per, n, d) i;

-- a recent month is not stale
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id)
    select date_trunc('month', current_date - 40), 'A000' || to_char(i, 'FM00'), '0212000B0AAABAB', 1, 100000 * i, 0 from generate_series(1, 12) i;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
    values ('prescribing', 'y.csv', repeat('1', 64), 1, 'epd', 'loaded', array[date_trunc('month', current_date - 40)::date], now());
select state_label from mo_dashboard.data_status where source_name = 'prescribing';
call mo_data.refresh();
select state_label, days_overdue from mo_dashboard.data_status where source_name = 'prescribing';
-- what has no regular date is not overdue: null, as next_data_due is
select count(*) filter (where days_overdue is not null) as dated, count(*) > 10 as enough from mo_dashboard.data_status where next_data_due is null;
select bool_and(days_overdue >= 0 and (days_overdue > 0) = (next_data_due < current_date)) as as_due from mo_dashboard.data_status where next_data_due is not null;
-- the second ICB's file has not come: its page stays at its own latest month and says so; its practices are not taken to have prescribed nothing
select org_type, value_status, month_start = date_trunc('month', current_date - 40) as is_new, count(*) from mo_dashboard.dashboard where org_type in ('practice', 'icb') group by 1, 2, 3 order by 1, 2, 3;

-- display text
select mo_data.display_value(v, u, p, d::smallint) from (values (1234.5, 'pounds', 1, 2), (-0.125, 'pounds', 1, 2), (0.875, 'percent', 1, 1), (3.21, 'rate', 10000, 1), (1234567, 'count', 1, 0),
    (0.5, 'ratio', 1, 2), (null, 'pounds', 1, 2), (-0.3, 'percent', 1, 0)) x (v, u, p, d);
-- a change has a sign, unless it rounds to nothing
select mo_data.display_change(v, u, d::smallint) from (values (0.03, 'pounds', 2), (-12.345, 'pounds', 2), (0, 'pounds', 2), (0.012, 'percent', 1), (-0.012, 'percent', 1),
    (0, 'percent', 1), (0.0004, 'percent', 1), (-0.0004, 'percent', 1), (0.0005, 'percent', 1), (-0.0005, 'percent', 1), (0, 'count', 0), (-3, 'count', 0), (0.004, 'rate', 2),
    (1234, 'count', 0), (null, 'count', 0)) x (v, u, d);
savepoint names;
-- a group has its name wherever it is shown
insert into mo_data.organisation_group (group_code, org_code, group_name) select 'fed', 'A000' || to_char(i, 'FM00'), 'North federation' from generate_series(1, 3) i;
call mo_data.refresh();
select 'dashboard' as shown, org_code, org_name from mo_dashboard.dashboard where org_type = 'group'
union select 'kpi_months', org_code, org_name from mo_dashboard.kpi_months where org_type = 'group'
union select 'kpi_trend', org_code, org_name from mo_dashboard.kpi_trend where org_type = 'group' order by 1;
-- of a practice that is closed nothing more is due: no view calls its last month stale
select 'fact_kpi' as shown, value_status from mo_dashboard.fact_kpi where org_code = 'A00020' and month_start = '2016-09-01'
union all select 'kpi_trend', value_status from mo_dashboard.kpi_trend where org_code = 'A00020' and month_start = '2016-09-01';
rollback to names;
-- small numbers are hidden everywhere: value, peers, what it was (a 0 stays), the sparkline
update mo_data.kpi set hide_from = 1, hide_to = 100000 where kpi_id = 'cost_per_weighted_patient';
call mo_data.refresh('2016-11-01', '2016-11-01');
select count(*) as figures, count(numerator) + count(value) + count(value_lower) + count(peer_rank) + count(peer_decile) + count(peer_percentile)
    + count(nullif(previous_month_value, 0)) + count(previous_year_value) + count(change_on_month) + count(peer_median_without_self) as shown
from mo_dashboard.fact_kpi where value_status = 'suppressed';
select display_value, value_status, exception_text, trend_spark is null as no_spark from mo_dashboard.dashboard where org_code = 'U00002';
rollback;
