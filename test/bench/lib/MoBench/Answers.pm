# Are two answers (CSV files with a header) the same? Rows are matched by key columns; the other columns that both have are compared.
package MoBench::Answers;
use strict;
use warnings;

# Reads a CSV of plain values (no quotes, no commas inside a value) as {columns => [..], rows => {key => {column => value}}}.
sub read_answer {
    my ($file, @key) = @_;
    open my $in, '<', $file or die "cannot read $file: $!\n";
    chomp(my $header = <$in> // '');
    my @columns = split /,/, $header;
    my %known = map { $_ => 1 } @columns;
    for (@key) { die "$file has no column $_\n" unless $known{$_} }
    my %rows;
    while (my $line = <$in>) {
        chomp $line;
        my %row;
        @row{@columns} = split /,/, $line, -1;
        my $key = join ' ', map { $row{$_} } @key;
        die "$file has two rows for $key\n" if $rows{$key};
        $rows{$key} = \%row;
    }
    return {columns => \@columns, rows => \%rows};
}

sub same_value {
    my ($one, $other, $tolerance) = @_;
    return 1 if $one eq $other;
    return 0 if $one eq '' || $other eq '';
    my $number = qr/^-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;
    return 0 unless $one =~ $number && $other =~ $number;
    my ($a, $b) = (abs $one, abs $other);
    return abs($one - $other) <= $tolerance * ($a > $b ? $a : $b);
}

# The first few differences as text; none when the answers agree.
sub differences {
    my ($one, $other, $tolerance, @key) = @_;
    my %key = map { $_ => 1 } @key;
    my %theirs = map { $_ => 1 } @{ $other->{columns} };
    my @common = grep { $theirs{$_} && !$key{$_} } @{ $one->{columns} };
    return 'no column in common to compare' unless @common;
    my ($rows, $others) = map { scalar keys %{ $_->{rows} } } $one, $other;
    return 'no rows' unless $rows;
    my @found;
    push @found, "$rows rows against $others" if $rows != $others;
    for my $key (sort keys %{ $one->{rows} }) {
        my ($left, $right) = ($one->{rows}{$key}, $other->{rows}{$key});
        if (!$right) { push @found, "no row for $key" }
        else {
            for my $column (grep { !same_value($left->{$_}, $right->{$_}, $tolerance) } @common) {
                push @found, "$column of $key: $left->{$column} against $right->{$column}";
            }
        }
        last if @found >= 3;
    }
    return @found;
}

1;
