-- Practice-months a prescribing KPI speaks of.
create or replace function mo_data.prescribing_scope(
    from_month date, to_month date, scheme text, loaded_months date[], loaded_practices text[])
    returns table (month date, practice_code text, weighted_patients double precision, patients bigint)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with path as materialized (
        select (date_trunc('month', p.day))::date as month, p.org_code as practice_code, coalesce(p.sub_icb_code, p.icb_code, '') as payer
        from mo_data.organisation_path_on((
                select array_agg((m + interval '1 month')::date - 1)
                from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') m)) p
        where p.org_type = 'practice'
    ), loaded as materialized (
        select u.month, u.practice_code from unnest(loaded_months, loaded_practices) as u (month, practice_code)
    ), payer_loaded as (
        select distinct p.month, p.payer from path p join loaded l using (month, practice_code) where p.payer <> ''
        union
        select distinct l.month, '' from loaded l
    )
    select w.month, w.practice_code, w.weighted_patients, w.patients
    from mo_data.weighted_list(from_month, to_month, scheme) w
        join path p using (month, practice_code)
        join payer_loaded c using (month, payer)
    $$;
revoke all on function mo_data.prescribing_scope(date, date, text, date[], text[]) from public;
comment on function mo_data.prescribing_scope(date, date, text, date[], text[]) is
    'Practices with a list that a prescribing figure of a month speaks of, with their weighted list and their registered patients. loaded_months and loaded_practices are '
    'the practice-months that have prescribing. A practice without prescribing is in when its sub-ICB''s prescribing of that month is '
    'loaded (its cost is then 0); where only one sub-ICB''s file is loaded, the practices of the others are not taken to have prescribed nothing.';
