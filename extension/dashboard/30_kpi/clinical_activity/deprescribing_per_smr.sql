-- deprescribing_per_smr
-- Numerator:   stop actions (code set DEPRESCRIBING, which a site switches on) linked to a structured medication review: by the recorded
--              link where there is one, else by being the same patient's at most deprescribing_link_days after the latest review before it.
-- Denominator: structured medication reviews done in the month, those without a stop action included; several codes of one
--              patient on one day are one review.
-- Where:       the practice of registration on the day of the review, else the practice that recorded it. Month of the review.
-- Source:      facts/README.md section 4: no confirmed code, link window local. Direction neither: more is not always better.
create or replace function mo_data.kpi_deprescribing_per_smr(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with event as (
        select distinct s.code_set, a.source_system, a.event_id, a.patient_key, a.practice_code, a.event_date, a.linked_event_id
        from mo_data.activity a join mo_data.code_set s on s.code = a.code and s.is_on and s.code_set in ('SMR_DONE', 'DEPRESCRIBING')
        where a.event_date >= from_month - mo_data.setting_value('deprescribing_link_days')::integer
            and a.event_date <= mo.month_end(to_month) + mo_data.setting_value('deprescribing_link_days')::integer
    ),
    review as (
        select distinct on (e.patient_key, e.event_date) e.patient_key, e.event_date, coalesce(r.practice_code, e.practice_code) as practice_code
        from event e left join lateral (
            select r.practice_code from mo_data.registration r
            where r.patient_key = e.patient_key
                and r.registered_from <= e.event_date and (r.registered_to is null or r.registered_to > e.event_date)
            order by r.registered_from desc, r.practice_code limit 1) r on true
        where e.code_set = 'SMR_DONE'
        order by e.patient_key, e.event_date, e.event_id
    ),
    stop as (
        select t.patient_key, coalesce(linked.event_date, before.event_date) as review_date
        from event t
            left join event linked on linked.code_set = 'SMR_DONE' and linked.source_system = t.source_system
                and linked.event_id = t.linked_event_id and linked.patient_key = t.patient_key
            left join lateral (
                select v.event_date from review v
                where v.patient_key = t.patient_key and v.event_date <= t.event_date
                    and t.event_date - v.event_date <= mo_data.setting_value('deprescribing_link_days')
                order by v.event_date desc limit 1) before on t.linked_event_id is null
        where t.code_set = 'DEPRESCRIBING'
    )
    select v.practice_code, mo.month_start(v.event_date), null, 'smr:' || v.patient_key || ':' || v.event_date,
        (select count(*) from stop s where s.patient_key = v.patient_key and s.review_date = v.event_date)::double precision, 1
    from review v
    where v.event_date between from_month and mo.month_end(to_month)
$$;
comment on function mo_data.kpi_deprescribing_per_smr(date, date) is
    'Records of deprescribing_per_smr: one a structured medication review, with the stop actions that followed from it.';
revoke all on function mo_data.kpi_deprescribing_per_smr(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'deprescribing_per_smr', family => 'clinical_activity', page_order => 140,
    name => 'Medicines stopped per structured medication review', short_name => 'Stops per SMR',
    unit => 'ratio', decimals => 2, numerator_wording => 'stop actions linked to a structured medication review',
    denominator_wording => 'structured medication reviews', direction => 'neither', interval_method => 'byar',
    hide_from => 1, hide_to => 7, sources => array['activity', 'registration'], look_ahead_months => 1, expected_lag_days => 42,
    rps_principle => 2, rationale => 'Shows whether reviews lead to change; it has no right value.',
    reference => 'Local definition: no national code or link window is confirmed', is_site_kpi => false);
