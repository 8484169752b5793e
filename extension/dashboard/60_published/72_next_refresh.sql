create or replace view mo_dashboard.next_refresh as
    with source_due as (
        select d.source_name, d.source_title, d.source_sort, d.latest_month, d.next_data_due, d.days_overdue, d.state_label,
            case when d.next_data_due is not null then d.next_data_due + 1 - s.expected_lag_days - interval '1 month'
                else case s.cadence when 'annual' then d.latest_month + interval '12 months' when 'quarterly' then d.latest_month + interval '3 months'
                    when 'monthly' then d.latest_month + interval '1 month' end end::date as next_month
        from mo_dashboard.data_status d join mo_data.source s on s.source = d.source_name
    ), kpi_due as (
        select k.kpi_id, k.name, k.page_order, k.sources, k.begins_with_first, l.month as latest_month,
            case k.time_basis when 'annual' then date_trunc('year', l.month - interval '3 months') + interval '2 years 2 months' -- as next_figure_due
                else l.month + interval '1 month' end::date as next_month,
            mo_data.next_figure_due(l.month, k.time_basis, k.expected_lag_days) as next_data_due
        from mo_data.kpi k
            left join (select m.kpi_id, max(m.month) as month from mo_data.kpi_month m group by m.kpi_id) l on l.kpi_id = k.kpi_id
        where k.is_active
    )
    select
        1::integer as item_sort,
        'Refresh'::varchar(10) as item_label,
        null::varchar(40) as source_name,
        null::varchar(40) as kpi_id,
        'Refresh of the figures'::varchar(255) as item_title,
        null::date as latest_month,
        null::date as next_month,
        n.next_day::date as next_data_due,
        null::integer as days_overdue,
        case when n.next_at is null then 'not scheduled' when p.pending then 'data waiting' else 'scheduled' end::varchar(20) as due_label,
        (n.next_at at time zone n.time_zone at time zone 'UTC')::timestamp(0) as next_run_utc,
        (case when n.next_at is null then 'No schedule is set in the database; a refresh is called by hand or by the server''s own clock.'
            else 'Runs by itself at ' || n.cron || ' (' || n.time_zone || ').' end
            || case when p.pending then ' Loaded data are waiting for it.' else '' end)::text as due_narrative
    from (select 1) one
        left join (
            select r.cron, r.time_zone, t.next_at, t.next_at::date as next_day
            from mo_data.refresh_schedule r
                cross join lateral (select mo_data.cron_next(r.cron, now() at time zone r.time_zone) as next_at) t
        ) n on true
        left join (
            select exists (
                select from mo_data.load_batch b
                where b.state <> 'failed' and not exists (select from mo_data.refresh_batch f where f.batch_id = b.batch_id)) as pending
        ) p on true
    union all
    select
        (1000 + d.source_sort)::integer, 'Source'::varchar(10), d.source_name, null::varchar(40), d.source_title, d.latest_month, d.next_month,
        d.next_data_due, case when d.next_data_due is not null then d.days_overdue end,
        case d.state_label when 'overdue' then 'overdue' when 'never loaded' then 'never loaded'
            else case when d.next_data_due is null then 'no regular date' else 'expected' end end::varchar(20),
        null::timestamp(0),
        case
            when d.state_label = 'never loaded' then 'Has never been loaded.'
            when d.days_overdue > 0 then 'The next file was due ' || case d.days_overdue when 1 then 'yesterday.' else d.days_overdue || ' days ago.' end
            when d.next_data_due is not null then 'The next file is due by ' || to_char(d.next_data_due, 'FMDD Mon YYYY') || '.'
            else 'Comes when there is something new.'
        end::text
    from source_due d
    union all
    select
        (10000 + k.page_order)::integer, 'KPI'::varchar(10), null::varchar(40), k.kpi_id::varchar(40), k.name::varchar(255), k.latest_month::date,
        k.next_month::date, k.next_data_due::date,
        case when k.next_data_due is not null then greatest(current_date - k.next_data_due, 0) end::integer,
        case when k.latest_month is null then 'no figure yet' when k.next_data_due < current_date then 'overdue' else 'expected' end::varchar(20),
        null::timestamp(0),
        (case
            when k.latest_month is null then 'Has no figure yet.'
            when k.next_data_due < current_date then 'The figure of ' || to_char(k.next_month, 'FMMonth YYYY') || ' was due on '
                || to_char(k.next_data_due, 'FMDD Mon YYYY') || '.'
            else 'The figure of ' || to_char(k.next_month, 'FMMonth YYYY') || ' is due by '
                || to_char(k.next_data_due, 'FMDD Mon YYYY') || '.'
        end || coalesce(' Waiting for: ' || w.titles || '.', '')
            || coalesce(' No figure of ' || to_char(k.latest_month, 'FMMonth YYYY') || ' yet from ' || i.icbs
                || ': regions, the nation and groups across ICBs wait.', ''))::text
    from kpi_due k
        left join lateral (
            select string_agg(distinct d.source_title, ', ') as titles
            from source_due d
            where d.source_name = any (k.sources)
                and (d.days_overdue > 0 or k.latest_month is null and d.state_label = 'never loaded')
        ) w on true
        left join lateral (
            select string_agg(distinct c.icb_code, ', ') as icbs
            from mo_data.kpi_coverage c
            where c.kpi_id = k.kpi_id and (c.first_month is not null or not k.begins_with_first)
                and exists ( -- nobody waits for one that has closed
                    select from mo_data.organisation_parent p
                    where p.parent_type = 'icb' and p.parent_code = c.icb_code and p.valid_from < k.latest_month + interval '1 month'
                        and (p.valid_to is null or p.valid_to >= k.latest_month + interval '1 month'))
                and not exists (
                    select from mo_data.kpi_result r
                    where r.kpi_id = k.kpi_id and r.month = k.latest_month and r.org_type = 'icb' and r.org_code = c.icb_code and r.breakdown = '')
        ) i on true;
comment on view mo_dashboard.next_refresh is
    'What is due when: one row for the refresh, one a source (its next file) and one a KPI (its next figure), overdue ones marked. Sort by item_sort.';
comment on column mo_dashboard.next_refresh.item_sort is 'Order: the refresh, then sources, then KPIs.';
comment on column mo_dashboard.next_refresh.item_label is 'Refresh, Source or KPI.';
comment on column mo_dashboard.next_refresh.source_name is 'Name of the source. Null: not a source.';
comment on column mo_dashboard.next_refresh.kpi_id is 'Name of the KPI. Key of dim_kpi. Null: not a KPI.';
comment on column mo_dashboard.next_refresh.item_title is 'What it is, in words.';
comment on column mo_dashboard.next_refresh.latest_month is 'First day of the latest month loaded or published. Null: none, or it has no months.';
comment on column mo_dashboard.next_refresh.next_month is 'First day of the month that comes next, of a KPI made once a year of the March that ends the next financial year. Null: not known.';
comment on column mo_dashboard.next_refresh.next_data_due is 'Day by which it is expected. Null: no regular date.';
comment on column mo_dashboard.next_refresh.days_overdue is 'Days since it was due; 0 when not yet due. Null: no regular date.';
comment on column mo_dashboard.next_refresh.due_label is
    'expected, overdue, never loaded, no figure yet, no regular date; for the refresh: scheduled, data waiting or not scheduled.';
comment on column mo_dashboard.next_refresh.next_run_utc is 'When the refresh runs next by itself, UTC. Null: not scheduled, or not the refresh.';
comment on column mo_dashboard.next_refresh.due_narrative is 'The same in a sentence. Narrative.';
