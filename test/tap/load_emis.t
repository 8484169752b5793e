#!/usr/bin/env perl
# EMIS: observations with their codes, deltas in the order of their ProcessingId whatever the order of the files, deletions, partial
# dates, and what is not linked.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_load_emis');
my ($code, $out, $err);
sub load { ($code, $out, $err) = modash('load', @_); return $code }
sub batch { return psql("select $_[0] from mo_data.load_batch order by batch_id desc limit 1") }
sub activity { return psql("select string_agg(concat_ws(' ', event_id, event_date, value_number, processing_id), '; ' order by event_id) from mo_data.activity where source_system = 'emis'") }

my $header = 'ObservationGuid,PatientGuid,OrganisationGuid,EffectiveDate,EffectiveDatePrecision,EnteredDate,EnteredTime,ClinicianUserInRoleGuid,'
    . 'EnteredByUserInRoleGuid,ParentObservationGuid,CodeId,ProblemGuid,ConsultationGuid,Value,NumericUnit,ObservationType,NumericRangeLow,NumericRangeHigh,'
    . "DocumentGuid,Qualifiers,Abnormal,AbnormalReason,Episode,Deleted,IsConfidential,ProcessingId\n";
sub row {
    my (%v) = (event => 'E1', patient => 'P1', organisation => 'O1', date => '2026-04-10', precision => 'YMD', parent => '', code => 11, value => '', unit => '',
        deleted => 'false', @_);
    return "$v{event},$v{patient},$v{organisation},$v{date},$v{precision},2026-04-11,09:00:00,,,$v{parent},$v{code},,,$v{value},$v{unit},Observation,,,,,,,,$v{deleted},false,$v{id}\n";
}
my $codes = "CodeId,Term,ReadTermId,SnomedCTConceptId,SnomedCTDescriptionId,NationalCode,NationalCodeCategory,NationalDescription,EmisCodeCategoryDescription,ProcessingId\n";
sub code_row { return "$_[0],a term,,$_[1],,,,,,$_[2]\n" }

my $first = file_with('CareRecord_Observation_202604.csv', $header, row(id => 101),
    row(event => 'E2', id => 102, value => '7.5', unit => 'mmol/L', parent => 'E1', code => 12),
    row(event => 'E2', id => 105, value => '6.5', unit => 'mmol/L', parent => 'E1', code => 12, date => '2026-05-02'),
    row(event => 'E3', id => 103, precision => 'YM', date => '2026-04-01'), row(event => 'E4', id => 104, precision => 'Y', date => '2026-01-01'),
    row(event => 'E5', id => 106, precision => '', date => ''), row(event => 'E6', id => 107, patient => 'P9'), row(event => 'E7', id => 108, code => 13),
    row(event => 'E8', id => 109, organisation => 'O9'), row(event => 'E9', id => 110, code => 99));
my $dictionary = file_with('Coding_ClinicalCode_202604.csv', $codes, code_row(11, '1239511000000100', 1), code_row(12, '1000731000000107', 4), code_row(12, '999', 2), code_row(13, '', 3));

psql(q{insert into mo_data.patient_link values ('emis', 'P1', 1), ('systmone', 'P9', 9); insert into mo_data.organisation_link values ('emis', 'O1', 'A81001')});
is(load('activity_emis', $first, $dictionary), 3, 'observations and codes given together: exit 3') or diag $err;
like($out, qr/\ACoding_ClinicalCode_202604.csv.*^CareRecord/ms, 'the codes went first, though given last');
is(activity(), 'E1 2026-04-10 101; E2 2026-05-02 6.5 105; E3 103; E4 104; E5 106', 'a partial date, or none, is no event date; of two changes the later counts');
is(psql(q{select concat_ws(' ', patient_key, practice_code, code, recorded_date, value_unit, linked_event_id) from mo_data.activity where event_id = 'E2'}),
    '1 A81001 1000731000000107 2026-04-11 mmol/L E1', 'links, codes, unit, parent');
is(psql(q{select string_agg(concat_ws(' ', line_no, column_name, reason), '; ' order by line_no) from mo_data.load_reject}),
    '8 PatientGuid is not in patient_link; 9 CodeId "13" has no SNOMED concept in emis_code: load Coding_ClinicalCode; '
    . '10 OrganisationGuid "O9" is not in organisation_link; 11 CodeId "99" has no SNOMED concept in emis_code: load Coding_ClinicalCode', 'what is not linked is rejected, each with its reason');
is(psql('select count(*) from mo_data.load_reject where line is null or line !~ \'^E[6-9],\''), 0, '... and its line');
is(batch("concat_ws(' ', rows_read, rows_kept, rows_rejected, months::text)"), '10 6 4 {2026-04-01,2026-05-01}', 'counted; months of the event dates');
like($out, qr/3 events without a full date, which attain nothing/, '... events without a full date are counted');
like($out, qr/1 rows are earlier states of events that the file has again/, '... and steps on the way');

# --- the same file again: only once there is something new to link
is(load('activity_emis', $first), 5, 'the same file again: exit 5');
psql(q{delete from mo_data.patient_link where source_system = 'systmone'});
load('patient_link', file_with('patient_link.csv', "source_system,source_patient_id,patient_key\nemis,P1,1\nemis,P9,9\n"));
is(load('activity_emis', $first), 3, 'after more links it may be loaded again') or diag $out . $err;
is(activity(), 'E1 2026-04-10 101; E2 2026-05-02 6.5 105; E3 103; E4 104; E5 106; E6 2026-04-10 107', '... and what is linked now comes in');
like($out, qr/5 changes are not later than what is loaded/, '... the others were there');
is(batch('months::text'), '{2026-04-01}', '... and only its month is touched');
is(psql('select count(*) from mo_data.activity where batch_id = (select min(batch_id) from mo_data.activity)'), 5, '... they keep their load');

# --- deltas out of order: the later file (301 ...) is loaded before the earlier one (201 ...)
is(load('activity_emis', file_with('later.csv', $header, row(event => 'E1', id => 301, deleted => 'true', patient => '', organisation => '', code => '', date => ''),
    row(event => 'E2', id => 302, value => '5', date => '2026-06-01'), row(event => 'N1', id => 303, deleted => 'true'), row(event => 'E3', id => 304, date => '2026-03-03'))), 0,
    'deletions, one of an event that has not come yet') or diag $err;
is(activity(), 'E2 2026-06-01 5 302; E3 2026-03-03 304; E4 104; E5 106; E6 2026-04-10 107', 'Deleted removes what an earlier load brought; a date may become known');
is(batch('months::text'), '{2026-03-01,2026-04-01,2026-05-01,2026-06-01}', '... months before and after the change');
like($out, qr/removes 1 events loaded before; replaces 2 events/, '... and says so');
is(load('activity_emis', file_with('earlier.csv', $header, row(event => 'E1', id => 201, value => '1'), row(event => 'E2', id => 202, value => '1'), row(event => 'N1', id => 203),
    row(event => 'N2', id => 204), row(event => 'N3', id => 205), row(event => 'N3', id => 206, deleted => 'true'))), 0, 'the earlier file comes late') or diag $err;
is(activity(), 'E2 2026-06-01 5 302; E3 2026-03-03 304; E4 104; E5 106; E6 2026-04-10 107; N2 2026-04-10 204', '... what was deleted or changed since stays so');
like($out, qr/3 changes are not later than what is loaded/, '... and says so');
is(load('activity_emis', file_with('again.csv', $header, row(event => 'E1', id => 401))), 0, 'a deleted event that is entered anew');
like(activity(), qr/^E1 2026-04-10 401; /, '... is back');
is(psql(q{select string_agg(event_id, ' ' order by event_id) from mo_data.activity_removed}), 'N1 N3', '... and no longer remembered as removed');

# --- bad input
is(load('activity_emis', file_with('bad.csv', $header, row(event => '', id => 501), row(event => 'B1', id => ''), row(event => 'B2', id => 503, date => '2026-02-30'),
    row(event => 'B3', id => 504, value => 'high'), row(event => 'B4', id => 505, deleted => 'maybe'), row(event => 'B5', id => 506))), 3, 'bad lines: exit 3');
is(join("\n", grep { /^bad/ } split /\n/, $err), 'bad.csv:2: ObservationGuid: is empty
bad.csv:3: ProcessingId: is empty
bad.csv:4: EffectiveDate: "2026-02-30" is not a date
bad.csv:5: Value: "high" is not a number
bad.csv:6: Deleted: "maybe" is neither true nor false', '... each with its reason');
(my $without = $header) =~ s/,Deleted//;
is(load('activity_emis', file_with('without.csv', $without, "x\n")), 2, 'a file without Deleted is refused');
like($err, qr/looks like emis_observation but has no column DELETED/, '... and says why');
is(load('activity_emis', file_with('lost.csv', $codes, code_row(11, '1.23951E+15', 9), code_row(14, '123', 8))), 3, 'a concept from a spreadsheet');
like($err, qr/SnomedCTConceptId: "1.23951E\+15" has lost its last digits/, '... is rejected');
is(load('activity_emis', file_with('zeros.csv', $codes, code_row(11, '1079381000000100', 9), code_row(14, '1239511000000100', 8))), 3, '... one whose last digits are 0 now');
like($err, qr/SnomedCTConceptId: "1079381000000100" has lost its last digits/, '... is rejected, and one whose check digit agrees is not');
is(psql('select snomed_concept from mo_data.emis_code where code_id = 12'), '1000731000000107', 'the dictionary is a delta too');
is(psql('select count(*) from mo_data.load_batch where rows_read <> rows_kept + rows_rejected'), 0, 'rows read = kept + rejected, always');
done_testing();
