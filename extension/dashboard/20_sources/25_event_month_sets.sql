-- Events of codes by month: kept where they are known to be those of the rows, else read from them. As sums of prescribing are (12_prescribing_sums.sql):
-- statements that change activity leave the months of their events in event_month_set_edit through triggers; truncating and rewriting change the
-- file. The sets are made, and the rows of event_month_set_edit taken away, by one statement and so one snapshot: a load that commits meanwhile has
-- neither its events in the sets nor its row taken away.
create or replace function mo_data.activity_added()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into mo_data.event_month_set_edit (month)
    select distinct mo.month_start(a.event_date) from added a where isfinite(a.event_date);
    return null;
end
    $$;
revoke all on function mo_data.activity_added() from public;
comment on function mo_data.activity_added() is 'Notes the months in which there are more or other rows of activity.';

create or replace function mo_data.activity_taken_away()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into mo_data.event_month_set_edit (month)
    select distinct mo.month_start(r.event_date) from removed r where isfinite(r.event_date);
    return null;
end
    $$;
revoke all on function mo_data.activity_taken_away() from public;
comment on function mo_data.activity_taken_away() is 'Notes the months in which rows of activity were deleted, or were before they were changed.';

create or replace function mo_data.activity_truncated()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into mo_data.event_month_set_edit (month) values (null);
    return null;
end
    $$;
revoke all on function mo_data.activity_truncated() from public;
comment on function mo_data.activity_truncated() is 'Notes that all rows of activity are gone.';

create or replace function mo_data.activity_is_watched()
    returns boolean
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select count(*) = 5 from pg_trigger t
    where t.tgrelid = 'mo_data.activity'::regclass and t.tgenabled = 'A'
        and t.tgname in ('activity_inserted', 'activity_changed_from', 'activity_changed_to', 'activity_deleted', 'activity_truncated')
    $$;
revoke all on function mo_data.activity_is_watched() from public;
comment on function mo_data.activity_is_watched() is 'Whether changes of activity are noted.';

create or replace function mo_data.event_months_kept(codes text[], from_month date, to_month date)
    returns date[]
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select coalesce(array_agg(k.month), '{}')
    from mo_data.event_month_set_month k
    where k.month between from_month and to_month and k.codes @> event_months_kept.codes
        and k.file = pg_relation_filenode('mo_data.activity') and mo_data.activity_is_watched()
        and not exists (select from mo_data.event_month_set_edit e where e.month = k.month or e.month is null)
    $$;
revoke all on function mo_data.event_months_kept(text[], date, date) from public;
comment on function mo_data.event_months_kept(text[], date, date) is 'Months whose kept sets of these codes are known to be those of the rows.';

-- PL/pgSQL: put into a statement that writes, it would be read by one process.
create or replace function mo_data.event_month_made(codes text[], months date[])
    returns table (month date, code text, patients integer[], days date[])
    language plpgsql stable rows 1000
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan
    set enable_indexscan = off -- rows in the order of the table, each page once, are read in half the time
    set jit = off
    as $$
#variable_conflict use_column
declare
    first_day constant date := (select min(m) from unnest(months) m);
    last_day constant date := (select mo.month_end(max(m)) from unnest(months) m);
begin
    return query
        select e.month, e.code, o.patients, o.days
        from (
                select mo.month_start(a.event_date) as month, a.code, array_agg(a.patient_key) as patients, array_agg(a.event_date) as days
                from mo_data.activity a
                where a.code = any (codes) and (a.outcome is null or a.outcome = 'attended') and a.event_date between first_day and last_day
                    and mo.month_start(a.event_date) = any (months)
                group by 1, 2
            ) e cross join lateral mo.events_by_patient(e.patients, e.days) o; -- who reads them goes through memory in order
end
    $$;
revoke all on function mo_data.event_month_made(text[], date[]) from public;
comment on function mo_data.event_month_made(text[], date[]) is
    'Attended events of the codes in these months, made from the rows: one row a code and month that has any, ascending by patient and day.';

create or replace function mo_data.event_month_sets(codes text[], from_month date, to_month date)
    returns table (code text, month date, patients integer[], days date[])
    language plpgsql stable rows 1000
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan -- planned for the codes and months it is asked for
    set jit = off
    as $$
#variable_conflict use_column
declare
    first_month constant date := date_trunc('month', event_month_sets.from_month)::date;
    kept constant date[] := mo_data.event_months_kept(codes, first_month, event_month_sets.to_month);
    others constant date[] := array(
        select m::date from generate_series(first_month::timestamp, event_month_sets.to_month, interval '1 month') m where m::date <> all (kept));
begin
    return query
        select s.code, s.month, s.patients, s.days from mo_data.event_month_set s
        where s.month = any (kept) and s.code = any (event_month_sets.codes);
    if others <> '{}' then
        return query select m.code, m.month, m.patients, m.days from mo_data.event_month_made(codes, others) m;
    end if;
end
    $$;
revoke all on function mo_data.event_month_sets(text[], date, date) from public;
comment on function mo_data.event_month_sets(text[], date, date) is
    'Attended events of the codes in the months of from_month and to_month and those between: one row a code and month that has any, element i an event '
    'of patients[i] on days[i], in no order. From what is kept where that is known to be the same as the rows.';

create or replace function mo_data.monitoring_tests_from(registers text[], from_month date)
    returns date
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select min(mo.month_end(from_month) - make_interval(months => least(greatest(q.interval_months, c.longest, 0), 1200),
        days => least(coalesce(q.interval_days, 0) + q.grace_days, 36600)))::date - 3
    from mo_data.monitoring_requirement q
        cross join (select max(m.interval_months) as longest from mo_data.cohort_member m
            where m.interval_months is not null and m.cohort_code = any (registers)) c
    where q.is_on and q.cohort_code = any (registers)
    $$;
revoke all on function mo_data.monitoring_tests_from(text[], date) from public;
comment on function mo_data.monitoring_tests_from(text[], date) is
    'A day before which no test of these registers can be in date at the end of the month. Null: nothing is required.';

create or replace function mo_data.event_month_keep(from_month date, to_month date)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set plan_cache_mode = force_custom_plan
    set jit = off
    as $$
declare
    wanted_codes constant text[] := array(
        select distinct s.code from mo_data.code_set s
        where s.is_on and s.code_set in (
            select k.attained_by from mo_data.cohort k where k.is_on and k.kind = 'smr'
            union
            select q.test_code_set from mo_data.monitoring_requirement q where q.is_on)
        order by s.code);
    wanted date[];
    written bigint;
begin
    if not mo_data.activity_is_watched() then
        return 0;
    end if;
    delete from mo_data.event_month_set_month k -- first: no other statement may still take their sets for those of the rows
        where not k.codes @> wanted_codes or k.file <> pg_relation_filenode('mo_data.activity')
            or exists (select from mo_data.event_month_set_edit e where e.month = k.month or e.month is null);
    select array_agg(m::date) into wanted
        from generate_series(date_trunc('month', from_month)::timestamp, to_month, interval '1 month') m
        where not exists (select from mo_data.event_month_set_month k where k.month = m::date);
    delete from mo_data.event_month_set s where not exists (select from mo_data.event_month_set_month k where k.month = s.month);
    if wanted is null then
        return 0;
    end if;
    with seen as ( -- months that are not kept need no note; those that are keep the ones that came after they were forgotten
        delete from mo_data.event_month_set_edit e
        where e.month = any (wanted)
            or not exists (select from mo_data.event_month_set_month k where e.month is null or k.month = e.month)
    ), vouched as (
        insert into mo_data.event_month_set_month (month, codes, file)
        select w.month, wanted_codes, pg_relation_filenode('mo_data.activity') from unnest(wanted) as w (month)
    )
    insert into mo_data.event_month_set (month, code, patients, days)
    select m.month, m.code, m.patients, m.days from mo_data.event_month_made(wanted_codes, wanted) m; -- stable: of the snapshot of this statement
    get diagnostics written = row_count;
    return written;
end
    $$;
revoke all on function mo_data.event_month_keep(date, date) from public;
comment on function mo_data.event_month_keep(date, date) is
    'Makes the kept sets of the codes of reviews and of monitoring in these months where there are none that hold, and forgets those of any month that '
    'do not. Part of refresh(), one at a time.';
