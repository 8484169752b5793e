#!/usr/bin/env perl
# Every file format through modash, mutated with its structure in mind: columns renamed, moved, doubled and lost, fields of other kinds, quotes,
# line ends, bytes, truncation, gzip. Never a crash, never a hang; every row that is in the file is stored or rejected, or the file was refused
# whole and what it would have replaced is still there; no patient's key stands in a message.
# modash takes a bunch of mutated files of one source at a time. A trigger in the database notes what each of them left behind; when anything is
# wrong each file of the bunch is tried alone, and the one at fault is kept as build/fuzz-files-WORKER-N.
# FUZZ_FILES (2000; make fuzz-files: 100000), FUZZ_SEED (1), FUZZ_WORKERS (2); FUZZ_SECONDS ends it earlier.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use POSIX ();
use Test::More;
use Time::HiRes qw(time);
use MoDash;
use MoDashDemo;
use MoDashFuzz;

my $files = $ENV{FUZZ_FILES} // 2000;
my $seed = $ENV{FUZZ_SEED} // 1;
my $workers = $ENV{FUZZ_WORKERS} // 2;
my $until = time + ($ENV{FUZZ_SECONDS} // 1e9);
my $bunch = $files < 10_000 ? 20 : 50; # files for one modash
my $round = 10_000; # files for one database; then its figures are counted, and a new one is made

fresh_database('mo_fuzz');
my $folder = demo_data(qw(--practices 4 --months 2 --patients-per-practice 20 --rows-per-practice 20));
mark_patients($folder);
load_demo($folder);
my @originals = originals($folder);
my $loaded = psql('select max(batch_id) from mo_data.load_batch');

# What each load leaves, seen when it commits: rows stored under its number, lines rejected, and whether its tables are as the last load left them.
psql_script(q{
create schema fuzz;
create table fuzz.seen (batch_id integer primary key, stored bigint, rejected bigint, same boolean);
create table fuzz.last (table_name text primary key, content text);
create function fuzz.tables_of(source text) returns table (name text, counted boolean) language sql as $$
    select s.target_table, true from mo_data.source s where s.source = $1
    union all select 'list_size_total', true where $1 = 'list_size' union all select 'emis_code', true where $1 = 'activity_emis'
    union all select 'organisation', false where $1 = 'pcn_members' union all select 'organisation_parent', false where $1 = 'organisations'
    order by 1 $$;
create function fuzz.content(name text, batch_id integer, out stored bigint, out content text) language plpgsql as $$
begin
    execute format('select count(*) filter (where x.batch_id = $1), concat(count(*), %L, sum(hashtextextended(x::text, 0))) from mo_data.%I x', ' ', name)
        into stored, content using batch_id;
end $$;
create function fuzz.note() returns trigger language plpgsql as $$
declare
    note fuzz.seen := row(new.batch_id, 0, 0, true);
    item record;
begin
    for item in select t.*, c.* from fuzz.tables_of(new.source) t cross join lateral fuzz.content(t.name, new.batch_id) c loop
        note.stored := note.stored + case when item.counted then item.stored else 0 end;
        note.same := note.same and item.content is not distinct from (select l.content from fuzz.last l where l.table_name = item.name);
        insert into fuzz.last values (item.name, item.content) on conflict (table_name) do update set content = excluded.content;
    end loop;
    select count(distinct r.line_no) into note.rejected from mo_data.load_reject r where r.batch_id = new.batch_id;
    insert into fuzz.seen values (note.*);
    return null;
end $$;
insert into fuzz.last select distinct on (t.name) t.name, c.content
from mo_data.source s cross join lateral fuzz.tables_of(s.source) t cross join lateral fuzz.content(t.name, null) c;
create constraint trigger fuzz_failed after insert on mo_data.load_batch deferrable initially deferred
    for each row when (new.finished_at is not null) execute function fuzz.note();
create constraint trigger fuzz_loaded after update on mo_data.load_batch deferrable initially deferred
    for each row when (old.finished_at is null and new.finished_at is not null) execute function fuzz.note();
});

# Runs modash over files; its exit code and what it says.
sub load_files {
    my ($worker, $original, @paths) = @_;
    my ($out, $pid) = (scratch("fuzz_$worker.out"), fork // die);
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out;
        open STDERR, '>&', \*STDOUT;
        # a busy machine may take its time; modash itself may not
        exec 'sh', '-c', 'ulimit -t 20; exec "$@"', 'sh', 'timeout', '-s', 'KILL', 600, 'build/modash', 'load', '-q', @{$original->{options}}, $original->{source}, @paths;
    }
    waitpid $pid, 0;
    return ($? == 9 || $? >> 8 == 137 ? 'no end in 600 s' : $? & 127 ? 'signal ' . ($? & 127) : $? >> 8, slurp($out));
}

# The rows of a file that are data. Files of practices and of PCNs may be without a header.
sub data_rows {
    my ($original, $text) = @_;
    my ($rows, $first) = rows_in($text) or return -1;
    return $rows if $original->{source} eq 'organisations' || $original->{source} eq 'pcn_members' && $first !~ /\bcode\b/i;
    return $rows - 1;
}

# What can be wrong with a file, by the loads of its name.
sub fault_of {
    my ($original, $file, $said, @loads) = @_;
    my $text = $file->{text};
    if (!@loads) {
        return '' if $said =~ /^\Q$file->{name}\E: .*: give --month/m; # wrong use, not a wrong file
        my $loaded = psql("select count(*) from mo_data.load_batch where source = '$original->{source}' and state <> 'failed' and file_sha256 = '" . sha256_hex($text) . "'");
        return $loaded ? '' : 'lost: no load is recorded';
    }
    return 'lost: ' . @loads . ' loads are recorded' if @loads > 1;
    my ($name, $failed, $read, $kept, $rejected, $stored, $reasons, $same, $format, $message) = @{$loads[0]};
    $stored /= 18 if $format eq 'list_size_wide'; # by sex and nine bands
    return "told: a patient's key stands in: $message" if $message =~ patient_key();
    return $same eq 't' ? '' : 'replaced: the file was refused, but its tables have changed' if $failed eq 't';
    return "lost: $rejected lines rejected, $reasons kept with a reason" if $rejected != $reasons;
    return "lost: $kept rows kept, $stored stored" if $original->{merges} ? $stored > $original->{merges} * $kept : $stored != $kept;
    return '' if $original->{name} =~ /json$/;
    my $rows = data_rows($original, $text);
    return "lost: $rows rows in the file, $read read" if $rows != $read;
    return '';
}

my @gravest = (1, 2, 3, 0, 5); # exit code of several files: the first of these that befell one
my $seen = 0;               # the last load that was looked at
my %counted;                # of this worker: outcomes, mutations, rows

# Tries files with one modash, and counts. Returns faults by file; those of all together have the name ''.
sub tried {
    my ($worker, $original, @files) = @_;
    my ($code, $said) = load_files($worker, $original, map { $_->{path} } @files);
    my %loads;
    for (split /\n/, psql(qq{select concat_ws(E'\t', b.batch_id, b.file_name, b.state = 'failed', b.rows_read, b.rows_kept, b.rows_rejected, s.stored, s.rejected, s.same, b.format,
            regexp_replace(concat(b.message, ' ', (select string_agg(r.reason, ' ') from mo_data.load_reject r where r.batch_id = b.batch_id), ''), '\\s', ' ', 'g'))
        from mo_data.load_batch b join fuzz.seen s on s.batch_id = b.batch_id where b.batch_id > $seen order by b.batch_id})) {
        ($seen, my @load) = split /\t/, $_, -1;
        push @{$loads{$load[0]}}, \@load;
    }
    my (%fault, %befell, @outcomes);
    for my $file (@files) {
        my @loads = @{$loads{$file->{name}} // []};
        my $fault = fault_of($original, $file, $said, @loads);
        $fault{$file->{name}} = $fault if $fault;
        my ($failed, $read, $kept, $rejected) = @loads ? @{$loads[0]}[1 .. 4] : ();
        my $outcome = !@loads ? ($said =~ /^\Q$file->{name}\E: .*: give --month/m ? 1 : 5) : $failed eq 't' ? 2 : $rejected > 0 ? 3 : 0;
        $befell{$outcome}++;
        push @outcomes, [$file, $outcome, $outcome =~ /[03]/ ? ($read, $kept, $rejected) : (0, 0, 0)];
    }
    my ($expected) = grep { $befell{$_} } @gravest;
    $fault{''} = $code =~ /^\d+$/ ? "exit: $code, where $expected would be right" : "ended: $code" if $code ne $expected;
    $fault{''} = 'told: control characters in what it says' if $said =~ /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;
    $fault{''} = "told: a patient's key in what it says: $said" if $said =~ patient_key();
    return ($said, %fault) if %fault;
    for (@outcomes) {
        my ($file, $outcome, @rows) = @{$_};
        $counted{"exit $outcome"}++;
        $counted{"source $original->{source} $outcome"}++;
        $counted{"mutation $_"}++ for @{$file->{done}};
        my $n = 0;
        $counted{"rows $_"} += $rows[$n++] for qw(read kept rejected);
    }
    return ('');
}

# A bunch where anything is wrong: each file alone, to find whose fault it is; and all are kept when it is none's.
sub each_alone {
    my ($worker, $original, $said, $fault, @files) = @_;
    my @faults;
    for my $file (@files) {
        my ($alone_said, %alone) = tried($worker, $original, $file) or next;
        my $before = $fault->{''} && ($fault->{$file->{name}} // '') =~ /no load/ ? undef : $fault->{$file->{name}}; # it came after the one that ended modash
        my ($what) = grep { defined } $alone{''}, $alone{$file->{name}}, $before or next;
        my $kept = "build/fuzz-files-$worker-$file->{n}";
        system('cp', $file->{path}, $kept);
        push @faults, "$what: modash load @{$original->{options}} $original->{source} $kept (@{$file->{done}} of $original->{name}) " . substr($alone_said || $said, 0, 300);
    }
    return @faults if @faults;
    my $kept = "build/fuzz-files-$worker-bunch-$files[0]{n}";
    system("mkdir -p $kept && cp @{[map { $_->{path} } @files]} $kept");
    return join ' ', map({ "$_ $fault->{$_};" } sort keys %{$fault}), "but no file alone: modash load @{$original->{options}} $original->{source} $kept/*", substr($said, 0, 300);
}

sub new_database {
    my ($worker) = @_;
    local $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists mo_fuzz_$worker with (force)");
    psql("create database mo_fuzz_$worker template mo_fuzz");
    $seen = $loaded;
    return;
}

# At the end of a round: nothing is left half way, and what was kept can be counted.
sub round_faults {
    my @faults;
    my $left = psql(q{select count(*) from mo_data.load_batch where finished_at is null});
    push @faults, "lost: $left loads are left half way" if $left;
    my ($code, $out, $err) = psql_error('set client_min_messages = warning; call mo_data.refresh(); select count(*) from mo_data.refresh_pending()');
    push @faults, "refresh: $out $err" if $code || $out ne '0';
    my $wrong = psql(q{select count(*) from mo_data.kpi_result where value in ('NaN', 'infinity', '-infinity')});
    push @faults, "refresh: $wrong figures are NaN or infinite" if $wrong;
    return @faults;
}

sub fuzz_worker {
    my ($worker) = @_;
    srand($seed * 1000 + $worker);
    my $share = int($files / $workers) + ($worker <= $files % $workers ? 1 : 0);
    my ($n, $turn, $in_round, @faults) = (0, int(@originals * $worker / $workers), 0);
    $ENV{PGDATABASE} = "mo_fuzz_$worker";
    while ($n < $share && time < $until && @faults < 6) {
        new_database($worker) if !$in_round;
        my $original = $originals[$turn++ % @originals];
        my @files;
        while (@files < $bunch && $n < $share) {
            my ($text, @done) = mutated($original->{text}, \@originals);
            my $name = 'f' . ++$n . ($original->{name} =~ /(\.\w+)$/)[0];
            push @files, {n => $n, name => $name, text => $text, done => \@done, path => file_with("$worker/$name", $text)};
        }
        my ($said, %fault) = tried($worker, $original, @files);
        push @faults, each_alone($worker, $original, $said, \%fault, @files) if %fault;
        unlink map { $_->{path} } @files;
        $in_round += @files;
        if ($in_round >= $round || $n >= $share || time >= $until) {
            push @faults, round_faults();
            $in_round = 0;
        }
    }
    open my $report, '>', scratch("fuzz_$worker.report") or die;
    print {$report} map({ "$_=$counted{$_}\n" } sort keys %counted), map { "fault=" . s/\s+/ /gr . "\n" } @faults;
    close $report or die;
    POSIX::_exit(0);
}

# Every original as it is: that it can be loaded. Of some the rows become others: merged, or none where a later state is there already, or up to so many.
my %merges = (activity_emis => 1, activity_systmone => 1, organisations => 3, bank_holidays => 1, measures => 1, pcn_members => 3);
$_->{merges} = $merges{$_->{source}} for @originals;
mkdir scratch($_) for 0 .. $workers;
new_database(0);
{
    local $ENV{PGDATABASE} = 'mo_fuzz_0';
    my @bad = map { my ($said, %fault) = tried(0, $_, {name => $_->{name}, text => $_->{text}, done => [], path => file_with("0/$_->{name}", $_->{text})});
        %fault ? ("$_->{source} $_->{name}: " . join ' ', %fault, $said) : () } @originals;
    is(join("\n", @bad), '', @originals . ' files are as they should be');
    is($counted{'exit 2'} // 0, 0, 'and all of them can be loaded') or diag join ', ', grep { / 2$/ } sort keys %counted;
    %counted = ();
    is(psql('select string_agg(s.source, $$ $$) from mo_data.source s where s.source <> all ($${' . join(',', map { $_->{source} } @originals) . '}$$)'), '', 'there is one of every source');
}

my $started = time;
my @pids = map { my $worker = $_; my $pid = fork // die; fuzz_worker($worker) if !$pid; $pid } 1 .. $workers;
my @died = grep { waitpid $_, 0; $? } @pids;
is(scalar @died, 0, 'the workers came to their end');
my @faults;
for (map { split /\n/, slurp(scratch("fuzz_$_.report")) } 1 .. $workers) {
    if (/^fault=(.*)/) { push @faults, $1 } else { my ($what, $count) = /^(.*)=(\d+)$/ or next; $counted{$what} += $count }
}
for (['ended|exit' => 'no crash, no hang, no wrong exit code'], ['lost' => 'every row of every file is stored or rejected with its reason, or its file is refused'],
    ['replaced' => 'what a refused file would have replaced is still there'], ['told' => 'no message has control characters or a patient\'s key'],
    ['refresh' => 'what was kept can be counted, and no figure is NaN or infinite']) {
    my ($kind, $what) = @{$_};
    my @these = grep { /^(?:\S* )?(?:$kind):/ } @faults;
    is(scalar @these, 0, $what) or diag join "\n", @these;
}
my $total = 0;
$total += $counted{"exit $_"} // 0 for @gravest;
ok($total == $files || time > $until && $total > 100, "$total of $files files were tried");
cmp_ok(($counted{'exit 0'} // 0) + ($counted{'exit 3'} // 0), '>', $total / 5, 'some were loaded, in whole or in part');
cmp_ok($counted{'exit 2'} // 0, '>', $total / 20, 'some were refused');
note(join "\n", map { "$_: $counted{$_}" } sort keys %counted);
diag(sprintf '%d mutated files of %d formats in %.0f s: %d loaded, %d in part, %d refused, %d already there, %d without the month they need; %d rows: %d kept, %d rejected; 0 crashes, 0 hangs, 0 rows unaccounted for',
    $total, scalar @originals, time - $started, map { $counted{$_} // 0 } 'exit 0', 'exit 3', 'exit 2', 'exit 5', 'exit 1', 'rows read', 'rows kept', 'rows rejected') if Test::More->builder->is_passing;
$ENV{PGDATABASE} = 'postgres';
psql("drop database if exists $_ with (force)") for 'mo_fuzz', map { "mo_fuzz_$_" } 0 .. $workers;
done_testing();
