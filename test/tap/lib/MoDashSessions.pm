# Sessions beside the one that tests: psql in the background, waiting until it waits, and a lock that keeps it there.
package MoDashSessions;
use strict;
use warnings;
use Exporter qw(import);
use Test::More;
use Time::HiRes qw(sleep time);
use MoDash;

our @EXPORT = qw(started background finished wait_until waits hold end_backend release);

my $n = 0;

# A command beside the test, its sessions found in pg_stat_activity by the name; what it says is in scratch("$name.out"). Returns its process.
sub started {
    my ($name, @command) = @_;
    my $pid = fork // die "cannot fork: $!";
    if (!$pid) {
        $ENV{PGAPPNAME} = $name;
        open STDIN, '<', '/dev/null';
        open STDOUT, '>', scratch("$name.out") or die;
        open STDERR, '>&', \*STDOUT or die;
        exec @command or die;
    }
    return $pid;
}

# A script that runs in a session of its own.
sub background {
    my ($sql) = @_;
    my $name = 'background' . ++$n;
    my $pid = started($name, 'psql', '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-f', file_with("$name.sql", $sql));
    return {pid => $pid, name => $name, out => scratch("$name.out")};
}

sub finished { my ($b) = @_; waitpid $b->{pid}, 0; return ($? >> 8, slurp($b->{out})) }

sub wait_until {
    my ($sql, $what) = @_;
    my $give_up = time + 30;
    while (time < $give_up) { return 1 if psql($sql) eq 't'; sleep 0.05 }
    fail("waited in vain: $what");
    return 0;
}

sub waits { my ($b) = @_; return wait_until("select exists (select from pg_stat_activity where application_name = '$b->{name}' and wait_event_type = 'Lock')", "$b->{name} waits") }

# A session that holds an advisory lock until it is released: who asks for it stays in its transaction.
sub hold {
    my ($lock) = @_;
    my $b = background("select pg_advisory_lock($lock); select pg_sleep(120);");
    wait_until("select exists (select from pg_locks where locktype = 'advisory' and objid = $lock and granted and mode = 'ExclusiveLock')", "lock $lock");
    return $b;
}

sub end_backend { my ($b, $how) = @_; psql("select $how(pid) from pg_stat_activity where application_name = '$b->{name}'"); return }
sub release { my ($b) = @_; end_backend($b, 'pg_terminate_backend'); finished($b); return }

1;
