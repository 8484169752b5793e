-- Writing the Changes page.
create or replace function mo_data.change_is_final() returns trigger
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using errcode = 'restrict_violation', message = 'rows of mo_data.change are not changed or removed',
        hint = 'What proved wrong is put right by another row: mo_data.change_note(''other'', ...).';
end
$$;
revoke all on function mo_data.change_is_final() from public;
comment on function mo_data.change_is_final() is 'Trigger: refuses to change or remove rows of the Changes page.';
create or replace trigger change_is_final before update or delete or truncate on mo_data.change
    for each statement execute function mo_data.change_is_final();

create or replace function mo_data.change_note(
    change_label text, narrative text, kpi_id text default null, source text default null, org_code text default null,
    org_type text default null, month date default null, for_readers boolean default true, run_id integer default null)
    returns integer
    language plpgsql
    set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    about integer;
    written integer;
begin
    if change_note.org_code is not null then
        select k.org_key into about from mo_data.organisation_key k
            where k.org_code = change_note.org_code and (change_note.org_type is null or k.org_type = change_note.org_type)
            order by k.org_type = 'group', k.org_key limit 1;
        if about is null then
            raise exception using errcode = 'foreign_key_violation',
                message = format('there is no organisation %s to note a change of', quote_literal(change_note.org_code)),
                hint = 'It is known from the first refresh after it was loaded; without an organisation everybody sees the line.';
        end if;
    end if;
    insert into mo_data.change (change_label, narrative, kpi_id, source, org_key, month, for_readers, run_id)
        values (change_note.change_label, change_note.narrative, change_note.kpi_id, change_note.source, about, change_note.month,
            change_note.for_readers, change_note.run_id)
        returning change_id into written;
    return written;
end
$$;
revoke all on function mo_data.change_note(text, text, text, text, text, text, date, boolean, integer) from public;
comment on function mo_data.change_note(text, text, text, text, text, text, date, boolean, integer) is
    'Adds a line to the Changes page and returns its number: mo_data.change_note(''return submitted'', ''The return of Q1 2026/27 '
    'was submitted.'', '
    'org_code => ''U12345''). With an organisation only its readers see it, else everybody; for_readers false: nobody but the owner. '
    'It must not hold figures that are not shown.';

create or replace view mo_data.result_for_all as
    select r.kpi_id, r.month, r.org_key, r.org_type, r.breakdown, r.run_id, r.denominator, r.target, r.value_lower, r.value_upper, h.is_hidden,
        mo_data.shown_value(h.is_hidden::integer::smallint, r.value, r.numerator, r.denominator, k.unit, k.per, k.interval_method, k.round_to) as value
    from mo_data.kpi_result r
        join mo_data.kpi k on k.kpi_id = r.kpi_id
        cross join lateral ( -- as kpi_shown for a login without any rights to small numbers
            select r.hidden > 0 or mo_data.small_reason(k.unit, k.interval_method, r.numerator, r.denominator, k.hide_from, k.hide_to,
                k.hide_denominator_below) > 0 as is_hidden
        ) h;
comment on view mo_data.result_for_all is
    'kpi_result as a reader without rights to small numbers sees it (kpi_shown), whoever asks and of every organisation: for texts '
    'that the refresh writes and others read.';
comment on column mo_data.result_for_all.kpi_id is 'KPI.';
comment on column mo_data.result_for_all.month is 'First day of the month.';
comment on column mo_data.result_for_all.org_key is 'Organisation.';
comment on column mo_data.result_for_all.org_type is 'practice, pcn, sub_icb, icb, region, nation or group.';
comment on column mo_data.result_for_all.breakdown is 'Part of the KPI; empty: the KPI itself.';
comment on column mo_data.result_for_all.run_id is 'The refresh that wrote the row.';
comment on column mo_data.result_for_all.denominator is 'Sum of denominators.';
comment on column mo_data.result_for_all.target is 'Target. Null: none.';
comment on column mo_data.result_for_all.value_lower is 'Lower end of the 95 % interval; not for showing where it is hidden or rounded.';
comment on column mo_data.result_for_all.value_upper is 'Upper end of the 95 % interval; not for showing where it is hidden or rounded.';
comment on column mo_data.result_for_all.is_hidden is 'Hidden: its number is small, or another that is could be had from it.';
comment on column mo_data.result_for_all.value is 'Value, of the rounded numerator where the KPI rounds. Null: hidden, or denominator 0.';

create or replace function mo_data.changes_keep(run_id integer, kpi_ids text[], months date[], all_months boolean)
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    with restated as materialized (
        select w.kpi_id, w.month
        from unnest(kpi_ids, months) as w (kpi_id, month)
        where all_months or (w.kpi_id, w.month) in (
            select c.kpi_id, c.month from mo_data.kpi_value_change c where c.run_id = changes_keep.run_id)
    )
    insert into mo_data.result_was (kpi_id, month, org_key, value)
    select r.kpi_id, r.month, r.org_key, r.value
    from (select w.kpi_id, array_agg(w.month) as months from restated w group by w.kpi_id) w
        join mo_data.result_for_all r on r.kpi_id = w.kpi_id and r.month = any (w.months)
    where r.breakdown = '' and r.value is not null and r.org_type in ('pcn', 'icb', 'group')
    on conflict do nothing
    $$;
revoke all on function mo_data.changes_keep(integer, text[], date[], boolean) from public;
comment on function mo_data.changes_keep(integer, text[], date[], boolean) is
    'Keeps the shown values of PCNs, ICBs and groups that are about to be replaced, of KPIs and months (pairs) with restated '
    'figures (all_months: of all, because '
    'memberships changed). Part of refresh(), before results_replace.';

create or replace function mo_data.change_keep(run_id integer, kpi_id text, months date[], all_months boolean)
    returns void
    language sql
    set search_path = pg_catalog, pg_temp
    as $$
    select mo_data.changes_keep(run_id, array_fill(kpi_id, array[cardinality(months)]), months, all_months)
    $$;
revoke all on function mo_data.change_keep(integer, text, date[], boolean) from public;
comment on function mo_data.change_keep(integer, text, date[], boolean) is 'changes_keep of one KPI.';

create or replace function mo_data.change_restated(run_id integer)
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    written bigint;
begin
    insert into mo_data.change (change_label, kpi_id, org_key, month, old_value, new_value, narrative, run_id)
        select 'restated figures', k.kpi_id, w.org_key, w.month, w.value, n.value,
            format('%s, %s, %s: %s, until now %s.', k.name, to_char(w.month, 'FMMonth YYYY'), u.org_name,
                coalesce(mo_data.display_value(n.value, k.unit, k.per, k.decimals), 'no longer a figure'),
                mo_data.display_value(w.value, k.unit, k.per, k.decimals)),
            change_restated.run_id
        from mo_data.result_was w
            join mo_data.kpi k on k.kpi_id = w.kpi_id and k.is_active -- one that is switched off is rolled up with the others, and shown nowhere
            join mo_data.organisation_named u on u.org_key = w.org_key
            left join mo_data.result_for_all n on n.org_key = w.org_key and n.kpi_id = w.kpi_id and n.month = w.month and n.breakdown = ''
        where not coalesce(n.is_hidden, false)
            and case
                when n.value is null then true
                when k.unit = 'percent' then abs(n.value - w.value) * 100 >= mo_data.setting_value('change_log_points') - 1e-9
                else n.value <> w.value and abs(n.value - w.value) * 100 >= mo_data.setting_value('change_log_percent') * abs(w.value) - 1e-9
            end
        order by k.page_order, k.kpi_id, w.month, u.org_type, u.org_code;
    get diagnostics written = row_count;
    delete from mo_data.result_was;
    return written;
end
    $$;
revoke all on function mo_data.change_restated(integer) from public;
comment on function mo_data.change_restated(integer) is
    'Writes a line for every KPI, month and PCN, ICB or group whose shown value changed by at least change_log_points (percentages) or '
    'change_log_percent of itself (others), or is withdrawn. Figures that were or are hidden are left out. Part of refresh().';

create or replace view mo_data.source_of_small as
    select distinct u.source
    from mo_data.kpi k cross join lateral unnest(k.sources) as u (source)
    where k.is_active and (k.hide_from is not null or k.hide_denominator_below is not null);
comment on view mo_data.source_of_small is
    'Sources from which an active KPI is counted that hides small numbers: how many rows a small file of theirs had is not told to readers, because an event is a row.';
comment on column mo_data.source_of_small.source is 'Source.';

create or replace function mo_data.change_sources(run_id integer, seen integer[])
    returns bigint
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    written bigint;
begin
    insert into mo_data.change (change_label, source, narrative, run_id)
        select 'source refreshed', s.source,
            format('%s (%s): %s loaded%s%s%s.', s.title, s.system,
                case b.files when 1 then '1 file' else b.files || ' files' end,
                coalesce(', ' || case when b.first_month = b.last_month then to_char(b.first_month, 'Mon YYYY') else
                    to_char(b.first_month, 'Mon YYYY') || ' to ' || to_char(b.last_month, 'Mon YYYY') end, ''),
                case when b.rows_kept < 1000 and exists (select from mo_data.source_of_small u where u.source = b.source) then '' -- a reader would count with them
                    when b.rows_kept = 1 then ', 1 row' else ', ' || to_char(b.rows_kept, 'FM999,999,999,990') || ' rows' end,
                case when b.rows_rejected > 0 then ', ' || to_char(b.rows_rejected, 'FM999,999,999,990') || ' refused' else '' end)
                || coalesce(' Published figures of ' || f.figures || ' are final and do not change.', ''),
            change_sources.run_id
        from (
                select x.source, count(*) as files, sum(x.rows_kept) as rows_kept, sum(x.rows_rejected) as rows_rejected,
                    min(m.first_month) as first_month, max(m.last_month) as last_month
                from mo_data.load_batch x
                    cross join lateral (select min(u.month) as first_month, max(u.month) as last_month from unnest(x.months) as u (month)) m
                where x.batch_id = any (seen)
                group by x.source
            ) b
            join mo_data.source s on s.source = b.source
            left join lateral ( -- a file of months whose earlier records were removed
                select string_agg(format('%s before %s', x.kpi_id, to_char(x.before, 'Mon YYYY')), ', ' order by x.kpi_id) as figures
                from mo_data.kpi_final x join mo_data.kpi k on k.kpi_id = x.kpi_id
                where x.before > b.first_month
                    and exists (select from mo_data.source o where o.source = any (k.sources) and o.target_table = s.target_table)
            ) f on true
        order by s.sort;
    get diagnostics written = row_count;
    return written;
end
    $$;
revoke all on function mo_data.change_sources(integer, integer[]) from public;
comment on function mo_data.change_sources(integer, integer[]) is
    'Writes a line for every source with loads that the refresh has taken into account: files, months, rows (not where they could tell small numbers: source_of_small). Part of refresh().';

insert into mo_data.setting (name, value, unit, meaning, is_national) values
    ('change_log_points', 1, 'percentage points', 'Changes page: a restated percentage is noted from this difference on', false),
    ('change_log_percent', 5, 'percent', 'Changes page: another restated figure is noted from this share of itself on', false)
on conflict (name) do nothing;
