-- Medicines stopped per structured medication review
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.code_set (code_set, code, term, status, is_on) values ('DEPRESCRIBING', 'LOCAL:STOP', 'Medicine stopped', 'local', true);
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to) values
    (1, 'P00001', '2010-01-01', null), (2, 'P00002', '2010-01-01', null), (3, 'P00001', '2010-01-01', null),
    (4, 'P00003', '2010-01-01', null),
    (5, 'P00003', '2010-01-01', null), (6, 'P00003', '2010-01-01', null), (8, 'P00001', '2010-01-01', '2025-01-31'),
    (8, 'P00003', '2025-02-01', null), (9, 'P00003', '2010-01-01', null);
insert into mo_data.activity (source_system, event_id, patient_key, practice_code, code, event_date, outcome, linked_event_id) values
    ('emis', 'v1', 1, 'P00001', '1239511000000100', '2025-01-10', null, null),
    ('emis', 's1', 1, 'P00001', 'LOCAL:STOP', '2025-01-10', null, null),            -- the same day: counts
    ('emis', 's2', 1, 'P00001', 'LOCAL:STOP', '2025-02-07', null, null),            -- 28 days later: counts
    ('emis', 's3', 1, 'P00001', 'LOCAL:STOP', '2025-02-08', null, null),            -- 29 days: does not
    ('emis', 'v2', 2, 'P00001', '1239511000000100', '2025-01-15', null, null),      -- at the practice of registration, P00002
    ('emis', 'v3', 2, 'P00001', '1239511000000100', '2025-01-15', null, null),      -- coded twice on the day: one review
    ('emis', 's4', 2, 'P00001', 'LOCAL:STOP', '2025-04-30', null, 'v3'),            -- linked: counts until the third month's end
    ('emis', 's5', 2, 'P00001', 'LOCAL:STOP', '2025-05-01', null, 'v3'),            -- after it
    ('systmone', 's6', 2, 'P00001', 'LOCAL:STOP', '2025-01-16', null, 'v3'),        -- another system's v3 is another event
    ('emis', 'v4', 3, 'P00001', '1239511000000100', '2025-01-05', null, null),
    ('emis', 'v5', 3, 'P00001', '1239511000000100', '2025-01-20', null, null),
    ('emis', 's7', 3, 'P00001', 'LOCAL:STOP', '2025-01-25', null, null),            -- belongs to the later review
    ('emis', 'v6', 4, 'P00003', '1239511000000100', '2025-01-31', null, null),
    ('emis', 's8', 4, 'P00003', 'LOCAL:STOP', '2025-02-28', null, null),            -- January's review, stopped in February
    ('emis', 's9', 5, 'P00003', 'LOCAL:STOP', '2025-01-20', null, null),            -- no review
    ('emis', 'v7', 6, 'P00003', '1239511000000100', '2025-01-12', null, null),      -- a review without a stop counts as 0
    ('emis', 't1', 6, 'P00003', 'LOCAL:STOP', '2025-01-13', null, 'c99'),           -- linked to something else
    ('emis', 't2', 6, 'P00003', 'LOCAL:STOP', '2025-01-13', null, 'v1'),            -- linked to another patient's review
    ('emis', 'v8', 7, 'P00003', '1239511000000100', '2025-01-08', null, null),      -- not registered anywhere: where it was recorded
    ('emis', 't3', 7, 'P00003', 'LOCAL:STOP', '2025-01-07', null, 'v8'),            -- before the review
    ('emis', 'v9', 8, 'P00003', '1239511000000100', '2025-01-31', null, null),      -- left that day: where it was recorded
    ('emis', 'w1', 8, 'P00003', '1239511000000100', '2025-02-01', null, null),
    ('emis', 't4', 8, 'P00003', 'LOCAL:STOP', '2025-02-02', null, null),            -- belongs to February's review
    ('emis', 'w2', 9, 'P00003', '1239511000000100', '2025-01-20', 'did_not_attend', null), -- no review
    ('emis', 'w3', 9, 'P00003', '1239511000000100', null, null, null),              -- no date
    ('emis', 'w4', 1, 'P00001', '1239511000000100', '2024-02-01', null, null),
    ('emis', 't5', 1, 'P00001', 'LOCAL:STOP', '2024-02-29', null, null);            -- 28 days later, a leap day
select * from pg_temp.figure('deprescribing_per_smr', '2025-01-01', '2025-02-01');
select * from pg_temp.figure('deprescribing_per_smr', '2024-02-01', '2024-02-01');
select org_code, record_key, numerator from mo_data.kpi_deprescribing_per_smr('2025-01-01', '2025-02-01') order by 1, 2;
-- January is the same asked alone, in a time zone and date style of one's own
create temp table january as select * from mo_data.kpi_deprescribing_per_smr('2025-01-01', '2025-02-01') where month = '2025-01-01';
set local timezone = 'Pacific/Kiritimati';
set local datestyle = 'German';
select count(*) as same from january natural join (
    select org_code, month, record_key, numerator, denominator from mo_data.kpi_deprescribing_per_smr('2025-01-01', '2025-01-01')) again;
set local datestyle = 'ISO';
-- the window is a local decision
update mo_data.setting set value = 29 where name = 'deprescribing_link_days';
select record_key, numerator from mo_data.kpi_deprescribing_per_smr('2025-01-01', '2025-01-01') where record_key like 'smr:1:%';
-- no code of stopping switched on: not measured, which is not 0
update mo_data.code_set set is_on = false where code_set = 'DEPRESCRIBING';
select * from pg_temp.figure('deprescribing_per_smr', '2025-01-01', '2025-01-01');
rollback;
