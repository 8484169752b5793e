-- Safety alerts: deadlines, statuses, the share closed in the window. London dates whatever the session's time zone.

create function mo.london_date(moment pg_catalog.timestamptz) returns pg_catalog.date
    language c immutable strict parallel safe cost 5
    as 'MODULE_PATHNAME', 'mo_alert_closure_london_date';
comment on function mo.london_date(pg_catalog.timestamptz) is
    'The date in London at a moment, whatever the session''s time zone: (moment at time zone ''Europe/London'')::date. Immutable in '
    'the same sense as that: it follows the server''s time zone data. Infinite times are refused. Null in, null out.';

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
    'date of issue. At most n exactly when closed by mo.alert_deadline(issued, n, ''working_days'', holidays). Negative when closed '
    'before issue. Infinite times are refused. Null in, null out: open alerts have none.';

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

create function mo.alert_closure_counts_accum(
    state pg_catalog.int8[], group_no pg_catalog.int4, class_no pg_catalog.int4, issued pg_catalog.timestamptz,
    closed pg_catalog.timestamptz, deadline pg_catalog.timestamptz, as_at pg_catalog.timestamptz)
    returns pg_catalog.int8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_counts_accum';
comment on function mo.alert_closure_counts_accum(
    pg_catalog.int8[], pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz,
    pg_catalog.timestamptz) is
    'Support function of the aggregate mo.alert_closure_counts.';

create function mo.alert_closure_counts_combine(state pg_catalog.int8[], other pg_catalog.int8[])
    returns pg_catalog.int8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_counts_combine';
comment on function mo.alert_closure_counts_combine(pg_catalog.int8[], pg_catalog.int8[]) is
    'Support function of the aggregate mo.alert_closure_counts.';

create function mo.alert_closure_counts_final(state pg_catalog.int8[])
    returns pg_catalog.int8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_counts_final';
comment on function mo.alert_closure_counts_final(pg_catalog.int8[]) is
    'Support function of the aggregate mo.alert_closure_counts.';

create aggregate mo.alert_closure_counts(
    group_no pg_catalog.int4, class_no pg_catalog.int4, issued pg_catalog.timestamptz, closed pg_catalog.timestamptz,
    deadline pg_catalog.timestamptz, as_at pg_catalog.timestamptz) (
    sfunc = mo.alert_closure_counts_accum,
    stype = pg_catalog.int8[],
    combinefunc = mo.alert_closure_counts_combine,
    finalfunc = mo.alert_closure_counts_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.alert_closure_counts(
    pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.timestamptz, pg_catalog.timestamptz,
    pg_catalog.timestamptz) is
    'All alerts counted in one pass, without GROUP BY, by group (any number: a practice, a PCN), London month of issue, class (a '
    'number from 0 to 255) and mo.alert_status. For mo.alert_closure_table, which lists the counts. An int8[cells][8] sorted by '
    'group, month and class: group_no, months since January 2000, class_no, closed_in_window, closed_late, open_in_window, '
    'open_overdue, closed_before_issue. Rows without group, class, status or time of issue, or not yet issued, count nothing; no '
    'rows give an empty array. 48 bytes a cell, at most doubled twice; infinite times are refused.';

create function mo.alert_closure_table(
    counts pg_catalog.int8[],
    out group_no pg_catalog.int4, out month pg_catalog.date, out class_no pg_catalog.int4,
    out closed_in_window pg_catalog.int8, out closed_late pg_catalog.int8, out open_in_window pg_catalog.int8,
    out open_overdue pg_catalog.int8, out closed_before_issue pg_catalog.int8)
    returns setof pg_catalog.record language c immutable strict parallel safe rows 10000
    as 'MODULE_PATHNAME', 'mo_alert_counts_table';
comment on function mo.alert_closure_table(pg_catalog.int8[]) is
    'The result of the aggregate mo.alert_closure_counts as rows, one for each group, month of issue (its first day) and class that '
    'occurs: select * from mo.alert_closure_table((select mo.alert_closure_counts(...) from ...)). Due are closed_in_window + '
    'closed_late + open_overdue. No rows for null or an empty array; any other array is refused.';
