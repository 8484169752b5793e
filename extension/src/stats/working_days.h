/*
 * working_days.h
 *		Working days (Monday to Friday, not a holiday) over day numbers, in O(log holidays) whatever the span. Plain C.
 *
 * A day is a count of days since 2000-01-01 (a Saturday), as PostgreSQL's date; valid for |day| < 2^40, so callers may
 * step past either end of the calendar and look afterwards. Callers refuse infinite dates and know no nulls here.
 *
 * Every day has a number: W(day) = weekdays up to and including day - holidays up to and including day, counted from an
 * arbitrary Monday. Whole weeks give the first term, a binary search the second. W grows by 1 on a working day and
 * stays as it is on any other, so the days in (start, finish] that are worked are W(finish) - W(start).
 * Source: definition (design, section 4); the same prefix sum as the "running working-day number" of a calendar table.
 */
#ifndef MO_STATS_WORKING_DAYS_H
#define MO_STATS_WORKING_DAYS_H

#include <stdbool.h>
#include <stdint.h>

/* Holidays that fall on a weekday, ascending and distinct: what mo_weekday_holidays() leaves. */
typedef struct mo_holidays
{
	int			count;
	const int32_t *days;
} mo_holidays;

/* Drops the holidays at weekends from `days` (ascending, distinct) in place: they are no working days already. Returns how many stay. */
extern int	mo_weekday_holidays(int32_t *days, int count);

extern bool mo_is_working_day(int64_t day, const mo_holidays *holidays);

/* Working days d with start < d <= finish; with start and finish exchanged, the same number negative. */
extern int64_t mo_working_days_between(int64_t start, int64_t finish, const mo_holidays *holidays);

/*
 * The day r with between(day, r) = n: for n > 0 the n-th working day after `day`, for n < 0 the working day r with -n
 * working days in (r, day], for n = 0 the day itself, worked or not. |n| < 2^40.
 */
extern int64_t mo_add_working_days(int64_t day, int64_t n, const mo_holidays *holidays);

#endif /* MO_STATS_WORKING_DAYS_H */
