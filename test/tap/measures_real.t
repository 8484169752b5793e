#!/usr/bin/env perl
# Prescribing measures against what OpenPrescribing's own engine gives (its test fixture: values, percentiles, deciles and savings at five
# levels), against its published definitions, and against its published sub-ICB series.
use strict;
use warnings;
use Test::More;
use MoDash;

plan skip_all => '../shared is not here' unless have_real();

sub rows_of {
    my ($path) = @_;
    my ($header, @lines) = lines_of($path);
    my @names = split /,/, $header;
    return map { my %row; @row{@names} = split /,/, $_, -1; \%row } @lines;
}
sub near { my ($got, $expected) = @_; return abs($got - $expected) <= 1e-9 * (abs($expected) > 1 ? abs($expected) : 1) }
sub script { my ($sql) = @_; my $file = file_with('script.sql', $sql); my ($out) = qx(psql -X -q -At -v ON_ERROR_STOP=1 -f $file 2>&1); return $out }
# Rows of a query by the columns but the last ones, which are the values.
sub by_key { my ($keys, $sql) = @_; my %found; for (split /\n/, psql($sql)) { my @f = split /\|/, $_, -1; $found{join ' ', @f[0 .. $keys - 1]} = [@f[$keys .. $#f]] } return \%found }

# --- The definitions as published
fresh_database('mo_measures_real');
my ($code, $out, $err) = modash('load', 'measures', real('measures/openprescribing_definitions.json'));
is($code, 3, 'definitions: loaded, with refusals') or diag $out . $err;
like($out, qr/74 rows read, 34 kept, 40 rejected/, 'definitions: 34 of 74 are prefix lists');
is(psql("select count(*) from mo_data.load_reject r where reason ~ '(query|type custom)'"), 40, 'definitions: every refusal says why');
is(psql("select count(*) from mo_data.prescribing_measure m where exists (select from mo_data.load_reject r where r.column_name = m.measure_id)"), 0, 'none of them is guessed');
is(psql("select array_to_string(numerator_include, ' ') || ' -' || array_to_string(numerator_exclude, ' -') || ' / ' || array_to_string(denominator_include, ' ') || ' ' || numerator_value
    from mo_data.prescribing_measure where measure_id = 'ktt13_nsaids_ibuprofen'"), '100101 -1001010J0 -1001010P0 / 100101 items', 'a definition as it became');
is(psql("select count(*) from mo_data.kpi k join mo_data.prescribing_measure m on m.measure_id = k.kpi_id where k.family = 'prescribing_measure' and k.is_shared and not k.on_front_page"),
    psql('select count(*) from mo_data.prescribing_measure'), 'every measure is a KPI');
($code, $out) = modash('load', 'measures', real('measures/openprescribing_definitions.json'));
is($code, 5, 'the same file again: nothing to do');

# --- The engine's fixture: 16 practices, eight months, five measures
my @value = rows_of(real('measures/engine_fixture_values.csv'));
my @decile = rows_of(real('measures/engine_fixture_deciles.csv'));
my %level = (practice => 'practice', pcn => 'pcn', ccg => 'sub_icb', stp => 'icb', regional_team => 'region');
my (%parent, %type);
for (rows_of(real('measures/engine_fixture_orgs.csv'))) {
    $type{$_->{practice}} = 'practice'; $type{$_->{pcn}} = 'pcn'; $type{$_->{ccg}} = 'sub_icb'; $type{$_->{stp}} = 'icb'; $type{$_->{regional_team}} = 'region';
    $parent{"$_->{practice} pcn"} = $_->{pcn}; $parent{"$_->{practice} sub_icb"} = $_->{ccg};
    $parent{"$_->{pcn} sub_icb"} //= $_->{ccg}; $parent{"$_->{ccg} icb"} = $_->{stp}; $parent{"$_->{stp} region"} = $_->{regional_team};
}
# What prescribing gives these numerators and denominators: 010101 is the numerator of core_0 at 2 pounds a unit, 010102 the rest at 1; 0102.. likewise
# for core_1, by items; 0103 is the cost of lp_2 and lp_3, a list of boys under 5 (weight 1) their denominator; lpzomnibus is both cores.
my ($prescribing, $list, %seen) = ('', '');
for (grep { $_->{level} eq 'practice' && $_->{measure} eq 'core_0' } @value) {
    my ($n, $d) = (0 + $_->{numerator}, 0 + $_->{denominator});
    my $row = sub { my ($bnf, $quantity, $price) = @_; join("\t", $_->{month}, $_->{org}, $bnf, $quantity, 1, $quantity, $quantity * $price * 100000, $quantity * $price * 100000, 0) . "\n" };
    $prescribing .= $row->('0101010A0AAAAAA', $n, 2) . $row->('0101020A0AAAAAA', $d - $n, 1) . $row->('0102010A0AAAAAA', $n, 2) . $row->('0102020A0AAAAAA', $d - $n, 1)
        . $row->('0103000A0AAAAAA', $n, 1);
    $list .= join("\t", $_->{month}, $_->{org}, 'M', 0, 4, int $d, 0) . "\n";
    $seen{$_->{month}} = 1;
}
my @month = sort keys %seen;
my $sql = "begin;\nset client_min_messages = warning;\nupdate mo_data.prescribing_measure set is_active = false;\nupdate mo_data.kpi set is_active = false;\n";
$sql .= "insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values " . join(', ', map { "('$_', '$type{$_}', '$_', " . ($type{$_} eq 'practice' ? 4 : 'null') . ')' } sort keys %type) . ";\n";
$sql .= "insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values " . join(', ', map { my ($org, $kind) = split ' '; "('$org', '$kind', '$parent{$_}')" } sort keys %parent) . ";\n";
$sql .= "create table mo_data.prescribing_test partition of mo_data.prescribing default;\n";
$sql .= "copy mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, batch_id) from stdin;\n$prescribing\\.\n";
$sql .= "copy mo_data.list_size (month, practice_code, sex, age_from, age_to, patients, batch_id) from stdin;\n$list\\.\n";
$sql .= "insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) select s, s, repeat('0', 64), 1, 'test', 'loaded', '{" . join(',', @month) . "}' from unnest('{prescribing,list_size}'::text[]) s;\n";
my $definition = sub { my ($id, $n, $nv, $d, $dv, $population, $percentage) = @_;
    return "insert into mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_value, numerator_wording, denominator_include, denominator_value, population,
        denominator_wording, is_percentage, direction, is_cost_based, source) values ('$id', '$id', '$id', '$n', '$nv', 'n', " . ($d ? "'$d'" : 'null') . ', ' . ($dv ? "'$dv'" : 'null') . ', '
        . ($population ? "'$population'" : 'null') . ", 'd', $percentage, 'lower', true, 'fixture');\n" };
$sql .= $definition->('core_0', '{010101}', 'quantity', '{0101}', 'quantity', '', 'true') . $definition->('core_1', '{010201}', 'items', '{0102}', 'items', '', 'true')
    . $definition->('lp_2', '{0103%AA}', 'actual_cost', '', '', 'list_size', 'false') . $definition->('lp_3', '{0103000A0AAAAAA}', 'nic', '', '', 'astro_pu_cost_2013', 'false')
    . $definition->('lpzomnibus', '{010101,010201}', 'quantity', '{0101,0102}', 'quantity', '', 'true');
$sql .= "call mo_data.refresh();\ncommit;\n";
is(script($sql), undef, 'fixture: entered and counted') ;

my $ours = by_key(4, "select kpi_id, month_start, org_type, org_code, numerator, denominator, value, level_percentile from mo_dashboard.measure_value where org_type <> 'nation'");
my $saving = by_key(4, "select s.kpi_id, s.month, s.org_type, s.org_code, " . join(', ', map { "mo_data.measure_saving_at(d.decile[$_], m.is_percentage, s.numerator, s.denominator, s.per, q.numerator, q.denominator,
        c.numerator, c.denominator, d.numerator_unit_cost, d.other_unit_cost)" } 1 .. 9) . " from mo_data.kpi_shown s join mo_data.prescribing_measure m on m.measure_id = s.kpi_id
    join mo_data.measure_decile d on d.kpi_id = s.kpi_id and d.month = s.month and d.org_type = s.org_type
    left join mo_data.kpi_shown q on q.org_key = s.org_key and q.kpi_id = s.kpi_id and q.month = s.month and q.breakdown = 'quantity'
    left join mo_data.kpi_shown c on c.org_key = s.org_key and c.kpi_id = s.kpi_id and c.month = s.month and c.breakdown = 'actual_cost' where s.breakdown = ''");
my (%wrong, %count);
for (@value) {
    my $what = "$_->{measure} $level{$_->{level}}";
    my $key = "$_->{measure} $_->{month} $level{$_->{level}} $_->{org}";
    my $got = $ours->{$key};
    $count{$what}++;
    my $good = $got && near($got->[0], $_->{numerator}) && near($got->[1], $_->{denominator}) && near($got->[2], $_->{calc_value}) && near($got->[3], $_->{percentile});
    if (!$good) { $wrong{$what}++; diag "$key: " . join(' ', @{$got // ['nothing']}) if keys %wrong < 3 && $wrong{$what} < 3; next }
    for my $i (1 .. 9) { if (!near($saving->{$key}[$i - 1], $_->{"cost_saving_${i}0"})) { $wrong{"$what saving"}++; diag "$key $i: $saving->{$key}[$i - 1] " . $_->{"cost_saving_${i}0"} if $wrong{"$what saving"} < 3 } }
}
for my $what (sort keys %count) {
    is($wrong{$what} // 0, 0, "fixture: $what: $count{$what} values and percentiles are OpenPrescribing's");
    is($wrong{"$what saving"} // 0, 0, "fixture: $what: and the savings at nine deciles");
}
is(scalar keys %$ours, scalar @value, 'fixture: as many values as there are');
my $deciles = by_key(3, 'select kpi_id, month, org_type, total_numerator, total_denominator, ' . join(', ', map { "decile[$_]" } 1 .. 9) . ' from mo_data.measure_decile');
my $bad = 0;
for (@decile) {
    my $got = $deciles->{"$_->{measure} $_->{month} $level{$_->{level}}"} or do { $bad++; next };
    my @expected = ($_->{total_numerator}, $_->{total_denominator}, map { $_ } @{$_}{map { "p${_}0" } 1 .. 9});
    for my $i (0 .. 10) { if (!near($got->[$i], $expected[$i])) { $bad++; last } }
}
is($bad, 0, 'fixture: ' . @decile . " rows of totals and nine deciles are OpenPrescribing's");
is(scalar keys %$deciles, scalar @decile, 'fixture: as many deciles as there are');
is(psql("select count(*) from mo_dashboard.fact_kpi f join mo_dashboard.dim_kpi k using (kpi_id) where k.family_label = 'Prescribing measures' and k.family_label_sort = 5") > 0, 1, 'and in fact_kpi');
is(psql("select round(saving_at_median, 2) || ' ' || round(saving_at_best_decile, 2) from mo_dashboard.measure_saving where kpi_id = 'core_0' and month_start = '2018-01-01' and org_code = '1A1'"),
    '155.34 1239.08', 'measure_saving shows them');
is(psql("select count(*) || ' ' || sum(numerator) || ' ' || sum(denominator) from mo_data.kpi_record('core_0', 'AAA', '2018-01-01') where breakdown is null"),
    '4 ' . join(' ', map { my $c = $_; my ($r) = grep { $_->{measure} eq 'core_0' && $_->{month} eq '2018-01-01' && $_->{org} eq 'AAA' } @value; $r->{$c} + 0 } qw(numerator denominator)), 'drill-through: the presentations behind a figure');

# --- The published sub-ICB series: a practice a sub-ICB that prescribed what was published, then ours beside theirs
fresh_database('mo_measures_real');
modash('load', '-q', 'measures', real('measures/openprescribing_definitions.json'));
my %bnf = (ktt13_nsaids_ibuprofen => ['1001010A0AAAAAA', '1001010J0AAAAAA'], methotrexate => ['1001030U0AAACAC', '1001030U0AAABAB'], aafpercent => ['0913107A0AAAAAA', '0913101A0AAAAAA']);
my ($published, %sub_icb, %month);
$prescribing = '';
for my $measure (sort keys %bnf) {
    my $file = real("measures/sub_icb_monthly/$measure.csv.gz");
    ($code, $out, $err) = modash('load', 'published_measure_value', $file);
    is($code, 0, "$measure: published values loaded") or diag $out . $err;
    for (rows_of($file)) {
        $sub_icb{$_->{code}} = 1; $month{$_->{month}} = 1; $published++;
        for my $side (0, 1) {
            my $n = $side == 0 ? $_->{numerator} : $_->{denominator} - $_->{numerator};
            $prescribing .= join("\t", $_->{month}, "P$_->{code}", $bnf{$measure}[$side], $measure eq 'aafpercent' ? 1 : $n, 1, $n, 0, 0, 0) . "\n" if $n != 0;
        }
    }
}
$sql = "begin;\nset client_min_messages = warning;\nupdate mo_data.kpi set is_active = kpi_id in ('ktt13_nsaids_ibuprofen', 'methotrexate', 'aafpercent');\n";
$sql .= "insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'ICB', null)" . join('', map { ", ('$_', 'sub_icb', '$_', null), ('P$_', 'practice', 'P$_', 4)" } sort keys %sub_icb) . ";\n";
$sql .= "insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values " . join(', ', map { "('$_', 'icb', 'QAA'), ('P$_', 'sub_icb', '$_')" } sort keys %sub_icb) . ";\n";
$sql .= "create table mo_data.prescribing_test partition of mo_data.prescribing default;\n";
$sql .= "copy mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, batch_id) from stdin;\n$prescribing\\.\n";
$sql .= "insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('prescribing', 'x', repeat('0', 64), 1, 'test', 'loaded', '{" . join(',', sort keys %month) . "}');\n";
$sql .= "insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state) select s, 'x', repeat('0', 64), 1, 'test', 'loaded' from unnest('{organisations,pcn_members}'::text[]) s;\n";
$sql .= "update mo_data.setting set value = 0 where name = 'price_per_unit_months';\ncall mo_data.refresh();\ncommit;\n";
is(script($sql), undef, 'series: entered and counted');
is(psql('select check_label || \' \' || count(*) from mo_dashboard.measure_check group by check_label'), "agrees $published", "series: our $published figures are the published ones");
is(psql("select count(*) filter (where value is not null) || ' ' || count(*) filter (where level_percentile is not null) from mo_dashboard.measure_value
    where org_type = 'sub_icb' and org_code in (select org_code from mo_data.published_measure_value group by org_code having max(denominator) = 0)"), '0 0', 'series: closed organisations have no value and no percentile');
my %theirs; # deciles over those with a denominator, worked out here
for my $measure (sort keys %bnf) { for (rows_of(real("measures/sub_icb_monthly/$measure.csv.gz"))) { push @{$theirs{"$measure $_->{month}"}}, $_->{numerator} / $_->{denominator} if $_->{denominator} != 0 } }
$deciles = by_key(2, "select kpi_id, month, org_count, " . join(', ', map { "decile[$_]" } 1 .. 9) . " from mo_data.measure_decile where org_type = 'sub_icb'");
$bad = 0;
for my $key (sort keys %theirs) {
    my @sorted = sort { $a <=> $b } @{$theirs{$key}};
    my $got = $deciles->{$key} or do { $bad++; next };
    $bad++ if $got->[0] != @sorted;
    for my $i (1 .. 9) { my $at = $i / 10 * $#sorted; my $low = int $at; my $high = $low < $#sorted ? $low + 1 : $low;
        $bad++ if !near($got->[$i], $sorted[$low] + ($at - $low) * ($sorted[$high] - $sorted[$low])) }
}
is($bad, 0, 'series: deciles of ' . keys(%theirs) . ' measures and months, organisations without a denominator left out');
# a figure that differs is explained
psql("update mo_data.published_measure_value set numerator = numerator + 5 where measure_id = 'methotrexate' and month = '2025-01-01' and org_code = (select min(org_code) from mo_data.published_measure_value where denominator > 100 and measure_id = 'methotrexate' and month = '2025-01-01')");
is(psql("select check_label || ' ' || numerator_difference from mo_dashboard.measure_check where check_label <> 'agrees'"), 'differs -5', 'series: a difference is shown');

done_testing();
