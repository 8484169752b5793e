/*
 * level_cache.h
 *		A confidence checked and turned into its normal deviate once a call site, not once a row.
 *
 * Kept in fn_extra: each expression node (and each parallel worker) has its own, and it goes with the query.
 */
#ifndef MO_LEVEL_CACHE_H
#define MO_LEVEL_CACHE_H

#include "mo.h"

#include "stats/rate_interval.h"

/* The level of argument `argno`, called `what` in errors. */
static inline const mo_level *
mo_cached_level(FunctionCallInfo fcinfo, int argno, const char *what)
{
	mo_level   *level = fcinfo->flinfo->fn_extra;
	float8		coverage = PG_GETARG_FLOAT8(argno);

	if (level == NULL || level->coverage != coverage)
	{
		mo_open_fraction(coverage, what);
		if (level == NULL)
			level = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(mo_level));
		*level = mo_level_of(coverage);
		fcinfo->flinfo->fn_extra = level;
	}
	return level;
}

#endif							/* MO_LEVEL_CACHE_H */
