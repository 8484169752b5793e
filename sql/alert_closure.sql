-- Alerts: deadlines, statuses, the share closed in the window
set datestyle = iso;
set timezone = 'Europe/London';
\set easter '''{2026-04-03,2026-04-06}''::date[]'
-- a deadline in each unit; a day is 24 hours, over the change of clocks too (29 March and 25 October 2026)
select issued, value, unit, mo.alert_deadline(issued, value, unit, :easter)
from (values (timestamptz '2026-03-27 09:30', 48, 'hours'), ('2026-03-27 09:30', 2, 'days'), ('2026-03-27 09:30', 2, 'working_days'),
    ('2026-10-23 17:00', 48, 'hours'), ('2026-10-23 17:00', 5, 'days'), ('2026-10-23 17:00', 1, 'working_days'),
    ('2026-04-02 12:00', 1, 'working_days'), ('2026-04-04 12:00', 1, 'working_days'), ('2026-04-04 12:00', 0, 'working_days'),
    ('2026-04-04 12:00', 0, 'hours')) v (issued, value, unit);
-- the London date of issue decides, not the session's: 23:30 UTC on Tuesday 2 June is Wednesday in London
select issued, mo.london_date(issued), mo.alert_deadline(issued => issued, window_value => 1, window_unit => 'working_days', holidays => '{}')
from (values (timestamptz '2026-06-02 22:59:59.999999+00'), ('2026-06-02 23:00+00'), ('2026-12-01 23:59:59.999999+00'), ('2026-12-02 00:00+00'),
    ('2026-03-29 00:59:59+00'), ('2026-03-29 01:00+00'), ('2026-10-24 23:00+00'), ('2026-10-25 00:59:59+00')) v (issued);
set timezone = 'Pacific/Auckland';
select mo.alert_deadline('2026-06-02 23:30+00', 1, 'working_days', '{}') at time zone 'Europe/London' as from_auckland, mo.london_date('2026-06-02 23:30+00');
set timezone = 'America/Los_Angeles';
select mo.alert_deadline('2026-06-02 23:30+00', 1, 'working_days', '{}') at time zone 'Europe/London' as from_los_angeles, mo.london_date('2026-06-02 23:30+00');
set timezone = 'UTC';
-- the days on which the clocks change have 23 and 25 hours: their last microsecond
select mo.alert_deadline('2026-03-29 00:30+00', 0, 'working_days', '{}') as spring, mo.alert_deadline('2026-10-25 00:30+00', 0, 'working_days', '{}') as autumn;
-- statuses, at the edges
select what, mo.alert_status(issued => issued, closed => closed, deadline => deadline, as_at => as_at)
from (values
    ('closed at the deadline', timestamptz '2026-04-01 09:00', timestamptz '2026-04-03 09:00', timestamptz '2026-04-03 09:00', timestamptz '2026-05-01'),
    ('a microsecond late', '2026-04-01 09:00', '2026-04-03 09:00:00.000001', '2026-04-03 09:00', '2026-05-01'),
    ('closed at issue', '2026-04-01 09:00', '2026-04-01 09:00', '2026-04-03 09:00', '2026-05-01'),
    ('closed before issue', '2026-04-01 09:00', '2026-04-01 08:59:59.999999', '2026-04-03 09:00', '2026-05-01'),
    ('open at the deadline', '2026-04-01 09:00', null, '2026-04-03 09:00', '2026-04-03 09:00'),
    ('open after it', '2026-04-01 09:00', null, '2026-04-03 09:00', '2026-04-03 09:00:00.000001'),
    ('closed later than as_at, in window then', '2026-04-01 09:00', '2026-04-05 09:00', '2026-04-03 09:00', '2026-04-02'),
    ('closed later than as_at, overdue then', '2026-04-01 09:00', '2026-04-05 09:00', '2026-04-03 09:00', '2026-04-04'),
    ('issued after as_at', '2026-04-01 09:00', null, '2026-04-03 09:00', '2026-04-01 08:59:59.999999'),
    ('issued at as_at', '2026-04-01 09:00', null, '2026-04-03 09:00', '2026-04-01 09:00'),
    ('no issue time', null, '2026-04-05 09:00', '2026-04-03 09:00', '2026-05-01'),
    ('no issue time, all null', null, null, null, null),
    ('no deadline, closed', '2026-04-01 09:00', '2026-04-05 09:00', null, '2026-05-01'),
    ('no deadline, closed before issue', '2026-04-01 09:00', '2026-03-05 09:00', null, '2026-05-01'),
    ('no deadline, not yet issued', '2026-04-01 09:00', null, null, '2026-03-01'),
    ('no as_at', '2026-04-01 09:00', '2026-04-02 09:00', '2026-04-03 09:00', null)) v (what, issued, closed, deadline, as_at);
-- working days to close agree with the deadline
select mo.working_days_to_close(issued => '2026-04-02 12:00', closed => '2026-04-07 23:30', holidays => :easter) as two,
    mo.working_days_to_close('2026-04-02 12:00', '2026-04-02 13:00', :easter) as same_day, mo.working_days_to_close('2026-04-02 12:00', null, :easter) as open;
-- the rate
select mo.closed_in_window_rate(status) from unnest('{closed_in_window,closed_late,open_overdue,closed_in_window,open_in_window,no_issue_time,not_yet_issued,closed_before_issue,null}'::text[]) status;
select mo.closed_in_window_rate(status) is null as nothing_due from unnest('{open_in_window,no_issue_time,null}'::text[]) status;
select mo.closed_in_window_rate(null) is null as all_null, mo.closed_in_window_rate('closed_late') filter (where false) is null as no_rows from generate_series(1, 3);
select i, mo.closed_in_window_rate(status) over (order by i rows 2 preceding)
from unnest('{closed_in_window,closed_late,null,open_in_window,no_issue_time,not_yet_issued,open_overdue,closed_in_window}'::text[]) with ordinality u (status, i);
-- the ends of time
select mo.alert_deadline('4714-11-24 00:00:00+00 BC', 1, 'working_days', '{}');
select mo.alert_deadline('294276-12-31 00:00+00', 0, 'working_days', '{}');
select mo.alert_deadline('294276-12-31 00:00+00', 1, 'working_days', '{}');
select mo.alert_deadline('294276-12-31 00:00+00', 24, 'hours', '{}');
select mo.alert_deadline('2026-01-01', 2147483647, 'days', '{}');
select mo.alert_deadline('2026-01-01', 2147483647, 'hours', '{}');
select mo.alert_deadline('2026-01-01', 2147483647, 'working_days', '{}');
-- refused
select mo.alert_deadline('2026-01-01', 0, 'immediate', '{}');
select mo.alert_deadline('2026-01-01', 5, 'none', '{}');
select mo.alert_deadline('2026-01-01', 5, 'Hours', '{}');
select mo.alert_deadline('2026-01-01', 5, '', '{}');
select mo.alert_deadline('2026-01-01', -1, 'hours', '{}');
select mo.alert_deadline('infinity', 1, 'hours', '{}');
select mo.alert_deadline('2026-01-01', 1, 'working_days', '{null}');
select mo.alert_status('infinity', null, null, null);
select mo.alert_status('2026-01-01', 'infinity', '2026-01-02', '2026-01-03');
select mo.alert_status('2026-01-01', null, 'infinity', '2026-01-03');
select mo.alert_status('2026-01-01', null, '2026-01-02', '-infinity');
select mo.working_days_to_close('2026-01-01', 'infinity', '{}');
select mo.closed_in_window_rate('closed');
select mo.closed_in_window_rate_accum('{1,2}', 'closed_late');
select mo.closed_in_window_rate_accum('{1,2,null}', 'closed_late');
select mo.closed_in_window_rate_accum('{1,-2,3}', 'closed_late');
select mo.closed_in_window_rate_accum('{1,9223372036854775807,3}', 'closed_late');
select mo.closed_in_window_rate_combine('{1,2,3}', '{{1,2,3}}');
select mo.closed_in_window_rate_final('{9223372036854775807,9223372036854775807,0}');
select mo.closed_in_window_rate_inverse('{1,2,3}', 'closed_late'), mo.closed_in_window_rate_inverse('{1,0,3}', 'closed_late') is null as never_in;
-- catalogue
select proname, prokind, provolatile, proisstrict, proparallel from pg_proc
where pronamespace = 'mo'::regnamespace and proname ~ '^(alert_(deadline|status)|closed_in|working_days_to)' order by 1;
