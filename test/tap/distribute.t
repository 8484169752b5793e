#!/usr/bin/env perl
# distribute(): refused without Citus, whatever calls itself so; with an extension of Citus's name and functions (a stand-in that notes the calls:
# the real one is not in Debian) it places every table once, and says which cannot be distributed and why. test/citus_check runs the comparison.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_distribute');
my ($code, $out, $err) = psql_error('select * from mo_data.distribute()');
ok($code && $err =~ /Citus is not installed in database mo_distribute/ && $err =~ /HINT:.*CREATE EXTENSION citus/, 'without Citus: refused, with what to do')
    or diag $err;
like(psql(q{do $$ begin perform mo_data.distribute(); exception when feature_not_supported then perform set_config('mo.said', 'refused', false); end $$; select current_setting('mo.said')}),
    qr/^refused$/, 'as a feature that is not supported here');
psql(q{create function public.create_distributed_table(regclass, text, colocate_with text default '') returns void language sql as 'select';
    create function public.create_reference_table(regclass) returns void language sql as 'select';
    create view public.citus_tables as select null::regclass as table_name, null::text as citus_table_type, null::text as distribution_column where false});
($code, $out, $err) = psql_error('select * from mo_data.distribute()');
ok($code && $err =~ /Citus is not installed/, 'functions of these names in schema public are not Citus');
psql('drop view public.citus_tables; drop function public.create_distributed_table, public.create_reference_table');

sub rows_of { return map { my @f = split /\|/; ($f[0] => {placement => $f[1], column => $f[2], why => $f[3]}) } split /\n/, psql("select * from $_[0] order by 1") }
my %plan = rows_of('mo_data.distribution_plan()');
is(join(' ', grep { $plan{$_}{placement} eq 'distributed' } sort keys %plan), 'alert_action cohort_member list_size patient prescribing registration switch_action',
    'tables whose keys hold their column are distributed');
for my $table (qw(activity discharge new_start pincer_hazard)) {
    like($plan{$table}{why}, qr/^its key mo_data\.${table}_pkey \([a-z_, ]+\) does not hold (practice_code|patient_key): no shard can see/, "$table: says what is in the way");
}
is(join(' ', grep { $plan{$_}{placement} eq 'reference' } qw(organisation code_set cohort weight alert bnf_presentation)), 'organisation code_set cohort weight alert bnf_presentation',
    'reference tables');
is(join(' ', grep { $plan{$_}{placement} eq 'local' } qw(kpi_value kpi_result page_row page_months access_scope refresh_run organisation_key load_batch kpi)),
    'kpi_value kpi_result page_row page_months access_scope refresh_run organisation_key load_batch kpi', 'results stay on the server that everybody asks');
is(psql(q{select count(*) from pg_class c where c.relnamespace = 'mo_data'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition}), scalar(keys %plan),
    'the plan names every table once');
# What Citus asks of foreign keys: a table on every server refers to such tables only, a distributed one to those or, through its column, to its like.
my %wrong = map { my ($from, $to) = split /\|/; ("$from -> $to" => "$plan{$from}{placement} -> $plan{$to}{placement}") }
    split /\n/, psql(q{select distinct f.relname, t.relname from pg_constraint c join pg_class f on f.oid = c.conrelid join pg_class t on t.oid = c.confrelid
        where c.contype = 'f' and f.relnamespace = 'mo_data'::regnamespace and not f.relispartition});
is_deeply([grep { $wrong{$_} !~ /^local -> (local|reference)$|^(reference|distributed) -> reference$/ } sort keys %wrong], [], 'no foreign key is in the way');

our @made;
END { unlink @made }
my $folder = psql(q{select setting || '/extension' from pg_config where name = 'SHAREDIR'});
SKIP: {
    skip 'Citus is installed here, or the folder of extensions cannot be written', 10
        if !-w $folder || psql(q{select count(*) from pg_available_extensions where name = 'citus'});
    @made = map { "$folder/$_" } qw(citus.control citus--12.1.sql);
    open my $control, '>', $made[0] or die;
    print {$control} "default_version = '12.1'\nrelocatable = false\nschema = pg_catalog\n";
    close $control;
    open my $script, '>', $made[1] or die;
    print {$script} <<'SQL';
create schema citus_internal;
create table citus_internal.call (n integer generated always as identity, table_name regclass, citus_table_type text, distribution_column text, beside text);
create view citus_internal.citus_tables as select table_name, citus_table_type, coalesce(distribution_column, '<none>') as distribution_column from citus_internal.call;
create function pg_catalog.create_distributed_table(table_name regclass, distribution_column text, distribution_type text default 'hash', colocate_with text default 'default', shard_count integer default null)
    returns void language plpgsql as $$
begin
    insert into citus_internal.call (table_name, citus_table_type, distribution_column, beside) values ($1, 'distributed', $2, $4);
    if current_setting('citus.loses', true) = 'on' and $1 = 'mo_data.discharge'::regclass then
        create rule loses as on insert to mo_data.discharge where new.patient_key % 3 = 0 do instead nothing;
    end if;
end $$;
create function pg_catalog.create_reference_table(table_name regclass)
    returns void language sql as $$ insert into citus_internal.call (table_name, citus_table_type) values ($1, 'reference') $$;
SQL
    close $script;
    psql('create extension citus');
    my %placed = rows_of('mo_data.distribute()');
    is_deeply({map { ($_ => [@{$placed{$_}}{qw(placement)}]) } keys %placed}, {map { ($_ => [@{$plan{$_}}{qw(placement)}]) } keys %plan}, 'with Citus: every table where the plan puts it');
    my $distributed = psql(q{select string_agg(format('%s by %s, %s', c.table_name, c.distribution_column, c.beside), '; ' order by c.n) from citus_internal.call c where c.distribution_column is not null});
    is($distributed, 'mo_data.cohort_member by patient_key, default; mo_data.patient by patient_key, mo_data.cohort_member; mo_data.registration by patient_key, mo_data.cohort_member; '
        . 'mo_data.switch_action by patient_key, mo_data.cohort_member; mo_data.alert_action by practice_code, default; mo_data.list_size by practice_code, mo_data.alert_action; '
        . 'mo_data.prescribing by practice_code, mo_data.alert_action', 'tables of one column lie side by side');
    is(psql(q{select count(*) from pg_constraint c join citus_internal.call a on a.table_name = c.conrelid join citus_internal.call b on b.table_name = c.confrelid
        where c.contype = 'f' and b.n > a.n}), 0, 'a table that others refer to goes first');
    is(psql('select count(*) - count(distinct table_name) from citus_internal.call'), 0, 'each once');
    my %again = rows_of('mo_data.distribute()');
    is(psql('select count(*) - count(distinct table_name) from citus_internal.call') . ' ' . (grep { $_->{placement} ne 'local' && $_->{why} ne 'was so already' } values %again), '0 0',
        'called again it changes nothing');
    my %widened = rows_of('mo_data.distribute(widen_keys => true)');
    is($widened{activity}{placement} . ' ' . $widened{activity}{why} . ' '
        . psql(q{select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'mo_data.activity'::regclass and contype = 'p'}),
        'distributed its key was widened by patient_key PRIMARY KEY (source_system, event_id, patient_key)', 'widen_keys adds the column and distributes');
    is(psql(q{select string_agg(distinct c.beside, ' ') from citus_internal.call c where c.table_name in ('mo_data.activity'::regclass, 'mo_data.new_start'::regclass)}),
        'mo_data.cohort_member', 'beside the tables it is joined with');
    is(psql(q{select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'mo_data.discharge'::regclass and contype = 'p'}), 'PRIMARY KEY (discharge_id, practice_code)',
        'each by its own column');
    psql('drop extension citus cascade');

    # The comparison with one server, which this cluster is; then with a cluster that loses rows.
    my ($made_code, undef, $made_err) = modash('demo-data', scratch('files'), qw(--practices 4 --months 3 --to 2026-08 --seed 2));
    die $made_err if $made_code;
    for my $run ([same => 0, qr/^the same: \d\d+ groups of figures/m], [lost => 256, qr/^different.*reconciliation_7_days/ms]) {
        my ($name, $status, $said) = @$run;
        $ENV{PGDATABASE} = 'postgres';
        for my $database (qw(mo_citus_check mo_citus_single)) { psql("drop database if exists $database with (force)"); psql("create database $database") unless $database =~ /check/ }
        local $ENV{CITUS_CHECK_SINGLE} = 'mo_citus_single';
        local $ENV{PGOPTIONS} = $name eq 'lost' ? '-c citus.loses=on' : '';
        my $text = `test/citus_check '@{[scratch('files')]}' 2>&1`;
        ok($? == $status && $text =~ $said && $text =~ /cluster: 11 tables distributed/, "citus_check: $name") or diag $?, $text;
    }
    psql("drop database if exists $_ with (force)") for qw(mo_citus_check mo_citus_single);
}
done_testing();
