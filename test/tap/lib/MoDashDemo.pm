# Demo data in the database of a test: every source there is a file for, refreshed.
package MoDashDemo;
use strict;
use warnings;
use Exporter qw(import);
use MoDash;

our @EXPORT = qw(demo_data load_demo psql_script);

# Runs a script of psql; dies with what psql said unless it ends well.
sub psql_script {
    my ($sql) = @_;
    my ($code, $out, $err) = MoDash::run_program('psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-f', file_with('.script.sql', $sql));
    die "psql failed: $err\n" if $code;
    chomp $out;
    return $out;
}

sub demo_data {
    my (@options) = @_;
    my $folder = scratch('demo');
    my ($code, $out, $err) = modash('demo-data', $folder, @options);
    die "modash demo-data: $out$err\n" if $code;
    return $folder;
}

sub load_demo {
    my ($folder) = @_;
    my ($code, $out, $err) = modash('load', '--all', $folder);
    die "modash load --all: $out$err\n" unless $code == 0 || $code == 3; # SystmOne rows with CTV3 codes only are rejected, as they should be
    return;
}

1;
