# Files for load_random.t: rows written as CSV in one of the shapes that a file may come in (order of columns, line ends, quotes, blank lines,
# a byte order mark, gzip), with the line on which each row begins.
package MoDashLoadFile;
use strict;
use warnings;
use Exporter qw(import);
use File::Path qw(make_path);
use IO::Compress::Gzip qw(gzip);
use MoDash;

our @EXPORT_OK = qw(pick chance shuffled written stored_as);

sub pick { return $_[int rand @_] }
sub chance { return rand() < $_[0] }
sub shuffled { my @left = @_; return map { splice @left, int rand @left, 1 } 1 .. @left }

sub field {
    my ($text) = @_;
    $text //= '';
    return $text if $text !~ /[",\r\n]/ && !chance(0.05);
    return '"' . ($text =~ s/"/""/gr) . '"';
}

# $file: name, columns, rows (each a hash of texts by column; -short: some of its fields only), others: columns nobody asked for may be there.
# bare: no header, and the columns in their order. folder: where it goes, instead of into a folder of its own.
# Adds the lines on which its rows begin and gives the path. No row that is cut short is the last: that is a file cut short.
my $folders = 0;
sub written {
    my ($file) = @_;
    my $end = pick("\n", "\n", "\r\n");
    my @columns = $file->{bare} || chance(0.5) ? @{$file->{columns}} : shuffled(@{$file->{columns}});
    splice @columns, int rand(@columns + 1), 0, 'OTHER_THINGS' if $file->{others} && chance(0.3);
    my $text = $file->{bare} ? '' : join(',', map { field($_) } @columns) . $end;
    my $line = 1 + (() = $text =~ /\n/g);
    $file->{lines} = [];
    for my $row (@{$file->{rows}}) {
        if (chance(0.03)) { $text .= $end; $line++ }    # a blank line is no row, but a line
        my %of = (OTHER_THINGS => pick('', 'x', 'a, b', "two${end}lines", 'long ' x 1500), %$row);
        my @fields = map { field($of{$_}) } @columns;
        $#fields = int(@fields / 2) if $row->{-short};
        push @{$file->{lines}}, $line;
        my $written = join(',', @fields) . $end;
        $line += () = $written =~ /\n/g;
        $text .= $written;
    }
    my $last = pick(0, 0, 0, 1, 2);
    if ($last == 1 && @{$file->{rows}}) { $text =~ s/\Q$end\E\z// }
    if ($last == 2) { $text .= $end x 3 }
    return stored_as($file, $text);
}

# Any text as the file, now and then with a byte order mark or gzipped; gives its path.
sub stored_as {
    my ($file, $text) = @_;
    $text = "\xEF\xBB\xBF$text" if chance(0.15);
    my $name = $file->{name};
    if (chance(0.15)) {
        gzip(\$text => \my $zipped);
        ($name, $text) = ("$name.gz", $zipped);
    }
    my $folder = $file->{folder} // 'load_' . $folders++;
    make_path(scratch($folder));
    chmod 0755, scratch($folder);
    $file->{path} = file_with("$folder/$name", $text);
    chmod 0644, $file->{path};
    return $file->{path};
}

1;
