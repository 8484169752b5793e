# What the rows of the page, trends, months side by side, peer comparison and the atlas must be, from the same figures as MoDashPublishedViews.
package MoDashPublishedPages;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use List::Util qw(max min sum sum0);
use MoDashPublishedFigures qw(path_on group_members);
use MoDashPublishedReading qw(same_number);
use MoDashPublishedStatistics qw(quantile median funnel_limits dispersion systematic_component chart is_sparkline);
use MoDashPublishedViews qw(seen figure_due next_due status_of value_status month_label latest_months difference);
use MoDashPublishedWorld qw(later_month month_end today run_of);

our @EXPORT_OK = qw(trend_rows month_rows page_rows peer_rows exception_rows variation_rows printed_as name_of labelled cell_at %family_label);

our %family_label = (clinical_activity => ['Clinical activity', 1], prescribing_safety => ['Prescribing safety', 2], cost => ['Cost', 3], des_assurance => ['DES assurance', 4]);

sub label_sort { my ($month) = @_; return defined $month ? substr($month, 0, 4) . substr($month, 5, 2) : undef }
sub name_of { my ($world, $place) = @_; my ($type, $code) = split / /, $place; return $type eq 'group' ? "Group $code" : $world->{org}{$code}{name} }
sub labelled { my ($name, $code) = @_; return substr($name, 0, 240) . ($name eq $code ? '' : " ($code)") }
sub cell_at { my ($world, $kpi, $month, $place) = @_; return ($world->{figures}{$kpi->{id}}{$month} // {})->{$place}{''} }
sub has_chart { my ($kpi) = @_; return $kpi->{basis} ne 'annual' && !$kpi->{april} }
sub less { my ($a, $b) = @_; return defined $a && defined $b ? $a - $b : undef }

# A test of a printed number: its unit, its decimals, and nothing farther from the value than rounding makes it.
sub printed_as {
    my ($kpi, $value, $change) = @_;
    return undef if !defined $value; ## no critic: null is what should be read
    my $percent = $kpi->{unit} eq 'percent';
    my $wanted = $value * ($percent ? 100 : 1);
    my $places = $kpi->{decimals};
    return sub {
        my ($text) = @_;
        return 0 if !defined $text;
        my $unit = $percent ? ($change ? qr/ pp/ : qr/%/) : $kpi->{unit} eq 'rate' && !$change ? qr/ per [\d,]+/ : qr//;
        my ($sign, $pounds, $number, $digits, $tail) = $text =~ /^([-+]?)(£?)(\d[\d,]*(?:\.(\d+))?)($unit)$/ or return 0;
        return 0 if length($digits // '') != $places || ($pounds ne '') != ($kpi->{unit} eq 'pounds');
        ($number, $tail) = map { s/[^\d.]//gr } $number, $tail;
        return 0 if $kpi->{unit} eq 'rate' && !$change && $tail != $kpi->{per};
        return 0 if $change ? ($sign eq '') != ($number == 0) : $sign eq '+';
        $number = -$number if $sign eq '-';
        return abs($number - $wanted) <= 0.5 * 10 ** -$places + 1e-9 * max(1, abs $wanted);
    };
}

sub printed_interval {
    my ($kpi, $see) = @_;
    return undef if !defined $see->{lower}; ## no critic
    my ($low, $high) = (printed_as({%$kpi, unit => $kpi->{unit} eq 'rate' ? 'ratio' : $kpi->{unit}}, $see->{lower}), printed_as($kpi, $see->{upper}));
    return sub { my ($text) = @_; my ($from, $to) = split / to /, $text // '', 2; return defined $to && $low->($from) && $high->($to) };
}

sub display_value {
    my ($kpi, $cell, $status, $raw) = @_;
    my $value = seen($kpi, $cell, $raw)->{value};
    return $status eq 'suppressed' ? 'suppressed' : defined $value ? printed_as($kpi, $value) : $status eq 'not_due' ? 'not due' : 'no data';
}

sub significance {
    my ($see, $median) = @_;
    return undef if !defined $see->{lower} || !defined $median; ## no critic
    return $see->{lower} > $median ? 'higher' : $see->{upper} < $median ? 'lower' : 'similar';
}

# ------------------------------------------------------------------------------------------------------------------------------- control charts
# The chart of a place: mean, limits, month => cause. Months without a row are gaps, as are those without a value.
sub chart_of {
    my ($world, $kpi, $place, $raw) = @_;
    return {} if !has_chart($kpi);
    my @there = sort grep { cell_at($world, $kpi, $_, $place) } @{$kpi->{months}};
    my @months = @there ? $there[0] : ();
    push @months, later_month($months[-1], 1) while @months && $months[-1] lt $there[-1];
    my ($mean, $lower, $upper, @causes) = chart(map { seen($kpi, cell_at($world, $kpi, $_, $place), $raw)->{value} } @months);
    return {} if !defined $mean;
    my %cause; @cause{@months} = @causes;
    return {mean => $mean, lower => $lower, upper => $upper, cause => \%cause};
}

sub variation_label {
    my ($kpi, $cause) = @_;
    return $cause if !defined $cause || $cause eq 'common cause';
    return 'special cause' if $kpi->{direction} eq 'neither';
    return 'special cause: ' . (($cause =~ /above|increasing/ ? 'higher' : 'lower') eq $kpi->{direction} ? 'improving' : 'concerning');
}

sub assurance_label {
    my ($kpi, $chart, $target) = @_;
    return undef if !defined $chart->{lower} || !defined $target || $kpi->{direction} eq 'neither'; ## no critic
    my $good = $kpi->{direction} eq 'higher' ? 1 : -1;
    my ($worst, $best) = sort { $a <=> $b } map { $good * ($_ - $target) } @$chart{qw(lower upper)};
    return $worst > 0 ? 'consistently meets target' : $best < 0 ? 'consistently misses target' : 'meets and misses target';
}

sub trend_rows {
    my ($world, $kpi, $raw) = @_;
    my ($latest, %rows, %chart) = latest_months($world, $world->{figures}{$kpi->{id}});
    for my $month (@{$kpi->{months}}) {
        for my $place (keys %{$world->{figures}{$kpi->{id}}{$month}}) {
            my $cell = cell_at($world, $kpi, $month, $place) or next;
            my ($type, $code) = split / /, $place;
            my $see = seen($kpi, $cell, $raw);
            my $status = value_status($kpi, $month, $cell, ($latest->{$place} // '') eq $month, $raw);
            my $chart = $chart{$place} //= chart_of($world, $kpi, $place, $raw);
            my $cause = $status eq 'not_due' ? undef : ($chart->{cause} // {})->{$month}; # a month that may still change is not judged
            $rows{"$kpi->{id}/$month/$place"} = {kpi_id => $kpi->{id}, kpi_name => "Name of $kpi->{id}", org_key => $world->{key}{$place}, org_type => $type, org_code => $code,
                org_name => name_of($world, $place), month_start => $month, month_label => month_label($month), month_label_sort => label_sort($month), numerator => $see->{n},
                denominator => $cell->{d}, value => $see->{value}, value_status => $status, display_value => display_value($kpi, $cell, $status, $raw), value_lower => $see->{lower},
                value_upper => $see->{upper}, target => $cell->{target}, comparator_value => ($cell->{peers} // {})->{median}, spc_mean => near($chart->{mean}, $chart), spc_lower => near($chart->{lower}, $chart),
                spc_upper => near($chart->{upper}, $chart), special_cause_label => $cause, spc_variation_label => variation_label($kpi, $cause), direction_of_good => $kpi->{direction}, run_id => run_of($world)};
        }
    }
    return \%rows;
}

# A limit may be nearly 0 beside the numbers that make it.
sub near {
    my ($value, $chart) = @_;
    return undef if !defined $value; ## no critic
    my $scale = max(map { abs } grep { defined } @$chart{qw(mean lower upper)});
    return sub { defined $_[0] && same_number($_[0], $value, 100 * $scale) };
}

# ----------------------------------------------------------------------------------------------------------------------------- the page, months
# Pages: every open organisation and front-page KPI that its level is measured by; a practice that is none of GPs only where it has a figure.
sub page_places {
    my ($world, $kpi) = @_;
    my $latest = latest_months($world, $world->{figures}{$kpi->{id}});
    my $path = path_on($world, today());
    my %measured = map { my $cells = $_; map { $cells->{$_}{''} ? ((split / /)[0] => 1) : () } keys %$cells } values %{$world->{figures}{$kpi->{id}}};
    return grep {
        my ($type, $code) = split / /;
        ($measured{$type} || !%measured) && ($type eq 'group' || $path->{$code}) && ($latest->{$_} || $type ne 'practice' || ($world->{org}{$code}{setting} // 0) == 4)
    } keys %{$world->{key}};
}

sub twelve_months { my ($world, $kpi, $month, $place) = @_; return map { seen($kpi, cell_at($world, $kpi, later_month($month, -$_), $place))->{value} } reverse 0 .. 11 }

sub page_rows {
    my ($world, $kpi, $raw) = @_;
    return {} if !$kpi->{front};
    my ($latest, %rows) = latest_months($world, $world->{figures}{$kpi->{id}});
    for my $place (page_places($world, $kpi)) {
        my ($type, $code) = split / /, $place;
        my $month = $latest->{$place};
        my %row = (org_code => $code, org_name => name_of($world, $place), org_type => $type, family_label => $family_label{$kpi->{family}}[0], family_label_sort => $family_label{$kpi->{family}}[1],
            kpi_sort => $kpi->{order}, kpi_name => "Name of $kpi->{id}", kpi_short_name => $kpi->{id}, kpi_id => $kpi->{id}, org_key => $world->{key}{$place}, direction_of_good => $kpi->{direction},
            data_kind_label => 'Not stated');
        $rows{"$kpi->{id}/$place"} = {%row, defined $month ? page_figure($world, $kpi, $month, $place, $raw) : page_without($kpi)};
    }
    return \%rows;
}

sub page_without {
    my ($kpi) = @_;
    return ((map { $_ => undef } qw(month_label month_label_sort display_change_on_month display_change_on_year display_peer_median display_position trend_spark data_to next_data_due month_start
        numerator denominator value target value_lower value_upper change_on_month change_on_year comparator_value comparator_name peer_median_without_self peer_n peer_rank peer_decile
        spc_variation_label spc_assurance_label display_interval significance_label)), display_value => 'no data', display_target => 'no target', status_label => 'no data', rag => 'grey',
        value_status => 'no_data', run_id => sub { 1 }, exception_text => sub { defined $_[0] });
}

sub page_figure {
    my ($world, $kpi, $month, $place, $raw) = @_;
    my $cell = cell_at($world, $kpi, $month, $place);
    my ($see, $peers, $chart) = (seen($kpi, $cell, $raw), $cell->{peers} // {}, chart_of($world, $kpi, $place, 0)); # chart and sparkline are of what everybody may see
    my $state = value_status($kpi, $month, $cell, 1, $raw);
    my ($status, $rag) = $state eq 'not_due' ? ('not due', 'grey') : status_of($kpi, $cell, $raw);
    my @before = map { seen($kpi, cell_at($world, $kpi, later_month($month, -$_), $place), $raw)->{value} } 1, 12;
    my ($on_month, $on_year) = map { less($see->{value}, $_) } @before;
    my $cause = $state eq 'not_due' ? undef : variation_label($kpi, ($chart->{cause} // {})->{$month});
    my $position = defined $peers->{rank} && $peers->{n} > 1 ? (defined $peers->{decile} ? "decile $peers->{decile}, " : '') . "rank $peers->{rank} of $peers->{n}" : undef;
    my $noted = $state ne 'ok' || $status =~ /off target|too few/ || ($cause // '') =~ /special/;
    return (month_label => month_label($month), month_label_sort => label_sort($month), display_value => display_value($kpi, $cell, $state, $raw),
        display_target => printed_as($kpi, $cell->{target}) // 'no target', status_label => $status, rag => $rag, display_change_on_month => printed_as($kpi, $on_month, 1),
        display_change_on_year => printed_as($kpi, $on_year, 1), display_peer_median => printed_as($kpi, $peers->{median}),
        display_position => $position,
        trend_spark => sub { is_sparkline($_[0], twelve_months($world, $kpi, $month, $place)) }, exception_text => sub { (defined $_[0]) == ($noted ? 1 : 0) }, data_to => month_end($month), next_data_due => next_due($kpi, $month), month_start => $month,
        numerator => $see->{n}, denominator => $cell->{d}, value => $see->{value}, value_status => $state, target => $cell->{target}, value_lower => $see->{lower}, value_upper => $see->{upper},
        change_on_month => difference($see->{value}, $before[0]), change_on_year => difference($see->{value}, $before[1]), comparator_value => $peers->{median}, comparator_name => !defined $cell->{peer_group} ? undef : $place =~ /icb/ ? 'National median' : 'ICB median',
        peer_median_without_self => $peers->{others}, peer_n => $peers->{n}, peer_rank => $peers->{rank}, peer_decile => $peers->{decile}, run_id => run_of($world), spc_variation_label => $cause,
        spc_assurance_label => defined $cause ? assurance_label($kpi, $chart, $cell->{target}) : undef, display_interval => printed_interval($kpi, $see), significance_label => significance($see, $peers->{median}));
}

sub month_rows {
    my ($world, $kpi, $raw) = @_;
    return {} if !$kpi->{front};
    my ($latest, %rows) = latest_months($world, $world->{figures}{$kpi->{id}});
    my %letter = (ok => 'o', suppressed => 's', no_data => 'n', not_due => 'd', stale => 't');
    for my $place (page_places($world, $kpi)) {
        my ($type, $code) = split / /, $place;
        my $last = $latest->{$place};
        my ($codes, $compared, %row) = ('', 0);
        for my $back (reverse 0 .. 35) {
            my $month = defined $last ? later_month($last, -$back) : undef;
            my $cell = defined $month ? cell_at($world, $kpi, $month, $place) : undef;
            my $n = sprintf '%02d', $back;
            @row{"value_$n", "comparator_$n", "target_$n"} = (seen($kpi, $cell, $raw)->{value}, $cell && ($cell->{peers} // {})->{median}, $cell && $cell->{target});
            $codes .= $cell ? $letter{value_status($kpi, $month, $cell, $back == 0, $raw)} : '-';
            $compared ||= defined $row{"comparator_$n"};
        }
        $rows{"$kpi->{id}/$place"} = {%row, org_code => $code, org_name => name_of($world, $place), org_type => $type, family_label => $family_label{$kpi->{family}}[0],
            family_label_sort => $family_label{$kpi->{family}}[1], kpi_sort => $kpi->{order}, kpi_name => "Name of $kpi->{id}", kpi_short_name => $kpi->{id}, kpi_id => $kpi->{id}, org_key => $world->{key}{$place},
            direction_of_good => $kpi->{direction}, data_kind_label => 'Not stated', month_label => defined $last ? month_label($last) : undef, month_label_sort => label_sort($last), month_start => $last,
            value_status_codes => $codes, unit => $kpi->{unit}, rate_per => $kpi->{per}, decimals => $kpi->{decimals}, excel_format => sub { defined $_[0] },
            comparator_name => !$compared ? undef : $place =~ /icb/ ? 'National median' : 'ICB median'};
    }
    return \%rows;
}

# ---------------------------------------------------------------------------------------------------------------------------- peers and the atlas
sub funnel_kind { my ($kpi) = @_; return $kpi->{interval} eq 'wilson' ? 'proportion' : $kpi->{interval} eq 'byar' && $kpi->{unit} ne 'count' ? 'rate' : undef }

# Where a value stands to the limits: 0 within, 1 or -1 beyond them.
sub side { my ($value, @limits) = @_; return $value > $limits[1] ? 1 : $value < $limits[0] ? -1 : 0 }

sub funnel_columns {
    my ($kpi, $cell, $see) = @_;
    my @names = qw(funnel_average funnel_lower_95 funnel_upper_95 funnel_lower_998 funnel_upper_998 funnel_label);
    my ($kind, $peers) = (funnel_kind($kpi), $cell->{peers});
    return map { $_ => undef } @names if !$kind || !$peers;
    my $average = sum(map { seen($kpi, $_)->{n} } @{$peers->{average_of}}) / sum(map { $_->{d} } @{$peers->{average_of}});
    my @limits = map { [map { $_ * $kpi->{per} } funnel_limits($kind, $average, $cell->{d}, $_)] } 0.95, 0.998;
    my $value = $see->{value};
    my ($far, $near) = defined $value ? (side($value, @{$limits[1]}), side($value, @{$limits[0]})) : ();
    my $label = !defined $value ? undef : $far ? ($far > 0 ? 'above' : 'below') . ' 99.8 %' : $near ? ($near > 0 ? 'above' : 'below') . ' 95 %' : 'within';
    my @values = ($average * $kpi->{per}, @{$limits[0]}, @{$limits[1]}, $label);
    return map { $names[$_] => $values[$_] } 0 .. $#names;
}

sub peer_rows {
    my ($world, $kpi, $raw) = @_;
    my ($latest, %rows) = latest_months($world, $world->{figures}{$kpi->{id}});
    for my $month (@{$kpi->{months}}) {
        for my $place (keys %{$world->{figures}{$kpi->{id}}{$month}}) {
            my $cell = cell_at($world, $kpi, $month, $place);
            next if !$cell || !defined $cell->{peer_group};
            my ($type, $code) = split / /, $place;
            my ($see, $peers) = (seen($kpi, $cell, $raw), $cell->{peers} // {});
            $rows{"$kpi->{id}/$month/$place"} = {kpi_id => $kpi->{id}, kpi_name => "Name of $kpi->{id}", month_start => $month, org_type => $type, org_code => $code, org_name => name_of($world, $place),
                org_label => labelled(name_of($world, $place), $code), peer_group_code => $cell->{peer_group}, peer_group_name => $world->{org}{$cell->{peer_group}}{name}, numerator => $see->{n}, denominator => $cell->{d}, value => $see->{value},
                value_status => value_status($kpi, $month, $cell, ($latest->{$place} // '') eq $month, $raw), display_value => printed_as($kpi, $see->{value}), comparator_value => $peers->{median},
                peer_median_without_self => $peers->{others}, difference_from_others => less($see->{value}, $peers->{others}), peer_n => $peers->{n}, peer_rank => $peers->{rank},
                peer_decile => $peers->{decile}, peer_percentile => $peers->{percentile}, value_lower => $see->{lower}, value_upper => $see->{upper}, direction_of_good => $kpi->{direction},
                org_key => $world->{key}{$place}, run_id => run_of($world), significance_label => significance($see, $peers->{median}), funnel_columns($kpi, $cell, $see)};
        }
    }
    return \%rows;
}

# What stands out on the page: reasons that follow from a figure that is complete, and where the next was due, whether others have it.
sub exception_rows {
    my ($world, $kpi) = @_;
    my (%rows, $peers);
    my $page = page_rows($world, $kpi, 0);
    for my $at (keys %$page) {
        my $row = $page->{$at};
        my $place = "$row->{org_type} $row->{org_code}";
        if (defined $row->{month_start} && next_due($kpi, $row->{month_start}) lt today()) {
            my $reason = $kpi->{months}[-1] gt $row->{month_start} ? 'no later figure' : 'data late';
            $rows{"$kpi->{id}/$place/$reason"} = {(map { $_ => $row->{$_} } qw(org_key org_type org_code org_name kpi_id kpi_name month_start kpi_sort run_id)),
                (map { $_ => undef } qw(value display_value target)), reason_label => $reason, reason_sort => $reason eq 'data late' ? 6 : 8, exception_text => sub { length $_[0] > 10 }};
        }
        next if $row->{value_status} !~ /^(ok|stale)$/ || !defined $row->{value};
        $peers //= peer_rows($world, $kpi, 0);
        my $funnel = ($peers->{"$kpi->{id}/$row->{month_start}/$place"} // {})->{funnel_label} // '';
        my $bad_side = {higher => 'below', lower => 'above', neither => '(?:above|below)'}->{$kpi->{direction}};
        my $cause = $row->{spc_variation_label} // '';
        for my $reason ($row->{status_label} eq 'off target' ? 'off target' : (), $cause =~ /^special cause(: concerning)?$/ ? $cause : (),
            $funnel =~ /^$bad_side 99.8 %$/ ? 'outside peer limits' : ()) {
            $rows{"$kpi->{id}/$place/$reason"} = {(map { $_ => $row->{$_} } qw(org_key org_type org_code org_name kpi_id kpi_name month_start value display_value target kpi_sort run_id)),
                reason_label => $reason, reason_sort => sub { $_[0] > 0 }, exception_text => sub { length $_[0] > 10 }};
        }
    }
    return \%rows;
}

sub spread {
    my ($kpi, @shown) = @_;
    my @values = map { seen($kpi, $_)->{value} } @shown;
    my %quantile = (minimum => 0, percentile_5 => 0.05, percentile_10 => 0.1, lower_quartile => 0.25, median => 0.5, upper_quartile => 0.75, percentile_90 => 0.9, percentile_95 => 0.95, maximum => 1);
    my %row = map { $_ => scalar quantile($quantile{$_}, @values) } keys %quantile;
    $row{p95_to_p5} = $row{percentile_5} <= 0 ? undef : $row{percentile_95} / $row{percentile_5};
    my $mean = sum(@values) / @values;
    $row{coefficient_of_variation} = @values < 2 || $mean == 0 ? undef : sqrt(sum(map { ($_ - $mean) ** 2 } @values) / (@values - 1)) / $mean;
    my $kind = funnel_kind($kpi) or return %row;
    my @pairs = map { [seen($kpi, $_)->{n}, $_->{d}] } @shown;
    my $average = sum(map { $_->[0] } @pairs) / sum(map { $_->[1] } @pairs);
    my ($phi, $tau2) = dispersion($kind, @pairs);
    @row{qw(dispersion_phi between_area_tau2)} = ($phi, $tau2);
    $row{systematic_component} = systematic_component(@pairs) if $kind eq 'rate';
    for my $name (qw(95 998)) {
        my @out = grep { side($_->[0] / $_->[1], funnel_limits($kind, $average, $_->[1], $name / 10 ** length $name)) } @pairs;
        $row{"outside_$name"} = @out;
        $row{"outside_${name}_dispersed"} = grep { side($_->[0] / $_->[1], funnel_limits($kind, $average, $_->[1], $name / 10 ** length $name, $tau2 // 0)) } @out;
    }
    return %row;
}

my @spread = qw(minimum percentile_5 percentile_10 lower_quartile median upper_quartile percentile_90 percentile_95 maximum p95_to_p5 coefficient_of_variation systematic_component dispersion_phi
    between_area_tau2 outside_95 outside_998 outside_95_dispersed outside_998_dispersed);

sub variation_rows {
    my ($world, $kpi) = @_;
    my %rows;
    for my $month (@{$kpi->{months}}) {
        my ($path, %group) = path_on($world, month_end($month));
        for my $place (keys %{$world->{figures}{$kpi->{id}}{$month}}) {
            my $cell = cell_at($world, $kpi, $month, $place);
            my ($type, $code) = split / /, $place;
            next if !$cell || !defined $cell->{peer_group};
            my $icb = $type =~ /icb/ ? undef : ($path->{$code} // {})->{icb};
            push @{$group{"$type/$_"}}, $cell for 'ENG', $icb // ();
        }
        for my $at (keys %group) {
            my @shown = grep { !$_->{hidden} } @{$group{$at}};
            my %row = 5 * (@{$group{$at}} - @shown) > @{$group{$at}} || !@shown ? () : spread($kpi, @shown);
            my ($type, $code) = split m{/}, $at;
            $rows{"$kpi->{id}/$month/$at"} = {(map { $_ => undef } @spread), %row, kpi_id => $kpi->{id}, kpi_name => "Name of $kpi->{id}", month_start => $month, org_type => $type, group_code => $code,
                group_name => sub { $_[0] eq $world->{org}{$code}{name} || $code eq 'ENG' && $_[0] eq 'England' }, direction_of_good => $kpi->{direction}, org_count => scalar @shown, run_id => run_of($world),
                note_label => sub { my $n = @{$group{$at}} - @shown; $n == 0 || $_[0] =~ /\b$n\b/ }};
        }
    }
    for my $at (keys %rows) {
        my ($id, $month, $rest) = split m{/}, $at, 3;
        my $before = $rows{"$id/" . later_month($month, -12) . "/$rest"} // {};
        @{$rows{$at}}{qw(median_year_ago p95_to_p5_year_ago change_on_year)} = (@$before{qw(median p95_to_p5)}, less($rows{$at}{median}, $before->{median}));
    }
    return \%rows;
}

1;
