/*
 * alert_counts.c
 *		Alerts counted by group, London month of issue, class and status in one pass: the function
 *		alert_closure_dimensions, the aggregate alert_closure_counts and alert_closure_table, which lists its result.
 *
 * What is wanted: practices x alerts is the largest table of the alert pages, and joining and grouping it costs more
 * than judging it. The dimensions are small: they are put into one int8[] once, the first row copies it into the state
 * (an argument that comes from a table is toasted; to fetch it per row would cost more than everything else), and
 * one state with dense counters serves all groups (stats/alert_counts.h). It runs in parallel and merges by adding.
 */
#include "mo.h"

#include "catalog/pg_type.h"
#include "common/int.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "alert_closure.h"
#include "london_time.h"
#include "stats/alert_counts.h"
#include "stats/nhs_calendar.h"

PG_FUNCTION_INFO_V1(mo_alert_counts_dimensions);
PG_FUNCTION_INFO_V1(mo_alert_counts_accum);
PG_FUNCTION_INFO_V1(mo_alert_counts_combine);
PG_FUNCTION_INFO_V1(mo_alert_counts_final);
PG_FUNCTION_INFO_V1(mo_alert_counts_table);

static int64 *
numbers_of(ArrayType *array)
{
	return (int64 *) ARR_DATA_PTR(array);
}

/* Refused before an array could outgrow 1 GB. */
static void
too_much(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
			 errmsg("too many groups, months and classes of alerts to count at once"),
			 errhint("Count fewer groups or a shorter period at a time.")));
}

/* An int8[] of zeros: `rows` by `columns`, or one dimension of `rows` where columns is 0. */
static ArrayType *
zeros(int64 rows, int columns)
{
	int			ndim = columns == 0 ? 1 : 2;
	Size		size = add_size(ARR_OVERHEAD_NONULLS(ndim), mul_size(sizeof(int64), mul_size(rows, Max(columns, 1))));
	ArrayType  *array;

	if (!AllocSizeIsValid(size))
		too_much();
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

/* The elements of an int4[] or timestamptz[] argument as numbers, nulls as MO_NONE. */
static int64 *
list_argument(FunctionCallInfo fcinfo, int argno, const char *what, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argno);
	Oid			type = ARR_ELEMTYPE(array);
	Datum	   *values;
	bool	   *nulls;
	int64	   *numbers;

	if (ARR_NDIM(array) > 1 || (ARR_NDIM(array) == 1 && ARR_LBOUND(array)[0] != 1))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array with subscripts from 1", what),
				 errhint("Make it with array_agg(... order by ...) or array(select ...).")));
	deconstruct_array(array, type, type == INT4OID ? sizeof(int32) : sizeof(int64), true,
					  type == INT4OID ? TYPALIGN_INT : TYPALIGN_DOUBLE, &values, &nulls, count);
	numbers = palloc(sizeof(int64) * (*count + 1));
	for (int i = 0; i < *count; i++)
	{
		if (nulls[i])
			numbers[i] = MO_NONE;
		else if (type == INT4OID)
			numbers[i] = DatumGetInt32(values[i]);
		else
			numbers[i] = mo_finite_moment(DatumGetTimestampTz(values[i]), what);
	}
	pfree(values);
	pfree(nulls);
	return numbers;
}

static int64 *
london_months(const int64 *issued, int count)
{
	int64	   *months = palloc(sizeof(int64) * (count + 1));

	for (int i = 0; i < count; i++)
		months[i] = issued[i] == MO_NONE ? 0 : mo_month_index(mo_london_date(issued[i]));
	return months;
}

/* (practice_group, alert_class, alert_issued, alert_deadline, as_at) */
Datum
mo_alert_counts_dimensions(PG_FUNCTION_ARGS)
{
	mo_board_input input = {0};
	int			practices;
	int			alerts[3];
	int64		room;
	int64		length;
	int64	   *numbers;
	ArrayType  *result;

	mo_check_arguments(fcinfo, 5);
	input.practice_group = list_argument(fcinfo, 0, "practice_group", &practices);
	input.alert_class = list_argument(fcinfo, 1, "alert_class", &alerts[0]);
	input.alert_issued = list_argument(fcinfo, 2, "alert_issued", &alerts[1]);
	input.alert_deadline = list_argument(fcinfo, 3, "alert_deadline", &alerts[2]);
	if (alerts[0] != alerts[1] || alerts[0] != alerts[2])
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("alert_class, alert_issued and alert_deadline have %d, %d and %d elements",
						alerts[0], alerts[1], alerts[2]),
				 errhint("Aggregate all three from the same rows in the same order.")));
	input.practices = practices;
	input.alerts = alerts[0];
	input.alert_month = london_months(input.alert_issued, alerts[0]);
	input.as_at = mo_finite_moment(PG_GETARG_TIMESTAMPTZ(4), "as_at");
	room = mo_board_room(input.practices, input.alerts);
	if (room > MO_BOARD_MAX)
		too_much();
	numbers = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * room);
	length = mo_board_build(&input, numbers);
	result = zeros(length, 0);
	memcpy(numbers_of(result), numbers, sizeof(int64) * length);
	PG_RETURN_ARRAYTYPE_P(result);
}

static void
broken_state(void)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("expected a state of the aggregate alert_closure_counts"),
			 errhint("Use the aggregate, not its support function.")));
}

/* The state in argument `argno`, opened; in an aggregate it may be changed in place, called by hand it is a copy. */
static ArrayType *
state_argument(FunctionCallInfo fcinfo, int argno, mo_board *board)
{
	ArrayType  *array = AggCheckCallContext(fcinfo, NULL) ? PG_GETARG_ARRAYTYPE_P(argno) : PG_GETARG_ARRAYTYPE_P_COPY(argno);

	if (ARR_NDIM(array) != 1 || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != INT8OID ||
		!mo_board_open(numbers_of(array), ARR_DIMS(array)[0], true, board))
		broken_state();
	return array;
}

/* A new state for the dimensions in argument 4. */
static ArrayType *
first_state(FunctionCallInfo fcinfo, mo_board *board)
{
	ArrayType  *dimensions = PG_GETARG_ARRAYTYPE_P(4);
	ArrayType  *array;

	if (ARR_NDIM(dimensions) != 1 || ARR_HASNULL(dimensions) ||
		!mo_board_open(numbers_of(dimensions), ARR_DIMS(dimensions)[0], false, board))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dimensions must be a result of alert_closure_dimensions"),
				 errhint("Give it as (select mo.alert_closure_dimensions(...)), so that it is made once.")));
	if (mo_board_state_length(board) > MO_BOARD_MAX)
		too_much();
	array = zeros(mo_board_state_length(board), 0);
	memcpy(numbers_of(array), numbers_of(dimensions), sizeof(int64) * board->length);
	mo_board_open(numbers_of(array), ARR_DIMS(array)[0], true, board);
	return array;
}

/* Every row has to bring the dimensions that the state was made from; the fingerprint tells. */
static void
check_same(FunctionCallInfo fcinfo, ArrayType *state)
{
	ArrayType  *dimensions = PG_GETARG_ARRAYTYPE_P(4);

	if (ARR_NDIM(dimensions) != 1 || ARR_HASNULL(dimensions) ||
		numbers_of(dimensions)[MO_BOARD_FINGERPRINT] != numbers_of(state)[MO_BOARD_FINGERPRINT])
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dimensions must be the same for all rows"),
				 errhint("Give it as (select mo.alert_closure_dimensions(...)), so that it is made once.")));
}

static void
count_row(mo_board *board, int32 practice_no, int32 alert_no, mo_moment closed)
{
	switch (mo_board_count(board, practice_no, alert_no, closed))
	{
		case MO_BOARD_COUNTED:
			return;
		case MO_BOARD_NO_PRACTICE:
		case MO_BOARD_NO_ALERT:
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("practice_no %d or alert_no %d is not in the dimensions", practice_no, alert_no),
					 errhint("Practices are numbered from 1 to " INT64_FORMAT ", alerts from 1 to " INT64_FORMAT
							 ", by their place in the arrays.", board->practices, board->alerts)));
		case MO_BOARD_BROKEN:
			broken_state();
	}
}

/* (state, practice_no, alert_no, closed, dimensions) */
Datum
mo_alert_counts_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	mo_board	board;

	mo_check_arguments(fcinfo, 5);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		PG_RETURN_DATUM(PG_GETARG_DATUM(0));
	}
	if (PG_ARGISNULL(0))
		array = first_state(fcinfo, &board);
	else
	{
		array = state_argument(fcinfo, 0, &board);
		check_same(fcinfo, array);
	}
	count_row(&board, PG_GETARG_INT32(1), PG_GETARG_INT32(2), mo_moment_argument(fcinfo, 3, "closed"));
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Increments that wait become counts. Where they are kept changes, not what there is: a final function may do it. */
static void
settle(mo_board *board)
{
	if (mo_board_settle(board, board) != MO_BOARD_COUNTED)
		broken_state();
	mo_board_empty_ring(board);
}

static void
add_counts(mo_board *board, const mo_board *other)
{
	for (int64 column = 0; column < board->columns; column++)
	{
		int64	   *counts = mo_board_cell(board, column, 0);
		int64	   *more = mo_board_cell(other, column, 0);

		CHECK_FOR_INTERRUPTS();
		for (int64 i = 0; i < board->groups * MO_COUNTED_STATUSES; i++)
			if (more[i] < 0 || pg_add_s64_overflow(counts[i], more[i], &counts[i]))
				broken_state();
	}
}

/* (state, other): null is the state of no rows. */
Datum
mo_alert_counts_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other_array;
	mo_board	board;
	mo_board	other;

	if (PG_ARGISNULL(0) && PG_ARGISNULL(1))
		PG_RETURN_NULL();
	if (PG_ARGISNULL(0))
		PG_RETURN_ARRAYTYPE_P(state_argument(fcinfo, 1, &other));
	array = state_argument(fcinfo, 0, &board);
	if (PG_ARGISNULL(1))
		PG_RETURN_ARRAYTYPE_P(array);
	other_array = state_argument(fcinfo, 1, &other);
	if (board.length != other.length ||
		memcmp(numbers_of(array), numbers_of(other_array), sizeof(int64) * board.length) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("dimensions must be the same for all rows"),
				 errhint("Give it as (select mo.alert_closure_dimensions(...)), so that it is made once.")));
	add_counts(&board, &other);
	if (mo_board_settle(&board, &other) != MO_BOARD_COUNTED)
		broken_state();
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Writes all cells that hold something, by group and column, into `rows` (null: only counts them). */
static int64
list_all(const mo_board *board, int64 *rows)
{
	int64		n = 0;

	for (int64 group = 0; group < board->groups; group++)
	{
		CHECK_FOR_INTERRUPTS();
		n += mo_board_list(board, group, rows == NULL ? NULL : rows + n * MO_ROW_SIZE);
	}
	return n;
}

/* (state): int8[cells][8], sorted by group, month, class; an empty array where nothing was counted. */
Datum
mo_alert_counts_final(PG_FUNCTION_ARGS)
{
	mo_board	board;
	int64		n = 0;
	ArrayType  *result;

	if (!PG_ARGISNULL(0))
	{
		state_argument(fcinfo, 0, &board);
		settle(&board);
		n = list_all(&board, NULL);
	}
	if (n == 0)
		PG_RETURN_ARRAYTYPE_P(construct_empty_array(INT8OID));
	result = zeros(n, MO_ROW_SIZE);
	list_all(&board, numbers_of(result));
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

static void
put_row(ReturnSetInfo *set, const int64 *row)
{
	Datum		values[MO_ROW_SIZE];
	bool		nulls[MO_ROW_SIZE] = {false};

	if (row[MO_ROW_GROUP] != (int32) row[MO_ROW_GROUP] || row[MO_ROW_CLASS] != (int32) row[MO_ROW_CLASS])
		broken_result();
	values[MO_ROW_GROUP] = Int32GetDatum((int32) row[MO_ROW_GROUP]);
	values[MO_ROW_MONTH] = month_datum(row[MO_ROW_MONTH]);
	values[MO_ROW_CLASS] = Int32GetDatum((int32) row[MO_ROW_CLASS]);
	for (int i = MO_ROW_COUNTS; i < MO_ROW_SIZE; i++)
		values[i] = Int64GetDatum(row[i]);
	tuplestore_putvalues(set->setResult, set->setDesc, values, nulls);
}

/* (counts) */
Datum
mo_alert_counts_table(PG_FUNCTION_ARGS)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(0);
	int			n = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];

	if (ARR_NDIM(array) != 0 && (ARR_NDIM(array) != 2 || ARR_DIMS(array)[1] != MO_ROW_SIZE || ARR_HASNULL(array)))
		broken_result();
	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);	/* working it out would leak per call */
	for (int64 i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		put_row((ReturnSetInfo *) fcinfo->resultinfo, numbers_of(array) + i * MO_ROW_SIZE);
	}
	return (Datum) 0;
}
