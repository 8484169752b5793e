-- Weighted list sizes and ratios of sums
-- ASTRO-PU of a practice of three cells, by hand: 100*1 + 250*0.871655388261018 + 40*9.98209348842177
with cell (patients, weight) as (values (100, 1.0), (250, 0.871655388261018), (40, 9.98209348842177), (null, 3.0))
select mo.weighted_patients(patients, weight) as weighted from cell;
-- roll-up is the sum of numerators over the sum of denominators, never a mean of ratios
with practice (cost, weighted) as (values (1000.0, 100.0), (90.0, 10.0), (null, 5.0))
select mo.ratio(cost, weighted) as ratio, mo.rate_per(cost, weighted, 1000) as per_thousand from practice;
-- a missing side is 0; nothing to divide by is null, never infinity
select mo.ratio(5, 0) is null and mo.ratio(0, 0) is null and mo.ratio(null, null) is null and mo.ratio(0, 4) = 0 as zero_rules;
select mo.weighted_patients(null, 1) is null as no_rows_that_count;
select mo.weighted_patients(1, 1) is null and mo.ratio(1, 1) is null as empty from generate_series(1, 0);
-- 0.1 a million times is 100,000 to the last bit, which a plain sum is not
select mo.weighted_patients(1, 0.1) = 100000 as compensated, sum(0.1::float8) = 100000 as plain from generate_series(1, 1000000);
-- refused
select mo.weighted_patients(-1, 2);
select mo.weighted_patients(1, 'NaN');
select mo.weighted_patients('infinity', 1);
select mo.ratio(1, -1);
select mo.ratio('NaN', 1);
select mo.rate_per(1, 2, 0);
select mo.rate_per(1, 2, null);
select mo.rate_per(1, 2, per) from (values (1), (2)) v (per);
select mo.weighted_patients(1e308, 10) from generate_series(1, 2);
-- support functions called by hand with a state that is not one
select mo.weighted_patients_final('{1,2}');
select mo.weighted_patients_combine('{1,2,3}', '{{1,2,3}}');
select mo.ratio_accum('{1,2,3,4,5,null}', 1, 1);
select mo.weighted_patients_accum(null, 1, 1);
select mo.rate_per_accum(null, 1, 1, 1);
