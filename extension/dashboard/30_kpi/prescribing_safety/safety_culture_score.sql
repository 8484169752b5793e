-- safety_culture_score
-- Numerator:   points scored in the practice's latest culture audit of the financial year, on or before the month end; of two on one
--              day the lower audit_id.
-- Denominator: points possible. Scores of different tools are not comparable: parts by tool,
--              and a practice that changed tools within the year is in its latest tool's part only.
-- Time:        annual; the audit of a financial year stands from its month to March, and the year begins empty. Nothing is interpolated.
-- Source:      facts/README.md crosswalk: tool and scale are local.
create or replace function mo_data.kpi_safety_culture_score(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with latest as (
        select distinct on (g, a.practice_code) g::date as month, a.practice_code, a.audit_id, a.tool, a.score, a.maximum
        from generate_series(from_month::timestamp, to_month::timestamp, interval '1 month') g
            join mo_data.culture_audit a on a.audited_on between mo.financial_year_start(g::date) and mo.month_end(g::date)
        order by g, a.practice_code, a.audited_on desc, a.audit_id collate "C"
    )
    select l.practice_code, l.month, part.breakdown, 'audit:' || l.audit_id, l.score, l.maximum
    from latest l cross join lateral (values (null::text), ('tool_' || l.tool)) part (breakdown)
$$;
comment on function mo_data.kpi_safety_culture_score(date, date) is
    'Records of safety_culture_score: the latest audit of each practice in the financial year so far.';
revoke all on function mo_data.kpi_safety_culture_score(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'safety_culture_score', family => 'prescribing_safety', page_order => 250,
    name => 'Prescribing safety culture audit score', short_name => 'Safety culture score', unit => 'percent',
    numerator_wording => 'points scored', denominator_wording => 'points possible', direction => 'higher', time_basis => 'annual',
    interval_method => 'none', sources => array['culture_audit'], look_back_months => 11, expected_lag_days => 28, rps_principle => 3,
    rationale => 'Culture decides whether incidents are reported and learned from.',
    reference => 'Local annual audit', is_site_kpi => false);
