-- The records of sea_raised and sea_completed: the same register counted by two of its dates.
create or replace function mo_data.significant_event_record(dated_by text, from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with event as (
        select e.event_id, e.practice_code, mo.month_start(d.day) as month
        from mo_data.significant_event e
            cross join lateral (select case dated_by when 'raised' then e.raised_on when 'completed' then e.completed_on end as day) d
        where d.day between from_month and mo.month_end(to_month)
    )
    select e.practice_code, e.month, null::text, 'event:' || e.event_id, 1::double precision, null::double precision
    from event e
    union all
    select e.practice_code, e.month, coalesce('theme_' || t.theme_code, 'no_theme'), 'event:' || e.event_id, 1, null
    from event e left join mo_data.significant_event_theme t on t.event_id = e.event_id
$$;
comment on function mo_data.significant_event_record(text, date, date) is
    'Significant events of the months by the day they were ''raised'' or ''completed'': one record each in the whole, one in each of its '
    'themes, or in no_theme. Any other word gives none.';
revoke all on function mo_data.significant_event_record(text, date, date) from public;
