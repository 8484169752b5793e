/* Any times: a deadline is after the issue or refused, a status is the one its name says, and no closure is both late and in time. */
#include "fuzz.h"
#include "stats/alert_closure.h"

#include <math.h>

static int64_t
fuzz_time(fuzz_input *in)
{
	int64_t		value;

	fuzz_take(in, &value, sizeof(value));
	return value;
}

static mo_moment
moment(fuzz_input *in)
{
	int64_t		at = fuzz_time(in);
	mo_moment	result = {(at & 7) != 7, at};

	return result;
}

static void
check_names(const uint8_t *data, size_t size)
{
	mo_alert_status status = mo_alert_status_named((const char *) data, size);

	FUZZ_CHECK(mo_alert_unit_named((const char *) data, size) <= MO_UNIT_UNKNOWN && status <= MO_STATUS_UNKNOWN);
	if (status != MO_STATUS_UNKNOWN)
		FUZZ_CHECK(strlen(mo_alert_status_name(status)) == size && memcmp(mo_alert_status_name(status), data, size) == 0);
	for (status = MO_CLOSED_IN_WINDOW; status < MO_STATUS_UNKNOWN; status++)
		FUZZ_CHECK(mo_alert_status_named(mo_alert_status_name(status), strlen(mo_alert_status_name(status))) == status);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	mo_moment	issued = moment(&in);
	mo_moment	closed = moment(&in);
	mo_moment	deadline = moment(&in);
	mo_moment	as_at = moment(&in);
	int			value = fuzz_int32(&in) & INT32_MAX;
	int64_t		counts[MO_RATE_COUNTS];
	mo_alert_status status = mo_alert_status_at(issued, closed, deadline, as_at);
	double		rate;

	check_names(data, size);
	FUZZ_CHECK(status <= MO_STATUS_UNKNOWN && mo_alert_rate_count(status) < MO_RATE_COUNTS);
	FUZZ_CHECK((status == MO_NO_ISSUE_TIME) == !issued.known);
	if (status == MO_CLOSED_IN_WINDOW)
		FUZZ_CHECK(closed.at >= issued.at && closed.at <= deadline.at && closed.at <= as_at.at);
	if (status == MO_OPEN_OVERDUE)
		FUZZ_CHECK(as_at.at > deadline.at && (!closed.known || closed.at > as_at.at));
	for (mo_alert_unit unit = MO_UNIT_HOURS; unit <= MO_UNIT_DAYS; unit++)
	{
		int64_t		end;

		if (mo_alert_clock_deadline(issued.at, value, unit, &end))
			FUZZ_CHECK(end >= issued.at && (value > 0) == (end > issued.at));
	}
	for (int i = 0; i < MO_RATE_COUNTS; i++)
		counts[i] = fuzz_time(&in) & INT64_MAX;
	rate = mo_closed_in_window_rate(counts);
	FUZZ_CHECK(isnan(rate) || (rate >= 0 && rate <= 1));
	return 0;
}
