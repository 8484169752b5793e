-- From 1.0: how far what stands of a load reaches (20_sources/00_load.table.sql), of the loads there are.
do $migration$
declare
    flat record;
begin
    if exists (select from pg_attribute where attrelid = 'mo_data.load_batch'::regclass and attname = 'last_month' and not attisdropped) then
        return;
    end if;
    alter table mo_data.load_batch add column last_month date;
    comment on column mo_data.load_batch.last_month is
        'First day of the latest month of its rows that still stand, of a flat file whose months are those of dates; -infinity: none. Null: months says it.';
    for flat in
        select s.source, t.target, string_agg(format('(%s)', mo_data.flat_month(t.target, 't', u.name)), ', ') as dates
        from mo_data.source s
            cross join lateral (select to_regclass('mo_data.' || quote_ident(s.target_table)) as target) t
            cross join lateral unnest(string_to_array(s.touches, ',')) as u (name)
        where s.replaces <> 'delta' and s.touches not like '%..%' and t.target is not null
        group by s.source, t.target
    loop
        execute format('update mo_data.load_batch b set last_month = coalesce(x.last_month, ''-infinity'') '
            'from mo_data.load_batch o left join (select t.batch_id, max(m.month) as last_month from %s t cross join lateral (values %s) as m (month) '
            'where m.month <= current_date group by t.batch_id) x on x.batch_id = o.batch_id '
            'where o.batch_id = b.batch_id and b.source = %L and b.state = ''loaded''', flat.target, flat.dates, flat.source);
    end loop;
end
$migration$;
