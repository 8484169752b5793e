#!/usr/bin/env perl
# modash demo-data: the same bytes for the same seed, the formats it imitates, the stories it tells, and wrong use.
use strict;
use warnings;
use Digest::SHA;
use File::Find;
use File::Path qw(make_path remove_tree);
use Test::More;

my $work = 'build/tap/demo_data';
remove_tree($work);
make_path($work);

# Before modash is built the generator is compiled alone; so it is for the comparison of compilers.
sub compile {
    my ($compiler, $program) = @_;
    open my $main, '>', "$work/main.c" or die $!;
    print $main "int demo_data_main(int argc, char **argv);\nint main(int argc, char **argv) { return demo_data_main(argc - 1, argv + 1); }\n";
    close $main;
    my @sources = (glob('extension/client/demo_data*.c'), 'extension/client/text.c');
    return system("$compiler -std=c11 -D_GNU_SOURCE -O2 -Iextension/client -o $program $work/main.c @sources -lm") == 0;
}
my $modash = 'build/modash';
if (!-x $modash) {
    $modash = "$work/modash";
    compile('cc', $modash) or BAIL_OUT('the generator does not compile');
}

sub run {
    my (@arguments) = @_;
    my $output = `$modash demo-data @arguments 2>&1`;
    return ($? >> 8, $output);
}

sub digest_of {
    my ($directory) = @_;
    my @files;
    find(sub { push @files, $File::Find::name if -f }, $directory);
    my $all = Digest::SHA->new(256);
    for (sort @files) {
        (my $name = $_) =~ s{^\Q$directory\E/}{};
        $all->add($name, Digest::SHA->new(256)->addfile($_)->hexdigest);
    }
    return $all->hexdigest;
}

# Rows of a CSV file as hashes by column name.
sub fields {
    my ($line) = @_;
    $line =~ s/\r?\n$//;
    my @fields;
    push @fields, defined $2 ? $2 : $1 while $line =~ /\G(?:^|,)(?|()"((?:[^"]|"")*)"|([^,"]*))(?=,|$)/g;
    return @fields;
}
sub rows {
    my ($file, @columns) = @_;
    open my $in, '<', $file or die "$file: $!";
    @columns = fields(scalar <$in>) unless @columns;
    my @rows;
    while (<$in>) {
        my @values = fields($_);
        push @rows, @values == @columns ? {map { $columns[$_] => $values[$_] } 0 .. $#columns} : {wrong => $_};
    }
    return @rows;
}
sub header { my ($file) = @_; open my $in, '<', $file or die "$file: $!"; chomp(my $line = <$in>); return $line }
sub sum { my $total = 0; $total += $_ for @_; return $total }

my $small = '--practices 36 --months 12 --rows-per-practice 30 --patients-per-practice 30';
is((run("$work/a $small"))[0], 0, 'files are written');
is((run("$work/b $small"))[0], 0, 'and once more');
is((run("$work/c $small --seed 2"))[0], 0, 'and with another seed');
is(digest_of("$work/a"), digest_of("$work/b"), 'the same seed gives the same bytes');
isnt(digest_of("$work/a"), digest_of("$work/c"), 'another seed gives others');
SKIP: {
    my ($other) = grep { system("command -v $_ >/dev/null 2>&1") == 0 } qw(clang gcc);
    skip 'no second compiler', 2 unless $other;
    ok(compile("$other -O0", "$work/other"), "made with $other, too");
    system("$work/other demo-data $work/d $small >/dev/null");
    is(digest_of("$work/d"), digest_of("$work/a"), "the same bytes whatever the compiler ($other -O0)");
}

like(header("$work/a/README.txt"), qr/^SYNTHETIC DATA/, 'the directory says that it is synthetic');
my @practices = rows("$work/a/epraccur.csv", map { "c$_" } 1 .. 27);
is(scalar(grep { $_->{wrong} } @practices), 0, 'epraccur has 27 columns');
is(scalar(grep { $_->{c26} eq '4' && $_->{c13} eq 'A' } @practices), 35, 'practices in use: one of 36 has closed');
is(scalar(grep { $_->{c2} !~ /^SYNTHETIC / } @practices), 0, 'every name says that it is synthetic');
ok((grep { $_->{c26} eq '13' } @practices) && (grep { $_->{c26} eq '2' } @practices), 'a hospice and an out-of-hours service');
ok((grep { $_->{c13} eq 'C' && $_->{c12} =~ /^2026/ } @practices), 'a practice that closed in the period');

my @partners = rows("$work/a/epcn_core_partners.csv");
is(scalar(grep { $_->{wrong} } @partners), 0, 'core partners have 11 columns');
my %memberships;
push @{$memberships{$_->{'Partner Organisation Code'}}}, $_ for @partners;
my ($moved) = grep { @$_ == 2 } values %memberships;
ok($moved, 'a practice changed its PCN');
is($moved->[0]{'Practice to PCN Relationship End Date'} + 1, $moved->[1]{'Practice to PCN Relationship Start Date'}, 'without a gap, end inclusive')
    if $moved->[1]{'Practice to PCN Relationship Start Date'} !~ /01$/;
ok((grep { $_->{'Practice Sub ICB Loc and PCN Sub ICB Loc Match'} eq 'FALSE' } @partners), 'a practice of another sub-ICB than its PCN');
ok((grep { !$memberships{$_->{c1}} && $_->{c26} eq '4' && $_->{c13} eq 'A' } @practices), 'a practice in no PCN');

my ($list) = glob "$work/a/gp-reg-pat-prac-quin-age-*.csv";
is(header($list), 'PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS', 'list size header');
my (%bands, %all, %by_sex);
for my $row (rows($list)) {
    my ($sex, $band, $n) = @$row{qw(SEX AGE_GROUP_5 NUMBER_OF_PATIENTS)};
    my $org = "$row->{ORG_TYPE} $row->{ORG_CODE}";
    if ($sex eq 'ALL') { $all{$org} += $n }
    elsif ($band eq 'ALL') { $by_sex{$org} += $n }
    else { $bands{$org} += $n }
}
is_deeply(\%bands, \%all, 'ALL and ALL is the sum of the bands, for every organisation');
is_deeply(\%by_sex, \%all, 'and of the sexes');
is(sum(map { $all{$_} } grep { /^GP/ } keys %all), sum(map { $all{$_} } grep { /^ICB/ } keys %all), 'practices add up to their ICB');

my @old = glob "$work/a/EPD_2*.csv";
my @new = glob "$work/a/EPD_SNOMED_*.csv";
is(@old + @new, 12, 'a prescribing file a month');
is(scalar @old, 0, 'all in the layout with SNOMED codes after June 2025');
run("$work/e --practices 3 --months 4 --to 2025-08 --rows-per-practice 12 --only prescribing");
is(join(' ', map { s{.*/}{}r } glob "$work/e/EPD*"), 'EPD_202505.csv EPD_202506.csv EPD_SNOMED_202507.csv EPD_SNOMED_202508.csv', 'layouts change after June 2025');
is(scalar(my @before = fields(header("$work/e/EPD_202506.csv"))), 26, '26 columns before');
is(scalar(my @after = fields(header("$work/e/EPD_SNOMED_202507.csv"))), 27, '27 columns after');
is($after[-1], 'SNOMED_CODE', 'SNOMED_CODE is the last');
my @epd = rows($new[0]);
is(scalar(grep { $_->{wrong} } @epd), 0, 'every row has them all');
is(scalar(grep { $_->{QUANTITY} * $_->{ITEMS} != $_->{TOTAL_QUANTITY} } @epd), 0, 'total quantity = quantity x items');
is(scalar(grep { $_->{NIC} !~ /^\d+\.\d\d$/ || $_->{ACTUAL_COST} !~ /^\d+\.\d{5}$/ } @epd), 0, 'money as NHSBSA writes it');
is(scalar(grep { ($_->{UNIDENTIFIED} eq 'Y') != ($_->{PRACTICE_CODE} =~ /998$/) } @epd), 0, 'unidentified rows have the dummy code');
ok((grep { $_->{UNIDENTIFIED} eq 'Y' } @epd), 'and there are some');
my %epd_code = map { $_->{PRACTICE_CODE} => 1 } @epd;
my ($corrected) = glob "$work/a/corrected/EPD*";
(my $first = $corrected) =~ s{corrected/}{};
cmp_ok(-s $corrected, '>', -s $first, 'the corrected file has the practice that the first one lacks');

my $patients = sum(map { $bands{$_} } grep { /^GP/ } keys %bands);
my $cost = sum(map { $_->{ACTUAL_COST} } @epd);
cmp_ok($cost / $patients, '>', 8, 'actual cost of a patient and month is not absurdly low');
cmp_ok($cost / $patients, '<', 20, 'nor absurdly high');

open my $json, '<', "$work/a/bank-holidays.json" or die $!;
my $holidays = do { local $/; <$json> };
for my $day (qw(2025-04-18 2025-04-21 2025-05-05 2025-12-26 2026-04-03 2026-08-31 2027-12-27 2027-12-28)) {
    like($holidays, qr/"date": "$day"/, "bank holiday $day");
}
SKIP: {
    my $published = '../shared/real/bank_holidays/england_and_wales_2012-2028.csv';
    skip '../shared is not here', 1 unless -e $published;
    run("$work/f --practices 1 --months 120 --to 2025-12 --only organisations");
    run("$work/g --practices 1 --months 36 --to 2027-12 --only organisations");
    my %ours;
    for my $directory ('f', 'g') {
        open my $in, '<', "$work/$directory/bank-holidays.json" or die $!;
        my $text = do { local $/; <$in> };
        $ours{$1}++ while $text =~ /"date": "(\d{4}-\d\d-\d\d)"/g;
    }
    my %theirs = map { $_->{date} => 1 } grep { $_->{date} ge '2015' } rows($published);
    is(join(' ', sort grep { $_ lt '2029' } keys %ours), join(' ', sort keys %theirs), 'bank holidays 2015 to 2028 are gov.uk\'s');
}

is(scalar(my @emis = fields(header((glob "$work/a/CareRecord_Observation_*.csv")[0]))), 26, 'EMIS observations have 26 columns');
is(scalar(my @systmone = fields(header((glob "$work/a/SRCode_*.csv")[0]))), 27, 'SystmOne codes have 27');
my @observations = map { rows($_) } glob "$work/a/CareRecord_Observation_*.csv";
my @sr = map { rows($_) } glob "$work/a/SRCode_*.csv";
is(scalar(grep { $_->{wrong} } @observations, @sr), 0, 'in every row');
ok((grep { $_->{Deleted} eq 'true' } @observations), 'EMIS deletes some');
ok((grep { $_->{RemovedData} } @sr), 'SystmOne removes some');
my %seen;
ok((grep { $seen{$_->{RowIdentifier}}++ } @sr), 'and repeats shared ones');
my %code_id = map { $_->{CodeId} => 1 } map { rows($_) } glob "$work/a/Coding_ClinicalCode_*.csv";
is(scalar(grep { !$code_id{$_->{CodeId}} } @observations), 0, 'every CodeId is in the dictionary');
is(scalar(my @late = glob "$work/a/late/*.csv"), 1, 'one file is late');

# Columns of the flat contract are those of the tables; the tables' own files are read for them.
my %table;
for my $file (glob 'extension/dashboard/20_sources/*.table.sql extension/dashboard/10_reference/*.table.sql') {
    open my $in, '<', $file or die $!;
    my $text = do { local $/; <$in> };
    while ($text =~ /create table mo_data\.(\w+) \((.*?)\n\)/gs) {
        my ($name, $body) = ($1, $2);
        $table{$name} = {map { /^    ([a-z_]+) / ? ($1 => 1) : () } split /\n/, $body};
    }
}
my @flat = grep { header($_) =~ /^[a-z_]+(,[a-z_]+)+$/ && !/_link\.csv$/ } glob "$work/a/*.csv";
my @foreign;
for my $file (@flat) {
    my ($name) = $file =~ m{([a-z_]+?)(?:_\d{6})?\.csv$};
    push @foreign, "$name: no such table" unless $table{$name};
    push @foreign, map { "$name.$_" } grep { !$table{$name}{$_} } fields(header($file));
}
is_deeply(\@foreign, [], 'flat files have the columns of their tables');
cmp_ok(scalar @flat, '>', 30, 'for every source');
my @deaths = grep { $_->{died_on} } rows("$work/a/patient.csv");
ok(@deaths, 'patients die');
my %reasons = map { $_->{left_reason} => 1 } rows("$work/a/cohort_member.csv");
ok($reasons{declined} && $reasons{died} && $reasons{end_of_life}, 'decline, die, reach the end of life');
ok((grep { !$_->{staff_key} } rows("$work/a/staff_post.csv")), 'posts stand vacant');
ok((grep { !$_->{closed_at} } rows("$work/a/alert_action.csv")), 'alerts are open');

# Wrong use
make_path("$work/full");
open my $file, '>', "$work/full/mine.txt" or die $!;
close $file;
my ($status, $said) = run("$work/full");
is($status, 1, 'a directory that is not empty is refused');
like($said, qr/not empty.*--force/, 'with the way out');
is((run("$work/full --force --practices 2 --months 1 --only list-sizes"))[0], 0, '--force writes into it');
ok(-e "$work/full/mine.txt", 'and leaves what it did not make');
run("$work/full --force --practices 2 --months 1 --only organisations");
is(scalar(my @stale = glob "$work/full/gp-reg*"), 0, 'but removes what an earlier run made');
for my $bad ('', '--practices 3', "$work/x --practices 0", "$work/x --practices 40x", "$work/x --practices -1", "$work/x --months 121",
    "$work/x --months", "$work/x --to 2026-13", "$work/x --to 202608", "$work/x --seed 1.5", "$work/x --only nothing", "$work/x --only prescribing,",
    "$work/x --colour", "$work/x $work/y", "$work/full/mine.txt", "$work/none/x", "$work/x --seed 99999999999999999999") {
    my ($code, $text) = run($bad);
    ok($code == 1 && $text =~ /--help/, "refused: demo-data $bad") or diag("$code: $text");
}
ok(!-e "$work/x", 'and nothing was made');
SKIP: {
    skip 'root may write anywhere', 1 if $> == 0;
    make_path("$work/closed", {mode => 0500});
    is((run("$work/closed"))[0], 1, 'a directory that cannot be written to is refused');
}
SKIP: {
    skip 'no /dev/full', 1 unless -c '/dev/full';
    make_path("$work/disk");
    symlink '/dev/full', "$work/disk/epraccur.csv" or skip 'no symbolic links', 1;
    is((run("$work/disk --force --only organisations"))[0], 2, 'a full disk ends it with 2');
}
like((run('--help'))[1], qr/usage: modash demo-data DIR/, '--help');
done_testing();
