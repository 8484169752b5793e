#!/usr/bin/env perl
# Whatever the base figures and memberships, what a person reads is what the definitions say: RANDOM_WORLDS (3; make published-random: 60) small worlds at
# random, refreshed, and every column of the published views held against a plain reference in Perl (MoDashPublished*.pm, written from design.md and the
# columns' comments), for a reader of everything, of an ICB, of a PCN, of a group, and one who sees small numbers; what is hidden cannot be found; the page
# and the workbook say what the views say. Then, in every second world, figures come again, organisations move, targets change: what is published now, what the Changes
# page says of it, returns that were submitted before, figures as they were known. RANDOM_FIRST begins with a later world, KEEP_WORLD=1 leaves its database. RANDOM_SEED (1) gives the same worlds again, on the same day.
use strict;
use warnings;
use utf8;
use Test::More;
use MoDash;
use MoDashDemo;
use MoDashPublishedChanged qw(change_world change_rows shown_values);
use MoDashPublishedFigures qw(figures_of told_figures path_on);
use MoDashPublishedPages qw(trend_rows month_rows page_rows peer_rows exception_rows variation_rows);
use MoDashPublishedProducts qw(page_differences workbook_differences);
use MoDashPublishedReading qw(read_view differences);
use MoDashPublishedReturn qw(return_rows submit_rows);
use MoDashPublishedReviews qw(add_reviews reviews_sql);
use MoDashPublishedStatus qw(day_rows organisation_rows kpi_rows source_rows status_rows due_rows);
use MoDashPublishedViews qw(set_peers fact_rows);
use MoDashPublishedWorld qw(random_world world_sql today);

my $worlds = $ENV{RANDOM_WORLDS} // 3;
my $seed = $ENV{RANDOM_SEED} // 1;
my %count = (rows => 0, hidden => 0, told => 0);
binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output, Test::More->builder->todo_output;

# Each view: what its rows must be, of a KPI and whether small numbers are seen; what tells its rows apart.
my %view = (
    fact_kpi => [sub { (fact_rows(@_))[0] }, qw(kpi_id month_start place)],
    fact_kpi_part => [sub { (fact_rows(@_))[1] }, qw(kpi_id month_start place breakdown_code)],
    kpi_trend => [\&trend_rows, qw(kpi_id month_start place)],
    kpi_months => [\&month_rows, qw(kpi_id place)],
    dashboard => [\&page_rows, qw(kpi_id place)],
    peer_comparison => [\&peer_rows, qw(kpi_id month_start place)],
    variation => [\&variation_rows, qw(kpi_id month_start org_type group_code)],
    exception => [\&exception_rows, qw(kpi_id place reason_label)],
);

# Views beside the figures: what their rows must be, what tells them apart.
my %beside = (
    dim_date => [\&day_rows, qw(day_date)],
    dim_organisation => [\&organisation_rows, qw(org_type org_code)],
    dim_kpi => [\&kpi_rows, qw(kpi_id)],
    dim_source => [\&source_rows, qw(source_name)],
    data_status => [\&status_rows, qw(source_name)],
    next_refresh => [\&due_rows, qw(item_label source_name kpi_id)],
);

# Says up to eight of the differences, and how to have them again.
sub agrees {
    my ($what, @said) = @_;
    return if ok(!@said, $what);
    diag('RANDOM_SEED=' . $seed . ' on ' . today() . ': ', map { substr($_, 0, 300) . "\n" } @said[0 .. ($#said < 7 ? $#said : 7)]);
    return;
}

# ------------------------------------------------------------------------------------------------------------------------------------ a world
# Figures as they must be, with what the refresh chose to hide; says what is hidden for no reason, shown although it is small, or can be found.
sub worked_out {
    my ($world) = @_;
    my (%hidden, @said);
    for (read_view(undef, 'select kpi_id, month, org_type, org_code, breakdown, hidden from mo_data.kpi_result')) {
        $hidden{$_->{kpi_id}}{$_->{month}}{"$_->{org_type} $_->{org_code}"}{$_->{breakdown}} = $_->{hidden};
    }
    $world->{key}{"$_->{org_type} $_->{org_code}"} = $_->{org_key} for read_view(undef, 'select org_type, org_code, org_key from mo_data.organisation_key');
    for my $kpi (@{$world->{kpi}}) {
        my $figures = $world->{figures}{$kpi->{id}} = figures_of($world, $kpi);
        push @said, map { month_worked_out($world, $kpi, $_, $figures->{$_}, $hidden{$kpi->{id}}{$_} // {}) } sort keys %$figures;
    }
    return @said;
}

sub month_worked_out {
    my ($world, $kpi, $month, $cells, $hidden) = @_;
    my ($small, $beside, @said) = (0, 0);
    for my $place (sort keys %$cells) {
        for my $part (sort keys %{$cells->{$place}}) {
            my $cell = $cells->{$place}{$part};
            $cell->{hidden} = $hidden->{$place}{$part} // 0;
            $small++ if $cell->{small};
            $beside++ if $cell->{hidden} == 2;
            push @said, "$kpi->{id}/$month/$place/$part: hidden is $cell->{hidden} of $cell->{n} / $cell->{d}" if ($cell->{hidden} == 1) != ($cell->{small} > 0);
        }
    }
    push @said, "$kpi->{id}/$month: $beside hidden for nothing" if $beside && !$small;
    push @said, map { "$kpi->{id}/$month: small figure of $_ can be found" } told_figures($world, $kpi, $month, $cells) if $small;
    set_peers($world, $kpi, $month, $cells);
    $count{hidden} += $small + $beside;
    return @said;
}

# ---------------------------------------------------------------------------------------------------------------------------------- who sees what
# Places that a reader of an organisation or group sees: what belongs to it today, and groups all of whose members, of whatever time, he sees.
sub places_of {
    my ($world, $type, $code) = @_;
    my ($path, %member, %ever) = path_on($world, today());
    for (@{$world->{group}}) { # one that is closed still hides its group
        push @{$ever{$_->[0]}}, $_->[1];
        push @{$member{$_->[0]}}, $_->[1] if $_->[2] le today() && ($_->[3] // '9999') gt today();
    }
    my %sees = ("$type $code" => 1);
    for my $org (keys %$path) { $sees{"$world->{org}{$org}{type} $org"} = 1 if $type ne 'group' && ($path->{$org}{$type} // '') eq $code }
    if ($type eq 'group') { $sees{"practice $_"} = 1 for @{$member{$code} // []} }
    for my $group (keys %ever) { $sees{"group $group"} = 1 if !grep { !$sees{"practice $_"} } @{$ever{$group}} }
    return \%sees;
}

# Logins of this world: name => [places (undef: all), sees small numbers].
sub readers_of {
    my ($world) = @_;
    my %reader = (mo_published_all => [undef, 0], mo_published_raw => [undef, 1]);
    psql(join '', map { "do \$\$ begin if not exists (select from pg_roles where rolname = '$_') then create role $_ login; end if; end \$\$;" }
        map { "mo_published_$_" } qw(all raw icb pcn group));
    psql("select mo_data.grant_reader('mo_published_all'); select mo_data.grant_unsuppressed('mo_published_raw')");
    for my $type (qw(icb pcn group)) {
        my ($place) = grep { /^$type / && ($type eq 'group' || path_on($world, today())->{(split / /)[1]}) } sort keys %{$world->{key}} or next;
        my ($code) = $place =~ / (.*)/;
        psql("select mo_data.grant_reader('mo_published_$type', '$code')");
        $reader{"mo_published_$type"} = [places_of($world, $type, $code), 0];
    }
    return \%reader;
}

# What a login reads of a view beside what it must be.
sub view_differences {
    my ($world, $view, $login, $places, $raw) = @_;
    my ($rows_of, @key) = @{$view{$view}};
    my $all = $world->{expected}{$view}{$raw} //= {map { %{$rows_of->($world, $_, $raw)} } @{$world->{kpi}}};
    my %expected = %$all;
    my @rows = grep { $view ne 'exception' || $_->{reason_label} !~ /submitted|no data/ } read_view($login, "select * from mo_dashboard.$view");
    $count{rows} += @rows;
    if ($view ne 'variation') {
        for my $row (@rows, values %expected) { $row->{place} = "$row->{org_type} $row->{org_code}" }
        for my $at (keys %expected) { delete $expected{$at} if $places && !$places->{$expected{$at}{place}} }
    } elsif ($places) {
        my %icb = map { ((path_on($world, today())->{(split / /)[1]} // {})->{icb} // '') => 1 } keys %$places;
        for my $at (keys %expected) { delete $expected{$at} if $expected{$at}{group_code} ne 'ENG' && !$icb{$expected{$at}{group_code}} }
    }
    return map { "$view: $_" } differences(\%expected, \@rows, \@key);
}

sub return_differences {
    my ($world, $login, $places) = @_;
    my @rows = read_view($login, "select org_type || ' ' || org_code as place, * from mo_dashboard.icb_return");
    my $expected = return_rows($world, {map { ("$_->{place}/$_->{quarter_start}/$_->{line_code}" => $_) } @rows});
    submit_rows($expected, $world->{frozen});
    for my $at (keys %$expected) { my ($place) = split m{/}, $at; delete $expected->{$at} if $places && !$places->{$place} }
    $count{rows} += @rows;
    return map { "icb_return: $_" } differences($expected, \@rows, [qw(place quarter_start line_code)]);
}

# A figure that was submitted and differs now by more than a hundredth of what it was (setting return_restated_share) is an exception.
sub restated_differences {
    my ($world, $login, $places) = @_;
    my (%told, %must);
    $told{"$_->{org_type} $_->{org_code}/$_->{kpi_id}"}++ for read_view($login, "select * from mo_dashboard.exception where reason_label = 'restated since submitted'");
    for my $row (read_view($login, "select org_type || ' ' || org_code as place, * from mo_dashboard.icb_return where line_code = kpi_id and state_label = 'submitted'")) {
        my ($was, $is) = @$row{qw(frozen_value value)};
        $must{"$row->{place}/$row->{kpi_id}"} += 1 if defined $was && defined $is && abs($is - $was) > 0.01 * abs($was) * (1 + 1e-9);
    }
    return map { ($told{$_} // 0) == ($must{$_} // 0) ? () : "exception: $_: " . ($told{$_} // 0) . ' restated since submitted, should be ' . ($must{$_} // 0) } sort keys %{{%told, %must}};
}

# Submits the return of a PCN or ICB for a quarter that has ended; its lines as they were then.
sub submit_some {
    my ($world) = @_;
    my @drafts = read_view(undef, "select org_type || ' ' || org_code as place, * from mo_dashboard.icb_return where quarter_start + interval '3 months' <= current_date");
    my %at; push @{$at{"$_->{place}/$_->{quarter_start}"}}, $_ for @drafts;
    for my $at (grep { rand() < 0.15 } sort keys %at) {
        my ($code, $quarter) = $at =~ m{^\w+ (\w+)/(.*)};
        my ($failed) = psql_error("set client_min_messages = error; call mo_data.submit_return('$code', date '$quarter')"); # refused without any figure
        $world->{frozen}{$at} = {map { ("$at/$_->{line_code}" => $_) } @{$at{$at}}} if !$failed;
    }
    return;
}

sub beside_differences {
    my ($world, $login, @views) = @_;
    return map {
        my $view = $_;
        my ($rows_of, @key) = @{$beside{$view}};
        my @rows = grep { ($_->{org_key} // 0) != -1 } read_view($login, "select * from mo_dashboard.$view");
        my $expected = $rows_of->($world, \@rows);
        $count{rows} += @rows;
        map { "$view: $_" } differences($expected, \@rows, \@key);
    } @views;
}

# ------------------------------------------------------------------------------------------------------------------------------------ afterwards
sub base_figures { my ($at) = @_; return join "\n", sort map { join '|', @$_{qw(kpi_id month org_code breakdown numerator denominator)} } read_view(undef, "select * from $at") }

# The world as it is published now, as a reader of everything and of an ICB reads it.
sub published_again {
    my ($what, $world) = @_;
    agrees("$what: small numbers are hidden, and cannot be found", worked_out($world));
    my $readers = readers_of($world);
    for my $login (grep { $readers->{$_} } qw(mo_published_all mo_published_icb)) {
        my ($places) = @{$readers->{$login}};
        agrees("$what: the views as $login reads them", map { view_differences($world, $_, $login, $places, 0) } sort keys %view);
        agrees("$what: ... what is beside the figures", beside_differences($world, $login, qw(dim_organisation dim_kpi data_status next_refresh)));
        agrees("$what: ... and the return", return_differences($world, $login, $places), restated_differences($world, $login, $places));
    }
    return;
}

# Twice something changes and is published: the Changes page says what, and what was known before can be had again.
sub afterwards {
    my ($what, $world) = @_;
    my @known = (base_figures('mo_data.kpi_value'));
    submit_some($world);
    agrees("$what: returns that were submitted", return_differences($world, undef));
    for my $run (2, 3) {
        my $was = shown_values($world);
        psql_script('set client_min_messages = warning; ' . change_world($world));
        agrees("$what, before refresh $run: what waits", beside_differences($world, undef, 'data_status'));
        $world->{run} = $run;
        delete $_->{waiting} for @{$world->{load}};
        psql('set client_min_messages = warning; call mo_data.refresh()');
        published_again("$what, refresh $run", $world);
        push @known, base_figures('mo_data.kpi_value');
        my $expected = change_rows($world, $was);
        my @rows = read_view(undef, "select * from mo_dashboard.change_log where change_label = 'restated figures' and run_id = $run");
        $count{told} += @rows;
        agrees("$what, refresh $run: the Changes page", differences($expected, \@rows, [qw(kpi_id month_start org_type org_code)]));
        my %own = map { $_ => 1 } keys %{places_of($world, 'icb', 'QAA')};
        @rows = read_view('mo_published_icb', "select org_type, org_code, kpi_id from mo_dashboard.change_log where change_label = 'restated figures' and run_id = $run");
        agrees("$what, refresh $run: ... as an ICB reads it", map({ $own{"$_->{org_type} $_->{org_code}"} ? () : "a line of $_->{org_type} $_->{org_code}" } @rows),
            @rows == (grep { $own{"$_->{org_type} $_->{org_code}"} } values %$expected) ? () : @rows . ' lines') if $world->{key}{'icb QAA'};
    }
    for my $run (1 .. 3) {
        ok(base_figures("mo_data.kpi_value_as_known((select published_at from mo_data.refresh_run where run_id = $run))") eq $known[$run - 1], "$what: as known at refresh $run");
    }
    return;
}

fresh_database('mo_published_empty');
for my $number (($ENV{RANDOM_FIRST} // 1) .. $worlds) {
    srand($seed * 1000 + $number);
    my $world = random_world();
    my $what = "world $number of $seed";
    {
        local $ENV{PGDATABASE} = 'postgres';
        psql('drop database if exists mo_published_random with (force)');
        psql('create database mo_published_random template mo_published_empty');
    }
    local $ENV{PGDATABASE} = 'mo_published_random';
    if ($number % 2 == 0) { add_reviews($world); $world->{more_sql} = reviews_sql($world) }
    psql_script(world_sql($world));
    $world->{source} = {map { $_->{source} => {%$_, name => $_->{source}} } read_view(undef, 'select source, system, title, cadence, expected_lag_days as lag, target_table, sort, replaces from mo_data.source')};
    agrees("$what: small numbers are hidden, and cannot be found", worked_out($world));
    my $readers = readers_of($world);
    for my $login ($number == 1 ? undef : (), sort keys %$readers) {
        my ($places, $raw) = defined $login ? @{$readers->{$login}} : (undef, 0);
        agrees("$what: the views as " . ($login // 'their owner') . ' reads them', map { view_differences($world, $_, $login, $places, $raw) } grep { !$raw || $_ ne 'exception' } sort keys %view);
        agrees("$what: ... what is beside the figures", beside_differences($world, $login, defined $login && $number > 1 ? qw(dim_organisation dim_kpi) : sort keys %beside));
        agrees("$what: ... and the return", return_differences($world, $login, $places));
    }
    for my $login (grep { $readers->{$_} } 'mo_published_pcn', $number == 1 ? 'mo_published_all' : ()) {
        my ($place) = sort grep { /^pcn/ } keys %{$readers->{mo_published_pcn}[0] // {}} or next;
        my ($code) = $place =~ / (.*)/;
        agrees("$what: the page of $code as $login prints it", page_differences($login, $code));
        agrees("$what: ... and its workbook", workbook_differences($login, $code));
    }
    afterwards($what, $world) if $number % 2 == 0 || $worlds > 4;
}
note("$count{rows} rows were held against the reference; $count{hidden} figures were hidden, $count{told} changes told");
cmp_ok($count{rows}, '>', 1000, 'rows were read');
{
    local $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $_ with (force)") for "mo_published_empty", $ENV{KEEP_WORLD} ? () : "mo_published_random";
    psql("drop role if exists mo_published_$_") for $ENV{KEEP_WORLD} ? () : qw(all raw icb pcn group);
}
done_testing();
