# A small NHS at random, for the test that holds every published figure against a plain reading of its definition: organisations whose parents change,
# close and join, a site's own groups, KPIs of every unit whose base figures are anything, and targets. The same srand() on the same day gives the same world.
package MoDashPublishedWorld;
use strict;
use warnings;
use Exporter qw(import);
use POSIX qw(strftime);
use Time::Local qw(timegm);

our @EXPORT_OK = qw(random_world world_sql later_month month_end later_day days_between today april_of run_of pick chance some_day months_of org_month a_load loads_sql figures_sql rows);

sub pick { return $_[int rand @_] }
sub chance { return rand() < $_[0] }

# ------------------------------------------------------------------------------------------------------------------------- days, as 2026-04-01
sub later_day { my ($day, $days) = @_; my ($y, $m, $d) = split /-/, $day; return strftime('%Y-%m-%d', gmtime(timegm(0, 0, 12, $d, $m - 1, $y) + 86400 * $days)) }
sub later_month { my ($month, $months) = @_; my ($y, $m) = split /-/, $month; my $n = $y * 12 + $m - 1 + $months; return sprintf '%04d-%02d-01', $n / 12, $n % 12 + 1 }
sub month_end { return later_day(later_month($_[0], 1), -1) }
sub today { return strftime('%Y-%m-%d', localtime) }
sub days_between { my ($from, $to) = map { my ($y, $m, $d) = split /-/; timegm(0, 0, 12, $d, $m - 1, $y) } @_; return ($to - $from) / 86400 }
sub april_of { my ($y, $m) = split /-/, $_[0]; return sprintf '%04d-04-01', $m >= 4 ? $y : $y - 1 }

# The refresh that published a figure: after the first one, whichever last wrote it.
sub run_of { my ($world) = @_; return ($world->{run} // 1) == 1 ? 1 : sub { $_[0] >= 1 && $_[0] <= $world->{run} } }

# -------------------------------------------------------------------------------------------------------------------------------- organisations
sub add { my ($world, $code, $type, %more) = @_; $world->{org}{$code} = {code => $code, type => $type, name => "$type $code", from => '1900-01-01', to => undef, %more}; return $code }
sub join_to { my ($world, $code, $type, $parent, $from, $to) = @_; push @{$world->{parent}}, [$code, $type, $parent, $from // '1900-01-01', $to]; return }
sub some_day { my ($world) = @_; return later_day(pick(@{$world->{months}}), pick(0, 0, 9, 27)) }

# One parent, or one until a day and another from it or from later on.
sub join_over_time {
    my ($world, $code, $type, $moves, @parents) = @_;
    my ($first, $second) = (pick(@parents), pick(@parents));
    return join_to($world, $code, $type, $first) if !$moves;
    my $day = some_day($world);
    join_to($world, $code, $type, $first, undef, $day);
    join_to($world, $code, $type, $second, chance(0.8) ? $day : later_day($day, 40));
    return;
}

sub random_organisations {
    my ($world) = @_;
    add($world, 'ENG', 'nation');
    my @region = map { add($world, $_, 'region') } pick([qw(Y11)], [qw(Y11 Y22)])->@*;
    join_to($world, $_, 'nation', 'ENG') for @region;
    my @icb = map { add($world, $_, 'icb') } (qw(QAA QBB QCC))[0 .. pick(0, 1, 1, 2)];
    join_to($world, $_, 'region', pick(@region)) for @icb;
    my @sub = map { add($world, $_, 'sub_icb') } (qw(00A 00B 00C 00D))[0 .. @icb - 1 + pick(0, 1)];
    for my $n (0 .. $#sub) { join_over_time($world, $sub[$n], 'icb', $n >= @icb && @icb > 1 && chance(0.3), $n < @icb ? $icb[$n] : @icb) }
    my @pcn = map { add($world, "U0000$_", 'pcn') } 1 .. 2 + int rand 7;
    for my $code (@pcn) {
        join_over_time($world, $code, 'sub_icb', chance(0.1), @sub) unless $world->{small} && chance(0.1);
        $world->{org}{$code}{to} = some_day($world) if chance(0.06); # its practices may say so later
    }
    for my $n (1 .. 3 * @pcn + int rand 8) { # of small worlds (those of attacker_random.t) many move, and some are of a sub-ICB or group of their own
        my $code = add($world, $n == 9 ? 'A00998' : sprintf('A%05d', $n), 'practice', setting => pick((4) x 12, 8, undef));
        my $org = $world->{org}{$code};
        $org->{to} = some_day($world) if chance(0.08);
        $org->{from} = later_day($org->{to} // some_day($world), -pick(1, 40, 4000)) if chance(0.08);
        $org->{from} = later_day(today(), 40) if !$world->{small} && chance(0.03) && !defined $org->{to};
        join_over_time($world, $code, 'sub_icb', chance($world->{small} ? 0.1 : 0.03), @sub) unless $world->{small} && chance(0.05);
        join_over_time($world, $code, 'pcn', chance($world->{small} ? 0.25 : 0.12), @pcn) if chance(0.93);
    }
    my @practice = grep { $world->{org}{$_}{type} eq 'practice' } sort keys %{$world->{org}};
    for my $group (grep { chance(0.6) } 'north', 'Mixed', $world->{small} ? qw(east one) : ()) {
        for my $code ($group eq 'one' ? pick(@practice) : grep { chance(0.3) } @practice) {
            push @{$world->{group}}, [$group, $code, chance(0.2) ? some_day($world) : '1900-01-01', undef];
            $world->{group}[-1][3] = later_day($world->{group}[-1][2] gt '2000' ? $world->{group}[-1][2] : some_day($world), pick(20, 100)) if chance(0.15);
        }
    }
    return;
}

# ----------------------------------------------------------------------------------------------------------------------------------------- KPIs
# Drivers, with the days after a month's end when its figure can be complete; none: a national publication, complete once it is there.
my %lag = (prescribing => undef, discharge => 14, incident => 28, new_start => 45, pincer_hazard => 14, supervision => 20);

sub random_kpi {
    my ($world, $n, $source) = @_;
    my $unit = pick(qw(percent percent percent count count rate), $world->{small} ? () : qw(ratio pounds score));
    $unit = $world->{units}[$n - 1] if $world->{units};
    my $counted = $unit =~ /percent|count|rate/;
    my %kpi = (id => "site_$unit$n", source => $source, lag => $lag{$source}, unit => $unit, family => pick(qw(clinical_activity prescribing_safety cost des_assurance)), order => 900 - $n,
        per => $unit eq 'rate' ? pick(1000, 10000) : 1, decimals => pick(0, 1, 2), direction => pick(qw(higher higher lower neither)), basis => pick(qw(flow flow stock stock annual)),
        interval => $unit eq 'percent' ? pick(qw(wilson wilson none)) : $counted ? pick(qw(byar byar none)) : 'none', front => chance(0.85) ? 1 : 0,
        begins => chance(0.35) ? 1 : 0, april => 0, base => chance(0.15) ? 'pcn' : 'practice', add_up => 1, parts => []);
    $kpi{parts} = [('a', 'b', 'class_2')[0 .. pick(1, 2)]] if chance(0.35);
    $kpi{add_up} = 0 if @{$kpi{parts}} && chance(0.3);
    $kpi{april} = 1 if $kpi{basis} ne 'annual' && chance(0.12);
    $kpi{sources} = [$source, !$world->{small} && chance(0.1) ? pick(@{$world->{unloaded}}) : ()]; # one that waits for a source never loaded
    $kpi{optional} = [$kpi{sources}[1]] if @{$kpi{sources}} > 1 && chance(0.5);
    @kpi{qw(basis april)} = ('flow', 1) if $n == 2 && @{$world->{months}} >= 26; # every long world has one whose months must not be added up
    if ($counted && ($world->{small} || chance(0.6))) {
        @kpi{qw(hide_from hide_to)} = (1, pick(2, 4, 7)) if $world->{small} || chance(0.85);
        $kpi{round} = pick(undef, undef, 5, 10) if defined $kpi{hide_from} || chance(0.5);
        $kpi{below} = pick(undef, undef, 10) if $unit ne 'count';
    }
    my @months = @{$world->{months}};
    my $last = $#months - pick(0, 0, 0, 1, 2);
    my $first = chance(0.2) ? int rand @months : 0;
    $kpi{loaded} = [@months[$first .. ($last < $first ? $first : $last)]];
    return \%kpi;
}

# The months it has: none while a source that it needs was never loaded; those its driver reaches; from April where it counts from then; to March where it is annual, but none that has not ended.
sub months_of {
    my ($kpi) = @_;
    return if @{$kpi->{sources}} > 1 && !$kpi->{optional};
    my ($first, $last) = @{$kpi->{loaded}}[0, -1];
    $first = later_month(april_of($first), 12) if $kpi->{april} && april_of($first) lt $first;
    my $ended = later_month(substr(today(), 0, 7) . '-01', -1);
    if ($kpi->{basis} eq 'annual') { my $march = later_month(april_of($last), 11); $last = $march lt $ended ? $march : $ended }
    my @months;
    for (my $month = $first; $month le $last; $month = later_month($month, 1)) { push @months, $month }
    return @months;
}

# ---------------------------------------------------------------------------------------------------------------------------------- base figures
sub random_part {
    my ($kpi, $size, $level) = @_;
    my $d = $kpi->{unit} eq 'count' ? 0 : chance(0.05) ? 0 : int($size * (0.5 + rand));
    my $share = $level + 0.2 * (rand() - 0.5);
    $share = $share < 0 ? 0 : $share > 1 ? 1 : $share;
    return (chance(0.1) ? 0 : int($size * $share), $d) if $kpi->{unit} eq 'count';
    return (chance(0.1) ? 0 : chance(0.1) ? $d : int($d * $share), $d) if $kpi->{unit} eq 'percent' && $kpi->{interval} eq 'wilson';
    return (int($size * 2 * $share), $d) if $kpi->{unit} =~ /percent|rate/;
    return (sprintf('%.2f', $size * $share * pick((1) x 9, -1)) + 0, $d ? sprintf('%.1f', $d) + 0 : 0);
}

# Base figures of an organisation in a month: the KPI's, and those of its parts.
sub org_month {
    my ($kpi, $code, $month, $size, $level) = @_;
    my (@rows, @sum);
    for my $part (@{$kpi->{parts}}) {
        next if chance(0.1);
        my ($numerator, $denominator) = random_part($kpi, $size / 2, $level);
        push @rows, [$code, $month, $part, $numerator, $denominator];
        @sum = (($sum[0] // 0) + $numerator, ($sum[1] // 0) + $denominator);
    }
    @sum = @{$kpi->{parts}} ? (0, 0) : random_part($kpi, $size, $level) if !@sum;
    $sum[0] = int($sum[0] * 0.8) if !$kpi->{add_up};
    return (@rows, [$code, $month, '', @sum]);
}

sub random_figures {
    my ($world, $kpi) = @_;
    my $scale = $world->{small} ? pick(6, 10, 15, 25, 40) : pick(3, 8, 15, 40, 40, 200, 3000, 10_000_000);
    my @orgs = grep { $world->{org}{$_}{type} eq $kpi->{base} } sort keys %{$world->{org}};
    my %late = map { $_ => pick(@{$kpi->{months}}) } map { chance(0.15) ? $_ : () } qw(QAA QBB QCC); # an ICB that begins later
    my %silent = map { $_ => 1 } grep { chance(0.05) } @{$kpi->{months}};                            # months without any record
    for my $code (@orgs) {
        next if chance(0.05);
        my ($size, $level, $drift) = ($scale * (0.2 + rand), rand, (rand() - 0.5) * pick(0, 0, 0.03));
        my $icb = $late{pick(qw(QAA QBB QCC))};
        my $absent = pick(0, 0.02, 0.2);
        for my $n (0 .. $#{$kpi->{months}}) {
            my $month = $kpi->{months}[$n];
            next if $silent{$month} || chance($absent) || $icb && $month lt $icb;
            push @{$kpi->{figures}}, org_month($kpi, $code, $month, $size, $level + $drift * $n);
        }
    }
    return;
}

sub random_targets {
    my ($world, $kpi) = @_;
    my @values = sort { $a <=> $b } map { $kpi->{unit} eq 'count' ? $_->[3] : $_->[4] ? $_->[3] / $_->[4] * $kpi->{per} : () } grep { $_->[2] eq '' } @{$kpi->{figures}};
    return if !@values || chance(0.2);
    for my $code (map { pick(sort keys %{$world->{org}}) } 1 .. pick(1, 2, 5)) {
        my $from = chance(0.5) ? '2020-01-01' : pick(@{$kpi->{months}});
        my $to = chance(0.3) ? later_month($from, 1 + int rand 12) : undef;
        next if grep { $_->[0] eq $kpi->{id} && $_->[1] eq $code } @{$world->{target}};
        push @{$world->{target}}, [$kpi->{id}, $code, $from, $to, sprintf('%.3f', pick(@values)) + 0];
        push @{$world->{target}}, [$kpi->{id}, $code, $to, undef, sprintf('%.3f', pick(@values)) + 0] if defined $to && chance(0.5);
    }
    return;
}

# small: as small numbers come: every KPI has a rule for them, and months are few. units: those of its KPIs, one by one.
sub random_world {
    my (%wish) = @_;
    my $last = later_month(substr(today(), 0, 7) . '-01', -pick(1, 1, 1, 2, 4));
    my %world = (group => [], target => [], ended => later_month(substr(today(), 0, 7) . '-01', -1), small => $wish{small}, units => $wish{units});
    my $count = $wish{small} ? pick(3, 5, 13, 14) : pick(3, 13, 14, 26, 36);
    $world{months} = [map { later_month($last, $_ - $count + 1) } 0 .. $count - 1];
    random_organisations(\%world);
    my @sources = sort { $a cmp $b } keys %lag;
    $world{unloaded} = [grep { !$lag{$_} } qw(switch_plan formulary organisation_link)];
    my $n = 0;
    for my $source (@sources[0 .. pick(3, 4, 5)]) {
        my $kpi = random_kpi(\%world, ++$n, $source);
        $kpi->{months} = [months_of($kpi)];
        next if $world{small} && !@{$kpi->{months}};
        $kpi->{figures} = [];
        random_figures(\%world, $kpi);
        random_targets(\%world, $kpi);
        push @{$world{kpi}}, $kpi;
    }
    random_loads(\%world) if !$world{small};
    random_successors(\%world);
    return \%world;
}

# Who followed whom: also ones that are not there, some on the same day, lately and long ago.
sub random_successors {
    my ($world) = @_;
    my %had;
    for (1 .. int rand 7) {
        my ($one, $other) = map { chance(0.9) ? pick(sort keys %{$world->{org}}) : 'Z' . int rand 3 } 1, 2;
        my $day = later_day(today(), -pick(1, 200, 200, 700, 800, 4000));
        push @{$world->{successor}}, [$one, $other, pick(qw(merger split acquisition rename recode)), $day] if $one ne $other && !$had{"$one $other $day"}++;
    }
    return;
}

# Loads: of each driver one that stands; and some of any source, which stand, were replaced since, or failed. What was replaced may have had other months.
# A day of the last 400, but after its months' end: a month that has not ended when its file is made is not known by it (sql/source_span.sql).
sub made_after {
    my (@months) = @_;
    my $last = (sort @months)[-1];
    my ($day) = sort { $b cmp $a } later_day(today(), -1 - int rand 400), defined $last ? later_month($last, 1) : ();
    return $day gt today() ? today() : $day;
}

sub a_load {
    my ($source, $state, @months) = @_;
    my ($kept, $rejected) = $state eq 'failed' ? (0, pick(0, 7)) : (int rand 900, pick(0, 0, 3));
    return {source => $source, state => $state, months => [sort @months], kept => $kept, rejected => $rejected, at => sprintf('%s %02d:%02d:%02d', made_after(@months), map { int rand } 24, 60, 60)};
}

sub random_loads {
    my ($world) = @_;
    my %unloaded = map { $_ => 1 } @{$world->{unloaded}};
    my @months = @{$world->{months}};
    for my $kpi (@{$world->{kpi}}) {
        push @{$world->{load}}, a_load($kpi->{source}, 'loaded', @{$kpi->{loaded}});
        push @{$world->{load}}, a_load($kpi->{source}, 'superseded', $kpi->{loaded}[-1], chance(0.5) ? $months[-1] : ()) if chance(0.3);
        push @{$world->{load}}, a_load($kpi->{source}, 'failed') if chance(0.2);
    }
    for my $source (grep { !exists $lag{$_} } qw(list_size bank_holidays measures weight alert culture_audit kpi_target supervision_requirement), @{$world->{unloaded}}) {
        for my $state (map { pick(qw(loaded superseded failed)) } 1 .. pick(0, 1, 1, 3)) {
            $state = 'failed' if $unloaded{$source};
            push @{$world->{load}}, a_load($source, $state, $state eq 'failed' ? () : map { pick(@months, later_month($months[0], -15)) } 1 .. pick(0, 1, 2));
        }
    }
    return;
}

# ------------------------------------------------------------------------------------------------------------------------------------------ SQL
sub text { my ($value) = @_; return !defined $value ? 'null' : "'" . $value =~ s/'/''/gr . "'" }
sub rows { my ($table, @rows) = @_; return @rows ? "insert into $table values\n" . join(",\n", map { '(' . join(', ', map { text($_) } @$_) . ')' } @rows) . ";\n" : '' }

sub loads_sql {
    return rows('mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, rows_read, rows_kept, rows_rejected, started_at, finished_at)', map { my $load = $_;
        [$load->{source}, 'x.csv', '0' x 64, 1, 'flat', $load->{state}, '{' . join(',', @{$load->{months}}) . '}', $load->{kept} + $load->{rejected}, $load->{kept}, $load->{rejected}, ("$load->{at}+00") x 2] } @_);
}

sub figures_sql {
    my ($kpi, @figures) = @_;
    return @figures ? "insert into site.figure (org_code, month, breakdown, numerator, denominator, kpi_id) select c.*, '$kpi->{id}' from (values
        " . join(",\n", map { "('$_->[0]', date '$_->[1]', '$_->[2]', $_->[3]::float8, $_->[4]::float8)" } @figures) . ") c;\n" : '';
}

sub kpi_sql {
    my ($kpi) = @_;
    return "create function mo_data.kpi_$kpi->{id}(from_month date, to_month date)
            returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
            language sql stable set search_path = pg_catalog, pg_temp
            as \$\$ select f.org_code, f.month, nullif(f.breakdown, ''), 'x', f.numerator, f.denominator from site.figure f where f.kpi_id = '$kpi->{id}' and f.month between from_month and to_month \$\$;
        call mo_data.register_kpi(kpi_id => '$kpi->{id}', family => '$kpi->{family}', name => 'Name of $kpi->{id}', short_name => '$kpi->{id}', unit => '$kpi->{unit}', numerator_wording => 'n',
            denominator_wording => 'd', direction => '$kpi->{direction}', sources => '{" . join(',', @{$kpi->{sources} // [$kpi->{source}]}) . "}', optional_sources => '{" . join(',', @{$kpi->{optional} // []}) . "}', rationale => 'r', reference => 'r', page_order => $kpi->{order},
            on_front_page => ($kpi->{front} = 1), per => $kpi->{per}, decimals => $kpi->{decimals}, time_basis => '$kpi->{basis}', interval_method => '$kpi->{interval}',
            hide_from => " . text($kpi->{hide_from}) . ', hide_to => ' . text($kpi->{hide_to}) . ', round_to => ' . text($kpi->{round}) . ', hide_denominator_below => ' . text($kpi->{below}) . ",
            expected_lag_days => " . ($kpi->{lag} // 62) . ", counts_from_april => ($kpi->{april} = 1), begins_with_first => ($kpi->{begins} = 1));
        " . figures_sql($kpi, @{$kpi->{figures}}, ['none', '2000-01-01', '', 0, 0]);
}

sub world_sql {
    my ($world) = @_;
    my @orgs = map { $world->{org}{$_} } sort keys %{$world->{org}};
    return "set client_min_messages = warning; create schema site; create table site.figure (kpi_id text, org_code text, month date, breakdown text, numerator float8, denominator float8);
        update mo_data.kpi set is_active = false;\n"
        . rows('mo_data.organisation (org_code, org_type, name, prescribing_setting, open_from, open_to)', map { [@$_{qw(code type name setting from to)}] } @orgs)
        . rows('mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to)', @{$world->{parent}})
        . rows('mo_data.organisation_group (group_code, org_code, group_name, valid_from, valid_to)', map { [@$_[0, 1], "Group $_->[0]", @$_[2, 3]] } @{$world->{group}})
        . rows('mo_data.organisation_successor (org_code, successor_code, kind, effective_from)', @{$world->{successor} // []})
        . loads_sql(@{$world->{load} // [map { {source => $_->{source}, state => 'loaded', months => $_->{loaded}, kept => 0, rejected => 0, at => later_day(today(), -1) . ' 12:00:00'} } @{$world->{kpi}}]})
        . join('', map { kpi_sql($_) } grep { !$_->{reviews} } @{$world->{kpi}}) . ($world->{more_sql} // '')
        . rows('mo_data.kpi_target (kpi_id, org_code, valid_from, valid_to, target)', @{$world->{target}})
        . "call mo_data.refresh();\n";
}

1;
