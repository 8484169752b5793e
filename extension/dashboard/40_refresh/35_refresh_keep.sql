-- What several KPIs are counted from is made once for all of them.
create or replace function mo_data.refresh_keep()
    returns void
    language plpgsql
    set search_path = pg_catalog, pg_temp
    as $$
declare
    due record;
begin
    select min(s.first_month) as first_month, max(s.last_month) as last_month into due
        from pg_temp.refresh_span s join mo_data.kpi k on k.kpi_id = s.kpi_id where 'prescribing' = any (k.sources);
    if due.first_month is not null then
        perform mo_data.prescribing_keep(due.first_month, due.last_month);
    end if;
    select min(case when s.kpi_id = 'hrd_monitoring_current'
                then mo_data.monitoring_tests_from(array(select k.cohort_code from mo_data.cohort k where k.kind = 'high_risk_drug' and k.is_on), s.first_month)
                else mo.events_from(s.first_month) end) as first_month, max(s.last_month) as last_month
        into due
        from (select x.kpi_id, greatest(x.span_from, x.first_month) as first_month, least(x.span_to, x.last_month) as last_month from pg_temp.refresh_span x) s
        where s.kpi_id in ('smr_completed', 'smr_rolling_attainment', 'hrd_monitoring_current') and s.first_month <= s.last_month;
    if due.first_month is not null then
        perform mo_data.event_month_keep(due.first_month, due.last_month);
    end if;
end
    $$;
revoke all on function mo_data.refresh_keep() from public;
comment on function mo_data.refresh_keep() is
    'Keeps sums of prescribing and sets of events for the KPIs of pg_temp.refresh_span that are counted from them. Part of refresh().';
