#!/usr/bin/env perl
# Published files that nobody here wrote: every row accounted for, totals to the penny and beyond, checked against sums made here
# from the same files by other means.
use strict;
use warnings;
use Test::More;
use MoDash;

plan skip_all => '../shared is not here' unless have_real();
fresh_database('mo_load_real');
my ($code, $out, $err);

# Decimal text in units of 0.00001, without floats.
sub e5 {
    my ($text) = @_;
    my ($whole, $part) = $text =~ /^\s*(\d+)(?:\.(\d*))?\s*$/ or die "no number: $text";
    $part = substr(($part // '') . '00000', 0, 5);
    return $whole * 100_000 + $part;
}

# Loads a file and gives its counts as the database has them.
sub load_ok {
    my ($source, $path, $rows, @options) = @_;
    (my $name = $path) =~ s{.*/}{};
    ($code, $out, $err) = modash('load', $source, @options, $path);
    is($code, 0, "$name loads") or diag $out . $err;
    is(psql("select rows_read || ' ' || rows_kept || ' ' || rows_rejected from mo_data.load_batch where file_name = '$name'"), "$rows $rows 0",
        "$name: every row is accounted for");
}

for my $edition (['2016-02', '2016-02-01'], ['2022-05', '2022-05-01']) {
    my $path = real("orgs/epraccur_$edition->[0].csv.gz");
    my @rows = map { [fields_of($_)] } lines_of($path);
    load_ok('organisations', $path, scalar @rows, '--as-at', $edition->[1]);
    my $gp = grep { $_->[25] eq '4' } @rows;
    is(psql("select count(*) from mo_data.organisation o join mo_data.load_batch b using (batch_id) where o.prescribing_setting = 4 "
            . "and b.file_name = 'epraccur_$edition->[0].csv.gz'"), $gp, "$gp GP practices of $edition->[0]");
}
is(psql(q{select string_agg(parent_code || ' ' || valid_from || ' ' || coalesce(valid_to::text, ''), ', ' order by valid_from)
    from mo_data.organisation_parent where org_code = 'A81001' and parent_type = 'sub_icb'}), '00K 2013-04-01 2020-04-01, 16C 2020-04-01 ',
    'a new commissioner ends the old one on its join date');
is(psql(q{select string_agg(p.parent_code, ' > ' order by p.level) from (
    select 1 as level, parent_code from mo_data.organisation_parent where org_code = '16C' and parent_type = 'icb' and valid_to is null
    union all select 2, parent_code from mo_data.organisation_parent where org_code = 'QHM' and parent_type = 'region' and valid_to is null
    union all select 3, parent_code from mo_data.organisation_parent where org_code = 'Y63' and parent_type = 'nation') p}), 'QHM > Y63 > ENG',
    'sub-ICB, ICB, region, nation');

my $core = real('orgs/epcn_core_partner_details_2022-05.csv.gz');
my @members = map { [fields_of($_)] } lines_of($core);
shift @members;
load_ok('pcn_members', $core, scalar @members, '--as-at', '2022-05-01');
my @pcns = lines_of(real('orgs/epcn_pcn_details_2022-05.csv.gz'));
load_ok('pcn_members', real('orgs/epcn_pcn_details_2022-05.csv.gz'), @pcns - 1, '--as-at', '2022-05-01');
is(psql("select count(*) from mo_data.organisation_parent where parent_type = 'pcn'"), scalar @members, 'every membership is there');
is(psql("select count(*) from mo_data.organisation_parent where parent_type = 'pcn' and valid_to is null"), scalar(grep { $_->[9] eq '' } @members),
    '... and open where the file says so');
is(psql("select valid_to from mo_data.organisation_parent where org_code = 'C85628' and parent_type = 'pcn'"), '2020-09-01',
    'the last day 2020-08-31 becomes the first day no longer');

($code, $out, $err) = modash('load', 'pcn_members', '--as-at', '2026-02-01', real('orgs/epcn_core_partner_details_2026-02.csv.gz'));
is($code, 3, 'ePCN of 2026-02 has memberships that overlap');
is(psql("select rows_read || ' ' || rows_kept || ' ' || rows_rejected from mo_data.load_batch where file_name = 'epcn_core_partner_details_2026-02.csv.gz'"),
    '7705 7696 9', '... nine are rejected, each with its reason');
is(psql("select count(*) from mo_data.load_reject where reason like 'P85004 is in U17156%'"), 1, '... such as the two days of Milltown Alliance');
like($out, qr/2 memberships ended on the day the next began/, '... two that only share a day are shortened by it');

# Prescribing: rows, items, quantity and money, by sums of integers made here.
sub check_prescribing {
    my ($path, $month, %at) = @_;
    my @rows = lines_of($path);
    shift @rows;
    my ($items, $nic, $cost, $quantity) = (0, 0, 0, 0);
    for my $line (@rows) {
        my @f = fields_of($line);
        $items += $f[$at{items}];
        $nic += e5($f[$at{nic}]) if defined $at{nic};
        $cost += e5($f[$at{cost}]);
        $quantity += e5($f[$at{quantity}]) * (defined $at{times} ? $f[$at{times}] : 1);
    }
    load_ok('prescribing', $path, scalar @rows, @{$at{options} // []});
    is(psql("select concat_ws(' ', count(*), sum(items), sum(nic_e5), sum(actual_cost_e5), sum(total_quantity::numeric * 100000)::bigint) "
            . "from mo_data.prescribing p join mo_data.load_batch b using (batch_id) where b.file_name = '" . $path =~ s{.*/}{}r . "' and month = '$month'"),
        join(' ', scalar @rows, $items, defined $at{nic} ? $nic : (), $cost, $quantity),
        "$month: $items items, " . $cost / 100_000 . ' pounds, exactly');
}

my %epd = (items => 20, nic => 23, cost => 24, quantity => 21);
check_prescribing(real('epd/epd_201709.csv.gz'), '2017-09-01', %epd);
check_prescribing(real('epd/epd_201710.csv.gz'), '2017-10-01', %epd);
check_prescribing(real('epd/EPD_201601_sample.csv'), '2016-01-01', %epd);
check_prescribing(real('epd/T201410PDPI_BNFT_sample.csv'), '2014-10-01', items => 5, nic => 6, cost => 7, quantity => 8);
my $map = file_with('bolton.map', "# Bolton, one month\npractice_code = PRACTICE_CODE\nbnf_code = BNF_CODE\nquantity = QUANTITY\n"
    . "items = ITEMS\ntotal_quantity = QUANTITY * ITEMS\nactual_cost = ACTUAL_COST\n");
check_prescribing(real('epd/bolton_prescriptions.csv.gz'), '2022-03-01', items => 4, cost => 5, quantity => 3, times => 4,
    options => ['--map', $map, '--month', '2022-03']);
like($out, qr/2 practice codes not in organisation, with 207 rows.*00T998 Y07546/, 'Bolton: the dummy and the unknown practice are named');
is(psql(q{select count(distinct o.parent_code) from mo_data.organisation_parent o
    where o.parent_type = 'pcn' and daterange(o.valid_from, o.valid_to) @> date '2022-03-31'
        and o.org_code in (select practice_code from mo_data.prescribing where month = '2022-03-01')}), 9, 'Bolton: nine PCNs');
is(psql("select name from mo_data.bnf_presentation where bnf_code = '0102000N0AAABAB'"), 'Hyoscine Butylbrom_Tab 10mg', 'PDPI: names without their trailing blanks');

# ASTRO-PU of the four practices, from the published weights and list sizes.
my %weight;
for (lines_of(real('weights/astro_pu.csv'))) {
    my @f = fields_of($_);
    $weight{$f[3]}{$f[4]} = $f[5] if $f[1] eq '2013' && $f[2] eq 'cost';
}
sub band_of {
    my ($age) = @_;
    my ($from) = $age =~ /^(\d+)/;
    return $from >= 75 ? '75+' : $from < 5 ? '0-4' : sprintf '%d-%d', int(($from - 5) / 10) * 10 + 5, int(($from - 5) / 10) * 10 + 14;
}
for my $month ('2017-09', '2017-10') {
    my $path = real('list_size/gp-reg-pat-prac-quin-age_' . $month =~ s/-//r . '_4practices.csv');
    my @rows = lines_of($path);
    shift @rows;
    load_ok('list_size', $path, scalar @rows);
    unlike($out, qr/published total/, "$month: published totals are the sums of their bands");
    my %units;
    for (@rows) {
        my @f = fields_of($_);
        next if $f[6] eq 'ALL' || $f[7] eq 'ALL';
        $units{$f[3]} += $f[8] * $weight{substr $f[6], 0, 1}{band_of($f[7])};
    }
    is(scalar keys %units, 4, "$month: four practices");
    for my $practice (sort keys %units) {
        my $got = psql(qq{select sum(l.patients * w.weight) from mo_data.list_size l
            join mo_data.weight w on w.scheme = 'astro_pu_cost_2013' and w.sex = l.sex and l.age_from >= w.age_from and (w.age_to is null or l.age_from <= w.age_to)
            where l.month = '$month-01' and l.practice_code = '$practice'});
        ok(abs($got - $units{$practice}) < 1e-9 * $got, "$month $practice: $got ASTRO-PU");
    }
}

my $wide = real('list_size/Patient_List_Size_2016_01-03.csv.gz');
my @wide = lines_of($wide);
shift @wide;
load_ok('list_size', $wide, scalar @wide);
my $patients = 0;
for (@wide) { my @f = fields_of($_); $patients += $_ for @f[8 .. 25] }
is(psql("select sum(patients) from mo_data.list_size where month = '2016-01-01'"), $patients, "quarterly layout: $patients patients");
my @totals = lines_of(real('list_size/gp-reg-pat-prac-all_202101.csv.gz'));
load_ok('list_size', real('list_size/gp-reg-pat-prac-all_202101.csv.gz'), @totals - 1);
is(psql("select count(*) from mo_data.list_size where month = '2021-01-01'"), 0, 'a file of totals makes no bands');

load_ok('bank_holidays', real('bank_holidays/bank-holidays.json'), scalar(grep { /"date"/ } lines_of(real('bank_holidays/bank-holidays.json'))));
is(psql("select title from mo_data.bank_holiday where division = 'england-and-wales' and day = '2024-01-01'"), "New Year\x{E2}\x{80}\x{99}s Day",
    'bank holidays: escapes of JSON');
done_testing();
