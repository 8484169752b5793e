/* Any shape, point and probability: probabilities are in [0, 1], add up, rise with x, and quantiles lead back to them. */
#include "fuzz.h"
#include "stats/distribution.h"

#include <float.h>
#include <math.h>

static void
check_tails(double a, double x)
{
	double		p = mo_gamma_p(a, x);
	double		q = mo_gamma_q(a, x);
	double		further = x + (x + 1) / 64;

	FUZZ_CHECK(p >= 0 && p <= 1 + 1e-12 && q >= 0 && q <= 1 + 1e-12 && fabs(p + q - 1) < 1e-9);
	FUZZ_CHECK(mo_gamma_p(a, further) >= p * (1 - 1e-9) && mo_gamma_q(a, further) <= q * (1 + 1e-9) + DBL_MIN);
}

/* The x of a probability has that probability, as nearly as one step of x's last digits can tell. */
static void
check_quantiles(double a, double probability)
{
	double		x = mo_gamma_quantile(a, probability);
	double		slack = 1e-9 + 1e-13 * sqrt(a) * 8;

	FUZZ_CHECK(isfinite(x) && x >= 0);
	if (x > 1e-290)
		FUZZ_CHECK(fabs(mo_gamma_p(a, x) - probability) <= slack * probability * (1 + sqrt(a)));
	x = mo_gamma_upper_quantile(a, probability);
	FUZZ_CHECK(isfinite(x) && x >= 0);
	FUZZ_CHECK(fabs(mo_gamma_q(a, x) - probability) <= slack * probability * (1 + sqrt(a)));
}

static double
line(double x, const void *context)
{
	return x * x * x - *(const double *) context;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	double		coverage = fuzz_double_between(&in, 1e-12, 1 - 1e-12);
	double		a = fuzz_double_between(&in, 1, 1e7);
	double		x = fuzz_double_between(&in, 0, 2e7);
	double		probability = fuzz_double_between(&in, 1e-14, 1 - 1e-14);
	double		cube = fuzz_double_between(&in, 1e-6, 1e6);
	double		z = mo_normal_deviate(coverage);
	double		root = mo_root(line, &cube, 0, 1000);

	FUZZ_CHECK(z > 0 && z < 40 && fabs(erf(z / sqrt(2)) - coverage) < 1e-12);
	check_tails(a, x);
	check_tails(a / 10, x);
	check_quantiles(a, probability);
	FUZZ_CHECK(fabs(root - cbrt(cube)) <= 1e-12 * cbrt(cube));
	return 0;
}
