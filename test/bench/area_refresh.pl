# Counting every KPI for an ICB of 250 practices and 36 months: synthetic data of every source (3M rows, modash demo-data), loaded by
# modash. Ours is call mo_data.refresh(): base figures, what changed since the last time, roll-up to six levels and local groups, intervals, peers,
# the months before, targets, latest page. The plain SQL has less to do: the records of each KPI added up, rolled up, with value, peers'
# median, rank and decile, into one table without an index (a month: delete and insert, with the index that this needs). It uses the KPIs'
# own functions of records, which are plain SQL, and one common path of organisations.
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
    my @size = $scale eq 'small' ? (12, 15) : $scale eq 'england' ? (6300, 3) : (250, 36);
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
        system("build/modash demo-data '$folder' --practices $size[0] --months $size[1] --to 2026-08 --force >/dev/null") == 0 or die "modash demo-data failed\n";
        my $made = MoBench::Postgres->new(database => $name);
        $made->run('create extension mo_dashboard; call mo.create_dashboard()');
        my $status = system("build/modash load --all -q -d $name '$folder' >/dev/null 2>&1") >> 8;
        die "modash load --all ended with $status\n" if $status != 0 && $status != 3;
        remove_tree($folder);
        # Both count the same: every figure is shown, and measures, which have functions of another kind, are left out.
        $made->run("update mo_data.kpi set hide_from = null, hide_to = null; update mo_data.kpi set is_active = false where family = 'prescribing_measure'");
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

# One statement for all KPIs; with a month, for that one only.
sub plain_sql {
    my ($month) = @_;
    my @records;
    my ($first, $last) = ('9999', '');
    for (spans()) {
        my ($kpi, $from, $to, $function, $per, $unit) = @$_;
        if ($month) { next if $month lt $from || $month gt $to; ($from, $to) = ($month, $month) }
        $first = $from if $from lt $first;
        $last = $to if $to gt $last;
        push @records, "select '$kpi' as kpi_id, month, org_code::text, coalesce(breakdown, '') as breakdown, sum(numerator) as numerator, sum(denominator) as denominator,
            ($per)::float8 as per, '$unit' as unit from $function('$from', '$to') group by 2, 3, 4";
    }
    return 'with record as materialized (' . join(' union all ', @records) . "),
        path as materialized (
            select date_trunc('month', day)::date as month, * from mo_data.organisation_path_on(array(
                select (m + interval '1 month')::date - 1 from generate_series('$first'::timestamp, '$last', interval '1 month') m))),
        member as (
            select p.month, p.org_code as base_code, a.org_type, a.org_code
            from path p cross join lateral (values ('practice', case when p.org_type = 'practice' then p.org_code end), ('pcn', p.pcn_code),
                ('sub_icb', p.sub_icb_code), ('icb', p.icb_code), ('region', p.region_code), ('nation', p.nation_code)) a (org_type, org_code)
            where a.org_code is not null),
        figure as (
            select r.kpi_id, r.month, m.org_type, m.org_code, r.breakdown, sum(r.numerator) as numerator, sum(r.denominator) as denominator,
                case r.unit when 'count' then sum(r.numerator) else sum(r.numerator) / nullif(sum(r.denominator), 0) * r.per end as value
            from record r join member m on m.month = r.month and m.base_code = r.org_code
            group by r.kpi_id, r.month, m.org_type, m.org_code, r.breakdown, r.per, r.unit),
        grouped as (
            select f.*, case when f.org_type = 'practice' and p.prescribing_setting = 4 or f.org_type = 'pcn' then p.icb_code
                when f.org_type in ('sub_icb', 'icb') then 'ENG' end as peer_group
            from figure f left join path p on p.month = f.month and p.org_code = f.org_code and p.org_type = f.org_type),
        peer as (
            select kpi_id, month, org_type, peer_group, breakdown, percentile_cont(0.5) within group (order by value) as median
            from grouped where peer_group is not null and value is not null group by 1, 2, 3, 4, 5),
        ranked as (
            select *, rank() over (partition by kpi_id, month, org_type, peer_group, breakdown order by value) as place,
                count(value) over (partition by kpi_id, month, org_type, peer_group, breakdown) as peers
            from grouped)
        select kpi_id, month, org_type, org_code, breakdown, numerator, denominator, value, median,
            case when value is not null and peer_group is not null then place end as place,
            case when value is not null and peer_group is not null and peers >= 10 then 1 + 10 * (place - 1) / peers end as decile
        from ranked left join peer using (kpi_id, month, org_type, peer_group, breakdown)";
}

# Figures per KPI, month and level. Organisations with nothing to count have a row of ours (0) and none of the plain SQL: counts have other
# peers then, so medians are those of ratios.
sub answer_of {
    my ($table, $median) = @_;
    return "select kpi_id, month, org_type, count(*) as figures, sum(numerator) as numerators, sum(value) as values,
        coalesce(sum(case when (select k.unit <> 'count' from mo_data.kpi k where k.kpi_id = r.kpi_id) and value is not null then $median end), 0) as medians
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

my $whole;    # the plain SQL of all months

sub full_sql {
    $whole ||= plain_sql();
    $database->run('create schema if not exists plain; drop table if exists plain.result; checkpoint');
    return $database->time_statements("create table plain.result as $whole");
}

# As if there had been no refresh; without the triggers that keep what was submitted.
sub reset_results {
    $database->run('set session_replication_role = replica;
        truncate mo_data.refresh_run, mo_data.kpi_value, mo_data.kpi_result, mo_data.kpi_latest cascade;
        reset session_replication_role; checkpoint');
}

sub full_ours { reset_results(); return $database->time_statements('call mo_data.refresh()') }

sub last_month { return ($database->run('select max(last_month) from mo_data.kpi_span()'))[0] }

sub month_sql {
    my $month = last_month();
    full_sql() unless ($database->run("select to_regclass('plain.result')"))[0];
    $database->run('create index if not exists result_month on plain.result (month); analyze plain.result; checkpoint');
    my $sql = plain_sql($month);
    return $database->time_statements("begin; delete from plain.result where month = '$month'; insert into plain.result $sql; commit");
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
                bars => {full_sql => ['ours', 'sql'], full_with_layers => ['ours', 'sql'], month_full => ['month', 'sql']},
                forms => [
                    {id => 'sql', name => 'best plain SQL', measure => $measured->(\&full_sql, 'plain.result', 'median')},
                    {id => 'ours', name => 'mo_data.refresh()', measure => $measured->(\&full_ours, 'mo_data.kpi_result', 'peer_median')},
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
