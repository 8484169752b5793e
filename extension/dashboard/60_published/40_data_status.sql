create or replace view mo_dashboard.data_status as
    select
        s.source::varchar(40) as source_name,
        s.system::varchar(100) as source_system,
        s.title::varchar(255) as source_title,
        s.sort::integer as source_sort,
        case
            when coalesce(l.loads, 0) = 0 then 'never loaded'
            when d.next_due < current_date then 'overdue'
            when p.pending then 'not refreshed'
            else 'current'
        end::varchar(20) as state_label,
        l.latest_month::date as latest_month,
        (l.loaded_at at time zone 'UTC')::timestamp(0) as loaded_at_utc,
        d.next_due::date as next_data_due,
        case when d.next_due is not null then greatest(current_date - d.next_due, 0) end::integer as days_overdue,
        case when l.rows_kept >= 1000 or not exists (select from mo_data.source_of_small u where u.source = s.source) then l.rows_kept end::integer as rows_kept,
        l.rows_rejected::integer as rows_rejected,
        l.failed_loads::integer as failed_loads,
        (r.published_at at time zone 'UTC')::timestamp(0) as refreshed_at_utc,
        case when (select m.sees_all from mo_data.my_reach m) then nullif(concat_ws('; ', x.left_out, n.narrative), '') end::text as left_out_narrative,
        (select l.data_kind_label from mo_data.site_label l)::varchar(20) as data_kind_label
    from mo_data.source s
        left join (
            select b.source, count(*) filter (where b.state <> 'failed') as loads, count(*) filter (where b.state = 'failed') as failed_loads,
                max(b.finished_at) filter (where b.state <> 'failed') as loaded_at,
                sum(b.rows_kept) filter (where b.state = 'loaded') as rows_kept,
                sum(b.rows_rejected) filter (where b.state = 'loaded') as rows_rejected,
                nullif(max(m.last_month) filter (where b.state = 'loaded'), '-infinity') as latest_month,
                nullif(max(case when m.last_month > m.ended_month then m.ended_month else m.last_month end) filter (where b.state = 'loaded'), '-infinity') as whole_month
            from mo_data.load_batch b
                join mo_data.source e on e.source = b.source
                left join lateral ( -- of the month in which its file is made, events have come only in part
                    select coalesce(b.last_month, (select max(u.month) from unnest(b.months) as u (month))) as last_month,
                        case when e.touches is not null then (date_trunc('month', coalesce(b.as_at + 1, (b.started_at at time zone 'Europe/London')::date))
                            - interval '1 month')::date end as ended_month
                ) m on true
            group by b.source
        ) l on l.source = s.source
        left join lateral (
            select ((case s.cadence when 'annual' then l.whole_month + interval '13 months' when 'quarterly' then l.whole_month + interval '4 months'
                else l.whole_month + interval '2 months' end)::date - 1 + s.expected_lag_days) as next_due
        ) d on true
        left join lateral (
            select true as pending
            where exists (
                select from mo_data.load_batch b
                where b.source = s.source and b.state <> 'failed'
                    and not exists (select from mo_data.refresh_batch f where f.batch_id = b.batch_id))
        ) p on true
        left join (select max(f.published_at) as published_at from mo_data.refresh_run f) r on true
        left join lateral (
            select string_agg(
                to_char(c.month, 'Mon YYYY') || ', ' || replace(c.category, '_', ' ') || ': ' || c.organisations
                    || case c.organisations when 1 then ' code, ' else ' codes, ' end || c.rows
                    || case c.rows when 1 then ' row, £' else ' rows, £' end || to_char(c.actual_cost, 'FM999,999,999,990.00')
                    || case c.org_codes when '' then '' else ' (' || c.org_codes || case when c.organisations > 20 then ' and others)' else ')' end end,
                '; ') as left_out
            from mo_data.source_reconciliation c
            where c.source = s.source and c.category <> 'counted'
                and c.month = (select max(z.month) from mo_data.source_reconciliation z where z.source = s.source)
        ) x on true
        left join mo_data.source_left_out n on n.source = s.source;
comment on view mo_dashboard.data_status is
    'One row a source: how far its data reach, when they were loaded, when the next are due, and what of the latest month is left out and why.';
comment on column mo_dashboard.data_status.source_name is 'Name of the source.';
comment on column mo_dashboard.data_status.source_system is 'System the files come from.';
comment on column mo_dashboard.data_status.source_title is 'What the files hold.';
comment on column mo_dashboard.data_status.source_sort is 'Order of sources.';
comment on column mo_dashboard.data_status.state_label is 'current, overdue (the next period was due and is not there), not refreshed (loaded, but not yet in the figures) or never loaded.';
comment on column mo_dashboard.data_status.latest_month is 'First day of the latest month of what is loaded and stands; of events perhaps not a whole one, the next file is due when it is over. Null: the source has no months, or nothing is loaded.';
comment on column mo_dashboard.data_status.loaded_at_utc is 'When the last file was loaded, UTC. Null: never.';
comment on column mo_dashboard.data_status.next_data_due is 'Day by which the next period is expected. Null: no regular date.';
comment on column mo_dashboard.data_status.days_overdue is 'Days since it was due; 0 when not yet due. Null: no regular date.';
comment on column mo_dashboard.data_status.rows_kept is 'Rows of its files that count now, superseded files left out. Null: nothing is loaded; or fewer than a thousand, where a KPI that is '
    'counted from the source hides small numbers, which they would tell (mo_data.load_batch has them).';
comment on column mo_dashboard.data_status.rows_rejected is 'Rows of these files that were refused, each with its reason kept. Null: nothing is loaded.';
comment on column mo_dashboard.data_status.failed_loads is 'Files of which nothing was kept. Null: none was tried.';
comment on column mo_dashboard.data_status.refreshed_at_utc is 'When the published figures were last refreshed, UTC. Null: never.';
comment on column mo_dashboard.data_status.left_out_narrative is
    'What of the latest month counts in no organisation''s or not in every organisation''s figures, why, and the first codes; of alerts, what of the latest twelve. Null: nothing, or the login does not see every organisation. Narrative.';
comment on column mo_dashboard.data_status.data_kind_label is 'Synthetic data, Real data or Not stated: what the site says its data are.';
