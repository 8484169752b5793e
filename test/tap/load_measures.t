#!/usr/bin/env perl
# Definitions and published values of measures by modash: an object of measures, one measure in a file of its name, damaged documents, --all.
use strict;
use warnings;
use Test::More;
use MoDash;

fresh_database('mo_load_measures');
my $one = '{"name": "One", "numerator_type": "bnf_items", "numerator_short": "Items", "numerator_bnf_codes_filter": ["0501 # all", "~050109"],
  "denominator_type": "list_size", "is_percentage": false, "is_cost_based": false, "low_is_good": true, "tags": []}';
my $custom = '{"name": "Two", "numerator_type": "custom", "denominator_type": "list_size"}';

my ($code, $out, $err) = modash('load', 'measures', file_with('t_first.json', $one));
is($code, 0, 'one measure in a file') or diag $out . $err;
is(psql("select title || ' ' || array_to_string(numerator_include, ' ') || ' -' || array_to_string(numerator_exclude, ' ') from mo_data.prescribing_measure where measure_id = 't_first'"),
    'One 0501 -050109', 'is named as its file');
($code, $out, $err) = modash('load', 'measures', file_with('several.json', "\xEF\xBB\xBF{\n\"t_second\": $one,\n\"t_third\": $custom\n}\n"));
is($code, 3, 'an object of measures: what cannot be a row is refused');
like($out, qr/2 rows read, 1 kept, 1 rejected/, 'counted');
like($err, qr/several\.json:4: t_third: its numerator is a query/, 'with its line, name and reason');
is(psql("select line_no || ' ' || column_name || ' ' || (line ~ 'custom') from mo_data.load_reject"), '4 t_third true', 'and in load_reject');
($code) = modash('load', '--dry-run', 'measures', file_with('dry.json', $one));
is($code . psql("select count(*) from mo_data.prescribing_measure where measure_id = 'dry'"), '00', 'a dry run leaves nothing');

my $before = psql('select count(*) from mo_data.prescribing_measure');
for (['truncated', substr($one, 0, 200), qr/truncated|valid JSON/], ['not JSON', 'measure,title', qr/not valid JSON/], ['empty', '', qr/is empty/], ['an array', '[1]', qr/not valid JSON/],
    ['no measures', '{}', qr/has no rows/], ['something after it', "$one x", qr/follows the end/], ['not UTF-8', "{\"t_x\": {\"name\": \"\xFF\"}}", qr/not UTF-8/],
    ['only a refused one', "{\"t_x\": $custom}", qr/cannot be used/]) {
    my ($what, $text, $message) = @$_;
    ($code, $out, $err) = modash('load', 'measures', file_with('bad.json', $text));
    is($code, 2, "$what: the file is refused") or diag $out . $err;
    like($err, $message, "$what: and says why");
}
is(psql('select count(*) from mo_data.prescribing_measure'), $before, 'nothing of them was kept');

# published values: the measure is the file's name, or a column
($code, $out, $err) = modash('load', 'published_measure_value', file_with('t_first.csv', "month,code,numerator,denominator\n2024-01-01,00L,5.5,10\n2024-02-01,00L,x,10\n"));
is($code, 3, 'published values, the measure in the name') or diag $out . $err;
is(psql("select measure_id || ' ' || month || ' ' || org_code || ' ' || numerator || ' ' || denominator from mo_data.published_measure_value"), 't_first 2024-01-01 00L 5.5 10', 'kept');
is(psql("select reason from mo_data.load_reject where column_name = 'numerator'"), '"x" is not a number', 'a bad value is refused with its reason');
($code, $out, $err) = modash('load', 'published_measure_value', file_with('v.csv', "measure_id,month,org_code,numerator,denominator,published_on\nt_first,2024-01-01,00L,6,10,2024-04-01\nt_second,2024-01-01,00L,1,2,\n"));
is($code, 0, 'published values, the measure in a column') or diag $out . $err;
is(psql("select string_agg(measure_id || ' ' || numerator, ', ' order by measure_id) from mo_data.published_measure_value"), 't_first 6, t_second 1', 'a new file of a measure replaces its values');

# a directory: definitions are known by their name among the JSON files
mkdir scratch('all');
file_with('all/measures_2026.json', "{\"t_all\": $one}");
file_with('all/innovation_medicine.csv', "medicine_code,title,nice_reference,bnf_prefixes\nx,X,TA1,0501\n");
($code, $out, $err) = modash('load', '--all', scratch('all'));
is($code, 0, '--all') or diag $out . $err;
is(psql("select (select count(*) from mo_data.prescribing_measure where measure_id = 't_all') || ' ' || (select count(*) from mo_data.innovation_medicine)"), '1 1', '--all finds definitions and medicines');
done_testing();
