-- PINCER hazards reviewed: reviewed and changed are kept apart
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.pincer_hazard (hazard_id, patient_key, practice_code, indicator_code, flagged_on, reviewed_on, outcome) values
    ('h01', 1, 'P00001', 'A', '2025-01-05', '2025-01-20', 'changed'),
    ('h02', 1, 'P00001', 'D', '2025-01-05', '2025-01-20', 'changed'),     -- one patient, two indicators: two hazards
    ('h03', 2, 'P00001', 'A', '2025-01-05', '2025-01-31', 'justified'),   -- the month's last day
    ('h04', 3, 'P00001', 'A', '2025-01-05', '2025-02-01', 'no_action'),   -- the next month
    ('h05', 4, 'P00001', 'A', '2025-01-05', null, null),                  -- not reviewed
    ('h06', 5, 'P00003', 'LI', '2024-11-05', '2025-01-02', 'declined');   -- flagged long ago, reviewed now
select * from pg_temp.figure('pincer_interventions', '2025-01-01', '2025-02-01');
-- a review has an outcome, and not before the flag
insert into mo_data.pincer_hazard (hazard_id, patient_key, practice_code, indicator_code, flagged_on, reviewed_on)
values ('h07', 6, 'P00003', 'A', '2025-01-05', '2025-01-06');
rollback;
