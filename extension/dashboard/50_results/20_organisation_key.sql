-- Keys of organisations, and days of the calendar: what the published dimensions stand on.
create or replace function mo_data.organisation_key_sync()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
begin
    insert into mo_data.organisation_key (org_type, org_code)
        select x.org_type, x.org_code
        from (
            select o.org_type, o.org_code from mo_data.organisation o
            union
            select 'group', g.group_code from mo_data.organisation_group g
        ) x
        where not exists (select from mo_data.organisation_key k where k.org_code = x.org_code and k.org_type = x.org_type)
        order by x.org_type, x.org_code;
    update mo_data.organisation_key k
        set pcn_code = n.pcn_code, sub_icb_code = n.sub_icb_code, icb_code = n.icb_code, region_code = n.region_code,
            nation_code = n.nation_code
        from mo_data.organisation_key was
            left join mo_data.organisation_path_on(array[current_date]) n on n.org_code = was.org_code and n.org_type = was.org_type
        where k.org_key = was.org_key
            and (was.pcn_code, was.sub_icb_code, was.icb_code, was.region_code, was.nation_code)
                is distinct from (n.pcn_code, n.sub_icb_code, n.icb_code, n.region_code, n.nation_code);
end
    $$;
revoke all on function mo_data.organisation_key_sync() from public;
comment on function mo_data.organisation_key_sync() is
    'Gives new organisations and groups their key and brings current memberships up to date, writing only what differs. Part of refresh().';

create or replace function mo_data.calendar_extend()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    first_day date := mo.financial_year_start((select least(min(m.month), current_date) from mo_data.kpi_month m));
    last_day date := mo.financial_year_start((select greatest(max(m.month), current_date) from mo_data.kpi_month m)) + interval '2 years' - interval '1 day';
begin
    insert into mo_data.calendar_day (day, financial_year, financial_year_sort, financial_quarter, financial_month, month_start)
        select d.day, mo.financial_year(d.day), extract(year from mo.financial_year_start(d.day))::integer, mo.financial_quarter(d.day),
            mo.financial_month(d.day), mo.month_start(d.day)
        from (
            select s::date as day from generate_series(
                least(first_day, (select min(c.day) from mo_data.calendar_day c))::timestamp,
                greatest(last_day, (select max(c.day) from mo_data.calendar_day c))::timestamp, interval '1 day') s
        ) d
        where not exists (select from mo_data.calendar_day c where c.day = d.day);
end
    $$;
revoke all on function mo_data.calendar_extend() from public;
comment on function mo_data.calendar_extend() is
    'Adds days to calendar_day: whole financial years from the first published month to the end of next year, without gaps. Part of refresh().';

select mo_data.calendar_extend();
