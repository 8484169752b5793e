# Exceptions and actions, the return, the data, the definitions and the changes of a workbook, cell by cell, beside the published views (as MoDashClientSheets).
package MoDashClientLists;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MoDashClientCells qw(sheet_of say_of take peek is_text is_number is_day is_title row_with rest_of icon_of);
use MoDashClientShown qw(shortened cleaned);

our @EXPORT_OK = qw(data_differences definitions_differences changes_differences exceptions_differences return_differences charts_sheet_differences);

# ------------------------------------------------------------------------------------------------------------------------------------ the data
my @texts = ([Measure => 'kpi_short_name'], ['Measure id' => 'kpi_id'], [Family => 'family_label'], [Level => 'org_type'], [Code => 'org_code'], [Organisation => 'org_name'],
    ['Value as printed' => 'display_value'], ['Value status' => 'value_status'], ['Special cause' => 'special_cause_label'], [Variation => 'spc_variation_label'], ['Direction of good' => 'direction_of_good']);
my @numbers = ([Numerator => 'numerator'], [Denominator => 'denominator'], [Value => 'value'], ['Lower 95 %' => 'value_lower'], ['Upper 95 %' => 'value_upper'], [Target => 'target'],
    ['Median of peers' => 'comparator_value'], ['Mean (SPC)' => 'spc_mean'], ['Lower limit (SPC)' => 'spc_lower'], ['Upper limit (SPC)' => 'spc_upper'], [Run => 'run_id']);

sub data_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Data');
    my %column = map { take($sheet, 0, $_)->{value} => $_ } keys %{$sheet->{cells}{0}};
    my $at = 0;
    for my $row (@{$page->{data}}) {
        $at++;
        is_text($sheet, $at, $column{$_->[0]}, $row->{$_->[1]}) for @texts;
        is_number($sheet, $at, $column{$_->[0]}, $row->{$_->[1]}, $_->[0] eq 'Value' ? shortened($row->{display_value}) : undef, '') for @numbers;
        is_day($sheet, $at, $column{Month}, $row->{serial}, 'mmm yyyy');
    }
    my ($table) = map { $book->{text}{$_} } grep { m{^xl/tables/} } keys %{$book->{text}};
    my ($to) = $table =~ / ref="A1:[A-Z]+(\d+)"/;
    say_of($sheet, 0, 0, 'the table has ' . ($to // 'no') . " rows, the data $at") if ($to // 0) != ($at || 1) + 1;
    return rest_of($sheet);
}

# ------------------------------------------------------------------------------------------------------------------- definitions, what has changed
my @definition = ([Measure => 'kpi_short_name'], ['In full' => 'kpi_name'], [Family => 'family_label'], ['What is counted' => 'numerator_wording'], ['Divided by' => 'denominator_wording'], [Unit => 'unit'],
    ['Good is' => 'direction_of_good'], [Target => 'target_type'], ['95 % interval' => 'interval_method'], ['Small numbers' => 'small_number_rule'], [Cadence => 'cadence'],
    ['Days until complete' => 'expected_lag_days'], [Sources => 'source_list'], ['Answers for it' => 'owner_role'], [Version => 'definition_version'], [Why => 'rationale_narrative'],
    ['Where it comes from' => 'reference_narrative']);

sub definitions_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Definitions');
    is_title($sheet, $page, 'definitions');
    my $at = row_with($sheet, 1, 'In full') // die 'no headings of definitions';
    is_text($sheet, $at, $_, $definition[$_][0]) for 0 .. $#definition;
    for my $row (@{$page->{definitions}}) {
        $at++;
        for my $column (0 .. $#definition) {
            my ($heading, $field) = @{$definition[$column]};
            if ($field eq 'expected_lag_days') { is_number($sheet, $at, $column, $row->{$field}, $row->{$field}, '') } else { is_text($sheet, $at, $column, $row->{$field}) }
        }
    }
    return rest_of($sheet, 'What each measure counts, from the catalogue of the dashboard\.');
}

sub changes_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Changes');
    is_title($sheet, $page, 'changes');
    my $at = row_with($sheet, 4, 'What has changed') // die 'no headings of changes';
    take($sheet, $at, $_) for 0 .. 4;
    my @changes = @{$page->{changes}};
    my %left; # of one moment and measure in any order
    $left{join "\x1f", map { cleaned($_) // '' } @$_{qw(change_label kpi_short_name source_name change_narrative)}}{sprintf '%.5f', $_->{serial}}++ for @changes;
    for (1 .. @changes < 300 ? @changes : 300) {
        $at++;
        my $cell = take($sheet, $at, 0) // {value => 0, format => ''};
        my $day = $cell->{value} =~ /^[\d.]+$/ ? sprintf '%.5f', $cell->{value} : 'no day';
        my $key = join "\x1f", map { (take($sheet, $at, $_) // {})->{value} // '' } 1 .. 4;
        say_of($sheet, $at, 0, "'$day $key' as $cell->{format}: no such change") if $cell->{format} ne 'd mmm yyyy hh:mm' || !$left{$key}{$day} || $left{$key}{$day}-- < 1;
    }
    $at = row_with($sheet, 1, 'System') // die 'no headings of sources';
    take($sheet, $at, $_) for 0 .. 6;
    take($sheet, $at - 1, 0);
    for my $row (@{$page->{sources}}) {
        $at++;
        my $column = 0;
        is_text($sheet, $at, $column++, $row->{$_}) for qw(source_title source_system state_label);
        is_day($sheet, $at, 3, $row->{month_serial}, 'mmm yyyy');
        is_day($sheet, $at, 4, $row->{loaded_serial}, 'd mmm yyyy hh:mm');
        is_day($sheet, $at, 5, $row->{due_serial}, 'd mmm yyyy');
        is_number($sheet, $at, 6, $row->{rows_rejected}, undef, '');
    }
    return rest_of($sheet, 'Definitions and restated figures as the dashboard has noted them, the latest 300; then the state of its sources\.');
}

# ----------------------------------------------------------------------------------------------------------------------------- what people write on
sub exceptions_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Exceptions and actions');
    is_title($sheet, $page, 'exceptions and actions');
    my $at = row_with($sheet, 1, 'Reason') // die 'no headings of exceptions';
    my %row = map { $_->{kpi_id} => $_ } @{$page->{rows}};
    for my $exception (@{$page->{exceptions}}) {
        my $row = $row{$exception->{kpi_id}};
        $at++;
        is_text($sheet, $at, 0, $exception->{kpi_short_name});
        is_text($sheet, $at, 1, $exception->{reason_label});
        is_text($sheet, $at, 2, $exception->{exception_text});
        next if !$row;
        is_number($sheet, $at, 3, $row->{value}, shortened($row->{display_value}), $row->{value_status} eq 'suppressed' ? 'hidden' : '–');
        is_number($sheet, $at, 4, $row->{target}, shortened($row->{display_target}), '–');
        is_text($sheet, $at, 5, icon_of($row->{rag}) . " $row->{status_label}");
    }
    $at = row_with($sheet, 1, 'Raised for') // die 'no headings of actions';
    for my $action (@{$page->{actions}}) {
        $at++;
        is_text($sheet, $at, 0, $action->{kpi_short_name});
        is_day($sheet, $at, 1, $action->{review_serial}, 'mmm yyyy');
        is_text($sheet, $at, 2, $action->{action_narrative});
        is_text($sheet, $at, 3, $action->{owner_name});
        is_day($sheet, $at, 4, $action->{due_serial}, 'd mmm yyyy');
        is_text($sheet, $at, 5, $action->{state_label});
        my $months = $action->{months_carried};
        is_text($sheet, $at, 6, "No. $action->{action_id}, $action->{overdue_label}" . ($months > 0 ? ", carried $months month" . ($months == 1 ? '' : 's') : ''));
    }
    return rest_of($sheet, qw(Measure Reason Comment Action Owner Due State Note Value Target), ' *Status', 'Raised for', 'What the figures say', 'Actions of the review',
        'Pale yellow cells are for the review:.*', @{$page->{exceptions}} ? () : 'None this month\.');
}

sub return_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'ICB return');
    my @lines = @{$page->{return}};
    is_title($sheet, $page, @lines ? "ICB return, $lines[0]{quarter_label}" : 'ICB return');
    my %said = ('State of the return' => @lines ? $lines[0]{state_label} : 'draft', 'Prepared by' => @lines ? $lines[0]{submitted_by} : undef);
    for my $label (sort keys %said) { my $at = row_with($sheet, 0, $label); take($sheet, $at, 0); is_text($sheet, $at, 1, $said{$label}) }
    my $at = row_with($sheet, 0, 'Line') // die 'no headings of the return';
    my $section = '';
    for my $line (@lines) {
        is_text($sheet, ++$at, 0, $section = $line->{section_label}) if $line->{section_label} ne $section;
        $at++;
        my $rag = {'on target' => 'green', 'not clearly off' => 'amber', 'off target' => 'red'}->{$line->{status_label} // ''};
        is_text($sheet, $at, 0, $line->{line_label});
        is_text($sheet, $at, 1, $line->{display_value});
        is_text($sheet, $at, 2, $line->{display_target});
        is_text($sheet, $at, 3, defined $line->{status_label} ? icon_of($rag) . " $line->{status_label}" : '');
        return_number($sheet, $at, 4, $line->{numerator});
        return_number($sheet, $at, 5, $line->{denominator});
        is_text($sheet, $at, 6, $line->{line_narrative});
        is_text($sheet, $at, 7, $line->{restated_label});
    }
    return rest_of($sheet, qw(Line Value Target Numerator Denominator Restated Date), ' *Status', ' *Narrative', 'Signed off by \(Clinical Director\)', 'The quarterly medicines optimisation return\..*',
        @lines ? () : 'There is no return for this organisation and quarter\.');
}

# As whole where it is whole, else to two decimals; what is not nothing is not shown as nothing.
sub return_number {
    my ($sheet, $row, $column, $value) = @_;
    is_number($sheet, $row, $column, $value, undef, '');
    my $cell = $sheet->{cells}{$row}{$column};
    return if !defined $value || !$cell;
    my $shown = $cell->{text} =~ s/,//gr;
    say_of($sheet, $row, $column, "$value shown as $cell->{text}") if $shown !~ /^-?[\d.]+$/ || abs($shown - $value) > 0.005 + 1e-12 * abs $value || $value == int $value && $cell->{text} =~ /\./;
    return;
}

# Charts only, and what they are.
sub charts_sheet_differences {
    my ($book, $page) = @_;
    my $sheet = sheet_of($book, 'Trend');
    is_title($sheet, $page, 'trend');
    return rest_of($sheet, 'Control charts of 24 months: mean and usual limits.*', (grep { grep { defined $_->{value} } @$_ } values %{$page->{trend}}) ? () : 'No measure has figures to draw\.');
}

1;
