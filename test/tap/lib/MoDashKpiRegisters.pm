# What a random world has beside its patients: alerts, hazards, events, audits, lists, prescribing, switches, staff.
package MoDashKpiRegisters;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;
use MoDashKpiRandom qw(pick chance some add day later maybe month_near);

our @EXPORT_OK = qw(registers);

sub registers {
    my ($w) = @_;
    $_->($w) for \&holidays, \&alerts, \&hazards, \&events, \&incidents, \&lists, \&prescribing, \&switches, \&roles, \&staff;
    return;
}

# ------------------------------------------------------------------------------- safety
sub holidays {
    my ($w) = @_;
    holiday($w, day($w)) for 1 .. 10;
    return;
}

sub holiday {
    my ($w, $day) = @_;
    my $division = pick('england-and-wales', 'scotland');
    return if grep { $_->{day} eq $day && $_->{division} eq $division } @{$w->{table}{bank_holiday}};
    add($w, 'bank_holiday', division => $division, day => $day, title => 'A holiday');
    return;
}

# A time on an edge of a London day, in the small hours when clocks change, or any.
sub some_time {
    my ($w) = @_;
    my $year = substr month_near($w), 0, 4;
    my $changes = add_days(month_end(pick("$year-03-01", "$year-10-01")), -int rand 7); # the last Sunday is one of these
    my $midnight = london_midnight(pick(day($w), day($w), $changes, add_days($w->{today}, -int rand 6)));
    return $midnight + pick(0, -1, HOUR / 2, HOUR, 3 * HOUR / 2, 12 * HOUR, 23 * HOUR + HOUR / 2, int(rand 86400) * SECOND);
}

sub alerts {
    my ($w) = @_;
    my $turn = day($w);
    my %window = (1 => [0, 'hours'], 2 => [48, 'hours'], 3 => [pick(1, 5), pick('days', 'working_days')], NATPSA => [pick(0, 1, 3, 3), 'working_days'], 4 => [undef, undef]);
    add($w, 'alert_window', alert_class => $_, window_value => $window{$_}[0], window_unit => $window{$_}[1], in_kpi => $_ eq '4' ? pick('t', 'f') : 't', status => 'local', valid_from => '1900-01-01')
        for sort keys %window;
    add($w, 'alert_window', alert_class => $_->[0], window_value => $_->[1], window_unit => $_->[2], in_kpi => $_->[3], status => 'local', valid_from => $turn)
        for [2, pick(24, 72), 'hours', 't'], ['NATPSA', 2, 'working_days', pick('t', 'f')], [1, 2, 'days', 't'];
    for my $n (1 .. 25) {
        my $issued = chance(0.95) ? some_time($w) : undef;
        my $own = chance(0.15) ? ($issued // some_time($w)) + pick(0, HOUR, 72 * HOUR) : undef;
        add($w, 'alert', alert_ref => "a$n", alert_class => pick(1, 2, 2, 3, 3, ('NATPSA') x 4, 4, 'DSU'), title => "Alert $n", issued_at => defined $issued ? stamp($issued) : undef,
            deadline_at => defined $own ? stamp($own) : undef);
        $w->{time}{"a$n"} = {issued => $issued, own => $own};
        holiday($w, add_days(london_day($issued), pick(1, 2, 3))) if defined $issued && chance(0.5);
        actions($w, "a$n", $issued, $own);
    }
    return;
}

# Closures beside every deadline that there could be, the same one of several, before issue only, and none.
sub actions {
    my ($w, $ref, $issued, $own) = @_;
    my $from = $issued // some_time($w);
    my @edges = (defined $own ? $own : (), map({ $from + $_ * HOUR } 0, 24, 48, 72, 120), map { london_midnight(add_days(london_day($from), $_)) - 1 } 1 .. 8);
    for my $practice (some(3, @{$w->{practices}})) {
        my %closed;
        for (1 .. pick(1, 1, 1, 2, 3)) {
            my $at = chance(0.2) ? undef : chance(0.15) ? london_midnight(add_days($w->{today}, pick(1, 2))) : chance(0.1) ? $from - pick(1, HOUR) : pick(@edges) + pick(0, 0, 1, -1, HOUR);
            next if $closed{$at // ''}++;
            add($w, 'alert_action', alert_ref => $ref, practice_code => $practice, closed_at => defined $at ? stamp($at) : undef, outcome => defined $at ? pick('done', 'not_applicable') : undef);
            push @{$w->{closed}{"$ref $practice"}}, $at;
        }
    }
    return;
}

sub hazards {
    my ($w) = @_;
    for my $n (1 .. 30) {
        my $flagged = day($w);
        my $reviewed = maybe(0.7, pick($flagged, later($w, $flagged)));
        add($w, 'pincer_hazard', hazard_id => "h$n", patient_key => pick(1 .. 14), practice_code => pick(@{$w->{practices}}), indicator_code => pick('A', 'A', 'AC', 'ME_FBC'), flagged_on => $flagged,
            reviewed_on => $reviewed, outcome => defined $reviewed ? pick('changed', 'changed', 'justified', 'no_action', 'declined') : undef);
    }
    return;
}

sub events {
    my ($w) = @_;
    my @themes = qw(tm_dose monitoring none);
    add($w, 'sea_theme', theme_code => $_, label => $_, origin => 'local') for @themes;
    for my $n (1 .. 20) {
        my $raised = day($w);
        add($w, 'significant_event', event_id => "s$n", practice_code => pick(@{$w->{practices}}, @{$w->{pcns}}), raised_on => $raised, completed_on => maybe(0.7, pick($raised, later($w, $raised))),
            harm_physical => pick(undef, 'none', 'low'));
        add($w, 'significant_event_theme', event_id => "s$n", theme_code => $_) for some(pick(0, 1, 1, 2), @themes);
    }
    return;
}

sub incidents {
    my ($w) = @_;
    for my $n (1 .. 30) {
        my $occurred = day($w);
        add($w, 'incident', incident_id => "i$n", practice_code => pick(@{$w->{practices}}, @{$w->{pcns}}), occurred_on => $occurred, reported_on => maybe(0.5, later($w, $occurred)));
    }
    for my $n (1 .. 20) {
        my $maximum = pick(10, 40, 100);
        add($w, 'culture_audit', audit_id => "c$n", practice_code => pick(@{$w->{practices}}, @{$w->{pcns}}), audited_on => day($w), tool => pick('MaPSaF', 'Local'), score => int rand $maximum + 1,
            maximum => $maximum);
    }
    return;
}

# ------------------------------------------------------------------------------- cost
my @bands = ([0, 4], [5, 14], [15, 24], [65, 74], [75, undef]);
my @list_bands = ([0, 4], [0, 14], [5, 9], [10, 14], [20, 24], [40, 44], [65, 69], [75, 79], [95, undef]); # 0-14 and 40-44 lie in no band

sub lists {
    my ($w) = @_;
    for my $band (@bands) {
        add($w, 'weight', scheme => 'astro_pu_cost_2013', sex => $_, age_from => $band->[0], age_to => $band->[1], weight => pick(1, 2.5, 4, 0.8)) for qw(M F);
    }
    for my $practice (@{$w->{practices}}) {
        my %month = map { month_near($w, 15) => 1 } 1 .. int rand 5; # lists of few months, and of some practices none
        for my $month (sort keys %month) {
            my %cell;
            for (1 .. 3) {
                my ($band, $sex) = (pick(@list_bands), pick('M', 'F', 'M', 'F', 'I', 'U'));
                next if $cell{"$sex $band->[0]"}++;
                add($w, 'list_size', practice_code => $practice, month => $month, sex => $sex, age_from => $band->[0], age_to => $band->[1], patients => pick(0, 3, 10, 200), batch_id => 0);
            }
        }
    }
    return;
}

sub prescribing {
    my ($w) = @_;
    for my $month (months_from($w->{first}, $w->{last})) {
        next if chance(0.2); # a month that is not loaded
        for my $practice (some(5, @{$w->{practices}})) {
            add($w, 'prescribing', month => $month, practice_code => $practice, bnf_code => pick('0212000B0AAABAB', '0212000B0AAADAD', '0208020Y0AAABAB', '21220000201'), items => 1 + int rand 9,
                quantity => 28, total_quantity => 28, nic_e5 => 100_000, actual_cost_e5 => pick(undef, 0, map { int rand 9_000_000 } 1 .. 4), unidentified => chance(0.1) ? 't' : 'f', batch_id => 0)
                for 1 .. pick(1, 2, 3);
        }
    }
    return;
}

sub switches {
    my ($w) = @_;
    for my $programme (qw(DOAC INHALER)) {
        my $starts = day($w);
        add($w, 'switch_programme', programme_code => $programme, title => $programme, starts_on => $starts, ends_on => maybe(0.6, pick(later($w, $starts), add_days($starts, 1))));
        my %plan = map { pick(@{$w->{practices}}) . ' ' . month_near($w) => 1 } 1 .. 12;
        add($w, 'switch_plan', programme_code => $programme, practice_code => substr($_, 0, 6), month => substr($_, 7), planned_patients => pick(0, 1, 4)) for sort keys %plan;
        my %made;
        for (1 .. 20) {
            my $on = pick(day($w), day($w), add_days($starts, pick(-1, 0, 1)));
            my %row = (programme_code => $programme, practice_code => pick(@{$w->{practices}}), patient_key => pick(1 .. 8), switched_on => $on);
            next if $made{join ' ', @row{qw(practice_code patient_key switched_on)}}++;
            add($w, 'switch_action', %row, reversed_on => maybe(0.5, pick($on, month_end($on), later($w, $on))));
        }
    }
    return;
}

# ------------------------------------------------------------------------------- staff
sub roles {
    my ($w) = @_;
    add($w, 'arrs_role', role_code => $_->[0], role => $_->[0], status => 'local', is_on => $_->[1]) for ['CP', 't'], ['PHT', 't'], ['GPA', 'f'];
    my $turn = day($w);
    $turn = month_end($turn) if chance(0.5);
    my @rules = (['CP', undef, 30], ['CP', undef, 90, $turn], [undef, undef, pick(60, 365), '1900-01-01', chance(0.5) ? $turn : undef], [undef, 3, 14], [undef, 4, 400, $turn], [undef, 5, 31, '1900-01-01', $turn],
        ['PHT', 3, 200], ['CP', 6, 20]);
    $rules[0][4] = $turn;
    for my $n (grep { chance(0.8) } 0 .. $#rules) {
        my ($role, $staff, $interval, $from, $to) = @{$rules[$n]};
        add($w, 'supervision_requirement', requirement_id => "r$n", role_code => $role, staff_key => $staff, interval_days => $interval, valid_from => $from // '1900-01-01', valid_to => $to);
    }
    return;
}

sub staff {
    my ($w) = @_;
    my ($posts, $sessions) = (0, 0);
    for my $staff (1 .. 7) {
        add($w, 'staff', staff_key => $staff);
        my $from = chance(0.5) ? add_months($w->{first}, -20) : day($w);
        for (1 .. pick(1, 1, 2, 3)) {
            my $to = maybe(0.5, later($w, $from));
            add($w, 'staff_post', post_id => 'p' . ++$posts, staff_key => maybe(0.9, $staff), role_code => pick('CP', 'CP', 'PHT', 'GPA', 'NONE'),
                org_code => pick(@{$w->{pcns}}, 'P00001', 'P00002'), post_from => $from, post_to => $to);
            $from = chance(0.6) && defined $to ? $to : day($w);
        }
        my %leave = map { day($w) => 1 } 1 .. int rand 3;
        add($w, 'staff_leave', staff_key => $staff, leave_from => $_, leave_to => maybe(0.8, later($w, $_))) for sort keys %leave;
        for (1 .. int rand 9) {
            my $held = pick(day($w), day($w), add_days(month_end(day($w)), -pick(13, 14, 15, 29, 30, 31, 89, 90, 91)));
            add($w, 'supervision', supervision_id => 'v' . ++$sessions, staff_key => $staff, held_on => $held, kind => pick('clinical', 'clinical', 'educational', 'managerial'));
            next unless chance(0.4);
            my $reviewed = day($w, 10);
            add($w, 'scope_of_practice', scope_id => "x$sessions", staff_key => $staff, reviewed_on => $reviewed, valid_to => pick(add_months($reviewed, 12), later($w, $reviewed), add_days($reviewed, 1)));
        }
    }
    return;
}

1;
