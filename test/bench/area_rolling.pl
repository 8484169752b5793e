# Rolling 12-month attainment: at 36 month ends, patients in the cohort at each PCN, and those of them with an event in the 12 calendar
# months to that month end. 12M events of 8 kinds over 48 months and 1.5M patients (kind 1: 3.4M), 390,000 spells of 300,000 patients,
# 1,250 PCNs. A patient's spells do not overlap, so that counting words counts distinct patients.
#
# Months are numbered from 2022-04 = 0; the month ends asked for are 12 to 47. A patient's events make one word, bit = month; or-ing it
# with itself shifted gives "an event in the 12 months to here"; a spell is a mask of the month ends it holds at.
package MoBench::Area::rolling;
use strict;
use warnings;

my @month_ends = 12 .. 47;

# The month's number. date_part gives a float8, which is cheaper than extract's numeric. DuckDB's date_part gives an integer.
sub month_number { my ($day) = @_; return "(date_part('year', $day) * 12 + date_part('month', $day))::int4 - 24268" }

# Members' events as words, smeared; spells as masks; 72 conditional sums; back to rows. "offset 0" keeps the planner from copying the
# shifts into every sum (without it 4 times slower) and, unlike MATERIALIZED, leaves the plan parallel. sum(int4) is cheaper than sum(int8).
# Only members' events matter: dropping the others before grouping makes it twice as fast as the same query without $members_only.
sub bits {
    my ($table, $where, $members_only) = @_;
    my $members = $members_only ? 'and patient_key in (select patient_key from bench_rolling.spell)' : '';
    my ($event_month, $from_month, $to_month) = map { month_number($_) } qw(event_on from_on to_on);
    my $sums = join ', ', map { "sum(((mask >> $_) & 1)::int4) as cohort$_, sum(((word >> $_) & 1)::int4) as attained$_" } @month_ends;
    my $rows = join ', ', map { "($_, cohort$_, attained$_)" } @month_ends;
    return "with event as (
            select patient_key, bit_or(1::int8 << ($event_month)) as word from $table
            where event_on >= date '2022-05-01' and event_on < date '2026-04-01' $where $members group by 1),
        smear_2 as (select patient_key, word | (word << 1) as word from event offset 0),
        smear_4 as (select patient_key, word | (word << 2) as word from smear_2 offset 0),
        smear_12 as (select patient_key, word | (word << 4) | (word << 8) as word from smear_4 offset 0),
        spell as (
            select patient_key, pcn,
                (1::int8 << case when to_on is null or to_on >= date '2026-04-01' then 48 else $to_month end)
                    - (1::int8 << case when from_on < date '2023-04-01' then 12 else $from_month end) as mask
            from bench_rolling.spell
            where from_on < date '2026-04-01' and (to_on is null or to_on >= date '2023-05-01') offset 0),
        met as (select pcn, mask, mask & coalesce(word, 0) as word from spell left join smear_12 using (patient_key) offset 0),
        counted as (select pcn, $sums from met group by 1)
        select pcn, month_number, cohort, attained
        from counted cross join lateral (values $rows) as month(month_number, cohort, attained)";
}

# What is usually written.
sub self_join {
    my ($table, $where) = @_;
    return "select s.pcn, m.month_number, count(distinct s.patient_key) as cohort, count(distinct e.patient_key) as attained
        from (
            select k as month_number, (date '2022-04-01' + make_interval(months => k - 11))::date as from_on,
                (date '2022-04-01' + make_interval(months => k + 1))::date as to_on
            from generate_series(12, 47) as k) as m
        join bench_rolling.spell as s on s.from_on < m.to_on and (s.to_on is null or s.to_on >= m.to_on)
        left join $table as e on e.patient_key = s.patient_key $where and e.event_on >= m.from_on and e.event_on < m.to_on
        group by 1, 2";
}

# Ours: everyone with a spell is the cohort, where the spell says. events is a query that gives mo.patient_months, spells one that gives
# mo.patient_spells.
sub ours {
    my ($events, $spells) = @_;
    return "with spell as materialized ($spells), event as ($events)
        select cell.organisation as pcn, mo.month_index(cell.month) - 267 as month_number, cell.cohort, cell.attained
        from event, spell, mo.attainment_cells(event.months, spell.spells, date '2023-04-01', date '2026-03-01', 12) as cell";
}

# Like the plain SQL, it leaves out the events of those who have no spell.
sub from_rows {
    my ($table, $where, $all_patients) = @_;
    my $members = $all_patients ? '' : 'and mo.has_patient((select mo.registered_patient_bits(spells) from spell), patient_key)';
    return ours("select mo.event_months(patient_key, event_on, date '2022-05-01', date '2026-03-01') as months from $table where true $where $members",
        'select mo.registered_spells(patient_key, pcn, from_on, to_on) as spells from bench_rolling.spell');
}

# form: event_month_sets or event_month_bits, the aggregate and the table.
sub from_layer {
    my ($form, $code_set) = @_;
    return ours(
        "select mo.$form(month_index, patients, date '2022-05-01', date '2026-03-01') as months
            from bench_rolling.$form where code_set = '$code_set'",
        'select mo.registered_spell_sets(patients, organisations, registered_from, registered_to) as spells from bench_rolling.spell_set');
}

my @needs = (needs => ['mo.has_patient(bytea, int4)', 'mo.attainment_cells(mo.patient_months, mo.patient_spells, date, date, int4)', 'mo.registered_spell_sets(int4[], int4[], date[], date[])',
    'mo.event_month_bits(int4, bytea, date, date)']);
my @serial = (before => 'set max_parallel_workers_per_gather = 0', after => 'reset max_parallel_workers_per_gather');

sub comparison {
    my ($id, $name, $table, $kind, %bars) = @_;
    my $where = $kind ? "and kind = $kind" : '';
    my $duckdb = bits($table, $where, 1);
    $duckdb =~ s/ offset 0\)/)/g;
    my $only = sub { my ($wanted, $form) = @_; return $wanted ? $form : () };
    return {
        id => $id, name => $name, key => [qw(pcn month_number)], tolerance => 0, bars => \%bars,
        forms => [
            {id => 'sql', name => 'best plain SQL: bits of members', sql => bits($table, $where, 1)},
            {id => 'bits_all', name => 'plain SQL: bits of all patients', sql => bits($table, $where, 0)},
            $only->($kind, {id => 'usual', name => 'usual self-join', sql => self_join($table, "and e.kind = $kind")}),
            {id => 'rows', name => 'mo.event_months from rows', sql => from_rows($table, $where, 0), @needs},
            {id => 'rows_all', name => 'mo.event_months from rows of all patients', sql => from_rows($table, $where, 1), @needs},
            {id => 'layer', name => 'mo.event_month_bits from layer', sql => from_layer('event_month_bits', $kind ? 'one_kind' : 'all_kinds'), @needs},
            {id => 'lists', name => 'mo.event_month_sets from layer', sql => from_layer('event_month_sets', $kind ? 'one_kind' : 'all_kinds'), @needs},
            {id => 'duckdb', name => 'DuckDB bits', engine => 'duckdb', sql => $duckdb},
            $only->(!$kind, {id => 'rows_serial', name => 'mo.event_months from rows, serial', sql => from_rows($table, $where, 0), @needs, @serial}),
            $only->(!$kind, {id => 'floor', name => 'scan floor, serial', sql => "select count(*) from $table", answer => 0, @serial}),
        ],
    };
}

sub {
    my ($scale) = @_;
    my ($events, $patients, $members, $pcns) = $scale eq 'small' ? (120_000, 15_000, 3_000, 50) : (12_000_000, 1_500_000, 300_000, 1250);
    my $event = sub {
        my ($rows) = @_;
        return "select i::int8 as activity_id, 1 + floor(bench.u(i, 1) * $patients)::int4 as patient_key,
                date '2022-04-01' + floor(bench.u(i, 2) * 1461)::int4 as event_on,
                case when bench.u(i, 3) < 3.4 / 12 then 1 else 2 + floor(bench.u(i, 4) * 7)::int4 end as kind
            from generate_series(1, $rows) as i";
    };
    # Three in ten move to another PCN on the day they leave the first; some leave for good.
    my $spell = "with first as (
            select i as patient_key, 1 + floor(bench.u(i, 5) * $pcns)::int4 as pcn, from_on,
                case when bench.u(i, 7) < 0.3 then from_on + 300 + floor(bench.u(i, 8) * 400)::int4
                    when bench.u(i, 9) < 0.3 then from_on + 200 + floor(bench.u(i, 10) * 1200)::int4 end as to_on, bench.u(i, 7) < 0.3 as moves
            from (select i, date '2021-01-01' + floor(bench.u(i, 6) * 1500)::int4 as from_on from generate_series(1, $members) as i) as start)
        select patient_key, pcn, from_on, to_on from first
        union all
        select patient_key, 1 + floor(bench.u(patient_key, 11) * $pcns)::int4, to_on,
            case when bench.u(patient_key, 12) < 0.3 then to_on + 100 + floor(bench.u(patient_key, 13) * 700)::int4 end
        from first where moves";
    my $columns = 'activity_id bigint, patient_key integer, event_on date, kind integer';
    return {
        tables => [
            {name => 'bench_rolling.spell', sql => $spell, duckdb => 'patient_key integer, pcn integer, from_on date, to_on date'},
            {name => 'bench_rolling.event', sql => $event->($events), duckdb => $columns},
            # The layer, derived and kept when files load: for each code set and month the distinct patients, as a list, ascending, or as
            # bits; and the spells packed, 65,536 patient numbers a row. Bits are what the bars compare: with more than one patient in 32 in
            # a month's set they are the shorter form.
            {
                name => 'bench_rolling.event_month_sets',
                then => "alter table bench_rolling.event_month_sets alter patients set storage external;
                    update bench_rolling.event_month_sets set patients = patients || '{}'::int4[]; vacuum full bench_rolling.event_month_sets",
                sql => "select code_set, month_index, array_agg(patient_key order by patient_key) as patients
                    from (
                        select distinct code_set, (date_part('year', event_on) * 12 + date_part('month', event_on))::int4 - 24001 as month_index, patient_key
                        from bench_rolling.event cross join (values ('one_kind'), ('all_kinds')) as code_sets(code_set)
                        where kind = 1 or code_set = 'all_kinds') as event
                    group by code_set, month_index",
            },
            {
                name => 'bench_rolling.event_month_bits',
                then => "alter table bench_rolling.event_month_bits alter patients set storage external;
                    update bench_rolling.event_month_bits set patients = patients || ''::bytea; vacuum full bench_rolling.event_month_bits",
                sql => 'select code_set, month_index, mo.patient_bits(patients) as patients from bench_rolling.event_month_sets',
            },
            {
                name => 'bench_rolling.spell_set',
                then => 'alter table bench_rolling.spell_set alter patients set storage external, alter organisations set storage external,
                        alter registered_from set storage external, alter registered_to set storage external;
                    update bench_rolling.spell_set set patients = patients || array[]::int4[], organisations = organisations || array[]::int4[],
                        registered_from = registered_from || array[]::date[], registered_to = registered_to || array[]::date[];
                    vacuum full bench_rolling.spell_set',
                sql => "select patient_key >> 16 as patients_from, array_agg(patient_key order by patient_key, from_on desc) as patients,
                        array_agg(pcn order by patient_key, from_on desc) as organisations,
                        array_agg(from_on order by patient_key, from_on desc) as registered_from,
                        array_agg(coalesce(to_on, 'infinity') order by patient_key, from_on desc) as registered_to
                    from bench_rolling.spell group by 1 order by 1",
            },
            {name => 'bench_rolling.tenth', sql => $event->($events / 10)},
        ],
        comparisons => [
            comparison('one_kind', '3.4M events of one kind', 'bench_rolling.event', 1, layer_sql_3m => ['layer', 'sql'],
                layer_usual => ['layer', 'usual'], rows_sql_3m => ['rows', 'sql']),
            comparison('all_kinds', '12M events', 'bench_rolling.event', 0, layer_sql_12m => ['layer', 'sql'],
                layer_duckdb => ['layer', 'duckdb'], rows_sql_12m => ['rows', 'sql'], rows_floor => ['rows_serial', 'floor']),
            do {
                my $tenth = comparison('tenth', '1.2M events', 'bench_rolling.tenth', 0);
                $tenth->{forms} = [grep { $_->{id} =~ /^(?:sql|rows)$/ } @{ $tenth->{forms} }];
                $tenth;
            },
        ],
        growth => [{bar => 'growth', from => 'tenth', to => 'all_kinds', form => 'rows'}],
    };
};
