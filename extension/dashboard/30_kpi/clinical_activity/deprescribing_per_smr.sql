-- deprescribing_per_smr
-- Numerator:   stop actions (code set DEPRESCRIBING, which a site switches on) linked to a structured medication review: by the recorded
--              link where there is one (a link to something else counts nowhere), else by being the same patient's at most
--              deprescribing_link_days after the latest review before it. Neither before the review nor after the end of the third month
--              after the review's month, so that a figure becomes final.
-- Denominator: structured medication reviews done in the month, those without a stop action included; several codes of one
--              patient on one day are one review; cancelled ones and those not attended are none. Nothing
--              is counted while no code of stopping is switched on.
-- Where:       the practice of registration on the day of the review, else the practice that recorded it. Month of the review.
-- Source:      facts/README.md section 4: no confirmed code, link window local. Direction neither: more is not always better.
create or replace function mo_data.kpi_deprescribing_per_smr(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan  -- each query is planned for the codes and months it is asked for
as $$
#variable_conflict use_column
declare
    review_codes text[] := array(select s.code from mo_data.code_set s where s.code_set = 'SMR_DONE' and s.is_on);
    stop_codes text[] := array(select s.code from mo_data.code_set s where s.code_set = 'DEPRESCRIBING' and s.is_on);
    last_day date := mo.month_end(kpi_deprescribing_per_smr.to_month);
    last_stop_day date := mo.month_end((kpi_deprescribing_per_smr.to_month + interval '3 months')::date);
    link_days double precision := mo_data.setting_value('deprescribing_link_days');
begin
    if stop_codes = '{}' then  -- not measured, which is not 0
        return;
    end if;
    return query
    with coded as materialized (  -- reviews after the last month too: a stop belongs to the latest review before it
        select a.source_system, a.event_id, a.patient_key, a.practice_code, a.event_date,
            mo.month_end((mo.month_start(a.event_date) + interval '3 months')::date) as final_on
        from mo_data.activity a
        where a.code = any (review_codes) and a.event_date between kpi_deprescribing_per_smr.from_month and last_stop_day
            and (a.outcome is null or a.outcome = 'attended')
    ),
    review as materialized (
        select distinct on (e.patient_key, e.event_date) e.patient_key, e.event_date, e.practice_code, e.final_on
        from coded e
        order by e.patient_key, e.event_date, e.event_id, e.source_system
    ),
    stop as materialized (
        select a.source_system, a.event_id, a.patient_key, a.event_date, a.linked_event_id
        from mo_data.activity a
        where a.code = any (stop_codes) and a.event_date between kpi_deprescribing_per_smr.from_month and last_stop_day
            and (a.outcome is null or a.outcome = 'attended')
    ),
    followed as (
        select e.patient_key, e.event_date
        from stop t
            join coded e on e.source_system = t.source_system and e.event_id = t.linked_event_id and e.patient_key = t.patient_key
        where t.event_date between e.event_date and e.final_on
        union all (
            select distinct on (t.source_system, t.event_id) v.patient_key, v.event_date
            from stop t join review v on v.patient_key = t.patient_key
            where t.linked_event_id is null and t.event_date between v.event_date and v.final_on
                and t.event_date - v.event_date <= link_days
            order by t.source_system, t.event_id, v.event_date desc)
    ),
    stopped as (
        select f.patient_key, f.event_date, count(*) as actions from followed f group by f.patient_key, f.event_date
    )
    select coalesce(r.practice_code, v.practice_code), mo.month_start(v.event_date), null::text,
        'smr:' || v.patient_key || ':' || to_char(v.event_date, 'YYYY-MM-DD'), coalesce(s.actions, 0)::double precision,
        1::double precision
    from review v
        left join stopped s on s.patient_key = v.patient_key and s.event_date = v.event_date
        left join lateral (
            select r.practice_code from mo_data.registration r
            where r.patient_key = v.patient_key
                and r.registered_from <= v.event_date and (r.registered_to is null or r.registered_to > v.event_date)
            order by r.registered_from desc, r.practice_code collate "C" limit 1) r on true
    where v.event_date <= last_day;
end $$;
comment on function mo_data.kpi_deprescribing_per_smr(date, date) is
    'Records of deprescribing_per_smr: one a structured medication review, with the stop actions that followed from it.';
revoke all on function mo_data.kpi_deprescribing_per_smr(date, date) from public;

-- The same without a record's text: reviews and stops meet by numbers, and the registration that holds on a day is the greatest of one number, its
-- beginning and the practice's place in the order of codes.
create or replace function mo_data.kpi_deprescribing_per_smr_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe cost 400000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan  -- each query is planned for the codes and months it is asked for
set enable_nestloop = off  -- reviews, stops and registrations of more than a month meet in hash joins
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
    review_codes text[] := array(select s.code from mo_data.code_set s where s.code_set = 'SMR_DONE' and s.is_on);
    stop_codes text[] := array(select s.code from mo_data.code_set s where s.code_set = 'DEPRESCRIBING' and s.is_on);
    last_day date := mo.month_end(kpi_deprescribing_per_smr_total.to_month);
    last_stop_day date := mo.month_end((kpi_deprescribing_per_smr_total.to_month + interval '3 months')::date);
    link_days double precision := mo_data.setting_value('deprescribing_link_days');
begin
    if stop_codes = '{}' then  -- not measured, which is not 0
        return;
    end if;
    if kpi_deprescribing_per_smr_total.from_month = kpi_deprescribing_per_smr_total.to_month then
        return query -- so few reviews that it is quicker to look for the registration of each than to read all registrations
            select r.org_code, r.month, null::text, sum(r.numerator), sum(r.denominator)
            from mo_data.kpi_deprescribing_per_smr(kpi_deprescribing_per_smr_total.from_month, kpi_deprescribing_per_smr_total.to_month) r
            group by r.org_code, r.month;
        return;
    end if;
    return query
    with coded as materialized (
        select a.source_system, a.event_id, a.patient_key, a.practice_code, a.event_date
        from mo_data.activity a
        where a.code = any (review_codes) and a.event_date between kpi_deprescribing_per_smr_total.from_month and last_stop_day
            and (a.outcome is null or a.outcome = 'attended')
    ), stop as materialized (
        select a.source_system, a.event_id, a.patient_key, a.event_date, a.linked_event_id
        from mo_data.activity a
        where a.code = any (stop_codes) and a.event_date between kpi_deprescribing_per_smr_total.from_month and last_stop_day
            and (a.outcome is null or a.outcome = 'attended')
    ), done as (  -- reviews, and a row for each stop that followed from one
        select e.patient_key, e.event_date, 0 as actions from coded e
        union all
        select e.patient_key, e.event_date, 1
        from stop t
            join coded e on e.event_id = t.linked_event_id and e.patient_key = t.patient_key
        where e.source_system = t.source_system || '' -- two are enough to hash
            and t.event_date between e.event_date and mo.month_end((mo.month_start(e.event_date) + interval '3 months')::date)
        union all
        select v.patient_key, max(v.event_date), 1
        from stop t join coded v on v.patient_key = t.patient_key
        where t.linked_event_id is null and t.event_date - v.event_date between 0 and link_days
            and t.event_date <= mo.month_end((mo.month_start(v.event_date) + interval '3 months')::date)
        group by t.source_system, t.event_id, v.patient_key
    ), review as (  -- one number is sorted in half the time of two
        select (r.number >> 32)::integer as patient_key, kpi_deprescribing_per_smr_total.from_month + (r.number & 4294967295)::integer as event_date, r.actions
        from (
                select d.patient_key::bigint << 32 | (d.event_date - kpi_deprescribing_per_smr_total.from_month) as number, sum(d.actions) as actions
                from done d where d.event_date <= last_day group by 1
            ) r
    ), practice as materialized (
        select p.practice_code, row_number() over (order by p.practice_code collate "C" desc) as place
        from (select r.practice_code from mo_data.registration r group by r.practice_code) p
    ), registered as (  -- of two that began together the lower code, which has the greater place, counts
        select r.patient_key, r.registered_from, r.registered_to,
            case when isfinite(r.registered_from) then r.registered_from - date '2000-01-01' else -200000000 end::bigint * 16777216 + p.place as latest
        from mo_data.registration r join practice p on p.practice_code = r.practice_code
    ), placed as materialized (
        select v.patient_key, v.event_date, v.actions, max(g.latest) & 16777215 as place
        from review v
            left join registered g on g.patient_key = v.patient_key
                and g.registered_from <= v.event_date and (g.registered_to is null or g.registered_to > v.event_date)
        group by v.patient_key, v.event_date, v.actions
    ), alone as (  -- not registered on the day: the practice that recorded it
        select distinct on (e.patient_key, e.event_date) e.practice_code, e.event_date, x.actions
        from placed x join coded e on e.patient_key = x.patient_key and e.event_date = x.event_date
        where x.place is null
        order by e.patient_key, e.event_date, e.event_id, e.source_system
    ), counted as (
        select p.practice_code, c.month, c.actions, c.reviews
        from (
                select x.place, mo.month_start(x.event_date) as month, sum(x.actions) as actions, count(*) as reviews
                from placed x where x.place is not null group by 1, 2
            ) c join practice p on p.place = c.place
        union all
        select l.practice_code, mo.month_start(l.event_date), sum(l.actions), count(*) from alone l group by 1, 2
    )
    select c.practice_code, c.month, null::text, sum(c.actions)::double precision, sum(c.reviews)::double precision
    from counted c group by c.practice_code, c.month;
end $$;
comment on function mo_data.kpi_deprescribing_per_smr_total(date, date) is
    'Sums of the records of deprescribing_per_smr, counted without making the records.';
revoke all on function mo_data.kpi_deprescribing_per_smr_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'deprescribing_per_smr', family => 'clinical_activity', page_order => 140,
    name => 'Medicines stopped per structured medication review', short_name => 'Stops per SMR',
    unit => 'ratio', decimals => 2, numerator_wording => 'stop actions linked to a structured medication review',
    denominator_wording => 'structured medication reviews', direction => 'neither', interval_method => 'byar',
    hide_from => 1, hide_to => 7, sources => array['activity', 'activity_emis', 'activity_systmone', 'registration', 'code_set'],
    total_function => 'mo_data.kpi_deprescribing_per_smr_total', look_ahead_months => 3, expected_lag_days => 42, rps_principle => 2, begins_with_first => true,
    rationale => 'Shows whether reviews lead to change; it has no right value.',
    reference => 'Local definition: no national code or link window is confirmed', is_site_kpi => false);
