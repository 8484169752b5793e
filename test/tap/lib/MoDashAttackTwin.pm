# A second world that nobody should be able to tell from the first: base figures are exchanged for others so that no shown figure changes (nor one's
# rounding), nothing becomes small that was not, and nothing that was is no longer.
package MoDashAttackTwin;
use strict;
use warnings;
use Exporter qw(import);
use MoDashPublishedFigures qw(small_reason);
use MoDashPublishedViews qw(rounded);

our @EXPORT_OK = qw(exchanged twin_figures);

sub pick { return $_[int rand @_] }

# Which figures a base figure is in: "code|part" => cells, of all editions of a month's figures together.
sub cells_by_base {
    my (@editions) = @_;
    my %in;
    for my $cells (grep { defined } @editions) {
        for my $place (sort keys %$cells) {
            for my $part (keys %{$cells->{$place}}) {
                my $cell = $cells->{$place}{$part};
                push @{$in{"$_|$part"}}, $cell for @{$cell->{of}};
            }
        }
    }
    return \%in;
}

sub looks_alike {
    my ($kpi, $cell, $n) = @_;
    my ($was, $d) = @$cell{qw(n d)};
    return 1 if $n == $was;
    return 0 if $n < 0 || $kpi->{interval} eq 'wilson' && $n > $d || $n > 0 != $was > 0 && $kpi->{begins};
    return 0 if small_reason($kpi, $n, $d) != small_reason($kpi, $was, $d);
    return $cell->{hidden} || ($kpi->{round} // 1) > 1 && rounded($kpi, $n, $d) == rounded($kpi, $was, $d);
}

# Whether these changes ("code|part" => more) would look alike; a part's goes for the KPI, too, where its parts make it.
sub alike {
    my ($kpi, $in, $changes) = @_;
    my (%by, %cell);
    for my $base (keys %$changes) {
        for my $cell (@{$in->{$base} // return 0}) { $by{$cell} += $changes->{$base}; $cell{$cell} = $cell }
    }
    return !grep { !looks_alike($kpi, $cell{$_}, $cell{$_}{n} + $by{$_}) } keys %by;
}

sub with_whole {
    my ($kpi, %changes) = @_;
    if ($kpi->{add_up}) { for my $base (keys %changes) { my ($code, $part) = split /\|/, $base, -1; $changes{"$code|"} += $changes{$base} if $part ne '' } }
    return \%changes;
}

# What some figures give to others: two of them, or two organisations in two parts.
sub random_exchange {
    my ($kpi, @base) = @_;
    my ($from, $to, $by) = (pick(@base), pick(@base), pick(1, 1, 2, 3, 4));
    my ($a, $p) = split /\|/, $from, -1;
    my ($b, $q) = split /\|/, $to, -1;
    return if $a eq $b && $p eq $q || @{$kpi->{parts}} && $kpi->{add_up} && ($p eq '' || $q eq '');
    return {"$from" => -$by, "$to" => $by} if $a eq $b || $p eq $q || rand() < 0.5;
    return {"$a|$p" => -$by, "$a|$q" => $by, "$b|$p" => $by, "$b|$q" => -$by};
}

# Some exchanges of a KPI's month, which may be had in several editions (as first published, as restated): "code|part" => more. Of what has no record
# (has: "code|part" => 1), and is 0 by silence, there is nothing to exchange.
sub exchanged {
    my ($kpi, $has, @editions) = @_;
    my $in = cells_by_base(@editions);
    delete @$in{grep { !$has->{$_} } keys %$in};
    my @base = sort grep { my $base = $_; grep { $_->{hidden} || ($kpi->{round} // 1) > 1 } @{$in->{$base}} } keys %$in;
    return {} if @base < 2;
    my %changes;
    for (1 .. 150) {
        my $more = random_exchange($kpi, @base) or next;
        my %both = %changes;
        my $whole = with_whole($kpi, %$more);
        $both{$_} += $whole->{$_} for keys %$whole;
        %changes = map { $both{$_} ? ($_ => $both{$_}) : () } keys %both if alike($kpi, $in, \%both);
    }
    return \%changes;
}

# Base figures with a month's changes.
sub twin_figures {
    my ($figures, $changes) = @_;
    return [map {
        my ($code, $month, $part, $n, $d) = @$_;
        [$code, $month, $part, $n + ($changes->{$month}{"$code|$part"} // 0), $d]
    } @$figures];
}

1;
