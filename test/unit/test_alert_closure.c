/* Alert statuses over all orders of their four times. */
#include "tap.h"

#include "stats/alert_closure.h"

#define HOUR INT64_C(3600000000)

static const mo_moment unknown = {false, 0};

static mo_moment
at(int64_t when)
{
	mo_moment	moment = {true, when};

	return moment;
}

/* The sentences of the design, one by one. */
static void
check_status(void)
{
	is_int(mo_alert_status_at(unknown, at(1), at(2), at(3)), MO_NO_ISSUE_TIME, "no issue time is invalid");
	is_int(mo_alert_status_at(unknown, unknown, unknown, unknown), MO_NO_ISSUE_TIME, "whatever else is missing");
	is_int(mo_alert_status_at(at(5), at(1), at(9), at(4)), MO_NOT_YET_ISSUED, "issued after as_at");
	is_int(mo_alert_status_at(at(5), at(4), at(9), at(10)), MO_CLOSED_BEFORE_ISSUE, "closed only before issue is invalid");
	is_int(mo_alert_status_at(at(5), at(9), at(9), at(10)), MO_CLOSED_IN_WINDOW, "closing exactly at the deadline is in time");
	is_int(mo_alert_status_at(at(5), at(10), at(9), at(10)), MO_CLOSED_LATE, "a microsecond later is not");
	is_int(mo_alert_status_at(at(5), at(8), at(9), at(7)), MO_OPEN_IN_WINDOW, "a closure after as_at is not yet a closure");
	is_int(mo_alert_status_at(at(5), at(12), at(9), at(11)), MO_OPEN_OVERDUE, "nor when it is overdue");
	is_int(mo_alert_status_at(at(5), unknown, at(9), at(9)), MO_OPEN_IN_WINDOW, "open at the deadline is in the window");
	is_int(mo_alert_status_at(at(5), unknown, at(9), at(10)), MO_OPEN_OVERDUE, "open after the deadline is overdue");
	is_int(mo_alert_status_at(at(5), at(6), unknown, at(10)), MO_STATUS_UNKNOWN, "without a deadline nothing is due");
	is_int(mo_alert_status_at(at(5), at(6), at(9), unknown), MO_STATUS_UNKNOWN, "without as_at nothing is known");
}

static void
check_names(void)
{
	int			round_trips = 0;

	for (int status = 0; status < MO_STATUS_UNKNOWN; status++)
	{
		const char *name = mo_alert_status_name(status);

		round_trips += mo_alert_status_named(name, strlen(name)) == (mo_alert_status) status;
	}
	is_int(round_trips, MO_STATUS_UNKNOWN, "every status has its name");
	is_int(mo_alert_status_named("closed_late ", 12), MO_STATUS_UNKNOWN, "a longer name is none");
	is_int(mo_alert_status_named("closed", 6), MO_STATUS_UNKNOWN, "nor the beginning of one");
	is_int(mo_alert_unit_named("working_days", 12), MO_UNIT_WORKING_DAYS, "working_days is a unit");
	is_int(mo_alert_unit_named("working_days", 11), MO_UNIT_UNKNOWN, "working_day is not");
}

static void
check_clock(void)
{
	int64_t		deadline;

	ok(mo_alert_clock_deadline(7, 48, MO_UNIT_HOURS, &deadline) && deadline == 7 + 48 * HOUR, "48 hours");
	ok(mo_alert_clock_deadline(7, 2, MO_UNIT_DAYS, &deadline) && deadline == 7 + 48 * HOUR, "two days are 48 hours");
	ok(mo_alert_clock_deadline(7, 0, MO_UNIT_HOURS, &deadline) && deadline == 7, "an immediate window");
	ok(!mo_alert_clock_deadline(7, INT32_MAX, MO_UNIT_DAYS, &deadline), "2^31 days overflow");
	ok(!mo_alert_clock_deadline(INT64_MAX - HOUR, 2, MO_UNIT_HOURS, &deadline), "so does the end of time");
	ok(mo_alert_clock_deadline(INT64_MAX - HOUR, 1, MO_UNIT_HOURS, &deadline) && deadline == INT64_MAX, "up to the last hour");
}

static void
check_rate(void)
{
	int64_t		some[] = {3, 1, 2};
	int64_t		nothing[] = {0, 0, 0};
	int64_t		many[] = {INT64_MAX, INT64_MAX, 0};

	is_close(mo_closed_in_window_rate(some), 0.5, 0, "3 of 6");
	is_close(mo_closed_in_window_rate(nothing), NAN, 0, "nothing due");
	is_close(mo_closed_in_window_rate(many), 0.5, 0, "counts near the end of int64");
	is_int(mo_alert_rate_count(MO_OPEN_IN_WINDOW), -1, "open in its window is not due");
}

int
main(void)
{
	check_status();
	check_names();
	check_clock();
	check_rate();
	return done();
}
