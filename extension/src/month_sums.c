/*
 * month_sums.c
 *		The aggregate month_sums, which adds by month and place into one dense int8[] array, and roll_up of its result.
 *
 * The state is the result: int8[months][places], its first subscript the month's index (mo.month_index), its second the place. One
 * state serves all groups, is changed in place, and merges by adding (stats/month_sums.h).
 */
#include "patient_types.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"

#include "stats/month_sums.h"

PG_FUNCTION_INFO_V1(mo_month_sums_accum);
PG_FUNCTION_INFO_V1(mo_month_sums_combine);
PG_FUNCTION_INFO_V1(mo_roll_up);

/* What a call site remembers from row to row: the range its arguments give, and the month of the last day it met. */
typedef struct MonthCache
{
	DateADT		from;
	DateADT		to;
	int			first_month;
	int			months;
	DateADT		day;
	int64		month;
} MonthCache;

static int64 *
sums_of(ArrayType *array)
{
	return (int64 *) ARR_DATA_PTR(array);
}

/* Zeros by `rows` (0: one dimension only) and `columns`; the first subscript from `first`. */
static ArrayType *
zeros(int rows, int columns, int first)
{
	int			ndim = rows == 0 ? 1 : 2;
	Size		size = add_size(ARR_OVERHEAD_NONULLS(ndim), mul_size(sizeof(int64), mul_size(Max(rows, 1), columns)));
	ArrayType  *array;

	if (!AllocSizeIsValid(size))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many sums for one array"),
				 errhint("Ask for fewer months, or for places in parts.")));
	array = palloc0(size);
	SET_VARSIZE(array, size);
	array->ndim = ndim;
	array->elemtype = INT8OID;
	ARR_DIMS(array)[0] = ndim == 1 ? columns : rows;
	ARR_LBOUND(array)[0] = ndim == 1 ? 1 : first;
	if (ndim == 2)
	{
		ARR_DIMS(array)[1] = columns;
		ARR_LBOUND(array)[1] = 1;
	}
	return array;
}

/* The last two arguments. */
static MonthCache *
cached_range(FunctionCallInfo fcinfo, int argno)
{
	MonthCache *cache = fcinfo->flinfo->fn_extra;

	mo_check_arguments(fcinfo, argno + 2);
	if (cache != NULL && !PG_ARGISNULL(argno) && !PG_ARGISNULL(argno + 1) &&
		PG_GETARG_DATEADT(argno) == cache->from && PG_GETARG_DATEADT(argno + 1) == cache->to)
		return cache;
	if (cache == NULL)
		cache = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(MonthCache));
	cache->months = mo_month_range(fcinfo, argno, &cache->first_month);
	cache->from = PG_GETARG_DATEADT(argno);
	cache->to = PG_GETARG_DATEADT(argno + 1);
	cache->day = DATEVAL_NOBEGIN;
	fcinfo->flinfo->fn_extra = cache;
	return cache;
}

static void
broken_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("places, from_month and to_month must be the same for every row of a group"),
			 errhint("Give constants.")));
}

/* The state in argument argno; in an aggregate it may be changed in place, called by hand it is a copy. */
static ArrayType *
state_argument(FunctionCallInfo fcinfo, int argno)
{
	ArrayType  *array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(argno) : PG_GETARG_ARRAYTYPE_P_COPY(argno);

	if (ARR_NDIM(array) != 2 || ARR_HASNULL(array))
		broken_state();
	return array;
}

/* The state of a group: a new one for its first row. */
static ArrayType *
sums_state(FunctionCallInfo fcinfo, const MonthCache *range, int32 places)
{
	ArrayType  *array;
	MemoryContext caller;

	if (places < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("places must be 1 or more"),
				 errhint("It is the greatest number that a place can have.")));
	if (PG_ARGISNULL(0))
	{
		caller = MemoryContextSwitchTo(mo_state_context(fcinfo));
		array = zeros(range->months, places, range->first_month);
		MemoryContextSwitchTo(caller);
		return array;
	}
	array = state_argument(fcinfo, 0);
	if (ARR_DIMS(array)[0] != range->months || ARR_DIMS(array)[1] != places || ARR_LBOUND(array)[0] != range->first_month)
		broken_state();
	return array;
}

static void
out_of_range(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
			 errmsg("bigint out of range"),
			 errhint("Sums are whole numbers below 9.2e18: give money in pence or in 1e-5 pounds.")));
}

/* (state, place, month, value, places, from_month, to_month) */
Datum
mo_month_sums_accum(PG_FUNCTION_ARGS)
{
	MonthCache *cache = cached_range(fcinfo, 5);
	int32		places = PG_ARGISNULL(4) ? 0 : PG_GETARG_INT32(4);
	ArrayType  *array = sums_state(fcinfo, cache, places);
	int32		place;
	int64		row;

	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || DATE_NOT_FINITE(PG_GETARG_DATEADT(2)))
		PG_RETURN_ARRAYTYPE_P(array);
	place = PG_GETARG_INT32(1);
	if (place < 1 || place > places)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("place %d is not between 1 and %d", place, places),
				 errhint("Number the places without gaps, with row_number() say.")));
	if (cache->day != PG_GETARG_DATEADT(2))
	{
		cache->day = PG_GETARG_DATEADT(2);
		cache->month = mo_month_index(cache->day);
	}
	row = cache->month - cache->first_month;
	if (row >= 0 && row < cache->months && !mo_month_sums_add(sums_of(array) + row * places + place - 1, PG_GETARG_INT64(3)))
		out_of_range();
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_month_sums_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = state_argument(fcinfo, 0);
	ArrayType  *other = state_argument(fcinfo, 1);

	if (ARR_DIMS(array)[0] != ARR_DIMS(other)[0] || ARR_DIMS(array)[1] != ARR_DIMS(other)[1] ||
		ARR_LBOUND(array)[0] != ARR_LBOUND(other)[0])
		broken_state();
	if (!mo_month_sums_merge(sums_of(array), sums_of(other), (size_t) ARR_DIMS(array)[0] * ARR_DIMS(array)[1]))
		out_of_range();
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Parents of places, nulls as MO_NO_PARENT. */
static int32 *
parents_argument(FunctionCallInfo fcinfo, int argno, int32 parents, int *places)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argno);
	const int32 *given = (const int32 *) ARR_DATA_PTR(array);
	const bits8 *present = ARR_NULLBITMAP(array);
	int32	   *all;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("parent must be a one-dimensional array"),
				 errhint("Make it with array_agg(parent order by place).")));
	*places = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	all = palloc(sizeof(int32) * (*places + 1));
	for (int i = 0; i < *places; i++)
	{
		all[i] = present == NULL || present[i / 8] & (1 << (i % 8)) ? *given++ : MO_NO_PARENT;
		if ((present == NULL || present[i / 8] & (1 << (i % 8))) && (all[i] < 1 || all[i] > parents))
			ereport(ERROR,
					(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
					 errmsg("parent %d is not between 1 and %d", all[i], parents),
					 errhint("A place without a parent has null.")));
	}
	return all;
}

/* Sums of an array, nulls as 0. */
static const int64 *
values_argument(ArrayType *array, int64 n)
{
	const int64 *given = sums_of(array);
	const bits8 *present = ARR_NULLBITMAP(array);
	int64	   *all;

	if (present == NULL)
		return given;
	all = palloc0(sizeof(int64) * (n + 1));
	for (int64 i = 0; i < n; i++)
		if (present[i / 8] & (1 << (i % 8)))
			all[i] = *given++;
	return all;
}

/* (sums, parent, parents) */
Datum
mo_roll_up(PG_FUNCTION_ARGS)
{
	ArrayType  *sums = PG_GETARG_ARRAYTYPE_P(0);
	int32		parents = PG_GETARG_INT32(2);
	int			places;
	int			rows = ARR_NDIM(sums) == 2 ? ARR_DIMS(sums)[0] : 0;
	int			columns = ARR_NDIM(sums) == 0 ? 0 : ARR_DIMS(sums)[ARR_NDIM(sums) - 1];
	const int64 *values;
	const int32 *parent;
	ArrayType  *result;

	if (parents < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("parents must be 1 or more"),
				 errhint("It is the greatest number that a parent can have.")));
	parent = parents_argument(fcinfo, 1, parents, &places);
	if (ARR_NDIM(sums) > 2 || columns != places)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("sums of %d places, but parents of %d", columns, places),
				 errhint("Give sums as mo.month_sums makes them or one month of it, and the parent of each place.")));
	values = values_argument(sums, (int64) Max(rows, 1) * columns);
	result = zeros(rows, parents, rows == 0 ? 1 : ARR_LBOUND(sums)[0]);
	for (int row = 0; row < Max(rows, 1); row++)
	{
		CHECK_FOR_INTERRUPTS();
		if (!mo_month_sums_roll_up(sums_of(result) + (Size) row * parents, values + (Size) row * columns, parent, places))
			out_of_range();
	}
	PG_RETURN_ARRAYTYPE_P(result);
}
