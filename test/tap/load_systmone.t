#!/usr/bin/env perl
# SystmOne: one event for all organisations that see it, removals, the practice of registration, codes, dates, comparators.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_load_systmone');
my ($code, $out, $err);
sub load { ($code, $out, $err) = modash('load', @_); return $code }
sub batch { return psql("select $_[0] from mo_data.load_batch order by batch_id desc limit 1") }

my $header = 'RowIdentifier,IDOrganisationVisibleTo,DateEventRecorded,DateEvent,IDProfileEnteredBy,IDDoneBy,TextualEventDoneBy,IDOrganisationDoneAt,CTV3Code,CTV3Text,'
    . 'SNOMEDCode,SNOMEDText,NumericComparator,IsNumeric,NumericValue,NumericUnit,EpisodeType,IDTemplate,IDQuestionnaire,IDEvent,IDPatient,IDReferralIn,IDAppointment,'
    . "IDVisit,IDOrganisation,IDOrganisationRegisteredAt,RemovedData\n";
sub row {
    my (%v) = (seen => 'A81001', recorded => '11 Apr 2026 09:30:00', date => '10 Apr 2026 08:00:00', done => 'A81001', ctv3 => '', code => '80274001', comparator => '', value => '',
        unit => '', event => '', patient => 7, registered => 'A81001', removed => 0, @_);
    return "$v{id},$v{seen},$v{recorded},$v{date},,,,$v{done},$v{ctv3},text,$v{code},text,$v{comparator},0,$v{value},$v{unit},,,,$v{event},$v{patient},,,,$v{done},$v{registered},$v{removed}\n";
}
psql(q{insert into mo_data.patient_link values ('systmone', '7', 1); insert into mo_data.organisation_link values ('systmone', 'A81001', 'A81001'), ('systmone', 'A81002', 'A81002')});

is(load('activity_systmone', file_with('SRCode_202604.csv', $header,
    row(id => 1), row(id => 1, seen => 'A81002'), row(id => 1, seen => 'A81003'),
    row(id => 2, comparator => '>', value => 90, unit => "\xB5mol/L", done => 'A81002', event => 1),
    row(id => 3, date => ''), row(id => 4, code => '', ctv3 => 'XaF8d'), row(id => 5, code => -1, ctv3 => 'XaF8e'), row(id => 6, patient => 8),
    row(id => 7, registered => '', done => 'A81002'), row(id => 8, registered => 'Z9'), row(id => 9, comparator => '!', value => 1), row(id => 10, date => '31 Feb 2026'),
    row(id => 11), row(id => 11, removed => 1), row(id => 12, removed => 1), row(id => 13, date => '2026-04-09', comparator => '=', value => '-1.5'))), 3, 'SRCode: exit 3') or diag $err;
is(psql(q{select string_agg(concat_ws(' ', event_id, patient_key, practice_code, code, event_date, recorded_date, value_comparator, value_number, value_unit, linked_event_id), E'\n' order by event_id::integer) from mo_data.activity}),
    "1 1 A81001 80274001 2026-04-10 2026-04-11
2 1 A81001 80274001 2026-04-10 2026-04-11 > 90 \xC2\xB5mol/L 1
3 1 A81001 80274001 2026-04-11
7 1 A81002 80274001 2026-04-10 2026-04-11
13 1 A81001 80274001 2026-04-09 2026-04-11 -1.5", 'once for all who see it; at the practice of registration, else where it was done; Windows-1252; dates with and without time');
is(join("\n", grep { /^SRCode/ } split /\n/, $err), 'SRCode_202604.csv:7: SNOMEDCode: is empty: the row has a CTV3 code only (XaF8d)
SRCode_202604.csv:8: SNOMEDCode: is empty: the row has a CTV3 code only (XaF8e)
SRCode_202604.csv:9: IDPatient: is not in patient_link
SRCode_202604.csv:11: IDOrganisationRegisteredAt: "Z9" is not in organisation_link
SRCode_202604.csv:12: NumericComparator: "!" is none of < <= > >= ~
SRCode_202604.csv:13: DateEvent: "31 Feb 2026" is not a date', 'rejected, each with its reason');
is(batch("concat_ws(' ', rows_read, rows_kept, rows_rejected, months::text)"), '16 10 6 {2026-04-01}', 'counted');
like($out, qr/1 events without a full date.*3 rows repeat an event for another organisation or removal; 1 events of patients registered nowhere/, '... and said');

is(load('activity_systmone', file_with('SRCode_202605.csv', $header, row(id => 2, removed => 1, patient => ''), row(id => 3, date => '12 Mar 2026 08:00:00'), row(id => 1),
    row(id => 12), row(id => 20, date => '02 May 2026 08:00:00'))), 3, 'the next month');
is(psql(q{select string_agg(event_id || ' ' || event_date, '; ' order by event_id::integer) from mo_data.activity}), '1 2026-04-10; 3 2026-03-12; 7 2026-04-10; 13 2026-04-09; 20 2026-05-02',
    'RemovedData removes what an earlier load brought; a later row is the truth');
like($err, qr/^SRCode_202605.csv:5: RowIdentifier: the event was removed by load \d+/m, 'what was removed does not come back');
like($out, qr/removes 1 events loaded before; replaces 1 events; 1 events are as they are loaded already/, 'said');
is(batch("months::text"), '{2026-03-01,2026-04-01,2026-05-01}', 'months of what changed');
is(psql("select count(*) from mo_data.activity a join mo_data.load_batch b using (batch_id) where b.file_name = 'SRCode_202604.csv'"), 3, 'what did not change keeps its load');
is(load('activity_systmone', scratch('SRCode_202605.csv')), 5, 'the same file again: exit 5');
is(load('activity_systmone', file_with('SRCode_209901.csv', $header, row(id => 901, code => '1079381000000100'), row(id => 902, code => '1239511000000100'))), 3, 'a code whose last digits a spreadsheet lost');
like($err, qr/^SRCode_209901.csv:2: SNOMEDCode: "1079381000000100" has lost its last digits/m, '... is rejected');
is(load('activity_systmone', file_with('SRCode_209902.csv', $header, row(id => '903000000000000000'), row(id => '903000000000000000', patient => 7, seen => 'A81002'),
    row(id => '903000000000000000', date => '11 Apr 2026 08:00:00'), row(id => '903000000000000000', code => '1239511000000100'))), 3, 'other events with the same identifier');
is(join("\n", grep { /^SRCode/ } split /\n/, $err), 'SRCode_209902.csv:4: RowIdentifier: is that of another event, on line 2: a spreadsheet may have taken its last digits
SRCode_209902.csv:5: RowIdentifier: is that of another event, on line 2: a spreadsheet may have taken its last digits', '... are rejected, and one that another organisation sees is not');
is(batch("concat_ws(' ', rows_read, rows_kept, rows_rejected)"), '4 2 2', '... and counted');
is(psql('select count(*) from mo_data.load_batch where rows_read <> rows_kept + rows_rejected'), 0, 'rows read = kept + rejected, always');
done_testing();
