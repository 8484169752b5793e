# One DuckDB database held by a node process (duckdb.mjs). Same calls as MoBench::Postgres. Installed from npm into build/bench.
package MoBench::DuckDB;
use strict;
use warnings;
use IPC::Open2 qw(open2);
use JSON::PP ();

# The reason why DuckDB cannot be used, or an empty string. Installs the package the first time.
sub missing {
    my ($folder) = @_;
    return 'switched off by --no-duckdb' if $ENV{BENCH_NO_DUCKDB};
    for my $program (qw(node npm)) {
        return "$program is not installed" if system("command -v $program >/dev/null 2>&1") != 0;
    }
    return '' if -d "$folder/node_modules/\@duckdb/node-api";
    print STDERR "installing \@duckdb/node-api from npm into $folder\n";
    my $install = "npm install --prefix '$folder' --no-save --no-package-lock --no-audit --no-fund --loglevel=error";
    system("$install \@duckdb/node-api >'$folder/npm.log' 2>&1") == 0
        or return "npm could not install \@duckdb/node-api (see $folder/npm.log)";
    return '';
}

sub new {
    my ($class, %option) = @_;
    my $self = bless {%option}, $class;
    $self->connect;
    return $self;
}

sub connect {
    my ($self) = @_;
    $self->{pid} = open2($self->{out}, $self->{in}, 'node', $self->{script}, $self->{folder}, $self->{file}, $self->{threads});
    $self->{in}->autoflush(1);
}

sub call {
    my ($self, %request) = @_;
    local $SIG{PIPE} = 'IGNORE';
    print { $self->{in} } JSON::PP::encode_json(\%request), "\n";
    my $out = $self->{out};
    my $line = <$out>;
    die "the node process of DuckDB ended\n" unless defined $line;
    my $reply = JSON::PP::decode_json($line);
    die "DuckDB: $reply->{error}\n" if $reply->{error};
    return $reply;
}

sub run {
    my ($self, $text) = @_;
    return map { join '|', map { $_ // '' } @$_ } @{ $self->call(sql => $text)->{rows} };
}

sub time_query {
    my ($self, $query, %option) = @_;
    $self->run('drop table if exists answer');
    $self->run($option{before}) if $option{before};
    my $seconds = $self->call(sql => "create temporary table answer as $query")->{seconds};
    $self->run($option{after}) if $option{after};
    return $seconds;
}

sub save_answer { my ($self, $file) = @_; $self->run("copy answer to '$file' (format csv, header)") }

sub load_table {
    my ($self, $table, $columns, $file) = @_;
    my ($schema) = $table =~ /^(\w+)\./;
    $self->run("create schema if not exists $schema");
    $self->run("create or replace table $table ($columns)");
    $self->run("copy $table from '$file' (format csv, header)");
}

sub has { 1 }

sub disconnect {
    my ($self) = @_;
    return unless $self->{pid};
    close $self->{in};
    waitpid $self->{pid}, 0;
    close $self->{out};
    $self->{pid} = undef;
}

sub DESTROY { local ($?, $@); $_[0]->disconnect }

1;
