# Files to mutate, one or more of every format that modash reads; their mutations; and how many rows a file has, counted without modash.
package MoDashFuzz;
use strict;
use warnings;
use Exporter qw(import);
use IO::Compress::Gzip qw(gzip);
use IO::Uncompress::Gunzip qw(gunzip);
use MoDash;

our @EXPORT = qw(mark_patients originals patient_key mutated rows_in);

my $lines_kept = 40;

# Patients' keys and identifiers that can be told from every other number: what must not stand in a message. (Where a mutation has joined one to
# the field before it, it is that field's value.)
my $patient_key = qr/\b(?:12345\d{5}|54321\d{5}|0000\w{4}-0000-4000-8000-00000000000A)\b/;
sub patient_key { return $patient_key }

# Gives the patients of the demo data in a folder such keys.
sub mark_patients {
    my ($folder) = @_;
    for my $path (glob "$folder/*.csv") {
        my ($header, @lines) = split /\r?\n/, slurp($path);
        my @names = fields_of($header);
        my @marked = grep { $names[$_] =~ /^(patient_key|source_patient_id|IDPatient)$/ } 0 .. $#names or next;
        for (@lines) {
            my @fields = split /,/, $_, -1;
            for my $n (@marked) { $fields[$n] += $names[$n] eq 'patient_key' ? 1_234_500_000 : 5_432_100_000 if $fields[$n] =~ /^\d+$/ }
            $_ = join ',', @fields;
        }
        open my $out, '>:raw', $path or die "cannot write $path: $!";
        print {$out} map { "$_\n" } $header, @lines;
        close $out or die;
    }
    return;
}

# What demo data have no file of, or one without rows.
sub written {
    my $map = file_with('fuzz.map', "practice_code = Practice\nbnf_code = Code\nitems = Items\nactual_cost = Cost in pence / 100\n"
        . "quantity = Quantity\ntotal_quantity = Quantity * Items\nunidentified = 'N'\n");
    my @bnf = map { sprintf '0212000B0AAAB%02d', $_ } 10 .. 39;
    my @bands = qw(0_4 5_14 15_24 25_34 35_44 45_54 55_64 65_74 75+);
    my $measure = '{"name": "One", "title": "One", "numerator_type": "bnf_items", "numerator_short": "Items", "numerator_bnf_codes_filter": ["0501 # all", "~050109"],'
        . "\n\"denominator_type\": \"list_size\", \"is_percentage\": false, \"is_cost_based\": false, \"low_is_good\": true, \"tags\": []}";
    my @csv = (
        ['prescribing', 'epd.csv', epd_header(), map { epd_row(bnf => $_, month => '202404') } @bnf],
        ['prescribing', 'epd_quoted.csv', epd_header(), map { epd_row(bnf => $_, month => '202405', practice_name => '"THE ""OLD"" SURGERY, LEEDS"') } @bnf],
        ['prescribing', 'pdpi.csv', ' SHA,PCT,PRACTICE,BNF CODE,BNF NAME                                    ,ITEMS  ,NIC        ,ACT COST   ,QUANTITY,PERIOD,',
            map { "Q44,RXA,A81001,$_,Atorvastatin 20mg tablets                  ,0000002,00000001.87,00000001.75,0000056,201404," } @bnf],
        ['prescribing', 'export.csv', 'Practice,Code,Items,Quantity,Cost in pence', map { "A81001,$_,2,28,187.5" } @bnf],
        ['list_size', 'totals.csv', 'PUBLICATION,EXTRACT_DATE,TYPE,CCG_CODE,ONS_CCG_CODE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS',
            map { sprintf 'GP_PRAC_PAT_LIST,01APR2024,GP,00L,E38000130,A%05d,B1 1AA,ALL,ALL,%d', $_, 5000 + $_ } 81001 .. 81030],
        ['list_size', 'quarterly.csv', join(',', 'PRACTICE_CODE', (map { "MALE_$_" } @bands), map { "FEMALE_$_" } @bands),
            map { join ',', sprintf('A%05d', $_), map { $_ * 10 } 1 .. 18 } 81001 .. 81030],
        ['published_measure_value', 'values.csv', 'measure_id,month,org_code,numerator,denominator,published_on',
            map { sprintf 't_one,2024-%02d-01,00L,%d.5,100,2024-12-01', $_, $_ } 1 .. 12],
        ['published_measure_value', 'named.csv', 'month,code,numerator,denominator', map { sprintf '2024-%02d-01,00L,%d.5,100', $_, $_ } 1 .. 12],
        ['culture_audit', 'culture_audit.csv', 'audit_id,practice_code,audited_on,tool,score,maximum,respondents', map { "A$_,X10001,2026-03-0$_,MaPSaF,$_,9,12" } 1 .. 9],
        ['cohort_target_profile', 'profile.csv', 'pcn_code,year_start,financial_month,cumulative_share', map { sprintf 'U99001,2026-04-01,%d,%.3f', $_, $_ / 12 } 1 .. 12],
        ['organisation_successor', 'organisation_successor.csv', 'org_code,successor_code,kind,effective_from,source', map { "X1000$_,X10009,merger,2026-04-0$_,\"made, here\"" } 1 .. 8],
        ['weight', 'weight.csv', 'scheme,sex,age_from,age_to,weight,source', map { "site_scheme,M,${_}0,${_}9,0.$_,site" } 1 .. 9],
        ['innovation_medicine', 'innovation_medicine.csv', 'medicine_code,title,nice_reference,bnf_prefixes', map { "medicine_$_,Medicine $_,TA$_,0501$_ 0502" } 10 .. 19],
        ['generic_equivalent', 'generic_equivalent.csv', 'generic_code,primary_code,note', map { "0212000B0AA${_}AB,0212000B0AA${_}AC,made" } 10 .. 30],
    );
    my @json = (['measures', 'measures.json', "{\n" . join(",\n", map { "\"t_$_\": $measure" } qw(two three four)) . "\n}\n"], ['measures', 'one.json', $measure]);
    my %options = ('export.csv' => ['--map', $map, '--month', '2026-03'], 'quarterly.csv' => ['--month', '2026-03'], 'pdpi.csv' => ['--part', 'old']);
    return (map({ my ($source, $name, $header, @lines) = @{$_}; +{source => $source, name => $name, text => join('', map { s/\n?\z/\n/r } $header, @lines), options => $options{$name} // []} } @csv),
        map { +{source => $_->[0], name => $_->[1], text => $_->[2], options => []} } @json);
}

# One file a source and format of the demo data in a folder, of at most forty lines, and what they lack. The database has them loaded.
sub originals {
    my ($folder) = @_;
    my (%seen, @found);
    for (split /\n/, psql(q{select source || E'\t' || format || E'\t' || min(file_name) from mo_data.load_batch where state <> 'failed' and rows_read > 0 group by source, format order by 1})) {
        my ($source, $format, $name) = split /\t/;
        my ($path) = glob "$folder/$name $folder/*/$name";
        my @lines = split /(?<=\n)/, slurp($path);
        splice @lines, $lines_kept + 1 if $name !~ /json$/;
        push @found, {source => $source, name => $name, text => join('', @lines), options => []};
    }
    return @found, written();
}

my @odd = ('', 'NULL', '\N', '0', '-1', '1e400', 'NaN', 'Infinity', '99999999999999999999', '0x10', '1,5', '1.5', ' ', "\x{a0}", 'true', 'infinity', '-infinity', '2026-02-30',
    '2026-13-01', '0001-01-01 BC', '294277-01-01', '2024-02-29', '29/02/2024', '2026-04-01T25:00:00Z', '2026-04-01T09:30:00+99:00', '=1+1', '@SUM(A1)', '+cmd|calc', "'; drop table x; --",
    "\x1b[31mred", "a\0b", "\xff\xfe", "\xed\xa0\x80", 'x' x 70000, '"', '""', '"unfinished', "two\nlines", "\r", ',', '💊', 'U99001', 'A81001', '999999999', '$1', '%s%n', '..\\..\\x');
sub pick { return $_[rand @_] }

# The same change to a column of every row, of the header too where it is said.
sub columns {
    my ($text, $change, $header) = @_;
    my @lines = split /\n/, $text, -1;
    return $text unless @lines;
    my $column = int rand(1 + ($lines[0] =~ tr/,//));
    for my $n (($header ? 0 : 1) .. $#lines) {
        next unless length $lines[$n];
        my @fields = split /,/, $lines[$n], -1;
        next if $column > $#fields;
        $change->(\@fields, $column);
        $lines[$n] = join ',', @fields;
    }
    return join "\n", @lines;
}

my %mutation = (
    byte => sub { my ($t) = @_; for (0 .. rand 4) { substr($t, rand length $t, 1) = chr rand 256 if length $t } return $t },
    insert => sub { my ($t) = @_; substr($t, rand 1 + length $t, 0) = pick(@odd); return $t },
    remove => sub { my ($t) = @_; my $at = int rand 1 + length $t; substr($t, $at, rand 30) = '' if $at < length $t; return $t },
    truncate => sub { return substr $_[0], 0, rand length $_[0] },
    line_twice => sub { my @l = split /(?<=\n)/, $_[0]; splice @l, rand @l, 0, pick(@l) if @l; return join '', @l },
    line_gone => sub { my @l = split /(?<=\n)/, $_[0]; splice @l, rand @l, 1 if @l; return join '', @l },
    lines_moved => sub { my @l = split /(?<=\n)/, $_[0]; my ($a, $b) = (rand @l, rand @l); @l[$a, $b] = @l[$b, $a] if @l; return join '', @l },
    line_ends => sub { my ($t) = @_; my $end = pick("\r\n", "\r", "\n\n", "\n\r"); $t =~ s/\n/rand() < 0.5 ? $end : "\n"/ge; return $t },
    field => sub {
        my @l = split /\n/, $_[0], -1;
        return $_[0] unless @l;
        for (0 .. rand 3) {
            my $n = int rand @l;
            my @f = split /,/, $l[$n], -1;
            next unless @f;
            $f[rand @f] = pick(@odd);
            $l[$n] = join ',', @f;
        }
        return join "\n", @l;
    },
    column_odd => sub { return columns($_[0], sub { my ($f, $c) = @_; $f->[$c] = pick(@odd) }) },
    column_gone => sub { return columns($_[0], sub { my ($f, $c) = @_; splice @$f, $c, 1 }, 1) },
    column_twice => sub { return columns($_[0], sub { my ($f, $c) = @_; splice @$f, $c, 0, $f->[$c] }, 1) },
    columns_moved => sub { return columns($_[0], sub { my ($f, $c) = @_; push @$f, splice @$f, $c, 1 }, 1) },
    header_renamed => sub { my ($t) = @_; $t =~ s/^([^\n]*)/my @h = split m{,}, $1, -1; $h[rand @h] = pick(@odd, 'patient_key', 'month') if @h; join ',', @h/e; return $t },
    quoted => sub { return columns($_[0], sub { my ($f, $c) = @_; $f->[$c] = '"' . $f->[$c] . '"' }) },
    bom => sub { return "\xef\xbb\xbf$_[0]" },
    utf16 => sub { return "\xff\xfe" . join '', map { "$_\0" } split //, $_[0] },
    gzip_cut => sub { my $text = $_[0]; gzip(\$text => \my $zipped); return substr $zipped, 0, rand() < 0.3 ? length $zipped : rand length $zipped },
    other => sub { return pick(@{$_[1]})->{text} },
    empty => sub { return '' },
);
my @kinds = sort keys %mutation;

# One to three mutations of a text, by byte, field, column or line; and which.
sub mutated {
    my ($text, $originals) = @_;
    my @done = map { my $kind = pick(@kinds); $text = $mutation{$kind}->($text, $originals); $kind } 0 .. int rand 3;
    return ($text, @done);
}

# Rows with anything in them, the header among them, as the CSV that modash reads has them: fields in quotes with commas, line ends and doubled
# quotes; LF, CR LF and CR. With the first row. Nothing for gzip that is not whole.
my $field = qr/"[^"]*+(?:""[^"]*+)*+(?:"[^,\r\n]*+|\z)|[^,\r\n]*+/;
sub rows_in {
    my ($bytes) = @_;
    if ($bytes =~ /^\x1f\x8b/) {
        gunzip(\$bytes => \my $text, MultiStream => 1) or return;
        $bytes = $text;
    }
    $bytes =~ s/^\xef\xbb\xbf//;
    my ($rows, $first) = (0, '');
    while ((pos($bytes) // 0) < length $bytes) {
        $bytes =~ /\G($field(?:,$field)*+)(?:\r\n|\n|\r|\z)/gc or die 'a row that is none: ' . substr($bytes, pos($bytes) // 0, 100);
        next unless length $1;
        $first = $1 if !$rows++;
    }
    return ($rows, $first);
}

1;
