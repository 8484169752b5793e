-- reconciliation_7_days
-- Numerator:   letters reconciled within seven days of receipt by the practice (NICE: one week; the clock starts at receipt).
-- Denominator: discharge letters of patients discharged on medicines that became due in the month (receipt plus seven days). A letter still
--              inside its seven days today (in London) is not yet due and in no month, reconciled or not.
-- Where:       the practice that received the letter; the month is that in which the letter was due.
-- Source:      NICE QS120 statement 5, NG5; facts/README.md section 6. Not the Discharge Medicines Service.
create or replace function mo_data.kpi_reconciliation_7_days(from_month date, to_month date)
returns table (org_code text, month date, breakdown text, record_key text, numerator double precision, denominator double precision)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    with allowed as materialized (select mo_data.setting_value('reconciliation_days')::integer as days)
    select d.practice_code, mo.month_start(d.received_on + w.days), null, 'discharge:' || d.discharge_id,
        case when d.reconciled_on <= d.received_on + w.days then 1 else 0 end::double precision, 1
    from allowed w join mo_data.discharge d
        on d.received_on between from_month - w.days
            and least(mo.month_end(to_month), (now() at time zone 'Europe/London')::date - 1) - w.days
    where d.on_medicines
$$;
comment on function mo_data.kpi_reconciliation_7_days(date, date) is
    'Records of reconciliation_7_days: one a discharge letter that became due in the month.';
revoke all on function mo_data.kpi_reconciliation_7_days(date, date) from public;

call mo_data.register_kpi(
    kpi_id => 'reconciliation_7_days', family => 'clinical_activity', page_order => 130,
    name => 'Discharge medicines reconciled within 7 days of receipt', short_name => 'Reconciled in 7 days',
    unit => 'percent', numerator_wording => 'letters reconciled within 7 days of receipt',
    denominator_wording => 'discharge letters due in the month', direction => 'higher', interval_method => 'wilson',
    hide_from => 1, hide_to => 7, sources => array['discharge'], look_back_months => 1, follows_clock => true,
    expected_lag_days => 14, rps_principle => 3,
    rationale => 'Medicines change at discharge; errors carried into the GP record reach the patient.',
    reference => 'NICE QS120 statement 5; NG5', is_site_kpi => false);
