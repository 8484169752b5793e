# What a random world is asked in the database, in one transaction that is rolled back: the sums of every KPI in several ways, the records of
# organisations, worklists, what refresh() stores; and the same again after rows came late and rows went. What was got is in $w->{got}, $w->{listed}.
package MoDashKpiAsked;
use strict;
use warnings;
use Exporter qw(import);
use MoDash;
use MoDashDemo;
use MoDashKpiDays;
use MoDashKpiRandom qw(chance pick some);
use MoDashKpiReference qw(each_month);
use MoDashKpiWorld qw(world_sql late_sql);
use MoDashKpiWorklists qw(%worklist);

our @EXPORT_OK = qw(ask @kpis @organisations);

our @kpis = qw(smr_completed smr_rolling_attainment hrd_monitoring_current reconciliation_7_days deprescribing_per_smr ltc_titration_throughput
    alert_closure_in_window pincer_interventions sea_raised sea_completed incident_rate safety_culture_score cost_per_weighted_patient
    first_line_new_starts switch_completion supervision_current scope_current);
our @organisations = qw(P00001 P00002 P00003 P00004 U00001 U00002 U00003 00A QAA QBB Y01 ENG LOCALITY);

# The sums of what a function gives for a range of months, kept under a name for the way of asking, of those months that are asked about.
sub sums_sql {
    my ($w, $way, $kpi, $function, @months) = @_;
    my @about = grep { $_ ge $w->{first} && $_ le $w->{last} } @months;
    $w->{asked}{$kpi}{$way}{$_} = 1 for @about;
    return "insert into pg_temp.figure select '$way', '$kpi', f.org_code, f.month, coalesce(f.breakdown, ''), sum(coalesce(f.numerator, 0)), sum(coalesce(f.denominator, 0))
        from mo_data.$function('$months[0]', '$months[-1]') f where f.month between '$about[0]' and '$about[-1]' group by 3, 4, 5;\n";
}

# All months at once; one at a time; from one to another; and from ten years before one of them, for what is counted in pieces of ten years.
sub asked_sql {
    my ($w, $has_total) = @_;
    my @months = each_month($w);
    my ($from, $to) = sort { $a <=> $b } map { int rand @months } 1, 2;
    my @long = months_from(add_months(pick(@months), -120), $w->{last});
    my @singles = some(3, @months);
    my @sql;
    for my $kpi (@kpis) {
        for (['records', "kpi_$kpi"], $has_total->{$kpi} ? ['total', "kpi_${kpi}_total"] : ()) {
            my ($way, $function) = @$_;
            push @sql, sums_sql($w, $way, $kpi, $function, @months), sums_sql($w, "$way of some months", $kpi, $function, @months[$from .. $to]),
                sums_sql($w, "$way of ten years", $kpi, $function, @long), map { sums_sql($w, "$way of one month", $kpi, $function, $_) } @singles;
        }
    }
    return join '', @sql;
}

sub after_sql {
    my ($w, $has_total) = @_;
    return join '', late_sql($w), map { sums_sql($w, 'late records', $_, "kpi_$_", each_month($w)), $has_total->{$_} ? sums_sql($w, 'late total', $_, "kpi_${_}_total", each_month($w)) : () } @kpis;
}

# A load of every source, so that every month of the world that has ended is one of its figures.
sub loaded_sql {
    my ($w) = @_;
    my $months = join ', ', map { "'$_'" } months_from(add_months($w->{first}, -24), $w->{last});
    return "insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months)
        select s.source, 'f', md5(s.source) || md5(''), 1, 'f', 'loaded', array[$months]::date[] from mo_data.source s where s.source not in ('organisations', 'pcn_members');\n";
}

sub stored_sql {
    my ($way, $call) = @_;
    return "call mo_data.refresh($call); insert into pg_temp.figure select '$way', v.kpi_id, v.org_code, v.month, v.breakdown, v.numerator, v.denominator from mo_data.kpi_value v
        where exists (select from mo_data.kpi k where k.kpi_id = v.kpi_id and not k.is_shared);\n";
}

sub records_sql {
    my ($w) = @_;
    my @edges = grep { defined && $_ ge $w->{first} && month_of($_) le $w->{last} && $_ eq month_end($_) } map { @$_{qw(open_from open_to valid_from valid_to)} }
        map { @{$w->{table}{$_} // []} } qw(organisation organisation_parent organisation_group);
    my $month = @edges && chance(0.7) ? month_of(pick(@edges)) : pick(each_month($w)); # mostly one on whose last day somebody moves
    $w->{above} = [map { [$_, $month] } @organisations];
    return join '', map { "insert into pg_temp.figure select 'records of', k.kpi_id, '$_', '$month', coalesce(r.breakdown, ''), sum(coalesce(r.numerator, 0)), sum(coalesce(r.denominator, 0))
        from mo_data.kpi k cross join lateral mo_data.kpi_record(k.kpi_id, '$_', '$month') r where not k.is_shared group by 2, 5;\n" } @organisations;
}

# A day of the world, one on which somebody dies or leaves, or one beside which something falls due or is listed for the first time.
sub listed_day {
    my ($w, $kpi) = @_;
    my @last = grep { defined && /^\d/ } map { @$_{qw(died_on died_on died_on died_on member_to registered_to post_to leave_to)} } map { @{$w->{table}{$_} // []} } qw(patient cohort_member registration staff_post staff_leave);
    my $day = pick($w->{today}, @{$w->{days}}, @last ? map { pick(@last) } 1 .. 8 : ());
    return $day if chance(0.4);
    my @due = $kpi eq 'scope_current' ? map({ add_days($_->{valid_to}, -1) } @{$w->{table}{scope_of_practice} // []}) : grep { defined } map { $_->[2] } $worklist{$kpi}->($w, $day);
    return @due ? add_days(pick(@due), $kpi =~ /_current$/ && $kpi !~ /^hrd/ ? pick(-31, -30, -1, 0) : pick(-1, 0, 0, 1)) : $day;
}

sub worklists_sql {
    my ($w) = @_;
    my %asked;
    $w->{worklists} = [grep { !$asked{"@$_"}++ } map { my $kpi = $_; map { [$kpi, $_, listed_day($w, $kpi)] } some(3, grep { $_ ne 'LOCALITY' || $w->{table}{organisation_group} } @organisations), qw(QAA QBB ENG ENG ENG) } sort keys %worklist];
    return join '', map { my ($kpi, $org, $day) = @$_;
        "insert into pg_temp.listed select '$kpi|$org|$day', concat_ws('|', l.record_org_code, l.record_key, coalesce(l.due_on::text, '')) from mo_data.worklist('$kpi', '$org', '$day') l;\n" }
        @{$w->{worklists}};
}

# The same as refresh() rolled it up.
sub results_sql {
    my ($w) = @_;
    my ($codes, $month) = (join(', ', map { "'$_'" } @organisations), $w->{above}[0][1]);
    return "insert into pg_temp.figure select 'results', r.kpi_id, r.org_code, r.month, r.breakdown, r.numerator, r.denominator from mo_data.kpi_result r
        where r.month = '$month' and r.org_code in ($codes) and exists (select from mo_data.kpi k where k.kpi_id = r.kpi_id and not k.is_shared);\n";
}

sub ask {
    my ($w, $has_total) = @_;
    my ($asked, $records) = (asked_sql($w, $has_total), records_sql($w));
    my $out = psql_script(join '', "set client_min_messages = warning; begin;
        create temporary table figure (way text, kpi text, org text, month date, part text, numerator float8, denominator float8);
        create temporary table listed (what text, thing text);\n",
        world_sql($w), $asked, worklists_sql($w), loaded_sql($w), stored_sql('stored', ''), results_sql($w), $records, after_sql($w, $has_total),
        stored_sql('late stored', "'$w->{first}', '$w->{last}'"), "
        select 'now', (extract(epoch from now()) * 1000000)::bigint;
        select 'listed', what, thing from listed;
        select 'month', kpi_id, month from mo_data.kpi_month where month between '$w->{first}' and '$w->{last}';
        select 'figure', * from figure where (numerator <> 0 or denominator <> 0) and month between '$w->{first}' and '$w->{last}'; rollback;");
    for my $line (split /\n/, $out) {
        my ($kind, @field) = split /\|/, $line, -1;
        if ($kind eq 'figure') { my $way = shift @field; $w->{got}{$way}{join '|', @field[0 .. 3]} = [@field[4, 5]] }
        elsif ($kind eq 'listed') { push @{$w->{listed}{join '|', @field[0 .. 2]}}, join '|', @field[3 .. 5] }
        elsif ($kind eq 'month') { $w->{asked}{$field[0]}{$_}{$field[1]} = 1 for 'stored', 'late stored' }
        else { $w->{now} = $field[0] }
    }
    $w->{today} = london_day($w->{now});
    return;
}

1;
