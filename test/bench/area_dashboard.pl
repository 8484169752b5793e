# Reading: the single page, 36 months of it, and what Power BI and Excel ask, by a login that sees one PCN (the page) or everything (the rest).
# One client, one connection (latency.c); the median of single answers. "Prepared": planned once. Power BI and Excel do not prepare: "planned each
# time". Results in binary, as Npgsql asks for them, unless it says text. Beside each the same rows from a bare table by its index, without scope,
# suppression and states: what the server and the line cost anyway.
package MoBench::Area::dashboard;
use strict;
use warnings;
use MoBench::Results;

my ($pcn, $icb) = ('U00003', 'QX01');
my $card_columns = 'family_label, kpi_name, month_label, display_value, display_target, status_label, rag, display_change_on_month, display_change_on_year,
    display_peer_median, display_position, trend_spark, exception_text, data_to, next_data_due';
my $page_columns = 'numerator, denominator, value, value_lower, value_upper, target';
# What a page draws its charts from: a row a KPI, 36 months of values, medians and targets, and what is needed to label them.
my $months_columns = join ', ', qw(kpi_id kpi_short_name unit rate_per decimals direction_of_good comparator_name month_start value_status_codes),
    map { my $of = $_; map { sprintf '%s_%02d', $of, $_ } reverse 0 .. 35 } qw(value comparator target);
# As the driver of Power BI wraps a table.
my $wrapped = sub { my ($table, $columns, $rest) = @_; return "select $columns from (select * from $table \"\$Table\") \"_\" where $rest limit 1000001" };
my %query = (
    one => [bench_pcn => 'select 1'],
    card => [bench_pcn => "select $card_columns from mo_dashboard.dashboard where org_code = '$pcn'"],
    card_bare => [bench_pcn => "select $card_columns from bench.page where org_code = '$pcn'"],
    whole => [bench_pcn => "select * from mo_dashboard.dashboard where org_code = '$pcn'"],
    months => [bench_pcn => "select $months_columns from mo_dashboard.kpi_months where org_code = '$pcn'"],
    rows => [bench_pcn => "select kpi_id, month_start, $page_columns, comparator_value from mo_dashboard.fact_kpi where org_code = '$pcn'"],
    rows_bare => [postgres => "select kpi_id, month, $page_columns, peer_median from mo_data.kpi_result where org_code = '$pcn' and breakdown = ''"],
    trend => [bench_pcn => "select * from mo_dashboard.kpi_trend where org_code = '$pcn'"],
    trend_one => [bench_pcn => "select * from mo_dashboard.kpi_trend where org_code = '$pcn' and kpi_id = 'incident_rate'"],
    peers => [bench_all => "select * from mo_dashboard.peer_comparison where kpi_id = 'incident_rate' and month_start = date '2026-03-01' and org_type = 'pcn' and peer_group_code = '$icb'"],
    month => [bench_all => $wrapped->('mo_dashboard.fact_kpi', "kpi_id, org_key, day_date, $page_columns, comparator_value",
        q{"_"."period_start" >= timestamp '2026-03-01' and "_"."period_start" < timestamp '2026-04-01'})],
    month_bare => [postgres => $wrapped->('mo_data.kpi_result', "kpi_id, org_key, month, $page_columns, peer_median",
        q{"_"."period_start" >= timestamp '2026-03-01' and "_"."period_start" < timestamp '2026-04-01' and breakdown = ''})],
    sums => [bench_all => $wrapped->('mo_dashboard.fact_kpi', '"_"."kpi_id", "_"."day_date", sum("_"."numerator"), sum("_"."denominator")',
        qq{"_"."as_at_icb_code" = '$icb' and "_"."org_type" = 'practice' and "_"."kpi_id" in ('incident_rate', 'smr_completed') group by 1, 2})],
    sums_bare => [postgres => $wrapped->('mo_data.kpi_result', '"_"."kpi_id", "_"."month", sum("_"."numerator"), sum("_"."denominator")',
        qq{"_"."icb_code" = '$icb' and "_"."org_type" = 'practice' and "_"."kpi_id" in ('incident_rate', 'smr_completed') and breakdown = '' group by 1, 2})],
);
my $stored = "select kpi_id, value, comparator_value as median, peer_rank::bigint as place from mo_dashboard.dashboard where org_code = '$pcn' and value is not null";
# The figures of the page's KPIs as rows of both kinds: what the ratio of the page is about is the same.
my $rows_answer = "select f.kpi_id, f.month_start, f.value, f.comparator_value as comparator, f.target, f.value_status as state from mo_dashboard.fact_kpi f
    join mo_dashboard.dim_kpi k on k.kpi_id = f.kpi_id and k.is_on_front_page = 1 where f.org_code = '$pcn'";
my $months_answer = "select m.kpi_id, (m.month_start - make_interval(months => x.back))::date as month_start, x.value, x.comparator, x.target,
        case x.code when 'o' then 'ok' when 's' then 'suppressed' when 'n' then 'no_data' when 'd' then 'not_due' when 't' then 'stale' end as state
    from mo_dashboard.kpi_months m cross join lateral (values "
    . join(', ', map { sprintf '(%d, m.value_%02d, m.comparator_%02d, m.target_%02d, substr(m.value_status_codes, %d, 1))', ($_) x 4, 36 - $_ } 0 .. 35)
    . ") x (back, value, comparator, target, code) where m.org_code = '$pcn' and x.code <> '-'";
# What one has without stored medians: the results of all levels with an index on (KPI, month).
my $on_the_fly = "select o.kpi_id, o.value, p.median, p.place
    from (select distinct on (v.kpi_id) v.kpi_id, v.month, v.icb_code, v.value from bench.value v where v.org_code = '$pcn' order by v.kpi_id, v.month desc) o
        cross join lateral (
            select percentile_cont(0.5) within group (order by x.value) as median, 1 + count(*) filter (where x.value < o.value) as place
            from bench.value x where x.kpi_id = o.kpi_id and x.month = o.month and x.org_type = 'pcn' and x.icb_code = o.icb_code) p
    where o.kpi_id in (select k.kpi_id from mo_data.kpi k where k.on_front_page and k.is_active)";
# A table made for the question: values of PCNs only, in the order in which they are asked for.
my $on_the_fly_narrow = "select o.kpi_id, o.value, p.median, p.place
    from (select distinct on (v.kpi_id) v.kpi_id, v.month, v.icb_code, v.value from bench.pcn_value v where v.org_code = '$pcn' order by v.kpi_id, v.month desc) o
        cross join lateral (
            select percentile_cont(0.5) within group (order by x.value) as median, 1 + count(*) filter (where x.value < o.value) as place
            from bench.pcn_value x where x.kpi_id = o.kpi_id and x.month = o.month and x.icb_code = o.icb_code) p
    where o.kpi_id in (select k.kpi_id from mo_data.kpi k where k.on_front_page and k.is_active)";

# The client, compiled when it is older than its source: pgbench cannot ask for results in binary.
sub client {
    my ($folder) = @_;
    my ($source, $program) = ('test/bench/latency.c', "$folder/latency");
    return $program if -x $program && -M $program <= -M $source;
    my $config = $ENV{PG_CONFIG} || 'pg_config';
    my ($include, $library) = map { `$config --$_` =~ s/\s+$//r } qw(includedir libdir);
    my $compiler = $ENV{CC} || 'cc';
    system("$compiler -O2 -std=gnu11 -I'$include' '$source' -o '$program' -L'$library' -lpq") == 0 or die "cannot compile $source\n";
    return $program;
}

# Seconds of one answer: the median of those in a second.
sub latency {
    my ($database, $folder, $login, $sql, $mode, $format) = @_;
    my $file = "$folder/query.$$.sql";
    my $client = client($folder);
    open my $out, '>', $file or die "cannot write $file: $!\n";
    print {$out} $sql =~ s/\s+/ /gr;
    close $out;
    local @ENV{qw(PGDATABASE PGUSER)} = ($database, $login);
    my $said = `'$client' $mode $format 1 '$file' 2>&1`;
    my $failed = $? != 0;
    unlink $file;
    die $said if $failed;
    return $1 / 1e6 if $said =~ /^([\d.]+) /;
    die "latency answered nothing: $said\n";
}

sub {
    my ($scale) = @_;
    my $form = sub {
        my ($id, $name, $query, $mode, $format) = @_;
        return {id => $id, name => $name, answer => 0, measure => sub {
            my ($postgres, $duckdb, $folder) = @_;
            return latency(MoBench::Results::database($scale), $folder, @{ $query{$query} }, $mode // 'prepared', $format // 'binary');
        }};
    };
    # Answers are compared in these, so that the ratio is of the same figures.
    my $answered = sub {
        my ($id, $name, $login, $sql, $columns, $answer) = @_;
        return {id => $id, name => $name, measure => sub {
            my ($postgres, $duckdb, $folder) = @_;
            my $database = MoBench::Results::database($scale);
            my $session = do { local $ENV{PGUSER} = $login; my $made = MoBench::Postgres->new(database => $database); $made->connect; $made };
            my $file = "$folder/answers/dashboard.$$.csv";
            $session->run("\\copy (" . ($answer // $sql) =~ s/\s+/ /gr . ") to '$file' with (format csv)");
            $postgres->run("drop table if exists pg_temp.answer; create temporary table answer ($columns)");
            $postgres->run("\\copy pg_temp.answer from '$file' with (format csv)");
            unlink $file;
            return latency($database, $folder, $login, $sql, 'prepared', 'binary');
        }};
    };
    my $medians = 'kpi_id text, value float8, median float8, place bigint';
    my $figures = 'kpi_id text, month_start date, value float8, comparator float8, target float8, state text';
    return {
        tables => [],
        comparisons => [
            {id => 'stored', name => 'card with medians', key => ['kpi_id'], tolerance => 1e-12,
                bars => {stored => ['stored', 'on_the_fly'], stored_narrow => ['stored', 'on_the_fly_narrow']}, forms => [
                $answered->('on_the_fly', 'medians of the ICB on the fly', 'postgres', $on_the_fly, $medians),
                $answered->('on_the_fly_narrow', 'the same from a table of PCNs made for it', 'postgres', $on_the_fly_narrow, $medians),
                $answered->('stored', 'dashboard', 'bench_pcn', $stored, $medians)]},
            {id => 'page', name => 'pages', key => ['kpi_id', 'month_start'], tolerance => 0,
                bars => {card => ['card', 'one'], page => ['months', 'one'], page_text => ['months_text', 'one_text'], card_bare => ['card', 'card_bare'],
                    rows => ['rows', 'one'], rows_bare => ['rows', 'rows_bare'], bare_one => ['rows_bare', 'one']}, forms => [
                $form->('one', 'select 1, prepared', 'one'), $form->('card', 'card, prepared', 'card'), $form->('card_bare', 'card, bare table', 'card_bare'),
                $answered->('rows', '612 rows of fact_kpi, prepared', @{ $query{rows} }, $figures, $rows_answer),
                $answered->('months', 'kpi_months, prepared', @{ $query{months} }, $figures, $months_answer),
                $form->('rows_bare', '612 rows of a bare table', 'rows_bare'),
                $form->('one_text', 'select 1, prepared, text', 'one', 'prepared', 'text'), $form->('months_text', 'kpi_months, prepared, text', 'months', 'prepared', 'text'),
                $form->('rows_text', '612 rows of fact_kpi, prepared, text', 'rows', 'prepared', 'text'),
                $form->('rows_bare_text', '612 rows of a bare table, text', 'rows_bare', 'prepared', 'text'), $form->('card_text', 'card, prepared, text', 'card', 'prepared', 'text'),
                $form->('card_planned', 'card, planned each time', 'card', 'planned'), $form->('months_planned', 'kpi_months, planned each time', 'months', 'planned'),
                $form->('rows_planned', '612 rows of fact_kpi, planned each time', 'rows', 'planned'),
                $form->('whole', 'card, all columns, prepared', 'whole'), $form->('trend', 'kpi_trend, every KPI, prepared', 'trend'),
                $form->('trend_one', 'kpi_trend, one KPI, planned each time', 'trend_one', 'planned'), $form->('peers', 'peer_comparison, planned each time', 'peers', 'planned')]},
            {id => 'bi', name => 'what Power BI sends', key => [], bars => {month => ['month', 'month_bare'], sums => ['sums', 'sums_bare']}, forms => [
                $form->('month', 'a month of fact_kpi (incremental refresh)', 'month', 'planned'), $form->('month_bare', 'a month, bare table', 'month_bare', 'planned'),
                $form->('sums', 'sums by KPI and month of an ICB', 'sums', 'planned'), $form->('sums_bare', 'sums, bare table', 'sums_bare', 'planned')]},
        ],
    };
}
