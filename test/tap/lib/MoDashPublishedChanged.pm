# What happens to a random world after it was published: figures come again and are others, months are added, organisations move and close, targets change,
# a KPI is switched off. And what the Changes page must say of it, from the comment on mo_data.change_restated and the columns of change_log.
package MoDashPublishedChanged;
use strict;
use warnings;
use Exporter qw(import);
use MoDashPublishedPages qw(name_of cell_at);
use MoDashPublishedReviews qw(change_reviews);
use MoDashPublishedViews qw(seen);
use MoDashPublishedWorld qw(pick chance some_day months_of org_month a_load loads_sql figures_sql rows later_month later_day today run_of);

our @EXPORT_OK = qw(change_world change_rows shown_values);

# ------------------------------------------------------------------------------------------------------------------------------------- changes
# Figures of some months of a KPI come again: others, none, or those of organisations that had none; and those of a month more.
sub restate {
    my ($world, $kpi) = @_;
    my $next = later_month($kpi->{loaded}[-1], 1);
    my $grows = chance(0.4) && $next le $world->{ended};
    push @{$kpi->{loaded}}, $next if $grows;
    my %size;
    for (@{$kpi->{figures}}) { $size{$_->[0]} = $_->[4] || $_->[3] || 1 if $_->[2] eq '' }
    my %again = map { $_ => chance(0.5) } $grows ? $next : (), chance(0.8) ? map { pick(@{$kpi->{loaded}}) } 1 .. pick(1, 2, 3) : ();
    $again{$next} = 0 if $grows;
    my @keep = grep { !exists $again{$_->[1]} || $again{$_->[1]} && chance(0.6) } @{$kpi->{figures}};
    my %kept = map { ("$_->[0]/$_->[1]" => 1) } @keep;
    @keep = grep { !exists $again{$_->[1]} || $kept{"$_->[0]/$_->[1]"} } @keep;
    my %whole = map { ("$_->[0]/$_->[1]" => 1) } grep { !exists $again{$_->[1]} } @keep;
    @keep = grep { $whole{"$_->[0]/$_->[1]"} } @keep;
    for my $month (sort keys %again) {
        for my $code (sort keys %size) {
            my @was = grep { $_->[0] eq $code && $_->[1] eq $month } @{$kpi->{figures}};
            push @keep, @was && chance(0.4) ? @was : chance(0.1) ? () : org_month($kpi, $code, $month, $size{$code} * (0.5 + rand), rand);
        }
    }
    $kpi->{figures} = \@keep;
    $kpi->{months} = [months_of($kpi)];
    return '' if !%again;
    my $load = {%{a_load($kpi->{source}, 'loaded', keys %again)}, waiting => 1};
    push @{$world->{load}}, $load;
    return loads_sql($load) . "delete from site.figure where kpi_id = '$kpi->{id}' and month in (" . join(', ', map { "'$_'" } sort keys %again) . ");\n"
        . figures_sql($kpi, grep { exists $again{$_->[1]} } @keep);
}

# A practice belongs to another PCN for as long as it belonged to the one; one closes, or opens again.
sub reorganise {
    my ($world) = @_;
    my $sql = '';
    my @practices = grep { $world->{org}{$_}{type} eq 'practice' } sort keys %{$world->{org}};
    my @pcns = grep { $world->{org}{$_}{type} eq 'pcn' } sort keys %{$world->{org}};
    my @joined = grep { $_->[1] eq 'pcn' } @{$world->{parent}};
    if (@joined && chance(0.5)) {
        my ($row, $to) = (pick(@joined), pick(@pcns));
        $sql .= "update mo_data.organisation_parent set parent_code = '$to' where org_code = '$row->[0]' and parent_type = 'pcn' and valid_from = '$row->[3]';\n";
        $row->[2] = $to;
    }
    if (chance(0.4)) {
        my $org = $world->{org}{pick(@practices)};
        my $to = defined $org->{to} ? undef : some_day($world);
        if (!defined $to || $to gt $org->{from}) {
            $org->{to} = $to;
            $sql .= "update mo_data.organisation set open_to = " . (defined $to ? "'$to'" : 'null') . " where org_code = '$org->{code}';\n";
        }
    }
    return $sql;
}

sub retarget {
    my ($world) = @_;
    my @targets = @{$world->{target}};
    return '' if !@targets || chance(0.4);
    my $target = pick(@targets);
    my $where = "where kpi_id = '$target->[0]' and org_code = '$target->[1]' and valid_from = '$target->[2]';\n";
    if (chance(0.3)) { $world->{target} = [grep { $_ != $target } @targets]; return "delete from mo_data.kpi_target $where" }
    $target->[4] *= pick(0.5, 0.9, 1.1);
    return "update mo_data.kpi_target set target = $target->[4] $where";
}

# What happens before the next refresh, as SQL; the world is as it is then.
sub change_world {
    my ($world) = @_;
    my $sql = join '', map { $_->{reviews} ? change_reviews($world) : restate($world, $_) } @{$world->{kpi}};
    $sql .= reorganise($world) . retarget($world);
    if (@{$world->{kpi}} > 2 && chance(0.3)) {
        my $off = pick(@{$world->{kpi}});
        $world->{kpi} = [grep { $_ != $off } @{$world->{kpi}}];
        $sql .= "update mo_data.kpi set is_active = false where kpi_id = '$off->{id}';\n";
    }
    delete @$world{qw(path expected)};
    return $sql;
}

# ----------------------------------------------------------------------------------------------------------------------------- the Changes page
# What was shown of PCNs, ICBs and groups: KPI => month => place => value; of what was hidden nothing.
sub shown_values {
    my ($world) = @_;
    my %shown;
    for my $kpi (@{$world->{kpi}}) {
        for my $month (keys %{$world->{figures}{$kpi->{id}}}) {
            for my $place (grep { /^(pcn|icb|group) / } keys %{$world->{figures}{$kpi->{id}}{$month}}) {
                my $cell = cell_at($world, $kpi, $month, $place) or next;
                my $value = seen($kpi, $cell)->{value};
                $shown{$kpi->{id}}{$month}{$place} = $value if defined $value;
            }
        }
    }
    return \%shown;
}

# Whether a change is worth a line: a percentage point, or 5 % of what it was.
sub is_told {
    my ($kpi, $was, $is) = @_;
    return 1 if !defined $is;
    return abs($is - $was) * 100 >= 1 - 1e-9 if $kpi->{unit} eq 'percent';
    return $is != $was && abs($is - $was) * 100 >= 5 * abs($was) - 1e-9;
}

# Lines of restated figures that a refresh must have written, beside what was shown before it.
sub change_rows {
    my ($world, $was) = @_;
    my %rows;
    for my $kpi (@{$world->{kpi}}) {
        for my $month (keys %{$was->{$kpi->{id}} // {}}) {
            for my $place (keys %{$was->{$kpi->{id}}{$month}}) {
                my $cell = cell_at($world, $kpi, $month, $place);
                next if $cell && $cell->{hidden};
                my ($old, $new) = ($was->{$kpi->{id}}{$month}{$place}, scalar seen($kpi, $cell)->{value});
                next if !is_told($kpi, $old, $new);
                my ($type, $code) = split / /, $place;
                $rows{"$kpi->{id}/$month/$type/$code"} = {change_label => 'restated figures', kpi_id => $kpi->{id}, source_name => undef, org_key => $world->{key}{$place}, org_type => $type, org_code => $code,
                    org_name => name_of($world, $place), month_start => $month, old_value => $old, new_value => $new, run_id => $world->{run}, change_id => sub { $_[0] > 0 }, changed_at_utc => sub { defined $_[0] },
                    change_narrative => sub { index($_[0], "Name of $kpi->{id}") == 0 && index($_[0], name_of($world, $place)) > 0 && ($_[0] =~ /no longer a figure/) == !defined $new }};
            }
        }
    }
    return \%rows;
}

1;
