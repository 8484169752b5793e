# The reference for the KPIs that are counted from patients: reviews, monitoring, letters, stops, titration contacts and new starts.
package MoDashKpiClinical;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;
use MoDashKpiReference qw(count_for each_month rows belongs_on parent_on is_alive_on registered_at cohorts_on members_on events_of);

our @EXPORT_OK = qw(clinical_figures cohort_patients review_days tests_of);

sub clinical_figures {
    my ($w, $figures) = @_;
    $_->($w, $figures) for \&reviews, \&targets, \&monitoring, \&letters, \&stops, \&titration, \&new_starts;
    return;
}

# 5a.1, 5a.2: patients in a cohort and registered on the day, alive, at a practice that belongs to an organisation.
sub cohort_patients {
    my ($w, $kind, $day) = @_;
    my @found;
    my %patient = map { $_->{patient_key} => 1 } rows($w, 'cohort_member');
    for my $patient (sort { $a <=> $b } keys %patient) {
        my $practice = registered_at($w, $patient, $day);
        next unless defined $practice && is_alive_on($w, $patient, $day) && belongs_on($w, $practice, $day);
        my %member = members_on($w, $patient, $kind, $day);
        push @found, {patient => $patient, practice => $practice, member => \%member} if %member;
    }
    return @found;
}

# Days on which the patient had what attains the cohort (cohort.attained_by).
sub review_days {
    my ($w, $patient, $cohort) = @_;
    my ($set) = map { $_->{attained_by} } grep { $_->{cohort_code} eq $cohort } rows($w, 'cohort');
    return map { $_->{event_date} } events_of($w, $set, $patient);
}

# smr_rolling_attainment: 12 calendar months to the month end. smr_completed: from 1 April, where the practice's PCN has a target or none has;
# in_month: in the month itself.
sub reviews {
    my ($w, $figures) = @_;
    for my $month (each_month($w)) {
        my $end = month_end($month);
        my %target = targets_of($w, $month);
        my $is_asked = sub { my ($practice, $part) = @_; !$target{$part} || $target{$part}{parent_on($w, $practice, 'pcn', $end) // ''} };
        my %from = (rolling => add_months($month, -11), year => year_start($month), month => $month);
        for my $found (cohort_patients($w, 'smr', $end)) {
            my %any = map { $_ => 0 } keys %from;
            for my $cohort (sort keys %{$found->{member}}) {
                my @days = review_days($w, $found->{patient}, $cohort);
                my %has = map { my $since = $from{$_}; $_ => (grep { $_ ge $since && $_ le $end } @days) ? 1 : 0 } keys %from;
                $any{$_} ||= $has{$_} for keys %has;
                count_for($figures, 'smr_rolling_attainment', $found->{practice}, $month, $cohort, $has{rolling}, 1);
                count_for($figures, 'smr_completed', $found->{practice}, $month, $cohort, $has{year}, 0) if $is_asked->($found->{practice}, $cohort);
            }
            count_for($figures, 'smr_rolling_attainment', $found->{practice}, $month, '', $any{rolling}, 1);
            count_for($figures, 'smr_completed', $found->{practice}, $month, '', $any{year}, 0) if $is_asked->($found->{practice}, '');
            count_for($figures, 'smr_completed', $found->{practice}, $month, 'in_month', $any{month}, 0);
        }
    }
    return;
}

# The targets of the financial year, by part and PCN: ALL when there is one, else the sum over its cohorts that are on; each cohort its own. 0 is none.
sub targets_of {
    my ($w, $month) = @_;
    my %is_on = cohorts_on($w, 'smr');
    my @targets = grep { $_->{year_start} eq year_start($month) && $_->{target_patients} > 0 && %is_on } rows($w, 'cohort_target');
    my %all = map { $_->{pcn_code} => $_->{target_patients} } grep { $_->{cohort_code} eq 'ALL' } @targets;
    my %of = %all ? ('' => {%all}) : ();
    for my $target (grep { $is_on{$_->{cohort_code}} } @targets) {
        $of{$target->{cohort_code}}{$target->{pcn_code}} = $target->{target_patients};
        $of{''}{$target->{pcn_code}} += $target->{target_patients} unless $all{$target->{pcn_code}};
    }
    return %of;
}

sub targets {
    my ($w, $figures) = @_;
    for my $month (each_month($w)) {
        my %of = targets_of($w, $month);
        for my $part (sort keys %of) { count_for($figures, 'smr_completed', $_, $month, $part, 0, $of{$part}{$_}) for sort keys %{$of{$part}} }
    }
    return;
}

# ------------------------------------------------------------------------------- monitoring
# Registers that can be measured: on, with a requirement that is on, and codes that are on for every test they need.
sub measured {
    my ($w, $cohort) = @_;
    my @needed = grep { $_->{cohort_code} eq $cohort && $_->{is_on} eq 't' } rows($w, 'monitoring_requirement');
    my %has_code = map { $_->{code_set} => 1 } grep { $_->{is_on} eq 't' } rows($w, 'code_set');
    return @needed && !grep({ !$has_code{$_->{test_code_set}} } @needed) ? @needed : ();
}

# The tests that a spell on a register requires on a day: each with the latest, the last day on which that is in date (none: no test on file), and the
# first day on which it was required. The patient's own interval goes before the usual one.
sub tests_of {
    my ($w, $spell, $day) = @_;
    my @tests;
    for my $needed (measured($w, $spell->{cohort_code})) {
        my $since = add_days($spell->{member_from}, $needed->{from_day});
        next unless holds($day, $since, defined $needed->{to_day} ? add_days($spell->{member_from}, $needed->{to_day}) : undef);
        my $last = latest(grep { $_ le $day } map { $_->{event_date} } events_of($w, $needed->{test_code_set}, $spell->{patient_key}));
        my $months = $spell->{interval_months} // $needed->{interval_months};
        my $until = defined $last ? add_days(defined $months ? add_months($last, $months) : add_days($last, $needed->{interval_days}), $needed->{grace_days}) : undef;
        push @tests, {test => $needed->{test_code_set}, last => $last, until => $until, since => $since};
    }
    return @tests;
}

# hrd_monitoring_current: the worst test of all registers rules; a patient once in each drug group, by the registers of that group. A patient of whom a
# register requires no test on the day (no phase holds) is not in it: nothing of it can be in date or not.
sub monitoring {
    my ($w, $figures) = @_;
    my %group = map { $_->{cohort_code} => $_->{drug_group} } rows($w, 'cohort');
    my %measured = map { $_ => 1 } grep { measured($w, $_) } keys %group;
    for my $month (each_month($w)) {
        my $end = month_end($month);
        for my $found (cohort_patients($w, 'high_risk_drug', $end)) {
            my %in_date;
            for my $cohort (grep { $measured{$_} } sort keys %{$found->{member}}) {
                my @tests = map { tests_of($w, $_, $end) } @{$found->{member}{$cohort}} or next;
                my $all = !grep { !defined $_->{until} || $_->{until} lt $end } @tests;
                $in_date{$_} = ($in_date{$_} // 1) && $all ? 1 : 0 for '', $group{$cohort};
            }
            count_for($figures, 'hrd_monitoring_current', $found->{practice}, $month, $_, $in_date{$_}, 1) for keys %in_date;
        }
    }
    return;
}

# ------------------------------------------------------------------------------- letters, stops, contacts
# reconciliation_7_days: the clock starts at receipt; a letter on the last of its days is still inside them and due nowhere (facts 6).
sub letters {
    my ($w, $figures) = @_;
    for my $letter (grep { $_->{on_medicines} eq 't' } rows($w, 'discharge')) {
        my $due = add_days($letter->{received_on}, $w->{setting}{reconciliation_days});
        next unless $due lt $w->{today};
        count_for($figures, 'reconciliation_7_days', $letter->{practice_code}, month_of($due), '', defined $letter->{reconciled_on} && $letter->{reconciled_on} le $due ? 1 : 0, 1);
    }
    return;
}

# deprescribing_per_smr. Several codes of one patient on one day are one review, and a link to any of them is a link to it. Of several practices that
# recorded it the one of the lowest event_id counts: no page says which.
sub stops {
    my ($w, $figures) = @_;
    return unless grep { $_->{code_set} eq 'DEPRESCRIBING' && $_->{is_on} eq 't' } rows($w, 'code_set');
    my (%review, %linked);
    for my $event (events_of($w, 'SMR_DONE')) {
        my ($patient, $day) = @$event{qw(patient_key event_date)};
        my $review = $review{$patient}{$day} //= {day => $day, recorded => {}, stops => 0};
        $review->{recorded}{"$event->{event_id} $event->{source_system}"} = $event->{practice_code};
        $linked{"$event->{source_system} $event->{event_id}"} = $review;
    }
    for my $stop (events_of($w, 'DEPRESCRIBING')) {
        my $day = $stop->{event_date};
        my $review = defined $stop->{linked_event_id} ? $linked{"$stop->{source_system} $stop->{linked_event_id}"} : last_before($review{$stop->{patient_key}}, $day);
        next unless $review && $review->{day} le $day && $day le month_end(add_months(month_of($review->{day}), 3));
        $review->{stops}++ if defined $stop->{linked_event_id} || $day le add_days($review->{day}, $w->{setting}{deprescribing_link_days});
    }
    for my $patient (keys %review) {
        for my $review (values %{$review{$patient}}) {
            my $practice = registered_at($w, $patient, $review->{day}) // $review->{recorded}{earliest(keys %{$review->{recorded}})};
            count_for($figures, 'deprescribing_per_smr', $practice, month_of($review->{day}), '', $review->{stops}, 1);
        }
    }
    return;
}

sub last_before {
    my ($reviews, $day) = @_;
    my $last = latest(grep { $_ le $day } keys %{$reviews // {}});
    return defined $last ? $reviews->{$last} : undef;
}

# ltc_titration_throughput: one patient, stream and day is one contact, at the practice that was first to record it.
sub titration {
    my ($w, $figures) = @_;
    for my $stream (qw(hypertension type_2_diabetes lipids respiratory)) {
        my %contact;
        push @{$contact{"$_->{patient_key} $_->{event_date}"}}, $_ for events_of($w, 'TITRATION_' . uc $stream);
        for my $recorded (values %contact) {
            my ($first) = sort { ($a->{recorded_date} // '9999') cmp ($b->{recorded_date} // '9999') || $a->{practice_code} cmp $b->{practice_code} } @$recorded;
            count_for($figures, 'ltc_titration_throughput', $first->{practice_code}, month_of($first->{event_date}), $_, 1, 0) for '', $stream;
        }
    }
    return;
}

# ------------------------------------------------------------------------------- new starts
# facts 9: no issue of the class in the 12 months before, at a practice where the patient was registered for that time.
sub new_starts {
    my ($w, $figures) = @_;
    for my $start (rows($w, 'new_start')) {
        my $day = $start->{started_on};
        my $since = add_months($day, -$w->{setting}{new_start_washout_months});
        next if defined $start->{previous_issue_on} && $start->{previous_issue_on} ge $since;
        next unless was_registered($w, @$start{qw(patient_key practice_code)}, $since, $day);
        my @lines = grep { $_->{class_code} eq $start->{class_code} && holds($day, $_->{valid_from}, $_->{valid_to}) } rows($w, 'formulary');
        next unless grep { $_->{line} eq 'first' } @lines;
        my ($line) = sort { length $b->{bnf_prefix} <=> length $a->{bnf_prefix} } grep { index($start->{bnf_code}, $_->{bnf_prefix}) == 0 } @lines;
        count_for($figures, 'first_line_new_starts', $start->{practice_code}, month_of($day), $_, $line && $line->{line} eq 'first' ? 1 : 0, 1) for '', "class_$start->{class_code}";
    }
    return;
}

# Every day of the washout and the start itself, by whatever registrations there are at the practice.
sub was_registered {
    my ($w, $patient, $practice, $since, $day) = @_;
    my @there = grep { $_->{patient_key} == $patient && $_->{practice_code} eq $practice } rows($w, 'registration');
    for (my $on = $since; $on le $day; $on = add_days($on, 1)) {
        return 0 unless grep { holds($on, $_->{registered_from}, $_->{registered_to}) } @there;
    }
    return 1;
}

1;
