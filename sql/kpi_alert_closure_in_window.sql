-- MHRA alerts closed within their window: of those due, by the London day of issue
set datestyle = iso;
begin;
\set ECHO none
\i test/data/kpi_fixture.psql
\set ECHO all
-- class 1 has no window until the site sets one, here from February; class 2 has 48 hours, here working days from March
insert into mo_data.alert_window (alert_class, valid_from, window_value, window_unit, in_kpi, status) values
    ('1', '2025-02-01', 24, 'hours', true, 'local'), ('2', '2025-03-01', 2, 'working_days', true, 'local');
insert into mo_data.alert (alert_ref, alert_class, title, issued_at, deadline_at) values
    ('a01', '2', 'T', '2025-01-06 10:00Z', null),                   -- due 8 January 10:00
    ('a02', '2', 'T', '2025-01-31 23:30Z', null),                   -- half an hour before February
    ('a03', '2', 'T', '2025-06-30 23:30Z', null),                   -- 1 July in London
    ('a04', '1', 'T', '2025-01-10 09:00Z', null),                   -- no window, no deadline: not counted
    ('a05', '1', 'T', '2025-01-11 09:00Z', '2025-01-12 09:00Z'),    -- its own deadline
    ('a06', '1', 'T', '2025-02-03 09:00Z', null),                   -- the site's 24 hours
    ('a07', '3', 'T', '2025-01-10 09:00Z', null),                   -- a class that is not in the KPI
    ('a08', '2', 'T', null, null),                                  -- no time of issue: in no summary
    ('a09', '2', 'T', '2025-01-15 09:00Z', null),                   -- closed more than once
    ('a10', '2', 'T', '2025-01-20 09:00Z', '2999-12-31 00:00Z'),    -- not due for ever so long
    ('a11', '2', 'T', '2025-01-21 09:00Z', null),                   -- closed at times that have not come
    ('a12', '2', 'T', '2025-04-17 19:00Z', null),                   -- Maundy Thursday: the second working day is Wednesday 23 April
    ('a13', '2', 'T', '2025-01-22 09:00Z', 'infinity');             -- a deadline that never comes is none
insert into mo_data.alert_action (alert_ref, practice_code, closed_at) values
    ('a01', 'P00001', '2025-01-08 10:00Z'),             -- exactly at the deadline: in time
    ('a01', 'P00002', '2025-01-08 10:00:00.000001Z'),   -- a microsecond later: late
    ('a01', 'P00003', null),                            -- open: overdue
    ('a02', 'P00001', '2025-02-01 09:00Z'),             -- in time, in January
    ('a03', 'P00001', '2025-07-03 22:59:59Z'),          -- the last second of Thursday 3 July in London: in time, in July
    ('a04', 'P00001', null), ('a07', 'P00001', null), ('a08', 'P00001', null), ('a13', 'P00001', null),
    ('a05', 'P00001', '2025-01-13 09:00Z'),             -- late
    ('a06', 'P00001', '2025-02-03 21:00Z'),             -- in time
    ('a09', 'P00001', '2025-01-14 09:00Z'), ('a09', 'P00001', '2025-01-16 09:00Z'), ('a09', 'P00001', '2025-01-20 09:00Z'),  -- the second counts
    ('a09', 'P00002', '2025-01-14 09:00Z'),             -- only before issue: invalid
    ('a09', 'P00003', '2025-01-18 09:00Z'), ('a09', 'P00003', '2025-01-20 09:00Z'),                                          -- late, once
    ('a10', 'P00001', null),                            -- open and not due
    ('a10', 'P00002', '2025-01-21 09:00Z'),             -- closed in its window is due
    ('a11', 'P00001', '2999-01-01 00:00Z'), ('a11', 'P00002', 'infinity'),   -- open as at now: overdue
    ('a12', 'P00001', '2025-04-23 22:59:59.999999Z'), ('a12', 'P00002', '2025-04-23 23:00Z'),   -- in time; midnight: late
    ('a99', 'P00001', null);                            -- of an alert nobody knows
select * from pg_temp.figure('alert_closure_in_window', '2025-01-01', '2025-07-01');
select record_key, numerator, denominator from mo_data.kpi_alert_closure_in_window('2025-01-01', '2025-01-01')
where org_code = 'P00001' and breakdown is null order by 1;
-- the session's time zone does not matter, nor does asking for the months one by one
create temp table utc as select * from pg_temp.figure('alert_closure_in_window', '2025-01-01', '2025-07-01');
set local timezone = 'Pacific/Auckland';
select count(*) as same_of_15 from (select * from pg_temp.figure('alert_closure_in_window', '2025-01-01', '2025-07-01') intersect all table utc) s;
set local timezone = 'America/Los_Angeles';
select count(*) as same_of_15 from (select * from pg_temp.figure('alert_closure_in_window', '2025-01-01', '2025-07-01') intersect all table utc) s;
create temp table monthly as select f.* from generate_series(timestamp '2025-01-01', '2025-07-01', '1 month') g, pg_temp.figure('alert_closure_in_window', g::date, g::date) f;
select (select count(*) from (table monthly intersect all table utc) s) as same_of_15, (select count(*) from (table monthly except all table utc) s) as others;
rollback;
