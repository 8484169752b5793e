-- Prescribing safety incidents per 10,000 registered patients
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.organisation (org_code, org_type, name, prescribing_setting, open_to) values
    ('P00004', 'practice', 'DELTA', 4, '2025-01-31'),              -- closes on the last day of January
    ('U00003', 'pcn', 'PCN WITHOUT LISTS', null, null), ('U00004', 'pcn', 'CLOSED PCN', null, '2025-01-31');
insert into mo_data.organisation_parent (org_code, parent_type, parent_code) values ('P00009', 'pcn', 'U00004');
insert into mo_data.list_size (month, practice_code, sex, age_from, age_to, patients, batch_id) values
    ('2024-12-01', 'P00001', 'M', 0, 4, 100, 1), ('2024-12-01', 'P00001', 'F', 75, null, 50, 1), ('2024-12-01', 'P00001', 'U', 15, 24, 10, 1),
    ('2025-02-01', 'P00001', 'M', 0, 4, 2000, 1),                  -- the new list counts from its month on
    ('2025-02-01', 'P00002', 'F', 0, 4, 500, 1),                   -- its first list
    ('2023-04-01', 'P00003', 'M', 0, 4, 1000, 1),                  -- the latest it has
    ('2024-04-01', 'P00004', 'M', 0, 4, 300, 1), ('2024-04-01', 'P00009', 'M', 0, 4, 100, 1);
insert into mo_data.incident (incident_id, practice_code, occurred_on, reported_on) values
    ('i01', 'P00001', '2025-01-01', '2025-01-02'),
    ('i02', 'P00001', '2025-01-31', '2025-03-20'),   -- reported late: January all the same
    ('i03', 'P00001', '2025-02-01', null),
    ('i04', 'P00002', '2025-01-15', null),           -- no list size by January: out
    ('i05', 'P00002', '2025-02-15', null),
    ('i06', 'P00009', '2025-01-10', null),           -- a practice in no organisation has its own figure
    ('i07', 'P00004', '2024-12-10', null),
    ('i08', 'P00004', '2025-01-20', null),           -- the practice is closed on the month end: out
    ('i09', 'Z99999', '2025-01-20', null),           -- no such practice
    ('i11', 'U00001', '2025-01-20', null), ('i12', 'U00001', '2025-02-20', null),  -- raised by the PCN itself
    ('i13', 'U00003', '2025-01-20', null),           -- a PCN without practices that have a list: out
    ('i14', 'U00004', '2024-12-20', null), ('i15', 'U00004', '2025-01-20', null);  -- the PCN is closed on the January month end: out
select * from pg_temp.figure('incident_rate', '2024-12-01', '2025-02-01');
select org_code, mo.ratio(numerator, denominator) * (select per from mo_data.kpi where kpi_id = 'incident_rate') as per_10000
from mo_data.kpi_incident_rate('2025-01-01', '2025-01-01') group by 1 order by 1;
-- the PCN has its own incidents beside those of its practices; so have all above it
insert into mo_data.load_batch (source, file_name, file_sha256, file_bytes, format, state, months) select s, 'f', repeat('0', 64), 1, 'flat', 'loaded', '{2025-01-01,2025-02-01}' from unnest('{incident,list_size}'::text[]) s;
set local client_min_messages = warning;
call mo_data.refresh('2025-01-01', '2025-02-01');
select org_code, month, numerator, denominator from mo_data.kpi_result where kpi_id = 'incident_rate' and org_type <> 'practice' order by 1, 2;
select f.org_code, f.month, f.numerator - sum(r.numerator) as more, f.denominator - sum(r.denominator) as more_patients
from mo_data.kpi_result f cross join lateral mo_data.kpi_record('incident_rate', f.org_code, f.month) r
where f.kpi_id = 'incident_rate' group by f.org_code, f.month, f.numerator, f.denominator having sum(r.numerator) <> f.numerator or sum(r.denominator) <> f.denominator;
select record_org_code, record_key, numerator, denominator from mo_data.kpi_record('incident_rate', 'U00001', '2025-01-01') order by 1, 2;
-- reported before it happened is refused at the door
insert into mo_data.incident (incident_id, practice_code, occurred_on, reported_on) values ('i10', 'P00001', '2025-01-02', '2025-01-01');
rollback;
