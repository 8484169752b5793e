-- deprescribing_per_smr
-- Numerator:   stop actions (code set DEPRESCRIBING, which a site switches on) linked to a structured medication review: by the recorded
--              link where there is one (a link to something else counts nowhere), else by being the same patient's at most
--              deprescribing_link_days after the latest review before it. Neither before the review nor after the end of the third month
--              after the review's month, so that a figure becomes final.
-- Denominator: structured medication reviews done in the month, those without a stop action included; several codes of one
--              patient on one day are one review; cancelled ones and those not attended are none.
-- Where:       the practice of registration on the day of the review, else the practice that recorded it. Month of the review.
-- Source:      facts/README.md section 4: no confirmed code, link window local. Direction neither: more is not always better.
create or replace function mo_data.kpi_deprescribing_per_smr(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with event as materialized (
        select s.code_set, a.source_system, a.event_id, a.patient_key, a.practice_code, a.event_date, a.linked_event_id
        from mo_data.code_set s join mo_data.activity a on a.code = s.code
        where s.is_on and s.code_set in ('SMR_DONE', 'DEPRESCRIBING') and coalesce(a.outcome, 'attended') = 'attended'
            and a.event_date between from_month and mo.month_end((to_month + interval '3 months')::date)
    ),
    review as materialized (
        select distinct on (e.patient_key, e.event_date) e.patient_key, e.event_date, e.practice_code,
            mo.month_end((mo.month_start(e.event_date) + interval '3 months')::date) as final_on
        from event e
        where e.code_set = 'SMR_DONE'
        order by e.patient_key, e.event_date, e.event_id, e.source_system
    ),
    stop as (
        select v.patient_key, v.event_date
        from event t
            join event w on w.code_set = 'SMR_DONE' and w.source_system = t.source_system and w.event_id = t.linked_event_id
            join review v on v.patient_key = t.patient_key and v.patient_key = w.patient_key and v.event_date = w.event_date
        where t.code_set = 'DEPRESCRIBING' and t.event_date between v.event_date and v.final_on
        union all (
            select distinct on (t.source_system, t.event_id) v.patient_key, v.event_date
            from event t join review v on v.patient_key = t.patient_key
            where t.code_set = 'DEPRESCRIBING' and t.linked_event_id is null and t.event_date between v.event_date and v.final_on
                and t.event_date - v.event_date <= (select mo_data.setting_value('deprescribing_link_days'))
            order by t.source_system, t.event_id, v.event_date desc)
    ),
    stopped as (
        select s.patient_key, s.event_date, count(*) as actions from stop s group by s.patient_key, s.event_date
    )
    select coalesce(r.practice_code, v.practice_code), mo.month_start(v.event_date), null,
        'smr:' || v.patient_key || ':' || to_char(v.event_date, 'YYYY-MM-DD'), coalesce(s.actions, 0)::double precision, 1
    from review v
        left join stopped s on s.patient_key = v.patient_key and s.event_date = v.event_date
        left join lateral (
            select r.practice_code from mo_data.registration r
            where r.patient_key = v.patient_key
                and r.registered_from <= v.event_date and (r.registered_to is null or r.registered_to > v.event_date)
            order by r.registered_from desc, r.practice_code collate "C" limit 1) r on true
    where v.event_date <= mo.month_end(to_month)
$$;
comment on function mo_data.kpi_deprescribing_per_smr(date, date) is
    'Records of deprescribing_per_smr: one a structured medication review, with the stop actions that followed from it.';
revoke all on function mo_data.kpi_deprescribing_per_smr(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'deprescribing_per_smr', family => 'clinical_activity', page_order => 140,
    name => 'Medicines stopped per structured medication review', short_name => 'Stops per SMR',
    unit => 'ratio', decimals => 2, numerator_wording => 'stop actions linked to a structured medication review',
    denominator_wording => 'structured medication reviews', direction => 'neither', interval_method => 'byar',
    hide_from => 1, hide_to => 7, sources => array['activity', 'activity_emis', 'activity_systmone', 'registration', 'code_set'],
    look_ahead_months => 3, expected_lag_days => 42, rps_principle => 2, rationale => 'Shows whether reviews lead to change; it has no right value.',
    reference => 'Local definition: no national code or link window is confirmed', is_site_kpi => false);
