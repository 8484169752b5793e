# What of a workbook is in no cell, beside the published views: charts (ranges, stored figures, axes, titles), properties, names, and that nothing else is there.
package MoDashClientCharts;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MoDashClientBook qw(column_number not_well_formed plain);
use MoDashClientShown qw(cleaned shortened);
use MoDashPublishedReading qw(same_number);

our @EXPORT_OK = qw(chart_differences file_differences);

my %column = (Value => 'Value', 'Special cause' => 'Special cause', Mean => 'Mean', Limits => 'Lower limit', 'Upper limit' => 'Upper limit', Target => 'Target', Median => 'Median of peers');

sub bytes_of { my ($text) = @_; utf8::encode($text); return length $text } # what a property takes is counted in these

# A chart as {title, series => [{name, cat => [sheet, column, first, last, points], val => ...}], axis => [low, high], alt}.
sub charts_of {
    my ($book, $sheet) = @_;
    my ($n) = grep { $book->{order}[$_ - 1] eq $sheet } 1 .. @{$book->{order}};
    my ($drawing) = ($book->{text}{"xl/worksheets/_rels/sheet$n.xml.rels"} // '') =~ m{Target="\.\./drawings/(drawing\d+\.xml)"} or return;
    my %target = $book->{text}{"xl/drawings/_rels/$drawing.rels"} =~ m{Id="(\w+)"[^>]*Target="\.\./charts/(chart\d+)\.xml"}g;
    my @charts;
    while ($book->{text}{"xl/drawings/$drawing"} =~ m{<xdr:(?:two|one)CellAnchor.*?</xdr:(?:two|one)CellAnchor>}gs) {
        my $anchor = $&;
        my ($id) = $anchor =~ /r:id="(\w+)"/;
        push @charts, {chart_of($book->{text}{"xl/charts/$target{$id}.xml"}), alt => plain(($anchor =~ / descr="([^"]*)"/)[0] // ''), anchor_of($anchor), sheet => $sheet};
    }
    return @charts;
}

sub anchor_of { my ($xml) = @_; my ($from) = $xml =~ m{<xdr:from>(.*?)</xdr:from>}s; return map { $_ => $from =~ /<xdr:$_>(\d+)</ } qw(row col) }

sub range_of {
    my ($xml) = @_;
    my ($sheet, $column, $first, $to, $last) = plain(($xml =~ m{<c:f>(.*?)</c:f>}s)[0] // '') =~ /^'?(.*?)'?!\$([A-Z]+)\$(\d+):\$([A-Z]+)\$(\d+)$/ or return {sheet => 'nowhere'};
    return {sheet => $sheet, column => $column eq $to ? column_number($column) : -1, first => $first - 1, last => $last - 1, points => {$xml =~ m{<c:pt idx="(\d+)"><c:v>(.*?)</c:v>}gs}};
}

sub chart_of {
    my ($xml) = @_;
    my ($title) = $xml =~ m{<c:title>(.*?)</c:title>}s;
    my @series;
    for my $ser ($xml =~ m{<c:ser>(.*?)</c:ser>}gs) {
        push @series, {name => plain(($ser =~ m{<c:tx><c:v>(.*?)</c:v>})[0] // ''), cat => range_of(($ser =~ m{<c:cat>(.*?)</c:cat>}s)[0] // ''), val => range_of(($ser =~ m{<c:val>(.*?)</c:val>}s)[0] // '')};
    }
    my ($axis) = $xml =~ m{<c:valAx>(.*?)</c:valAx>}s;
    return (title => plain(join '', ($title // '') =~ m{<a:t>(.*?)</a:t>}gs), formula => ($title // '') =~ /<c:f>/ ? 1 : 0, series => \@series, low => $axis =~ /<c:min val="([^"]+)"/ ? "$1" : undef, high => $axis =~ /<c:max val="([^"]+)"/ ? "$1" : undef);
}

# A stored figure for every cell of a range, and none for an empty one.
sub stored_differences {
    my ($book, $range) = @_;
    my @said;
    my %left = %{$range->{points} // {}};
    for my $n (0 .. ($range->{last} // -1) - ($range->{first} // 0)) {
        my $cell = $book->{sheet}{$range->{sheet}}{$range->{first} + $n}{$range->{column}};
        my ($want, $have) = (($cell // {})->{value}, delete $left{$n});
        $have = plain($have) if defined $have;
        next if !defined $want && ($have // '') eq '';
        push @said, "stored point $n is " . ($have // 'none') . ', the cell ' . ($want // 'empty')
            if !defined $want || !defined $have || ($cell->{kind} eq 'n' ? !same_number($want, $have) : $want ne $have);
    }
    return (@said, map { "stored point $_ of no cell" } sort keys %left);
}

# A control chart: all 24 months of the measure it is named after, each line from its column, on an axis that holds what it must.
sub trend_chart_differences {
    my ($book, $page, $chart, $row) = @_;
    my $data = $book->{sheet}{'Trend data'};
    my ($heading) = grep { (($data->{$_}{1} // {})->{text} // '') eq 'Measure id' } keys %$data;
    my @rows = grep { $_ > $heading && (($data->{$_}{1} // {})->{text} // '') eq $row->{kpi_id} } sort { $a <=> $b } keys %$data;
    my @trend = @{$page->{trend}{$row->{kpi_id}}};
    my %wanted = (Value => 'value', Mean => 'spc_mean', Limits => 'spc_lower', 'Upper limit' => 'spc_upper', Target => 'target', Median => 'comparator_value');
    my (@said, %drawn);
    for my $series (@{$chart->{series}}) {
        my ($cat, $val) = @$series{qw(cat val)};
        $drawn{$series->{name}}++;
        push @said, "$series->{name}: months are from $cat->{sheet} $cat->{column} $cat->{first} to $cat->{last}" if $cat->{sheet} ne 'Trend data' || $cat->{column} != 2 || $cat->{first} != $rows[0] || $cat->{last} != $rows[-1];
        push @said, "$series->{name}: values are from $val->{sheet} rows $val->{first} to $val->{last}" if $val->{sheet} ne 'Trend data' || $val->{first} != $rows[0] || $val->{last} != $rows[-1];
        my $column = ($data->{$heading}{$val->{column} // -1} // {})->{text} // 'nothing';
        push @said, "$series->{name} is drawn from the column $column" if $column ne ($column{$series->{name}} // '?');
        push @said, map { "$series->{name}: $_" } stored_differences($book, $cat), stored_differences($book, $val);
    }
    for my $name (grep { $_ ne 'Mean' || $chart->{sheet} eq 'Trend' } sort keys %wanted) {
        my $any = grep { defined $_->{$wanted{$name}} } @trend;
        push @said, "$name is " . ($any ? 'not drawn' : 'drawn of nothing') if ($any ? 1 : 0) != ($drawn{$name} // 0);
    }
    my $special = grep { defined $_->{value} && ($_->{special_cause_label} // 'common cause') ne 'common cause' } @trend;
    push @said, 'special causes are not marked' if ($special ? 1 : 0) != ($drawn{'Special cause'} // 0);
    return (@said, axis_differences($chart, $row, map { @$_{qw(value target comparator_value)} } @trend));
}

# An axis holds every figure, and of percentages that are all within 0 and 100 % nothing beyond.
sub axis_differences {
    my ($chart, $row, @figures) = @_;
    my @values = sort { $a <=> $b } grep { defined } @figures;
    my ($low, $high) = @$chart{qw(low high)};
    my $slack = 1e-9 * abs($values[-1] - $values[0]);
    my @said = map { "$_ is outside the axis from $low to $high" } grep { defined $low && $_ < $low - $slack || defined $high && $_ > $high + $slack } @values[0, -1];
    push @said, "axis from $low to $high of percentages from $values[0] to $values[-1]" if $row->{unit} eq 'percent' && $values[0] >= 0 && $values[-1] <= 1 && (($low // 0) < -1e-9 || ($high // 1) > 1 + 1e-9);
    push @said, "axis from $low below 0" if $values[0] >= 0 && ($low // 0) < 0 && !grep { $_->{name} eq 'Limits' } @{$chart->{series}};
    return @said;
}

# Bars of the members: a bar each, every one of them with a figure.
sub member_chart_differences {
    my ($book, $page, $chart, $row) = @_;
    my $data = $book->{sheet}{Practices};
    my ($heading) = grep { (($data->{$_}{0} // {})->{text} // '') eq 'Organisation' } keys %$data;
    my ($first, $last) = ($heading + 4, $heading + 3 + @{$page->{members}});
    my ($column) = grep { $page->{rows}[$_ - 2]{kpi_id} eq $row->{kpi_id} } 2 .. 1 + @{$page->{rows}};
    my ($cat, $val) = @{$chart->{series}[0]}{qw(cat val)};
    my @said = @{$chart->{series}} == 1 ? () : 'not one series';
    push @said, "names from $cat->{sheet} $cat->{column} $cat->{first} to $cat->{last}" if $cat->{sheet} ne 'Practices' || $cat->{column} != 0 || $cat->{first} != $first || $cat->{last} != $last;
    push @said, "values from $val->{sheet} $val->{column} $val->{first} to $val->{last}" if $val->{sheet} ne 'Practices' || $val->{column} != $column || $val->{first} != $first || $val->{last} != $last;
    push @said, 'a member without a figure has a bar' if grep { !defined(($_->{$row->{kpi_id}} // {})->{value}) } @{$page->{members}};
    push @said, stored_differences($book, $cat), stored_differences($book, $val);
    return (@said, axis_differences($chart, $row, map { ($_->{$row->{kpi_id}} // {})->{value} } @{$page->{members}}));
}

sub chart_differences {
    my ($book, $page) = @_;
    my @said;
    my %drawn;
    for my $chart (map { charts_of($book, $_) } @{$book->{order}}) {
        my ($row) = sort { length $b->{kpi_short_name} <=> length $a->{kpi_short_name} } grep { index($chart->{title} =~ s/^ (?==)//r, cleaned($_->{kpi_short_name})) == 0 } @{$page->{rows}};
        push(@said, "$chart->{sheet}: a chart of '$chart->{title}'"), next if !$row;
        my @chart_said = $chart->{title} =~ /, by member$/ ? member_chart_differences($book, $page, $chart, $row) : trend_chart_differences($book, $page, $chart, $row);
        push @chart_said, "its title is a formula" if $chart->{formula};
        if ($chart->{sheet} eq 'Trend') {
            my $title = join '; ', join(': ', "$row->{kpi_short_name}, $row->{display_value}", $row->{spc_variation_label} // ()), $row->{spc_assurance_label} // ();
            push @chart_said, "'$chart->{title}', should be '$title'" if $chart->{title} =~ s/^ (?==)//r ne cleaned($title);
            $drawn{$row->{kpi_id}}++;
        }
        push @said, map { "chart '$chart->{title}' on $chart->{sheet}: $_" } @chart_said;
    }
    for my $row (@{$page->{rows}}) {
        my $any = grep { defined $_->{value} } @{$page->{trend}{$row->{kpi_id}}};
        push @said, "Trend: $row->{kpi_id} is " . ($any ? 'not drawn once' : 'drawn') if ($any ? 1 : 0) != ($drawn{$row->{kpi_id}} // 0);
    }
    return @said;
}

# ------------------------------------------------------------------------------------------------------------------------------- the file itself
my $known = qr{^(?:\[Content_Types\]\.xml|_rels/\.rels|docProps/(?:app|core|custom)\.xml|xl/(?:workbook|styles|sharedStrings)\.xml|xl/theme/theme1\.xml|xl/_rels/workbook\.xml\.rels|xl/worksheets/(?:_rels/)?sheet\d\.xml(?:\.rels)?
    |xl/drawings/(?:_rels/)?drawing\d\.xml(?:\.rels)?|xl/charts/chart\d+\.xml|xl/tables/table1\.xml)$}x;

sub file_differences {
    my ($book, $page) = @_;
    my @said = map { "a part $_" } grep { !/$known/ } sort keys %{$book->{part}};
    for my $name (sort keys %{$book->{part}}) { my $why = not_well_formed($book->{part}{$name}); push @said, "$name: $why" if defined $why }
    my $whole = join "\n", map { $book->{text}{$_} } sort keys %{$book->{text}};
    push @said, 'a sheet or row is hidden' if $whole =~ /state="(?:veryH|h)idden"|\bhidden="1"/;
    push @said, "points out of the file: $1" if $whole =~ /(TargetMode="External"|externalLink|<hyperlink)/;
    push @said, "defined name $1" while $book->{text}{'xl/workbook.xml'} =~ /<definedName name="(?!_xlnm\.(?:Print_Area|Print_Titles)")([^"]*)"/g;
    my %used = map { $_->{kind} eq 's' ? ($_->{value} => 1) : () } map { my $sheet = $_; map { values %$_ } values %$sheet } values %{$book->{sheet}};
    my %heading = map { $_ => 1 } map { plain($_) } map { $book->{text}{$_} =~ / name="([^"]*)"/g } grep { m{^xl/tables/} } keys %{$book->{text}};
    push @said, map { "a text that no cell shows: $_" } grep { !$used{$_} && !$heading{$_} && $_ ne '' } @{$book->{strings}};
    my %property = ('docProps/core.xml' => {title => "$page->{org_name}: medicines optimisation dashboard", keywords => $page->{org_code}, category => $page->{kind},
        description => "Run $page->{run_id}. $page->{kind}. $page->{data_to} The page supports discussion of variation; it is not performance management."}, 'docProps/app.xml' => {Company => $page->{org_name}});
    for my $part (sort keys %property) {
        for my $name (sort keys %{$property{$part}}) {
            my ($have) = map { plain($_) } $book->{text}{$part} =~ m{<(?:\w+:)?$name>(.*?)</}s;
            my $want = cleaned($property{$part}{$name}) =~ s/\n/ /gr;
            push @said, "$part: $name is '" . ($have // 'nothing') . "', should be '$want'" if ($have // '') ne $want && !(bytes_of($want) > 255 && index($want, $have =~ s/\.\.\.$//r) == 0);
        }
    }
    return @said;
}

1;
