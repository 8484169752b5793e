# Reads TMDL as far as modash powerbi writes it, and finds what DAX names. Faults go to a callback (line, what).
package Tmdl;
use strict;
use warnings;
use Exporter qw(import);

our @EXPORT_OK = qw(read_tmdl unquote references_of unknown_words);

# Which objects may stand in which, and their properties: of Microsoft's object model what the project uses.
my %children = (
    '' => {map { $_ => 1 } qw(database model table relationship role expression annotation ref)},
    model => {map { $_ => 1 } qw(dataAccessOptions annotation)},
    dataAccessOptions => {},
    database => {},
    table => {map { $_ => 1 } qw(measure column hierarchy partition annotation)},
    measure => {annotation => 1}, column => {annotation => 1}, hierarchy => {level => 1, annotation => 1}, level => {annotation => 1},
    partition => {annotation => 1}, relationship => {annotation => 1}, role => {tablePermission => 1, annotation => 1},
    tablePermission => {annotation => 1}, expression => {annotation => 1},
);
my %properties = (
    database => 'compatibilityLevel', model => 'culture defaultPowerBIDataSourceVersion discourageImplicitMeasures sourceQueryCulture',
    dataAccessOptions => 'legacyRedirects returnErrorValuesAsNull', table => 'isHidden lineageTag dataCategory',
    measure => 'formatString lineageTag formatStringDefinition isHidden displayFolder',
    column => 'dataType isHidden isKey formatString lineageTag summarizeBy sourceColumn sortByColumn', hierarchy => 'lineageTag', level => 'lineageTag column',
    partition => 'mode source', relationship => 'fromColumn toColumn isActive crossFilteringBehavior', role => 'modelPermission', expression => 'lineageTag',
);
my %allowed = map { my $type = $_; $type => {map { $_ => 1 } split / /, $properties{$type}} } keys %properties;
my %flag = map { $_ => 1 } qw(isHidden isKey discourageImplicitMeasures legacyRedirects returnErrorValuesAsNull);
my %with_expression = map { $_ => 1 } qw(measure tablePermission expression partition annotation);
my %expression_property = map { $_ => 1 } qw(source formatStringDefinition);

sub unquote {
    my ($name) = @_;
    return $name unless $name =~ /^'(.*)'$/s;
    return $1 =~ s/''/'/gr;
}

sub new_node { my ($type, $name, $line) = @_; return {type => $type, name => $name, line => $line, children => [], property => {}, expression => ''} }

# One line of structure: an object, a reference or a property. Gives the node that deeper lines belong to, or what an expression belongs to.
sub read_line {
    my ($parent, $text, $line, $fault) = @_;
    if ($text =~ /^ref (\w+) ('(?:[^']|'')*'|\w+)$/) {
        my $node = new_node('ref', unquote($2), $line);
        $node->{reftype} = $1;
        push @{$parent->{children}}, $node;
        return ($node);
    }
    if ($text =~ /^(\w+): (.+)$/ || ($text =~ /^(\w+)$/ && $flag{$1})) {
        my ($key, $value) = ($1, $2 // 'true');
        $fault->($line, "$key may not stand in $parent->{type}") unless $allowed{$parent->{type}}{$key};
        $fault->($line, "$key is there twice") if defined $parent->{property}{$key};
        $parent->{property}{$key} = $value;
        return ($parent);
    }
    if ($text =~ /^(\w+) =(?: (.*))?$/ && $expression_property{$1}) {
        $fault->($line, "$1 may not stand in $parent->{type}") unless $allowed{$parent->{type}}{$1};
        $fault->($line, "$1 is there twice") if defined $parent->{property}{$1};
        $parent->{property}{$1} = $2 // '';
        return ($parent, \$parent->{property}{$1});
    }
    if ($text =~ /^(\w+)(?: ('(?:[^']|'')*'|[^\s'=]+))?(?: =(?: (.*))?)?$/ && exists $children{$1} || $text =~ /^(annotation) (\w+) = (.*)$/) {
        my ($type, $name, $value) = ($1, $2 // '', $3);
        $fault->($line, "$type may not stand in " . ($parent->{type} || 'a file')) unless $children{$parent->{type}}{$type};
        $fault->($line, "$name has to be quoted") if $name !~ /^'/ && $name =~ /\W/ && $type !~ /^(relationship)$/;
        $fault->($line, "$type has no name") if $name eq '' && $type !~ /^(database|dataAccessOptions)$/;
        my $node = new_node($type, unquote($name), $line);
        $node->{expression} = $value // '';
        push @{$parent->{children}}, $node;
        return ($node, $with_expression{$type} && $text =~ /=/ ? \$node->{expression} : undef);
    }
    $fault->($line, "what is this: $text");
    return ($parent);
}

sub read_tmdl {
    my ($text, $fault) = @_;
    my $root = new_node('', '', 0);
    my @open = ($root);      # the node that each depth belongs to
    my ($expression, $depth_of_expression, $described, $line) = (undef, 0, 0, 0);
    for my $raw (split /\n/, $text) {
        $line++;
        if ($raw =~ /^\s*$/) { $fault->($line, 'a description describes nothing') if $described; next }
        my ($tabs, $rest) = $raw =~ /^(\t*)(.*)$/;
        my $depth = length $tabs;
        # an expression is indented by two more than what it belongs to
        if ($expression && $depth > $depth_of_expression + 1) { $$expression .= "\n" . substr($raw, $depth_of_expression + 2); next }
        $expression = undef;
        $fault->($line, 'is indented by blanks') if $rest =~ /^ /;
        if ($rest =~ m{^/// \S}) { $described = 1; next }
        $fault->($line, 'a comment that is no description') if $rest =~ m{^//};
        if ($depth > $#open) { $fault->($line, 'is indented too deep'); $depth = $#open }
        my ($node, $begun) = read_line($open[$depth], $rest, $line, $fault);
        $fault->($line, 'a property is described') if $described && $node == $open[$depth];
        $described = 0;
        $#open = $depth;
        push @open, $node if $node != $open[$depth];
        ($expression, $depth_of_expression) = ($begun, $depth) if $begun;
    }
    $fault->($line, 'a description describes nothing') if $described;
    return $root;
}

# Pairs (table, column), (table, undef) and (undef, measure) that an expression names; unbalanced text is a fault.
sub references_of {
    my ($dax, $fault) = @_;
    my (@found, @open);
    while ($dax =~ /\G(?:("(?:[^"]|"")*")|'((?:[^']|'')+)'(?:\[((?:[^\]]|\]\])+)\])?|\[((?:[^\]]|\]\])+)\]|([(){}])|([^"'\[(){}]+))/gc) {
        if (defined $2) { my ($t, $c) = ($2, $3); push @found, [$t =~ s/''/'/gr, defined $c ? $c =~ s/\]\]/]/gr : undef] }
        elsif (defined $4) { push @found, [undef, $4 =~ s/\]\]/]/gr] }
        elsif (defined(my $bracket = $5)) {
            if (my ($closing) = {'(' => ')', '{' => '}'}->{$bracket} // ()) { push @open, $closing }
            elsif (!@open || pop(@open) ne $bracket) { $fault->('has a bracket that closes nothing'); return \@found }
        }
    }
    $fault->('has an open bracket or text') if @open || (pos($dax) // 0) < length $dax;
    return \@found;
}

# Words of an expression that are neither functions, columns, nor variables it has set: Power BI would not know them.
sub unknown_words {
    my ($dax) = @_;
    $dax =~ s/"(?:[^"]|"")*"|'(?:[^']|'')+'|\[(?:[^\]]|\]\])+\]/ 0 /g;
    my %known = map { $_ => 1 } qw(VAR RETURN IN NOT TRUE FALSE ASC DESC DAY MONTH QUARTER YEAR), $dax =~ /\bVAR\s+(\w+)/g;
    return grep { !$known{$_} } $dax =~ /(?<![\w.])([A-Za-z_]\w*+)(?!\s*[(\[])/g;
}

1;
