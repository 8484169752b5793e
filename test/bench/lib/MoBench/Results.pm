# A database with the layer, its results and its page, made of generated base figures of seventeen KPIs by the layer's own functions: what a page and a BI
# tool read is the size and shape of the real thing without loading a single file. Sixteen of them are on the page.
package MoBench::Results;
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);

my %size = (
    small => {practices => 24, pcns => 6, subs => 2, icbs => 1, regions => 1, months => 13},
    icb => {practices => 250, pcns => 50, subs => 5, icbs => 1, regions => 1, months => 36},
    england => {practices => 6300, pcns => 1250, subs => 106, icbs => 42, regions => 7, months => 36},
);
my $last = q{date '2026-03-01'};

sub slurp { my ($path) = @_; open my $in, '<', $path or die "cannot read $path: $!\n"; local $/; return scalar <$in> }

# Organisations that belong to each other in equal shares; base figures that depend on nothing but practice, KPI and month.
sub generate {
    my (%of) = @_;
    my $code = sub { my ($letter, $n, $digits) = @_; return "'$letter' || lpad(($n)::text, $digits, '0')" };
    my $above = sub { my ($n, $from, $to) = @_; return "1 + ($n - 1) * $of{$to} / $of{$from}" };
    my ($practice, $pcn, $sub, $icb, $region) = ($code->('P', 'n', 5), $code->('U', 'n', 5), $code->('S', 'n', 3), $code->('QX', 'n', 2), $code->('Y', 'n', 1));
    my $pcn_of = $above->('n', 'practices', 'pcns');
    my $its_pcn = $code->('U', $pcn_of, 5);
    my $its_sub = $code->('S', $above->('(' . $pcn_of . ')', 'pcns', 'subs'), 3);
    my ($sub_of_pcn, $icb_of, $region_of) = ($code->('S', $above->('n', 'pcns', 'subs'), 3), $code->('QX', $above->('n', 'subs', 'icbs'), 2),
        $code->('Y', $above->('n', 'icbs', 'regions'), 1));
    return "insert into mo_data.organisation (org_code, org_type, name, prescribing_setting)
            values ('ENG', 'nation', 'England', null) on conflict do nothing;
        insert into mo_data.organisation (org_code, org_type, name, prescribing_setting)
            select $region, 'region', 'Region ' || n, null::smallint from generate_series(1, $of{regions}) n
            union all select $icb, 'icb', 'ICB ' || n, null from generate_series(1, $of{icbs}) n
            union all select $sub, 'sub_icb', 'Sub-ICB ' || n, null from generate_series(1, $of{subs}) n
            union all select $pcn, 'pcn', 'PCN ' || n, null from generate_series(1, $of{pcns}) n
            union all select $practice, 'practice', 'Practice ' || n, 4 from generate_series(1, $of{practices}) n;
        insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
            select $practice, 'pcn', $its_pcn from generate_series(1, $of{practices}) n
            union all select $practice, 'sub_icb', $its_sub from generate_series(1, $of{practices}) n
            union all select $pcn, 'sub_icb', $sub_of_pcn from generate_series(1, $of{pcns}) n
            union all select $sub, 'icb', $icb_of from generate_series(1, $of{subs}) n
            union all select $icb, 'region', $region_of from generate_series(1, $of{icbs}) n
            union all select $region, 'nation', 'ENG' from generate_series(1, $of{regions}) n;
        insert into mo_data.refresh_run (kind, from_month, to_month, started_at, published_at)
            values ('range', $last - interval '1 month' * ($of{months} - 1), $last, now(), now());
        update mo_data.kpi set is_active = false where family = 'prescribing_measure';
        create temporary table measured as select kpi_id, row_number() over (order by page_order, kpi_id) as n, unit from mo_data.kpi where is_active;
        create function pg_temp.u(i bigint, salt bigint) returns float8 language sql immutable parallel safe
            as \$\$ select (hashint8extended(i, salt) & 9007199254740991)::float8 / 9007199254740992 \$\$;
        insert into mo_data.kpi_value (kpi_id, month, org_code, breakdown, numerator, denominator, run_id)
            select k.kpi_id, ($last - make_interval(months => m))::date, 'P' || lpad(p::text, 5, '0'), '',
                floor(d.d * (0.2 + 0.6 * pg_temp.u(p, k.n) + 0.1 * pg_temp.u(p * 1000 + m, 100 + k.n))), d.d, 1
            from measured k, generate_series(1, $of{practices}) p, generate_series(0, $of{months} - 1) m,
                lateral (select floor(50 + 400 * pg_temp.u(p, k.n + 50)) as d) d;
        insert into mo_data.kpi_month (kpi_id, month, figures, first_run_id, run_id)
            select kpi_id, ($last - make_interval(months => m))::date, $of{practices}, 1, 1 from measured, generate_series(0, $of{months} - 1) m;
        insert into mo_data.kpi_target (kpi_id, org_code, target, valid_from) select kpi_id, 'ENG', 0.5, '2020-01-01' from measured where unit = 'percent';
        analyze";
}

# What refresh_publish does after counting.
sub publish {
    return q{set client_min_messages = warning;
        select mo_data.organisation_key_sync(); select mo_data.access_key_sync();
        select count(mo_data.kpi_coverage_grow(1, w.kpi_id, array(select m.month from mo_data.kpi_month m where m.kpi_id = w.kpi_id))) from measured w;
        analyze;
        begin;
        select mo_data.refresh_paths_keep(array(select distinct m.month from mo_data.kpi_month m join measured w using (kpi_id)));
        select count(mo_data.result_replace(1, w.kpi_id, array(select m.month from mo_data.kpi_month m where m.kpi_id = w.kpi_id))) from measured w;
        commit;
        analyze;
        select count(mo_data.variation_replace(1, w.kpi_id, array(select m.month from mo_data.kpi_month m where m.kpi_id = w.kpi_id))) from measured w;
        select mo_data.kpi_latest_replace(1); select mo_data.page_replace(); select mo_data.calendar_extend()};
}

# The database's name, made again when the layer changes; and a login that sees one PCN, another that sees everything.
my %there;

sub database {
    my ($scale) = @_;
    my $name = "bench_dashboard_$scale";
    return $name if $there{$name}++; # looked at once a run
    my $admin = MoBench::Postgres->new(database => 'postgres');
    my $digest = md5_hex(slurp(__FILE__), generate(%{ $size{$scale} }), publish(), map { slurp($_) } glob 'build/mo_dashboard_layer--*.sql');
    my ($known) = $admin->run("select shobj_description(oid, 'pg_database') from pg_database where datname = '$name'");
    return $name if ($known // '') eq $digest;
    print STDERR "  making $name\n";
    $admin->run("drop database if exists $name with (force)");
    $admin->run("create database $name");
    my $made = MoBench::Postgres->new(database => $name);
    $made->run('create extension mo_dashboard; call mo.create_dashboard()');
    $made->run(generate(%{ $size{$scale} }));
    $made->run(publish());
    for my $role (qw(bench_pcn bench_all)) {
        $made->run("do \$\$ begin if not exists (select from pg_roles where rolname = '$role') then create role $role login; end if; end \$\$");
    }
    $made->run(q{select mo_data.grant_reader('bench_pcn', 'U00003'); select mo_data.grant_reader('bench_all')});
    $made->run(q{create schema bench; grant usage on schema bench to bench_pcn, bench_all;
        create table bench.page as select * from mo_dashboard.dashboard order by org_key, kpi_sort;
        create index on bench.page (org_code);
        create table bench.pcn_value as -- what the figures are without their peers
            select r.kpi_id, r.month, r.org_code, r.icb_code, r.value from mo_data.kpi_result r
            where r.org_type = 'pcn' and r.breakdown = '' order by r.kpi_id, r.month, r.org_code;
        create index on bench.pcn_value (kpi_id, month);
        create index on bench.pcn_value (org_code, month);
        create table bench.value as -- the same of all levels, month after month as they come
            select r.kpi_id, r.month, r.org_type, r.org_code, r.icb_code, r.numerator, r.denominator, r.value, r.value_lower, r.value_upper, r.target
            from mo_data.kpi_result r where r.breakdown = '' order by r.month, r.kpi_id, r.org_code;
        create index on bench.value (kpi_id, month);
        create index on bench.value (org_code, month);
        grant select on all tables in schema bench to bench_pcn, bench_all});
    $made->run('vacuum (analyze, freeze)');
    $admin->run("comment on database $name is '$digest'");
    return $name;
}

1;
