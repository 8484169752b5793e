/*
 * sparkline.c
 *		The last twelve values of a series as block characters.
 *
 * The state is a float8[]: {rows, gaps, twelve values}. The value of the i-th row (from 0) is at place i mod 12; bit i mod 12
 * of gaps is set where it was null. Combining appends the second series to the first; PostgreSQL combines only
 * where the call has no ORDER BY, that is, where the caller has left the order open (as with string_agg).
 */
#include "mo.h"

#include <math.h>

#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "stats/sparkline.h"

enum
{
	SPARK_ROWS, SPARK_GAPS, SPARK_VALUES, SPARK_STATE = SPARK_VALUES + MO_SPARKLINE_WIDTH
};

#define MOST_ROWS 9007199254740992.0	/* 2^53: whole numbers below are exact */

PG_FUNCTION_INFO_V1(mo_sparkline_accum);
PG_FUNCTION_INFO_V1(mo_sparkline_combine);
PG_FUNCTION_INFO_V1(mo_sparkline_final);

static bool
is_whole(float8 number, float8 below)
{
	return number >= 0 && number < below && number == floor(number);
}

/* The state in an argument; a made-up one cannot lead to a conversion or an index out of range. */
static float8 *
spark_state(FunctionCallInfo fcinfo, int argno, ArrayType **array)
{
	float8	   *state = mo_float8_state(fcinfo, argno, SPARK_STATE, array);

	if (!is_whole(state[SPARK_ROWS], MOST_ROWS) || !is_whole(state[SPARK_GAPS], 1 << MO_SPARKLINE_WIDTH))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("not a state of mo.sparkline"),
				 errhint("Use the aggregate, not its support function.")));
	return state;
}

static int
place_of(int64 row)
{
	return (int) (row % MO_SPARKLINE_WIDTH);
}

static bool
is_gap(const float8 *state, int place)
{
	return ((int) state[SPARK_GAPS] >> place & 1) != 0;
}

static void
add_row(float8 *state, float8 value, bool gap)
{
	int			place = place_of((int64) state[SPARK_ROWS]);
	int			gaps = (int) state[SPARK_GAPS] & ~(1 << place);

	state[SPARK_GAPS] = gaps | (int) gap << place;
	state[SPARK_VALUES + place] = gap ? 0 : value;
	state[SPARK_ROWS] += 1;
}

/* The row from which on the state still has the values. */
static int64
first_kept(const float8 *state)
{
	return Max((int64) state[SPARK_ROWS] - MO_SPARKLINE_WIDTH, 0);
}

/* (state, value): a null value is a gap, a row like any other. */
Datum
mo_sparkline_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = spark_state(fcinfo, 0, &array);
	bool		gap = PG_ARGISNULL(1);

	add_row(state, gap ? 0 : mo_finite(PG_GETARG_FLOAT8(1), "value"), gap);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_sparkline_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *later_array;
	float8	   *state = spark_state(fcinfo, 0, &array);
	float8	   *later = spark_state(fcinfo, 1, &later_array);

	for (int64 row = first_kept(later); row < (int64) later[SPARK_ROWS]; row++)
		add_row(state, later[SPARK_VALUES + place_of(row)], is_gap(later, place_of(row)));
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_sparkline_final(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = spark_state(fcinfo, 0, &array);
	float8		values[MO_SPARKLINE_WIDTH];
	bool		gaps[MO_SPARKLINE_WIDTH];
	char		text[MO_SPARKLINE_BYTES];
	int			n = 0;
	size_t		bytes;

	for (int64 row = first_kept(state); row < (int64) state[SPARK_ROWS]; row++)
	{
		values[n] = mo_finite(state[SPARK_VALUES + place_of(row)], "value");
		gaps[n++] = is_gap(state, place_of(row));
	}
	bytes = mo_sparkline_draw(values, gaps, n, GetDatabaseEncoding() == PG_UTF8, text);
	if (bytes == 0)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text_with_len(text, (int) bytes));
}
