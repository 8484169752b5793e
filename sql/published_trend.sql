-- Control charts, honest states and the page's sentences, on figures that can be worked out on paper
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
alter table mo_data.organisation_key alter column org_key restart;
update mo_data.kpi set is_active = kpi_id in ('hrd_monitoring_current', 'incident_rate', 'cost_per_weighted_patient', 'smr_completed');
update mo_data.kpi set expected_lag_days = 0;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'North', null),
    ('QAA', 'icb', 'First ICB', null), ('00A', 'sub_icb', 'Sub A', null), ('U00001', 'pcn', 'PCN one', null),
    ('A00001', 'practice', 'Above', 4), ('A00002', 'practice', 'Hidden', 4), ('A00003', 'practice', 'Nothing to divide by', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('Y11', 'nation', 'ENG'), ('QAA', 'region', 'Y11'), ('00A', 'icb', 'QAA'),
    ('U00001', 'sub_icb', '00A'), ('A00001', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001'), ('A00003', 'sub_icb', '00A');
-- thirteen months to the last one that has ended: month 1 is the first of them
create function pg_temp.month(n int) returns date language sql as $$ select (date_trunc('month', current_date) - make_interval(months => 14 - n))::date $$;
create temp table point (kpi_id text, org_code text, n int, numerator float8, denominator float8);
-- A00001, higher is good: 49 and 51 of 100 in turn, then 60. The mean is 660 / 13 = 50.7692; moving ranges eleven of 2 and one of 9, which is above 3.267 x
-- their mean 31 / 12 and is left out: limits 50.7692 -+ 2.66 x 2 = 45.4492 and 56.0892
insert into point select 'hrd_monitoring_current', 'A00001', n, case n when 13 then 60 else 49 + 2 * ((n + 1) % 2) end, 100 from generate_series(1, 13) n;
-- the same with a small number in month 5, which is hidden (numerators 1 to 7): twelve points, and no moving range across the gap. It belongs to
-- nothing, so that nothing else is hidden because of it
insert into point select 'hrd_monitoring_current', 'A00002', n, case n when 13 then 60 when 5 then 3 else 49 + 2 * ((n + 1) % 2) end, 100 from generate_series(1, 13) n;
insert into point select 'hrd_monitoring_current', 'A00003', 13, 0, 0;
-- lower is good; neither is; and a figure that starts again each April
insert into point select k, org_code, n, numerator, denominator from point cross join unnest('{cost_per_weighted_patient,incident_rate,smr_completed}'::text[]) k where org_code = 'A00001';
insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('hrd_monitoring_current', 'ENG', '2000-01-01', 0.5), ('hrd_monitoring_current', 'A00002', '2000-01-01', 0.5), ('cost_per_weighted_patient', 'ENG', '2000-01-01', 0.45);
create function pg_temp.publish() returns void language plpgsql as $$
declare run int; k text;
begin
    insert into mo_data.refresh_run (kind, started_at) values ('range', now()) returning run_id into run;
    perform mo_data.organisation_key_sync();
    delete from mo_data.kpi_value; delete from mo_data.kpi_month; delete from mo_data.kpi_result;
    insert into mo_data.kpi_value (kpi_id, month, org_code, numerator, denominator, run_id) select p.kpi_id, pg_temp.month(p.n), p.org_code, p.numerator, p.denominator, run from point p;
    insert into mo_data.kpi_month (kpi_id, month, figures, first_run_id, run_id) select kpi_id, month, count(*), run, run from mo_data.kpi_value group by 1, 2;
    for k in select distinct kpi_id from point loop
        perform mo_data.result_replace(run, k, array(select distinct pg_temp.month(n) from point));
        perform mo_data.variation_replace(run, k, array(select distinct pg_temp.month(n) from point));
    end loop;
    perform mo_data.kpi_latest_replace(run);
    perform mo_data.page_replace();
    perform mo_data.calendar_extend();
end $$;
select pg_temp.publish();
-- mean, limits and causes, by hand; the hidden month is a gap: the mean is of the twelve that are shown
create temporary view trend as select t.*, row_number() over (partition by t.kpi_id, t.org_key order by t.month_start) as n from mo_dashboard.kpi_trend t;
select org_code, n, display_value, value_status, round(spc_mean::numeric, 6) as mean, round(spc_lower::numeric, 6) as lower, round(spc_upper::numeric, 6) as upper, special_cause_label as cause,
    spc_variation_label
from trend where kpi_id = 'hrd_monitoring_current' and org_code in ('A00001', 'A00002') and n in (1, 5, 12, 13) order by 1, 2;
select round((660.0 / 13 / 100)::numeric, 6) as mean, round((660.0 / 13 / 100 - 2.66 * 0.02)::numeric, 6) as lower, round((660.0 / 13 / 100 + 2.66 * 0.02)::numeric, 6) as upper,
    round(((660.0 - 49) / 12 / 100)::numeric, 6) as mean_without_month_5;
-- higher is good: improving; lower is good: concerning; neither: neither; starting again each April: no chart
select kpi_id, direction_of_good, special_cause_label, spc_variation_label, spc_mean is null as no_chart from trend where org_code = 'A00001' and n = 13 order by 1;
-- the limits are of all months, whatever months are asked for
select count(*) as rows, count(distinct (spc_mean, spc_lower, spc_upper)) as charts, count(distinct (spc_mean, spc_lower, spc_upper)) filter (where n > 11) as charts_of_two_months
from trend where org_code = 'A00001' and kpi_id = 'hrd_monitoring_current';
select count(*) = 2 and min(t.spc_mean) = min(u.spc_mean) as same from mo_dashboard.kpi_trend t join trend u using (kpi_id, org_code, month_start)
where t.org_code = 'A00001' and t.kpi_id = 'hrd_monitoring_current' and t.month_start >= pg_temp.month(12);
-- the page says the same as the trend's last month, of every organisation and KPI
select count(*) as compared, count(*) filter (where d.spc_variation_label is distinct from t.spc_variation_label) as differ, count(d.spc_variation_label) as with_label
from mo_dashboard.dashboard d join mo_dashboard.kpi_trend t using (kpi_id, org_key, month_start);
select count(*) as charts, count(*) filter (where (l.spc_mean, l.spc_lower, l.spc_upper) is distinct from (t.spc_mean, t.spc_lower, t.spc_upper)) as differ
from mo_data.kpi_latest l join mo_dashboard.kpi_trend t on t.kpi_id = l.kpi_id and t.org_key = l.org_key and t.month_start = l.month;
select org_code, kpi_id, display_value, display_interval, display_target, status_label, spc_variation_label, spc_assurance_label, exception_text from mo_dashboard.dashboard
where org_code = 'A00001' order by kpi_sort;
-- assurance by where the target lies to the limits 45.4 and 56.1
select t as target, mo_data.spc_assurance_label(0.454492, 0.560892, t, 'higher') as higher, mo_data.spc_assurance_label(0.454492, 0.560892, t, 'lower') as lower,
    mo_data.spc_assurance_label(0.454492, 0.560892, t, 'neither') as neither from unnest('{0.45,0.454492,0.5,0.560892,0.57,null}'::float8[]) t;
select mo_data.spc_assurance_label(null, 0.5, 0.4, 'higher') is null as no_limits;
select c as cause, d as direction, mo_data.spc_variation_label(c, d), mo_data.spc_cause_text(c) from unnest('{seven_below,increasing_trend,common_cause,null}'::text[]) c, unnest('{higher,lower,neither,null}'::text[]) d;
-- eleven points: nothing is said
delete from point where n <= 2 and kpi_id <> 'hrd_monitoring_current';
select pg_temp.publish();
select kpi_id, spc_variation_label, spc_assurance_label, (select count(spc_mean) from mo_dashboard.kpi_trend t where t.org_key = d.org_key and t.kpi_id = d.kpi_id) as with_limits
from mo_dashboard.dashboard d where org_code = 'A00001' order by kpi_sort;

-- the states, each by name: on the page, in the facts, in the trend
create temporary view state as
    select d.org_code, d.value_status, f.value_status as fact, t.value_status as trend, p.value_status as peers, d.display_value, d.status_label, d.rag, d.spc_variation_label as spc, d.exception_text
    from mo_dashboard.dashboard d
        left join mo_dashboard.fact_kpi f using (kpi_id, org_key, month_start)
        left join mo_dashboard.kpi_trend t using (kpi_id, org_key, month_start)
        left join mo_dashboard.peer_comparison p using (kpi_id, org_key, month_start)
    where d.kpi_id = 'hrd_monitoring_current';
update mo_data.kpi_target set target = 0.7 where kpi_id = 'hrd_monitoring_current';
-- ok, and off target
select pg_temp.publish();
select * from state where org_code = 'A00001';
-- no data: nothing to divide by; and nothing at all
select value_status, fact, trend, peers, display_value, status_label, rag, regexp_replace(exception_text, 'in .*', 'in a month.') as exception_text from state where org_code = 'A00003';
delete from point where org_code = 'A00003';
select pg_temp.publish();
select value_status, fact, trend, display_value, exception_text from state where org_code = 'A00003';
-- suppressed
update point set numerator = 4 where org_code = 'A00002' and n = 13;
select pg_temp.publish();
select * from state where org_code = 'A00002';
-- too few: the interval does not hold the target, but four patients are not judged
update mo_data.kpi set hide_from = null, hide_to = null where kpi_id = 'hrd_monitoring_current';
update point set numerator = 1, denominator = 4 where org_code = 'A00002' and n = 13;
select pg_temp.publish();
select * from state where org_code = 'A00002';
-- not due: the figure is there but can still change: shown, in grey, without a verdict or a cause
update mo_data.kpi set expected_lag_days = 60 where kpi_id = 'hrd_monitoring_current';
select value_status, fact, trend, peers, display_value, status_label, rag, spc, regexp_replace(exception_text, '^.* is not due until .* and', 'MONTH is not due until DAY and') as exception_text
from state where org_code = 'A00001';
-- not due, and not there
insert into point values ('hrd_monitoring_current', 'A00003', 13, 0, 0);
select pg_temp.publish();
select value_status, fact, trend, display_value, status_label, regexp_replace(exception_text, '^.* is not due until .*\.', 'MONTH is not due until DAY.') as exception_text from state where org_code = 'A00003';
-- the months before are as they were
select distinct value_status from mo_dashboard.fact_kpi where kpi_id = 'hrd_monitoring_current' and month_start < pg_temp.month(11) and org_code = 'A00001';
-- a national publication of whole months is complete once it is there
update mo_data.kpi set expected_lag_days = 60 where kpi_id = 'cost_per_weighted_patient';
select value_status from mo_dashboard.dashboard where org_code = 'A00001' and kpi_id = 'cost_per_weighted_patient';
-- stale: the latest, and the next was due; the months before it are not
update mo_data.kpi set expected_lag_days = 0 where kpi_id = 'hrd_monitoring_current';
update point set n = n - 3 where kpi_id = 'hrd_monitoring_current';
select pg_temp.publish();
select value_status, fact, trend, peers, display_value, status_label, rag, regexp_replace(exception_text, 'Data end in .*; the next month was due on [^.]*', 'Data end in MONTH; the next month was due on DAY') as exception_text
from state where org_code = 'A00001';
select value_status, count(*) from mo_dashboard.fact_kpi where kpi_id = 'hrd_monitoring_current' and org_code = 'A00001' group by 1 order by 1;
-- an annual figure is due once a year
select mo_data.next_figure_due('2026-03-01', 'annual', 28), mo_data.next_figure_due('2026-04-01', 'annual', 28), mo_data.next_figure_due('2026-03-01', 'flow', 28),
    mo_data.figure_due('2026-01-01', 'stock', 14, 'whole'), mo_data.figure_due('2026-01-01', 'stock', 14, null), mo_data.figure_due('2026-01-01', 'annual', 14, 'whole');
select mo_data.value_status(h, v, d, n, '2026-03-01') from (values (true, null::float8, date '2026-04-01', null::date), (false, 1, '2026-03-02', null), (false, 1, '2026-03-01', null), (false, null, '2026-03-01', null),
    (false, 1, null, '2026-02-28'), (false, 1, null, '2026-03-01'), (null, null, null, null)) s (h, v, d, n);
-- printed intervals
select mo_data.display_interval(0.651, 0.732, 'percent', 1, 1::smallint), mo_data.display_interval(2.1, 3.4, 'rate', 10000, 1::smallint), mo_data.display_interval(null, 1, 'count', 1, 0::smallint);
-- synthetic, real, or not stated; anything else is refused, and a second row
select distinct data_kind_label from mo_dashboard.dashboard;
update mo_data.site set data_kind = 'synthetic';
select distinct data_kind_label from mo_dashboard.dashboard;
update mo_data.site set data_kind = 'real';
select distinct data_kind_label from mo_dashboard.dashboard;
savepoint refused;
update mo_data.site set data_kind = 'unknown';
rollback to refused;
insert into mo_data.site (site_key) values (2);
rollback to refused;
-- parts beside the whole
insert into mo_data.kpi_value (kpi_id, month, org_code, breakdown, numerator, denominator, run_id)
    select 'hrd_monitoring_current', pg_temp.month(10), 'A00001', b, n, 40, (select max(run_id) from mo_data.refresh_run) from (values ('DOAC', 20), ('Lithium', 10)) s (b, n);
select mo_data.result_replace((select max(run_id) from mo_data.refresh_run), 'hrd_monitoring_current', array[pg_temp.month(10)]);
select org_code, breakdown_label, numerator, denominator, value, value_status, round(value_lower::numeric, 4) as lower from mo_dashboard.fact_kpi_part order by 1, 2;
select count(*) as whole_only from mo_dashboard.kpi_trend where org_code = 'A00001' and month_start = pg_temp.month(10) and kpi_id = 'hrd_monitoring_current';
-- sources
select source_name, cadence, expected_lag_days, target_table, replaces_label from mo_dashboard.dim_source where source_name in ('prescribing', 'activity', 'activity_emis', 'staff', 'weight', 'patient_link') order by source_sort;
-- a month that has no row is a gap, as one that has nothing to divide by: seven months above the mean, of which one is not there, are not seven in a row, and
-- there is no moving range across it; on the page and in the return as in the trend
delete from point;
insert into point select 'hrd_monitoring_current', o, n - 2 + (n > 10)::int, value, 100
from unnest('{A00001,A00002}'::text[]) o, unnest('{41,49,41,49,41,49,41,46,47,46,47,46,47,46.5}'::float8[]) with ordinality p (value, n);
insert into point values ('hrd_monitoring_current', 'A00002', 9, 0, 0);
select pg_temp.publish();
select org_code, count(*) as months, count(value) as points, round(min(spc_lower)::numeric, 6) as lower, round(min(spc_upper)::numeric, 6) as upper,
    string_agg(coalesce(to_char(100 * value, 'FM90.0'), 'nothing') || ' ' || coalesce(special_cause_label, '-'), ', ' order by month_start) filter (where month_start >= pg_temp.month(6)) as causes
from trend where org_code in ('A00001', 'A00002', 'U00001') group by org_code order by org_code;
-- by hand: mean 636.5 / 14; moving ranges six of 8, one of 5, four of 1, one of 0.5
select round((636.5 / 14 - 2.66 * 57.5 / 12) / 100, 6) as lower, round((636.5 / 14 + 2.66 * 57.5 / 12) / 100, 6) as upper;
select k.org_code, l.spc_cause, l.spc_lower = t.spc_lower and l.spc_upper = t.spc_upper as same_limits, f.cause as return_cause, f.usual_lower = t.spc_lower as return_same
from mo_data.kpi_latest l join mo_data.organisation_key k using (org_key) join trend t on t.kpi_id = l.kpi_id and t.org_key = l.org_key and t.month_start = l.month
    left join mo_data.return_figure f on f.org_key = l.org_key and f.kpi_id = l.kpi_id and f.last_month = l.month
where k.org_code in ('A00001', 'A00002', 'U00001') and l.kpi_id = 'hrd_monitoring_current' order by 1;
rollback;
