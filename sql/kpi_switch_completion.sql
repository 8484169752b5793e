-- Switch programmes: patients switched to date over those planned to date
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.switch_programme (programme_code, title, starts_on, ends_on) values
    ('DOAC', 'To the best-value DOAC', '2025-01-15', '2025-03-15'), ('INH', 'To dry powder inhalers', '2024-12-01', null);
insert into mo_data.switch_plan (programme_code, practice_code, month, planned_patients) values
    ('DOAC', 'P00001', '2024-12-01', 9),                                      -- before the programme: not counted
    ('DOAC', 'P00001', '2025-01-01', 2), ('DOAC', 'P00001', '2025-02-01', 3), ('DOAC', 'P00001', '2025-03-01', 5),
    ('DOAC', 'P00001', '2025-04-01', 9),                                      -- after it
    ('DOAC', 'P00003', '2025-02-01', 0),                                      -- a plan of none
    ('INH', 'P00001', '2024-12-01', 4);
insert into mo_data.switch_action (programme_code, practice_code, patient_key, switched_on, reversed_on) values
    ('DOAC', 'P00001', 1, '2025-01-15', null),                                                          -- the first day
    ('DOAC', 'P00001', 2, '2025-01-14', null),                                                          -- the day before: not the programme's
    ('DOAC', 'P00001', 3, '2025-01-31', null),                                                          -- the month's last day
    ('DOAC', 'P00001', 4, '2025-01-20', '2025-02-10'),                                                  -- stands in January only
    ('DOAC', 'P00001', 5, '2025-01-20', '2025-01-31'),                                                  -- reversed on the month end: out
    ('DOAC', 'P00001', 6, '2025-02-05', null), ('DOAC', 'P00001', 6, '2025-02-20', null),               -- recorded twice: once
    ('DOAC', 'P00001', 7, '2025-01-20', null), ('DOAC', 'P00003', 7, '2025-02-20', null),               -- moved, and recorded again: once, where first
    ('DOAC', 'P00001', 8, '2025-02-01', '2025-02-03'), ('DOAC', 'P00001', 8, '2025-03-01', null),       -- back, and again in March
    ('DOAC', 'P00003', 9, '2025-02-28', null),                                                          -- beyond a plan of none
    ('DOAC', 'P00001', 10, '2025-03-15', null),                                                         -- the programme is over that day
    ('DOAC', 'P00002', 11, '2025-03-14', null),                                                         -- a practice without a plan
    ('INH', 'P00001', 1, '2024-12-15', null),                                                           -- patient 1 in another programme: again
    ('NONE', 'P00001', 1, '2024-12-15', null);                                                          -- no such programme
select * from pg_temp.figure('switch_completion', '2024-12-01', '2025-04-01');
-- asked for one month it is the same, and a record is named the same whatever the session's date style
set local datestyle = 'sql, dmy';
select to_char(month, 'YYYY-MM') as month, record_key, numerator, denominator from mo_data.kpi_switch_completion('2025-02-01', '2025-02-01')
where org_code = 'P00001' and breakdown is null order by 2;
rollback;
