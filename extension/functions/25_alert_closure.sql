-- Safety alerts: deadlines, statuses, the share closed in the window. London dates whatever the session's time zone.

create function mo.alert_deadline(
    issued pg_catalog.timestamptz, window_value pg_catalog.int4, window_unit pg_catalog.text, holidays pg_catalog.date[])
    returns pg_catalog.timestamptz language c immutable strict parallel safe cost 20
    as 'MODULE_PATHNAME', 'mo_alert_closure_deadline';
comment on function mo.alert_deadline(pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text, pg_catalog.date[]) is
    'The last moment at which closing an alert is in time. Units: hours and days are elapsed time from issue (a day is 24 hours, '
    'summer time does not matter); working_days is the last microsecond of the n-th working day after the London date of issue, '
    'which is day 0 even at a weekend (0: the end of the date of issue). An immediate window is 0 hours. Holidays as in '
    'mo.working_days_between. Other units, a negative window, infinite times and a deadline outside the range of timestamps are '
    'refused. Null in, null out: an alert without a window has no deadline. Follows the server''s time zone data for London.';

create function mo.alert_status(
    issued pg_catalog.timestamptz, closed pg_catalog.timestamptz, deadline pg_catalog.timestamptz, as_at pg_catalog.timestamptz)
    returns pg_catalog.text language c immutable parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_alert_closure_status';
comment on function mo.alert_status(
    pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz) is
    'The status of an alert as it was known at as_at: closed_in_window, closed_late, open_in_window, open_overdue, '
    'closed_before_issue, no_issue_time or not_yet_issued. A null closed is open; so is a closure after as_at. Exactly at the '
    'deadline is in the window. Of several closures give the earliest from issue to as_at. Null where there is no deadline (nothing '
    'is due) or no as_at, unless the times of issue and closure alone decide. Infinite times are refused.';

create function mo.working_days_to_close(
    issued pg_catalog.timestamptz, closed pg_catalog.timestamptz, holidays pg_catalog.date[])
    returns pg_catalog.int4 language c immutable strict parallel safe cost 12
    as 'MODULE_PATHNAME', 'mo_alert_closure_working_days';
comment on function mo.working_days_to_close(pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.date[]) is
    'Working days from the London date of issue to the London date of closure: mo.working_days_between of the two dates, 0 on the '
    'date of issue; negative when closed before it. Closed on the Saturday after a deadline on Friday is late with the same number '
    'of days: use mo.alert_status to judge. Infinite times are refused. Null in, null out: open alerts have none.';

create function mo.closed_in_window_rate_accum(state pg_catalog.int8[], status pg_catalog.text)
    returns pg_catalog.int8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_closure_rate_accum';
comment on function mo.closed_in_window_rate_accum(pg_catalog.int8[], pg_catalog.text) is
    'Support function of the aggregate mo.closed_in_window_rate.';

create function mo.closed_in_window_rate_inverse(state pg_catalog.int8[], status pg_catalog.text)
    returns pg_catalog.int8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_closure_rate_inverse';
comment on function mo.closed_in_window_rate_inverse(pg_catalog.int8[], pg_catalog.text) is
    'Support function of the aggregate mo.closed_in_window_rate.';

create function mo.closed_in_window_rate_combine(state pg_catalog.int8[], other pg_catalog.int8[])
    returns pg_catalog.int8[] language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_closure_rate_combine';
comment on function mo.closed_in_window_rate_combine(pg_catalog.int8[], pg_catalog.int8[]) is
    'Support function of the aggregate mo.closed_in_window_rate.';

create function mo.closed_in_window_rate_final(state pg_catalog.int8[])
    returns pg_catalog.float8 language c immutable strict parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_closure_rate_final';
comment on function mo.closed_in_window_rate_final(pg_catalog.int8[]) is
    'Support function of the aggregate mo.closed_in_window_rate.';

create aggregate mo.closed_in_window_rate(status pg_catalog.text) (
    sfunc = mo.closed_in_window_rate_accum,
    stype = pg_catalog.int8[],
    initcond = '{0,0,0}',
    combinefunc = mo.closed_in_window_rate_combine,
    finalfunc = mo.closed_in_window_rate_final,
    finalfunc_modify = read_only,
    msfunc = mo.closed_in_window_rate_accum,
    minvfunc = mo.closed_in_window_rate_inverse,
    mstype = pg_catalog.int8[],
    minitcond = '{0,0,0}',
    mfinalfunc = mo.closed_in_window_rate_final,
    mfinalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.closed_in_window_rate(pg_catalog.text) is
    'Share of the alerts due that were closed in their window, from 0 to 1: closed_in_window over closed_in_window + closed_late + '
    'open_overdue. Takes the text of mo.alert_status; statuses that are not due, and nulls, count nothing; null when nothing is '
    'due. Any other text is refused. Exact in moving frames.';
