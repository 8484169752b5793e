-- Hazards flagged and not reviewed. No interval is set nationally, so each is due from the day it was flagged. Patients who have died
-- are out.
create or replace function mo_data.worklist_pincer_interventions(org_codes text[], as_at date)
returns table (org_code text, record_key text, due_on date, what text)
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select h.practice_code, 'hazard:' || h.hazard_id, h.flagged_on,
        'Review patient ' || h.patient_key || ': ' || coalesce(i.title || ' (' || h.indicator_code || ')', h.indicator_code)
    from mo_data.pincer_hazard h left join mo_data.pincer_indicator i on i.indicator_code = h.indicator_code
    where h.practice_code = any (org_codes) and h.flagged_on <= as_at and (h.reviewed_on is null or h.reviewed_on > as_at)
        and not exists (select from mo_data.patient p where p.patient_key = h.patient_key and p.died_on <= as_at)
$$;
comment on function mo_data.worklist_pincer_interventions(text[], date) is
    'PINCER hazards flagged by the day and not reviewed by then; due_on is the day of the flag. For mo_data.worklist.';
revoke all on function mo_data.worklist_pincer_interventions(text[], date) from public;
