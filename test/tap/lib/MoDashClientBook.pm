# A workbook as it lies in the file: its parts, and of every sheet the cells with what Excel would show of them.
package MoDashClientBook;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use IO::Uncompress::Unzip qw($UnzipError);
use MoDashClientShown qw(shown);

our @EXPORT_OK = qw(open_book not_well_formed column_number cell_name plain);

# Parts by name, as bytes.
sub parts_of {
    my ($path) = @_;
    my %part;
    my $zip = IO::Uncompress::Unzip->new($path) or die "$path: $UnzipError";
    for (my $more = 1; $more > 0; $more = $zip->nextStream) { my $name = $zip->getHeaderInfo->{Name}; local $/; $part{$name} = <$zip> // '' }
    return \%part;
}

# Why a text is no XML that a strict reader (Excel is one) takes; undef: it is.
sub not_well_formed {
    my ($bytes) = @_;
    my $text = $bytes;
    return 'not UTF-8' if !utf8::decode($text);
    return sprintf 'character U+%04X', ord $1 if $text =~ /([\x00-\x08\x0B\x0C\x0E-\x1F\x{FFFE}\x{FFFF}])/;
    my @open;
    while ($text =~ m{\G(?:<\?.*?\?>|<!--.*?-->|<(/?)([\w:.-]+)((?:\s+[\w:.-]+=(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>|([^<]+))}gcs) {
        my ($end, $name, $attributes, $empty, $words) = ($1, $2, $3, $4, $5);
        return 'a bare &' if (defined $words ? $words : $attributes // '') =~ /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)/;
        next if !defined $name || $empty;
        if (!$end) { push @open, $name } elsif ((pop @open // '') ne $name) { return "</$name> ends nothing" }
    }
    return 'a tag near ' . substr $text, pos($text) // 0, 40 if (pos($text) // 0) < length $text;
    return @open ? "<$open[-1]> is not ended" : undef;
}

sub plain { my ($text) = @_; my %of = (lt => '<', gt => '>', amp => '&', quot => '"', apos => "'"); return $text =~ s/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/defined $1 ? chr hex $1 : defined $2 ? chr $2 : $of{$3}/gier }
sub column_number { my $n = 0; $n = 26 * $n + ord($_) - 64 for split //, $_[0]; return $n - 1 }
sub cell_name { my ($row, $column) = @_; return ($column > 25 ? chr(64 + int $column / 26) : '') . chr(65 + $column % 26) . ($row + 1) }

# Number format of every style of a cell.
sub formats_of {
    my ($styles) = @_;
    my %code = (0 => 'General', 1 => '0', 2 => '0.00', 3 => '#,##0', 4 => '#,##0.00', 9 => '0%', 10 => '0.00%');
    $code{$1} = plain($2) while $styles =~ /<numFmt numFmtId="(\d+)" formatCode="([^"]*)"/g;
    my ($cells) = $styles =~ m{<cellXfs.*?>(.*?)</cellXfs>}s;
    return map { $code{$_} // "unknown $_" } $cells =~ /<xf numFmtId="(\d+)"/g;
}

# Cells by row and column, from 0: {value, text (as shown), format, formula, kind}. Blank ones are left out.
sub cells_of {
    my ($xml, $strings, $formats) = @_;
    my %cell;
    while ($xml =~ m{<c r="([A-Z]+)(\d+)"([^>]*?)(?:/>|>(.*?)</c>)}gs) {
        my ($row, $column, $attributes, $content) = ($2 - 1, column_number($1), $3, $4 // '');
        my ($value) = $content =~ m{<v>(.*?)</v>}s;
        next if !defined $value && $content !~ /<f>|<is>/;
        my ($style) = $attributes =~ /s="(\d+)"/;
        my ($kind) = $attributes =~ /t="(\w+)"/;
        $value = ($kind // 'n') eq 's' ? $strings->[$value] : plain($value // '');
        my $format = $formats->[$style // 0];
        $cell{$row}{$column} = {value => $value, kind => $kind // 'n', format => $format, formula => $content =~ m{<f>(.*?)</f>}s ? plain($1) : undef,
            text => defined $kind && $kind ne 'n' ? $value : shown($value, $format)};
    }
    return \%cell;
}

# {part => ..., sheet => {name => cells}, order => names}.
sub open_book {
    my ($path) = @_;
    my %book = (part => parts_of($path));
    my %text = map { my $t = $book{part}{$_}; utf8::decode($t); $_ => $t } grep { /\.(xml|rels)$/ } keys %{$book{part}};
    my @strings = map { plain(join '', m{<t[^>]*>(.*?)</t>}gs) } $text{'xl/sharedStrings.xml'} =~ m{<si>(.*?)</si>}gs;
    s/_x([0-9A-F]{4})_/chr hex $1/ge for @strings;
    my @formats = formats_of($text{'xl/styles.xml'});
    $book{order} = [map { plain($_) } $text{'xl/workbook.xml'} =~ /<sheet name="([^"]+)"/g];
    $book{sheet}{$book{order}[$_ - 1]} = cells_of($text{"xl/worksheets/sheet$_.xml"}, \@strings, \@formats) for 1 .. @{$book{order}};
    $book{text} = \%text;
    $book{strings} = \@strings;
    return \%book;
}

1;
