-- New starts on the formulary's first-line medicine
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.formulary (class_code, bnf_prefix, line, valid_from, valid_to) values
    ('STATIN', '0212000B0', 'first', '2020-01-01', null),           -- atorvastatin
    ('STATIN', '0212000B0BB', 'not_recommended', '2020-01-01', null), -- but not this brand of it: the longer prefix decides
    ('STATIN', '0212000Y0', 'second', '2020-01-01', null),
    ('DOAC', '0208020Z0', 'first', '2020-01-01', '2025-02-01'),     -- first line until the end of January
    ('DOAC', '0208020AA', 'first', '2025-02-01', null);
insert into mo_data.registration (patient_key, practice_code, registered_from, registered_to) values
    (1, 'P00001', '2010-01-01', null), (2, 'P00001', '2010-01-01', null), (3, 'P00001', '2010-01-01', null),
    (4, 'P00001', '2010-01-01', null), (5, 'P00001', '2024-06-01', null), (6, 'P00001', '2010-01-01', null),
    (7, 'P00003', '2010-01-01', null), (8, 'P00003', '2010-01-01', null), (9, 'P00003', null, null), (10, 'P00003', '2024-01-20', null),
    (11, 'P00001', '2020-01-01', '2024-06-01'), (11, 'P00001', '2024-06-01', null),               -- one registration after another
    (12, 'P00001', '2020-01-01', '2024-06-01'), (12, 'P00001', '2024-06-02', null),               -- a day between them
    (13, 'P00001', '2020-01-01', '2024-06-01'), (13, 'P00003', '2024-06-01', null);               -- elsewhere for the rest
insert into mo_data.new_start (new_start_id, patient_key, practice_code, started_on, class_code, bnf_code, previous_issue_on) values
    ('n01', 1, 'P00001', '2025-01-05', 'STATIN', '0212000B0AAAAAA', null),          -- first line
    ('n02', 2, 'P00001', '2025-01-06', 'STATIN', '0212000Y0AAAAAA', null),          -- second line
    ('n03', 3, 'P00001', '2025-01-07', 'STATIN', '0212000B0BBAAAA', null),          -- the brand that is not recommended
    ('n04', 4, 'P00001', '2025-01-08', 'STATIN', '0212000B0AAAAAA', '2024-01-08'),  -- last issue exactly 12 months before: not washed out
    ('n05', 5, 'P00001', '2025-01-09', 'STATIN', '0212000B0AAAAAA', null),          -- registered for 7 months only: not known to be new
    ('n06', 6, 'P00001', '2025-01-10', 'STATIN', '0212000B0AAAAAA', '2024-01-09'),  -- 12 months and a day before: new
    ('n07', 7, 'P00003', '2025-01-31', 'DOAC', '0208020Z0AAAAAA', null),            -- first line on its last day
    ('n08', 8, 'P00003', '2025-02-01', 'DOAC', '0208020Z0AAAAAA', null),            -- no longer first line
    ('n09', 9, 'P00003', '2025-02-02', 'DOAC', '0208020AAAAAAAA', null),            -- no start of registration: never holds
    ('n10', 10, 'P00003', '2025-01-20', 'GLIPTIN', '0601023AAAAAAAA', null),        -- no first line in the class: not counted
    ('n11', 11, 'P00001', '2025-01-15', 'STATIN', '0212000Y0AAAAAA', null),         -- registered all the time, on two rows: new
    ('n12', 12, 'P00001', '2025-01-15', 'STATIN', '0212000Y0AAAAAA', null),         -- not for a day of it: not known to be new
    ('n13', 13, 'P00003', '2025-01-15', 'STATIN', '0212000Y0AAAAAA', null);         -- nor there for the whole time
select * from pg_temp.figure('first_line_new_starts', '2025-01-01', '2025-02-01');
select record_key, numerator from mo_data.kpi_first_line_new_starts('2025-01-01', '2025-02-01') where breakdown is null order by 1;
-- a shorter washout is a local decision
update mo_data.setting set value = 6 where name = 'new_start_washout_months';
select record_key, numerator from mo_data.kpi_first_line_new_starts('2025-01-01', '2025-01-01') where breakdown is null order by 1;
rollback;
