# Organisations (epraccur) and PCNs (ePCN, both sheets) as load_reference_random.t knows them, written from design.md, file_layouts.md and the comments of their
# tables: random files, and who belongs to whom after each. A membership is a list of spells [parent, from, to), which the model cuts and joins day by day.
package MoDashLoadReference;
use strict;
use warnings;
use Exporter qw(import);
use MoDashLoadFile qw(pick chance shuffled);
use Time::Local qw(timegm);

our @EXPORT_OK = qw(random_organisations after_organisations random_core after_core random_details after_details joined);

sub day_after { my ($y, $m, $d) = split /-/, $_[0]; my @t = gmtime(timegm(0, 0, 12, $d, $m - 1, $y) + 86400 * ($_[1] // 1)); return sprintf '%04d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3] }
sub written_day { my ($day, $plain) = @_; return '' if !defined $day; return $plain || chance(0.8) ? $day =~ s/-//gr : $day }
sub later { my ($x, $y) = @_; return !defined $x || defined $y && $x gt $y } # of two ends, the first is later

# ------------------------------------------------------------------------------- the model: {organisation, parent, as_at}
# Spells of one parent that follow each other are one.
sub joined {
    my @out;
    for my $s (sort { $a->[1] cmp $b->[1] } @_) {
        if (@out && $out[-1][0] eq $s->[0] && defined $out[-1][2] && $out[-1][2] eq $s->[1]) { $out[-1] = [$s->[0], $out[-1][1], $s->[2]] } else { push @out, [@$s] }
    }
    return @out;
}
sub holds { my ($spell, $day) = @_; return $spell->[1] le $day && later($spell->[2], $day) }

# Whether a file that describes a later day is loaded: of the source; of the same sheet and part.
sub is_older { my ($held, $file) = @_; return !!grep { $_->[0] eq $file->{source} && $_->[2] gt $file->{day} } @{$held->{as_at}} }
sub is_older_sheet { my ($held, $file) = @_; return !!grep { $_->[1] eq "$file->{sheet} $file->{part}" && $_->[2] gt $file->{day} } @{$held->{as_at}} }

sub name_it {
    my ($held, $file, $type, $code, $name) = @_;
    my $o = $held->{organisation}{$code};
    if (!$o) { $held->{organisation}{$code} = {org_code => $code, org_type => $type, name => $name // $code, open_from => '1900-01-01'} }
    elsif (defined $name && $o->{org_type} eq $type && ($o->{name} eq $code || !is_older($held, $file))) { $o->{name} = $name }
    return;
}

# A membership without dates: the first known was always so; another begins on the day the file describes.
sub undated {
    my ($held, $file, $code, $type, $parent) = @_;
    my $spells = $held->{parent}{"$code $type"} //= [];
    if (!@$spells) { push @$spells, [$parent, '1900-01-01', undef]; return }
    return if is_older($held, $file);
    my ($now) = grep { holds($_, $file->{day}) } @$spells;
    return if !$now || $now->[0] eq $parent;
    my @others = grep { $_ != $now } @$spells;
    push @others, [$now->[0], $now->[1], $file->{day}] if $now->[1] lt $file->{day};
    @$spells = (@others, [$parent, $file->{day}, $now->[2]]);
    return;
}

# ------------------------------------------------------------------------------- organisations
my @epraccur = ('Organisation Code', 'Name', 'National Grouping', 'High Level Health Geography', (map { "Address Line $_" } 1 .. 5), 'Postcode', 'Open Date', 'Close Date', 'Status Code',
    'Organisation Sub-Type Code', 'Commissioner', 'Join Provider/Purchaser Date', 'Left Provider/Purchaser Date', 'Contact Telephone Number', (map { "Null $_" } 1 .. 3), 'Amended Record Indicator',
    'Null 4', 'Provider/Purchaser', 'Null 5', 'Prescribing Setting', 'Null 6');
my %value_of = ('Organisation Code' => 'org_code', Name => 'name', 'National Grouping' => 'region', 'High Level Health Geography' => 'icb', Postcode => 'postcode', 'Open Date' => 'open_from',
    'Close Date' => 'open_to', 'Status Code' => 'ods_status', Commissioner => 'sub_icb', 'Join Provider/Purchaser Date' => 'join', 'Left Provider/Purchaser Date' => 'left',
    'Prescribing Setting' => 'prescribing_setting');
my %region = (QAA => 'Y56', QBB => 'Y60', N1X2Y => 'Y60');
my %icb = ('00A' => 'QAA', '01B' => 'QAA', '02C' => 'QBB', '03D' => 'N1X2Y');
my @practices = (map { "A8100$_" } 1 .. 6);

sub organisation_row {
    my ($file, $code) = @_;
    my ($version) = $file->{day} =~ /-(\d\d)-/;
    my $sub = pick(sort keys %icb);
    my $icb = chance(0.15) ? pick(sort values %icb) : $file->{icb}{$sub};
    my %v = (org_code => $code, name => chance(0.7) ? "SURGERY $code" : "SURGERY $code, V$version", region => chance(0.1) ? pick(sort values %region) : $file->{region}{$icb}, icb => $icb, postcode => pick('AB1 2CD', undef),
        open_from => pick(undef, '1974-04-01', '1974-04-01', '2022-10-01'), open_to => pick((undef) x 4, '2023-03-31', '2024-02-29'), ods_status => pick(qw(A A A A C D P)), sub_icb => chance(0.92) ? $sub : undef,
        join => pick(undef, '2013-04-01', '2020-04-01', '2023-07-01', '2024-02-01'), left => pick((undef) x 6, '2023-06-30', '2024-01-31', '2024-06-30'), prescribing_setting => pick(4, 4, 4, 4, 25, undef));
    return {-values => \%v, map { my $c = $_; my $of = $value_of{$c}; ($c => !$of ? '' : $of =~ /^(?:open_from|open_to|join|left)$/ ? written_day($v{$of}, $file->{bare}) : $v{$of} // '') } @epraccur};
}

sub bad_organisation {
    my ($file) = @_;
    my $row = organisation_row($file, pick(@practices));
    return {%$row, -bad => 1, -short => 1} if chance(0.15);
    my ($c, $bad) = @{pick(['Organisation Code', 'a81001'], ['Organisation Code', ''], ['Name', ''], ['Open Date', '20240230'], ['Close Date', 'soon'], ['Status Code', 'Z'], ['Commissioner', '00-A'],
        ['Join Provider/Purchaser Date', '2024'], ['Left Provider/Purchaser Date', 'x'], ['Prescribing Setting', 'four'], ['Prescribing Setting', '100'], ['National Grouping', 'north east'], ['Name', "SURG\xA0ERY"])};
    return {%$row, $c => $bad, -bad => 1};
}

# $day: what day the file describes.
sub random_organisations {
    my ($day) = @_;
    my $file = {source => 'organisations', sheet => 'epraccur', name => 'epraccur.csv', day => $day, columns => \@epraccur, bare => chance(0.6), part => '',
        icb => {map { $_ => chance(0.85) ? $icb{$_} : pick(sort values %icb) } sort keys %icb}, region => {map { $_ => chance(0.85) ? $region{$_} : pick(sort values %region) } sort keys %region}};
    my $share = pick(0.3, 0.8, 1);
    my @codes = ((grep { chance($share) } @practices), chance(0.15) ? 'U10009' : (), chance(0.1) ? pick(@practices) : ());
    @codes = @practices if !@codes;
    my @rows = shuffled((map { organisation_row($file, $_) } @codes), map { bad_organisation($file) } 1 .. pick(0, 0, 1, 4));
    my ($first) = grep { !$rows[$_]{-bad} } 0 .. $#rows; # the first shows what the file is, and the last is whole
    unshift @rows, splice @rows, $first, 1;
    push @rows, organisation_row($file, pick(@practices)) if $rows[-1]{-short};
    return {%$file, rows => \@rows};
}

# Lines that are rejected, and the values of the others.
sub sorted_organisations {
    my ($held, $file) = @_;
    my (@rejects, @kept, %seen);
    for my $i (0 .. $#{$file->{rows}}) {
        my $row = $file->{rows}[$i];
        my $v = $row->{-values};
        my $o = $held->{organisation}{$v->{org_code}};
        my $wrong = $row->{-bad} || $seen{$v->{org_code}}++ || $o && $o->{org_type} ne 'practice' || defined $v->{open_to} && defined $v->{open_from} && $v->{open_to} lt $v->{open_from}
            || defined $v->{join} && defined($v->{left} // $v->{open_to}) && ($v->{left} // $v->{open_to}) lt $v->{join};
        $wrong ? push @rejects, $file->{lines}[$i] : push @kept, $v;
    }
    return (\@rejects, \@kept);
}

# The present commissioner: from its join date on it is what the file says. An older file speaks only of days before what is known.
sub commission {
    my ($held, $file, $v) = @_;
    my $from = $v->{join} // $v->{open_from} // '1900-01-01';
    my $last = $v->{left} // $v->{open_to};
    my $to = defined $last ? day_after($last) : undef;
    return if defined $to && $to le $from;
    my $spells = $held->{parent}{"$v->{org_code} sub_icb"} //= [];
    if (is_older_sheet($held, $file)) {
        return if grep { holds($_, $from) } @$spells;
        my ($next) = sort map { $_->[1] } grep { $_->[1] gt $from } @$spells;
        $to = $next if defined $next && later($to, $next);
    } else {
        @$spells = map { [$_->[0], $_->[1], later($_->[2], $from) ? $from : $_->[2]] } grep { $_->[1] lt $from } @$spells;
    }
    push @$spells, [$v->{sub_icb}, $from, $to];
    return;
}

# What most active GP practices of the file say, then most lines, then the first code.
sub most_say {
    my ($kept, $child, $parent) = @_;
    my %of;
    for my $v (@$kept) {
        next if !defined $v->{$child} || !defined $v->{$parent};
        my $n = $of{$v->{$child}}{$v->{$parent}} //= [0, 0];
        $n->[0]++ if $v->{ods_status} eq 'A' && ($v->{prescribing_setting} // 0) == 4;
        $n->[1]++;
    }
    return map { my $n = $of{$_}; [$_, (sort { $n->{$b}[0] <=> $n->{$a}[0] || $n->{$b}[1] <=> $n->{$a}[1] || $a cmp $b } keys %$n)[0]] } sort keys %of;
}

sub after_organisations {
    my ($held, $file) = @_;
    my ($rejects, $kept) = sorted_organisations($held, $file);
    return {failed => 1} if !@$kept;
    name_it($held, $file, 'nation', 'ENG', 'England');
    for my $v (@$kept) { for (['region', 'region'], ['icb', 'icb'], ['sub_icb', 'sub_icb']) { my ($c, $type) = @$_; name_it($held, $file, $type, $v->{$c}) if defined $v->{$c} } }
    for my $v (@$kept) {
        my $o = $held->{organisation}{$v->{org_code}};
        next if $o && $o->{-ods} && is_older_sheet($held, $file);
        $held->{organisation}{$v->{org_code}} = {org_type => 'practice', -ods => 1, (map { $_ => $v->{$_} } qw(org_code name prescribing_setting ods_status postcode)),
            open_from => $v->{open_from} // '1900-01-01', open_to => defined $v->{open_to} ? day_after($v->{open_to}) : undef};
    }
    commission($held, $file, $_) for grep { defined $_->{sub_icb} } @$kept;
    undated($held, $file, $_->[0], 'icb', $_->[1]) for most_say($kept, 'sub_icb', 'icb');
    undated($held, $file, $_->[0], 'region', $_->[1]) for most_say($kept, 'icb', 'region');
    undated($held, $file, $_, 'nation', 'ENG') for grep { $held->{organisation}{$_}{org_type} eq 'region' && /^Y/ } keys %{$held->{organisation}};
    name_icbs($held, $file);
    push @{$held->{as_at}}, [$file->{source}, "$file->{sheet} $file->{part}", $file->{day}];
    return {held => $held, rejects => $rejects};
}

# ------------------------------------------------------------------------------- PCNs
my @core = ("Partner\nOrganisation\nCode", 'Partner Name', "Practice Parent\nSub ICB Loc Code", 'Practice Parent Sub ICB Loc Name', 'PCN Code', 'PCN Name', 'PCN Parent Sub ICB Loc Code',
    'PCN Parent Sub ICB Loc Name', "Practice to PCN\nRelationship\nStart Date", "Practice to PCN\nRelationship\nEnd Date", 'Practice and PCN Sub ICB match?');
my @details = ('PCN Code', 'PCN Name', 'Current Sub ICB Loc Code', 'Sub ICB Location', 'Open Date', 'Close Date', (map { "Address Line $_" } 1 .. 5), 'Postcode');
my @pcns = map { "U1000$_" } 1 .. 4;

# What a PCN is called and which sub-ICB leads it: the same for every file of a day.
sub sub_name { my ($code, $day) = @_; my ($m) = $day =~ /-(\d\d)-/; return ($code lt '02' ? 'NHS NORTH' : 'NHS SOUTH') . ($m > 8 ? ' AND MIDDLE' : '') . " ICB - $code" }
sub pcn_name { my ($code, $day) = @_; my ($m) = $day =~ /-(\d\d)-/; return "PCN $code" . ($code lt 'U10003' && $m > 4 ? ' RENAMED' : '') }
sub lead { my ($code, $day) = @_; my ($m) = $day =~ /-(\d\d)-/; my @subs = sort keys %icb; return $subs[(substr($code, -1) + ($m > 6) + ($m > 9)) % 4] }

sub core_row {
    my ($file, $practice, $from, $to) = @_;
    my $pcn = chance(0.04) ? 'U10009' : chance(0.02) ? 'A81001' : pick(@pcns);
    my $sub = pick(sort keys %icb);
    my $lead = lead($pcn, $file->{day});
    my %v = (practice => $practice, name => "SURGERY $practice", sub => $sub, pcn => $pcn, lead => $lead, from => $from, to => $to);
    my @fields = ($practice, $v{name}, $sub, sub_name($sub, $file->{day}), $pcn, pcn_name($pcn, $file->{day}), $lead, sub_name($lead, $file->{day}), written_day($from, $file->{bare}), written_day($to, $file->{bare}), 'Y');
    return {-values => \%v, map { $core[$_] => $fields[$_] } 0 .. $#core};
}
my @starts = qw(2019-07-01 2021-04-01 2023-04-01 2024-02-01 2024-04-01 2024-06-01);
sub core_rows { # one practice after the other: gaps, ends on the day that the next one begins, overlaps, several that are open, one that comes back
    my ($file, $practice) = @_;
    my @from = sort map { pick(@starts) } 1 .. pick(1, 1, 2, 2, 3, 4);
    return map { my $next = $from[$_ + 1]; my $end = !defined $next ? pick(undef, undef, '2024-05-31', '2025-03-31', $from[$_]) : pick((day_after($next, -1)) x 4, $next, undef, day_after($next, -40), '2024-12-31');
        core_row($file, $practice, $from[$_], defined $end && $end lt $from[$_] ? $from[$_] : $end) } 0 .. $#from;
}
sub bad_core {
    my ($file) = @_;
    my $row = core_row($file, pick(@practices), pick(@starts), undef);
    my ($c, $bad) = @{pick([0, 'a81001'], [0, ''], [4, ''], [8, ''], [8, '20241301'], [9, '20190101'], [9, 'x'], [2, '0-A'], [5, "PC\xA0N"])};
    return {%$row, -bad => 1, chance(0.15) ? (-short => 1) : ($core[$c] => $bad)};
}

sub random_core {
    my ($day) = @_;
    my $file = {source => 'pcn_members', sheet => 'epcn_core_partner', name => 'ePCN_core_partner_details.csv', day => $day, columns => \@core, bare => chance(0.5), part => ''};
    my $share = pick(0.3, 0.8, 1);
    my @rows = shuffled((map { core_rows($file, $_) } grep { chance($share) } @practices, 'A81010'), map { bad_core($file) } 1 .. pick(0, 0, 1, 3));
    my $whole = core_row($file, pick(@practices), pick(@starts), undef);
    return {%$file, rows => [$whole, @rows, @rows && $rows[-1]{-short} ? core_row($file, pick(@practices), '2019-07-01', '2020-01-01') : ()]};
}

# An open membership is believed before an ended one, of two open ones the earlier, of two ended ones the later.
sub believed {
    my ($x, $y) = @_;
    return defined $x->{to} <=> defined $y->{to} || (defined $x->{to} ? 0 : $x->{from} cmp $y->{from}) || $y->{from} cmp $x->{from} || ($y->{to} // '') cmp ($x->{to} // '') || $x->{-line} <=> $y->{-line};
}
sub one_pcn_a_day {
    my ($kept) = @_;
    my (%spells, @rejects);
    for my $v (sort { believed($a, $b) } @$kept) {
        my $is = $spells{$v->{practice}} //= [];
        my ($from, $to) = ($v->{from}, defined $v->{to} ? day_after($v->{to}) : undef);
        $to = $v->{to} if defined $to && grep { $_->[1] eq $v->{to} && $_->[1] gt $from } @$is; # it moved on that day
        if (grep { later($_->[2], $from) && later($to, $_->[1]) } @$is) { push @rejects, $v->{-line} }
        else { push @$is, [$v->{pcn}, $from, $to] }
    }
    return (\%spells, \@rejects);
}

# Sub-ICBs called after an ICB name it.
sub name_icbs {
    my ($held, $file) = @_;
    my %name;
    for my $o (grep { $_->{org_type} eq 'sub_icb' && $_->{name} =~ / ICB - \w+$/ } values %{$held->{organisation}}) {
        my ($name) = $o->{name} =~ /^(.+ ICB) - /;
        for my $spell (grep { holds($_, $file->{day}) } @{$held->{parent}{"$o->{org_code} icb"} // []}) { $name{$spell->[0]} = $name if ($name{$spell->[0]} // '') lt $name }
    }
    name_it($held, $file, 'icb', $_, $name{$_}) for keys %name;
    return;
}

sub is_known_as { my ($held, $code, $type) = @_; my $o = $held->{organisation}{$code}; return !$o || $o->{org_type} eq $type }

sub after_core {
    my ($held, $file) = @_;
    my (@rejects, @kept);
    for my $i (0 .. $#{$file->{rows}}) {
        my ($row, $line) = ($file->{rows}[$i], $file->{lines}[$i]);
        my $v = $row->{-values};
        $row->{-bad} || !is_known_as($held, $v->{pcn}, 'pcn') || !is_known_as($held, $v->{practice}, 'practice') ? push @rejects, $line : push @kept, {%$v, -line => $line};
    }
    my ($spells, $twice) = one_pcn_a_day(\@kept);
    return {failed => 1} if @rejects + @$twice == @{$file->{rows}};
    for my $v (@kept) {
        name_it($held, $file, 'sub_icb', $_, sub_name($_, $file->{day})) for $v->{sub}, $v->{lead};
        name_it($held, $file, 'pcn', $v->{pcn}, pcn_name($v->{pcn}, $file->{day}));
        name_it($held, $file, 'practice', $v->{practice}, $v->{name}) if !$held->{organisation}{$v->{practice}};
    }
    name_icbs($held, $file);
    for my $practice (keys %$spells) {
        next if is_older_sheet($held, $file) && @{$held->{parent}{"$practice pcn"} // []};
        $held->{parent}{"$practice pcn"} = $spells->{$practice};
    }
    undated($held, $file, $_->{pcn}, 'sub_icb', $_->{lead}) for @kept;
    push @{$held->{as_at}}, [$file->{source}, "$file->{sheet} $file->{part}", $file->{day}];
    return {held => $held, rejects => [sort { $a <=> $b } @rejects, @$twice]};
}

sub details_row {
    my ($file, $pcn) = @_;
    my $lead = lead($pcn, $file->{day});
    my %v = (pcn => $pcn, lead => $lead, open_from => pick(undef, '2019-07-01', '2020-04-01'), open_to => pick(undef, undef, undef, '2024-03-31'), postcode => pick('AB1 2CD', 'X1 1XX', undef));
    my @fields = ($pcn, pcn_name($pcn, $file->{day}), $lead, sub_name($lead, $file->{day}), written_day($v{open_from} // ($file->{bare} ? $v{open_from} = '2019-07-01' : undef), $file->{bare}), written_day($v{open_to}, $file->{bare}), ('') x 5, $v{postcode} // '');
    return {-values => \%v, map { $details[$_] => $fields[$_] } 0 .. $#details};
}
sub bad_details {
    my ($file) = @_;
    my ($c, $bad) = @{pick([0, ''], [0, 'u1'], [4, 'x'], [5, '20180101'], [5, '20241301'], [2, '0-A'], [1, "PC\xA0N"])};
    my $row = details_row($file, pick(@pcns));
    $row->{$details[4]} = '20190701' if $c == 5;
    return {%$row, $details[$c] => $bad, -bad => 1};
}
sub random_details {
    my ($day) = @_;
    my $file = {source => 'pcn_members', sheet => 'epcn_details', name => 'ePCN_details.csv', day => $day, columns => \@details, bare => chance(0.5), part => ''};
    my @rows = ((map { details_row($file, $_) } grep { chance(0.8) } @pcns, chance(0.1) ? 'U10009' : (), chance(0.1) ? 'A81001' : (), chance(0.15) ? pick(@pcns) : ()), map { bad_details($file) } 1 .. pick(0, 0, 2));
    return {%$file, rows => [details_row($file, pick(@pcns)), shuffled(@rows)]};
}

sub after_details {
    my ($held, $file) = @_;
    my (@rejects, @kept, %seen);
    for my $i (0 .. $#{$file->{rows}}) {
        my $row = $file->{rows}[$i];
        my $v = $row->{-values};
        $row->{-bad} || !is_known_as($held, $v->{pcn}, 'pcn') || $seen{$v->{pcn}}++ ? push @rejects, $file->{lines}[$i] : push @kept, $v;
    }
    return {failed => 1} if !@kept;
    for my $v (@kept) {
        name_it($held, $file, 'sub_icb', $v->{lead}, sub_name($v->{lead}, $file->{day}));
        name_it($held, $file, 'pcn', $v->{pcn}, pcn_name($v->{pcn}, $file->{day}));
    }
    name_icbs($held, $file);
    for my $v (@kept) {
        my $o = $held->{organisation}{$v->{pcn}};
        next if $o->{-details} && is_older_sheet($held, $file); # what no sheet has described yet an older one may
        my $to = defined $v->{open_to} ? day_after($v->{open_to}) : undef;
        @$o{qw(open_from open_to postcode)} = ($v->{open_from} // $o->{open_from}, $to, $v->{postcode});
        $o->{-details} = $o->{open_from} ne '1900-01-01' || defined $to || defined $v->{postcode};
    }
    undated($held, $file, $_->{pcn}, 'sub_icb', $_->{lead}) for @kept;
    push @{$held->{as_at}}, [$file->{source}, "$file->{sheet} $file->{part}", $file->{day}];
    return {held => $held, rejects => \@rejects};
}

1;
