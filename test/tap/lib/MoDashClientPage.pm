# What a login reads in the published views of an organisation's page, its trend, its members, its return and its actions: what modash has to say of it.
package MoDashClientPage;
use strict;
use warnings;
use utf8;
use Exporter qw(import);
use MoDash;
use MoDashPublishedReading qw(read_view);
use MoDashPublishedWorld qw(later_month);

our @EXPORT_OK = qw(page_of);

# What an organisation's members are called: who belongs to it now, open, one level below (of a sub-ICB and an ICB the PCNs).
my %member = (pcn => [practice => 'current_pcn_code'], sub_icb => [pcn => 'current_sub_icb_code'], icb => [pcn => 'current_icb_code'], region => [icb => 'current_region_code'], nation => [region => undef]);

sub serial { my ($column) = @_; return "$column - date '1899-12-30'" }
sub quoted { my ($text) = @_; return "'" . $text =~ s/'/''/gr . "'" }

sub page_of {
    my ($login, $code) = @_;
    my ($org) = read_view($login, "select *, to_char(now() at time zone 'Europe/London', 'FMDD FMMonth YYYY') as today from mo_dashboard.dim_organisation where org_code = " . quoted($code));
    $org->{history} = history_of($login, $org);
    my %page = (org => $org, %$org{qw(org_key org_code org_name org_type today)}, login => $login);
    my $own = "org_key = $org->{org_key}";
    $page{rows} = [read_view($login, "select d.*, k.unit, k.excel_format, k.family from mo_dashboard.dashboard d join mo_dashboard.dim_kpi k using (kpi_id) where d.$own order by d.kpi_sort, d.kpi_id")];
    $page{exceptions} = [read_view($login, "select e.*, k.kpi_short_name from mo_dashboard.exception e join mo_dashboard.dim_kpi k using (kpi_id) where e.$own order by e.reason_sort, k.kpi_sort, k.kpi_id")];
    @page{qw(kind run_id)} = ((sort map { $_->{data_kind_label} } @{$page{rows}})[-1], (sort { $b <=> $a } map { $_->{run_id} } @{$page{rows}})[0]);
    $page{data_to} = data_to($login, $own);
    $page{last} = (sort map { $_->{month_start} // () } @{$page{rows}})[-1];
    add_trend(\%page, $login, $own);
    $page{members} = [members_of($login, $org)];
    add_lists(\%page, $login);
    ($page{version}) = slurp('mo_dashboard.control') =~ /default_version = '([^']+)'/;
    return \%page;
}

# What the page says of the organisation itself: that it is closed, and of the last two years, or where it is closed, who followed whom.
sub history_of {
    my ($login, $org) = @_;
    my ($day) = read_view($login, "select to_char(valid_to, 'FMDD FMMonth YYYY') as closed, (succession_on > current_date - interval '2 years')::integer as lately, (valid_to <= current_date)::integer as has_closed from mo_dashboard.dim_organisation where org_key = $org->{org_key}");
    my @said = ($day->{has_closed} ? "Closed since $day->{closed}." : (), defined $org->{succession_narrative} && ($day->{has_closed} || $day->{lately}) ? $org->{succession_narrative} : ());
    return @said ? join ' ', @said : undef;
}

sub data_to {
    my ($login, $own) = @_;
    my ($days) = read_view($login, "select to_char(max(data_to), 'FMDD FMMonth YYYY') as data_to, to_char(min(next_data_due) filter (where next_data_due >= current_date), 'FMDD FMMonth YYYY') as due
        from mo_dashboard.dashboard where $own");
    return !defined $days->{data_to} ? undef : "Figures to $days->{data_to}." . (defined $days->{due} ? " Next figures due $days->{due}." : '');
}

# The 24 months to the page's latest, of every measure; and the twelve to each one's own latest.
sub add_trend {
    my ($page, $login, $own) = @_;
    my %at = map { ("$_->{kpi_id}/$_->{month_start}" => $_) } read_view($login, 'select *, ' . serial('month_start') . " as serial from mo_dashboard.kpi_trend where $own");
    my %serial = map { $_->{month} => $_->{serial} } defined $page->{last} ? read_view($login, "select m::date as month, " . serial('m::date') . " as serial
        from generate_series(date '$page->{last}' - interval '23 months', date '$page->{last}', interval '1 month') m") : ();
    for my $row (@{$page->{rows}}) {
        $page->{trend}{$row->{kpi_id}} = [map { $at{"$row->{kpi_id}/$_"} // {month_start => $_, serial => $serial{$_}} } sort keys %serial];
        $row->{twelve} = [map { defined $row->{month_start} ? ($at{"$row->{kpi_id}/" . later_month($row->{month_start}, -$_)} // {})->{value} : undef } reverse 0 .. 11];
    }
    return;
}

# Organisations that belong to this one, by name, with the latest figure of every measure; those without any figure are left out.
sub members_of {
    my ($login, $org) = @_;
    my ($type, $column) = @{$member{$org->{org_type}} // return};
    my %figure;
    my $of = "o.is_open = 1 and o.org_type = '$type'" . (defined $column ? " and o.$column = " . quoted($org->{org_code}) : '');
    for my $row (read_view($login, "select distinct on (f.org_key, f.kpi_id) f.*, t.display_value from mo_dashboard.fact_kpi f join mo_dashboard.kpi_trend t using (kpi_id, org_key, month_start)
        join mo_dashboard.dim_organisation o using (org_key) join mo_dashboard.dim_kpi k on k.kpi_id = f.kpi_id and k.is_on_front_page = 1 where $of order by f.org_key, f.kpi_id, f.month_start desc")) {
        $figure{$row->{org_key}}{$row->{kpi_id}} = $row;
    }
    return map { {%$_, %{$figure{$_->{org_key}}}} } grep { $figure{$_->{org_key}} } read_view($login, "select org_key, org_code, org_name from mo_dashboard.dim_organisation o where $of order by org_name, org_key");
}

sub add_lists {
    my ($page, $login) = @_;
    my $own = "org_key = $page->{org_key}";
    my $keys = join ', ', $page->{org_key}, map { $_->{org_key} } @{$page->{members}};
    $page->{data} = [read_view($login, 'select t.*, k.kpi_short_name, k.family_label, k.kpi_sort, ' . serial('t.month_start') . " as serial from mo_dashboard.kpi_trend t
        join mo_dashboard.dim_kpi k on k.kpi_id = t.kpi_id and k.is_on_front_page = 1 where t.org_key in ($keys) order by t.org_key <> $page->{org_key}, t.org_name, t.org_key, k.kpi_sort, k.kpi_id, t.month_start")];
    $page->{definitions} = [read_view($login, "select * from mo_dashboard.dim_kpi where kpi_id in (select kpi_id from mo_dashboard.dashboard where $own) order by kpi_sort, kpi_id")];
    $page->{actions} = [read_view($login, 'select a.*, k.kpi_short_name, ' . serial('review_month') . ' as review_serial, ' . serial('due_date') . " as due_serial
        from mo_dashboard.review_action a left join mo_dashboard.dim_kpi k using (kpi_id) where $own order by a.state_label in ('done', 'dropped'), a.due_date, a.action_id")];
    $page->{return} = [read_view($login, "select * from mo_dashboard.icb_return where $own and quarter_start = (select max(quarter_start) from mo_dashboard.icb_return where $own) order by section_sort, line_sort, line_label")];
    my $minutes = "round(extract(epoch from date_trunc('minute', x) - timestamp '1899-12-30')) / 86400.0";
    $page->{changes} = [read_view($login, 'select c.*, k.kpi_short_name, ' . $minutes =~ s/\bx\b/c.changed_at_utc/r . " as serial from mo_dashboard.change_log c left join mo_dashboard.dim_kpi k using (kpi_id)
        where c.org_key is null or c.$own order by c.changed_at_utc desc, k.kpi_sort")];
    $page->{sources} = [read_view($login, 'select *, ' . serial('latest_month') . ' as month_serial, ' . serial('next_data_due') . ' as due_serial, ' . $minutes =~ s/\bx\b/loaded_at_utc/r . " as loaded_serial
        from mo_dashboard.data_status where state_label <> 'never loaded' order by source_sort")];
    return;
}

1;
