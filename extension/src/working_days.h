/*
 * working_days.h
 *		The holidays argument of a binding function, prepared once and kept from call to call.
 */
#ifndef MO_WORKING_DAYS_H
#define MO_WORKING_DAYS_H

#include "mo.h"

#include "stats/working_days.h"

/*
 * Argument `argno`, a date[], as sorted weekday holidays. The result lives at least until the next call for the same
 * call site and is not to be freed.
 */
extern const mo_holidays *mo_holidays_argument(FunctionCallInfo fcinfo, int argno);

#endif /* MO_WORKING_DAYS_H */
