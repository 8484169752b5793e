-- sea_raised
-- Numerator:   significant events raised in the month.
-- Denominator: none; it is a count.
-- Parts:       each theme of sea_theme (an event with two themes is in both, so parts do not add up to the whole); no_theme.
-- Where:       the practice whose register it is. Month: the day it was raised.
-- Source:      facts/sea_theme_taxonomy.csv (LFPSE and local themes). Direction neither: few may mean poor reporting.
create or replace function mo_data.kpi_sea_raised(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select r.org_code, r.month, r.breakdown, r.record_key, r.numerator, r.denominator
    from mo_data.significant_event_record('raised', from_month, to_month) r
$$;
comment on function mo_data.kpi_sea_raised(date, date) is
    'Records of sea_raised: one a significant event raised in the month, in the whole and in each of its themes.';
revoke all on function mo_data.kpi_sea_raised(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'sea_raised', family => 'prescribing_safety', page_order => 220, name => 'Significant events raised', short_name => 'SEAs raised',
    unit => 'count', decimals => 0, numerator_wording => 'significant events raised', denominator_wording => 'none: a count',
    direction => 'neither', interval_method => 'byar', sources => array['significant_event', 'significant_event_theme'],
    optional_sources => array['significant_event_theme'],
    expected_lag_days => 14, rps_principle => 3,
    rationale => 'A network that raises none is not safe but silent.', reference => 'Local register; themes as LFPSE', is_site_kpi => false);
