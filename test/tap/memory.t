#!/usr/bin/env perl
# Memory of one session that goes on for long: every function of schema mo called 10,000 times as statements of their own, every published view, what
# modash page asks, records and worklists again and again, as owner and as a reader. Neither the memory contexts of the session nor its process grow
# beyond a fixed bound. And a million rows in one group of every aggregate (test/memory).
# MEMORY_SECONDS (0.2; make memory: 5): how long a view or a page is asked, at most 10,000 times.
use strict;
use warnings;
use DemoDatabase;
use MoDash;
use MoDashDemo;
use Test::More;

my $seconds = $ENV{MEMORY_SECONDS} // 0.2;
my $contexts_kb = 64; # what the memory contexts of the session may grow by in 10,000 calls: 6 bytes a call
my %process_kb = (mo => 256, 'mo, planned each time' => 256); # and the process: malloc() past the contexts, at most 26 bytes a call,
my $process_kb = 4096; # or of large results, of which it does not give everything back at once

# --- ten million rows, or one, in one group
my $rows = $ENV{MEMORY_ROWS} // 1_000_000;
my @groups = grep { /^(not )?ok/ } split /\n/, `test/memory $rows 2>&1`;
ok(!/^not/, "$rows rows in one group: " . s/^(not )?ok \d+ - //r) for @groups;
cmp_ok(scalar @groups, '>', 20, 'aggregates');

demo_database();
my $all = reader('mo_test_pages');
my $own = reader('mo_test_own_page', 'U99001');

# Arguments of every name, and what is called with them, are those of the regression test `memory`.
my ($arguments) = slurp('sql/memory.sql') =~ /^(-- An argument of each name.*?)^-- The memory of this process when/ms or die 'sql/memory.sql has changed';
my ($calls) = slurp('sql/memory.sql') =~ /^create temp table measured as\nselect what, [^\n]*\n(from \(.*?\) calls);$/ms or die 'sql/memory.sql has changed';

$arguments = "drop table if exists stored;\n$arguments"; # what rows are stored in is no temporary table, and another session has made it

# What modash page asks, as C holds it.
my ($page) = slurp('extension/client/page_query.c') =~ /mo_latest_rows_query\[\] =\n(.*?);\n/s or die;
my ($of_catalogue) = slurp('extension/client/page_query.c') =~ /#define OF_CATALOGUE \\\n(.*?)\n\n/s or die;
sub text_of { my ($c) = @_; return join '', map { s/\\n/\n/gr =~ s/\\"/"/gr } $c =~ /"((?:[^"\\]|\\.)*)"/g }
$page =~ s/OF_CATALOGUE/$of_catalogue/;
$page = text_of($page) =~ s/\$1::integer/(select o.org_key from mo_dashboard.dim_organisation o where o.org_code = 'U99001')/r;

# A statement again and again, a hundred a transaction: what a session holds when it is warm, and when it has done.
my $harness = <<'SQL';
set client_min_messages = warning;
set timezone = 'Europe/London';
set jit = off;
set max_parallel_workers_per_gather = 0;
set statement_timeout = '10min';
create temp table held (place serial, what text, calls int, context_kb numeric, process_kb int8);
grant all on held, held_place_seq to public;
create function pg_temp.context_kb() returns numeric language plpgsql security definer as $$
    begin return (select sum(m.used_bytes) / 1024.0 from pg_backend_memory_contexts m); end $$;
create function pg_temp.process_kb() returns int8 language plpgsql security definer as $$
    begin return substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') from 'RssAnon:\s+(\d+)')::int8; end $$;
create procedure pg_temp.again_and_again(what text, statement text, most int, seconds float8) language plpgsql as $$
declare
    before_kb numeric;
    process_before int8;
    started timestamptz := clock_timestamp();
    warm int := least(most / 10, 200); -- more than the five plans that plpgsql makes before it keeps one
    ignored text;
begin
    for k in 1..most loop
        if k % 100 = 0 then commit; end if;
        execute replace(statement, '<k>', k::text) into ignored;
        if before_kb is null and (k = warm or k >= 8 and clock_timestamp() - started > make_interval(secs => seconds / 4)) then
            commit;
            before_kb := pg_temp.context_kb();
            process_before := pg_temp.process_kb();
            warm := k;
        end if;
        if k >= 3 * warm and clock_timestamp() - started > make_interval(secs => seconds) then most := k; exit; end if;
    end loop;
    commit;
    insert into pg_temp.held (what, calls, context_kb, process_kb) values (what, most, pg_temp.context_kb() - before_kb, pg_temp.process_kb() - process_before);
end $$;
call pg_temp.again_and_again('the harness itself', 'select 1', 1000, 10);
delete from held;
SQL

# Gives a line a subject: how often, growth of the contexts and of the process in kB, what.
sub held {
    my (@script) = @_;
    my $out = psql_script(join "\n", $harness, @script, q{reset session authorization; select concat_ws('|', calls, round(context_kb), process_kb, what) from held order by place;});
    return map { [split /\|/, $_, 4] } grep { /\|/ } split /\n/, $out;
}

sub judge {
    my ($who, @held) = @_;
    my $most = $process_kb{$who} // $process_kb;
    for my $subject (@held) {
        my ($calls, $contexts, $process, $what) = @$subject;
        ok($contexts <= $contexts_kb && $process <= $most, "$who: $what") or diag "in $calls calls the contexts grew by $contexts kB, the process by $process kB";
    }
    my ($fewest) = sort { $a->[0] <=> $b->[0] } @held;
    my $sum = 0;
    $sum += $_->[0] for @held;
    diag sprintf '%s: %d subjects, %d calls, %s the fewest (%d); contexts grew by %d kB at most, the process by %d kB at most', $who, scalar @held, $sum,
        $fewest->[3], $fewest->[0], map { my $n = $_; (sort { $b <=> $a } map { $_->[$n] } @held)[0] } 1, 2;
    return;
}

# --- every function, aggregate (plain and as a moving frame) and window function of mo, 10,000 statements each
my @functions = held($arguments, <<"SQL");
create temp table planned as select row_number() over () as n, what, called $calls;
set plan_cache_mode = force_generic_plan;
-- \$1 is the number of the call: nothing is folded into a constant
select format('prepare p%s (int) as select (array_agg(x::text))[1] from (select %s as x from (values (\$1)) call (i)) v', n, called) from planned order by n
\\gexec
select format('call pg_temp.again_and_again(%L, %L, 10000, 60)', what, format('execute p%s (<k>)', n)) from planned order by n
\\gexec
SQL
cmp_ok(scalar @functions, '>', 80, 'functions of mo are called');
is((scalar grep { $_->[0] != 10000 } @functions), 0, '... each 10,000 times');
judge('mo', @functions);

# ... and planned each time, when what is immutable is worked out by the planner
judge('mo, planned each time', held($arguments, <<"SQL"));
create temp table planned as select row_number() over () as n, what, called $calls;
select format('call pg_temp.again_and_again(%L, %L, 1000, 60)', what,
    format('select (array_agg(x::text))[1] from (select %s as x from (values (7)) call (i)) v', called)) from planned order by n
\\gexec
SQL

# --- what people read, for seconds each
my $reads = <<"SQL";
select format('call pg_temp.again_and_again(%L, %L, 10000, $seconds)', c.relname, format('select count(x::text)::text from mo_dashboard.%I x', c.relname))
from pg_class c where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' order by c.relname
\\gexec
select format('call pg_temp.again_and_again(%L, %L, 10000, 2 * $seconds)', 'the page', 'select count(x::text)::text from (' || \$page\$$page\$page\$ || ') x')
\\gexec
call pg_temp.again_and_again('one card', 'select d.display_value from mo_dashboard.dashboard d where d.org_code = ''U99001'' and d.kpi_id = ''hrd_monitoring_current''', 10000, 4 * $seconds);
SQL
my $records = <<"SQL";
select format('call pg_temp.again_and_again(%L, %L, 10000, $seconds / 2)', 'records of ' || k.kpi_id,
    format('select count(x::text)::text from mo_data.kpi_record(%L, ''U99001'', ''2026-09-01'') x', k.kpi_id)) from mo_data.kpi k where k.is_active order by k.kpi_id
\\gexec
select format('call pg_temp.again_and_again(%L, %L, 10000, $seconds / 2)', 'worklist of ' || k.kpi_id,
    format('select count(x::text)::text from mo_data.worklist(%L, ''U99001'', ''2026-09-30'') x', k.kpi_id))
from mo_data.kpi k where k.kpi_id in ('hrd_monitoring_current', 'reconciliation_7_days', 'alert_closure_in_window', 'supervision_current', 'smr_completed')
\\gexec
SQL
judge('owner', held($reads, $records));
judge("reader $_", held("set session authorization $_;", $reads)) for $seconds < 1 ? $own : ($all, $own);
done_testing();
