# What the views beside the figures must say of a world: days, organisations, KPIs, sources, how far these reach and what is due next; from the comments on
# their columns.
package MoDashPublishedStatus;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use List::Util qw(max sum sum0);
use MoDashPublishedFigures qw(path_on group_members);
use MoDashPublishedPages qw(name_of labelled %family_label);
use MoDashPublishedViews qw(next_due month_label);
use MoDashPublishedWorld qw(april_of later_month month_end later_day days_between today);

our @EXPORT_OK = qw(day_rows organisation_rows kpi_rows source_rows status_rows due_rows);

# ------------------------------------------------------------------------------------------------------------------------------------------ days
# Whole financial years without gaps, over all figures and today.
sub day_rows {
    my ($world, $read) = @_;
    my @months = sort map { @{$_->{months}} } @{$world->{kpi}};
    my ($first, $last) = (sort map { $_->{day_date} } @$read)[0, -1];
    my %rows;
    for (my $day = april_of((sort grep { defined } $first, $months[0], today())[0]); $day lt later_month(april_of((sort grep { defined } $last, $months[-1], today())[-1]), 12); $day = later_day($day, 1)) {
        my ($y, $m) = split /-/, $day;
        my $year = substr april_of($day), 0, 4;
        my $month = ($m + 8) % 12 + 1;
        my $quarter = int(($month + 2) / 3);
        my $financial = sprintf '%d/%02d', $year, ($year + 1) % 100;
        my ($is_month, $is_year) = map { $_ ? 1 : 0 } substr($day, 0, 7) eq substr(today(), 0, 7), april_of($day) eq april_of(today());
        $rows{$day} = {day_date => $day, month_start => "$y-$m-01", month_label => month_label($day), month_label_sort => "$y$m", calendar_year => $y, financial_year => $financial,
            financial_year_sort => $year, financial_quarter_label => "Q$quarter $financial", financial_quarter_label_sort => "$year$quarter", financial_quarter => $quarter,
            financial_month => $month, is_current_month => $is_month, current_month_label => $is_month ? 'Current month' : 'Other month', is_current_financial_year => $is_year,
            current_financial_year_label => $is_year ? 'Current financial year' : 'Other financial year'};
    }
    return \%rows;
}

# --------------------------------------------------------------------------------------------------------------------------------- organisations
my @level = qw(practice pcn sub_icb icb region nation group unknown);
my %level_sort = map { $level[$_] => $_ } 0 .. $#level;

sub successions { my ($world, $code) = @_; return grep { $_->[0] eq $code || $_->[1] eq $code } @{$world->{successor} // []} }
sub with_code { my ($world, $code) = @_; my $org = $world->{org}{$code}; return $org && $org->{name} ne $code ? "$org->{name} ($code)" : $code }
sub in_words { my ($y, $m, $d) = split /-/, $_[0]; return join ' ', $d + 0, (qw(January February March April May June July August September October November December))[$m - 1], $y }

# Day by day, oldest first: whom it follows, whole ones first, then parts of those that several follow; and who followed it.
sub succession {
    my ($world, $code) = @_;
    my @all = @{$world->{successor} // []};
    my @said;
    for my $day (sort keys %{{map { $_->[3] => 1 } successions($world, $code)}}) {
        my $of = sub { my ($old) = @_; return scalar grep { $_->[0] eq $old && $_->[3] eq $day } @all };
        my @before = sort { ($of->($a) > 1) <=> ($of->($b) > 1) || $a cmp $b } map { $_->[0] } grep { $_->[1] eq $code && $_->[3] eq $day } @all;
        my @after = sort map { $_->[1] } grep { $_->[0] eq $code && $_->[3] eq $day } @all;
        push @said, 'Follows ' . join(', ', map { ($of->($_) > 1 ? 'part of ' : '') . with_code($world, $_) } @before) . ' from ' . in_words($day) . '.' if @before;
        push @said, 'Followed by ' . join(', ', map { with_code($world, $_) } @after) . ' from ' . in_words($day) . '.' if @after;
    }
    return @said ? join ' ', @said : undef;
}

sub organisation_rows { # "type code" apart by a slash, as they are read
    my ($world) = @_;
    my ($path, %rows) = path_on($world, today());
    for my $place (keys %{$world->{key}}) {
        my ($type, $code) = split / /, $place;
        my $org = $type eq 'group' ? {name => "Group $code", from => '1900-01-01'} : $world->{org}{$code};
        my $in = $path->{$code} // {};
        my %current = map { my $level = $_; ("current_${level}_code" => $in->{$level}, "current_${level}_name" => defined $in->{$level} ? ($world->{org}{$in->{$level}} // {})->{name} : undef) }
            qw(pcn sub_icb icb region);
            my ($is_gp, $is_open) = map { $_ ? 1 : 0 } $type eq 'practice' && ($org->{setting} // 0) == 4, $type eq 'group' || $path->{$code};
        $rows{"$type/$code"} = {org_key => $world->{key}{$place}, org_code => $code, org_name => $org->{name}, org_label => labelled($org->{name}, $code), org_type => $type, %current, is_gp_practice => $is_gp, gp_practice_label => $is_gp ? 'GP practice' : 'Other',
            valid_from => $org->{from}, valid_to => $org->{to} // '9999-12-31', is_open => $is_open, open_label => $is_open ? 'Open' : 'Closed',
            succession_narrative => $type eq 'group' ? undef : succession($world, $code), succession_on => $type eq 'group' ? undef : scalar((sort map { $_->[3] } successions($world, $code))[-1]),
            org_type_label => sub { length $_[0] }, org_type_label_sort => sub { $_[0] > 0 }};
    }
    return \%rows;
}

# -------------------------------------------------------------------------------------------------------------------------------------------- KPIs
# A format shows as many decimals as the KPI has, percent as such, and pounds.
sub format_of {
    my ($kpi) = @_;
    my $decimals = $kpi->{decimals} ? '.' . '0' x $kpi->{decimals} : '';
    return $kpi->{unit} eq 'percent' ? qr/^0$decimals%$/ : $kpi->{unit} eq 'pounds' ? qr/^£#,##0$decimals$/ : qr/^#,##0$decimals$/;
}

# What is hidden, numbers and all: numerators, what is over small denominators (of a share those that may be hidden themselves), and how others are rounded.
sub small_number_rule {
    my ($kpi, $text) = @_;
    my $below = $kpi->{unit} eq 'count' ? 0 : max($kpi->{below} // 0, defined $kpi->{hide_to} && $kpi->{interval} eq 'wilson' ? $kpi->{hide_to} + 1 : 0);
    my $rounds = ($kpi->{round} // 1) > 1 ? $kpi->{round} : '';
    return 0 if ($text =~ /^Nothing is hidden/ ? 1 : 0) != (defined $kpi->{hide_from} || $below ? 0 : 1);
    return 0 if defined $kpi->{hide_from} && $text !~ /from $kpi->{hide_from} to $kpi->{hide_to}\b/;
    return ($text =~ /denominators below (\d+)/ ? $1 : 0) == $below && ($text =~ /nearest (\d+)/ ? $1 : '') eq $rounds;
}

# Months of what counts from April hold each other: they do not add up.
sub kpi_rows {
    my ($world) = @_;
    my %rows;
    for my $kpi (@{$world->{kpi}}) {
        my $format = format_of($kpi);
        my $local = grep { $_->[0] eq $kpi->{id} } @{$world->{target}};
        my %same = map { $_ => $kpi->{$_} } qw(family unit decimals);
        $rows{$kpi->{id}} = {%same, kpi_id => $kpi->{id}, kpi_name => "Name of $kpi->{id}", kpi_short_name => $kpi->{id}, kpi_sort => $kpi->{order}, family_label => $family_label{$kpi->{family}}[0],
            family_label_sort => $family_label{$kpi->{family}}[1], rate_per => $kpi->{per}, excel_format => sub { $_[0] =~ $format }, power_bi_format => sub { $_[0] =~ $format },
            direction_of_good => $kpi->{direction}, numerator_wording => 'n', denominator_wording => 'd', source_list => join(', ', @{$kpi->{sources}}), cadence => $kpi->{basis} eq 'annual' ? 'annual' : 'monthly',
            time_basis => $kpi->{basis} eq 'flow' && $kpi->{april} ? 'stock' : $kpi->{basis}, expected_lag_days => $kpi->{lag} // 62, interval_method => $kpi->{interval}, target_type => $local ? 'local' : $kpi->{reviews} && %{$world->{agreed} // {}} ? 'share of the year' : 'none',
            small_number_rule => sub { small_number_rule($kpi, $_[0]) }, owner_role => sub { 1 }, definition_version => 1, rationale_narrative => 'r', reference_narrative => 'r', rps_principle => sub { 1 },
            is_on_front_page => $kpi->{front}, front_page_label => $kpi->{front} ? 'Front page' : 'Comparisons only'};
    }
    return \%rows;
}

# ----------------------------------------------------------------------------------------------------------------------------------------- sources
my %replaces = (whole => qr/whole/, key => qr/key/, delta => qr/changes/, month => qr/months/, each => qr/each/);
sub source_rows {
    my ($world) = @_;
    return {map { my $source = $_; my ($how, $column) = split /:/, $source->{replaces} // '';
        ($source->{name} => {source_name => $source->{name}, source_title => $source->{title}, source_system => $source->{system}, source_sort => $source->{sort}, cadence => $source->{cadence},
            expected_lag_days => $source->{lag}, target_table => $source->{target_table}, replaces_label => sub { $_[0] =~ ($replaces{$how // ''} // qr/again/) && index($_[0], ($column // '') =~ tr/_/ /r) >= 0 }})
    } values %{$world->{source}}};
}

my %months_of_cadence = (daily => 1, monthly => 1, quarterly => 3, annual => 12);

# The next period begins when the cadence's months after the latest are over, and is expected after its end; nothing is due of what has no regular date.
sub source_due {
    my ($source, $latest) = @_;
    return if !defined $latest || !defined $source->{lag};
    return later_day(later_month($latest, $source->{cadence} eq 'annual' ? 13 : $source->{cadence} eq 'quarterly' ? 4 : 2), $source->{lag} - 1);
}

sub days_late { my ($due) = @_; return defined $due ? max(0, days_between($due, today())) : undef }

# How many rows there were: not of a small file, where a KPI that is counted from it hides small numbers.
sub rows_told {
    my ($world, $source, @kept) = @_;
    my $rows = @kept ? sum(@kept) : return;
    return if $rows < 1000 && grep { (defined $_->{hide_from} || defined $_->{below}) && grep { $_ eq $source->{name} } @{$_->{sources} // [$_->{source}]} } @{$world->{kpi}};
    return $rows;
}

# What is known of the files of a source: waiting are those that no refresh has taken into account.
sub status_rows {
    my ($world) = @_;
    my %rows;
    for my $source (values %{$world->{source}}) {
        my @tried = grep { $_->{source} eq $source->{name} } @{$world->{load}};
        my @kept = grep { $_->{state} ne 'failed' } @tried;
        my @stand = grep { $_->{state} eq 'loaded' } @tried;
        my ($latest) = sort { $b cmp $a } map { @{$_->{months}} } @stand;
        my $due = source_due($source, $latest);
        my ($loaded) = sort { $b cmp $a } map { $_->{at} } @kept;
        my $state = !@kept ? 'never loaded' : defined $due && $due lt today() ? 'overdue' : (grep { $_->{waiting} } @kept) ? 'not refreshed' : 'current';
        $rows{$source->{name}} = {source_name => $source->{name}, source_system => $source->{system}, source_title => $source->{title}, source_sort => $source->{sort}, state_label => $state,
            latest_month => $latest, loaded_at_utc => $loaded, next_data_due => $due, days_overdue => days_late($due), rows_kept => scalar(rows_told($world, $source, map { $_->{kept} } @stand)),
            rows_rejected => @stand ? sum(map { $_->{rejected} } @stand) : undef, failed_loads => @tried ? scalar(grep { $_->{state} eq 'failed' } @tried) : undef,
            refreshed_at_utc => sub { defined $_[0] }, left_out_narrative => $source->{name} =~ /^(?:pcn_members|cohort_target)$/ ? sub { !defined $_[0] || $_[0] =~ /PCN/ } : undef, data_kind_label => 'Not stated'};
    }
    return \%rows;
}

# What is due: of the refresh (nothing is scheduled in a test), of each source, of each KPI.
sub due_rows {
    my ($world) = @_;
    my $status = status_rows($world);
    my %rows = ('Refresh//' => {item_sort => sub { 1 }, item_label => 'Refresh', due_label => 'not scheduled', (map { $_ => undef } qw(source_name kpi_id latest_month next_month next_data_due days_overdue next_run_utc)),
        item_title => sub { 1 }, due_narrative => sub { ($_[0] =~ /waiting/) == scalar(!!grep { $_->{waiting} && $_->{state} ne 'failed' } @{$world->{load}}) }});
    for my $row (values %$status) {
        my $months = $months_of_cadence{$world->{source}{$row->{source_name}}{cadence}};
        my $label = $row->{state_label} =~ /overdue|never/ ? $row->{state_label} : defined $row->{next_data_due} ? 'expected' : 'no regular date';
        $rows{"Source/$row->{source_name}/"} = {item_sort => sub { 1 }, item_label => 'Source', (map { $_ => $row->{$_} } qw(source_name latest_month next_data_due days_overdue)), kpi_id => undef, item_title => $row->{source_title},
            next_month => defined $row->{latest_month} && $months ? later_month($row->{latest_month}, $months) : undef, due_label => $label, next_run_utc => undef, due_narrative => sub { length $_[0] > 10 }};
    }
    for my $kpi (@{$world->{kpi}}) {
        my $latest = $kpi->{months}[-1];
        my $due = defined $latest ? next_due($kpi, $latest) : undef;
        $rows{"KPI//$kpi->{id}"} = {item_sort => sub { 1 }, item_label => 'KPI', source_name => undef, kpi_id => $kpi->{id}, item_title => "Name of $kpi->{id}", latest_month => $latest,
            next_month => !defined $latest ? undef : $kpi->{basis} eq 'annual' ? later_month(april_of($latest), 23) : later_month($latest, 1), next_data_due => $due, days_overdue => days_late($due),
            due_label => !defined $latest ? 'no figure yet' : $due lt today() ? 'overdue' : 'expected', next_run_utc => undef, due_narrative => sub { length $_[0] > 10 }};
    }
    return \%rows;
}

1;
