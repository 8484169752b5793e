-- Every function, aggregate and window function of schema mo, by catalogue, with every value of its arguments' types that somebody
-- might give: a value, null or an error with a SQLSTATE and a hint; never NaN or infinity, an internal error or a crash.
-- Only what offends is printed, so that later functions are in it without a change here.
-- Where the setting mo.few_inputs is on (test/valgrind: every call takes fifty times as long) one argument at a time is bad, not two, and a
-- twentieth of the broken binary forms is received.
\a
\t
set client_min_messages = warning;
set datestyle = iso;
set timezone = 'Europe/London';
create temp table stored (kpi_id text, value float8);
-- The first value of a type is a sane one; a state's is one that its functions take.
create temp table try (type regtype, value text, place serial);
insert into try (type, value) select t::regtype, v from (values
    ('float8', array['12', null, 'NaN', 'Infinity', '-Infinity', '-1', '0', '-0', '1', '0.5', '1e308', '-1e308', '1e160', '5e-324']),
    ('int4', array['12', null, '-2147483648', '-1', '0', '1', '314', '2147483647']),
    ('int8', array['12', null, '-9223372036854775808', '-1', '0', '1', '9223372036854775807']),
    ('date', array['2026-03-31', null, 'infinity', '-infinity', '4713-01-01 BC', '0001-12-31 BC', '5874897-12-31', '2024-02-29']),
    ('timestamptz', array['2026-03-29 01:30+00', null, 'infinity', '-infinity', '4713-11-24 00:00+00 BC', '0001-01-01 00:00+00 BC',
        '294276-12-31 23:59:59.999999+00']),
    ('text', array['hours', null, '', 'working_days', 'common_cause', 'closed_late', 'no such thing', repeat('x', 10000)]),
    ('cstring', array['{|}', '', '\x', '\x00', 'no state', '\x0000000000000000', '{NaN|NaN}', '{0.5|1,2', repeat('{', 10000)]),
    ('bool', array['true', null]), ('regclass', array['stored', null, '0']),
    ('date[]', array['{2026-04-03,2026-04-06}', '{2026-04-03}', null, '{}', '{2026-04-03,null}', '{{2026-04-03},{2026-04-06}}', '{infinity}', '{-infinity}',
        '[7:8]={2026-04-06,2026-04-03}', '{4713-01-01 BC,5874897-12-31}']),
    ('int4[]', array['{1,2}', null, '{}', '{null}', '{{1,2},{3,4}}', '[5:6]={1,2}', '{0}', '{-1,2147483647}']),
    ('int2[]', array['{0,1}', null, '{}', '{null}', '{{1,2},{3,4}}', '[5:6]={1,2}', '{2,2}', '{-1,32767}']),
    ('text[]', array['{practice,pcn}', null, '{}', '{null}', '{practice}', '{{practice,pcn},{pcn,icb}}', '[5:6]={practice,pcn}', '{"","no such thing"}']),
    ('bytea', array['\x0e', null, '', '\x00', '\x01', '\xff', '\x000000000000000000000080', repeat('x', 10000)]),
    ('int8[]', array['{0,0,0}', null, '{}', '{null}', '{{1,2},{3,4}}', '[5:6]={1,2}', '{0}', '{-1,9223372036854775807}',
        '{1,2,3,4,5,6}', '{0,1,1,1,1,0,1,0,0,0,0,0,0}', '{0,9223372036854775807,9223372036854775807,9223372036854775807,1,0}',
        '{0,-1,-1,-1,-1,-1,-1,-1}', '{9223372036854775807,9223372036854775807,9223372036854775807}', '{{1,1,1,1,1,1,1,1}}',
        '{{1,9223372036854775807,1,1,1,1,1,1}}', '{{9223372036854775807,1,1,1,1,1,1,1}}']),
    ('timestamptz[]', array['{2026-01-01 00:00+00,2026-02-01 00:00+00}', null, '{}', '{null,2026-01-01 00:00+00}', '{infinity,-infinity}',
        '{{2026-01-01 00:00+00}}', '{294276-12-31 23:59:59.999999+00,4713-11-24 00:00+00 BC}']),
    ('float8[]', array['{0,-1}', null, '{}', '{null}', '{NaN}', '{Infinity}', '{0.5,0.9}', '{-1}', '{{1,2},{3,4}}', '[5:6]={0.5,0.9}', '{0,null}',
        '{1e308,1e308}', '{1,-1,3,4}', '{2,-1,3,4,1e300,1e300}', '{2,0,NaN,1,1,Infinity}', '{2,0.1,5,4,7,-1}', '{3,-1,3,4}', '{-1,-1,3,4}',
        '{NaN,-1}', '{0,NaN}', '{2,0,1e308,1e308,1e308,1e308}', '{1.5,-1,3,4,3,4}'])) given (t, vs), unnest(vs) v (v);
-- aggregate states that are arrays: of every length there is, all elements the same or one of them another
insert into try (type, value)
select 'float8[]'::regtype, array_fill(fill::float8, array[n])::text
from generate_series(1, 16) n, unnest(array['0', '12', 'NaN', '1e308']) fill;
insert into try (type, value)
select 'int8[]'::regtype, array_fill(fill::int8, array[n])::text
from generate_series(1, 14) n, unnest(array['0', '1', '9223372036854775807']) fill;
-- the extension's own types, made by its aggregates
insert into try (type, value)
select 'mo.patient_months'::regtype, v from (
    select mo.event_months(p, '2026-01-15', '2025-01-01', '2026-03-31')::text from generate_series(1, 3) p union all select null union all
    select mo.event_months(null, null, '2025-01-01', '2026-03-31')::text union all
    select mo.event_months(2147483647, '0001-01-01 BC', '0001-01-01 BC', '0010-01-01')::text union all
    select mo.event_months(7, '5874897-12-31', '5874890-01-01', '5874897-12-31')::text) v (v);
insert into try (type, value)
select 'mo.patient_spells'::regtype, v from (
    select mo.registered_spells(p, 1, '2026-01-15', null)::text from generate_series(1, 3) p union all select null union all
    select mo.registered_spells(null, null, null, null)::text union all
    select mo.registered_spells(2147483647, -2147483648, '-infinity', 'infinity')::text union all
    select mo.registered_spells(7, 7, '4713-01-01 BC', '5874897-12-31')::text) v (v);
insert into try (type, value)
select 'mo.peer_values'::regtype, v from (values
    ('{|1,2,3}'), (null), ('{|}'), ('{0.5|}'), ('{0.5|1}'), ('{0,1,0.25|3}'), ('{|1e308,-1e308,1e308}'), ('{1|1e308,-1e308}')) v (v);

-- What is wrong with a statement that gives one text; null when nothing is.
create function pg_temp.offence(statement text, needs_hint bool default true, may_be_infinite bool default false) returns text language plpgsql as $$
declare
    answer text;
    state text;
    hint text;
    message text;
begin
    execute statement into answer;
    if answer ~* '\m(nan|infinity)\M' and not may_be_infinite then
        return format('%s gives %s', left(statement, 300), left(answer, 100));
    end if;
    return null;
exception when others then
    get stacked diagnostics state = returned_sqlstate, hint = pg_exception_hint, message = message_text;
    if state like 'XX%' or state = '57014' or needs_hint and hint = '' then
        return format('%s: %s %s', left(statement, 300), state, left(message, 200));
    end if;
    return null;
end
$$;
create function pg_temp.few_inputs() returns bool language sql as $$ select coalesce(current_setting('mo.few_inputs', true), 'off')::bool $$;
-- Lists of arguments: the sane value everywhere but in two places, which take every value; in one only where there are twenty places and more.
create function pg_temp.arguments(types oidvector) returns setof text[] language sql as $$
    with sane as (
        select array_agg((select format('%L::%s', t.value, t.type) from try t where t.type = a.type order by t.place limit 1) order by a.n) as list
        from unnest(types) with ordinality a (type, n)),
    place as (select n, format('%L::%s', t.value, t.type) as value from unnest(types) with ordinality a (type, n) join try t on t.type = a.type)
    select list from sane
    union select list[:p.n - 1] || p.value || list[p.n + 1:] from sane, place p
    union select (list[:p.n - 1] || p.value || list[p.n + 1:])[:q.n - 1] || q.value || list[q.n + 1:]
    from sane, place p join place q on q.n > p.n and not pg_temp.few_inputs() and cardinality(types::oid[]) < 20
    -- two states of many lengths: only what is not a mere fill of either
    where (select count(*) from place x where x.n = p.n) * (select count(*) from place x where x.n = q.n) < 2500 or p.value = q.value
$$;
-- Calls of one function: plain; aggregates over bad and sane rows, in both orders, and as a moving frame; window functions.
create function pg_temp.calls(p pg_proc) returns setof text language sql as $$
    with made as (select array_to_string(a, ', ') as bad, row_number() over () = 1 as first from pg_temp.arguments(p.proargtypes) a)
    select case p.prokind
        when 'f' then format('select left(string_agg(x::text, chr(10)), 1000) from mo.%I(%s) x', p.proname, bad)
        when 'a' then format('select mo.%I(%s)::text from generate_series(1, 3)', p.proname, bad)
        else format('select string_agg(x::text, chr(10)) from (select mo.%I(%s) over () from generate_series(1, 13)) v (x)', p.proname, bad) end
    from made
    union all
    select format('select string_agg(x::text, chr(10)) from (select mo.%I(%s) over (order by i rows between 1 preceding and 1 following)
        from generate_series(1, 4) i) v (x)', p.proname, bad) from made where p.prokind = 'a'
    union all
    select format('select string_agg(x::text, chr(10)) from (select mo.%I(%s) over (order by i) from (%s) v (i, %s)) v (x)', p.proname,
        (select string_agg('a' || n, ', ' order by n) from generate_series(1, p.pronargs) n),
        format('select 1, %s union all select 2, %s union all select 3, %2$s', bad, (select string_agg(
            (select format('%L::%s', t.value, t.type) from try t where t.type = a.type order by t.place limit 1), ', ' order by a.n)
            from unnest(p.proargtypes) with ordinality a (type, n))),
        (select string_agg('a' || n, ', ' order by n) from generate_series(1, p.pronargs) n))
    from made where p.prokind <> 'f' and p.pronargs > 0
$$;

-- types that nobody gave values for
select distinct 'no values to try: ' || a::regtype
from pg_proc p, unnest(p.proargtypes) a
where p.pronamespace = 'mo'::regnamespace and a <> 'internal'::regtype and a not in (select type from try) order by 1;
-- everything that can be called, but for the two procedures and a trigger (sql/prescribing_rows.sql); receive functions have their turn below. A date may stay
-- infinite; a state made by hand may hold a number that no row could bring: the final function refuses it.
create temp table attempt as
select p.oid, count(*) as calls, array_agg(o order by o) filter (where o is not null) as offences
from pg_proc p, pg_temp.calls(p) c, pg_temp.offence(c, needs_hint => not exists (select from pg_type t where p.oid = t.typinput),
    may_be_infinite => p.prorettype = 'date'::regtype or exists (select from pg_aggregate where p.oid in (aggtransfn, aggcombinefn))) o
where p.pronamespace = 'mo'::regnamespace and p.prokind <> 'p' and p.prorettype <> 'trigger'::regtype and not 'internal'::regtype = any (p.proargtypes)
group by p.oid;
select oid::regprocedure, cardinality(offences), offences[1], offences[cardinality(offences)] from attempt where offences is not null order by 1;
select 'not called: ' || p.oid::regprocedure from pg_proc p left join attempt a on a.oid = p.oid
where p.pronamespace = 'mo'::regnamespace and p.prokind <> 'p' and p.prorettype <> 'trigger'::regtype and not 'internal'::regtype = any (p.proargtypes)
    and coalesce(a.calls, 0) = 0;
select sum(calls) > case when pg_temp.few_inputs() then 2000 else 20000 end as enough_calls from attempt;
-- STRICT is honest: what is not strict says in its comment what null does, or is the support function of an aggregate
select 'not strict, and no word of nulls: ' || p.oid::regprocedure from pg_proc p
where p.pronamespace = 'mo'::regnamespace and p.prokind in ('f', 'w') and not p.proisstrict and p.pronargs > 0
    and obj_description(p.oid, 'pg_proc') !~* 'null|support function|mo\.' order by 1;

-- Binary forms of our types: sane ones with a byte changed, cut off or added, received by COPY. What is accepted is sound: it gives the
-- same bytes again, and the functions of its type take it.
create temp table form (type regtype, bytes bytea, id serial);
insert into form (type, bytes)
select 'mo.patient_months', mo.patient_months_send(value::mo.patient_months) from try where type = 'mo.patient_months'::regtype and value is not null;
insert into form (type, bytes)
select 'mo.patient_spells', mo.patient_spells_send(value::mo.patient_spells) from try where type = 'mo.patient_spells'::regtype and value is not null;
insert into form (type, bytes)
select 'mo.peer_values', mo.peer_values_send(value::mo.peer_values) from try where type = 'mo.peer_values'::regtype and value is not null;
create temp table mutant (type regtype, bytes bytea, sound bool, id serial);
insert into mutant (type, bytes, sound) select type, bytes, true from form;
insert into mutant (type, bytes)
select type, set_byte(bytes, i, b) from form, generate_series(0, length(bytes) - 1) i, unnest(array[0, 1, 128, 255]) b
where get_byte(bytes, i) <> b and (i < 24 or i % 5 = 0)
union select type, substr(bytes, 1, n) from form, generate_series(0, length(bytes) - 1) n
union select type, bytes || '\x00' from form union select type, bytes || bytes from form;
delete from mutant where pg_temp.few_inputs() and sound is not true and id % 20 <> 0;
create temp table received_patient_months (id int, v mo.patient_months);
create temp table received_patient_spells (id int, v mo.patient_spells);
create temp table received_peer_values (id int, v mo.peer_values);
select count(*) as as_many_as_there_are_types from pg_type t
where t.typnamespace = 'mo'::regnamespace and t.typtype = 'b' and t.typelem = 0 and t.oid in (select type from mutant);
-- The server reads a file of its own; the bytes go there as a large object.
create function pg_temp.receive(m mutant) returns text language plpgsql as $$
declare
    path text := current_setting('data_directory') || '/mo_bad_input.tmp';
    tuple bytea := int2send(2::int2) || int4send(4) || int4send(m.id) || int4send(length(m.bytes)) || m.bytes;
    object oid := lo_from_bytea(0, '\x5047434f50590aff0d0a00' || int4send(0) || int4send(0) || tuple || '\xffff');
    state text;
    message text;
begin
    perform lo_export(object, path), lo_unlink(object);
    execute format('copy pg_temp.received_%s from %L (format binary)', split_part(m.type::text, '.', 2), path);
    return null;
exception when others then
    get stacked diagnostics state = returned_sqlstate, message = message_text;
    return case when state like 'XX%' or m.sound then format('%s %s: %s %s', m.type, m.bytes, state, message) end;
end
$$;
select o from mutant m, pg_temp.receive(m) o where o is not null order by 1 limit 5;
create temp view used as
select m.type, m.bytes, mo.patient_months_send(r.v) as again, pg_temp.offence(format($$select mo.patients(%1$L) || mo.patient_months_combine(%1$L,
    %1$L)::text || (select count(*) from mo.attainment_cells(%1$L::mo.patient_months, null, '2025-03-01', '2026-03-31', 12))$$, r.v)) as offence
from received_patient_months r join mutant m using (id)
union all
select m.type, m.bytes, mo.patient_spells_send(r.v), pg_temp.offence(format($$select mo.spells(%1$L) || mo.patient_spells_combine(%1$L, %1$L)::text ||
    (select count(*) from mo.attainment_cells(null, %1$L::mo.patient_spells, '2025-03-01', '2026-03-31', 12))$$, r.v))
from received_patient_spells r join mutant m using (id)
union all
select m.type, m.bytes, mo.peer_values_send(r.v), pg_temp.offence(format($$select concat(mo.median_final(%1$L), mo.percentile_final(%1$L),
    mo.percentiles_final(%1$L), mo.deciles_final(%1$L), mo.peer_values_combine(%1$L, %1$L))$$, r.v))
from received_peer_values r join mutant m using (id);
-- (minus zero becomes zero)
select type, bytes, again, offence from used
where replace(bytes::text, '8000000000000000', '0000000000000000') <> replace(again::text, '8000000000000000', '0000000000000000')
    or offence is not null order by 1, 2 limit 5;
select type, count(*) > 0 as some_accepted, count(*) < (select count(*) from mutant m where m.type = u.type) as some_refused
from used u group by type order by type::text;
copy (select) to program 'cat > /dev/null; rm -f mo_bad_input.tmp';
