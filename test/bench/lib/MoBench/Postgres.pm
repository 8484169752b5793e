# One psql session: runs SQL, times a query inside the server, writes answers to files. No driver needed, only psql.
package MoBench::Postgres;
use strict;
use warnings;
use IPC::Open2 qw(open2);

sub new {
    my ($class, %option) = @_;
    return bless {database => $option{database}}, $class;
}

sub connect {
    my ($self) = @_;
    my $command = 'exec psql -X -q -A -t -v ON_ERROR_STOP=1 -v VERBOSITY=terse -d "$0" 2>&1';
    $self->{pid} = open2($self->{out}, $self->{in}, 'sh', '-c', $command, $self->{database});
    $self->{in}->autoflush(1);
    $self->run('set client_min_messages = warning; set timezone = \'Europe/London\'; set datestyle = iso; set extra_float_digits = 1');
}

# Sends text to psql and gives the lines it printed. Dies with the server's message; the next call has a new session.
sub run {
    my ($self, $text) = @_;
    my $mark = '__end_of_answer__';
    local $SIG{PIPE} = 'IGNORE';
    $self->connect unless $self->{pid};
    print { $self->{in} } "$text\n;\n\\echo $mark\n";
    my @lines;
    my $out = $self->{out};
    while (defined(my $line = <$out>)) {
        chomp $line;
        return @lines if $line eq $mark;
        push @lines, $line;
    }
    $self->disconnect;
    die join("\n", @lines, '') || "psql ended without a message\n";
}

# Seconds that a query takes, its result stored as the temporary table "answer": both clocks are the server's.
sub time_query {
    my ($self, $query, %option) = @_;
    $self->run('drop table if exists pg_temp.answer');
    $self->run($option{before}) if $option{before};
    my @seconds = $self->run("select clock_timestamp() as began \\gset\n"
            . "create temporary table answer as $query\n;\n"
            . "select extract(epoch from clock_timestamp() - :'began'::timestamptz)");
    $self->run($option{after}) if $option{after};
    return $seconds[-1];
}

# Seconds that statements take which leave no result, for areas that measure commands.
sub time_statements {
    my ($self, $statements) = @_;
    my @seconds = $self->run("select clock_timestamp() as began \\gset\n$statements\n;\n"
            . "select extract(epoch from clock_timestamp() - :'began'::timestamptz)");
    return $seconds[-1];
}

sub save_answer {
    my ($self, $file) = @_;
    $self->run("\\copy pg_temp.answer to '$file' with (format csv, header)");
}

sub save_table {
    my ($self, $table, $file) = @_;
    $self->run("\\copy (select * from $table) to '$file' with (format csv, header)");
}

# True when every object named is there: functions and aggregates as name(argument types), relations as schema.name.
sub has {
    my ($self, @names) = @_;
    for my $name (@names) {
        my $kind = $name =~ /\(/ ? 'to_regprocedure' : 'to_regclass';
        my ($missing) = eval { $self->run("select $kind('$name') is null") };    # an unknown argument type is an error
        die $@ if $@ && $@ !~ /does not exist/;
        return 0 if !defined $missing || $missing eq 't';
    }
    return 1;
}

sub disconnect {
    my ($self) = @_;
    return unless $self->{pid};
    close $self->{in};
    close $self->{out};
    waitpid $self->{pid}, 0;
    $self->{pid} = undef;
}

sub DESTROY { local ($?, $@); $_[0]->disconnect }

1;
