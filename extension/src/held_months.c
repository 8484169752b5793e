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
	mo_events	events;
	mo_span		span;

	CHECK_FOR_INTERRUPTS();
	for (int i = 1; i < 5; i++)
		if (PG_ARGISNULL(i))
			PG_RETURN_DATUM(state);
	events = mo_events_arguments(fcinfo, 1);
	span.months = span_argument(fcinfo, 3, "span_months", MO_SPAN_MONTHS_LIMIT);
	span.days = span_argument(fcinfo, 4, "span_days", MO_SPAN_DAYS_LIMIT);
	for (int i = 0; i < events.count; i += EVENTS_BETWEEN_INTERRUPTS)
	{
		CHECK_FOR_INTERRUPTS();
		mo_held_months_add(map, events.patients + i, events.days + i, Min(events.count - i, EVENTS_BETWEEN_INTERRUPTS), span);
	}
	PG_RETURN_DATUM(state);
}
