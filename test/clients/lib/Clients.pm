# What the tests of real clients share: a copy of the demonstration with a reader of one PCN, what the catalogue promises, and what that
# reader should see of every view.
#
# A client is a small program in its own language. It writes lines of facts (tables, columns, types) on its output and each view that it
# reads into a file VIEW.tsv, in the format of COPY: a header, then rows, doubles with 17 digits, dates as 2026-10-01, \N for null. The
# expectation is the catalogue and psql's COPY as the same login.
package Clients;
use strict;
use warnings;
use DemoDatabase;
use Exporter qw(import);
use File::Path qw(make_path remove_tree);
use MoDash;
use Test::More;

our @EXPORT = qw(client_database contract output_folder facts_of rows_are_right own_organisations missing_program server_folder);

my $reader = 'mo_client_pcn';

# A database mo_clients to read, and the login in PGUSER: the demonstration, a submitted return and an action of the reader's PCN and of another.
sub client_database {
    $ENV{PGUSER} = 'postgres';
    demo_database();
    $ENV{PGDATABASE} = 'postgres';
    my $made_of = sub { psql("select coalesce((select shobj_description(oid, 'pg_database') from pg_database where datname = '$_[0]'), '')") };
    if ($made_of->('mo_clients') ne $made_of->('mo_demo_pages')) {
        psql('drop database if exists mo_clients with (force)');
        psql('create database mo_clients template mo_demo_pages');
        $ENV{PGDATABASE} = 'mo_clients';
        for my $pcn (qw(U99001 U99002)) {
            psql("call mo_data.raise_action('$pcn', E'Ask the practices\\nfor their records', 'A Pharmacist', '2026-12-31', 'smr_completed')");
            psql("call mo_data.submit_return('$pcn', 'Q2 2026/27')");
        }
        psql('comment on database mo_clients is ' . "'" . psql(q{select shobj_description(oid, 'pg_database') from pg_database where datname = 'mo_demo_pages'}) . "'");
    }
    $ENV{PGDATABASE} = 'mo_clients';
    reader($reader, 'U99001');
    return $ENV{PGUSER} = $reader;
}

sub server_folder { return $ENV{PGHOST} }

# Published views, each a list of columns {name, type, length, comment} in their order; and the views' comments.
sub contract {
    local $ENV{PGUSER} = 'postgres';
    my (%columns, %comment);
    for (split /\n/, psql(q{select concat_ws(E'\t', c.relname, a.attname, format_type(a.atttypid, null), coalesce(information_schema._pg_char_max_length(a.atttypid, a.atttypmod), 0),
            translate(coalesce(col_description(c.oid, a.attnum), ''), E'\t\n', '  '))
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.relnamespace = 'mo_dashboard'::regnamespace and c.relkind = 'v' order by c.relname, a.attnum})) {
        my ($view, $name, $type, $length, $comment) = split /\t/;
        push @{$columns{$view}}, {name => $name, type => $type, length => $length, comment => $comment // ''};
    }
    %comment = map { split /\t/, $_, 2 } split /\n/, psql(q{select relname || E'\t' || translate(obj_description(oid, 'pg_class'), E'\t\n', '  ') from pg_class
        where relnamespace = 'mo_dashboard'::regnamespace});
    return (\%columns, \%comment);
}

# Codes of the PCN and of the practices that are its members now: what its reader may see figures of.
sub own_organisations {
    local $ENV{PGUSER} = 'postgres';
    return map { $_ => 1 } split /\n/, psql(q{select org_code from mo_dashboard.dim_organisation where org_code = 'U99001' or current_pcn_code = 'U99001'});
}

sub output_folder {
    my ($client) = @_;
    remove_tree("build/clients/$client");
    make_path("build/clients/$client/rows");
    return "build/clients/$client";
}

# A program that is needed but is not here, if any: the reason to skip.
sub missing_program {
    for my $program (@_) {
        next if grep { -x "$_/$program" } split /:/, $ENV{PATH};
        return "$program is not here (test/deps clients installs it)";
    }
    return;
}

# Runs a client; its lines of facts, split at tabs, by their first word. Dies with what it said when it fails.
sub facts_of {
    my (@command) = @_;
    my ($code, $out, $err) = MoDash::run_program('timeout', '300', @command);
    die "$command[0] ended with $code: $err$out\n" if $code;
    my %facts;
    for (split /\n/, $out) {
        my ($kind, @fields) = split /\t/, $_, -1;
        push @{$facts{$kind}}, \@fields;
    }
    return \%facts;
}

sub canonical {
    my ($line, $columns, $money) = @_;
    my @cells = split /\t/, $line, -1;
    for my $i (0 .. $#{$columns}) {
        next if !defined $cells[$i] || $cells[$i] eq '\\N';
        $cells[$i] = sprintf '%.17g', $cells[$i] if $columns->[$i]{type} eq 'double precision' || $money && $columns->[$i]{type} eq 'numeric';
    }
    return join "\t", @cells;
}

# One test a view: names in order and all rows as psql gives them to the same login, whatever their order. money_is_double: the
# client has no decimal type. first_rows: it read so many, ordered by all columns.
sub rows_are_right {
    my ($client, $folder, $columns, %option) = @_;
    for my $view (sort keys %{$columns}) {
        my ($header, @rows) = split /\n/, slurp("$folder/rows/$view.tsv");
        my $names = join "\t", map { $_->{name} } @{$columns->{$view}};
        my $some = $option{first_rows} ? ' order by ' . join(', ', 1 .. @{$columns->{$view}}) . " limit $option{first_rows}" : '';
        my $copied = psql("copy (select * from mo_dashboard.$view$some) to stdout");
        my @expected = sort map { canonical($_, $columns->{$view}, $option{money_is_double}) } split /\n/, $copied;
        @rows = sort map { canonical($_, $columns->{$view}, $option{money_is_double}) } @rows;
        my ($differs) = grep { ($rows[$_] // '') ne ($expected[$_] // '') } 0 .. ($#rows > $#expected ? $#rows : $#expected);
        ok(($header // '') eq $names && !defined $differs, "$client reads $view: " . @expected . ' rows as they are') or do {
            diag("columns: got $header, expected $names") if ($header // '') ne $names;
            diag('got      ' . ($rows[$differs] // 'no more rows')), diag('expected ' . ($expected[$differs] // 'no more rows')) if defined $differs;
        };
    }
    return;
}

1;
