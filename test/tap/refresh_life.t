#!/usr/bin/env perl
# The life of published figures: what was known at any past moment, what a refresh counts and what it leaves alone, a refresh that is cancelled
# or killed, two at once, and readers meanwhile.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep);
use MoDash;
use MoDashDemo;
use MoDashSessions;

fresh_database('mo_refresh_life');
my $demo = demo_data(qw(--practices 6 --months 6 --patients-per-practice 30 --rows-per-practice 30));
my @epd = sort { ($a =~ /(\d{6})/)[0] <=> ($b =~ /(\d{6})/)[0] } glob "$demo/EPD_*.csv";
my $last = pop @epd;
my ($year, $month) = $last =~ /(\d{4})(\d\d)\.csv/;
my $last_month = "$year-$month-01";
rename $last, scratch('last.csv') or die;

sub refresh { my ($code, $out, $err) = modash('refresh'); is($code, 0, "refresh: $_[0]") or diag $out . $err; return $err . $out }
sub load_epd { my ($code, $out, $err) = modash('load', 'prescribing', $_[0]); is($code, 0, 'load ' . $_[0] =~ s{.*/}{}r) or diag $out . $err; return }
# Every row of every table of the layer with the transaction that wrote it.
sub everything {
    my $all = psql(join ' union all ', map { "select '$_ ' || count(*) || ' ' || md5(coalesce(string_agg(t.xmin || t::text, ';' order by t.xmin || t::text), '')) from $_ t" }
        split /\n/, psql(q{select c.oid::regclass from pg_class c where c.relnamespace = 'mo_data'::regnamespace and c.relkind = 'r' order by 1}));
    return join "\n", sort split /\n/, $all; # partitioned tables have no rows of their own, and no xmin
}
sub unchanged {
    my ($was, $what) = @_;
    my %was = map { $_ => 1 } split /\n/, $was;
    return is(join("\n", grep { !$was{$_} } split /\n/, everything()), '', $what);
}
my $known = 0;
my @copies;
sub remember {
    $known++;
    psql("create table public.known_$known as select kpi_id, month, org_code, breakdown, numerator, denominator, run_id from mo_data.kpi_value; grant select on public.known_$known to public");
    push @copies, [$known, psql('select clock_timestamp()'), $_[0]];
    return;
}
sub log_of_last { return psql("select string_agg(l.kpi_id || ' ' || l.from_month || ' ' || l.to_month, '; ' order by l.kpi_id) from mo_data.refresh_log l join mo_data.kpi k using (kpi_id)
    where l.run_id = (select max(run_id) from mo_data.refresh_run) and l.what = 'count' and not k.follows_clock and not k.is_shared") }

load_demo($demo);
refresh('all but one month of one source');
remember('first');
my $state = everything();
like(refresh('nothing new'), qr/nothing has been loaded or changed/, 'a second refresh says that there is nothing to do');
unchanged($state, '... and writes no row in any table');

# One month of one source.
load_epd(scratch('last.csv'));
refresh('one month of prescribing');
is(log_of_last(), "cost_per_weighted_patient $last_month $last_month", 'only the KPI of that source, and only that month, is counted again');
is(psql("select count(*) from mo_data.refresh_log l join mo_data.kpi k using (kpi_id) where l.run_id = (select max(run_id) from mo_data.refresh_run) and l.what = 'count'
    and k.follows_clock and l.from_month < (select max(m.month) from mo_data.kpi_month m where m.kpi_id = l.kpi_id) - make_interval(months => k.look_back_months)"), 0, '... beside the latest months of those that follow the clock');
remember('one more month');

# A corrected file: one practice's cost of the third month, restated with its cause. Then a file without that practice: its cost is withdrawn.
my @lines = split /\n/, slurp($epd[2]);
my @names = split /,/, $lines[0];
my ($practice_at) = grep { $names[$_] eq 'PRACTICE_CODE' } 0 .. $#names;
my ($cost_at) = grep { $names[$_] =~ /^ACTUAL_COST$/i } 0 .. $#names;
my $practice = psql("select org_code from mo_data.kpi_value where kpi_id = 'cost_per_weighted_patient' and breakdown = '' and numerator > 0 order by 1 limit 1");
my ($corrected_year, $corrected_month) = $epd[2] =~ /(\d{4})(\d\d)\.csv/;
my $corrected_day = "$corrected_year-$corrected_month-01";
my $done;
my @corrected = map { my @v = split /,/; $v[$cost_at] += 1000, $done = 1 if !$done && $v[$practice_at] eq $practice; join ',', @v } @lines;
load_epd(file_with('corrected.csv', map { "$_\n" } @corrected));
my $batch = psql('select max(batch_id) from mo_data.load_batch');
my $old = psql("select numerator || '/' || denominator || '/' || run_id from mo_data.kpi_value where kpi_id = 'cost_per_weighted_patient' and org_code = '$practice' and month = '$corrected_day' and breakdown = ''");
refresh('a corrected file');
my $new = psql("select numerator || '/' || denominator from mo_data.kpi_value where kpi_id = 'cost_per_weighted_patient' and org_code = '$practice' and month = '$corrected_day' and breakdown = ''");
is(psql("select string_agg(org_code || ' ' || month || ' ' || old_numerator || '/' || old_denominator || '/' || old_run_id || ' ' || new_numerator || '/' || new_denominator || ' ' || batch_ids::text, '; ')
    from mo_data.kpi_value_change where run_id = (select max(run_id) from mo_data.refresh_run) and kpi_id = 'cost_per_weighted_patient'"),
    "$practice $corrected_day $old $new {$batch}", 'the one figure is noted as restated: old parts and run, new parts, and the load');
cmp_ok(abs(($new =~ m{^([^/]+)})[0] - ($old =~ m{^([^/]+)})[0] - 1000), '<', 1e-6, '... by the thousand pounds of the file');
remember('corrected');
load_epd(file_with('withdrawn.csv', map { "$_\n" } grep { (split /,/)[$practice_at] ne $practice } @lines));
psql("update mo_data.organisation set open_to = date '$corrected_day' + 1 where org_code = '$practice'"); # and closed: its figures are withdrawn
refresh('a file without the practice, which has closed');
cmp_ok(psql('select count(*) from mo_data.kpi_value_change where run_id = (select max(run_id) from mo_data.refresh_run) and new_numerator is null and old_numerator is not null'), '>', 0,
    'figures were withdrawn');
remember('withdrawn');
psql("update mo_data.organisation set open_to = null where org_code = '$practice'");
load_epd(file_with('again.csv', map { "$_\n" } @corrected, $corrected[-1]));
refresh('the practice is back');
remember('back');
for (@copies) {
    my ($n, $at, $what) = @{$_};
    is(psql("select (select count(*) from (select * from mo_data.kpi_value_as_known('$at') except all select * from public.known_$n) a) || ' ' ||
        (select count(*) from (select * from public.known_$n except all select * from mo_data.kpi_value_as_known('$at')) b) || ' ' || (select count(*) > 0 from public.known_$n)"),
        '0 0 true', "as known at '$what': exactly the figures of that time");
}
is(psql("select count(*) from mo_data.kpi_value_as_known('2000-01-01')"), 0, 'before the first refresh nothing was known');

# A refresh that waits, all its figures and results written, just before it would publish: whoever holds lock 42 keeps it there.
psql(q{create function public.wait() returns trigger language plpgsql as 'begin perform pg_advisory_xact_lock_shared(42); return null; end';
    create trigger wait before insert on mo_data.kpi_latest for each statement execute function public.wait()});
my $published = q{select md5(string_agg(x, ';' order by x)) from (select f::text as x from mo_dashboard.fact_kpi f union all select d::text from mo_dashboard.dashboard d) p};
my $changes = 0;
sub change { # a new file of one month: something for a refresh to do
    $changes++;
    load_epd(file_with("change_$changes.csv", map { my @v = split /,/; $v[$cost_at] += 10 * $changes if $v[$cost_at] =~ /^[0-9]/; join(',', @v) . "\n" } @lines));
    return;
}

change();
my $before = psql($published);
$state = everything();
my $holder = hold(42);
for (['pg_cancel_backend', qr/canceling statement due to user request/], ['pg_terminate_backend', qr/terminating connection/]) {
    my ($how, $said) = @{$_};
    my $refresh = background('call mo_data.refresh();');
    waits($refresh);
    is(psql($published), $before, "$how: readers see the old state while a refresh has written everything but not published");
    end_backend($refresh, $how);
    my ($code, $out) = finished($refresh);
    ok($code && $out =~ $said, "$how: the refresh ended") or diag $out;
    wait_until("select not exists (select from pg_stat_activity where application_name = '$refresh->{name}')", 'its backend is gone');
    unchanged($state, "$how: nothing of it is left in any table");
    is(psql($published), $before, "$how: the published state is the same");
}
my ($code, $out) = finished(background(q{set statement_timeout = '400ms'; call mo_data.refresh();}));
ok($code && $out =~ /statement timeout/, 'a refresh that takes too long is cancelled') or diag $out;
unchanged($state, '... and nothing of it is left');

# Two at once, a reader in a repeatable-read transaction, and one that polls.
my $gate = hold(44);
my $reader = background("begin isolation level repeatable read; $published; select pg_advisory_lock(44); $published; commit;");
my $poller = background("$published \\watch 0.05\n");
my $first = background('call mo_data.refresh();');
waits($first);
my $second = background('call mo_data.refresh();');
wait_until("select count(*) = 2 from pg_stat_activity where application_name in ('$first->{name}', '$second->{name}') and wait_event_type = 'Lock'", 'both wait');
waits($reader);
my $runs = psql('select count(*) from mo_data.refresh_run');
release($holder);
($code, $out) = finished($first);
ok(!$code && $out =~ /run \d+ published/, 'after all that a refresh completes') or diag $out;
($code, $out) = finished($second);
ok(!$code && $out =~ /another refresh is running; waiting/ && $out =~ /nothing has been loaded or changed/, 'the second waited, and found nothing to do') or diag $out;
is(psql('select count(*) from mo_data.refresh_run'), $runs + 1, 'one run was written');
my $after = psql($published);
isnt($after, $before, 'readers see the new state');
release($gate);
($code, $out) = finished($reader);
is_deeply([grep { /^[0-9a-f]{32}$/ } split /\n/, $out], [$before, $before], 'a repeatable-read reader saw the old state to its end');
sleep 0.3;
end_backend($poller, 'pg_terminate_backend');
($code, $out) = finished($poller);
my %polled;
$polled{$_}++ for grep { /^[0-9a-f]{32}$/ } split /\n/, $out;
is(join(' ', sort keys %polled), join(' ', sort $before, $after), 'a reader that polls saw the old state, the new state and no other') or diag explain \%polled;

# The results are gone: their indexes are made after them. One of which more is said than its definition stays; who looked first is not waited for.
psql('create index site_own on mo_data.kpi_result (run_id) where numerator > 3; create index site_said on mo_data.kpi_result (target);
    comment on index mo_data.site_said is $$of the site$$');
my $indexes = q{select string_agg(pg_get_indexdef(i.indexrelid) || coalesce(pg_get_constraintdef(c.oid), ''), '; ' order by i.indexrelid::regclass::text)
    from pg_index i left join pg_constraint c on c.conindid = i.indexrelid where i.indrelid = 'mo_data.kpi_result'::regclass and i.indisvalid};
my $numbers = q{select string_agg(i.indexrelid::regclass || ' ' || i.indexrelid, '; ' order by 1) from pg_index i where i.indrelid = 'mo_data.kpi_result'::regclass};
my $figures = q{select md5(string_agg((to_jsonb(r) - 'run_id')::text, ';' order by org_key, kpi_id, month, breakdown)) from mo_data.kpi_result r};
my $steps = q{select count(*) from mo_data.refresh_log where run_id = (select max(run_id) from mo_data.refresh_run) and what = 'indexes'};
my $again = q{call mo_data.refresh('2020-01-01', '2027-12-01')};
psql($again);
is(psql($steps), 0, 'where there are results, their indexes are kept');
my ($defined, $numbered, $stored) = map { psql($_) } $indexes, $numbers, $figures;
psql('truncate mo_data.kpi_result');
$holder = hold(42);
my $cut = background("$again;");
waits($cut);
my $late = background("$published;");
waits($late);
end_backend($cut, 'pg_cancel_backend');
finished($cut);
($code, $out) = finished($late);
ok(!$code && $out =~ /^[0-9a-f]{32}$/m, 'a reader that comes while there are no indexes waits, and is answered') or diag $out;
is(psql($numbers), $numbered, 'a refresh that is cancelled leaves every index where it was');
is(psql('select count(*) from mo_data.kpi_result'), 0, '... and no row');
release($holder);
$gate = hold(44);
$reader = background('begin; select count(*) from mo_data.kpi_result; select pg_advisory_lock(44); commit;');
waits($reader);
psql($again);
is(psql($steps) . ' ' . psql($numbers), "0 $numbered", 'who reads the table is not waited for: indexes are kept row by row');
is(psql($figures), $stored, '... with the same figures');
release($gate);
finished($reader);
psql("truncate mo_data.kpi_result; $again");
is(psql($steps), 1, 'nobody reads it: indexes are made after the rows');
is(psql($indexes), $defined, '... all of them, with their names and constraints');
isnt(psql($numbers), $numbered, '... anew');
is(psql(q{select obj_description('mo_data.site_said'::regclass, 'pg_class')}), 'of the site', 'one with a comment stayed');
is(psql($figures), $stored, 'the figures are the same');
psql('drop index mo_data.site_own, mo_data.site_said');

psql('drop trigger wait on mo_data.kpi_latest');
my $values = psql("select md5(string_agg(concat_ws('|', kpi_id, month, org_code, breakdown, numerator, denominator), ';' order by kpi_id, month, org_code, breakdown)) from mo_data.kpi_value");
psql("call mo_data.refresh('2020-01-01', '2027-12-01')");
is(psql('select figures_written from mo_data.refresh_run order by run_id desc limit 1'), 0, 'counting everything again changes no figure');
is(psql("select md5(string_agg(concat_ws('|', kpi_id, month, org_code, breakdown, numerator, denominator), ';' order by kpi_id, month, org_code, breakdown)) from mo_data.kpi_value"), $values, '... and none is another');
done_testing();
