-- incident_rate
-- Numerator:   prescribing safety incidents that happened in the month.
-- Denominator: registered patients of the latest list size on or before the month end (all bands and sexes), shown per 10,000.
-- Where:       the practice of the incident, or the PCN that itself raised it. A practice without any list size by then, or not open on
--              the month end, is out of numerator and denominator; so is a PCN that is not open or none of whose practices is in.
-- Source:      facts/README.md section 8: which patients are the base is not defined nationally. Direction neither: low may mean poor reporting.
create or replace function mo_data.kpi_incident_rate(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe cost 50000
set search_path = pg_catalog, pg_temp
as $$
    with patients as (
        select mo.month_start(e.month_end) as month, o.org_code, l.patients
        from unnest(mo_data.month_ends(from_month, to_month)) e (month_end)
            join mo_data.organisation o on o.org_type = 'practice'
                and o.open_from <= e.month_end and (o.open_to is null or o.open_to > e.month_end)
            cross join lateral (
                select sum(s.patients)::double precision as patients from mo_data.list_size s
                where s.practice_code = o.org_code and s.month = (
                    select max(m.month) from mo_data.list_size m where m.practice_code = o.org_code and m.month <= e.month_end)) l
        where l.patients is not null
    ), raised_at as (
        select p.month, p.org_code from patients p
        union all
        select p.month, n.org_code
        from patients p
            cross join lateral (select mo.month_end(p.month) as day) d
            join mo_data.organisation_parent m on m.org_code = p.org_code and m.parent_type = 'pcn' and m.valid_from <= d.day and (m.valid_to is null or m.valid_to > d.day)
            join mo_data.organisation n on n.org_code = m.parent_code and n.org_type = 'pcn' and n.open_from <= d.day and (n.open_to is null or n.open_to > d.day)
        group by p.month, n.org_code
    )
    select p.org_code, p.month, null::text, 'list_size', 0::double precision, p.patients from patients p
    union all
    select i.practice_code, mo.month_start(i.occurred_on), null, 'incident:' || i.incident_id, 1, 0
    from mo_data.incident i join raised_at r on r.org_code = i.practice_code and r.month = mo.month_start(i.occurred_on)
    where i.occurred_on between from_month and mo.month_end(to_month)
$$;
comment on function mo_data.kpi_incident_rate(date, date) is
    'Records of incident_rate: one an incident, and one a practice and month with its registered patients.';
revoke all on function mo_data.kpi_incident_rate(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'incident_rate', family => 'prescribing_safety', page_order => 240,
    name => 'Prescribing safety incidents per 10,000 patients', short_name => 'Incidents per 10,000', unit => 'rate', per => 10000,
    decimals => 2, numerator_wording => 'prescribing safety incidents', denominator_wording => 'registered patients',
    direction => 'neither', interval_method => 'byar', sources => array['incident', 'list_size', 'organisations'], expected_lag_days => 28, rps_principle => 3,
    rationale => 'Incidents are learned from only when they are reported; read together with significant events.',
    reference => 'Local log; LFPSE harm scales', is_site_kpi => false);
