/*
 * disclosure.c
 *		Small number suppression: of one count, and of the cells of a group whose total is published.
 *
 * Whoever leaves the rule out hides everything: a null bound is treated as the strictest rule there is, never as none.
 */
#include "mo.h"

#include <limits.h>

#include "miscadmin.h"
#include "utils/memutils.h"

#include "stats/disclosure.h"

PG_FUNCTION_INFO_V1(mo_suppress_count);
PG_FUNCTION_INFO_V1(mo_window_hidden_with_siblings);
PG_FUNCTION_INFO_V1(mo_window_total_discloses);

static int64
known_count(int64 n)
{
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("a count must not be negative: " INT64_FORMAT, n),
				 errhint("Counts start at 0.")));
	return n;
}

static mo_small_numbers
checked_rule(int32 hide_from, int32 hide_to)
{
	mo_small_numbers rule = {hide_from, hide_to};

	if (hide_from < 0 || hide_to < hide_from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hide_from and hide_to must not be negative nor out of order: %d and %d", hide_from, hide_to),
				 errhint("To hide the counts 1 to 7 give hide_from => 1, hide_to => 7.")));
	return rule;
}

static int32
checked_round_to(FunctionCallInfo fcinfo, int argno)
{
	int32		round_to = PG_ARGISNULL(argno) ? 1 : PG_GETARG_INT32(argno);

	if (round_to < 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("round_to must be at least 1: %d", round_to),
				 errhint("Give 5 to round to the nearest 5, 1 or null not to round.")));
	return round_to;
}

/* (n, hide_from, hide_to, round_to) */
Datum
mo_suppress_count(PG_FUNCTION_ARGS)
{
	int32		round_to = checked_round_to(fcinfo, 3);
	mo_small_numbers rule;
	int64		n;

	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_NULL();
	rule = checked_rule(PG_GETARG_INT32(1), PG_GETARG_INT32(2));
	n = known_count(PG_GETARG_INT64(0));
	if (mo_is_small(rule, n))
		PG_RETURN_NULL();
	if (!mo_round_count(n, round_to, &n) || n > PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("the count is out of range for type integer"),
				 errhint("A count that may be published is at most %d; count in thousands.", PG_INT32_MAX)));
	PG_RETURN_INT32((int32) n);
}

/* What is known of the partition after its first row. */
typedef struct HiddenCells
{
	bool		ready;
	bool		no_rule;		/* a bound was null: all are hidden */
	bool		total_discloses;
	bool		rule_given;
	mo_small_numbers rule;
	bool	   *hidden;
} HiddenCells;

#define NOT_KNOWN INT64CONST(-1)
#define ROWS_A_RESET 1024

/* An integer argument of a row of the partition; false when it is null. */
static bool
row_argument(WindowObject winobj, int argno, int row, Datum *value)
{
	bool		is_null;
	bool		is_out;

	*value = WinGetFuncArgInPartition(winobj, argno, row, WINDOW_SEEK_HEAD, false, &is_null, &is_out);
	return !is_null && !is_out;
}

/* The rule stands in every row and has to be the same in all. */
static void
read_rule(WindowObject winobj, int row, HiddenCells *cells)
{
	Datum		hide_from;
	Datum		hide_to;
	mo_small_numbers rule;

	if (!row_argument(winobj, 1, row, &hide_from) || !row_argument(winobj, 2, row, &hide_to))
	{
		cells->no_rule = true;
		return;
	}
	rule = checked_rule(DatumGetInt32(hide_from), DatumGetInt32(hide_to));
	if (cells->rule_given && (rule.hide_from != cells->rule.hide_from || rule.hide_to != cells->rule.hide_to))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hide_from and hide_to must be the same for every row of a partition"),
				 errhint("Partition by what the rule depends on, such as kpi_id.")));
	cells->rule = rule;
	cells->rule_given = true;
}

static void
read_cells(WindowObject winobj, HiddenCells *cells, int64 *counts, int rows)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "disclosure", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);

	for (int row = 0; row < rows; row++)
	{
		Datum		n;

		counts[row] = row_argument(winobj, 0, row, &n) ? known_count(DatumGetInt64(n)) : NOT_KNOWN;
		read_rule(winobj, row, cells);
		if (row % ROWS_A_RESET == 0)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(scratch);
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

static HiddenCells *
hidden_cells(WindowObject winobj)
{
	HiddenCells *cells = WinGetPartitionLocalMemory(winobj, sizeof(HiddenCells));
	int			rows;
	int64	   *counts;
	size_t	   *order;

	if (cells->ready)
		return cells;
	rows = mo_partition_rows(winobj);
	/* the answers live as long as the partition; the counts and the working space only for this call */
	cells->hidden = MemoryContextAllocHuge(GetMemoryChunkContext(cells), (Size) rows * sizeof(bool));
	counts = MemoryContextAllocHuge(CurrentMemoryContext, (Size) rows * sizeof(int64));
	order = MemoryContextAllocHuge(CurrentMemoryContext, (Size) rows * sizeof(size_t));
	read_cells(winobj, cells, counts, rows);
	if (!cells->no_rule)
		cells->total_discloses = mo_hide_siblings(counts, rows, cells->rule, cells->hidden, order);
	pfree(counts);
	pfree(order);
	cells->ready = true;
	return cells;
}

/* (n, hide_from, hide_to) */
Datum
mo_window_hidden_with_siblings(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	HiddenCells *cells = hidden_cells(winobj);

	PG_RETURN_BOOL(cells->no_rule || cells->hidden[WinGetCurrentPosition(winobj)]);
}

/* (n, hide_from, hide_to) */
Datum
mo_window_total_discloses(PG_FUNCTION_ARGS)
{
	HiddenCells *cells = hidden_cells(PG_WINDOW_OBJECT());

	PG_RETURN_BOOL(cells->no_rule || cells->total_discloses);
}
