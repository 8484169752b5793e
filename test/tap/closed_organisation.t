#!/usr/bin/env perl
# An organisation that has closed, and the one that followed it: a file of successors, pages and workbooks of now and of an earlier month, members then.
use strict;
use warnings;
use lib 'test/tap/lib';
use DemoDatabase;
use MoDash;
use Test::More;

demo_database();
$ENV{PGDATABASE} = 'postgres';
psql('drop database if exists mo_closed with (force)');
psql('create database mo_closed template mo_demo_pages');
$ENV{PGDATABASE} = 'mo_closed';

# U99002 closes on the last day of July: its practices belong to U99001 from August, but for one, which closes too
my @practices = split /\n/, psql("select org_code from mo_dashboard.dim_organisation where current_pcn_code = 'U99002' and org_type = 'practice' order by 1");
my $shut = $practices[0];
psql("update mo_data.organisation set open_to = '2026-08-01' where org_code in ('U99002', '$shut')");
psql("update mo_data.organisation_parent set valid_to = '2026-08-01' where parent_code = 'U99002' and valid_to is null");
psql("insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from) select o, 'pcn', 'U99001', '2026-08-01' from unnest('{@{[join ',', @practices[1 .. $#practices]]}}'::text[]) o");
file_with('organisation_successor.csv', <<"CSV");
org_code,successor_code,kind,effective_from,source
U99002,U99001,merger,2026-08-01,the ICB
$shut,$practices[1],merged,2026-08-01,
$shut,$practices[1],merger,2026-08-01,
CSV
my ($code, $out, $err) = modash('load', '--all', '-q', scratch(''));
is($code, 3, 'a file of successors is known by its name, and a kind that there is not is refused');
like($err, qr/organisation_successor\.csv:3: kind: "merged"/, '... with its line');
is(psql('select org_code from mo_data.organisation_successor where batch_id is not null order by 1'), join("\n", sort 'U99002', $shut), '... the others are there');
($code, $out, $err) = modash('refresh');
is($code, 0, 'a refresh');
my $name = psql("select org_name from mo_dashboard.dim_organisation where org_code = 'U99001'");
my $old = psql("select org_name from mo_dashboard.dim_organisation where org_code = 'U99002'");

# --- the page of now
($code, $out, $err) = modash('page', '--org', 'U99002');
is("$code $out$err", qq{5 modash: there is no current page of organisation "U99002": it is closed since 1 August 2026; --month 2026-07 gives its last page\n}, 'one that has closed has no page of now, and the message says which is its last');
my $lately = psql("update mo_data.organisation_successor set effective_from = current_date - 100 where org_code = 'U99002' returning to_char(effective_from, 'FMDD FMMonth YYYY')");
($code, $out, $err) = modash('page', '--org', 'U99001');
like($out =~ s/\s+/ /gr, qr/To know This organisation Follows \Q$old\E \(U99002\) from \Q$lately\E\. /, 'the page of the one that followed says so');
psql("update mo_data.organisation_successor set effective_from = current_date - 800 where org_code = 'U99002'");
($code, $out, $err) = modash('page', '--org', 'U99001');
unlike($out, qr/This organisation/, '... for two years');
psql("update mo_data.organisation_successor set effective_from = '2026-08-01' where org_code = 'U99002'");

# one that opens later is not closed, although it is not open
psql("update mo_data.organisation set open_from = current_date + 20 where org_code = '$practices[1]'");
($code, $out, $err) = modash('page', '--org', $practices[1], '--month', '2026-07');
like($out =~ s/\s+/ /gr, qr/This organisation Follows /, 'one that opens later ...');
unlike($out, qr/Closed since/, '... is not said to be closed');
psql("update mo_data.organisation set open_from = '2000-01-01' where org_code = '$practices[1]'");

# --- its last page
($code, $out, $err) = modash('page', '--org', 'U99002', '--month', '2026-07');
is("$code $err", '0 ', 'the last page of one that has closed');
like($out, qr/^Synthetic data +Figures to 31 July 2026, as known now/m, '... has what its data are');
like($out =~ s/\s+/ /gr, qr/To know This organisation Closed since 1 August 2026\. Followed by \Q$name\E \(U99001\) from 1 August 2026\. /, '... says what became of it');
my ($cost) = $out =~ /^Cost per weighted patient +(\S+)/m;
is($cost, psql("select display_value from mo_dashboard.kpi_trend where org_code = 'U99002' and kpi_id = 'cost_per_weighted_patient' and month_start = '2026-07-01'"), '... has its figures');
like($out, qr/^Cost per weighted patient .*[\x{2581}-\x{2588}]|^Cost per weighted patient .*\xE2\x96/m, '... and their trend');
($code, $out, $err) = modash('page', '--org', 'U99002', '--month', '2026-07', '--format', 'json');
like($out, qr/"history": "Closed since 1 August 2026\. Followed by/, 'as JSON');
($code, $out, $err) = modash('page', '--org', 'U99002', '--month', '2026-07', '--format', 'html');
like($out, qr/This organisation:?<.*Closed since 1 August 2026\. Followed by/, 'as HTML');
($code, $out, $err) = modash('page', '--org', 'U99002', '--month', '2026-08');
is("$code $err", qq{5 modash: there is no figure of organisation "U99002" in 2026-08\n}, 'after it has closed there is none');

# --- workbooks: its members were those of the month
sub sheet_texts { # of the sheet Practices: the codes in its second column
    my ($path) = @_;
    my $strings = `unzip -p '$path' xl/sharedStrings.xml`;
    my @strings = map { s/<[^>]+>//gr } $strings =~ m{<si>(.*?)</si>}gs;
    my $sheet = `unzip -p '$path' xl/worksheets/sheet3.xml`;
    return ($strings, grep { /^X\d/ } map { $strings[$_] } $sheet =~ m{<c r="B\d+"[^>]* t="s"><v>(\d+)</v>}g);
}
my $book = scratch('july.xlsx');
($code, $out, $err) = modash('workbook', '--org', 'U99002', '--month', '2026-07', '-q', '-o', $book);
is("$code $out$err", '0 ', 'the workbook of its last month');
my ($strings, @members) = sheet_texts($book);
is("@{[sort @members]}", "@practices", '... has the practices that belonged to it then');
like($strings, qr/organisations that belonged to it that month/, '... and says so');
like($strings, qr/This organisation: Closed since 1 August 2026/, '... and that it is closed');
($code, $out, $err) = modash('workbook', '--org', 'U99001', '-q', '-o', $book, '--force');
($strings, @members) = sheet_texts($book);
is(scalar(grep { my $one = $_; grep { $_ eq $one } @practices } @members), @practices - 1, 'the one that followed has those that came to it');
unlike(join(' ', @members), qr/$shut/, '... and not the one that closed');
($code, $out, $err) = modash('workbook', '--org', 'U99001', '--month', '2026-07', '-q', '-o', $book, '--force');
($strings, @members) = sheet_texts($book);
is(scalar(grep { my $one = $_; grep { $_ eq $one } @practices } @members), 0, '... and none of them in the month before');
($code, $out, $err) = modash('workbook', '--all-pcns', scratch('now'), '-q');
is(join(' ', map { s{.*/}{}r } sort glob scratch('now') . '/*'), 'U99001_2026-10.xlsx', 'every PCN: those of now');
($code, $out, $err) = modash('workbook', '--all-pcns', scratch('july'), '--month', '2026-07', '-q');
is(join(' ', map { s{.*/}{}r } sort glob scratch('july') . '/*'), 'U99001_2026-07.xlsx U99002_2026-07.xlsx', '... and those of an earlier month');

$ENV{PGDATABASE} = 'postgres';
psql('drop database mo_closed with (force)');
done_testing();
