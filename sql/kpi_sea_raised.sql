-- Significant events raised: by the day they were raised, with their themes
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
select * from pg_temp.figure('sea_raised', '2025-01-01', '2025-02-01');
select * from pg_temp.figure('sea_raised', '2024-02-01', '2024-02-01');
select record_key from mo_data.kpi_sea_raised('2025-01-01', '2025-01-01') where breakdown is null order by 1;
-- completed before it was raised is refused at the door
insert into mo_data.significant_event (event_id, practice_code, raised_on, completed_on) values ('e06', 'P00001', '2025-01-02', '2025-01-01');
rollback;
