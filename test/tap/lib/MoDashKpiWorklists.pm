# The reference for mo_data.worklist: who has what to do on a day, and the last day on which it is in time. Written from the comments on
# mo_data.worklist_<kpi_id> and the heads of their files.
package MoDashKpiWorklists;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;
use MoDashKpiReference qw(rows counts_towards is_alive_on);
use MoDashKpiClinical qw(cohort_patients review_days tests_of);
use MoDashKpiCounted qw(alert_of staff_on supervised_until scope_until);

our @EXPORT_OK = qw(%worklist worklist_of);

our %worklist = (smr_completed => \&not_reviewed, smr_rolling_attainment => \&not_reviewed_in_a_year, hrd_monitoring_current => \&not_monitored,
    reconciliation_7_days => \&not_reconciled, alert_closure_in_window => \&not_closed, pincer_interventions => \&not_looked_at,
    supervision_current => sub { lapsing(@_, \&supervised_until) }, scope_current => sub { lapsing(@_, \&scope_until) });

# What there is to do in an organisation, as 'organisation|record|due': its own, and its members' of that day.
sub worklist_of {
    my ($w, $kpi, $code, $day) = @_;
    my @found;
    for my $thing ($worklist{$kpi}->($w, $day)) {
        my ($org, $record, $due) = @$thing;
        push @found, join '|', $org, $record, $due // '' if $org eq $code || grep { $_ eq $code } counts_towards($w, $org, $day);
    }
    return sort @found;
}

# No review in the financial year of the day; due by its 31 March.
sub not_reviewed {
    my ($w, $day) = @_;
    my $from = year_start($day);
    return map { [$_->{practice}, "patient:$_->{patient}", add_days(add_months($from, 12), -1)] }
        grep { my $p = $_; !grep { $_ ge $from && $_ le $day } map { review_days($w, $p->{patient}, $_) } keys %{$p->{member}} } cohort_patients($w, 'smr', $day);
}

# No review in the 12 calendar months that end with the day's; due on the last day of the first month whose 12 do not have the last review, or the day they joined a cohort.
sub not_reviewed_in_a_year {
    my ($w, $day) = @_;
    my @found;
    for my $patient (cohort_patients($w, 'smr', $day)) {
        my $last = latest(grep { $_ le $day } map { review_days($w, $patient->{patient}, $_) } keys %{$patient->{member}});
        next if defined $last && $last ge add_months(month_of($day), -11);
        my $joined = earliest(map { $_->{member_from} } map { @$_ } values %{$patient->{member}});
        push @found, [$patient->{practice}, "patient:$patient->{patient}", defined $last ? month_end(add_months(month_of($last), 12)) : $joined];
    }
    return @found;
}

# A required test out of date: due on the last day the first of them was in date, or the first day it was required.
sub not_monitored {
    my ($w, $day) = @_;
    my @found;
    for my $patient (cohort_patients($w, 'high_risk_drug', $day)) {
        my @late = grep { !defined $_->{until} || $_->{until} lt $day } map { tests_of($w, $_, $day) } map { @$_ } values %{$patient->{member}};
        push @found, [$patient->{practice}, "patient:$patient->{patient}", earliest(map { $_->{until} // $_->{since} } @late)] if @late;
    }
    return @found;
}

sub not_reconciled {
    my ($w, $day) = @_;
    return map { [$_->{practice_code}, "discharge:$_->{discharge_id}", add_days($_->{received_on}, $w->{setting}{reconciliation_days})] }
        grep { $_->{on_medicines} eq 't' && $_->{received_on} le $day && ($_->{reconciled_on} // '9999') gt $day && is_alive_on($w, $_->{patient_key}, $day) } rows($w, 'discharge');
}

# Not closed by the end of the London day; what was closed only before issue is a fault of the log.
sub not_closed {
    my ($w, $day) = @_;
    my $over = london_midnight(add_days($day, 1));
    my @found;
    for my $alert (rows($w, 'alert')) {
        my $known = alert_of($w, $alert) or next;
        next if $known->{issued} >= $over;
        for my $practice (@{$w->{practices}}) {
            my $log = $w->{closed}{"$alert->{alert_ref} $practice"} or next;
            next if grep { defined && $_ < $over } @$log;
            push @found, [$practice, "alert:$alert->{alert_ref}", defined $known->{deadline} ? london_day($known->{deadline}) : undef];
        }
    }
    return @found;
}

sub not_looked_at {
    my ($w, $day) = @_;
    return map { [$_->{practice_code}, "hazard:$_->{hazard_id}", $_->{flagged_on}] }
        grep { $_->{flagged_on} le $day && ($_->{reviewed_on} // '9999') gt $day && is_alive_on($w, $_->{patient_key}, $day) } rows($w, 'pincer_hazard');
}

# Lapsed, or lapsing within 30 days; never: due since the first day in post.
sub lapsing {
    my ($w, $day, $until_of) = @_;
    my @found;
    for my $person (staff_on($w, $day)) {
        my $until = $until_of->($w, $person, $day);
        next if !defined $until || $until gt add_days($day, 30);
        push @found, [$person->{org_code}, "staff:$person->{staff_key}:$person->{role_code}", $until eq '' ? $person->{post_from} : $until];
    }
    return @found;
}

1;
