#!/usr/bin/env perl
# Who sees what in random worlds: RANDOM_WORLDS (1; make access-random: 40) worlds of published_random.t, whose logins have any organisations, groups, roles that
# they are members of, and rights to records and small numbers. Of every published view a login reads the rows that one who sees everything reads of the
# organisations it has, and no others; it opens records of those it may, and no others; it writes returns and reviews of its own. What a grant reaches is worked out here from
# README and the comments of mo_data.access_scope. Then organisations move, rights are taken away, and it is so again. RANDOM_SEED (1) gives the same again.
use strict;
use warnings;
use utf8;
use Test::More;
use MoDash;
use MoDashDemo;
use MoDashPublishedChanged qw(change_world);
use MoDashPublishedFigures qw(path_on);
use MoDashPublishedReading qw(read_view);
use MoDashPublishedReviews qw(add_reviews reviews_sql);
use MoDashPublishedWorld qw(random_world world_sql today);

my $worlds = $ENV{RANDOM_WORLDS} // 1;
my $seed = $ENV{RANDOM_SEED} // 1;
my %count = (rows => 0, views => 0, opened => 0, refused => 0);
my @logins = map { "mo_random_$_" } 'a' .. 'e';
binmode $_, ':utf8' for Test::More->builder->output, Test::More->builder->failure_output, Test::More->builder->todo_output;
sub pick { return $_[int rand @_] }
sub chance { return rand() < $_[0] }

sub agrees {
    my ($what, @said) = @_;
    return if ok(!@said, $what);
    diag("RANDOM_SEED=$seed: ", map { substr($_, 0, 300) . "\n" } @said[0 .. ($#said < 9 ? $#said : 9)]);
    return;
}

# ---------------------------------------------------------------------------------------------------- the model: what grants reach
# What belongs to an organisation or a group today, itself included.
sub reach {
    my ($world, $code) = @_;
    my $path = path_on($world, today());
    my %sees = map { ($_ => 1) } grep { (split / /)[1] eq $code } keys %{$world->{key}};
    for my $org (keys %$path) { $sees{"$world->{org}{$org}{type} $org"} = 1 if grep { defined && $_ eq $code } @{$path->{$org}}{qw(pcn sub_icb icb region nation)} }
    for (@{$world->{group}}) { $sees{"practice $_->[1]"} = 1 if $_->[0] eq $code && $_->[2] le today() && ($_->[3] // '9999') gt today() }
    return %sees;
}

# Places by what a login may there: reader, records, unsuppressed. undef: everywhere. With its own grants and those of the roles it is a member of.
sub places {
    my ($world, $grants, $right) = @_;
    my @of = grep { $right eq 'reader' || $_->{$right} } @$grants;
    return undef if grep { !defined $_->{code} } @of;
    my (%sees, %member);
    for my $role (keys %{{map { $_->{role} => 1 } @of}}) { # groups are those all of whose members one role sees
        my %role = map { reach($world, $_->{code}) } grep { $_->{role} eq $role } @of;
        my %of_group;
        for (@{$world->{group}}) { push @{$of_group{$_->[0]}}, "practice $_->[1]" }
        for my $group (keys %of_group) { $role{"group $group"} = 1 if !grep { !$role{$_} } @{$of_group{$group}} }
        %sees = (%sees, %role);
    }
    return \%sees;
}

# ---------------------------------------------------------------------------------------------------- grants at random
sub forget { local $ENV{PGDATABASE} = 'postgres'; psql(join '', map { "drop role if exists $_;" } @logins, 'mo_random_all') }
sub make_logins { psql(join '', map { "create role $_ login;" } @logins, 'mo_random_all'); psql("select mo_data.grant_reader('mo_random_all')") }
sub grant_some {
    my ($world) = @_;
    my @codes = map { (split / /, $_, 2)[1] } sort keys %{$world->{key}};
    my %own;
    for my $login (@logins) {
        for (1 .. pick(0, 1, 1, 2, 3)) {
            my $code = chance(0.08) ? undef : pick(@codes);
            my $right = pick(qw(reader reader records unsuppressed));
            my ($failed, undef, $err) = psql_error("select mo_data.grant_$right('$login'" . (defined $code ? ", '$code'" : '') . ')');
            die $err if $failed && $err !~ /sees every organisation already|would see every one/;
            next if $failed;
            push @{$own{$login}}, {role => $login, code => $code, $right => 1};
        }
    }
    my %of = map { ($_ => [@{$own{$_} // []}]) } @logins;
    if (chance(0.7)) { # a member has what the role has
        my ($member, $role) = @logins[0, 1 + int rand 4];
        psql("grant $role to $member");
        push @{$of{$member}}, @{$own{$role} // []};
    }
    return \%of;
}

# ---------------------------------------------------------------------------------------------------- views
# Rows that are of no organisation are everybody's, but for these.
my %of_nobody = (measure_decile => 'totals of a level are for who sees all', variation => 'of the ICBs that are seen', access_map => 'own grants');
my %everybodys = map { $_ => 1 } qw(dim_date dim_kpi dim_source dim_organisation data_status next_refresh data_dictionary measure_definition measure_check opportunity);
my @views;
sub views { return @views = split /\n/, psql(q{select c.relname || ' ' || coalesce(bool_or(a.attname = 'org_key'), false) from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind in ('v', 'm') and a.attnum > 0 group by c.relname order by 1}) }
sub as_text { my ($row) = @_; return join '|', map { "$_=" . ($row->{$_} // '-') } sort keys %$row }

# Of rows that one who sees everything reads, those a login must read.
sub wanted {
    my ($all, $view, $has_org, $places, $names) = @_;
    my @all = @{$all->{$view} //= [read_view('mo_random_all', "select * from mo_dashboard.$view")]};
    return map { {%$_, left_out_narrative => undef} } @all if $view eq 'data_status' && defined $places; # it names organisations
    return @all if $everybodys{$view} || !defined $places;
    return grep { !defined $_->{org_key} || $places->{$names->{$_->{org_key}} // ''} } @all if $has_org;
    return;
}
sub view_differences {
    my ($all, $login, $view, $has_org, $places, $raw, $names) = @_;
    my @rows = read_view($login, "select * from mo_dashboard.$view");
    return map { defined $places && !@{[%$places]} ? "$view: a row" : () } @rows if $of_nobody{$view};
    my $is_raw = sub { my ($row) = @_; return defined $row->{org_key} && (!defined $raw || $raw->{$names->{$row->{org_key}} // ''}) };
    $count{rows} += @rows;
    $count{$view} += @rows;
    my (%have, %want);
    $have{as_text($_)}++ for grep { !$is_raw->($_) } @rows;
    $want{as_text($_)}++ for grep { !$is_raw->($_) } wanted($all, $view, $has_org, $places, $names);
    my %place = map { ($names->{$_->{org_key}} // '' => 1) } grep { defined $_->{org_key} } @rows;
    return ((map { "$view: not seen: $_" } grep { ($have{$_} // 0) < $want{$_} } sort keys %want), (map { "$view: seen: $_" } grep { ($want{$_} // 0) < $have{$_} } sort keys %have),
        (map { "$view: of $_" } grep { defined $places && !$everybodys{$view} && !$places->{$_} } sort keys %place));
}

# ---------------------------------------------------------------------------------------------------- functions
sub as_login { my ($login, $sql) = @_; local $ENV{PGUSER} = $login; my ($code, undef, $err) = psql_error($sql); return $code ? $err : '' }
sub function_differences {
    my ($world, $login, $sees, $opens) = @_;
    my @said;
    for my $place (map { pick(sort keys %{$world->{key}}) } 1 .. 4) {
        my ($type, $code) = split / /, $place, 2;
        next if 1 < grep { (split / /, $_, 2)[1] eq $code } keys %{$world->{key}};
        my $kpi = pick(@{$world->{kpi}})->{id};
        my $before = psql('select count(*) from mo_data.record_access_log');
        my $err = as_login($login, "select count(*) from mo_data.open_kpi_record('$kpi', '$code', '2024-01-01')");
        my $may = !defined $opens || $opens->{$place};
        push @said, "open_kpi_record of $place: " . ($err || 'opened') if $may xor $err eq '';
        push @said, "open_kpi_record of $place is not logged" if $may && psql('select count(*) from mo_data.record_access_log') != $before + 1;
        $count{$may ? 'opened' : 'refused'}++;
        next if $type !~ /^(pcn|icb)$/;
        $err = as_login($login, "call mo_data.set_return_narrative('$code', 'Q1 2024/25', 'cost_outcome', 'x')");
        push @said, "set_return_narrative of $place: $err" if $err !~ /permission denied/; # nobody was given it
    }
    push @said, 'reads mo_data' if as_login($login, 'select count(*) from mo_data.kpi_result') !~ /permission denied/;
    return @said;
}

# ---------------------------------------------------------------------------------------------------- a world
sub all_agree {
    my ($what, $world, $grants) = @_;
    $world->{key} = {map { ("$_->{org_type} $_->{org_code}" => $_->{org_key}) } read_view(undef, 'select org_type, org_code, org_key from mo_data.organisation_key')};
    my %names = reverse %{$world->{key}};
    my %all;
    for my $login (@logins) {
        my ($sees, $opens, $raw) = map { places($world, $grants->{$login}, $_) } qw(reader records unsuppressed);
        my $described = join ', ', map { my $g = $_; join(' ', $g->{role}, $g->{code} // 'all', grep { $g->{$_} } qw(records unsuppressed)) } @{$grants->{$login}};
        if (!@{$grants->{$login}}) {
            like(as_login($login, 'select count(*) from mo_dashboard.dashboard'), qr/permission denied/, "$what: $login has nothing");
            next;
        }
        my @said = map { my ($view, $has_org) = split / /; $count{views}++; view_differences(\%all, $login, $view, $has_org eq 'true', $sees, $raw, \%names) } views();
        agrees("$what: $login ($described)", @said, function_differences($world, $login, $sees, $opens));
    }
    return;
}

# Of views that these worlds have no source for, a row an organisation, as if a refresh or somebody had written it; and returns that were submitted.
sub written_by_hand {
    my ($world) = @_;
    psql(q{insert into mo_data.review_action (org_key, review_month, action_narrative, owner_name, due_date, raised_by) select k.org_key, '2026-01-01', 'x', 'y', '2026-02-01', 'z' from mo_data.organisation_key k;
        insert into mo_data.sea_theme_cell (org_key, quarter_start, theme_code, harm_code, events, run_id) select k.org_key, '2024-01-01', '-', 'none', 9, 1 from mo_data.organisation_key k on conflict do nothing;
        insert into mo_data.price_per_unit_month (month, fingerprint, run_id) values ('2024-01-01', '', 1) on conflict do nothing;
        insert into mo_data.price_per_unit (month, generic_code, practices, target_price) values ('2024-01-01', '0501013B0AAABAB', 1, 1) on conflict do nothing;
        insert into mo_data.price_per_unit_saving (month, org_key, generic_code, quantity, nic, saving) select '2024-01-01', k.org_key, '0501013B0AAABAB', 1, 2, 1 from mo_data.organisation_key k on conflict do nothing});
    for (grep { chance(0.3) } split /\n/, psql(q{select distinct org_code || ' ' || quarter_start from mo_dashboard.icb_return where quarter_start + interval '3 months' <= current_date order by 1})) {
        my ($code, $quarter) = split / /;
        psql_error("set client_min_messages = error; call mo_data.submit_return('$code', date '$quarter')"); # refused without any figure
    }
    return;
}

fresh_database('mo_access_empty');
forget();
for my $number (1 .. $worlds) {
    srand($seed * 1000 + $number);
    my $world = random_world();
    my $what = "world $number of $seed";
    { local $ENV{PGDATABASE} = 'postgres'; psql('drop database if exists mo_access_random with (force)'); psql('create database mo_access_random template mo_access_empty') }
    local $ENV{PGDATABASE} = 'mo_access_random';
    add_reviews($world);
    $world->{more_sql} = reviews_sql($world);
    psql_script(world_sql($world));
    make_logins();
    $world->{key} = {map { ("$_->{org_type} $_->{org_code}" => $_->{org_key}) } read_view(undef, 'select org_type, org_code, org_key from mo_data.organisation_key')};
    written_by_hand($world);
    my $grants = grant_some($world);
    all_agree($what, $world, $grants);
    psql_script('set client_min_messages = warning; ' . change_world($world) . '; call mo_data.refresh()');
    written_by_hand($world);
    all_agree("$what, organisations have moved", $world, $grants);
    psql(join '', map { "select mo_data.revoke_reader('$_');" } @logins);
    all_agree("$what, nobody has anything", $world, {map { $_ => [] } @logins});
    psql("select mo_data.revoke_reader('mo_random_all')");
    { local $ENV{PGDATABASE} = 'postgres'; psql('drop database mo_access_random with (force)') }
    forget();
}
note('without a row: ', join ', ', grep { !$count{$_} && !$of_nobody{$_} } map { (split / /)[0] } @views);
note("$count{rows} rows of $count{views} views as somebody sees them; records opened $count{opened} times, refused $count{refused} times");
cmp_ok($count{rows}, '>', 1000, 'rows were read');
{ local $ENV{PGDATABASE} = 'postgres'; psql('drop database if exists mo_access_empty with (force)') }
done_testing();
