-- The single page made ready to print. What a page says is worked out here and nowhere else.
create or replace view mo_data.page_now as
    select
        d.org_code::varchar(12) as org_code,
        d.org_type::varchar(10) as org_type,
        d.family_label::varchar(30) as family_label,
        d.kpi_sort::integer as kpi_sort,
        d.kpi_name::varchar(255) as kpi_name,
        d.month_label::varchar(8) as month_label,
        coalesce(mo_data.display_value(d.value, d.unit, d.per, d.decimals), e.status_label)::varchar(40) as display_value,
        coalesce(mo_data.display_value(d.target, d.unit, d.per, d.decimals), 'no target')::varchar(40) as display_target,
        coalesce(e.status_label, t.status_label)::varchar(20) as status_label,
        case when e.status_label is null then t.rag else 'grey' end::varchar(10) as rag,
        mo_data.display_change(d.value - d.previous_month_value, d.unit, d.decimals)::varchar(40) as display_change_on_month,
        mo_data.display_change(d.value - d.previous_year_value, d.unit, d.decimals)::varchar(40) as display_change_on_year,
        mo_data.display_value(d.peer_median, d.unit, d.per, d.decimals)::varchar(40) as display_peer_median,
        (case when d.peer_n >= 10 then 'decile ' || d.peer_decile || ', ' else '' end
            || case when d.peer_n > 1 then 'rank ' || d.peer_rank || ' of ' || d.peer_n end)::varchar(40) as display_position,
        d.trend_spark::varchar(12) as trend_spark,
        nullif(concat_ws(' ', e.state_text, f.target_text, f.cause_text), '')::varchar(255) as exception_text,
        d.data_to::date as data_to,
        d.next_data_due::date as next_data_due,
        d.kpi_id::varchar(40) as kpi_id,
        d.org_key::integer as org_key,
        d.month_start::date as month_start,
        d.numerator::double precision as numerator,
        d.denominator::double precision as denominator,
        d.value::double precision as value,
        e.value_status::varchar(10) as value_status,
        d.target::double precision as target,
        d.value_lower::double precision as value_lower,
        d.value_upper::double precision as value_upper,
        (d.value - d.previous_month_value)::double precision as change_on_month,
        (d.value - d.previous_year_value)::double precision as change_on_year,
        d.peer_median::double precision as comparator_value,
        d.comparator_name::varchar(20) as comparator_name,
        d.peer_median_without_self::double precision as peer_median_without_self,
        d.peer_n::integer as peer_n,
        d.peer_rank::integer as peer_rank,
        d.peer_decile::integer as peer_decile,
        d.direction_of_good::varchar(10) as direction_of_good,
        d.run_id::integer as run_id,
        f.spc_variation_label::varchar(40) as spc_variation_label,
        f.spc_assurance_label::varchar(40) as spc_assurance_label,
        mo_data.display_interval(d.value_lower, d.value_upper, d.unit, d.per, d.decimals)::varchar(40) as display_interval,
        d.kpi_short_name::varchar(30) as kpi_short_name,
        d.family_label_sort::integer as family_label_sort,
        mo_data.significance_label(d.value_lower, d.value_upper, d.peer_median)::varchar(30) as significance_label,
        (extract(year from d.month_start) * 100 + extract(month from d.month_start))::integer as month_label_sort,
        d.unsuppressed,
        v.shown_from,
        v.shown_to,
        d.stored_run_id
    from (
            select
                k.org_code, k.org_type, c.family_label, c.family_label_sort, c.kpi_sort, c.kpi_name,
                c.kpi_short_name, c.unit, c.rate_per as per, c.decimals::smallint as decimals, c.direction_of_good, c.kpi_id, k.org_key,
                l.month as month_start, to_char(l.month, 'Mon YYYY') as month_label, l.trend_spark, l.spc_lower, l.spc_upper, l.spc_cause, l.is_behind,
                s.numerator, s.denominator, s.value, s.value_lower, s.value_upper, s.previous_month_value, s.previous_year_value,
                s.peer_median, s.peer_median_without_self, s.peer_n, s.peer_rank, s.peer_decile, s.is_hidden, s.target, l.run_id, s.run_id as stored_run_id,
                case when s.differs then s.unsuppressed end as unsuppressed,
                case when s.peer_group is null then null when k.org_type in ('practice', 'pcn') then 'ICB median'
                    else 'National median' end as comparator_name,
                (l.month + interval '1 month')::date - 1 as data_to,
                mo_data.figure_due(l.month, c.time_basis, c.expected_lag_days, r.replaces) as figure_due,
                mo_data.next_figure_due(l.month, c.time_basis, c.expected_lag_days) as next_data_due
            from mo_data.kpi_latest l
                join mo_data.organisation_key k on k.org_key = l.org_key
                join mo_dashboard.dim_kpi c on c.kpi_id = l.kpi_id and c.is_on_front_page = 1
                left join mo_data.kpi p on p.kpi_id = l.kpi_id
                left join mo_data.source r on r.source = p.sources[1]
                left join lateral ( -- offset 0: what is seen is worked out once a row, not in every column made of it
                    select x.* from mo_data.kpi_seen x
                    where x.org_key = l.org_key and x.kpi_id = l.kpi_id and x.month = l.month and x.breakdown = '' and (not x.unsuppressed or x.differs)
                    offset 0
                ) s on true
        ) d
        cross join lateral ( -- what is said depends on the day: spans of days, those that are not past
            select x.shown_from, x.shown_to, mo_data.value_status(d.is_hidden, d.value, d.figure_due, d.next_data_due, x.shown_from) as value_status
            from (select least(d.figure_due, d.next_data_due + 1) as first_day, greatest(d.figure_due, d.next_data_due + 1) as last_day offset 0) t
                cross join lateral (values
                    (date '-infinity', coalesce(t.first_day, 'infinity')),
                    (t.first_day, case when t.last_day > t.first_day then t.last_day else 'infinity' end),
                    (case when t.last_day > t.first_day then t.last_day end, 'infinity')
                ) x (shown_from, shown_to)
            where x.shown_from is not null and x.shown_to > current_date
        ) v
        cross join lateral (
            select v.value_status, case v.value_status when 'ok' then null when 'stale' then null else replace(v.value_status, '_', ' ') end as status_label,
                case
                    when d.month_start is null then 'No data have been loaded for it.'
                    when v.value_status = 'suppressed' then 'Not shown: it is small, or would give away one that is.'
                    when v.value_status = 'not_due' then d.month_label || ' is not due until ' || to_char(d.figure_due, 'DD Mon YYYY')
                        || case when d.value is null then '.' else ' and may change.' end
                    when v.value_status = 'no_data' then 'There is nothing to divide by in ' || d.month_label || '.'
                    when v.value_status = 'stale' and d.is_behind then 'The latest figure is of ' || d.month_label
                        || ': there was nothing to count since, or its data have not come.'
                    when v.value_status = 'stale' then 'Data end in ' || d.month_label || '; the next month was due on '
                        || to_char(d.next_data_due, 'DD Mon YYYY') || '.'
                end as state_text
            offset 0
        ) e
        cross join lateral (
            select x.status_label, x.rag from mo_data.target_status(d.direction_of_good, d.unit, d.value, d.value_lower, d.value_upper, d.denominator,
                d.target, (select m.value from mo_data.setting m where m.name = 'status_min_denominator')) x offset 0
        ) t
        cross join lateral (
            select g.spc_variation_label,
                case when g.spc_variation_label is not null
                    then mo_data.spc_assurance_label(d.spc_lower, d.spc_upper, d.target, d.direction_of_good) end as spc_assurance_label,
                case when e.status_label is null then case t.status_label
                    when 'off target' then 'Off target (' || mo_data.display_value(d.target, d.unit, d.per, d.decimals) || ').'
                    when 'too few' then 'Too few to judge against the target.'
                end end as target_text,
                'S' || substr(replace(g.spc_variation_label, ': ', ', '), 2) || ': ' || mo_data.spc_cause_text(d.spc_cause) || '.' as cause_text
            from (select case when e.value_status in ('ok', 'stale') then mo_data.spc_variation_label(d.spc_cause, d.direction_of_good) end
                as spc_variation_label offset 0) g
            offset 0
        ) f;
comment on view mo_data.page_now is 'What page_row should hold. Nobody may read this one.';
comment on column mo_data.page_now.org_code is 'As dashboard.org_code.';
comment on column mo_data.page_now.org_type is 'As dashboard.org_type.';
comment on column mo_data.page_now.family_label is 'As dashboard.family_label.';
comment on column mo_data.page_now.kpi_sort is 'As dashboard.kpi_sort.';
comment on column mo_data.page_now.kpi_name is 'As dashboard.kpi_name.';
comment on column mo_data.page_now.month_label is 'As dashboard.month_label.';
comment on column mo_data.page_now.display_value is 'As dashboard.display_value.';
comment on column mo_data.page_now.display_target is 'As dashboard.display_target.';
comment on column mo_data.page_now.status_label is 'As dashboard.status_label.';
comment on column mo_data.page_now.rag is 'As dashboard.rag.';
comment on column mo_data.page_now.display_change_on_month is 'As dashboard.display_change_on_month.';
comment on column mo_data.page_now.display_change_on_year is 'As dashboard.display_change_on_year.';
comment on column mo_data.page_now.display_peer_median is 'As dashboard.display_peer_median.';
comment on column mo_data.page_now.display_position is 'As dashboard.display_position.';
comment on column mo_data.page_now.trend_spark is 'As dashboard.trend_spark.';
comment on column mo_data.page_now.exception_text is 'As dashboard.exception_text.';
comment on column mo_data.page_now.data_to is 'As dashboard.data_to.';
comment on column mo_data.page_now.next_data_due is 'As dashboard.next_data_due.';
comment on column mo_data.page_now.kpi_id is 'As dashboard.kpi_id.';
comment on column mo_data.page_now.org_key is 'As dashboard.org_key.';
comment on column mo_data.page_now.month_start is 'As dashboard.month_start.';
comment on column mo_data.page_now.numerator is 'As dashboard.numerator.';
comment on column mo_data.page_now.denominator is 'As dashboard.denominator.';
comment on column mo_data.page_now.value is 'As dashboard.value.';
comment on column mo_data.page_now.value_status is 'As dashboard.value_status.';
comment on column mo_data.page_now.target is 'As dashboard.target.';
comment on column mo_data.page_now.value_lower is 'As dashboard.value_lower.';
comment on column mo_data.page_now.value_upper is 'As dashboard.value_upper.';
comment on column mo_data.page_now.change_on_month is 'As dashboard.change_on_month.';
comment on column mo_data.page_now.change_on_year is 'As dashboard.change_on_year.';
comment on column mo_data.page_now.comparator_value is 'As dashboard.comparator_value.';
comment on column mo_data.page_now.comparator_name is 'As dashboard.comparator_name.';
comment on column mo_data.page_now.peer_median_without_self is 'As dashboard.peer_median_without_self.';
comment on column mo_data.page_now.peer_n is 'As dashboard.peer_n.';
comment on column mo_data.page_now.peer_rank is 'As dashboard.peer_rank.';
comment on column mo_data.page_now.peer_decile is 'As dashboard.peer_decile.';
comment on column mo_data.page_now.direction_of_good is 'As dashboard.direction_of_good.';
comment on column mo_data.page_now.run_id is 'As dashboard.run_id.';
comment on column mo_data.page_now.spc_variation_label is 'As dashboard.spc_variation_label.';
comment on column mo_data.page_now.spc_assurance_label is 'As dashboard.spc_assurance_label.';
comment on column mo_data.page_now.display_interval is 'As dashboard.display_interval.';
comment on column mo_data.page_now.kpi_short_name is 'As dashboard.kpi_short_name.';
comment on column mo_data.page_now.family_label_sort is 'As dashboard.family_label_sort.';
comment on column mo_data.page_now.significance_label is 'As dashboard.significance_label.';
comment on column mo_data.page_now.month_label_sort is 'As dashboard.month_label_sort.';
comment on column mo_data.page_now.unsuppressed is 'As page_row.unsuppressed.';
comment on column mo_data.page_now.shown_from is 'As page_row.shown_from.';
comment on column mo_data.page_now.shown_to is 'As page_row.shown_to.';
comment on column mo_data.page_now.stored_run_id is 'Refresh that stored the result of its month last; run_id is that of its latest month and chart.';

create or replace function mo_data.page_rows_replace(kpi_ids text[], run_id integer default null)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    set enable_mergejoin = off
    set jit = off
    as $$
declare
    written bigint;
begin
    with fresh as materialized (
        select f.* from mo_data.page_rows_at_once(page_rows_replace.kpi_ids, page_rows_replace.run_id) f
    ), stored as materialized ( -- compared once, for what goes and for what comes
        select p.ctid as place, p.org_key, p.kpi_id, p.unsuppressed, p.shown_from, p.shown_to, f.org_key is not null as is_made,
            row(f.*) is not distinct from row(p.*) as is_same
        from mo_data.page_row p
            left join fresh f on f.org_key = p.org_key and f.kpi_id = p.kpi_id and f.shown_from = p.shown_from and f.unsuppressed is not distinct from p.unsuppressed
        where page_rows_replace.kpi_ids is null or p.kpi_id = any (page_rows_replace.kpi_ids)
    ), gone as (
        delete from mo_data.page_row p
        using stored s
        where p.ctid = s.place and not s.is_same
            and (page_rows_replace.run_id is null or s.is_made or s.shown_to <= current_date
                or exists (select from fresh f where f.org_key = s.org_key and f.kpi_id = s.kpi_id)
                or not exists (select from mo_data.kpi_latest l where l.org_key = s.org_key and l.kpi_id = s.kpi_id))
    )
    insert into mo_data.page_row (
        org_code, org_type, family_label, kpi_sort, kpi_name, month_label, display_value, display_target, status_label, rag,
        display_change_on_month, display_change_on_year, display_peer_median, display_position, trend_spark, exception_text, data_to,
        next_data_due, kpi_id, org_key, month_start, numerator, denominator, value, value_status, target, value_lower, value_upper,
        change_on_month, change_on_year, comparator_value, comparator_name, peer_median_without_self, peer_n, peer_rank, peer_decile,
        direction_of_good, run_id, spc_variation_label, spc_assurance_label, display_interval, kpi_short_name, family_label_sort,
        significance_label, month_label_sort, unsuppressed, shown_from, shown_to)
    select
        f.org_code, f.org_type, f.family_label, f.kpi_sort, f.kpi_name, f.month_label, f.display_value, f.display_target, f.status_label,
        f.rag, f.display_change_on_month, f.display_change_on_year, f.display_peer_median, f.display_position, f.trend_spark,
        f.exception_text, f.data_to, f.next_data_due, f.kpi_id, f.org_key, f.month_start, f.numerator, f.denominator, f.value,
        f.value_status, f.target, f.value_lower, f.value_upper, f.change_on_month, f.change_on_year, f.comparator_value,
        f.comparator_name, f.peer_median_without_self, f.peer_n, f.peer_rank, f.peer_decile, f.direction_of_good, f.run_id,
        f.spc_variation_label, f.spc_assurance_label, f.display_interval, f.kpi_short_name, f.family_label_sort, f.significance_label,
        f.month_label_sort, f.unsuppressed, f.shown_from, f.shown_to
    from fresh f
    where not exists (
        select from stored s
        where s.is_same and s.org_key = f.org_key and s.kpi_id = f.kpi_id and s.shown_from = f.shown_from and s.unsuppressed is not distinct from f.unsuppressed)
    order by f.org_key, f.kpi_sort; -- as pages are read
    get diagnostics written = row_count;
    return written;
end
    $$;
revoke all on function mo_data.page_rows_replace(text[], integer) from public;
comment on function mo_data.page_rows_replace(text[], integer) is
    'Brings page_row in line with page_now for the KPIs given, or for all (null), and returns how many rows are new; after a refresh (null: whatever '
    'has been) only where it has stored something that a page shows. Part of page_replace().';

create or replace function mo_data.page_replace(kpi_ids text[] default null)
    returns bigint
    language sql
    set search_path = pg_catalog, pg_temp
    as $$ select mo_data.page_rows_replace(kpi_ids) + mo_data.page_months_replace(kpi_ids) $$;
revoke all on function mo_data.page_replace(text[]) from public;
comment on function mo_data.page_replace(text[]) is
    'Brings page_row in line with page_now, and page_months with page_months_now, for the KPIs given, or for all, and returns how many rows are new. Part '
    'of changing a definition.';

create or replace function mo_data.page_refresh(run_id integer, touched text[], kpi_ids text[], months date[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    started timestamptz := clock_timestamp();
    wanted constant text[] := case when touched is not null then
        touched || array(select distinct l.kpi_id::text from mo_data.kpi_latest l where l.run_id = page_refresh.run_id and l.kpi_id <> all (touched)) end;
    rows_written bigint;
    kept record;
begin
    select k.* into kept from mo_data.page_months_kept(kpi_ids, months) k where touched is not null;
    rows_written := mo_data.page_rows_replace(wanted, case when touched is not null then page_refresh.run_id end)
        + mo_data.page_months_replace(wanted, coalesce(kept.kpi_ids, '{}'), coalesce(kept.months, '{}'));
    perform mo_data.refresh_note(run_id, 'page', null, null, null, rows_written, started);
end
    $$;
revoke all on function mo_data.page_refresh(integer, text[], text[], date[]) from public;
comment on function mo_data.page_refresh(integer, text[], text[], date[]) is
    'page_replace() as a step of refresh(), for the KPIs touched (null: all, whatever has been stored) and those with another latest month or chart; '
    'kpi_ids and months are the pairs whose results have been stored again.';

-- A stricter rule for small numbers, another wording or setting holds at once, not only after the next refresh.
create or replace function mo_data.page_redefined()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    perform mo_data.page_replace();
    return null;
end
    $$;
revoke all on function mo_data.page_redefined() from public;
comment on function mo_data.page_redefined() is 'Makes the page anew when a setting or a source that it goes by is changed, or a KPI deleted.';

create or replace function mo_data.page_redefined_kpi()
    returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    kpi_ids text[] := array(
        select coalesce(n.kpi_id, o.kpi_id) from new_kpi n full join old_kpi o on o.kpi_id = n.kpi_id where row(n.*) is distinct from row(o.*));
begin
    if kpi_ids <> '{}' and to_regclass('mo_data.page_now') is not null then -- not while update_dashboard() is making it again: it fills the page at its end
        perform mo_data.page_replace(kpi_ids);
    end if;
    return null;
end
    $$;
revoke all on function mo_data.page_redefined_kpi() from public;
comment on function mo_data.page_redefined_kpi() is 'Makes the rows of the page anew of KPIs whose definition is changed.';

create or replace trigger page_redefined after update on mo_data.kpi
    referencing old table as old_kpi new table as new_kpi for each statement execute function mo_data.page_redefined_kpi();
create or replace trigger page_redefined_gone after delete on mo_data.kpi for each statement execute function mo_data.page_redefined();
create or replace trigger page_redefined after update on mo_data.setting for each row
    when (old.name = 'status_min_denominator' and old.value is distinct from new.value) execute function mo_data.page_redefined();
create or replace trigger page_redefined after update on mo_data.source for each row
    when (old.replaces is distinct from new.replaces) execute function mo_data.page_redefined();
