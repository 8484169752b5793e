# Loading a month of prescribing: an EPD-shaped file of 26 columns, quoted commas, 351 bytes a row, 5M rows (England scale: 17M).
# modash reads it, checks every value, keeps ten columns and the SHA-256 of the file, and publishes all of it or nothing.
# The form "server" is the same reader in the server. Timed until the data are committed: what modash says of itself, the server's clock for
# the others. Indexes and statistics come after that on every side and are not counted; the form "whole" has them. The form "with_layer" adds
# what the first refresh does for the layer of the month, which the load has filled. A checkpoint before each, the file in the page cache.
package MoBench::Area::load;
use strict;
use warnings;
use Cwd qw(getcwd);
use File::Path qw(make_path remove_tree);
use Time::HiRes qw(time);

my $month = '2025-05-01';

# Made by modash demo-data, whose empty address lines are filled so that a row is as long as a published one.
sub make_file {
    my ($folder, $practices) = @_;
    my $file = "$folder/epd_$practices.csv";
    return $file if -s $file;
    print STDERR "  making $file\n";
    my $made = "$folder/demo";
    remove_tree($made);
    make_path($made);
    system("build/modash demo-data '$made' --practices $practices --months 1 --to 2025-05 --rows-per-practice 2400 --only prescribing --force >/dev/null") == 0
        or die "modash demo-data failed\n";
    open my $in, '<:raw', "$made/EPD_202505.csv" or die "demo-data made no EPD_202505.csv\n";
    open my $out, '>:raw', "$file.part" or die "cannot write $file.part: $!\n";
    print {$out} scalar <$in>;
    while (my $line = <$in>) {
        $line =~ s/,,,(\w\w\d\d \d\w\w),/,MARKET SYNTHTON,NORTH SYNTHSHIRE,$1,/;
        print {$out} $line or die "cannot write: $!\n";
    }
    close $out or die "cannot write: $!\n";
    remove_tree($made);
    rename "$file.part", $file;
    return $file;
}

my @columns;    # of the file

sub columns_of {
    my ($file) = @_;
    open my $in, '<', $file or die "cannot read $file: $!\n";
    chomp(my $header = <$in>);
    return map { lc } split /,/, $header;
}

# What every form must have: per month the rows, sums and distinct counts. Money in 0.00001 pounds.
sub answer_of {
    my ($from, %name) = @_;
    return "select $name{month} as month, count(*) as row_count, sum($name{items}) as items, sum($name{total})::float8 as total_quantity,
        sum($name{quantity})::float8 as quantity, sum($name{adq})::float8 as adq, sum($name{nic})::bigint as nic_e5, sum($name{cost})::bigint as cost_e5,
        count(distinct $name{practice}) as practices, count(distinct $name{bnf}) as presentations,
        sum(case when $name{unidentified} then 1 else 0 end) as unidentified from $from group by 1";
}

my %ours = (month => "to_char(month, 'YYYYMM')", items => 'items', total => 'total_quantity', quantity => 'quantity', adq => 'adq_usage', nic => 'nic_e5',
    cost => 'actual_cost_e5', practice => 'practice_code', bnf => 'bnf_code', unidentified => 'unidentified');
my %raw = (month => 'year_month', items => 'items::int', total => 'total_quantity::float8', quantity => 'quantity::float8', adq => 'adqusage::float8',
    nic => 'nic::numeric * 100000', cost => 'actual_cost::numeric * 100000', practice => 'practice_code', bnf => 'bnf_code',
    unidentified => "unidentified = 'Y'");

# The layer has a database of its own.
my $layer;

sub layer_database {
    my ($scale) = @_;
    return $layer if $layer;
    my $name = "bench_load_$scale";
    my $admin = MoBench::Postgres->new(database => 'postgres');
    $admin->run("drop database if exists $name with (force)");
    $admin->run("create database $name");
    $layer = MoBench::Postgres->new(database => $name);
    $layer->run('create extension mo_dashboard; call mo.create_dashboard()');
    return $layer;
}

sub modash {
    my ($words) = @_;
    my $said = `build/modash load prescribing $words 2>&1`;
    die "modash load: $said\n" if $? != 0;
    return $said;
}

sub empty_layer {
    my ($database) = @_;
    $database->run('drop table if exists mo_data.prescribing_2025_05; delete from mo_data.load_batch; delete from mo_data.bnf_presentation; checkpoint');
    return;
}

# The server reads the file itself.
sub load_server {
    my ($scale, $file) = @_;
    my $database = layer_database($scale);
    empty_layer($database);
    my $seconds = $database->time_statements("create temporary table outcome as select * from mo_data.load_prescribing_file('$file')");
    die "the server's load failed\n" if ($database->run('select state from outcome'))[0] ne 'loaded';
    $database->run('drop table outcome');
    return $seconds;
}

# The load, and then what the first refresh does for the layer of the month, sums by practice: the load keeps them, and they have to be those of
# the rows. What is between the two (index, statistics) is not counted, as it is not in the load alone.
sub load_and_layer {
    my ($scale, $file) = @_;
    my $seconds = load_client($scale, $file, 2, 0);
    my $layer_seconds = $layer->time_statements("select mo_data.prescribing_keep('$month', '$month')");
    my ($wrong) = $layer->run("select count(*) from (table mo_data.refresh_prescribing except all select month, practice_code, unidentified, count(*),
        count(*) filter (where actual_cost_e5 is null), sum(items), sum(nic_e5), sum(actual_cost_e5) from mo_data.prescribing group by 1, 2, 3) as wrong");
    my ($vouched) = $layer->run("select mo_data.prescribing_kept_months('$month', '$month') = array['$month'::date]");
    die "the layer is not that of the rows\n" if $wrong ne '0' || $vouched ne 't';
    return $seconds + $layer_seconds;
}

# Loads the file into an empty layer; seconds as modash says (until the commit), or of the whole program.
sub load_client {
    my ($scale, $file, $connections, $whole) = @_;
    my $database = layer_database($scale);
    empty_layer($database);
    my $began = time;
    my $said = modash("--connections $connections -d bench_load_$scale '$file'");
    my $seconds = time - $began;
    ($seconds) = $said =~ /\(batch \d+, ([\d.]+) s/ or die "modash said: $said\n" unless $whole;
    return $seconds;
}

# The answer of another database, as the temporary table of this session.
sub bring_answer {
    my ($postgres, $database, $query) = @_;
    my @rows = $database->run("select * from ($query) as answer");
    $postgres->run('drop table if exists pg_temp.answer; create temporary table answer (month text, row_count bigint, items bigint,
        total_quantity float8, quantity float8, adq float8, nic_e5 bigint, cost_e5 bigint, practices bigint, presentations bigint, unidentified bigint)');
    for my $row (@rows) { my $values = join ', ', map { "'$_'" } split /\|/, $row; $postgres->run("insert into answer values ($values)") }
}

sub copy_26 {
    my ($postgres, $file, $command) = @_;
    my $table = join ', ', map { "$_ text" } @columns;
    $postgres->run("create schema if not exists bench_load; drop table if exists bench_load.epd; create table bench_load.epd ($table); checkpoint");
    my $seconds = $postgres->time_statements("$command bench_load.epd from '$file' (format csv, header)");
    $postgres->run('drop table if exists pg_temp.answer; create temporary table answer as ' . answer_of('bench_load.epd', %raw));
    $postgres->run('truncate bench_load.epd');
    return $seconds;
}

# What people write: all columns into a staging table that needs no WAL, dictionaries, then a narrow fact.
sub star_etl {
    my ($postgres, $file) = @_;
    my $table = join ', ', map { "$_ text" } @columns;
    $postgres->run('create schema if not exists bench_load; drop table if exists bench_load.fact, bench_load.practice, bench_load.presentation, bench_load.stage;
        create table bench_load.practice (practice_key integer generated always as identity primary key, practice_code text unique);
        create table bench_load.presentation (presentation_key integer generated always as identity primary key, bnf_code text unique, name text);
        create table bench_load.fact (month date, practice_key integer, presentation_key integer, items integer, quantity float8, total_quantity float8,
            adq_usage float8, nic_e5 bigint, actual_cost_e5 bigint, unidentified boolean); checkpoint');
    my $seconds = $postgres->time_statements("begin;
        create table bench_load.stage ($table);
        copy bench_load.stage from '$file' (format csv, header, freeze);
        insert into bench_load.practice (practice_code) select distinct practice_code from bench_load.stage on conflict do nothing;
        insert into bench_load.presentation (bnf_code, name) select bnf_code, min(bnf_description) from bench_load.stage group by 1 on conflict do nothing;
        insert into bench_load.fact
        select to_date(s.year_month, 'YYYYMM'), p.practice_key, b.presentation_key, s.items::int, s.quantity::float8, s.total_quantity::float8,
            s.adqusage::float8, (s.nic::numeric * 100000)::bigint, (s.actual_cost::numeric * 100000)::bigint, s.unidentified = 'Y'
        from bench_load.stage s join bench_load.practice p using (practice_code) join bench_load.presentation b using (bnf_code);
        drop table bench_load.stage;
        commit");
    $postgres->run('drop table if exists pg_temp.answer; create temporary table answer as '
        . answer_of('bench_load.fact', %ours, practice => 'practice_key', bnf => 'presentation_key'));
    $postgres->run('drop table bench_load.fact, bench_load.practice, bench_load.presentation');
    return $seconds;
}

sub duckdb_nine {
    my ($duckdb, $file) = @_;
    my %type = (items => 'INTEGER', quantity => 'DOUBLE', total_quantity => 'DOUBLE', adqusage => 'DOUBLE', nic => 'DECIMAL(18,5)', actual_cost => 'DECIMAL(18,5)');
    my $types = join ', ', map { "'$_': '" . ($type{$_} // 'VARCHAR') . "'" } @columns;
    my $kept = join ', ', qw(year_month practice_code bnf_code items quantity total_quantity adqusage nic actual_cost unidentified);
    $duckdb->run('drop table if exists epd; checkpoint');
    my $seconds = $duckdb->call(sql => "create table epd as select $kept from read_csv('$file', header = true, delim = ',', quote = '\"', columns = {$types})")->{seconds};
    $duckdb->run('drop table if exists answer; create temporary table answer as ' . answer_of('epd', %raw, nic => 'nic * 100000', cost => 'actual_cost * 100000'));
    $duckdb->run('drop table epd; checkpoint');
    return $seconds;
}

sub {
    my ($scale, $postgres, $duckdb) = @_;
    my $practices = $scale eq 'small' ? 35 : $scale eq 'england' ? 11_645 : 3425;
    my $folder = getcwd() . '/build/bench';
    make_path($folder);
    my $file = make_file($folder, $practices);
    @columns = columns_of($file);
    my $client = sub {
        my ($connections, $whole) = @_;
        return sub {
            my ($postgres) = @_;
            my $seconds = load_client($scale, $file, $connections, $whole);
            bring_answer($postgres, $layer, answer_of('mo_data.prescribing', %ours));
            return $seconds;
        };
    };
    my $server = sub {
        my ($postgres) = @_;
        my $seconds = load_server($scale, $file);
        bring_answer($postgres, $layer, answer_of('mo_data.prescribing', %ours));
        return $seconds;
    };
    my $with_layer = sub {
        my ($postgres) = @_;
        my $seconds = load_and_layer($scale, $file);
        bring_answer($postgres, $layer, answer_of('mo_data.prescribing', %ours));
        return $seconds;
    };
    my $program = sub {
        my ($command) = @_;
        return sub { my $began = time; system("$command >/dev/null") == 0 or die "$command failed\n"; return time - $began };
    };
    return {
        tables => [],
        comparisons => [{
            id => 'epd', name => 'a month of 5M rows', key => ['month'], tolerance => 1e-12,
            bars => {copy => ['server', 'copy'], client => ['client', 'copy'], client_copy => ['client', 'copy_client'], star_etl => ['client', 'star_etl'],
                duckdb => ['client', 'duckdb'], parse => ['client', 'parse'], memchr => ['client', 'memchr'],
                layers => ['with_layer', 'client']},
            forms => [
                {id => 'copy', name => 'COPY 26 columns, by the server', measure => sub { copy_26($_[0], $file, 'copy') }},
                {id => 'copy_client', name => 'COPY 26 columns, by psql', measure => sub { copy_26($_[0], $file, '\copy') }},
                {id => 'star_etl', name => 'COPY + dictionaries + fact', measure => sub { star_etl($_[0], $file) }},
                {id => 'duckdb', name => 'DuckDB read_csv, same columns', engine => 'duckdb', measure => sub { duckdb_nine($_[1], $file) }},
                {id => 'server', name => 'mo_data.load_prescribing_file', measure => $server},
                {id => 'client', name => 'modash, 2 connections', measure => $client->(2, 0)},
                {id => 'client_1', name => 'modash, 1 connection', measure => $client->(1, 0)},
                {id => 'with_layer', name => 'modash, 2, and the sums by practice', measure => $with_layer},
                {id => 'whole', name => 'modash, 2, index and statistics too', measure => $client->(2, 1)},
                {id => 'parse', name => 'modash --dry-run: parse, check, hash, encode', answer => 0,
                    measure => $program->("build/modash load prescribing --dry-run -q '$file'")},
                {id => 'memchr', name => 'wc -l', answer => 0, measure => $program->("wc -l '$file'")},
            ],
        }],
    };
}
