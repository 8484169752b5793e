# What the rows of published views must be, column by column, of a world whose figures MoDashPublishedFigures has worked out and whose hidden figures are
# known: for a reader who does not see small numbers (raw false), or who does.
package MoDashPublishedViews;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(max min sum);
use POSIX qw(floor);
use MoDashPublishedFigures qw(path_on group_members);
use MoDashPublishedStatistics qw(interval median);
use MoDashPublishedWorld qw(april_of later_month month_end later_day today run_of);

our @EXPORT_OK = qw(set_peers seen fact_rows figure_due next_due status_of value_status month_label latest_months rounded difference);

my @peer_levels = qw(practice pcn sub_icb icb);

sub is_share { my ($kpi) = @_; return $kpi->{interval} eq 'wilson' }

# A numerator as it is shown: to the nearest round_to, halves up, down where a share would exceed its denominator.
sub rounded {
    my ($kpi, $n, $d) = @_;
    my $to = $kpi->{round} // 1;
    return $n if $to == 1;
    my $near = floor($n / $to + 0.5) * $to;
    return is_share($kpi) && $near > $d ? floor($d / $to) * $to : $near;
}

# What a reader sees of a figure: numerator, value, interval. Nothing of one that is hidden; no interval about a rounded one.
sub seen {
    my ($kpi, $cell, $raw) = @_;
    return {} if !$cell || $cell->{hidden} && !$raw;
    my ($n, $d) = @$cell{qw(n d)};
    my $rounds = !$raw && ($kpi->{round} // 1) > 1;
    $n = rounded($kpi, $n, $d) if $rounds;
    my $value = $kpi->{unit} eq 'count' ? $n : $d == 0 ? undef : $n / $d * $kpi->{per};
    my ($lower, $upper) = $rounds || !defined $value ? () : interval($kpi->{interval}, $kpi->{unit}, $kpi->{per}, $n, $d);
    return {n => $n, value => $value, lower => $lower, upper => $upper};
}

# ------------------------------------------------------------------------------------------------------------------------------------- peers
# Peers of a month: of each organisation that is compared, what is said of it. Values are those that readers see.
sub set_peers {
    my ($world, $kpi, $month, $cells) = @_;
    my $path = path_on($world, month_end($month));
    my %group;
    for my $place (keys %$cells) {
        my ($type, $code) = split / /, $place;
        my $cell = $cells->{$place}{''} or next;
        next if !(grep { $_ eq $type } @peer_levels) || !defined $cell->{value};
        next if $type eq 'practice' && ($world->{org}{$code}{setting} // 0) != 4;
        my $with = $type =~ /icb/ ? 'ENG' : ($path->{$code} // {})->{icb};
        next if !defined $with;
        $cell->{peer_group} = $with;
        push @{$group{"$type $with"}}, $cell;
    }
    for my $peers (values %group) {
        my @shown = grep { !$_->{hidden} } @$peers;
        next if (@$peers - @shown) * 5 > @$peers || !@shown;
        my @values = map { seen($kpi, $_)->{value} } @shown;
        for my $cell (@$peers) {
            $cell->{peers} = {n => scalar @shown, median => median(@values), average_of => \@shown};
            next if $cell->{hidden};
            my $value = seen($kpi, $cell)->{value};
            my $lower = grep { $_ < $value } @values;
            my @others = map { seen($kpi, $_)->{value} } grep { $_ != $cell } @shown;
            @{$cell->{peers}}{qw(rank percentile others decile)} = ($lower + 1, @values > 1 ? 100 * $lower / (@values - 1) : 0, scalar median(@others),
                @values >= 10 ? 1 + int(10 * $lower / @values) : undef);
        }
    }
    return;
}

# ------------------------------------------------------------------------------------------------------------------------------ states, words
# Day from which the figure of a month can be complete; undef where it is once it is there.
sub figure_due { my ($kpi, $month) = @_; return defined $kpi->{lag} && $kpi->{basis} ne 'annual' ? later_day(month_end($month), $kpi->{lag}) : undef }
sub next_due {
    my ($kpi, $month) = @_;
    my $lag = $kpi->{lag} // 62;
    return later_day(month_end($kpi->{basis} eq 'annual' ? later_month(april_of($month), 23) : later_month($month, 1)), $lag);
}

sub value_status {
    my ($kpi, $month, $cell, $is_latest, $raw) = @_;
    my $due = figure_due($kpi, $month);
    return $cell->{hidden} && !$raw ? 'suppressed' : defined $due && today() lt $due ? 'not_due' : !defined seen($kpi, $cell, $raw)->{value} ? 'no_data'
        : $is_latest && next_due($kpi, $month) lt today() ? 'stale' : 'ok';
}

# Status against the target, and its colour.
sub status_of {
    my ($kpi, $cell, $raw, $see) = @_;
    $see //= seen($kpi, $cell, $raw);
    return ('suppressed', 'grey') if $cell->{hidden} && !$raw;
    return ('no data', 'grey') if !defined $see->{value};
    return ('no target', 'grey') if !defined $cell->{target};
    return ('no good direction', 'grey') if $kpi->{direction} eq 'neither';
    return ('too few', 'grey') if $kpi->{unit} ne 'count' && $cell->{d} < 5;
    my $beyond = $kpi->{direction} eq 'higher' ? $see->{value} - $cell->{target} : $cell->{target} - $see->{value};
    return ('on target', 'green') if $beyond >= 0;
    return ('not clearly off', 'amber') if defined $see->{lower} && $see->{lower} <= $cell->{target} && $cell->{target} <= $see->{upper};
    return ('off target', 'red');
}

sub month_label { my ($y, $m) = split /-/, $_[0]; return (qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec))[$m - 1] . " $y" }
# A difference, to the digits of what it is one of.
sub difference {
    my ($a, $b) = @_;
    return undef if !defined $a || !defined $b; ## no critic: null is what should be read
    return sub { defined $_[0] && abs($_[0] - ($a - $b)) <= 1e-12 * max(1, abs $a, abs $b) + 1e-10 * abs($a - $b) };
}
sub less { my ($a, $b) = @_; return defined $a && defined $b ? $a - $b : undef }

# -------------------------------------------------------------------------------------------------------------------------------------- fact_kpi
# Latest month of every place of a KPI that is open: of a closed one nothing more is due.
sub latest_months {
    my ($world, $figures) = @_;
    my ($path, %latest) = path_on($world, today());
    for my $month (sort keys %$figures) { $figures->{$month}{$_}{''} and $latest{$_} = $month for keys %{$figures->{$month}} }
    for (keys %latest) { my ($type, $code) = split / /; delete $latest{$_} if $type ne 'group' && !$path->{$code} }
    return \%latest;
}

sub common_columns {
    my ($world, $kpi, $month, $place, $cell, $raw) = @_;
    my ($type, $code) = split / /, $place;
    my $in = path_on($world, month_end($month))->{$code} // {};
    my $see = seen($kpi, $cell, $raw);
    return (kpi_id => $kpi->{id}, org_key => $world->{key}{$place}, day_date => $month, month_start => $month, period_start => "$month 00:00:00", org_type => $type, org_code => $code,
        as_at_pcn_code => $type eq 'group' ? undef : $in->{pcn}, as_at_icb_code => $type eq 'group' ? undef : $in->{icb}, numerator => $see->{n}, denominator => $cell->{d}, value => $see->{value}, value_lower => $see->{lower},
        value_upper => $see->{upper}, as_at_date => month_end($month), run_id => run_of($world));
}

sub fact_rows {
    my ($world, $kpi, $raw) = @_;
    my $figures = $world->{figures}{$kpi->{id}};
    my $latest = latest_months($world, $figures);
    my (%fact, %part);
    for my $month (keys %$figures) {
        for my $place (keys %{$figures->{$month}}) {
            my $parts = $figures->{$month}{$place};
            for my $part (grep { $_ ne '' } keys %$parts) {
                my $label = $kpi->{reviews} ? sub { length $_[0] } : $part =~ s/_/ /gr;
                $part{"$kpi->{id}/$month/$place/$part"} = {common_columns($world, $kpi, $month, $place, $parts->{$part}, $raw), breakdown_code => $part, breakdown_label => $label,
                    value_status => value_status($kpi, $month, $parts->{$part}, ($latest->{$place} // '') eq $month, $raw)};
            }
            my $cell = $parts->{''} or next;
            my $see = seen($kpi, $cell, $raw);
            my $peers = $cell->{peers} // {};
            my %before = map { $_ => seen($kpi, ($figures->{later_month($month, -$_)} // {})->{$place}{''}, $raw)->{value} } 1, 12;
            my ($status, $rag) = status_of($kpi, $cell, $raw);
            $fact{"$kpi->{id}/$month/$place"} = {common_columns($world, $kpi, $month, $place, $cell, $raw), value_status => value_status($kpi, $month, $cell, ($latest->{$place} // '') eq $month, $raw),
                target => $cell->{target}, comparator_value => $peers->{median}, comparator_name => !defined $cell->{peer_group} ? undef : $place =~ /icb/ ? 'National median' : 'ICB median',
                peer_median_without_self => $peers->{others}, peer_n => $peers->{n}, peer_rank => $peers->{rank}, peer_decile => $peers->{decile}, peer_percentile => $peers->{percentile},
                previous_month_value => $before{1}, change_on_month => difference($see->{value}, $before{1}), previous_year_value => $before{12}, change_on_year => difference($see->{value}, $before{12}),
                status_label => $status, rag => $rag};
        }
    }
    return (\%fact, \%part);
}

1;
