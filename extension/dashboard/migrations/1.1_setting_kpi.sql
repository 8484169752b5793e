-- From 1.0: which KPI is counted with a setting, which its meaning alone said (30_kpi/00_setting.table.sql). A meaning that a site has edited since no longer
-- says it; those of shipped settings are known, and of a site's own the first one whose id it still begins with.
do $migration$
begin
    if exists (select from pg_attribute where attrelid = 'mo_data.setting'::regclass and attname = 'kpi_id' and not attisdropped) then
        return;
    end if;
    alter table mo_data.setting add column kpi_id text;
    comment on column mo_data.setting.kpi_id is
        'KPI that is counted with it: a change of its value has the KPI counted again. Null: the KPI whose id and a colon begin its meaning, else none.';
    update mo_data.setting s set kpi_id = k.kpi_id from mo_data.kpi k where starts_with(s.meaning, k.kpi_id || ':');
end
$migration$;
