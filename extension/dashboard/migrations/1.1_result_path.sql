-- From 1.0: paths are kept for all KPIs at once (refresh_paths_keep), no longer a KPI at a time.
do $migration$
begin
    if to_regprocedure('mo_data.refresh_path_keep(text, date[])') is not null then
        drop function mo_data.refresh_path_keep(text, date[]);
    end if;
end
$migration$;
