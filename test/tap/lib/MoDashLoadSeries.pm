# Prescribing and list sizes as load_random.t knows them, written from file_layouts.md, README.md and the comments of their tables: random files in each
# layout, and what their tables must hold after each, by whichever way it came.
package MoDashLoadSeries;
use strict;
use warnings;
use Exporter qw(import);
use MoDashLoadFile qw(pick chance shuffled);

our @EXPORT_OK = qw(random_prescribing after_prescribing @prescribing random_list_size after_list_size);
our @prescribing = qw(month practice_code bnf_code items quantity total_quantity nic_e5 actual_cost_e5 adq_usage snomed_code unidentified);

# By layout: what its columns are called, in the order of @prescribing but with the name of the presentation at the end.
my @named = qw(month practice_code bnf_code items quantity total_quantity nic actual_cost adq_usage snomed_code unidentified bnf_name);
my %layout = (epd => [qw(YEAR_MONTH PRACTICE_CODE BNF_CODE ITEMS QUANTITY TOTAL_QUANTITY NIC ACTUAL_COST ADQUSAGE), undef, qw(UNIDENTIFIED BNF_DESCRIPTION)],
    epd_snomed => [qw(YEAR_MONTH PRACTICE_CODE BNF_PRESENTATION_CODE ITEMS QUANTITY TOTAL_QUANTITY NIC ACTUAL_COST ADQ_USAGE SNOMED_CODE UNIDENTIFIED BNF_PRESENTATION_NAME)],
    pdpi => [qw(PERIOD PRACTICE BNF_CODE ITEMS), undef, qw(QUANTITY NIC ACT_COST), undef, undef, undef, 'BNF_NAME'],
    mapped => ['Year Month', 'Practice Code', 'Presentation Code', 'Total Items', 'Quantity per Item', undef, undef, 'Cost in pence', undef, undef, undef, 'Presentation']);
my @around = qw(REGIONAL_OFFICE_NAME REGIONAL_OFFICE_CODE ICB_NAME ICB_CODE PCO_NAME PCO_CODE PRACTICE_NAME ADDRESS_1 ADDRESS_2 ADDRESS_3 ADDRESS_4 POSTCODE BNF_CHAPTER_PLUS_CODE);
my $map = "month = Year Month\npractice_code = Practice Code\nbnf_code = Presentation Code\nitems = Total Items\nquantity = Quantity per Item\n"
    . "total_quantity = Quantity per Item * Total Items\nactual_cost = Cost in pence / 100\nunidentified = 'N'\nbnf_name = Presentation\n";

sub money { my ($e5, $pence) = @_; my $digits = $pence ? 3 : 5; return sprintf('%d.%0*d', $e5 / 10 ** $digits, $digits, $e5 % 10 ** $digits) =~ s/(?:\.0*|(\.\d*?)0+)$/chance(0.5) ? $1 \/\/ '' : $&/er }

sub prescription {
    my ($layout) = @_;
    my $unidentified = $layout =~ /^epd/ && chance(0.1);
    my ($items, $quantity) = (1 + int rand pick(3, 400), pick(28, 56, 7.5, 100));
    my %v = (month => sprintf('2024-%02d-01', 1 + int rand 4), practice_code => $unidentified ? '-' : 'A8100' . int rand 4, bnf_code => sprintf('0212000B0AAAB%02d', int rand 6),
        items => $items, quantity => $layout eq 'pdpi' ? undef : $quantity, total_quantity => $items * $quantity, nic_e5 => $layout eq 'mapped' ? undef : int rand 1e8,
        actual_cost_e5 => int rand pick(10, 1e9), adq_usage => $layout =~ /^epd/ ? pick(0, 56, 1.5) : undef, snomed_code => $layout eq 'epd_snomed' ? pick('320029006', '39113611000001102') : undef,
        unidentified => $unidentified ? 'true' : 'false');
    $v{actual_cost_e5} = undef if chance(0.03);
    my %text = (%v, month => substr($v{month}, 0, 7) =~ s/-//r, nic => defined $v{nic_e5} ? money($v{nic_e5}) : '', unidentified => $unidentified ? 'Y' : 'N',
        actual_cost => defined $v{actual_cost_e5} ? money($v{actual_cost_e5}, $layout eq 'mapped') : '', bnf_name => pick('Atorvastatin', 'Gel 5", large', "two\nlines"));
    return {-values => \%v, map { defined $layout{$layout}[$_] ? ($layout{$layout}[$_] => $text{$named[$_]}) : () } 0 .. $#named};
}

sub bad_prescription {
    my ($layout) = @_;
    my $row = prescription($layout);
    return {%$row, -short => 1, -bad => ''} if chance(0.1);
    my ($what, $bad) = @{pick(['month', '202413'], ['month', '209901'], ['month', ''], ['items', '-1'], ['items', '1.5'], ['items', ''], ['actual_cost', 'abc'], ['actual_cost', '1e3'],
        ['actual_cost', '99999999999999999999'], ['practice_code', ''], ['bnf_code', ''], ['bnf_name', "Ator\xA0"], ['snomed_code', '1.23E+17'], ['unidentified', 'X'])};
    my ($column) = grep { defined } map { $named[$_] eq $what ? $layout{$layout}[$_] : () } 0 .. $#named;
    return defined $column ? {%$row, $column => $bad, -bad => $column} : $row;
}

sub random_prescribing {
    my $layout = pick(qw(epd epd epd_snomed epd_snomed pdpi mapped));
    my @rows = shuffled((map { prescription($layout) } 1 .. pick(1, 10, 60)), map { bad_prescription($layout) } 1 .. pick(0, 0, 2, 5));
    if (chance(0.6)) { my $only = pick(map { $_->{-values}{month} } @rows); @rows = grep { $_->{-values}{month} eq $only } @rows }
    push @rows, prescription($layout); # the last row is whole
    my @columns = (grep({ defined } @{$layout{$layout}}), $layout =~ /^epd/ ? @around : ());
    return {source => 'prescribing', name => uc($layout) . '_202401.csv', columns => \@columns, rows => \@rows, part => pick('', '', 'B'), others => $layout ne 'mapped',
        map => $layout eq 'mapped' ? $map : undef};
}

# Lines rejected, rows kept.
sub sorted_out {
    my ($file) = @_;
    my (@rejects, @kept);
    for my $i (0 .. $#{$file->{rows}}) {
        my $row = $file->{rows}[$i];
        defined $row->{-bad} ? push @rejects, [$file->{lines}[$i], $row->{-bad}] : push @kept, [$file->{lines}[$i], $row->{-values}];
    }
    return (\@rejects, \@kept);
}

sub after_prescribing {
    my ($held, $file) = @_;
    my ($rejects, $kept) = sorted_out($file);
    return {failed => 1} if !@$kept;
    my %months = map { $_->[1]{month} => 1 } @$kept;
    my @stay = grep { $_->{-part} ne $file->{part} || !$months{$_->{month}} } @$held;
    my %say = (held => [@stay, map { {%{$_->[1]}, -part => $file->{part}} } @$kept], rejects => $rejects, kept => scalar @$kept, replaced => @$held - @stay, months => [sort keys %months]);
    return \%say;
}

# ------------------------------------------------------------------------------- list sizes
my @sizes = qw(PUBLICATION EXTRACT_DATE ORG_TYPE ORG_CODE ONS_CODE POSTCODE SEX AGE_GROUP_5 NUMBER_OF_PATIENTS);
sub size_row {
    my ($month, $totals) = @_;
    my ($sex, $from) = (pick(qw(MALE FEMALE)), 5 * int rand 20);
    my $band = $from == 95 ? '95+' : $from . '_' . ($from + 4);
    my $type = 'GP';
    if ($totals || chance(0.2)) { ($type, $sex, $band) = @{pick(['GP', 'ALL', 'ALL'], ['GP', $sex, 'ALL'], ['ICB', $sex, $band])} }
    my $patients = int rand 3000;
    my $code = 'A8100' . int rand 4;
    my ($y, $m) = $month =~ /^(\d+)-(\d+)/;
    my %v = (month => $month, practice_code => $code, sex => substr($sex, 0, 1), age_from => $from, age_to => $from == 95 ? undef : $from + 4, patients => $patients);
    my $total = $type ne 'GP' || $sex eq 'ALL' || $band eq 'ALL';
    return {-values => \%v, -total => $total ? {month => $month, org_type => $type, org_code => $code, sex => $sex eq 'ALL' ? 'ALL' : substr($sex, 0, 1), age_band => $band, patients => $patients} : undef,
        PUBLICATION => 'GP_PRAC_PAT_LIST', EXTRACT_DATE => pick("$y-$m-01", "01" . (qw(JAN FEB MAR APR))[$m - 1] . $y), ORG_TYPE => $type, ORG_CODE => $code, SEX => $sex,
        AGE_GROUP_5 => $band, NUMBER_OF_PATIENTS => $patients, -id => "$type $code $month $sex $band"};
}
sub bad_size_row {
    my ($c, $bad) = @{pick(['EXTRACT_DATE', 'x'], ['AGE_GROUP_5', 'OLD'], ['NUMBER_OF_PATIENTS', '-1'], ['NUMBER_OF_PATIENTS', 'x'], ['NUMBER_OF_PATIENTS', '1.5'], ['SEX', 'BOTH'], ['ORG_CODE', ''])};
    return {%{size_row($_[0])}, $c => $bad, -bad => $c};
}

sub random_list_size {
    my @months = chance(0.8) ? sprintf('2024-%02d-01', 1 + int rand 4) : ('2024-01-01', '2024-02-01');
    my $totals = chance(0.2);
    my @rows = shuffled((map { size_row(pick(@months), $totals) } 1 .. pick(1, 20, 60)), map { bad_size_row(pick(@months)) } 1 .. pick(0, 0, 3));
    return {source => 'list_size', name => 'gp-reg-pat-prac-quin-age.csv', columns => \@sizes, rows => \@rows, part => '', others => 1};
}

# $held: bands (rows) and totals (by what they are of).
sub after_list_size {
    my ($held, $file) = @_;
    my (@rejects, %seen, @bands, %totals, %months);
    for my $i (0 .. $#{$file->{rows}}) {
        my $row = $file->{rows}[$i];
        if (defined $row->{-bad}) { push @rejects, [$file->{lines}[$i], $row->{-bad}]; next }
        if ($seen{$row->{-id}}++) { push @rejects, [$file->{lines}[$i], '']; next }
        $months{$row->{-values}{month}} = 1;
        $row->{-total} ? $totals{$row->{-id}} = $row->{-total} : push @bands, $row->{-values};
    }
    my %band_months = map { $_->{month} => 1 } @bands;
    my @stay = grep { !$band_months{$_->{month}} } @{$held->{bands}};
    return {failed => 1} if !%seen;
    return {held => {bands => [@stay, @bands], totals => {%{$held->{totals}}, %totals}}, rejects => \@rejects, kept => @{$file->{rows}} - @rejects,
        replaced => @{$held->{bands}} - @stay, months => [sort keys %months]};
}

1;
