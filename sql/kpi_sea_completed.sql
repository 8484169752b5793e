-- Significant events completed: the same register by the day they were completed
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.significant_event (event_id, practice_code, raised_on, completed_on) values
    ('e01', 'P00001', '2025-01-31', '2025-02-01'),   -- raised on a month's last day, completed on the next first
    ('e02', 'P00001', '2025-02-01', null),           -- open, and without a theme
    ('e03', 'P00001', '2024-02-29', '2024-02-29'),   -- a leap day
    ('e04', 'P00002', '2025-01-01', '2025-03-31'),   -- completed after the practice moved PCN: still the practice's
    ('e05', 'P00003', '2025-01-15', '2025-01-20');
insert into mo_data.significant_event_theme (event_id, theme_code) values
    ('e01', 'in_drug'), ('e01', 'monitoring'),       -- two themes: in both parts, once in the whole
    ('e04', 'system'),
    ('e05', 'none'),                                 -- a site's theme of that name is not no_theme
    ('e99', 'system');                               -- of an event nobody knows
select * from pg_temp.figure('sea_completed', '2025-01-01', '2025-03-01');
select * from pg_temp.figure('sea_completed', '2024-02-01', '2024-02-01');
-- the two count by raised_on and completed_on and by nothing else
select * from mo_data.significant_event_record('closed', '2024-01-01', '2025-12-01');
rollback;
