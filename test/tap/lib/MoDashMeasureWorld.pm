# A small NHS at random that prescribes: organisations as MoDashPublishedWorld makes them, presentations with brands, months in which an ICB's file is missing,
# lists, a register, measures of every kind, switch programmes, a formulary; and what changes between two refreshes.
package MoDashMeasureWorld;
use strict;
use warnings;
use Exporter qw(import);
use MoDashPublishedFigures qw(path_on);
use MoDashPublishedWorld qw(later_month later_day month_end pick chance rows today);

our @EXPORT_OK = qw(measure_world measure_hidden_sql measure_purge_sql measure_world_sql measure_changes_sql);

# Two medicines of one chemical group, one of another; generics, brands, a code that ends in A0, reagents, appliances, what is excluded from prices.
our @codes = qw(0212000B0AAABAB 0212000B0BBABAB 0212000B0AAACAC 0212000Y0AAAAAA 0212000Y0BBAAAA 0212000Y0BCAAAA 0206010F0AAAGAG 0206010F0BBAGAG 0206010F0AAA0A0
    0601060D0BBA0A0 0601060D0BCA0A0 1201010F0AAAAAA 20201234567 20201234568);

sub measure_world {
    my $last = later_month(substr(today(), 0, 7) . '-01', -pick(2, 3, 5));
    my %world = (months => [map { later_month($last, $_ - 5) } 0 .. 5], group => [], parent => [], prescribing => [], list => [], batch => [], run => 0);
    MoDashPublishedWorld::random_organisations(\%world);
    $world{codes} = [grep { $world{org}{$_}{type} eq 'practice' } sort keys %{$world{org}}];
    random_lists(\%world);
    random_register(\%world);
    random_measures(\%world);
    prescribe(\%world, $_) for @{$world{months}}[0 .. 3];
    $world{equivalent} = [['0212000Y0AAAAAA', '0212000B0AAABAB'], chance(0.5) ? ['0212000B0AAABAB', '0206010F0AAAGAG'] : ()];
    $world{named} = [chance(0.2) ? () : grep { chance(pick(0.5, 1)) } @codes];
    $world{threshold} = {practice => pick(0, 1, 20), pcn => pick(0, 5), sub_icb => pick(0, 50), icb => pick(0, 60), region => 0, nation => pick(0, 100)};
    $world{setting} = {switch_baseline_months => pick(1, 2, 3), price_per_unit_months => pick(1, 2, 3, 6), price_per_unit_percentile => pick(10, 10, 25, 50)};
    return \%world;
}

# ------------------------------------------------------------------------------------------------------------------------------------ prescribing
sub money { return int rand pick(1000, 5_000_000) }

sub prescribe {
    my ($world, $month) = @_;
    my %silent = map { $_ => 1 } grep { chance(0.1) } qw(QAA QBB QCC);
    my @mine = grep { chance(0.8) } @codes;
    for my $practice (@{$world->{codes}}, chance(0.5) ? 'X99999' : (), chance(0.5) ? '00A998' : ()) {
        next if chance(0.1);
        my $in = path_on($world, month_end($month))->{$practice} // {};
        next if $silent{$in->{icb} // ''};
        for my $code (grep { chance(0.55) } @mine) {
            for (1 .. pick(1, 1, 2)) {
                my $items = 1 + int rand 40;
                my $quantity = chance(0.03) ? undef : chance(0.03) ? 0 : $items * pick(7, 28, 56, 0.5);
                push @{$world->{prescribing}}, {month => $month, practice => $practice, code => $code, items => $items, quantity => $quantity, nic => chance(0.03) ? undef : money(),
                    cost => chance(0.03) ? undef : money(), unidentified => chance(0.03) ? 1 : 0};
            }
        }
    }
    push @{$world->{batch}}, {month => $month};
    return;
}

# ----------------------------------------------------------------------------------------------------------------------------------- populations
my @band = ([0, 4], [5, 14], [15, 24], [25, 34], [35, 44], [45, 54], [55, 64], [65, 74], [75, undef]);

sub random_lists {
    my ($world) = @_;
    for my $practice (@{$world->{codes}}) {
        for my $month (grep { chance(0.3) } later_month($world->{months}[0], -4), @{$world->{months}}) {
            push @{$world->{list}}, map { {practice => $practice, month => $month, sex => pick(qw(M F F M U)), from => $_->[0], to => $_->[1], patients => int rand 900} } grep { chance(0.7) } @band;
        }
    }
    my %seen; # one a sex and band
    $world->{list} = [grep { !$seen{join '/', @$_{qw(practice month sex from)}}++ } @{$world->{list}}];
    return;
}

sub random_register {
    my ($world) = @_;
    my $day = sub { later_day(pick(@{$world->{months}}), pick(-400, 0, 0, 10, 27)) };
    for my $patient (1 .. 60) {
        $world->{died}{$patient} = $day->() if chance(0.1);
        my %had;
        for (1 .. pick(1, 1, 1, 2)) {
            my $from = $day->();
            push @{$world->{member}}, [$patient, $from, chance(0.3) ? later_day($from, 1 + int rand 200) : undef] if !$had{m}{$from}++;
        }
        for (1 .. pick(1, 1, 2)) {
            my ($practice, $from) = (pick(@{$world->{codes}}), $day->());
            push @{$world->{registered}}, [$patient, $practice, $from, chance(0.3) ? later_day($from, 1 + int rand 200) : undef] if !$had{"$practice $from"}++;
        }
    }
    return;
}

# -------------------------------------------------------------------------------------------------------------------------------------- measures
sub measure { my ($id, %m) = @_; return {id => $id, exclude => [], den_exclude => [], per => 1, percentage => 0, cost_based => 0, direction => pick(qw(higher lower neither)), pack => 'local', active => 1, %m} }

sub random_measures {
    my ($world) = @_;
    my $value = sub { pick(qw(items quantity nic actual_cost)) };
    my @kind = $value->();
    $world->{measure} = [
        measure('m_share', include => [pick('0212000B0', '0212000B0BB', '02%AAABAB', '0212000Y0AAAAAA')], den_include => ['0212000', chance(0.3) ? '0206010F0AAAGAG' : ()], value => $kind[0], den_value => $kind[0], percentage => 1,
            cost_based => pick(0, 1)),
        measure('m_cost_share', include => ['0212000'], exclude => ['0212000B0BB', '0212000Y0B%'], den_include => ['02'], den_exclude => ['0206010F0BBAGAG'], value => 'quantity', den_value => 'quantity', percentage => 1, cost_based => 1),
        measure('m_ratio', include => [pick('02', '0601060', '20201234567')], den_include => [pick('0206', '2020', '1201010F0AAAAAA')], value => $value->(), den_value => $value->(), per => pick(1, 1000)),
        measure('m_list', include => ['0212', '0601060D0'], population => 'list_size', value => $value->(), per => 1000),
        measure('m_weighted', include => ['02', '06'], exclude => ['0212000Y0'], population => pick('astro_pu_cost_2013', 'astro_pu_items_2013'), value => pick('nic', 'actual_cost'), cost_based => pick(0, 1)),
        measure('m_register', include => ['0206010F0'], population => 'register:T_REG', value => $value->(), per => 100)];
    my @way = pick(['0212000B0BB', '0212000B0AA'], ['0212000B0', '0212000B0AA'], ['0212000Y0BB', '0212000Y0'], ['0206010F0', '0212000Y0']);
    $world->{switch} = [{code => 'P1', from => $way[0][0], to => $way[0][1], starts => later_day($world->{months}[2], pick(0, 14)), ends => chance(0.6) ? later_day($world->{months}[pick(3, 4)], pick(0, 14)) : undef}];
    $world->{hide} = {map { $_ => pick(4, 7, 60, 900) } grep { chance(0.4) } qw(m_list m_register m_ratio m_share m_cost_share switch_p1 formulary_st innovation_i1)};
    $world->{innovation} = [map { {code => "i$_", prefixes => pick(['0206010F0'], ['0212000B0AA', '0601060D0']), value => pick(qw(items quantity)), register => $_ - 1} } 1, 2];
    $world->{formulary} = {'0212000' => pick(qw(second not_recommended)), '0212000B0' => 'first', '0212000B0BB' => pick(qw(first second)), '0206010F0AA' => pick(qw(first second))};
    return;
}

# ------------------------------------------------------------------------------------------------------------------------------------------- SQL
sub list_of { my ($entries) = @_; return defined $entries ? '{' . join(',', @$entries) . '}' : undef }

sub prescribing_sql {
    my ($world, @rows) = @_;
    return rows('mo_data.prescribing (month, practice_code, bnf_code, items, quantity, total_quantity, nic_e5, actual_cost_e5, unidentified, batch_id)',
        map { [@$_{qw(month practice code items)}, 1, @$_{qw(quantity nic cost)}, $_->{unidentified} ? 't' : 'f', 0] } @rows);
}

sub loaded_sql { my ($source, @months) = @_; return "insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('$source', '$source', repeat('0', 64), 1, 'test', 'loaded', '{" . join(',', @months) . "}');\n" }

sub measure_sql {
    my (@measures) = @_;
    return rows('mo_data.prescribing_measure (measure_id, title, short_title, numerator_include, numerator_exclude, numerator_value, numerator_wording, denominator_include, denominator_exclude,
        denominator_value, population, denominator_wording, per, is_percentage, direction, is_cost_based, source, is_active)',
        map { [@$_{qw(id id id)}, list_of($_->{include}), list_of($_->{exclude}), $_->{value}, 'n', list_of($_->{den_include}), list_of($_->{den_exclude}), @$_{qw(den_value population)}, 'd', $_->{per}, $_->{percentage} ? 't' : 'f', $_->{direction},
            $_->{cost_based} ? 't' : 'f', 'test', $_->{active} ? 't' : 'f'] } @measures);
}

# After the first refresh, which enters those that are made from other rows.
sub measure_hidden_sql { my ($world) = @_; return join '', map { "update mo_data.kpi set hide_from = 1, hide_to = $world->{hide}{$_} where kpi_id = '$_';\n" } sort keys %{$world->{hide}} }

# Rows of some months go after their time; what was counted of them stays.
sub measure_purge_sql {
    my ($world) = @_;
    return '' if chance(0.5);
    my %had = map { $_->{month} => 1 } @{$world->{batch}};
    $world->{purged} = (sort keys %had)[pick(1, 2)];
    return "set client_min_messages = warning; select from mo_data.purge('$world->{purged}');\n";
}

sub formulary_sql { my ($lines) = @_; return rows('mo_data.formulary (class_code, bnf_prefix, line, valid_from)', map { ['ST', $_, $lines->{$_}, '2020-01-01'] } sort keys %$lines) . "insert into mo_data.formulary (class_code, bnf_prefix, line, valid_from, valid_to) values ('ST', '0601060D0', 'first', '2020-01-01', '2021-01-01');\n" }

sub measure_world_sql {
    my ($world) = @_;
    my @orgs = map { $world->{org}{$_} } sort keys %{$world->{org}};
    return "set client_min_messages = warning; update mo_data.prescribing_measure set is_active = false; update mo_data.kpi set is_active = false;
        create table mo_data.prescribing_test partition of mo_data.prescribing default;\n"
        . rows('mo_data.organisation (org_code, org_type, name, prescribing_setting, open_from, open_to)', map { [@$_{qw(code type name setting from to)}] } @orgs)
        . rows('mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from, valid_to)', @{$world->{parent}})
        . rows('mo_data.organisation_group (group_code, org_code, group_name, valid_from, valid_to)', map { [@$_[0, 1], "Group $_->[0]", @$_[2, 3]] } @{$world->{group}})
        . rows('mo_data.list_size (practice_code, month, sex, age_from, age_to, patients, batch_id)', map { [@$_{qw(practice month sex from to patients)}, 0] } @{$world->{list}})
        . "insert into mo_data.cohort (cohort_code, name, kind, status) values ('T_REG', 'A register', 'smr', 'local');\n"
        . rows('mo_data.patient (patient_key, sex, birth_year, died_on)', map { [$_, 'F', 1950, $world->{died}{$_}] } 1 .. 60)
        . rows('mo_data.cohort_member (patient_key, cohort_code, member_from, member_to)', map { [$_->[0], 'T_REG', @$_[1, 2]] } @{$world->{member}})
        . rows('mo_data.registration (patient_key, practice_code, registered_from, registered_to)', @{$world->{registered}})
        . join('', map { "update mo_data.setting set value = $world->{setting}{$_} where name = '$_';\n" } sort keys %{$world->{setting}})
        . rows('mo_data.bnf_presentation (bnf_code, name)', map { [$_, "Name of $_"] } @{$world->{named}})
        . rows('mo_data.generic_equivalent (generic_code, primary_code)', @{$world->{equivalent}})
        . join('', map { "update mo_data.price_per_unit_threshold set least_saving = $world->{threshold}{$_} where org_type = '$_';\n" } sort keys %{$world->{threshold}})
        . rows('mo_data.switch_programme (programme_code, title, from_bnf_prefix, to_bnf_prefix, starts_on, ends_on)', map { [@$_{qw(code code from to starts ends)}] } @{$world->{switch}})
        . rows('mo_data.innovation_medicine (medicine_code, title, nice_reference, bnf_prefixes, value_kind, cohort_code)', map { [@$_{qw(code code)}, 'TA1', join(' ', @{$_->{prefixes}}), $_->{value}, $_->{register} ? 'T_REG' : undef] } @{$world->{innovation}})
        . formulary_sql($world->{formulary}) . measure_sql(@{$world->{measure}}) . prescribing_sql($world, @{$world->{prescribing}})
        . loaded_sql('prescribing', map { $_->{month} } @{$world->{batch}}) . join('', map { loaded_sql($_, @{$world->{months}}[0, 0]) } qw(list_size organisations pcn_members cohort_member registration));
}

# ---------------------------------------------------------------------------------------------------------------------------------------- changes
# A later month, a month that is corrected, another definition, another list, a practice that moves: some of it, and the SQL of it.
sub measure_changes_sql {
    my ($world) = @_;
    my $sql = 'set client_min_messages = warning; ';
    my %had = map { $_->{month} => 1 } @{$world->{batch}};
    my ($next) = grep { !$had{$_} } @{$world->{months}};
    my $prescribed = sub {
        my ($month) = @_;
        my $was = @{$world->{prescribing}};
        prescribe($world, $month);
        $sql .= prescribing_sql($world, @{$world->{prescribing}}[$was .. $#{$world->{prescribing}}]) . loaded_sql('prescribing', $month);
    };
    $prescribed->($next) if $next;
    if (chance(0.6)) { # another edition of a month
        my $month = pick(sort keys %had);
        $world->{prescribing} = [grep { $_->{month} ne $month } @{$world->{prescribing}}];
        $sql .= "delete from mo_data.prescribing where month = '$month';\n";
        $prescribed->($month);
    }
    if (chance(0.5)) { # costs alone
        my $month = pick(sort keys %had);
        $_->{cost} += 12_345 for grep { $_->{month} eq $month && defined $_->{cost} } @{$world->{prescribing}};
        $sql .= "update mo_data.prescribing set actual_cost_e5 = actual_cost_e5 + 12345 where month = '$month';\n" . loaded_sql('prescribing', $month);
    }
    if (chance(0.5)) {
        my $measure = pick(grep { $_->{id} ne 'm_cost_share' } @{$world->{measure}});
        $measure->{value} = $measure->{den_value} = pick(qw(items nic)) if $measure->{percentage};
        $measure->{value} = 'nic' if !$measure->{percentage};
        my $den = defined $measure->{den_value} ? "'$measure->{den_value}'" : 'null';
        $sql .= "update mo_data.prescribing_measure set numerator_value = '$measure->{value}', denominator_value = $den where measure_id = '$measure->{id}';\n";
    }
    $sql .= definition_changed($world) . reference_changed($world);
    if (chance(0.5) && @{$world->{list}}) {
        my $cell = pick(@{$world->{list}});
        $cell->{patients} += 50;
        $sql .= "update mo_data.list_size set patients = $cell->{patients} where practice_code = '$cell->{practice}' and month = '$cell->{month}' and sex = '$cell->{sex}' and age_from = $cell->{from};\n" . loaded_sql('list_size', $cell->{month});
    }
    if (chance(0.5)) {
        my ($n) = grep { $world->{parent}[$_][1] eq 'pcn' && !defined $world->{parent}[$_][4] } sort { $a <=> $b } 0 .. $#{$world->{parent}};
        my @pcns = grep { $world->{org}{$_}{type} eq 'pcn' } sort keys %{$world->{org}};
        if (defined $n) {
            my ($row, $to) = ($world->{parent}[$n], pick(@pcns));
            $sql .= "update mo_data.organisation_parent set parent_code = '$to' where org_code = '$row->[0]' and parent_type = 'pcn' and valid_from = '$row->[3]';\n";
            $row->[2] = $to;
            delete $world->{path};
        }
    }
    if (chance(0.4)) {
        $world->{switch}[0]{starts} = later_day(pick(@{$world->{months}}[1 .. 4]), 3);
        $world->{switch}[0]{ends} = chance(0.5) ? later_day($world->{switch}[0]{starts}, pick(20, 40)) : undef;
        $sql .= "update mo_data.switch_programme set starts_on = '$world->{switch}[0]{starts}', ends_on = " . (defined $world->{switch}[0]{ends} ? "'$world->{switch}[0]{ends}'" : 'null') . ";\n";
    }
    return $sql;
}

# A side, a rate, a measure that is switched off or on again.
sub definition_changed {
    my ($world) = @_;
    my $sql = '';
    if (chance(0.4)) {
        my $measure = pick(grep { $_->{id} =~ /m_(?:list|weighted|register|ratio)/ } @{$world->{measure}});
        $measure->{include} = pick(['0212000', '0601060'], ['02%BABAB'], ['0206010F0AAAGAG', '0212000Y0']);
        $measure->{exclude} = pick([], ['0212000B0BB']);
        $measure->{per} = pick(1, 10, 1000);
        $sql .= "update mo_data.prescribing_measure set numerator_include = '" . list_of($measure->{include}) . "', numerator_exclude = '" . list_of($measure->{exclude}) . "', per = $measure->{per} where measure_id = '$measure->{id}';\n";
    }
    if (chance(0.4)) {
        my $measure = pick(@{$world->{measure}});
        $measure->{active} = 1 - $measure->{active};
        $sql .= 'update mo_data.prescribing_measure set is_active = ' . ($measure->{active} ? 'true' : 'false') . " where measure_id = '$measure->{id}';\n";
    }
    return $sql;
}

# A weight, a register, the formulary, what counts as one presentation.
sub reference_changed {
    my ($world) = @_;
    my $sql = '';
    if (chance(0.4) && @{$world->{weight}}) {
        my $weight = pick(grep { $_->{scheme} =~ /2013/ } @{$world->{weight}});
        $weight->{weight} += 0.25;
        $sql .= "update mo_data.weight set weight = $weight->{weight} where scheme = '$weight->{scheme}' and sex = '$weight->{sex}' and age_from = $weight->{age_from};\n";
    }
    if (chance(0.4)) {
        my $member = pick(@{$world->{member}});
        $member->[2] = defined $member->[2] ? undef : later_day($member->[1], 20);
        $sql .= 'update mo_data.cohort_member set member_to = ' . (defined $member->[2] ? "'$member->[2]'" : 'null') . " where patient_key = $member->[0] and member_from = '$member->[1]';\n" . loaded_sql('cohort_member', @{$world->{months}});
    }
    if (chance(0.4)) {
        my $prefix = pick(sort keys %{$world->{formulary}});
        $world->{formulary}{$prefix} = pick(qw(first second));
        $sql .= "update mo_data.formulary set line = '$world->{formulary}{$prefix}' where bnf_prefix = '$prefix' and valid_to is null;\n";
    }
    if (chance(0.3)) {
        push @{$world->{exclusion}}, '0206010F0____AG';
        $sql .= "insert into mo_data.generic_exclusion (pattern, reason, source) values ('0206010F0____AG', 'test', 'test') on conflict do nothing;\n";
    }
    return $sql;
}

1;
