# Choices at random for the worlds of kpi_random.t: days on edges and rows of tables.
package MoDashKpiRandom;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;

our @EXPORT_OK = qw(pick chance some add day later maybe set_days month_near);

sub pick { return $_[int rand @_] }
sub chance { return rand() < $_[0] }
sub maybe { my ($share, $value) = @_; return chance($share) ? $value : undef }

# Some of a list, up to a number of them, each once.
sub some {
    my ($most, @list) = @_;
    my @chosen = map { splice @list, int rand @list, 1 } 1 .. ($most < @list ? $most : scalar @list);
    return @chosen;
}

sub add {
    my ($w, $table, %row) = @_;
    push @{$w->{table}{$table}}, \%row;
    return \%row;
}

# A world has few days that things happen on again and again, so that they meet: joins and leaves of one day, moves on a month's last day.
sub set_days {
    my ($w) = @_;
    $w->{days} = [map { fresh_day($w) } 1 .. 8];
    return;
}

sub month_near { my ($w, $before) = @_; return add_months($w->{first}, int(rand(16 + ($before // 5))) - ($before // 5)) }

sub fresh_day {
    my ($w, $before) = @_;
    my $month = month_near($w, $before);
    my $year = substr $month, 0, 4;
    return pick($month, $month, month_end($month), month_end($month), add_days($month, 1), add_days(month_end($month), -1),
        add_days($month, int rand 28), add_days($month, int rand 28), "$year-03-31", "$year-04-01", '2024-02-29', add_days($w->{today}, int(rand 5) - 3));
}

# A day of the world, or of so many months before it.
sub day {
    my ($w, $before) = @_;
    return !$before && chance(0.35) ? pick(@{$w->{days}}) : fresh_day($w, $before);
}

# A day after a day: one of the world's where there is one.
sub later {
    my ($w, $day) = @_;
    for (1 .. 8) { my $to = day($w); return $to if $to gt $day }
    return add_days($day, pick(1, 30, 31, 365));
}

1;
