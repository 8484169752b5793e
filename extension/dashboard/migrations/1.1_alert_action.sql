-- From 1.0: a refresh looks for alerts that were closed since the last one.
do $migration$
begin
    if to_regclass('mo_data.alert_action_closed') is null then
        create index alert_action_closed on mo_data.alert_action using brin (closed_at);
    end if;
end
$migration$;
