#!/usr/bin/env perl
# Bad input: one block for each kind that issue 2 names. The outcome is always a message with file, line and reason, a documented
# exit code, load_reject where the line is the fault, and the previous state untouched where the file is.
use strict;
use warnings;
use IO::Compress::Gzip qw(gzip);
use POSIX qw(mkfifo);
use Test::More;
use Time::HiRes qw(sleep);
use MoDash;

fresh_database('mo_load_bad');
my ($code, $out, $err);
my $good = file_with('good.csv', epd_header(), map { epd_row(bnf => sprintf('0212000B0AAAB%02d', $_)) . "\n" } 10 .. 19);
($code, $out, $err) = modash('load', 'prescribing', $good);
is($code, 0, 'a good file loads') or diag $err;
my $before = state_of();

# A file that has to be refused: exit 2, nothing changed, a failed batch with the message.
sub refused {
    my ($what, $path, $message, $source) = @_;
    my ($code, $out, $err) = modash('load', $source // 'prescribing', $path);
    is($code, 2, "$what: exit 2") or diag $out . $err;
    like($err, $message, "$what: says why");
    (my $name = $path) =~ s{.*/}{};
    like($err, qr/^\Q$name\E:/, "$what: names the file");
    is(state_of(), $before, "$what: nothing changed");
    like(psql("select message from mo_data.load_batch where state = 'failed' order by batch_id desc limit 1"), $message,
        "$what: a failed load is recorded");
}

# A bad line beside good ones: exit 3, the line in load_reject with column and reason, the others kept.
my $serial = 0;
sub rejected {
    my ($what, $bad_row, $column, $reason, %more) = @_;
    my $header = $more{header} // epd_header();
    my $row = $more{row} // \&epd_row;
    my $month = sprintf '2023%02d', ++$serial % 12 + 1;
    my $name = "reject_$serial.csv";
    $bad_row =~ s/202401/$month/;
    my $path = file_with($name, $header, $row->(month => $month), "\n", $bad_row, "\n", $row->(month => $month, bnf => '0301011R0AAAPAP'), "\n");
    my ($code, $out, $err) = modash('load', 'prescribing', '--part', "p$serial", $path);
    is($code, 3, "$what: exit 3") or diag $out . $err;
    like($err, qr/^\Q$name\E:3: (?:\Q$column\E: )?.*$reason/m, "$what: file, line, column, reason");
    is(psql("select concat_ws('|', b.rows_read, b.rows_kept, b.rows_rejected, r.line_no, r.column_name) from mo_data.load_batch b "
            . "join mo_data.load_reject r using (batch_id) where b.file_name = '$name'"),
        join('|', 3, 2, 1, 3, $column || ()), "$what: rejected and counted");
    is(psql("select count(*) from mo_data.prescribing join mo_data.load_batch b using (batch_id) where b.file_name = '$name'"), 2,
        "$what: the other lines are kept");
    $before = state_of();
}

# --- the file is at fault
my $text = slurp($good);
refused('a quote that is never closed, and nothing else', file_with('quote.csv', '"'), qr/is not a prescribing file of a known format; it begins: "/);
for my $first ('"', "\"\n", "\"\n\"", '""', ',', '"a"b') { # what has no field, or one that is nothing, of every source
    my $path = file_with('no_field.csv', $first);
    my @codes = map { (modash('load', '-q', '--month', '2026-03', $_, $path))[0] } split /\n/, psql('select source from mo_data.source order by source');
    is(join(' ', grep { $_ != 2 } @codes), '', 'a file of ' . ($first =~ s/\n/\\n/gr) . ' is refused by ' . @codes . ' sources');
}
refused('truncated row', file_with('cut.csv', substr($text, 0, length($text) - 30)), qr/truncated: the last row is not complete/);
gzip(\$text => \my $zipped);
refused('truncated gzip', file_with('cut.csv.gz', substr($zipped, 0, length($zipped) - 20)), qr/truncated: the gzip data end too early/);
my $damaged = $zipped;
substr($damaged, -6, 2) = 'xx';
refused('damaged gzip', file_with('damaged.csv.gz', $damaged), qr/damaged/);
refused('cut inside quotes', file_with('quote.csv', epd_header(), epd_row(), "\n", '202401,"REGION'), qr/truncated/);
refused('a quote that never closes', file_with('open.csv', epd_header(), epd_row(), "\n", '202401,"REG', "x\n" x 1_500_000), qr/longer than a megabyte/);
refused('wrong header', file_with('wrong.csv', "a,b,c\n1,2,3\n"), qr/not a prescribing file of a known format; it begins: a,b,c/);
(my $missing = $text) =~ s/ITEMS/THINGS/;
refused('missing column', file_with('missing.csv', $missing), qr/looks like epd but has no column ITEMS/);
(my $doubled = $text) =~ s/ADDRESS_1/ITEMS/;
refused('a column twice', file_with('doubled.csv', $doubled), qr/two columns are called ITEMS/);
refused('empty file', file_with('empty.csv', ''), qr/is empty/);
refused('a header only', file_with('header.csv', epd_header()), qr/has no rows/);
mkdir scratch('directory.csv');
refused('directory', scratch('directory.csv'), qr/is a directory/);
refused('no such file', scratch('absent.csv'), qr/No such file/);
if ($> == 0) {    # root may read everything: a file whose reading fails stands for one that may not be read
    my ($c, $o, $e) = modash('load', 'prescribing', '/proc/self/mem');
    is($c, 2, 'unreadable file: exit 2');
    like($e, qr/^mem: cannot be read: /, 'unreadable file: says why');
} else {
    my $path = file_with('secret.csv', $text);
    chmod 0, $path;
    refused('unreadable file', $path, qr/cannot be opened: Permission denied/);
}
refused('an Excel workbook', file_with('book.csv', "PK\003\004rest"), qr/Excel workbook/);
refused('UTF-16', file_with('wide.csv', "\xFF\xFEY\0E\0"), qr/UTF-16/);
refused('joined files', file_with('joined.csv', $text, $text), qr/header again/);
refused('mostly bad', file_with('mostly.csv', epd_header(), map { epd_row(cost => $_ % 3 ? 'x' : '1') . "\n" } 1 .. 300), qr/200 of 300 rows cannot be used/);
is(psql('select count(*) from mo_data.load_reject r join mo_data.load_batch b using (batch_id) where b.file_name = \'mostly.csv\''), 100,
    'mostly bad: the first hundred are kept to look at');
refused('all bad', file_with('all.csv', epd_header(), epd_row(cost => 'x'), "\n"), qr/1 of 1 rows/);
refused('JSON cut short', file_with('cut.json', '{"england-and-wales": {"division": "england-and-wales", "events": [{"title": "A", "date": "2024-0'),
    qr/truncated/, 'bank_holidays');
refused('JSON that is none', file_with('none.json', "{]\n"), qr/not valid JSON/, 'bank_holidays');

# --- the line is at fault
rejected('non-numeric cost', epd_row(cost => 'abc'), 'ACTUAL_COST', '"abc" is not a number');
rejected('too many decimals', epd_row(cost => '1.123456'), 'ACTUAL_COST', 'more decimals');
rejected('a cost out of range', epd_row(cost => '99999999999999999999'), 'ACTUAL_COST', 'out of range');
rejected('infinite quantity', epd_row(quantity => 'inf'), 'QUANTITY', 'not a number');
rejected('negative items', epd_row(items => '-1'), 'ITEMS', 'out of range');
rejected('half an item', epd_row(items => '1.5'), 'ITEMS', 'decimals');
rejected('bad date', epd_row(month => '202413'), 'YEAR_MONTH', '"202413" is not a month');
rejected('a month in the future', epd_row(month => '209901'), 'YEAR_MONTH', 'future');
rejected('SNOMED from a spreadsheet', epd_snomed_row(snomed => '1.23E+17'), 'SNOMED_CODE', 'lost its last digits',
    header => epd_snomed_header(), row => \&epd_snomed_row);
rejected('embedded NUL', epd_row(name => "Ator\0vastatin"), 'BNF_DESCRIPTION', 'zero byte');
rejected('NUL in a code', epd_row(practice => "A81\x00001"), 'PRACTICE_CODE', 'A81\\\\x00001');
rejected('invalid UTF-8', epd_row(name => "Ator\xA0vastatin"), 'BNF_DESCRIPTION', 'byte \d+ of the row, 0xA0, is not UTF-8');
rejected('too few fields', '202401,REGION,Y60', '', 'has 3 fields where there should be 26');
rejected('text after a quote', epd_row(name => '"Ator"vastatin'), '', 'text after a closing quotation mark');
rejected('neither Y nor N', epd_row(unidentified => 'X'), 'UNIDENTIFIED', 'neither Y nor N');
rejected('terminal escapes', epd_row(cost => "\e[31mred"), 'ACTUAL_COST', '"\\\\x1B\[31mred" is not a number');
unlike($err, qr/\e/, 'no escape reaches the terminal');

# --- what looks bad and is not
my $bytes = file_with('bytes.csv', epd_header(), epd_row(month => '202001', practice_name => "DR O\x92NEILL\0"), "\n");
($code, $out, $err) = modash('load', 'prescribing', $bytes);
is($code, 0, 'invalid UTF-8 and NUL in columns that are not stored do not matter') or diag $err;

my $unusual = file_with('unusual.csv', "\xEF\xBB\xBF", join("\r\n", substr(epd_header(), 0, -1),
    epd_row(month => '202002', name => '"Gel 5"" tube, large"'), epd_row(month => '202002', practice => 'A81002', name => qq{"two\r\nlines"}),
    '', epd_row(month => '202002', practice_name => '"SMITH, JONES"', practice => 'A81003')), "\r\n");
($code, $out, $err) = modash('load', 'prescribing', $unusual);
is($code, 0, 'BOM, CRLF, quoted commas, newlines and quotes') or diag $err;
is(psql("select string_agg(practice_code, ' ' order by practice_code) from mo_data.prescribing where month = '2020-02-01'"), 'A81001 A81002 A81003',
    '... all rows are there');
is(psql(q{select name from mo_data.bnf_presentation where bnf_code = '0212000B0AAABAB'}), 'Gel 5" tube, large', '... the quotes are undone');
(my $classic = $text) =~ tr/\n/\r/;
$classic =~ s/202401/202003/g;
($code, $out, $err) = modash('load', 'prescribing', file_with('classic.csv', $classic));
is($code, 0, 'CR line ends') or diag $err;
like($out, qr/10 rows read, 10 kept/, '... all rows are there');

my $strangers = file_with('strangers.csv', epd_header(), epd_row(month => '202004', practice => 'Z99999'), "\n",
    epd_row(month => '202004', practice => '-', unidentified => 'Y'), "\n");
($code, $out, $err) = modash('load', 'prescribing', $strangers);
is($code, 0, 'unknown practice: loaded') or diag $err;
like($out, qr/1 practice codes not in organisation, with 1 rows.*Z99999/, '... and reported with its count');
like($out, qr/1 rows of unidentified prescribers/, 'unidentified prescribers: loaded and reported');
is(psql("select count(*) filter (where unidentified) || ' of ' || count(*) from mo_data.prescribing where month = '2020-04-01'"), '1 of 2', '... with their flag');

# --- the same months again
$before = state_of();
($code, $out, $err) = modash('load', 'prescribing', $good);
is($code, 5, 'the same file twice: exit 5');
like($out, qr/already loaded as batch 1: nothing to do/, '... says so');
is(state_of(), $before, '... nothing changed');
my $corrected = file_with('corrected.csv', epd_header(), map { epd_row(bnf => sprintf('0212000B0AAAB%02d', $_), cost => '2.00000') . "\n" } 10 .. 12);
($code, $out, $err) = modash('load', 'prescribing', $corrected);
is($code, 0, 'a corrected file for the same month') or diag $err;
like($out, qr/10 replaced/, '... says what it replaced');
is(psql("select count(*) || ' ' || sum(actual_cost_e5) from mo_data.prescribing where month = '2024-01-01'"), '3 600000', 'a duplicated month is replaced, not doubled');
is(psql("select state from mo_data.load_batch where batch_id = 1"), 'superseded', '... the earlier load is superseded');
($code, $out, $err) = modash('load', 'prescribing', '--part', 'QHL', $good);
is($code, 0, 'the same file as a part of the month is another load');
is(psql("select count(*) from mo_data.prescribing where month = '2024-01-01'"), 13, '... which replaces only its own part');
($code, $out, $err) = modash('load', 'prescribing', $good);
is($code, 0, 'the first file again, when it no longer stands, is loaded');
is(psql("select count(*) from mo_data.prescribing where month = '2024-01-01'"), 20, '... and replaces the corrected one');

# --- list sizes: ALL rows
my $list_header = "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS\n";
my $list = file_with('list.csv', $list_header, map { "GP_PRAC_PAT_LIST,01JAN2024,$_\n" } 'GP,A81001,,X,ALL,ALL,30', 'GP,A81001,,X,MALE,ALL,10',
    'GP,A81001,,X,MALE,0_4,10', 'GP,A81001,,X,FEMALE,95+,21', 'CCG,00K,,X,MALE,0_4,10');
($code, $out, $err) = modash('load', 'list_size', $list);
is($code, 0, 'ALL rows of a list size file') or diag $err;
is(psql("select sum(patients) from mo_data.list_size where practice_code = 'A81001'"), 31, '... are not counted twice');
is(psql('select count(*) from mo_data.list_size_total'), 3, '... but kept apart, with other organisations');
like($out, qr/1 practices whose published total is not the sum of their bands: A81001 30, bands 31/, '... a total that does not add up is reported');
($code, $out, $err) = modash('load', 'list_size', file_with('list2.csv', $list_header, map { "P,2024-02-01,GP,A81001,,X,MALE,$_\n" } '0_4,1', '0_4,2', 'OLD,3'));
is($code, 3, 'a band twice, and one that is none: exit 3');
like($err, qr/^list2.csv:3: the same organisation.*line 2$/m, '... the second is rejected');
like($err, qr/^list2.csv:4: AGE_GROUP_5: "OLD" is no age band/m, '... and so is the other');

# --- while others are at work
my @rows = map { epd_row(month => '202005', bnf => sprintf('0212000B0AA%04d', $_ % 10000), name => 'x' x 100) . "\n" } 1 .. 12_000;

# Starts a load of a pipe, fed with all but the last row; gives what is needed to end it.
sub half_load {
    my ($name) = @_;
    mkfifo(scratch($name), 0600) or die "no fifo: $!";
    my $handle = start_modash('load', 'prescribing', scratch($name));
    open my $pipe, '>:raw', scratch($name) or die;
    $pipe->autoflush(1);
    print {$pipe} epd_header(), @rows[0 .. 11_000];
    my $pid = '';
    for (1 .. 100) {    # until it holds its lock and copies
        $pid = psql("select pid from pg_stat_activity where application_name = 'modash' and query like 'copy mo_data.prescribing%' and datname = current_database() limit 1");
        last if $pid;
        sleep 0.1;
    }
    return ($handle, $pipe, $pid);
}

{
    local $ENV{PGAPPNAME};
    delete $ENV{PGAPPNAME};
    $before = state_of();
    my ($handle, $pipe, $pid) = half_load('lost.csv');
    ok($pid, 'a load is under way');
    psql("select pg_terminate_backend($pid)");
    sleep 0.3;
    { local $SIG{PIPE} = 'IGNORE'; print {$pipe} @rows[11_001 .. 11_999]; close $pipe; }
    ($code, $out, $err) = finish_modash($handle);
    is($code, 4, 'connection lost half-way: exit 4') or diag $out;
    like($err, qr/^lost.csv: .*(terminat|connection|closed)/m, '... says so');
    is(state_of(), $before, '... nothing changed');

    my ($first, $first_pipe, $first_pid) = half_load('first.csv');
    my $second_file = file_with('second.csv', epd_header(), epd_row(month => '202005', cost => '7'), "\n");
    my $second = start_modash('load', 'prescribing', $second_file);
    my $waiting = '';
    for (1 .. 100) {
        $waiting = slurp($second->{err});
        last if $waiting;
        sleep 0.1;
    }
    like($waiting, qr/another load of prescribing is running: waiting/, 'two loaders on one month: the second waits and says so');
    print {$first_pipe} @rows[11_001 .. 11_999];
    close $first_pipe;
    ($code, $out, $err) = finish_modash($first);
    is($code, 0, '... the first ends well') or diag $err;
    ($code, $out, $err) = finish_modash($second);
    is($code, 0, '... and then the second') or diag $err;
    is(psql("select count(*) || ' ' || sum(actual_cost_e5) from mo_data.prescribing where month = '2020-05-01'"), '1 700000', '... whose file stands');
}

# Disk full on the server: the error and its state come from a trigger, as a real full disk needs a mount.
psql(q{create function mo_data.no_space() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file "base/1/2": No space left on device' using errcode = 'disk_full'; end $$});
psql("select mo_data.prescribing_partition('2020-06-01')");
psql('create trigger no_space before insert on mo_data.prescribing_2020_06 for each row execute function mo_data.no_space()');
$before = state_of();
($code, $out, $err) = modash('load', 'prescribing', file_with('full.csv', epd_header(), epd_row(month => '202006'), "\n"));
is($code, 4, 'disk full on the server: exit 4');
like($err, qr/^full.csv: .*No space left on device/, '... says so');
is(state_of(), $before, '... nothing changed');
is(psql("select state || ' ' || rows_kept from mo_data.load_batch where file_name = 'full.csv'"), 'failed 0', '... and recorded, as the server can');

# --- a month again: what is there already is nothing to say
($code, $out, $err) = modash('load', '-q', 'prescribing', file_with('again.csv', $text, epd_row(bnf => '0212000B0AAAB99'), "\n"));
is("$code $err", '0 ', 'a month again, quietly');

# --- a pipe that gives the first byte alone: what kind of file it is shows from the next
{
    gzip(\$text => \my $zipped);
    mkfifo(scratch('drop.csv.gz'), 0600) or die "no fifo: $!";
    my $handle = start_modash('load', 'prescribing', scratch('drop.csv.gz'));
    open my $pipe, '>:raw', scratch('drop.csv.gz') or die;
    $pipe->autoflush(1);
    print {$pipe} substr($zipped, 0, 1);
    sleep 0.5;
    { local $SIG{PIPE} = 'IGNORE'; print {$pipe} substr($zipped, 1); close $pipe; }
    ($code, $out, $err) = finish_modash($handle);
    is($code, 0, 'gzip by a pipe, its first byte alone') or diag $err;
}

# --- every load is accounted for
is(psql('select count(*) from mo_data.load_batch where rows_read <> rows_kept + rows_rejected'), 0, 'rows read = kept + rejected, always');
is(psql("select count(*) from mo_data.load_batch b where state = 'loaded' and source = 'prescribing' and part = '' and rows_kept <> "
        . '(select count(*) from mo_data.prescribing p where p.batch_id = b.batch_id)'), 0, 'rows kept are the rows that are there');
psql('drop table mo_data.prescribing_2020_06 cascade') if 0;
done_testing();
