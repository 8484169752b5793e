-- A database made by a version in which a C function had fewer arguments, or more: refused, where the library would read what is not there.
\set VERBOSITY terse
begin;
-- Declares a C function again, with so many arguments less or more, and calls it with nulls.
create function pg_temp.call_with(symbol text, change int4) returns table (message text, hint text, code text) language plpgsql as $$
declare
    f pg_proc := p from pg_proc p where p.pronamespace = 'mo'::regnamespace and p.prosrc = symbol;
    types oid[] := (array(select unnest(f.proargtypes)) || array_fill('int4'::regtype::oid, array[greatest(change, 0)]))[: f.pronargs + change];
    declared text := (select string_agg(format_type(t, null), ', ' order by n) from unnest(types) with ordinality as u (t, n));
    nulls text := (select string_agg('null::' || format_type(t, null), ', ' order by n) from unnest(types) with ordinality as u (t, n));
begin
    execute format('create function pg_temp.redeclared(%s) returns %s language c as %L, %L', declared, pg_get_function_result(f.oid), f.probin, symbol);
    execute format('select * from pg_temp.redeclared(%s)', nulls);
    raise 'not refused';
exception when others then
    get stacked diagnostics message = message_text, hint = pg_exception_hint, code = returned_sqlstate;
    return next;
end $$;

-- mo.rolled_up and mo.rolled_up_into before figures were hidden while they are rolled up, mo.alert_closure_counts in its first form
select symbol, replace(message, mo.version(), 'this version') as message, code
from (values ('mo_rolled_up', -6), ('mo_rolled_up', -10), ('mo_rolled_up_into', -6), ('mo_alert_counts_accum', 2)) as older (symbol, change),
    pg_temp.call_with(symbol, change);

-- one less, one more
select symbol, change, message ~ ' arguments in this database, but \d+ in the library' as refused, code
from unnest('{mo_rolled_up,mo_rolled_up_into,mo_hidden_cells,mo_month_sums_accum,mo_alert_counts_accum,mo_alert_counts_dimensions}'::text[])
    with ordinality as f (symbol, n), unnest('{-1,1}'::int4[]) as change, pg_temp.call_with(symbol, change)
order by n, change;
select distinct hint from unnest('{-1,1}'::int4[]) as change, pg_temp.call_with('mo_rolled_up', change);
rollback;
