# The reference for the KPIs of safety, cost and staff.
package MoDashKpiCounted;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;
use MoDashKpiReference qw(count_for each_month rows organisation_on parent_on counts_towards);

our @EXPORT_OK = qw(counted_figures alert_of staff_on supervised_until scope_until);

sub counted_figures {
    my ($w, $figures) = @_;
    $_->($w, $figures) for \&alerts, \&hazards, \&events, \&incidents, \&culture, \&cost, \&switches, \&staff;
    return;
}

# ------------------------------------------------------------------------------- alerts (5a.3)
sub working_day {
    my ($w, $day) = @_;
    return weekday($day) >= 1 && weekday($day) <= 5 && !grep { $_->{day} eq $day && $_->{division} eq 'england-and-wales' } rows($w, 'bank_holiday');
}

sub deadline {
    my ($w, $issued, $value, $unit) = @_;
    return $issued + $value * HOUR if $unit eq 'hours';
    return $issued + $value * 24 * HOUR if $unit eq 'days'; # comment on mo.alert_deadline: a day is 24 hours
    my $day = london_day($issued);
    # comment on mo_data.alert_in_kpi: not known beyond the years whose bank holidays are loaded
    my @year = sort map { substr $_->{day}, 0, 4 } grep { $_->{division} eq 'england-and-wales' } rows($w, 'bank_holiday');
    return undef if !@year || substr($day, 0, 4) lt $year[0];
    for (1 .. $value) { do { $day = add_days($day, 1) } until working_day($w, $day) }
    return substr($day, 0, 4) gt $year[-1] ? undef : london_midnight(add_days($day, 1)) - 1;
}

# Day of issue and deadline (none: not due) of an alert whose class is in the KPI on that day.
sub alert_of {
    my ($w, $alert) = @_;
    my ($issued, $own) = @{$w->{time}{$alert->{alert_ref}}}{qw(issued own)};
    return unless defined $issued;
    my $day = london_day($issued);
    my ($window) = sort { $b->{valid_from} cmp $a->{valid_from} } grep { $_->{alert_class} eq $alert->{alert_class} && $_->{valid_from} le $day } rows($w, 'alert_window');
    return unless $window && $window->{in_kpi} eq 't';
    return {issued => $issued, day => $day, deadline => $own // (defined $window->{window_value} ? deadline($w, $issued, @$window{qw(window_value window_unit)}) : undef)};
}

# alert_closure_in_window. The as-at time is now.
sub alerts {
    my ($w, $figures) = @_;
    for my $alert (rows($w, 'alert')) {
        my $known = alert_of($w, $alert) or next;
        next unless defined $known->{deadline} && $known->{issued} <= $w->{now};
        for my $practice (sort grep { $w->{closed}{"$alert->{alert_ref} $_"} } @{$w->{practices}}) {
            my @closed = grep { defined && $_ <= $w->{now} } @{$w->{closed}{"$alert->{alert_ref} $practice"}};
            my ($first) = sort { $a <=> $b } grep { $_ >= $known->{issued} } @closed;
            next if !defined $first && (@closed || $w->{now} <= $known->{deadline});
            my $in_window = defined $first && $first <= $known->{deadline} ? 1 : 0;
            count_for($figures, 'alert_closure_in_window', $practice, month_of($known->{day}), $_, $in_window, 1) for '', "class_" . lc $alert->{alert_class};
        }
    }
    return;
}

# ------------------------------------------------------------------------------- hazards, events, incidents, audits
sub hazards {
    my ($w, $figures) = @_;
    for my $hazard (grep { defined $_->{reviewed_on} } rows($w, 'pincer_hazard')) {
        count_for($figures, 'pincer_interventions', $hazard->{practice_code}, month_of($hazard->{reviewed_on}), $_, 1, 0)
            for '', "indicator_$hazard->{indicator_code}", $hazard->{outcome} eq 'changed' ? 'reviewed_and_changed' : 'reviewed_no_change';
    }
    return;
}

sub events {
    my ($w, $figures) = @_;
    for my $event (rows($w, 'significant_event')) {
        my @themes = map { "theme_$_->{theme_code}" } grep { $_->{event_id} eq $event->{event_id} } rows($w, 'significant_event_theme');
        for my $what (grep { defined $event->{"${_}_on"} } qw(raised completed)) {
            count_for($figures, "sea_$what", $event->{practice_code}, month_of($event->{"${what}_on"}), $_, 1, 0) for '', @themes ? @themes : 'no_theme';
        }
    }
    return;
}

# The latest list of a practice on or before a month end; undef without any.
sub list_on {
    my ($w, $practice, $end) = @_;
    my @lists = grep { $_->{practice_code} eq $practice && $_->{month} le $end } rows($w, 'list_size');
    my $month = latest(map { $_->{month} } @lists);
    return defined $month ? [grep { $_->{month} eq $month } @lists] : undef;
}

sub open_practices {
    my ($w, $end) = @_;
    return grep { my $open = organisation_on($w, $_, $end); $open && $open->{org_type} eq 'practice' } @{$w->{practices}};
}

# incident_rate: practices without a list or not open are out of numerator and denominator, and PCNs that are not open or have none of the others; what a
# PCN itself raised is in its numerator.
sub incidents {
    my ($w, $figures) = @_;
    for my $month (each_month($w)) {
        my $end = month_end($month);
        my (%patients, %pcn);
        for my $practice (open_practices($w, $end)) {
            my $list = list_on($w, $practice, $end) or next;
            $patients{$practice} += $_->{patients} for @$list;
            my $pcn = parent_on($w, $practice, 'pcn', $end) // next;
            $pcn{$pcn} = 1 if organisation_on($w, $pcn, $end);
        }
        count_for($figures, 'incident_rate', $_, $month, '', 0, $patients{$_}) for keys %patients;
        for my $incident (grep { month_of($_->{occurred_on}) eq $month } rows($w, 'incident')) {
            my $org = $incident->{practice_code};
            count_for($figures, 'incident_rate', $org, $month, '', 1, 0) if exists $patients{$org} || $pcn{$org};
        }
    }
    return;
}

# safety_culture_score: the latest audit of the financial year so far; of two on one day the lower audit_id.
sub culture {
    my ($w, $figures) = @_;
    for my $month (each_month($w)) {
        my %latest;
        for my $audit (grep { $_->{audited_on} ge year_start($month) && $_->{audited_on} le month_end($month) } rows($w, 'culture_audit')) {
            my $before = $latest{$audit->{practice_code}};
            $latest{$audit->{practice_code}} = $audit
                if !$before || $before->{audited_on} lt $audit->{audited_on} || $before->{audited_on} eq $audit->{audited_on} && $audit->{audit_id} lt $before->{audit_id};
        }
        for my $audit (values %latest) {
            count_for($figures, 'safety_culture_score', $audit->{practice_code}, $month, $_, $audit->{score}, $audit->{maximum}) for '', "tool_$audit->{tool}";
        }
    }
    return;
}

# ------------------------------------------------------------------------------- cost (5a.4)
# A list's band takes the weight of the band that contains it; others weigh nothing.
sub weighted {
    my ($w, $list) = @_;
    my $weighted = 0;
    for my $cell (@$list) {
        my ($weight) = grep { $_->{sex} eq $cell->{sex} && $_->{age_from} <= $cell->{age_from} && (!defined $_->{age_to} || defined $cell->{age_to} && $cell->{age_to} <= $_->{age_to}) }
            rows($w, 'weight');
        $weighted += $cell->{patients} * $weight->{weight} if $weight;
    }
    return $weighted;
}

# Practices in whose sub-ICB something was prescribed that month, be it by a dummy (comment on prescribing_scope). Where no page says, as it is done: rows
# that are UNIDENTIFIED tell of no sub-ICB; those in no sub-ICB go by their ICB, and those in neither are in whenever the month has any.
sub cost {
    my ($w, $figures) = @_;
    for my $month (each_month($w)) {
        my $end = month_end($month);
        my @rows = grep { $_->{month} eq $month && $_->{unidentified} eq 'f' } rows($w, 'prescribing');
        my %loaded = map { $_ => 1 } map { payer($w, $_->{practice_code}, $end) } @rows;
        $loaded{anywhere} = @rows > 0;
        for my $practice (grep { !/998$/ } open_practices($w, $end)) {
            my $list = list_on($w, $practice, $end) or next;
            next unless $loaded{payer($w, $practice, $end)};
            my $cost = 0;
            $cost += $_->{actual_cost_e5} // 0 for grep { $_->{practice_code} eq $practice } @rows;
            count_for($figures, 'cost_per_weighted_patient', $practice, $month, '', $cost / 100_000, weighted($w, $list));
        }
    }
    return;
}

sub payer {
    my ($w, $practice, $day) = @_;
    my @towards = counts_towards($w, $practice, $day);
    return (grep({ /^00[AB]$/ } @towards), grep({ /^Q/ } @towards), 'anywhere')[0];
}

# switch_completion: a patient once a programme, at the first switch that stands; plans from the programme's first month.
sub switches {
    my ($w, $figures) = @_;
    for my $programme (rows($w, 'switch_programme')) {
        my ($code, $starts, $ends) = @$programme{qw(programme_code starts_on ends_on)};
        my $last = defined $ends ? month_of(add_days($ends, -1)) : '9999-12-01';
        for my $month (grep { $_ ge month_of($starts) && $_ le $last } each_month($w)) {
            my $end = month_end($month);
            my %first;
            for my $made (sort { $a->{switched_on} cmp $b->{switched_on} || $a->{practice_code} cmp $b->{practice_code} } rows($w, 'switch_action')) {
                next unless $made->{programme_code} eq $code && holds($made->{switched_on}, $starts, $ends) && $made->{switched_on} le $end;
                $first{$made->{patient_key}} //= $made->{practice_code} unless defined $made->{reversed_on} && $made->{reversed_on} le $end;
            }
            my @plans = grep { $_->{programme_code} eq $code && $_->{month} ge month_of($starts) && $_->{month} le $month } rows($w, 'switch_plan');
            for my $part ('', "programme_$code") {
                count_for($figures, 'switch_completion', $_, $month, $part, 1, 0) for values %first;
                count_for($figures, 'switch_completion', $_->{practice_code}, $month, $part, 0, $_->{planned_patients}) for @plans;
            }
        }
    }
    return;
}

# ------------------------------------------------------------------------------- staff
# People in an ARRS post on a day and not on long leave, once an organisation and role, with the first day of the earliest such post.
sub staff_on {
    my ($w, $day) = @_;
    my %is_arrs = map { $_->{role_code} => 1 } grep { $_->{is_on} eq 't' } rows($w, 'arrs_role');
    my %found;
    for my $post (grep { $is_arrs{$_->{role_code}} && defined $_->{staff_key} && holds($day, $_->{post_from}, $_->{post_to}) } rows($w, 'staff_post')) {
        next if grep { $_->{staff_key} == $post->{staff_key} && holds($day, $_->{leave_from}, $_->{leave_to}) } rows($w, 'staff_leave');
        my $person = $found{join '|', @$post{qw(staff_key org_code role_code)}} //= {%$post};
        $person->{post_from} = earliest($person->{post_from}, $post->{post_from});
    }
    return map { $found{$_} } sort keys %found;
}

# The interval of a person on a day: the person's (in the role, else in any), else the role's, else any; undef where none is set.
sub interval_on {
    my ($w, $person, $day) = @_;
    my @rules = grep { holds($day, $_->{valid_from}, $_->{valid_to}) } rows($w, 'supervision_requirement');
    for my $fits (sub { ($_->{staff_key} // 0) == $person->{staff_key} && ($_->{role_code} // '') eq $person->{role_code} },
        sub { ($_->{staff_key} // 0) == $person->{staff_key} && !defined $_->{role_code} }, sub { !defined $_->{staff_key} && ($_->{role_code} // '') eq $person->{role_code} },
        sub { !defined $_->{staff_key} && !defined $_->{role_code} }) {
        my ($rule) = grep { $fits->() } @rules;
        return $rule->{interval_days} if $rule;
    }
    return;
}

# The last day on which the person's supervision is in date: '' where none was held, undef where no interval is set.
sub supervised_until {
    my ($w, $person, $day) = @_;
    my $interval = interval_on($w, $person, $day);
    return unless defined $interval;
    my $last = latest(map { $_->{held_on} } grep { $_->{staff_key} == $person->{staff_key} && $_->{kind} ne 'managerial' && $_->{held_on} le $day } rows($w, 'supervision'));
    return defined $last ? add_days($last, $interval) : '';
}

# The last day on which the person's scope of practice is in date: of the reviews done by then, the one that holds longest.
sub scope_until {
    my ($w, $person, $day) = @_;
    my $to = latest(map { $_->{valid_to} } grep { $_->{staff_key} == $person->{staff_key} && $_->{reviewed_on} le $day } rows($w, 'scope_of_practice'));
    return defined $to ? add_days($to, -1) : '';
}

sub staff {
    my ($w, $figures) = @_;
    for my $month (each_month($w)) {
        my $end = month_end($month);
        for my $person (staff_on($w, $end)) {
            my %until = (supervision_current => scalar supervised_until($w, $person, $end), scope_current => scope_until($w, $person, $end));
            for my $kpi (grep { defined $until{$_} } keys %until) {
                count_for($figures, $kpi, $person->{org_code}, $month, $_, $until{$kpi} ge $end ? 1 : 0, 1) for '', "role_$person->{role_code}";
            }
        }
    }
    return;
}

1;
