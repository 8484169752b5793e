# Prescribing cost per weighted patient by PCN and month, with the median and the decile among the PCNs of the ICB. 10M prescribing rows of
# 6,300 practices and 24 months (England scale: 3 months of 17M rows), list sizes in 40 sex and age bands, 1,250 PCNs, 42 ICBs.
# A decile is by rank, in integers, as mo.decile: 1 + 10 (rank - 1) / n, null below 10 peers. Interpolated cut points would differ in the
# last bit.
package MoBench::Area::weighted_cost;
use strict;
use warnings;

# From practice-month sums named cost and weighted to the answer.
sub positions {
    my ($pcn_month) = @_;
    return "with pcn_month as ($pcn_month),
        position as (
            select pcn, icb, month, value, rank() over (partition by icb, month order by value) as place,
                count(*) over (partition by icb, month) as peers
            from pcn_month),
        peer as (select icb, month, percentile_cont(0.5) within group (order by value) as median from pcn_month group by 1, 2)
        select pcn, month, value, median,
            case when peers >= 10 then (1 + floor(10 * (place - 1) / peers))::int4 end as decile
        from position join peer using (icb, month)";
}

my $numeric = positions('select pcn, icb, month, sum(cost) / nullif(sum(weighted), 0) as value
    from (select practice_key, month, sum(actual_cost) as cost from bench_weighted_cost.prescribing group by 1, 2) as c
    join (
        select practice_key, month, sum(patients * weight) as weighted
        from bench_weighted_cost.list_size join bench_weighted_cost.weight using (sex, age_from) group by 1, 2) as w using (practice_key, month)
    join bench_weighted_cost.practice using (practice_key)
    group by 1, 2, 3');

# The same, grouped by PCN at once.
my $numeric_by_pcn = positions('select pcn, icb, month, cost / nullif(weighted, 0) as value
    from (
        select pcn, icb, month, sum(actual_cost) as cost
        from bench_weighted_cost.prescribing join bench_weighted_cost.practice using (practice_key) group by 1, 2, 3) as c
    join (
        select pcn, month, sum(patients * weight) as weighted
        from bench_weighted_cost.list_size join bench_weighted_cost.weight using (sex, age_from)
        join bench_weighted_cost.practice using (practice_key) group by 1, 2) as w using (pcn, month)');

# DuckDB: whole numbers for money and weights, which it adds fastest.
my $duckdb = positions('select pcn, icb, month, (sum(cost) / 1e5) / nullif(sum(weighted), 0) as value
    from (select practice_key, month, sum(actual_cost_e5) as cost from bench_weighted_cost.prescribing group by 1, 2) as c
    join (
        select practice_key, month, sum(patients * weight) as weighted
        from bench_weighted_cost.list_size join bench_weighted_cost.weight using (sex, age_from) group by 1, 2) as w using (practice_key, month)
    join bench_weighted_cost.practice using (practice_key)
    group by 1, 2, 3');
$duckdb =~ s{floor\(10 \* \(place - 1\) / peers\)}{10 * (place - 1) // peers};

sub our_positions {
    my ($pcn_month) = @_;
    return "select pcn, month, value, mo.median(value) over (partition by icb, month) as median,
            mo.decile(value) over (partition by icb, month) as decile
        from ($pcn_month offset 0) as pcn_month";
}

# Ours, grouped: sums by practice and month first.
my $ours_grouped = our_positions('select pcn, icb, month, mo.ratio(cost, weighted) as value
    from (select practice_key, month, sum(actual_cost_e5)::float8 / 1e5 as cost from bench_weighted_cost.prescribing group by 1, 2) as c
    join (
        select practice_key, month, mo.weighted_patients(patients, weight_float) as weighted
        from bench_weighted_cost.list_size join bench_weighted_cost.weight using (sex, age_from) group by 1, 2) as w using (practice_key, month)
    join bench_weighted_cost.practice using (practice_key)
    group by 1, 2, 3');

# Ours by PCN at once: both tables through one ratio.
my $ours_by_pcn = our_positions('select pcn, icb, month, mo.ratio(cost, weighted) as value
    from (
        select practice_key, month, actual_cost_e5 / 1e5::float8 as cost, null::float8 as weighted from bench_weighted_cost.prescribing
        union all
        select practice_key, month, null, patients * weight_float
        from bench_weighted_cost.list_size join bench_weighted_cost.weight using (sex, age_from)) as part
    join bench_weighted_cost.practice using (practice_key)
    group by 1, 2, 3');

# From sums of PCNs that are arrays: unnested, with the month and the PCN of each. $sums is what gives cost, weighted, pcn_no and month.
sub from_sums {
    my ($sums) = @_;
    return our_positions("select sums.pcn, peer.icb, sums.month, sums.cost / 1e5::float8 / nullif(sums.weighted / 10::float8, 0) as value
        from ($sums) as sums join (select distinct pcn, icb from bench_weighted_cost.practice) as peer using (pcn)");
}

# Weights have one decimal: in tenths they are whole numbers.
my $weighted_list = 'bench_weighted_cost.list_size
    join (select sex, age_from, (weight * 10)::int8 as tenths from bench_weighted_cost.weight) as weight using (sex, age_from)';

# Ours: dense sums by practice and month, rolled up.
sub ours {
    my ($practices, $pcns, $months) = @_;
    my $range = "$practices, date '2024-04-01', (date '2024-04-01' + interval '${\($months - 1)} months')::date";
    return from_sums("select 1 + ((u.n - 1) % $pcns)::int4 as pcn, mo.month_of_index(291 + ((u.n - 1) / $pcns)::int4) as month, u.cost, u.weighted
        from (select array_agg(pcn order by practice_key) as pcn from bench_weighted_cost.practice) as parent,
            unnest(
                mo.roll_up((
                    select mo.month_sums(practice_key, month, actual_cost_e5, $range) from bench_weighted_cost.prescribing), parent.pcn, $pcns),
                mo.roll_up((
                    select mo.month_sums(practice_key, month, patients * tenths, $range) from $weighted_list), parent.pcn, $pcns))
                with ordinality as u(cost, weighted, n)");
}

# The layer, derived and kept when files load: for each month its practices' sums and their PCNs, by practice.
sub layer {
    my ($practices) = @_;
    my $vector = sub { my ($value) = @_; return "mo.month_sums(practice_key, month, $value, $practices, month, month)" };
    return "select month, c.cost, w.weighted, p.pcn
        from (select month, ${\$vector->('actual_cost_e5')} as cost from bench_weighted_cost.prescribing group by month) as c
        join (select month, ${\$vector->('patients * tenths')} as weighted from $weighted_list group by month) as w using (month)
        cross join (select array_agg(pcn order by practice_key) as pcn from bench_weighted_cost.practice) as p
        order by month";
}

sub from_layer {
    my ($pcns) = @_;
    return from_sums("select u.pcn::int4, vector.month, u.cost, u.weighted
        from bench_weighted_cost.month_vector as vector,
            unnest(mo.roll_up(vector.cost, vector.pcn, $pcns), mo.roll_up(vector.weighted, vector.pcn, $pcns))
                with ordinality as u(cost, weighted, pcn)");
}

sub {
    my ($scale) = @_;
    my ($rows, $months, $practices, $pcns, $icbs) =
          $scale eq 'small' ? (100_000, 12, 315, 62, 5)
        : $scale eq 'england' ? (51_000_000, 3, 6300, 1250, 42)
        : (10_000_000, 24, 6300, 1250, 42);
    my $a_month = int($rows / $months);
    my @needs = (needs => [
        'mo.month_sums(int4, date, int8, int4, date, date)', 'mo.roll_up(int8[], int4[], int4)', 'mo.ratio(float8, float8)', 'mo.weighted_patients(float8, float8)', 'mo.median(float8)', 'mo.decile(float8)']);
    return {
        tables => [
            {
                name => 'bench_weighted_cost.practice', duckdb => 'practice_key integer, pcn integer, icb integer',
                sql => "select i as practice_key, 1 + (i * 31) % $pcns as pcn, 1 + ((i * 31) % $pcns) % $icbs as icb from generate_series(1, $practices) as i",
            },
            {
                name => 'bench_weighted_cost.weight', duckdb => 'sex varchar, age_from integer, weight decimal(6, 1), weight_float double',
                sql => "select sex, age * 5 as age_from, round((0.5 + age * age * 0.11)::numeric, 1) as weight, round((0.5 + age * age * 0.11)::numeric, 1)::float8 as weight_float
                    from generate_series(0, 19) as age cross join (values ('F'), ('M')) as sexes(sex)",
            },
            {
                name => 'bench_weighted_cost.list_size', duckdb => 'practice_key integer, month date, sex varchar, age_from integer, patients integer',
                sql => "select p as practice_key, (date '2024-04-01' + make_interval(months => m))::date as month, sex, age * 5 as age_from,
                        floor(bench.u((p * 100 + m) * 100 + age + case sex when 'F' then 0 else 50 end, 60) * 400)::int4 as patients
                    from generate_series(0, $months - 1) as m cross join generate_series(1, $practices) as p
                    cross join generate_series(0, 19) as age cross join (values ('F'), ('M')) as sexes(sex)",
            },
            {
                name => 'bench_weighted_cost.prescribing',
                duckdb => 'practice_key integer, month date, bnf_key integer, items integer, actual_cost decimal(12, 5), actual_cost_e5 bigint',
                sql => "select practice_key, month, bnf_key, items, (cost_e5 / 100000.0)::numeric(12, 5) as actual_cost, cost_e5 as actual_cost_e5
                    from (
                        select 1 + (i % $a_month * $practices / $a_month)::int4 as practice_key, (date '2024-04-01' + make_interval(months => (i / $a_month)::int4))::date as month,
                            floor(bench.u(i, 61) * 20000)::int4 as bnf_key, 1 + floor(bench.u(i, 62) * 50)::int4 as items,
                            floor(exp(4 * bench.u(i, 63)) * 250000)::int8 as cost_e5
                        from generate_series(0::int8, ${a_month}::int8 * $months - 1) as i) as drawn",
            },
            {
                name => 'bench_weighted_cost.month_vector',
                then => "alter table bench_weighted_cost.month_vector alter cost set storage external, alter weighted set storage external,
                        alter pcn set storage external;
                    update bench_weighted_cost.month_vector set cost = cost || '{}'::int8[], weighted = weighted || '{}'::int8[], pcn = pcn || '{}'::int4[];
                    vacuum full bench_weighted_cost.month_vector",
                sql => layer($practices),
            },
        ],
        comparisons => [{
            id => 'raw', name => 'raw rows', key => [qw(pcn month)], tolerance => 1e-11,
            bars => {rows_sql => ['ours', 'numeric'], layer_sql => ['layer', 'numeric'], layer_duckdb => ['layer', 'duckdb']},
            forms => [
                {id => 'numeric', name => 'best plain SQL, numeric', sql => $numeric},
                {id => 'numeric_by_pcn', name => 'plain SQL, numeric, by PCN at once', sql => $numeric_by_pcn},
                {id => 'ours', name => 'mo.month_sums, mo.roll_up', sql => ours($practices, $pcns, $months), @needs},
                {id => 'layer', name => 'mo.roll_up of month vectors', sql => from_layer($pcns), @needs},
                {id => 'ours_grouped', name => 'mo.weighted_patients, mo.ratio', sql => $ours_grouped, @needs},
                {id => 'ours_by_pcn', name => 'mo.ratio over both tables', sql => $ours_by_pcn, @needs},
                {id => 'duckdb', name => 'DuckDB', engine => 'duckdb', sql => $duckdb},
            ],
        }],
    };
};
