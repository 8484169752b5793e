# What the views of prescribing measures, savings and prices per unit must say of a world: counted plainly from its rows, as design.md, the README and the
# comments of these views and of their tables have it.
package MoDashMeasureModel;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(max min sum sum0);
use MoDashPublishedFigures qw(path_on figures_of small_reason);
use MoDashPublishedWorld qw(later_month month_end);

our @EXPORT_OK = qw(all_figures hide_small value_rows innovation_rows decile_rows saving_rows price_rows switch_rows quantile);

my @compared = qw(practice pcn sub_icb icb region);
my %compared = map { $_ => 1 } @compared;

# --------------------------------------------------------------------------------------------------------------------------------------- entries
sub matches {
    my ($code, $entry) = @_;
    if ($entry =~ /%/) { my $pattern = join '.*', map { quotemeta } split /%/, $entry, -1; return $code =~ /^$pattern$/ }
    return $code eq $entry if length $entry == (substr($entry, 0, 2) <= 19 ? 15 : 11);
    return index($code, $entry) == 0;
}
sub counts { my ($code, $include, $exclude) = @_; return !(grep { matches($code, $_) } @$exclude) && !!grep { matches($code, $_) } @{$include // []} }

# Sums of rows: items, quantity, nic and actual_cost, in pounds; what is null adds nothing.
sub sums {
    my %sum = map { $_ => 0 } qw(items quantity nic actual_cost);
    for (@_) { $sum{items} += $_->{items}; $sum{quantity} += $_->{quantity} // 0; $sum{nic} += $_->{nic} // 0; $sum{actual_cost} += $_->{cost} // 0 }
    $sum{$_} /= 100_000 for qw(nic actual_cost);
    return \%sum;
}

# ----------------------------------------------------------------------------------------------------------------------------------- populations
# GP practices open on the month's last day.
sub practices { my ($world, $month) = @_; my $path = path_on($world, month_end($month)); return grep { ($world->{org}{$_}{setting} // 0) == 4 && !/998$/ && $path->{$_} } @{$world->{codes}} }

sub list_on { my ($world, $practice, $month) = @_; my @mine = grep { $_->{practice} eq $practice && $_->{month} le month_end($month) } @{$world->{list}}; my $latest = (sort map { $_->{month} } @mine)[-1] // return; return grep { $_->{month} eq $latest } @mine }

sub holds { my ($from, $to, $day) = @_; return defined $from && $from le $day && (!defined $to || $day lt $to) }

# Patients of the register on the month end, alive, each at the registration that began last, of two that began together at the lower code.
sub registered {
    my ($world, $month) = @_;
    my ($end, %count) = month_end($month);
    for my $patient (grep { !defined $world->{died}{$_} || $world->{died}{$_} gt $end } 1 .. 60) {
        next if !grep { $_->[0] == $patient && holds(@$_[1, 2], $end) } @{$world->{member}};
        my ($at) = sort { $b->[2] cmp $a->[2] || $a->[1] cmp $b->[1] } grep { $_->[0] == $patient && holds(@$_[2, 3], $end) } @{$world->{registered}};
        $count{$at->[1]}++ if $at;
    }
    return \%count;
}

# Practices of a population: those with a list whose sub-ICB's prescribing of the month is there.
sub population {
    my ($world, $measure, $month, $rows) = @_;
    my $path = path_on($world, month_end($month));
    my $payer = sub { my ($in) = @_; return $in->{sub_icb} // $in->{icb} // '' };
    my %loaded = map { $path->{$_->{practice}} && $world->{org}{$_->{practice}}{type} eq 'practice' ? ($payer->($path->{$_->{practice}}) => 1) : () } grep { $_->{practice} !~ /998$/ } @$rows;
    $loaded{''} = 1 if grep { $_->{practice} !~ /998$/ } @$rows;
    my $register = $measure->{population} =~ /^register/ ? registered($world, $month) : undef;
    my %patients;
    for my $practice (grep { $loaded{$payer->($path->{$_})} } practices($world, $month)) {
        my @list = list_on($world, $practice, $month) or next;
        $patients{$practice} = $register ? $register->{$practice} // 0 : sum map { $_->{patients} * ($measure->{population} eq 'list_size' ? 1 : weight_of($world, $measure->{population}, $_)) } @list;
    }
    return \%patients;
}

sub weight_of {
    my ($world, $scheme, $cell) = @_;
    my ($weight) = grep { $_->{scheme} eq $scheme && $_->{sex} eq $cell->{sex} && $_->{age_from} <= $cell->{from} && (!defined $_->{age_to} || defined $cell->{to} && $cell->{to} <= $_->{age_to}) } @{$world->{weight}};
    return $weight ? $weight->{weight} : 0;
}

# ----------------------------------------------------------------------------------------------------------------------------------- base figures
# [practice, month, part, numerator, denominator] of a measure.
sub base_figures {
    my ($world, $measure, $month, $rows) = @_;
    my @practices = practices($world, $month);
    my %of; push @{$of{$_->{practice}}}, $_ for @$rows;
    my $patients = defined $measure->{population} ? population($world, $measure, $month, $rows) : undef;
    my @figures;
    for my $practice (@practices) {
        my @num = grep { counts($_->{code}, @$measure{qw(include exclude)}) } @{$of{$practice} // []};
        my $n = sums(@num);
        if ($patients) { push @figures, [$practice, $month, '', $n->{$measure->{value}}, $patients->{$practice}] if exists $patients->{$practice}; next }
        my @den = grep { counts($_->{code}, @$measure{qw(den_include den_exclude)}) } @{$of{$practice} // []};
        next if !@num && !@den;
        my $d = sums(@den);
        push @figures, [$practice, $month, '', $n->{$measure->{value}}, $d->{$measure->{den_value}}];
        push @figures, map { [$practice, $month, $_, $n->{$_}, $d->{$_}] } qw(quantity actual_cost) if $measure->{percentage} && $measure->{cost_based};
    }
    return (@figures, $patients ? () : nothing_of_either($world, $month, \@practices, \%of, @figures));
}

# An ICB that prescribed neither side of what others did has 0 over 0, so that nobody waits for it.
sub nothing_of_either {
    my ($world, $month, $practices, $of, @figures) = @_;
    my $path = path_on($world, month_end($month));
    return if !@figures;
    my %spoke = map { (($path->{$_->[0]} // {})->{icb} // '') => 1 } @figures;
    my %first;
    for (sort grep { $of->{$_} } @$practices) { $first{($path->{$_} // {})->{icb} // ''} //= $_ }
    delete $first{''};
    return map { [$first{$_}, $month, '', 0, 0] } grep { !$spoke{$_} } keys %first;
}

# Months of a measure and its base figures: counted from the rows, but for months whose rows were purged, which have what was last counted of them.
sub counted {
    my ($world, $measure, @months) = @_;
    my $purged = $world->{purged} // '';
    my $kept = $world->{kept}{$measure->{id}} // {months => [], base => []};
    my @base = grep { $_->[1] lt $purged } @{$kept->{base}};
    my @counted = ((grep { $_ lt $purged } @{$kept->{months}}), grep { $_ ge $purged } @months);
    for my $month (grep { $_ ge $purged } @months) { push @base, base_figures($world, $measure, $month, [grep { $_->{month} eq $month && !$_->{unidentified} } @{$world->{prescribing}}]) }
    $world->{kept}{$measure->{id}} = {months => \@counted, base => \@base};
    return (\@counted, \@base);
}

# Measures as KPIs, with their figures at every level: measure => month => place => part => {n, d, value}.
sub all_figures {
    my ($world) = @_;
    my %loaded = map { $_->{month} => 1 } @{$world->{batch}};
    my @loaded = sort keys %loaded;
    my @months = grep { $_ ge $loaded[0] && $_ le $loaded[-1] } @{$world->{months}};
    my %figures;
    for my $measure (grep({ $_->{active} } @{$world->{measure}}), map({ switch_measure($_) } @{$world->{switch}}), map({ innovation_measure($_) } @{$world->{innovation}}), formulary_measure($world->{formulary})) {
        my ($months, $base) = counted($world, $measure, @months);
        my $unit = $measure->{percentage} ? 'percent' : !defined $measure->{population} ? 'ratio' : $measure->{value} =~ /nic|cost/ ? 'pounds' : 'rate';
        $figures{$measure->{id}} = {measure => $measure, figure => figures_of($world, {id => $measure->{id}, unit => $unit, per => $measure->{per}, interval => 'none', base => 'practice', begins => 0, months => $months, figures => $base})};
    }
    return \%figures;
}

# What is hidden, of measures for which the site has a rule: what is small, and what the refresh chose to hide beside it, which is read. Says what is small and
# shown, or hidden although nothing of the month is small.
sub hide_small {
    my ($world, $figures, $is_suppressed) = @_;
    my @said;
    for my $id (grep { $world->{hide}{$_} } sort keys %$figures) {
        my ($measure, $figure) = @{$figures->{$id}}{qw(measure figure)};
        my %rule = (unit => 'rate', interval => $measure->{percentage} && $measure->{value} eq 'items' ? 'wilson' : 'none', hide_from => 1, hide_to => $world->{hide}{$id});
        for my $month (sort keys %$figure) {
            my $any = 0;
            for my $cell (map { my $place = $_; map { [$place, $_, $figure->{$month}{$place}{$_}] } sort keys %{$figure->{$month}{$place}} } sort keys %{$figure->{$month}}) {
                my ($place, $part, $of) = @$cell;
                my $small = small_reason(\%rule, @$of{qw(n d)});
                $any ||= $small;
                $of->{hidden} = $is_suppressed->{"$id/$month/$place/$part"};
                push @said, "$id/$month/$place/$part is small and shown" if $small && !$of->{hidden};
                ($of->{counted}) = delete @$of{qw(n value)} if $of->{hidden};
            }
            for my $place (sort grep { $figure->{$month}{$_}{quantity} } keys %{$figure->{$month}}) { # the same number twice: hidden in one and shown in the other it would be told
                my $cells = $figure->{$month}{$place};
                push @said, "$id/$month/$place is hidden once and shown once" if grep { my $part = $_; $measure->{value} eq $part && !$cells->{$part}{hidden} != !$cells->{''}{hidden} } qw(quantity actual_cost);
            }
            push @said, "$id/$month: hidden beside nothing" if !$any && grep { grep { $_->{hidden} } values %$_ } values %{$figure->{$month}};
        }
    }
    return @said;
}

sub switch_measure {
    my ($switch) = @_;
    my ($from, $to) = @$switch{qw(from to)};
    return {id => "switch_" . lc $switch->{code}, include => [$to], exclude => index($from, $to) == 0 ? [$from] : [], den_include => [$from, $to], den_exclude => [], value => 'quantity', den_value => 'quantity', per => 1, percentage => 1, cost_based => 1,
        direction => 'higher', pack => 'switch'};
}

sub innovation_measure {
    my ($of) = @_;
    return measure_of("innovation_$of->{code}", include => $of->{prefixes}, value => $of->{value}, population => $of->{register} ? 'register:T_REG' : 'list_size', per => $of->{register} ? 100 : 100_000, direction => 'neither', pack => 'innovation');
}

# First-line items of a class in the formulary of today, of all its items; where one prefix contains the other, the narrower decides.
sub formulary_measure {
    my ($lines) = @_;
    my @first = grep { $lines->{$_} eq 'first' } sort keys %$lines or return;
    my @not = grep { my $one = $_; $lines->{$one} ne 'first' && grep { index($one, $_) == 0 } @first } keys %$lines;
    return measure_of('formulary_st', include => \@first, exclude => \@not, den_include => [keys %$lines], value => 'items', den_value => 'items', percentage => 1, direction => 'higher', pack => 'formulary');
}

sub measure_of { my ($id, %m) = @_; return {id => $id, exclude => [], den_exclude => [], per => 1, percentage => 0, cost_based => 0, %m} }

# ----------------------------------------------------------------------------------------------------------------------------------- among others
sub quantile { my ($p, @sorted) = @_; my $h = $p * $#sorted; my $i = int $h; return $i == $#sorted ? $sorted[$i] : $sorted[$i] + ($h - $i) * ($sorted[$i + 1] - $sorted[$i]) }

# Values of a level and month, lowest first.
sub level_values { my ($cells, $type) = @_; return sort { $a <=> $b } map { $cells->{$_}{''} && defined $cells->{$_}{''}{value} ? $cells->{$_}{''}{value} : () } grep { /^$type / } keys %$cells }

sub level_of {
    my ($cells, $type, $cache) = @_;
    return $cache->{$type} //= do {
        my @values = level_values($cells, $type);
        @values ? {values => \@values, count => scalar @values, decile => [map { quantile($_ / 10, @values) } 1 .. 9]} : {count => undef, values => [], decile => []};
    };
}

# Of values that differ in the last binary digit only, as quotients of decimals do, either may be the higher.
sub percentile {
    my ($value, @values) = @_;
    return 0 if @values == 1;
    my $near = 1e-12 * abs $value;
    my ($below, $alike) = (scalar(grep { $_ < $value - $near } @values), scalar grep { $_ != $value && abs($_ - $value) <= $near } @values);
    return sub { defined $_[0] && grep { abs($_[0] - 100 * ($below + $_) / (@values - 1)) < 1e-9 } 0 .. $alike };
}

sub each_place {
    my ($figures, $do) = @_;
    for my $id (sort keys %$figures) {
        my ($measure, $figure) = @{$figures->{$id}}{qw(measure figure)};
        for my $month (sort keys %$figure) {
            my ($cells, %cache) = $figure->{$month};
            for my $place (sort grep { $cells->{$_}{''} } keys %$cells) {
                my ($type) = split / /, $place;
                $do->($measure, $month, $place, $cells->{$place}, $compared{$type} ? level_of($cells, $type, \%cache) : {values => [], decile => []}, $type, $cells);
            }
        }
    }
    return;
}

sub value_rows {
    my ($world, $figures) = @_;
    my %rows;
    each_place($figures, sub {
        my ($measure, $month, $place, $parts, $level) = @_;
        my $cell = $parts->{''};
        $rows{"$measure->{id}/$month/$place"} = {numerator => $cell->{n}, denominator => $cell->{d}, value => $cell->{value},
            value_status => $cell->{hidden} ? 'suppressed' : defined $cell->{value} ? 'ok' : 'no_data',
            level_percentile => defined $cell->{value} && @{$level->{values}} ? percentile($cell->{value}, @{$level->{values}}) : undef, level_count => $level->{count}, level_decile_10 => $level->{decile}[0],
            level_median => $level->{decile}[4], level_decile_90 => $level->{decile}[8], direction_of_good => $measure->{direction}, measure_pack => $measure->{pack}};
    });
    return \%rows;
}

sub innovation_rows {
    my ($world, $figures) = @_;
    my $values = value_rows($world, {map { /^innovation_/ ? ($_ => $figures->{$_}) : () } keys %$figures});
    my %register = map { ("innovation_$_->{code}" => $_->{register}) } @{$world->{innovation}};
    return {map { my ($id) = m{^([^/]+)}; my $of = $values->{$_}; ($_ => {map({ $_ => $of->{$_} } qw(numerator denominator value value_status level_median)), uptake_label => $register{$id} ? 'per 100 patients in register T_REG' : 'per 100,000 registered patients'}) } keys %$values};
}

sub decile_rows {
    my ($world, $figures) = @_;
    my %rows;
    each_place($figures, sub {
        my ($measure, $month, $place, $parts, $level, $type) = @_;
        return if !@{$level->{values}};
        my $row = $rows{"$measure->{id}/$month/$type"} //= {level_count => $level->{count}, total_numerator => 0, total_denominator => 0, level_median => $level->{decile}[4], map { ("level_decile_${_}0" => $level->{decile}[$_ - 1]) } 1 .. 4, 6 .. 9};
        return if !defined $parts->{''}{value};
        $row->{total_numerator} += $parts->{''}{n};
        $row->{total_denominator} += $parts->{''}{d};
    });
    return \%rows;
}

# --------------------------------------------------------------------------------------------------------------------------------------- savings
sub price { my ($cost, $quantity) = @_; return defined $cost && $quantity ? $cost / $quantity : undef }
sub less { my ($of, $part) = @_; return defined $of && defined $part ? $of - $part : undef }

# What all practices whose quantity and cost are shown paid a unit for the numerator and for the rest of the denominator.
sub unit_costs {
    my ($cells) = @_;
    my (%n, %d);
    for my $parts (map { $cells->{$_} } grep { /^practice / && $cells->{$_}{quantity} } sort keys %$cells) {
        next if grep { !defined $parts->{$_}{n} } qw(quantity actual_cost);
        for (qw(quantity actual_cost)) { $n{$_} += $parts->{$_}{n}; $d{$_} += $parts->{$_}{d} }
    }
    return (price($n{actual_cost} // 0, $n{quantity} // 0), price(($d{actual_cost} // 0) - ($n{actual_cost} // 0), ($d{quantity} // 0) - ($n{quantity} // 0)));
}

sub saving_at {
    my ($measure, $target, $parts, @unit) = @_;
    my $cell = $parts->{''};
    return $cell->{n} - $target * $cell->{d} / $measure->{per} if !$measure->{percentage};
    my ($q, $c) = @$parts{qw(quantity actual_cost)};
    return if !$q || !$c || !defined $q->{n} || !defined $c->{n}; # hidden: nothing is known of its prices
    my $of_it = $q->{n} > 0 ? $c->{n} / $q->{n} : $unit[0] // ($target == 0 ? 0 : undef);
    my $of_others = $q->{d} != $q->{n} ? ($c->{d} - $c->{n}) / ($q->{d} - $q->{n}) : $unit[1] // ($target == 1 ? 0 : undef);
    return if !defined $of_it || !defined $of_others; # what it did not buy has no price that is shown
    return $c->{d} - $q->{d} * ($target * $of_it + (1 - $target) * $of_others);
}

sub pence { my ($want) = @_; return defined $want ? sub { defined $_[0] && abs($_[0] - $want) <= 0.005 + 1e-9 * (1 + abs $want) } : undef }

sub saving_rows {
    my ($world, $figures) = @_;
    my %rows;
    each_place($figures, sub {
        my ($measure, $month, $place, $parts, $level, $type, $cells) = @_;
        return if !$measure->{cost_based} || !defined $parts->{''}{value} || !@{$level->{values}};
        my $best = $level->{decile}[$measure->{direction} eq 'higher' ? 8 : 0];
        my @unit = unit_costs($cells);
        $rows{"$measure->{id}/$month/$place"} = {value => $parts->{''}{value}, level_median => $level->{decile}[4], level_best_decile => $best,
            saving_at_median => pence(saving_at($measure, $level->{decile}[4], $parts, @unit)), saving_at_best_decile => pence(saving_at($measure, $best, $parts, @unit))};
    });
    return \%rows;
}

# ----------------------------------------------------------------------------------------------------------------------------------- price per unit
sub generic {
    my ($world, $code) = @_;
    return if length $code != 15 || substr($code, 13) eq 'A0' && substr($code, 0, 9) !~ /^0601060[UD]0$/;
    for my $pattern (@{$world->{exclusion}}) { my $like = join '', map { $_ eq '%' ? '.*' : $_ eq '_' ? '.' : quotemeta } split //, $pattern; return if $code =~ /^$like$/ }
    my $generic = substr($code, 0, 9) . 'AA' . substr($code, 13) x 2;
    my %primary = map { $_->[0] => $_->[1] } @{$world->{equivalent}};
    $generic = $primary{$generic} while $primary{$generic};
    return $generic;
}

sub price_rows {
    my ($world) = @_;
    my %rows;
    my %loaded = map { $_->{month} => 1 } @{$world->{batch}};
    my @latest = reverse sort keys %loaded;
    my $kept = $world->{kept_prices} // {};
    for my $month (@latest[0 .. min($#latest, $world->{price_months} - 1)]) {
        if ($month lt ($world->{purged} // '')) { $rows{$_} = $kept->{$_} for grep { /^$month/ } keys %$kept; next } # they stand
        my %gp = map { $_ => 1 } practices($world, $month);
        my $path = path_on($world, month_end($month));
        my %paid;
        for my $row (grep { $_->{month} eq $month && $gp{$_->{practice}} && !$_->{unidentified} && defined $_->{nic} } @{$world->{prescribing}}) {
            my $generic = generic($world, $row->{code}) // next;
            my $of = $paid{$generic}{$row->{practice}} //= {q => 0, n => 0};
            $of->{q} += $row->{quantity} // 0;
            $of->{n} += $row->{nic} / 100_000;
        }
        for my $generic (keys %paid) {
            my %of = map { $paid{$generic}{$_}{q} > 0 ? ($_ => $paid{$generic}{$_}) : () } keys %{$paid{$generic}};
            next if !%of;
            my $target = quantile($world->{setting}{price_per_unit_percentile} / 100, sort { $a <=> $b } map { $_->{n} / $_->{q} } values %of);
            my %at;
            for my $practice (keys %of) {
                for my $place ("practice $practice", map { defined $path->{$practice}{$_} ? "$_ $path->{$practice}{$_}" : () } qw(pcn sub_icb icb region nation)) {
                    $at{$place}{q} += $of{$practice}{q};
                    $at{$place}{n} += $of{$practice}{n};
                    $at{$place}{s} += max(0, $of{$practice}{n} - $of{$practice}{q} * $target);
                }
            }
            for my $place (keys %at) {
                my ($type) = split / /, $place;
                next if $at{$place}{s} < max(0.005, $world->{threshold}{$type});
                $rows{"$month/$place/$generic"} = {quantity => $at{$place}{q}, price_per_unit => $at{$place}{n} / $at{$place}{q}, target_price_per_unit => $target, saving => pence($at{$place}{s})};
            }
        }
    }
    $world->{kept_prices} = {%rows};
    return \%rows;
}

# ---------------------------------------------------------------------------------------------------------------------------------------- switches
sub switch_rows {
    my ($world, $figures) = @_;
    my %rows;
    for my $switch (@{$world->{switch}}) {
        my $figure = $figures->{'switch_' . lc $switch->{code}}{figure};
        my $first = substr($switch->{starts}, 0, 7) . '-01';
        my $cell = sub { my ($month, $place) = @_; my $parts = $figure->{$month}{$place} // return; return if !$parts->{quantity}; my ($q, $c) = @$parts{qw(quantity actual_cost)}; return {to => $q->{n}, both => $q->{d}, cost_to => $c->{n}, cost_both => $c->{d}} };
        for my $month (grep { $_ ge $first && $_ lt ($switch->{ends} // '9999') } keys %$figure) {
            for my $place (keys %{$figure->{$month}}) {
                my $now = $cell->($month, $place) // next;
                my %base;
                for my $before (grep { $_ lt $first && $_ ge later_month($first, -$world->{baseline_months}) } keys %$figure) { my $of = $cell->($before, $place) // next; next if grep { !defined } values %$of; $base{$_} += $of->{$_} for keys %$of }
                my $share = %base ? price(@base{qw(to both)}) : undef;
                my $from = price(less(@$now{qw(cost_both cost_to)}), less(@$now{qw(both to)})) // (%base ? price($base{cost_both} - $base{cost_to}, $base{both} - $base{to}) : undef);
                my $to = price(@$now{qw(cost_to to)}) // (%base ? price(@base{qw(cost_to to)}) : undef);
                my $switched = defined $share && defined $now->{to} ? $now->{to} - $share * $now->{both} : undef;
                $rows{"$switch->{code}/$month/$place"} = {quantity_to => $now->{to}, quantity_both => $now->{both}, baseline_share => $share, share_to => price(@$now{qw(to both)}), price_from => $from, price_to => $to,
                    quantity_switched => defined $switched ? sub { defined $_[0] && abs($_[0] - $switched) < 1e-7 } : undef,
                    realised_saving => !defined $switched ? undef : abs($switched) < 1e-9 ? sub { !defined $_[0] || abs($_[0]) < 0.01 } : defined $from && defined $to ? pence($switched * ($from - $to)) : undef};
            }
        }
    }
    return \%rows;
}

1;
