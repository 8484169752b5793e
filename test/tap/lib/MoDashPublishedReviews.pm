# Reviews against the year's target in a random world: patients of a cohort, their reviews, what PCNs have agreed to, by the month or not; and what
# smr_completed and its targets must be of every organisation (design.md 5a.2, comments on mo_data.cohort_target, cohort_target_profile, kpi_target_of).
package MoDashPublishedReviews;
use strict;
use warnings;
use Exporter qw(import);
use List::Util qw(sum0);
use MoDashPublishedWorld qw(pick chance rows a_load months_of april_of later_day later_month month_end);

our @EXPORT_OK = qw(add_reviews reviews_sql review_figures review_target change_reviews);

my @levels = qw(pcn sub_icb icb region nation);

# ---------------------------------------------------------------------------------------------------------------------------------- what happened
sub add_reviews {
    my ($world) = @_;
    my @months = @{$world->{months}};
    my %kpi = (id => 'smr_completed', source => 'activity', lag => 14, unit => 'percent', family => 'clinical_activity', order => 100, per => 1, decimals => 1, direction => 'higher', basis => 'stock',
        interval => 'none', front => 1, begins => 0, april => 1, base => 'practice', add_up => 0, parts => [qw(CARE_HOME in_month)], hide_from => 1, hide_to => pick(2, 7), loaded => [@months],
        sources => [qw(activity activity_emis activity_systmone cohort_member registration patient pcn_members cohort code_set cohort_target)], reviews => 1);
    $kpi{months} = [months_of({%kpi, sources => ['activity']})];
    for my $org (grep { $_->{type} eq 'practice' && ($_->{setting} // 0) == 4 && $_->{code} !~ /998$/ } map { $world->{org}{$_} } sort keys %{$world->{org}}) {
        for (1 .. pick(0, 3, 20)) {
            push @{$world->{patient}}, {practice => $org->{code}, reviews => [map { later_day($months[0], int rand 31 * @months) } 1 .. pick(0, 1, 2)]};
        }
    }
    for my $pcn (grep { $world->{org}{$_}{type} eq 'pcn' && chance(0.7) } sort keys %{$world->{org}}) {
        for (my $year = april_of($months[0]); $year le $months[-1]; $year = later_month($year, 12)) { agree($world, $pcn, $year) if chance(0.8) }
    }
    push @{$world->{load}}, a_load('activity', 'loaded', @months), map { a_load($_, 'loaded') } qw(cohort_member registration patient pcn_members);
    push @{$world->{target}}, ['smr_completed', pick(grep { $world->{org}{$_}{type} =~ /pcn|icb/ } sort keys %{$world->{org}}), '2020-01-01', undef, 0.25] if chance(0.3);
    push @{$world->{kpi}}, \%kpi;
    return;
}

# A PCN's target of a year: of all cohorts together, or of some; and, of some PCNs, how much of it is due by the end of some of the months.
sub agree {
    my ($world, $pcn, $year) = @_;
    my $of = chance(0.5) ? {ALL => pick(0, 4, 60)} : {CARE_HOME => 1 + int rand 40, chance(0.5) ? (POLYPHARMACY => 1 + int rand 20) : ()};
    my $share = 0;
    my %profile = chance(0.5) ? () : map { $share += rand() / 10; $_ => sprintf('%.3f', $share > 1 ? 1 : $share) + 0 } grep { chance(0.8) } 1 .. 12;
    $world->{agreed}{$pcn}{$year} = {of => $of, profile => \%profile};
    return;
}

sub agreed_sql {
    my ($world) = @_;
    my (@targets, @profile);
    for my $pcn (sort keys %{$world->{agreed}}) {
        for my $year (sort keys %{$world->{agreed}{$pcn}}) {
            my $agreed = $world->{agreed}{$pcn}{$year};
            push @targets, map { [$pcn, $_, $year, $agreed->{of}{$_}] } sort keys %{$agreed->{of}};
            push @profile, map { [$pcn, $year, $_, $agreed->{profile}{$_}] } sort keys %{$agreed->{profile}};
        }
    }
    return 'delete from mo_data.cohort_target; delete from mo_data.cohort_target_profile;'
        . rows('mo_data.cohort_target (pcn_code, cohort_code, year_start, target_patients)', @targets) . rows('mo_data.cohort_target_profile (pcn_code, year_start, financial_month, cumulative_share)', @profile);
}

sub reviews_sql {
    my ($world) = @_;
    my ($kpi) = grep { $_->{reviews} } @{$world->{kpi}} or return '';
    my @patients = @{$world->{patient} // []};
    my $event = 0;
    return "update mo_data.kpi set is_active = true, name = 'Name of smr_completed', short_name = 'smr_completed', numerator_wording = 'n', denominator_wording = 'd', rationale = 'r', reference = 'r',
        hide_to = $kpi->{hide_to} where kpi_id = 'smr_completed';\n"
        . rows('mo_data.patient (patient_key)', map { [$_] } 1 .. @patients) . rows('mo_data.registration (patient_key, practice_code, registered_from)', map { [$_ + 1, $patients[$_]{practice}, '1990-01-01'] } 0 .. $#patients)
        . rows('mo_data.cohort_member (patient_key, cohort_code, member_from)', map { [$_, 'CARE_HOME', '1990-01-01'] } 1 .. @patients)
        . rows('mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date)',
            map { my $n = $_; map { ['flat', 'E' . ++$event, $n + 1, $patients[$n]{practice}, '1239511000000100', $_] } @{$patients[$n]{reviews}} } 0 .. $#patients)
        . agreed_sql($world);
}

# Another target, another profile.
sub change_reviews {
    my ($world) = @_;
    my @pcns = sort keys %{$world->{agreed} // {}} or return '';
    my $pcn = pick(@pcns);
    agree($world, $pcn, pick(sort keys %{$world->{agreed}{$pcn}}));
    return agreed_sql($world);
}

# ---------------------------------------------------------------------------------------------------------------------------------- what it makes
# A PCN's target of a year for a part ('': the whole); undef or 0: none.
sub target_of {
    my ($world, $april, $pcn, $part) = @_;
    my $of = ($world->{agreed}{$pcn}{$april} // return)->{of};
    return $part eq '' ? $of->{ALL} || sum0(values %$of) : $of->{$part};
}

# Reviews are set against a target where the PCN has one; they are shown alone only where none has.
sub is_asked {
    my ($world, $april, $part, $own) = @_;
    my @asked = grep { target_of($world, $april, $_, $part) } keys %{$world->{agreed} // {}};
    return !@asked || grep { $_ eq ($own // '') } @asked;
}

# Base figures: patients of each practice that belongs to an organisation on the month's last day, with a review since 1 April or in the month, and targets of PCNs.
sub review_figures {
    my ($world, $kpi, $path_on) = @_;
    my (%patients, @figures);
    push @{$patients{$_->{practice}}}, $_ for @{$world->{patient} // []};
    for my $month (@{$kpi->{months}}) {
        my ($end, $april) = (month_end($month), april_of($month));
        my $path = $path_on->($world, $end);
        for my $practice (grep { $path->{$_} && grep { defined } @{$path->{$_}}{@levels} } sort keys %patients) {
            my @had = map { my $since = $_; scalar grep { grep { $_ ge $since && $_ le $end } @{$_->{reviews}} } @{$patients{$practice}} } $april, $month;
            push @figures, map { [$practice, $month, @$_, 0] } (grep { is_asked($world, $april, $_->[0], $path->{$practice}{pcn}) } ['', $had[0]], ['CARE_HOME', $had[0]]), ['in_month', $had[1]];
        }
        for my $pcn (sort keys %{$world->{agreed} // {}}) {
            push @figures, map { [$pcn, $month, $_, 0, target_of($world, $april, $pcn, $_)] } grep { target_of($world, $april, $pcn, $_) } '', qw(CARE_HOME POLYPHARMACY);
        }
    }
    return \@figures;
}

# The share of the year's target due by the end of a month: the PCN's by its profile, linear where that has no row; above, over the PCNs together. Undef: none.
sub review_target {
    my ($world, $month, $type, $code, $path) = @_;
    my ($due, $all) = (0, 0);
    for my $pcn (grep { $path->{$_} && ($path->{$_}{$type} // '') eq $code } keys %{$world->{agreed} // {}}) {
        my $agreed = $world->{agreed}{$pcn}{april_of($month)} or next;
        my $target = target_of($world, april_of($month), $pcn, '') or next;
        my $n = (substr($month, 5, 2) + 8) % 12 + 1;
        $due += $target * ($agreed->{profile}{$n} // $n / 12);
        $all += $target;
    }
    return $all ? $due / $all : undef;
}

1;
