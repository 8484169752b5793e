#!/usr/bin/env perl
# modash workbook: what is in the file, what LibreOffice makes of it (one page of A4, no error, no ####), hostile names, bad input.
use strict;
use warnings;
use DemoDatabase;
use IO::Uncompress::Unzip qw($UnzipError);
use MoDash;
use Test::More;

demo_database();
my $all = reader('mo_test_pages');
my $own = reader('mo_test_own_page', 'U99001');
$ENV{PGUSER} = $all;
my ($code, $out, $err);
my @sheets = ('Page', 'Trend', 'Practices', 'Exceptions and actions', 'ICB return', 'Data', 'Definitions', 'Changes', 'Trend data');
sub as_admin { local $ENV{PGUSER} = 'postgres'; return psql($_[0]) }

# Parts of a workbook by name.
sub parts_of {
    my ($path) = @_;
    my %parts;
    my $zip = IO::Uncompress::Unzip->new($path) or die "$path: $UnzipError";
    for (my $more = 1; $more > 0; $more = $zip->nextStream) {
        my $name = $zip->getHeaderInfo->{Name};
        local $/;
        $parts{$name} = <$zip> // '';
    }
    return %parts;
}

($code, $out, $err) = modash('workbook', '--help');
is($code, 0, 'help');
like($out, qr/^usage: modash workbook.*exit codes/s, '... usage and exit codes');
ok(!(grep { length > 125 } split /\n/, $out), '... fits a terminal');
my $book = scratch('own.xlsx');
($code, $out, $err) = modash('workbook', '--org', 'U99001', '-o', $book);
is("$code $out$err", "0 $book\n", 'a workbook, and nothing else is said');
my %part = parts_of($book);
is_deeply([$part{'xl/workbook.xml'} =~ /<sheet name="([^"]+)"/g], \@sheets, '... with its sheets');
like($part{"xl/worksheets/sheet$_.xml"}, qr/<sheetData>.*<c /s, "... $sheets[$_ - 1] has content") for 1 .. @sheets;
like($part{'xl/worksheets/sheet1.xml'}, qr/<pageSetup paperSize="9" (fitToWidth="1" )?(fitToHeight="1" )?orientation="landscape"/, '... the page is one of A4 landscape');
like($part{"xl/worksheets/sheet$_.xml"}, qr/orientation="landscape"/, "... $sheets[$_ - 1] is ready to print") for 2 .. @sheets;
my @formulas = map { $part{"xl/worksheets/sheet$_.xml"} =~ m{<c [^>]*><f>[^<]*</f><v>([^<]*)</v>}g } 1 .. @sheets;
my @without = map { $part{"xl/worksheets/sheet$_.xml"} =~ m{<f>[^<]*</f>(?!<v>)}g } 1 .. @sheets;
cmp_ok(scalar @formulas, '>', 10, '... formulas');
is(scalar @without, 0, '... each with its value');
is((scalar grep { /t="e"/ } map { $part{"xl/worksheets/sheet$_.xml"} } 1 .. @sheets), 0, '... no cell is an error');
my @charts = grep { m{^xl/charts/chart\d+\.xml$} } keys %part;
my $drawn = as_admin(q{select count(*) from mo_dashboard.dashboard where org_code = 'U99001' and value is not null});
cmp_ok(scalar @charts, '>=', $drawn + 2, '... native charts: a control chart a measure, and those of the page');
is((scalar grep { $part{$_} !~ /<c:v>/ } @charts), 0, '... each with its figures');
like($part{'xl/worksheets/sheet4.xml'}, qr/<dataValidation type="list".*open,in progress,done,dropped/s, '... actions are chosen from a list');
like($part{'xl/worksheets/sheet5.xml'}, qr/<sheetProtection.*<dataValidation type="list"/s, '... the return is protected and filled in by lists');
my ($table) = grep { m{^xl/tables/} } keys %part;
like($part{$table}, qr/name="KpiData" displayName="KpiData"/, '... the data are a table');
my $facts = as_admin(q{select count(*) from mo_dashboard.kpi_trend t join mo_dashboard.dim_kpi k on k.kpi_id = t.kpi_id and k.is_on_front_page = 1
    where t.org_code = 'U99001' or t.org_type = 'practice' and t.org_key in (select org_key from mo_dashboard.dim_organisation where current_pcn_code = 'U99001')});
like($part{$table}, qr/ref="A1:W@{[$facts + 1]}"/, '... of the PCN and its practices');
my $run = as_admin(q{select max(run_id) from mo_dashboard.dashboard where org_code = 'U99001'});
like($part{'docProps/custom.xml'}, qr/name="run_id"><vt:i4>$run</, 'properties: the run');
like($part{'docProps/custom.xml'}, qr/name="organisation"><vt:lpwstr>U99001</, '... the organisation');
like($part{'docProps/core.xml'}, qr/<dc:title>SYNTHETIC ALDER PCN/, '... a title');
my $strings = $part{'xl/sharedStrings.xml'};
like($strings, qr/Synthetic data/, 'the page says that the data are synthetic');
like($strings, qr/it is not performance management/, '... and what it is for');

# --- the change of what has not changed has no sign
my $flat = as_admin(q{select d.org_code from mo_dashboard.dashboard d join mo_dashboard.dim_kpi k using (kpi_id)
    where d.org_type in ('practice', 'pcn') and d.change_on_year = 0 order by k.unit = 'percent' desc, 1 limit 1});
($code, $out, $err) = modash('workbook', '--org', $flat, '-q', '-o', scratch('flat.xlsx'));
my %flat = parts_of(scratch('flat.xlsx'));
my %code_of = $flat{'xl/styles.xml'} =~ /<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g;
my @style = map { $code_of{$_} // '' } ($flat{'xl/styles.xml'} =~ m{<cellXfs.*?</cellXfs>}s ? $& : '') =~ /<xf numFmtId="(\d+)"/g;
my @changes = map { [$style[$_->[0]], $_->[1]] } do { my @c; push @c, [$1, $2] while $flat{'xl/worksheets/sheet1.xml'} =~ m{<c r="[A-Z]+\d+" s="(\d+)"><v>(-?[\d.e-]+)</v>}g; @c };
cmp_ok(scalar(grep { $_->[0] =~ /^\+.*;-/ } @changes), '>', 0, 'changes on a year have a sign');
is(join(' ', map { "$_->[1] as $_->[0]" } grep { $_->[0] =~ /^\+/ && $_->[1] == 0 } @changes), '', '... but not those of what has not changed');
cmp_ok(scalar(grep { $_->[0] =~ /^[^+;]+;[^-;]+$/ && $_->[1] == 0 } @changes), '>', 0, '... which are a plain 0');

# --- an earlier month, and every PCN
($code, $out, $err) = modash('workbook', '--org', 'U99001', '--month', '2026-06', '-q', '-o', scratch('june.xlsx'));
is("$code $out$err", '0 ', 'the workbook of an earlier month');
like({parts_of(scratch('june.xlsx'))}->{'xl/sharedStrings.xml'}, qr/Figures to 30 June 2026, as known now/, '... says so');
my $folder = scratch('books');
($code, $out, $err) = modash('workbook', '--all-pcns', $folder);
is("$code $out$err", "0 2 workbooks in $folder\n", 'a workbook of every PCN');
is(join(' ', map { s{.*/}{}r } sort glob "$folder/*"), 'U99001_2026-10.xlsx U99002_2026-10.xlsx', '... by code and month, and nothing else');
($code, $out, $err) = modash('workbook', '--all-pcns', $folder);
is("$code $out", '2 ', '... not a second time');
($code, $out, $err) = modash('workbook', '--all-pcns', $folder, '--force', '-q');
is("$code $out$err", '0 ', '... but with --force');
{
    local $ENV{PGUSER} = $own;
    ($code, $out, $err) = modash('workbook', '--all-pcns', scratch('own'));
    is("$code $out", '0 1 workbook in ' . scratch('own') . "\n", 'a reader of one PCN gets one');
    ($code, $out, $err) = modash('workbook', '--org', 'U99002', '-o', scratch('other.xlsx'));
    is($code, 5, '... and not another');
    ok(!-e scratch('other.xlsx'), '... nor a file');
}

# --- names that are out for trouble
as_admin(q{update mo_data.organisation set name = E'=cmd|'' /C calc''!A0 <script>alert(1)</script> "q" & \x1b[31mred' where org_code = 'U99001'});
as_admin(q{update mo_data.organisation set name = '+SUM(1,2)' where org_code = (select min(org_code) from mo_dashboard.dim_organisation where current_pcn_code = 'U99001' and org_type = 'practice')});
as_admin(q{update mo_data.kpi set short_name = '=1+1' where kpi_id = 'hrd_monitoring_current'});
my $hostile = scratch('hostile.xlsx');
($code, $out, $err) = modash('workbook', '--org', 'U99001', '-q', '-o', $hostile);
as_admin(q{update mo_data.organisation set name = 'SYNTHETIC ALDER PCN' where org_code = 'U99001'});
as_admin(q{update mo_data.organisation set name = 'SYNTHETIC SURGERY' where name = '+SUM(1,2)'});
as_admin(q{update mo_data.kpi set short_name = 'HRD monitoring in date' where kpi_id = 'hrd_monitoring_current'});
is("$code $out$err", '0 ', 'hostile names');
my %evil = parts_of($hostile);
my $count = sub { my $n = 0; $n += () = $_[0]{"xl/worksheets/sheet$_"} =~ /<f>/g for map { "$_.xml" } 1 .. @sheets; return $n };
is($count->(\%evil), $count->(\%part), '... make no formula');
like($evil{'xl/sharedStrings.xml'}, qr/<t[^>]*>=cmd\|' \/C calc'!A0 &lt;script>|<t[^>]*>=cmd\|' \/C calc'!A0 &lt;script&gt;/, '... but text');
is((scalar grep { $evil{$_} =~ m{<c:f>=?(1\+1|cmd)} } keys %evil), 0, '... nor a reference of a chart');

# --- as LibreOffice shows it
my $office = (grep { -x } qw(/usr/bin/soffice /usr/bin/libreoffice))[0];
SKIP: {
    skip 'libreoffice-calc-nogui or poppler-utils is not here', 18 unless $office && -x '/usr/bin/pdftotext' && -x '/usr/bin/pdfinfo';
    my $home = scratch('office');
    mkdir $_ for $home, "$home/user";
    # formulas are worked out anew on opening, not shown as the file has them
    open my $settings, '>', "$home/user/registrymodifications.xcu" or die;
    print $settings '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        . '<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>';
    close $settings;
    my $convert = sub { system("timeout 240 $office -env:UserInstallation=file://$home --headless --convert-to $_[0] --outdir $home $_[1] >/dev/null 2>&1") };
    for my $file ($book, $hostile) {
        (my $name = $file) =~ s{.*/(.*)\.xlsx}{$1};
        $convert->('pdf', $file);
        my $info = `pdfinfo $home/$name.pdf 2>/dev/null`;
        like($info, qr/^Page size: +84[12][.\d]* x 59[45]/m, "$name: A4 landscape");
        my @pages = split /\f/, `pdftotext -layout $home/$name.pdf -`;
        like($pages[0], qr/Synthetic data.*DES assurance.*Narrative.*performance management/s, '... the first page is the whole page');
        my ($others) = grep { $pages[$_] =~ /: trend$/m } 1 .. $#pages;
        is($others, 1, '... and only it');
        is((scalar grep { /#{3,}|#(REF|NAME|VALUE|DIV|NUM|N\/A)|Err:5/ } @pages), 0, '... no error and no #### anywhere');
        my $text = join "\n", @pages;
        like($text, qr/: \Q$_\E/, "... $_") for 'trend', 'its members, by measure', 'exceptions and actions', 'ICB return', 'definitions', 'changes', 'trend data';
    }
    system("pdftoppm -r 80 -f 1 -l 1 -png $home/own.pdf build/workbook_page 2>/dev/null");
    ok((grep { -s $_ > 20000 } glob 'build/workbook_page*.png'), 'the picture is in build/workbook_page*.png');
    $convert->(q{'csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1'}, $book);
    my $page = slurp("$home/own-Page.csv");
    my @counts = $part{'xl/worksheets/sheet1.xml'} =~ m{<f>COUNTIF[^<]*</f><v>(\d+)</v>}g;
    my ($line) = (split /\n/, $page)[4] =~ /^(.*)Last 24 months/;
    is_deeply([$line =~ /(\d+)/g], \@counts, 'formulas worked out anew give the values they came with');
    is((scalar grep { !-s "$home/own-$_.csv" } @sheets), 0, 'every sheet has something');
}

# --- bad input: one sentence, an exit code, no file
sub refused {
    my ($what, $want, $sentence, @arguments) = @_;
    my ($status, $stdout, $stderr) = modash('workbook', @arguments);
    is($status, $want, "$what: exit $want");
    like($stderr, $sentence, '... says so');
    is(($stderr =~ tr/\n//), 1, '... in one line');
    return;
}
my $new = scratch('new.xlsx');
refused('nothing asked for', 1, qr/--org CODE.*--all-pcns DIR/);
refused('both', 1, qr/either/, '--org', 'U99001', '--all-pcns', $folder);
refused('an unknown organisation', 5, qr/there is no organisation "NOWHERE"/, '--org', 'NOWHERE', '-o', $new);
refused('a month without data', 5, qr/in 2019-01/, '--org', 'U99001', '--month', '2019-01', '-o', $new);
refused('a file that exists', 2, qr/exists already; --force/, '--org', 'U99001', '-o', file_with('there.xlsx', 'mine'));
is(slurp(scratch('there.xlsx')), 'mine', '... is left as it was');
refused('a folder that is not there', 2, qr/No such file/, '--org', 'U99001', '-o', scratch('no/new.xlsx'));
refused('a directory that cannot be made', 2, qr/cannot make the directory/, '--all-pcns', scratch('no/books'));
refused('no server', 4, qr/cannot connect/, '--org', 'U99001', '-d', 'host=/nonexistent', '-o', $new);
as_admin(q{do $$ begin if not exists (select from pg_roles where rolname = 'mo_test_nobody') then create role mo_test_nobody login; end if; end $$});
{
    local $ENV{PGUSER} = 'mo_test_nobody';
    refused('a login without rights', 4, qr/permission denied.*mo_data\.grant_reader/, '--org', 'U99001', '-o', $new);
}
as_admin('alter view mo_dashboard.change_log rename to change_log_away');
refused('a view that is missing', 4, qr/change_log.*mo\.update_dashboard\(\)/, '--org', 'U99001', '-o', $new);
as_admin('alter view mo_dashboard.change_log_away rename to change_log');
opendir my $listing, scratch('') or die;
is((scalar grep { /^new\.xlsx|\.xlsx\./ } readdir $listing), 0, 'no file, whole or half, is left by any of them');
done_testing();
