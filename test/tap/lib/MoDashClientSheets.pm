# The page, the members and the trend data of a workbook, cell by cell, beside what the published views say to the same login. Written from README ("The page,
# the workbook"), modash workbook --help, the sheets' own headings and the comments on the views' columns.
package MoDashClientSheets;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MoDashClientBook qw(cell_name);
use MoDashClientCells qw(sheet_of say_of take peek is_text is_number is_day is_title row_with rest_of icon_of);
use MoDashClientShown qw(shortened);
use MoDashPublishedStatistics qw(is_sparkline);
use MoDashPublishedReading qw(same_number);

our @EXPORT_OK = qw(page_differences members_differences trend_differences page_items);

# ------------------------------------------------------------------------------------------------------------------------------------ the page
my @page_own = ('Month', 'Value', 'Target', ' *Status', 'Change on a year', 'Rank', '12 months', 'Narrative', 'What has changed, why, and who does what by when:', 'Last 24 months\. Blue: value;.*',
    'Median and rank: among its peers;.*', 'None this month\.', 'Exceptions and what to know(?:: 5 of \d+; the rest on the sheet Exceptions and actions and on the text page)?');

sub page_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Page');
    is_text($sheet, 0, 0, $page->{org_name});
    my ($kind) = grep { peek($sheet, 0, $_) eq $page->{kind} } 1 .. 20;
    defined $kind ? take($sheet, 0, $kind) : say_of($sheet, 0, 1, "no $page->{kind}");
    is_text($sheet, 1, 0, join ' · ', 'Medicines optimisation dashboard', $page->{org_code}, $page->{org}{org_type_label},
        grep { defined && $_ ne $page->{org_name} } $page->{org}{current_icb_name});
    is_text($sheet, 2, 0, $page->{data_to});
    my ($at) = map { $_ + 1 } row_with($sheet, 1, 'Month') // die 'no headings on the page';
    my ($median) = map { $_->{comparator_name} // () } reverse @{$page->{rows}};
    is_text($sheet, $at - 1, 5, $median // 'Peer median');
    my $family = '';
    for my $row (@{$page->{rows}}) {
        is_text($sheet, $at++, 0, $family = $row->{family_label}) if $row->{family_label} ne $family;
        page_row($sheet, $at++, $row);
    }
    page_counts($sheet, $page);
    my $box = 0; $box++ while $box < 200 && peek($sheet, $box, 0) !~ /^Exceptions and what to know/;
    my @items = page_items($page);
    is_text($sheet, ++$box, 0, $_) for @items[0 .. ($#items > 4 ? 4 : $#items)];
    my ($foot) = grep { peek($sheet, $_, 0) =~ /^The page supports discussion/ } sort { $a <=> $b } keys %{$sheet->{cells}};
    is_text($sheet, $foot // 0, 0, "The page supports discussion of variation; it is not performance management. Run $page->{run_id}, printed on $page->{today} by modash $page->{version}.");
    return rest_of($sheet, @page_own);
}

sub page_row {
    my ($sheet, $at, $row) = @_;
    is_text($sheet, $at, 0, $row->{kpi_short_name});
    is_text($sheet, $at, 1, $row->{month_label});
    is_number($sheet, $at, 2, $row->{value}, shortened($row->{display_value}), $row->{value_status} eq 'suppressed' ? 'hidden' : $row->{display_value});
    is_number($sheet, $at, 3, $row->{target}, shortened($row->{display_target}), '–');
    is_text($sheet, $at, 4, icon_of($row->{rag}) . " $row->{status_label}");
    is_number($sheet, $at, 5, $row->{comparator_value}, shortened($row->{display_peer_median}), '–');
    my $points = $row->{unit} eq 'percent' ? 100 : 1;
    is_number($sheet, $at, 6, defined $row->{change_on_year} ? $points * $row->{change_on_year} : undef, $row->{display_change_on_year}, '–');
    is_text($sheet, $at, 7, defined $row->{peer_rank} ? "$row->{peer_rank} of $row->{peer_n}" : '');
    my $spark = (take($sheet, $at, 8) // {})->{value};
    $spark = undef if ($spark // '') !~ /\S/;
    say_of($sheet, $at, 8, "'" . ($spark // '') . "' of " . join ' ', map { $_ // 'none' } @{$row->{twelve}}) if !is_sparkline($spark, @{$row->{twelve}});
    return;
}

# Formulas, with the numbers that they give.
sub page_counts {
    my ($sheet, $page) = @_;
    my %words = (green => 'on target', amber => 'not clearly off', red => 'off target', grey => 'not judged');
    my %left = map { my $rag = $_; $rag => scalar grep { ($_->{rag} // 'grey') eq $rag } @{$page->{rows}} } keys %words;
    for my $column (sort { $a <=> $b } keys %{$sheet->{cells}{4} // {}}) {
        my $cell = $sheet->{cells}{4}{$column};
        my ($rag) = grep { defined $cell->{formula} && $cell->{text} eq icon_of($_) . " $left{$_} $words{$_}" } sort keys %left or next;
        delete $left{$rag};
        take($sheet, 4, $column);
        my ($from, $to, $sign) = $cell->{formula} =~ /^COUNTIF\(\$E\$(\d+):\$E\$(\d+),"(.)\*"\)$/ or say_of($sheet, 4, $column, "formula $cell->{formula}");
        my $counts = grep { my $status = peek($sheet, $_ - 1, 4); $status =~ /^\Q$sign\E/ } $from // 1 .. $to // 0;
        say_of($sheet, 4, $column, "$cell->{formula} gives $counts, not $cell->{value}") if $counts != $cell->{value};
    }
    say_of($sheet, 4, 0, "no count of $_") for sort keys %left;
    return;
}

# The gravest exception of every measure, then what to know of figures that are not as they should be.
sub page_items {
    my ($page) = @_;
    my (%said, @items);
    for my $exception (@{$page->{exceptions}}) { push @items, ucfirst("$exception->{reason_label}: $exception->{exception_text}") if !$said{$exception->{kpi_id}}++ }
    push @items, "This organisation: $page->{org}{history}" if defined $page->{org}{history};
    for my $row (@{$page->{rows}}) { push @items, "$row->{kpi_short_name}: $row->{exception_text}" if defined $row->{exception_text} && $row->{value_status} ne 'ok' && !$said{$row->{kpi_id}} }
    return @items;
}

# ------------------------------------------------------------------------------------------------------------------------- members, by measure
sub members_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Practices');
    is_title($sheet, $page, 'its members, by measure');
    my $at = row_with($sheet, 0, 'Organisation') // die 'no headings of members';
    my @rows = @{$page->{rows}};
    is_text($sheet, $at, $_ + 2, $rows[$_]{kpi_short_name}) for 0 .. $#rows;
    is_text($sheet, $at + 1, 0, $page->{org_name});
    is_text($sheet, $at + 1, 1, $page->{org_code});
    for my $k (0 .. $#rows) {
        my $row = $rows[$k];
        member_figure($sheet, $at + 1, $k + 2, $row, shortened($row->{display_value}));
        is_number($sheet, $at + 2, $k + 2, $row->{comparator_value}, shortened($row->{display_peer_median}), '–');
        is_number($sheet, $at + 3, $k + 2, $row->{target}, shortened($row->{display_target}), '–');
    }
    $at += 4;
    my @members = @{$page->{members}};
    for my $n (0 .. $#members) {
        is_text($sheet, $at + $n, 0, $members[$n]{org_name});
        is_text($sheet, $at + $n, 1, $members[$n]{org_code});
        for my $k (0 .. $#rows) { my $figure = $members[$n]{$rows[$k]{kpi_id}}; member_figure($sheet, $at + $n, $k + 2, $figure, $figure && shortened($figure->{display_value})) }
    }
    member_extremes($sheet, $at, \@rows, \@members) if @members;
    return rest_of($sheet, 'Organisation', 'Code', 'Median of its peers', 'Target', 'Lowest of them', 'Highest of them', 'The page supports discussion of variation.*',
        'Figures of the organisations that belong to it now\..*', @members ? () : 'No organisation belongs to it that you may see\.');
}

# A sign before a figure that is judged; a figure that is not complete is not.
sub member_figure {
    my ($sheet, $row, $column, $figure, $shown) = @_;
    return is_text($sheet, $row, $column, '–') if !$figure;
    my $judged = $figure->{rag} =~ /green|amber|red/ && $figure->{value_status} ne 'not_due';
    return is_number($sheet, $row, $column, $figure->{value}, defined $shown ? ($judged ? icon_of($figure->{rag}) . ' ' : '') . $shown : undef, $figure->{value_status} eq 'suppressed' ? 'hidden' : '–');
}

sub member_extremes {
    my ($sheet, $at, $rows, $members) = @_;
    for my $k (0 .. $#$rows) {
        my @values = sort { $a <=> $b } map { ($_->{$rows->[$k]{kpi_id}} // {})->{value} // () } @$members;
        for my $which (0, 1) {
            my ($row, $column) = ($at + @$members + $which, $k + 2);
            is_text($sheet, $row, $column, '–') if !@values;
            my $cell = @values ? take($sheet, $row, $column) : next;
            my $range = cell_name($at, $column) . ':' . cell_name($at + $#$members, $column);
            my $formula = ($which ? 'MAX' : 'MIN') . "($range)";
            say_of($sheet, $row, $column, 'is ' . ($cell->{formula} // 'no formula') . ", should be $formula") if ($cell->{formula} // '') ne $formula;
            say_of($sheet, $row, $column, "is $cell->{value}, should be $values[-$which]") if !same_number($cell->{value} // 'x', $values[-$which]);
        }
    }
    return;
}

# -------------------------------------------------------------------------------------------------------------------------- where the charts are from
sub trend_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Trend data');
    is_title($sheet, $page, 'trend data');
    my @headings = ('Measure', 'Measure id', 'Month', 'Value', 'Special cause', 'Mean', 'Lower limit', 'Upper limit', 'Target', 'Median of peers', 'Kind of special cause');
    my $at = row_with($sheet, 1, 'Measure id') // die 'no headings of trend data';
    is_text($sheet, $at, $_, $headings[$_]) for 0 .. $#headings;
    for my $row (@{$page->{rows}}) {
        for my $point (@{$page->{trend}{$row->{kpi_id}}}) {
            $at++;
            is_text($sheet, $at, 0, $row->{kpi_short_name});
            is_text($sheet, $at, 1, $row->{kpi_id});
            is_day($sheet, $at, 2, $point->{serial}, 'mmm yyyy');
            my $special = ($point->{special_cause_label} // 'common cause') ne 'common cause';
            is_number($sheet, $at, 3, $point->{value}, shortened($point->{display_value}), '');
            is_number($sheet, $at, 4, $special ? $point->{value} : undef, shortened($point->{display_value}), '');
            my @beside = @$point{qw(spc_mean spc_lower spc_upper target comparator_value)};
            is_number($sheet, $at, 5 + $_, $beside[$_], undef, '') for 0 .. 4;
            is_text($sheet, $at, 10, $special ? $point->{special_cause_label} : '');
        }
    }
    return rest_of($sheet, 'What the charts are drawn from\. Sorting this sheet would change them\.');
}

1;
