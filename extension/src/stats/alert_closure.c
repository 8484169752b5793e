#include "alert_closure.h"

#include <math.h>
#include <string.h>

#define MICROSECONDS_IN_HOUR INT64_C(3600000000)

static const char *const unit_names[] = {"hours", "days", "working_days"};

static const char *const status_names[] = {
	"closed_in_window", "closed_late", "open_in_window", "open_overdue", "closed_before_issue", "no_issue_time",
	"not_yet_issued"
};

/* The place of the name in the list, or n. */
static int
find_name(const char *const *names, int n, const char *name, size_t length)
{
	int			i;

	for (i = 0; i < n; i++)
		if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
			break;
	return i;
}

mo_alert_unit
mo_alert_unit_named(const char *name, size_t length)
{
	return (mo_alert_unit) find_name(unit_names, MO_UNIT_UNKNOWN, name, length);
}

bool
mo_alert_clock_deadline(int64_t issued, int value, mo_alert_unit unit, int64_t *deadline)
{
	int64_t		hours = unit == MO_UNIT_DAYS ? (int64_t) value * 24 : value;

	/* 2^31 days are 5e10 hours: the product fits only up to 2.5e9 of them */
	if (hours > INT64_MAX / MICROSECONDS_IN_HOUR)
		return false;
	if (issued > INT64_MAX - hours * MICROSECONDS_IN_HOUR)
		return false;
	*deadline = issued + hours * MICROSECONDS_IN_HOUR;
	return true;
}

mo_alert_status
mo_alert_status_at(mo_moment issued, mo_moment closed, mo_moment deadline, mo_moment as_at)
{
	if (!issued.known)
		return MO_NO_ISSUE_TIME;
	if (!as_at.known)
		return MO_STATUS_UNKNOWN;
	if (issued.at > as_at.at)
		return MO_NOT_YET_ISSUED;
	if (closed.known && closed.at < issued.at)
		return MO_CLOSED_BEFORE_ISSUE;
	if (!deadline.known)
		return MO_STATUS_UNKNOWN;
	if (closed.known && closed.at <= as_at.at)
		return closed.at <= deadline.at ? MO_CLOSED_IN_WINDOW : MO_CLOSED_LATE;
	return as_at.at <= deadline.at ? MO_OPEN_IN_WINDOW : MO_OPEN_OVERDUE;
}

const char *
mo_alert_status_name(mo_alert_status status)
{
	return status_names[status];
}

mo_alert_status
mo_alert_status_named(const char *name, size_t length)
{
	return (mo_alert_status) find_name(status_names, MO_STATUS_UNKNOWN, name, length);
}

int
mo_alert_rate_count(mo_alert_status status)
{
	switch (status)
	{
		case MO_CLOSED_IN_WINDOW:
			return MO_RATE_IN_WINDOW;
		case MO_CLOSED_LATE:
			return MO_RATE_LATE;
		case MO_OPEN_OVERDUE:
			return MO_RATE_OVERDUE;
		default:
			return -1;
	}
}

double
mo_closed_in_window_rate(const int64_t counts[MO_RATE_COUNTS])
{
	double		due = (double) counts[MO_RATE_IN_WINDOW] + (double) counts[MO_RATE_LATE] + (double) counts[MO_RATE_OVERDUE];

	return due == 0 ? NAN : (double) counts[MO_RATE_IN_WINDOW] / due;
}
