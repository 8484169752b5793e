-- The annual safety culture score: the latest audit of the financial year so far
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.culture_audit (audit_id, practice_code, audited_on, tool, score, maximum) values
    ('c01', 'P00001', '2024-11-20', 'MaPSaF', 80, 100),
    ('c02', 'P00001', '2025-03-31', 'MaPSaF', 90, 100),     -- the last day of 2024/25
    ('c03', 'P00001', '2025-11-10', 'Local', 30, 40),       -- another tool in the next year
    ('c04', 'P00002', '2024-06-05', 'MaPSaF', 50, 100), ('c05', 'P00002', '2024-06-05', 'MaPSaF', 10, 100),   -- two on a day: the lower id
    ('c06', 'P00003', '2024-03-31', 'MaPSaF', 40, 100),     -- the last day of 2023/24
    ('c07', 'P00003', '2024-04-01', 'MaPSaF', 0, 100);      -- the first day of 2024/25; a score of nothing is a score
select * from pg_temp.figure('safety_culture_score', '2024-03-01', '2024-04-01');
-- audits stand to March; April begins empty
select * from pg_temp.figure('safety_culture_score', '2025-02-01', '2025-04-01');
select * from pg_temp.figure('safety_culture_score', '2025-10-01', '2025-12-01');
insert into mo_data.culture_audit (audit_id, practice_code, audited_on, tool, score, maximum) values ('c08', 'P00003', '2025-04-01', 'MaPSaF', 101, 100);
rollback;
