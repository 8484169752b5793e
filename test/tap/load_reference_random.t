#!/usr/bin/env perl
# Organisations, PCNs, bank holidays, measures and their published values after random files in any order, as they came and by --all: as load_random.t, beside models
# that were written from design and comments (MoDashLoadReference, MoDashLoadDocument). RANDOM_STEPS turns (40; make load-random: 600); RANDOM_SEED gives the same again.
use strict;
use warnings;
use Storable qw(dclone);
use Test::More;
use MoDash;
use MoDashLoadFile qw(pick chance shuffled written stored_as);
use MoDashLoadReference qw(random_organisations after_organisations random_core after_core random_details after_details joined);
use MoDashLoadDocument qw(random_holidays after_holidays random_measures after_measures);
use MoDashLoadFlat qw(%flat random_flat after_flat);

my $steps = $ENV{RANDOM_STEPS} // 40;
my $seed = $ENV{RANDOM_SEED} // 1;
srand($seed);
fresh_database("mo_load_reference_$seed");
my $turn = 0;
my $last_batch = 0;
my $today = psql('select current_date');
my $null = "\x1d";

sub give_up {
    my ($what, @why) = @_;
    fail("turn $turn: $what");
    diag("RANDOM_SEED=$seed: ", map { "$_\n" } @why);
    done_testing();
    exit;
}

# ------------------------------------------------------------------------------- what tables hold
sub stored { # rows as texts, their columns with | between them
    my ($select) = @_;
    return split /\x1e/, psql("select string_agg(concat_ws('|', " . ($select =~ s/^(.*?) from /join(', ', map { "coalesce(($_)::text, chr(29))" } split m{, }, $1) . "), chr(30)) from "/er));
}
sub as_text { return join '|', map { $_ // $null } @_ }
sub differing {
    my ($what, $have, $want) = @_;
    my (%h, %w);
    $h{$_}++ for @$have;
    $w{$_}++ for @$want;
    return map { s/$null/-/gr } (map { "$what: only stored: $_" } grep { ($h{$_} // 0) > ($w{$_} // 0) } sort keys %h), map { "$what: only expected: $_" } grep { ($w{$_} // 0) > ($h{$_} // 0) } sort keys %w;
}

my @of_organisation = qw(org_code org_type name prescribing_setting ods_status postcode open_from open_to);
sub wrong_tree {
    my ($held) = @_;
    my %have;
    push @{$have{"$_->[0] $_->[1]"}}, [$_->[2], $_->[3], $_->[4] eq $null ? undef : $_->[4]] for map { [split /\|/] } stored('org_code, parent_type, parent_code, valid_from, valid_to from mo_data.organisation_parent');
    my @lines = map { my $of = $_; [map { my ($who, $spells) = ($_, $of->{$_}); map { as_text($who, @$_) } joined(@$spells) } keys %$of] } \%have, $held->{parent};
    return (differing('organisation', [stored(join(', ', @of_organisation) . ' from mo_data.organisation')], [map { as_text(@$_{@of_organisation}) } values %{$held->{organisation}}]), differing('parent', @lines));
}

sub wrong_holidays {
    my ($held) = @_;
    return differing('holiday', [stored('division, day, title from mo_data.bank_holiday')], [map { my ($division, $day) = split / /; utf8::encode(my $title = $held->{$_}); as_text($division, $day, $title) } keys %$held]);
}

my @of_measure = qw(measure_id title numerator_include numerator_exclude numerator_value denominator_include denominator_exclude denominator_value population per is_percentage direction reviewed_on pack
    is_active definition_version);
sub wrong_measures {
    my ($held) = @_;
    return differing('measure', [stored(join(', ', @of_measure) . " from mo_data.prescribing_measure where measure_id ~ '^m_'")], [map { as_text(@$_{@of_measure}) } values %$held]);
}

# ------------------------------------------------------------------------------- sources
my $tree = {organisation => {}, parent => {}, as_at => []};
my %holidays = map { my ($division, $day, $title) = split /\|/; utf8::decode($title); ("$division $day" => $title) } stored('division, day, title from mo_data.bank_holiday');
my %of = (
    organisations => {held => $tree, random => \&random_organisations, after => \&after_organisations, wrong => \&wrong_tree, dated => 1, tree => 1},
    core => {held => $tree, random => \&random_core, after => \&after_core, wrong => \&wrong_tree, dated => 1, tree => 1},
    details => {held => $tree, random => \&random_details, after => \&after_details, wrong => \&wrong_tree, dated => 1, tree => 1},
    holidays => {held => \%holidays, random => \&random_holidays, after => \&after_holidays, wrong => \&wrong_holidays},
    measures => {held => {}, random => \&random_measures, after => \&after_measures, wrong => \&wrong_measures});

# Editions mostly come in their order; now and then an older one comes late.
sub some_day {
    my $month = int(11 * $turn / ($steps + 1)) + pick(0, 0, 0, 0, 1, -1, -3);
    return sprintf '2024-%02d-%02d', $month < 0 ? 1 : $month > 11 ? 12 : $month + 1, pick(1, 1, 15);
}
sub random_file {
    my ($kind, $day) = @_;
    my $of = $of{$kind};
    return {%{$of->{random}->($of->{dated} ? $day : ())}, kind => $kind};
}
sub put { my ($file) = @_; return $file->{path} = defined $file->{text} ? stored_as($file, $file->{text}) : written($file) }

sub batches_since {
    my @names = qw(batch_id source state rows_read rows_kept rows_rejected rows_replaced as_at file_name message);
    my @all = map { my %b; @b{@names} = map { $_ eq $null ? undef : $_ } split /\|/; \%b } stored(join(', ', @names) . " from mo_data.load_batch where batch_id > $last_batch");
    @all = sort { $a->{batch_id} <=> $b->{batch_id} } @all;
    $last_batch = $all[-1]{batch_id} if @all;
    $_->{rejects} = psql("select string_agg(distinct line_no::text, ' ') from mo_data.load_reject where batch_id = $_->{batch_id}") // '' for @all;
    return @all;
}

# What a file was to leave, beside the record of its load; none: it was loaded before, and changes nothing.
sub wrong_record {
    my ($file, $batch) = @_;
    my $of = $of{$file->{kind}};
    my $must = $of->{after}->(dclone($of->{held}), $file);
    return $file->{again} ? () : 'no load is recorded' if !$batch && $must->{failed};
    if (!$batch) { settle($file, $must); return $file->{again} ? () : 'no load is recorded' } # loading it again would change nothing: the tables say so
    return $must->{failed} ? () : "refused: $batch->{message}" if $batch->{state} eq 'failed';
    return 'not refused' if $must->{failed};
    settle($file, $must);
    my ($rejects, $said) = map { join ' ', sort { $a <=> $b } @$_ } $must->{rejects}, [split / /, $batch->{rejects}];
    return ($rejects eq $said ? () : "rejected lines $said, not $rejects", $batch->{rows_read} == @{$file->{rows}} ? () : "read $batch->{rows_read}",
        $batch->{rows_kept} == @{$file->{rows}} - @{$must->{rejects}} ? () : "kept $batch->{rows_kept}", !defined $must->{replaced} || $must->{replaced} == $batch->{rows_replaced} ? () : "replaced $batch->{rows_replaced}, not $must->{replaced}",
        $of->{dated} && $batch->{as_at} ne $file->{day} ? "describes $batch->{as_at}" : ());
}
sub settle {
    my ($file, $must) = @_;
    my $of = $of{$file->{kind}};
    my @all = $of->{tree} ? grep { $_->{tree} } values %of : $of;
    $_->{held} = $must->{held} for @all;
    return;
}
sub wrong_tables { return map { $_->{wrong}->($_->{held}) } @of{qw(organisations holidays measures)} }

my ($loads, $same) = (0, 0);
my @said;
sub load_turn {
    my ($kind) = @_;
    my $day = $turn > 0.9 * $steps && chance(0.15) ? $today : some_day();
    my $file = @said && chance(0.2) ? {%{pick(@said)}, again => 1} : random_file($kind // pick(qw(organisations organisations core core core details holidays measures)), $day);
    $file->{part} = 'B' if !$file->{again} && $of{$file->{kind}}{dated} && chance(0.15);
    put($file) if !$file->{again};
    my ($code, $out, $err) = modash('load', $file->{source}, '--part', $file->{part}, ($of{$file->{kind}}{dated} && $file->{day} ne $today ? ('--as-at', $file->{day}) : ()), $file->{path});
    my ($batch) = batches_since();
    $loads++;
    $same++ if !$batch;
    my @wrong = (wrong_record($file, $batch), wrong_tables());
    my $must = !$batch ? 5 : $batch->{state} eq 'failed' ? 2 : $batch->{rows_rejected} ? 3 : 0;
    push @wrong, "exit $code, not $must" if $code != $must;
    give_up("$file->{kind} $file->{path} of " . ($file->{day} // 'no day'), @wrong, $out, $err) if @wrong;
    push @said, $file;
    return;
}

# Files of a directory: by source, then by name; each as if it came alone, a bad one among them.
my %place = (organisations => 1, pcn_members => 2, bank_holidays => 3, measures => 4);
my $directories = 0;
sub all_turn {
    my $folder = 'all_' . $directories++;
    my $day = some_day();
    my @files = map { my $f = random_file(pick(sort keys %of), $day); $f->{folder} = $folder; $f->{name} = (keys %of > 9 ? '' : $f->{source} eq 'measures' ? 'measures.' : '') . int(rand 1e6) . ".$f->{name}"; $f } 1 .. 2 + int rand 4;
    $_->{name} = $_->{source} eq 'measures' ? 'measures.' . int(rand 1e6) . '.json' : $_->{name} for @files;
    put($_) for @files;
    my %bad = chance(0.5) ? (unknown => file_with("$folder/unknown.csv", "what,is,this\n1,2,3\n")) : ();
    my $cut = chance(0.4) ? file_with("$folder/0_cut.json", '{"division": "scotland", "events": [{"title": "x", "date": "2024-01-01"}') : '';
    file_with("$folder/README.txt", 'no data');
    @files = sort { $place{$a->{source}} <=> $place{$b->{source}} || $a->{path} cmp $b->{path} } @files;
    for my $again (0, 1) {
        my ($code, $out, $err) = modash('load', '--all', '--as-at', $day, scratch($folder));
        my @batches = batches_since();
        my @wrong;
        for my $file (@files) {
            my ($batch) = grep { $_->{file_name} eq $file->{path} =~ s{.*/}{}r } @batches;
            push @wrong, map { "$file->{path}: $_" } wrong_record({%$file, again => $again}, $batch);
            $loads++;
        }
        my @order = map { $_->{file_name} } grep { $_->{file_name} ne '0_cut.json' } @batches;
        my %had = map { $_ => 1 } @order;
        push @wrong, "order @order" if "@order" ne join ' ', grep { $had{$_} } map { $_->{path} =~ s{.*/}{}r } @files;
        my @failed = grep { $_->{file_name} eq '0_cut.json' } @batches;
        push @wrong, 'the cut file is not recorded as failed' if !!$cut != @failed || grep { $_->{state} ne 'failed' } @failed;
        my ($loaded, $there, $refused, $unknown) = ((grep { $_->{state} ne 'failed' } @batches) + 0, @files + !!$cut - @batches, (grep { $_->{state} eq 'failed' } @batches) + 0, %bad ? 1 : 0);
        push @wrong, "it says: $out" if $out !~ /^$loaded files loaded, $there loaded before, $refused refused, $unknown of no known format, 1 left alone$/m;
        my $must = $refused || $unknown ? 2 : (grep { $_->{rows_rejected} } @batches) ? 3 : @batches ? 0 : 5;
        push @wrong, "exit $code, not $must" if $code != $must;
        push @wrong, wrong_tables();
        give_up("--all $folder" . ($again ? ' again' : '') . " as at $day", @wrong, $out, $err) if @wrong;
    }
    return;
}

# A site switches a measure off or on.
sub switch_turn {
    my $held = $of{measures}{held};
    return if !%$held;
    my $id = pick(sort keys %$held);
    my $on = $held->{$id}{is_active} eq 'true' ? 'false' : 'true';
    psql("update mo_data.prescribing_measure set is_active = $on where measure_id = '$id'");
    $held->{$id}{is_active} = $on;
    return;
}

load_turn('organisations') until $of{organisations}{held}{organisation}{A81001};
for (1 .. $steps) { $turn++; pick((\&load_turn) x 6, \&all_turn, \&switch_turn)->() }
is(psql('select count(*) from mo_data.load_batch where rows_read <> rows_kept + rows_rejected'), 0, 'rows read = kept + rejected');
is(psql("select count(*) from mo_data.load_batch b where b.state = 'superseded' and (exists (select from mo_data.bank_holiday where batch_id = b.batch_id)
    or exists (select from mo_data.prescribing_measure where batch_id = b.batch_id))"), 0, 'no load is superseded of which a row is left');
is(psql("select count(*) from (select distinct on (format, part) state from mo_data.load_batch where source in ('organisations', 'pcn_members') and state <> 'failed' order by format, part, as_at desc, batch_id desc) x where state <> 'loaded'"),
    0, '... nor by an older edition');
pass("$loads loads of random files, $same of them there already: " . psql("select string_agg(source || ' ' || n, ', ' order by source) from (select source, count(*) as n from mo_data.load_batch group by 1) x"));
done_testing();
