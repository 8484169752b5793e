#!/usr/bin/env perl
# Flat files: headers, values, the table's own rules, what a new file replaces, and what it says it touched.
use strict;
use warnings;
use Test::More;
use Digest::MD5 qw(md5_hex);
use MoDash;

fresh_database('mo_load_flat');
my ($code, $out, $err);

sub load { ($code, $out, $err) = modash('load', @_); return $code }
sub batch { return psql("select $_[0] from mo_data.load_batch order by batch_id desc limit 1") }
# One line of a file that is rejected beside a good one: column and reason as load_reject has them.
sub rejected {
    my ($what, $source, $header, $bad, $good, $expected) = @_;
    is(load($source, file_with("$source.csv", "$header\n$bad\n$good\n")), 3, "$what: exit 3") or diag $out . $err;
    is(psql("select concat_ws('|', r.line_no, r.column_name, r.reason) || '|' || r.line from mo_data.load_reject r where r.batch_id = (select max(batch_id) "
        . 'from mo_data.load_batch)'), "2|$expected|$bad", "$what: line, column, reason and the line as read");
    is(batch("concat_ws(' ', rows_read, rows_kept, rows_rejected)"), '2 1 1', "$what: counted");
}
sub refused {
    my ($what, $source, $content, $message) = @_;
    is(load($source, file_with("$source.csv", $content)), 2, "$what: exit 2") or diag $out . $err;
    like($err, $message, "$what: says why");
    is(batch('state'), 'failed', "$what: a failed load is recorded");
}

# --- the header
my $discharge = 'discharge_id,patient_key,practice_code,discharged_on,received_on,on_medicines,reconciled_on,reconciled_by';
refused('an unknown column', 'discharge', "discharge_id,patient_key,practice_cod,received_on\n", qr/:1: has a column "practice_cod" that discharge does not have; the nearest it has is practice_code/);
refused('the loader\'s own column', 'discharge', "$discharge,batch_id\n", qr/has a column "batch_id"/);
refused('a column that has to be there', 'discharge', "discharge_id,patient_key,received_on\n", qr/has no column PRACTICE_CODE, which discharge needs/);
refused('a column twice', 'discharge', "$discharge,patient_key\n", qr/two columns are called PATIENT_KEY/);
refused('no header, but data', 'discharge', "D1,9434765919,A81001\n", qr/has no header with columns of discharge; it begins: D1,\.\.\.,\.\.\. /);
is(psql("select count(*) from mo_data.load_batch where message ~ '943476'"), 0, '... and no patient\'s key stands in what is said or kept of it');
is(load('discharges', file_with('x.csv', "a\n")), 1, 'an unknown source: exit 1');

# --- a day that has not come is none whose state a file describes: its months would be known
my ($london, $after) = split /[|]/, psql("select (now() at time zone 'Europe/London')::date || '|' || (now() at time zone 'Europe/London')::date + 1");
is(load('discharge', '--as-at', $after, file_with('after.csv', "$discharge\n")), 2, '--as-at tomorrow: exit 2') or diag $out . $err;
like($err, qr/^after.csv: cannot be as at $after: a file describes today or a day before\. Give the day whose state/m, '... says why');
is(batch("state || ' ' || (message ~ 'as at $after')"), 'failed true', '... and a failed load is recorded');
is(load('discharge', '--as-at', $london, file_with('today.csv', "$discharge\n")), 0, '--as-at today: exit 0') or diag $out . $err;

# --- a quotation mark that is not closed takes the next rows into its field: they are not said
is(load('discharge', file_with('quote.csv', "$discharge\nD1,1,A81001,2026-04-01,\"2026-04-02,true,,\nD2,9434765919,A81001,2026-04-01,2026-04-02\",true,,\nD3,2,A81001,2026-04-01,2026-04-02,true,,\n")), 3,
    'an unclosed quotation mark: exit 3') or diag $err;
like($err, qr/quote.csv:2: received_on: "2026-04-02\.\.\." is not a date/, '... the reason quotes what is before its first comma');
is(load('incident', file_with('quote2.csv', "incident_id,practice_code,occurred_on,category,harm_physical\nI1,A81001,2026-04-01,prescribing,\"none,9434765919\nI2\"\nI3,A81001,2026-04-02,prescribing,none\n")), 3,
    '... also where the table refuses the value') or diag $err;
like($err, qr/quote2.csv:2: harm_physical: "none\.\.\." is none of/, '... the same');
is(psql("select count(*) from mo_data.load_reject where reason ~ '943476'"), 0, 'no patient\'s key stands in a reason');

# --- values of every type, columns in another order, defaults, empty fields
is(load('alert_window', file_with('w.csv', "status,alert_class,in_kpi,window_unit,window_value\nlocal,X,,hours, 12 \nlocal,Y,T,,\nlocal,Z,0,days,1.0\n")), 0, 'defaults and blanks') or diag $err;
is(psql("select string_agg(concat_ws(' ', alert_class, valid_from, window_value, window_unit, in_kpi), '; ' order by alert_class) from mo_data.alert_window where status = 'local'"),
    'X 1900-01-01 12 hours f; Y 1900-01-01 t; Z 1900-01-01 1 days f', '... a missing or empty column has its default');
is(load('alert', file_with('a.csv', qq{alert_ref,alert_class,title,issued_at,deadline_at\n"EL(26)A/01",2,"Recall: ""Brand"", 5mg",2026-04-01T09:30:00Z,2026-04-03 09:30\n}
    . "B,4,x,2026-10-25T00:30,2026-10-25T02:30:00.25+01:00\nC,4,y,,\n")), 0, 'times') or diag $err;
is(psql("set timezone = 'UTC'; select string_agg(concat_ws(' ', alert_ref, title, issued_at, deadline_at), '; ' order by alert_ref) from mo_data.alert where alert_ref <> 'C'"),
    'B x 2026-10-24 23:30:00+00 2026-10-25 01:30:00.25+00; EL(26)A/01 Recall: "Brand", 5mg 2026-04-01 09:30:00+00 2026-04-03 08:30:00+00',
    '... with an offset, and without: London time');
is(batch('months::text'), '{2026-04-01,2026-10-01}', '... its months are those of issue in London');

my $good = 'D1,1,A81001,,2026-04-10,true,,';
rejected('a bad date', 'discharge', $discharge, 'D2,2,A81001,,2026-02-30,true,,', $good, 'received_on|"2026-02-30" is not a date');
rejected('a bad boolean', 'discharge', $discharge, 'D2,2,A81001,,2026-04-10,perhaps,,', $good, 'on_medicines|"perhaps" is neither true nor false');
rejected('no integer', 'discharge', $discharge, 'D2,2.5,A81001,,2026-04-10,true,,', $good, 'patient_key|has more decimals than can be kept exactly');
rejected('an integer out of range', 'discharge', $discharge, 'D2,2147483648,A81001,,2026-04-10,true,,', $good, 'patient_key|is out of range');
rejected('an empty field that is needed', 'discharge', $discharge, ',2,A81001,,2026-04-10,true,,', $good, 'discharge_id|is empty');
rejected('a check of one column', 'discharge', $discharge, 'D2,0,A81001,,2026-04-10,true,,', $good, 'patient_key|does not fulfil (patient_key > 0)');
rejected('a check of two columns', 'discharge', $discharge, 'D2,2,A81001,,2026-04-10,true,2026-04-09,', $good, 'does not fulfil (reconciled_on >= received_on)');
rejected('a list of values', 'cohort_member', 'patient_key,cohort_code,left_reason', '1,CARE_HOME,bored', '2,CARE_HOME,died',
    'left_reason|"bored" is none of declined, end_of_life, no_longer_eligible, moved, died');
rejected('a code from a spreadsheet', 'activity', 'source_system,event_id,patient_key,practice_code,code', 'flat,1,1,A81001,1.23951E+15', 'flat,2,1,A81001,1239511000000100',
    'code|"1.23951E+15" has lost its last digits in a spreadsheet');
rejected('a code without its last digits', 'activity', 'source_system,event_id,patient_key,practice_code,code', 'flat,1,1,A81001,1079381000000100', 'flat,2,1,A81001,1239511000000100',
    'code|"1079381000000100" has lost its last digits in a spreadsheet');
rejected('a float that is none', 'culture_audit', 'audit_id,practice_code,audited_on,tool,score,maximum', 'A,A81001,2026-04-01,T,NaN,10', 'B,A81001,2026-04-01,T,-0,10',
    'score|"NaN" is not a number');
rejected('a time without a date', 'alert', 'alert_ref,alert_class,title,issued_at', 'A,2,x,09:30', 'B,2,x,2026-04-01', 'issued_at|"09:30" is not a time such as 2026-04-01T09:30:00Z');
psql("insert into mo_data.organisation (org_code, org_type, name) values ('UGROUP', 'pcn', 'A PCN')");
rejected('a group of PCNs', 'organisation_group', 'group_code,org_code,group_name', 'FED,UGROUP,F', 'FED,A81001,F', 'org_code|"UGROUP" is no practice: groups are of practices');
rejected('a group with the code of an organisation', 'organisation_group', 'group_code,org_code,group_name', 'UGROUP,A81001,F', 'FED,A81002,F',
    'group_code|"UGROUP" is the code of an organisation');
psql("delete from mo_data.organisation_group; delete from mo_data.organisation where org_code = 'UGROUP'");
psql("comment on constraint staff_post_fte_check on mo_data.staff_post is 'is more than two full-time people'");
rejected('the meaning of a check', 'staff_post', 'post_id,role_code,org_code,post_from,fte', 'J,CP,U1,2026-01-01,3', 'K,CP,U1,2026-01-01,1', 'fte|"3" is more than two full-time people');

# --- how many bad lines a file may have: as README and modash load --help say
for ([1, 0, 2], [1, 1, 3], [100, 1, 3], [101, 100, 2], [101, 101, 3]) {
    my ($bad, $good, $expected) = @$_;
    my @lines = ((map { "E$_,A81001,no day\n" } 1 .. $bad), map { "F$_,A81001,2026-04-01\n" } 1 .. $good);
    is(load('incident', '--part', "bad$bad-$good", file_with("bad$bad-$good.csv", "incident_id,practice_code,occurred_on\n", map { s/,/-$bad-$good,/r } @lines)), $expected, "$bad bad lines of " . @lines);
}
psql("delete from mo_data.incident");

# --- the same key again
is(load('incident', file_with('i.csv', "incident_id,practice_code,occurred_on\nI1,A81001,2026-04-01\nI2,A81001,2026-04-02\nI1,A81001,2026-04-01\nI2,A81002,2026-04-02\n")), 3, 'duplicates: exit 3');
is(psql("select string_agg(line_no || ' ' || reason || ' <' || line || '>', '; ' order by line_no) from mo_data.load_reject where batch_id = (select max(batch_id) from mo_data.load_batch)"),
    '4 the same row again: line 2 has it <I1,A81001,2026-04-01>; 5 another row with the same incident_id: line 3 came first <I2,A81002,2026-04-02>', '... the first is kept, the others say which');
is(psql("select string_agg(incident_id || practice_code, ' ' order by incident_id) from mo_data.incident"), 'I1A81001 I2A81001', '... which is there');
is(load('incident', '--part', 'other', file_with('i.csv', "incident_id,practice_code,occurred_on\nI2,A81009,2026-04-02\nI3,A81009,2026-04-02\n")), 3, 'a key of another part');
like($err, qr/^i.csv:2: the row with the same incident_id came with load \d+ of incident, part ""/, '... is rejected, and says whose it is');
is(psql("select string_agg(incident_id || practice_code, ' ' order by incident_id) from mo_data.incident"), 'I1A81001 I2A81001 I3A81009', '... and both parts stand');

# --- replaces: by month
my $i = "incident_id,practice_code,occurred_on\n";
load('incident', file_with('may.csv', $i . "M1,A81001,2026-05-03\nM2,A81001,2026-05-04\n"));
is(psql('select count(*) from mo_data.incident'), 5, 'a file of another month adds');
is(load('incident', file_with('may2.csv', $i . "M1,A81001,2026-05-03\nM3,A81001,2026-06-04\n")), 0, 'a corrected month');
is(psql("select string_agg(incident_id, ' ' order by incident_id) from mo_data.incident"), 'I1 I2 I3 M1 M3', '... replaces its months, no others, and no other part');
like($out, qr/replaces 2 rows of earlier loads, 1 of which it does not have/, '... and says what is no longer there');
is(batch("months::text || ' ' || rows_replaced"), '{2026-05-01,2026-06-01} 2', '... months: those where a row is gone or new');
is(psql("select state from mo_data.load_batch where file_name = 'may.csv'"), 'superseded', '... the load of which nothing is left is superseded');
load('incident', file_with('moved.csv', $i . "I1,A81001,2026-07-01\n"));
is(psql("select string_agg(occurred_on::text, ' ') from mo_data.incident where incident_id = 'I1'"), '2026-07-01', 'a row that has moved to another month is there once');
is(batch('months::text'), '{2026-04-01,2026-07-01}', '... and both months are touched');
is(load('incident', file_with('may2.csv', $i . "M1,A81001,2026-05-03\nM3,A81001,2026-06-04\n")), 0, 'a file that was loaded before others changed rows may be loaded again');
is(batch("months::text || ' ' || changed_from"), '{} infinity', '... and says that it changed nothing');
is(load('incident', file_with('may3.csv', $i . "M1,A81001,2026-05-03\nM3,A81001,2026-06-04\n\n")), 0, 'the same rows in another file');
like($out, qr/replaces 2 rows of earlier loads, none of which changes/, '... change nothing, and say so');

# --- replaces: by month of entry, which need not be known
my $header = "source_system,event_id,patient_key,practice_code,code,event_date,recorded_date\n";
sub events { return psql("select string_agg(event_id, ' ' order by event_id) from mo_data.activity where source_system = 'flat' and event_id ~ '^R'") }
load('activity', file_with('activity_202604.csv', $header . "flat,R1,1,A81001,999,2026-04-02,2026-04-02\nflat,R2,1,A81001,999,2026-04-03,\nflat,R3,1,A81001,999,2026-03-30,2026-04-01\nflat,R4,1,A81001,999,,\n"));
load('activity', file_with('activity_202603.csv', $header . "flat,R5,1,A81001,999,2026-03-02,2026-03-02\nflat,R6,1,A81001,999,2026-03-03,2026-03-03\n"));
is(events(), 'R1 R2 R3 R4 R5 R6', 'two months of events, one without its day of entry, one without any day');
load('activity', file_with('activity_202604.csv', $header . "flat,R1,1,A81001,999,2026-04-02,2026-04-02\nflat,R7,1,A81001,999,2026-03-05,\n"));
is(events(), 'R1 R4 R5 R6 R7', 'a corrected month replaces events of that month whose day of entry is not known, and one such event of March does not replace March');
is(batch('months::text'), '{2026-03-01,2026-04-01}', '... and touches the months of what is gone or new');
load('activity', file_with('activity_202603.csv', $header . "flat,R5,1,A81001,999,2026-03-02,2026-03-02\n"));
is(events(), 'R1 R4 R5', '... and goes with the month of its event');
load('activity', '--part', 'without', file_with('activity_202603.csv', $header . "flat,R8,1,A81001,999,2026-03-02,\nflat,R9,1,A81001,999,2026-02-02,\n"));
load('activity', '--part', 'without', file_with('activity_202603.csv', $header . "flat,R8,1,A81001,999,2026-03-03,\n"));
is(events(), 'R1 R4 R5 R8 R9', 'where no row has its day of entry a file is one of the months of its events');

# --- how far it reaches: months of rows that stand, not of what once was loaded or taken away
sub latest { return psql("select coalesce(latest_month::text, 'none') from mo_dashboard.data_status where source_name = '$_[0]'") }
my $audits = "audit_id,practice_code,audited_on,tool,score,maximum\n";
load('culture_audit', file_with('l1.csv', $audits . "L1,A81001,2026-06-10,T,5,10\nL2,A81001,2026-10-11,T,5,10\n"));
is(latest('culture_audit'), '2026-10-01', 'a source reaches to its latest row');
load('culture_audit', file_with('l2.csv', $audits . "L1,A81001,2026-06-10,T,5,10\nL2,A81001,2026-06-11,T,5,10\n"));
is(latest('culture_audit'), '2026-06-01', '... and no longer to a month that a corrected file has taken from it');
is(psql("select last_month from mo_data.source_span() where target_table = 'culture_audit'"), '2026-06-01', '... nor do its KPIs: months that were never loaded are not 0');
my $recalls = "alert_ref,alert_class,title,issued_at\n";
load('alert', file_with('a1.csv', $recalls . "D,2,x,2026-05-04T09:00:00Z\nE,2,y,2026-10-05T09:00:00Z\n"));
load('alert', file_with('a2.csv', $recalls . "D,2,x,2026-05-04T09:00:00Z\nE,2,y,2026-07-05T09:00:00Z\n"));
is(latest('alert'), '2026-07-01', '... nor to one that a register no longer has');
load('alert', file_with('a3.csv', $recalls . "E,2,y,2026-07-05T09:00:00Z\nD,2,x,2026-05-04T09:00:00Z\n"));
is(latest('alert'), '2026-07-01', 'a register in another order reaches as far, although it changed nothing');
load('alert', file_with('a4.csv', $recalls . "E,2,y,2026-07-05T09:00:00Z\nD,2,z,2026-05-04T09:00:00Z\n"));
is(latest('alert'), '2026-07-01', '... as does one that changed an earlier month');
load('alert', file_with('a5.csv', $recalls . "F,2,y,\n"));
is(latest('alert'), 'none', 'without a date it has no month');

# --- what parts of figures are called, and keys, must fit where they are kept: one that does not would stop every refresh
my $long = join '', map { md5_hex($_) } 1 .. 100; # no index can hold it
my $tool = 'Manchester Patient Safety Framework, adapted for primary care networks by the medicines team, 2nd edition';
rejected('a part of a figure', 'culture_audit', 'audit_id,practice_code,audited_on,score,maximum,tool', "A,A81001,2026-04-01,7,10,\"$tool\"", 'B,A81001,2026-04-01,7,10,MaPSaF',
    'tool|"' . substr($tool, 0, 60) . '" is longer than the 80 characters that a code may have');
rejected('an organisation', 'incident', 'incident_id,practice_code,occurred_on', 'I1,' . 'A' x 81 . ',2026-04-01', 'I2,' . 'A' x 80 . ',2026-04-01',
    'practice_code|"' . 'A' x 60 . '" is longer than the 80 characters that a code may have');
rejected('a key', 'pincer_hazard', 'hazard_id,patient_key,practice_code,indicator_code,flagged_on', 'L' . 'x' x 200 . ',1,A81001,A,2026-04-01', 'L' . 'x' x 199 . ',1,A81001,A,2026-04-01',
    'hazard_id|"L' . 'x' x 59 . '" is longer than the 200 characters that a key may have');
is(load('cohort_member', file_with('long.csv', "patient_key,cohort_code\n1,CARE_HOME\n2,$long\n")), 3, 'one of 3200 characters') or diag $err;
is(load('incident', file_with('long.csv', "incident_id,practice_code,occurred_on\nI0,A81001,2026-04-01\n$long,A81001,2026-04-01\n")), 3, '... and one that is a key') or diag $err;
is(load('sea_theme', file_with('long.csv', "theme_code,label,origin\nT1," . 'so it ' x 200 . ",local\n")), 0, 'texts that name nothing may be long') or diag $err;

# --- a day for ever or never is none: what lasts has an empty end
rejected('a day that is none', 'supervision_requirement', 'requirement_id,interval_days,valid_from,valid_to', '1,7,2026-01-01,infinity', '2,7,2026-02-01,2026-02-02', 'valid_to|"infinity" is not a date');
is(psql("begin; create temp table load as select * from mo_data.load_begin('alert', 'by hand', 1, 'flat', 'days'); insert into pg_temp.stage (line_no, alert_ref, alert_class, title, issued_at, deadline_at) "
        . "values (2, 'D1', '2', 'x', '2026-04-01', 'infinity'), (3, 'D2', '2', 'x', '-infinity', null), (4, 'D3', '2', 'x', '2026-04-01', null); "
        . "select mo_data.load_finish((select batch_id from load), repeat('a', 64), 3) is null; "
        . "select string_agg(concat_ws(' ', line_no, column_name, reason), '; ' order by line_no) from mo_data.load_reject where batch_id = (select batch_id from load); rollback"),
    qq{f\n2 deadline_at "infinity" is no day; 3 issued_at "-infinity" is no day}, '... nor does another loader bring one');

# --- replaces: whole, and ranges
my $r = "patient_key,practice_code,registered_from,registered_to\n";
load('registration', file_with('r1.csv', $r . "1,A81001,2020-01-01,\n2,A81001,2021-01-01,\n3,A81001,,\n"));
is(batch('changed_from'), '2020-01-01', 'a range touches every month from its start');
load('registration', file_with('r2.csv', $r . "2,A81001,2021-01-01,\n1,A81001,2020-01-01,2026-08-15\n3,A81001,,\n4,A81001,2026-09-09,\n"));
is(psql('select count(*) from mo_data.registration'), 4, 'a register replaces the one before');
is(batch("concat_ws(' ', months::text, changed_from, rows_replaced)"), '{} 2026-08-01 3', '... and a range that ends touches no month before its end');
load('registration', file_with('r3.csv', $r . "4,A81001,2026-09-09,\n2,A81001,2021-01-01,\n1,A81001,2020-01-01,2026-08-15\n3,A81001,,\n"));
is(batch('changed_from'), 'infinity', 'the same rows in another order touch nothing');
load('registration', file_with('r4.csv', $r . "4,A81001,2026-09-09,\n2,A81002,2021-01-01,\n1,A81001,2020-01-01,2026-08-15\n3,A81001,,\n"));
is(batch('changed_from'), '2021-01-01', 'another practice touches the whole range');
load('patient', file_with('p1.csv', "patient_key,died_on\n1,\n2,\n"));
is(batch('changed_from'), 'infinity', 'patients who live touch nothing');
load('patient', file_with('p2.csv', "patient_key,died_on\n1,2026-07-20\n2,\n3,\n"));
is(batch('changed_from'), '2026-07-01', 'one who died touches the months from that on');
load('cohort_member', file_with('m1.csv', "patient_key,cohort_code,member_from,member_to,left_reason\n1,CARE_HOME,2024-01-01,,\n"));
load('cohort_member', file_with('m2.csv', "patient_key,cohort_code,member_from,member_to,left_reason\n1,CARE_HOME,2024-01-01,2026-03-05,declined\n"));
is(batch('changed_from'), '2026-03-01', 'why it ended belongs to the end');
refused('an empty register', 'registration', $r, qr/has no rows that can be used, and would replace 4/);
is(psql('select count(*) from mo_data.registration'), 4, '... the rows stand');
is(load('staff_leave', file_with('l.csv', "staff_key,leave_from,leave_to\n")), 0, 'a header alone, where there was nothing: loaded');

# --- a line that is rejected because its key is in the way replaces nothing either
my $held = "supervision_id,staff_key,held_on\n";
load('supervision', '--part', 'a', file_with('a.csv', $held . "S1,1,2026-04-01\n"));
load('supervision', '--part', 'b', file_with('b.csv', $held . "S2,2,2026-04-02\nS3,2,2026-05-02\n"));
is(load('supervision', '--part', 'b', file_with('b2.csv', $held . "S1,2,2026-04-03\nS3,2,2026-05-03\n")), 3, 'the only line of a month has a key of another part');
is(psql("select string_agg(supervision_id || ' ' || held_on, '; ' order by 1) from (select * from mo_data.supervision order by 1) x"), 'S1 2026-04-01; S2 2026-04-02; S3 2026-05-03',
    '... is rejected, and the month stays as it was');
is(batch("months::text || ' ' || rows_replaced"), '{2026-05-01} 1', '... and is not touched');
load('supervision', '--part', 'b', file_with('b3.csv', $held . "S3,2,2026-05-04\nS3,2,2026-04-04\n"));
is(psql("select string_agg(supervision_id || ' ' || held_on, '; ' order by 1) from (select * from mo_data.supervision order by 1) x"), 'S1 2026-04-01; S2 2026-04-02; S3 2026-05-04',
    '... nor does a second line of the same key take a month away');

# --- replaces: by key, over what is shipped; each
my $shipped = psql("select count(*) from mo_data.code_set");
is(load('code_set', file_with('c.csv', "code_set,code,term,status,is_on\nSMR_DONE,1239511000000100,ours,local,false\nFBC,LOCAL:x,our test,local,1\n")), 0, 'local decisions') or diag $err;
is(psql("select count(*) - $shipped from mo_data.code_set"), 1, '... add to what is shipped');
is(psql("select term || is_on from mo_data.code_set where code_set = 'SMR_DONE' and code = '1239511000000100'"), 'oursfalse', '... and overwrite');
load('code_set', file_with('c2.csv', "code_set,code,term,status,is_on\nFBC,LOCAL:y,our other test,local,1\n"));
is(psql("select count(*) - $shipped from mo_data.code_set"), 2, '... and stay when another file comes');
is(psql("select count(*) from mo_data.load_batch where source = 'code_set' and state = 'loaded'"), 2, '... whose loads both stand');
load('patient_link', file_with('e.csv', "source_system,source_patient_id,patient_key\nemis,A,1\nemis,B,2\n"));
load('patient_link', file_with('s.csv', "source_system,source_patient_id,patient_key\nsystmone,A,3\n"));
load('patient_link', file_with('e2.csv', "source_system,source_patient_id,patient_key\nemis,A,1\n"));
is(psql("select string_agg(source_system || source_patient_id, ' ' order by 1) from (select * from mo_data.patient_link order by 1) x"), 'emisA systmoneA', 'links replace those of their own system');
psql("update mo_data.source set replaces = 'key' where source = 'incident'");
load('incident', file_with('k.csv', $i . "M9,A81001,2026-05-09\n"));
is(psql("select count(*) from mo_data.incident where occurred_on between '2026-05-01' and '2026-05-31'"), 2, 'a site may choose another rule');

# --- nothing is lost in silence
like($out, qr/1 practice_code not in organisation, with 1 rows, kept: A81001/, 'unknown practices are kept and counted');
is(psql('select count(*) from mo_data.load_batch where rows_read <> rows_kept + rows_rejected'), 0, 'rows read = kept + rejected, always');
is(load('incident', scratch('k.csv')), 5, 'the same file again: exit 5');
is(load('incident', '--map', file_with('map', "incident_id = Reference\npractice_code = 'A81007'\noccurred_on = When\n"), file_with('mine.csv', "Other,Reference,When\nx,Q1,1 May 2026\n")), 0,
    'a mapping for a file with other names') or diag $err;
is(psql("select practice_code || occurred_on from mo_data.incident where incident_id = 'Q1'"), 'A810072026-05-01', '... and its constants');
is(load('--dry-run', 'incident', file_with('dry.csv', $i . "Q2,A81001,2026-05-09\nQ3,,2026-05-09\n")), 3, 'a dry run');
is(psql("select count(*) from mo_data.incident where incident_id = 'Q2'"), 0, '... changes nothing');
done_testing();
