# Demo data in the database of a test: every source there is a file for, refreshed.
package MoDashDemo;
use strict;
use warnings;
use Exporter qw(import);
use MoDash;

our @EXPORT = qw(demo_data load_demo psql_script);

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
    my ($code, $out, $err) = modash('load', '--help');
    if ($out =~ /--all/) {
        ($code, $out, $err) = modash('load', '--all', $folder);
        die "modash load --all: $out$err\n" unless $code == 0 || $code == 3; # EMIS rows with CTV3 codes only are rejected, as they should be
        return;
    }
    my %published = (organisations => ['epraccur.csv'], pcn_members => ['epcn_pcn_details.csv', 'epcn_core_partners.csv'], bank_holidays => ['bank-holidays.json'],
        list_size => [map { s{.*/}{}r } glob "$folder/gp-reg-pat-*.csv"], prescribing => [map { s{.*/}{}r } glob "$folder/EPD_*.csv"]);
    for my $source (qw(organisations pcn_members bank_holidays list_size prescribing)) {
        my @files = grep { -e } map { "$folder/$_" } @{ $published{$source} } or next;
        ($code, $out, $err) = modash('load', $source, @files);
        die "modash load $source: $out$err\n" unless $code == 0 || $code == 3;
    }
    load_flat($folder);
    return;
}

# The flat files by the server's own COPY, each as a load that touched every month there is.
sub load_flat {
    my ($folder) = @_;
    my $script = '';
    for my $row (split /\n/, psql('select s.source, s.target_table from mo_data.source s order by s.sort')) {
        my ($source, $table) = split /\|/, $row;
        for my $file (glob "$folder/$source.csv $folder/${source}_[0-9]*.csv") {
            next unless -e $file;
            my ($columns) = split /\r?\n/, slurp($file);
            $script .= "create temporary table stage (like mo_data.$table including defaults);\n\\copy stage ($columns) from '$file' (format csv, header true)\n"
                . "insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months, finished_at)\n"
                . "    select '$source', '" . ($file =~ s{.*/}{}r) . "', md5('$file') || md5('$file'), 1, 'by hand', 'loaded',\n"
                . "        (select coalesce(array_agg(distinct m), '{}') from mo_data.load_batch b cross join unnest(b.months) m where b.source = 'list_size'), clock_timestamp();\n"
                . "call pg_temp.take('$table');\ndrop table stage;\n";
        }
    }
    psql_script(<<'SQL' . $script);
create procedure pg_temp.take(target text) language plpgsql as $$
declare
    keys text;
begin
    if exists (select from pg_attribute where attrelid = 'stage'::regclass and attname = 'batch_id') then
        update stage set batch_id = currval(pg_get_serial_sequence('mo_data.load_batch', 'batch_id'));
    end if;
    select string_agg(format('t.%1$I is not distinct from s.%1$I', a.attname), ' and ') into keys
        from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
        where i.indrelid = ('mo_data.' || target)::regclass and i.indisprimary;
    if keys is not null then -- rows shipped with the layer, which the file says anew
        execute format('delete from mo_data.%I t using stage s where %s', target, keys);
    end if;
    execute format('insert into mo_data.%I select * from stage', target);
end $$;
SQL
    return;
}

1;
