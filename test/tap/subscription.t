#!/usr/bin/env perl
# Subscribers are told once the refresh has committed: a notification without figures, and an outbox from which several mailers at once take
# every message exactly once; a message whose mailer died is handed out again.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_subscription');
psql(q{insert into mo_data.organisation (org_code, org_type, name, prescribing_setting) values ('QAA', 'icb', 'An ICB', null), ('00A', 'sub_icb', 'Its sub-ICB', null),
    ('U00001', 'pcn', 'North PCN', null), ('A00001', 'practice', 'One', 4);
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('00A', 'icb', 'QAA'), ('U00001', 'sub_icb', '00A'), ('A00001', 'pcn', 'U00001');
update mo_data.kpi set is_active = kpi_id = 'reconciliation_7_days';
call mo_data.refresh();
select mo_data.subscribe('nurse@example.nhs.uk', 'U00001', 'notify');
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on, on_medicines) select i, i, 'A00001', '2025-01-02', '2025-01-03', true from generate_series(1, 43) i;
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) values ('discharge', 'f', repeat('0', 64), 1, 'f', 'loaded', '{2025-01-01}')});
my $told = psql('listen mo_dashboard; call mo_data.refresh(); select 1');
open my $listener, '-|', q{psql -X -q -At -c 'listen mo_dashboard' -c 'set client_min_messages = warning' -c "call mo_data.refresh('2025-01-01', '2025-01-01')" -c 'select 1' 2>&1};
my $again = join '', <$listener>;
close $listener;
my @payload = map { m{with payload "(\{.*\})"} ? $1 : () } split /\n/, $told;
is(scalar @payload, 2, 'two notifications: of the refresh, and of the subscription') or diag $told;
my ($mine) = grep { /"subscription"/ } @payload;
like($mine, qr/"kpis": \["reconciliation_7_days"\]/, 'it names the KPI');
like($mine, qr/"organisation": "U00001"/, 'and the organisation');
unlike($mine, qr/43|100|nurse/, 'but no figure and no address: any login may listen');
ok(length $mine < 8000, 'and it is short');
unlike($again, qr/"subscription"/, 'nothing changed: no notification');

# Several mailers, 300 messages, some of them claimed in a transaction that stays open for a while.
psql(q{insert into mo_data.outbox (subscriber, subject, body, run_id) select 's' || i, 'x', 'y', (select max(run_id) from mo_data.refresh_run) from generate_series(1, 300) i});
my @mailers;
for my $mailer (1 .. 4) {
    open my $pipe, '-|', qq{for i in \$(seq 1 40); do psql -X -q -At -c "begin" -c "select outbox_id from mo_data.outbox_claim(3)" -c "select pg_sleep(0.002)" -c "commit"; done}
        or die "no mailer: $!";
    push @mailers, $pipe;
}
my %claimed;
for my $pipe (@mailers) { while (my $line = <$pipe>) { $claimed{$1}++ if $line =~ /^(\d+)$/ } close $pipe }
is(scalar keys %claimed, 300, 'four mailers at once: every message is handed out');
is((grep { $_ > 1 } values %claimed), 0, 'and none twice');
is(psql('select count(*) from mo_data.outbox where attempts <> 1'), 0, 'each was tried once');
psql('select mo_data.outbox_sent(outbox_id) from mo_data.outbox where outbox_id % 2 = 0');
is(psql(q{select count(*) from mo_data.outbox_claim(1000)}), 0, 'what was taken is not handed out again at once');
psql(q{update mo_data.outbox set claimed_at = claimed_at - interval '16 minutes'});
is(psql(q{select count(*) filter (where outbox_id % 2 = 0) || ' ' || count(*) from mo_data.outbox_claim(1000)}), '0 150', 'after a quarter of an hour only what was not sent is');
# A mailer that dies before it commits has taken nothing.
psql(q{update mo_data.outbox set claimed_at = null where sent_at is null});
psql(q{begin; select outbox_id from mo_data.outbox_claim(1000); rollback});
is(psql(q{select count(*) from mo_data.outbox_claim(1000)}), 150, 'a claim rolled back leaves the messages to others');
done_testing();
