# What the lines of the quarterly return must be, of sections, measures, their parts and exceptions; drafts and what was submitted: for everybody of figures that readers see, flows added up over the quarter's months, else the
# last month of the quarter that there is.
package MoDashPublishedReturn;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(sum);
use MoDashPublishedPages qw(printed_as name_of);
use MoDashPublishedReading qw(same_number);
use MoDashPublishedStatistics qw(interval);
use MoDashPublishedViews qw(seen figure_due status_of rounded);
use MoDashPublishedWorld qw(april_of later_day later_month month_end today);

our @EXPORT_OK = qw(return_rows submit_rows);

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
        : $figure->{n} ? sub { $_[0] =~ /^-?[\d,]+$/ && abs(($_[0] =~ s/,//gr) - $figure->{n}) <= 0.5 } : 'nothing due';
    return {numerator => $figure->{n}, denominator => $figure->{d} || undef, value => $figure->{value}, target => $target, display_value => $display,
        display_target => printed_as($kpi, $target) // 'no target', status_label => quarter_status($kpi, $figure, $target, $last)};
}

# A part of a measure, of the months in which the place has it; of a stock that of the measure's last month.
sub part_line {
    my ($kpi, $cells, $last) = @_;
    my %of = adds_up($kpi) ? %$cells : map { $cells->{$_} ? ($_ => $cells->{$_}) : () } $last;
    return if !%of;
    my $line = measure_line(undef, $kpi, undef, \%of);
    return {%$line, (map { $_ => undef } qw(target display_target status_label)), line_narrative => sub { 1 }};
}

# What is missing of a quarter whose last month was due: it is late where that is not published, else (of what adds up: all of it) there was nothing to count.
sub lacking {
    my ($kpi, $quarter, $cells) = @_;
    my $final = later_month($quarter, 2);
    return if $kpi->{basis} eq 'annual' && substr($quarter, 5, 2) ne '01';
    return if !@{$kpi->{months}} || $kpi->{months}[0] gt $final || later_day(month_end($final), $kpi->{lag} // 62) ge today();
    return 'data late' if !grep { $_ eq $final } @{$kpi->{months}};
    return !$cells || !adds_up($kpi) && !$cells->{$final} ? 'no later figure' : undef;
}

my %section = (clinical_activity => [1, 'Cohort delivery'], prescribing_safety => [3, 'Prescribing safety summary'], cost => [4, 'Cost outcome'], des_assurance => [5, 'Supervision evidence']);
my @draft = map { $_ => undef } qw(submitted_at_utc submitted_by frozen_display_value frozen_value restated_label frozen_numerator frozen_denominator return_version);
my @no_figure = map { $_ => undef } qw(kpi_id display_value display_target numerator denominator value target status_label);

sub about {
    my ($world, $at, $code, $section, $label, $kpi) = @_;
    my ($place, $quarter) = split m{/}, $at;
    my ($type, $org) = split / /, $place;
    my ($y, $q) = (substr(april_of($quarter), 0, 4), {4 => 1, 7 => 2, 10 => 3, 1 => 4}->{substr($quarter, 5, 2) + 0});
    return (place => $place, org_key => $world->{key}{$place}, org_type => $type, org_code => $org, org_name => name_of($world, $place), quarter_start => $quarter, quarter_label_sort => "$y$q",
        quarter_label => sprintf('Q%d %d/%02d', $q, $y, ($y + 1) % 100), line_code => $code, section_sort => $section->[0], section_label => $section->[1], line_label => $label,
        line_sort => sub { ($_[0] == 0) == !$kpi }, kpi_id => $kpi && $kpi->{id}, state_label => 'draft', @draft, narrative_label => sub { 1 }, line_narrative => sub { 1 });
}

# A line of its own for a measure with an exception: off target, late, or one that its own month or its peers give (those are read, and must be of the two kinds).
sub exception_line {
    my ($world, $at, $kpi, $line, $cells, $read) = @_;
    my $lacking = lacking($kpi, (split m{/}, $at)[1], $cells);
    my $other = ($read->{"$at/exception/$kpi->{id}"}{status_label} // '') =~ /^(special cause|outside peer limits)$/ ? $1 : undef;
    my $reason = ref $line->{status_label} ? undef : $line->{status_label} eq 'off target' ? 'off target' : undef;
    $reason //= $other // $lacking // return;
    return {%$line, about($world, $at, "exception/$kpi->{id}", [2, 'Exception narrative'], $kpi->{id}, $kpi), line_narrative => sub { length($_[0] // '') > 10 }, status_label => $reason};
}

# Lines of every quarter with figures: place/quarter/line => columns; $read: the lines that were read, by the same.
sub return_rows {
    my ($world, $read) = @_;
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
        for my $section (values %section, [2, 'Exception narrative']) {
            my ($code) = grep { ($section{$_} // [0])->[0] == $section->[0] } keys %section;
            $code = $section->[0] == 2 ? 'exception_narrative' : {clinical_activity => 'cohort_delivery', cost => 'cost_outcome', des_assurance => 'supervision_evidence'}->{$code} // $code;
            $rows{"$at/section/$code"} = {about($world, $at, "section/$code", $section, $section->[1]), @no_figure, line_narrative => sub { length $_[0] }, narrative_label => 'drafted'};
        }
        for my $kpi (@{$world->{kpi}}) {
            my $of = $cells{$at}{$kpi->{id}}{''};
            my $line = $of ? measure_line($world, $kpi, $place, $of)
                : {(map { $_ => undef } qw(numerator denominator value target)), display_value => sub { $_[0] =~ /^(no data|none yet this year)$/ }, display_target => 'no target', status_label => sub { 1 }};
            $rows{"$at/$kpi->{id}"} = {about($world, $at, $kpi->{id}, $section{$kpi->{family}}, "Name of $kpi->{id}", $kpi), %$line};
            my $exception = exception_line($world, $at, $kpi, $line, $of, $read);
            $rows{"$at/exception/$kpi->{id}"} = $exception if $exception;
            my ($last) = (sort map { keys %$_ } values %{$cells{$at}{$kpi->{id}} // {}})[-1]; # reviews of the month are there without a target too
            for my $part (grep { $_ ne '' } keys %{$cells{$at}{$kpi->{id}} // {}}) {
                my $part_line = part_line($kpi, $cells{$at}{$kpi->{id}}{$part}, $last) or next;
                if ($part_line->{display_value} eq 'suppressed') { # in one line, whichever they are
                    $rows{"$at/$kpi->{id}/(suppressed)"} = {about($world, $at, "$kpi->{id}/(suppressed)", $section{$kpi->{family}}, sub { 1 }, $kpi), %$part_line, status_label => 'suppressed'};
                    next;
                }
                next if !$part_line->{numerator} && !$part_line->{denominator}; # nothing of it
                $rows{"$at/$kpi->{id}/$part"} = {about($world, $at, "$kpi->{id}/$part", $section{$kpi->{family}}, $kpi->{reviews} ? sub { length $_[0] } : "$kpi->{id}: " . $part =~ tr/_/ /r, $kpi), %$part_line};
            }
        }
    }
    return \%rows;
}

# ------------------------------------------------------------------------------------------------------------------------------------- submitted
# Submitted lines: what was printed when it was submitted stands beside what is printed now, and a difference is said.
sub submit_rows {
    my ($rows, $frozen) = @_;
    for my $lines (values %{$frozen // {}}) { # what was submitted stays, although nobody would submit it now
        for my $at (grep { !$rows->{$_} } keys %$lines) { $rows->{$at} = {map({ $_ => sub { 1 } } keys %{$lines->{$at}}), place => $lines->{$at}{place}, gone => 1} }
    }
    for my $at (grep { $frozen->{(join '/', (split m{/})[0, 1])} } keys %$rows) {
        my $was = $frozen->{(join '/', (split m{/}, $at)[0, 1])}{$at};
        my %now = %{$rows->{$at}};
        my $gone = delete $rows->{$at}{gone};
        @{$rows->{$at}}{qw(state_label submitted_at_utc submitted_by return_version narrative_label)} = ('submitted', sub { defined $_[0] }, sub { defined $_[0] }, 1, sub { 1 });
        $rows->{$at}{"frozen_$_"} = $was->{$_} for qw(display_value numerator denominator value);
        $rows->{$at}{line_narrative} = $was && %$was ? $was->{line_narrative} : sub { 1 }; # one that was not in it is drafted
        my @same = $was && defined $now{display_value} ? grep { my $w = $was->{$_}; ref $now{$_} ? $now{$_}->($w) : same_or_none($w, $now{$_}) } qw(display_value numerator denominator value) : ();
        $rows->{$at}{restated_label} = sub { defined $_[0] ? @same < 4 : @same == 4 || !defined $now{display_value} } if $was && !$gone;
    }
    return;
}
sub same_or_none { my ($x, $y) = @_; return defined $x && defined $y ? $x eq $y || $x =~ /^[-\d.e+]+$/ && $y =~ /^[-\d.e+]+$/ && same_number($x, $y) : !defined $x && !defined $y }

1;
