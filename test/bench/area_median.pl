# Medians and deciles (nine fractions, exact) against percentile_cont and DuckDB: groups of about 30, 5,000 and 417,000 rows.
# Groups of 30 are KPI x month x ICB (15 x 36 x 42); the larger table has 2,000 groups and, over the same rows, 24.
package MoBench::Area::median;
use strict;
use warnings;

# Nine fractions of a value in each group. DuckDB has a list where PostgreSQL has an array.
my $fractions = '0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9';
sub each_decile { my ($pattern) = @_; return join ', ', map { sprintf "$pattern as d%d", $_, $_ } 1 .. 9 }

sub sql_form {
    my ($table, $group) = @_;
    return sprintf 'select g, %s from (select %s as g, percentile_cont(array[%s]) within group (order by value) as d from %s group by 1) q',
        each_decile('d[%d]'), $group, $fractions, $table;
}

sub duckdb_form {
    my ($table, $group) = @_;
    return sprintf 'select g, %s from (select %s as g, quantile_cont(value, [%s]) as d from %s group by 1) q',
        each_decile('d[%d]'), $group, $fractions, $table;
}

sub our_form {
    my ($table, $group) = @_;
    return sprintf 'select g, %s from (select %s as g, mo.percentiles(value, array[%s]::float8[]) as d from %s group by 1) q',
        each_decile('d[%d]'), $group, $fractions, $table;
}

sub comparison {
    my ($id, $name, $table, $group, %bars) = @_;
    return {
        id => $id, name => $name, key => ['g'], tolerance => 1e-12, bars => \%bars,
        forms => [
            {id => 'sql', name => 'percentile_cont', sql => sql_form($table, $group)},
            {id => 'ours', name => 'mo.percentiles', needs => ['mo.percentiles(float8, float8[])'], sql => our_form($table, $group)},
            {id => 'duckdb', name => 'DuckDB quantile_cont', engine => 'duckdb', sql => duckdb_form($table, $group)},
        ],
    };
}

sub {
    my ($scale) = @_;
    my ($rows, $groups, $small_rows) = $scale eq 'small' ? (100_000, 200, 22_680) : (10_000_000, 2000, 675_000);
    my $small_groups = $scale eq 'small' ? 756 : 22_680;
    # A cost per weighted patient has a long right tail; the exponent of a uniform number is near enough. Width as a real fact row.
    my $large = sub { "select i::int8 as id, (1 + (i::int8 * 7919) % $groups)::int4 as g_many, (1 + i % 24)::int4 as g_few, date '2024-04-01' + (i % 731)::int4 as day,"
            . " exp(3 * bench.u(i, 1)) * 20 as value from generate_series(1, $_[0]) i" };
    return {
        tables => [
            {
                name => 'bench_median.by_icb', duckdb => 'g integer, value double',
                sql => "select (1 + (i::int8 * 7919) % $small_groups)::int4 as g, exp(3 * bench.u(i, 2)) * 20 as value from generate_series(1, $small_rows) i",
            },
            {
                name => 'bench_median.fact', sql => $large->($rows),
                duckdb => 'id bigint, g_many integer, g_few integer, day date, value double',
            },
            {name => 'bench_median.tenth', sql => $large->($rows / 10)},
        ],
        comparisons => [
            comparison('by_30', 'groups of 30', 'bench_median.by_icb', 'g', sql_30 => ['ours', 'sql'], duckdb_30 => ['ours', 'duckdb']),
            comparison('by_5000', 'groups of 5,000', 'bench_median.fact', 'g_many', sql_5000 => ['ours', 'sql'], duckdb_5000 => ['ours', 'duckdb']),
            comparison('by_417000', 'groups of 417,000', 'bench_median.fact', 'g_few',
                sql_417000 => ['ours', 'sql'], duckdb_417000 => ['ours', 'duckdb']),
            do {
                my $tenth = comparison('tenth', '24 groups, a tenth of the rows', 'bench_median.tenth', 'g_few');
                $tenth->{forms} = [@{ $tenth->{forms} }[0, 1]];
                $tenth;
            },
        ],
        growth => [{bar => 'growth', from => 'tenth', to => 'by_417000', form => 'ours'}],
    };
};
