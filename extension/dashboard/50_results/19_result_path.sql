-- To whom organisations belonged, kept while a refresh publishes: every KPI asks for the same months, and there are many KPIs.
create or replace function mo_data.refresh_paths_keep(months date[])
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    missing date[];
begin
    if to_regclass('pg_temp.refresh_path') is null then
        create temporary table refresh_path on commit drop as select p.* from mo_data.organisation_path_on('{}') p;
        create temporary table refresh_path_day (day date primary key) on commit drop;
    end if;
    with added as (
        insert into pg_temp.refresh_path_day (day)
        select mo.month_end(m.month)
        from (select distinct u.month from unnest(months) as u (month)) m
        on conflict do nothing
        returning day
    )
    select array_agg(a.day) into missing from added a;
    if missing is not null then
        insert into pg_temp.refresh_path select p.* from mo_data.organisation_path_on(missing) p;
    end if;
end
    $$;
revoke all on function mo_data.refresh_paths_keep(date[]) from public;
comment on function mo_data.refresh_paths_keep(date[]) is
    'Keeps organisation_path_on for the ends of months, beside what is kept already: every KPI needs it for its results. Part of refresh().';

create or replace function mo_data.refresh_path_drop()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('pg_temp.refresh_path') is not null then
        drop table pg_temp.refresh_path, pg_temp.refresh_path_day;
    end if;
end
    $$;
revoke all on function mo_data.refresh_path_drop() from public;
comment on function mo_data.refresh_path_drop() is 'Forgets what refresh_paths_keep kept: memberships may change before the next refresh. Part of refresh().';

create or replace function mo_data.result_path(days date[])
    returns table (
        day date, org_code text, org_type text, prescribing_setting smallint, pcn_code text, sub_icb_code text, icb_code text,
        region_code text, nation_code text)
    language plpgsql stable rows 10000
    set search_path = pg_catalog, pg_temp
    as $$
begin
    if to_regclass('pg_temp.refresh_path') is not null then
        if not exists (select from unnest(days) as d (day) where not exists (select from pg_temp.refresh_path_day k where k.day = d.day)) then
            return query select r.* from pg_temp.refresh_path r where r.day = any (days);
            return;
        end if;
    end if;
    return query select p.* from mo_data.organisation_path_on(days) p;
end
    $$;
revoke all on function mo_data.result_path(date[]) from public;
comment on function mo_data.result_path(date[]) is 'organisation_path_on, from what a refresh has kept where it has all of the days.';
