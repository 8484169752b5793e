#!/usr/bin/env perl
# Somebody who may read every organisation tries to find hidden figures: by solving all published sums together, by bounds, from any
# number beside a suppressed figure, and by comparing two worlds that differ in nothing but hidden figures. He fails; and he does not
# when secondary suppression is switched off.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashAttack;
use MoDashDemo;

srand 20261122;
sub as_reader { local $ENV{PGUSER} = 'mo_attacker'; return psql($_[0]) }
sub reader_of { my ($database) = @_; psql("select mo_data.grant_reader('mo_attacker')"); return }
sub drop_reader {
    local $ENV{PGDATABASE} = 'postgres';
    for my $database (qw(mo_attack_demo mo_attack_a mo_attack_b)) { psql("drop database if exists $database with (force)") }
    psql('drop role if exists mo_attacker');
    return;
}
drop_reader();

# ---------------------------------------------------------------- what everybody knows, made without the product's own way of adding up
# Cells with what is shown, and equations: every organisation is the sum of its practices, and of what is next below; the KPI is the sum of
# its parts where that is so for every organisation and month, and not less than each part. attack.cell is readable, attack.truth not.
my $attack_views = <<'SQL';
create schema attack;
create view attack.shown with (security_barrier) as
    select kpi_id, month, org_type, org_code, breakdown, numerator, denominator, is_hidden from mo_data.kpi_shown;
create table attack.cell as
    select row_number() over (order by r.kpi_id, r.month, r.org_key, r.breakdown) as cell, r.kpi_id::text, r.month, r.org_type::text, r.org_code::text,
        r.breakdown::text, r.numerator, r.denominator, r.hidden from mo_data.kpi_result r join mo_data.kpi k using (kpi_id)
    where k.hide_from is not null and r.month = any (:months);
create index on attack.cell (kpi_id, month, org_code, org_type);
create table attack.below as
    select date_trunc('month', day)::date as month, ancestor_type, ancestor_code, 'practice' as org_type, a.org_code, 'sum of practices' as way
    from mo_data.organisation_ancestor_on((select array_agg(distinct (month + interval '1 month')::date - 1) from attack.cell)) a
        join mo_data.organisation o using (org_code) where o.org_type = 'practice' and ancestor_type <> 'practice'
    union all
    select date_trunc('month', day)::date, u.up_type, u.up_code, p.org_type, p.org_code, 'next below'
    from mo_data.organisation_path_on((select array_agg(distinct (month + interval '1 month')::date - 1) from attack.cell)) p
        cross join lateral (values ('icb', p.icb_code, p.org_type = 'pcn' or p.org_type = 'practice' and p.pcn_code is null),
            ('region', p.region_code, p.org_type = 'icb'), ('nation', p.nation_code, p.org_type = 'region')) u (up_type, up_code, is_next)
    where u.is_next and u.up_code is not null
    union all
    select date_trunc('month', day)::date, 'icb', p.icb_code, p.org_type, p.org_code, 'sub-ICBs of an ICB'
    from mo_data.organisation_path_on((select array_agg(distinct (month + interval '1 month')::date - 1) from attack.cell)) p
    where p.org_type = 'sub_icb' and p.icb_code is not null;
create table attack.link as
    select dense_rank() over (order by e.total, e.way) as equation, e.total, e.cell
    from (
        select s.total, s.way, s.cell, bool_and(s.adds_up) over (partition by s.kpi_id, s.way, s.everywhere) as holds
        from (
            select t.kpi_id, t.cell as total, b.way, t.org_type || t.org_code as everywhere, c.cell,
                sum(c.numerator) over (partition by t.cell, b.way) = t.numerator as adds_up
            from attack.cell t
                join attack.below b on b.month = t.month and b.ancestor_type = t.org_type and b.ancestor_code = t.org_code
                join attack.cell c on c.kpi_id = t.kpi_id and c.month = t.month and c.org_type = b.org_type and c.org_code = b.org_code
                    and c.breakdown = t.breakdown
            union all
            select t.kpi_id, t.cell, f.family, '', c.cell, sum(c.numerator) over (partition by t.cell, f.family) = t.numerator
            from attack.cell t
                join attack.cell c on c.kpi_id = t.kpi_id and c.month = t.month and c.org_type = t.org_type and c.org_code = t.org_code
                    and c.breakdown <> ''
                cross join lateral (values ('parts'), ('parts ' || split_part(c.breakdown, '_', 1))) f (family)
            where t.breakdown = ''
        ) s
    ) e
    where e.holds;
grant usage on schema attack to mo_attacker;
grant select on attack.shown to mo_attacker;
SQL

# What the reader sees of the cells, the equations, and the truth of what he does not see.
sub read_attack {
    my %attack;
    my $shown = as_reader('select kpi_id, month, org_type, org_code, breakdown, numerator, denominator, is_hidden from attack.shown');
    my %seen = map { my @f = split /\|/, $_, -1; join('|', @f[0 .. 4]) => [@f[5 .. 7]] } split /\n/, $shown;
    for (split /\n/, psql(q{select c.cell, c.kpi_id, c.month, c.org_type, c.org_code, c.breakdown, c.numerator, c.hidden, k.interval_method = 'wilson',
            k.hide_from, k.hide_to from attack.cell c join mo_data.kpi k using (kpi_id)})) {
        my ($cell, @key) = split /\|/, $_, -1;
        my ($truth, $hidden, $share, $from, $to) = splice @key, 5;
        my $see = $seen{join '|', @key} or die "not published: @key";
        my $part = $attack{"$key[0] $key[1]"} //= {cells => {}, bounds => {}, truth => {}, equations => {}};
        my $is_hidden = $see->[2] eq 't';
        $part->{cells}{$cell} = $is_hidden ? undef : $see->[0];
        $part->{name}{$cell} = "@key";
        # the least a hidden figure can be: hide_from, or 0 where the denominator alone hides it; the most: its denominator, of a share
        $part->{bounds}{$cell} = [$share eq 't' && $see->[1] <= $to ? 0 : $from, $share eq 't' ? $see->[1] : undef];
        $part->{truth}{$cell} = $truth;
        $attack{of}{$cell} = $part;
    }
    for (split /\n/, psql('select equation, total, string_agg(cell::text, \' \') from attack.link group by 1, 2')) {
        my ($number, $total, $cells) = split /\|/;
        push @{$attack{of}{$total}{links}}, [[$total, -1], map { [$_, 1] } split / /, $cells];
    }
    delete $attack{of};
    return \%attack;
}

# The whole attack on a database: number of hidden cells, and what was found of those above 0. (A 0 is no secret: it is hidden where its
# denominator is small, so that one of one cannot be told, and last of all for another's sake.)
sub solve {
    my ($attack) = @_;
    my ($hidden, %told) = (0);
    for my $part (values %{$attack}) {
        $part->{links} //= [];
        $hidden += grep { !defined } values %{$part->{cells}};
        $told{"$part->{name}{$_} = $part->{truth}{$_} by algebra"}++
            for grep { $part->{truth}{$_} } told_by_algebra($part->{cells}, $part->{links});
        $told{"$part->{name}{$_} = $part->{truth}{$_} by bounds"}++
            for grep { $part->{truth}{$_} } told_by_bounds($part->{cells}, $part->{links}, $part->{bounds});
    }
    return ($hidden, sort keys %told);
}

sub attack {
    my ($what, $months) = @_;
    (my $sql = $attack_views) =~ s/:months/$months/;
    psql('set client_min_messages = warning; drop schema if exists attack cascade;' . $sql);
    my ($hidden, @told) = solve(read_attack());
    cmp_ok($hidden, '>', 50, "$what: there are hidden cells ($hidden)");
    is(join("\n", @told[0 .. ($#told < 9 ? $#told : 9)]), '', "$what: none can be found (" . @told . ' found)');
    psql('create table attack.kept as select r.org_key, r.kpi_id, r.month, r.breakdown, r.hidden from mo_data.kpi_result r where r.hidden = 2;
        update mo_data.kpi_result set hidden = 0 where hidden = 2');
    ($hidden, @told) = solve(read_attack());
    cmp_ok(scalar @told, '>', 5, "$what: without secondary suppression they can (" . @told . " of $hidden)");
    psql('update mo_data.kpi_result r set hidden = k.hidden from attack.kept k
        where (r.org_key, r.kpi_id, r.month, r.breakdown) = (k.org_key, k.kpi_id, k.month, k.breakdown); drop schema attack cascade');
    return;
}

# ------------------------------------------------------------------------------------------------------- numbers beside a hidden figure
# In every view that has a KPI, an organisation and a month, whatever is measured of a suppressed figure is null. What may stand there is
# said: what it is divided by, its target, and what is said of its peers or of its months that are shown.
my %may_stand = map { $_ => 1 } qw(denominator target comparator_value peer_median_without_self spc_mean spc_lower spc_upper funnel_average
    funnel_lower_95 funnel_upper_95 funnel_lower_998 funnel_upper_998 previous_month_value previous_year_value rate_per);
# kpi_months has 36 months in a row: value_00 is of the row's month; the others are held against their own months below.
$may_stand{$_} = 1 for map { my $back = sprintf '%02d', $_; ("comparator_$back", "target_$back", $_ ? "value_$back" : ()) } 0 .. 35;

sub beside {
    my ($what) = @_;
    my @views = split /\n/, psql(q{select c.relname, string_agg(a.attname, ' ') from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' group by 1
        having '{kpi_id,org_key,month_start}' <@ array_agg(a.attname::text) order by 1});
    cmp_ok(scalar @views, '>=', 2, "$what: views with figures");
    for (@views) {
        my ($view, $columns) = split /\|/;
        my $part = " $columns " =~ / breakdown_code / ? 1 : 0;
        my @measures = grep { !$may_stand{$_} } split /\n/, psql("select attname from pg_attribute where attrelid = 'mo_dashboard.$view'::regclass
            and attnum > 0 and atttypid = 'float8'::regtype");
        next if !@measures || $part;
        my $shown = psql('select string_agg(distinct c, \', \') from (select h.kpi_id, h.org_key, h.month from mo_data.kpi_result h where h.hidden > 0 and h.breakdown = \'\') h
            join mo_dashboard.' . $view . ' v on v.kpi_id = h.kpi_id and v.org_key = h.org_key and v.month_start = h.month
            cross join lateral (values ' . join(', ', map { "('$_', v.$_)" } @measures) . ') m (c, n) where m.n is not null');
        is($shown, '', "$what: $view says nothing beside a hidden figure");
    }
    my $months = join ', ', map { sprintf '(%d, m.value_%02d)', $_, $_ } 0 .. 35;
    is(psql("select count(*) filter (where x.value is not null or substr(m.value_status_codes, 36 - x.back, 1) <> 's') || ' ' || (count(*) > 10)
        from mo_dashboard.kpi_months m cross join lateral (values $months) x (back, value)
            join mo_data.kpi_result h on h.kpi_id = m.kpi_id and h.org_key = m.org_key and h.month = m.month_start - make_interval(months => x.back)
        where h.hidden > 0 and h.breakdown = ''"), '0 true', "$what: kpi_months says nothing of a hidden figure, and that it is hidden");
    is(psql(q{select count(*) from (select kpi_id, org_key, quarter_start, '' as breakdown, numerator from mo_data.return_figure
            union all select kpi_id, org_key, quarter_start, breakdown, numerator from mo_data.return_part) i join mo_data.kpi k using (kpi_id)
        where i.numerator is not null and k.time_basis = 'flow' and exists (select from mo_data.kpi_result r where r.kpi_id = i.kpi_id and r.org_key = i.org_key and r.breakdown = i.breakdown and r.hidden > 0
            and r.month >= i.quarter_start and r.month < i.quarter_start + interval '3 months')}), 0, "$what: no quarter's sum has a hidden month in it");
    is(psql(q{select count(*) from mo_data.kpi_shown s join mo_data.kpi_result r using (kpi_id, org_key, month, breakdown)
        where r.previous_month_hidden > 0 and s.previous_month_value is not null or r.previous_year_hidden > 0 and s.previous_year_value is not null
            or r.hidden > 0 and num_nonnulls(s.numerator, s.value, s.value_lower, s.value_upper, s.peer_rank, s.peer_decile, s.peer_percentile,
                s.peer_median_without_self) > 0}), 0, "$what: nor does it later as the month or year before");
    return;
}

# ------------------------------------------------------------------------------------------------------------------------ the demo data
fresh_database('mo_attack_demo');
psql('create role mo_attacker login');
load_demo(demo_data(qw(--practices 30 --months 16)));
psql('set client_min_messages = warning; call mo_data.refresh()');
# Whoever saw two choices of what is hidden beside a small number could put them together.
my $choice = q{select (select count(*) || ' ' || md5(string_agg(concat_ws('|', kpi_id, month, org_key, breakdown, hidden), ';' order by kpi_id collate "C", month, org_key, breakdown collate "C"))
    from mo_data.kpi_result where hidden > 0) || ' ' || (select count(*) || ' ' || md5(string_agg(concat_ws('|', quarter_start, theme_code, org_key, harm_code), ';'
    order by quarter_start, theme_code collate "C", org_key, harm_code collate "C")) from mo_data.sea_theme_cell where is_hidden)};
my $chosen = psql($choice);
psql(q{set client_min_messages = warning; set work_mem = '64kB'; set enable_hashagg = off; do $$ declare span record; begin select min(month) as first, max(month) as last into span from mo_data.kpi_month;
    call mo_data.refresh(span.first, span.last); end $$});
is(psql($choice), $chosen, 'the same figures are hidden when everything is worked out again, by other plans');
reader_of('mo_attack_demo');
attack('demo data', "array(select distinct month from mo_data.kpi_result where hidden > 0 and month >= '2025-06-01' order by 1 desc limit 3)");
beside('demo data');

# ------------------------------------------------------------------------------------------------------------------ adversarial figures
# Two ICBs, three sub-ICBs, seven PCNs, one of them in two sub-ICBs, practices in none, groups that cut across; 16 months of random small
# figures, each month a world of its own.
my $world = <<'SQL';
set client_min_messages = warning;
create schema site;
create table site.figure (org_code text, month date, breakdown text, numerator float8, denominator float8);
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('ENG', 'nation', 'England', null), ('Y11', 'region', 'North', null),
    ('Y22', 'region', 'South', null), ('QAA', 'icb', 'First ICB', null), ('QBB', 'icb', 'Second ICB', null), ('00A', 'sub_icb', 'Sub A', null),
    ('00B', 'sub_icb', 'Sub B', null), ('00C', 'sub_icb', 'Sub C', null);
insert into mo_data.organisation (org_code, org_type, name) select 'U0000' || i, 'pcn', 'PCN ' || i from generate_series(1, 7) i;
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting)
    select 'A000' || to_char(i, 'FM00'), 'practice', 'Practice ' || i, 4 from generate_series(1, 30) i;
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('Y11', 'nation', 'ENG'), ('Y22', 'nation', 'ENG'), ('QAA', 'region', 'Y11'),
    ('QBB', 'region', 'Y22'), ('00A', 'icb', 'QAA'), ('00B', 'icb', 'QAA'), ('00C', 'icb', 'QBB');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code)
    select 'U0000' || i, 'sub_icb', case when i <= 2 then '00A' when i <= 4 then '00B' else '00C' end from generate_series(1, 7) i
    union all select 'A000' || to_char(i, 'FM00'), 'pcn', 'U0000' || (i + 3) / 4 from generate_series(1, 28) i
    union all select 'A000' || to_char(i, 'FM00'), 'sub_icb', case when i <= 8 then '00A' when i <= 15 then '00B' else '00C' end from generate_series(1, 30) i;
insert into mo_data.organisation_group (group_code, org_code, group_name)
    select 'north', 'A000' || to_char(i, 'FM00'), 'North federation' from generate_series(1, 11) i
    union all select 'mixed', 'A000' || to_char(i, 'FM00'), 'Mixed' from unnest('{1,2,3,5,17,18,29}'::int[]) i;
create function mo_data.kpi_site_share(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, f.breakdown, 'x', f.numerator, f.denominator from site.figure f where f.month between from_month and to_month and f.denominator > 0 $$;
create function mo_data.kpi_site_count(from_month date, to_month date)
    returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
    language sql stable set search_path = pg_catalog, pg_temp
    as $$ select f.org_code, f.month, f.breakdown, 'x', f.numerator, 0::float8 from site.figure f where f.month between from_month and to_month $$;
create procedure site.publish() language plpgsql as $$
begin
    insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
        select 'prescribing', 'x.csv', repeat('0', 64), 1, 'epd', 'loaded', array_agg(distinct f.month), now() from site.figure f;
    update mo_data.kpi set is_active = false;
    call mo_data.register_kpi(kpi_id => 'site_share', family => 'cost', name => 'Share', short_name => 'Share', unit => 'percent', numerator_wording => 'n',
        denominator_wording => 'd', direction => 'higher', interval_method => 'wilson', hide_from => 1, hide_to => 7, sources => '{prescribing}', rationale => 'r', reference => 'r');
    call mo_data.register_kpi(kpi_id => 'site_count', family => 'cost', name => 'Count', short_name => 'Count', unit => 'count', numerator_wording => 'n',
        denominator_wording => 'd', direction => 'higher', interval_method => 'byar', hide_from => 1, hide_to => 7, sources => '{prescribing}', rationale => 'r', reference => 'r');
    insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) values ('site_share', 'ENG', '2020-01-01', 0.4);
    call mo_data.refresh();
end $$;
SQL

fresh_database('mo_attack_a');
psql($world . <<'SQL');
select setseed(0.42);
with part as (
    select 'A000' || to_char(i, 'FM00') as org_code, ('2024-01-01'::date + make_interval(months => m))::date as month, p.breakdown,
        case when random() < 0.3 then 0 else floor(random() * (4 + 3 * m)) end as numerator, floor(random() * 20) as more
    from generate_series(1, 30) i, generate_series(0, 15) m, (values ('a'), ('b'), ('c')) p (breakdown)
)
insert into site.figure
    select org_code, month, breakdown, numerator, numerator + more from part
    union all select org_code, month, null, sum(numerator), sum(numerator + more) from part group by 1, 2;
call site.publish();
SQL
reader_of('mo_attack_a');
attack('random figures', 'array(select month from mo_data.kpi_month)');
beside('random figures');

# --------------------------------------------------------------------------------------------------------------------------- two worlds
# The second differs from the first in one month and in two practices of one PCN, whose small figures are exchanged. Nothing that any
# reader can select from any view may differ, but for the time it was made.
my $two = <<'SQL';
insert into site.figure
    select 'A000' || to_char(i, 'FM00'), ('2024-01-01'::date + make_interval(months => m))::date, null, case when i % 4 = 2 then :low when i % 4 = 3 then :high else 20 + i + m end, 100
    from generate_series(1, 28) i, generate_series(0, 15) m;
SQL
my %seen;
for my $world_no (1, 2) {
    my $name = $world_no == 1 ? 'mo_attack_a' : 'mo_attack_b';
    fresh_database($name);
    (my $figures = $two) =~ s/:low/3/; $figures =~ s/:high/6/;
    psql($world . $figures . ($world_no == 1 ? '' : q{
        update site.figure set numerator = 9 - numerator where month = '2024-09-01' and org_code in ('A00002', 'A00003', 'A00022', 'A00023');})
        . 'call site.publish();');
    reader_of($name);
    for (split /\n/, psql(q{select c.relname, string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_class c
            join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attname !~ '_utc$'
            where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' group by 1})) {
        my ($view, $columns) = split /\|/;
        $seen{$view}[$world_no - 1] = as_reader("select x from (select row($columns)::text as x from mo_dashboard.$view) y order by x collate \"C\"");
    }
}
cmp_ok(psql(q{select count(*) from mo_data.kpi_result where month = '2024-09-01' and kpi_id = 'site_count' and org_type = 'practice' and hidden = 1}), '>', 4, 'two worlds: the exchanged figures are hidden');
for my $view (sort keys %seen) {
    my ($first, $second) = map { [split /\n/, $_] } @{$seen{$view}};
    my %in_first = map { $_ => 1 } @{$first};
    my @differ = grep { !$in_first{$_} } @{$second};
    is(join("\n", @differ[0 .. ($#differ < 2 ? $#differ : 2)]), '', "two worlds: nobody can tell them apart by $view (" . @{$first} . ' rows)');
}
drop_reader();
done_testing;
