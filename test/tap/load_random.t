#!/usr/bin/env perl
# Whatever files came before, in whatever order and shape, the tables of sources hold what the files say and the record of every load says what it did:
# each of RANDOM_STEPS turns (80; make load-random: 600) loads a random file and compares with a model that was written from the contracts of the sources, not from the
# loader (MoDashLoadFlat, MoDashLoadDelta, MoDashLoadSeries). RANDOM_SEED gives the same turns again.
use strict;
use warnings;
use Test::More;
use MoDash;
use MoDashLoadFile qw(pick chance shuffled written);
use MoDashLoadFlat qw(%flat random_flat after_flat month_of);
use MoDashLoadDelta qw(random_delta after_delta);
use MoDashLoadSeries qw(random_prescribing after_prescribing @prescribing random_list_size after_list_size);

my $steps = $ENV{RANDOM_STEPS} // 80;
my $seed = $ENV{RANDOM_SEED} // 1;
srand($seed);
fresh_database("mo_load_random_$seed");
psql('update mo_data.code_set set is_on = true; update mo_data.cohort set is_on = true; update mo_data.monitoring_requirement set is_on = true');

my (%held, @said);
my $last_batch = 0;
sub give_up {
    my ($what, @why) = @_;
    fail($what);
    diag("RANDOM_SEED=$seed: ", map { "$_\n" } @why);
    done_testing();
    exit;
}

# Rows of a table, each as one text; and those the model has.
sub stored {
    my ($table, $columns, $where) = @_;
    my $row = join " || chr(31) || ", map { "coalesce($_\::text, chr(29))" } @$columns;
    return sort split /\x1e/, psql("select string_agg($row, chr(30)) from mo_data.$table where " . ($where // 'true'));
}
sub expected { my ($columns, @rows) = @_; return sort map { my $row = $_; join "\x1f", map { $row->{$_} // "\x1d" } @$columns } @rows }
sub differing {
    my ($stored, $expected) = @_;
    my (%s, %e);
    $s{$_}++ for @$stored;
    $e{$_}++ for @$expected;
    my @wrong = ((map { "only stored: $_" } grep { ($s{$_} // 0) > ($e{$_} // 0) } sort keys %s), map { "only expected: $_" } grep { ($e{$_} // 0) > ($s{$_} // 0) } sort keys %e);
    return map { substr($_, 0, 300) =~ s/\x1f/|/gr =~ s/\x1d/-/gr } @wrong;
}

# The record of the newest load, if there is one since the last.
sub newest_batch {
    my %b;
    my @names = qw(batch_id source state rows_read rows_kept rows_rejected rows_replaced months changed_from message);
    @b{@names} = split /\x1f/, psql("select concat_ws(chr(31), " . join(', ', map { "coalesce($_\::text, '')" } @names) . ") from mo_data.load_batch where batch_id > $last_batch order by batch_id desc limit 1"), -1;
    return undef if !$b{batch_id};
    $last_batch = $b{batch_id};
    $b{months} =~ tr/{}//d;
    $b{rejects} = [split / /, psql("select string_agg(line_no || ':' || coalesce(column_name, ''), ' ' order by line_no, column_name) from mo_data.load_reject where batch_id = $last_batch")];
    return \%b;
}

# Files of one source have to meet: a short run has few of the sources, another seed others.
my @given = qw(patient_link organisation_link activity);
my @others = shuffled(grep { my $name = $_; !grep { $name eq $_ } @given } sort keys %flat);
sub some_of { my ($most, $rule) = @_; my @of = grep { $flat{$_}{replaces} =~ $rule } @others; return @of[0 .. ($steps < 320 && $most < @of ? $most : @of) - 1] }
my @flat = (@given, some_of(2, qr/^month/), some_of(1, qr/^whole/), some_of(1, qr/^(each|key)/));
sub flat_turn {
    my $of = $flat{pick(@flat, @flat[3 .. $#flat])};
    my $held = $held{$of->{name}} //= {};
    my $file = random_flat($of, $held) or return;
    load_flat($of, $held, $file);
    load_flat($of, $held{$of->{name}}, {%$file, name => 'again.csv'}) if chance(0.2); # other bytes, the same rows
    push @said, [$of, $file] if chance(0.3);
    if (@said && chance(0.2)) { my ($was, $same) = @{pick(@said)}; load_flat($was, $held{$was->{name}}, $same, 1) } # the same bytes, at any later time
}

my $loads = 0;
sub load {
    my ($file, $again) = @_;
    my $path = $again ? $file->{path} : written($file);
    my ($way, @options) = ('modash', $file->{part} ne '' ? ('--part', $file->{part}) : ());
    if ($file->{source} eq 'prescribing') {
        push @options, '--connections', pick(1, 2, 3), $file->{map} ? ('--map', file_with('columns.map', $file->{map})) : ();
        $way = 'server' if !$file->{map} && chance(0.4);
    }
    my @said = $way eq 'modash' ? modash('load', @options, $file->{source}, $path)
        : psql_error("set client_min_messages = warning; select state from mo_data.load_prescribing_file('$path', '$file->{part}')");
    return (++$loads . " $file->{source} by $way @options $path", newest_batch(), @said);
}

sub load_flat {
    my ($of, $held, $file, $again) = @_;
    my ($what, $batch, $code, @said) = load($file, $again);
    my $must = after_flat($of, $held, $file, $last_batch);
    my @wrong;
    if (!$batch) {
        push @wrong, "exit $code, but it would change " . ($must->{changed} // 0) . ' rows' if $code != 5 || !$again && $file->{name} ne 'again.csv' || $must->{changed};
    } elsif ($batch->{state} eq 'failed') {
        push @wrong, "refused: $batch->{message}" if !$must->{failed} && !$must->{may_fail};
    } elsif ($must->{failed}) {
        push @wrong, 'not refused';
    } else {
        push @wrong, map { $batch->{$_->[0]} eq $_->[1] ? () : "$_->[0] is $batch->{$_->[0]}, not $_->[1]" } ['rows_read', scalar @{$file->{rows}}], ['rows_kept', $must->{kept}],
            ['rows_rejected', scalar @{$must->{rejects}}], ['rows_replaced', $must->{replaced}],
            (defined $must->{months} ? ['months', join ',', @{$must->{months}}] : ()), (defined $must->{changed_from} ? ['changed_from', $must->{changed_from}] : ());
        my $rejects = join ' ', map { "$_->[0]:$_->[1]" } sort { $a->[0] <=> $b->[0] } @{$must->{rejects}};
        push @wrong, "rejects @{$batch->{rejects}}, not $rejects" if "@{$batch->{rejects}}" ne $rejects;
        $held{$of->{name}} = $must->{held};
    }
    push @wrong, wrong_flat($of);
    give_up($what, @wrong, @said) if @wrong;
}

sub wrong_flat {
    my ($of) = @_;
    my @columns = map { $_->{name} } @{$of->{columns}};
    my @have = stored($of->{name}, [@columns, 'batch_id'], $of->{name} eq 'activity' ? "source_system = 'flat'" : 'batch_id is not null');
    my @want = expected([@columns, 'batch_id'], map { {%$_, batch_id => $_->{-batch}} } values %{$held{$of->{name}}});
    return differing(\@have, \@want), wrong_latest($of);
}

# A source reaches to the latest month of its rows that stand, whatever was loaded before and has gone.
sub wrong_latest {
    my ($of) = @_;
    return if $of->{touches} eq '' || $of->{touches} =~ /\.\./;
    my ($latest) = sort { $b cmp $a } grep { defined } map { my $row = $_; map { month_of($row->{$_}) } split /,/, $of->{touches} } values %{$held{$of->{name}} // {}};
    my $read = psql("select latest_month from mo_dashboard.data_status where source_name = '$of->{name}'");
    return $read eq ($latest // '') ? () : "data_status: latest month is $read, not " . ($latest // 'none');
}

# ------------------------------------------------------------------------------- GP systems
my $world = {activity => {}, removed => {}, code => {}};
sub links { my ($name, $id, $value) = @_; return {map { ("$_->{source_system}\x1f$_->{$id}" => $_->{$value}) } values %{$held{$name} // {}}} }

# What was rejected, beside what had to be and what might be.
sub wrong_rejects {
    my ($batch, $must) = @_;
    my %allowed = map { my ($line, $column) = @$_; ("$line:$column" => 1) } map { @$_ } @{$must->{must}}, @{$must->{may}};
    my %said = map { $_ => 1 } @{$batch->{rejects}};
    return ((map { $allowed{$_} || $allowed{s/:.*/:/r} ? () : "rejected $_" } sort keys %said),
        map { my $group = $_; (grep { $said{"$_->[0]:$_->[1]"} } @$group) ? () : 'not rejected: ' . join ' or ', map { join ':', @$_ } @$group } @{$must->{must}});
}

sub load_delta {
    my ($file, $again) = @_;
    my ($what, $batch, $code, @said) = load($file, $again);
    @$world{qw(patient_link organisation_link)} = (links('patient_link', 'source_patient_id', 'patient_key'), links('organisation_link', 'source_organisation_id', 'org_code'));
    my $must = after_delta($world, $file);
    my @wrong;
    if (!$batch) {
        push @wrong, "exit $code, but it would change $must->{changed} events" if $code != 5 || !$again || $must->{$file->{kind} eq 'systmone' ? 'new' : 'changed'};
    } elsif ($batch->{state} eq 'failed') {
        push @wrong, "refused: $batch->{message}" if $must->{bad} + $must->{unlinked} < @{$file->{rows}};
    } else {
        push @wrong, "read $batch->{rows_read}, kept $batch->{rows_kept}" if $batch->{rows_read} != @{$file->{rows}} || $batch->{rows_read} != $batch->{rows_kept} + @{$batch->{rejects}};
        push @wrong, wrong_rejects($batch, $must);
        my %said = map { $_ => 1 } split /,/, $batch->{months};
        push @wrong, "months $batch->{months}, not " . join ',', sort keys %{$must->{months}} if (grep { !$said{$_} } keys %{$must->{months}}) || grep { !$must->{months}{$_} && !$must->{perhaps}{$_} } keys %said;
        $world = $must->{world};
    }
    push @wrong, wrong_activity();
    give_up($what, @wrong, @said) if @wrong;
}

sub wrong_activity {
    my @columns = qw(source_system event_id patient_key practice_code code event_date recorded_date outcome value_number value_comparator value_unit staff_role linked_event_id processing_id);
    my @have = stored('activity', \@columns, "source_system <> 'flat'");
    my @want = expected(\@columns, values %{$world->{activity}});
    my @removed = stored('activity_removed', [qw(source_system event_id processing_id)]);
    my @must = sort map { "$_\x1f" . ($world->{removed}{$_} // "\x1d") } keys %{$world->{removed}};
    my @codes = stored('emis_code', [qw(code_id snomed_concept term processing_id)]);
    my @code = expected([qw(code_id concept term processing_id)], values %{$world->{code}});
    return (differing(\@have, \@want), differing(\@removed, \@must), differing(\@codes, \@code));
}

my @deltas;
sub delta_turn {
    if (@deltas && chance(0.2)) { load_delta(pick(@deltas), 1); return }
    my $file = random_delta();
    load_delta($file);
    push @deltas, $file;
}

# ------------------------------------------------------------------------------- prescribing, list sizes
my %series = (prescribing => {held => [], random => \&random_prescribing, after => \&after_prescribing, wrong => \&wrong_prescribing},
    list_size => {held => {bands => [], totals => {}}, random => \&random_list_size, after => \&after_list_size, wrong => \&wrong_sizes});

sub wrong_prescribing {
    my ($rows) = @_;
    my @have = stored('prescribing', \@prescribing);
    my @want = expected(\@prescribing, @$rows);
    my @sums = split /\n/, psql(q{select d from ((select month, practice_code, unidentified, count(*), count(*) filter (where actual_cost_e5 is null), sum(items), sum(nic_e5), sum(actual_cost_e5)
        from mo_data.prescribing where month = any (mo_data.prescribing_kept_months('1900-01-01', '2100-01-01')) group by 1, 2, 3
        except all select * from mo_data.refresh_prescribing)) d});
    return (differing(\@have, \@want), map { "sums that are kept, but not those of the rows: $_" } @sums);
}

sub wrong_sizes {
    my ($held) = @_;
    my @band = qw(month practice_code sex age_from age_to patients);
    my @total = qw(month org_type org_code sex age_band patients);
    return (differing([stored('list_size', \@band)], [expected(\@band, @{$held->{bands}})]), differing([stored('list_size_total', \@total)], [expected(\@total, values %{$held->{totals}})]));
}

sub load_series {
    my ($of, $file) = @_;
    my ($what, $batch, $code, @said) = load($file);
    my $must = $of->{after}->($of->{held}, $file);
    my @wrong;
    if (!$batch) { push @wrong, "exit $code" }
    elsif ($batch->{state} eq 'failed') { push @wrong, "refused: $batch->{message}" if !$must->{failed} }
    elsif ($must->{failed}) { push @wrong, 'not refused' }
    else {
        push @wrong, map { $batch->{$_->[0]} eq $_->[1] ? () : "$_->[0] is $batch->{$_->[0]}, not $_->[1]" } ['rows_read', scalar @{$file->{rows}}], ['rows_kept', $must->{kept}],
            ['rows_rejected', scalar @{$must->{rejects}}], ['rows_replaced', $must->{replaced}], ['months', join ',', @{$must->{months}}];
        my $rejects = join ' ', map { "$_->[0]:$_->[1]" } sort { $a->[0] <=> $b->[0] } @{$must->{rejects}};
        push @wrong, "rejects @{$batch->{rejects}}, not $rejects" if "@{$batch->{rejects}}" ne $rejects;
        $of->{held} = $must->{held};
    }
    push @wrong, $of->{wrong}->($of->{held});
    give_up($what, @wrong, @said) if @wrong;
    return;
}

sub series_turn {
    my $of = $series{pick(qw(prescribing prescribing list_size))};
    my $file = $of->{random}->();
    load_series($of, $file);
    load_series($of, {%$file, rows => [reverse @{$file->{rows}}], name => 'again.csv'}) if chance(0.1) && !grep { $_->{-short} } @{$file->{rows}};
    return;
}

# ------------------------------------------------------------------------------- what refreshes keep of activity
sub sets_turn { # as a refresh does: kept sets are looked at as loads left them, made for months that have none that hold, and looked at again
    my @wrong = wrong_sets();
    push @wrong, (psql(q{select mo_data.event_month_keep('2025-01-01', '2025-12-01')}) // '') eq '' ? 'no sets are kept' : (), wrong_sets();
    give_up('kept events', @wrong) if @wrong;
    return;
}
sub wrong_sets { # months of kept events that no edit is noted for, beside the rows
    return map { "kept events that are not those of the rows: $_" } split /\n/, psql(q{
        with months as (select m.month, m.codes from mo_data.event_month_set_month m
            where not exists (select from mo_data.event_month_set_edit e where e.month = m.month or e.month is null)),
        kept as (select s.month, s.code, unnest(s.patients) as patient_key, unnest(s.days) as day from mo_data.event_month_set s join months m using (month)),
        held as (select m.month, a.code, a.patient_key, a.event_date from mo_data.activity a join months m on m.month = mo.month_start(a.event_date) and a.code = any (m.codes)
            where coalesce(a.outcome, 'attended') = 'attended')
        select 'only kept: ' || x::text from (select * from kept except all select * from held) x union all
        select 'only in activity: ' || x::text from (select * from held except all select * from kept) x});
}

# ------------------------------------------------------------------------------- purge
# What goes from flat sources after its time, by the dates that purge_rule() names: the row's own, or (of themes) that of their event.
my %purged = (activity => sub { defined $_[0]{event_date} && $_[0]{event_date} lt $_[1] }, discharge => sub { $_[0]{received_on} lt $_[1] }, new_start => sub { $_[0]{started_on} lt $_[1] },
    incident => sub { $_[0]{occurred_on} lt $_[1] }, supervision => sub { $_[0]{held_on} lt $_[1] }, significant_event => \&over_by_quarter,
    significant_event_theme => sub { my ($theme, $before) = @_; grep { $_->{event_id} eq $theme->{event_id} && over_by_quarter($_, $before) } values %{$held{significant_event} // {}} });
sub over_by_quarter { # whole quarters, and what is completed
    my ($event, $before) = @_;
    my ($y, $m) = split /-/, $before;
    my $quarter = sprintf '%s-%02d-01', $y, 3 * int(($m - 1) / 3) + 1;
    return $event->{raised_on} lt $quarter && defined $event->{completed_on} && $event->{completed_on} lt $quarter;
}

# The latest list on or before a month counts: of a practice's lists before the day one stays.
sub lists_that_stay {
    my ($before) = @_;
    my @bands = @{$series{list_size}{held}{bands}};
    return grep { my $b = $_; $b->{month} ge $before || !grep { $_->{practice_code} eq $b->{practice_code} && $_->{month} gt $b->{month} && $_->{month} le $before } @bands } @bands;
}

# Later files of the same months bring rows again, and the same bytes do not: they were loaded.
sub purge_turn {
    my $before = pick(qw(2024-02-01 2024-03-01 2025-02-01 2025-03-01 2025-05-01));
    my $last = psql_error("set client_min_messages = warning; select string_agg(table_name || ' ' || rows, ', ') from mo_data.purge('" . substr($before, 0, 8) . pick('01', '20') . "')");
    give_up("purge before $before", $last) if $last;
    for my $name (sort { $b cmp $a } keys %purged) { # themes while their events are there
        my $rows = $held{$name} or next;
        $held{$name} = {map { $purged{$name}->($rows->{$_}, $before) ? () : ($_ => $rows->{$_}) } keys %$rows};
    }
    for my $key (keys %{$world->{activity}}) { my $day = $world->{activity}{$key}{event_date}; delete $world->{activity}{$key} if defined $day && $day lt $before }
    $series{prescribing}{held} = [grep { $_->{month} ge $before } @{$series{prescribing}{held}}];
    $series{list_size}{held}{bands} = [lists_that_stay($before)];
    @said = @deltas = (); # given again they do nothing, whatever has gone of them
    my @wrong = (wrong_activity(), map { $_->{wrong}->($_->{held}) } values %series);
    push @wrong, map { wrong_flat($flat{$_}) } grep { $held{$_} } sort keys %purged;
    give_up("purge before $before", @wrong) if @wrong;
    return;
}

# Most links are there from the beginning: random files take some away and bring others.
for my $of (@flat{qw(patient_link organisation_link)}) {
    my @names = map { $_->{name} } @{$of->{columns}};
    my @rows = map { my $system = $_; map { my %row; @row{@names} = ($system, "S$_", $of->{name} eq 'patient_link' ? $_ + 1 : "A8100$_"); \%row } 0 .. 4 } qw(emis systmone);
    load_flat($of, $held{$of->{name}} = {}, {source => $of->{name}, name => "$of->{name}.csv", columns => \@names, rows => \@rows, part => ''});
}
for (1 .. $steps) { chance(0.04) ? purge_turn() : pick((\&flat_turn) x 4, (\&delta_turn, \&series_turn) x 3, \&sets_turn)->() }
sets_turn();
cmp_ok(psql('select count(*) from mo_data.event_month_set'), '>', 0, 'events are kept');
pass("$loads loads of random files: " . psql("select string_agg(source || ' ' || n, ', ' order by source) from (select source, count(*) as n from mo_data.load_batch group by 1) x"));
done_testing();
