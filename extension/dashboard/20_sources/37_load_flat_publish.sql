-- The end of a flat load: rows that the new file replaces go, its own come, and what that can have changed is noted.
create or replace function mo_data.flat_replaces(replaces text, touches text) returns text
    language sql immutable
    set search_path = pg_catalog, pg_temp
as $$
    select flat_replaces.replaces || case when flat_replaces.replaces like 'month:%' and f.counted_by <> '' and flat_replaces.touches not like '%..%' and flat_replaces.replaces <> 'month:' || f.counted_by
        then ',' || f.counted_by else '' end
    from coalesce(split_part(flat_replaces.touches, ',', 1), '') as f (counted_by)
$$;
comment on function mo_data.flat_replaces(text, text) is
    'What a file of a source replaces, from its row of mo_data.source: after month:COLUMN the date its rows are counted by, for rows that have none in COLUMN.';

create or replace function mo_data.flat_replaced(target regclass, replaces text) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select case split_part(flat_replaced.replaces, ':', 1)
        when 'whole' then 'true'
        when 'month' then
            case when c.name not like '%,%' then format('%s in (select distinct %s from pg_temp.stage s)', mo_data.flat_month(flat_replaced.target, 't', c.name),
                    mo_data.flat_month(flat_replaced.target, 's', c.name))
                -- One row without the date does not make its file one of the month it is of, and remove all the others of that month.
                else (
                    select format('coalesce(%1$s, %2$s) in (select %3$s from pg_temp.stage s where s.%5$I is not null '
                            'union select %4$s from pg_temp.stage s where not exists (select from pg_temp.stage d where d.%5$I is not null))',
                        mo_data.flat_month(flat_replaced.target, 't', n.first), mo_data.flat_month(flat_replaced.target, 't', n.other),
                        mo_data.flat_month(flat_replaced.target, 's', n.first), mo_data.flat_month(flat_replaced.target, 's', n.other), n.first)
                    from (select split_part(c.name, ',', 1) as first, split_part(c.name, ',', 2) as other) n) end
        when 'each' then format('t.%1$I in (select distinct s.%1$I from pg_temp.stage s)', c.name)
        when 'key' then 'false' end
    from split_part(flat_replaced.replaces, ':', 2) as c (name)
$$;
comment on function mo_data.flat_replaced(regclass, text) is
    'The condition that a row t of earlier loads fulfils when the staged file replaces it, by the rule (mo_data.flat_replaces). Null: the rule is none.';

create or replace function mo_data.flat_remove(batch_id integer, target regclass, replaces text) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    own integer[];
    condition text;
    removed bigint;
    more bigint := 0;
begin
    -- By key: whoever brought the row. Else what earlier loads of the same source and part brought.
    select coalesce(array_agg(other.batch_id), '{}') into own
    from mo_data.load_batch other
    join mo_data.load_batch this on this.source = other.source and (this.part = other.part or flat_remove.replaces = 'key')
    where this.batch_id = flat_remove.batch_id and other.batch_id <> this.batch_id and other.state <> 'failed';
    condition := mo_data.flat_replaced(flat_remove.target, flat_remove.replaces);
    if condition is null then
        raise exception '% has no rule for what a file replaces', flat_remove.target
            using errcode = 'invalid_parameter_value', hint = 'See the column replaces of mo_data.source.';
    end if;
    execute format('create temporary table gone on commit drop as select * from %s where false', flat_remove.target);
    execute format('with old as (delete from %s t where t.batch_id = any ($1) and %s returning t.*) '
        'insert into pg_temp.gone select * from old', flat_remove.target, condition) using own;
    get diagnostics removed = row_count;
    -- Rows of the same key that the rule left, or that were shipped or entered by hand.
    execute format('select count(*) from (select from %s t where t.batch_id = any ($1) or t.batch_id is null limit 1) x', flat_remove.target)
        into more using own;
    if more > 0 then
        execute format('with old as (delete from %s t using pg_temp.stage s '
            'where (t.batch_id = any ($1) or t.batch_id is null) and %s returning t.*) insert into pg_temp.gone select * from old',
            flat_remove.target, mo_data.flat_same(flat_remove.target, 's', 't')) using own;
        get diagnostics more = row_count;
    end if;
    return removed + more;
end
$$;
comment on function mo_data.flat_remove(integer, regclass, text) is
    'Moves the rows that the staged file replaces into pg_temp.gone; returns how many.';

create or replace function mo_data.flat_put_back(target regclass, replaces text) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    put_back bigint;
begin
    execute format('with back as (delete from pg_temp.gone t where (%s) is not true and not exists (select from pg_temp.stage s where %s) returning t.*) '
        'insert into %s select * from back', mo_data.flat_replaced(flat_put_back.target, flat_put_back.replaces),
        mo_data.flat_same(flat_put_back.target, 's', 't'), flat_put_back.target);
    get diagnostics put_back = row_count;
    return put_back;
end
$$;
comment on function mo_data.flat_put_back(regclass, text) is
    'Puts rows of pg_temp.gone back that only staged lines replaced which have been rejected since; returns how many.';

create or replace function mo_data.flat_changed(target regclass, removed bigint) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    columns constant text := (
        select string_agg('%1$s.' || quote_ident(a.attname), ', ' order by a.attnum)
        from pg_attribute a
        where a.attrelid = flat_changed.target and a.attnum > 0 and not a.attisdropped and a.attname <> 'batch_id');
    same constant text := mo_data.flat_same(flat_changed.target, 'g', 's');
    counted bigint;
begin
    if flat_changed.removed = 0 then
        execute 'create temporary view changed as select * from pg_temp.stage';
        select count(*) into counted from pg_temp.changed;
        return counted;
    end if;
    execute format('create temporary table changed on commit drop as '
        'select %1$s from pg_temp.gone g left join pg_temp.stage s on %3$s '
        'where s.line_no is null or row(%1$s) is distinct from row(%2$s) '
        'union all select %2$s from pg_temp.stage s left join pg_temp.gone g on %3$s '
        'where g.ctid is null or row(%1$s) is distinct from row(%2$s)', format(columns, 'g'), format(columns, 's'), same);
    get diagnostics counted = row_count;
    return counted;
end
$$;
comment on function mo_data.flat_changed(regclass, bigint) is
    'Makes pg_temp.changed: rows that are gone or new, a changed row in both its states. Returns how many.';

create or replace function mo_data.flat_changed_from(target regclass, touches text) returns date
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    range_from constant text := split_part(split_part(flat_changed_from.touches, ',', 1), '..', 1);
    range_to constant text := split_part(split_part(flat_changed_from.touches, ',', 1), '..', 2);
    of_end constant text[] := (string_to_array(flat_changed_from.touches, ','))[2:];
    others text;
    first_day date;
begin
    select coalesce('row(' || string_agg('c.' || quote_ident(a.attname), ', ') || ')::text', '''''') into others
    from pg_attribute a
    where a.attrelid = flat_changed_from.target and a.attnum > 0 and not a.attisdropped
        and a.attname <> all (array['batch_id', range_to] || of_end || mo_data.flat_key(flat_changed_from.target));
    -- A row whose end alone has moved changes nothing before the earlier of its two ends.
    execute format('select min(x.first_day) from (select %s as first_day from pg_temp.changed c group by %s) x',
        case when range_from = '' then format('min(c.%I)', range_to)
            when range_to = '' then format('min(c.%I)', range_from)
            else format('case when count(*) = 2 and min(%1$s) = max(%1$s) and min(c.%3$I) is not distinct from max(c.%3$I) '
                'and num_nulls(min(c.%2$I)) = 0 and (count(c.%2$I) = 1 or min(c.%2$I) <> max(c.%2$I)) '
                'then min(c.%2$I) else min(c.%3$I) end', others, range_to, range_from) end,
        (select string_agg('c.' || quote_ident(k.name), ', ') from unnest(mo_data.flat_key(flat_changed_from.target)) as k (name)))
        into first_day;
    return coalesce(mo.month_start(first_day), 'infinity');
end
$$;
comment on function mo_data.flat_changed_from(regclass, text) is
    'The first month for which pg_temp.changed changes anything, for rows that hold over a range; infinity: none.';

create or replace function mo_data.flat_strangers(target regclass) returns text
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    item record;
    found text;
    notes text[] := '{}';
begin
    for item in
        select a.attname, r.reference, r.reference_column
        from (values ('practice_code', 'organisation', 'org_code'), ('pcn_code', 'organisation', 'org_code'),
            ('org_code', 'organisation', 'org_code'), ('cohort_code', 'cohort', 'cohort_code'), ('role_code', 'arrs_role', 'role_code'),
            ('theme_code', 'sea_theme', 'theme_code'), ('indicator_code', 'pincer_indicator', 'indicator_code'),
            ('alert_ref', 'alert', 'alert_ref'), ('alert_class', 'alert_window', 'alert_class'),
            ('programme_code', 'switch_programme', 'programme_code'),
            ('staff_key', 'staff', 'staff_key'), ('patient_key', 'patient', 'patient_key'), ('kpi_id', 'kpi', 'kpi_id')
            ) as r (column_name, reference, reference_column)
        join pg_attribute a on a.attrelid = flat_strangers.target and a.attname = r.column_name
        where ('mo_data.' || r.reference)::regclass <> flat_strangers.target
        order by a.attnum
    loop
        execute format(
            'select format(''%%s %1$s not in %2$s, with %%s rows, kept%%s%%s'', count(*), sum(u.row_count),
                case when ''%1$s'' <> ''patient_key'' then '': '' || string_agg(mo_data.value_in_message(u.code), '' '' order by u.code) filter (where u.place <= 5) end,
                case when ''%1$s'' <> ''patient_key'' and count(*) > 5 then '' ...'' end)
            from (
                select s.%1$I::text as code, count(*) as row_count, row_number() over (order by s.%1$I) as place
                from pg_temp.stage s
                where s.%1$I is not null and s.%1$I::text <> ''ALL'' and not exists (select from mo_data.%2$I r where r.%3$I = s.%1$I)
                group by s.%1$I) u
            having count(*) > 0', item.attname, item.reference, item.reference_column) into found;
        notes := notes || found;
    end loop;
    return array_to_string(notes, '; ', null);
end
$$;
comment on function mo_data.flat_strangers(regclass) is
    'Says which codes of the staged rows (practices, cohorts, patients ...) are not in their tables, and how many rows have them. Such rows '
    'are kept: what they belong to may be loaded later.';

create or replace function mo_data.flat_store(batch_id integer, target regclass) returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    columns constant text := (
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
        from pg_attribute a
        where a.attrelid = flat_store.target and a.attnum > 0 and not a.attisdropped and a.attname <> 'batch_id');
    -- In the order of the key: its index then grows at one end.
    command constant text := format('insert into %s (%2$s, batch_id) select %2$s, $1 from pg_temp.stage order by %3$s', target, columns,
        (select string_agg(quote_ident(k.name), ', ') from unnest(mo_data.flat_key(flat_store.target)) as k (name)));
    stored bigint;
begin
    -- Looking for repeated keys first would cost every load what hardly any needs.
    begin
        execute command using flat_store.batch_id;
        get diagnostics stored = row_count;
    exception when unique_violation then
        perform mo_data.flat_reject_same(flat_store.batch_id, flat_store.target);
        execute command using flat_store.batch_id;
        get diagnostics stored = row_count;
    end;
    return stored;
end
$$;
comment on function mo_data.flat_store(integer, regclass) is
    'Stores the staged rows; when a key is there already, rejects those that have it and stores the others. Returns how many are stored.';

create or replace function mo_data.publish_flat(batch_id integer) returns text
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    source mo_data.source;
    target regclass;
    rule text;
    stored bigint;
    removed bigint;
    changed bigint;
    lost bigint := 0;
    notes text;
begin
    select s.* into strict source
    from mo_data.source s join mo_data.load_batch b on b.source = s.source where b.batch_id = publish_flat.batch_id;
    target := ('mo_data.' || quote_ident(source.target_table))::regclass;
    rule := mo_data.flat_replaces(source.replaces, source.touches);
    -- Several sources and parts can fill one table: one at a time.
    perform pg_advisory_xact_lock(hashtextextended('mo_data.publish ' || source.target_table, 0));
    perform mo_data.flat_defaults(target);
    perform mo_data.flat_reject(publish_flat.batch_id, target);
    if source.target_table = 'organisation_group' then
        perform mo_data.group_reject(publish_flat.batch_id);
    end if;
    analyze pg_temp.stage;
    notes := mo_data.flat_strangers(target);
    removed := mo_data.flat_remove(publish_flat.batch_id, target, rule);
    stored := mo_data.flat_store(publish_flat.batch_id, target);
    -- Lines whose key was in the way are rejected only as rows are stored: what they alone replaced, a month of which no row is kept, stays.
    if removed > 0 and exists (select from mo_data.load_reject r where r.batch_id = publish_flat.batch_id and r.column_name is null) then
        removed := removed - mo_data.flat_put_back(target, rule);
    end if;
    if stored = 0 and removed > 0 then
        raise exception 'has no rows that can be used, and would replace %', removed
            using errcode = 'data_exception', hint = 'Nothing was changed. To remove them all, delete them from mo_data.' || source.target_table || '.';
    end if;

    analyze pg_temp.gone;
    changed := mo_data.flat_changed(target, removed);
    if removed > 0 then
        execute format('select count(*) from pg_temp.gone g where not exists (select from pg_temp.stage s where %s)',
            mo_data.flat_same(target, 's', 'g')) into lost;
    end if;
    perform mo_data.flat_note(publish_flat.batch_id, target, source.touches, changed, removed);
    return nullif(concat_ws('; ',
        case when removed > 0 then format('replaces %s rows of earlier loads', removed)
            || case when changed = 0 then ', none of which changes' when lost > 0 then format(', %s of which it does not have', lost) else '' end end,
        nullif(notes, '')), '');
end
$$;
comment on function mo_data.publish_flat(integer) is
    'Ends a flat load: rejects what its table would refuse, replaces by the source''s rule, stores, and notes the months. Called by load_finish.';

create or replace function mo_data.flat_dates(target regclass, touches text, relation text) returns text
    language sql stable
    set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format('(%s)', mo_data.flat_month(flat_dates.target, flat_dates.relation, t.name)), ', ')
    from unnest(string_to_array(flat_dates.touches, ',')) as t (name)
$$;
comment on function mo_data.flat_dates(regclass, text, text) is
    'The months of a row of a relation, by the dates of the rule, as a list of rows; for dynamic SQL.';

create or replace function mo_data.flat_last_month(target regclass, touches text, batch_id integer) returns date
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    last_month date;
begin
    execute format('select max(m.month) from %s t cross join lateral (values %s) as m (month) where t.batch_id = $1 and m.month <= current_date',
        target, mo_data.flat_dates(flat_last_month.target, flat_last_month.touches, 't')) into last_month using flat_last_month.batch_id;
    return coalesce(last_month, '-infinity');
end
$$;
comment on function mo_data.flat_last_month(regclass, text, integer) is
    'First day of the latest month of the rows that stand of a load; -infinity: none has a month.';

create or replace function mo_data.flat_note(batch_id integer, target regclass, touches text, changed bigint, removed bigint) returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    touched date[] := '{}';
    by_date constant boolean := flat_note.touches not like '%..%';
    first_month date;
    old integer;
    left_over boolean;
begin
    if flat_note.changed = 0 then
        first_month := 'infinity';
    elsif flat_note.touches like '%..%' then
        first_month := mo_data.flat_changed_from(flat_note.target, flat_note.touches);
    elsif flat_note.touches is not null then
        execute (
            select format('select coalesce(array_agg(distinct m.month order by m.month) filter (where m.month <= current_date), ''{}''), '
                'min(m.month) filter (where m.month > current_date) '
                'from pg_temp.changed c cross join lateral (values %s) as m (month)', mo_data.flat_dates(flat_note.target, flat_note.touches, 'c'))
            ) into touched, first_month;
        first_month := coalesce(first_month, case when touched = '{}' then 'infinity'::date end);
    end if;
    update mo_data.load_batch b
    set months = touched, changed_from = first_month, rows_replaced = flat_note.removed,
        -- What changed is not what stands: a row that stayed is in no month of the load, one that went is.
        last_month = case when by_date and flat_note.removed > 0
            then mo_data.flat_last_month(flat_note.target, flat_note.touches, flat_note.batch_id) end
    where b.batch_id = flat_note.batch_id;
    for old in select distinct g.batch_id from pg_temp.gone g where g.batch_id is not null loop
        execute format('select exists (select from %s t where t.batch_id = $1)', flat_note.target) into left_over using old;
        update mo_data.load_batch b
        set state = case when left_over then b.state else 'superseded' end,
            last_month = case when by_date then mo_data.flat_last_month(flat_note.target, flat_note.touches, old) end
        where b.batch_id = old;
    end loop;
end
$$;
comment on function mo_data.flat_note(integer, regclass, text, bigint, bigint) is
    'Notes in load_batch what a flat load can have changed, how far what stands of it and of the loads it takes rows from reaches, and marks the loads of which no row is left.';

revoke all on function mo_data.flat_replaces(text, text), mo_data.flat_replaced(regclass, text), mo_data.flat_remove(integer, regclass, text),
    mo_data.flat_put_back(regclass, text), mo_data.flat_changed(regclass, bigint),
    mo_data.flat_changed_from(regclass, text), mo_data.flat_strangers(regclass), mo_data.flat_store(integer, regclass), mo_data.publish_flat(integer),
    mo_data.flat_note(integer, regclass, text, bigint, bigint), mo_data.flat_dates(regclass, text, text),
    mo_data.flat_last_month(regclass, text, integer) from public;
