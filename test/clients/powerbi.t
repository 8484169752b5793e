#!/usr/bin/env perl
# What Power BI sends, sent with libpq by powerbi_probe as the reader of one PCN. No Power BI Desktop takes part.
use strict;
use warnings;
use Clients;
use MoDash;
use Test::More;

my $missing = missing_program('gcc', 'pkg-config');
plan(skip_all => $missing) if $missing;
client_database();
my $folder = output_folder('powerbi');
system("gcc -O1 -g -Wall -Wextra -Werror -fsanitize=address,undefined -Itest/unit \$(pkg-config --cflags libpq) -o $folder/powerbi_probe test/clients/powerbi_probe.c"
    . ' $(pkg-config --libs libpq) -lm') == 0 or BAIL_OUT('powerbi_probe does not compile');
$ENV{ASAN_OPTIONS} = 'detect_leaks=0';
exec "$folder/powerbi_probe", 'U99001';
