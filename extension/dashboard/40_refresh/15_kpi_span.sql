-- Which months a KPI has. A month that its sources do not cover has no figure: a count of what was never loaded is not 0.
create or replace function mo_data.table_is_filled(table_name text)
    returns boolean
    language plpgsql stable
    set search_path = pg_catalog, pg_temp
    as $$
declare
    filled boolean := false;
begin
    if to_regclass(format('mo_data.%I', table_name)) is not null then
        execute format('select exists (select from mo_data.%I)', table_name) into filled;
    end if;
    return filled;
end
    $$;
revoke all on function mo_data.table_is_filled(text) from public;
comment on function mo_data.table_is_filled(text) is 'Whether a table of mo_data has a row. False when there is no such table.';

create or replace function mo_data.source_load()
    returns table (target_table text, by_event boolean, is_state boolean, months date[], stands boolean, reaches date, day date)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    select s.target_table, s.touches is not null, coalesce(s.replaces = 'whole', false) or b.as_at is not null
            -- a register; of events only a file without rows: the same events once more, or a dictionary of codes, say nothing of later months
            or b.months = '{}' and (s.touches is null or b.rows_kept = 0 and b.rows_replaced = 0),
        b.months, b.state = 'loaded', coalesce(b.last_month, (select max(m.month) from unnest(b.months) as m (month))),
        coalesce(b.as_at + 1, (b.started_at at time zone 'Europe/London')::date) -- a state as at a day holds to its end
    from mo_data.load_batch b join mo_data.source s using (source)
    where b.state <> 'failed'
    $$;
revoke all on function mo_data.source_load() from public;
comment on function mo_data.source_load() is
    'Loads as months are known from them: the table they fill; whether their months are those of events; whether they say what stands on a day; their '
    'months; whether rows of them stand, and to which month; the first day of which they say nothing.';

create or replace function mo_data.source_months()
    returns table (target_table text, month date, silent_months integer)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with load as materialized (
        select * from mo_data.source_load()
    ), standing as ( -- a month that a corrected file has taken its only events from is not known, nor is one that had not ended when the file was made
        select l.target_table, max(least(l.reaches, case when l.by_event then (date_trunc('month', l.day) - interval '1 month')::date end)) as last_month
        from load l where l.stands group by l.target_table
    ), touched as (
        select l.target_table, m.month, bool_and(l.by_event) as by_event
        from load l join standing e using (target_table) cross join lateral unnest(l.months) as m (month)
        where m.month <= e.last_month
        group by l.target_table, m.month
    )
    select t.target_table, t.month,
        case when t.by_event then 12 * extract(year from a.since)::integer + extract(month from a.since)::integer end
    from (select u.*, lag(u.month) over (partition by u.target_table order by u.month) as before from touched u) t
        cross join lateral (select age(t.month, t.before) as since) a
    $$;
revoke all on function mo_data.source_months() from public;
comment on function mo_data.source_months() is
    'The months that loads have rows of, by the table they fill, to the last that still stands, and how many months after the one before each is: null for '
    'the first and where months are not those of events.';

create or replace function mo_data.source_span()
    returns table (target_table text, first_month date, last_month date)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with run as ( -- an event of 1985 in a record of today does not make its year known
        select m.target_table, max(m.month) as last_month, coalesce(max(m.month) filter (where m.silent_months > 12), min(m.month)) as first_month
        from mo_data.source_months() m
        group by m.target_table
    ), state as ( -- what stands on a day tells of the months that had ended by then, also when nothing happened in them; a replaced file's day may have been a mistake
        select l.target_table, (date_trunc('month', max(l.day)) - interval '1 month')::date as last_month
        from mo_data.source_load() l where l.is_state and l.stands group by l.target_table
    )
    select coalesce(r.target_table, s.target_table), r.first_month, greatest(r.last_month, s.last_month)
    from run r full join state s on s.target_table = r.target_table
    $$;
revoke all on function mo_data.source_span() from public;
comment on function mo_data.source_span() is
    'The months that what is loaded reaches, one row a table that is filled by loads: sources that fill the same table count as one. From '
    'the first to the last month of its loads; where the months are those of events, only back to the last silence of more than twelve '
    'months. A file that is a whole register, that has no months or rows, or whose load says as at which day it is (--as-at), reaches to the '
    'month that had ended on that day, also where nothing happened in it, until a later file replaces all of its rows; any other file of events only to its last event: that nothing followed is '
    'not known. first_month is null for registers without any month.';

create or replace function mo_data.kpi_span()
    returns table (kpi_id text, first_month date, last_month date)
    language sql stable
    set search_path = pg_catalog, pg_temp
    as $$
    with span as materialized (
        select * from mo_data.source_span()
    ), needed as (
        select k.kpi_id, s.target_table, s.source = k.sources[1] as is_driver, s.source = any (k.optional_sources) as is_optional,
            12 + least(h.look_back_months, 24) as silence
        from mo_data.kpi k cross join lateral unnest(k.sources) as u (source) join mo_data.source s on s.source = u.source
            join mo_data.kpi_reach h on h.kpi_id = k.kpi_id
        where k.is_active
    ), begun as ( -- what a figure still looks back on is no silence; of scopes that may hold for ten years a wrong one is likelier than one of three
        select n.target_table, n.silence, coalesce(max(m.month) filter (where m.silent_months > n.silence), min(m.month)) as month
        from (select distinct x.target_table, x.silence from needed x) n join mo_data.source_months() m on m.target_table = n.target_table
        group by n.target_table, n.silence
    ), present as materialized (
        select n.target_table, s.target_table is not null or mo_data.table_is_filled(n.target_table) as is_there
        from (select distinct x.target_table from needed x) n left join span s on s.target_table = n.target_table
    ), reach as (
        select n.kpi_id,
            coalesce(min(b.month) filter (where n.is_driver), min(b.month), (select min(a.first_month) from span a)) as first_month,
            max(s.last_month) filter (where n.is_driver) as last_month
        from needed n join present p using (target_table) left join span s on s.target_table = n.target_table
            left join begun b on b.target_table = n.target_table and b.silence = n.silence
        group by n.kpi_id
        having bool_and(p.is_there or n.is_optional)
    )
    select k.kpi_id, f.first_month, l.last_month
    from reach r
        join mo_data.kpi k on k.kpi_id = r.kpi_id
        cross join lateral (
            select case
                    when k.counts_from_april and mo.financial_year_start(r.first_month) < r.first_month
                        then (mo.financial_year_start(r.first_month) + interval '1 year')::date
                    else r.first_month
                end as month
        ) april
        join mo_data.kpi_reach h on h.kpi_id = k.kpi_id
        cross join lateral (select (april.month + make_interval(months => h.history_months))::date as first_month) f
        cross join lateral (
            select least(
                case k.time_basis when 'annual' then (mo.financial_year_start(r.last_month) + interval '11 months')::date else r.last_month end,
                (date_trunc('month', now() at time zone 'Europe/London') - interval '1 month')::date) as last_month
        ) l
    where f.first_month <= l.last_month
    $$;
revoke all on function mo_data.kpi_span() from public;
comment on function mo_data.kpi_span() is
    'The months each KPI has: those its driver (the first of its sources, with whatever fills the same table) reaches, once each of its '
    'sources'' tables has been loaded or was shipped with rows (optional_sources aside), less the history its figure needs first, and none '
    'that has not ended. A silence that it does not begin after is longer than in mo_data.source_span by the months its figures look back, two years at most. An annual KPI stands to the March after its driver''s last month. A driver without months begins with the first '
    'month of the KPI''s other sources, else of any. A KPI without a row has no months.';
