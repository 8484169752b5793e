-- Flat files, whose columns are those of their table. Everything is read from the catalogue: the columns, their types, what may be
-- missing, what a row has to fulfil, what is the same row again; and from mo_data.source: what a new file replaces.
create or replace function mo_data.flat_column(source text default null)
    returns table (source text, column_name text, data_type text, is_needed boolean, sort smallint)
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select s.source, a.attname::text, t.typname::text, a.attnotnull and not a.atthasdef, a.attnum
    from mo_data.source s
    join pg_attribute a on a.attrelid = to_regclass('mo_data.' || quote_ident(s.target_table))
    join pg_type t on t.oid = a.atttypid
    where (flat_column.source is null or s.source = flat_column.source) and s.replaces <> 'delta'
        and a.attnum > 0 and not a.attisdropped and a.attname <> 'batch_id'
    order by s.sort, a.attnum
$$;
comment on function mo_data.flat_column(text) is
    'Columns that a flat file of a source may have, and must have (is_needed); of all sources for null. No rows: the source is not flat.';

create or replace function mo_data.stage_flat(source text) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    columns text;
begin
    select string_agg(format('%I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
            case when a.attcollation = 'pg_catalog."C"'::regcollation then ' collate "C"' end, ' default ' || pg_get_expr(d.adbin, d.adrelid)), ', ' order by a.attnum)
        into columns
    from mo_data.flat_column(stage_flat.source) c
    join mo_data.source s on s.source = c.source
    join pg_attribute a on a.attrelid = ('mo_data.' || quote_ident(s.target_table))::regclass and a.attname = c.column_name
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum;
    execute format('create temporary table stage (line_no bigint, %s) on commit drop', columns);
end
$$;
comment on function mo_data.stage_flat(text) is
    'Makes the staging table of a flat source: line_no and the columns of its table, with their defaults, nulls allowed.';

create or replace function mo_data.flat_key(target regclass) returns text[]
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select array(
        select a.attname::text
        from unnest(i.indkey::smallint[]) with ordinality as k (attnum, place)
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
        order by k.place)
    from pg_index i
    where i.indrelid = $1 and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
    order by i.indisprimary desc, i.indexrelid
    limit 1
$$;
comment on function mo_data.flat_key(regclass) is 'Columns of the primary key of a table, or of its unique index.';

create or replace function mo_data.flat_same(target regclass, one text, other text) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format(case when a.attnotnull then '%1$s.%3$I = %2$s.%3$I' else '%1$s.%3$I is not distinct from %2$s.%3$I' end,
        $2, $3, a.attname), ' and ')
    from unnest(mo_data.flat_key($1)) as k (name)
    join pg_attribute a on a.attrelid = $1 and a.attname = k.name
$$;
comment on function mo_data.flat_same(regclass, text, text) is
    'The condition that two rows, given by the names of their relations in a query, have the same key; for dynamic SQL.';

create or replace function mo_data.flat_month(target regclass, relation text, column_name text) returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    type_name regtype;
begin
    select a.atttypid into type_name
    from pg_attribute a
    where a.attrelid = flat_month.target and a.attname = flat_month.column_name and not a.attisdropped;
    return case
        when type_name = 'date'::regtype then format('mo.month_start(%s.%I)', flat_month.relation, flat_month.column_name)
        when type_name = 'timestamptz'::regtype
            then format('mo.month_start((%s.%I at time zone ''Europe/London'')::date)', flat_month.relation, flat_month.column_name)
    end;
end
$$;
comment on function mo_data.flat_month(regclass, text, text) is
    'The expression for the month of a date, or of a time in London; for dynamic SQL. Null: the table has no such column.';

revoke all on function mo_data.flat_column(text), mo_data.stage_flat(text), mo_data.flat_key(regclass),
    mo_data.flat_same(regclass, text, text), mo_data.flat_month(regclass, text, text) from public;
