#include "funnel_limits.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "distribution.h"
#include "double_sum.h"

#define HALF_PI 1.57079632679489661923

/* --------------------------------------------------------------------- proportions */

/* side: -1 for the lower limit, 1 for the upper one */
static double
proportion_limit(double average, double denominator, const mo_level *level, double tau2, int side)
{
	double		limit;
	double		angle;

	if (tau2 == 0)
	{
		limit = average + side * level->z * sqrt(average * ((1 - average) / denominator));
		return fmin(fmax(limit, 0), 1);
	}
	angle = asin(sqrt(average)) + side * level->z * sqrt(0.25 / denominator + tau2);
	limit = sin(fmin(fmax(angle, 0), HALF_PI));
	return limit * limit;
}

double
mo_funnel_proportion_lower(double average, double denominator, const mo_level *level, double tau2)
{
	return proportion_limit(average, denominator, level, tau2, -1);
}

double
mo_funnel_proportion_upper(double average, double denominator, const mo_level *level, double tau2)
{
	return proportion_limit(average, denominator, level, tau2, 1);
}

int
mo_funnel_proportion_side(double numerator, double denominator, double average, const mo_level *level, double tau2)
{
	double		value = numerator / denominator;

	if (value > proportion_limit(average, denominator, level, tau2, 1))
		return 1;
	return -(value < proportion_limit(average, denominator, level, tau2, -1));
}

/* -------------------------------------------------------------------------- counts */

typedef struct tail_search
{
	double		expected;
	double		tail;
	bool		upper;
} tail_search;

/* How far the tail beyond a count is from the one wanted, on the logarithmic scale: falls with the distance from expected. */
static double
tail_excess(double count, const void *context)
{
	const tail_search *search = context;
	double		p = search->upper ? mo_gamma_p(count, search->expected) : mo_gamma_q(count + 1, search->expected);

	return log(fmax(p, DBL_MIN)) - log(search->tail);
}

/* The count with the tail wanted, near the guess of the square root transformation; from expected outwards. */
static double
poisson_limit(const tail_search *search, double z)
{
	double		shift = search->upper ? z / 2 : -z / 2;
	double		root = sqrt(search->expected) + shift;
	double		guess = root > 0 ? root * root : 0;
	double		width = fmax(1 + z * z / 2, 16 * DBL_EPSILON * guess);
	double		near = search->upper ? fmax(guess - width, search->expected) : fmin(guess + width, search->expected);
	double		far = search->upper ? guess + width : fmax(guess - width, 0);

	if (tail_excess(near, search) < 0)
		near = search->expected;
	for (int i = 0; i < 100 && tail_excess(far, search) > 0; i++)
	{
		width *= 2;
		far = search->upper ? guess + width : fmax(guess - width, 0);
	}
	return mo_root(tail_excess, search, near, far);
}

/* Square root transformation; the lower limit stops at 0. */
static double
dispersed_limit(double expected, const mo_level *level, double tau2, int side)
{
	double		root = fmax(1 + side * level->z * sqrt(0.25 / expected + tau2), 0);

	return expected * root * root;
}

double
mo_funnel_count_lower(double expected, const mo_level *level, double tau2)
{
	tail_search search = {expected, level->tail, false};

	if (expected == 0)
		return 0;
	if (tau2 > 0)
		return dispersed_limit(expected, level, tau2, -1);
	if (exp(-expected) >= level->tail)
		return 0;
	return poisson_limit(&search, level->z);
}

double
mo_funnel_count_upper(double expected, const mo_level *level, double tau2)
{
	tail_search search = {expected, level->tail, true};

	if (expected == 0)
		return 0;
	if (tau2 > 0)
		return dispersed_limit(expected, level, tau2, 1);
	return poisson_limit(&search, level->z);
}

int
mo_funnel_count_side(double count, double expected, const mo_level *level, double tau2)
{
	if (tau2 > 0 && expected > 0)
	{
		if (count > dispersed_limit(expected, level, tau2, 1))
			return 1;
		return -(count < dispersed_limit(expected, level, tau2, -1));
	}
	if (count > expected)
		return mo_gamma_p(count, expected) < level->tail;
	return -(mo_gamma_q(count + 1, expected) < level->tail);
}

/* ---------------------------------------------------------------------- dispersion */

static int
compare_doubles(const void *a, const void *b)
{
	double		x = *(const double *) a;
	double		y = *(const double *) b;

	return (x > y) - (x < y);
}

/* Type 7 quantile of sorted numbers (R's default, PostgreSQL's percentile_cont). */
static double
sorted_quantile(const double *sorted, int64_t n, double fraction)
{
	double		position = fraction * (double) (n - 1);
	int64_t		below = (int64_t) position;
	double		part = position - (double) below;

	if (below + 1 >= n)
		return sorted[n - 1];
	return sorted[below] + part * (sorted[below + 1] - sorted[below]);
}

static double
average_of(const double *pairs, int64_t n)
{
	double		numerator[2] = {0, 0};
	double		denominator[2] = {0, 0};

	for (int64_t i = 0; i < n; i++)
	{
		mo_sum_add(numerator, pairs[2 * i]);
		mo_sum_add(denominator, pairs[2 * i + 1]);
	}
	return mo_sum_value(numerator) / mo_sum_value(denominator);
}

static double
z_score(mo_funnel_kind kind, const double *pair, double average)
{
	if (kind == MO_FUNNEL_PROPORTION)
		return 2 * sqrt(pair[1]) * (asin(sqrt(pair[0] / pair[1])) - asin(sqrt(fmin(average, 1))));
	return 2 * (sqrt(pair[0]) - sqrt(average * pair[1]));
}

/* Mean square of the sorted z-scores after the outer ones were drawn in to the quantiles. */
static double
winsorised_mean_square(const double *z, int64_t n, double winsorised)
{
	double		low = sorted_quantile(z, n, winsorised);
	double		high = sorted_quantile(z, n, 1 - winsorised);
	double		sum[2] = {0, 0};

	for (int64_t i = 0; i < n; i++)
	{
		double		drawn_in = fmin(fmax(z[i], low), high);

		mo_sum_add_product(sum, drawn_in, drawn_in);
	}
	return mo_sum_value(sum) / (double) n;
}

/* sum w - sum w^2 / sum w; w is 4 n for proportions, 4 expected for rates, taken relative to `scale` until the end. */
static double
weight_spread(const double *pairs, int64_t n, double scale)
{
	double		sum[2] = {0, 0};
	double		squares[2] = {0, 0};

	for (int64_t i = 0; i < n; i++)
	{
		mo_sum_add(sum, pairs[2 * i + 1]);
		mo_sum_add_product(squares, pairs[2 * i + 1], pairs[2 * i + 1]);
	}
	return 4 * scale * (mo_sum_value(sum) - mo_sum_value(squares) / mo_sum_value(sum));
}

mo_dispersion
mo_funnel_dispersion(mo_funnel_kind kind, const double *pairs, int64_t n, double winsorised, double *z)
{
	mo_dispersion result = {0, 0};
	double		average = average_of(pairs, n);
	double		spread = weight_spread(pairs, n, kind == MO_FUNNEL_PROPORTION ? 1 : average);
	double		excess;

	for (int64_t i = 0; i < n; i++)
		z[i] = z_score(kind, &pairs[2 * i], average);
	qsort(z, (size_t) n, sizeof(double), compare_doubles);
	result.phi = winsorised_mean_square(z, n, winsorised);
	excess = (double) n * result.phi - (double) (n - 1);
	if (excess > 0 && spread > 0)
		result.tau2 = excess / spread;
	return result;
}

double
mo_systematic_term(double observed, double expected)
{
	double		relative = (observed - expected) / expected;

	return relative * relative - 1 / expected;
}
