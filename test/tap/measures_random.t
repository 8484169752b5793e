#!/usr/bin/env perl
# Prescribing measures beside a plain count of their rows: RANDOM_WORLDS (2; make measures-random: 40) small worlds at random, with measures of every kind, an ICB
# whose file is missing, nulls, unidentified rows, lists, a register, a switch programme and prices per unit; refreshed, changed and refreshed again twice; every
# row of measure_value, measure_decile, measure_saving, innovation_uptake, price_per_unit_saving, switch_saving and measure_check. The reference
# (MoDashMeasureModel.pm) is written from design.md, README and the comments. RANDOM_FIRST begins with a later world, KEEP_WORLD=1 leaves its database, RANDOM_SEED (1) gives the same worlds again, on the same day.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;
use MoDashMeasureCheck qw(base_edition check_labels random_published);
use MoDashMeasureModel qw(all_figures hide_small value_rows innovation_rows decile_rows saving_rows price_rows switch_rows);
use MoDashMeasureWorld qw(measure_world measure_hidden_sql measure_purge_sql measure_world_sql measure_changes_sql);
use MoDashPublishedReading qw(read_view differences);
use MoDashPublishedWorld qw(rows today);

my $worlds = $ENV{RANDOM_WORLDS} // 2;
my $seed = $ENV{RANDOM_SEED} // 1;
my ($rows_read, $hidden, %labelled) = (0, 0);

my %view = (
    measure_value => [\&value_rows, [qw(kpi_id month_start place)], qw(numerator denominator value value_status level_percentile level_count level_decile_10 level_median level_decile_90 direction_of_good measure_pack)],
    measure_decile => [\&decile_rows, [qw(kpi_id month_start org_type)], qw(level_count total_numerator total_denominator level_median), map { "level_decile_${_}0" } 1 .. 4, 6 .. 9],
    measure_saving => [\&saving_rows, [qw(kpi_id month_start place)], qw(value level_median level_best_decile saving_at_median saving_at_best_decile)],
    innovation_uptake => [\&innovation_rows, [qw(kpi_id month_start place)], qw(numerator denominator value value_status level_median uptake_label)],
    price_per_unit_saving => [\&price_rows, [qw(month_start place generic_code)], qw(quantity price_per_unit target_price_per_unit saving)],
    switch_saving => [\&switch_rows, [qw(programme_code month_start place)], qw(quantity_to quantity_both baseline_share share_to price_from price_to quantity_switched realised_saving)],
);

# Says up to eight of the differences, and how to have them again.
sub agrees {
    my ($what, @said) = @_;
    return if ok(!@said, $what);
    diag('RANDOM_SEED=' . $seed . ' on ' . today() . ': ', map { substr($_, 0, 300) . "\n" } @said[0 .. ($#said < 7 ? $#said : 7)]);
    return;
}

sub figures_as_shown {
    my ($what, $world) = @_;
    my $figures = all_figures($world);
    my %suppressed = map { ("$_->{kpi_id}/$_->{month}/$_->{place}/$_->{breakdown}" => 1) } read_view(undef, "select kpi_id, month, org_type || ' ' || org_code as place, breakdown from mo_data.kpi_shown where is_hidden");
    agrees("$what: what is small is hidden", hide_small($world, $figures, \%suppressed));
    $hidden += keys %suppressed;
    return $figures;
}

sub published_agrees {
    my ($what, $world) = @_;
    my $figures = figures_as_shown($what, $world);
    for my $view (sort keys %view) {
        my ($rows_of, $key, @columns) = @{$view{$view}};
        my @rows = read_view(undef, 'select ' . join(', ', map({ $_ eq 'place' ? "org_type || ' ' || org_code as place" : $_ } @$key), @columns) . " from mo_dashboard.$view");
        $rows_read += @rows;
        my $expected = $rows_of->($world, $figures);
        for my $at (keys %$expected) { my @at = split m{/}, $at; @{$expected->{$at}}{@$key} = @at }
        agrees("$what: $view", differences($expected, \@rows, $key));
    }
    push @{$world->{edition}}, base_edition($world, $figures);
    checks_agree($what, $world, $figures);
    return;
}

# What was published, some of it right, beside ours: measure_check is asked without a refresh.
sub checks_agree {
    my ($what, $world, $figures) = @_;
    my @published = random_published($world, $figures);
    psql_script('delete from mo_data.published_measure_value;' . rows('mo_data.published_measure_value (measure_id, month, org_code, numerator, denominator)', map { [@$_[0, 1], $_->[2] =~ s/.* //r, @$_[3, 4]] } @published));
    my $expected = check_labels($world, $figures, today(), @published);
    my @rows = read_view(undef, "select kpi_id, month_start, org_type || ' ' || org_code as place, published_denominator, check_label from mo_dashboard.measure_check");
    $rows_read += @rows;
    $labelled{$_->{check_label}}++ for @rows;
    for my $at (keys %$expected) { my @at = split m{/}, $at; @{$expected->{$at}}{qw(kpi_id month_start place)} = @at }
    agrees("$what: measure_check", differences($expected, \@rows, [qw(kpi_id month_start place)]));
    return;
}

# Who sees one PCN sees its rows, deciles of five organisations or more, and no totals.
sub reader_agrees {
    my ($what, $world) = @_;
    my $figures = figures_as_shown($what, $world);
    my $login = 'mo_measures_reader';
    my ($expected, %read) = (value_rows($world, $figures));
    my @columns = grep { /^level_(?:decile|median)/ } @{$view{measure_value}}[2 .. $#{$view{measure_value}}];
    for my $row (read_view($login, 'select kpi_id, month_start, org_type || \' \' || org_code as place, ' . join(', ', @columns) . ' from mo_dashboard.measure_value')) {
        my $want = $expected->{my $at = "$row->{kpi_id}/$row->{month_start}/$row->{place}"} // {};
        $read{$at} = [{%$row}, {kpi_id => $row->{kpi_id}, month_start => $row->{month_start}, place => $row->{place}, map { $_ => ($want->{level_count} // 0) >= 5 ? $want->{$_} : undef } @columns}];
    }
    agrees("$what: measure_value of one PCN", differences({map { $_ => $read{$_}[1] } keys %read}, [map { $_->[0] } values %read], [qw(kpi_id month_start place)]));
    own_rows_agree($what, $login, {map { $_ => $expected->{$_}{level_count} // 0 } keys %$expected});
    my @totals = read_view($login, 'select * from mo_dashboard.measure_decile where total_numerator is not null or total_denominator is not null or level_count < 5 and level_median is not null');
    agrees("$what: ... and no totals, nor deciles of a few", map { "measure_decile: $_->{kpi_id} $_->{month_start} $_->{org_type}" } @totals);
    return;
}

# Of every view the reader sees the rows of its organisations that one who sees all reads, cell by cell; but what is said of levels of fewer than five, and the savings there.
sub own_rows_agree {
    my ($what, $login, $level_count) = @_;
    my %mine = map { $_->{org_key} => 1 } read_view(undef, "select org_key from mo_data.access_key where role_name = '$login'");
    for my $view (qw(measure_value measure_saving innovation_uptake price_per_unit_saving switch_saving measure_check)) {
        my @key = $view eq 'price_per_unit_saving' ? qw(month_start org_key generic_code) : qw(kpi_id month_start org_key);
        my $few = sub { my ($row) = @_; return ($level_count->{"$row->{kpi_id}/$row->{month_start}/$row->{org_type} $row->{org_code}"} // 0) < 5 };
        my @all = grep { $mine{$_->{org_key}} && !($view eq 'measure_saving' && $few->($_)) } read_view(undef, "select * from mo_dashboard.$view");
        my @own = read_view($login, "select * from mo_dashboard.$view");
        for my $row (grep { $_->{kpi_id} && $few->($_) } @all, @own) { delete @$row{grep { /^level_(?:decile|median)/ } keys %$row} }
        $rows_read += @own;
        agrees("$what: $view of one PCN, cell by cell", differences({map { my $row = $_; (join('/', @$row{@key}) => $row) } @all}, \@own, \@key));
    }
    return;
}

fresh_database('mo_measures_empty');
psql("do \$\$ begin if not exists (select from pg_roles where rolname = 'mo_measures_reader') then create role mo_measures_reader login; end if; end \$\$");
for my $number (($ENV{RANDOM_FIRST} // 1) .. $worlds) {
    srand($seed * 1000 + $number);
    my $world = measure_world();
    my $what = "world $number of $seed";
    {
        local $ENV{PGDATABASE} = 'postgres';
        psql('drop database if exists mo_measures_random with (force)');
        psql('create database mo_measures_random template mo_measures_empty');
    }
    local $ENV{PGDATABASE} = 'mo_measures_random';
    psql_script(measure_world_sql($world) . 'call mo_data.refresh();');
    $world->{weight} = [read_view(undef, 'select scheme, sex, age_from, age_to, weight from mo_data.weight')];
    $world->{exclusion} = [map { $_->{pattern} } read_view(undef, 'select pattern from mo_data.generic_exclusion')];
    ($world->{price_months}) = map { $_->{value} } read_view(undef, "select value from mo_data.setting where name = 'price_per_unit_months'");
    ($world->{baseline_months}) = map { $_->{value} } read_view(undef, "select value from mo_data.setting where name = 'switch_baseline_months'");
    my $hide = delete $world->{hide};
    published_agrees($what, $world);
    psql("select mo_data.grant_reader('mo_measures_reader', 'U00001')");
    reader_agrees($what, $world);
    $world->{hide} = $hide;
    for my $refresh (2, 3) {
        psql_script(measure_purge_sql($world)) if $refresh == 3;
        psql_script(($refresh == 2 ? measure_hidden_sql($world) : '') . measure_changes_sql($world) . 'call mo_data.refresh();');
        published_agrees("$what, refresh $refresh", $world);
    }
}
note("$rows_read rows were held against the reference, $hidden of them hidden; " . join ', ', map { "$_ $labelled{$_}" } sort keys %labelled);
cmp_ok($rows_read, '>', 1000, 'rows were read');
{
    local $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $_ with (force)") for 'mo_measures_empty', $ENV{KEEP_WORLD} ? () : 'mo_measures_random';
    psql('drop role mo_measures_reader') if !$ENV{KEEP_WORLD};
}
done_testing();
