# The page as modash prints it (text, CSV, JSON, HTML) beside what the published views say to the same login. Written from README, modash page --help and the
# comments on the views' columns.
package MoDashClientPages;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use JSON::PP;
use MoDash;
use MoDashClientBook qw(not_well_formed);
use MoDashClientCells qw(icon_of);
use MoDashClientShown qw(shortened);
use MoDashClientSheets qw(page_items);
use MoDashPublishedReading qw(read_view same_number);
use MoDashPublishedStatistics qw(is_sparkline);

our @EXPORT_OK = qw(text_differences csv_differences json_differences html_differences month_differences);

my $number = qr/^-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
sub same { my ($a, $b) = @_; return !defined $a && !defined $b if !defined $a || !defined $b; return $a =~ $number && $b =~ $number ? same_number($a, $b) : $a eq $b }
sub told { my ($what, $have, $want) = @_; return same($want, $have) ? () : "$what is '" . ($have // 'null') . "', should be '" . ($want // 'null') . "'" }

sub printed {
    my ($page, $format, @more) = @_;
    local $ENV{PGUSER} = $page->{login};
    my ($exit, $out, $err) = modash('page', '--org', $page->{org_code}, '--format', $format, @more);
    utf8::decode($out) or return "not UTF-8: $format";
    return $exit || $err ne '' ? "exit $exit: $err" : $out;
}

# ------------------------------------------------------------------------------------------------------------------------------------- a terminal
# A text as a terminal gets it: what could move the cursor is spelled out.
sub harmless { my ($text) = @_; return join '', map { my $c = $_; utf8::encode(my $bytes = $c); $c =~ /[\x00-\x1F\x7F\x{80}-\x{9F}]/ ? join('', map { sprintf '\\x%02X', ord } split //, $bytes) : $c } split //, $text }

# A figure in a narrow column: as it is displayed, or where that is too wide rounded, in k, m, bn or tn.
sub is_fitted {
    my ($have, $display, $width) = @_;
    return $have eq $display if length $display <= $width;
    my ($sign, $digits, $decimals, $times, $unit) = $have =~ /^([+-]?£?)([\d,]+(?:\.(\d+))?)(k|m|bn|tn|)( pp|%|)$/ or return 0;
    my ($want_sign, $want, $want_unit) = $display =~ /^([+-]?£?)([\d,.]+)( pp|%|)$/ or return 0;
    s/,//g for $digits, $want;
    my $factor = {'' => 1, k => 1e3, m => 1e6, bn => 1e9, tn => 1e12}->{$times};
    return $sign eq $want_sign && $unit eq $want_unit && abs($digits * $factor - $want) <= 0.5000001 * $factor / 10 ** length($decimals // '') && length $have <= $width;
}

my %word = ('on target' => 'on', 'not clearly off' => 'unclear', 'off target' => 'off', 'too few' => 'too few');
my @width = (30, 9, 8, 8, 9, 9, 8, 12);

sub text_differences {
    my ($page) = @_;
    my $text = printed($page, 'text');
    my @lines = split /\n/, $text;
    my @said = map { 'over 100 columns: ' . $_ } grep { length > 100 } @lines;
    push @said, "a character that a terminal obeys" if $text =~ /[\x00-\x09\x0B-\x1F\x7F-\x9F]/;
    push @said, told('text: first line', $lines[0] =~ s/ +$//r, sprintf('%-80s %s', substr(harmless($page->{org_name}), 0, 80), $page->{org_code}) =~ s/ +$//r);
    push @said, told('text: second line', $lines[1] =~ s/ +/ /gr =~ s/ $//r, "$page->{kind} $page->{data_to}");
    my $at = 3;
    my $family = '';
    for my $row (@{$page->{rows}}) {
        if ($row->{family_label} ne $family) { $family = $row->{family_label}; push @said, told('text: a family', $lines[$at + 1], $family); $at += 2 }
        my $line = $lines[$at++] // '';
        my $from = 0;
        my @cell = map { my $cell = substr($line . ' ' x 100, $from, $_); $from += $_ + 1; $cell } @width;
        my $spark = pop @cell;
        s/^ +| +$//g for @cell[1 .. 6];
        push @said, told('text: a name', $cell[0], sprintf '%-30s', substr harmless($row->{kpi_short_name}), 0, 30);
        my @want = ($row->{display_value} eq 'suppressed' ? 'hidden' : shortened($row->{display_value}), $row->{display_target} eq 'no target' ? '-' : shortened($row->{display_target}),
            $word{$row->{status_label}} // '', map({ shortened($_) // '' } @$row{qw(display_peer_median display_change_on_year)}), defined $row->{peer_rank} ? "$row->{peer_rank} of $row->{peer_n}" : '');
        push @said, map { is_fitted($cell[$_ + 1], $want[$_], $width[$_ + 1]) ? () : "text: $row->{kpi_id}: '$cell[$_ + 1]', should be '$want[$_]'" } 0 .. $#want;
        push @said, "text: $row->{kpi_id}: trend '$spark'" if !is_sparkline($spark =~ /\S/ ? $spark : undef, @{$row->{twelve}});
    }
    return (@said, text_notes($page, join "\n", @lines[$at .. $#lines]));
}

# What stands under the table, blanks and line ends aside.
sub text_notes {
    my ($page, $text) = @_;
    my %said;
    my $want = '';
    for (grep { !$said{$_->{kpi_id}}++ } @{$page->{exceptions}}) { $want .= ' ' . (index($_->{exception_text}, "$_->{kpi_short_name}: ") == 0 ? substr $_->{exception_text}, 2 + length $_->{kpi_short_name} : $_->{exception_text}) }
    $want .= " $page->{org}{history}" if defined $page->{org}{history};
    for (grep { defined $_->{data_to} && defined $_->{exception_text} && $_->{value_status} ne 'ok' && !$said{$_->{kpi_id}} } @{$page->{rows}}) { $want .= ' ' . $_->{exception_text} }
    my $have = join ' ', map { /^  .{31}(.*)/ ? $1 : () } split /\n/, $text;
    s/\s+//g for $have, $want = harmless($want =~ s/\n/\\x0A/gr);
    my @none = map { $_->{kpi_short_name} } grep { !defined $_->{data_to} } @{$page->{rows}};
    my $line = @none ? 'No data loaded for: ' . join ', ', map { harmless($_) } @none : undef;
    return (told('text: notes', $have, $want), told('text: without data', ($text =~ /^(No data loaded for: .*)$/m)[0], $line), $text =~ /\QThe page supports discussion of variation; it is not performance management. Run $page->{run_id}.\E$/ ? () : 'text: no last line');
}

# ------------------------------------------------------------------------------------------------------------------------------------- programs
# RFC 4180.
sub csv_rows {
    my ($text) = @_;
    my (@rows, @row);
    while ($text =~ /\G(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gc) {
        my ($quoted, $bare, $end) = ($1, $2, $3);
        push @row, defined $quoted ? $quoted =~ s/""/"/gr : $bare;
        if ($end ne ',') { push @rows, [@row]; @row = () }
    }
    return (pos($text) // 0) == length $text ? @rows : ();
}

sub csv_differences {
    my ($page) = @_;
    my ($head, @rows) = csv_rows(printed($page, 'csv'));
    return 'csv: not RFC 4180' if !$head;
    my @said = @rows == @{$page->{rows}} ? () : 'csv: ' . @rows . ' rows';
    for my $n (0 .. $#rows) {
        my %have; @have{@$head} = @{$rows[$n]};
        my %want = (%{$page->{rows}[$n] // {}}, org_code => $page->{org_code}, org_name => $page->{org_name}, org_type => $page->{org_type}, data_kind_label => $page->{kind});
        for my $column (@$head) {
            push(@said, "csv: a column $column"), next if !exists $want{$column};
            my $want = $want{$column} // '';
            $want = "'$want" if $want =~ /^[=+\-@\t\r]/ && $column !~ /^(?:value|numerator|denominator|target|change|comparator_value)(?:_(?!status|name)|$)/;
            push @said, told("csv: $page->{rows}[$n]{kpi_id}: $column", $have{$column}, $want);
        }
    }
    return @said;
}

my %asked = (rows => [qw(kpi_id kpi_name kpi_short_name family_label month_start data_to next_data_due unit direction_of_good value display_value value_status numerator denominator value_lower value_upper
    target status_label rag comparator_value comparator_name peer_rank peer_n change_on_month change_on_year spc_variation_label spc_assurance_label exception_text run_id)],
    trend => [qw(month_start value value_status target comparator_value spc_mean spc_lower spc_upper special_cause_label)], exceptions => [qw(kpi_id reason_label exception_text)],
    organisation => [qw(org_code org_name org_type current_pcn_name current_icb_name history)]);

# An object has the columns asked for and no others, with the values of a row.
sub object_differences {
    my ($what, $have, $want, @columns) = @_;
    my %other = map { $_ => 1 } keys %$have;
    delete @other{@columns};
    return ((map { told("$what: $_", $have->{$_}, $want->{$_}) } @columns), map { "$what: a column $_" } grep { $_ ne 'trend' } sort keys %other);
}

sub json_differences {
    my ($page) = @_;
    my $text = printed($page, 'json');
    my $json = eval { JSON::PP->new->decode($text) } or return "json: $@";
    my @said = (object_differences('json: organisation', $json->{organisation}, $page->{org}, @{$asked{organisation}}), told('json: data_to', $json->{data_to}, $page->{data_to}),
        told('json: data_kind', $json->{data_kind}, $page->{kind}), told('json: run_id', $json->{run_id}, $page->{run_id}), $text =~ /[<>&]/ ? 'json: not harmless in HTML' : ());
    for my $of (qw(rows exceptions)) {
        push @said, "json: $of: " . @{$json->{$of}} if @{$json->{$of}} != @{$page->{$of}};
        push @said, map { object_differences("json: $of $_", $json->{$of}[$_], $page->{$of}[$_], @{$asked{$of}}) } 0 .. $#{$page->{$of}};
    }
    for my $row (@{$json->{rows}}) {
        my @trend = @{$page->{trend}{$row->{kpi_id}} // []};
        push @said, "json: $row->{kpi_id}: " . @{$row->{trend}} . ' months' if @{$row->{trend}} != @trend;
        push @said, map { object_differences("json: $row->{kpi_id} $_", $row->{trend}[$_], $trend[$_], @{$asked{trend}}) } 0 .. $#trend;
    }
    return @said;
}

# The page of an earlier month: of every measure the latest figure by then, as fact_kpi and kpi_trend have it.
sub month_differences {
    my ($page, $month) = @_;
    my $json = eval { JSON::PP->new->decode(printed($page, 'json', '--month', substr $month, 0, 7)) } or return "month: $@";
    my %have = map { $_->{kpi_id} => $_ } @{$json->{rows}};
    my @said;
    for my $want (read_view($page->{login}, "select distinct on (f.kpi_id) f.*, t.display_value as shown, t.spc_variation_label, k.time_basis, f.month_start < date '$month' - interval '11 months' as over_a_year from mo_dashboard.fact_kpi f join mo_dashboard.kpi_trend t using (kpi_id, org_key, month_start)
        join mo_dashboard.dim_kpi k on k.kpi_id = f.kpi_id and k.is_on_front_page = 1 where f.org_key = $page->{org_key} and f.month_start <= '$month' order by f.kpi_id, f.month_start desc")) {
        my $row = delete $have{$want->{kpi_id}} or push(@said, "month: nothing of $want->{kpi_id}"), next;
        push @said, map { told("month $month: $want->{kpi_id}: $_", $row->{$_}, $want->{$_}) } qw(month_start value numerator denominator value_lower value_upper target comparator_value comparator_name
            peer_rank peer_n change_on_month change_on_year spc_variation_label run_id);
        my $status = $want->{value_status} eq 'ok' && ($want->{time_basis} eq 'annual' ? $want->{over_a_year} eq 't' : $want->{month_start} lt $month) ? 'stale' : $want->{value_status};
        push @said, told("month $month: $want->{kpi_id}: value_status", $row->{value_status}, $status);
        my $shown = $want->{shown};
        push @said, told("month $month: $want->{kpi_id}: display_value", $row->{display_value}, $shown) if defined $want->{value} || $want->{value_status} ne 'stale';
        push @said, "month $month: $want->{kpi_id}: rag $row->{rag}" if $row->{rag} ne ($want->{value_status} =~ /^(?:ok|stale)$/ ? $want->{rag} : 'grey');
    }
    return (@said, map { defined $have{$_}{month_start} ? "month $month: a row of $_" : () } sort keys %have);
}

1;
