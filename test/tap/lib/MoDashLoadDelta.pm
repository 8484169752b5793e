# The extracts of GP systems as load_random.t knows them, written from test/data/source_contracts.md and the comments of activity, emis_code and
# activity_removed: random files of changes, and what activity must hold after each, whatever the order of the files, links and dictionaries.
package MoDashLoadDelta;
use strict;
use warnings;
use Exporter qw(import);
use MoDashLoadFile qw(pick chance shuffled);

our @EXPORT_OK = qw(random_delta after_delta);

my @emis = qw(ObservationGuid PatientGuid OrganisationGuid EffectiveDate EffectiveDatePrecision EnteredDate EnteredTime ClinicianUserInRoleGuid
    EnteredByUserInRoleGuid ParentObservationGuid CodeId ProblemGuid ConsultationGuid Value NumericUnit ObservationType NumericRangeLow NumericRangeHigh
    DocumentGuid Qualifiers Abnormal AbnormalReason Episode Deleted IsConfidential ProcessingId);
my @emis_code = qw(CodeId Term ReadTermId SnomedCTConceptId SnomedCTDescriptionId NationalCode NationalCodeCategory NationalDescription
    EmisCodeCategoryDescription ProcessingId);
my @systmone = qw(RowIdentifier IDOrganisationVisibleTo DateEventRecorded DateEvent IDProfileEnteredBy IDDoneBy TextualEventDoneBy IDOrganisationDoneAt
    CTV3Code CTV3Text SNOMEDCode SNOMEDText NumericComparator IsNumeric NumericValue NumericUnit EpisodeType IDTemplate IDQuestionnaire IDEvent IDPatient
    IDReferralIn IDAppointment IDVisit IDOrganisation IDOrganisationRegisteredAt RemovedData);
my @concepts = qw(1239511000000100 1000731000000107 80274001);
my @months = qw(Jan Feb Mar Apr May Jun);

my %used;
sub processing_id { my $id; do { $id = 1 + int rand 100_000 } while $used{$id}++; return $id }
sub day { return sprintf '2025-%02d-%02d', 1 + int rand 6, 1 + int rand 28 }
sub number { return pick('', 7.5, 90, -1.5, 0) }

sub emis_row {
    my $deleted = chance(0.2);
    my $whole = !$deleted || chance(0.3);
    my $precision = pick('YMD', 'YMD', 'YMD', 'YM', 'Y', '');
    my %row = (ObservationGuid => 'O' . int rand 25, EnteredDate => day(), EnteredTime => '09:00:00', Deleted => $deleted ? 'true' : 'false', IsConfidential => 'false',
        ProcessingId => processing_id(), ObservationType => 'Observation', EffectiveDatePrecision => $precision);
    return \%row if !$whole;
    @row{qw(PatientGuid OrganisationGuid CodeId)} = ('S' . int rand 7, 'S' . int rand 3, 11 + int rand 6);
    $row{EffectiveDate} = $precision eq '' ? '' : day();
    @row{qw(Value NumericUnit ParentObservationGuid)} = (number(), pick('', 'mmol/L', "\xC2\xB5mol/L"), chance(0.3) ? 'O' . int rand 25 : '');
    return \%row;
}
sub bad_emis_row {
    my $row;
    do { $row = emis_row() } while $row->{Deleted} eq 'true';
    my ($column, $bad) = @{pick(['ObservationGuid', ''], ['ProcessingId', ''], ['ProcessingId', 'x'], ['EffectiveDate', '2025-02-30'], ['Value', 'high'], ['Deleted', 'maybe'], ['EnteredDate', 'today'])};
    $row->{EffectiveDatePrecision} = 'YMD' if $column eq 'EffectiveDate';
    return {%$row, $column => $bad, -bad => $column};
}
sub code_row { return {CodeId => 11 + int rand 6, Term => pick('a term', 'a, "term"'), SnomedCTConceptId => pick(@concepts, @concepts, ''), ProcessingId => processing_id()} }
sub bad_code_row { my ($c, $bad) = @{pick(['CodeId', ''], ['SnomedCTConceptId', '1.23951E+15'], ['ProcessingId', ''])}; return {%{code_row()}, $c => $bad, -bad => $c} }

sub time_of { my ($day) = @_; my ($y, $m, $d) = split /-/, $day; return sprintf '%s %s %s %s', $d, $months[$m - 1], $y, pick('00:00:00', '23:59:59', '08:30:00') }
sub systmone_rows {
    my $removed = chance(0.15);
    my $date = chance(0.85) ? day() : '';
    my %row = (RowIdentifier => 1 + int rand 30, IDOrganisationVisibleTo => 'S0', RemovedData => $removed ? 1 : 0, DateEventRecorded => time_of(day()), IsNumeric => 0,
        DateEvent => $date ? time_of($date) : '', -date => $date, IDOrganisationDoneAt => 'S' . int rand 3, IDOrganisationRegisteredAt => chance(0.8) ? 'S' . int rand 3 : '');
    $row{IDPatient} = 'S' . int rand 7 if !$removed || chance(0.3);
    $row{NumericValue} = number();
    $row{NumericComparator} = $row{NumericValue} eq '' ? '' : pick('', '<', '>', '~', '=');
    @row{qw(SNOMEDCode CTV3Code NumericUnit IDEvent)} = (pick(@concepts, @concepts, ''), 'XaF8d', pick('', 'mmol/L', "\xB5mol/L"), chance(0.3) ? 31 + int rand 30 : ''); # never itself
    $row{SNOMEDCode} ||= $concepts[0] if $removed;
    return map { +{%row, IDOrganisationVisibleTo => $_} } map { "S$_" } 0 .. pick(0, 0, 2);
}
sub bad_systmone_row {
    my $row;
    do { ($row) = systmone_rows() } while $row->{RemovedData};
    my ($column, $bad) = @{pick(['RowIdentifier', ''], ['DateEvent', '31 Feb 2025'], ['NumericComparator', '!'], ['NumericValue', 'x'], ['RemovedData', 'maybe'], ['DateEventRecorded', 'today'])};
    return {%$row, NumericValue => 5, RemovedData => 0, $column => $bad, -bad => $column};
}

# Rows of one event of a SystmOne file are the same but for who sees them, as RowIdentifier is one event.
sub random_delta {
    my $kind = pick(qw(emis emis emis_code systmone systmone));
    my ($make, $bad, $columns, $name, $source) = @{{emis => [\&emis_row, \&bad_emis_row, \@emis, 'CareRecord_Observation', 'activity_emis'],
        emis_code => [\&code_row, \&bad_code_row, \@emis_code, 'Coding_ClinicalCode', 'activity_emis'],
        systmone => [\&systmone_rows, \&bad_systmone_row, \@systmone, 'SRCode', 'activity_systmone']}->{$kind}};
    my @rows = map { $make->() } 1 .. pick(1, 3, 12, 30);
    if ($kind eq 'systmone') {
        my %first;
        my %live = map { $_->{RowIdentifier} => 1 } @rows;
        @rows = grep { my $id = "$_->{RowIdentifier} $_->{RemovedData}"; my %of = (%$_, IDOrganisationVisibleTo => ''); my $text = join '|', map { "$_=" . ($of{$_} // '') } sort keys %of; ($first{$id} //= $text) eq $text } @rows;
    }
    @rows = shuffled(@rows, map { $bad->() } 1 .. pick(0, 0, 1, 3));
    return {kind => $kind, source => $source, name => $name . '_2025' . pick('01', '02', '') . '.csv', columns => $columns, rows => \@rows, part => '', others => 1};
}

# ------------------------------------------------------------------------------- what must be afterwards
# $world: activity (by system and event), removed, code (by CodeId), patient_link and organisation_link (by system and identifier). Gives what is different
# after a file: {must: groups of lines of which one has to be rejected, may: lines that may be, changed: events, months, perhaps: months}.
sub emis_event {
    my ($world, $row) = @_;
    my @lack;
    my $patient = $world->{patient_link}{"emis\x1f" . ($row->{PatientGuid} // '')} // push @lack, 'PatientGuid';
    my $practice = $world->{organisation_link}{"emis\x1f" . ($row->{OrganisationGuid} // '')} // push @lack, 'OrganisationGuid';
    my $code = ($world->{code}{$row->{CodeId} // ''} // {})->{concept};
    push @lack, 'CodeId' if !defined $code;
    return (undef, @lack) if @lack;
    return {source_system => 'emis', event_id => $row->{ObservationGuid}, patient_key => $patient, practice_code => $practice, code => $code,
        event_date => $row->{EffectiveDatePrecision} eq 'YMD' ? $row->{EffectiveDate} : undef, recorded_date => $row->{EnteredDate},
        value_number => none($row->{Value}), value_unit => none($row->{NumericUnit}), linked_event_id => none($row->{ParentObservationGuid})};
}
sub none { return defined $_[0] && $_[0] ne '' ? $_[0] : undef }
sub day_of { my ($d, $m, $y) = $_[0] =~ /^(\d+) (\w+) (\d+)/; my ($n) = grep { $months[$_] eq $m } 0 .. $#months; return sprintf '%s-%02d-%s', $y, $n + 1, $d }

sub systmone_event {
    my ($world, $row) = @_;
    my @lack;
    my $patient = $world->{patient_link}{"systmone\x1f" . ($row->{IDPatient} // '')} // push @lack, 'IDPatient';
    my $at = $row->{IDOrganisationRegisteredAt} ne '' ? 'IDOrganisationRegisteredAt' : 'IDOrganisationDoneAt';
    my $practice = $world->{organisation_link}{"systmone\x1f$row->{$at}"} // push @lack, $at;
    push @lack, 'SNOMEDCode' if $row->{SNOMEDCode} eq '';
    return (undef, @lack) if @lack;
    return {source_system => 'systmone', event_id => $row->{RowIdentifier}, patient_key => $patient, practice_code => $practice, code => $row->{SNOMEDCode},
        event_date => none($row->{-date}), recorded_date => day_of($row->{DateEventRecorded}), value_number => none($row->{NumericValue}),
        value_comparator => $row->{NumericComparator} =~ /^=?$/ ? undef : $row->{NumericComparator}, value_unit => $row->{NumericUnit} eq '' ? undef : $row->{NumericUnit} =~ s/\xB5/\xC2\xB5/r,
        linked_event_id => none($row->{IDEvent})};
}

sub month_of { return $_[0] ? substr($_[0], 0, 7) . '-01' : () }
sub note_change {
    my ($say, $was, $is) = @_;
    my %names = (%{$was // {}}, %{$is // {}});
    delete $names{processing_id};
    my $changed = !$was || !$is || grep { ($was->{$_} // "\x1e") ne ($is->{$_} // "\x1e") } keys %names;
    $say->{changed}++ if $changed;
    $say->{new}++ if !$was;
    $say->{$changed ? 'months' : 'perhaps'}{$_} = 1 for map { month_of($_->{event_date}) } grep { $_ } $was, $is;
    return;
}

sub usable {
    my ($file, $say) = @_;
    $say->{must} = [map { defined $file->{rows}[$_]{-bad} ? [[$file->{lines}[$_], $file->{rows}[$_]{-bad}]] : () } 0 .. $#{$file->{rows}}];
    $say->{bad} = @{$say->{must}};
    $say->{unlinked} = 0;
    return map { defined $file->{rows}[$_]{-bad} ? () : [$file->{lines}[$_], $file->{rows}[$_]] } 0 .. $#{$file->{rows}};
}

sub after_emis {
    my ($world, $file, $say) = @_;
    my %last;
    for (usable($file, $say)) {
        my $event = $_->[1]{ObservationGuid};
        $last{$event} = $_ if !$last{$event} || $last{$event}[1]{ProcessingId} < $_->[1]{ProcessingId};
    }
    for my $event (sort keys %last) {
        my ($line, $row) = @{$last{$event}};
        my $id = "emis\x1f$event";
        my $known = (sort { $b <=> $a } $world->{removed}{$id} // 0, ($world->{activity}{$id} // {})->{processing_id} // 0)[0];
        my $later = $row->{ProcessingId} > $known;
        my $was = $world->{activity}{$id};
        if ($row->{Deleted} eq 'true') {
            next if !$later;
            note_change($say, $was, undef) if $was;
            delete $world->{activity}{$id};
            $world->{removed}{$id} = $row->{ProcessingId};
            next;
        }
        my ($is, @lack) = emis_event($world, $row);
        if (!$is) {
            push @{$say->{$later ? 'must' : 'may'}}, [map { [$line, $_] } @lack];
            $say->{unlinked}++;
        } elsif ($later) {
            $is->{processing_id} = $row->{ProcessingId};
            note_change($say, $was, $is);
            $world->{activity}{$id} = $is;
            delete $world->{removed}{$id};
        }
    }
    return;
}

sub after_emis_code {
    my ($world, $file, $say) = @_;
    for (usable($file, $say)) {
        my $row = $_->[1];
        my $was = $world->{code}{$row->{CodeId}};
        next if $was && $was->{processing_id} >= $row->{ProcessingId};
        $world->{code}{$row->{CodeId}} = {code_id => $row->{CodeId}, concept => none($row->{SnomedCTConceptId}), term => $row->{Term}, processing_id => $row->{ProcessingId}};
        $say->{changed}++;
    }
    return;
}

sub after_systmone {
    my ($world, $file, $say) = @_;
    my %rows;
    push @{$rows{$_->[1]{RowIdentifier}}}, $_ for usable($file, $say);
    for my $event (sort keys %rows) {
        my @rows = @{$rows{$event}};
        my $id = "systmone\x1f$event";
        my $was = $world->{activity}{$id};
        my @live = grep { !$_->[1]{RemovedData} } @rows;
        if (@live < @rows) {
            note_change($say, $was, undef) if $was;
            delete $world->{activity}{$id};
            $say->{changed}++ if !exists $world->{removed}{$id};
            $world->{removed}{$id} = undef;
            push @{$say->{may}}, [map { [$_->[0], ''] } @live]; # of an event that is removed nothing is lost, said or not
            $say->{unlinked} += @live;
            next;
        }
        my ($is, @lack) = systmone_event($world, $live[0][1]);
        push @lack, 'RowIdentifier' if exists $world->{removed}{$id};
        if (@lack) {
            push @{$say->{must}}, [map { my $line = $_->[0]; map { [$line, $_] } @lack } @live];
            $say->{unlinked} += @live;
            next;
        }
        note_change($say, $was, $is);
        $world->{activity}{$id} = $is;
    }
    return;
}

sub after_delta {
    my ($world, $file) = @_;
    my %say = (must => [], may => [], changed => 0, new => 0, months => {}, perhaps => {}, unlinked => 0);
    my %copy = map { $_ => {%{$world->{$_}}} } keys %$world;
    {emis => \&after_emis, emis_code => \&after_emis_code, systmone => \&after_systmone}->{$file->{kind}}->(\%copy, $file, \%say);
    return {%say, world => \%copy};
}

1;
