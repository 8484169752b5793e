/*
 * held_months.h
 *		Months at whose end an event still holds: a test is in date for so long after its day, say. Plain C.
 *
 * A day is a count of days since 2000-01-01. An event holds from its day to the day that lies span.months months and then span.days days
 * after it, both included; the day of the month is cut to the length of the month arrived at, as PostgreSQL's date + interval does. It holds
 * in the months whose last day is one of these.
 */
#ifndef MO_STATS_HELD_MONTHS_H
#define MO_STATS_HELD_MONTHS_H

#include "patient_months.h"

/* Bounds of a span, each from 0. */
#define MO_SPAN_MONTHS_LIMIT 1200
#define MO_SPAN_DAYS_LIMIT 36600

typedef struct mo_span
{
	int			months;
	int			days;
} mo_span;

/* The last day on which an event of this day holds. */
extern int64_t mo_span_last_day(int64_t day, mo_span span);

/*
 * Adds the months of n events to a settled map: element i is an event of patients[i], all of them from 1 on, on days[i], any day. Months
 * outside the map's are left out. Works out months once a day, not once an event: for many events.
 */
extern void mo_held_months_add(mo_patient_months *map, const int32_t *patients, const int32_t *days, size_t n, mo_span span);

#endif							/* MO_STATS_HELD_MONTHS_H */
