/* Any count, denominator and confidence there may be: limits are finite, in order, and hold the estimate. */
#include <math.h>

#include "fuzz.h"
#include "stats/funnel_limits.h"
#include "stats/rate_interval.h"

/* A little beyond what rounding can do. */
static int
in_order(double a, double b)
{
	return a <= b + 1e-9 * (fabs(a) + fabs(b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	mo_level	level = mo_level_of(fuzz_double_between(&in, 1e-6, 1 - 1e-12));
	double		denominator = fuzz_double_between(&in, 1e-3, 1e15);
	double		numerator = fuzz_double_between(&in, 0, denominator);
	double		average = fuzz_double_between(&in, 0, 1);
	double		tau2 = fuzz_double_between(&in, 0, 10);
	double		lower = mo_wilson_lower(numerator, denominator, &level);
	double		upper = mo_wilson_upper(numerator, denominator, &level);

	FUZZ_CHECK(lower >= 0 && upper <= 1 && in_order(lower, numerator / denominator) && in_order(numerator / denominator, upper));

	lower = mo_count_lower(numerator, &level);
	upper = mo_count_upper(numerator, &level);
	FUZZ_CHECK(isfinite(upper) && lower >= 0 && in_order(lower, numerator) && in_order(numerator, upper));

	lower = mo_funnel_proportion_lower(average, denominator, &level, tau2);
	upper = mo_funnel_proportion_upper(average, denominator, &level, tau2);
	FUZZ_CHECK(lower >= 0 && upper <= 1 && in_order(lower, average) && in_order(average, upper));

	lower = mo_funnel_count_lower(numerator, &level, tau2);
	upper = mo_funnel_count_upper(numerator, &level, tau2);
	FUZZ_CHECK(isfinite(upper) && lower >= 0 && in_order(lower, upper));
	return 0;
}
