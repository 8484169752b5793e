-- What a new file replaces and which months it touches, one row a source: see the comments on the columns of mo_data.source. This is
-- the only place that knows. A site whose files are made otherwise changes the row; its choice stays when the layer is updated.
update mo_data.source s
set replaces = r.replaces, touches = r.touches
from (values
    ('patient', 'whole', '..died_on'),    -- the register as it now stands
    ('registration', 'whole', 'registered_from..registered_to'),
    ('cohort_member', 'whole', 'member_from..member_to,left_reason'),
    ('patient_link', 'each:source_system', null),    -- each system sends its own links
    ('organisation_link', 'each:source_system', null),
    ('activity', 'month:recorded_date', 'event_date'),    -- by entry; figures are of the months in which it happened
    ('activity_emis', 'delta', 'event_date'),
    ('activity_systmone', 'delta', 'event_date'),
    ('discharge', 'month:received_on', 'received_on'),
    ('new_start', 'month:started_on', 'started_on'),
    ('alert', 'whole', 'issued_at'),
    ('alert_action', 'whole', null),    -- figures are of the month of the alert, which the file does not say
    ('pincer_hazard', 'month:flagged_on', 'flagged_on,reviewed_on'),
    ('significant_event', 'month:raised_on', 'raised_on,completed_on'),
    ('significant_event_theme', 'each:event_id', null),
    ('incident', 'month:occurred_on', 'occurred_on'),
    ('culture_audit', 'month:audited_on', 'audited_on'),
    ('staff', 'whole', null),
    ('staff_post', 'whole', 'post_from..post_to'),
    ('staff_leave', 'whole', 'leave_from..leave_to'),
    ('scope_of_practice', 'whole', 'reviewed_on'),
    ('supervision', 'month:held_on', 'held_on'),
    ('supervision_requirement', 'whole', 'valid_from..valid_to'),
    ('switch_programme', 'whole', 'starts_on..ends_on'),
    ('switch_plan', 'whole', 'month'),
    ('switch_action', 'month:switched_on', 'switched_on,reversed_on'),
    ('formulary', 'whole', 'valid_from..valid_to'),
    ('cohort_target', 'whole', null),
    ('cohort_target_profile', 'whole', null),
    ('kpi_target', 'whole', null),
    ('code_set', 'key', null),    -- tables that are shipped with rows: a file adds to them and overwrites
    ('cohort', 'key', null),
    ('monitoring_requirement', 'key', null),
    ('alert_window', 'key', null),
    ('sea_theme', 'key', null),
    ('organisation_successor', 'key', null),
    ('organisation_group', 'key', null),
    ('weight', 'key', null)
) as r (source, replaces, touches)
where r.source = s.source and s.replaces is null;
