#!/usr/bin/env perl
# The unit tests of the client's own C (test/unit_client), under the address and undefined behaviour sanitizers; once as built for
# this processor, once without its special instructions. Each test program is one test here: its own lines are shown when it fails.
use strict;
use warnings;
use Test::More;
use MoDash;

my $cc = $ENV{CC} // 'gcc';
for my $source (sort glob 'test/unit_client/test_*.c') {
    for my $portable ('', '-DMO_PORTABLE') {
        (my $name = $source) =~ s{.*/(.*)\.c}{$1};
        my $program = scratch($name . ($portable ? '_portable' : ''));
        my @parts = map { "extension/client/$_.c" } qw(codes csv csv_index csv_index_x86 dates times decimal input json pieces sha256 sha256_x86 text thousands);
        my $built = `$cc -std=gnu11 -g -O1 -Wall -Wextra -Werror -fsanitize=address,undefined -fno-sanitize-recover $portable -Iextension/client -Iextension/src/stats -Itest/unit -o $program $source @parts extension/src/stats/nhs_calendar.c -lm -lz 2>&1`;
        is($?, 0, "$name $portable builds") or diag $built;
        my $output = `$program 2>&1`;
        ok($? == 0 && $output =~ /^1\.\.\d+$/m && $output !~ /^not ok/m, "$name $portable passes") or diag $output;
    }
}
done_testing();
