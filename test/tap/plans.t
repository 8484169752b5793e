#!/usr/bin/env perl
# Plans do not rot: the shape that matters for each hot query, at a size that runs in seconds. What is asked of a plan is asked of its JSON, so a new
# server version that writes it otherwise fails here and not in a report.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use Test::More;
use MoDash;
use MoDashDemo;

fresh_database('mo_plans');
load_demo(demo_data(qw(--practices 16 --months 16 --patients-per-practice 40 --rows-per-practice 200)));
psql('set client_min_messages = warning; call mo_data.refresh()');
psql('vacuum analyze');
psql('drop role if exists mo_plans_reader');
psql('create role mo_plans_reader');
my $pcn = psql(q{select org_code from mo_data.organisation where org_type = 'pcn' order by org_code limit 1});
psql("select mo_data.grant_reader('mo_plans_reader')");

# Every node of the plan of a query, with its depth; settings and role first.
sub nodes {
    my ($query, @settings) = @_;
    my $out = psql(join '', map({ "$_; " } 'set jit = off', @settings), "explain (format json, costs off) $query");
    my @nodes;
    my $walk;
    $walk = sub { my ($node, $depth) = @_; push @nodes, {%$node, depth => $depth, Plans => undef, below => $node->{Plans}}; $walk->($_, $depth + 1) for @{$node->{Plans} // []} };
    $walk->(decode_json($out)->[0]{Plan}, 0);
    return @nodes;
}
sub scans { my ($table, @nodes) = @_; return grep { ($_->{'Relation Name'} // '') eq $table } @nodes }
sub by_index {
    my ($what, $table, @nodes) = @_;
    my @scans = scans($table, @nodes);
    ok(@scans && !(grep { $_->{'Node Type'} eq 'Seq Scan' } @scans), "$what: $table by index")
        or diag explain [map { {%$_{grep { exists $_->{$_} } 'Node Type', 'Relation Name', 'Filter', 'Index Cond'}} } @nodes];
}

# Whether nothing is read below a node but who may see what (my_organisation_keys).
sub is_of_access {
    my ($node) = @_;
    return !grep { defined && !/^(?:access_key|access_scope|organisation_key|pg_authid|pg_namespace)$/ } $node->{'Relation Name'}, map { is_of_access($_) ? () : 'figures' } @{$node->{below} // $node->{Plans} // []};
}

my $reader = 'set session authorization mo_plans_reader';
ok(!is_of_access((grep { $_->{'Node Type'} eq 'WindowAgg' } nodes('select max(r.value) over () from mo_data.kpi_result r'))[0]), 'a window over results is told from one over who may see what');
for my $who ([owner => 'select'], [reader => $reader]) {
    my ($name, $set) = @$who;
    my @set = $name eq 'owner' ? () : ($set);
    my @card = nodes("select * from mo_dashboard.dashboard where org_code = '$pcn'", @set);
    by_index("card, $name", 'page_row', @card);
    my @months = nodes("select * from mo_dashboard.kpi_months where org_code = '$pcn'", @set);
    by_index("its months, $name", 'page_months', @months);
    ok(!scans('kpi_result', @months), "its months, $name: no result is looked up");
    ok(!(grep { $_->{'Node Type'} eq 'WindowAgg' && !is_of_access($_) } @card) && !scans('kpi_result', @card), "card, $name: nothing is compared or worked out while it is read");
    my @wrapped = nodes(qq{select "_"."kpi_id", sum("_"."numerator"), sum("_"."denominator") from (select "\$Table"."kpi_id", "\$Table"."day_date", "\$Table"."org_code",
        "\$Table"."numerator", "\$Table"."denominator" from "mo_dashboard"."fact_kpi" "\$Table") "_"
        where "_"."org_code" = '$pcn' and "_"."day_date" >= date '2026-01-01' group by "_"."kpi_id" limit 1000001}, @set);
    by_index("what Power BI sends, $name", 'kpi_result', @wrapped);
    my @incremental = nodes(qq{select * from mo_dashboard.fact_kpi where period_start >= timestamp '2026-10-01' and period_start < timestamp '2026-11-01'}, @set,
        'set enable_seqscan = off');
    ok((grep { ($_->{'Index Cond'} // '') =~ /period_start/ } @incremental), "incremental refresh, $name: the bounds reach the index");
    by_index("return of one quarter, $name", 'kpi_result',
        nodes("select * from mo_dashboard.icb_return where org_code = '$pcn' and quarter_start = date '2026-07-01'", @set));
    by_index("exceptions of one organisation, $name", 'kpi_result', nodes("select * from mo_dashboard.exception where org_code = '$pcn'", @set));
    by_index("trend of one KPI, $name", 'kpi_result', nodes("select * from mo_dashboard.kpi_trend where org_code = '$pcn' and kpi_id = 'incident_rate'", @set));
}

ok(!(grep { /^organisation(_group)?$/ } map { $_->{'Relation Name'} // '' } nodes('select kpi_id, month_start, value from mo_dashboard.kpi_trend')),
    'names of organisations are looked up only where they are asked for');

# A month of prescribing is one partition.
my @fixed = grep { ($_->{'Relation Name'} // '') =~ /^prescribing/ } nodes(q{select sum(actual_cost_e5) from mo_data.prescribing where month = '2026-05-01'});
is(scalar @fixed, 1, 'a month of prescribing is read from one partition');

# Aggregates of ours can run in parallel, and nothing sorts the big side.
my @parallel = ('set parallel_setup_cost = 0', 'set parallel_tuple_cost = 0', 'set min_parallel_table_scan_size = 0', 'set max_parallel_workers_per_gather = 2');
for my $aggregate ('mo.median(value)', 'mo.percentile(value, 0.9)', 'mo.ratio(numerator, denominator)', 'mo.weighted_patients(numerator, denominator)') {
    my @nodes = nodes("select org_type, $aggregate from mo_data.kpi_result group by org_type", @parallel);
    ok((grep { ($_->{'Partial Mode'} // '') eq 'Partial' } @nodes), "$aggregate is computed in parallel");
    my @sorts = grep { $_->{'Node Type'} =~ /Sort/ } @nodes;
    my @scan_depth = map { $_->{depth} } scans('kpi_result', @nodes);
    ok(!(grep { my $s = $_; grep { $s->{depth} == $_ - 1 } @scan_depth } @sorts), "$aggregate: the rows are not sorted first");
}

$ENV{PGDATABASE} = 'postgres';
psql('drop database mo_plans with (force)');
psql('drop role mo_plans_reader');
done_testing();
