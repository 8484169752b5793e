# A small world at random, as rows of the source tables of mo_data: few enough organisations, patients and staff that every case can be read, with
# dates on the edges that figures turn on. With the same srand() it is the same world.
package MoDashKpiWorld;
use strict;
use warnings;
use Exporter qw(import);
use MoDashKpiDays;
use MoDashKpiPeople qw(people);
use MoDashKpiRegisters qw(registers);
use MoDashKpiRandom qw(pick chance some add day later maybe set_days);

our @EXPORT_OK = qw(random_world world_sql late_sql world_after);

my @pcns = qw(U00001 U00002 U00003);
my @sub_icbs = qw(00A 00B);

# Fifteen months: up to the month after today's, for what follows the clock, or around a leap day and two Aprils, in turns.
sub random_world {
    my ($number, $today) = @_;
    my $first = (add_months(month_of($today), -13), '2023-10-01', '2024-12-01')[$number % 3];
    my $w = {first => $first, last => add_months($first, 14), today => $today, table => {}, practices => [map { "P0000$_" } 1 .. 6], pcns => \@pcns};
    $w->{setting} = {reconciliation_days => pick(7, 7, 7, 3), deprescribing_link_days => pick(28, 110, 0, 110), new_start_washout_months => pick(12, 12, 6, 1)};
    set_days($w);
    organisations($w);
    groups($w);
    people($w);
    registers($w);
    late_rows($w);
    return $w;
}

sub organisation {
    my ($w, $code, $type, @range) = @_;
    add($w, 'organisation', org_code => $code, org_type => $type, name => "Name of $code", open_from => $range[0] // '1900-01-01', open_to => $range[1],
        prescribing_setting => $type eq 'practice' ? 4 : undef);
    return;
}

# A parent for all time, or one after another on a day, adjoining or not.
sub parents {
    my ($w, $code, $type, @parents) = @_;
    my $from = '1900-01-01';
    my $parent = pick(@parents);
    while (@parents > 1 && chance(0.5)) {
        my $day = day($w);
        last if $day le $from;
        add($w, 'organisation_parent', org_code => $code, parent_type => $type, parent_code => $parent, valid_from => $from, valid_to => $day);
        $from = chance(0.6) ? $day : later($w, $day);
        $parent = pick(@parents);
    }
    my $to = chance(0.25) ? later($w, $from) : undef;
    add($w, 'organisation_parent', org_code => $code, parent_type => $type, parent_code => $parent, valid_from => $from, valid_to => $to);
    return;
}

sub organisations {
    my ($w) = @_;
    organisation($w, @$_) for ['ENG', 'nation'], ['Y01', 'region'], ['Y02', 'region'], ['QAA', 'icb'], ['QBB', 'icb'], (map { [$_, 'sub_icb'] } @sub_icbs);
    add($w, 'organisation_parent', org_code => $_, parent_type => 'nation', parent_code => 'ENG', valid_from => '1900-01-01') for qw(Y01 Y02);
    add($w, 'organisation_parent', org_code => $_->[0], parent_type => 'region', parent_code => $_->[1], valid_from => '1900-01-01') for ['QAA', 'Y01'], ['QBB', pick('Y01', 'Y02')];
    parents($w, '00A', 'icb', 'QAA', 'QBB');
    parents($w, '00B', 'icb', pick('QAA', 'QBB'));
    for my $pcn (@pcns) {
        organisation($w, $pcn, 'pcn');
        parents($w, $pcn, 'sub_icb', chance(0.3) ? @sub_icbs : pick(@sub_icbs));
    }
    for my $practice (@{$w->{practices}}) {
        my $from = maybe(0.2, day($w));
        organisation($w, $practice, 'practice', $from, maybe(0.35, later($w, $from // day($w))));
        parents($w, $practice, 'pcn', @pcns) if chance(0.85);
        parents($w, $practice, 'sub_icb', chance(0.2) ? @sub_icbs : pick(@sub_icbs)) if chance(0.85);
    }
    organisation($w, 'P00998', 'practice');
    parents($w, 'P00998', 'sub_icb', @sub_icbs);
    push @{$w->{practices}}, 'P00998', 'X00009'; # a dummy, and one that organisation does not know
    return;
}

sub groups {
    my ($w) = @_;
    for my $practice (some(3, @{$w->{practices}})) {
        my $from = pick('1900-01-01', day($w));
        add($w, 'organisation_group', group_code => 'LOCALITY', group_name => 'A locality', org_code => $practice, valid_from => $from, valid_to => maybe(0.6, month_end(later($w, $from))));
    }
    return;
}

# ------------------------------------------------------------------------------- late
# Tables of which some rows come only after figures were stored, and what tells their rows apart.
my %key_of = (activity => [qw(source_system event_id)], registration => [qw(patient_key practice_code registered_from)], cohort_member => [qw(patient_key cohort_code member_from)],
    patient => ['patient_key'], discharge => ['discharge_id'], prescribing => undef, list_size => [qw(practice_code month sex age_from)]);

sub late_rows {
    my ($w) = @_;
    for my $table (sort keys %key_of) {
        for my $row (@{delete $w->{table}{$table} // []}) {
            my $fate = rand;
            push @{$w->{late}{$table}}, $row if $fate < 0.08;
            push @{$w->{table}{$table}}, $row if $fate >= 0.08;
            push @{$w->{gone}{$table}}, $row if $fate >= 0.95 && $key_of{$table};
        }
    }
    return;
}

# The world as it is when the late rows have come and others have gone.
sub world_after {
    my ($w) = @_;
    my %gone = map { map { $_ => 1 } @$_ } values %{$w->{gone}};
    return {%$w, table => {%{$w->{table}}, map { my $table = $_; $table => [grep({ !$gone{$_} } @{$w->{table}{$table} // []}), @{$w->{late}{$table} // []}] } keys %key_of}};
}

# ------------------------------------------------------------------------------- as SQL
# Tables that the layer ships rows of, or that must be as the world says and nothing else.
my @emptied = qw(cohort code_set monitoring_requirement alert_window arrs_role bank_holiday sea_theme weight);

sub quoted { my ($value) = @_; return defined $value ? "'" . $value =~ s/'/''/gr . "'" : 'null' }

sub insert_sql {
    my ($table, @rows) = @_;
    my %columns = map { map { $_ => 1 } keys %$_ } @rows;
    my @columns = sort keys %columns;
    my @values = map { my $row = $_; '(' . join(', ', map { quoted($row->{$_}) } @columns) . ')' } @rows;
    return "insert into mo_data.$table (" . join(', ', @columns) . ") values\n    " . join(",\n    ", @values) . ";\n";
}

sub world_sql {
    my ($w) = @_;
    my @sql = map { "delete from mo_data.$_;\n" } @emptied;
    push @sql, map { "update mo_data.setting set value = $w->{setting}{$_} where name = '$_';\n" } sort keys %{$w->{setting}};
    my %month = map { $_->{month} => 1 } @{$w->{table}{prescribing} // []}, @{$w->{late}{prescribing} // []};
    push @sql, map { 'create table mo_data.prescribing_of_' . tr/-//dr . " partition of mo_data.prescribing for values in ('$_');\n" } sort keys %month;
    push @sql, map { insert_sql($_, @{$w->{table}{$_}}) } 'organisation', grep { $_ ne 'organisation' } sort keys %{$w->{table}};
    return join '', @sql;
}

sub late_sql {
    my ($w) = @_;
    my @sql;
    for my $table (sort keys %{$w->{gone}}) {
        push @sql, map { my $row = $_; "delete from mo_data.$table where " . join(' and ', map { "$_ is not distinct from " . quoted($row->{$_}) } @{$key_of{$table}}) . ";\n" } @{$w->{gone}{$table}};
    }
    return join '', @sql, map { insert_sql($_, @{$w->{late}{$_}}) } sort keys %{$w->{late}};
}

1;
