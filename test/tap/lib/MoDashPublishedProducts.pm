# What modash writes beside what the same login reads in the views: the page as JSON, CSV and HTML, and the workbook.
package MoDashPublishedProducts;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use IO::Uncompress::Unzip qw($UnzipError);
use JSON::PP;
use MoDash;
use MoDashPublishedReading qw(read_view same_number);

our @EXPORT_OK = qw(page_differences workbook_differences);

sub same {
    my ($a, $b) = @_;
    return !defined $a && !defined $b if !defined $a || !defined $b;
    my $number = qr/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
    return $a =~ $number && $b =~ $number ? same_number($a, $b) : $a eq $b;
}

sub page_of {
    my ($login, $code, $format) = @_;
    local $ENV{PGUSER} = $login;
    my ($exit, $out, $err) = modash('page', '--org', $code, '--format', $format);
    die "modash page: exit $exit: $err" if $exit;
    return $out;
}

sub unescaped { my ($text) = @_; my %of = (lt => '<', gt => '>', amp => '&', quot => '"', '#39' => "'", apos => "'"); return $text =~ s/&(\w+|#39);/$of{$1} \/\/ "&$1;"/ger }

# The page of an organisation in JSON has the rows of the view, column by column; in HTML it prints their texts, and says nothing of what is suppressed.
sub page_differences {
    my ($login, $code) = @_;
    my @said;
    my %row = map { $_->{kpi_id} => $_ } read_view($login, "select * from mo_dashboard.dashboard where org_code = '$code'");
    my $json = decode_json(page_of($login, $code, 'json'));
    push @said, 'json: ' . @{$json->{rows}} . ' rows, in the view ' . keys %row if @{$json->{rows}} != keys %row;
    for my $have (@{$json->{rows}}) {
        my $want = $row{$have->{kpi_id}} or next;
        for my $column (grep { exists $want->{$_} && !ref $have->{$_} } sort keys %$have) {
            push @said, "json: $have->{kpi_id}: $column is " . ($have->{$column} // 'null') . ', in the view ' . ($want->{$column} // 'null') if !same($want->{$column}, $have->{$column});
        }
    }
    push @said, trend_differences($login, $code, $json);
    my $html = page_of($login, $code, 'html');
    utf8::decode($html);
    for my $row (values %row) {
        my ($tr) = grep { />\Q$row->{kpi_short_name}\E\s*</ } $html =~ m{<tr\b.*?</tr>}gs or do { push @said, "html: nothing of $row->{kpi_id}"; next };
        my $text = unescaped(join ' ', $tr =~ />([^<]+)</g);
        for my $column (qw(display_value display_change_on_year display_peer_median)) {
            next if !defined $row->{$column};
            push @said, "html: $row->{kpi_id}: no $column $row->{$column} in '$text'" if index($text, $row->{$column} =~ s/ per .*//r) < 0;
        }
    }
    return @said;
}

sub trend_differences {
    my ($login, $code, $json) = @_;
    my (@said, %have);
    for my $row (@{$json->{rows}}) { $have{"$row->{kpi_id}/" . substr($_->{month_start} // $_->{month}, 0, 7)} = $_ for @{$row->{trend} // []} }
    for my $want (read_view($login, "select kpi_id, month_start, value, spc_mean as mean, spc_lower as lower, spc_upper as upper from mo_dashboard.kpi_trend where org_code = '$code'")) {
        my $point = $have{"$want->{kpi_id}/" . substr $want->{month_start}, 0, 7} or next;
        push @said, "json: $want->{kpi_id} in $want->{month_start}: trend has " . ($point->{value} // 'null') . ', the view ' . ($want->{value} // 'null') if !same($want->{value}, $point->{value});
    }
    return @said;
}

# ---------------------------------------------------------------------------------------------------------------------------------- the workbook
# Cells of a sheet by row: column letters => value.
sub sheet_rows {
    my ($xml, $strings) = @_;
    my %rows;
    while ($xml =~ m{<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)}gs) {
        my ($column, $row, $attributes, $content) = ($1, $2, $3, $4 // '');
        my ($value) = $content =~ m{<v>(.*?)</v>}s or next;
        $rows{$row}{$column} = $attributes =~ /t="s"/ ? $strings->[$value] : $attributes =~ /t="str"/ ? unescaped($value) : $value;
    }
    return \%rows;
}

sub workbook_of {
    my ($login, $code) = @_;
    my $path = scratch('published.xlsx');
    local $ENV{PGUSER} = $login;
    my ($exit, $out, $err) = modash('workbook', '--org', $code, '-q', '--force', '-o', $path);
    die "modash workbook: exit $exit: $err" if $exit;
    my %part;
    my $zip = IO::Uncompress::Unzip->new($path) or die "$path: $UnzipError";
    for (my $more = 1; $more > 0; $more = $zip->nextStream) { my $name = $zip->getHeaderInfo->{Name}; local $/; $part{$name} = <$zip> // ''; utf8::decode($part{$name}) }
    my @strings = map { unescaped(join '', m{<t[^>]*>(.*?)</t>}gs) } $part{'xl/sharedStrings.xml'} =~ m{<si>(.*?)</si>}gs;
    my %number; @number{$part{'xl/workbook.xml'} =~ /<sheet name="([^"]+)"/g} = 1 .. 20;
    return sub { my ($sheet) = @_; return sheet_rows($part{"xl/worksheets/sheet$number{$sheet}.xml"}, \@strings) };
}

# The data sheet has the rows of kpi_trend of the organisation and the practices that belong to it now, and no others.
my %heading = ('Numerator' => 'numerator', 'Denominator' => 'denominator', 'Value' => 'value', 'Value as printed' => 'display_value', 'Value status' => 'value_status', 'Lower 95 %' => 'value_lower',
    'Upper 95 %' => 'value_upper', 'Target' => 'target', 'Median of peers' => 'comparator_value', 'Mean (SPC)' => 'spc_mean', 'Lower limit (SPC)' => 'spc_lower', 'Upper limit (SPC)' => 'spc_upper',
    'Special cause' => 'special_cause_label', 'Variation' => 'spc_variation_label');
sub workbook_differences {
    my ($login, $code) = @_;
    my $sheet = workbook_of($login, $code);
    my $rows = $sheet->('Data');
    my ($head) = grep { grep { $_ eq 'Measure id' } values %{$rows->{$_}} } sort { $a <=> $b } keys %$rows;
    my %column = reverse %{$rows->{$head}};
    my %have = map { my $row = $rows->{$_}; join('/', map { $row->{$column{$_}} // '' } 'Measure id', 'Level', 'Code', 'Month') => $row } grep { $_ > $head } keys %$rows;
    my @wanted = read_view($login, "select t.*, t.month_start - date '1899-12-30' as serial from mo_dashboard.kpi_trend t join mo_dashboard.dim_kpi k on k.kpi_id = t.kpi_id and k.is_on_front_page = 1
        join mo_dashboard.dim_organisation o on o.org_key = t.org_key where t.org_code = '$code' or o.org_type = 'practice' and o.current_pcn_code = '$code'");
    my @said = keys %have == @wanted ? () : 'workbook: ' . keys(%have) . ' rows of data, in the view ' . @wanted;
    for my $want (@wanted) {
        my $at = join '/', @$want{qw(kpi_id org_type org_code serial)};
        my $row = $have{$at} or push(@said, "workbook: no row of $at"), next;
        for (sort keys %heading) {
            my ($cell, $value) = ($row->{$column{$_}}, $want->{$heading{$_}});
            push @said, "workbook: $at: $_ is " . ($cell // 'empty') . ', in the view ' . ($value // 'null') if !same($value, defined $cell && $cell eq '' ? undef : $cell);
        }
    }
    return @said;
}

1;
