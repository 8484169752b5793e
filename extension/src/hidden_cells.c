/*
 * hidden_cells.c
 *		Small number suppression in cells that many published totals link.
 */
#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "patient_types.h"
#include "stats/hidden_cells.h"

PG_FUNCTION_INFO_V1(mo_hidden_cells);

enum
{
	UNPUBLISHED = 3, STAYS		/* reasons, besides those of hidden_cells.h */
};

/* The elements of an array argument of n elements (any number when n is negative). */
static Datum *
elements_of(FunctionCallInfo fcinfo, int argno, const char *what, int n, bool **nulls, int *count)
{
	ArrayType  *array = PG_GETARG_ARRAYTYPE_P(argno);
	Datum	   *elements;
	int16		length;
	bool		by_value;
	char		align;

	if (ARR_NDIM(array) > 1 || (ARR_NDIM(array) == 1 && ARR_LBOUND(array)[0] != 1))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array with subscripts from 1", what),
				 errhint("Make it with array_agg(... order by ...).")));
	get_typlenbyvalalign(ARR_ELEMTYPE(array), &length, &by_value, &align);
	deconstruct_array(array, ARR_ELEMTYPE(array), length, by_value, align, &elements, nulls, count);
	if (n >= 0 && *count != n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s has %d elements where %d are needed", what, *count, n),
				 errhint("counts, reasons and ceilings have one element a cell; equations and cells one a link.")));
	return elements;
}

static void
refuse_null(bool is_null, const char *what)
{
	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not hold nulls", what),
				 errhint("Only ceilings may be null: the cell has none.")));
}

static void
read_cells(FunctionCallInfo fcinfo, mo_linked_cells *table)
{
	bool	   *nulls;
	bool	   *reason_nulls;
	bool	   *ceiling_nulls;
	int			n;
	Datum	   *counts = elements_of(fcinfo, 0, "counts", -1, &nulls, &n);
	Datum	   *reasons = elements_of(fcinfo, 1, "reasons", n, &reason_nulls, &n);
	Datum	   *ceilings = elements_of(fcinfo, 2, "ceilings", n, &ceiling_nulls, &n);
	double	   *count = palloc(sizeof(double) * (n + 1));
	double	   *ceiling = palloc(sizeof(double) * (n + 1));
	bool	   *stays = palloc0(sizeof(bool) * (n + 1));

	table->cells = n;
	table->stays = stays;
	table->count = count;
	table->ceiling = ceiling;
	table->hidden = palloc0(n + 1);
	for (int i = 0; i < n; i++)
	{
		int16		reason = reason_nulls[i] ? 0 : DatumGetInt16(reasons[i]);

		refuse_null(nulls[i], "counts");
		refuse_null(reason_nulls[i], "reasons");
		if (reason < MO_SHOWN || reason > STAYS)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a reason must be from 0 to 4: %d", reason),
					 errhint("0: shown; 1: its count is small; 2: its denominator is small; 3: not published; 4: shown elsewhere, too.")));
		count[i] = mo_finite(DatumGetFloat8(counts[i]), "counts");
		ceiling[i] = ceiling_nulls[i] ? INFINITY : mo_finite(DatumGetFloat8(ceilings[i]), "ceilings");
		stays[i] = reason == STAYS;
		table->hidden[i] = reason == STAYS ? MO_SHOWN : reason == UNPUBLISHED ? MO_UNPUBLISHED : reason;
	}
}

static void
read_links(FunctionCallInfo fcinfo, mo_linked_cells *table)
{
	bool	   *equation_nulls;
	bool	   *cell_nulls;
	int			n;
	Datum	   *equations = elements_of(fcinfo, 3, "equations", -1, &equation_nulls, &n);
	Datum	   *cells = elements_of(fcinfo, 4, "cells", n, &cell_nulls, &n);
	int32	   *equation = palloc(sizeof(int32) * (n + 1));
	int32	   *cell = palloc(sizeof(int32) * (n + 1));
	signed char *sign = palloc(n + 1);

	table->links = n;
	table->equation = equation;
	table->cell = cell;
	table->sign = sign;
	for (int i = 0; i < n; i++)
	{
		int64		number;
		int64		of;

		refuse_null(equation_nulls[i], "equations");
		refuse_null(cell_nulls[i], "cells");
		of = DatumGetInt32(equations[i]);
		number = DatumGetInt32(cells[i]);
		if (number == 0 || llabs(number) > (int64) table->cells || of < 1 || of > n)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("link %d is to equation " INT64_FORMAT " and cell " INT64_FORMAT ", which is out of range", i + 1, of, number),
					 errhint("Cells are numbered from 1 as in counts, negative where the cell is the total; equations from 1 without gaps.")));
		equation[i] = (int32) of - 1;
		sign[i] = number < 0 ? -1 : 1;
		cell[i] = (int32) llabs(number) - 1;
		table->equations = Max(table->equations, (size_t) equation[i] + 1);
	}
}

static void
check_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* (counts, reasons, ceilings, equations, cells, hide_from, hide_to) */
Datum
mo_hidden_cells(PG_FUNCTION_ARGS)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "hidden_cells", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);
	mo_linked_cells table = {0};
	Datum	   *result;
	ArrayType  *array;

	mo_check_arguments(fcinfo, 7);
	table.hide_from = PG_GETARG_INT32(5);
	table.hide_to = PG_GETARG_INT32(6);
	if (table.hide_from < 0 || table.hide_to < table.hide_from)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hide_from and hide_to must not be negative nor out of order: %d and %d", PG_GETARG_INT32(5), PG_GETARG_INT32(6)),
				 errhint("To hide the counts 1 to 7 give hide_from => 1, hide_to => 7.")));
	read_cells(fcinfo, &table);
	read_links(fcinfo, &table);
	if (table.equations > 0)
		mo_hide_linked_cells(&table, mo_memory_of(scratch), check_interrupts);
	result = palloc(sizeof(Datum) * (table.cells + 1));
	for (size_t i = 0; i < table.cells; i++)
		result[i] = Int16GetDatum(table.hidden[i] == MO_SHOWN || table.hidden[i] == MO_UNPUBLISHED ? 0 : table.hidden[i] == MO_HIDDEN_WITH_OTHERS ? 2 : 1);
	MemoryContextSwitchTo(caller);
	array = construct_array(result, (int) table.cells, INT2OID, sizeof(int16), true, TYPALIGN_SHORT);
	MemoryContextDelete(scratch);
	PG_RETURN_ARRAYTYPE_P(array);
}
