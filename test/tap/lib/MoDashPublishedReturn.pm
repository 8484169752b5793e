# What the lines of measures in the quarterly return must be: for everybody of figures that readers see, flows added up over the quarter's months, else the
# last month of the quarter that there is.
package MoDashPublishedReturn;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(sum);
use MoDashPublishedPages qw(printed_as);
use MoDashPublishedStatistics qw(interval);
use MoDashPublishedViews qw(seen figure_due status_of rounded);
use MoDashPublishedWorld qw(later_month today);

our @EXPORT_OK = qw(return_rows);

sub quarter_of { my ($month) = @_; my ($y, $m) = split /-/, $month; return sprintf '%04d-%02d-01', $y, $m - ($m - 1) % 3 }
sub adds_up { my ($kpi) = @_; return $kpi->{basis} eq 'flow' && !$kpi->{april} }

# The figure of a quarter of the cells of its months (month => cell): undef for what is suppressed.
sub quarter_figure {
    my ($kpi, $cells) = @_;
    my @months = sort keys %$cells;
    @months = $months[-1] if !adds_up($kpi);
    my @cells = map { $cells->{$_} } @months;
    return {hidden => 1} if grep { $_->{hidden} } @cells;
    my ($n, $d) = (sum(map { rounded($kpi, @$_{qw(n d)}) } @cells), sum(map { $_->{d} } @cells));
    my $rounds = ($kpi->{round} // 1) > 1;
    my $value = $kpi->{unit} eq 'count' ? $n : $d == 0 ? undef : $n / $d * $kpi->{per};
    my ($lower, $upper) = $rounds || !defined $value ? () : interval($kpi->{interval}, $kpi->{unit}, $kpi->{per}, $n, $d);
    return {hidden => 0, n => $n, d => $d, value => $value, lower => $lower, upper => $upper};
}

# A month's target of a count is of a month: the quarter's is that of its months together, where all have one.
sub quarter_target {
    my ($kpi, $cells) = @_;
    my @targets = map { $cells->{$_}{target} } sort keys %$cells;
    return $targets[-1] if $kpi->{unit} ne 'count' || !adds_up($kpi);
    return (grep { !defined } @targets) ? undef : sum(@targets);
}

sub quarter_status {
    my ($kpi, $figure, $target, $last) = @_;
    my $due = figure_due($kpi, $last);
    return 'suppressed' if $figure->{hidden};
    return 'not due' if defined $due && today() lt $due;
    my $cell = {%$figure, target => $target};
    return (status_of($kpi, $cell, 1, $figure))[0];
}

sub measure_line {
    my ($world, $kpi, $place, $cells) = @_;
    my $last = (sort keys %$cells)[-1];
    my ($figure, $target) = (quarter_figure($kpi, $cells), quarter_target($kpi, $cells));
    my $display = $figure->{hidden} ? 'suppressed' : defined $figure->{value} ? printed_as($kpi, $figure->{value})
        : $figure->{n} > 0 ? sub { $_[0] =~ s/,//gr == sprintf '%.0f', $figure->{n} } : 'nothing due';
    return {numerator => $figure->{n}, denominator => $figure->{d} || undef, value => $figure->{value}, target => $target, display_value => $display,
        display_target => printed_as($kpi, $target) // 'no target', status_label => quarter_status($kpi, $figure, $target, $last)};
}

# Lines of measures, and of their parts that have nothing to hide: place/quarter/line => columns.
sub return_rows {
    my ($world) = @_;
    my (%cells, %rows);
    for my $kpi (@{$world->{kpi}}) {
        my $figures = $world->{figures}{$kpi->{id}};
        for my $month (keys %$figures) {
            for my $place (grep { /^(pcn|icb) / } keys %{$figures->{$month}}) {
                for my $part (keys %{$figures->{$month}{$place}}) { $cells{"$place/" . quarter_of($month)}{$kpi->{id}}{$part}{$month} = $figures->{$month}{$place}{$part} }
            }
        }
    }
    for my $at (keys %cells) {
        my ($place) = split m{/}, $at;
        for my $kpi (@{$world->{kpi}}) {
            my $of = $cells{$at}{$kpi->{id}}{''};
            $rows{"$at/$kpi->{id}"} = $of ? measure_line($world, $kpi, $place, $of)
                : {(map { $_ => undef } qw(numerator denominator value target)), display_value => sub { $_[0] =~ /^(no data|none yet this year)$/ }, display_target => 'no target', status_label => sub { 1 }};
        }
    }
    return \%rows;
}

1;
