# Published values of measures beside ours: what measure_check must say of them, written from the comments of the view; and such values at random.
package MoDashMeasureCheck;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(max sum0);
use MoDashPublishedFigures qw(path_on);
use MoDashPublishedWorld qw(chance month_end pick today);

our @EXPORT_OK = qw(base_edition check_labels random_published);

# What practices had in a refresh, of the measures that were on; others keep what they had.
sub base_edition {
    my ($world, $figures) = @_;
    my %edition = @{$world->{edition} // []} ? %{$world->{edition}[-1]} : ();
    for my $id (keys %$figures) {
        my $figure = $figures->{$id}{figure};
        $edition{$id} = {map { my $month = $_; ($month => {map { /^practice (.*)/ ? ($1 => [$figure->{$month}{$_}{''}{n} // $figure->{$month}{$_}{''}{counted}, $figure->{$month}{$_}{''}{d}]) : () } grep { $figure->{$month}{$_}{''} } keys %{$figure->{$month}}}) } keys %$figure};
    }
    return \%edition;
}

sub near { my ($ours, $published) = @_; return defined $ours && abs($ours - $published) <= max(0.01, 1e-6 * abs $published) }
sub both_near { my ($ours, $published) = @_; return near($ours->[0], $published->[0]) && near($ours->[1], $published->[1]) }

# The sum of an edition over the practices that belong to a place on a day; nothing where the month was not counted then.
sub sum_on {
    my ($world, $edition, $id, $month, $place, $day) = @_;
    my $of = $edition->{$id}{$month} // return;
    my ($type, $code) = split / /, $place;
    my $path = path_on($world, $day);
    my @mine = grep { $type eq 'practice' ? $_ eq $code : (($path->{$_} // {})->{$type} // '') eq $code } keys %$of;
    return [map { my $side = $_; sum0 map { $of->{$_}[$side] } @mine } 0, 1];
}

# Labels of measure_check for [measure, month, place, numerator, denominator (as it is published)].
sub check_labels {
    my ($world, $figures, $today, @published) = @_;
    my %labels;
    for (@published) {
        my ($id, $month, $place, @value) = @$_;
        my $measure = ($figures->{$id} // next)->{measure};
        $value[1] *= 1000 if ($measure->{population} // '') eq 'list_size';
        my $cell = ($figures->{$id}{figure}{$month}{$place} // {})->{''};
        my @earlier = map { sum_on($world, $_, $id, $month, $place, month_end($month)) // () } @{$world->{edition}};
        my $now = sum_on($world, $world->{edition}[-1], $id, $month, $place, $today);
        $labels{"$id/$month/$place"} = {published_denominator => $value[1], check_label =>
            $cell && both_near([@$cell{qw(n d)}], \@value) ? 'agrees' : $value[0] == 0 && $value[1] == 0 && (!$cell || $cell->{d} == 0) ? 'agrees'
            : !$cell ? 'no figure here' : $cell->{hidden} ? 'suppressed' : $world->{hide}{$id} ? (near($cell->{n}, $value[0]) && defined $measure->{population} ? 'list size' : 'differs') # why would tell what is hidden
            : $now && both_near($now, \@value) ? 'membership' : grep({ both_near($_, \@value) } @earlier) ? 'restated since'
            : near($cell->{n}, $value[0]) && defined $measure->{population} ? 'list size' : 'differs'};
    }
    return \%labels;
}

# ------------------------------------------------------------------------------------------------------------------------------ published figures
# [measure, month, place, numerator, denominator as it is published]: what is shown, what an earlier edition said, today's members, or anything.
sub random_published {
    my ($world, $figures) = @_;
    my @published;
    for my $id (sort grep { $figures->{$_}{measure}{pack} eq 'local' } keys %$figures) {
        my $figure = $figures->{$id}{figure};
        for my $month (sort keys %$figure) {
            for my $place (grep { !/^group/ && chance(0.3) } sort(keys %{$figure->{$month}}), map { "practice $_" } @{$world->{codes}}) {
                my $cell = ($figure->{$month}{$place} // {})->{''} // {};
                my @now = map { $_ // 1 } @$cell{qw(n d)};
                my $edition = $world->{edition}[int rand @{$world->{edition}}];
                my $value = pick(\@now, sum_on($world, $edition, $id, $month, $place, month_end($month)) // \@now, sum_on($world, $world->{edition}[-1], $id, $month, $place, today()) // \@now,
                    [$now[0], $now[1] + 3], [$now[0] + 7, $now[1]], [0, 0]);
                my $per = ($figures->{$id}{measure}{population} // '') eq 'list_size' ? 1000 : 1;
                push @published, [$id, $month, $place, $value->[0], $value->[1] / $per];
            }
        }
    }
    my %seen;
    return grep { !$seen{"$_->[0]/$_->[1]/$_->[2]"}++ } @published;
}

1;
