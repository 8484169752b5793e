# Bank holidays and definitions of measures as load_reference_random.t knows them, written from design.md and the comments of their tables: random documents in
# JSON, and what their tables must hold after each.
package MoDashLoadDocument;
use strict;
use warnings;
use Exporter qw(import);
use MoDashLoadFile qw(pick chance shuffled);

our @EXPORT_OK = qw(random_holidays after_holidays random_measures after_measures);

# ------------------------------------------------------------------------------- bank holidays
my @divisions = ('england-and-wales', 'scotland', 'northern-ireland');
my @days = ('01-01', '03-29', '04-01', '05-06', '05-27', '08-26', '12-25', '12-26', '12-28');
my @titles = ("New Year\x{2019}s Day", 'Good Friday', 'Spring "bank" holiday', "Boxing Day, moved");
sub quoted { my ($text) = @_; utf8::encode(my $bytes = $text =~ s/(["\\])/\\$1/gr); return '"' . (chance(0.5) ? $bytes : $text =~ s/(["\\])/\\$1/gr =~ s/([^\x00-\x7F])/sprintf '\\u%04x', ord $1/ger) . '"' }

# One line an event, so that an event is known by its line.
sub event_text {
    my ($e) = @_;
    my @pairs = (defined $e->{title} ? '"title": ' . quoted($e->{title}) : (), '"date": "' . (chance(0.2) && $e->{day} =~ /^\d/ ? $e->{day} =~ s/-//gr : $e->{day}) . '"', '"notes": ""', '"bunting": true');
    return '{' . join(', ', shuffled(@pairs)) . '}';
}

sub random_holidays {
    my @years = @{pick([2024], [2024, 2025], [2025, 2026], [2024 .. 2026], [2026])};
    my (@rows, @text);
    my $line = 1;
    my @of = chance(0.4) ? @divisions : $divisions[0];
    for my $division (@of) {
        my @events = map { my $y = $_; map { {division => $division, day => "$y-" . (chance(0.1) ? '06-03' : $_), title => pick(@titles)} } grep { chance(0.85) } @days } @years;
        @events = ({division => $division, day => "$years[0]-05-06", title => 'Early May'}) if !@events;
        push @events, {division => $division, -bad => 1, %{pick({day => '2025-02-30', title => 'x'}, {day => 'soon', title => 'x'}, {day => '2025-07-01', title => ''}, {day => '2025-07-02'}, {day => '', title => 'x'})}} if chance(0.2);
        @events = shuffled(@events) if chance(0.3);
        $line += 1;
        $_->{-line} = $line++ for @events;
        push @rows, @events;
        push @text, quoted($division) . ": {\"division\": \"$division\", \"events\": [\n" . join(",\n", map { event_text($_) } @events) . "\n]}";
    }
    my $text = '{' . join(', ', @text) . '}';
    $text = $text =~ s/^\{"[^"]*": //r =~ s/\}$//r if @of == 1 && chance(0.3); # a division's own document
    return {source => 'bank_holidays', sheet => 'gov_uk_json', name => pick('bank-holidays.json', 'england-and-wales.json'), rows => \@rows, text => $text, part => ''};
}

# $held: by division and day [title]. A file states all holidays of the years it covers.
sub after_holidays {
    my ($held, $file) = @_;
    my (@rejects, %new, %years);
    for my $e (@{$file->{rows}}) {
        if ($e->{-bad} || $new{"$e->{division} $e->{day}"}) { push @rejects, $e->{-line}; next }
        $new{"$e->{division} $e->{day}"} = $e->{title};
        $years{$e->{division}}{substr $e->{day}, 0, 4} = 1;
    }
    return {failed => 1} if !%new;
    my %covers = map { my @y = sort keys %{$years{$_}}; ($_ => [$y[0], $y[-1]]) } keys %years;
    my %stay = map { my ($division, $year) = /^(\S+) (\d+)/; my $c = $covers{$division}; ($c && $year ge $c->[0] && $year le $c->[1] ? () : ($_ => $held->{$_})) } keys %$held;
    my $gone = grep { !exists $stay{$_} && !exists $new{$_} } keys %$held;
    return {held => {%stay, %new}, rejects => \@rejects, replaced => $gone};
}

# ------------------------------------------------------------------------------- measures
my @prefixes = qw(0501 0212000B0 0601023 0212000B0AAABAB 21 040702%AA);
my %value = (bnf_items => 'items', bnf_quantity => 'quantity', bnf_cost => 'actual_cost');
sub sides {
    my ($side) = @_;
    my @in = (shuffled(@prefixes))[0 .. pick(0, 1)];
    my @out = chance(0.3) ? ('050109') : ();
    return {in => \@in, out => \@out, list => [(map { chance(0.2) ? "$_ # what it is" : $_ } @in), map { "~$_" } @out]};
}
sub json { my ($v) = @_; return ref $v eq 'ARRAY' ? '[' . join(', ', map { json($_) } @$v) . ']' : ref $v ? $$v : defined $v ? "\"$v\"" : 'null' }

sub measure {
    my ($id) = @_;
    my ($n, $d) = (sides(), sides());
    my $type = pick(sort keys %value);
    my $population = chance(0.4);
    my $percentage = !$population && chance(0.5);
    my $reviewed = pick(undef, '2024-01-01', '2024-06-01', '2025-01-01');
    my %says = (name => pick('Statins', 'Antibiotics', "All of $id"), numerator_type => $type, numerator_short => 'Items of it', numerator_bnf_codes_filter => $n->{list},
        denominator_type => $population ? 'list_size' : $percentage ? $type : 'bnf_items', $population ? () : (denominator_bnf_codes_filter => $d->{list}),
        is_percentage => \($percentage ? 'true' : 'false'), is_cost_based => \'false', low_is_good => \pick(qw(true false null)), tags => ["core"], date_reviewed => $reviewed);
    my $list = sub { '{' . join(',', @_) . '}' };
    my %v = (measure_id => $id, title => $says{name}, numerator_include => $list->(@{$n->{in}}), numerator_exclude => $list->(@{$n->{out}}), numerator_value => $value{$type},
        denominator_include => $population ? undef : $list->(@{$d->{in}}), denominator_exclude => $population ? '{}' : $list->(@{$d->{out}}), denominator_value => $population ? undef : $value{$says{denominator_type}},
        population => $population ? 'list_size' : undef, per => $population ? 1000 : 1, is_percentage => $percentage ? 'true' : 'false',
        direction => {true => 'lower', false => 'higher', null => 'neither'}->{${$says{low_is_good}}}, reviewed_on => $reviewed, pack => 'openprescribing');
    return {-id => $id, -values => \%v, -says => \%says};
}

sub bad_measure {
    my ($id) = @_;
    my $m = measure($id);
    my ($key, $bad) = @{pick(['numerator_type', 'custom'], ['numerator_type', 'bnf_thing'], ['denominator_type', 'star_pu_antibiotics'], ['is_percentage', \'1'], ['is_cost_based', undef], ['name', ''],
        ['numerator_bnf_codes_filter', []], ['numerator_bnf_codes_filter', ['05 01']], ['numerator_bnf_codes_filter', ['0501', '~0501']], ['date_reviewed', 'soon'], ['low_is_good', 'yes'],
        ['numerator_bnf_codes_query', 'select 1'])};
    return {%$m, -bad => 1, -says => {%{$m->{-says}}, $key => $bad}};
}

sub random_measures {
    my @ids = map { "m_$_" } qw(one two three four five);
    my @rows = shuffled((map { measure($_) } grep { chance(0.5) } @ids), (map { bad_measure(pick(@ids)) } 1 .. pick(0, 0, 1, 2)), chance(0.1) ? {%{measure('Not_a_name')}, -bad => 1} : ());
    push @rows, measure(pick(@ids));
    my $line = 1;
    $_->{-line} = ++$line for @rows;
    my $text = "{\n" . join(",\n", map { my $m = $_; "\"$m->{-id}\": {" . join(', ', map { "\"$_\": " . json($m->{-says}{$_}) } shuffled(sort keys %{$m->{-says}})) . '}' } @rows) . "\n}";
    return {source => 'measures', sheet => 'openprescribing_definitions', name => 'measures.json', rows => \@rows, text => $text, part => ''};
}

# What decides the figures of a measure.
sub counted { my ($v) = @_; return join "\x1f", map { $_ // '' } @$v{qw(numerator_include numerator_exclude numerator_value denominator_include denominator_exclude denominator_value population per is_percentage)} }

# $held: rows by name, with is_active and definition_version. A definition that was reviewed later stays; of two in a file the first counts.
sub after_measures {
    my ($held, $file) = @_;
    my (@rejects, %seen);
    my %after = %$held;
    for my $row (@{$file->{rows}}) {
        my ($id, $v) = @$row{qw(-id -values)};
        if ($seen{$id}++ || $row->{-bad}) { push @rejects, $row->{-line}; next }
        my $was = $after{$id};
        next if $was && defined $was->{reviewed_on} && defined $v->{reviewed_on} && $was->{reviewed_on} gt $v->{reviewed_on};
        $after{$id} = {%$v, is_active => $was ? $was->{is_active} : 'true', definition_version => $was ? $was->{definition_version} + (counted($was) ne counted($v)) : 1};
    }
    return {failed => 1} if @rejects == @{$file->{rows}};
    return {held => \%after, rejects => \@rejects};
}

1;
