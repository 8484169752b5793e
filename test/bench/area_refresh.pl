# Counting every KPI for an ICB of 250 practices and 36 months: synthetic data of every source (modash demo-data: 317,000 cohort spells, 5M
# prescribing rows, 12M activity rows, of which 3.4M count), loaded by modash. Ours is call mo_data.refresh(): base figures, what changed since the last time, roll-up to
# six levels and local groups, intervals, peers, the months before, targets, latest page. The plain SQL (refresh_sql.sql) has less to do: each KPI's
# sums, rolled up, with value, peers' median, rank and decile, into one table without an index (a month: delete and insert, with the index that
# this needs). It makes no records where patients or rows are many: months are bits of a patient's word, as in the area rolling, and names are numbers
# before anything large is sorted. "with what kpi_result has" is the same SQL that also makes intervals, medians without oneself, percentiles, the
# month and the year before, targets and the indexes that pages need (no figure is small here). DuckDB has the raw tables, and the same forms
# as the plain SQL, with its own joins (refresh_duckdb.sql).
package MoBench::Area::refresh;
use strict;
use warnings;
use Cwd qw(getcwd);
use Digest::MD5 qw(md5_hex);
use File::Path qw(make_path remove_tree);

my $database;    # a session in the database that has the layer

sub slurp { my ($path) = @_; open my $in, '<', $path or die "cannot read $path: $!\n"; local $/; return scalar <$in> }

# The layer's own database, loaded again when the layer or the data change.
sub layer_database {
    my ($scale) = @_;
    return $database if $database;
    my $name = "bench_refresh_$scale";
    # practices, months, patients with records a practice, prescribing rows a practice and month, and events a patient that nothing counts
    my @size = $scale eq 'small' ? (12, 15, 200, 160, 0) : $scale eq 'england' ? (6300, 3, 200, 160, 0) : (250, 36, 1200, 560, 29);
    my $digest = md5_hex("@size", map { slurp($_) } glob 'build/mo_dashboard_layer--*.sql');
    my $admin = MoBench::Postgres->new(database => 'postgres');
    my ($known) = $admin->run("select shobj_description(oid, 'pg_database') from pg_database where datname = '$name'");
    if (($known // '') ne $digest) {
        print STDERR "  making and loading $name\n";
        $admin->run("drop database if exists $name with (force)");
        $admin->run("create database $name");
        my $folder = getcwd() . '/build/bench/refresh';
        remove_tree($folder);
        make_path($folder);
        system("build/modash demo-data '$folder' --practices $size[0] --months $size[1] --patients-per-practice $size[2] --rows-per-practice $size[3] "
            . "--other-events $size[4] --to 2026-08 --force >/dev/null") == 0 or die "modash demo-data failed\n";
        my $made = MoBench::Postgres->new(database => $name);
        $made->run('create extension mo_dashboard; call mo.create_dashboard()');
        my $status = system("build/modash load --all -q -d $name '$folder' >/dev/null 2>&1") >> 8;
        die "modash load --all ended with $status\n" if $status != 0 && $status != 3;
        remove_tree($folder);
        # Both count the same: every figure is shown, and measures, which have functions of another kind, are left out.
        # Derived measures (of formulary and switches) are registered by the first refresh: here, so that they are left out too.
        $made->run("update mo_data.kpi set hide_from = null, hide_to = null; select mo_data.derived_measures_sync(), mo_data.organisation_key_sync();
            update mo_data.kpi set is_active = false where family = 'prescribing_measure'");
        $made->run('vacuum (analyze, freeze)');
        $admin->run("comment on database $name is '$digest'");
    }
    return $database = MoBench::Postgres->new(database => $name);
}

# Months each KPI has, as first and last day of the month, and the last month of all.
sub spans {
    return map { [split /\|/] } $database->run("select s.kpi_id, s.first_month, s.last_month, k.records_function, k.per, k.unit from mo_data.kpi_span() s
        join mo_data.kpi k using (kpi_id) where k.is_active and s.first_month is not null order by k.page_order, s.kpi_id");
}

# Months as numbers: year * 12 + month - 1.
sub number_of { my ($month) = @_; my ($y, $m) = $month =~ /^(\d+)-(\d+)/ or die "no month: $month\n"; return $y * 12 + $m - 1 }
sub month_of { my ($number) = @_; return sprintf '%04d-%02d-01', int($number / 12), $number % 12 + 1 }

# The parts of refresh_sql.sql or refresh_duckdb.sql with their words filled in, for a list of [kpi, first month, last month]. Bits are the months asked
# for (of the KPIs that use bits) and the eleven before; a practice may have up to 65,535 patients in a cohort.
sub filled_in {
    my ($file, @span) = @_;
    my $duckdb = $file =~ /duckdb/;
    my %span = map { $_->[0] => $_ } @span;
    my @in_order = sort map { ($_->[1], $_->[2]) } @span;
    my ($first, $last) = @in_order[0, -1];
    my @bits = sort map { $span{$_} ? ($span{$_}[1], $span{$_}[2]) : () } qw(smr_completed smr_rolling_attainment hrd_monitoring_current switch_completion);
    my ($from, $to) = map { number_of($_) } @bits ? @bits[0, -1] : ($last, $last);
    my ($zero, $shown) = ($from - 11, 11);
    my $bits = $to - $zero + 1;
    die "the plain SQL has 62 bits and not $bits\n" if $bits > 62;
    my $thresholds = join ',', map { month_of($zero + $_) } 1 .. $bits;
    my $end_of = sub { return "(date '" . month_of($_[0] + 1) . "' - 1)" };
    my ($tests_from) = $database->run('select (' . $end_of->($from) . " - make_interval(months => coalesce(max(greatest(q.interval_months, c.interval_months)), 0),
            days => coalesce(max(q.interval_days), 0)))::date - 3 - coalesce(max(q.grace_days), 0)
        from mo_data.monitoring_requirement q left join (select distinct cohort_code, interval_months from mo_data.cohort_member) c using (cohort_code)");
    my $lanes = sub { # 16 bits apart, so that one sum counts up to four months
        my @lane = grep { my $lane = $_; grep { $_ % 16 == $lane } $shown .. $bits - 1 } 0 .. 15;
        return join ', ', map { my $word = $_; map { "sum(($word >> $_) & 281479271743489)::int8 as ${word}_$_" } @lane } @_;
    };
    my $count = sub { my ($word, $bit) = @_; return sprintf '(%s_%d >> %d) & 65535', $word, $bit % 16, $bit - $bit % 16 };
    my $month_rows = sub {
        my @word = @_;
        my @shown = $shown .. $bits - 1;
        return join ', ', map { my $word = $_; 'unnest([' . join(', ', map { $word eq 'month' ? "date '" . month_of($zero + $_) . "'" : $count->($word, $_) } @shown) . "]) as $word" } 'month', @word if $duckdb;
        my @rows = map { my $bit = $_; "(date '" . month_of($zero + $bit) . "', " . join(', ', map { $count->($_, $bit) } @word) . ')' } @shown;
        return '(values ' . join(', ', @rows) . ') m (month, ' . join(', ', @word) . ')';
    };
    my $bit_of = sub {
        my ($day) = @_;
        return $duckdb ? "(case when ($day) is not null then greatest(0, least($bits, year($day) * 12 + month($day) - 1 - $zero)) end)::int8" : "width_bucket($day, '{$thresholds}'::date[])";
    };
    my $since_april = sub { my $mask = 0; for (0 .. $bits - 1) { $mask |= 1 << $_ if ($zero + $_ + 9) % 12 >= $_[0] } return $mask };
    my $span = sub { my ($kpi) = @_; return $span{$kpi} || [$kpi, $first, $last] }; # one that has no months is not asked for
    my $nested = qr/((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)/;
    my $sql = slurp("test/bench/$file");
    $sql =~ s/^-- .*\n//mg;
    $sql =~ s/ -- .*//mg;
    $sql =~ s/:since_april\((\d)\)/$since_april->($1)/ge;
    1 while $sql =~ s/:bit\($nested\)/$bit_of->($1)/e;
    $sql =~ s/:lanes\((.*?)\)/$lanes->(split m{, }, $1)/ge;
    $sql =~ s/:months\((.*?)\)/$month_rows->(split m{, }, $1)/ge;
    $sql =~ s/:left\((\w+), (\d)\)/sprintf '((%s & %d) << %d)', $1, (1 << $bits - $2) - 1, $2/ge;
    $sql =~ s/:one_month\{(.*?)\}/$from == $to ? $1 : ''/ge;
    $sql =~ s/:first\((\w+)\)/"date '" . $span->($1)[1] . "'"/ge;
    $sql =~ s/:last\((\w+)\)/"date '" . $span->($1)[2] . "'"/ge;
    $sql =~ s/:last_day\((\w+)\)/$end_of->(number_of($span->($1)[2]))/ge;
    my %word = (first_month => "date '$first'", last_month => "date '$last'", first_end => $end_of->($from), last_end => $end_of->($to), tests_from => "date '$tests_from'", bits => $bits,
        bit_first => "date '" . month_of($zero) . "'", bit_next => "date '" . month_of($to + 1) . "'");
    $sql =~ s/(?<!:):([a-z]\w*)\b/$word{$1} \/\/ ":$1"/ge;
    return split /^----\n/m, $sql;
}

# Statements that make tables and the query of all KPIs' figures; with a month, for that one only.
my @made = qw(waits path placed rule test_code need in_date coded stop listed list cost record part unit place above base);
sub plain_sql {
    my ($month) = @_;
    my @spans = grep { !$month || $month ge $_->[1] && $month le $_->[2] } spans();
    if ($month) { @$_[1, 2] = ($month, $month) for @spans }
    my ($tables, $sums, $numbers, $figures) = filled_in('refresh_sql.sql', @spans);
    my @records;
    for (@spans) {
        my ($kpi, $from, $to, $function, $per, $unit) = @$_;
        my $counted = $sums =~ /\bcounted_$kpi as/;
        push @records, "select '$kpi' as kpi_id, month, org_code, " . ($counted ? 'breakdown, numerator, denominator' : "coalesce(breakdown, '') as breakdown, sum(numerator) as numerator, sum(denominator) as denominator")
            . ", ($per)::float8 as per, '$unit' as unit from " . ($counted ? "counted_$kpi where month between '$from' and '$to'" : "$function('$from', '$to') group by 2, 3, 4");
    }
    return ("$tables create unlogged table plain.record as $sums " . join(' union all ', @records) . "; analyze plain.record; $numbers", $figures);
}

sub plain_begin {
    $database->run('create schema if not exists plain; drop table if exists ' . join(', ', map { "plain.$_" } @made) . '; set enable_partitionwise_aggregate = on');
}

# Figures per KPI, month and level. Organisations with nothing to count have a row of ours (0) and none of the plain SQL: counts have other
# peers then, so medians are those of ratios.
sub answer_of {
    my ($table, $median, $kpi) = @_;
    $kpi //= 'mo_data.kpi';
    return "select kpi_id, month, org_type, count(*) as figures, sum(numerator) as numerators, sum(value) as values,
        coalesce(sum(case when (select k.unit <> 'count' from $kpi k where k.kpi_id = r.kpi_id) and value is not null then $median end), 0) as medians
        from $table r where org_type <> 'group' and (numerator <> 0 or denominator <> 0) group by 1, 2, 3";
}

sub bring_answer {
    my ($postgres, $folder, $query) = @_;
    my $file = "$folder/answers/refresh.$$.csv";
    make_path("$folder/answers");
    $database->run("\\copy (" . $query =~ s/\s+/ /gr . ") to '$file' with (format csv)");
    $postgres->run("drop table if exists pg_temp.answer; create temporary table answer (kpi_id text, month date, org_type text, figures bigint,
        numerators float8, values float8, medians float8)");
    $postgres->run("\\copy pg_temp.answer from '$file' with (format csv)");
    unlink $file;
}

# What the raw tables are to DuckDB: as they are, with the deadlines of alerts (a hundred) and the clock.
my @raw = qw(activity code_set cohort cohort_member cohort_target registration patient monitoring_requirement organisation organisation_parent discharge setting
    alert_action pincer_hazard significant_event significant_event_theme incident culture_audit list_size weight prescribing new_start formulary
    switch_programme switch_action switch_plan staff_post arrs_role staff_leave supervision supervision_requirement scope_of_practice);
my %made_for_duckdb = (
    span => 'select s.kpi_id, s.first_month, s.last_month, k.per, k.unit from mo_data.kpi_span() s join mo_data.kpi k using (kpi_id) where k.is_active and s.first_month is not null',
    clock => "select (now() at time zone 'Europe/London')::date as today, now() as now",
    alert_deadline => "select a.alert_ref, a.alert_class, a.issued_at, (a.issued_at at time zone 'Europe/London')::date as issued_on,
            coalesce(a.deadline_at, mo.alert_deadline(a.issued_at, w.window_value, w.window_unit, array(
                select h.day from mo_data.bank_holiday h where h.division = 'england-and-wales' order by h.day))) as deadline
        from mo_data.alert a cross join lateral (
            select w.* from mo_data.alert_window w where w.alert_class = a.alert_class and w.valid_from <= (a.issued_at at time zone 'Europe/London')::date
            order by w.valid_from desc limit 1) w
        where w.in_kpi",
);
my $in_duckdb;

sub give_duckdb {
    my ($duckdb, $folder) = @_;
    return if $in_duckdb;
    make_path("$folder/duckdb");
    $duckdb->run("create schema if not exists mo_data; set timezone = 'Europe/London'");
    for my $table (@raw, sort keys %made_for_duckdb) {
        my $query = $made_for_duckdb{$table} // "select * from mo_data.$table";
        $database->run("drop view if exists pg_temp.given; create temporary view given as $query");
        my %type = (text => 'varchar', 'double precision' => 'double', 'numeric' => 'double', 'timestamp with time zone' => 'timestamptz');
        my @columns = map { my ($name, $type) = split /\|/; "$name " . ($type{$type} // $type) } $database->run("select attname, format_type(atttypid, null)
            from pg_attribute where attrelid = 'pg_temp.given'::regclass and attnum > 0 order by attnum");
        my $file = "$folder/duckdb/refresh.$$.csv";
        $database->run("\\copy (select * from pg_temp.given) to '$file' with (format csv, header)");
        $duckdb->run("create or replace table mo_data.$table (" . join(', ', @columns) . ')');
        $duckdb->run("copy mo_data.$table from '$file' (format csv, header, allow_quoted_nulls false)");
        unlink $file;
    }
    $in_duckdb = 1;
}

sub full_duckdb {
    my ($duckdb, $folder) = @_;
    give_duckdb($duckdb, $folder);
    my ($query) = filled_in('refresh_duckdb.sql', spans());
    $duckdb->run('drop table if exists refresh_result; set asof_loop_join_threshold = 0'); # sizes of lists of months are not known to its planner
    my $seconds = $duckdb->call(sql => "create table refresh_result as $query")->{seconds};
    $duckdb->run('create or replace temporary table answer as ' . answer_of('refresh_result', 'median', 'mo_data.span'));
    return $seconds;
}

my @whole;    # the plain SQL of all months: tables and query

# The plain SQL with the columns of kpi_result, and its indexes.
sub same_sql {
    @whole = plain_sql() unless @whole;
    plain_begin();
    $database->run('drop table if exists plain.same, plain.target; checkpoint');
    my ($figures) = $whole[1] =~ /\A(.*?\n)\), ranked as \(/s;
    # what no statistics are of is joined by hash
    my $seconds = $database->time_statements("$whole[0]; create unlogged table plain.target as
            select k.kpi_id, t.* from mo_data.kpi k cross join lateral mo_data.kpi_target_of(k.kpi_id, array(select distinct month from plain.path)) t where k.is_active;
        analyze plain.target; set enable_nestloop = off; set enable_mergejoin = off;
        create table plain.same as $figures), numbered as (
            select f.*, case when value is not null and peer_group is not null then count(value) over (partition by part_no, peer_no) end as n,
                rank() over by_value as place, row_number() over by_value as position
            from figure f window by_value as (partition by part_no, peer_no order by value)),
        middle as (
            select x.*, max(x.value) filter (where x.position = x.n / 2) over peers as c0, max(x.value) filter (where x.position = x.n / 2 + 1) over peers as c1,
                max(x.value) filter (where x.position = x.n / 2 + 2) over peers as c2
            from numbered x window peers as (partition by part_no, peer_no)),
        full_row as materialized (
            select m.part_no, m.kpi_id, m.month, o.org_key, m.org_type, m.org_code, m.breakdown, m.numerator, coalesce(m.denominator, 0) as denominator, m.value,
                mo_data.result_lower(k.interval_method, k.per, m.numerator, case when k.unit = 'count' then 1 else m.denominator end) as value_lower,
                mo_data.result_upper(k.interval_method, k.per, m.numerator, case when k.unit = 'count' then 1 else m.denominator end) as value_upper,
                m.pcn_code, m.icb_code, m.peer_group, m.n as peer_n,
                case when m.n % 2 = 1 then m.c1 when m.n % 2 = 0 then m.c0 + 0.5 * (m.c1 - m.c0) end as peer_median,
                case when m.n = 1 then null when m.n % 2 = 0 then case when m.position <= m.n / 2 then m.c1 else m.c0 end
                    when m.position <= m.n / 2 then m.c1 + 0.5 * (m.c2 - m.c1) when m.position = m.n / 2 + 1 then m.c0 + 0.5 * (m.c2 - m.c0)
                    when m.n > 1 then m.c0 + 0.5 * (m.c1 - m.c0) end as peer_median_without_self,
                case when m.n > 0 then m.place end as peer_rank, case when m.n >= 10 then 1 + 10 * (m.place - 1) / m.n end as peer_decile,
                case when m.n > 1 then 100.0 * (m.place - 1) / (m.n - 1) when m.n = 1 then 0 end::float8 as peer_percentile
            from middle m
                join mo_data.kpi k on k.kpi_id = m.kpi_id
                join mo_data.organisation_key o on o.org_code = m.org_code and o.org_type = m.org_type)
        select f.kpi_id, f.month, f.org_key, f.org_type, f.org_code, f.breakdown, f.numerator, f.denominator, f.value, f.value_lower, f.value_upper, f.pcn_code, f.icb_code,
            f.peer_group, f.peer_n, f.peer_median, f.peer_median_without_self, f.peer_rank, f.peer_decile, f.peer_percentile,
            pm.value as previous_month_value, pm.numerator as previous_month_numerator, py.value as previous_year_value,
            py.numerator as previous_year_numerator, 1 as run_id, t.target, 0::smallint as hidden, 0::smallint as previous_month_hidden, 0::smallint as previous_year_hidden,
            f.month::timestamp(0) as period_start
        from full_row f
            left join full_row pm on pm.part_no = f.part_no and pm.org_key = f.org_key and pm.month = (f.month - interval '1 month')::date
            left join full_row py on py.part_no = f.part_no and py.org_key = f.org_key and py.month = (f.month - interval '1 year')::date
            left join plain.target t on t.kpi_id = f.kpi_id and t.month = f.month and t.org_type = f.org_type and t.org_code = f.org_code and f.breakdown = '';
        alter table plain.same add primary key (org_key, kpi_id, month, breakdown);
        create index on plain.same (kpi_id, month, org_type); create index on plain.same (org_code, breakdown, kpi_id, month); create index on plain.same (period_start)");
    $database->run('reset enable_nestloop; reset enable_mergejoin');
    return $seconds;
}

sub full_sql {
    @whole = plain_sql() unless @whole;
    plain_begin();
    $database->run('drop table if exists plain.result; checkpoint');
    return $database->time_statements("$whole[0]; create table plain.result as $whole[1]");
}

# As if there had been no refresh; without the triggers that keep what was submitted.
sub reset_results {
    $database->run('set session_replication_role = replica;
        truncate mo_data.refresh_run, mo_data.kpi_value, mo_data.kpi_result, mo_data.kpi_latest cascade;
        reset session_replication_role; checkpoint');
}

sub full_ours {
    reset_results();
    $database->run("select mo_data.prescribing_keep('2000-01-01', '2100-01-01');
        select mo_data.event_month_keep((min(first_month) - interval '2 years')::date, max(last_month)) from mo_data.kpi_span()");
    return $database->time_statements('call mo_data.refresh()');
}

# What cannot be saved: the results as they are, to a new table, and the indexes that its readers need.
sub stored_results {
    full_ours() unless ($database->run('select count(*) from mo_data.kpi_result'))[0];
    my @indexes = map { s/ ON mo_data\.kpi_result / ON plain.stored /r =~ s/ INDEX \S+ / INDEX /r } $database->run("select indexdef from pg_indexes where schemaname = 'mo_data' and tablename = 'kpi_result' order by indexname");
    $database->run('create schema if not exists plain; drop table if exists plain.stored; checkpoint');
    return $database->time_statements(join '; ', 'begin', 'create table plain.stored as select * from mo_data.kpi_result', @indexes, 'commit');
}

# With what the layers are made of as they were loaded, and no layer.
sub full_built {
    reset_results();
    $database->run('truncate mo_data.refresh_prescribing, mo_data.refresh_prescribing_month, mo_data.event_month_set, mo_data.event_month_set_month, mo_data.event_month_set_edit');
    return $database->time_statements('call mo_data.refresh()');
}

# The last month that most KPIs have: stocks, which have figures to today, would be alone in later ones. Annual ones are not asked: theirs ended in March.
sub last_month {
    return ($database->run("select m::date from mo_data.kpi_span() s join mo_data.kpi k using (kpi_id)
            cross join lateral generate_series(s.first_month::timestamp, s.last_month, interval '1 month') m
        where k.is_active and k.time_basis <> 'annual' group by m order by count(*) desc, m desc limit 1"))[0];
}

sub month_sql {
    my $month = last_month();
    full_sql() unless ($database->run("select to_regclass('plain.result')"))[0];
    $database->run('create index if not exists result_month on plain.result (month); analyze plain.result; checkpoint');
    my ($tables, $figures) = plain_sql($month);
    plain_begin();
    return $database->time_statements("$tables; begin; delete from plain.result where month = '$month'; insert into plain.result $figures; commit");
}

# The month as if it had not been there: its figures, results and record of it are gone.
sub month_ours {
    my $month = last_month();
    full_ours() unless ($database->run('select count(*) from mo_data.kpi_month'))[0];
    $database->run("delete from mo_data.kpi_value where month = '$month'; delete from mo_data.kpi_result where month = '$month';
        delete from mo_data.kpi_month where month = '$month'; vacuum analyze mo_data.kpi_value; vacuum analyze mo_data.kpi_result; checkpoint");
    return $database->time_statements("call mo_data.refresh('$month', '$month')");
}

sub {
    my ($scale) = @_;
    my $given = sub { # a form of another engine
        my ($measure) = @_;
        return sub { my ($postgres, $duckdb, $folder) = @_; layer_database($scale); return $measure->($duckdb, $folder) };
    };
    my $measured = sub {
        my ($measure, $table, $median, $one_month) = @_;
        return sub {
            my ($postgres, $duckdb, $folder) = @_;
            layer_database($scale);
            my $seconds = $measure->();
            my $from = $one_month ? "(select * from $table where month = '" . last_month() . "')" : $table;
            bring_answer($postgres, $folder, answer_of($from, $median));
            return $seconds;
        };
    };
    return {
        tables => [],
        comparisons => [
            {
                id => 'full', name => 'every KPI, 36 months', key => ['kpi_id', 'month', 'org_type'], tolerance => 1e-9,
                bars => {full_sql => ['ours', 'sql'], full_duckdb => ['ours', 'duckdb'], full_with_layers => ['built', 'sql'], month_full => ['month', 'sql'],
                    full_same => ['ours', 'same'], full_stored => ['ours', 'stored']},
                forms => [
                    {id => 'sql', name => 'best plain SQL', measure => $measured->(\&full_sql, 'plain.result', 'median')},
                    {id => 'same', name => 'plain SQL with what kpi_result has', measure => $measured->(\&same_sql, 'plain.same', 'peer_median')},
                    {id => 'ours', name => 'mo_data.refresh()', measure => $measured->(\&full_ours, 'mo_data.kpi_result', 'peer_median')},
                    {id => 'built', name => 'mo_data.refresh(), layers built too', measure => $measured->(\&full_built, 'mo_data.kpi_result', 'peer_median')},
                    {id => 'stored', name => 'results written, nothing counted', answer => 0, measure => sub { layer_database($scale); stored_results() }},
                    {id => 'duckdb', name => 'DuckDB from raw', engine => 'duckdb', measure => $given->(\&full_duckdb)},
                    {id => 'month', name => 'mo_data.refresh(month, month)', answer => 0, measure => sub { layer_database($scale); month_ours() }},
                ],
            },
            {
                id => 'month', name => 'every KPI, one month', key => ['kpi_id', 'month', 'org_type'], tolerance => 1e-9,
                bars => {month_incremental => ['ours', 'sql']},
                forms => [
                    {id => 'sql', name => 'plain SQL, delete and insert', measure => $measured->(\&month_sql, 'plain.result', 'median', 1)},
                    {id => 'ours', name => 'mo_data.refresh(month, month)', measure => $measured->(\&month_ours, 'mo_data.kpi_result', 'peer_median', 1)},
                ],
            },
        ],
    };
}
