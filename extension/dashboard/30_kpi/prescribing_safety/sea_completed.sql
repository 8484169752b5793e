-- sea_completed
-- Numerator:   significant events completed in the month.
-- Denominator: none; it is a count.
-- Parts:       each theme of sea_theme (an event with two themes is in both, so parts do not add up to the whole); no_theme.
-- Where:       the practice whose register it is. Month: the day it was completed.
-- Source:      facts/sea_theme_taxonomy.csv (LFPSE and local themes). Direction neither: few may mean poor reporting.
create or replace function mo_data.kpi_sea_completed(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select r.org_code, r.month, r.breakdown, r.record_key, r.numerator, r.denominator
    from mo_data.significant_event_record('completed', from_month, to_month) r
$$;
comment on function mo_data.kpi_sea_completed(date, date) is
    'Records of sea_completed: one a significant event completed in the month, in the whole and in each of its themes.';
revoke all on function mo_data.kpi_sea_completed(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'sea_completed', family => 'prescribing_safety', page_order => 230, name => 'Significant event analyses completed', short_name => 'SEAs completed',
    unit => 'count', decimals => 0, numerator_wording => 'significant events completed', denominator_wording => 'none: a count',
    direction => 'neither', interval_method => 'byar', sources => array['significant_event', 'significant_event_theme'],
    optional_sources => array['significant_event_theme'],
    expected_lag_days => 14, rps_principle => 3,
    rationale => 'An event raised and never analysed teaches nothing.', reference => 'Local register; themes as LFPSE', is_site_kpi => false);
