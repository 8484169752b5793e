# The statistics that published figures carry, written plainly from design.md (5a) and the references it names, for the test that holds the views against
# them. Nothing here calls a function of the product.
package MoDashPublishedStatistics;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(max min sum sum0);

our @EXPORT_OK = qw(interval quantile median funnel_limits funnel_side dispersion systematic_component chart is_sparkline normal_quantile);

# ----------------------------------------------------------------------------------------------------------- distributions
# The normal quantile by bisection of the error function's series.
my %quantile_of;
sub normal_quantile {
    my ($probability) = @_;
    return $quantile_of{$probability} //= bisect(sub { normal_below($_[0]) < $probability }, 0, 8);
}
sub normal_below {
    my ($x) = @_;
    my ($term, $total) = ($x, $x);
    for (my $k = 1; abs($term) > 1e-18 * abs($total || 1); $k++) { $term *= $x * $x / (2 * $k + 1); $total += $term }
    return 0.5 + $total * exp(-$x * $x / 2) / sqrt(2 * atan2(0, -1));
}

# Where a condition that holds at low and not at high stops to hold.
sub bisect {
    my ($holds, $low, $high) = @_;
    for (1 .. 200) {
        my $middle = ($low + $high) / 2;
        last if $middle <= $low || $middle >= $high;
        if ($holds->($middle)) { $low = $middle } else { $high = $middle }
    }
    return ($low + $high) / 2;
}

# Where a function that has other signs at low and high is 0: chords, the end that stays weighing half (Illinois), then halves.
sub crossing {
    my ($f, $low, $high) = @_;
    my ($at_low, $at_high, $stays) = ($f->($low), $f->($high), 0);
    for (1 .. 60) {
        last if abs($high - $low) <= 1e-14 * abs($high);
        my $x = ($low * $at_high - $high * $at_low) / ($at_high - $at_low);
        my $at = $f->($x);
        return $x if $at == 0;
        if (($at < 0) == ($at_low < 0)) { ($low, $at_low) = ($x, $at); $at_high /= 2 if $stays > 0; $stays = 1 }
        else { ($high, $at_high) = ($x, $at); $at_low /= 2 if $stays < 0; $stays = -1 }
    }
    my $x = ($low * $at_high - $high * $at_low) / ($at_high - $at_low || 1);
    return abs($high - $low) <= 1e-9 * abs($high) || $x < $low || $x > $high ? ($low + $high) / 2 : $x;
}

# ln Gamma by Lanczos (g 7, n 9) and the regularised lower incomplete gamma function: a series below a + 1, a continued fraction above.
my @lanczos = (0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
    -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7);
sub log_gamma {
    my ($x) = @_;
    my $sum = $lanczos[0] + sum(map { $lanczos[$_] / ($x - 1 + $_) } 1 .. 8);
    my $t = $x + 6.5;
    return 0.5 * log(2 * atan2(0, -1)) + ($x - 0.5) * log($t) - $t + log($sum);
}
sub gamma_below {
    my ($a, $x) = @_;
    return 0 if $x <= 0;
    return 1 if $a <= 0;
    my $scale = exp($a * log($x) - $x - log_gamma($a));
    if ($x < $a + 1) {
        my ($term, $total) = (1 / $a, 1 / $a);
        for (my $n = 1; $n < 100_000 && $term > 1e-17 * $total; $n++) { $term *= $x / ($a + $n); $total += $term }
        return $scale * $total;
    }
    my ($b, $c) = ($x + 1 - $a, 1e300);
    my $d = 1 / $b;
    my $h = $d;
    for my $i (1 .. 100_000) {
        my $an = -$i * ($i - $a);
        $b += 2;
        $d = 1 / (($an * $d + $b) || 1e-300);
        $c = ($b + $an / $c) || 1e-300;
        my $change = $c * $d;
        $h *= $change;
        last if abs($change - 1) < 1e-16;
    }
    return 1 - $scale * $h;
}

# The quantile of a gamma distribution of a large shape at that of the normal distribution (Cornish and Fisher): the next term is a ** -1.5.
sub gamma_quantile {
    my ($a, $z) = @_;
    return $a + $z * sqrt($a) + ($z ** 2 - 1) / 3 + ($z ** 3 - 7 * $z) / (36 * sqrt $a) - (3 * $z ** 4 + 7 * $z ** 2 - 16) / (810 * $a);
}

# --------------------------------------------------------------------------------------------------------------- intervals
# 95 % interval of a figure, in the units of its value; nothing where the method does not suit its parts.
sub interval {
    my ($method, $unit, $per, $numerator, $denominator) = @_;
    my $z = normal_quantile(0.975);
    my $n = $unit eq 'count' ? 1 : $denominator;
    return if $method eq 'none' || $n <= 0 || $numerator < 0;
    if ($method eq 'wilson') {
        return if $numerator > $n;
        my $p = $numerator / $n;
        my ($middle, $half) = ($p + $z * $z / (2 * $n), $z * sqrt($p * (1 - $p) / $n + $z * $z / (4 * $n * $n)));
        my ($lower, $upper) = map { $_ / (1 + $z * $z / $n) } $middle - $half, $middle + $half;
        return ($numerator == 0 ? 0 : $per * $lower, $per * ($numerator == $n ? 1 : $upper));
    }
    return if $numerator != int $numerator;
    return map { $_ / $n * ($unit eq 'count' ? 1 : $per) } poisson_interval($numerator, $z);
}
sub poisson_interval {
    my ($count, $z) = @_;
    return ($count * (1 - 1 / (9 * $count) - $z / (3 * sqrt $count)) ** 3, ($count + 1) * (1 - 1 / (9 * ($count + 1)) + $z / (3 * sqrt($count + 1))) ** 3)
        if $count >= 10;
    # exact: the expectation under which so many or more (so few or less) have 2.5 %
    my $tail = sub { my ($expected, $below) = @_; my ($term, $total) = (exp(-$expected), 0); for my $k (0 .. $below) { $total += $term; $term *= $expected / ($k + 1) } return $total };
    my $lower = $count ? bisect(sub { 1 - $tail->($_[0], $count - 1) < 0.025 }, 0, $count) : 0;
    return ($lower, bisect(sub { $tail->($_[0], $count) > 0.025 }, $count, $count + 30));
}

# ------------------------------------------------------------------------------------------------------------ peers, spread
sub quantile {
    my ($fraction, @values) = @_;
    return if !@values;
    @values = sort { $a <=> $b } @values;
    my $place = $fraction * $#values;
    my $below = int $place;
    return $below == $#values ? $values[-1] : $values[$below] + ($place - $below) * ($values[$below + 1] - $values[$below]);
}
sub median { return quantile(0.5, @_) }

# Limits of the funnel at a denominator: of a proportion the values whose Wilson limit touches the average, of a rate those whose tail of the Poisson
# distribution of the expected count is (1 - coverage) / 2. tau2: variance beyond chance, on the scale of the transformation.
my %limits; # the same ones are asked for by every reader
sub funnel_limits { return @{$limits{join ' ', map { $_ // '' } @_} //= [limits_worked_out(@_)]} }
sub limits_worked_out {
    my ($kind, $average, $denominator, $coverage, $tau2) = @_;
    my $z = normal_quantile((1 + $coverage) / 2);
    if ($kind eq 'proportion' && !$tau2) {
        my $half = $z * sqrt($average * (1 - $average) / $denominator);
        return (max(0, $average - $half), min(1, $average + $half));
    } elsif ($kind eq 'proportion') {
        my $half_pi = atan2(1, 0);
        my $middle = atan2(sqrt $average, sqrt(1 - $average));
        my $half = $z * sqrt(0.25 / $denominator + $tau2);
        return map { sin($_) ** 2 } max(0, $middle - $half), min($half_pi, $middle + $half);
    }
    my $expected = $average * $denominator;
    return (0, 0) if $expected == 0;
    if ($tau2) {
        my $half = $z * sqrt(0.25 + $tau2 * $expected);
        return map { $_ / $denominator } max(0, sqrt($expected) - $half) ** 2, (sqrt($expected) + $half) ** 2;
    }
    my $tail = (1 - $coverage) / 2;
    my $far = $expected + 10 * sqrt($expected) + 20;
    if ($expected > 1e5) { # summing up would take as many terms as its root
        my $near = $expected - 10 * sqrt $expected;
        return ((crossing(sub { gamma_quantile($_[0], $z) - $expected }, $near, $expected) - 1) / $denominator, crossing(sub { gamma_quantile($_[0], -$z) - $expected }, $expected, $far) / $denominator);
    }
    my $lower = exp(-$expected) > $tail ? 0 : crossing(sub { 1 - gamma_below($_[0] + 1, $expected) - $tail }, max(0, $expected - 10 * sqrt $expected), $expected);
    return ($lower / $denominator, crossing(sub { gamma_below($_[0], $expected) - $tail }, $expected, $far) / $denominator);
}

# Spread about the average in units of chance and beyond it: Spiegelhalter 2005, z-scores winsorised at 10 %; tau2 as DerSimonian and Laird.
sub dispersion {
    my ($kind, @pairs) = @_;
    return if @pairs < 2;
    my ($n, $d) = (sum(map { $_->[0] } @pairs), sum(map { $_->[1] } @pairs));
    my $average = $n / $d;
    my (@z, @weight);
    for (@pairs) {
        my ($of, $in) = @$_;
        push @z, $kind eq 'proportion' ? 2 * sqrt($in) * (atan2(sqrt $of, sqrt($in - $of)) - atan2(sqrt $n, sqrt($d - $n))) : 2 * (sqrt($of) - sqrt($average * $in));
        push @weight, $kind eq 'proportion' ? 4 * $in : 4 * $average * $in;
    }
    my ($low, $high) = (quantile(0.1, @z), quantile(0.9, @z));
    my $phi = sum(map { min($high, max($low, $_)) ** 2 } @z) / @z;
    my $weights = sum(@weight);
    my $spare = $weights && $weights - sum(map { $_ * $_ } @weight) / $weights;
    my $tau2 = @z * $phi <= @z - 1 || $spare <= 0 ? 0 : (@z * $phi - (@z - 1)) / $spare;
    return ($phi, $tau2);
}

# Variance of observed over expected events beyond chance (McPherson 1982, Diehr 1990).
sub systematic_component {
    my (@pairs) = @_;
    my ($n, $d) = (sum0(map { $_->[0] } @pairs), sum0(map { $_->[1] } @pairs));
    my @expected = grep { $_->[1] > 0 } map { [$_->[0], $d ? $n / $d * $_->[1] : 0] } @pairs;
    return if !@expected;
    return max(0, sum(map { (($_->[0] - $_->[1]) / $_->[1]) ** 2 - 1 / $_->[1] } @expected) / @expected);
}

# ---------------------------------------------------------------------------------------------------------- control charts
# Values in the order of their months (undef: a gap): mean, limits and a cause for each.
sub chart {
    my (@values) = @_;
    my @known = grep { defined } @values;
    return if @known < 12;
    my $mean = sum(@known) / @known;
    my @ranges = map { defined $values[$_] && defined $values[$_ - 1] ? abs($values[$_] - $values[$_ - 1]) : () } 1 .. $#values;
    return ($mean, undef, undef, map { undef } @values) if !@ranges;
    my $usual = sum(@ranges) / @ranges;
    my @kept = grep { $_ <= 3.267 * $usual } @ranges;
    my $width = 2.66 * sum(@kept) / @kept;
    return ($mean, undef, undef, map { undef } @values) if $usual > 0 && !$width; # what varies was left out
    return ($mean, $mean - $width, $mean + $width, causes($mean, $width, @values));
}

sub causes {
    my ($mean, $width, @values) = @_;
    my @side = map { defined $_ ? $_ <=> $mean : undef } @values;
    my @near = map { defined $_ && abs($_ - $mean) > $width * 2 / 3 && abs($_ - $mean) <= $width } @values;
    my @trend = runs(map { $_ && defined $values[$_] && defined $values[$_ - 1] ? $values[$_] <=> $values[$_ - 1] : 0 } 0 .. $#values);
    my (@cause, @trending, @siding);
    for my $run (@trend) { @trending[$run->[0] - 1 .. $run->[1]] = ($run->[2]) x ($run->[1] - $run->[0] + 2) if $run->[2] && $run->[1] - $run->[0] + 2 >= 7 }
    for my $run (runs(map { $_ // 0 } @side)) { @siding[$run->[0] .. $run->[1]] = ($run->[2]) x ($run->[1] - $run->[0] + 1) if $run->[2] && $run->[1] - $run->[0] + 1 >= 7 }
    for my $i (0 .. $#values) {
        if (!defined $values[$i]) { push @cause, undef; next }
        my $pair = $near[$i] && grep { my $from = $_; $from >= 0 && $from + 2 <= $#values && !(grep { !defined $side[$_] || $side[$_] != $side[$i] } $from .. $from + 2)
            && 2 <= grep { $near[$_] } $from .. $from + 2 } $i - 2 .. $i;
        push @cause, abs($values[$i] - $mean) > $width ? ($side[$i] > 0 ? 'above upper limit' : 'below lower limit')
            : $trending[$i] ? ($trending[$i] > 0 ? 'increasing trend' : 'decreasing trend')
            : $pair ? ($side[$i] > 0 ? 'two of three above' : 'two of three below')
            : $siding[$i] ? ($siding[$i] > 0 ? 'seven above' : 'seven below') : 'common cause';
    }
    return @cause;
}

# Runs of equal numbers: first, last, number.
sub runs {
    my (@numbers) = @_;
    my @runs;
    for my $i (0 .. $#numbers) {
        if (@runs && $runs[-1][2] == $numbers[$i]) { $runs[-1][1] = $i } else { push @runs, [$i, $i, $numbers[$i]] }
    }
    return @runs;
}

# Whether a text is the sparkline of values: eight bands of equal width from the lowest to the highest, without change the middle; a value on the edge of two
# bands, which the last digit decides, may be in either.
sub is_sparkline {
    my ($text, @values) = @_;
    my @known = grep { defined } @values;
    return !defined $text if !@known;
    return 0 if !defined $text || length $text != @values;
    my ($low, $high) = (min(@known), max(@known));
    for my $n (0 .. $#values) {
        my $place = !defined $values[$n] ? undef : $high == $low ? 3 : 8 * ($values[$n] - $low) / ($high - $low);
        my @blocks = defined $place ? map { chr(0x2581 + min(7, max(0, int $_))) } $place - 1e-9, $place + 1e-9 : ' ';
        @blocks = chr(0x2584) if defined $place && $high == $low;
        return 0 if !grep { $_ eq substr $text, $n, 1 } @blocks;
    }
    return 1;
}

1;
