-- Retention: loaded rows go after their time, figures stay.
create or replace function mo_data.purge_rule(before date)
    returns table (table_name text, sort integer, keeps_look_back boolean, final_before date, condition text)
    language sql immutable
    set search_path = pg_catalog, pg_temp
    as $$
    select r.table_name, r.sort, r.keeps_look_back, coalesce(r.final_before, before), replace(replace(r.condition, '$quarter', quote_literal(q.quarter) || '::date'),
        '$before', quote_literal(before) || '::date')
    from (select date_trunc('quarter', before)::date as quarter) q
        cross join lateral (values
            ('prescribing', 10, false, null::date, 't.month < $before'),
            ('activity', 20, false, null, 't.event_date < $before'),
            ('discharge', 30, false, null, 't.received_on < $before'),
            ('new_start', 40, false, null, 't.started_on < $before'),
            ('pincer_hazard', 50, false, null, 't.flagged_on < $before and t.reviewed_on < $before'), -- one not reviewed is still to be done
            ('significant_event_theme', 60, false, q.quarter, -- whole quarters: the theme map is by quarter
                't.event_id in (select e.event_id from mo_data.significant_event e where e.raised_on < $quarter and e.completed_on < $quarter)'),
            ('significant_event', 61, false, q.quarter, 't.raised_on < $quarter and t.completed_on < $quarter'),
            ('incident', 70, false, null, 't.occurred_on < $before'),
            ('culture_audit', 80, false, null, 't.audited_on < $before'),
            ('supervision', 90, false, null, 't.held_on < $before'),
            -- of programmes that are over: a running one counts from its first day
            ('switch_action', 100, true, null, 't.switched_on < $before and t.programme_code in ('
                'select p.programme_code from mo_data.switch_programme p where p.ends_on <= $before)'),
            -- the latest list on or before a month counts: one stays
            ('list_size', 110, true, null, 't.month < $before and exists (select from mo_data.list_size n '
                'where n.practice_code = t.practice_code and n.month > t.month and n.month <= $before)'),
            -- lines that were refused may hold what their file held
            ('load_reject', 120, true, null, 't.batch_id in (select b.batch_id from mo_data.load_batch b where b.started_at < $before)')
        ) r (table_name, sort, keeps_look_back, final_before, condition)
    $$;
revoke all on function mo_data.purge_rule(date) from public;
comment on function mo_data.purge_rule(date) is
    'What purge() removes, table by table: the condition on its rows t; whether it leaves what later months look back on (then a KPI''s look-back is '
    'no reason to refuse); and from which month on the figures counted from it can still be counted. Registers, which each file replaces whole '
    '(patients, registrations, cohorts, staff, alerts), are not purged: their next file would bring the rows back.';

create or replace function mo_data.purge_limit(before date)
    returns table (kpi_id text, final_before date, latest_before date, reason text)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with used as (
        select k.kpi_id, max(r.final_before) as final_before, bool_and(r.keeps_look_back) as keeps_look_back
        from mo_data.kpi k
            join mo_data.source s on s.source = any (k.sources)
            join mo_data.purge_rule(before) r on r.table_name = s.target_table
        where k.is_active
        group by k.kpi_id
    ), reach as (
        select k.kpi_id, u.final_before, k.look_ahead_months, k.follows_clock, h.look_back_months, l.last_month,
            case when u.keeps_look_back then 0 else greatest(h.look_back_months, h.history_months) end as back
        from used u
            join mo_data.kpi k on k.kpi_id = u.kpi_id
            cross join lateral (select max(m.month) as last_month from mo_data.kpi_month m where m.kpi_id = k.kpi_id) l
            join mo_data.kpi_reach h on h.kpi_id = u.kpi_id
        where l.last_month is not null
    )
    select r.kpi_id, (r.final_before + make_interval(months => r.back))::date,
        case
            when r.follows_clock then r.last_month - make_interval(months => r.look_back_months + r.back)
            else r.last_month + interval '1 month' - make_interval(months => r.look_ahead_months + r.back)
        end::date,
        case
            when r.follows_clock then format('%s is counted again as time passes from %s on', r.kpi_id,
                to_char(r.last_month - make_interval(months => r.look_back_months), 'Mon YYYY'))
            else format('%s of %s is still to be counted', r.kpi_id, to_char(r.last_month + interval '1 month' - make_interval(months => r.look_ahead_months), 'Mon YYYY'))
        end || case when r.back > 0 then format(' and looks back %s months', r.back) else '' end
    from reach r
    $$;
revoke all on function mo_data.purge_limit(date) from public;
comment on function mo_data.purge_limit(date) is
    'For each active KPI that a purge would touch: from which month on its figures could still be counted after it, the latest day to purge before that '
    'leaves every month still to be counted what it looks back on, and why.';

create or replace function mo_data.purge_partitions(before date)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    part record;
    gone bigint := 0;
    n bigint;
begin
    for part in
        select c.oid::regclass as name, pg_get_expr(c.relpartbound, c.oid) as bound
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'mo_data.prescribing'::regclass order by c.relname
    loop
        continue when (regexp_match(part.bound, '^FOR VALUES IN \(''(\d{4}-\d\d-\d\d)''\)$'))[1]::date >= before;
        if part.bound ~ '^FOR VALUES IN \(''\d{4}-\d\d-\d\d''\)$' then
            execute format('select count(*) from %s', part.name) into n;
            begin
                execute format('drop table %s', part.name);
            exception when dependent_objects_still_exist then -- something of the site's own reads it
                execute format('truncate table %s', part.name);
            end;
        else -- a partition the site made otherwise
            execute format('delete from %s t where t.month < $1', part.name) using before;
            get diagnostics n = row_count;
        end if;
        gone := gone + n;
    end loop;
    return gone;
end
    $$;
revoke all on function mo_data.purge_partitions(date) from public;
comment on function mo_data.purge_partitions(date) is
    'Drops the partitions of prescribing of months before a month (empties those that something else depends on) and returns their rows. Part of purge().';

create or replace function mo_data.purge(before date)
    returns table (table_name text, rows bigint)
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
#variable_conflict use_column
declare
    first_kept constant date := date_trunc('month', before)::date;
    stop record;
    rule record;
    this_purge integer;
    gone bigint;
    emptied text[] := '{}';
begin
    if before is null or not isfinite(before) or first_kept > current_date then
        raise exception using errcode = 'invalid_parameter_value', message = format('cannot remove rows of months before %s', coalesce(before::text, 'null')),
            hint = 'Give the first month to keep, such as 2022-04-01.';
    end if;
    perform mo_data.refresh_lock();
    select l.kpi_id, l.latest_before, l.reason into stop from mo_data.purge_limit(first_kept) l where l.latest_before < first_kept order by l.latest_before, l.kpi_id limit 1;
    if found then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('cannot remove rows of months before %s: %s', to_char(first_kept, 'Mon YYYY'), stop.reason),
            hint = format('The latest possible is mo_data.purge(%L); nothing was removed.', stop.latest_before);
    end if;
    select p.kpi_id, min(p.month) as month into stop
        from mo_data.refresh_pending() p join mo_data.purge_limit(first_kept) l on l.kpi_id = p.kpi_id and p.month < l.final_before group by p.kpi_id limit 1;
    if found then
        raise exception using errcode = 'object_not_in_prerequisite_state',
            message = format('cannot remove rows of months before %s: %s of %s has yet to be counted from what is loaded', to_char(first_kept, 'Mon YYYY'),
                stop.kpi_id, to_char(stop.month, 'Mon YYYY')),
            hint = 'call mo_data.refresh(); nothing was removed.';
    end if;

    select coalesce(max(g.purge_id), 0) + 1 into this_purge from mo_data.purge_log g;
    for rule in select r.* from mo_data.purge_rule(first_kept) r order by r.sort loop
        if rule.table_name = 'prescribing' then
            gone := mo_data.purge_partitions(first_kept);
        else
            execute format('delete from mo_data.%I t where %s', rule.table_name, rule.condition);
            get diagnostics gone = row_count;
        end if;
        if rule.table_name = 'activity' then -- and what was kept of it
            delete from mo_data.event_month_set s where s.month < first_kept;
            delete from mo_data.event_month_set_month k where k.month < first_kept;
        end if;
        if gone > 0 then
            insert into mo_data.purge_log (purge_id, table_name, before, keeps_look_back, rows)
                values (this_purge, rule.table_name, rule.final_before, rule.keeps_look_back, gone);
            emptied := emptied || rule.table_name::text;
            table_name := rule.table_name;
            rows := gone;
            return next;
        end if;
    end loop;
    if emptied <> '{}' then
        perform mo_data.change_note('data removed', format(
            'Loaded rows of months before %s were removed (%s). Published figures stay as they are and are no longer counted again: %s.',
            to_char(first_kept, 'Mon YYYY'), array_to_string(emptied, ', '),
            (select coalesce(string_agg(format('%s before %s', f.kpi_id, to_char(f.before, 'Mon YYYY')), ', ' order by f.kpi_id), 'none') from mo_data.kpi_final f)));
    end if;
end
    $$;
revoke all on function mo_data.purge(date) from public;
comment on function mo_data.purge(date) is
    'Removes loaded rows of months before the month of a day, one row a table that lost any, each noted in purge_log: select * from '
    'mo_data.purge(''2022-04-01''). Whole partitions of prescribing are dropped. Figures, results and restatements stay, and those that could no '
    'longer be counted rightly are final (kpi_final): no refresh touches them. Refused where a month that is still to be counted looks back on the rows '
    '(the hint says up to when it is possible), and where loads are not yet counted.';
