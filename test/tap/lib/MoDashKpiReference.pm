# The figures of a random world, counted as a person would count them from the pages: for each month, organisation and patient, one after another.
# Written from design.md (5, 5a, 6), facts/README.md, the comments on the tables and the wording at the head of each KPI's file, never from its SQL.
package MoDashKpiReference;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;

our @EXPORT_OK = qw(count_for each_month rows organisation_on parent_on belongs_on counts_towards is_alive_on registered_at cohorts_on members_on events_of);

sub rows { my ($w, $table) = @_; return @{$w->{table}{$table} // []} }
sub each_month { my ($w) = @_; return months_from($w->{first}, $w->{last}) }

# Adds to a figure; part '' is the whole.
sub count_for {
    my ($figures, $kpi, $org, $month, $part, $numerator, $denominator) = @_;
    my $figure = $figures->{join '|', $kpi, $org, $month, $part} //= [0, 0];
    $figure->[0] += $numerator;
    $figure->[1] += $denominator;
    return;
}

# ------------------------------------------------------------------------------- organisations
# The organisation, if it is open on the day (organisation.open_from, open_to).
sub organisation_on {
    my ($w, $code, $day) = @_;
    my ($found) = grep { $_->{org_code} eq $code && holds($day, $_->{open_from}, $_->{open_to}) } rows($w, 'organisation');
    return $found;
}

# Nobody belongs to what is not open, whatever membership was left open (comment on organisation_path_on).
sub parent_on {
    my ($w, $code, $type, $day) = @_;
    my ($found) = grep { $_->{org_code} eq $code && $_->{parent_type} eq $type && holds($day, $_->{valid_from}, $_->{valid_to}) } rows($w, 'organisation_parent');
    return $found && organisation_on($w, $found->{parent_code}, $day) ? $found->{parent_code} : undef;
}

# 5a.1, 5a.2: a practice that is open and belongs to an organisation on the day. One that closed while its membership was left open belongs to none: its
# patients would be in its own figure and in no figure above it.
sub belongs_on {
    my ($w, $code, $day) = @_;
    return organisation_on($w, $code, $day) && (defined parent_on($w, $code, 'pcn', $day) || defined parent_on($w, $code, 'sub_icb', $day));
}

# Whom a figure of an organisation counts towards (comments on organisation_path_on and organisation_ancestor_on): itself, its PCN, its own sub-ICB, the
# ICB, region and nation of the lead sub-ICB of its PCN where it is in one, else of its own; and the site's groups.
sub counts_towards {
    my ($w, $code, $day) = @_;
    my $organisation = organisation_on($w, $code, $day) or return ();
    my $type = $organisation->{org_type};
    my $pcn = $type eq 'pcn' ? $code : $type eq 'practice' ? parent_on($w, $code, 'pcn', $day) : undef;
    my $sub_icb = $type eq 'sub_icb' ? $code : parent_on($w, $code, 'sub_icb', $day);
    my $lead = (defined $pcn ? parent_on($w, $pcn, 'sub_icb', $day) : undef) // $sub_icb; # a PCN without a lead is read as none
    my $icb = $type eq 'icb' ? $code : defined $lead ? parent_on($w, $lead, 'icb', $day) : undef;
    my $region = $type eq 'region' ? $code : defined $icb ? parent_on($w, $icb, 'region', $day) : undef;
    my $nation = $type eq 'nation' ? $code : defined $region ? parent_on($w, $region, 'nation', $day) : undef;
    my @groups = map { $_->{group_code} } grep { $_->{org_code} eq $code && holds($day, $_->{valid_from}, $_->{valid_to}) } rows($w, 'organisation_group');
    my %towards = map { $_ => 1 } grep { defined } $code, $pcn, $sub_icb, $icb, $region, $nation, @groups;
    return sort keys %towards;
}

# ------------------------------------------------------------------------------- patients
# patient.died_on: on and after it the patient is in no cohort.
sub is_alive_on {
    my ($w, $patient, $day) = @_;
    return !grep { $_->{patient_key} == $patient && defined $_->{died_on} && $_->{died_on} le $day } rows($w, 'patient');
}

# Where a patient is registered on a day: of several, the registration that began last, then the lower code (cohort_patient_at_month_end).
sub registered_at {
    my ($w, $patient, $day) = @_;
    my ($found) = sort { $b->{registered_from} cmp $a->{registered_from} || $a->{practice_code} cmp $b->{practice_code} }
        grep { $_->{patient_key} == $patient && holds($day, $_->{registered_from}, $_->{registered_to}) } rows($w, 'registration');
    return $found ? $found->{practice_code} : undef;
}

# Cohorts and registers that are on; of review cohorts (comment on mo_data.smr_cohort) those that a code which is on attains.
sub cohorts_on {
    my ($w, $kind) = @_;
    my %has_code = map { $_->{code_set} => 1 } grep { $_->{is_on} eq 't' } rows($w, 'code_set');
    return map { $_->{cohort_code} => 1 } grep { $_->{kind} eq $kind && $_->{is_on} eq 't' && ($kind ne 'smr' || $has_code{$_->{attained_by} // ''}) } rows($w, 'cohort');
}

# Cohorts of a kind that are on, each with the patient's spells that hold.
sub members_on {
    my ($w, $patient, $kind, $day) = @_;
    my %is_on = cohorts_on($w, $kind);
    my %member;
    for my $spell (rows($w, 'cohort_member')) {
        next unless $spell->{patient_key} == $patient && $is_on{$spell->{cohort_code}} && holds($day, $spell->{member_from}, $spell->{member_to});
        push @{$member{$spell->{cohort_code}}}, $spell;
    }
    return %member;
}

# What was done (attended, or no contact at all) on a known day with a code of the set that is on; a patient's, or everybody's.
sub events_of {
    my ($w, $set, $patient) = @_;
    my %is_on = map { $_->{code} => 1 } grep { $_->{code_set} eq $set && $_->{is_on} eq 't' } rows($w, 'code_set');
    return grep { $is_on{$_->{code}} && defined $_->{event_date} && (!defined $patient || $_->{patient_key} == $patient) && ($_->{outcome} // 'attended') eq 'attended' }
        rows($w, 'activity');
}

1;
