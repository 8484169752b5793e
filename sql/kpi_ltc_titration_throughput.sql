-- Titration contacts attended in long-term condition clinics
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.code_set (code_set, code, term, status, is_on) values
    ('TITRATION_HYPERTENSION', 'LOCAL:TH', 'Hypertension titration', 'local', true),
    ('TITRATION_HYPERTENSION', 'LOCAL:TH2', 'Hypertension titration by telephone', 'local', true),
    ('TITRATION_TYPE_2_DIABETES', 'LOCAL:T2', 'Diabetes titration', 'local', true), ('TITRATION_LIPIDS', 'LOCAL:TL', 'Lipids titration', 'local', true),
    ('TITRATION_RESPIRATORY', 'LOCAL:TR', 'Respiratory titration', 'local', true),
    ('TITRATION_RESPIRATORY', 'LOCAL:TX', 'Respiratory titration, group session', 'local', false);
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, recorded_date, outcome) values
    ('emis', 'c01', 1, 'P00001', 'LOCAL:TH', '2025-01-06', '2025-01-06', 'attended'),
    ('systmone', 'c01', 1, 'P00001', 'LOCAL:TH', '2025-01-06', '2025-01-06', 'attended'),  -- the same from another system: once
    ('emis', 'c02', 1, 'P00001', 'LOCAL:TH2', '2025-01-06', '2025-01-06', 'attended'),     -- a second code of the stream: once
    ('emis', 'c03', 1, 'P00001', 'LOCAL:TL', '2025-01-06', '2025-01-06', 'attended'),      -- another stream on the day: counts
    ('emis', 'c04', 2, 'P00001', 'LOCAL:TH', '2025-01-07', '2025-01-07', 'did_not_attend'),
    ('emis', 'c05', 2, 'P00001', 'LOCAL:TH', '2025-01-07', '2025-01-07', 'attended'),      -- came after all: counts
    ('emis', 'c06', 2, 'P00001', 'LOCAL:TH', '2025-01-08', '2025-01-08', 'did_not_attend'),
    ('emis', 'c07', 3, 'P00002', 'LOCAL:T2', '2025-01-31', '2025-01-31', null),            -- the month's last day, no outcome recorded
    ('emis', 'c08', 3, 'P00002', 'LOCAL:T2', '2025-02-01', '2025-02-01', 'attended'),      -- the next month
    ('emis', 'c09', 3, 'P00002', 'LOCAL:T2', '2025-01-15', '2025-01-15', 'cancelled'),
    ('emis', 'c10', 4, 'P00001', 'LOCAL:TX', '2025-01-15', '2025-01-15', 'attended'),      -- a code that is switched off
    ('emis', 'c11', 4, 'P00001', 'LOCAL:TR', '2024-02-29', '2024-02-29', 'attended'),      -- a leap day
    ('emis', 'c12', 5, 'P00003', 'LOCAL:TR', '2025-01-08', '2025-01-08', 'attended'),      -- recorded by two practices: the first has it
    ('systmone', 'c12', 5, 'P00001', 'LOCAL:TR', '2025-01-08', '2025-01-09', 'attended'),
    ('emis', 'c13', 6, 'P00003', 'LOCAL:TH', '2025-01-20', '2025-03-01', 'attended'),      -- recorded late: January
    ('emis', 'c14', 6, 'P00003', 'LOCAL:TH', null, '2025-01-20', 'attended');              -- no date
select * from pg_temp.figure('ltc_titration_throughput', '2025-01-01', '2025-02-01');
select * from pg_temp.figure('ltc_titration_throughput', '2024-02-01', '2024-02-01');
select org_code, record_key from mo_data.kpi_ltc_titration_throughput('2025-01-01', '2025-01-01') where breakdown is null order by 1, 2;
-- whatever the time zone and date style
create temp table january as select * from mo_data.kpi_ltc_titration_throughput('2025-01-01', '2025-01-01');
set local timezone = 'Pacific/Kiritimati';
set local datestyle = 'German';
select count(*) as same from january j join mo_data.kpi_ltc_titration_throughput('2025-01-01', '2025-01-01') k
    on (k.org_code, k.month, coalesce(k.breakdown, ''), k.record_key) = (j.org_code, j.month, coalesce(j.breakdown, ''), j.record_key);
rollback;
