/*
 * nhs_calendar.h
 *		NHS financial years and calendar months over day numbers. Plain C.
 *
 * A day is a count of days since 2000-01-01 (PostgreSQL's own date), proleptic Gregorian. Year 0 is 1 BC.
 * The NHS financial year runs from 1 April to 31 March and is named after the year it begins in; April is month 1.
 * Valid for |day| < 2^31 - 2^20 (the whole range of PostgreSQL's date); callers handle infinite dates themselves.
 */
#ifndef MO_STATS_NHS_CALENDAR_H
#define MO_STATS_NHS_CALENDAR_H

#include <stdint.h>

typedef struct mo_civil
{
	int64_t		year;			/* astronomical: 0 is 1 BC */
	int			month;			/* 1 to 12 */
	int			day;			/* 1 to 31 */
} mo_civil;

/* Source of both: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and civil_from_days. */
extern mo_civil mo_civil_from_days(int64_t days);
extern int64_t mo_days_from_civil(int64_t year, int month, int day);

extern int64_t mo_month_start(int64_t day);
extern int64_t mo_month_end(int64_t day);
extern int64_t mo_financial_year(int64_t day);	/* the year it begins in */
extern int64_t mo_financial_year_start(int64_t day);
extern int	mo_financial_month(int64_t day);	/* April 1 ... March 12 */
extern int	mo_financial_quarter(int64_t day);	/* 1 to 4 */

/* Months since January 2000 (negative before): the month index of the performance notes. */
extern int64_t mo_month_index(int64_t day);

/* The day that begins the month of an index. */
extern int64_t mo_month_begins(int64_t index);

#endif /* MO_STATS_NHS_CALENDAR_H */
