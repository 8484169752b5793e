#!/usr/bin/env perl
# From every release that is kept in test/upgrade: its extension and a database made with it, with a site's view, index and policy added, are brought
# up to this version. The catalogue is then that of a fresh install, every figure is what it was, and nothing of the site's is gone.
use strict;
use warnings;
use IO::Uncompress::Gunzip qw(gunzip $GunzipError);
use Test::More;
use MoDash;

my @kept = sort glob 'test/upgrade/*/database.sql.gz';
plan skip_all => 'no release is kept yet' unless @kept;

sub unzipped { my ($from, $to) = @_; gunzip($from => $to) or die "cannot unzip $from: $GunzipError"; return $to }

# One line an object of the layer and the extension: what it is and what it is made of, in an order that does not depend on history.
my $catalogue = q{set search_path = pg_catalog; select string_agg(line, E'\n' order by line collate "C") from (
    select format('column %s.%s %s %s %s', a.attrelid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            coalesce(pg_get_expr(d.adbin, d.adrelid), '')) as line
        from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and a.attnum > 0 and not a.attisdropped
            and c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
    union all select format('comment on %s %s: %s', c.oid::regclass, case when d.objsubid > 0 then 'column' else '' end,
            coalesce((select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum = d.objsubid), '') || ' ' || d.description)
        from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
        where not c.relispartition and c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
    union all select format('view %s %s %s', c.oid::regclass, coalesce(c.reloptions::text, ''), md5(pg_get_viewdef(c.oid)))
        from pg_class c where c.relkind in ('v', 'm') and c.relnamespace in ('mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
    union all select format('function %s %s', p.oid::regprocedure, md5(case p.prokind when 'a' then '' else pg_get_functiondef(p.oid) end || coalesce(obj_description(p.oid), '')))
        from pg_proc p where p.pronamespace in ('mo'::regnamespace, 'mo_data'::regnamespace, 'mo_dashboard'::regnamespace)
    union all select format('constraint %s %s %s', t.conrelid::regclass, t.conname, pg_get_constraintdef(t.oid))
        from pg_constraint t join pg_class c on c.oid = t.conrelid where not c.relispartition and t.connamespace in ('mo_data'::regnamespace)
    union all select format('index %s', pg_get_indexdef(i.indexrelid)) from pg_index i join pg_class c on c.oid = i.indrelid
        where not c.relispartition and c.relnamespace = 'mo_data'::regnamespace and i.indexrelid::regclass::text !~ 'site_'
    union all select format('trigger %s %s', t.tgrelid::regclass, pg_get_triggerdef(t.oid)) from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and not c.relispartition and c.relnamespace = 'mo_data'::regnamespace
    union all select format('setting %s', s.name) from mo_data.setting s
    union all select format('kpi %s', k.kpi_id) from mo_data.kpi k where k.family <> 'prescribing_measure'
    union all select format('type %s %s', t.oid::regtype, obj_description(t.oid, 'pg_type')) from pg_type t where t.typnamespace = 'mo'::regnamespace
    union all select format('schema %s', obj_description('mo'::regnamespace, 'pg_namespace'))
    union all select format('aggregate %s %s %s', a.aggfnoid, a.aggtransfn, a.aggcombinefn) from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
        where p.pronamespace = 'mo'::regnamespace) x};
my $figures = q{select (select count(*) || ' ' || md5(string_agg(concat_ws('|', v.kpi_id, v.month, v.org_code, v.breakdown, v.numerator, v.denominator), ';'
        order by v.kpi_id collate "C", v.month, v.org_code collate "C", v.breakdown collate "C")) from mo_data.kpi_value v)
    || ' ' || (select count(*) || ' ' || md5(string_agg(concat_ws('|', f.kpi_id, f.month_start, f.org_code, f.numerator, f.value, f.value_status, f.peer_median_without_self), ';'
        order by f.kpi_id collate "C", f.month_start, f.org_code collate "C", f.org_type collate "C")) from mo_dashboard.fact_kpi f)};

for my $dump (@kept) {
    my ($version) = $dump =~ m{upgrade/([^/]+)/};
    my $current = psql("select default_version from pg_available_extensions where name = 'mo_dashboard'");
    my $share = psql("select setting from pg_config where name = 'SHAREDIR'");
    unzipped("test/upgrade/$version/mo_dashboard--$version.sql.gz", "$share/extension/mo_dashboard--$version.sql") if $version ne $current;

    $ENV{PGDATABASE} = 'postgres';
    psql('drop database if exists mo_upgrade with (force)');
    psql('create database mo_upgrade');
    $ENV{PGDATABASE} = 'mo_upgrade';
    psql("create extension mo_dashboard version '$version'");
    my ($code, $out, $err) = MoDash::run_program('psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-1', '-o', '/dev/null', '-f', unzipped($dump, scratch('kept.sql')));
    is($code, 0, "$version: the database is restored") or diag $err;
    psql_error('set client_min_messages = warning; create schema site; create view site.page as select org_code, kpi_name, display_value from mo_dashboard.dashboard;
        create view site.fact as select * from mo_dashboard.fact_kpi; create index site_value on mo_data.kpi_result (value);
        alter table mo_data.incident add column site_note text; create table site.note (org_code text)');
    my $before = psql($figures);
    is(psql("set client_min_messages = warning; begin; delete from mo_data.kpi_value; call mo_data.refresh('2020-01-01', '2030-01-01'); $figures; rollback"), $before,
        "$version: until the update, the old layer counts the same with the new library");

    ($code, $out, $err) = psql_error("alter extension mo_dashboard update to '$current'");
    is($code, 0, "$version: the extension is brought to $current") or diag $err;
    ($code, $out, $err) = psql_error('set client_min_messages = warning; call mo.update_dashboard()');
    is($code, 0, "$version: and the layer") or diag $err;
    is(psql($figures), $before, "$version: every figure is what it was");
    is(psql(q{select string_agg(what || ': ' || detail, '; ') from mo_data.after_restore() where state = 'failed'}), '', "$version: the layer's own check finds nothing wrong");
    is(psql('select count(*) > 0 from site.page, site.fact limit 1'), 't', "$version: the site's views are there");
    is(psql(q{select count(*) from pg_class where relname = 'site_value'}), '1', "$version: and its index");
    is(psql(q{select count(*) > 0 and bool_and(m.value_00 is not distinct from d.value and m.month_start is not distinct from d.month_start)
        from mo_dashboard.dashboard d full join mo_dashboard.kpi_months m using (org_key, kpi_id)}), 't', "$version: the page and its months are filled, before any refresh");
    psql('drop schema site cascade; alter table mo_data.incident drop column site_note; drop index mo_data.site_value') if $code == 0;
    my $upgraded = psql($catalogue);
    ($code, $out, $err) = psql_error('set client_min_messages = warning; call mo.update_dashboard()');
    is($code, 0, "$version: a second update does no harm") or diag $err;

    fresh_database('mo_upgrade_fresh');
    my $fresh = psql($catalogue);
    my %in = (upgraded => {map { $_ => 1 } split /\n/, $upgraded}, fresh => {map { $_ => 1 } split /\n/, $fresh});
    my @differences = ((map { "only upgraded: $_" } grep { !$in{fresh}{$_} } sort keys %{$in{upgraded}}), (map { "only fresh: $_" } grep { !$in{upgraded}{$_} } sort keys %{$in{fresh}}));
    is(scalar @differences, 0, "$version: the catalogue is that of a fresh install (" . keys(%{$in{fresh}}) . ' objects)') or diag join "\n", @differences[0 .. ($#differences < 30 ? $#differences : 30)];

    $ENV{PGDATABASE} = 'mo_upgrade';
    # 1.0 took a dictionary of codes, and a file whose events bear no full date, for word of the months since: the figures of 0 it made of them go; scopes of practice are a register, true until the next
    my $counted = q{select count(*) || ' ' || md5(string_agg(concat_ws('|', kpi_id, month, org_code, breakdown, numerator, denominator), ';'
        order by kpi_id collate "C", month, org_code collate "C", breakdown collate "C")) from mo_data.kpi_value};
    # a target of 0 reviews was a figure of 0 / 0, and is none
    my $was = psql("$counted v where (month <= (select max(m.month) from mo_data.load_batch b, unnest(b.months) as m (month)) or kpi_id = 'scope_current')
        and not (kpi_id = 'smr_completed' and breakdown <> '' and numerator = 0 and denominator = 0
            and exists (select from mo_data.cohort_target t where (t.pcn_code, t.cohort_code, t.target_patients) = (v.org_code, v.breakdown, 0)))");
    isnt($was, psql($counted), "$version: there are figures of months of which no file says anything") if $version eq '1.0';
    psql('set client_min_messages = warning; call mo_data.refresh()');
    is(psql($counted), $was, "$version: a refresh counts the same, and nothing of a month that no file knows");
    $ENV{PGDATABASE} = 'postgres';
    psql("drop database $_ with (force)") for qw(mo_upgrade mo_upgrade_fresh);
}
done_testing();
