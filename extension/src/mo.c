/*
 * mo.c
 *		The module, and the checks that every binding file shares.
 */
#include "mo.h"

#include <limits.h>
#include <math.h>

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"

MO_MODULE_MAGIC;

PG_FUNCTION_INFO_V1(mo_version);

/* mo.version() -> text: the version of the loaded library. */
Datum
mo_version(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(MO_VERSION));
}

void
mo_refuse_declaration(FunctionCallInfo fcinfo, int arguments)
{
	char	   *name = get_func_name(fcinfo->flinfo->fn_oid);

	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("function %s has %d arguments in this database, but %d in the library (mo_dashboard " MO_VERSION ")",
					name != NULL ? name : "?", PG_NARGS(), arguments),
			 errhint("They are of different versions: ALTER EXTENSION mo_dashboard UPDATE. A database made by a version that was never "
					 "released has to be made again; a session that is older than the installed library has to connect again.")));
}

float8
mo_finite(float8 value, const char *what)
{
	if (isnan(value) || isinf(value))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("%s must be a finite number", what),
				 errhint("Leave NaN and infinities out, or make them null.")));
	return value;
}

float8
mo_not_negative(float8 value, const char *what)
{
	if (mo_finite(value, what) < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must not be negative: %g", what, value),
				 errhint("Counts and denominators start at 0.")));
	return value;
}

float8
mo_open_fraction(float8 value, const char *what)
{
	if (!(mo_finite(value, what) > 0 && value < 1))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("%s must be above 0 and below 1: %g", what, value),
				 errhint("Give 95 %% as 0.95.")));
	return value;
}

float8 *
mo_float8_state(FunctionCallInfo fcinfo, int argno, int n, ArrayType **state)
{
	ArrayType  *array;

	if (PG_ARGISNULL(argno))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("an aggregate state must not be null"),
				 errhint("Use the aggregate, not its support function.")));
	if (AggCheckCallContext(fcinfo, NULL))
		array = PG_GETARG_ARRAYTYPE_P(argno);
	else
		array = PG_GETARG_ARRAYTYPE_P_COPY(argno);
	if (ARR_NDIM(array) != 1 || ARR_DIMS(array)[0] != n || ARR_HASNULL(array) ||
		ARR_ELEMTYPE(array) != FLOAT8OID)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an aggregate state of %d numbers", n),
				 errhint("Use the aggregate, not its support function.")));
	*state = array;
	return (float8 *) ARR_DATA_PTR(array);
}

int
mo_partition_rows(WindowObject winobj)
{
	int64		rows = WinGetPartitionRowCount(winobj);

	if (rows > INT_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many rows in one partition: " INT64_FORMAT, rows),
				 errhint("Partition by organisation or month.")));
	return (int) rows;
}

static int
compare_days(const void *a, const void *b)
{
	int32		x = *(const int32 *) a;
	int32		y = *(const int32 *) b;

	return (x > y) - (x < y);
}

static bool
is_sorted(const int32 *days, int n)
{
	for (int i = 1; i < n; i++)
		if (days[i - 1] >= days[i])
			return false;
	return true;
}

/* Sorts a copy when it has to; `days` may point into a detoasted datum that is not ours to change. */
static int32 *
sorted_distinct(int32 *days, int *count)
{
	int32	   *copy;
	int			kept = 0;

	if (is_sorted(days, *count))
		return days;
	copy = palloc(sizeof(int32) * *count);
	memcpy(copy, days, sizeof(int32) * *count);
	qsort(copy, *count, sizeof(int32), compare_days);
	for (int i = 0; i < *count; i++)
		if (kept == 0 || copy[i] != copy[kept - 1])
			copy[kept++] = copy[i];
	*count = kept;
	return copy;
}

int32 *
mo_date_array(ArrayType *array, const char *what, int *count)
{
	int32	   *days = (int32 *) ARR_DATA_PTR(array);

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", what),
				 errhint("Write it as ARRAY[day, day].")));
	if (array_contains_nulls(array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not contain nulls", what),
				 errhint("Aggregate it with array_agg(day) FILTER (WHERE day IS NOT NULL).")));
	*count = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	for (int i = 0; i < *count; i++)
		if (DATE_NOT_FINITE(days[i]))
			ereport(ERROR,
					(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
					 errmsg("%s must not contain infinite dates", what),
					 errhint("Leave open-ended days out.")));
	return sorted_distinct(days, count);
}
