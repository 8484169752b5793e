# What the tests of modash share: a fresh database with the layer in the server that the PG* variables name, modash itself with
# its output and exit code, and files to load.
package MoDash;
use strict;
use warnings;
use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Temp qw(tempdir);
use IO::Uncompress::Gunzip qw(gunzip);
use IPC::Open3 qw(open3);
use Symbol qw(gensym);

# A seed gives the same world again only where hashes have the same order again, and perl asks for that before it begins.
BEGIN {
    if (-f $0 && !defined $ENV{PERL_HASH_SEED}) {
        @ENV{qw(PERL_HASH_SEED PERL_PERTURB_KEYS)} = (0, 0);
        exec $^X, (map { "-I$_" } grep { !ref } @INC), $0, @ARGV;
    }
}

our @EXPORT = qw(fresh_database psql psql_error modash start_modash finish_modash file_with scratch real have_real slurp lines_of fields_of
    epd_header epd_row epd_snomed_header epd_snomed_row state_of);

my $project = abs_path(dirname(__FILE__) . '/../../..');
my $scratch = tempdir('modash-test-XXXXXX', TMPDIR => 1, CLEANUP => 1);
chmod 0755, $scratch;

sub scratch { return "$scratch/" . ($_[0] // '') }
sub real { return "$project/../shared/real/$_[0]" }
sub have_real { return -d "$project/../shared/real" }

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or return '';
    local $/;
    return <$file> // '';
}

# Lines of a file, gzipped or not, without their ends and without empty ones.
sub lines_of {
    my ($path) = @_;
    my $raw = slurp($path);
    if ($path =~ /\.gz$/) { gunzip(\$raw => \my $text); $raw = $text }
    return grep { length } split /\r\n|\n|\r/, $raw;
}

# Fields of a row whose quoted fields hold no line ends.
sub fields_of {
    my ($line) = @_;
    my @fields;
    while ($line =~ /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g) {
        push @fields, defined $1 ? $1 =~ s/""/"/gr : $2;
        last if pos($line) >= length $line;
    }
    push @fields, '' if $line =~ /,$/;
    return @fields;
}

sub file_with {
    my ($name, @content) = @_;
    open my $file, '>:raw', scratch($name) or die "cannot write $name: $!";
    print {$file} @content;
    close $file or die "cannot write $name: $!";
    return scratch($name);
}

# Waits for a program; gives its exit code (128 + signal if it was killed), stdout and stderr.
sub run_program {
    my (@command) = @_;
    my ($out, $err) = (scratch(".$$.out"), scratch(".$$.err")); # its own, for tests that have several processes
    my $pid = fork // die "cannot fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', $out or die;
        open STDERR, '>', $err or die;
        exec @command or die "cannot run $command[0]: $!";
    }
    waitpid $pid, 0;
    return ($? & 127 ? 128 + ($? & 127) : $? >> 8, slurp($out), slurp($err));
}

sub psql_error {
    my ($sql) = @_;
    my ($code, $out, $err) = run_program('psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', $sql);
    chomp $out;
    return ($code, $out, $err);
}

sub psql {
    my ($sql) = @_;
    my ($code, $out, $err) = psql_error($sql);
    die "psql failed: $err\n$sql\n" if $code;
    return $out;
}

sub fresh_database {
    my ($name) = @_;
    $ENV{PGDATABASE} = 'postgres';
    psql("drop database if exists $name with (force)");
    psql("create database $name");
    $ENV{PGDATABASE} = $name;
    psql('create extension mo_dashboard');
    psql('set client_min_messages = warning; call mo.create_dashboard()');
    return;
}

sub modash {
    keep_load(@_) if $ENV{MO_KEEP_LOADS};
    return run_program("$project/build/modash", @_);
}

# For load_server.t: the files of prescribing that a test loads, each with its --part and --month, into the folder that MO_KEEP_LOADS names.
sub keep_load {
    my ($command, $source, @rest) = @_;
    return if "$command $source" ne 'load prescribing' || grep { /^--(map|dry-run)$/ } @rest;
    my %option = map { my $i = $_; map { $rest[$i] eq "--$_" ? ($_ => $rest[$i + 1]) : () } qw(part month) } 0 .. $#rest;
    for my $file (grep { -f && !m{^/proc/} } @rest) {
        my $number = () = glob "$ENV{MO_KEEP_LOADS}/*.options";
        my $to = sprintf '%s/%04d', $ENV{MO_KEEP_LOADS}, $number;
        mkdir $to;
        link $file, "$to/" . ($file =~ s{.*/}{}r) or system('cp', $file, $to) == 0 or die "cannot keep $file: $!";
        open my $out, '>', "$to.options" or die "cannot write $to.options: $!";
        print {$out} join("\t", $option{part} // '', $option{month} // ''), "\n";
    }
    return;
}

# modash in the background: a handle for finish_modash, which gives what modash() gives.
sub start_modash {
    my (@arguments) = @_;
    my $name = '.background' . rand;
    my $pid = fork // die "cannot fork: $!";
    if (!$pid) {
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', scratch("$name.out") or die;
        open STDERR, '>', scratch("$name.err") or die;
        exec "$project/build/modash", @arguments or die;
    }
    return {pid => $pid, out => scratch("$name.out"), err => scratch("$name.err")};
}

sub finish_modash {
    my ($handle) = @_;
    waitpid $handle->{pid}, 0;
    return ($? & 127 ? 128 + ($? & 127) : $? >> 8, slurp($handle->{out}), slurp($handle->{err}));
}

sub epd_header {
    return 'YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,PRACTICE_NAME,PRACTICE_CODE,'
        . 'ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,BNF_CHEMICAL_SUBSTANCE,CHEMICAL_SUBSTANCE_BNF_DESCR,BNF_CODE,'
        . 'BNF_DESCRIPTION,BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,TOTAL_QUANTITY,ADQUSAGE,NIC,ACTUAL_COST,UNIDENTIFIED' . "\n";
}

# One row without its line end; every value has a default.
sub epd_row {
    my (%v) = (month => '202401', practice => 'A81001', practice_name => 'THE SURGERY', bnf => '0212000B0AAABAB', name => 'Atorvastatin 20mg tablets',
        quantity => '28', items => '2', total => '56.0', adq => '56.0', nic => '1.87', cost => '1.75321', unidentified => 'N', @_);
    return "$v{month},REGION,Y60,ICB,QHL,PCO,15E00,$v{practice_name},$v{practice},A1,A2,A3,A4,B1 1AA,0212000B0,Atorvastatin calcium,$v{bnf},$v{name},"
        . "02: Cardiovascular System,$v{quantity},$v{items},$v{total},$v{adq},$v{nic},$v{cost},$v{unidentified}";
}

sub epd_snomed_header {
    return 'YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,PRACTICE_NAME,PRACTICE_CODE,'
        . 'ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,BNF_CHEMICAL_SUBSTANCE_CODE,BNF_CHEMICAL_SUBSTANCE_NAME,BNF_PRESENTATION_CODE,'
        . 'BNF_PRESENTATION_NAME,BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,TOTAL_QUANTITY,ADQ_USAGE,NIC,ACTUAL_COST,UNIDENTIFIED,SNOMED_CODE' . "\n";
}

sub epd_snomed_row {
    my (%v) = (snomed => '320029006', @_);
    return epd_row(%v) . ",$v{snomed}";
}

# Everything a load could have changed, in one line: what "the previous state untouched" is checked against.
sub state_of {
    return psql(q{select concat_ws(' ',
        (select count(*) || ':' || coalesce(sum(hashtextextended(p::text, 0)), 0) from mo_data.prescribing p),
        (select count(*) || ':' || coalesce(sum(hashtextextended(l::text, 0)), 0) from mo_data.list_size l),
        (select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) from mo_data.list_size_total t),
        (select count(*) || ':' || coalesce(sum(hashtextextended(o::text, 0)), 0) from mo_data.organisation o),
        (select count(*) || ':' || coalesce(sum(hashtextextended(p::text, 0)), 0) from mo_data.organisation_parent p),
        (select count(*) || ':' || coalesce(sum(hashtextextended(h::text, 0)), 0) from mo_data.bank_holiday h),
        (select count(*) || ':' || coalesce(sum(hashtextextended(n::text, 0)), 0) from mo_data.bnf_presentation n),
        (select count(*) from mo_data.load_batch b where b.state = 'loaded'))});
}

1;
