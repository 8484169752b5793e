#!/usr/bin/env perl
# Whoever may read everything that is published learns no hidden figure from it: RANDOM_WORLDS (2; make attacker-random: 60) small worlds at random, whose
# organisations move, close, belong to nothing or to another ICB's sub-ICB, with KPIs all of which hide small numbers. Each is refreshed, its returns are
# submitted, and it is refreshed again with figures restated; then
# (1) hidden figures are exchanged for others that add up alike, in a second world with the same history: every row of every published view, as each reader
#     reads it, and every digest sent, must be the same;
# (2) no hidden figure is a linear combination of the shown ones, nor left one value only by bounds; nor is one of the theme map, of months and quarters together.
# What may be seen, by design.md and the columns' comments: denominators, that a figure is hidden, that one was restated (run_id), and what was published
# before it was restated. RANDOM_SEED (1) gives the same worlds again, on the same day.
use strict;
use warnings;
use utf8;
use Test::More;
use MoDash;
use MoDashDemo;
use MoDashAttackSums qw(told_by_sums);
use MoDashAttackThemes qw(theme_sql found_themes);
use MoDashAttackTwin qw(exchanged twin_figures);
use MoDashPublishedFigures qw(figures_of told_figures);
use MoDashPublishedReading qw(read_view);
use MoDashPublishedWorld qw(random_world world_sql today later_month);

my $worlds = $ENV{RANDOM_WORLDS} // 2;
my $seed = $ENV{RANDOM_SEED} // 1;
my %count = (hidden => 0, themes => 0, exchanged => 0, differing => 0, rows => 0);
binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output, Test::More->builder->todo_output;

sub pick { return $_[int rand @_] }
sub chance { return rand() < $_[0] }

sub agrees {
    my ($what, @said) = @_;
    return if ok(!@said, $what);
    diag('RANDOM_SEED=' . $seed . ' on ' . today() . ': ', map { substr($_, 0, 400) . "\n" } @said[0 .. ($#said < 7 ? $#said : 7)]);
    return;
}

# ------------------------------------------------------------------------------------------------------------------------------------ restating
# Figures of some months as a second refresh finds them: others than before, some of them small now, or no longer.
sub restated_figures {
    my ($world, $kpi) = @_;
    my %restated = map { $_ => 1 } map { pick(@{$kpi->{months}}) } 1 .. pick(1, 1, 2);
    my (@figures, %more);
    for (@{$kpi->{figures}}) {
        my ($code, $month, $part, $n, $d) = @$_;
        if ($restated{$month} && chance(0.25) && !($kpi->{add_up} && @{$kpi->{parts}} && $part eq '')) {
            my $new = pick(int($n / 2), $n + pick(1, 2, 9), pick(1 .. 8));
            $new = $d if $new > $d && $kpi->{unit} eq 'percent';
            $more{"$code|$month"} += $new - $n if $part ne '';
            $n = $new;
        }
        push @figures, [$code, $month, $part, $n, $d];
    }
    if ($kpi->{add_up}) { for (@figures) { $_->[3] += $more{"$_->[0]|$_->[1]"} // 0 if $_->[2] eq '' } }
    $world->{restated}{$kpi->{id}} = [sort keys %restated];
    return \@figures;
}

sub restated_sql {
    my ($world) = @_;
    my $sql = "set client_min_messages = warning;\n";
    for my $kpi (@{$world->{kpi}}) {
        my $months = join ',', map { "'$_'" } @{$world->{restated}{$kpi->{id}}};
        $sql .= "delete from site.figure where kpi_id = '$kpi->{id}' and month in ($months);
            insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
                values ('$kpi->{source}', 'y.csv', repeat('1', 64), 1, 'flat', 'loaded', array[$months]::date[], now());\n";
        my %restated = map { $_ => 1 } @{$world->{restated}{$kpi->{id}}};
        my @rows = map { "('$_->[0]', date '$_->[1]', '$_->[2]', $_->[3]::float8, $_->[4]::float8, '$kpi->{id}')" } grep { $restated{$_->[1]} } @{$kpi->{after}};
        $sql .= 'insert into site.figure (org_code, month, breakdown, numerator, denominator, kpi_id) values ' . join(",\n", @rows) . ";\n" if @rows;
    }
    return $sql . "call mo_data.refresh();\n";
}

# ------------------------------------------------------------------------------------------------------------------------------- two editions
my $submitted = q{set client_min_messages = warning; do $$ declare r record; begin
    for r in select distinct on (k.org_code) k.org_code, q.quarter_start from mo_data.organisation_key k cross join (
                select distinct date_trunc('quarter', m.month)::date as quarter_start from mo_data.kpi_month m) q
            where k.org_type in ('pcn', 'icb') and q.quarter_start + interval '3 months' < current_date order by k.org_code, q.quarter_start desc
    loop
        begin
            call mo_data.submit_return(r.org_code, r.quarter_start);
        exception when no_data_found or undefined_object then null; -- closed meanwhile
        end;
    end loop;
    perform mo_data.subscribe('somebody@example.nhs.uk', k.org_code, org_type => k.org_type) from mo_data.organisation_key k; end $$};

sub hidden_now {
    my %hidden;
    for (read_view(undef, 'select kpi_id, month, org_type, org_code, breakdown, hidden from mo_data.kpi_result')) {
        $hidden{$_->{kpi_id}}{$_->{month}}{"$_->{org_type} $_->{org_code}"}{$_->{breakdown}} = $_->{hidden};
    }
    return \%hidden;
}

sub in_new_database {
    my ($database) = @_;
    local $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $database with (force)");
    psql("create database $database template mo_attack_empty");
    return;
}

# Makes the world in a database: what is hidden in its first edition and in its second.
sub published {
    my ($world, $database) = @_;
    in_new_database($database);
    local $ENV{PGDATABASE} = $database;
    psql_script(world_sql($world));
    psql("select mo_data.grant_reader('mo_attack_all'); select mo_data.grant_reader('mo_attack_one', '$world->{reader}')");
    psql_script($submitted);
    my $first = hidden_now();
    psql_script(restated_sql($world));
    return ($first, hidden_now());
}

# Figures of an edition, with what of them is hidden; says what is hidden for no reason or not hidden although it is small.
sub edition {
    my ($world, $kpi, $figures, $hidden) = @_;
    my $months = figures_of($world, {%$kpi, figures => $figures});
    for my $month (keys %$months) {
        for my $place (keys %{$months->{$month}}) {
            for my $part (keys %{$months->{$month}{$place}}) {
                my $cell = $months->{$month}{$place}{$part};
                $cell->{hidden} = $hidden->{$kpi->{id}}{$month}{$place}{$part} // 0;
                $cell->{lost} = 1 if $cell->{small} && !$cell->{hidden};
            }
        }
    }
    return $months;
}

# --------------------------------------------------------------------------------------------------------------------------- (2) sums and bounds
sub found_figures {
    my ($world, $kpi, $months) = @_;
    my @said;
    for my $month (sort keys %$months) {
        my $cells = $months->{$month};
        my @all = map { my $place = $_; map { [$place, $_, $cells->{$place}{$_}] } sort keys %{$cells->{$place}} } sort keys %$cells;
        $count{hidden} += grep { $_->[2]{hidden} } @all;
        push @said, map { "$kpi->{id}/$month/$_->[0]/$_->[1]: $_->[2]{n} is shown" } grep { $_->[2]{lost} } @all;
        push @said, map { "$kpi->{id}/$month/$_ by sums" } told_by_sums($kpi, $cells);
        push @said, map { "$kpi->{id}/$month/$_ by bounds" } told_figures($world, $kpi, $month, $cells);
    }
    return @said;
}

# A quarter's sum in the return is known only where all its months are.
sub quarter_differences {
    return split /\n/, psql(q{
        select concat_ws('/', i.kpi_id, i.quarter_start, k.org_code, i.breakdown)
        from (select kpi_id, org_key, quarter_start, '' as breakdown, numerator from mo_data.return_figure
                union all select kpi_id, org_key, quarter_start, breakdown, numerator from mo_data.return_part) i
            join mo_data.kpi f on f.kpi_id = i.kpi_id join mo_data.organisation_key k on k.org_key = i.org_key
        where i.numerator is not null and f.time_basis = 'flow' and not f.counts_from_april and exists (
            select from mo_data.kpi_result r where r.kpi_id = i.kpi_id and r.org_key = i.org_key and r.breakdown = i.breakdown and r.hidden > 0
                and r.month >= i.quarter_start and r.month < i.quarter_start + interval '3 months')});
}

# The theme map of significant events in the same organisations, beside sea_raised by theme: quarters beside months.
sub themes_attacked {
    my ($world, $what) = @_;
    my @months = @{$world->{months}};
    my %raised = (%$world, kpi => [], target => [], path => {}, months => [splice @months, @months > 5 ? -5 : 0]);
    in_new_database('mo_attack_themes');
    local $ENV{PGDATABASE} = 'mo_attack_themes';
    psql_script(world_sql(\%raised));
    psql_script(theme_sql(\%raised, pick(2, 4, 7)));
    agrees("$what: nothing hidden in the theme map follows from it and from sea_raised", found_themes(\%raised));
    $count{themes} += psql('select count(*) from mo_data.sea_theme_cell where is_hidden');
    return;
}

# ------------------------------------------------------------------------------------------------------------------------------- (1) two worlds
# Everything a login can read, a row a line: of every view all but the time at which something was done.
sub everything_read {
    my ($login) = @_;
    my @views = split /\n/, psql(q{select format('select %L || row(%s)::text from mo_dashboard.%I', c.relname || ': ', string_agg(quote_ident(a.attname), ', ' order by a.attnum), c.relname)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and a.attname !~ '_utc$'
        where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' group by c.relname order by c.relname});
    local $ENV{PGUSER} = $login;
    return sort split /\n/, psql_script(join ";\n", @views);
}

sub view_differences {
    my ($what, $first, $second) = @_;
    my %in_first = map { $_ => 1 } @$first;
    my %in_second = map { $_ => 1 } @$second;
    $count{rows} += @$first;
    my @said = (map { "$what, only in the first: $_" } grep { !$in_second{$_} } @$first);
    my @other = (map { "$what, only in the second: $_" } grep { !$in_first{$_} } @$second);
    return map { ($said[$_] // (), $other[$_] // ()) } 0 .. ($#said > $#other ? $#said : $#other);
}

sub digests { return split /\n/, psql('select subject, body from mo_data.outbox order by outbox_id') }

# The second world: exchanges in every month of every KPI, less those that change what is hidden besides (which would be seen, and tell little).
sub twin_of {
    my ($world, $first, $second) = @_;
    my %twin = (%$world, kpi => [map { {%$_} } @{$world->{kpi}}]);
    for my $kpi (@{$twin{kpi}}) {
        my @editions = (edition($world, $kpi, $kpi->{figures}, $first), edition($world, $kpi, $kpi->{after}, $second));
        my %has;
        $has{$_->[1]}{"$_->[0]|$_->[2]"} = 1 for @{$kpi->{figures}};
        $kpi->{changes} = {map { my $month = $_; ($month => exchanged($kpi, $has{$month} // {}, map { $_->{$month} } @editions)) } @{$kpi->{months}}};
        @$kpi{qw(was_figures was_after)} = @$kpi{qw(figures after)};
    }
    return \%twin;
}

sub published_twin {
    my ($twin, @hidden) = @_;
    for my $try (1 .. 4) {
        for my $kpi (@{$twin->{kpi}}) { $kpi->{$_} = twin_figures($kpi->{"was_$_"}, $kpi->{changes}) for qw(figures after) }
        my @now = published($twin, 'mo_attack_b');
        my $other = 0;
        for my $kpi (@{$twin->{kpi}}) {
            for my $month (grep { %{$kpi->{changes}{$_}} } keys %{$kpi->{changes}}) {
                next if !grep { !same_hidden($hidden[$_]{$kpi->{id}}{$month}, $now[$_]{$kpi->{id}}{$month}) } 0, 1;
                $kpi->{changes}{$month} = {};
                $other++;
            }
        }
        return 1 if !$other;
        $count{differing} += $other;
    }
    return 0;
}

sub same_hidden {
    my ($one, $other) = @_;
    my @flat = map { my $of = $_ // {}; join ';', map { my $place = $_; map { "$place/$_ $of->{$place}{$_}" } sort keys %{$of->{$place}} } sort keys %$of } $one, $other;
    return $flat[0] eq $flat[1];
}

# ----------------------------------------------------------------------------------------------------------------------------------- given worlds
# A world by hand: a KPI of one month, and organisations by [code, type, what they belong to, ..., with a figure at the end of a practice's].
sub given_world {
    my (@organisations) = @_;
    my $month = later_month(substr(today(), 0, 7) . '-01', -2);
    my %kpi = (id => 'site_count1', source => 'discharge', lag => 14, unit => 'count', family => 'cost', order => 1, per => 1, decimals => 0, direction => 'higher', basis => 'flow',
        interval => 'byar', front => 1, begins => 0, april => 0, base => 'practice', add_up => 1, parts => [], hide_from => 1, hide_to => 2, loaded => [$month], months => [$month],
        figures => [map { $_->[1] eq 'practice' ? [$_->[0], $month, '', $_->[-1], 0] : () } @organisations]);
    my %world = (group => [], target => [], kpi => [\%kpi], months => [$month], reader => 'QAA');
    for (@organisations) {
        my ($code, $type, @of) = @$_;
        $world{org}{$code} = {code => $code, type => $type, name => $code, from => '1900-01-01', to => $code =~ /^U9/ ? '2020-01-01' : undef, setting => $type eq 'practice' ? 4 : undef};
        push @{$world{parent}}, map { [$code, $of[$_], $of[$_ + 1], '1900-01-01', undef] } grep { $_ % 2 == 0 && $_ < $#of } 0 .. $#of;
    }
    $kpi{after} = $kpi{figures};
    $world{restated}{$kpi{id}} = [$month];
    return \%world;
}

# Of 10 in all, two PCNs with 3 are shown. Of one it is not said any more to which ICB it belongs: that its practices do, and have 3 between them, leaves 4 to
# four others, of whom none has 0.
my @closed_pcn = (['ENG', 'nation'], ['Y11', 'region', nation => 'ENG'], ['QAA', 'icb', region => 'Y11'], ['00A', 'sub_icb', icb => 'QAA'],
    (map { [$_, 'pcn', sub_icb => '00A'] } qw(U00001 U90002 U00003 U00004)),
    (map { ["A0000$_->[0]", 'practice', sub_icb => '00A', $_->[1] ? (pcn => $_->[1]) : (), $_->[2]] } [1, 'U00001', 1], [2, 'U00001', 2], [3, 'U90002', 1], [4, 'U90002', 2], [5, 'U00003', 1],
        [6, 'U00003', 0], [7, 'U00004', 1], [8, 'U00004', 0], [9, undef, 1], [0, undef, 1]));

# ---------------------------------------------------------------------------------------------------------------------------------------- all of it
fresh_database('mo_attack_empty');
psql(join '', map { "do \$\$ begin if not exists (select from pg_roles where rolname = '$_') then create role $_ login; end if; end \$\$;" } qw(mo_attack_all mo_attack_one));
{
    my $world = given_world(@closed_pcn);
    my ($first) = published($world, 'mo_attack_a');
    agrees('a PCN that is closed is a part of the ICB of its practices', found_figures($world, $world->{kpi}[0], edition($world, $world->{kpi}[0], $world->{kpi}[0]{figures}, $first)));
}
for my $number (defined $ENV{RANDOM_WORLD} ? $ENV{RANDOM_WORLD} : 1 .. $worlds) { # RANDOM_WORLD: one of them, whose databases stay; SUMS_ONLY: without the second world
    srand($seed * 1000 + $number);
    my $world = random_world(small => 1);
    my $what = "world $number of $seed";
    my %belongs = map { $_->[0] => 1 } @{$world->{parent}};
    $world->{reader} = (sort grep { /^[UQ]/ && $belongs{$_} } keys %{$world->{org}})[0];
    $_->{after} = restated_figures($world, $_) for @{$world->{kpi}};
    my @hidden = published($world, 'mo_attack_a');
    for my $which (0, 1) {
        agrees("$what: no hidden figure follows from what is shown" . ($which ? ' after figures were restated' : ''),
            map { found_figures($world, $_, edition($world, $_, $_->{$which ? 'after' : 'figures'}, $hidden[$which])) } @{$world->{kpi}});
    }
    themes_attacked($world, $what);
    next if $ENV{SUMS_ONLY};
    my $twin = twin_of($world, @hidden);
    ok(published_twin($twin, @hidden), "$what: there is a world that differs in hidden figures only");
    $count{exchanged} += map { my $kpi = $_; map { keys %{$kpi->{changes}{$_}} } keys %{$kpi->{changes}} } @{$twin->{kpi}};
    my %read;
    for my $database (qw(mo_attack_a mo_attack_b)) {
        local $ENV{PGDATABASE} = $database;
        agrees("$what: no quarter's sum has a hidden month in it", quarter_differences()) if $database eq 'mo_attack_a';
        $read{$database} = {digests => [digests()], map { $_ => [everything_read($_)] } qw(mo_attack_all mo_attack_one)};
    }
    agrees("$what: the two worlds look the same ($_)", view_differences($_, $read{mo_attack_a}{$_}, $read{mo_attack_b}{$_})) for sort keys %{$read{mo_attack_a}};
}
note("$count{hidden} figures and $count{themes} cells of theme maps were hidden, $count{exchanged} exchanged ($count{differing} months would have hidden others), $count{rows} rows read");
cmp_ok($count{exchanged}, '>', 10, 'hidden figures were exchanged') if !$ENV{SUMS_ONLY};
if (!defined $ENV{RANDOM_WORLD}) {
    local $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $_ with (force)") for qw(mo_attack_a mo_attack_b mo_attack_themes mo_attack_empty);
    psql("drop role if exists $_") for qw(mo_attack_all mo_attack_one);
}
done_testing();
