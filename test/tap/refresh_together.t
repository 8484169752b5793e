#!/usr/bin/env perl
# KPIs counted at once, by several processes: the same figures as one after the other, a first time and again; a function that is not parallel safe
# stays with the process that refreshes; one that gives months it was not asked for is refused.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;

fresh_database('mo_refresh_together');
my $demo = demo_data(qw(--practices 6 --months 6 --patients-per-practice 30 --rows-per-practice 30));
load_demo($demo);

# Its figure is the process that counted it.
sub site_kpi {
    my ($name, $safety, $month) = @_;
    psql(qq{create function mo_data.kpi_$name(from_month date, to_month date)
            returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
            language sql stable parallel $safety set search_path = pg_catalog, pg_temp
            as \$\$ select o.org_code, ($month)::date, null::text, 'process', pg_backend_pid()::double precision, 0::double precision
                from mo_data.organisation o where o.org_type = 'practice' order by o.org_code limit 1 \$\$;
        call mo_data.register_kpi(kpi_id => '$name', family => 'des_assurance', page_order => 900, name => '$name', short_name => '$name', unit => 'count',
            numerator_wording => 'a process', denominator_wording => 'none: a count', direction => 'neither', sources => array['incident'], rationale => 'r', reference => 'r')});
    return;
}
# Counts every KPI for all its months; the process that did.
sub refresh_all {
    my ($first, $last) = split /\|/, psql("select min(first_month) || '|' || max(last_month) from mo_data.kpi_span()");
    my ($leader) = psql("call mo_data.refresh('$first', '$last'); select 'process ' || pg_backend_pid()") =~ /process (\d+)/ or die;
    return $leader;
}
sub last_log { return psql("select count(*) from mo_data.refresh_log l where l.run_id = (select max(run_id) from mo_data.refresh_run) and $_[0]") }

site_kpi('local_process_safe', 'safe', 'to_month');
site_kpi('local_process_unsafe', 'unsafe', 'to_month');
my $leader = refresh_all();
cmp_ok(last_log("l.what = 'count together'"), '>=', 1, 'KPIs are counted together');
is(last_log("l.what = 'count'"), psql('select count(*) from mo_data.kpi_span() where first_month <= last_month'), '... and each has its step');
isnt(psql("select max(numerator) from mo_data.kpi_value where kpi_id = 'local_process_safe'"), $leader, 'a parallel safe function is called by another process');
is(psql("select max(numerator) from mo_data.kpi_value where kpi_id = 'local_process_unsafe'"), $leader, '... one that is not, by the one that refreshes');
cmp_ok(psql('select count(distinct kpi_id) from mo_data.kpi_value'), '>=', 18, 'every KPI has figures');

psql("update mo_data.kpi set is_active = false where kpi_id in ('local_process_safe', 'local_process_unsafe')");

refresh_all();
cmp_ok(last_log("l.what = 'count together'"), '>=', 1, 'counted again, together');
is(psql('select figures_written from mo_data.refresh_run order by run_id desc limit 1'), 0, '... nothing has changed');
psql("do \$\$ declare f regprocedure; begin
    for f in select p.oid from mo_data.kpi k join pg_proc p on p.oid = to_regprocedure(mo_data.kpi_function(k.kpi_id, false) || '(date, date)') where not k.is_shared loop
        execute format('alter function %s parallel unsafe', f);
    end loop; end \$\$");
refresh_all();
is(last_log("l.what = 'count together' and l.kpi_id is null and l.rows > 0 and not exists (select from mo_data.kpi k where k.is_shared and k.is_active)"), 0, 'counted one after the other');
is(psql('select figures_written from mo_data.refresh_run order by run_id desc limit 1'), 0, '... they are the same');

# Pages of more KPIs than one process works on: the same rows, each once.
for my $rows (qw(page_rows page_months)) {
    my $arguments = $rows eq 'page_rows' ? ', null' : ''; # rows of no refresh in particular
    my ($one, $more) = ("mo_data.${rows}_of(null$arguments)", "mo_data.${rows}_at_once(null$arguments)");
    my $differences = "select count(*) from ((select r::text from $more r except all select r::text from $one r)
        union all (select r::text from $one r except all select r::text from $more r)) d";
    my $large = 'create or replace function mo_data.page_is_large(rows integer) returns boolean language sql stable set search_path = pg_catalog, pg_temp as $$ select %s $$';
    cmp_ok(psql("select count(*) from $one"), '>', 100, "$rows: rows");
    is(psql("begin; " . sprintf($large, 'true') . "; $differences; rollback"), 0, '... and the same by several processes');
    is(psql("begin; " . sprintf($large, 'true') . "; select count(*) from mo_data.${rows}_at_once('{smr_completed,sea_raised,incident_rate,scope_current,supervision_current}'$arguments) r
        where r.kpi_id not in ('smr_completed', 'sea_raised', 'incident_rate', 'scope_current', 'supervision_current'); rollback"), 0, '... of the KPIs asked for only');
}

# A first time, one after the other: what the processes made must be made again, bit for bit.
psql('create table public.together as select kpi_id, month, org_code, breakdown, numerator, denominator from mo_data.kpi_value v
        where exists (select from mo_data.kpi k where k.kpi_id = v.kpi_id and k.is_active);
    set session_replication_role = replica; truncate mo_data.refresh_run, mo_data.kpi_value, mo_data.kpi_result, mo_data.kpi_latest cascade');
refresh_all();
is(psql('select count(*) from (select kpi_id, month, org_code, breakdown, numerator, denominator from mo_data.kpi_value except table public.together) x'), 0, 'a first time, one after the other: no other figure');
is(psql('select count(*) from (table public.together except select kpi_id, month, org_code, breakdown, numerator, denominator from mo_data.kpi_value) x'), 0, '... and none missing');

for my $safety (qw(safe unsafe)) {
    psql("alter function mo_data.kpi_incident_rate(date, date) parallel safe; alter function mo_data.kpi_sea_raised(date, date) parallel safe");
    site_kpi("local_stray_$safety", $safety, "from_month - interval '1 month'");
    my $runs = psql('select count(*) from mo_data.refresh_run');
    my ($code, $out, $err) = modash('refresh');
    isnt($code, 0, "a $safety function that gives other months than it was asked for is refused");
    like($err . $out, qr/the function of KPI local_stray_$safety gave figures of other months/, '... and named');
    is(psql('select count(*) from mo_data.refresh_run'), $runs, '... nothing is published');
    psql("update mo_data.kpi set is_active = false where kpi_id = 'local_stray_$safety'");
}

done_testing();
