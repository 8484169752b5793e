-- The next time of a cron schedule.
create or replace function mo_data.cron_values(field text, first integer, last integer, names text[] default '{}')
    returns integer[]
    language sql immutable parallel safe
    begin atomic
    select array_agg(distinct v order by v)
    from regexp_split_to_table(lower(field), ',') as i (item)
        cross join lateral (
            select case when p.part is null then array[first, last, coalesce((regexp_match(i.item, '^\*/(\d+)$'))[1]::integer, 1)]
                else array[p.part[1]::integer, coalesce(p.part[2], p.part[1])::integer, coalesce(p.part[3]::integer, 1)] end as bound
            from (select coalesce(regexp_match(i.item, '^(\d+)(?:-(\d+)(?:/(\d+))?)?$'),
                array[(first + array_position(names, i.item) - 1)::text, null, null]) as part) x
                cross join lateral (select case when x.part[1] is null then null else x.part end as part) p
        ) b
        cross join lateral generate_series(b.bound[1], b.bound[2], greatest(b.bound[3], 1)) as v;
    end;
comment on function mo_data.cron_values(text, integer, integer, text[]) is
    'The numbers that a valid field of a cron schedule (mo_data.cron_field_is_valid) stands for; names stand for the numbers from first on.';

create or replace function mo_data.cron_next(schedule text, after timestamp)
    returns timestamp
    language sql immutable strict parallel safe
    begin atomic -- bound when made: a reader's view calls it, and readers may not use the schema
    with field as materialized (
        select f, mo_data.cron_values(f[1], 0, 59) as minutes, mo_data.cron_values(f[2], 0, 23) as hours, mo_data.cron_values(f[3], 1, 31) as days,
            mo_data.cron_values(f[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}') as months,
            mo_data.cron_values(f[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}') as weekdays
        from (select regexp_split_to_array(schedule, ' +') as f) s
    )
    select d.day + make_interval(hours => t.hour, mins => t.minute)
    from field f
        cross join lateral (
            select g as day
            from generate_series(date_trunc('day', after), date_trunc('day', after) + interval '9 years', interval '1 day') g -- 29 February
            where extract(month from g) = any (f.months)
                and case -- where day and weekday are both restricted, either will do
                    when left(f.f[3], 1) = '*' or left(f.f[5], 1) = '*' then
                        extract(day from g) = any (f.days) and (extract(dow from g) = any (f.weekdays) or extract(dow from g) = 0 and 7 = any (f.weekdays))
                    else extract(day from g) = any (f.days) or extract(dow from g) = any (f.weekdays) or extract(dow from g) = 0 and 7 = any (f.weekdays)
                end
            order by g limit 2 -- on the first of them it may be too late
        ) d
        cross join unnest(f.hours) as h (hour)
        cross join unnest(f.minutes) as m (minute)
        cross join lateral (select h.hour, m.minute) t
    where d.day + make_interval(hours => t.hour, mins => t.minute) > after
    order by 1 limit 1;
    end;
comment on function mo_data.cron_next(text, timestamp) is
    'The first time after a moment at which a cron schedule of five fields runs, by its own clock. Null: never within nine years.';
