# What Excel shows of a number under a number format (ECMA-376, 18.8.31), for the formats that a workbook of figures needs; and what a text cell can hold.
package MoDashClientShown;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use Math::BigFloat;
use POSIX qw(strftime);

our @EXPORT_OK = qw(shown rounded cleaned shortened);

# A number to so many decimals, half away from zero, of the fifteen digits that Excel (and PostgreSQL's cast to numeric) keeps.
sub rounded {
    my ($value, $decimals) = @_;
    my $exact = Math::BigFloat->new(sprintf '%.15g', $value);
    my $text = $exact->copy->babs->bfround(-$decimals, 'common')->bstr;
    ($text) = $decimals ? sprintf('%s%s', $text =~ /^(\d+)(\.\d+)?/) =~ /(.*)/ : $text =~ /^(\d+)/;
    $text .= '.' if $decimals && $text !~ /\./;
    $text .= '0' x ($decimals - length(($text =~ /\.(\d*)/)[0])) if $decimals;
    return $text;
}

sub with_commas { my ($digits) = @_; my ($whole, $rest) = $digits =~ /^(\d+)(.*)/; 1 while $whole =~ s/^(\d+)(\d{3})/$1,$2/; return "$whole$rest" }

my @month = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
sub shown_day {
    my ($serial, $format) = @_;
    my ($minute, $hour, $day, $month, $year) = (gmtime int(($serial - 25569) * 86400 + 0.5))[1 .. 5];
    my %of = ('mmm yyyy' => "$month[$month] " . ($year + 1900), 'd mmm yyyy' => "$day $month[$month] " . ($year + 1900));
    $of{'d mmm yyyy hh:mm'} = sprintf '%s %02d:%02d', $of{'d mmm yyyy'}, $hour, $minute;
    return $of{$format} // "a day as $format";
}

# One section of a format: texts in quotes, one number, a percent sign.
sub shown_section {
    my ($value, $section) = @_;
    my ($before, $number, $after) = $section =~ /^((?:"[^"]*"|[^"#0])*)([#,]*0(?:\.0+)?)((?:"[^"]*"|[^"])*)$/ or return "a number as $section";
    my $decimals = $number =~ /\.(0+)/ ? length $1 : 0;
    my $digits = rounded($after =~ /%/ ? $value * 100 : $value, $decimals);
    $digits = with_commas($digits) if $number =~ /,/;
    s/"//g for $before, $after;
    return "$before$digits$after";
}

sub shown {
    my ($value, $format) = @_;
    return shown_day($value, $format) if $format =~ /yyyy/;
    return $value if $format eq 'General';
    my @section = split /;/, $format;
    return shown_section(-$value, $section[1]) if @section > 1 && $value < 0;
    return ($value < 0 ? '-' : '') . shown_section(abs $value, $section[0]);
}

# A text as a cell can hold it: control characters but line ends are blanks; no longer than Excel takes.
sub cleaned {
    my ($text) = @_;
    return undef if !defined $text;
    return $text =~ s/[\x00-\x09\x0B-\x1F]/ /gr;
}

# A value without what a rate is per: that stands in the measure's name.
sub shortened { my ($text) = @_; return defined $text ? $text =~ s/ per .*//r : undef }

1;
