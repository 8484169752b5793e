-- Where an organisation stands among its peers
-- by hand: seven practices, one without a value
create temp table practice (code text, icb text, value float8);
insert into practice values
    ('A', 'X', 4), ('B', 'X', 1), ('C', 'X', 9), ('D', 'X', null), ('E', 'X', 4), ('F', 'Y', 7), ('G', 'Z', null);
select icb, mo.median(value), mo.percentile(value, 0.9) as p90, mo.percentiles(value, '{1,0,0.25}') as several
from practice group by icb order by icb;
select code, mo.median_without_self(value) over w, mo.percentile_rank(value) over w, mo.decile(value) over w
from practice window w as (partition by icb) order by code;
-- order and frame make no difference to the window functions
select code, mo.median_without_self(value) over (partition by icb order by code rows 1 preceding), mo.percentile_rank(value) over (order by code)
from practice order by code;
-- deciles: boundaries, and the decile of each by rank; ties share
select mo.deciles(i) from generate_series(1, 101) i;
select array_agg(d order by i) as decile, array_agg(q order by i) as quintile
from (select i, mo.decile(i) over () as d, mo.quintile(i) over () as q from generate_series(1, 20) i) v;
select array_agg(d order by i) as ties from (select i, mo.decile(i / 4) over () as d from generate_series(1, 20) i) v;
select mo.decile(i) over () is null and mo.quintile(i) over () is not null as too_few_for_deciles from generate_series(1, 9) i limit 1;
-- no values
select mo.median(v) is null and mo.deciles(v) is null and mo.percentile(v, 0.5) is null and mo.percentiles(v, '{0.5}') is null as all_null
from (values (null::float8), (null)) t (v);
select mo.median(v) is null and mo.percentiles(v, '{0.5}') is null as empty from (values (1::float8)) t (v) where false;
select mo.percentiles(1, '{}') as no_fractions, mo.median(1) as one_value;
-- the ends of the range, and no negative zero
select mo.median(v) from (values (-1.7e308), (1.7e308)) t (v);
select mo.median(v) as zero, mo.percentile(v, 0) as lowest from (values ('-0'::float8), (0), ('-0')) t (v);
-- one group of many, small work_mem, spilling groups: the same answers as percentile_cont
set work_mem = '64kB';
select mo.median(hashint4(i)) = percentile_cont(0.5) within group (order by hashint4(i)) as one_group from generate_series(1, 200000) i;
select bool_and(ours = theirs) as groups, count(*) from (
    select i % 20000 as g, mo.median(hashint4(i)) as ours, percentile_cont(0.5) within group (order by hashint4(i)) as theirs
    from generate_series(1, 100000) i group by 1) v;
reset work_mem;
-- one state serves several aggregates, and a finished state can grow on
select mo.median(i), mo.deciles(i), mo.median(i) filter (where i > 5) from generate_series(1, 9) i;
select array_agg(m order by i) as running from (select i, mo.median(i) over (order by i) as m from generate_series(1, 10) i) v;
-- the state: text and binary, unequal partners
select mo.median_accum('{|}', 2.5), mo.percentile_accum(null, 1, 0.9), mo.median_accum(null, null) is null as stays_null;
select mo.peer_values_combine('{0.5|1,2}', '{0.5|}'), mo.peer_values_combine('{|}', '{|3}'), mo.peer_values_combine('{|}', '{|}');
select mo.median_final('{|4,1,3}'), mo.percentile_final('{1|4,1,3}'), mo.percentiles_final('{0,1|4,1,3}'), mo.median_final('{|}') is null as none;
select mo.peer_values_send('{0.5|1}');
create temp table state as select i % 3 as g, mo.peer_values_combine('{0.25|}', mo.percentile_accum('{0.25|0.1}', i, 0.25)) as s from generate_series(1, 9) i;
insert into state select 4, ('{|' || string_agg(i::text, ',') || '}')::mo.peer_values from generate_series(1, 3000) i;
select g, mo.percentile_final(s) from state where g < 4 order by g, 2;
select mo.median_final(s), mo.median_final(mo.peer_values_combine(s, s)), mo.median_final(mo.median_accum(s, 0)) from state where g = 4;
-- refused
select mo.median('NaN');
select mo.median(v) from (values (1::float8), ('-infinity')) t (v);
select mo.percentile(1, 1.5);
select mo.percentile(1, -0.1);
select mo.percentile(1, 'NaN');
select mo.percentile(1, null);
select mo.percentile(i, i / 10.0) from generate_series(1, 3) i;
select mo.percentiles(1, '{0.5,null}');
select mo.percentiles(1, '{{0.5,0.6}}');
select mo.percentiles(1, '{0.5,2}');
select mo.percentiles(1, null);
select mo.median_without_self('infinity') over ();
select mo.decile('NaN') over ();
select '{0.5}'::mo.peer_values;
select '{2|}'::mo.peer_values;
select '{|1e999}'::mo.peer_values;
select '{|NaN}'::mo.peer_values;
select mo.percentile_final('{|1}');
select mo.peer_values_combine('{0.5|1}', '{0.6|1}');
-- binary: there and back through COPY; what bytea sends are bytes for our receive function, which checks every one
\set file `mktemp -u /tmp/mo_peer_values.XXXXXX`
\set write 'cat > ' :file
\set read 'cat ' :file '; rm ' :file
create temp table received (s mo.peer_values);
copy (select s from state where g = 1 order by s::text limit 1) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
copy (select '\x00000000000000000000000140f0000000000000'::bytea) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
select s from received;
copy (select '\x'::bytea) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
copy (select '\x00000000000000000000000240f0000000000000'::bytea) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
copy (select '\xffffffffffffffffffffffff40f0000000000000'::bytea) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
copy (select '\x0000000000000000000000017ff8000000000000'::bytea) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
copy (select '\x000000010000000000000000bff0000000000000'::bytea) to program :'write' with (format binary);
copy received from program :'read' with (format binary);
-- the answers of parallel workers are put together
set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0;
select mo.median(length(proname)) = percentile_cont(0.5) within group (order by length(proname)) as parallel from pg_catalog.pg_proc;
reset parallel_setup_cost; reset parallel_tuple_cost; reset min_parallel_table_scan_size;
-- catalogue
select a.aggfnoid::regprocedure, format_type(a.aggtranstype, null) as state, a.aggcombinefn, a.aggfinalmodify, p.proparallel
from pg_aggregate a join pg_proc p on p.oid = a.aggfnoid
where p.pronamespace = 'mo'::regnamespace and p.proname in ('median', 'percentile', 'percentiles', 'deciles') order by 1::text;
