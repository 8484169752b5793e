# What figures of every level a world must have, worked out plainly from its organisations and base figures (design.md 5a and 6): memberships on a month's
# last day, sums, silence that is 0, targets, and what is hidden for its own sake. Which figures are hidden beside those is read (the choice is the
# product's); that it is enough is for told_figures() to say.
package MoDashPublishedFigures;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(max min);
use MoDashAttack;
use MoDashPublishedReviews qw(review_figures review_target);
use MoDashPublishedWorld qw(later_month month_end);

our @EXPORT_OK = qw(path_on figures_of target_of small_reason told_figures group_members);

my @levels = qw(pcn sub_icb icb region nation);

# ---------------------------------------------------------------------------------------------------------------------------------- memberships
sub holds { my ($from, $to, $day) = @_; return $from le $day && (!defined $to || $day lt $to) }

# Organisations open on a day => to whom of the others that are open each belonged on it. The own sub-ICB is one's own; ICB and above are those of the PCN's where it has one.
sub path_on {
    my ($world, $day) = @_;
    return $world->{path}{$day} if $world->{path}{$day};
    my (%parent, %path);
    my %open = map { $_->{code} => 1 } grep { holds($_->{from}, $_->{to}, $day) } values %{$world->{org}};
    for (@{$world->{parent}}) { $parent{$_->[0]}{$_->[1]} = $_->[2] if $open{$_->[2]} && holds($_->[3], $_->[4], $day) }
    for my $org (map { $world->{org}{$_} } keys %open) {
        my %in = (%{$parent{$org->{code}} // {}}, $org->{type} => $org->{code});
        my $sub_icb = (defined $in{pcn} && $org->{type} eq 'practice' ? $parent{$in{pcn}}{sub_icb} : undef) // $in{sub_icb};
        $in{icb} //= $parent{$sub_icb}{icb} if defined $sub_icb;
        $in{region} //= $parent{$in{icb}}{region} if defined $in{icb};
        $in{nation} //= $parent{$in{region}}{nation} if defined $in{region};
        $path{$org->{code}} = \%in;
    }
    return $world->{path}{$day} = \%path;
}

sub group_members {
    my ($world, $day) = @_;
    my ($path, %member) = path_on($world, $day);
    for (@{$world->{group}}) { push @{$member{$_->[0]}}, $_->[1] if $path->{$_->[1]} && holds($_->[2], $_->[3], $day) }
    return \%member;
}

# ------------------------------------------------------------------------------------------------------------------------------------ coverage
# ICBs in which base organisations ever had a record: the first month with anything in a numerator, the last with a record, and of which types.
sub coverage_of {
    my ($world, $kpi, $by_month) = @_;
    my %covered;
    for my $month (sort keys %$by_month) {
        my $path = path_on($world, month_end($month));
        for (@{$by_month->{$month}}) {
            my ($code, $part, $numerator) = @$_;
            my $icb = $path->{$code} && $path->{$code}{icb};
            next if !defined $icb || $part ne '';
            my $of = $covered{$icb} //= {};
            $of->{first} //= $month if $numerator != 0;
            $of->{last} = $month;
            $of->{type}{$world->{org}{$code}{type}} = 1;
        }
    }
    return \%covered;
}

# Base figures of a month, with the silence that is 0, and the ICBs that have theirs.
sub base_of {
    my ($world, $kpi, $month, $records, $covered, $anybody) = @_;
    my $path = path_on($world, month_end($month));
    my (%recorded, %base);
    for (@$records) { $recorded{$path->{$_->[0]}{icb} // ''} = 1 if $path->{$_->[0]} }
    my $begun = sub { my ($icb) = @_; my $of = $covered->{$icb} or return 1; return !$kpi->{begins} || defined $of->{first} && $of->{first} le $month };
    for (@$records) {
        my ($code, $part, @sums) = @$_;
        next if !$path->{$code} || !$begun->($path->{$code}{icb} // '');
        $base{$part}{$code} = \@sums;
    }
    my %has;
    for my $icb (keys %$covered) {
        next if !$begun->($icb);
        $has{$icb} = $recorded{$icb} || $kpi->{unit} eq 'count' && ($covered->{$icb}{last} gt $month || !$anybody) or next;
        for my $code (grep { ($path->{$_}{icb} // '') eq $icb && $covered->{$icb}{type}{$world->{org}{$_}{type}} } keys %$path) {
            next if $world->{org}{$code}{type} eq 'practice' && (($world->{org}{$code}{setting} // 0) != 4 || $code =~ /998$/);
            $base{''}{$code} //= [0, 0];
        }
    }
    return (\%base, \%has);
}

# ------------------------------------------------------------------------------------------------------------------------------------- roll-up
sub add_to { my ($cell, $n, $d) = @_; $cell->{n} += $n; $cell->{d} += $d; return }

sub rolled_up {
    my ($world, $kpi, $month, $base, $has, $covered) = @_;
    my $day = month_end($month);
    my $path = path_on($world, $day);
    my $member = group_members($world, $day);
    my $awaited = sub { my ($icb) = @_; my $of = $covered->{$icb}; return $of && !$has->{$icb} && (defined $of->{first} || !$kpi->{begins}) };
    my %waits; # above the ICB, all that are covered have to have theirs
    for my $icb (grep { $awaited->($_) && $path->{$_} } keys %$covered) { $waits{"$_ $path->{$icb}{$_}"} = 1 for grep { defined $path->{$icb}{$_} } qw(region nation) }
    for my $group (keys %$member) {
        $waits{"group $group"} = 1 if grep { defined $path->{$_}{icb} && $awaited->($path->{$_}{icb}) } @{$member->{$group}};
    }
    my (%cell, %group_of);
    for my $group (keys %$member) { push @{$group_of{$_}}, $group for @{$member->{$group}} }
    for my $part (keys %$base) {
        for my $code (keys %{$base->{$part}}) {
            my @sums = @{$base->{$part}{$code}};
            my $in = $path->{$code};
            my %place = (($world->{org}{$code}{type} . " $code") => 1, map { defined $in->{$_} ? ("$_ $in->{$_}" => 1) : () } @levels);
            $place{"group $_"} = 1 for @{$group_of{$code} // []};
            for my $place (grep { !$waits{$_} } keys %place) {
                add_to($cell{$place}{$part} //= {n => 0, d => 0}, @sums);
                push @{$cell{$place}{$part}{of}}, $code;
            }
        }
    }
    return \%cell;
}

sub value_of { my ($kpi, $n, $d) = @_; return $kpi->{unit} eq 'count' ? $n : $d == 0 ? undef : $n / $d * $kpi->{per} }

# 1 a small numerator, 2 a small denominator, 0 neither.
sub small_reason {
    my ($kpi, $n, $d) = @_;
    return 1 if defined $kpi->{hide_from} && $n >= $kpi->{hide_from} && $n <= $kpi->{hide_to};
    return 0 if $kpi->{unit} eq 'count';
    my $least = max($kpi->{below} // 0, defined $kpi->{hide_to} && $kpi->{interval} eq 'wilson' ? $kpi->{hide_to} + 1 : 0);
    return $d > 0 && $d < $least ? 2 : 0;
}

sub target_of {
    my ($world, $kpi, $month, $type, $code) = @_;
    my $day = month_end($month);
    my $in = path_on($world, $day)->{$code}; # a target of one that is closed is nobody's
    return if !$in && $type ne 'group';
    for my $at ($type eq 'group' ? ($code) : ($code, grep { defined } map { $in->{$_} } @levels)) {
        my ($found) = grep { $_->[0] eq $kpi->{id} && $_->[1] eq $at && holds($_->[2], $_->[3], $day) } @{$world->{target}};
        return $found->[4] if $found;
        my $share = $kpi->{reviews} && $type ne 'group' ? review_target($world, $month, $world->{org}{$at}{type}, $at, path_on($world, $day)) : undef;
        return $share if defined $share;
    }
    return;
}

# All figures of a KPI: month => place (type and code) => part => {n, d, value, small, target, of}.
sub figures_of {
    my ($world, $kpi) = @_;
    $kpi->{figures} = review_figures($world, $kpi, \&path_on) if $kpi->{reviews};
    my %by_month = map { $_ => [] } @{$kpi->{months}};
    for (@{$kpi->{figures}}) { my ($code, $month, @rest) = @$_; push @{$by_month{$month}}, [$code, @rest] if $by_month{$month} }
    my $covered = coverage_of($world, $kpi, \%by_month);
    my %figure;
    for my $month (@{$kpi->{months}}) {
        my ($base, $has) = base_of($world, $kpi, $month, $by_month{$month}, $covered, scalar @{$by_month{$month}});
        my $cells = rolled_up($world, $kpi, $month, $base, $has, $covered);
        for my $place (keys %$cells) {
            my ($type, $code) = split / /, $place;
            for my $part (keys %{$cells->{$place}}) {
                my $cell = $cells->{$place}{$part};
                @$cell{qw(value small)} = (value_of($kpi, @$cell{qw(n d)}), small_reason($kpi, @$cell{qw(n d)}));
                $cell->{target} = target_of($world, $kpi, $month, $type, $code) if $part eq '';
            }
        }
        $figure{$month} = $cells;
    }
    return \%figure;
}

# ------------------------------------------------------------------------------------------------------- what an attacker finds of a month
# Equations that everybody knows: a cell is the sum of others where these have the same base organisations between them, each once; the KPI that of its parts.
sub equations_of {
    my ($world, $kpi, $path, $cells) = @_;
    my @equations;
    my $level_of = sub { my ($code, $level) = @_; return defined $path->{$code}{$level} ? "$level $path->{$code}{$level}" : "$world->{org}{$code}{type} $code" };
    for my $place (sort keys %$cells) {
        for my $part (sort keys %{$cells->{$place}}) {
            my @of = sort @{$cells->{$place}{$part}{of}};
            for my $level ($kpi->{base}, grep { $_ ne $kpi->{base} && $_ ne 'nation' } @levels) {
                my %below = map { $level_of->($_, $level) => 1 } @of;
                my @parts = map { $cells->{$_}{$part} } sort keys %below;
                next if $below{$place} || grep { !$_ } @parts;
                push @equations, [["$place/$part", -1], map { ["$_/$part", 1] } sort keys %below] if "@of" eq join ' ', sort map { @{$_->{of}} } @parts;
            }
        }
        my @parts = grep { $_ ne '' } sort keys %{$cells->{$place}};
        my $sum = 0;
        $sum += $cells->{$place}{$_}{n} for @parts;
        push @equations, [["$place/", -1], map { ["$place/$_", 1] } @parts] if @parts && $kpi->{add_up} && $sum == $cells->{$place}{''}{n};
    }
    return @equations;
}

# Small figures above 0 that follow from what is shown of a KPI and month.
sub told_figures {
    my ($world, $kpi, $month, $cells) = @_;
    my (@name, @known, @truth, @small, @bound, %number);
    for my $place (sort keys %$cells) {
        for my $part (sort keys %{$cells->{$place}}) {
            my $cell = $cells->{$place}{$part};
            my $share = $kpi->{interval} eq 'wilson';
            my $small_d = ($kpi->{below} // 0) > $cell->{d} || $share && $cell->{d} <= ($kpi->{hide_to} // 0);
            $number{"$place/$part"} = @name; # the attack knows cells by number
            push @name, "$place/$part";
            push @known, $cell->{hidden} ? undef : $cell->{n};
            push @truth, $cell->{n};
            push @small, $cell->{small};
            push @bound, [$small_d ? 0 : $kpi->{hide_from} // 0, $share ? $cell->{d} : undef];
        }
    }
    # a 0 is hidden last of all, beside others: who takes what is hidden for at least hide_from is misled there, and can be sure of nothing by it
    if (grep { !defined $known[$_] && $truth[$_] < $bound[$_][0] } 0 .. $#known) { $_->[0] = 0 for @bound }
    my @links = map { [map { [$number{$_->[0]}, $_->[1]] } @$_] } equations_of($world, $kpi, path_on($world, month_end($month)), $cells);
    my ($cell, $limit) = ({map { $_ => $known[$_] } 0 .. $#known}, {map { $_ => $bound[$_] } 0 .. $#bound});
    my %told = map { $_ => 1 } told_by_algebra($cell, \@links), told_by_bounds($cell, \@links, $limit);
    return map { $name[$_] } grep { $truth[$_] && $small[$_] } sort { $a <=> $b } keys %told;
}

1;
