/*
 * events_by_patient.c
 *		mo.events_by_patient, and the lists of events that functions of patients take.
 */
#include "patient_types.h"

#include "catalog/pg_type.h"
#include "funcapi.h"
#include "miscadmin.h"

#include "stats/events_by_patient.h"

PG_FUNCTION_INFO_V1(mo_events_by_patient_order);

/* A list of 4-byte elements: one-dimensional and without nulls. */
static const int32 *
list_argument(FunctionCallInfo fcinfo, int argno, const char *what, int *count)
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

mo_events
mo_events_arguments(FunctionCallInfo fcinfo, int argno)
{
	mo_events	events;
	int			day_count;

	events.patients = list_argument(fcinfo, argno, "patients", &events.count);
	events.days = list_argument(fcinfo, argno + 1, "days", &day_count);
	if (events.count != day_count)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("patients and days must have the same length"),
				 errhint("Make them with array_agg from the same rows in the same order.")));
	for (int i = 0; i < events.count; i++)
		mo_patient_number(events.patients[i]);
	return events;
}

/* A list of 4-byte elements, copied. */
static ArrayType *
copied_list(const int32 *elements, int count, Oid type)
{
	ArrayType  *list;

	if (count == 0)
		return construct_empty_array(type);
	list = palloc0(ARR_OVERHEAD_NONULLS(1) + sizeof(int32) * count);
	SET_VARSIZE(list, ARR_OVERHEAD_NONULLS(1) + sizeof(int32) * count);
	list->ndim = 1;
	list->elemtype = type;
	ARR_DIMS(list)[0] = count;
	ARR_LBOUND(list)[0] = 1;
	memcpy(ARR_DATA_PTR(list), elements, sizeof(int32) * count);
	return list;
}

/* (patients, days) */
Datum
mo_events_by_patient_order(PG_FUNCTION_ARGS)
{
	mo_events	events = mo_events_arguments(fcinfo, 0);
	ArrayType  *patients = copied_list(events.patients, events.count, INT4OID);
	ArrayType  *days = copied_list(events.days, events.count, DATEOID);
	Datum		values[2] = {PointerGetDatum(patients), PointerGetDatum(days)};
	bool		nulls[2] = {false, false};
	Size		size = mul_size(sizeof(uint64), Max(events.count, 1));
	TupleDesc	desc;

	CHECK_FOR_INTERRUPTS();
	if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	mo_events_by_patient((int32 *) ARR_DATA_PTR(patients), (int32 *) ARR_DATA_PTR(days), events.count,
						 MemoryContextAllocHuge(CurrentMemoryContext, size), MemoryContextAllocHuge(CurrentMemoryContext, size));
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(desc), values, nulls)));
}
