# A random world whose names and texts are awkward but legal, whose figures are also huge and tiny, with a KPI of every unit; and what people write on it.
package MoDashClientWorld;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MoDash;
use MoDashPublishedWorld qw(random_world world_sql pick chance later_month);

our @EXPORT_OK = qw(awkward_world awkward_sql write_on_it);

my @awkward = ('O\'Brien & Söhne "West" <b>Surgery</b>', '=cmd|\' /C calc\'!A0', '+44 20 7946 0000', '-2+3 Practice', '@SUM(1+1)*cmd', "Łódź Żółć 東京 診療所", '£ and € and µ', "Ünïcödé " . 'é' x 240, 'A name of a practice that goes on and on, ' x 5,
    "two\nlines", "tab\tand\rreturn", "bell\x07 and \e[31mred\e[0m", "delete\x7F and \x{85} and \x{202E}txet", '👩‍⚕️ Health Centre', '#REF!', "'quoted", '1e3', '007', ' leading and trailing ', '{=1+1}', '%s %n %d', '&amp; &lt;b&gt;', ']]> <!-- x -->',
    'TRUE', '2026-01-01', '"', ',', ';', '"; DROP TABLE x; --', '\\N \\t', 'a, b (suppressed)');
my @short = ('=1+1', '£ per patient', '°C in date', 'éGFR checked', 'eGFR in date', '"Quoted", <i>odd</i> & more', '@x', '+1', '-1', "line\nbreak", 'ÄÖÜ' x 10, 'x' x 30, '👩‍⚕️ visits', "bell\x07 \x{85} end", "'apostrophe", '&#39;', 'Sheet1!A1', '診療' x 15);

sub some_text { my ($most) = @_; my $text = pick(@awkward); $text .= pick(' ', "\n", '') . pick(@awkward) while chance(0.4); return substr $text, 0, $most }
sub quoted { my ($text) = @_; return "'" . $text =~ s/'/''/gr . "'" }

# One KPI of every unit, most of them on the page; figures of some as large and as small as they come.
sub awkward_world {
    my @units = qw(percent count rate ratio pounds score);
    push @units, shift @units for 1 .. int rand 6;
    my $world = random_world(units => \@units);
    $_->{name} = some_text(255) for grep { $_->{type} !~ /nation|region/ && chance(0.7) } map { $world->{org}{$_} } sort keys %{$world->{org}};
    for my $kpi (@{$world->{kpi}}) {
        next if $kpi->{unit} !~ /ratio|pounds|score/;
        my $times = pick(1, 1e-7, 1e-3, 1e4, 1e7);
        $_->[3] *= $times for @{$kpi->{figures}};
        $_->[4] *= $times for grep { $_->[0] eq $kpi->{id} } @{$world->{target}};
    }
    return $world;
}

sub awkward_sql {
    my ($world) = @_;
    my $sql = join '', map { "update mo_data.kpi set name = " . quoted(some_text(200)) . ', short_name = ' . quoted(chance(0.8) ? pick(@short) . pick('', '', ' ' . $_->{unit}) : $_->{id}) . ', numerator_wording = ' . quoted(some_text(200)) . ', rationale = '
        . quoted(some_text(3000)) . ', owner_role = ' . quoted(some_text(90)) . " where kpi_id = '$_->{id}';\n" } @{$world->{kpi}};
    my %had; # a chart is known by its title
    $sql =~ s/short_name = '((?:[^']|'')*)'/"short_name = '" . ($had{short_of($1)}++ ? 'again ' . scalar keys %had : short_of($1)) . "'"/ge;
    $sql .= "update mo_data.organisation_group set group_name = " . quoted(some_text(200)) . ' || group_code;'
        . ' update mo_data.site set data_kind = ' . quoted(pick('real', 'synthetic')) . ', site_name = ' . quoted(some_text(60)) . ";\n";
    return $sql;
}

# Thirty characters, and not in the middle of a doubled quotation mark.
sub short_of { my ($text) = @_; my $short = substr $text =~ s/''/'/gr, 0, 30; return $short =~ s/'/''/gr }

sub done { my ($sql) = @_; utf8::encode($sql); my ($code, $out, $err) = psql_error("set client_min_messages = error; $sql"); return $code ? $err : undef }

# Actions, narratives, returns that are submitted: by hand, in whatever words. What was refused for no reason of the content's.
sub write_on_it {
    my @said;
    for my $line (psql_lines("select distinct concat_ws('|', org_code, to_char(quarter_start, 'YYYY-MM-DD'), coalesce(kpi_id, '')) from mo_dashboard.icb_return where section_label = 'exception narrative' or kpi_id is null")) {
        my ($org, $quarter, $kpi) = split /\|/, $line;
        push @said, done("call mo_data.set_return_narrative('$org', '$quarter', 'exception_narrative', " . quoted(some_text(1500)) . ($kpi ? ", '$kpi'" : '') . ')') if chance(0.2);
    }
    for my $row (psql_lines("select concat_ws('|', org_code, kpi_id, month_start) from mo_dashboard.dashboard where month_start is not null order by org_code, kpi_id")) {
        my ($org, $kpi, $month) = split /\|/, $row;
        push @said, done("call mo_data.raise_action('$org', " . quoted(some_text(900)) . ', ' . quoted(some_text(90)) . ", (current_date + " . (int rand 200) . ")::date, '$kpi', '$month')") if chance(0.1);
    }
    push @said, map { done("call mo_data.update_action($_, '" . pick('done', 'in progress', 'dropped') . "', " . quoted(some_text(200)) . ')') } grep { chance(0.5) } psql_lines('select action_id from mo_dashboard.review_action order by 1');
    for my $line (psql_lines("select distinct org_code || '|' || to_char(quarter_start, 'YYYY-MM-DD') from mo_dashboard.icb_return where quarter_start + interval '3 months' <= current_date order by 1")) {
        my ($org, $quarter) = split /\|/, $line;
        done("call mo_data.submit_return('$org', date '$quarter')") if chance(0.3); # refused without any figure
    }
    return grep { defined } @said;
}

sub psql_lines { my ($query) = @_; return split /\n/, psql($query) }

1;
