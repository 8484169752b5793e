-- Ten thousand calls in one statement hold no more memory than one thousand: every function of schema mo that is not the support
-- function of an aggregate, every aggregate over many small groups and as a moving frame, every window function over many partitions.
-- Only what grows is printed. (Ten million rows in one group: test/memory.)
\a
\t
set client_min_messages = warning;
set timezone = 'Europe/London';
set max_parallel_workers_per_gather = 0;
set enable_memoize = off;
-- An argument of each name, different for every row i, so that no call is folded into a constant.
create temp table argument (name text, expression text);
insert into argument values
    ('alert_class', 'array[1, 2 + i % 2]'), ('alert_deadline', 'array[null, timestamptz ''2026-02-01'' + i * interval ''1 minute'']'),
    ('alert_issued', 'array[timestamptz ''2026-01-01'', timestamptz ''2026-01-01'' + i * interval ''1 minute'']'), ('alert_no', '1 + i % 2'),
    ('as_at', 'timestamptz ''2026-03-01'' + i * interval ''1 minute'''), ('average', '(i % 90 + 1) / 100.0::float8'),
    ('average_per_unit', '(i % 90) / 10.0::float8'), ('cause', 'case when i > 0 then ''common_cause'' end'),
    ('closed', 'timestamptz ''2026-02-01'' + i * interval ''1 minute'''), ('confidence', '0.9 + i % 9 / 100.0::float8'), ('count', '(i % 50)::float8'),
    ('coverage', '0.9 + i % 9 / 100.0::float8'), ('day', 'date ''2026-01-01'' + i % 365'),
    ('deadline', 'timestamptz ''2026-02-01'' + i * interval ''1 minute'''), ('denominator', '(i % 100 + 60)::float8'),
    ('dimensions', 'case when i > 0 then (select a from dimension) end'), ('expected', '(i % 40 + 1)::float8'),
    ('finish', 'date ''2026-02-01'' + i % 365'), ('fraction', 'case when i > 0 then 0.9 end::float8'),
    ('fractions', 'case when i > 0 then array[0.05, 0.95] end::float8[]'), ('from_month', 'date ''2025-04-01'''), ('hide_from', '1'), ('hide_to', '7'),
    ('holidays', 'array[date ''2026-04-06'', date ''2026-04-03'' + i % 2]'), ('issued', 'timestamptz ''2026-01-01'' + i * interval ''1 minute'''),
    ('moment', 'timestamptz ''2026-01-01'' + i * interval ''1 minute'''), ('month', 'date ''2025-04-15'' + i % 13 * 31 + i / 13 % 365'), ('month_index', '312 + i % 12'),
    ('n', 'i % 30'), ('numerator', '(i % 60)::float8'), ('observed', '(i % 40)::float8'), ('organisation', 'i % 5'),
    ('organisations integer[]', 'array[i % 5, 2]'),
    ('patient', 'i % 300 + 1'), ('patients integer[]', 'array[i % 300 + 1, 7]'), ('patients bytea', 'decode(lpad(to_hex(16 + i), 8, ''0''), ''hex'')'),
    ('event_patients', 'array[i % 300 + 1, 7]'), ('event_days', 'array[date ''2026-01-01'' + i % 300, date ''2026-01-07'']'), ('patients double precision', '(i % 300)::float8'),
    ('parent', 'array[1, 2, null, 1 + i % 2]'), ('parents', '3'),
    ('per', 'case when i > 0 then 1000 end::float8'), ('place', '1 + i % 5'), ('places', '5'), ('practice_group', 'array[i % 3, 2]'), ('practice_no', '1 + i % 2'),
    ('registered_from date', 'date ''2025-06-01'' + i % 365'), ('registered_to date', 'date ''2026-01-01'' + i % 365'),
    ('days date[]', 'array[date ''2025-06-01'' + i % 365, ''2025-01-01'']'), ('span_months integer', '1 + i % 12'), ('span_days integer', 'i % 90'),
    ('registered_from date[]', 'array[date ''2025-06-01'' + i % 365, ''2025-01-01'']'),
    ('registered_to date[]', 'array[null, date ''2026-01-01'' + i % 365]'), ('round_to', '5'),
    ('series_months', 'array[date ''2025-01-01'', date ''2025-02-01'' + i % 365]'), ('series_values', 'array[i % 9, null]::float8[]'),
    ('sums', 'array[i, 2, null, 7]::int8[]'),
    ('start', 'date ''2025-12-01'' + i % 365'), ('status', 'case when i > 0 then ''closed_late'' end'), ('tau2', '(i % 2)::float8 / 10'),
    ('to_month', 'date ''2026-03-01'''), ('valid_from', 'date ''2025-06-01'' + i % 365'), ('valid_to', 'date ''2026-01-01'' + i % 365'),
    ('value double precision', '(i * 7919 % 1000)::float8'), ('value bigint', '(i * 7919 % 1000)::int8'), ('weight', '(i % 7)::float8 / 3'), ('window_months', '12'), ('window_unit', '''working_days'''),
    ('window_value', 'i % 10'), ('winsorised', 'case when i > 0 then 0.1 end::float8'),
    ('months mo.patient_months', 'case when i > 0 then (select m from packed) end'), ('others', 'case when i > 0 then (select m from packed) end'),
    ('events', 'case when i > 0 then (select m from packed) end'),
    ('cohort', 'case when i > 0 then (select m from packed) end'), ('registrations', 'case when i > 0 then (select s from packed) end'),
    ('counts int8[]', 'case when i > 0 then array[array[i::int8, 300, 1, 1, 1, 1, 1, 1]] end'),
    ('counts float8[]', 'array[30 + i % 5, i % 5, 10, 20]::float8[]'), ('reasons', 'case when i > 0 then array[0, 1, 0, 0]::int2[] end'),
    ('ceilings', 'case when i > 0 then array[null, 100, null, null]::float8[] end'), ('equations', 'case when i > 0 then array[1, 1, 1, 1] end'),
    ('cells', 'case when i > 0 then array[-1, 2, 3, 4] end'),
    ('months date[]', 'array[date ''2026-01-01'' + i % 60, ''2026-01-01'']'), ('organisations text[]', 'array[''A'', ''B'' || i % 3]'),
    ('breakdowns', 'array['''', ''part'' || i % 5]'), ('numerators', 'array[i % 5, 1]::float8[]'), ('denominators', 'array[i % 50 + 5, 3]::float8[]'),
    ('place_months', 'array[date ''2026-01-01'', ''2026-01-01'']'), ('place_codes', 'array[''A'', ''B0'']'), ('place_types', 'array[''practice'', ''pcn'']'),
    ('place_settings', 'array[4, null]::int2[]'), ('place_pcns', 'array[''B0'', ''B0'']'), ('place_sub_icbs', 'array[null, null]::text[]'),
    ('place_icbs', 'array[''Q'', ''Q'']'), ('place_regions', 'array[null, null]::text[]'), ('place_nations', 'array[''ENG'', ''ENG'']'),
    ('group_months', 'array[date ''2026-01-01'']'), ('group_members', 'array[''A'']'), ('group_codes', 'array[''G'' || i % 7]'), ('unit', '''ratio'''),
    ('interval_method', '''wilson'''), ('published_months', 'array[date ''2026-01-01'']'), ('covered_types', 'array[''practice'']'),
    ('covered_icbs', 'array[''Q'']'), ('covered_from', 'array[date ''2025-01-01'']'), ('covered_to', 'array[date ''2026-01-01'' + i % 60]'),
    ('begins_with_first', 'i % 2 = 0'), ('hidden_months', 'array[date ''2026-01-01'']'), ('hidden_types', 'array[''practice'']'),
    ('hidden_codes', 'array[''A'']'), ('hidden_breakdowns', 'array['''']'), ('hidden_reasons', 'array[i % 3]::int2[]'),
    ('earlier_months', 'array[date ''2025-12-01'']'), ('earlier_types', 'array[''icb'']'), ('earlier_codes', 'array[''Q'']'),
    ('earlier_breakdowns', 'array['''']'), ('earlier_numerators', 'array[i % 7]::float8[]'), ('earlier_values', 'array[null]::float8[]'),
    ('earlier_hidden', 'array[0]::int2[]'), ('target_months', 'array[date ''2026-01-01'']'), ('target_types', 'array[null]::text[]'),
    ('target_codes', 'array[''ENG'']'), ('targets', 'array[i % 9]::float8[]'),
    ('family_parts', 'array[''part1'']'), ('families', 'array[''^part'']'), ('hide_numerators', 'i % 2 = 0'), ('hide_denominator_below', 'i % 3'),
    ('target_table', '''stored''::regclass'), ('kpi_id', '''k'''), ('run_id', 'i'), ('key_types', 'array[''practice'', ''icb'']'),
    ('key_codes', 'array[''A'', ''Q'']'), ('keys int4[]', 'array[1, 2]');
create unlogged table stored (kpi_id varchar(3), org_key int, value float8, period date default '2026-01-01', twice float8 generated always as (value * 2) stored);
create index on stored (org_key);
create temp table dimension as select mo.alert_closure_dimensions(
    '{1,2}', '{1,2}', '{2026-01-01,2026-01-02}', '{2026-02-01,2026-02-02}', '2026-03-01') as a;
create temp table packed as
select mo.event_months(p, '2026-01-15', '2024-05-01', '2026-03-01') as m, mo.registered_spells(p, p % 3, '2025-01-01', null) as s
from generate_series(1, 100) p;
-- The rows; read once, so that their buffers are there.
create temp table call as select i from generate_series(1, 10000) i;
analyze call;
select count(*) from call;
create function pg_temp.arguments(p pg_proc) returns text language sql as $$
    select coalesce(string_agg(coalesce(g.expression, '<no argument ' || a.name || '>'), ', ' order by a.n), '')
    from unnest(p.proargtypes) with ordinality t (type, n)
        join unnest(p.proargnames) with ordinality a (name, n) using (n)
        left join argument g on g.name in (a.name, a.name || ' ' || format_type(t.type, null), a.name || case t.type when 'int4[]'::regtype then ' int4[]' when 'float8'::regtype then ' float8'
            when 'float8[]'::regtype then ' float8[]' when 'int8[]'::regtype then ' int8[]' end)
$$;
create function pg_temp.memory() returns int8 language plpgsql as $$ begin return (select sum(used_bytes) from pg_backend_memory_contexts); end $$;
-- The memory of this process when 1,000 rows are done and when all are. `what` is a column that reads i.
create function pg_temp.growth(from_clause text, what text) returns int8 language plpgsql as $$
declare
    grown int8;
begin
    execute format('select max(bytes) filter (where i = 10000) - max(bytes) filter (where i = 1000)
        from (select i, %s as called, case when i in (1000, 10000) then pg_temp.memory() end as bytes
            from %s offset 0) v where called is not null or bytes is not null', what, from_clause) into grown;
    return grown;
end
$$;
create temp table measured as
select what, pg_temp.growth(from_clause, called) as grown
from (
    select p.oid::regprocedure::text as what, 'call' as from_clause,
        case when p.proretset then format('(select count(*) from mo.%I(%s))', p.proname, pg_temp.arguments(p))
        else format('mo.%I(%s)', p.proname, pg_temp.arguments(p)) end as called
    from pg_proc p
    where p.pronamespace = 'mo'::regnamespace and p.prokind = 'f' and (p.provolatile <> 'v' or p.proname = 'rolled_up_into') and not 'internal'::regtype = any (p.proargtypes)
        and not exists (select from pg_aggregate where p.oid in (aggtransfn, aggfinalfn, aggcombinefn, aggmtransfn, aggminvtransfn, aggmfinalfn))
        and not exists (select from pg_type t where p.oid in (t.typinput, t.typoutput, t.typsend))
    union all
    select v, 'call', v from unnest(array['mo.patient_months_send(case when i > 0 then (select m from packed) end::text::mo.patient_months)',
        'mo.patient_spells_send(case when i > 0 then (select s from packed) end::text::mo.patient_spells)',
        'mo.peer_values_send(format(''{0.5|1,2,%s}'', i)::mo.peer_values)']) v
    union all
    select p.oid::regprocedure::text, 'call', format('(select mo.%I(%s)::text from generate_series(i, i + 12) v (i))', p.proname, pg_temp.arguments(p))
    from pg_proc p where p.pronamespace = 'mo'::regnamespace and p.prokind = 'a'
    union all
    select p.oid::regprocedure || ' as a moving frame', 'call', format('mo.%I(%s) over (order by i rows between 3 preceding and current row)::text',
        p.proname, pg_temp.arguments(p))
    from pg_proc p where p.pronamespace = 'mo'::regnamespace and p.prokind = 'a'
    union all
    select p.oid::regprocedure::text, 'call', format('mo.%I(%s) over (partition by i / 13)', p.proname, pg_temp.arguments(p))
    from pg_proc p where p.pronamespace = 'mo'::regnamespace and p.prokind = 'w'
) calls;
select what, grown from measured where grown is null or grown > 65536 order by 1;
select count(*) > 80 as enough from measured;
drop table stored;
