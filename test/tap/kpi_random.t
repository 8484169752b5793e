#!/usr/bin/env perl
# Every KPI of 30_kpi is counted a second time, by a reference in Perl that looks at one month, organisation and patient after another, in small worlds at
# random: RANDOM_WORLDS (6; make kpi-random: 400) of them, the same again with the same RANDOM_SEED (1). Figures must be the reference's however they are
# asked for: all months, one month, some, ten years; records or totals; as refresh() stores them; as the records of a PCN, an ICB or a group; and after
# rows came late and rows went. Worklists must list what the reference lists.
# Where a rule of the reference comes from is said beside it, in MoDashKpiReference.pm (organisations, patients), MoDashKpiClinical.pm,
# MoDashKpiCounted.pm and MoDashKpiWorklists.pm: the conventions of measurement (5a.1 ... in the design), the facts, the comments on tables and columns,
# and the wording at the head of each KPI's file. None of it was taken from the SQL, but for the few ties and gaps it says so of.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashKpiDays;
use MoDashKpiAsked qw(ask @kpis @organisations);
use MoDashKpiWorld qw(random_world world_after);
use MoDashKpiReference qw(counts_towards rows);
use MoDashKpiClinical qw(clinical_figures);
use MoDashKpiCounted qw(counted_figures);
use MoDashKpiWorklists qw(worklist_of);

my $worlds = $ENV{RANDOM_WORLDS} // 6;
my $seed = $ENV{RANDOM_SEED} // 1;

fresh_database("mo_kpi_random_$seed");
my %has_total = map { $_ => 1 } split /\n/, psql('select kpi_id from mo_data.kpi where total_function is not null');
is(psql('select string_agg(kpi_id, chr(32) order by kpi_id) from mo_data.kpi where not is_shared'), join(' ', sort @kpis), 'every shipped KPI has a reference');

sub same { my ($x, $y) = @_; return abs($x - $y) <= 1e-9 * (abs($x) + abs($y)) }
sub shown { my ($figure) = @_; return $figure ? "$figure->[0]/$figure->[1]" : 'none' }

sub figures_of {
    my ($w) = @_;
    my %figures;
    clinical_figures($w, \%figures);
    counted_figures($w, \%figures);
    return \%figures;
}

# Figures of a KPI that are not as expected, in the months that were asked for. No figure is a figure of nothing.
sub differences {
    my ($kpi, $way, $expected, $got, @months) = @_;
    my %asked = map { $_ => 1 } @months;
    my %keys = map { $_ => 1 } grep { my ($of, undef, $month) = split /\|/; $of eq $kpi && $asked{$month} } keys %$expected, keys %$got;
    return map { "$way: $_: expected " . shown($expected->{$_}) . ', got ' . shown($got->{$_}) }
        grep { my ($e, $g) = map { $_ // [0, 0] } $expected->{$_}, $got->{$_}; !same($e->[0], $g->[0]) || !same($e->[1], $g->[1]) } sort keys %keys;
}

# A ratio whose numerator a site records by codes of its own begins in an ICB with the first of them (comment on kpi.begins_with_first); counts do too,
# which shows in no sum. One that opens with another's sub-ICBs goes on where that one had begun (comment on icb_opened).
sub began {
    my ($w, $figures) = @_;
    my %began;
    for my $key (grep { /^deprescribing_per_smr\|/ && $figures->{$_}[0] > 0 } keys %$figures) {
        my (undef, $org, $month) = split /\|/, $key;
        $began{$_} = $month for grep { /^Q/ && ($began{$_} // '9999') gt $month } counts_towards($w, $org, month_end($month));
    }
    my @in_icb = sort { $a->{valid_from} cmp $b->{valid_from} } grep { $_->{parent_type} eq 'icb' } rows($w, 'organisation_parent');
    for my $new (@in_icb) { # in the order of days: one may go on where another did
        my ($first) = grep { $_->{parent_code} eq $new->{parent_code} } @in_icb;
        my $month = substr($new->{valid_from}, 0, 7) . '-01';
        next if $new->{valid_from} ne $first->{valid_from} || $month ge ($began{$new->{parent_code}} // '9999');
        $began{$new->{parent_code}} = $month if grep { $_->{org_code} eq $new->{org_code} && $_->{parent_code} ne $new->{parent_code} && $_->{valid_from} lt $new->{valid_from}
            && ($_->{valid_to} // '9999') ge $new->{valid_from} && ($began{$_->{parent_code}} // '9999') lt $month } @in_icb;
    }
    return \%began;
}

# What the records of the organisations should come to: the figures of all that counts towards them on the month end.
sub above {
    my ($w, $figures) = @_;
    my ($month, %above, %towards) = $w->{above}[0][1];
    my $began = began($w, $figures);
    for my $key (keys %$figures) {
        my ($kpi, $org, $of, $part) = split /\|/, $key, -1;
        next unless $of eq $month;
        next if $kpi eq 'deprescribing_per_smr' && grep { /^Q/ && ($began->{$_} // '9999') gt $month } counts_towards($w, $org, month_end($month));
        for my $code (@{$towards{$org} //= [counts_towards($w, $org, month_end($month))]}) {
            my $figure = $above{"$kpi|$code|$month|$part"} //= [0, 0];
            $figure->[$_] += $figures->{$key}[$_] for 0, 1;
        }
    }
    my %is_asked = map { $_ => 1 } @organisations;
    return {map { $_ => $above{$_} } grep { $is_asked{(split /\|/)[1]} } keys %above};
}

# Of these figures what refresh() rolled up: what waits for an ICB has no row.
sub published {
    my ($figures, $results) = @_;
    return {map { $_ => $figures->{$_} } keys %$results};
}

sub worklist_differences {
    my ($w, $kpi) = @_;
    my @wrong;
    for my $asked (grep { $_->[0] eq $kpi } @{$w->{worklists}}) {
        my ($expected, $got) = (join(' ', worklist_of($w, @$asked)), join ' ', sort @{$w->{listed}{join '|', @$asked} // []});
        push @wrong, "worklist of @$asked: expected $expected\n      got $got" if $expected ne $got;
    }
    return @wrong;
}

my %numerators; # a KPI of which all figures are 0 would agree with anything
for my $n (1 .. $worlds) {
    srand($seed * 100_003 + $n);
    my $w = random_world($n, psql("select (now() at time zone 'Europe/London')::date"));
    ask($w, \%has_total);
    my ($figures, $after) = map { figures_of($_) } $w, world_after($w);
    my $above = above($w, $figures);
    $numerators{(split /\|/)[0]} += $figures->{$_}[0] for keys %$figures;
    for my $kpi (@kpis) {
        my $asked = $w->{asked}{$kpi};
        my @wrong = map { differences($kpi, $_, /^late/ ? $after : $figures, $w->{got}{$_} // {}, keys %{$asked->{$_}}) } sort keys %$asked;
        my ($month, $records, $results) = ($w->{above}[0][1], map { $w->{got}{$_} // {} } 'records of', 'results');
        # where nothing has begun nothing is published, and there is no figure for records to agree with
        push @wrong, differences($kpi, 'records of', $above, $records, $month) if $kpi ne 'deprescribing_per_smr' || grep { /^deprescribing_per_smr/ } keys %$results;
        push @wrong, worklist_differences($w, $kpi);
        push @wrong, differences($kpi, 'results', published($above, $results), $results, $month);
        ok(!@wrong, "world $n: $kpi") or diag "RANDOM_SEED=$seed, world $n (", join(' to ', @$w{qw(first last)}), '): ', scalar @wrong, " differ\n", map { "    $_\n" } splice @wrong, 0, 12;
    }
}
if ($worlds >= 5) { cmp_ok($numerators{$_} // 0, '>', 0, "$_ was not nothing everywhere") for @kpis }
done_testing();
