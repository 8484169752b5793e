#!/usr/bin/env perl
# Dump and restore: a database with figures and with a site's own objects in it (an index, a view on a published view, a partition, a KPI, a
# materialised view) goes through pg_dump, plain and custom, with errors fatal; after_restore() finds nothing wrong, and every published view
# gives the same rows. Then after_restore() on damage it must notice or repair.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;

fresh_database('mo_restore');
load_demo(demo_data(qw(--practices 6 --months 5 --patients-per-practice 30 --rows-per-practice 30)));
psql_script(<<'SQL');
set client_min_messages = warning;
create schema site;
create table site.note (org_code text primary key, words text);
insert into site.note values ('X10001', 'ours');
create index site_prescribing_snomed on mo_data.prescribing (snomed_code);
create index site_result_value on mo_data.kpi_result (value) where breakdown = '';
create table mo_data.prescribing_site partition of mo_data.prescribing for values in ('2010-01-01');
insert into mo_data.prescribing (month, practice_code, bnf_code, items, actual_cost_e5, batch_id)
    values ('2010-01-01', 'X10001', '0212000B0AAABAB', 3, 300000, (select min(batch_id) from mo_data.load_batch where source = 'prescribing'));
create function mo_data.kpi_local_items(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select p.practice_code, p.month, null::text, p.bnf_code, sum(p.items)::double precision, 0::double precision from mo_data.prescribing p
        where p.month between from_month and to_month group by 1, 2, 4 $$;
call mo_data.register_kpi(kpi_id => 'local_items', family => 'cost', name => 'Items', short_name => 'Items', unit => 'count', numerator_wording => 'items',
    denominator_wording => 'none', direction => 'neither', sources => '{prescribing}', rationale => 'a test', reference => 'none');
call mo_data.refresh();
create view site.worst as select * from mo_dashboard.dashboard where kpi_id like '%e%';
create materialized view mo_dashboard.site_by_family as select k.family, count(*) as figures from mo_dashboard.fact_kpi f join mo_dashboard.dim_kpi k using (kpi_id) group by 1;
create unique index on mo_dashboard.site_by_family (family);
SQL
psql('drop role if exists mo_restore_reader');
psql('create role mo_restore_reader');
psql("select mo_data.grant_reader('mo_restore_reader')");

# Rows of every table, and MD5 of the rows of every table, view and materialised view, in the database named. What refresh_prescribing was made of is
# noted with numbers of the catalogue, which are others there.
sub contents {
    my %contents;
    for (split /\n/, psql(q{select c.relkind::text || ' ' || c.oid::regclass from pg_class c where c.relkind in ('r', 'p', 'v', 'm')
            and c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace, 'site'::regnamespace)
            and c.relname not in ('refresh_prescribing_month', 'refresh_prescribing_edit', 'event_month_set_month', 'event_month_set_edit') order by 1})) {
        my ($kind, $name) = split / /, $_, 2;
        $contents{$name} = psql("select count(*) || ' rows ' || md5(coalesce(string_agg(x::text, ';' order by x::text collate \"C\"), '')) from $name x");
    }
    return \%contents;
}
# Bodies that are kept parsed print a little differently once they have been printed and parsed again, so only texts are compared.
sub catalogue {
    return psql(q{select string_agg(line, E'\n' order by line collate "C") from (
        select 'index ' || i.indexrelid::regclass || ' ' || pg_get_indexdef(i.indexrelid) || i.indisvalid::text from pg_index i join pg_class c on c.oid = i.indrelid
            where c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace, 'site'::regnamespace)
        union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || convalidated::text from pg_constraint
            where connamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace, 'site'::regnamespace)
        union all select 'function ' || p.oid::regprocedure || ' ' || md5(case when p.prosqlbody is null then pg_get_functiondef(p.oid) else '' end) || coalesce(p.proacl::text, '') from pg_proc p
            where p.pronamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace, 'site'::regnamespace) and p.prokind in ('f', 'p') and p.probin is null
        union all select 'comment ' || d.objoid::regclass || ' ' || d.objsubid || ' ' || d.description from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
            where c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace, 'site'::regnamespace)
        union all select 'acl ' || c.oid::regclass || ' ' || coalesce((select string_agg(a.privilege_type || ' to ' || a.grantee::regrole, ', ' order by a.privilege_type, a.grantee) from aclexplode(c.relacl) a), '') from pg_class c
            where c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm')) x (line)});
}
sub after_restore { return map { [split /\|/] } split /\n/, psql(q{select what, state, coalesce(detail, '') from mo_data.after_restore()}) }
sub states { my ($rows) = @_; return join '; ', map { "$_->[0]: $_->[1]" } grep { $_->[1] ne 'ok' } @{$rows} }

psql('analyze');
my ($was, $catalogue) = (contents(), catalogue());
cmp_ok(psql("select count(*) from mo_data.kpi_result where kpi_id = 'local_items'"), '>', 0, 'the site KPI has figures');
like($was->{'mo_dashboard.dashboard'}, qr/^[1-9]\d* rows/, 'the page has rows');
my %dump = (plain => scratch('dump.sql'), custom => scratch('dump.custom'));
for my $format (sort keys %dump) {
    my ($code, $out, $err) = MoDash::run_program('pg_dump', '-F', $format, '-f', $dump{$format}, 'mo_restore');
    is("$code $err", '0 ', "pg_dump, $format");
}
for my $format (sort keys %dump) {
    my $name = "mo_restore_$format";
    $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $name with (force)");
    psql("create database $name");
    $ENV{PGDATABASE} = $name;
    my ($code, $out, $err) = MoDash::run_program($format eq 'plain' ? ('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-f', $dump{plain})
        : ('pg_restore', '--exit-on-error', '-d', $name, $dump{custom}));
    is("$code $err", '0 ', "restored from $format, without an error or a warning");
    my @rows = after_restore();
    is(states(\@rows), 'materialised view mo_dashboard.site_by_family: made again', "$format: after_restore() finds nothing wrong");
    cmp_ok(scalar(grep { $_->[0] =~ /^kpi_(month|result) agrees/ && $_->[2] =~ /^[1-9]\d* .* 0 of them differ$/ } @rows), '==', 2, "$format: ... and compared figures")
        or diag explain \@rows;
    my $now = contents();
    is_deeply([sort keys %{$now}], [sort keys %{$was}], "$format: the same tables and views");
    for (sort keys %{$was}) { is($now->{$_}, $was->{$_}, "$format: $_ has the same rows") }
    my %seen;
    $seen{$_}-- for split /\n/, $catalogue;
    $seen{$_}++ for split /\n/, catalogue();
    is(join("\n", map { ($seen{$_} > 0 ? '+' : '-') . $_ } sort grep { $seen{$_} } keys %seen), '', "$format: the same indexes, constraints, functions, comments and privileges");
    my $written = psql('select count(*) from mo_data.refresh_run');
    psql('call mo_data.refresh()');
    is(psql('select count(*) from mo_data.refresh_run'), $written, "$format: a refresh has nothing to do");
}

# Damage that after_restore() has to notice or put right, each undone again.
sub damaged {
    my ($damage) = @_;
    my $out = psql_script("begin;\n$damage;\nselect what || ': ' || state from mo_data.after_restore() where state not in ('ok', 'none') and what !~ '^materialised';\nrollback;");
    return join '; ', split /\n/, $out;
}
is(damaged('select'), '', 'no damage');
is(damaged("delete from mo_data.kpi_value where ctid = (select min(ctid) from mo_data.kpi_value where breakdown = '' and org_code = 'X10001' and numerator > 0)"),
    'kpi_month agrees with kpi_value: failed; kpi_result agrees with kpi_value: failed', 'a base figure that is not there');
is(damaged("update mo_data.kpi_result set denominator = denominator * 1.000001 where ctid = (select min(ctid) from mo_data.kpi_result where denominator > 0)"),
    'kpi_result agrees with kpi_value: failed', 'a result that is another');
is(damaged("update mo_data.kpi_result set value = value * 1.000001 where ctid = (select min(ctid) from mo_data.kpi_result where value > 0 and breakdown <> '')"),
    'kpi_result agrees with kpi_value: failed', 'a value that is not its quotient');
is(damaged("update mo_data.kpi_month set figures = figures + 1 where ctid = (select min(ctid) from mo_data.kpi_month)"),
    'kpi_month agrees with kpi_value: failed', 'a count of figures that is another');
is(damaged('delete from mo_data.kpi_latest; delete from mo_data.calendar_day'), 'calendar_day: made again; kpi_latest: made again', 'the latest page and the calendar');
is(damaged("delete from mo_data.page_months where kpi_id < 'i'; update mo_data.page_months set value_03 = 1"), 'page_row: made again', 'the months of the page');
is(damaged("do 'begin perform setval(''mo_data.refresh_run_run_id_seq'', 1, false); end'"), 'numbers of mo_data.refresh_run: made again', 'a sequence that was left behind');
is(damaged('drop function mo_data.kpi_local_items(date, date)'), 'function of KPI local_items: failed', 'the function of a KPI');
is(damaged("insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) select 'prescribing', 'f', repeat('0', 64), 1, 'f', 'loaded', array[max(month)]
    from mo_data.kpi_month"), 'refresh: pending', 'a load that has not been counted');
$ENV{PGDATABASE} = 'postgres';
psql("drop database $_ with (force)") for qw(mo_restore mo_restore_plain mo_restore_custom);
psql('drop role mo_restore_reader');
done_testing();
