/* Any series with gaps: limits hold the mean, a cause is what its rule says, and gaps and short series have none. */
#include "fuzz.h"
#include "stats/control_chart.h"

#include <math.h>

#define MOST 200

static void
check_cause(const double *values, size_t n, size_t i, const mo_xmr *xmr, mo_cause cause)
{
	int			neighbours = 0;

	FUZZ_CHECK(cause < MO_CAUSES && (cause == MO_CAUSE_UNKNOWN) == (mo_cause_name(cause) == NULL));
	FUZZ_CHECK((cause == MO_CAUSE_UNKNOWN) == (isnan(values[i]) || xmr->points < MO_XMR_FEWEST_POINTS || xmr->ranges == 0));
	if (xmr->ranges > 0 && cause != MO_CAUSE_UNKNOWN)
	{
		FUZZ_CHECK((cause == MO_CAUSE_ABOVE_UPPER_LIMIT) == (values[i] > xmr->upper));
		FUZZ_CHECK((cause == MO_CAUSE_BELOW_LOWER_LIMIT) == (values[i] < xmr->lower));
	}
	if (cause == MO_CAUSE_SEVEN_ABOVE || cause == MO_CAUSE_TWO_OF_THREE_ABOVE)
		FUZZ_CHECK(values[i] > xmr->mean && mo_cause_direction(cause) == 1);
	if (cause == MO_CAUSE_SEVEN_BELOW || cause == MO_CAUSE_TWO_OF_THREE_BELOW)
		FUZZ_CHECK(values[i] < xmr->mean && mo_cause_direction(cause) == -1);
	if (cause == MO_CAUSE_INCREASING_TREND)
	{
		neighbours += i > 0 && values[i - 1] < values[i];
		neighbours += i + 1 < n && values[i + 1] > values[i];
		FUZZ_CHECK(neighbours > 0);
	}
}

/* Months that are not there say what values that are not there say, however many they are. */
static void
check_months(const double *values, size_t n, const unsigned char *causes)
{
	int64_t		months[MOST];
	double		known[MOST];
	double		spaced[2 * MOST];
	unsigned char again[2 * MOST];
	size_t		count = 0;
	size_t		places;
	mo_xmr		xmr;

	for (size_t i = 0; i < n; i++)
	{
		if (isnan(values[i]))
			continue;
		months[count] = (int64_t) i;
		known[count++] = values[i];
	}
	places = mo_space_months(known, months, count, spaced);
	FUZZ_CHECK(places >= count && places <= 2 * count);
	mo_xmr_limits(spaced, places, &xmr);
	mo_special_causes(spaced, places, &xmr, again);
	mo_unspace_causes(again, months, count);
	for (size_t i = 0; i < count; i++)
		FUZZ_CHECK(again[i] == causes[months[i]]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	int			small = fuzz_int32(&in) & 1;	/* small whole numbers make ties, runs and trends */
	double		values[MOST];
	unsigned char causes[MOST];
	size_t		n = 0;
	mo_xmr		xmr;

	while (in.left > 0 && n < MOST)
	{
		if (small)
		{
			unsigned char byte;

			fuzz_take(&in, &byte, 1);
			values[n] = byte == 255 ? NAN : byte % 32;
		}
		else
			values[n] = fuzz_double(&in);
		if (isinf(values[n]))
			values[n] = NAN;
		n++;
	}
	mo_xmr_limits(values, n, &xmr);
	FUZZ_CHECK(xmr.points <= n && (xmr.ranges == 0 || xmr.ranges < xmr.points));
	if (!isfinite(xmr.mean) || !isfinite(xmr.lower) || !isfinite(xmr.upper))
		return 0;				/* which the caller refuses */
	FUZZ_CHECK(xmr.lower <= xmr.near_lower && xmr.near_lower <= xmr.mean && xmr.mean <= xmr.near_upper && xmr.near_upper <= xmr.upper);
	mo_special_causes(values, n, &xmr, causes);
	for (size_t i = 0; i < n; i++)
		check_cause(values, n, i, &xmr, causes[i]);
	check_months(values, n, causes);
	return 0;
}
