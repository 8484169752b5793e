-- Staged rows of a flat file that their table would refuse: each goes to load_reject with the reason, so that one bad row does not
-- stop a file. The rules are the table's own constraints, and what no figure could be kept for.
create or replace function mo_data.flat_rule(target regclass)
    returns table (place bigint, broken text, column_name text, reason text)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    with rule as (
        select 0 as kind, a.attnum::bigint as sort, format('%I is null', a.attname) as broken, a.attname::text as column_name,
            quote_literal('is empty') as reason
        from pg_attribute a
        where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and a.attnotnull and a.attname <> 'batch_id'
        union all -- a code is a part or an organisation of figures, whose parts have 100 characters with what is before the code; keys are in indexes
        select 1, a.attnum, format('octet_length(%1$I) > %2$s and length(%1$I) > %2$s', a.attname, t.most), a.attname,
            case when a.attname ~ 'patient' then format('%L', w.what) else format('%L || mo_data.value_in_message(%I) || %L', '"', a.attname, '" ' || w.what) end
        from pg_attribute a
        cross join lateral (select a.attname ~ '(^|_)(code|class|group|set|tool)$' as is_code) c
        cross join lateral (select case when c.is_code then 80 else 200 end as most) t
        cross join lateral (select format('is longer than the %s characters that a %s may have', t.most, case when c.is_code then 'code' else 'key' end) as what) w
        where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype
            and (c.is_code or exists (select from pg_index i where i.indrelid = $1 and a.attnum = any (i.indkey)))
        union all -- what lasts for ever has an empty end
        select 1, a.attnum, format('not isfinite(%I)', a.attname), a.attname, format('%L || %I || %L', '"', a.attname, '" is no day')
        from pg_attribute a
        where a.attrelid = $1 and a.attnum > 0 and not a.attisdropped and a.atttypid in ('date'::regtype, 'timestamptz'::regtype)
        union all
        select 2, c.oid::bigint, format('not (%s)', e.expression), a.attname::text,
            case when a.attname is null then quote_literal(coalesce(m.meaning, 'does not fulfil ' || e.plain))
                when a.attname ~ 'patient' then quote_literal(coalesce(m.meaning, 'does not fulfil ' || e.plain)) -- reasons end in logs
                else format('%L || mo_data.value_in_message(%I::text) || %L', '"', a.attname,
                    '" ' || coalesce(m.meaning, 'is none of ' || e.list, 'does not fulfil ' || e.plain)) end
        from pg_constraint c
        left join pg_attribute a on a.attrelid = c.conrelid and cardinality(c.conkey) = 1 and a.attnum = c.conkey[1]
        cross join lateral (select obj_description(c.oid, 'pg_constraint') as meaning) m
        cross join lateral (select pg_get_expr(c.conbin, c.conrelid) as expression) x
        cross join lateral (
            select x.expression,
                regexp_replace(x.expression, '::[a-z][a-z ]*[a-z](\[\])?', '', 'g') as plain,
                replace(substring(regexp_replace(x.expression, '::[a-z][a-z ]*[a-z](\[\])?', '', 'g')
                    from '^\([a-z_]+ = ANY \(ARRAY\[([^]]*)\]\)\)$'), '''', '') as list) e
        where c.conrelid = $1 and c.contype = 'c')
    select row_number() over (order by r.kind, r.sort), r.broken, r.column_name, r.reason
    from rule r
$$;
comment on function mo_data.flat_rule(regclass) is
    'What every row of a table has to fulfil (not null, codes and keys that fit where figures are kept, days that are some, check), as a condition that finds the rows that do not, and an expression for the '
    'reason: the comment on the constraint where it has one, else its expression. For dynamic SQL on a relation with the same columns.';

create or replace function mo_data.flat_defaults(target regclass) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    item record;
begin
    for item in
        select a.attname, pg_get_expr(d.adbin, d.adrelid) as value
        from pg_attribute a
        join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        where a.attrelid = flat_defaults.target and a.attnotnull and not a.attisdropped
    loop
        execute format('update pg_temp.stage set %1$I = %2$s where %1$I is null', item.attname, item.value);
    end loop;
end
$$;
comment on function mo_data.flat_defaults(regclass) is
    'Gives staged rows the default of columns that may not be null: an empty field is as good as a missing column.';

create or replace function mo_data.flat_reject(batch_id integer, target regclass) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    hits bigint[];
    rule record;
begin
    -- One pass over the rows says which rules are broken at all; mostly none is.
    execute (
        select format('select array[%s]', string_agg(format('count(*) filter (where %s)', r.broken), ', ' order by r.place))
            || ' from pg_temp.stage'
        from mo_data.flat_rule(flat_reject.target) r) into hits;
    for rule in select * from mo_data.flat_rule(flat_reject.target) r where hits[r.place] > 0 order by r.place loop
        execute format(
            'with bad as (delete from pg_temp.stage where %s returning line_no, %s as reason) '
            'insert into mo_data.load_reject (batch_id, line_no, column_name, reason) select $1, line_no, $2, reason from bad',
            rule.broken, rule.reason)
        using flat_reject.batch_id, rule.column_name;
    end loop;
end
$$;
comment on function mo_data.flat_reject(integer, regclass) is 'Rejects staged rows that their table would refuse.';

create or replace function mo_data.flat_reject_same(batch_id integer, target regclass) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    key constant text := (select string_agg(quote_ident(k.name), ', ') from unnest(mo_data.flat_key(flat_reject_same.target)) as k (name));
    words constant text := array_to_string(mo_data.flat_key(flat_reject_same.target), ', ');
begin
    -- Later lines of the file with a key that it has had.
    execute format(
        'with again as (
            select s.line_no, first_value(s.line_no) over same as first_line,
                to_jsonb(s) - ''line_no'' = first_value(to_jsonb(s) - ''line_no'') over same as identical
            from pg_temp.stage s
            window same as (partition by %1$s order by s.line_no)
        ), bad as (
            delete from pg_temp.stage s using again a
            where a.line_no = s.line_no and a.first_line < a.line_no
            returning s.line_no, a.first_line, a.identical)
        insert into mo_data.load_reject (batch_id, line_no, reason)
        select $1, b.line_no, case when b.identical then format(''the same row again: line %%s has it'', b.first_line)
            else format(''another row with the same %%s: line %%s came first'', $2, b.first_line) end
        from bad b', key)
    using flat_reject_same.batch_id, words;
    -- Rows that another source or part has brought.
    execute format(
        'with bad as (
            delete from pg_temp.stage s using %1$s t
            where %2$s and t.batch_id is distinct from $1
            returning s.line_no, t.batch_id as owner)
        insert into mo_data.load_reject (batch_id, line_no, reason)
        select $1, d.line_no, format(''the row with the same %%s came with load %%s of %%s, part "%%s"'', $2, b.batch_id, b.source, b.part)
        from bad d
        left join mo_data.load_batch b on b.batch_id = d.owner',
        flat_reject_same.target, mo_data.flat_same(flat_reject_same.target, 's', 't'))
    using flat_reject_same.batch_id, words;
end
$$;
comment on function mo_data.flat_reject_same(integer, regclass) is
    'Rejects staged rows whose key the file has on an earlier line, or another source or part has brought. Called when rows are in the way.';

revoke all on function mo_data.flat_rule(regclass), mo_data.flat_defaults(regclass), mo_data.flat_reject(integer, regclass),
    mo_data.flat_reject_same(integer, regclass) from public;
