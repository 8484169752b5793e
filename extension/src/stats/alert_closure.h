/*
 * alert_closure.h
 *		Was a safety alert closed in its window? Deadlines by the clock, the status of one alert, the rate of many. Plain C.
 *
 * Times are microseconds since 2000-01-01 00:00 UTC, as PostgreSQL's timestamptz; callers refuse infinities.
 * Source of the rules: design, section 5a.3. "hours" and "days" are elapsed time, a day being 24 hours (summer time does
 * not matter); a deadline in working days needs a calendar and a time zone and is made in the binding.
 */
#ifndef MO_STATS_ALERT_CLOSURE_H
#define MO_STATS_ALERT_CLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum mo_alert_unit
{
	MO_UNIT_HOURS,
	MO_UNIT_DAYS,
	MO_UNIT_WORKING_DAYS,
	MO_UNIT_UNKNOWN
} mo_alert_unit;

/* The first four are the columns of alert_counts.h, in this order. */
typedef enum mo_alert_status
{
	MO_CLOSED_IN_WINDOW,
	MO_CLOSED_LATE,
	MO_OPEN_IN_WINDOW,
	MO_OPEN_OVERDUE,
	MO_CLOSED_BEFORE_ISSUE,
	MO_NO_ISSUE_TIME,
	MO_NOT_YET_ISSUED,
	MO_STATUS_UNKNOWN			/* nothing to say: a null */
} mo_alert_status;

/* A time that may be missing. */
typedef struct mo_moment
{
	bool		known;
	int64_t		at;
} mo_moment;

/* Counts of what makes the rate; all of them are due. */
enum
{
	MO_RATE_IN_WINDOW, MO_RATE_LATE, MO_RATE_OVERDUE, MO_RATE_COUNTS
};

extern mo_alert_unit mo_alert_unit_named(const char *name, size_t length);

/* issued + value hours or days of 24 hours; false when that leaves int64. value >= 0. */
extern bool mo_alert_clock_deadline(int64_t issued, int value, mo_alert_unit unit, int64_t *deadline);

/*
 * The status as it was known at as_at. In this order: no issue time; as_at unknown gives unknown; issued after as_at;
 * a closure after as_at has not happened yet; closed before issue; without a deadline nothing is due and there is no
 * status; a closure or as_at exactly at the deadline is in the window.
 */
extern mo_alert_status mo_alert_status_at(mo_moment issued, mo_moment closed, mo_moment deadline, mo_moment as_at);

/* The name of a status (not of MO_STATUS_UNKNOWN), and the status of a name (MO_STATUS_UNKNOWN if it is none). */
extern const char *mo_alert_status_name(mo_alert_status status);
extern mo_alert_status mo_alert_status_named(const char *name, size_t length);

/* Which of the rate's counts a status adds to; -1 when it is not due. */
extern int	mo_alert_rate_count(mo_alert_status status);

/* In window / due, 0 to 1; NaN when nothing is due (the caller's null). Counts are not negative. */
extern double mo_closed_in_window_rate(const int64_t counts[MO_RATE_COUNTS]);

#endif /* MO_STATS_ALERT_CLOSURE_H */
