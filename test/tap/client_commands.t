#!/usr/bin/env perl
# modash's commands, options, help and exit codes; and what load does with a mapping, a month and a rehearsal.
use strict;
use warnings;
use DemoDatabase;
use Test::More;
use MoDash;

fresh_database('mo_client');
my ($code, $out, $err);

# --- help and wrong use
($code, $out, $err) = modash('--version');
is("$code $out", '0 modash ' . psql('select mo.version()') . "\n", '--version is the extension\'s');
($code, $out, $err) = modash('--help');
is($code, 0, '--help: exit 0');
like($out, qr/^  $_ /m, "--help documents exit code $_") for 0 .. 5;
my %help;
for my $command (qw(load refresh page status workbook powerbi)) {
    ($code, $out, $err) = modash($command, '--help');
    $help{$command} = $out;
    is($code, 0, "$command --help: exit 0");
    like($out, qr/^usage: modash $command.*exit codes/s, "$command --help: usage and exit codes");
    ok(!(grep { length > 120 } split /\n/, $out), "$command --help: fits a terminal");
}

# --- what README says of options, what help says of sources
$help{'demo-data'} = (modash('demo-data', '--help'))[1];
my $every = join "\n", values %help;
for my $said (slurp('README.md') =~ /(`(?:modash|--)[^`\n]*`|^modash .*$)/mg) {
    my ($command) = $said =~ /modash ([a-z-]+)/;
    ok(($command ? $help{$command} // '' : $every) =~ /(?<![\w-])$_(?![\w-])/, "README's $said: help has $_") for grep { $_ ne "--help" } $said =~ /(--[a-z][a-z-]+|(?<= )-[a-z]\b)/g;
}
my ($named) = $help{load} =~ /^SOURCE is one of\n(.*?)\n\n/ms;
my ($own, $flat) = $named =~ /^(.*?)or a flat source.*?: (.*)/s;
is(join(' ', sort $own =~ /^  (\w+) /mg, split ' ', $flat), join(' ', sort split /\n/, psql('select source from mo_data.source')), 'load --help lists every source, and no other');

for my $wrong (['nothing'], [], ['load'], ['load', 'prescribing'], ['load', 'nonsense', 'x.csv'], ['load', '--bad'], ['load', '--month', 'May', 'prescribing', 'x'],
    ['load', '--map', '/no/such/map', 'prescribing', 'x'], ['page'], ['page', '--org'], ['status', 'x'], ['refresh', '--from', '2024-01']) {
    ($code, $out, $err) = modash(@$wrong);
    is($code, 1, "wrong use, exit 1: @$wrong");
    isnt($err, '', '... with a message');
}
($code, $out, $err) = modash('load', '-d', 'host=/nonexistent dbname=x', 'organisations', 'x.csv');
is($code, 4, 'no server: exit 4');
like($err, qr/cannot connect/, '... says so');
psql('create schema keep');
{
    local $ENV{PGDATABASE} = 'postgres';
    ($code, $out, $err) = modash('load', 'prescribing', file_with('x.csv', epd_header(), epd_row(), "\n"));
    is($code, 4, 'no dashboard in the database: exit 4');
    like($err, qr/call mo\.create_dashboard\(\)/, '... and what to do');
}

# --- a dry run
my $before = state_of();
my $file = file_with('dry.csv', epd_header(), epd_row(), "\n", epd_row(cost => 'x'), "\n");
($code, $out, $err) = modash('load', '--dry-run', 'prescribing', $file);
is($code, 3, 'a dry run finds the bad line');
like($err, qr/^dry.csv:3: ACTUAL_COST: /m, '... and says where');
like($out, qr/2 rows read, 1 kept, 1 rejected \(dry run: nothing was loaded\)/, '... and what would have been');
{
    local $ENV{PGHOST} = '/nonexistent';
    ($code, $out, $err) = modash('load', '--dry-run', 'prescribing', $file);
    is($code, 3, '... without a server');
}
my $organisations = file_with('epraccur.csv', map { my @f = ('') x 27; @f[0, 1, 2, 3, 9, 10, 12, 14, 15, 25] = @$_; join(',', map { qq{"$_"} } @f) . "\r\n" }
    ['A81001', 'THE SURGERY', 'Y60', 'QHL', 'B1 1AA', '19740401', 'A', '15E', '20200401', '4'],
    ['A81002', 'OTHER, SURGERY', 'Y60', 'QHL', 'B1 1AB', '19740401', 'A', '15E', '20200401', '4'],
    ['A81001', 'AGAIN', 'Y60', 'QHL', 'B1 1AB', '19740401', 'A', '15E', '20200401', '4']);
($code, $out, $err) = modash('load', '--dry-run', 'organisations', $organisations);
is($code, 3, 'a dry run of a reference file');
like($err, qr/^epraccur.csv:3: organisation code: A81001 is already in line 1/m, '... says what the server would reject');
is(state_of(), $before, 'dry runs change nothing');
is(psql('select count(*) from mo_data.load_batch where state <> \'failed\''), 0, '... and leave no load');
($code, $out, $err) = modash('load', '-q', 'organisations', $organisations);
is("$code $out", '3 ', 'a quiet load prints no summary');
is(psql("select name || ' ' || prescribing_setting from mo_data.organisation where org_code = 'A81002'"), 'OTHER, SURGERY 4', '... and loads');

# --- two open memberships of PCNs: reported, not dropped in silence
my $pcn = file_with('epcn.csv', map { "$_\n" } 'A81001,THE SURGERY,15E,NHS BSOL ICB - 15E,U00001,ONE PCN,15E,NHS BSOL ICB - 15E,20200401,,TRUE',
    'A81001,THE SURGERY,15E,NHS BSOL ICB - 15E,U00002,TWO PCN,15E,NHS BSOL ICB - 15E,20230401,,TRUE',
    'A81002,OTHER,15E,NHS BSOL ICB - 15E,U00001,ONE PCN,15E,NHS BSOL ICB - 15E,20200401,20200331,TRUE');
($code, $out, $err) = modash('load', 'pcn_members', $pcn);
is($code, 3, 'core partners without a header, two open memberships: exit 3') or diag $err;
like($err, qr/^epcn.csv:2: PCN Code: A81001 is in U00001, and still is, from 2020-04-01 \(line 1\)/m, '... reported with line and reason');
like($err, qr/^epcn.csv:3: end_date: is before the start date/m, 'a membership that ends before it begins');
is(psql("select name from mo_data.organisation where org_code = '15E'"), 'NHS BSOL ICB - 15E', 'a sub-ICB gets its name');
is(psql("select name from mo_data.organisation where org_code = 'QHL'"), 'NHS BSOL ICB', '... and so does its ICB');

# --- mappings
my $export = file_with('epact.csv', "Month,Practice Code,BNF Presentation Code,Items,Quantity per item,Cost (pence)\n",
    "Apr 2023,A81001,0212000B0AAABAB,3,28,187.5\n", "Apr 2023,A81002,0212000B0AAABAB,1,28,62.505\n");
my $map = file_with('epact.map', "# our export\n\nmonth = Month\npractice_code = Practice Code\nbnf_code = \"BNF Presentation Code\"\nitems = Items\n"
    . "quantity = Quantity per item\ntotal_quantity = Quantity per item * Items\nactual_cost = Cost (pence) / 100\nunidentified = 'N'\n");
($code, $out, $err) = modash('load', '--map', $map, 'prescribing', $export);
is($code, 0, 'an export by a mapping') or diag $err;
is(psql("select string_agg(concat_ws(' ', practice_code, items, total_quantity, actual_cost_e5), ', ' order by practice_code) from mo_data.prescribing where month = '2023-04-01'"),
    'A81001 3 84 187500, A81002 1 28 62505', '... pence become pounds, exactly');
for my $wrong (['nowhere = Items', qr/line 1 of the mapping: nowhere is not a column/, 1], ['items = Nothing', qr/has no column Nothing/, 2],
    ['items Items', qr/:1: should read/, 1], ['items = Items / 3', qr/power|divided by 10/, 1], ['items = Items', qr/gives no month/, 1]) {
    ($code, $out, $err) = modash('load', '--map', file_with('wrong.map', "$wrong->[0]\n"), 'prescribing', $export);
    is($code, $wrong->[2], "a wrong mapping: $wrong->[0]") or diag $err;
    like($err, $wrong->[1], '... says what is wrong');
}

# --- the month
my $two = file_with('two.csv', epd_header(), epd_row(month => '202302'), "\n", epd_row(month => '202303'), "\n", epd_row(month => '202302', bnf => '0301011R0AAAPAP'), "\n");
($code, $out, $err) = modash('load', 'prescribing', $two);
is($code, 0, 'two months in one file, mixed');
is(psql("select months from mo_data.load_batch where file_name = 'two.csv'"), '{2023-02-01,2023-03-01}', '... both are noted');
($code, $out, $err) = modash('load', 'prescribing', '--month', '2023-02', $two);
is($code, 3, 'a month that the file contradicts');
like($err, qr/^two.csv:3: YEAR_MONTH: "202303" is not the month that --month gives/m, '... rejects the lines');
($code, $out, $err) = modash('load', 'prescribing', $two, $two);
is($code, 0, 'of several files the first was news, the second was not');

# --- names of files
my $evil = file_with("e\e[31mvil\n.csv", "a,b\n1,2\n");
($code, $out, $err) = modash('load', 'prescribing', $evil);
unlike($err, qr/\e/, 'a file name cannot colour the terminal');
like($err, qr/^e\\x1B\[31mvil\\x0A\.csv:1: /, '... its controls are written out');
is(psql('select count(*) from pg_catalog.pg_class where relname ~ \'^prescribing_\' and relkind = \'i\' and relname ~ \'_practice_bnf$\''),
    psql('select count(distinct month) from mo_data.prescribing'), 'every month with rows has its index');

# --- the state of the sources: every cell whole
demo_database();
($code, $out, $err) = modash('status');
is("$code $err", '0 ', 'status');
my ($header, @sources) = split /\n/, $out =~ s/\n\n.*//sr;
is(join(' ', map { (split ' ')[0] } @sources), join(' ', split /\n/, psql('select source_name from mo_dashboard.data_status order by source_sort')), '... every source by its whole name');
for my $row (split /\n/, psql(q{select concat_ws('|', source_name, state_label, to_char(latest_month, 'Mon YYYY'), to_char(loaded_at_utc, 'YYYY-MM-DD'), next_data_due, days_overdue, rows_kept, rows_rejected, failed_loads) from mo_dashboard.data_status})) {
    my $pattern = join ' +', map { quotemeta } split /\|/, $row;
    like($out, qr/^$pattern *$/m, '... ' . $row =~ s/\|.*//r);
}
ok(!(grep { length > 120 } $header, @sources), '... in 120 columns');

# --- a published column that holds nulls says what they mean
# One pass over each view: a query a column took two minutes.
my $unsaid = q{select (xpath('/row/unsaid/text()', query_to_xml(
        format('select concat_ws('' '', %s) as unsaid from mo_dashboard.%I', string_agg(format('case when bool_or(%1$I is null) then %2$L end',
            v.column_name, v.view_name || '.' || v.column_name), ', ' order by v.column_sort), v.view_name), false, true, '')))[1]::text as unsaid
    from mo_dashboard.data_dictionary v
    where v.column_sort > 0 and v.description_narrative !~* '\mnull\M'
    group by v.view_name};
$unsaid = "select string_agg(u.unsaid, ' ' order by u.unsaid) from ($unsaid) u where u.unsaid <> ''";
is(psql($unsaid), '', 'comments say what null means wherever there is one');

my $left_out = psql(q{select max(left_out_narrative) from mo_dashboard.data_status where source_name = 'prescribing'});
cmp_ok(length $left_out, '>', 100, 'what of the latest month is left out is long');
like($out, qr/: left out of \Q$left_out\E$/m, '... and printed whole');
is(psql(q{select count(*) from mo_data.source_left_out_now() where source = 'cohort_target'}), 0, 'every PCN has a target of reviews');
like(psql(q{begin; delete from mo_data.cohort_target where pcn_code = 'U99002'; select narrative from mo_data.source_left_out_now() where source = 'cohort_target'; rollback}),
    qr/^Oct 2026, without a target of reviews for 2026\/27 while others have one: 1 PCN \(U99002\), whose/m, '... or is named where others have one');
like($out, qr/^Figures refreshed \d{4}-\d\d-\d\d \d\d:\d\d UTC\.$/m, '... and when figures were refreshed');
done_testing();
