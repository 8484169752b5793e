/*
 * mo.h
 *		What every binding file of the extension shares: refusing bad input at the door, and float8[] aggregate states.
 *
 * The arithmetic itself is in stats/, which knows nothing of PostgreSQL.
 */
#ifndef MO_H
#define MO_H

#include "postgres.h"
#include "fmgr.h"
#include "utils/array.h"
#include "windowapi.h"

#include "compat.h"

/*
 * That the function is declared in this database with as many arguments as are read: others may have been made by another
 * version. To be called before any of them is, by what has changed and by what takes many.
 */
pg_noreturn extern void mo_refuse_declaration(FunctionCallInfo fcinfo, int arguments);

static inline void
mo_check_arguments(FunctionCallInfo fcinfo, int arguments)
{
	if (unlikely(PG_NARGS() != arguments))
		mo_refuse_declaration(fcinfo, arguments);
}

/*
 * Refuse NaN and infinities: they would travel into every figure above.
 * `what` is the argument's name as the user sees it.
 */
extern float8 mo_finite(float8 value, const char *what);

/* As mo_finite, and not below zero (ERRCODE_INVALID_PARAMETER_VALUE). */
extern float8 mo_not_negative(float8 value, const char *what);

/* As mo_finite, and strictly between 0 and 1. */
extern float8 mo_open_fraction(float8 value, const char *what);

/*
 * The n numbers of a float8[] aggregate state in argument `argno`, checked (one dimension, n elements, no nulls).
 * In an aggregate the array may be changed in place; called by hand it is a copy.
 * *state is set to what the transition function has to return.
 */
extern float8 *mo_float8_state(FunctionCallInfo fcinfo, int argno, int n, ArrayType **state);

/* The rows of a window function's partition: refused where there are more than an int can number. */
extern int	mo_partition_rows(WindowObject winobj);

/* The sorted, finite days of a date[] of holidays: one dimension or empty, no nulls. Caller does not free. */
extern int32 *mo_date_array(ArrayType *array, const char *what, int *count);

#endif /* MO_H */
