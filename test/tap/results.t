#!/usr/bin/env perl
# What refreshes store, row for row, is what the same says in SQL (result_compared, kpi_target_of) of all months at once: after a first refresh and after each
# thing that happens to figures afterwards. Months that a refresh did not touch must agree too.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;

fresh_database('mo_results');
my $demo = demo_data(qw(--practices 14 --months 15 --patients-per-practice 25 --rows-per-practice 25));
my @epd = sort { ($a =~ /(\d{6})/)[0] <=> ($b =~ /(\d{6})/)[0] } glob "$demo/EPD_*.csv";
my $last = pop @epd;
my ($year, $month) = $last =~ /(\d{4})(\d\d)\.csv/;
my $last_month = "$year-$month-01";
rename $last, scratch('last.csv') or die;

sub refresh { my ($code, $out, $err) = modash('refresh'); is($code, 0, "refresh: $_[0]") or diag $out . $err; return }
sub load_epd { my ($code, $out, $err) = modash('load', 'prescribing', $_[0]); is($code, 0, 'load ' . $_[0] =~ s{.*/}{}r) or diag $out . $err; return }

psql(q{
    create function public.far(a double precision, b double precision) returns boolean language sql immutable
        as $$ select case when a is null or b is null then a is not null or b is not null when a = floor(a) or b = floor(b) then abs(a - b) > 1e-12 * abs(a)
            else abs(a - b) > 1e-12 * greatest(abs(a), abs(b)) end $$;
    create view public.twin as
        with asked as materialized (
            select m.kpi_id, array_agg(m.month) as months
            from mo_data.kpi_month m join mo_data.kpi k on k.kpi_id = m.kpi_id
            where k.unit = 'count' or exists (select from mo_data.kpi_value v where v.kpi_id = m.kpi_id and v.month = m.month)
            group by m.kpi_id
        ), compared as materialized (
            select a.kpi_id, c.* from asked a cross join lateral mo_data.result_compared(a.kpi_id, a.months) c
        ), target as materialized (
            select a.kpi_id, t.* from asked a cross join lateral mo_data.kpi_target_of(a.kpi_id, a.months) t
        )
        select c.*, o.org_key, t.target, pm.value as pm_value, pm.numerator as pm_numerator, coalesce(pm.hidden, 0) as pm_hidden, py.value as py_value,
            py.numerator as py_numerator, coalesce(py.hidden, 0) as py_hidden
        from compared c
            join mo_data.organisation_key o on o.org_code = c.org_code and o.org_type = c.org_type
            left join target t on c.breakdown = '' and t.kpi_id = c.kpi_id and t.month = c.month and t.org_type = c.org_type and t.org_code = c.org_code
            left join compared pm on pm.kpi_id = c.kpi_id and pm.month = (c.month - interval '1 month')::date and pm.org_type = c.org_type
                and pm.org_code = c.org_code and pm.breakdown = c.breakdown
            left join compared py on py.kpi_id = c.kpi_id and py.month = (c.month - interval '1 year')::date and py.org_type = c.org_type
                and py.org_code = c.org_code and py.breakdown = c.breakdown;
    create view public.differing as
        select coalesce(r.kpi_id, t.kpi_id) as kpi_id, coalesce(r.month, t.month) as month, coalesce(r.org_type, t.org_type) as org_type,
            coalesce(r.org_code, t.org_code) as org_code, coalesce(r.breakdown, t.breakdown) as breakdown, r as stored, t as twin
        from mo_data.kpi_result r
            full join public.twin t on t.kpi_id = r.kpi_id and t.month = r.month and t.org_key = r.org_key and t.breakdown = r.breakdown
        where r.kpi_id is null or t.kpi_id is null
            or (r.org_type, r.org_code, r.pcn_code, r.icb_code, r.peer_group, r.peer_n, r.peer_rank, r.peer_decile, r.hidden, r.previous_month_hidden, r.previous_year_hidden)
                is distinct from (t.org_type, t.org_code, t.pcn_code, t.icb_code, t.peer_group, t.peer_n, t.peer_rank, t.peer_decile, t.hidden, t.pm_hidden, t.py_hidden)
            or public.far(r.numerator, t.numerator) or public.far(r.denominator, t.denominator) or public.far(r.value, t.value)
            or public.far(r.value_lower, t.value_lower) or public.far(r.value_upper, t.value_upper) or public.far(r.peer_median, t.peer_median)
            or public.far(r.peer_median_without_self, t.peer_median_without_self) or public.far(r.peer_percentile, t.peer_percentile)
            or public.far(r.previous_month_value, t.pm_value) or public.far(r.previous_month_numerator, t.pm_numerator)
            or public.far(r.previous_year_value, t.py_value) or public.far(r.previous_year_numerator, t.py_numerator) or public.far(r.target, t.target)});
sub agrees {
    my ($what) = @_;
    my $differing = psql("set enable_nestloop = off; set jit = off; select count(*) || coalesce(': ' || (array_agg(d::text))[1], '') from public.differing d");
    is($differing, '0', "$what: what is stored is what the SQL says");
    return;
}

load_demo($demo);
refresh('all months, one source a month behind');
cmp_ok(psql('select count(*) from mo_data.kpi_result'), '>', 10000, 'there are results');
cmp_ok(psql('select count(distinct hidden) from mo_data.kpi_result'), '==', 3, 'shown, hidden for their own sake, hidden with others');
agrees('a first refresh');

# A second ICB with a third of the practices, local groups across both, and targets at several levels.
my $half = psql("select string_agg(quote_literal(org_code), ',') from (select org_code, row_number() over (order by org_code) as n from mo_data.organisation where org_type = 'pcn') p where n % 2 = 0");
psql(qq{
    insert into mo_data.organisation (org_code, org_type, name) values ('QZZ', 'icb', 'Another ICB'), ('99Z', 'sub_icb', 'Its sub-ICB');
    insert into mo_data.organisation_parent (org_code, parent_type, parent_code) select '99Z', 'icb', 'QZZ' union all
        select 'QZZ', 'region', min(parent_code) from mo_data.organisation_parent where parent_type = 'region';
    update mo_data.organisation_parent set parent_code = '99Z' where parent_type = 'sub_icb' and org_code in ($half);
    insert into mo_data.organisation_group (group_code, group_name, org_code, valid_from, valid_to)
        select 'NORTH', 'North', org_code, date '1900-01-01', null::date from (select org_code, row_number() over (order by org_code) as n from mo_data.organisation where org_type = 'practice' and prescribing_setting = 4) p where n % 3 = 0
        union all
        select 'SOUTH', 'South', org_code, date '$last_month' - interval '5 months', '$last_month' from (select org_code, row_number() over (order by org_code) as n from mo_data.organisation where org_type = 'practice') p where n % 2 = 0;
    insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target)
        select k.kpi_id, o.org_code, date '$last_month' - interval '4 months', 0.5 + length(o.org_type) / 100.0 from mo_data.kpi k, mo_data.organisation o
        where k.unit = 'percent' and (o.org_code in ('QZZ', $half)) and not exists (select from mo_data.kpi_target t where t.kpi_id = k.kpi_id and t.org_code = o.org_code)});
refresh('another ICB, groups, targets');
cmp_ok(psql("select count(distinct org_code) from mo_data.kpi_result where org_type = 'group'"), '>=', 2, 'groups have results');
agrees('another ICB, groups, targets');

load_epd(scratch('last.csv'));
refresh('the last month of the source');
agrees('the last month of the source');

# What the other ICB has of discharges in the last month is late.
my $late = "received_on >= date '$last_month' - 40 and practice_code in (select org_code from mo_data.organisation_path_on(array[(date '$last_month' + interval '1 month')::date - 1]) where icb_code = 'QZZ')";
psql("create table public.late as select * from mo_data.discharge where $late; delete from mo_data.discharge where $late; call mo_data.refresh('$last_month', '$last_month')");
is(psql("select string_agg(distinct org_type, ' ' order by org_type) from mo_data.kpi_result where kpi_id = 'reconciliation_7_days' and month = '$last_month'"),
    'icb pcn practice sub_icb', 'region, nation and groups wait for the other ICB');
is(psql("select count(distinct org_code) from mo_data.kpi_result where kpi_id = 'reconciliation_7_days' and month = '$last_month' and org_type = 'icb'"), 1, '... which has no figure');
agrees('an ICB whose file is late');
psql("insert into mo_data.discharge select * from public.late; call mo_data.refresh('$last_month', '$last_month')");
cmp_ok(psql("select count(*) from mo_data.kpi_result where kpi_id = 'reconciliation_7_days' and month = '$last_month' and org_type in ('region', 'nation', 'group')"), '>', 2, 'it came');
agrees('it came');

# Restated months, of which the next month and the next year show what they are now; a practice closes and another joins its PCN.
my $step = "from mo_data.refresh_log where run_id = (select max(run_id) from mo_data.refresh_run) and what = 'results after'";
for my $n (1, 5) {
    my @rows = map { "$_\n" } split /\n/, slurp($epd[$n]);
    load_epd(file_with("restated_$n.csv", $rows[0], map { my @v = split /,/; s/\b(\d+)\.(\d\d)/($1 + 3) . ".$2"/e for @v[10 .. $#v]; join ',', @v } @rows[1 .. $#rows]));
    refresh('a restated month');
    is(psql("select to_month = date '$last_month' - interval '" . (@epd - $n) . " months' + interval '" . ($n == 1 ? '1 year' : '1 month') . "' $step"), 't', '... the months after show it');
    agrees('a restated month');
}
my $before = psql('select max(run_id) from mo_data.refresh_run');
psql("call mo_data.refresh((date '$last_month' - interval '13 months')::date, (date '$last_month' - interval '13 months')::date)");
is(psql("select (select count(*) from mo_data.kpi_result where run_id > $before and month <> date '$last_month' - interval '13 months') || ' ' || count(*) $step"), '0 0',
    'the months after show it already: they stay as they are');
psql(qq{
    update mo_data.organisation set open_to = date '$last_month' - interval '3 months' where org_code = (select min(org_code) from mo_data.organisation where org_type = 'practice' and prescribing_setting = 4);
    update mo_data.organisation_parent p set valid_to = date '$last_month' - interval '2 months' + interval '9 days'
        where p.parent_type = 'pcn' and p.org_code = (select max(org_code) from mo_data.organisation_parent where parent_type = 'pcn' and valid_to is null);
    insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from)
        select p.org_code, 'pcn', (select max(x.org_code) from mo_data.organisation x where x.org_type = 'pcn' and x.org_code <> p.parent_code), p.valid_to
        from mo_data.organisation_parent p where p.parent_type = 'pcn' and p.valid_to = date '$last_month' - interval '2 months' + interval '9 days'});
refresh('a practice closed, another moved');
agrees('a practice closed, another moved');
is(psql(q{select string_agg(distinct r.kpi_id || ' of ' || r.org_code, ', ') from mo_data.kpi_result r join mo_data.organisation o on o.org_code = r.org_code and o.org_type = r.org_type
    where o.open_to <= mo.month_end(r.month)}), '', 'no KPI has a figure of an organisation for a month after it closed');

# One month asked for; then other rules for small numbers.
psql("call mo_data.refresh((date '$last_month' - interval '12 months')::date, (date '$last_month' - interval '12 months')::date)");
agrees('one month counted again');
psql('update mo_data.kpi set hide_from = 1, hide_to = 4, round_to = 5, hide_denominator_below = 10');
refresh('counts rounded, small denominators hidden');
cmp_ok(psql('select count(*) from mo_data.kpi_result where hidden = 2'), '>', 0, 'some are hidden with others');
agrees('counts rounded, small denominators hidden');
psql('update mo_data.kpi set hide_from = null, hide_to = null, round_to = null, hide_denominator_below = null');
refresh('nothing hidden');
is(psql('select count(*) from mo_data.kpi_result where hidden > 0'), 0, 'nothing is hidden');
agrees('nothing hidden');

# The test notices: a figure changed in its last digits.
psql("update mo_data.kpi_result set peer_median = peer_median * (1 + 1e-10) where peer_median > 0 and org_type = 'pcn' and month = '$last_month'");
isnt(psql('select count(*) from public.differing'), '0', 'a changed median is noticed');
done_testing();
