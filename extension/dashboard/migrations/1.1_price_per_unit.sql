-- From 1.0: prices per unit of several months are worked out together (50_results/82_price_per_unit.sql).
do $migration$
begin
    if to_regprocedure('mo_data.price_per_unit_count(date)') is not null then
        drop function mo_data.price_per_unit_count(date);
    end if;
end
$migration$;
