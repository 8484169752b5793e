#!/usr/bin/env perl
# Editions of reference files that come late, again or in parts: what is known of a later day stays, what only they know is taken, and the record says so.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_load_editions');
sub practice { my %v = (code => 'A81001', setting => 4, status => 'A', sub => '00A', join => '20200401', left => '', close => '', @_);
    return "$v{code},SURGERY $v{code},Y60,QAA,,,,,,AB1 2CD,19740401,$v{close},$v{status},,$v{sub},$v{join},$v{left},,,,,,,,,$v{setting},\n" }
sub member { my ($practice, $pcn, $from, $to) = @_; return "$practice,SURGERY $practice,00A,NHS X ICB - 00A,$pcn,PCN $pcn,00A,NHS X ICB - 00A,$from," . ($to // '') . ",Y\n" }
sub pcn { my ($pcn, $open, $close) = @_; return "$pcn,PCN $pcn,00A,NHS X ICB - 00A,$open,$close,,,,,,AB1 2CD\n" }
my $n = 0;
sub load { my ($source, $text, @options) = @_; my ($code, $out, $err) = modash('load', $source, @options, file_with($n++ . ($text =~ /^\{/ ? '.json' : '.csv'), $text)); return $code }
sub parents { my ($org, $type) = @_; return psql("select string_agg(parent_code || ' ' || valid_from || ' to ' || coalesce(valid_to::text, ''), ', ' order by valid_from) from mo_data.organisation_parent where org_code = '$org' and parent_type = '$type'") }
sub states { my ($source) = @_; return psql("select string_agg(state, ' ' order by batch_id) from mo_data.load_batch where source = '$source'") }

# organisations
load('organisations', practice(setting => '', status => 'C', close => '20231231') . practice(code => 'A81002'), '--as-at', '2024-03-01');
load('organisations', practice() . practice(code => 'A81003'), '--as-at', '2024-01-01');
is(psql("select string_agg(org_code || ' ' || ods_status || ' ' || coalesce(open_to::text, 'open'), ', ' order by org_code) from mo_data.organisation where org_type = 'practice'"),
    'A81001 C 2024-01-01, A81002 A open, A81003 A open', 'an older file opens no practice again that is known without a prescribing setting');
is(states('organisations'), 'loaded loaded', '... and supersedes no later edition');
load('organisations', practice(code => 'B81001', sub => '01B'), '--as-at', '2024-01-01', '--part', 'B');
load('organisations', practice(code => 'B81001', sub => '02C', join => '20240201'), '--as-at', '2024-02-01', '--part', 'B');
is(parents('B81001', 'sub_icb'), '01B 2020-04-01 to 2024-02-01, 02C 2024-02-01 to ', 'a part is not older than a later day of another part');
load('organisations', practice(code => 'C81001', left => '20221231'), '--as-at', '2024-04-01');
load('organisations', practice(code => 'C81001', sub => '01B', join => '20240101'), '--as-at', '2024-05-01');
load('organisations', practice(code => 'C81001', left => '20221231'), '--as-at', '2024-06-01');
is(parents('C81001', 'sub_icb'), '00A 2020-04-01 to 2023-01-01', 'the newest file says who commissions, also where that was known already');

# PCNs
load('pcn_members', member('A81001', 'U10001', '20190701'), '--as-at', '2024-01-01');
load('pcn_members', pcn('U10001', '20190701', ''), '--as-at', '2024-03-01');
load('pcn_members', member('A81001', 'U10001', '20190701', '20240131') . member('A81001', 'U10002', '20240201'), '--as-at', '2024-02-01');
is(parents('A81001', 'pcn'), 'U10001 2019-07-01 to 2024-02-01, U10002 2024-02-01 to ', 'members of PCNs are not older than the other sheet');
load('pcn_members', pcn('U10009', '20190701', '20220331') . pcn('U10001', '20150101', ''), '--as-at', '2023-01-01');
is(psql("select string_agg(org_code || ' ' || open_from || ' ' || coalesce(open_to::text, 'open'), ', ' order by org_code) from mo_data.organisation where org_code in ('U10001', 'U10009')"),
    'U10001 2019-07-01 open, U10009 2019-07-01 2022-04-01', 'a PCN that only an older file has closes when that says');
is(load('pcn_members', pcn('U10003', '20190701', '') . pcn('U10003', '20200101', ''), '--as-at', '2024-06-01'), 3, 'a PCN that is in the file twice');
is(psql("select line_no || ' ' || reason from mo_data.load_reject order by batch_id desc limit 1"), '2 U10003 is already in line 1', '... is rejected the second time');

load('pcn_members', member('A81009', 'U10001', '20190701'), '--as-at', '2024-02-01');
load('pcn_members', member('A81009', 'U10002', '20190701'), '--as-at', '2024-01-01', '--part', 'B');
is(load('pcn_members', member('A81009', 'U10001', '20190701'), '--as-at', '2024-02-01'), 0, 'a file is loaded again where another part has taken what it said');
is(parents('A81009', 'pcn'), 'U10001 2019-07-01 to ', '... and stands again');
is(load('pcn_members', member('A81009', 'U10001', '20190701'), '--as-at', '2024-02-01'), 5, '... so that once more changes nothing');

# bank holidays and measures
sub holidays { return '{"division": "scotland", "events": [' . join(', ', map { "{\"title\": \"x\", \"date\": \"$_\"}" } @_) . ']}' }
load('bank_holidays', holidays('2024-01-02', '2024-12-25', '2025-01-02', '2025-06-10', '2025-12-29'));
load('bank_holidays', holidays('2025-01-01', '2025-12-25'));
is(psql("select string_agg(day::text, ' ' order by day) from mo_data.bank_holiday where division = 'scotland'"), '2024-01-02 2024-12-25 2025-01-01 2025-12-25', 'a holiday withdrawn after the last that is left goes too; other years stay');
is(states('bank_holidays'), 'loaded loaded', '... and with them the load they came from');
sub measure { return "{\"$_[0]\": {\"name\": \"$_[1]\", \"numerator_type\": \"bnf_items\", \"numerator_bnf_codes_filter\": [\"0501\"], \"denominator_type\": \"list_size\", \"is_percentage\": false, \"is_cost_based\": false}}" }
load('measures', measure(@$_)) for ['m_one', 'x'], ['m_two', 'x'], ['m_two', 'y'];
is(states('measures'), 'loaded superseded loaded', 'a file of measures supersedes those that it has');
done_testing();
