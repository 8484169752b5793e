#!/usr/bin/env perl
# From published files to figures: ASTRO-PU, cost per ASTRO-PU and PCN totals against sums made here from the same files by other means.
use strict;
use warnings;
use Test::More;
use MoDash;

plan skip_all => '../shared is not here' unless have_real();
fresh_database('mo_real_figures');

sub rows_of {
    my ($path) = @_;
    my ($header, @lines) = lines_of($path);
    $header =~ s/^\xEF\xBB\xBF//;
    my @names = split /,/, $header;
    return map { my %row; @row{@names} = fields_of($_); \%row } @lines;
}

sub near { my ($got, $expected, $what) = @_; ok(abs($got - $expected) <= 1e-9 * abs($expected), $what) or diag "got $got, expected $expected" }

sub load {
    my ($source, @files) = @_;
    my ($code, $out, $err) = modash('load', $source, @files);
    ok($code == 0 || $code == 3, "load $source: exit $code") or diag $out . $err;
}

load('organisations', '--as-at', '2016-02-01', real('orgs/epraccur_2016-02.csv.gz'));
load('organisations', '--as-at', '2022-05-01', real('orgs/epraccur_2022-05.csv.gz'));
load('pcn_members', '--as-at', '2022-05-01', real('orgs/epcn_pcn_details_2022-05.csv.gz'), real('orgs/epcn_core_partner_details_2022-05.csv.gz'));
load('list_size', real('list_size/Patient_List_Size_2016_01-03.csv.gz'), map { real("list_size/gp-reg-pat-prac-quin-age_$_" . '_4practices.csv') } qw(201709 201710));
load('prescribing', map { real("epd/epd_$_.csv.gz") } qw(201709 201710));
my $map = file_with('bolton.map', "practice_code = PRACTICE_CODE\nbnf_code = BNF_CODE\nquantity = QUANTITY\nitems = ITEMS\n"
    . "total_quantity = QUANTITY * ITEMS\nactual_cost = ACTUAL_COST\nunidentified = 'N'\n");
load('prescribing', '--map', $map, '--month', '2022-03', real('epd/bolton_prescriptions.csv.gz'));
my ($code, $out, $err) = modash('refresh');
is($code, 0, 'refresh') or diag $out . $err;

# The four practices: weights from the facts, list sizes and costs from the files.
my %weight = map { ("$_->{sex}$_->{age_from}" => $_->{weight}) } grep { $_->{basis} eq 'cost' } rows_of(real('../facts/astro_pu_2013.csv'));
for my $month ('201709', '201710') {
    my (%weighted, %cost);
    for (rows_of(real("list_size/gp-reg-pat-prac-quin-age_$month" . '_4practices.csv'))) {
        next if $_->{SEX} eq 'ALL' || $_->{AGE_GROUP_5} eq 'ALL';
        my ($age) = $_->{AGE_GROUP_5} =~ /^(\d+)/;
        my ($band) = grep { $age >= $_ } 75, 65, 55, 45, 35, 25, 15, 5, 0;
        $weighted{$_->{ORG_CODE}} += $_->{NUMBER_OF_PATIENTS} * $weight{substr($_->{SEX}, 0, 1) . $band};
    }
    $cost{$_->{PRACTICE_CODE}} += $_->{ACTUAL_COST} for rows_of(real("epd/epd_$month.csv.gz"));
    is(join(' ', sort keys %cost), 'B85010 B85054 L84018 L84073', "$month: the four practices");
    (my $day = $month) =~ s/(\d{4})(\d\d)/$1-$2-01/;
    for my $practice (sort keys %cost) {
        my ($n, $d, $v) = split /\|/, psql("select numerator, denominator, value from mo_data.kpi_result where kpi_id = 'cost_per_weighted_patient' "
                . "and breakdown = '' and org_type = 'practice' and org_code = '$practice' and month = '$day'");
        near($n, $cost{$practice}, "$month $practice: actual cost");
        near($d, $weighted{$practice}, "$month $practice: ASTRO-PU");
        near($v, $cost{$practice} / $weighted{$practice}, "$month $practice: cost per ASTRO-PU");
    }
    near(psql("select sum(numerator) from mo_data.kpi_record('cost_per_weighted_patient', 'B85010', '$day')"), $cost{B85010},
        "$month B85010: the records of the drill-through add up to the figure");
}

# Bolton: everything loaded is somewhere; only GP practices in a PCN make PCN figures.
my ($total, %bolton) = (0);
for (rows_of(real('epd/bolton_prescriptions.csv.gz'))) { $total += $_->{ACTUAL_COST}; $bolton{$_->{PRACTICE_CODE}} += $_->{ACTUAL_COST} }
near(psql("select sum(actual_cost) from mo_data.prescribing_reconciliation where month = '2022-03-01'"), $total, 'Bolton: the reconciliation adds up to the file');
my %member = map { split /\|/ } split /\n/, psql(q{select p.org_code, p.parent_code from mo_data.organisation_parent p
    where p.parent_type = 'pcn' and p.valid_from <= '2022-03-31' and (p.valid_to is null or p.valid_to > '2022-03-31')});
my %has_list = map { $_ => 1 } split /\n/, psql('select distinct practice_code from mo_data.list_size');
my (%pcn, @outside);
for my $practice (keys %bolton) {
    if ($member{$practice} && $has_list{$practice}) { $pcn{$member{$practice}} += $bolton{$practice} } else { push @outside, $practice }
}
is(scalar keys %pcn, 9, 'Bolton: nine PCNs');
for my $code (sort keys %pcn) {
    near(psql("select numerator from mo_data.kpi_result where kpi_id = 'cost_per_weighted_patient' and breakdown = '' and org_code = '$code' and month = '2022-03-01'"),
        $pcn{$code}, "Bolton: actual cost of PCN $code");
}
ok((grep { $_ eq '00T998' } @outside), 'Bolton: the dummy code is in no PCN');
my $left_out = psql("select count(*) from mo_data.kpi_result where kpi_id = 'cost_per_weighted_patient' and month = '2022-03-01' and peer_n is not null
    and org_type = 'practice' and org_code in (select org_code from mo_data.organisation where prescribing_setting is distinct from 4)");
is($left_out, 0, 'Bolton: hospices, out-of-hours and clinics are ranked with nobody');
is(psql("select count(distinct peer_n) || ' ' || min(peer_n) from mo_data.kpi_result where kpi_id = 'cost_per_weighted_patient' and breakdown = '' and org_type = 'pcn'
    and month = '2022-03-01' and org_code in ('" . join("','", keys %pcn) . "')"), '1 ' . psql("select count(*) from mo_data.kpi_result where kpi_id = 'cost_per_weighted_patient'
    and breakdown = '' and org_type = 'pcn' and month = '2022-03-01' and icb_code = (select icb_code from mo_data.kpi_result where org_code = '" . (sort keys %pcn)[0]
    . "' and month = '2022-03-01' and breakdown = '' and kpi_id = 'cost_per_weighted_patient') and value is not null"), 'Bolton: a PCN is compared with the PCNs of its ICB');
done_testing();
