-- ltc_titration_throughput
-- Numerator:   attended titration contacts in the month: activity with a code of one of the four sets TITRATION_*, which a site switches
--              on, and an outcome other than did_not_attend or cancelled. One patient, stream and day is one contact.
-- Denominator: none; it is a count.
-- Parts:       hypertension, type_2_diabetes, lipids, respiratory. The whole is the sum of the streams.
-- Where:       the practice that recorded the contact, the first to do so where several did. Month of the contact.
-- Source:      facts/README.md crosswalk: how a clinic is recognised is a local decision.
create or replace function mo_data.kpi_ltc_titration_throughput(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with contact as (
        select distinct on (stream.name, a.patient_key, a.event_date) a.practice_code, a.event_date, a.patient_key, stream.name as stream
        from (values
                ('TITRATION_HYPERTENSION', 'hypertension'), ('TITRATION_TYPE_2_DIABETES', 'type_2_diabetes'),
                ('TITRATION_LIPIDS', 'lipids'), ('TITRATION_RESPIRATORY', 'respiratory')) stream (code_set, name)
            join mo_data.code_set s on s.code_set = stream.code_set and s.is_on
            join mo_data.activity a on a.code = s.code
        where a.event_date between from_month and mo.month_end(to_month)
            and (a.outcome is null or a.outcome = 'attended')
        order by stream.name, a.patient_key, a.event_date, a.recorded_date, a.practice_code collate "C"
    )
    select c.practice_code, mo.month_start(c.event_date), part.breakdown,
        'contact:' || c.stream || ':' || c.patient_key || ':' || to_char(c.event_date, 'YYYY-MM-DD'), 1::double precision,
        null::double precision
    from contact c cross join lateral (values (null::text), (c.stream)) part (breakdown)
$$;
comment on function mo_data.kpi_ltc_titration_throughput(date, date) is
    'Records of ltc_titration_throughput: one an attended titration contact, once in the whole and once in its stream.';
revoke all on function mo_data.kpi_ltc_titration_throughput(date, date) from public;

-- The first to record a contact is the least of one number, its day and the practice's place in the order of codes: no contact is sorted.
create or replace function mo_data.kpi_ltc_titration_throughput_total(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, numerator double precision, denominator double precision)
language plpgsql stable parallel safe cost 200000
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_custom_plan  -- planned for the codes and months it is asked for
set enable_nestloop = off  -- contacts meet codes and practices in hash joins at every size
set enable_mergejoin = off
set jit = off
as $$
#variable_conflict use_column
declare
    code_sets constant text[] := '{TITRATION_HYPERTENSION,TITRATION_TYPE_2_DIABETES,TITRATION_LIPIDS,TITRATION_RESPIRATORY}';
    streams constant text[] := '{hypertension,type_2_diabetes,lipids,respiratory}';
    codes text[] := array(select distinct s.code from mo_data.code_set s where s.code_set = any (code_sets) and s.is_on);
begin
    return query
    with attended as materialized (
        select a.code, a.patient_key, a.event_date, a.practice_code,
            case when isfinite(a.recorded_date) then a.recorded_date - date '2000-01-01'  -- null is last, and before it infinity
                when a.recorded_date is null then 200000002 when a.recorded_date > date '2000-01-01' then 200000001 else -200000001 end as recorded
        from mo_data.activity a
        where a.code = any (codes) and a.event_date between kpi_ltc_titration_throughput_total.from_month
                and mo.month_end(kpi_ltc_titration_throughput_total.to_month)
            and (a.outcome is null or a.outcome = 'attended')
    ), practice as materialized (
        select p.practice_code, row_number() over (order by p.practice_code collate "C") as place
        from (select distinct a.practice_code from attended a) p
    ), stream as (
        select s.code, array_position(code_sets, s.code_set) as number from mo_data.code_set s where s.code_set = any (code_sets) and s.is_on
    ), contact as (
        select s.number, a.event_date, min(a.recorded::bigint * 16777216 + p.place) as first
        from attended a
            join practice p on p.practice_code = a.practice_code
            join stream s on s.code = a.code
        group by s.number, a.patient_key, a.event_date
    ), counted as materialized (
        select mo.month_start(c.event_date) as month, c.first & 16777215 as place, c.number, count(*)::double precision as contacts
        from contact c group by 1, 2, 3
    )
    select p.practice_code, c.month, streams[c.number], sum(c.contacts), null::double precision
    from counted c join practice p on p.place = c.place
    group by grouping sets ((p.practice_code, c.month, streams[c.number]), (p.practice_code, c.month));
end $$;
comment on function mo_data.kpi_ltc_titration_throughput_total(date, date) is
    'Sums of the records of ltc_titration_throughput, counted without making the records.';
revoke all on function mo_data.kpi_ltc_titration_throughput_total(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'ltc_titration_throughput', family => 'clinical_activity', page_order => 150,
    name => 'Titration contacts attended in long-term condition clinics', short_name => 'Titration contacts',
    unit => 'count', decimals => 0, numerator_wording => 'attended titration contacts', denominator_wording => 'none: a count',
    direction => 'higher', interval_method => 'byar', hide_from => 1, hide_to => 7,
    sources => array['activity', 'activity_emis', 'activity_systmone', 'code_set'],
    total_function => 'mo_data.kpi_ltc_titration_throughput_total', expected_lag_days => 14, rps_principle => 2,
    rationale => 'Treatment to target needs repeated contacts; this is the capacity that was used.',
    reference => 'Local definition: clinic codes are switched on by the site', is_site_kpi => false);
