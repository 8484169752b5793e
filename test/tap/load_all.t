#!/usr/bin/env perl
# modash load --all: every file of the demo data by what is in it, reconciled with the files by counts made here; twice; and
# directories with what is no data, unknown, or not to be told apart.
use strict;
use warnings;
use File::Path qw(make_path);
use Test::More;
use MoDash;

fresh_database('mo_load_all');
my ($code, $out, $err) = modash('demo-data', scratch('demo'), qw(--practices 36 --months 8 --patients-per-practice 25 --rows-per-practice 15));
is($code, 0, 'demo data') or diag $err;
my $demo = scratch('demo');

# Rows of a file by name of column; none of the demo data's columns used here hold a comma.
sub rows {
    my ($file) = @_;
    open my $in, '<', $file or die "$file: $!";
    chomp(my @columns = split /,/, scalar <$in>);
    my @rows;
    while (<$in>) { chomp; my @values = split /,/, $_, -1; push @rows, {map { $columns[$_] => $values[$_] } 0 .. $#columns} }
    return @rows;
}

($code, $out, $err) = modash('load', '--all', $demo);
my @files = grep { !/README/ } map { s{.*/}{}r } grep { -f } glob "$demo/*";
like($out, qr/^README.txt: left alone/m, 'README is named and left alone');
like($out, qr/^@{[scalar @files]} files loaded, 0 loaded before, 0 refused, 0 of no known format, 1 left alone$/m, 'every file loads') or diag $out . $err;
is(psql('select count(distinct file_name) from mo_data.load_batch where state <> \'failed\''), scalar @files, '... each a load');
my %summary;
$summary{$_}++ for map { /^(\S+): \S+.* rows read/ ? $1 : () } split /\n/, $out;
is_deeply([sort keys %summary], [sort @files], '... with one line each');
is(psql("select string_agg(distinct reason, '; ') from mo_data.load_reject"), 'is empty: the row has a CTV3 code only (XaF8d)', 'nothing is rejected but rows without a SNOMED code')
    or diag psql("select file_name || ' ' || r.line_no || ' ' || reason from mo_data.load_reject r join mo_data.load_batch using (batch_id) where reason !~ 'CTV3'");
is($code, 3, '... which makes exit 3');

# Flat files: the table holds as many rows as the files.
my @wrong;
for my $source (split /\n/, psql("select s.source || ' ' || s.target_table from mo_data.source s where s.replaces <> 'delta' order by s.sort")) {
    my ($name, $table) = split / /, $source;
    my $in_files = 0;
    $in_files += () = rows($_) for grep { -e } "$demo/$name.csv", glob "$demo/${name}_[0-9]*.csv";
    my $in_table = psql("select count(*) from mo_data.$table where batch_id is not null" . ($name eq 'activity' ? " and source_system = 'flat'" : ''));
    push @wrong, "$name: $in_files in the files, $in_table in the table" if $in_files != $in_table;
}
is_deeply(\@wrong, [], 'flat: every row of the files is in its table, and no other');
my (%emis, %systmone);
for my $row (sort { $a->{ProcessingId} <=> $b->{ProcessingId} } map { rows($_) } glob "$demo/CareRecord_Observation_*.csv") {
    $emis{$row->{ObservationGuid}} = $row->{EffectiveDatePrecision} eq 'YMD' ? $row->{EffectiveDate} : 'none';
    delete $emis{$row->{ObservationGuid}} if $row->{Deleted} eq 'true';
}
is(psql("select count(*) || ' ' || count(event_date) from mo_data.activity where source_system = 'emis'"),
    keys(%emis) . ' ' . (grep { $_ ne 'none' } values %emis), 'EMIS: the events that are left when all changes are made, and their dates');
my (%removed, %no_code);
for my $row (map { rows($_) } glob "$demo/SRCode_*.csv") {
    $systmone{$row->{RowIdentifier}} = $row->{IDOrganisationRegisteredAt} || $row->{IDOrganisationDoneAt};
    $removed{$row->{RowIdentifier}} = 1 if $row->{RemovedData};
    $no_code{$row->{RowIdentifier}} = 1 if !$row->{SNOMEDCode};
}
delete @systmone{keys %removed, keys %no_code};
my %at;
$at{$_}++ for values %systmone;
is(psql("select string_agg(practice_code || ' ' || n, ', ' order by practice_code) from (select practice_code, count(*) as n from mo_data.activity where source_system = 'systmone' group by 1) x"),
    join(', ', map { "$_ $at{$_}" } sort keys %at), 'SystmOne: the events that are left, by practice');
ok(%removed && %no_code && keys %emis > 100 && keys %systmone > 50, '... and the files hold such cases');
is(psql('select count(*) from mo_data.load_batch where rows_read <> rows_kept + rows_rejected'), 0, 'rows read = kept + rejected, always');

# Again: nothing to do.
my $batches = psql('select count(*) from mo_data.load_batch');
($code, $out, $err) = modash('load', '--all', '-q', $demo);
is($code, 5, 'again: exit 5') or diag $out . $err;
is($out . $err, '', '... quietly');
is(psql('select count(*) from mo_data.load_batch'), $batches, '... and no load is recorded');
($code, $out, $err) = modash('load', '--all', "$demo/late", "$demo/corrected");
is($code, 0, 'late and corrected files, of two directories') or diag $out . $err;
like($out, qr/replaces \d+ rows of earlier loads/, '... a corrected month replaces');

# Order, names, what is unknown.
make_path(scratch('mixed'), scratch('mixed/inner'));
file_with('mixed/inner/patient.csv', "patient_key\n1\n");
file_with('mixed/.hidden.csv', "x\n");
file_with('mixed/a.csv', "colour,taste\nred,sweet\n");
file_with('mixed/b.csv', "source_system,source_patient_id,patient_key\nemis,X1,1\n");
file_with('mixed/patient_202607.csv', "patient_key,colour\n1,red\n");
file_with('mixed/staff_export.csv', "staff_key\n900001\n900002\n");
file_with('mixed/empty.csv', '');
file_with('mixed/book.xlsx', "PK\003\004rest");
($code, $out, $err) = modash('load', '--all', scratch('mixed'));
is($code, 2, 'an unknown file: exit 2');
like($err, qr/^a.csv: is not a file of a known format: left out$/m, '... named and left out');
like($err, qr/^empty.csv: is empty: left out$/m, 'an empty file too');
like($err, qr/^patient_202607.csv:1: has a column "colour" that patient does not have/m, 'a file named after its source is refused with the reason');
like($out, qr/^b.csv: flat: 1 rows read/m, 'another is known by its columns');
like($out, qr/^book.xlsx: left alone/m, 'no data by its name');
unlike($out . $err, qr/inner|hidden/, 'directories inside, and hidden files, are passed over');
like($out, qr/^2 files loaded, 0 loaded before, 1 refused, 2 of no known format, 1 left alone$/m, 'all of it is counted');
make_path(scratch('doubtful'));
file_with('doubtful/x.csv', "staff_key,leave_from\n1,2026-01-01\n");
file_with('doubtful/y.csv', "patient_key\n1\n");
($code, $out, $err) = modash('load', '--all', scratch('doubtful'));
is($code, 0, 'a few columns are enough where only one source has them') or diag $err;
make_path(scratch('two'));
file_with('two/x.csv', "pcn_code,cohort_code,year_start,target_patients\nU1,ALL,2026-04-01,5\n");
psql("insert into mo_data.source (source, system, title, cadence, target_table, sort, replaces) values ('second_target', 'x', 'x', 'annual', 'cohort_target', 900, 'whole')");
($code, $out, $err) = modash('load', '--all', scratch('two'));
is($code, 2, 'a file that may be of two sources is left out');
like($err, qr/^x.csv: may be a file of cohort_target or of second_target: load it by the name of its source: left out/m, '... and says which');
is((modash('load', '--all'))[0], 1, '--all without a directory: exit 1');
is((modash('load', '--all', '--month', '2026-01', scratch('two')))[0], 1, '--all with a month: exit 1');
($code, $out, $err) = modash('load', '--all', scratch('nowhere'));
is($code, 2, 'no such directory: exit 2');
like($err, qr/nowhere: cannot be read: No such file/, '... says so');
done_testing();
