#!/usr/bin/env perl
# Prescribing over several connections: the same rows and the same rejects as over one, all or nothing, and nothing left behind.
use strict;
use warnings;
use POSIX qw(mkfifo);
use Test::More;
use Time::HiRes qw(sleep);
use MoDash;

fresh_database('mo_load_connections');
my ($code, $out, $err);

# 18,000 rows of 5 MB: three months in turn, so that every connection changes its table often; practices and presentations in an
# order of their own; unidentified prescribers; every 500th row bad, in turn in four ways.
sub row_of {
    my ($i) = @_;
    my %row = (month => sprintf('2023%02d', 1 + $i % 3), practice => sprintf('A%05d', $i % 977), bnf => sprintf('0212000B0AA%04d', $i % 1009),
        items => 1 + $i % 50, quantity => $i % 90 + 0.5, total => $i * 1.25, cost => sprintf('%d.%05d', $i % 400, $i), nic => $i % 7 ? '1.87' : '',
        practice_name => 'THE SURGERY ' x 6, name => 'Presentation "' . ($i % 1009) . '"');
    $row{name} =~ s/"/""/g;
    $row{name} = qq{"$row{name}"};
    @row{qw(practice unidentified)} = ('-', 'Y') if $i % 100 == 7;
    if ($i % 500 == 250) { @row{ (qw(cost practice bnf items))[$i / 500 % 4] } = ('x,y') }
    return epd_row(%row) . "\n";
}
my @rows = map { row_of($_) } 1 .. 18_000;
my $file = file_with('months.csv', epd_header(), @rows);
ok(-s $file > 4 * 1024 * 1024, 'the file is large enough for several connections');

# What the last load brought, in one line; the batch's number left out.
sub digest {
    return psql(q{with batch as (select max(batch_id) as batch_id from mo_data.load_batch where state = 'loaded')
        select concat_ws(' ',
            (select count(*) || ':' || sum(hashtextextended((to_jsonb(p) - 'batch_id')::text, 0)) from mo_data.prescribing p join batch using (batch_id)),
            (select count(*) || ':' || sum(hashtextextended((to_jsonb(r) - 'batch_id')::text, 0)) from mo_data.load_reject r join batch using (batch_id)),
            (select concat_ws(' ', rows_read, rows_kept, rows_rejected, array_to_string(months, ','), message) from mo_data.load_batch join batch using (batch_id)))});
}

sub staged { return psql(q{select count(*) from pg_class where relname like 'prescribing\_stage\_%'}) }

sub clear {
    psql("do \$\$ declare t regclass; begin
        for t in select inhrelid from pg_inherits where inhparent = 'mo_data.prescribing'::regclass loop execute format('drop table %s', t); end loop;
        delete from mo_data.load_reject; delete from mo_data.bnf_presentation; delete from mo_data.load_batch; end \$\$");
}

my %digest;
for my $connections (1, 2, 4) {
    clear();
    ($code, $out, $err) = modash('load', 'prescribing', '--connections', $connections, $file);
    is($code, 3, "$connections connections: loaded, with rejects") or diag $err;
    like($out, qr/18,000 rows read, 17,964 kept, 36 rejected, 0 replaced/, '... every row is accounted for');
    $digest{$connections} = digest();
    is(staged(), 0, '... no staging table is left');
    is(psql(q{select count(*) || ' ' || count(*) filter (where unidentified) from mo_data.prescribing}), '17964 180', '... rows are there');
}
is($digest{2}, $digest{1}, 'two connections: rows, rejects and counts as with one');
is($digest{4}, $digest{1}, 'four connections: the same');
is(psql(q{select string_agg(pg_get_expr(c.relpartbound, c.oid) || ' ' || (select count(*) from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n')
        || ' ' || (select count(*) from pg_attrdef d where d.adrelid = c.oid), ', ' order by c.relname)
    from pg_class c join pg_inherits on inhrelid = c.oid where inhparent = 'mo_data.prescribing'::regclass}),
    join(', ', map { "FOR VALUES IN ('2023-0$_-01') 0 1" } 1 .. 3), 'the months are partitions, without what staging needed');

($code, $out, $err) = modash('load', 'prescribing', '--connections', 2, $file);
is($code, 5, 'the same file again: nothing to do') or diag $err;
is(staged(), 0, '... no staging table is left');
my $half = file_with('half.csv', epd_header(), @rows[0 .. 17_000]);
($code, $out, $err) = modash('load', 'prescribing', '--connections', 2, $half);
like($out, qr/17,967 replaced|17,964 replaced/, 'a corrected file replaces the months, which are partitions already');
is(psql('select count(*) from mo_data.prescribing'), psql(q{select rows_kept from mo_data.load_batch where state = 'loaded'}), '... by its rows');
is(staged(), 0, '... no staging table is left');
($code, $out, $err) = modash('load', 'prescribing', '--connections', 2, $file);
is(digest() =~ s/; replaces \d+ rows of earlier loads//r, $digest{1}, 'and back again: the same rows');

# --- failures
my $before = state_of();
($code, $out, $err) = modash('load', 'prescribing', '--connections', 2,
    file_with('cut.csv', epd_header(), @rows, substr($rows[0], 0, 60)));
is($code, 2, 'a truncated file over two connections: exit 2');
is(state_of(), $before, '... nothing changed');
is(staged(), 0, '... nothing is left');
for my $wrong (0, 17, 'two', '') {
    ($code, $out, $err) = modash('load', 'prescribing', '--connections', $wrong, $file);
    is($code, 1, "--connections '$wrong' is refused");
}

# A load of a pipe that has been given half of its rows.
sub half_load {
    my ($name, @options) = @_;
    mkfifo(scratch($name), 0600) or die "no fifo: $!";
    my $handle = start_modash('load', 'prescribing', '--connections', 2, @options, scratch($name));
    open my $pipe, '>:raw', scratch($name) or die;
    $pipe->autoflush(1);
    print {$pipe} epd_header(), map { s/^2023/2022/r } @rows[0 .. 9_000];
    for (1 .. 100) {
        last if psql("select count(*) from pg_stat_activity where query like 'copy mo_data.prescribing%' and state = 'active' and datname = current_database()") >= 2;
        sleep 0.1;
    }
    return ($handle, $pipe);
}

{
    local $ENV{PGAPPNAME};
    delete $ENV{PGAPPNAME};
    my ($handle, $pipe) = half_load('killed.csv');
    is(psql("select count(*) from pg_stat_activity where query like 'copy mo_data.prescribing%' and state = 'active' and datname = current_database()"), 2,
        'a load copies over two connections');
    ok(staged() > 0, '... into staging tables');
    my $other = file_with('other.csv', epd_header(), epd_row(month => '202112'), "\n");
    ($code, $out, $err) = modash('load', 'prescribing', '--part', 'other', $other);
    is($code, 0, '... and the load of another part, meanwhile,') or diag $err;
    ok(staged() > 0, '... leaves these alone');
    $before = state_of();
    kill 'KILL', $handle->{pid};
    finish_modash($handle);
    close $pipe;
    for (1 .. 100) {
        last if psql("select count(*) from pg_stat_activity where application_name = 'modash' and datname = current_database()") == 0;
        sleep 0.1;
    }
    is(state_of(), $before, 'modash killed half-way: nothing of the file is kept');
    is(psql("select count(*) from pg_class where relname like 'prescribing\\_2022%'"), 0, '... no month has appeared');
    my $left = staged();
    ok($left > 0, "... $left staging tables are left");
    ($code, $out, $err) = modash('load', 'prescribing', '--connections', 2, file_with('again.csv', epd_header(), map { s/^2023/2022/r } @rows));
    is($code, 3, '... the next load') or diag $err;
    is(staged(), 0, '... removes them');
    is(psql("select count(*) from mo_data.prescribing where month < '2023-01-01' and month >= '2022-01-01'"), 17_964, '... and is whole');

    $before = state_of();
    ($handle, $pipe) = half_load('side.csv', '--part', 'side');
    psql("select pg_terminate_backend(max(pid)) from pg_stat_activity where query like 'copy mo_data.prescribing%' and datname = current_database()");
    sleep 0.3;
    { local $SIG{PIPE} = 'IGNORE'; print {$pipe} map { s/^2023/2022/r } @rows[9_001 .. 17_999]; close $pipe; }
    ($code, $out, $err) = finish_modash($handle);
    is($code, 4, 'one of two connections lost: exit 4') or diag $out;
    is(state_of(), $before, '... nothing changed');
    is(staged(), 0, '... and nothing is left');
}

# --- two parts that share their middle months, at once: neither gets in the other's way
for my $try (1 .. 5) {
    my @months = map { my $m = $_; sprintf '2021%02d', $m } 1 .. 3;
    clear();
    my @handles = map {
        my ($part, @of) = @$_;
        start_modash('load', 'prescribing', '--part', $part, file_with("$part.csv", epd_header(), map { epd_row(month => $_) . "\n" } @of));
    } ['a', @months[0, 1]], ['b', @months[1, 2]], ['c', @months[2, 0]];
    my @codes = map { (finish_modash($_))[0] } @handles;
    is("@codes", '0 0 0', "three parts with months in common, loaded at once ($try)");
    is(psql('select count(*) from mo_data.prescribing'), 6, '... all rows are there');
}
done_testing();
