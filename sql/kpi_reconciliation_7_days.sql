-- Discharge medicines reconciled within 7 days of receipt: a dozen letters
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.discharge (discharge_id, patient_key, practice_code, discharged_on, received_on, on_medicines, reconciled_on) values
    ('d01', 1, 'P00001', '2024-12-30', '2025-01-02', true, '2025-01-02'),   -- same day: in time
    ('d02', 2, 'P00001', '2025-01-01', '2025-01-03', true, '2025-01-10'),   -- the seventh day: in time
    ('d03', 3, 'P00001', '2025-01-01', '2025-01-03', true, '2025-01-11'),   -- the eighth: late
    ('d04', 4, 'P00001', '2025-01-05', '2025-01-06', true, null),           -- never: not in time
    ('d05', 5, 'P00001', '2025-01-05', '2025-01-06', false, null),          -- no medicines: not counted
    ('d06', 6, 'P00001', '2024-12-01', '2025-01-20', true, '2025-01-25'),   -- clock starts at receipt, not discharge
    ('d07', 7, 'P00001', '2025-01-24', '2025-01-24', true, '2025-01-31'),   -- due on the month's last day: January
    ('d08', 8, 'P00001', '2025-01-25', '2025-01-25', true, '2025-01-26'),   -- due on 1 February: February, though reconciled in January
    ('d09', 9, 'P00002', '2025-01-28', '2025-01-29', true, null),           -- due in February
    ('d10', 10, 'P00003', '2024-02-20', '2024-02-22', true, '2024-02-29'),  -- due on a leap day
    ('d11', 11, 'P00003', '2025-02-20', '2025-02-26', true, '2025-02-27');  -- due in March: not yet due in February
select * from pg_temp.figure('reconciliation_7_days', '2025-01-01', '2025-02-01');
select * from pg_temp.figure('reconciliation_7_days', '2024-02-01', '2024-02-01');
-- today counts: a letter received three days ago is in no month yet, reconciled or not; one of a month ago is
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on) values
    ('d13', 13, 'P00003', current_date - 3, null), ('d14', 14, 'P00003', current_date - 3, current_date - 2), ('d15', 15, 'P00003', current_date - 30, null);
select record_key from mo_data.kpi_reconciliation_7_days(date_trunc('month', current_date - 31)::date, date_trunc('month', current_date + 31)::date) order by 1;
-- a recorded reconciliation before receipt is refused at the door
insert into mo_data.discharge (discharge_id, patient_key, practice_code, received_on, reconciled_on)
values ('d12', 12, 'P00003', '2025-02-20', '2025-02-19');
rollback;
