# What a login reads from the published views, and how it differs from what was expected.
package MoDashPublishedReading;
use strict;
use warnings;
use Exporter qw(import);
use MoDash;

our @EXPORT_OK = qw(read_view differences same_number);

# Rows of a query as a login sees them, by column; undef for null.
sub read_view {
    my ($login, $query) = @_;
    local $ENV{PGUSER} = $login if defined $login;
    my ($code, $out, $err) = MoDash::run_program('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-c', "copy ($query) to stdout with (header true, encoding 'UTF8')");
    die "psql failed: $err\n$query\n" if $code;
    utf8::decode($out);
    my ($header, @lines) = split /\n/, $out;
    my @names = split /\t/, $header;
    my %escape = (n => "\n", t => "\t", r => "\r", '\\' => '\\');
    return map {
        my @values = map { $_ eq '\N' ? undef : s/\\(.)/$escape{$1}/gr } split /\t/, $_, -1;
        my %row; @row{@names} = @values; \%row;
    } @lines;
}

# Numbers to ten digits; of what is nearly 0 beside scale, the difference.
sub same_number {
    my ($a, $b, $scale) = @_;
    my $size = abs $a > abs $b ? abs $a : abs $b;
    return abs($a - $b) <= 1e-10 * $size || abs($a - $b) <= 1e-12 * ($scale // 1);
}

sub same {
    my ($expected, $seen) = @_;
    return $expected->($seen) if ref $expected eq 'CODE';
    return !defined $expected && !defined $seen if !defined $expected || !defined $seen;
    my $number = qr/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
    return $expected =~ $number && $seen =~ $number ? same_number($expected, $seen) : $expected eq $seen;
}

sub printed { my ($v) = @_; return ref $v ? 'as described' : defined $v ? "'$v'" : 'null' }

# What differs between expected rows (key => {column => value, or a test of it}) and those read; most says how many differences are named of a column.
sub differences {
    my ($expected, $rows, $key) = @_;
    my (%read, %count, @said);
    $read{join '/', map { $_ // '' } @$_{@$key}} = $_ for @$rows;
    push @said, 'rows with the same ' . join(', ', @$key) if keys %read != @$rows;
    my $say = sub { my ($of, $text) = @_; push @said, $text if $count{$of}++ < 2 };
    for my $at (sort keys %$expected) {
        my ($want, $have) = ($expected->{$at}, $read{$at});
        if (!$have) { $say->('missing', "no row of $at"); next }
        for my $column (sort keys %$want) {
            next if same($want->{$column}, $have->{$column});
            $say->($column, "$at: $column is " . printed($have->{$column}) . ', should be ' . printed($want->{$column}));
        }
        for my $column (grep { !exists $want->{$_} } keys %$have) { $say->("no $column", "nothing is said of column $column") }
    }
    for my $at (sort keys %read) { $say->('surplus', "a row of $at") if !$expected->{$at} }
    return (@said, map { $count{$_} > 2 ? "($_: $count{$_} in all)" : () } sort keys %count);
}

1;
