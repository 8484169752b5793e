#!/usr/bin/env perl
# Whatever happened before, what is stored after a refresh is what a refresh from nothing would store: after each of RANDOM_STEPS (6; make
# refresh-random: 400) turns of random files, edits and refreshes of some months, all that refresh() keeps is made again in a transaction that is
# rolled back, and compared row by row; and base figures are the sums of their records. RANDOM_SEED (1) gives the same turns again.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashDemo;
use MoDashRandom qw(random_turn);

my $steps = $ENV{RANDOM_STEPS} // 6;
my $seed = $ENV{RANDOM_SEED} // 1;
srand($seed);

fresh_database("mo_refresh_random_$seed");
make_records_of_kpis();
my $demo = demo_data(qw(--practices 12 --months 15 --patients-per-practice 30 --rows-per-practice 25));

# Tables that refresh() fills, with what tells their rows apart, and columns that say when or by which run a row was written.
psql(q{
    create table public.kept (name text, keys text[], apart text[], follows text); -- the KPI it follows; '': its column says
    insert into public.kept values
        ('kpi_value', '{kpi_id,month,org_code,breakdown}', '{run_id}', ''),
        ('kpi_month', '{kpi_id,month}', '{run_id,first_run_id}', ''),
        ('kpi_coverage', '{kpi_id,org_type,icb_code}', '{run_id}', ''),
        ('kpi_result', '{kpi_id,month,org_key,breakdown}', '{run_id}', ''),
        ('kpi_latest', '{kpi_id,org_key}', '{run_id}', ''),
        ('kpi_variation', '{group_code,kpi_id,month,org_type}', '{run_id}', ''),
        ('page_row', '{kpi_id,org_key,unsuppressed,shown_from}', '{run_id}', ''),
        ('page_months', '{kpi_id,org_key,unsuppressed}', '{}', ''),
        ('measure_position', '{org_key,kpi_id,month}', '{}', ''),
        ('measure_decile', '{kpi_id,month,org_type}', '{}', ''),
        ('price_per_unit', '{month,generic_code}', '{}', null),
        ('price_per_unit_saving', '{org_key,month,generic_code}', '{}', null),
        ('sea_theme_cell', '{org_key,quarter_start,theme_code,harm_code}', '{run_id}', 'sea_raised'),
        ('source_reconciliation', '{source,month,category}', '{run_id}', null),
        ('source_left_out', '{source}', '{run_id}', null);
    create function public.alike(a jsonb, b jsonb) returns boolean language sql immutable
        as $$ -- numbers to nine digits: sums of the same numbers in another order
        select a = b or a is not null and b is not null and not exists (
            select from jsonb_each(a) x join jsonb_each(b) y using (key)
            where x.value <> y.value and (jsonb_typeof(x.value) <> 'number' or jsonb_typeof(y.value) <> 'number'
                or abs((x.value)::float8 - (y.value)::float8) > 1e-9 * greatest(abs((x.value)::float8), abs((y.value)::float8), 1e-9)))
        $$;
    create function public.differences() returns table (name text, place jsonb, columns jsonb) language plpgsql
        as $$ declare k record; begin -- rows that are on one side only, or the columns that differ
            for k in select * from public.kept loop
                return query execute format('
                    select %1$L, place, case when o.row is null or n.row is null then jsonb_build_object(''was there'', o.row is not null, ''is there'', n.row is not null)
                        else (select jsonb_object_agg(x.key, jsonb_build_array(x.value, n.row -> x.key)) from jsonb_each(o.row) x where x.value <> n.row -> x.key) end
                    from (select jsonb_build_array(%2$s) as place, to_jsonb(t) - %3$L::text[] as row from pg_temp.%4$I t) o
                        full join (select jsonb_build_array(%2$s) as place, to_jsonb(t) - %3$L::text[] as row from mo_data.%1$I t) n using (place)
                    where (%5$L is null or exists ( -- what there is of a KPI that is off is not kept up to date
                            select from mo_data.kpi k where k.is_active and k.kpi_id = coalesce(coalesce(o.row, n.row) ->> ''kpi_id'', %5$L)))
                        and o.row is distinct from n.row and (o.row is null or n.row is null or not public.alike(o.row, n.row))',
                    k.name, array_to_string(k.keys, ','), k.apart, 'was_' || k.name, k.follows);
            end loop;
        end $$;
    create view public.records_apart as -- base figures that are not the sums of their records
        select 'records of ' || kpi_id as name, jsonb_build_array(month, org_code, breakdown) as place,
            jsonb_build_array(r.numerator, v.numerator, r.denominator, v.denominator) as columns
        from (
                select f.kpi_id, f.month, f.org_code, f.breakdown, sum(f.numerator) as numerator, sum(f.denominator) as denominator
                from public.records_of_kpis(true) f group by 1, 2, 3, 4
            ) r
            full join (
                select w.kpi_id::text, w.month, w.org_code::text, w.breakdown::text, w.numerator, w.denominator
                from mo_data.kpi_value w join mo_data.kpi k on k.kpi_id = w.kpi_id and k.is_active
            ) v using (kpi_id, month, org_code, breakdown)
        where r.numerator is null or v.numerator is null
            or not public.alike(jsonb_build_object('n', r.numerator, 'd', r.denominator), jsonb_build_object('n', v.numerator, 'd', v.denominator));
    create procedure public.refresh_from_nothing() language plpgsql
        as $$ declare k record; begin
            for k in select * from public.kept loop
                execute format('create temporary table %I on commit drop as select * from mo_data.%I', 'was_' || k.name, k.name);
            end loop;
            set local session_replication_role = replica; -- what is kept for ever stays out of it only by its triggers
            execute (select 'truncate mo_data.refresh_run, mo_data.event_month_set, mo_data.event_month_set_month, mo_data.event_month_set_edit, '
                'mo_data.refresh_prescribing, mo_data.refresh_prescribing_month, mo_data.refresh_prescribing_edit, mo_data.price_per_unit_month, '
                || string_agg('mo_data.' || t.name, ', ') || ' cascade' from public.kept t);
            set local session_replication_role = origin;
            call mo_data.refresh();
        end $$});

sub agrees {
    my ($what) = @_;
    my $differing = psql(q{set client_min_messages = warning; begin; call public.refresh_from_nothing();
        select d.name || ': ' || count(*) || ', such as ' || min(d.place::text || ' ' || d.columns::text) from (select * from public.differences() union all select * from public.records_apart) d
        group by d.name order by d.name;
        rollback});
    return if ok($differing eq '', $what);
    diag("RANDOM_SEED=$seed: stored, and from nothing: ", map { substr($_, 0, 1500) . "\n" } split /\n/, $differing);
    done_testing(); # what comes after would differ for the same reason
    exit;
}

load_demo($demo);
psql('set client_min_messages = warning; call mo_data.refresh()');
cmp_ok(psql('select count(*) from mo_data.kpi_result'), '>', 5000, 'there are results');
agrees('a first refresh');

# Turns that once left something behind.
my $own = q{(select min(org_code) from mo_data.organisation where org_type = 'sub_icb' and org_code <> '99Z')};
for my $turn (
    ['rows of prescribing deleted, and their months counted again: prices', q{delete from mo_data.prescribing where practice_code < 'X10003';
        call mo_data.refresh('2020-01-01', '2026-12-01')}],
    ['patients to be reviewed edited by hand', 'update mo_data.cohort_target set target_patients = target_patients + 3'],
    ['a practice closed: the list sizes of incident_rate', q{update mo_data.organisation set open_to = '2026-03-10' where org_code = 'X10004'}],
    ['another ICB', q{insert into mo_data.organisation (org_code, org_type, name) values ('QZZ', 'icb', 'Another ICB'), ('99Z', 'sub_icb', 'Its sub-ICB');
        insert into mo_data.organisation_parent (org_code, parent_type, parent_code) select '99Z', 'icb', 'QZZ'
            union all select 'QZZ', 'region', min(parent_code) from mo_data.organisation_parent where parent_type = 'region';
        update mo_data.organisation_parent set parent_code = '99Z' where parent_type = 'sub_icb'
            and org_code in (select min(org_code) from mo_data.organisation where org_type = 'pcn' union all
                select c.org_code from mo_data.organisation_parent c where c.parent_type = 'pcn'
                    and c.parent_code = (select min(org_code) from mo_data.organisation where org_type = 'pcn'))}],
    ['... which was a mistake: nobody waits for it', "update mo_data.organisation_parent set parent_code = $own where parent_type = 'sub_icb' and parent_code = '99Z'"],
    ['every saving shown', 'update mo_data.price_per_unit_threshold set least_saving = 0'],
    ['a KPI off', q{update mo_data.kpi set is_active = false where kpi_id = 'reconciliation_7_days'}],
    ['... its records changed', q{update mo_data.discharge set reconciled_on = received_on + 1 where reconciled_on is null;
        delete from mo_data.discharge where practice_code = 'X10001'}],
    ['... and on again', q{update mo_data.kpi set is_active = true where kpi_id = 'reconciliation_7_days'}]) {
    my ($what, $sql) = @$turn;
    psql("set client_min_messages = warning; $sql");
    psql('set client_min_messages = warning; call mo_data.refresh()');
    agrees($what);
}

for my $step (1 .. $steps) {
    my @done = random_turn($demo);
    my ($code, $out, $err) = modash('refresh');
    is($code, 0, "$step: refresh") or diag $out . $err;
    agrees("$step: " . join '; ', @done);
}
done_testing();
