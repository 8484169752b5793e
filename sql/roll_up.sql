-- Figures of a measure at every level: worked by hand for three practices of two PCNs and an ICB, and one of another ICB.
\pset null -
set datestyle = iso;
create temp table place (month date, code text, type text, setting smallint, pcn text, sub_icb text, icb text, region text, nation text);
insert into place
select m.month, p.* from (values (date '2026-01-31'), ('2026-02-28')) m (month), (values
    ('A1', 'practice', 4, 'U1', 'S1', 'Q1', 'Y1', 'ENG'), ('A2', 'practice', 4, 'U1', 'S1', 'Q1', 'Y1', 'ENG'), ('A3', 'practice', 4, 'U2', 'S1', 'Q1', 'Y1', 'ENG'),
    ('B1', 'practice', 4, null, null, 'Q2', 'Y1', 'ENG'), ('H1', 'practice', 8, null, 'S1', 'Q1', 'Y1', 'ENG'), ('D998', 'practice', 4, null, 'S1', 'Q1', 'Y1', 'ENG'),
    ('U1', 'pcn', null, 'U1', 'S1', 'Q1', 'Y1', 'ENG'), ('U2', 'pcn', null, 'U2', 'S1', 'Q1', 'Y1', 'ENG'), ('S1', 'sub_icb', null, null, 'S1', 'Q1', 'Y1', 'ENG'),
    ('Q1', 'icb', null, null, null, 'Q1', 'Y1', 'ENG'), ('Q2', 'icb', null, null, null, 'Q2', 'Y1', 'ENG'),
    ('Y1', 'region', null, null, null, null, 'Y1', 'ENG'), ('ENG', 'nation', null, null, null, null, null, 'ENG')) p;
create temp table figure (month date, code text, part text, numerator float8, denominator float8);
insert into figure values
    ('2026-01-01', 'A1', '', 2, 10), ('2026-01-01', 'A2', '', 8, 10), ('2026-01-01', 'A3', '', 5, 20), ('2026-01-01', 'H1', '', 1, 4), ('2026-01-01', 'B1', '', 3, 10),
    ('2026-01-01', 'U2', '', 1, 1), ('2026-01-01', 'A1', 'women', 1, 4), ('2026-01-01', 'gone', '', 1000, 1000),
    ('2026-02-01', 'A1', '', 3, 10), ('2026-02-01', 'A3', '', 0, 0);
create function pg_temp.rolled(
    unit text default 'percent', method text default 'wilson', round_to int default 1, hidden_codes text[] default '{}', covered text[] default '{}',
    covered_from date default null, begins boolean default false, earlier boolean default false, targets float8[] default '{}')
    returns table (month date, org_type text, org_code text, breakdown text, numerator float8, denominator float8, value float8, value_lower float8, value_upper float8,
    pcn_code text, sub_icb_code text, icb_code text, region_code text, nation_code text, peer_group text, peer_n int, peer_median float8, peer_median_without_self float8,
    peer_rank int, peer_decile int, peer_percentile float8, previous_month_value float8, previous_month_numerator float8, previous_month_hidden int2,
    previous_year_value float8, previous_year_numerator float8, previous_year_hidden int2, hidden int2, target float8) language sql as $$
    select r.*
    from (select array_agg(f.month) as months, array_agg(f.code) as codes, array_agg(part) as parts, array_agg(f.numerator) as numerators, array_agg(f.denominator) as denominators from figure f) f,
        (select array_agg(p.month) as months, array_agg(p.code) as codes, array_agg(type) as types, array_agg(setting) as settings, array_agg(pcn) as pcns,
            array_agg(sub_icb) as sub_icbs, array_agg(icb) as icbs, array_agg(region) as regions, array_agg(nation) as nations from place p) p,
        mo.rolled_up(f.months, f.codes, f.parts, f.numerators, f.denominators, p.months, p.codes, p.types, p.settings, p.pcns, p.sub_icbs, p.icbs, p.regions, p.nations,
            group_months => '{2026-01-01,2026-01-01,2026-02-01}', group_members => '{A1,B1,B1}', group_codes => '{G,G,G}',
            unit => unit, per => 1, interval_method => method, round_to => round_to,
            published_months => '{2026-01-01,2026-02-01}', covered_types => array_fill('practice'::text, array[cardinality(covered)]), covered_icbs => covered,
            covered_from => array_fill(covered_from, array[cardinality(covered)]), covered_to => array_fill(date '2026-02-01', array[cardinality(covered)]),
            begins_with_first => begins,
            hidden_months => array_fill(date '2026-01-01', array[cardinality(hidden_codes)]), hidden_types => array_fill('practice'::text, array[cardinality(hidden_codes)]),
            hidden_codes => hidden_codes, hidden_breakdowns => array_fill(''::text, array[cardinality(hidden_codes)]),
            hidden_reasons => array_fill(1::int2, array[cardinality(hidden_codes)]),
            earlier_months => case when earlier then '{2025-12-01,2025-01-01}' else '{}' end::date[], earlier_types => case when earlier then '{pcn,icb}' else '{}' end::text[],
            earlier_codes => case when earlier then '{U1,Q1}' else '{}' end::text[], earlier_breakdowns => case when earlier then array['', ''] else '{}' end,
            earlier_numerators => case when earlier then '{9,4}' else '{}' end::float8[], earlier_values => case when earlier then '{0.9,null}' else '{}' end::float8[],
            earlier_hidden => case when earlier then '{0,1}' else '{}' end::int2[],
            target_months => array_fill(date '2026-01-01', array[cardinality(targets)]), target_types => ('{null,icb,group}'::text[])[:cardinality(targets)],
            target_codes => ('{U1,Q1,G}'::text[])[:cardinality(targets)], targets => targets) r $$;
-- sums over sums at every level, of those who belonged to each on the day; whoever has no place counts nowhere
select month, org_type, org_code, breakdown, numerator, denominator, round(value::numeric, 4) as value, round(value_lower::numeric, 4) as lower, round(value_upper::numeric, 4) as upper,
    pcn_code, icb_code from pg_temp.rolled();
-- peers: practices of setting 4 and PCNs in their ICB, sub-ICBs and ICBs of the nation; nobody without a value
select month, org_type, org_code, peer_group, peer_n as n, peer_median as median, peer_median_without_self as others, peer_rank as rank, peer_decile as decile, peer_percentile as percentile
from pg_temp.rolled() where breakdown = '' and peer_group is not null;
-- one of three hidden is more than one in five; rounded numerators compare as they are shown
select org_code, peer_n, hidden from pg_temp.rolled(hidden_codes => '{A1}') where org_type = 'practice' and month = '2026-01-01' and breakdown = '';
select org_code, numerator, value, peer_median, peer_rank from pg_temp.rolled(round_to => 5) where org_type = 'practice' and month = '2026-01-01' and icb_code = 'Q1' and breakdown = '';
-- a count is its numerator; Byar's interval of whole numbers
select org_type, org_code, value, round(value_lower::numeric, 4) as lower, round(value_upper::numeric, 4) as upper from pg_temp.rolled('count', 'byar')
where month = '2026-01-01' and breakdown = '' and org_type in ('practice', 'icb');
-- silence: 0 over 0 where the ICB's data are there (not for a hospice or a dummy); Q2 has none of February, and what stands over both waits
select month, org_type, org_code, numerator, denominator, value from pg_temp.rolled(covered => '{Q1,Q2}') where denominator = 0 or org_type in ('region', 'nation', 'group');
-- of a count, Q2's February is not there either: it is the last month with a record anywhere, and Q1 has one
select month, org_type, org_code, value from pg_temp.rolled('count', covered => '{Q1,Q2}') where org_code in ('B1', 'Q2', 'ENG');
-- a measure that begins with its first: nothing before
select month, count(*) from pg_temp.rolled(covered => '{Q1}', covered_from => '2026-02-01', begins => true) where icb_code = 'Q1' group by 1 order by 1;
select month, count(*) from pg_temp.rolled(covered => '{Q1}', begins => true) where icb_code = 'Q1' group by 1 order by 1;
-- the month before and the year before: rolled up with it, or given
select month, org_code, previous_month_value as pm, previous_month_numerator as pmn, previous_month_hidden as pmh, previous_year_value as py, previous_year_numerator as pyn, previous_year_hidden as pyh
from pg_temp.rolled(earlier => true, hidden_codes => '{A1}') where org_code in ('U1', 'Q1', 'A1', 'A2') and breakdown = '';
-- targets: its own, else the nearest above it; a group has its own only, a part none
select org_type, org_code, breakdown, target from pg_temp.rolled(targets => '{0.5,0.6,0.7}') where month = '2026-01-01';
-- nothing to roll up
select count(*) from mo.rolled_up('{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}');
select count(*) from mo.rolled_up('{2026-01-01}', '{A}', '{""}', '{1}', '{1}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}');
select count(*) from mo.rolled_up(null, '{A}', '{""}', '{1}', '{1}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}');

-- What is refused
create function pg_temp.refused(arguments text) returns text language plpgsql as $$
declare state text; message text; hint text;
begin
    execute 'select * from mo.rolled_up(months => ''{2026-01-01}'', organisations => ''{A}'', ' || arguments;
    return 'not refused';
exception when others then
    get stacked diagnostics state = returned_sqlstate, message = message_text, hint = pg_exception_hint;
    return state || ' ' || message || ' [' || hint || ']';
end $$;
\set place 'place_months => ''{2026-01-01}'', place_codes => ''{A}'', place_types => ''{practice}'', place_settings => ''{4}'', place_pcns => ''{U}'', place_sub_icbs => ''{null}'', place_icbs => ''{Q}'', place_regions => ''{null}'', place_nations => ''{null}'''
\set figure 'breakdowns => ''{""}'', numerators => ''{1}'', denominators => ''{2}'', '
select w, pg_temp.refused(w || ', ' || :'place' || ')') from unnest(array[
    $$breakdowns => '{"",a}', numerators => '{1}', denominators => '{2}'$$, $$breakdowns => '{null}', numerators => '{1}', denominators => '{2}'$$,
    $$breakdowns => '{""}', numerators => '{NaN}', denominators => '{2}'$$, $$breakdowns => '{""}', numerators => '{1}', denominators => '{-Infinity}'$$,
    $$breakdowns => '{{"",a}}', numerators => '{1}', denominators => '{2}'$$]) w;
select w, pg_temp.refused(:'figure' || :'place' || ', ' || w || ')') from unnest(array[
    $$unit => 'rate', per => 0$$, $$per => 'NaN'$$, $$round_to => 0$$, $$interval_method => 'exact'$$, $$group_months => '{infinity}', group_members => '{A}', group_codes => '{G}'$$,
    $$group_months => '{2026-01-01}'$$, $$covered_types => '{icb}', covered_icbs => '{Q}', covered_from => '{null}', covered_to => '{2026-01-01}'$$,
    $$hidden_months => '{2026-01-01}', hidden_types => '{practice}', hidden_codes => '{A}', hidden_breakdowns => '{""}', hidden_reasons => '{3}'$$,
    $$hidden_months => '{2026-01-01}', hidden_types => '{surgery}', hidden_codes => '{A}', hidden_breakdowns => '{""}', hidden_reasons => '{1}'$$,
    $$earlier_months => '{0026-01-01}', earlier_types => '{practice}', earlier_codes => '{A}', earlier_breakdowns => '{""}', earlier_numerators => '{Infinity}', earlier_values => '{null}', earlier_hidden => '{0}'$$,
    $$published_months => '{20000-01-01}'$$, $$target_months => '{2026-01-01}', target_types => '{null}', target_codes => '{A}', targets => '{NaN}'$$]) w;
select pg_temp.refused(:'figure' || $$place_months => '{2026-01-01,2026-01-31}', place_codes => '{A,A}', place_types => '{practice,pcn}', place_settings => '{4,4}', place_pcns => '{U,U}',
    place_sub_icbs => '{null,null}', place_icbs => '{Q,Q}', place_regions => '{null,null}', place_nations => '{null,null}')$$);
-- a sum beyond a double
select count(*) from mo.rolled_up('{2026-01-01,2026-01-01}', '{A,A}', '{"",""}', '{1e308,1e308}', '{1,1}', '{2026-01-01}', '{A}', '{practice}', '{4}', '{null}', '{null}', '{null}', '{null}', '{null}');
-- a rule for small numbers: what is small is hidden, and whatever would tell it by subtraction; a small denominator; nothing small
create function pg_temp.ruled(hide_from int, hide_to int, below int default 0) returns table (month date, org_type text, org_code text, breakdown text, numerator float8, hidden int2) language sql as $$
    select r.month, r.org_type, r.org_code, r.breakdown, r.numerator, r.hidden
    from (select array_agg(f.month) as months, array_agg(f.code) as codes, array_agg(part) as parts, array_agg(f.numerator) as numerators, array_agg(f.denominator) as denominators from figure f) f,
        (select array_agg(p.month) as months, array_agg(p.code) as codes, array_agg(type) as types, array_agg(setting) as settings, array_agg(pcn) as pcns,
            array_agg(sub_icb) as sub_icbs, array_agg(icb) as icbs, array_agg(region) as regions, array_agg(nation) as nations from place p) p,
        mo.rolled_up(f.months, f.codes, f.parts, f.numerators, f.denominators, p.months, p.codes, p.types, p.settings, p.pcns, p.sub_icbs, p.icbs, p.regions, p.nations,
            group_months => '{2026-01-01,2026-01-01}', group_members => '{A1,B1}', group_codes => '{G,G}', unit => 'percent',
            hide_from => hide_from, hide_to => hide_to, hide_numerators => hide_to > 0, hide_denominator_below => below) r $$;
select month, org_type, org_code, breakdown, numerator, hidden from pg_temp.ruled(1, 3) where hidden > 0;
select month, org_type, org_code, breakdown, numerator, hidden from pg_temp.ruled(0, 0, 5) where hidden > 0;
select count(*), count(*) filter (where hidden > 0) from pg_temp.ruled(500, 600);
select w, pg_temp.refused(:'figure' || :'place' || ', ' || w || ')') from unnest(array[$$hide_from => 7, hide_to => 1$$, $$hide_from => -1$$, $$family_parts => '{a}'$$]) w;

-- Into a table: the same rows, with a measure, a run and keys; its own columns have their defaults, what is generated is worked out, and
-- an organisation without a key is left out. By INSERT where there is a trigger.
create temp table stored (
    kpi_id varchar(5), run_id int, org_key int not null, month date, org_type varchar(10), org_code varchar(12), breakdown varchar(10), numerator float8 check (numerator < 1000),
    value float8, own text default 'by default', twice float8 generated always as (numerator * 2) stored, primary key (org_key, month, breakdown));
create function pg_temp.store(target regclass, kpi_id text default 'smr', numerator float8 default 2) returns int8 language sql as $$
    select mo.rolled_up_into(target, kpi_id, 7, '{practice,pcn,icb}', '{A1,U1,Q1}', '{11,22,33}', array[date '2026-01-01', '2026-01-01'], '{A1,A2}', '{"",""}', array[numerator, 3], '{10,10}',
        '{2026-01-31,2026-01-31,2026-01-31,2026-01-31}', '{A1,A2,U1,Q1}', '{practice,practice,pcn,icb}', '{4,4,null,null}', '{U1,U1,U1,null}', '{null,null,null,null}', '{Q1,Q1,Q1,Q1}',
        '{null,null,null,null}', '{null,null,null,null}', '{}', '{}', '{}', 'percent', 100, 'none', 1, '{}', '{}', '{}', '{}', '{}', false, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',
        '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 0, 0, false, 0) $$;
select pg_temp.store('stored');
table stored;
create function pg_temp.seen() returns trigger language plpgsql as $$ begin new.own := 'by trigger'; return new; end $$;
create temp table triggered (like stored including all);
create trigger seen before insert on triggered for each row execute function pg_temp.seen();
select pg_temp.store('triggered');
table triggered;
create temp table narrow (kpi_id varchar(2));
create temp table wrong (numerator int);
\set VERBOSITY terse
select pg_temp.store('stored'); -- a key twice
select pg_temp.store('stored', numerator => 5000); -- a check
select pg_temp.store('narrow');
select pg_temp.store('wrong');
select count(*) from stored;
create role regress_no_insert;
set role regress_no_insert;
select pg_temp.store('stored');
reset role;
drop role regress_no_insert;

-- Rows go to a page that is half empty, and else to the end of the table: not one by one into what single rows left
create temp table roomy (like stored including all);
insert into roomy (org_key, month, breakdown, numerator, own) select n, '2000-01-01', '', 0, repeat('-', 1000) from generate_series(101, 128) n;
select (ctid::text::point)[0] as page, count(*), min(org_key) from roomy group by 1 order by 1;
delete from roomy where org_key in (101, 115) or (ctid::text::point)[0] = 1;
vacuum roomy;
select pg_temp.store('roomy');
select distinct (ctid::text::point)[0] as page from roomy where run_id = 7;
delete from roomy where run_id = 7;
insert into roomy (org_key, month, breakdown, numerator, own) select n, '2000-01-01', '', 0, repeat('-', 1000) from generate_series(201, 206) n;
vacuum roomy;
select (ctid::text::point)[0] as page, count(*) from roomy group by 1 order by 1;
select pg_temp.store('roomy');
select distinct (ctid::text::point)[0] as page from roomy where run_id = 7;
