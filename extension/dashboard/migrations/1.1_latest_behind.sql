-- From 1.0: whether a KPI has later months than the latest of an organisation (50_results/00_result.table.sql).
do $migration$
begin
    if exists (select from pg_attribute where attrelid = 'mo_data.kpi_latest'::regclass and attname = 'is_behind' and not attisdropped) then
        return;
    end if;
    alter table mo_data.kpi_latest add column is_behind boolean not null default false;
    comment on column mo_data.kpi_latest.is_behind is
        'The KPI has later months, of which it has no figure: there was nothing to count, or its data have not come. False without a month.';
    update mo_data.kpi_latest l set is_behind = true
    where l.month < (select max(m.month) from mo_data.kpi_month m where m.kpi_id = l.kpi_id);
end
$migration$;
