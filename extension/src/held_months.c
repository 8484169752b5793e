/*
 * held_months.c
 *		mo.held_months: months at whose end an event of a list still holds.
 */
#include "patient_types.h"

#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"

#include "stats/held_months.h"

PG_FUNCTION_INFO_V1(mo_held_months);

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

static FlatMonths *
flat_months(mo_patient_months *map)
{
	Size		size;
	FlatMonths *flat;

	mo_patient_months_settle(map);
	size = mo_flat_months_size(map->patients, map->words);
	flat = palloc0(size);
	SET_VARSIZE(flat, size);
	flat->first_month = map->first_month;
	flat->months = map->months;
	flat->patients = (int32) map->patients;
	mo_patient_months_pack(map, (int32 *) (flat->bits + map->patients * map->words), flat->bits);
	return flat;
}

/* (patients, days, span_months, span_days, from_month, to_month) */
Datum
mo_held_months(PG_FUNCTION_ARGS)
{
	int			count;
	int			day_count;
	const int32 *patients = events_argument(fcinfo, 0, "patients", &count);
	const int32 *days = events_argument(fcinfo, 1, "days", &day_count);
	mo_span		span = {span_argument(fcinfo, 2, "span_months", MO_SPAN_MONTHS_LIMIT),
	span_argument(fcinfo, 3, "span_days", MO_SPAN_DAYS_LIMIT)};
	int			first_month;
	int			months = mo_month_range(fcinfo, 4, &first_month);
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "mo.held_months", ALLOCSET_START_SMALL_SIZES);
	mo_patient_months map;
	FlatMonths *held;

	if (count != day_count)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("patients and days must have the same length"),
				 errhint("Make them with array_agg from the same rows in the same order.")));
	for (int i = 0; i < count; i++)
		mo_patient_number(patients[i]);
	mo_patient_months_start(&map, mo_memory_of(context), first_month, months);
	for (int i = 0; i < count; i += EVENTS_BETWEEN_INTERRUPTS)
	{
		CHECK_FOR_INTERRUPTS();
		mo_held_months_add(&map, patients + i, days + i, Min(count - i, EVENTS_BETWEEN_INTERRUPTS), span);
	}
	held = flat_months(&map);
	MemoryContextDelete(context);
	PG_RETURN_POINTER(held);
}
