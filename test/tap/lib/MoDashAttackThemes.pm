# Significant events at random, and what of them follows from the theme map (quarters, themes, harms) and from sea_raised (months, themes) together.
package MoDashAttackThemes;
use strict;
use warnings;
use Exporter qw(import);
use MoDashAttackSums qw(solved_rows left_of);
use MoDashPublishedFigures qw(path_on group_members);
use MoDashPublishedReading qw(read_view);
use MoDashPublishedWorld qw(month_end);

our @EXPORT_OK = qw(theme_sql found_themes);
my @harms = qw(severe moderate low none not_assessed);
my @themes = qw(tm_dose tl_omit);

sub pick { return $_[int rand @_] }

sub quarter_of { my ($month) = @_; my ($y, $m) = split /-/, $month; return sprintf '%04d-%02d-01', $y, 3 * int(($m - 1) / 3) + 1 }

# Events, as many as there are small numbers of, in the places and months of a world; and the rule that hides them.
sub theme_sql {
    my ($world, $hide_to) = @_;
    my (@events, @themed);
    for my $code (grep { $world->{org}{$_}{type} eq 'practice' } sort keys %{$world->{org}}) {
        my ($most, @usual) = (pick(0, 2, 5, 9), map { pick(@harms) } 1 .. 2);
        for my $month (@{$world->{months}}) {
            for (1 .. pick(0, $most, int rand(1 + $most))) {
                my ($id, $harm) = ('e' . @events, rand() < 0.8 ? pick(@usual) : pick(@harms));
                push @events, "('$id', '$code', date '$month' + 3, " . ($harm eq 'not_assessed' ? 'null' : "'$harm'") . ')';
                push @themed, "('$id', '" . pick(@themes) . "')" if rand() < 0.9;
            }
        }
    }
    my $months = join ',', map { "'$_'" } @{$world->{months}};
    return "set client_min_messages = warning; update mo_data.kpi set is_active = kpi_id = 'sea_raised';
        update mo_data.kpi set hide_from = 1, hide_to = $hide_to where kpi_id = 'sea_raised';
        insert into mo_data.significant_event (event_id, practice_code, raised_on, harm_physical) values " . join(",\n", @events) . ';
        insert into mo_data.significant_event_theme (event_id, theme_code) values ' . join(",\n", @themed) . ";
        insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)
            select s, 'x.csv', repeat('0', 64), 1, 'flat', 'loaded', array[$months]::date[], now() from unnest('{significant_event,significant_event_theme}'::text[]) s;
        call mo_data.refresh();\n";
}

# Who counts where in a month: place => practices.
sub places_in {
    my ($world, $month) = @_;
    my ($path, %of) = path_on($world, month_end($month));
    my $member = group_members($world, month_end($month));
    for my $code (grep { $world->{org}{$_}{type} eq 'practice' } sort keys %$path) {
        push @{$of{"$_ $path->{$code}{$_}"}}, $code for grep { defined $path->{$code}{$_} } qw(practice pcn sub_icb icb region nation);
    }
    for my $group (keys %$member) { $of{"group $group"} = [grep { my $code = $_; grep { $_ eq $code } @{$of{"practice $code"} // []} } @{$member->{$group}}] }
    return \%of;
}

# A quarter's cells, small ones first hidden; and months' parts: [name, unknowns it is the sum of, value, hidden].
sub sums_of_quarter {
    my ($world, $quarter, $theme, $cells, $parts) = @_;
    my @sums;
    my @months = grep { quarter_of($_) eq $quarter } @{$world->{months}};
    my %of = map { $_ => places_in($world, $_) } @months;
    for my $place (sort { $a cmp $b } keys %{{map { map { $_ => 1 } keys %$_ } values %of}}) {
        my $at = $cells->{$quarter}{$theme}{$place} // {};
        my $some_hidden = grep { $_->{hidden} } values %$at;
        for my $harm (@harms) {
            my %sum = map { my $month = $_; map { ("$_|$month|$harm" => 1) } @{$of{$month}{$place} // []} } @months;
            my $cell = $at->{$harm};
            push @sums, ["$place/$quarter/$theme/$harm", \%sum, $cell ? $cell->{events} : 0, $cell ? $cell->{hidden} : $some_hidden];
        }
        for my $month (@months) {
            my $part = $parts->{$month}{$theme}{$place} or next;
            my %sum = map { my $code = $_; map { ("$code|$month|$_" => 1) } @harms } @{$of{$month}{$place} // []};
            push @sums, ["$place/$month/$theme", \%sum, $part->{numerator}, $part->{hidden}];
        }
    }
    return @sums;
}

# Hidden cells above 0, and hidden months of a theme, that follow from what is shown.
sub found_themes {
    my ($world) = @_;
    my (%cells, %parts, @said);
    for (read_view(undef, q{select c.quarter_start, c.theme_code, k.org_type || ' ' || k.org_code as place, c.harm_code, c.events, c.is_hidden::int as hidden
            from mo_data.sea_theme_cell c join mo_data.organisation_key k on k.org_key = c.org_key})) { $cells{$_->{quarter_start}}{$_->{theme_code}}{$_->{place}}{$_->{harm_code}} = $_ }
    for (read_view(undef, q{select month, substr(breakdown, 7) as theme_code, org_type || ' ' || org_code as place, numerator, hidden
            from mo_data.kpi_result where kpi_id = 'sea_raised' and breakdown like 'theme\_%'})) { $parts{$_->{month}}{$_->{theme_code}}{$_->{place}} = $_ }
    for my $quarter (sort keys %cells) {
        for my $theme (grep { $cells{$quarter}{$_} } @themes) {
            my @sums = sums_of_quarter($world, $quarter, $theme, \%cells, \%parts);
            my %nothing = map { $_ => 1 } map { keys %{$_->[1]} } grep { !$_->[3] && $_->[2] == 0 } @sums;
            for my $sum (@sums) { delete @{$sum->[1]}{grep { $nothing{$_} } keys %{$sum->[1]}} }
            my $solved = solved_rows(map { $_->[1] } grep { !$_->[3] } @sums);
            push @said, map { "$_->[0] is $_->[2]" } grep { $_->[3] && $_->[2] && !%{left_of($solved, $_->[1])} } @sums;
        }
    }
    return @said;
}

1;
