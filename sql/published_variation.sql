-- The atlas and the comparison: spread by PostgreSQL's own functions, funnels by hand, and nobody first or last by chance
\set VERBOSITY terse
begin;
set local datestyle = 'ISO';
set local client_min_messages = warning;
update mo_data.kpi set is_active = kpi_id in ('hrd_monitoring_current', 'incident_rate', 'cost_per_weighted_patient', 'sea_raised');
update mo_data.kpi set hide_from = null, hide_to = null;
-- two ICBs; in the first 20 practices in 4 PCNs, in the second 5 in 1
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'North', null),
    ('QAA', 'icb', 'First ICB', null), ('QBB', 'icb', 'Second ICB', null), ('00A', 'sub_icb', 'Sub A', null), ('00B', 'sub_icb', 'Sub B', null);
insert into mo_data.organisation (org_code, org_type, name) select 'U0000' || i, 'pcn', 'PCN ' || i from generate_series(1, 5) i;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) select 'A000' || to_char(i, 'FM00'), 'practice', 'Practice ' || i, case i when 26 then 8 else 4 end from generate_series(1, 26) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('Y11', 'nation', 'ENG'), ('QAA', 'region', 'Y11'), ('QBB', 'region', 'Y11'), ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QBB');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) select 'U0000' || i, 'sub_icb', case i when 5 then '00B' else '00A' end from generate_series(1, 5) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'A000' || to_char(i, 'FM00'), 'sub_icb', case when i <= 20 then '00A' else '00B' end from generate_series(1, 26) i
    union all select 'A000' || to_char(i, 'FM00'), 'pcn', 'U0000' || (i + 4) / 5 from generate_series(1, 25) i;
create temp table point (kpi_id text, month date, org_code text, numerator float8, denominator float8);
create function pg_temp.publish() returns void language plpgsql as $$
declare run int; k text; months date[];
begin
    insert into mo_data.refresh_run (kind, started_at) values ('range', now()) returning run_id into run;
    perform mo_data.organisation_key_sync();
    delete from mo_data.kpi_value; delete from mo_data.kpi_month; delete from mo_data.kpi_result; delete from mo_data.kpi_variation;
    insert into mo_data.kpi_value (kpi_id, month, org_code, numerator, denominator, run_id) select p.kpi_id, p.month, p.org_code, p.numerator, p.denominator, run from point p;
    insert into mo_data.kpi_month (kpi_id, month, figures, first_run_id, run_id) select kpi_id, month, count(*), run, run from mo_data.kpi_value group by 1, 2;
    for k, months in select kpi_id, array_agg(distinct month) from point group by 1 loop
        perform mo_data.result_replace(run, k, months);
        perform mo_data.variation_replace(run, k, months);
    end loop;
    perform mo_data.kpi_latest_replace(run);
    perform mo_data.page_replace();
end $$;
-- monitoring: 8 to 46 of 100 in the first ICB, 10 20 30 40 50 in the second; a year before all 5 lower; the hospice is nobody's peer. Incidents: 2 x i of 10,000 i
insert into point select 'hrd_monitoring_current', m, 'A000' || to_char(i, 'FM00'), case when i <= 20 then 6 + 2 * i when i = 26 then 99 else 10 * (i - 20) end - case when m < '2020-01-01' then 5 else 0 end, 100
    from generate_series(1, 26) i, unnest('{2019-06-01,2020-06-01}'::date[]) m;
insert into point select 'cost_per_weighted_patient', '2020-06-01', org_code, numerator, denominator from point where kpi_id = 'hrd_monitoring_current' and month = '2020-06-01';
insert into point select 'incident_rate', '2020-06-01', 'A000' || to_char(i, 'FM00'), case when i > 20 then (i - 21) * 10 else 2 * i end, 10000 * case when i > 20 then 1 else i end from generate_series(1, 25) i;
insert into point select 'sea_raised', '2020-06-01', 'A000' || to_char(i, 'FM00'), i % 4, 0 from generate_series(1, 25) i;
select pg_temp.publish();
-- the second ICB by hand: five values 0.1 to 0.5; type 7: P5 = 0.1 + 0.2 x 0.1 = 0.12; standard deviation 0.1581, mean 0.3
select org_count, minimum, round(percentile_5::numeric, 6) as percentile_5, percentile_10, lower_quartile, median, upper_quartile, percentile_90, percentile_95, maximum, round(p95_to_p5::numeric, 6) as p95_to_p5, round(coefficient_of_variation::numeric, 4) as cv,
    median_year_ago, round(change_on_year::numeric, 4) as change, round(p95_to_p5_year_ago::numeric, 4) as ratio_year_ago, group_name, direction_of_good, note_label
from mo_dashboard.variation where kpi_id = 'hrd_monitoring_current' and org_type = 'practice' and group_code = 'QBB' and month_start = '2020-06-01';
-- its average is 150 / 500 = 0.3; every limit and position is that of mo.funnel_..., and so are phi and tau2
select org_code, numerator as n, funnel_average, round(funnel_lower_95::numeric, 4) as l95, round(funnel_upper_95::numeric, 4) as u95, round(funnel_lower_998::numeric, 4) as l998,
    round(funnel_upper_998::numeric, 4) as u998, funnel_label, significance_label, peer_rank, peer_n
from mo_dashboard.peer_comparison where kpi_id = 'hrd_monitoring_current' and org_type = 'practice' and peer_group_code = 'QBB' and month_start = '2020-06-01' order by 1;
select org_code, n, round(mo.funnel_proportion_lower(0.3, 100, 0.95)::numeric, 4) as l95, round(mo.funnel_proportion_upper(0.3, 100, 0.998)::numeric, 4) as u998, mo.funnel_proportion_position(n, 100, 0.3)
from (values ('A00021', 10.0), ('A00025', 50)) s (org_code, n);
select group_code, outside_95, outside_998, outside_95_dispersed, outside_998_dispersed, round(dispersion_phi::numeric, 4) as phi, round(between_area_tau2::numeric, 6) as tau2, systematic_component
from mo_dashboard.variation where kpi_id = 'hrd_monitoring_current' and org_type = 'practice' and month_start = '2020-06-01' order by 1;
select round(mo.funnel_proportion_phi(10 * i, 100)::numeric, 4) as phi, round(mo.funnel_proportion_tau2(10 * i, 100)::numeric, 6) as tau2 from generate_series(1, 5) i;
-- incidents of the first ICB are all 2 per 10,000: no variation beyond chance. Of the second 0 10 20 30 40 of 10,000 each, 20 expected:
-- the mean of ((0 - 20) / 20)^2 - 1 / 20 and the others is (1 + 0.25 + 0 + 0.25 + 1) / 5 - 0.05 = 0.45
select group_code, org_type, minimum, maximum, systematic_component, outside_95, outside_998, round(dispersion_phi::numeric, 4) as phi from mo_dashboard.variation
where kpi_id = 'incident_rate' and group_code like 'Q%' order by 1, 2;
select org_code, value, funnel_average, round(funnel_lower_998::numeric, 4) as l998, round(funnel_upper_998::numeric, 4) as u998, funnel_label, significance_label from mo_dashboard.peer_comparison
where kpi_id = 'incident_rate' and org_type = 'practice' and peer_group_code = 'QBB' order by 1;
-- cost is no event and a count has nothing to be expected of it: spread, but no funnel
select kpi_id, org_count, median, maximum, outside_95, dispersion_phi, systematic_component from mo_dashboard.variation where kpi_id in ('cost_per_weighted_patient', 'sea_raised') and org_type = 'practice' and group_code = 'QBB' order by 1;
select count(*) as figures, count(funnel_average) + count(funnel_lower_95) + count(funnel_label) as funnels from mo_dashboard.peer_comparison where kpi_id in ('cost_per_weighted_patient', 'sea_raised');
-- every row against percentile_cont and stddev: practices and PCNs within each ICB and in England, sub-ICBs and ICBs in England
with place as (
    select f.kpi_id, f.month_start, f.org_type, f.value, g.group_code
    from mo_dashboard.fact_kpi f join mo_dashboard.dim_organisation o using (org_key)
        cross join lateral (select 'ENG' as group_code union all select f.as_at_icb_code where f.org_type in ('practice', 'pcn')) g
    where f.value is not null and (f.org_type in ('pcn', 'sub_icb', 'icb') or f.org_type = 'practice' and o.is_gp_practice = 1)
), spread as (
    select kpi_id, month_start, org_type, group_code, count(*) as n, percentile_cont('{0,0.05,0.1,0.25,0.5,0.75,0.9,0.95,1}'::float8[]) within group (order by value) as p,
        stddev_samp(value) / nullif(avg(value), 0) as cv
    from place group by 1, 2, 3, 4
)
select v.org_type, count(*) as groups, count(*) filter (where s.n is distinct from v.org_count) as n_differs,
    count(*) filter (where s.p is distinct from array[v.minimum, v.percentile_5, v.percentile_10, v.lower_quartile, v.median, v.upper_quartile, v.percentile_90, v.percentile_95, v.maximum]) as percentiles_differ,
    count(*) filter (where abs(s.cv - v.coefficient_of_variation) > 1e-12 or (s.cv is null) <> (v.coefficient_of_variation is null)) as cv_differs
from mo_dashboard.variation v full join spread s using (kpi_id, month_start, org_type, group_code) group by 1 order by 1;

-- hidden figures are in nothing: the statistics are those of the figures that are shown, and where more than one in five are hidden there are none
create temporary view told as
    select v.group_code, v.org_count = s.shown as count_is_of_shown, s.figures > s.shown as some_hidden, 5 * (s.figures - s.shown) > s.figures as too_many,
        (v.minimum, v.median, v.maximum) is not distinct from (s.minimum, s.median, s.maximum) as same_as_of_shown,
        num_nonnulls(v.minimum, v.percentile_5, v.percentile_10, v.lower_quartile, v.median, v.upper_quartile, v.percentile_90, v.percentile_95, v.maximum, v.p95_to_p5, v.coefficient_of_variation,
            v.dispersion_phi, v.between_area_tau2, v.outside_95, v.outside_998, v.outside_95_dispersed, v.outside_998_dispersed, v.change_on_year) as statistics,
        v.note_label = 'Invites discussion of variation; not performance management.' || case when s.figures = s.shown then '' else ' ' || s.figures - s.shown || ' of ' || s.figures
            || ' figures are not shown (small, or would give away one that is)' || case when v.median is null then ': no spread is given.' else ' and are left out.' end end
            || case when v.median is not null and s.shown < 10 then ' Fewer than ten organisations: percentiles say little.' else '' end as note
    from mo_dashboard.variation v cross join lateral (
        select count(*) as figures, count(p.value) as shown, min(p.value) as minimum, percentile_cont(0.5) within group (order by p.value) as median, max(p.value) as maximum
        from mo_dashboard.peer_comparison p where p.kpi_id = v.kpi_id and p.month_start = v.month_start and p.org_type = v.org_type and v.group_code in (p.peer_group_code, 'ENG')) s
    where v.kpi_id = 'hrd_monitoring_current' and v.org_type = 'practice' and v.month_start = '2020-06-01';
update mo_data.kpi set hide_from = 1, hide_to = 10 where kpi_id = 'hrd_monitoring_current';
select pg_temp.publish();
select * from told order by 1;
select count(*) filter (where value is null) > 0 as some_hidden, count(*) filter (where value is null and value_status = 'suppressed') = count(*) filter (where value is null) as they_say_so, count(value) = count(funnel_label) as all_shown_have_a_place, count(value) = count(significance_label) as and_a_significance
from mo_dashboard.peer_comparison where kpi_id = 'hrd_monitoring_current' and org_type = 'practice' and peer_group_code = 'QAA' and month_start = '2020-06-01';
update mo_data.kpi set hide_from = 1, hide_to = 25 where kpi_id = 'hrd_monitoring_current';
select pg_temp.publish();
select * from told order by 1;
select count(funnel_average) + count(funnel_upper_95) + count(funnel_label) as told from mo_dashboard.peer_comparison where kpi_id = 'hrd_monitoring_current' and org_type = 'practice' and month_start = '2020-06-01';

-- significance before ranking. Forty practices with the same chance of one half, fifty patients each, twenty-four months: coins that do not change with the server
delete from point;
update mo_data.kpi set hide_from = null, hide_to = null;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) select 'B000' || to_char(i, 'FM00'), 'practice', 'Coin ' || i, 4 from generate_series(1, 40) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) select 'B000' || to_char(i, 'FM00'), 'sub_icb', '00B' from generate_series(1, 40) i;
insert into point select 'hrd_monitoring_current', (date '2018-01-01' + make_interval(months => m))::date, 'B000' || to_char(i, 'FM00'),
    (select count(*) from generate_series(1, 50) c where get_byte(decode(md5(m || ' ' || i || ' ' || c), 'hex'), 0) < 128), 50
    from generate_series(1, 40) i, generate_series(0, 23) m;
select pg_temp.publish();
create temporary view coin as select * from mo_dashboard.peer_comparison where org_type = 'practice';
-- by rank alone, many are first one month and last another
select count(*) as first_and_last from (select org_code from coin group by 1 having bool_or(peer_rank = 1) and bool_or(peer_rank >= peer_n - 1)) x;
-- by their labels nobody is the best and the worst, and what is named is about what chance lets through: 5 % and 0.2 %
select count(*) as figures, count(*) filter (where funnel_label <> 'within') as outside_95, count(*) filter (where funnel_label ~ '99.8') as outside_998, count(*) filter (where significance_label <> 'similar') as not_similar from coin;
select count(*) as best_and_worst from (select org_code from coin group by 1 having bool_or(funnel_label = 'above 99.8 %') and bool_or(funnel_label = 'below 99.8 %')) x;
-- a label never says the opposite of the value: above is above the average, higher is above the median
select count(*) as contradictions from coin where funnel_label ~ 'above' and value <= funnel_average or funnel_label ~ 'below' and value >= funnel_average
    or significance_label = 'higher' and value <= comparator_value or significance_label = 'lower' and value >= comparator_value
    or funnel_label ~ 'above' and significance_label = 'lower' or funnel_label ~ 'below' and significance_label = 'higher';
-- all alike: everybody is first, and nobody is anything; two patients each: first and last by one patient, and similar
update point set numerator = 25 where month = '2018-01-01';
update point set numerator = case when org_code < 'B00021' then 2 else 0 end, denominator = 2 where month = '2018-02-01';
select pg_temp.publish();
select month_start, peer_rank, count(*), string_agg(distinct funnel_label, ', ') as funnel, string_agg(distinct significance_label, ', ') as significance from coin where month_start < '2018-03-01' group by 1, 2 order by 1, 2;
-- over-dispersion: when practices do differ, fewer are outside the widened limits, never more
update point set numerator = least(50, greatest(0, numerator + (substr(org_code, 5)::int % 9 - 4) * 5)) where month > '2018-02-01';
select pg_temp.publish();
select count(*) as months, bool_and(outside_95_dispersed <= outside_95 and outside_998_dispersed <= outside_998 and outside_998 <= outside_95) as never_more, sum(outside_998) > 2 * sum(outside_998_dispersed) as far_fewer,
    min(dispersion_phi) > 1 as more_than_chance
from mo_dashboard.variation where org_type = 'practice' and group_code = 'QBB' and month_start > '2018-02-01';

-- who reads it: a reader of one PCN sees its ICB and England; one without an organisation sees nothing
insert into point select 'hrd_monitoring_current', '2020-06-01', 'A000' || to_char(i, 'FM00'), 50, 100 from generate_series(1, 20) i;
select pg_temp.publish();
create role mo_regress_atlas login;
select mo_data.grant_reader('mo_regress_atlas');
update mo_data.access_scope set org_code = 'U00005' where role_name = 'mo_regress_atlas';
insert into mo_data.access_key (role_name, org_key, may_open_records, sees_unsuppressed) select 'mo_regress_atlas', org_key, false, false from mo_data.organisation_key where org_code = 'U00005';
select distinct group_code from mo_dashboard.variation order by 1;
set session authorization mo_regress_atlas;
select distinct group_code from mo_dashboard.variation order by 1;
select distinct org_code from mo_dashboard.dashboard order by 1;
reset session authorization;
delete from mo_data.access_scope where role_name = 'mo_regress_atlas';
delete from mo_data.access_key where role_name = 'mo_regress_atlas';
set session authorization mo_regress_atlas;
select distinct group_code from mo_dashboard.variation order by 1;
select count(*) as rows_of_others from mo_dashboard.dashboard;
reset session authorization;
-- nothing in it is good or bad
select count(*) as coloured from information_schema.columns where table_schema = 'mo_dashboard' and table_name = 'variation' and column_name ~ '(rag|colour|status|rank)';
select bool_and(note_label like 'Invites discussion of variation; not performance management.%') as says_so from mo_dashboard.variation;
rollback;
