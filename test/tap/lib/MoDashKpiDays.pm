# Days and times as plainly as they can be: a day is its ISO text, so that days compare as texts do; a time is microseconds since 1970 (UTC).
package MoDashKpiDays;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(number_of day_of add_days add_months month_of month_end weekday year_start months_from holds london_day london_midnight stamp
    earliest latest SECOND HOUR);

use constant {SECOND => 1_000_000, HOUR => 3_600_000_000};

# Days since 1 January 1970, counted from the lengths of years and months.
sub leap { my ($y) = @_; return $y % 4 == 0 && ($y % 100 != 0 || $y % 400 == 0) ? 1 : 0 }
sub month_length { my ($y, $m) = @_; return (31, 28 + leap($y), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[$m - 1] }
my %year_number = (1970 => 0);
sub year_number { my ($y) = @_; return $year_number{$y} //= $y > 1970 ? year_number($y - 1) + 365 + leap($y - 1) : year_number($y + 1) - 365 - leap($y) }
{
    no warnings 'recursion';
    sub number_of {
        my ($y, $m, $d) = split /-/, $_[0];
        my $n = year_number($y) + $d - 1;
        $n += month_length($y, $_) for 1 .. $m - 1;
        return $n;
    }
}

sub day_of {
    my ($n) = @_;
    my $y = 1970 + int($n / 366);
    $y++ while year_number($y + 1) <= $n;
    my ($m, $left) = (1, $n - year_number($y));
    $left -= month_length($y, $m++) while $left >= month_length($y, $m);
    return sprintf '%04d-%02d-%02d', $y, $m, $left + 1;
}

sub add_days { my ($day, $n) = @_; return day_of(number_of($day) + $n) }

# The same day of another month, or that month's last day.
sub add_months {
    my ($day, $n) = @_;
    my ($y, $m, $d) = split /-/, $day;
    my $months = $y * 12 + $m - 1 + $n;
    ($y, $m) = (int($months / 12), $months % 12 + 1);
    my $length = month_length($y, $m);
    return sprintf '%04d-%02d-%02d', $y, $m, $d < $length ? $d : $length;
}

sub month_of { return substr($_[0], 0, 7) . '-01' }
sub month_end { return add_days(add_months(month_of($_[0]), 1), -1) }
sub weekday { return (number_of($_[0]) + 4) % 7 } # 0: Sunday
sub year_start { my ($y, $m) = split /-/, $_[0]; return ($m >= 4 ? $y : $y - 1) . '-04-01' }
sub months_from { my ($month, $last) = @_; my @months; for (; $month le $last; $month = add_months($month, 1)) { push @months, $month } return @months }

# Half-open; a null start never holds (5a.1).
sub holds { my ($day, $from, $to) = @_; return defined $from && $from le $day && (!defined $to || $day lt $to) }
sub earliest { my ($first) = sort { $a cmp $b } grep { defined } @_; return $first }
sub latest { my ($last) = sort { $b cmp $a } grep { defined } @_; return $last }

# London is an hour ahead from 01:00 UTC on the last Sunday of March to 01:00 UTC on that of October.
sub last_sunday { my ($year, $month) = @_; my $day = month_end(sprintf '%04d-%02d-01', $year, $month); return add_days($day, -weekday($day)) }
sub summer {
    my ($time) = @_;
    my $year = substr(day_of(int($time / (24 * HOUR))), 0, 4);
    my ($from, $to) = map { number_of(last_sunday($year, $_)) * 24 * HOUR + HOUR } 3, 10;
    return $from <= $time && $time < $to;
}
sub london_day { my ($time) = @_; return day_of(int(($time + (summer($time) ? HOUR : 0)) / (24 * HOUR))) }
sub london_midnight { my ($day) = @_; my $utc = number_of($day) * 24 * HOUR; return summer($utc - HOUR) ? $utc - HOUR : $utc }

sub stamp {
    my ($time) = @_;
    my $rest = $time % (24 * HOUR);
    return sprintf '%s %02d:%02d:%02d.%06d+00', day_of(int($time / (24 * HOUR))), int($rest / HOUR), int($rest / (60 * SECOND)) % 60,
        int($rest / SECOND) % 60, $rest % SECOND;
}

1;
