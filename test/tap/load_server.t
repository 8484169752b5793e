#!/usr/bin/env perl
# mo_data.load_prescribing_file(): every file of prescribing that the tests of modash load, good or bad, gives the same rows, rejects and record
# of the load when the server reads it itself; who may, what is refused, and that a load can be cancelled.
use strict;
use warnings;
use File::Basename qw(basename);
use IO::Compress::Gzip qw(gzip);
use Test::More;
use Time::HiRes qw(sleep);
use MoDash;

# --- the files
my $kept = scratch('kept');
mkdir $kept;
chmod 0755, $kept;
for my $test (qw(load_bad_input load_connections load_real)) {
    local $ENV{MO_KEEP_LOADS} = $kept;
    is(system("perl -Itest/tap/lib test/tap/$test.t >" . scratch('.collect') . ' 2>&1'), 0, "files of $test.t") or diag slurp(scratch('.collect')) =~ s/^ok.*\n//mgr;
}
system("find $kept -type d -exec chmod 0755 {} + ; find $kept -type f -exec chmod 0644 {} +");
my @files = map { my ($folder) = /(.*)\.options$/; my ($file) = glob "$folder/*"; [$file, split /\t/, slurp($_) =~ s/\n//r, -1] } sort glob "$kept/*.options";
cmp_ok(scalar @files, '>', 50, 'files of prescribing to load: ' . @files);

fresh_database('mo_load_server');
sub quote { return "'" . ($_[0] =~ s/'/''/gr) . "'" }

sub clear {
    psql("do \$\$ declare t regclass; begin
        for t in select inhrelid from pg_inherits where inhparent = 'mo_data.prescribing'::regclass loop execute format('drop table %s', t); end loop;
        delete from mo_data.load_reject; delete from mo_data.bnf_presentation; delete from mo_data.load_batch; end \$\$");
}

# All that a load leaves; the batch's number left out.
sub left_behind {
    return psql(q{select concat_ws(E'\n',
        (select count(*) || ':' || sum(hashtextextended((to_jsonb(p) - 'batch_id')::text, 0)) from mo_data.prescribing p),
        (select string_agg(concat_ws('|', r.line_no, coalesce(r.column_name, '(null)'), r.reason, r.line), E'\n' order by r.line_no, r.column_name, r.reason)
            from mo_data.load_reject r),
        (select count(*) || ':' || sum(hashtextextended((to_jsonb(n) - 'batch_id')::text, 0)) from mo_data.bnf_presentation n),
        (select string_agg((to_jsonb(b) - 'batch_id' - 'started_at' - 'finished_at')::text, E'\n' order by b.batch_id) from mo_data.load_batch b),
        (select count(*) from mo_data.prescribing_stage_table(null)))});
}

# Sums that were kept as the rows were stored, but are not those of the rows.
sub wrong_sums {
    return psql(q{select count(*) from (
        select month, practice_code, unidentified, count(*), count(*) filter (where actual_cost_e5 is null), sum(items), sum(nic_e5), sum(actual_cost_e5)
        from mo_data.prescribing where month = any ((select mo_data.prescribing_kept_months('1900-01-01', '2100-01-01'))::date[]) group by 1, 2, 3
        except all select * from mo_data.refresh_prescribing) d});
}

sub server_load {
    my ($file, $part, $month) = @_;
    $month = $month ? quote(substr($month, 0, 7) =~ s/^(\d{4})-?(\d\d)$/$1-$2/r . '-01') : 'null';
    my ($code, $out, $err) = psql_error('set client_min_messages = warning; select state from mo_data.load_prescribing_file(' . quote($file) . ', ' . quote($part) . ", $month)");
    return ($out, $err);
}

my (%states, $different);
my $wrong = 0;
my $kept_months = 0;
for my $case (@files) {
    my ($file, $part, $month) = @$case;
    clear();
    my ($code, $out, $err) = modash('load', 'prescribing', ($part ne '' ? ('--part', $part) : ()), ($month ne '' ? ('--month', $month) : ()), $file);
    next if $code == 1;    # an option that is none
    my $by_modash = left_behind();
    $wrong += wrong_sums();
    clear();
    my ($state, $said) = server_load(@$case);
    my $by_server = left_behind();
    $wrong += wrong_sums();
    $kept_months += psql(q{select cardinality(mo_data.prescribing_kept_months('1900-01-01', '2100-01-01'))});
    $states{$state}++;
    next if $by_server eq $by_modash && $state eq ($code == 0 || $code == 3 ? 'loaded' : 'failed');
    $different++;
    fail(basename($file) . " $part $month: the same by both ways");
    diag "modash ($code): $err\n$by_modash\nserver ($state): $said\n$by_server";
}
ok(!$different, 'every file gives the same rows, rejects, names and record by both ways');
is($wrong, 0, '... with sums by practice that are those of the rows');
cmp_ok($kept_months, '>', 10, "... kept for $kept_months months");
cmp_ok($states{loaded} // 0, '>', 10, "... of which loaded: $states{loaded}");
cmp_ok($states{failed} // 0, '>', 10, "... and refused: $states{failed}");

# --- a large file: read and hashed by a background worker, or, where none is to be had, by the backend
my $large = file_with('large.csv', epd_header(), map { epd_row(practice => sprintf('A%05d', $_ % 977), items => $_ % 100, cost => sprintf('%d.%05d', $_ % 400, $_)) . "\n" } 1 .. 50_000);
chmod 0644, $large;
cmp_ok(-s $large, '>', 8 << 20, 'a large file');
my $hash = (split ' ', `sha256sum $large`)[0];
clear();
is((server_load($large, '', ''))[0], 'loaded', '... is loaded');
is(psql('select file_sha256 from mo_data.load_batch'), $hash, '... and hashed as it is');
my ($state, $err) = server_load($large, '', '');
is(psql('select count(*) from mo_data.load_batch'), 1, 'the same file again changes nothing');
is(psql('select count(*) from mo_data.prescribing'), 50_000, '... its rows are there once');
my $cut = file_with('large_cut.csv', epd_header(), map({ epd_row(items => $_ % 100) . "\n" } 1 .. 50_000), substr(epd_row(), 0, 50));
chmod 0644, $cut;
($state, $err) = server_load($cut, 'other', '');
is($state, 'failed', 'a large file that is cut off: failed');
like($err, qr/WARNING: .*line 50002: is truncated/, '... which a warning says, with the line');
is(psql('select count(*) from mo_data.prescribing'), 50_000, '... nothing of it is kept');
is(psql(q{select file_sha256 from mo_data.load_batch where state = 'failed'}), (split ' ', `sha256sum $cut`)[0], '... it is on record by its hash');

# Lines longer than the room between two pieces of what is read ahead; gzip; a fault on the way.
my @rows = map { epd_row(items => $_ % 100, name => 'x' x ($_ % 50 ? 80 : 1500)) . ($_ % 2000 ? '' : ',' x 20_000) . "\n" } 1 .. 40_000;
my $long = file_with('large_long.csv', epd_header(), @rows);
my $zipped = scratch('large.csv.gz');
gzip($long => $zipped, -Level => 0) or die "no gzip: $IO::Compress::Gzip::GzipError";
cmp_ok(-s $zipped, '>', 8 << 20, 'a large gzip file');
my $joined = file_with('large_joined.csv', epd_header(), @rows[0 .. 24_999], epd_header(), @rows);
chmod 0644, $long, $zipped, $joined;
for ([$long, 'loaded'], [$zipped, 'loaded'], [$joined, 'failed']) {
    my ($file, $expected) = @$_;
    clear();
    ($state, $err) = server_load($file, '', '');
    is($state, $expected, basename($file) . ": $expected");
    my $by_server = left_behind();
    clear();
    modash('load', 'prescribing', $file);
    is(left_behind(), $by_server, '... and the same as by modash');
}
clear();
is((server_load($large, '', ''))[0], 'loaded', 'one after the other');

# --- roles
psql('drop role if exists mo_file_loader');
psql("create role mo_file_loader login; grant usage on schema mo_data to mo_file_loader; grant all on all tables in schema mo_data to mo_file_loader;
    grant execute on all functions in schema mo_data to mo_file_loader");
my $as_loader = 'set role mo_file_loader; set client_min_messages = warning; ';
my $call = 'select state from mo_data.load_prescribing_file(' . quote($large) . ", 'role')";
my ($code, $out);
($code, $out, $err) = psql_error($as_loader . $call);
like($err, qr/permission denied for function/, 'a role without a right to the functions of schema mo');
psql('grant execute on function mo.prescribing_file(text, date, boolean), mo.read_prescribing_file(text, integer, date) to mo_file_loader');
($code, $out, $err) = psql_error($as_loader . $call);
like($err, qr/pg_read_server_files/, 'a role that may call them, but not read files of the server');
unlike($err, qr/A0|0212000B0/, '... is told nothing of the file');
is(psql("select count(*) from mo_data.load_batch where part = 'role'"), 0, '... and there is no record of it');
for my $path ('large.csv', './large.csv', "|cat $large", '$(id)', '') {
    ($code, $out, $err) = psql_error('select mo_data.load_prescribing_file(' . quote($path) . ')');
    like($err, qr/relative path not allowed/, "path '$path': refused");
}
($code, $out, $err) = psql_error('select mo_data.load_prescribing_file(' . quote("/tmp/x; touch " . scratch('touched')) . ')');
like($err, qr/could not open file/, 'a path is a path, not a command');
ok(!-e scratch('touched'), '... and nothing ran');

# --- cancelled: all of it is gone
my $huge = file_with('huge.csv', epd_header(), map { my $line = epd_row(month => '202402', items => $_) . "\n"; $line x 1000 } 1 .. 400);
chmod 0644, $huge;
clear();
($code, $out, $err) = psql_error('set statement_timeout = 60; select state from mo_data.load_prescribing_file(' . quote($huge) . ')');
like($err, qr/canceling statement due to statement timeout/, 'a load that takes too long is cancelled');
is(psql('select count(*) from mo_data.load_batch') . psql('select count(*) from mo_data.prescribing') . psql('select count(*) from mo_data.prescribing_stage_table(null)'),
    '000', '... and leaves nothing');
for (1 .. 50) {
    last if psql("select count(*) from pg_stat_activity where backend_type = 'mo_dashboard reader'") == 0;
    sleep 0.1;
}
is(psql("select count(*) from pg_stat_activity where backend_type = 'mo_dashboard reader'"), 0, '... and no worker behind');
is((server_load($huge, '', ''))[0], 'loaded', '... and it can be loaded again');
is(psql('select count(*) || \' \' || sum(items) from mo_data.prescribing'), '400000 80200000', '... whole');
$ENV{PGDATABASE} = 'postgres';
psql('drop database mo_load_server with (force)');
psql('drop role mo_file_loader');
done_testing();
