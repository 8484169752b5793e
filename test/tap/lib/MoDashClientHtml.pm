# The page in HTML beside what the published views say to the same login: every cell, sentence and drawing (as MoDashClientPages).
package MoDashClientHtml;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use List::Util qw(min max);
use MoDashClientBook qw(plain);
use MoDashClientCells qw(icon_of);
use MoDashClientPages;
use MoDashClientShown qw(shortened);
use MoDashClientSheets qw(page_items);

our @EXPORT_OK = qw(html_differences);

sub shown { my ($text) = @_; return $text =~ s/[\x00-\x09\x0B-\x1F\x7F-\x9F]/\x{FFFD}/gr }
sub words { my ($html) = @_; return plain($html =~ s/<[^>]*>//gr) }
sub told { return MoDashClientPages::told(@_) }

sub html_differences {
    my ($page) = @_;
    my $html = MoDashClientPages::printed($page, 'html');
    my @said = $html =~ /<script|\bon\w+=|https?:|\burl\(/i ? 'html: something runs or is fetched' : ();
    push @said, 'html: a control character' if $html =~ /[\x00-\x09\x0B-\x1F\x7F-\x9F]/;
    push @said, told('html: title', words(($html =~ m{<title>(.*?)</title>}s)[0]), shown("$page->{org_name}: medicines optimisation dashboard")), told('html: heading', words(($html =~ m{<h1>(.*?)</h1>}s)[0]), shown($page->{org_name}));
    push @said, told('html: kind', words(($html =~ m{<p class="kind">(.*?)</p>}s)[0]), $page->{kind}), told('html: data_to', words(($html =~ m{<p class="to">(.*?)</p>}s)[0]), $page->{data_to});
    my %count; $count{$_->{rag}}++ for @{$page->{rows}};
    push @said, told('html: counts', words(($html =~ m{<p class="sum">(.*?)</p>}s)[0]), sprintf '%d on target, %d not clearly off, %d off target, %d not judged.', map { $count{$_} // 0 } qw(green amber red grey));
    my @rows = grep { !/class="band"|columnheader/ } $html =~ m{<tr\b.*?</tr>}gs;
    push @said, 'html: ' . @rows . ' rows' if @rows != @{$page->{rows}};
    push @said, map { row_differences($page, $page->{rows}[$_], $rows[$_] // '') } 0 .. $#{$page->{rows}};
    push @said, figure_differences($page, $_) for $html =~ m{<figure>(.*?)</figure>}gs;
    my @items = page_items($page);
    my ($list) = $html =~ m{<h2>Exceptions and notes</h2>\n<ul>(.*?)</ul>}s;
    my @have = map { words($_) } ($list // '') =~ m{<li>(.*?)</li>}gs;
    my @want = @items ? map { shown($_) } @items[0 .. ($#items > 7 ? 7 : $#items)] : 'None this month.';
    push @want, sprintf 'And %d more, on the text page and in the workbook.', @items - 8 if @items > 8;
    return (@said, map { told("html: item $_", $have[$_], $want[$_]) } 0 .. ($#have > $#want ? $#have : $#want));
}

sub row_differences {
    my ($page, $row, $html) = @_;
    my ($last) = (sort map { $_->{data_to} // () } @{$page->{rows}})[-1];
    my $name = $row->{kpi_short_name} . (defined $row->{data_to} && $row->{data_to} ne $last ? " $row->{month_label}" : '');
    my @said = told("html: $row->{kpi_id}: name", words(($html =~ m{<th\b[^>]*>(.*?)</th>}s)[0] // ''), shown($name));
    my @have = map { s{<span class="lab".*?</span>}{}sr } $html =~ m{<td\b[^>]*>(.*?)</td>}gs;
    my $drawing = pop @have;
    my @want = (shortened($row->{display_value}), $row->{display_target} eq 'no target' ? '–' : shortened($row->{display_target}), icon_of($row->{rag}) . " $row->{status_label}",
        map({ shortened($_) // '–' } @$row{qw(display_peer_median display_change_on_year)}), defined $row->{peer_rank} ? "$row->{peer_rank} of $row->{peer_n}" : '–');
    push @said, map { told("html: $row->{kpi_id}: cell $_", words($have[$_] // ''), $want[$_]) } 0 .. $#want;
    my ($class) = $html =~ /<td\b[^>]*class="st (\w+)"/;
    push @said, told("html: $row->{kpi_id}: colour", $class, $row->{rag});
    return (@said, spark_differences($page, $row, $drawing // ''));
}

# The small drawing says its months and values; of the page's 24 months the last twelve to the row's own.
sub spark_differences {
    my ($page, $row, $svg) = @_;
    my @points = grep { $_->{month_start} le ($row->{month_start} // '') } @{$page->{trend}{$row->{kpi_id}}};
    @points = @points[-12 .. -1] if @points > 12;
    my @known = grep { defined $_->{value} } @points;
    return $svg eq '' ? () : "html: $row->{kpi_id}: a drawing of nothing" if !@known;
    my $want = join ', ', map { month_label($_) . ' ' . (defined $_->{value} ? $_->{display_value} : 'no figure') } @points;
    my ($path) = $svg =~ /<path class="v" d="([^"]*)"/;
    return (told("html: $row->{kpi_id}: drawing", plain(($svg =~ /aria-label="([^"]*)"/)[0] // ''), $want), place_differences("html: $row->{kpi_id}: drawing", [map { $_->{value} } @points], $path));
}

my @month = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
sub month_label { my ($year, $month) = split /-/, $_[0]{month_start}; return "$month[$month - 1] $year" }

# Points of a line: as many as values, each as high as its value, none joined over a gap, and a dot where one is alone.
sub place_differences {
    my ($what, $values, $path) = @_;
    my @y = map { $_->[2] } my @points = map { [/^([ML])([-\d.]+) ([-\d.]+)$/] } ($path // '') =~ /[ML][-\d.]+ [-\d.]+/g;
    my @known = grep { defined } @$values;
    return "$what: " . @points . ' points of ' . @known if @points != @known;
    my $moves = grep { defined $values->[$_] && ($_ == 0 || !defined $values->[$_ - 1]) } 0 .. $#$values;
    my @said = $moves == (grep { $_->[0] eq 'M' } @points) ? () : "$what: joined over a gap";
    push @said, "$what: a point that is not to be seen" if $path =~ /M[-\d.]+ [-\d.]+(?=M|$)/;
    my ($low, $high) = (min(@known), max(@known));
    return @said if !@known || $high == $low;
    my ($bottom, $top) = (max(@y), min(@y));
    return (@said, map { abs($bottom - ($known[$_] - $low) / ($high - $low) * ($bottom - $top) - $y[$_]) > 0.16 ? "$what: $known[$_] is drawn at $y[$_]" : () } 0 .. $#known);
}

sub figure_differences {
    my ($page, $html) = @_;
    my $caption = words(($html =~ m{<figcaption>(.*?)</figcaption>}s)[0] // '');
    my ($row) = grep { shown($_->{kpi_short_name}) eq $caption } @{$page->{rows}} or return "html: a chart of '$caption'";
    my @trend = @{$page->{trend}{$row->{kpi_id}}};
    my @said = told("html: chart of $row->{kpi_id}", plain(($html =~ /aria-label="([^"]*)"/)[0]), shown("Trend of $row->{kpi_name}, last 24 months: now $row->{display_value}, target $row->{display_target}, median of peers "
        . ($row->{display_peer_median} // 'none')));
    my %of = (v => 'value', t => 'target', c => 'comparator_value');
    for my $class (sort keys %of) { push @said, place_differences("html: chart of $row->{kpi_id}: $of{$class}", [map { $_->{$of{$class}} } @trend], ($html =~ /<path class="$class" d="([^"]*)"/)[0]) }
    my $marks = grep { ($_->{special_cause_label} // 'common cause') ne 'common cause' && defined $_->{value} } @trend;
    push @said, told("html: chart of $row->{kpi_id}: special causes", scalar(() = $html =~ /<path class="s"/g), $marks), told("html: chart of $row->{kpi_id}: points",
        scalar(() = $html =~ /<circle class="p"/g) + $marks, scalar grep { defined $_->{value} } @trend);
    my @scale = map { words($_) } grep { !/^[A-Z][a-z]{2} \d{4}$/ } $html =~ m{<text class="a"[^>]*>(.*?)</text>}gs;
    my @known = sort { $a->{value} <=> $b->{value} } grep { defined $_->{value} } @trend;
    my @want = map { shortened($_->{display_value}) } $known[-1]{value} > $known[0]{value} ? @known[-1, 0] : $known[0];
    push @said, map { MoDashClientPages::is_fitted($scale[$_] // '', $want[$_], 8) ? () : "html: chart of $row->{kpi_id}: scale '" . ($scale[$_] // '') . "', should be '$want[$_]'" } 0 .. $#want;
    return @said;
}

1;
