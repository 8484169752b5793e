-- From 1.0: cells of reviews are counted from registrations given to them (30_kpi/02_smr_cell.sql), and the log of refreshes has a step for what is counted together.
do $migration$
begin
    if to_regprocedure('mo_data.smr_cell(date, date)') is not null then
        drop function mo_data.smr_cell(date, date);
    end if;
end
$migration$;
comment on column mo_data.refresh_log.what is 'count together (KPIs at once, by whichever processes there are), count (base figures of a KPI), reconcile, results (levels, peers), results after (what later months show of them), indexes, positions (of a measure), latest page, page, price per unit, theme map, changes.';
comment on column mo_data.refresh_log.milliseconds is 'Time it took. What was counted together, by several processes, has its own step; KPIs counted from the same registrations each say the time of all of them.';
