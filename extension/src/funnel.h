/*
 * funnel.h
 *		What the binding files of intervals, funnel limits and dispersion share.
 */
#ifndef MO_FUNNEL_H
#define MO_FUNNEL_H

#include "mo.h"

/* A proportion's numerator is a part of its denominator. */
static inline void
mo_check_proportion(float8 numerator, float8 denominator)
{
	if (numerator > denominator)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("numerator %g is above denominator %g in a proportion", numerator, denominator),
				 errhint("Where events can outnumber people use the functions for rates.")));
}

#endif							/* MO_FUNNEL_H */
