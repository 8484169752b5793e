-- Which figures are final because the records they were counted from were removed. Asked for at every refresh, so a KPI that is registered or changed
-- after a purge is not counted from what is left either.
create or replace view mo_data.kpi_final as
    select k.kpi_id,
        max((p.before + make_interval(months => case when p.keeps_look_back then 0 else greatest(r.look_back_months, r.history_months) end))::date) as before
    from mo_data.purge_log p
        join mo_data.source s on s.target_table = p.table_name
        join mo_data.kpi k on s.source = any (k.sources)
        join mo_data.kpi_reach r on r.kpi_id = k.kpi_id
    group by k.kpi_id;
comment on view mo_data.kpi_final is
    'KPIs whose figures of months before a month stand as they were published (or do not exist), because the records they would be counted from, or '
    'those that these look back on, were removed by purge(). A refresh neither counts nor withdraws them.';
comment on column mo_data.kpi_final.kpi_id is 'KPI.';
comment on column mo_data.kpi_final.before is 'First month that can still be counted.';
