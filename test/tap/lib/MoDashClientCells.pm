# A sheet of a workbook that remembers which of its cells were asked for and what was wrong with them; what nobody asked for is wrong, too: nothing may be in the
# file that the views do not explain.
package MoDashClientCells;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MoDashClientBook qw(cell_name);
use MoDashClientShown qw(cleaned);
use MoDashPublishedReading qw(same_number);

our @EXPORT_OK = qw(sheet_of say_of take peek is_text is_number is_day is_title row_with rest_of icon_of);

my %icon = (green => '✔', amber => '◆', red => '✖', grey => '○');
sub icon_of { return $icon{$_[0] // 'grey'} // $icon{grey} }

# A sheet that remembers which of its cells were asked for, and what was wrong with them.
sub sheet_of { my ($book, $name) = @_; return {name => $name, cells => $book->{sheet}{$name} // {}, said => []} }
sub say_of { my ($sheet, $row, $column, $what) = @_; push @{$sheet->{said}}, "$sheet->{name}!" . cell_name($row, $column) . ": $what"; return }
sub take { my ($sheet, $row, $column) = @_; my $cell = $sheet->{cells}{$row}{$column}; $cell->{taken} = 1 if $cell; return $cell }
sub peek { my ($sheet, $row, $column) = @_; return ($sheet->{cells}{$row}{$column} // {})->{text} // '' }

# A text: never a number, never a formula.
sub is_text {
    my ($sheet, $row, $column, $want) = @_;
    my $cell = take($sheet, $row, $column);
    my $have = $cell ? $cell->{value} : '';
    $want = cleaned($want) // '';
    say_of($sheet, $row, $column, "'$have', should be '$want'") if $have ne $want;
    say_of($sheet, $row, $column, 'a text is ' . (defined $cell->{formula} ? 'a formula' : 'a number')) if $cell && $cell->{kind} ne 's';
    return;
}

# A number, as it is shown and in full; without one the text that stands for it. signs: what may stand before it.
sub is_number {
    my ($sheet, $row, $column, $value, $shown, $instead) = @_;
    return is_text($sheet, $row, $column, $instead) if !defined $value;
    my $cell = take($sheet, $row, $column) // {kind => 'none', text => '', value => ''};
    return say_of($sheet, $row, $column, "$cell->{kind} '$cell->{text}', should be the number $value") if $cell->{kind} ne 'n' || $cell->{value} !~ /^-?[\d.]/;
    say_of($sheet, $row, $column, "$cell->{value}, should be $value") if !same_number($cell->{value}, $value);
    say_of($sheet, $row, $column, "shown as '$cell->{text}', should be '$shown'") if defined $shown && $cell->{text} ne $shown;
    return;
}

sub is_day {
    my ($sheet, $row, $column, $serial, $format) = @_;
    is_number($sheet, $row, $column, $serial, undef, q{});
    my $cell = $sheet->{cells}{$row}{$column};
    say_of($sheet, $row, $column, "a day shown as $cell->{format}") if $cell && defined $serial && $cell->{format} ne $format;
    return;
}

sub row_with { my ($sheet, $column, $text) = @_; my ($row) = grep { peek($sheet, $_, $column) eq $text } sort { $a <=> $b } keys %{$sheet->{cells}}; return $row }

# What was wrong, and cells that nobody asked for but those whose text is one of the sheet's own.
sub rest_of {
    my ($sheet, @own) = @_;
    for my $row (sort { $a <=> $b } keys %{$sheet->{cells}}) {
        for my $column (sort { $a <=> $b } keys %{$sheet->{cells}{$row}}) {
            my $cell = $sheet->{cells}{$row}{$column};
            next if $cell->{taken};
            say_of($sheet, $row, $column, "'$cell->{text}': nothing explains it") if defined $cell->{formula} || !grep { $cell->{value} =~ /^(?:$_)$/ } @own;
        }
    }
    return @{$sheet->{said}};
}

sub is_title {
    my ($sheet, $page, $what) = @_;
    is_text($sheet, 0, 0, "$page->{org_name}: $what");
    is_text($sheet, 1, 0, "$page->{kind}. $page->{data_to}");
    return;
}


1;
