# Patients of a random world: where they are registered, what cohorts and registers they are in, and what is coded of them.
package MoDashKpiPeople;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;
use MoDashKpiRandom qw(pick chance some add day later maybe);

our @EXPORT_OK = qw(people);

my @patients = (1 .. 14);
my %codes = ( # the last code of each set is switched off, some of which are on in another
    SMR_DONE => [qw(1239511000000100 LOCAL:SMR LOCAL:BOTH LOCAL:OTHER)], OTHER_REVIEW => [qw(LOCAL:OTHER LOCAL:BOTH LOCAL:OTHER-OFF)],
    DEPRESCRIBING => [qw(LOCAL:STOP LOCAL:STOP2 LOCAL:STOP-OFF)], TITRATION_HYPERTENSION => [qw(LOCAL:TH LOCAL:TWO LOCAL:TH-OFF)],
    TITRATION_TYPE_2_DIABETES => [qw(LOCAL:TD LOCAL:TD-OFF)], TITRATION_LIPIDS => [qw(LOCAL:TL LOCAL:TWO LOCAL:TH)],
    TITRATION_RESPIRATORY => [qw(LOCAL:TR LOCAL:TR-OFF)], FBC => [qw(LOCAL:FBC LOCAL:FBC2 LOCAL:PANEL LOCAL:FBC-OFF)], UE => [qw(LOCAL:UE LOCAL:PANEL LOCAL:FBC2)],
    LI => [qw(LOCAL:LI LOCAL:LI-OFF)], INR => [qw(LOCAL:INR-OFF)]);

sub people {
    my ($w) = @_;
    definitions($w);
    requirements($w);
    for my $patient (@patients) {
        add($w, 'patient', patient_key => $patient, died_on => maybe(0.25, day($w))) if chance(0.9);
        registrations($w, $patient);
        members($w, $patient);
        activity($w, $patient);
    }
    targets($w);
    discharges($w);
    new_starts($w);
    return;
}

sub definitions {
    my ($w) = @_;
    my $no_stops = chance(0.1);
    for my $set (sort keys %codes) {
        my @codes = @{$codes{$set}};
        my $off = $set eq 'DEPRESCRIBING' && $no_stops ? 0 : $#codes; # the first code that is off
        add($w, 'code_set', code_set => $set, code => $codes[$_], term => $codes[$_], status => 'local', is_on => $_ < $off ? 't' : 'f') for 0 .. $#codes;
    }
    my $other = chance(0.3) ? 'OTHER_REVIEW' : chance(0.2) ? pick('NO_SUCH_REVIEW', undef) : 'SMR_DONE';
    add($w, 'cohort', cohort_code => $_->[0], kind => 'smr', name => $_->[0], attained_by => $_->[1], status => 'local', is_on => $_->[2])
        for ['CARE_HOME', chance(0.1) ? 'NO_SUCH_REVIEW' : 'SMR_DONE', 't'], ['FRAIL', 'SMR_DONE', chance(0.85) ? 't' : 'f'], ['OTHER', $other, 't'], ['SMR_OFF', 'SMR_DONE', 'f'];
    add($w, 'cohort', cohort_code => $_->[0], kind => 'high_risk_drug', name => $_->[0], drug_group => $_->[1], status => 'local', is_on => $_->[2])
        for ['HRD_METHOTREXATE', 'DMARD', 't'], ['HRD_LEFLUNOMIDE', 'DMARD', 't'], ['HRD_LITHIUM', 'Lithium', 't'], ['HRD_DOAC', 'DOAC', 't'],
        ['HRD_WARFARIN', 'Warfarin', 't'], ['HRD_RAAS', 'RAAS', 'f'], ['HRD_NOTHING', 'Nothing', 't'], ['HRD_LATE', 'Late', 't'];
    return;
}

# Phases of lithium, a test that is required only from the fourth week to the half year (late), an interval in days, days of grace, a test without a code (warfarin), a register without a requirement that is on (nothing).
sub requirements {
    my ($w) = @_;
    for (['HRD_METHOTREXATE', 'FBC', 3], ['HRD_METHOTREXATE', 'UE', pick(1, 3)], ['HRD_LEFLUNOMIDE', 'FBC', pick(1, 2, 6)], ['HRD_LITHIUM', 'UE', 6], ['HRD_DOAC', 'UE', 12],
        ['HRD_DOAC', 'FBC', undef, pick(28, 90)], ['HRD_WARFARIN', 'INR', 3], ['HRD_WARFARIN', 'FBC', 3], ['HRD_RAAS', 'UE', 12]) {
        my ($cohort, $test, $months, $days) = @$_;
        add($w, 'monitoring_requirement', cohort_code => $cohort, test_code_set => $test, phase => 'maintenance', from_day => 0, interval_months => $months, interval_days => $days,
            grace_days => pick(0, 0, 7), status => 'local', is_on => 't');
    }
    add($w, 'monitoring_requirement', cohort_code => 'HRD_LATE', test_code_set => 'FBC', phase => 'late', from_day => 28, to_day => 180, interval_months => 3, grace_days => 0, status => 'local', is_on => 't');
    my $turn = pick(30, 90, 365);
    add($w, 'monitoring_requirement', cohort_code => 'HRD_LITHIUM', test_code_set => 'LI', phase => $_->[0], from_day => $_->[1], to_day => $_->[2], interval_months => $_->[3],
        grace_days => 0, status => 'local', is_on => 't') for ['first', pick(0, 0, 14), $turn, 1], ['maintenance', $turn, undef, 3];
    add($w, 'monitoring_requirement', cohort_code => $_->[0], test_code_set => $_->[1], phase => 'off', from_day => 0, interval_months => 1, grace_days => 0, status => 'local', is_on => 'f')
        for ['HRD_NOTHING', 'FBC'], ['HRD_DOAC', 'LI'], ['HRD_METHOTREXATE', 'INR'];
    return;
}

# Spells that adjoin, overlap, leave a gap, begin on no known day, or are at the same practice again.
sub spells {
    my ($w, $most) = @_;
    my @spells;
    my $from = chance(0.4) ? add_months($w->{first}, -pick(14, 24, 30)) : day($w, 16);
    for (1 .. 1 + int rand $most) {
        my $to = maybe(0.6, later($w, $from));
        push @spells, [chance(0.05) ? undef : $from, $to];
        $from = !defined $to || chance(0.15) ? later($w, $from) : chance(0.7) ? $to : later($w, $to);
    }
    return @spells;
}

sub registrations {
    my ($w, $patient) = @_;
    my %there;
    for my $spell (spells($w, 3)) {
        my $practice = chance(0.3) && keys %there ? pick(map { /(\w+)/ } sort keys %there) : pick(@{$w->{practices}});
        next if $there{$practice . ' ' . ($spell->[0] // '')}++;
        my $to = defined $spell->[1] || chance(0.8) ? $spell->[1] : 'infinity';
        add($w, 'registration', patient_key => $patient, practice_code => $practice, registered_from => $spell->[0], registered_to => $to);
        my $second = pick(@{$w->{practices}});
        add($w, 'registration', patient_key => $patient, practice_code => $second, registered_from => $spell->[0], registered_to => maybe(0.5, $spell->[1]))
            if chance(0.1) && !$there{$second . ' ' . ($spell->[0] // '')}++; # registered twice since the same day
    }
    return;
}

sub members {
    my ($w, $patient) = @_;
    for my $cohort (some(pick(1, 2, 3), map { $_->{cohort_code} } grep { !/OFF|NOTHING/ || chance(0.5) } @{$w->{table}{cohort}})) {
        my %from;
        my @turns = map { grep { defined } @$_{qw(from_day to_day)} } grep { $_->{cohort_code} eq $cohort } @{$w->{table}{monitoring_requirement}};
        for my $spell (spells($w, 2)) {
            $spell = [add_days(month_end(day($w)), -pick(@turns)), undef] if @turns && chance(0.4); # a phase begins or ends on a month end
            next if $from{$spell->[0] // ''}++;
            add($w, 'cohort_member', patient_key => $patient, cohort_code => $cohort, member_from => $spell->[0], member_to => $spell->[1],
                left_reason => maybe(0.1, 'declined'), interval_months => $cohort =~ /HRD/ ? maybe(0.2, pick(1, 2, 4)) : undef);
        }
    }
    return;
}

my $event = 0;
sub coded {
    my ($w, $patient, $code, $day, %more) = @_;
    my $recorded = defined $day ? pick($day, $day, add_days($day, 1), add_days($day, 40), undef) : undef;
    return add($w, 'activity', source_system => pick('flat', 'emis', 'systmone'), event_id => 'e' . ++$event, patient_key => $patient, practice_code => pick(@{$w->{practices}}),
        code => $code, event_date => $day, recorded_date => $recorded, outcome => pick((undef) x 6, 'attended', 'attended', 'did_not_attend', 'cancelled'), %more);
}

sub activity {
    my ($w, $patient) = @_;
    for my $set (sort keys %codes) {
        my $times = $set eq 'OTHER_REVIEW' ? 1 : $set =~ /^(FBC|UE|LI)$/ ? 6 : 3;
        for (1 .. int rand $times + 1) {
            my $day = chance(0.04) ? undef : $set =~ /^(FBC|UE|LI)$/ && chance(0.5) ? tested_day($w) : day($w, chance(0.3) ? 14 : $set eq 'SMR_DONE' && chance(0.3) ? 26 : undef);
            $day = year_start($day) if $set eq 'SMR_DONE' && defined $day && chance(0.15);
            my $first = coded($w, $patient, code_of($set), $day);
            coded($w, $patient, code_of($set), $day) if chance(0.25); # again on that day, in another system or practice
            next if $set ne 'SMR_DONE';
            coded($w, $patient, code_of($set), add_days($day, pick(1, 20, 40, 95))) if defined $day && chance(0.4);
            stops($w, $patient, $first);
        }
    }
    return;
}

# A code of the set, mostly one that is on.
sub code_of { my ($set) = @_; my @codes = @{$codes{$set}}; return $codes[chance(0.85) ? int rand $#codes : $#codes] }

# The last day of a test that is in date at a month end, and days beside it, with and without days of grace.
sub tested_day { my ($w) = @_; return add_days(pick(map { add_months(month_end(day($w)), -$_) } 1, 2, 3, 4, 6, 12), -pick(-1, 0, 1, 7, 8)) }

# Stops linked to a review, to something else or to nothing, from the day before to past the end of the third month after.
sub stops {
    my ($w, $patient, $review) = @_;
    for (1 .. pick(1, 2, 3)) {
        my $on = $review->{event_date} // day($w);
        my $day = pick(add_days($on, pick(-1, 0, 1, map { $w->{setting}{deprescribing_link_days} + $_ } -1, 0, 0, 1)), month_end(add_months(month_of($on), 3)), (add_months(month_of($on), 4)) x 2, $on, undef);
        my $linked = chance(0.5) ? $review : pick(grep { $_->{patient_key} == $patient } @{$w->{table}{activity}});
        my $is_linked = chance(0.5);
        my $stop = coded($w, $patient, code_of('DEPRESCRIBING'), $day, linked_event_id => $is_linked ? $linked->{event_id} : undef);
        $stop->{source_system} = $linked->{source_system} if $is_linked && chance(0.75);
    }
    return;
}

sub targets {
    my ($w) = @_;
    my @cohorts = grep { $_->{kind} eq 'smr' } @{$w->{table}{cohort}};
    for my $pcn (@{$w->{pcns}}) {
        for my $year (map { add_months(year_start($w->{first}), 12 * $_) } 0 .. 2) {
            for my $cohort (some(int rand 4, 'ALL', map { $_->{cohort_code} } @cohorts)) {
                add($w, 'cohort_target', pcn_code => $pcn, cohort_code => $cohort, year_start => $year, target_patients => pick(0, 3, 5, 10));
            }
        }
    }
    return;
}

sub discharges {
    my ($w) = @_;
    for my $n (1 .. 30) {
        my $due = $w->{setting}{reconciliation_days};
        my $received = pick(day($w), day($w), add_days(month_end(day($w)), -$due + pick(-1, 0, 1)), add_days($w->{today}, -$due + pick(-2, -1, 0, 1)));
        add($w, 'discharge', discharge_id => "d$n", patient_key => pick(@patients), practice_code => pick(@{$w->{practices}}), received_on => $received,
            on_medicines => chance(0.85) ? 't' : 'f', reconciled_on => maybe(0.8, add_days($received, pick(0, 1, 40, map { $due + $_ } -1, 0, 0, 1, 1))));
    }
    return;
}

# Formulary classes whose first line changes, starts on the edges of the washout.
sub new_starts {
    my ($w) = @_;
    my $turn = day($w);
    my $washout = $w->{setting}{new_start_washout_months};
    add($w, 'formulary', class_code => $_->[0], bnf_prefix => $_->[1], line => $_->[2], valid_from => $_->[3] // '1900-01-01', valid_to => $_->[4])
        for ['DOAC', '0208020Y0', 'first', undef, $turn], ['DOAC', '0208020Y0', 'second', $turn], ['DOAC', '0208020', 'second'], ['DOAC', '0208020Y0AAABAB', 'first', $turn],
        ['STATIN', '0212000B0', 'first', $turn, later($w, $turn)], ['STATIN', '0212000', pick('second', 'not_recommended')], ['OTHER', '0301', 'second'];
    for my $n (1 .. 60) {
        my $home = pick(@{$w->{table}{registration}});
        my $start = pick(day($w), defined $home->{registered_from} ? add_days(add_months($home->{registered_from}, $washout + pick(0, 0, 1, 5)), pick(-1, 0, 0, 1)) : day($w), $turn, $turn);
        my $before = pick(undef, undef, map({ add_days(add_months($start, -$washout), $_) } -1, 0, 1), add_months($start, -30));
        add($w, 'new_start', new_start_id => "n$n", patient_key => $home->{patient_key}, practice_code => chance(0.9) ? $home->{practice_code} : pick(@{$w->{practices}}), started_on => $start,
            class_code => pick('DOAC', 'DOAC', 'STATIN', 'OTHER', 'NONE'), bnf_code => pick('0208020Y0AAABAB', '0208020Y0AAACAC', '0208020X0AAABAB', '0212000B0AAABAB', '0212000Y0AAAAAA', '0301011R0AAAPAP'),
            previous_issue_on => $before);
    }
    return;
}

1;
