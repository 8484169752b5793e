/*
 * alert_counts.c
 *		Alerts counted by group, London month of issue, class and status in one pass: the aggregate alert_closure_counts
 *		and the function alert_closure_table that lists its result.
 *
 * What is wanted: practices x alerts is the largest table of the alert pages, and grouping it costs more than judging
 * it. One state for all groups, an int8[] that is itself the hash table (stats/alert_counts.h), needs no GROUP BY,
 * runs in parallel and merges by adding. The final form is sorted, so equal counts are equal arrays.
 */
#include "mo.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/timestamp.h"

#include "alert_closure.h"
#include "london_time.h"
#include "stats/alert_counts.h"
#include "stats/nhs_calendar.h"

/* A row of the final form, an int8[cells][8]. */
enum
{
	ROW_GROUP, ROW_MONTH, ROW_CLASS, ROW_COUNTS, ROW_SIZE = ROW_COUNTS + MO_COUNTS_STATUSES
};

PG_FUNCTION_INFO_V1(mo_alert_counts_accum);
PG_FUNCTION_INFO_V1(mo_alert_counts_combine);
PG_FUNCTION_INFO_V1(mo_alert_counts_final);
PG_FUNCTION_INFO_V1(mo_alert_counts_table);

static int64 *
numbers_of(ArrayType *array)
{
	return (int64 *) ARR_DATA_PTR(array);
}

/* An int8[] of zeros: `rows` by `columns`, or one dimension of `rows` where columns is 0. */
static ArrayType *
zeros(int64 rows, int columns)
{
	int			ndim = columns == 0 ? 1 : 2;
	Size		size = add_size(ARR_OVERHEAD_NONULLS(ndim), mul_size(sizeof(int64), mul_size(rows, Max(columns, 1))));
	ArrayType  *array;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many combinations of group, month and class to count"),
				 errhint("Count fewer groups at a time.")));
	array = palloc0(size);
	SET_VARSIZE(array, size);
	array->ndim = ndim;
	array->elemtype = INT8OID;
	ARR_DIMS(array)[0] = (int) rows;
	ARR_LBOUND(array)[0] = 1;
	if (ndim == 2)
	{
		ARR_DIMS(array)[1] = columns;
		ARR_LBOUND(array)[1] = 1;
	}
	return array;
}

static ArrayType *
new_table(int64 slots)
{
	ArrayType  *array = zeros(mo_counts_length(slots), 0);

	numbers_of(array)[MO_COUNTS_SLOTS] = slots;
	return array;
}

static void
broken_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expected a state of the aggregate alert_closure_counts"),
			 errhint("Use the aggregate, not its support function.")));
}

/* The table in argument `argno`: a new one for null; in an aggregate it may be changed in place, by hand it is a copy. */
static ArrayType *
table_argument(FunctionCallInfo fcinfo, int argno)
{
	ArrayType  *array;

	if (PG_ARGISNULL(argno))
		return new_table(MO_COUNTS_FIRST_SLOTS);
	array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(argno) : PG_GETARG_ARRAYTYPE_P_COPY(argno);
	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != INT8OID ||
		!mo_counts_valid(numbers_of(array), ARR_DIMS(array)[0]))
		broken_state();
	return array;
}

/* Twice the slots with the same cells, where the table is full. */
static ArrayType *
roomy(ArrayType *array)
{
	int64	   *old = numbers_of(array);
	ArrayType  *larger;
	int64		next = 0;

	if (!mo_counts_full(old))
		return array;
	CHECK_FOR_INTERRUPTS();
	if (old[MO_COUNTS_SLOTS] >= MO_COUNTS_MAX_SLOTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many combinations of group, month and class to count"),
				 errhint("Count fewer groups at a time.")));
	larger = new_table(old[MO_COUNTS_SLOTS] * 2);
	if (!mo_counts_add(numbers_of(larger), old, &next))
		broken_state();
	return larger;
}

static int32
class_argument(int32 class_no)
{
	if (class_no < 0 || class_no >= MO_COUNTS_CLASSES)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("class_no must be from 0 to %d: %d", MO_COUNTS_CLASSES - 1, class_no),
				 errhint("Number the classes of alerts, not the alerts.")));
	return class_no;
}

/* (state, group_no, class_no, issued, closed, deadline, as_at) */
Datum
mo_alert_counts_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array = table_argument(fcinfo, 0);
	mo_moment	issued = mo_moment_argument(fcinfo, 3, "issued");
	mo_moment	closed = mo_moment_argument(fcinfo, 4, "closed");
	mo_moment	deadline = mo_moment_argument(fcinfo, 5, "deadline");
	mo_moment	as_at = mo_moment_argument(fcinfo, 6, "as_at");
	mo_alert_status status = mo_alert_status_at(issued, closed, deadline, as_at);
	mo_counts_place place;
	int64	   *counts;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || status >= MO_COUNTS_STATUSES)
		PG_RETURN_ARRAYTYPE_P(array);
	place.group = PG_GETARG_INT32(1);
	place.class = class_argument(PG_GETARG_INT32(2));
	place.month = mo_month_index(mo_london_date(issued.at));
	array = roomy(array);
	counts = mo_counts_cell(numbers_of(array), mo_counts_key(place));
	if (counts == NULL || pg_add_s64_overflow(counts[status], 1, &counts[status]))
		broken_state();
	PG_RETURN_ARRAYTYPE_P(array);
}

/* (state, other) */
Datum
mo_alert_counts_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = table_argument(fcinfo, 0);
	ArrayType  *other = table_argument(fcinfo, 1);
	int64		next = 0;

	while (!mo_counts_add(numbers_of(array), numbers_of(other), &next))
	{
		ArrayType  *larger = roomy(array);

		if (larger == array)
			broken_state();
		array = larger;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

/* (state): int8[cells][8], sorted by group, month, class; an empty array where nothing was counted. */
Datum
mo_alert_counts_final(PG_FUNCTION_ARGS)
{
	int64	   *table = numbers_of(table_argument(fcinfo, 0));
	const int64 **cells = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(*cells) * (table[MO_COUNTS_USED] + 1));
	int64		n = mo_counts_sorted(table, cells);
	ArrayType  *result;

	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	result = zeros(n, ROW_SIZE);
	for (int64 i = 0; i < n; i++)
	{
		mo_counts_place place = mo_counts_place_of(cells[i][MO_CELL_KEY]);
		int64	   *row = numbers_of(result) + i * ROW_SIZE;

		row[ROW_GROUP] = place.group;
		row[ROW_MONTH] = place.month;
		row[ROW_CLASS] = place.class;
		memcpy(row + ROW_COUNTS, cells[i] + MO_CELL_COUNTS, sizeof(int64) * MO_COUNTS_STATUSES);
	}
	pfree(cells);
	PG_RETURN_ARRAYTYPE_P(result);
}

static void
broken_result(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expected a result of the aggregate alert_closure_counts"),
			 errhint("Call it as mo.alert_closure_table((select mo.alert_closure_counts(...) from ...)).")));
}

/* The first day of a month counted from January 2000, refused when it cannot have come from the aggregate. */
static Datum
month_datum(int64 month)
{
	int64		year = 2000 + (month - (month % 12 + 12) % 12) / 12;
	int64		day;

	if (year < -4800 || year > 300000)
		broken_result();
	day = mo_days_from_civil(year, (int) ((month % 12 + 12) % 12) + 1, 1);
	if (!IS_VALID_DATE(day))
		broken_result();
	return DateADTGetDatum((DateADT) day);
}

static HeapTuple
row_tuple(const int64 *row, TupleDesc desc)
{
	Datum		values[ROW_SIZE];
	bool		nulls[ROW_SIZE] = {false};

	if (row[ROW_GROUP] != (int32) row[ROW_GROUP] || row[ROW_CLASS] != (int32) row[ROW_CLASS])
		broken_result();
	values[ROW_GROUP] = Int32GetDatum((int32) row[ROW_GROUP]);
	values[ROW_MONTH] = month_datum(row[ROW_MONTH]);
	values[ROW_CLASS] = Int32GetDatum((int32) row[ROW_CLASS]);
	for (int i = ROW_COUNTS; i < ROW_SIZE; i++)
		values[i] = Int64GetDatum(row[i]);
	return heap_form_tuple(desc, values, nulls);
}

/* Whether the array is a result of the aggregate, as far as its shape goes. */
static void
check_result(const ArrayType *array)
{
	if (ARR_NDIM(array) == 0)
		return;
	if (ARR_NDIM(array) != 2 || ARR_DIMS(array)[1] != ROW_SIZE || ARR_HASNULL(array))
		broken_result();
}

/* (counts) */
Datum
mo_alert_counts_table(PG_FUNCTION_ARGS)
{
	FuncCallContext *call;
	ArrayType  *array;
	HeapTuple	tuple;

	if (SRF_IS_FIRSTCALL())
	{
		MemoryContext old;
		TupleDesc	desc;

		call = SRF_FIRSTCALL_INIT();
		old = MemoryContextSwitchTo(call->multi_call_memory_ctx);
		array = PG_GETARG_ARRAYTYPE_P_COPY(0);
		check_result(array);
		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			ereport(ERROR,
					(errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
					 errmsg("alert_closure_table returns rows"),
					 errhint("Call it in FROM.")));
		call->tuple_desc = BlessTupleDesc(desc);
		call->user_fctx = array;
		call->max_calls = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
		MemoryContextSwitchTo(old);
	}
	call = SRF_PERCALL_SETUP();
	array = call->user_fctx;
	if (call->call_cntr >= call->max_calls)
		SRF_RETURN_DONE(call);
	tuple = row_tuple(numbers_of(array) + call->call_cntr * ROW_SIZE, call->tuple_desc);
	SRF_RETURN_NEXT(call, HeapTupleGetDatum(tuple));
}
