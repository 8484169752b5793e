-- Letters received and not reconciled, due or not yet. Patients who have died are out.
create or replace function mo_data.worklist_reconciliation_7_days(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select d.practice_code, 'discharge:' || d.discharge_id, d.received_on + (select mo_data.setting_value('reconciliation_days')::integer),
        'Reconcile the medicines of patient ' || d.patient_key || ': letter received ' || coalesce(to_char(d.received_on, 'YYYY-MM-DD'), 'on a day that is none')
    from mo_data.discharge d
    where d.practice_code = any (org_codes) and d.on_medicines
        and d.received_on <= as_at and (d.reconciled_on is null or d.reconciled_on > as_at)
        and not exists (select from mo_data.patient p where p.patient_key = d.patient_key and p.died_on <= as_at)
$$;
comment on function mo_data.worklist_reconciliation_7_days(text[], date) is
    'Discharge letters received by the day and not reconciled by then; due_on is the last day that is in time. For mo_data.worklist.';
revoke all on function mo_data.worklist_reconciliation_7_days(text[], date) from public;
