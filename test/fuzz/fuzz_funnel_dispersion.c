/* Any organisations: phi and tau2 do not depend on their order and are finite and not negative. */
#include "fuzz.h"
#include "stats/funnel_dispersion.h"

#include <math.h>

#define MOST 60

/*
 * Up to here a double tells one count from the next. Of larger "counts" the difference of two square roots is rounding, which the order
 * of the sums decides: there only the range of the answers is a promise.
 */
#define LARGEST_COUNT 9007199254740992.0

static void
check(mo_funnel_kind kind, const double *pairs, int64_t n, double winsorised)
{
	double		reversed[2 * MOST];
	double		z[MOST];
	double		largest = 0;
	mo_dispersion there;
	mo_dispersion back;

	for (int64_t i = 0; i < n; i++)
		largest = fmax(largest, pairs[2 * i + 1]);
	for (int64_t i = 0; i < n; i++)
		memcpy(&reversed[2 * i], &pairs[2 * (n - 1 - i)], 2 * sizeof(double));
	there = mo_funnel_dispersion(kind, pairs, n, winsorised, z);
	for (int64_t i = 1; i < n; i++)
		FUZZ_CHECK(z[i - 1] <= z[i]);
	back = mo_funnel_dispersion(kind, reversed, n, winsorised, z);
	FUZZ_CHECK(isfinite(there.phi) && there.phi >= 0 && isfinite(there.tau2) && there.tau2 >= 0);
	if (kind == MO_FUNNEL_PROPORTION || largest <= LARGEST_COUNT)
		FUZZ_CHECK(fabs(there.phi - back.phi) <= 1e-9 * (there.phi + 1) && fabs(there.tau2 - back.tau2) <= 1e-6 * (there.tau2 + 1));
	FUZZ_CHECK(winsorised > 0 || there.phi * (double) n > (double) n - 1 || there.tau2 == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	double		winsorised = fuzz_double_between(&in, 0, 0.49);
	double		pairs[2 * MOST];
	int64_t		n = 0;

	while (in.left > 0 && n < MOST)
	{
		pairs[2 * n + 1] = fuzz_double_between(&in, 1e-200, 1e200);
		pairs[2 * n] = fuzz_double_between(&in, 0, pairs[2 * n + 1]);
		n++;
	}
	if (n < 2)
		return 0;
	check(MO_FUNNEL_PROPORTION, pairs, n, winsorised);
	check(MO_FUNNEL_RATE, pairs, n, winsorised);
	for (int64_t i = 0; i < n; i++)
		FUZZ_CHECK(isfinite(mo_systematic_term(pairs[2 * i], pairs[2 * i + 1])));
	return 0;
}
