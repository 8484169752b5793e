-- Indexes of an empty table made after its rows, which takes half of the time of keeping them row by row.
create or replace function mo_data.indexes_put_off(target regclass)
    returns text[]
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    index record;
    statements text[] := '{}';
    is_free boolean;
begin
    execute format('select not exists (select from %s)', target) into is_free;
    if not is_free or exists (select from pg_trigger t where t.tgrelid = target and t.tgdeferrable) then -- no constraint is added while one is due
        return '{}';
    end if;
    begin -- there is nothing in it to read, so nobody is kept from a figure; but who is looking at it is not waited for
        execute format('lock table %s in access exclusive mode nowait', target);
    exception when lock_not_available or insufficient_privilege then
        return '{}';
    end;
    if current_setting('wal_level') = 'minimal' and not exists (select from pg_trigger t where t.tgrelid = target) then
        execute format('truncate %s', target); -- a file made in this transaction is not logged
    end if;
    for index in
        select i.indexrelid::regclass as name, pg_get_indexdef(i.indexrelid) as definition, c.conname,
            format('alter table %s add constraint %s %s using index %s%s', target, quote_ident(c.conname),
                case c.contype when 'p' then 'primary key' else 'unique' end, quote_ident(c.conname),
                case when c.condeferred then ' deferrable initially deferred' when c.condeferrable then ' deferrable' else '' end) as constrained
        from pg_index i
            join pg_class x on x.oid = i.indexrelid
            left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = i.indrelid and c.contype <> 'f'
        where i.indrelid = target and i.indisvalid and coalesce(c.contype <> 'x', true)
            -- one of which more is said than its definition stays as it is
            and x.reltablespace = 0 and not i.indisreplident and not i.indisclustered
            and not exists (select from pg_description d where d.objoid in (i.indexrelid, c.oid))
            and not exists (select from pg_attribute a where a.attrelid = i.indexrelid and a.attstattarget >= 0)
        order by c.oid, i.indexrelid
    loop
        begin
            execute case when index.conname is not null then format('alter table %s drop constraint %I', target, index.conname)
                else format('drop index %s', index.name) end;
            statements := statements || index.definition;
            if index.conname is not null then
                statements := statements || index.constrained;
            end if;
        exception when dependent_objects_still_exist or insufficient_privilege or object_in_use then
            null; -- a view or foreign key of the site rests on it
        end;
    end loop;
    return statements;
end
    $$;
revoke all on function mo_data.indexes_put_off(regclass) from public;
comment on function mo_data.indexes_put_off(regclass) is
    'Drops the indexes of a table without rows, the site''s own too, and returns the statements for indexes_make(), to be called in the same transaction: '
    'one that ends early leaves them as they were. Empty, and nothing dropped, where the table has rows or somebody is reading it; an index that '
    'something rests on, or of which more is said than its definition (a comment, a tablespace), stays. Part of refresh().';

create or replace function mo_data.indexes_make(statements text[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set default_tablespace = ''
    as $$
declare
    statement text;
begin
    foreach statement in array statements loop
        execute statement;
    end loop;
end
    $$;
revoke all on function mo_data.indexes_make(text[]) from public;
comment on function mo_data.indexes_make(text[]) is 'Makes the indexes again that indexes_put_off() dropped, with their names and constraints. Part of refresh().';
