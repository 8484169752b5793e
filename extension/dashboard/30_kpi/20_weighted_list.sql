-- Weighted list sizes of practices, month by month.
create or replace function mo_data.weighted_list(from_month date, to_month date, scheme text)
    returns table (month date, practice_code text, list_month date, patients bigint, weighted_patients double precision)
    language sql stable rows 10000
    set search_path = pg_catalog, pg_temp
    set enable_nestloop = off -- row counts cannot be estimated here, and hash joins on all keys are right at every size
    set enable_mergejoin = off
    set jit = off
    as $$
    with months as materialized (
        select m::date as month, (m + interval '1 month')::date - 1 as month_end
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') m
    ), listed as materialized (
        select m.month, o.org_code as practice_code, latest.list_month
        from months m
            join mo_data.organisation o
                on o.org_type = 'practice' and o.open_from <= m.month_end and (o.open_to is null or o.open_to > m.month_end)
                    and o.org_code !~ '998$'
            cross join lateral (
                select l.month as list_month from mo_data.list_size l
                where l.practice_code = o.org_code and l.month <= m.month_end order by l.month desc limit 1
            ) latest
    ), band as materialized ( -- each age a band can begin with, so that bands are looked up and not compared with each weight
        select w.sex, age::smallint as age_from, w.age_to, w.weight
        from mo_data.weight w cross join lateral generate_series(w.age_from::integer, coalesce(w.age_to, 120)::integer) age
        where w.scheme = weighted_list.scheme
    ), weighted as (
        select l.practice_code, l.month as list_month, sum(l.patients) as patients,
            coalesce(mo.weighted_patients(l.patients::double precision, w.weight), 0) as weighted_patients
        from mo_data.list_size l
            left join band w on w.sex = l.sex and w.age_from = l.age_from and (w.age_to is null or l.age_to <= w.age_to)
        where l.month = any (array(select distinct d.list_month from listed d))
        group by l.practice_code, l.month
    )
    select d.month, d.practice_code, d.list_month, w.patients, w.weighted_patients
    from listed d join weighted w using (practice_code, list_month)
    $$;
revoke all on function mo_data.weighted_list(date, date, text) from public;
comment on function mo_data.weighted_list(date, date, text) is
    'Weighted list of every practice open on a month''s last day that has a list size, by a scheme of mo_data.weight: for each month, the '
    'latest list on or before the month end; a list''s age band takes the weight of the band that contains it; patients of no weighted sex or '
    'band count in patients and weigh nothing. Dummy codes (ending 998) are left out. A practice with no list size has no row.';

create or replace view mo_data.list_size_reconciliation as
    select l.month,
        case when l.sex not in ('M', 'F') then 'sex_without_weight' when w.weight is null then 'age_without_weight' else 'weighted' end
            as category,
        count(distinct l.practice_code) as practices, sum(l.patients) as patients
    from mo_data.list_size l
        left join mo_data.weight w on w.scheme = 'astro_pu_cost_2013' and w.sex = l.sex and l.age_from >= w.age_from
            and (w.age_to is null or (l.age_from <= w.age_to and l.age_to <= w.age_to))
    group by 1, 2;
comment on view mo_data.list_size_reconciliation is
    'Registered patients by month and by whether they have an ASTRO-PU weight. The categories of a month add up to what is loaded.';
comment on column mo_data.list_size_reconciliation.month is 'Month of the list.';
comment on column mo_data.list_size_reconciliation.category is
    'weighted; sex_without_weight (sex I or U); age_without_weight (the list''s age band lies in no band of the weights).';
comment on column mo_data.list_size_reconciliation.practices is 'Practices with such patients.';
comment on column mo_data.list_size_reconciliation.patients is 'Registered patients.';
