#!/usr/bin/env perl
# modash page as text, CSV, JSON and HTML: of the latest and of an earlier month, with hostile names, in a browser, and with bad input.
use strict;
use warnings;
use DemoDatabase;
use JSON::PP;
use MoDash;
use Test::More;

demo_database();
my $all = reader('mo_test_pages');
my $own = reader('mo_test_own_page', 'U99001');
$ENV{PGUSER} = $all;
my ($code, $out, $err);
my $admin = 'postgres';
sub as_admin { local $ENV{PGUSER} = $admin; return psql($_[0]) }

# --- text
($code, $out, $err) = modash('page', '--org', 'U99001');
is("$code $err", '0 ', 'the page as text');
my $text = $out;
utf8::decode($out);
is_deeply([grep { length > 100 } split /\n/, $out], [], '... at most 100 columns');
unlike($out, qr/\e/, '... no colours where it is no terminal');
like($out, qr/^Synthetic data +Figures to 31 October 2026/m, '... says what data they are and how far they reach');
like($out, qr/^The page supports discussion of variation; it is not performance management\. Run \d+\.$/m, '... and what it is for');
like($out, qr/^$_$/m, "... $_") for 'Clinical activity', 'Prescribing safety', 'Cost', 'DES assurance';
{ # the demonstration's figures move on with the month; what stands beside them does not
    my $beside = sub { return [map { /^(\S.*?) {2,}/ ? $1 : s/\d+\.$//r =~ s/ +$//r } grep { /^\S|^ +value/ && !/^(?:Exceptions|To know)$/ } split /\n/, $_[0]] };
    my ($printed) = slurp('README.md') =~ /^```text\n(SYNTHETIC.*?)^```/ms;
    is_deeply($beside->($printed // ''), $beside->($text), '... is what README shows');
}
my $rows = as_admin(q{select count(*) from mo_dashboard.dashboard where org_code = 'U99001'});
($code, $out, $err) = modash('page', '--org', 'u99001');
is($out, $text, 'a code in small letters');
my $script = 'script -qec "build/modash page --org U99001" /dev/null 2>/dev/null';
SKIP: {
    skip 'script (util-linux) is not here', 2 unless -x '/usr/bin/script';
    like(`TERM=xterm $script`, qr/\e\[1m/, 'a terminal gets colours');
    unlike(`TERM=xterm NO_COLOR=1 $script`, qr/\e\[/, '... unless NO_COLOR says no');
}

# --- an earlier month: the latest one, asked for by name, is the same table
($code, $out, $err) = modash('page', '--org', 'U99001', '--month', '2026-10');
is($code, 0, 'the page of a month');
my $table = sub { my ($page) = @_; return join "\n", grep { /%|£|\d of \d/ && !/^ / } (split /\nExceptions|\nTo know|\nMedian/, $page)[0] =~ /^(.*)$/gm };
is($table->($out), $table->($text), '... of the latest month has the figures of the latest page');
($code, $out, $err) = modash('page', '--org', 'U99001', '--month', 'Mar 2026');
is($code, 0, 'an earlier month');
like($out, qr/Figures to 31 March 2026, as known now; targets and peers of that month\./, '... says which, and of when its targets are');
for my $kpi (split /\n/, psql(q{select k.kpi_short_name || '|' || t.display_value from mo_dashboard.kpi_trend t join mo_dashboard.dim_kpi k on k.kpi_id = t.kpi_id
    where t.org_code = 'U99001' and t.month_start = '2026-03-01' and k.is_on_front_page = 1 and t.display_value is not null})) {
    my ($name, $value) = split /\|/, $kpi;
    $value =~ s/ per .*//;
    $value =~ s/^suppressed$/hidden/;
    like($out, qr/^\Q$name\E +\Q$value\E /m, "... $name is that of kpi_trend");
}

($code, $out, $err) = modash('page', '--org', 'U99001', '--month', '2026-05', '--format', 'csv');
my ($audit) = grep { /,safety_culture_score,/ } split /\n/, $out;
like($audit, qr/,2026-03-01,.*,ok,.*Its latest figure by then is of Mar 2026\./, '... in which the audit of the year is not stale');
as_admin(q{update mo_data.kpi set hide_from = 1, hide_to = 1000000 where kpi_id = 'safety_culture_score'});
($code, $out, $err) = modash('page', '--org', 'U99001', '--month', '2026-05', '--format', 'csv');
($audit) = grep { /,safety_culture_score,/ } split /\n/, $out;
like($audit // '', qr/,suppressed,.*Its latest figure by then is of Mar 2026\. Not shown/, '... nor is one that is suppressed');
as_admin(q{update mo_data.kpi set hide_from = null, hide_to = null where kpi_id = 'safety_culture_score'});

# --- a change that rounds to nothing is neither a rise nor a fall, on the latest page and on that of a month
my $unsigned = 0;
for my $org (split /\n/, psql(q{select distinct org_code from mo_dashboard.dashboard where org_type in ('practice', 'pcn') and display_change_on_year ~ '^£?0(\.0*)?( |$)' order by 1 limit 4})) {
    for my $month ([], ['--month', '2026-10']) {
        ($code, $out, $err) = modash('page', '--org', $org, @$month);
        unlike($out, qr/[+-](?:£)?0(\.0+)?(?![\d.])/, "page --org $org @$month: no +0 and no -0");
        my ($changes) = $out =~ /^(.*?)\n\n(?:Exceptions|To know|Status)/s;
        $unsigned++ if $changes =~ / 0(\.0+)?( pp)? +\d+ of \d/;
    }
}
cmp_ok($unsigned, '>', 1, '... but a plain 0');

# --- CSV
($code, $out, $err) = modash('page', '--org', 'U99001', '--format', 'csv');
is("$code $err", '0 ', 'CSV');
my @lines = split /\r\n/, $out;
is(scalar @lines, $rows + 1, '... a line a KPI, ended as RFC 4180 has it');
is((scalar grep { fields_of($_) != fields_of($lines[0]) } @lines), 0, '... all with the columns of the header');
my @names = fields_of($lines[0]);
my %first;
@first{@names} = fields_of($lines[1]);
is($first{org_code} . $first{data_kind_label}, 'U99001Synthetic data', '... with its columns');

# --- JSON
($code, $out, $err) = modash('page', '--org', 'U99001', '--format', 'json');
is("$code $err", '0 ', 'JSON');
my $json = decode_json($out);
is(scalar @{$json->{rows}}, $rows, '... an object a KPI');
is($json->{organisation}{org_code} . $json->{data_kind}, 'U99001Synthetic data', '... of whom, of what');
like($json->{generated_at_utc}, qr/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/, '... when');
ok((!grep { defined $_->{value} && $_->{value} !~ /^-?\d/ } @{$json->{rows}}), '... numbers are numbers');
is(scalar @{$json->{rows}[0]{trend}}, 24, '... 24 months each');
like($out, qr/"value": -?[\d.]+(e-?\d+)?,/, '... and not in quotes');

# --- names that are out for trouble
my $evil = qq{=cmd|' /C calc'!A0 <script>alert(1)</script> "q" & \e[31mred\e]0;x\a};
as_admin(q{update mo_data.organisation set name = E'=cmd|'' /C calc''!A0 <script>alert(1)</script> "q" & \x1b[31mred\x1b]0;x\x07' where org_code = 'U99001'});
as_admin(q{update mo_data.kpi set short_name = '@SUM(1)<b>,"x"' where kpi_id = 'hrd_monitoring_current'});
($code, $out, $err) = modash('page', '--org', 'U99001');
is($code, 0, 'hostile names: text');
unlike($out, qr/[\e\a]/, '... no escape reaches the terminal');
($code, $out, $err) = modash('page', '--org', 'U99001', '--format', 'csv');
%first = ();
@first{@names} = fields_of((split /\r\n/, $out)[1]);
is($first{org_name}, "'$evil", 'CSV: quoted, and no formula');
like($out, qr/,"'\@SUM\(1\)<b>,""x""",/, '... nor the name of the KPI');
($code, $out, $err) = modash('page', '--org', 'U99001', '--format', 'json');
is(eval { decode_json($out)->{organisation}{org_name} }, $evil, 'JSON: the name itself');
unlike($out, qr/[<\e\a]/, '... with nothing that HTML or a terminal would obey');
my $hostile = scratch('hostile.html');
($code, $out, $err) = modash('page', '--org', 'U99001', '--format', 'html', '-o', $hostile);
is("$code $err", '0 ', 'HTML');
unlike(slurp($hostile), qr/<script|<b>|[\e\a]/, '... the names are text');

# --- HTML
as_admin(q{update mo_data.organisation set name = 'SYNTHETIC ALDER PCN' where org_code = 'U99001'});
as_admin(q{update mo_data.kpi set short_name = 'HRD monitoring in date' where kpi_id = 'hrd_monitoring_current'});
my $html = scratch('page.html');
($code, $out, $err) = modash('page', '--org', 'U99001', '--format', 'html', '-o', $html);
is("$code $out$err", '0 ', 'the page as HTML');
unlike(slurp($html), qr/<script|https?:|url\(|\bsrc=|\bon\w+=/, '... self-contained, without scripts');
my ($chromium) = grep { -x } qw(/usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome);
my $node = 'build/node';
SKIP: {
    skip 'chromium, node or npm is not here', 16 unless $chromium && `node --version 2>/dev/null` && `npm --version 2>/dev/null`;
    system("mkdir -p $node && cd $node && { [ -d node_modules/axe-core ] || npm install --no-save --ignore-scripts --no-audit --no-fund puppeteer-core axe-core; } >npm.log 2>&1");
    skip 'npm cannot install puppeteer-core and axe-core', 16 unless -d "$node/node_modules/axe-core" && -d "$node/node_modules/puppeteer-core";
    for my $file ($html, $hostile) {
        my $pdf = "$file.pdf";
        my $report = eval { decode_json(`NODE_PATH=$node/node_modules timeout 120 node test/tap/lib/page_check.js $file $chromium $pdf`) } // {};
        is_deeply($report->{violations}, [], 'axe-core finds nothing against WCAG 2.1 AA, wide and narrow') or diag explain $report;
        is($report->{desktop}, 1280, '... it is as wide as the window');
        is($report->{phone}, 390, '... and as a telephone');
        cmp_ok($report->{smallest} // 0, '>=', 12, '... with no letters smaller than 12 pixels there');
        is_deeply($report->{dialogs}, [], '... nothing runs');
        is((scalar grep { !/^file:/ } @{$report->{requests} // ['none']}), 0, '... nothing is fetched');
        is_deeply([@{$report->{tree} // {}}{qw(rows headers groups columns bare scripts)}], [$rows, $rows, 4, 8, 0, 0], '... rows and columns have headings, drawings a text');
        my @pages = slurp($pdf) =~ m{/Type\s*/Page\b(?!s)}g;
        is(scalar @pages, 1, '... one page of A4 in print');
    }
}

# --- every page prints on one sheet
SKIP: {
    my @others = split /\n/, psql(q{select org_code from mo_dashboard.dim_organisation where org_type in ('pcn', 'icb', 'nation') or org_code = (select min(org_code)
        from mo_dashboard.dim_organisation where is_gp_practice = 1) order by org_code});
    skip 'chromium is not here', 5 unless $chromium;
    for my $org (@others) {
        my $file = scratch("print_$org.html");
        modash('page', '--org', $org, '--format', 'html', '-o', $file);
        system("timeout 60 $chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir=" . scratch('chromium') . " --no-pdf-header-footer --print-to-pdf=$file.pdf file://$file 2>/dev/null");
        my @pages = slurp("$file.pdf") =~ m{/Type\s*/Page\b(?!s)}g;
        is(scalar @pages, 1, "the page of $org is one sheet");
    }
}

# --- bad input: one sentence, an exit code, no file
sub refused {
    my ($what, $want, $sentence, @arguments) = @_;
    my ($status, $stdout, $stderr) = modash('page', @arguments);
    is($status, $want, "$what: exit $want");
    like($stderr, $sentence, '... says so');
    is(($stderr =~ tr/\n//), 1, '... in one line');
    is($stdout, '', '... and nothing else');
    return;
}
refused('an unknown organisation', 5, qr/there is no organisation "NO\\x1BWHERE"/, '--org', "NO\eWHERE");
refused('a month without data', 5, qr/no figure of organisation "U99001" in 2019-01/, '--org', 'U99001', '--month', '2019-01');
refused('no such format', 1, qr/--format is one of/, '--org', 'U99001', '--format', 'pdf');
refused('no such month', 1, qr/not a month/, '--org', 'U99001', '--month', 'never');
refused('a file that exists', 2, qr/exists already; --force/, '--org', 'U99001', '-o', file_with('there.txt', 'mine'));
is(slurp(scratch('there.txt')), 'mine', '... is left as it was');
($code, $out, $err) = modash('page', '--org', 'U99001', '--force', '-o', scratch('there.txt'));
is("$code", 0, '... and overwritten with --force');
is(slurp(scratch('there.txt')), $text, '... by the page');
refused('a directory', 2, qr/it is a directory/, '--org', 'U99001', '-o', scratch(''), '--force');
refused('a folder that is not there', 2, qr/No such file or directory/, '--org', 'U99001', '-o', scratch('no/page.txt'));
is(system("build/modash page --org U99001 >/dev/full 2>/dev/null") >> 8, 2, 'a full disk: exit 2');
opendir my $folder, scratch('') or die;
is((scalar grep { /\.txt\./ } readdir $folder), 0, 'nothing half-written is left');
refused('no server', 4, qr/cannot connect/, '--org', 'U99001', '-d', 'host=/nonexistent');
as_admin(q{do $$ begin if not exists (select from pg_roles where rolname = 'mo_test_nobody') then create role mo_test_nobody login; end if; end $$});
{
    local $ENV{PGUSER} = 'mo_test_nobody';
    refused('a login without rights', 4, qr/permission denied.*mo_data\.grant_reader/, '--org', 'U99001');
    local $ENV{PGDATABASE} = 'postgres';
    refused('a database without a dashboard', 4, qr/mo\.create_dashboard/, '--org', 'U99001');
}
{
    local $ENV{PGUSER} = $own;
    ($code, $out, $err) = modash('page', '--org', 'U99001');
    is($code, 0, 'a reader of one PCN reads its page');
    refused('the page of another', 5, qr/or you may not see it|that you may see/, '--org', 'U99002');
}
as_admin('alter view mo_dashboard.kpi_trend rename to kpi_trend_away');
refused('a view that is missing', 4, qr/kpi_trend.*mo\.update_dashboard\(\)/, '--org', 'U99001');
as_admin('alter view mo_dashboard.kpi_trend_away rename to kpi_trend');
done_testing();
