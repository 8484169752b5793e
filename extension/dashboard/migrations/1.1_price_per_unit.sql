-- From 1.0: prices per unit of several months are worked out together (50_results/82_price_per_unit.sql).
drop function if exists mo_data.price_per_unit_count(date);
