# Somebody who wants to know hidden figures: takes cells (hidden ones unknown) and the equations between them that everybody knows, and
# solves. Two ways: linear algebra over all equations (modulo a prime; what is determined over the rationals is determined there), and
# bounds carried from equation to equation until they stand still. It shares no code with mo.hidden_cells.
package MoDashAttack;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(told_by_algebra told_by_bounds);
my $prime = 1_000_003; # products stay exact in a double and in 64 bits

sub inverse {
    my ($value, $power, $result) = ($_[0] % $prime, $prime - 2, 1);
    while ($power) {
        $result = $result * $value % $prime if $power & 1;
        $value = $value * $value % $prime;
        $power >>= 1;
    }
    return $result;
}

# Cells: id => known count or undef. Equations: [[id, sign], ...], whose sum is 0. Ids of unknown cells that have one solution only.
sub told_by_algebra {
    my ($cells, $equations) = @_;
    my @rows = map { my %row; $row{$_->[0]} = ($_->[1] + $prime) % $prime for grep { !defined $cells->{$_->[0]} } @{$_}; \%row } @{$equations};
    @rows = sort { keys %{$a} <=> keys %{$b} } grep { %{$_} } @rows;
    my (%pivot, @order);
    my %degree;
    for my $row (@rows) { $degree{$_}++ for keys %{$row} }
    for my $row (@rows) {    # forward: take out what earlier rows are solved for
        my @found = grep { $pivot{$_} } keys %{$row};
        while (@found) {
            my $at = pop @found;
            my $factor = $row->{$at} or next;
            my $by = $pivot{$at};
            for my $id (keys %{$by}) {
                my $new = (($row->{$id} // 0) + ($prime - $factor) * $by->{$id}) % $prime;
                if ($new) { push @found, $id if !$row->{$id} && $pivot{$id}; $row->{$id} = $new } else { delete $row->{$id} }
            }
        }
        next unless %{$row};
        my ($at) = sort { $degree{$a} <=> $degree{$b} || $a <=> $b } keys %{$row};
        my $scale = inverse($row->{$at});
        $_ = $_ * $scale % $prime for values %{$row};
        $pivot{$at} = $row;
        push @order, $at;
    }
    # a random solution of the homogeneous system, backwards; twice, so that a chance 0 does not count
    my %told;
    for my $round (1, 2) {
        my %value;
        for my $at (reverse @order) {
            my $sum = 0;
            for my $id (grep { $_ != $at } keys %{$pivot{$at}}) {
                $value{$id} //= 1 + int rand($prime - 1);
                $sum = ($sum + $pivot{$at}{$id} * $value{$id}) % $prime;
            }
            $value{$at} = ($prime - $sum) % $prime;
        }
        $value{$_} == 0 and $told{$_}++ for @order;
    }
    return grep { $told{$_} == 2 } keys %told;
}

# Bounds: id => [lowest, highest] of the unknown cells, undef for none. Whoever finds that they contradict each other has taken a hidden 0
# for at least hide_from, and starts again from 0.
sub told_by_bounds {
    my ($cells, $equations, $bounds) = @_;
    my %range = narrowed(@_);
    if (grep { my $r = $range{$_}; defined $r->[0] && defined $r->[1] && $r->[1] < $r->[0] - 1e-9 } keys %range) {
        %range = narrowed($cells, $equations, {map { $_ => [0, $bounds->{$_}[1]] } keys %{$bounds}});
    }
    return grep { my $r = $range{$_}; defined $r->[0] && defined $r->[1] && $r->[1] - $r->[0] < 1 - 1e-9 } keys %range;
}

sub narrowed {
    my ($cells, $equations, $bounds) = @_;
    my %range = map { $_ => [@{$bounds->{$_}}] } grep { !defined $cells->{$_} } keys %{$cells};
    my %in;
    for my $number (0 .. $#{$equations}) { push @{$in{$_->[0]}}, $number for grep { $range{$_->[0]} } @{$equations->[$number]} }
    my @queue = grep { grep { $range{$_->[0]} } @{$equations->[$_]} } 0 .. $#{$equations};
    my %queued = map { $_ => 1 } @queue;
    my $steps = 0;
    while (@queue && $steps++ < 200_000) {
        my $number = shift @queue;
        delete $queued{$number};
        my @terms = map {
            my ($id, $sign) = @{$_};
            my ($low, $high) = $range{$id} ? @{$range{$id}} : ($cells->{$id}, $cells->{$id});
            [$id, $sign, $sign > 0 ? ($low, $high) : (defined $high ? -$high : undef, defined $low ? -$low : undef)];
        } @{$equations->[$number]};
        for my $term (grep { $range{$_->[0]} } @terms) {
            my ($least, $most) = (0, 0);
            for my $other (grep { $_ != $term } @terms) {
                $most = defined $most && defined $other->[2] ? $most - $other->[2] : undef;
                $least = defined $least && defined $other->[3] ? $least - $other->[3] : undef;
            }
            my ($low, $high) = $term->[1] > 0 ? ($least, $most) : (defined $most ? -$most : undef, defined $least ? -$least : undef);
            my $range = $range{$term->[0]};
            my $better = 0;
            if (defined $low && (!defined $range->[0] || $low > $range->[0] + 1e-9)) { $range->[0] = $low; $better = 1 }
            if (defined $high && (!defined $range->[1] || $high < $range->[1] - 1e-9)) { $range->[1] = $high; $better = 1 }
            next unless $better;
            for (@{$in{$term->[0]}}) { push @queue, $_ unless $queued{$_}++ }
            last;
        }
    }
    return %range;
}

1;
