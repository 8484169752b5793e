# All that sums tell: every figure of every level is a sum of base figures (of practices, or of PCNs where a KPI counts them), whoever belongs to whom is
# public, and so is which parts make a KPI. A hidden figure is told when it is a linear combination of the shown ones, whatever way of adding up leads there:
# nothing here knows the product's.
package MoDashAttackSums;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(told_by_sums solved_rows left_of);
my $prime = 1_000_003; # products stay exact in 64 bits

sub inverse {
    my ($value, $power, $result) = ($_[0] % $prime, $prime - 2, 1);
    while ($power) {
        $result = $result * $value % $prime if $power & 1;
        $value = $value * $value % $prime;
        $power >>= 1;
    }
    return $result;
}

# What of a sum (unknown => how often) is left when all that the solved rows know is taken out of it; nothing: it is known.
sub left_of {
    my ($solved, $sum) = @_;
    my %left = map { $_ => ($sum->{$_} % $prime + $prime) % $prime } keys %$sum;
    my @found = grep { $solved->{$_} } keys %left;
    while (@found) {
        my $at = pop @found;
        my $times = $left{$at} or next;
        my $row = $solved->{$at};
        for my $unknown (keys %$row) {
            my $new = (($left{$unknown} // 0) + ($prime - $times) * $row->{$unknown}) % $prime;
            if ($new) { push @found, $unknown if !$left{$unknown} && $solved->{$unknown}; $left{$unknown} = $new } else { delete $left{$unknown} }
        }
    }
    return {map { $left{$_} ? ($_ => $left{$_}) : () } keys %left};
}

# Sums whose value is known, each solved for one of its unknowns.
sub solved_rows {
    my (@sums) = @_;
    my %solved;
    for my $sum (sort { keys %$a <=> keys %$b } @sums) {
        my $left = left_of(\%solved, $sum);
        my ($at) = sort keys %$left or next;
        my $scale = inverse($left->{$at});
        $solved{$at} = {map { $_ => $left->{$_} * $scale % $prime } keys %$left};
    }
    return \%solved;
}

# A figure as a sum of base figures.
sub sum_of {
    my ($cell, $part) = @_;
    my %sum;
    $sum{"$_|$part"}++ for @{$cell->{of}};
    return \%sum;
}

# Hidden figures above 0 of a KPI's month (place => part => {n, hidden, of}) that follow from those that are shown.
sub told_by_sums {
    my ($kpi, $cells) = @_;
    my (@known, @hidden, %parts);
    for my $place (sort keys %$cells) {
        for my $part (sort keys %{$cells->{$place}}) {
            my $cell = $cells->{$place}{$part};
            if ($cell->{hidden}) { push @hidden, [$place, $part] if $cell->{n} } else { push @known, sum_of($cell, $part) }
            if ($part ne '') { $parts{$_}{$part} = 1 for @{$cell->{of}} }
        }
    }
    return if !@hidden;
    if ($kpi->{add_up}) { for my $code (keys %parts) { push @known, {"$code|" => -1, map { ("$code|$_" => 1) } keys %{$parts{$code}}} } }
    my $solved = solved_rows(@known);
    return map { "$_->[0]/$_->[1]" } grep { !%{left_of($solved, sum_of($cells->{$_->[0]}{$_->[1]}, $_->[1]))} } @hidden;
}

1;
