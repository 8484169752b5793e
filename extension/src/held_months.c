/*
 * held_months.c
 *		The aggregate mo.held_months: months at whose end an event still holds, from lists of events.
 */
#include "patient_types.h"

#include "miscadmin.h"
#include "utils/date.h"

#include "stats/held_months.h"

PG_FUNCTION_INFO_V1(mo_held_months_accum);

#define EVENTS_BETWEEN_INTERRUPTS 1000000

/* A list of 4-byte elements: one-dimensional and without nulls. */
static const int32 *
events_argument(FunctionCallInfo fcinfo, int argno, const char *what, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argno);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", what),
				 errhint("Make it with array_agg.")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not contain nulls", what),
				 errhint("Leave such events out.")));
	*count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	return (const int32 *) ARR_DATA_PTR(array);
}

static int
span_argument(FunctionCallInfo fcinfo, int argno, const char *what, int limit)
{
	int			n = PG_GETARG_INT32(argno);

	if (n < 0 || n > limit)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be from 0 to %d: %d", what, limit, n),
				 errhint("It is how long an event holds after its day.")));
	return n;
}

/* (state, patients, days, span_months, span_days, from_month, to_month) */
Datum
mo_held_months_accum(PG_FUNCTION_ARGS)
{
	Datum		state;
	mo_patient_months *map = mo_months_to_add_to(fcinfo, 5, &state);
	int			count;
	int			day_count;
	const int32 *patients;
	const int32 *days;
	mo_span		span;

	CHECK_FOR_INTERRUPTS();
	for (int i = 1; i < 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_DATUM(state);
	patients = events_argument(fcinfo, 1, "patients", &count);
	days = events_argument(fcinfo, 2, "days", &day_count);
	span.months = span_argument(fcinfo, 3, "span_months", MO_SPAN_MONTHS_LIMIT);
	span.days = span_argument(fcinfo, 4, "span_days", MO_SPAN_DAYS_LIMIT);
	if (count != day_count)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("patients and days must have the same length"),
				 errhint("Make them with array_agg from the same rows in the same order.")));
	for (int i = 0; i < count; i++)
		mo_patient_number(patients[i]);
	for (int i = 0; i < count; i += EVENTS_BETWEEN_INTERRUPTS)
	{
		CHECK_FOR_INTERRUPTS();
		mo_held_months_add(map, patients + i, days + i, Min(count - i, EVENTS_BETWEEN_INTERRUPTS), span);
	}
	PG_RETURN_DATUM(state);
}
