-- Subscriptions: comparing pages with what was told, notifications and digests.
create or replace function mo_data.page_now(org_keys integer[])
    returns table (
        org_key integer, kpi_id text, month date, display_value text, status_label text, special_cause text, target_text text, is_hidden boolean)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set jit = off
    as $$
    select l.org_key, l.kpi_id, l.month, mo_data.display_value(r.value, k.unit, k.per, k.decimals),
        case when v.value_status in ('ok', 'stale') then t.status_label else replace(v.value_status, '_', ' ') end,
        case when v.value_status in ('ok', 'stale') then nullif(l.spc_cause, 'common_cause') end,
        mo_data.display_value(r.target, k.unit, k.per, k.decimals), coalesce(r.is_hidden, false)
    from mo_data.kpi_latest l
        join mo_data.kpi k on k.kpi_id = l.kpi_id and k.is_active and k.on_front_page
        join mo_data.source s on s.source = k.sources[1]
        left join mo_data.result_for_all r on r.org_key = l.org_key and r.kpi_id = l.kpi_id and r.month = l.month and r.breakdown = ''
        cross join lateral (
            select mo_data.value_status(r.is_hidden, r.value, mo_data.figure_due(l.month, k.time_basis, k.expected_lag_days, s.replaces),
                    mo_data.next_figure_due(l.month, k.time_basis, k.expected_lag_days), current_date) as value_status,
                coalesce(r.is_hidden, true) or coalesce(k.round_to > 1, false) as without_interval
        ) v
        cross join lateral mo_data.target_status(k.direction, k.unit, r.value, case when not v.without_interval then r.value_lower end,
            case when not v.without_interval then r.value_upper end, r.denominator, r.target,
            mo_data.setting_value('status_min_denominator')) t
    where l.org_key = any (org_keys)
    $$;
revoke all on function mo_data.page_now(integer[]) from public;
comment on function mo_data.page_now(integer[]) is
    'The single page of organisations as any of their readers sees it (mo_dashboard.dashboard): month, figure as printed, status, and what stands out.';

create or replace function mo_data.page_remember(org_keys integer[])
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    delete from mo_data.page_told p where p.org_key = any (org_keys)
        and not exists (select from mo_data.kpi_latest l where l.org_key = p.org_key and l.kpi_id = p.kpi_id);
    insert into mo_data.page_told as p (org_key, kpi_id, month, display_value, status_label, special_cause)
    select n.org_key, n.kpi_id, n.month, n.display_value, n.status_label, n.special_cause from mo_data.page_now(org_keys) n
    on conflict on constraint page_told_pkey do update set month = excluded.month, display_value = excluded.display_value,
        status_label = excluded.status_label, special_cause = excluded.special_cause
        where (p.month, p.display_value, p.status_label, p.special_cause)
            is distinct from (excluded.month, excluded.display_value, excluded.status_label, excluded.special_cause)
    $$;
revoke all on function mo_data.page_remember(integer[]) from public;
comment on function mo_data.page_remember(integer[]) is 'Keeps the pages of organisations as they are now in page_told.';

create or replace function mo_data.page_change(run_id integer, org_keys integer[])
    returns table (org_key integer, kpi_id text, sort integer, what text, line text)
    language sql stable
    set search_path = pg_catalog, pg_temp
    set jit = off
    as $$
    with difference as (
        select n.*, k.name, k.page_order, w.month as old_month, w.display_value as old_value, w.status_label as old_status,
            w.special_cause as old_cause, to_char(n.month, 'Mon YYYY') as month_label,
            case when n.is_hidden then 'a number that is not shown' else coalesce(n.display_value, 'no figure') end as figure,
            n.status_label in ('on target', 'off target', 'not clearly off') as has_status
        from mo_data.page_now(org_keys) n
            left join mo_data.page_told w on w.org_key = n.org_key and w.kpi_id = n.kpi_id
            join mo_data.kpi k on k.kpi_id = n.kpi_id
    )
    select d.org_key, d.kpi_id, c.step * 100000 + d.page_order, c.what, c.line
    from difference d
        cross join lateral (values
            (1, 'New month', d.month is distinct from d.old_month and d.month is not null,
                format('%s: %s in %s', d.name, d.figure, d.month_label)
                    || case when d.has_status then format(', %s (target %s)', d.status_label, d.target_text)
                        when d.status_label = 'not due' then ', not yet complete' else '' end
                    || coalesce(format('; %s in %s', d.old_value, to_char(d.old_month, 'Mon YYYY')), '') || '.'),
            (1, 'No longer there', d.month is null and d.old_month is not null,
                format('%s: the figure of %s was withdrawn.', d.name, to_char(d.old_month, 'Mon YYYY'))),
            (2, 'Restated', d.month = d.old_month and d.display_value is distinct from d.old_value,
                format('%s: %s is now %s; it was %s.', d.name, d.month_label, d.figure, coalesce(d.old_value, 'not shown'))),
            (3, 'Status', d.has_status and d.old_status is distinct from d.status_label,
                format('%s: %s in %s (target %s)', d.name, d.status_label, d.month_label, d.target_text)
                    || case when d.old_status in ('on target', 'off target', 'not clearly off') then ', before ' || d.old_status else '' end || '.'),
            (4, 'Special cause', d.special_cause is not null and (d.special_cause is distinct from d.old_cause or d.month is distinct from d.old_month),
                format('%s: %s, %s. Worth asking why; a chart gives no reasons.', d.name, d.month_label, mo_data.spc_cause_text(d.special_cause)))
        ) c (step, what, holds, line)
    where c.holds
    union all -- of earlier months, as the Changes page has it
    select c.org_key, c.kpi_id, 200000 + k.page_order, 'Restated', c.narrative
    from mo_data.change c
        join mo_data.kpi k on k.kpi_id = c.kpi_id
        left join mo_data.page_told w on w.org_key = c.org_key and w.kpi_id = c.kpi_id
    where c.run_id = page_change.run_id and c.change_label = 'restated figures' and c.org_key = any (org_keys)
        and c.month is distinct from w.month
    $$;
revoke all on function mo_data.page_change(integer, integer[]) from public;
comment on function mo_data.page_change(integer, integer[]) is
    'What on organisations'' pages differs from what was last told: a new month, a figure or an earlier month restated, a status, a special cause. '
    'One sentence each.';

create or replace function mo_data.subscribe(subscriber text, org_code text, how text default 'digest', kpi_id text default null, org_type text default null)
    returns integer
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    about integer;
    written integer;
begin
    select k.org_key into about from mo_data.organisation_key k
        where k.org_code = subscribe.org_code and (subscribe.org_type is null or k.org_type = subscribe.org_type)
        order by k.org_type = 'group', k.org_key limit 1;
    if about is null then
        raise exception using errcode = 'foreign_key_violation', message = format('there is no organisation %s', quote_nullable(subscribe.org_code)),
            hint = 'mo_dashboard.dim_organisation lists them; a new one is known from the first refresh after it was loaded.';
    end if;
    if not coalesce(subscribe.how in ('notify', 'digest'), false) then
        raise exception using errcode = 'invalid_parameter_value', message = format('cannot tell by %s', quote_nullable(subscribe.how)),
            hint = 'notify or digest.';
    end if;
    if subscribe.kpi_id is not null and not exists (select from mo_data.kpi k where k.kpi_id = subscribe.kpi_id) then
        raise exception using errcode = 'foreign_key_violation', message = format('there is no KPI %s', quote_literal(subscribe.kpi_id)),
            hint = 'select kpi_id from mo_data.kpi; null is all of the page.';
    end if;
    if not exists (select from mo_data.subscription s where s.org_key = about and s.is_active) then
        perform mo_data.page_remember(array[about]); -- what is there now is no news
    end if;
    insert into mo_data.subscription as s (subscriber, org_key, kpi_id, how)
        values (subscribe.subscriber, about, subscribe.kpi_id, subscribe.how)
        on conflict (subscriber, org_key, kpi_id, how) do update set is_active = true
        returning subscription_id into written;
    return written;
end
$$;
revoke all on function mo_data.subscribe(text, text, text, text, text) from public;
comment on function mo_data.subscribe(text, text, text, text, text) is
    'Has somebody told of changes on an organisation''s page, from the next refresh on: mo_data.subscribe(''cd@example.nhs.uk'', ''U12345''). how: '
    'digest (a text in outbox, at most one a refresh) or notify (NOTIFY mo_dashboard). kpi_id: of one KPI only. Returns the number of the '
    'subscription; asked for again it is the same one, in force. To end it: is_active false.';

create or replace function mo_data.subscription_tell(run_id integer)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    org_keys constant integer[] := array(select distinct s.org_key from mo_data.subscription s where s.is_active);
    item record;
    payload text;
    written bigint;
begin
    if org_keys = '{}' then
        return 0;
    end if;
    create temporary table if not exists page_news (
        subscription_id integer, subscriber text, how text, org_key integer, kpi_id text, sort integer, what text, line text) on commit drop;
    delete from pg_temp.page_news;
    insert into pg_temp.page_news
        select s.subscription_id, s.subscriber, s.how, s.org_key, c.kpi_id, c.sort, c.what, c.line
        from mo_data.page_change(subscription_tell.run_id, org_keys) c
            join mo_data.subscription s on s.org_key = c.org_key and s.is_active and coalesce(s.kpi_id, c.kpi_id) = c.kpi_id;

    for item in -- any login may LISTEN, so it says where to look and holds no figure and no address
        select n.subscription_id, k.org_code, to_jsonb(array_agg(distinct n.kpi_id order by n.kpi_id)) as kpis, count(distinct n.kpi_id) as kpi_count
        from pg_temp.page_news n join mo_data.organisation_key k on k.org_key = n.org_key
        where n.how = 'notify' group by n.subscription_id, k.org_code order by n.subscription_id
    loop
        payload := jsonb_build_object('run', run_id, 'subscription', item.subscription_id, 'organisation', item.org_code, 'kpis', item.kpis)::text;
        if octet_length(payload) >= 7900 then -- NOTIFY takes 8000 bytes
            payload := jsonb_build_object('run', run_id, 'subscription', item.subscription_id, 'organisation', item.org_code,
                'kpi_count', item.kpi_count)::text;
        end if;
        perform pg_notify('mo_dashboard', payload);
    end loop;

    insert into mo_data.outbox (subscriber, subject, body, run_id)
        with line as (
            select distinct n.subscriber, n.org_key, n.sort, n.what, n.line from pg_temp.page_news n where n.how = 'digest'
        ), part as (
            select l.subscriber, l.org_key, l.what, min(l.sort) as sort, string_agg('- ' || l.line, E'\n' order by l.sort, l.line) as lines, count(*) as n
            from line l group by l.subscriber, l.org_key, l.what
        ), page as (
            select p.subscriber, p.org_key, k.org_name || coalesce(' (' || nullif(k.org_code, k.org_name) || ')', '') as org_name, sum(p.n) as n,
                string_agg(p.what || E'\n' || p.lines, E'\n\n' order by p.sort) as text
            from part p
                join mo_data.organisation_named k on k.org_key = p.org_key
            group by p.subscriber, p.org_key, k.org_code, k.org_name
        )
        select p.subscriber,
            left(case when count(*) = 1 then min(p.org_name) else count(*) || ' organisations' end, 150)
                || ': ' || sum(p.n) || case sum(p.n) when 1 then ' change' else ' changes' end || ' on the medicines optimisation page',
            string_agg(p.org_name || E'\n\n' || p.text, E'\n\n\n' order by p.org_name)
                || E'\n\nThe figures support discussion of variation and are not performance management. Small numbers are not shown.'
                || case (select x.data_kind from mo_data.site x) when 'synthetic' then ' The data are synthetic.' else '' end,
            subscription_tell.run_id
        from page p
        group by p.subscriber
        order by p.subscriber;
    get diagnostics written = row_count;
    perform mo_data.page_remember(org_keys);
    return written;
end
    $$;
revoke all on function mo_data.subscription_tell(integer) from public;
comment on function mo_data.subscription_tell(integer) is
    'Tells subscribers what changed on their organisations'' pages: a notification for each subscription by notify, one text in outbox for each '
    'subscriber by digest; nothing where nothing changed. A notification is {"run":…,"subscription":…,"organisation":…,"kpis":[…]} and holds no figure. '
    'Part of refresh().';
