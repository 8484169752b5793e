/*
 * london_time.h
 *		London dates of moments, whatever the session's time zone.
 */
#ifndef MO_LONDON_TIME_H
#define MO_LONDON_TIME_H

#include "mo.h"

#include "utils/timestamp.h"

/* Refuses infinite times; `what` is the argument's name as the user sees it. */
extern TimestampTz mo_finite_moment(TimestampTz moment, const char *what);

/* The London date of a finite moment: days since 2000-01-01. */
extern int64 mo_london_date(TimestampTz moment);

/* The last microsecond of a London day; false when it is out of the range of timestamptz. */
extern bool mo_london_day_end(int64 day, TimestampTz *end);

#endif /* MO_LONDON_TIME_H */
