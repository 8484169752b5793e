-- pincer_interventions
-- Numerator:   patient-indicator hazards whose review was recorded in the month, whatever its outcome (months add up to the quarter).
-- Denominator: none; it is a count of work done. Falling may mean fewer hazards, so the parts tell both.
-- Parts:       each indicator; reviewed_and_changed (the review changed the prescribing) and reviewed_no_change, kept apart. The parts of
--              indicators add to the whole, those of outcomes do too; one patient may be in several indicators.
-- Where:       the practice of the flag. Month of the review.
-- Source:      facts/README.md section 3: "interventions completed" has no national definition.
create or replace function mo_data.kpi_pincer_interventions(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select h.practice_code, mo.month_start(h.reviewed_on), part.breakdown, 'hazard:' || h.hazard_id, 1::double precision, null::double precision
    from mo_data.pincer_hazard h
        cross join lateral (values
            (null::text), ('indicator_' || h.indicator_code),
            (case when h.outcome = 'changed' then 'reviewed_and_changed' else 'reviewed_no_change' end)) part (breakdown)
    where h.reviewed_on between from_month and mo.month_end(to_month)
$$;
comment on function mo_data.kpi_pincer_interventions(date, date) is
    'Records of pincer_interventions: one a hazard reviewed, in the whole, in its indicator and in what the review came to.';
revoke all on function mo_data.kpi_pincer_interventions(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'pincer_interventions', family => 'prescribing_safety', page_order => 210,
    name => 'PINCER hazards reviewed', short_name => 'PINCER hazards reviewed', unit => 'count', decimals => 0,
    numerator_wording => 'PINCER hazards reviewed', denominator_wording => 'none: a count', direction => 'higher',
    interval_method => 'byar', hide_from => 1, hide_to => 7,
    parts_add_up => array['^indicator_', '^reviewed_'], sources => array['pincer_hazard'], expected_lag_days => 14, rps_principle => 3,
    rationale => 'Each hazard flagged is a patient at risk until somebody has looked.',
    reference => 'PRIMIS PINCER v1.8; counting rule is local', is_site_kpi => false);
