#!/usr/bin/env perl
# Drill-through on the demo data: for every KPI, organisation, month and breakdown there is, the records add up to the figure; the function
# of totals agrees with the function of records; kpi_record itself on a sample; again after late and corrected files.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;

fresh_database('mo_drill_through');
make_records_of_kpis();
my $demo = demo_data(qw(--practices 12 --months 18));

# An organisation without a record in a published month has the figure 0; nothing else has a figure without records.
# What differs, by KPI: base figures and all levels from the records, and totals from records.
my $compare = <<'SQL';
create or replace function pg_temp.near(a double precision, b double precision) returns boolean language sql immutable
    as $$ select coalesce(abs(a - b) <= 1e-9 * greatest(abs(a), abs(b)), a is null and b is null) $$;
create temporary table detail as select * from public.records_of_kpis(true);
create temporary table total as select * from public.records_of_kpis(false);
create temporary table ancestor as
    select date_trunc('month', day)::date as month, org_code, ancestor_type, ancestor_code
    from mo_data.organisation_ancestor_on((select array_agg(distinct (month + interval '1 month')::date - 1) from mo_data.kpi_month));
analyze detail, total, ancestor;
create temporary table rolled_up as
    select r.kpi_id, r.month, a.ancestor_type as org_type, a.ancestor_code as org_code, r.breakdown, sum(numerator) as numerator, sum(denominator) as denominator
    from detail r join ancestor a using (month, org_code) group by 1, 2, 3, 4, 5;
analyze rolled_up;
create temporary view discrepancy as
    select 'result' as what, kpi_id, month, org_type, org_code, breakdown, a.numerator, a.denominator, f.numerator as f_numerator, f.denominator as f_denominator
    from rolled_up a
        full join (select kpi_id::text, month, org_type::text, org_code::text, breakdown::text, numerator, denominator from mo_data.kpi_result) f
            using (kpi_id, month, org_type, org_code, breakdown)
    where f.numerator is null or a.numerator is null and breakdown <> '' or not pg_temp.near(coalesce(a.numerator, 0), f.numerator) or not pg_temp.near(coalesce(a.denominator, 0), f.denominator)
    union all
    select 'total', kpi_id, month, '', org_code, breakdown, a.numerator, a.denominator, f.numerator, f.denominator
    from (select kpi_id, month, org_code, breakdown, sum(numerator) as numerator, sum(denominator) as denominator from detail group by 1, 2, 3, 4) a
        full join (select kpi_id, month, org_code, breakdown, sum(numerator) as numerator, sum(denominator) as denominator from total group by 1, 2, 3, 4) f
            using (kpi_id, month, org_code, breakdown)
    where a.kpi_id is null or f.kpi_id is null or not pg_temp.near(a.numerator, f.numerator) or not pg_temp.near(a.denominator, f.denominator)
    union all
    select 'value', kpi_id, month, '', org_code, breakdown, a.numerator, a.denominator, f.numerator, f.denominator
    from (select kpi_id, month, org_code, breakdown, sum(numerator) as numerator, sum(denominator) as denominator from detail group by 1, 2, 3, 4) a
        full join mo_data.kpi_value f using (kpi_id, month, org_code, breakdown)
    where a.kpi_id is null or f.kpi_id is null or not pg_temp.near(a.numerator, f.numerator) or not pg_temp.near(a.denominator, f.denominator);
create temporary table found as select * from discrepancy;
SQL
my $report = <<'SQL';
select string_agg(format('%s %s %s %s %s "%s": records %s / %s, figure %s / %s', what, kpi_id, month, org_type, org_code, breakdown, numerator, denominator, f_numerator, f_denominator), E'\n')
from (select * from found limit 20) d;
SQL

sub agrees {
    my ($when) = @_;
    my @lines = split /\n/, psql_script($compare . <<'SQL');
select 'kpi', k.kpi_id, (select count(*) from detail r where r.kpi_id = k.kpi_id), (select count(*) from mo_data.kpi_result f where f.kpi_id = k.kpi_id),
    (select count(*) from found d where d.kpi_id = k.kpi_id and what = 'result'), (select count(*) from found d where d.kpi_id = k.kpi_id and what = 'total'),
    (select count(*) from found d where d.kpi_id = k.kpi_id and what = 'value')
from mo_data.kpi k where k.is_active order by k.page_order;
select 'keys', count(*) from (select from detail group by kpi_id, org_code, month, breakdown, record_key having count(*) > 1 or record_key is null) twice;
begin;
delete from mo_data.kpi_result where ctid = (select max(ctid) from mo_data.kpi_result where breakdown = '' and numerator > 0);
update mo_data.kpi_result set numerator = numerator + 1 where ctid = (select min(ctid) from mo_data.kpi_result);
select 'notices', count(*) from discrepancy where what = 'result';
rollback;
SQL
    for (map { [split /\|/] } @lines) {
        my ($what, @figures) = @{$_};
        if ($what eq 'kpi') {
            my ($kpi, $records, $results, $result, $total, $value) = @figures;
            ok($records > 0 && $results > 0, "$when: $kpi has records ($records) and figures ($results)");
            is("$result $total $value", '0 0 0', "$when: $kpi: records add up to every figure, to every base figure, and to the totals")
                or diag psql_script($compare . ($report =~ s/from found/from found where kpi_id = '$kpi'/r));
        }
        elsif ($what eq 'keys') { is($figures[0], 0, "$when: no record is there twice, none has no key") }
        else { is($figures[0], 2, "$when: one figure changed and one taken out are noticed") }
    }
    return;
}

# kpi_record itself: cells of all levels, their parts and nothing else.
sub sample_agrees {
    my ($when, $seed) = @_;
    my ($cells, $wrong, $levels) = split /\|/, psql(<<"SQL");
with cell as materialized (
    select kpi_id, month, org_code from (select distinct kpi_id::text, month, org_code::text from mo_data.kpi_result) c
    order by md5(concat_ws('|', '$seed', kpi_id, month, org_code)) limit 100
), record as materialized (
    select c.*, coalesce(r.breakdown, '') as breakdown, coalesce(sum(r.numerator), 0) as numerator, coalesce(sum(r.denominator), 0) as denominator
    from cell c cross join lateral mo_data.kpi_record(c.kpi_id, c.org_code, c.month) r group by 1, 2, 3, 4
), figure as (
    select f.kpi_id::text, f.month, f.org_code::text, f.breakdown::text, f.numerator, f.denominator, f.org_type
    from mo_data.kpi_result f join cell c on c.kpi_id = f.kpi_id and c.month = f.month and c.org_code = f.org_code
)
select (select count(*) from cell),
    (select count(*) from record r full join figure f using (kpi_id, month, org_code, breakdown)
        where coalesce(not (abs(r.numerator - f.numerator) <= 1e-9 * abs(f.numerator) and abs(r.denominator - f.denominator) <= 1e-9 * abs(f.denominator)), f.kpi_id is null or breakdown <> '' or f.numerator <> 0 or f.denominator <> 0)),
    (select count(distinct org_type) from figure)
SQL
    is("$cells $wrong", '100 0', "$when: kpi_record of 100 cells of $levels levels adds up to their figures and parts");
    cmp_ok($levels, '>=', 4, "$when: at practices, PCNs and above");
    return;
}

load_demo($demo);
my ($code, $out, $err) = modash('refresh');
is($code, 0, 'refresh') or diag $err;
is(psql('select string_agg(k.kpi_id, \' \') from mo_data.kpi k where is_active and not exists (select from mo_data.kpi_result r where r.kpi_id = k.kpi_id)'), '', 'every KPI has figures');
agrees('at first');
sample_agrees('at first', 1);

my $before = psql("select md5(string_agg(v::text, ';' order by kpi_id, month, org_code, breakdown)) from mo_data.kpi_value v");
load_demo("$demo/$_") for grep { -d "$demo/$_" } qw(late corrected);
($code, $out, $err) = modash('refresh');
is($code, 0, 'refresh after late and corrected files') or diag $err;
isnt(psql("select md5(string_agg(v::text, ';' order by kpi_id, month, org_code, breakdown)) from mo_data.kpi_value v"), $before, '... which changed figures');
agrees('after corrections');
sample_agrees('after corrections', 2);
done_testing();
