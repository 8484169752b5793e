# Demo data in the database of a test: every source there is a file for, refreshed.
package MoDashDemo;
use strict;
use warnings;
use Exporter qw(import);
use MoDash;

our @EXPORT = qw(demo_data load_demo psql_script make_records_of_kpis);

# Runs a script of psql; dies with what psql said unless it ends well.
sub psql_script {
    my ($sql) = @_;
    my ($code, $out, $err) = MoDash::run_program('psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-f', file_with('.script.sql', $sql));
    die "psql failed: $err\n" if $code;
    chomp $out;
    return $out;
}

sub demo_data {
    my (@options) = @_;
    my $folder = scratch('demo');
    my ($code, $out, $err) = modash('demo-data', $folder, @options);
    die "modash demo-data: $out$err\n" if $code;
    return $folder;
}

sub load_demo {
    my ($folder) = @_;
    my ($code, $out, $err) = modash('load', '--all', $folder);
    die "modash load --all: $out$err\n" unless $code == 0 || $code == 3; # SystmOne rows with CTV3 codes only are rejected, as they should be
    return;
}

# public.records_of_kpis(true): the records of every KPI that is shown, in the months that it has figures for; (false): its totals. One call of each
# KPI's function.
sub make_records_of_kpis {
    psql(q{create function public.records_of_kpis(each_record boolean)
        returns table (kpi_id text, org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
        language plpgsql as $$ declare k record; begin
            for k in select m.kpi_id, min(m.month) as first, max(m.month) as last, case when c.is_shared then format('array[%L]::text[], ', m.kpi_id) end as whose
                from mo_data.kpi_month m join mo_data.kpi c on c.kpi_id = m.kpi_id and c.is_active group by m.kpi_id, c.is_shared loop
                return query execute format(
                    'select %1$L, f.org_code::text, f.month, coalesce(f.breakdown, '''')::text, %2$s, coalesce(f.numerator, 0), coalesce(f.denominator, 0)
                    from %3$s(%4$s %5$L, %6$L) f',
                    k.kpi_id, case when each_record then 'f.record_key' else 'null::text' end, mo_data.kpi_function(k.kpi_id, each_record), k.whose, k.first, k.last);
            end loop;
        end $$});
    return;
}

1;
