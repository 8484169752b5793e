-- Supervision in date, for people in post
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
insert into mo_data.supervision_requirement (requirement_id, role_code, staff_key, interval_days, valid_from, valid_to) values
    ('r1', 'CP', null, 30, '2023-01-01', null), ('r2', null, null, 60, '2023-01-01', '2025-02-28'),   -- any role; on 28 February no longer
    ('r3', null, 5, 14, '2023-01-01', null),                                                         -- a person's own goes before the role's
    ('r4', 'CP', null, 28, '2025-02-01', null);                                                      -- the role's new one
insert into mo_data.staff_post (post_id, staff_key, role_code, org_code, post_from, post_to) values
    ('p01', 1, 'CP', 'U00001', '2023-01-01', null), ('p06', 1, 'CP', 'U00001', '2024-01-01', null),           -- a second post of the same role: once
    ('p02', 2, 'CP', 'U00001', '2023-01-01', '2025-01-31'),                                                   -- leaves on the month's last day
    ('p03', 3, 'PHT', 'U00001', '2025-01-31', null),                                                          -- joins on it
    ('p04', null, 'CP', 'U00001', '2023-01-01', null),                                                        -- vacant
    ('p05', 4, 'PHT', 'U00001', '2023-01-01', null),                                                          -- on leave in January
    ('p07', 5, 'CP', 'U00002', '2023-01-01', null), ('p08', 5, 'CP', 'P00003', '2023-01-01', null),           -- two organisations: each
    ('p09', 6, 'GPA', 'U00002', '2023-01-01', null),                                                          -- a role that is switched off
    ('p10', 7, 'CP', 'U00002', '2023-01-01', null),
    ('p11', 8, 'PHT', 'U00002', '2023-01-01', null), ('p12', 8, 'CP', 'U00002', '2023-01-01', null);          -- two roles: each, by its own interval
insert into mo_data.staff_post (post_id, staff_key, role_code, org_code, post_from) values ('p13', 9, 'CP', 'P00003', '2025-02-01');   -- joins in February
insert into mo_data.staff_leave (staff_key, leave_from, leave_to) values (4, '2025-01-10', '2025-02-28');
insert into mo_data.supervision (supervision_id, staff_key, held_on, kind) values
    ('v01', 1, '2025-01-01', 'clinical'),      -- 30 days: in date to 31 January, the last day included
    ('v02', 2, '2025-01-30', 'clinical'),
    ('v03', 3, '2025-02-01', 'clinical'),      -- after January
    ('v04', 4, '2025-02-10', 'clinical'),      -- back on 28 February, when no interval is set for the role: left out
    ('v05', 5, '2025-01-16', 'clinical'),      -- 14 days: lapsed on 30 January
    ('v06', 5, '2025-02-14', 'clinical'),      -- in date to 28 February
    ('v07', 7, '2025-01-20', 'managerial'),    -- not supervision of practice
    ('v08', 8, '2024-12-02', 'educational'),  -- 60 days as PHT: to 31 January; 30 as CP: lapsed
    ('v09', 9, '2025-01-30', 'clinical');      -- by the newer interval, 28 days, lapsed on 27 February; the older would hold
select * from pg_temp.figure('supervision_current', '2025-01-01', '2025-02-01');
select record_key, numerator from mo_data.kpi_supervision_current('2025-01-01', '2025-01-01') where org_code = 'U00002' and breakdown is null order by 1;
-- without any interval nobody can be judged
delete from mo_data.supervision_requirement;
select * from pg_temp.figure('supervision_current', '2025-01-01', '2025-02-01');
rollback;
