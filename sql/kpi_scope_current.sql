-- Scope of practice in date, for people in post
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.staff_post (post_id, staff_key, role_code, org_code, post_from, post_to) values
    ('p01', 1, 'CP', 'U00001', '2023-01-01', null), ('p02', 2, 'CP', 'U00001', '2023-01-01', '2025-01-31'),  -- leaves on the month's last day
    ('p03', 3, 'PHT', 'U00001', '2025-01-31', null),                                                          -- joins on it
    ('p04', null, 'CP', 'U00001', '2023-01-01', null),                                                        -- vacant
    ('p05', 4, 'PHT', 'U00001', '2023-01-01', null), ('p06', 1, 'CP', 'U00001', '2024-01-01', null),          -- a second post of the same role: once
    ('p07', 5, 'CP', 'U00002', '2023-01-01', null), ('p08', 5, 'CP', 'P00003', '2023-01-01', null),           -- two organisations: each
    ('p09', 6, 'GPA', 'U00002', '2023-01-01', null);                                                          -- a role that is switched off
insert into mo_data.staff_leave (staff_key, leave_from, leave_to) values (4, '2025-01-10', '2025-02-28');      -- back on 28 February
insert into mo_data.scope_of_practice (scope_id, staff_key, reviewed_on, valid_to) values
    ('s01', 1, '2024-02-01', '2025-02-01'),   -- in date on 31 January, not on 28 February
    ('s02', 3, '2025-02-01', '2026-02-01'),   -- reviewed after January
    ('s03', 4, '2024-06-01', '2025-06-01'),
    ('s04', 5, '2024-01-31', '2025-01-31');   -- on its end day it is no longer in date
select * from pg_temp.figure('scope_current', '2025-01-01', '2025-02-01');
rollback;
