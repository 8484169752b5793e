# The flat sources as load_random.t knows them, written from the comments of their tables and test/data/source_contracts.md: columns, keys, rules;
# random rows of them, good and bad; and what a table must hold after a file.
package MoDashLoadFlat;
use strict;
use warnings;
use Exporter qw(import);
use MoDashLoadFile qw(pick chance shuffled);

our @EXPORT_OK = qw(%flat random_flat after_flat month_of);

# name:type, with ! where it may not be null; '<' and '<=': the column after it is later than the column named.
my %source = (
    patient => ['patient_key:int! birth_year:year sex:M|F|I|U died_on:day', 'patient_key', 'whole', '..died_on'],
    registration => ['patient_key:int! practice_code:org! registered_from:day registered_to:day<registered_from', 'patient_key practice_code registered_from',
        'whole', 'registered_from..registered_to'],
    cohort_member => ['patient_key:int! cohort_code:cohort! member_from:day member_to:day<member_from left_reason:declined|moved|died interval_months:int',
        'patient_key cohort_code member_from', 'whole', 'member_from..member_to,left_reason'],
    staff_leave => ['staff_key:int! leave_from:day! leave_to:day<leave_from', 'staff_key leave_from', 'whole', 'leave_from..leave_to'],
    switch_plan => ['programme_code:org! practice_code:org! month:first! planned_patients:int!', 'programme_code practice_code month', 'whole', 'month'],
    activity => ['source_system:flat! event_id:id! patient_key:int! practice_code:org! code:code! event_date:day recorded_date:day outcome:attended|did_not_attend|cancelled '
        . 'value_number:num value_comparator:<|<=|>|>=|~ value_unit:text staff_role:text linked_event_id:id', 'source_system event_id', 'month:recorded_date', 'event_date'],
    discharge => ['discharge_id:id! patient_key:int! practice_code:org! discharged_on:day received_on:day! on_medicines:bool! reconciled_on:day<=received_on reconciled_by:text',
        'discharge_id', 'month:received_on', 'received_on'],
    new_start => ['new_start_id:id! patient_key:int! practice_code:org! started_on:day! class_code:cohort! bnf_code:code!', 'new_start_id', 'month:started_on', 'started_on'],
    significant_event => ['event_id:id! practice_code:org! occurred_on:day raised_on:day! completed_on:day<=raised_on harm_physical:fatal|severe|none',
        'event_id', 'month:raised_on', 'raised_on,completed_on'],
    incident => ['incident_id:id! practice_code:org! occurred_on:day! reported_on:day<=occurred_on category:text harm_physical:fatal|severe|none',
        'incident_id', 'month:occurred_on', 'occurred_on'],
    supervision => ['supervision_id:id! staff_key:int! held_on:day! supervisor_role:text kind:clinical|educational|managerial!', 'supervision_id', 'month:held_on', 'held_on'],
    switch_action => ['programme_code:org! practice_code:org! patient_key:int! switched_on:day! reversed_on:day<=switched_on',
        'programme_code practice_code patient_key switched_on', 'month:switched_on', 'switched_on,reversed_on'],
    patient_link => ['source_system:emis|systmone! source_patient_id:own! patient_key:int!', 'source_system source_patient_id', 'each:source_system', ''],
    organisation_link => ['source_system:emis|systmone! source_organisation_id:own! org_code:org!', 'source_system source_organisation_id', 'each:source_system', ''],
    significant_event_theme => ['event_id:id! theme_code:cohort!', 'event_id theme_code', 'each:event_id', ''],
    organisation_group => ['group_code:cohort! org_code:org! group_name:text! valid_from:day! valid_to:day<valid_from', 'group_code org_code valid_from', 'key', ''],
    organisation_successor => ['org_code:org! successor_code:org! kind:merger|split|acquisition|rename|recode! effective_from:day! source:text', 'org_code successor_code effective_from',
        'key', '']);

our %flat;
for my $name (keys %source) {
    my ($columns, $key, $replaces, $touches) = @{$source{$name}};
    my @columns = map { my ($c, $type, $needed) = /^(\w+):(.*?)(!?)$/; my ($of, $than, $before) = $type =~ /^(\w+)(<=?)(\w+)$/;
        {name => $c, type => defined $than ? $of : $type, needed => $needed, than => $than, before => $before} } split / /, $columns;
    $flat{$name} = {name => $name, columns => \@columns, key => [split / /, $key], replaces => $replaces, touches => $touches};
}

sub month_of { return $_[0] ? substr($_[0], 0, 7) . '-01' : undef }
sub day { return sprintf '2025-%02d-%02d', 1 + int rand 6, 1 + int rand 28 }
sub day_from {
    my ($day, $least) = @_;
    my ($m, $d) = $day =~ /-(\d\d)-(\d\d)$/;
    my $n = $m * 28 + $d + $least + int rand 50;
    return sprintf '2025-%02d-%02d', int($n / 28) > 12 ? 12 : int($n / 28), 1 + $n % 28;
}

my %value = (int => sub { 1 + int rand 9 }, year => sub { 1930 + int rand 70 }, org => sub { 'A8100' . int rand 5 }, cohort => sub { pick(qw(CARE_HOME FRAILTY PAIN)) },
    id => sub { 'E' . int rand 40 }, code => sub { pick(('1239511000000100') x 3, '80274001', '0212000B0') }, day => \&day, first => sub { day() =~ s/..$/01/r },
    num => sub { pick(0, 7.5, -3, 120, 0.001) }, bool => sub { pick('true', 'false') }, flat => sub { 'flat' }, own => sub { 'S' . int rand 6 },
    text => sub { pick('plain', 'with, comma', 'say "x"', "two\nlines", "caf\xC3\xA9", "it's", 'back\\slash', '\\N', 'NULL', 'a' x 3000) });

sub good_row {
    my ($of) = @_;
    my %row;
    for my $c (@{$of->{columns}}) {
        my $make = $value{$c->{type}} // sub { pick(split /\|/, $c->{type}) };
        my $text = $c->{needed} || chance(0.7) ? $make->() : undef;
        if (defined $text && $c->{before} && defined $row{$c->{before}}) {
            $text = $c->{than} eq '<' ? day_from($row{$c->{before}}, 30) : day_from($row{$c->{before}}, 29);
        }
        $row{$c->{name}} = $text;
    }
    return \%row;
}

my %wrong = (int => ['2.5', '2147483648', 'x', '1e99', '1,000'], year => ['x', '99999'], day => ['2025-02-30', '2025-13-01', 'yesterday', '202'], first => ['2025-02-30', 'x'],
    num => ['NaN', 'inf', 'x', '1e400', '0x10'], bool => ['perhaps', '2'], code => ['1.23951E+15'], text => ["\xFF\xFE", "Ator\xA0vastatin", "zero\0byte"]);

# A row that no table takes; its column at fault, '' where the row as a whole is.
sub bad_row {
    my ($of) = @_;
    my $row = good_row($of);
    return ($row, do { $row->{-short} = 1; '' }) if chance(0.1) && @{$of->{columns}} > 2;
    my $c = pick(grep { $_->{needed} || $wrong{$_->{type}} || $_->{type} =~ /\|/ } @{$of->{columns}});
    my $bad = $wrong{$c->{type}} // ($c->{type} =~ /\|/ ? ['bored', 'x'] : [undef]);
    $row->{$c->{name}} = $c->{needed} && chance(0.3) ? undef : pick(@$bad);
    # unset is what the column has by default, where it has one
    return (good_row($of), undef) if !defined $row->{$c->{name}} && $c->{name} =~ /^(on_medicines|kind|valid_from)$/;
    return ($row, $c->{name});
}

# A file: of the rows that a table has, some left out, some changed, and new ones.
sub random_flat {
    my ($of, $held) = @_;
    my @names = map { $_->{name} } @{$of->{columns}};
    my (@rows, @bad);
    my @old = sort { join('|', map { $_ // '' } @$a{@names}) cmp join('|', map { $_ // '' } @$b{@names}) } values %$held;
    my $share = pick(0, 0.3, 0.9, 1);
    push @rows, map { +{%$_{@names}} } grep { chance($share) } @old;
    for my $row (grep { chance(0.15) } @rows) {
        my $fresh = good_row($of);
        my %key = map { $_ => 1 } @{$of->{key}};
        %$row = map { $_ => $key{$_} && !chance(0.2) ? $row->{$_} : $fresh->{$_} } @names;
        for my $c (grep { $_->{before} } @{$of->{columns}}) { $row->{$c->{name}} = undef if defined $row->{$c->{before}} && defined $row->{$c->{name}} && $row->{$c->{name}} le $row->{$c->{before}} }
    }
    push @rows, map { good_row($of) } 1 .. pick(0, 1, 5, 20);
    my @bad_rows = map { chance(0.6) ? () : bad_row($of) } 1 .. pick(0, 0, 1, 5);
    while (my ($row, $column) = splice @bad_rows, 0, 2) { $row->{-bad} = $column; push @rows, $row }
    @rows = shuffled(@rows);
    push @rows, splice @rows, (grep { !defined $rows[$_]{-bad} } 0 .. $#rows)[0] // 0, 1 if @rows; # the last row is whole
    return () if @rows && $rows[-1]{-short};
    my @columns = grep { my $c = $_; $c->{needed} || chance(0.9) || grep { defined $_->{$c->{name}} } @rows } @{$of->{columns}};
    my $month = (map { month_of($_) } grep { defined } map { @$_{grep { /_on$|_date$/ } @names} } @rows)[0];
    my $name = $of->{name} . ($of->{replaces} =~ /^month/ && $month && chance(0.5) ? '_' . (substr $month, 0, 7) =~ s/-//r : chance(0.3) ? '_export' . int rand 1000 : '') . '.csv';
    return {source => $of->{name}, name => $name, columns => [map { $_->{name} } @columns], rows => \@rows, part => pick('', '', 'B')};
}

sub key_of { my ($of, $row) = @_; return join "\x1f", map { $_ // "\x1e" } @$row{@{$of->{key}}} }
sub same { my ($of, $x, $y) = @_; return !grep { ($x->{$_->{name}} // "\x1e") ne ($y->{$_->{name}} // "\x1e") } @{$of->{columns}} }

# Whether a file of rows replaces a row that is there.
sub replaces {
    my ($of, $kept) = @_;
    my %keys = map { key_of($of, $_) => 1 } @$kept;
    return sub { 1 } if $of->{replaces} eq 'whole';
    my ($how, $column) = split /:/, $of->{replaces};
    # A row without the date is of the month it counts in, but does not make its file one of that month unless no row has the date (comment on source.replaces).
    my ($counted) = split /,/, $of->{touches} // '';
    my $by = $how eq 'month' ? sub { month_of($_[0]{$column} // $_[0]{$counted}) } : $how eq 'each' ? sub { $_[0]{$column} } : undef;
    my @dated = $how eq 'month' ? grep { defined $_->{$column} } @$kept : ();
    my %values = $by ? map { $_ => 1 } grep { defined } map { $by->($_) } @dated ? @dated : @$kept : ();
    return sub { $keys{key_of($of, $_[0])} || $by && $values{$by->($_[0]) // ''} };
}

# The first month that rows of ranges change, of pairs (before, after), either of which may be missing.
sub changed_from {
    my ($of, $pairs) = @_;
    my ($from, $to, @others) = split /\.\.|,/, $of->{touches};
    my @first;
    for my $pair (@$pairs) {
        my ($x, $y) = @$pair;
        my %end = map { $_ => 1 } $to, @others;
        if ($x && $y && !grep { !$end{$_->{name}} && ($x->{$_->{name}} // '') ne ($y->{$_->{name}} // '') } @{$of->{columns}}) {
            next if $from ne '' && !defined $x->{$from};
            my @ends = sort grep { defined } map { $_->{$to} } $x, $y;
            push @first, $ends[0] if @ends;
        } else {
            push @first, grep { defined } map { $from eq '' ? $_->{$to} : $_->{$from} } grep { $_ } $x, $y;
        }
    }
    my ($least) = sort @first;
    return defined $least ? month_of($least) : 'infinity';
}

# What must be after a file: {failed}, or {held, rejects, replaced, months, changed_from}. $held: rows by key, each with its part (-part) and load (-batch).
sub after_flat {
    my ($of, $held, $file, $batch) = @_;
    my (%seen, @kept, @rejects);
    my $bad = 0;
    for my $i (0 .. $#{$file->{rows}}) {
        my $row = $file->{rows}[$i];
        my $key = key_of($of, $row);
        if (defined $row->{-bad}) { push @rejects, [$file->{lines}[$i], $row->{-bad}]; $bad++ }
        elsif ($seen{$key}++) { push @rejects, [$file->{lines}[$i], ''] }
        elsif ($of->{replaces} ne 'key' && $held->{$key} && $held->{$key}{-part} ne $file->{part}) { push @rejects, [$file->{lines}[$i], ''] }
        else { push @kept, $row }
    }
    my $read = @{$file->{rows}};
    my $mine = grep { $_->{-part} eq $file->{part} } values %$held;
    return {failed => 1} if $read && $bad == $read || $of->{replaces} eq 'whole' && !@kept && $mine;
    my $gone = replaces($of, \@kept); # a line that is rejected replaces nothing
    my %after = map { my $row = $held->{$_}; ($row->{-part} eq $file->{part} || $of->{replaces} eq 'key') && $gone->($row) ? () : ($_ => $row) } keys %$held;
    my $replaced = keys(%$held) - keys %after;
    $after{key_of($of, $_)} = {%$_, -part => $file->{part}, -batch => $batch} for @kept;
    my %all = (%$held, %after);
    my @changed = map { [$held->{$_}, $after{$_}] } grep { !$held->{$_} || !$after{$_} || !same($of, $held->{$_}, $after{$_}) } sort keys %all;
    my %say = (held => \%after, rejects => \@rejects, replaced => $replaced, kept => scalar @kept, changed => scalar @changed, may_fail => $read && !@kept);
    if ($of->{touches} =~ /\.\./) { $say{changed_from} = changed_from($of, \@changed) }
    elsif ($of->{touches} ne '') {
        my %months = map { month_of($_) // '' => 1 } map { my $row = $_; map { $row->{$_} } split /,/, $of->{touches} } grep { $_ } map { @$_ } @changed;
        delete $months{''};
        $say{months} = [sort keys %months];
    }
    return \%say;
}

1;
