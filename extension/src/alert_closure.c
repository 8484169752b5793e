/*
 * alert_closure.c
 *		Deadlines and statuses of safety alerts, and the share closed in their window.
 *
 * What is wanted: one rule for "closed in time" on every page (design, section 5a.3), the same whatever the session's
 * time zone. The state of closed_in_window_rate is an int8[3], {in window, late, overdue}: counts are exact, so a
 * moving frame may take rows out again.
 */
#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "common/int.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "alert_closure.h"
#include "london_time.h"
#include "working_days.h"

PG_FUNCTION_INFO_V1(mo_alert_closure_deadline);
PG_FUNCTION_INFO_V1(mo_alert_closure_status);
PG_FUNCTION_INFO_V1(mo_alert_closure_working_days);
PG_FUNCTION_INFO_V1(mo_alert_closure_rate_accum);
PG_FUNCTION_INFO_V1(mo_alert_closure_rate_inverse);
PG_FUNCTION_INFO_V1(mo_alert_closure_rate_combine);
PG_FUNCTION_INFO_V1(mo_alert_closure_rate_final);

mo_moment
mo_moment_argument(FunctionCallInfo fcinfo, int argno, const char *what)
{
	mo_moment	moment = {0};

	moment.known = !PG_ARGISNULL(argno);
	if (moment.known)
		moment.at = mo_finite_moment(PG_GETARG_TIMESTAMPTZ(argno), what);
	return moment;
}

static mo_alert_unit
unit_argument(text *name)
{
	mo_alert_unit unit = mo_alert_unit_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (unit == MO_UNIT_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown unit of an alert's window: \"%s\"", text_to_cstring(name)),
				 errhint("Units are hours, days and working_days. An immediate window is 0 hours; no window is a null value.")));
	return unit;
}

/* (issued, window_value, window_unit, holidays) */
Datum
mo_alert_closure_deadline(PG_FUNCTION_ARGS)
{
	TimestampTz issued = mo_finite_moment(PG_GETARG_TIMESTAMPTZ(0), "issued");
	int32		value = PG_GETARG_INT32(1);
	mo_alert_unit unit = unit_argument(PG_GETARG_TEXT_PP(2));
	TimestampTz deadline;
	bool		in_range;

	if (value < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the window of an alert must not be negative: %d", value),
				 errhint("An immediate window is 0 hours; no window is a null value.")));
	if (unit == MO_UNIT_WORKING_DAYS)
		in_range = mo_london_day_end(mo_add_working_days(mo_london_date(issued), value, mo_holidays_argument(fcinfo, 3)),
									 &deadline);
	else
		in_range = mo_alert_clock_deadline(issued, value, unit, &deadline) && IS_VALID_TIMESTAMP(deadline);
	if (!in_range)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("the deadline of the alert is out of the range of timestamps"),
				 errhint("Check the time of issue and the window.")));
	PG_RETURN_TIMESTAMPTZ(deadline);
}

/* (issued, closed, deadline, as_at) */
Datum
mo_alert_closure_status(PG_FUNCTION_ARGS)
{
	mo_moment	issued = mo_moment_argument(fcinfo, 0, "issued");
	mo_moment	closed = mo_moment_argument(fcinfo, 1, "closed");
	mo_moment	deadline = mo_moment_argument(fcinfo, 2, "deadline");
	mo_moment	as_at = mo_moment_argument(fcinfo, 3, "as_at");
	mo_alert_status status = mo_alert_status_at(issued, closed, deadline, as_at);

	if (status == MO_STATUS_UNKNOWN)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(mo_alert_status_name(status)));
}

/* (issued, closed, holidays): a timestamp's date is within 2^27 days, so int4 holds any answer. */
Datum
mo_alert_closure_working_days(PG_FUNCTION_ARGS)
{
	int64		issued = mo_london_date(mo_finite_moment(PG_GETARG_TIMESTAMPTZ(0), "issued"));
	int64		closed = mo_london_date(mo_finite_moment(PG_GETARG_TIMESTAMPTZ(1), "closed"));

	PG_RETURN_INT32((int32) mo_working_days_between(issued, closed, mo_holidays_argument(fcinfo, 2)));
}

/* The counts of the state in argument `argno`; in an aggregate they may be changed in place, called by hand it is a copy. */
static int64 *
rate_state(FunctionCallInfo fcinfo, int argno, ArrayType **state)
{
	ArrayType  *array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(argno) : PG_GETARG_ARRAYTYPE_P_COPY(argno);
	int64	   *counts = (int64 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != MO_RATE_COUNTS || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != INT8OID || counts[MO_RATE_IN_WINDOW] < 0 || counts[MO_RATE_LATE] < 0 ||
		counts[MO_RATE_OVERDUE] < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an aggregate state of %d counts", MO_RATE_COUNTS),
				 errhint("Use the aggregate, not its support function.")));
	*state = array;
	return counts;
}

/* Which count a status belongs to; -1 when it is not due. */
static int
count_named(text *name)
{
	mo_alert_status status = mo_alert_status_named(VARDATA_ANY(name), VARSIZE_ANY_EXHDR(name));

	if (status == MO_STATUS_UNKNOWN)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("unknown status of an alert: \"%s\"", text_to_cstring(name)),
				 errhint("Statuses are those of mo.alert_status: closed_in_window, closed_late, open_in_window, open_overdue, "
						 "closed_before_issue, no_issue_time, not_yet_issued.")));
	return mo_alert_rate_count(status);
}

static void
add_to(int64 *count, int64 more)
{
	if (pg_add_s64_overflow(*count, more, count))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a count of alerts is out of range"),
				 errhint("Use the aggregate, not its support function.")));
}

/* (state, status), strict: a null status is left out. */
Datum
mo_alert_closure_rate_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	int64	   *counts = rate_state(fcinfo, 0, &array);
	int			count = count_named(PG_GETARG_TEXT_PP(1));

	if (count >= 0)
		add_to(&counts[count], 1);
	PG_RETURN_ARRAYTYPE_P(array);
}

/* (state, status): takes out what accum put in; null (start again) when it was never in. */
Datum
mo_alert_closure_rate_inverse(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	int64	   *counts = rate_state(fcinfo, 0, &array);
	int			count = count_named(PG_GETARG_TEXT_PP(1));

	if (count >= 0 && counts[count]-- == 0)
		PG_RETURN_NULL();
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_alert_closure_rate_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other_array;
	int64	   *counts = rate_state(fcinfo, 0, &array);
	int64	   *other = rate_state(fcinfo, 1, &other_array);

	for (int i = 0; i < MO_RATE_COUNTS; i++)
		add_to(&counts[i], other[i]);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_alert_closure_rate_final(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	double		rate = mo_closed_in_window_rate(rate_state(fcinfo, 0, &array));

	if (isnan(rate))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(rate);
}
