# What can happen to a database between two refreshes, at random: files with rows left out or changed, edits of the tables that a site decides in, and
# refreshes of some months. With the same srand() the same things happen.
package MoDashRandom;
use strict;
use warnings;
use Exporter qw(import);
use MoDash;

our @EXPORT_OK = qw(random_turn);

sub pick { return $_[int rand @_] }
sub chance { return rand() < $_[0] }

# Some rows of a table, the same for the same random number: rows have no order of their own.
sub some_row { my ($by) = @_; return "order by md5($by || '" . int(rand 1e9) . "')" }
sub rows { my ($keys, $from, $most) = @_; return "($keys) in (select $keys from mo_data.$from " . some_row($keys =~ s/, / || /gr) . ' limit ' . ($most // 1) . ')' }
sub some_month { return "(date '2025-01-01' + interval '" . int(rand 24) . " months')::date" }
sub some_day { return "(date '2025-01-01' + " . int(rand 700) . ')' }

# ------------------------------------------------------------------------------- files
# A file of the demo data with rows left out, practices or dates changed, as it was, or nothing but its header.
sub changed_rows {
    my ($header, @rows) = @_;
    my $how = int rand 6;
    my $share = pick(0.02, 0.2, 0.7);
    return ($header, @rows) if $how == 0;
    return ($header) if $how == 1 && chance(0.2);
    return ($header, grep { !chance($share) } @rows) if $how <= 3;
    my @codes = do { my %seen; grep { !$seen{$_}++ } map { /\b(X1\d{4})\b/g } @rows };
    if ($how == 4 && @codes) {
        my ($from, $to) = (pick(@codes), pick(@codes));
        return ($header, map { chance($share) ? s/\b$from\b/$to/gr : $_ } @rows);
    }
    return ($header, map { my $row = $_; chance($share) ? $row =~ s/\b(202\d)-(\d\d)-(\d\d)\b/sprintf '%s-%02d-%02d', $1, 1 + int rand 12, 1 + int rand 28/ger : $row } @rows);
}

my $turn = 0;
sub load_changed {
    my ($demo) = @_;
    my $folder = scratch('turn_' . $turn++);
    mkdir $folder or die "cannot make $folder: $!";
    my @files = grep { /\.csv$/ } glob "$demo/*.csv $demo/late/*.csv $demo/corrected/*.csv";
    my @names;
    for my $file (map { pick(@files) } 1 .. pick(1, 1, 2, 4)) {
        my ($name) = $file =~ m{([^/]+)$};
        my ($header, @rows) = map { "$_\n" } split /\n/, slurp($file);
        open my $out, '>:raw', "$folder/$name" or die;
        print {$out} $name =~ /^epraccur|^epcn_pcn/ ? ($header, @rows) : changed_rows($header, @rows);
        close $out or die;
        push @names, $name;
    }
    my ($code, $said, $err) = modash('load', '--all', $folder);
    die "modash load --all: exit $code: $said$err\n" if $code > 5;
    return 'load ' . join ' ', @names, "($code)";
}

# ------------------------------------------------------------------------------- edits
my @edit = (
    ['setting', sub { "update mo_data.setting set value = greatest(1, value + " . pick(-2, -1, 1, 3) . ") where " . rows('name', 'setting') }],
    ['practice closes', sub { "update mo_data.organisation set open_to = " . some_day() . " where " . rows('org_code', "organisation where org_type = 'practice'") }],
    ['practice opens', sub { "update mo_data.organisation set open_to = null where org_type = 'practice'" }],
    ['practice opens later', sub { "update mo_data.organisation set open_from = least(" . some_day() . ", open_to - 1) where " . rows('org_code', "organisation where org_type = 'practice'") }],
    ['practice moves', sub { my $day = some_day(); "with p as (update mo_data.organisation_parent set valid_to = $day where valid_to is null and parent_type = 'pcn' and (valid_from is null or valid_from < $day)
            and " . rows('org_code', "organisation_parent where parent_type = 'pcn'") . " returning *)
        insert into mo_data.organisation_parent (org_code, parent_type, parent_code, valid_from) select p.org_code, 'pcn', o.org_code, $day
        from p cross join lateral (select org_code from mo_data.organisation where org_type = 'pcn' and org_code <> p.parent_code " . some_row('org_code') . ' limit 1) o' }],
    ['practice joins another PCN for all time', sub { "update mo_data.organisation_parent set parent_code = (select org_code from mo_data.organisation where org_type = 'pcn' " . some_row('org_code') . " limit 1)
        where parent_type = 'pcn' and " . rows('org_code', "organisation where org_type = 'practice'") }],
    ['another ICB', sub { "insert into mo_data.organisation (org_code, org_type, name) values ('QZZ', 'icb', 'Another ICB'), ('99Z', 'sub_icb', 'Its sub-ICB') on conflict do nothing;
        insert into mo_data.organisation_parent (org_code, parent_type, parent_code) select x.* from (select '99Z', 'icb', 'QZZ' union all
            select 'QZZ', 'region', min(parent_code) from mo_data.organisation_parent where parent_type = 'region') x
            where not exists (select from mo_data.organisation_parent where org_code = '99Z')" }],
    ['to another ICB', sub { "update mo_data.organisation_parent set parent_code = '99Z' where parent_type = 'sub_icb' and exists (select from mo_data.organisation where org_code = '99Z')
        and " . rows('org_code', "organisation where org_type in ('practice', 'pcn')", pick(1, 3, 8)) }],
    ['back from another ICB', sub { "update mo_data.organisation_parent set parent_code = (select min(org_code) from mo_data.organisation where org_type = 'sub_icb' and org_code <> '99Z')
        where parent_type = 'sub_icb' and parent_code = '99Z'" }],
    ['group', sub { my $group = pick('NORTH', 'SOUTH'); "delete from mo_data.organisation_group where group_code = '$group';
        insert into mo_data.organisation_group (group_code, group_name, org_code, valid_from, valid_to) select '$group', '$group', org_code, date '1900-01-01', "
        . pick('null', some_month()) . "::date from mo_data.organisation where org_type = 'practice' " . some_row('org_code') . ' limit ' . pick(0, 3, 7) }],
    ['weights', sub { 'update mo_data.weight set weight = weight * ' . pick(0.9, 1.1) . ' where age_from > ' . int rand 60 }],
    ['target', sub { "insert into mo_data.kpi_target (kpi_id, org_code, valid_from, target) select k.kpi_id, o.org_code, " . some_month() . ', ' . pick(0.5, 0.9, 2) . "
        from (select * from mo_data.kpi where unit = 'percent' " . some_row('kpi_id') . ' limit 2) k, (select * from mo_data.organisation ' . some_row('org_code') . ' limit 3) o
        where not exists (select from mo_data.kpi_target t where t.kpi_id = k.kpi_id and t.org_code = o.org_code)' }],
    ['no target', sub { 'delete from mo_data.kpi_target where ' . rows('kpi_id', 'kpi_target') }],
    ['patients to review', sub { 'update mo_data.cohort_target set target_patients = target_patients + ' . pick(-1, 2, 5) . ' where target_patients > 2 and pcn_code = (select min(pcn_code) from mo_data.cohort_target)' }],
    ['small numbers', sub { 'update mo_data.kpi set hide_from = ' . pick('1', '1', 'null') . ', hide_to = case when true then ' . pick(2, 4, 7) . ' end, round_to = ' . pick('null', 'null', '5')
        . ', hide_denominator_below = ' . pick('null', 'null', '10') . ' where ' . rows('kpi_id', 'kpi', pick(1, 5, 30)) }],
    ['rule of a KPI', sub { 'update mo_data.kpi set ' . pick('on_front_page = not on_front_page', 'counts_from_april = not counts_from_april', 'look_back_months = look_back_months + 1',
        "definition_version = definition_version || '.1'", 'begins_with_first = not begins_with_first') . ' where ' . rows('kpi_id', 'kpi') }],
    ['how a KPI is shown', sub { 'update mo_data.kpi set ' . pick("direction = case direction when 'higher' then 'lower' else 'higher' end", 'decimals = (decimals + 1) % 3', "name = name || '.', short_name = short_name || '.'",
        "interval_method = case interval_method when 'wilson' then 'none' else interval_method end", 'expected_lag_days = expected_lag_days + 10', 'page_order = page_order + 1', "time_basis = case time_basis when 'flow' then 'stock' else time_basis end")
        . ' where ' . rows('kpi_id', 'kpi') }],
    ['prescribing measure', sub { 'update mo_data.prescribing_measure set ' . pick('is_active = not is_active', "direction = case direction when 'higher' then 'lower' else 'higher' end", 'per = per * 10', "title = title || '.'")
        . ' where ' . rows('measure_id', 'prescribing_measure') }],
    ['saving shown', sub { 'update mo_data.price_per_unit_threshold set least_saving = least_saving * ' . pick(0.1, 2) }],
    ['names', sub { "update mo_data." . pick("organisation set name = name || '.'", "organisation_group set group_name = group_name || '.'", "sea_theme set label = label || '.'", "site set site_name = site_name || '.'") }],
    ['KPI off', sub { 'update mo_data.kpi set is_active = false where ' . rows('kpi_id', 'kpi') }],
    ['KPIs on', sub { 'update mo_data.kpi set is_active = true' }],
    ['code sets', sub { 'update mo_data.code_set set is_on = not is_on where ' . rows('code_set, code', 'code_set', pick(1, 5, 20)) }],
    ['code sets on', sub { 'update mo_data.code_set set is_on = true' }],
    ['cohort', sub { 'update mo_data.cohort set is_on = not is_on where ' . rows('cohort_code', 'cohort') }],
    ['cohorts on', sub { 'update mo_data.cohort set is_on = true' }],
    ['monitoring', sub { 'update mo_data.monitoring_requirement set ' . pick('is_on = not is_on', 'grace_days = grace_days + 10', 'interval_months = interval_months + 1') . ' where ' . rows('cohort_code, test_code_set, phase', 'monitoring_requirement', 3) }],
    ['alert window', sub { 'update mo_data.alert_window set ' . pick('in_kpi = not in_kpi', 'window_value = window_value + 1') . ' where ' . rows('alert_class', 'alert_window') }],
    ['formulary', sub { 'delete from mo_data.formulary where ' . rows('class_code, bnf_prefix', 'formulary') }],
    ['supervision', sub { 'update mo_data.supervision_requirement set interval_days = greatest(7, interval_days + ' . pick(-20, 14, 40) . ')' }],
    ['programme', sub { 'update mo_data.switch_programme set starts_on = starts_on + ' . pick(-31, 40) }],
    ['bank holiday', sub { "delete from mo_data.bank_holiday where " . rows('day', "bank_holiday where day > '2025-01-01'") }],
    ['roles', sub { 'update mo_data.arrs_role set is_on = not is_on where ' . rows('role_code', 'arrs_role') }],
    ['roles on', sub { 'update mo_data.arrs_role set is_on = true' }],
);

# Rows edited by hand in tables that files fill: a refresh learns of it by being told the months.
my @table = (['activity', 'event_id'], ['discharge', 'discharge_id'], ['incident', 'incident_id'], ['alert_action', 'alert_ref || practice_code'], ['new_start', 'new_start_id'],
    ['pincer_hazard', 'hazard_id'], ['registration', 'patient_key || practice_code'], ['cohort_member', 'patient_key || cohort_code'], ['patient', 'patient_key'], ['supervision', 'supervision_id'],
    ['switch_action', 'patient_key || practice_code'], ['prescribing', 'practice_code || bnf_code || month'], ['staff_post', 'post_id'], ['significant_event', 'event_id'],
    ['list_size', 'practice_code || month || sex || age_from'], ['culture_audit', 'audit_id'], ['switch_plan', 'practice_code || month'], ['significant_event_theme', 'event_id || theme_code'],
    ['scope_of_practice', 'scope_id'], ['staff_leave', 'staff_key::text || leave_from'], ['alert', 'alert_ref'], ['cohort_target', 'pcn_code || cohort_code'],
    ['organisation_parent', 'org_code || parent_type || parent_code']);
sub edit_by_hand {
    my ($table, $key) = @{pick(@table)};
    psql("set client_min_messages = warning; begin; delete from mo_data.$table t where md5($key || '" . int(rand 1e9) . "') < '" . pick('0', '2', '8') . "';
        call mo_data.refresh('2024-01-01', '2026-12-01'); commit");
    return "rows of $table deleted, all months refreshed";
}

sub random_turn {
    my ($demo) = @_;
    my @done;
    for (1 .. pick(1, 1, 2, 3)) {
        my $what = rand;
        if ($what < 0.25) { push @done, load_changed($demo) }
        elsif ($what < 0.33) { push @done, edit_by_hand() }
        elsif ($what < 0.4) {
            my $month = some_month();
            psql("set client_min_messages = warning; call mo_data.refresh($month, ($month + interval '" . int(rand 6) . " months')::date)");
            push @done, 'some months refreshed';
        } else {
            my ($name, $sql) = @{pick(@edit)};
            my ($code, $out, $err) = psql_error($sql->());
            push @done, $code ? "$name (refused)" : $name;
        }
    }
    return @done;
}

1;
