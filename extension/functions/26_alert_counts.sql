-- Practices times alerts, counted by group, month of issue, class and status in one pass.

create function mo.alert_closure_dimensions(
    practice_group pg_catalog.int4[], alert_class pg_catalog.int4[], alert_issued pg_catalog.timestamptz[],
    alert_deadline pg_catalog.timestamptz[], as_at pg_catalog.timestamptz)
    returns pg_catalog.int8[] language c immutable strict parallel safe cost 1000
    as 'MODULE_PATHNAME', 'mo_alert_counts_dimensions';
comment on function mo.alert_closure_dimensions(
    pg_catalog.int4[], pg_catalog.int4[], pg_catalog.timestamptz[], pg_catalog.timestamptz[], pg_catalog.timestamptz) is
    'What mo.alert_closure_counts has to know of practices and alerts, packed once: the group (any number: a PCN, the practice '
    'itself) of practice 1, 2, ...; class, time of issue and mo.alert_deadline of alert 1, 2, ...; and the time as at which to '
    'judge. A null group or class, or no time of issue, is not counted; a null deadline is never due. Arrays with subscripts from '
    '1, the last three of one length; infinite times are refused. Null in, null out.';

create function mo.alert_closure_counts_accum(
    state pg_catalog.int8[], practice_no pg_catalog.int4, alert_no pg_catalog.int4, closed pg_catalog.timestamptz,
    dimensions pg_catalog.int8[])
    returns pg_catalog.int8[] language c immutable parallel safe
    as 'MODULE_PATHNAME', 'mo_alert_counts_accum';
comment on function mo.alert_closure_counts_accum(
    pg_catalog.int8[], pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.int8[]) is
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
    practice_no pg_catalog.int4, alert_no pg_catalog.int4, closed pg_catalog.timestamptz, dimensions pg_catalog.int8[]) (
    sfunc = mo.alert_closure_counts_accum,
    stype = pg_catalog.int8[],
    combinefunc = mo.alert_closure_counts_combine,
    finalfunc = mo.alert_closure_counts_final,
    finalfunc_modify = read_only,
    parallel = safe
);
comment on aggregate mo.alert_closure_counts(pg_catalog.int4, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.int8[]) is
    'Practices times alerts counted in one pass, without joins or GROUP BY, by group of the practice, London month of issue, class '
    'and mo.alert_status: mo.alert_closure_counts(practice_no, alert_no, closed, (select mo.alert_closure_dimensions(...))). For '
    'mo.alert_closure_table, which lists the counts. An int8[cells][8] sorted by group, month and class: group_no, months since '
    'January 2000, class_no, closed_in_window, closed_late, open_in_window, open_overdue, closed_before_issue. Rows with a null '
    'practice_no or alert_no, and alerts not issued by then, count nothing; no rows give an empty array; numbers outside the '
    'dimensions and infinite times are refused. The dimensions must be the same for all rows. Memory: 40 bytes for each group, '
    'month and class.';

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
