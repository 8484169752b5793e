#include "funnel_dispersion.h"

#include <math.h>
#include <stdlib.h>

#include "double_sum.h"

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

typedef struct average
{
	double		ratio;
	double		angle;			/* of a proportion, on the arcsine square root scale */
} average;

/*
 * asin(sqrt(part / (part + rest))). From the rest, because near a proportion of 1 the arcsine of a rounded quotient is right to half
 * its digits only, which sqrt(n) of a large organisation would make visible.
 */
static double
angle_of(double part, double rest)
{
	return atan2(sqrt(part), sqrt(rest));
}

static average
average_of(mo_funnel_kind kind, const double *pairs, int64_t n)
{
	double		numerator[2] = {0, 0};
	double		denominator[2] = {0, 0};
	double		rest[2] = {0, 0};
	average		result = {0, 0};

	for (int64_t i = 0; i < n; i++)
	{
		mo_sum_add(numerator, pairs[2 * i]);
		mo_sum_add(denominator, pairs[2 * i + 1]);
		mo_sum_add(rest, pairs[2 * i + 1] - pairs[2 * i]);
	}
	result.ratio = mo_sum_value(numerator) / mo_sum_value(denominator);
	if (kind == MO_FUNNEL_PROPORTION)
		result.angle = angle_of(mo_sum_value(numerator), mo_sum_value(rest));
	return result;
}

static double
z_score(mo_funnel_kind kind, const double *pair, const average *about)
{
	if (kind == MO_FUNNEL_PROPORTION)
		return 2 * sqrt(pair[1]) * (angle_of(pair[0], pair[1] - pair[0]) - about->angle);
	return 2 * (sqrt(pair[0]) - sqrt(about->ratio * pair[1]));
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

static double
largest_denominator(const double *pairs, int64_t n)
{
	double		largest = 0;

	for (int64_t i = 0; i < n; i++)
		largest = fmax(largest, pairs[2 * i + 1]);
	return largest;
}

/*
 * sum w - sum w^2 / sum w; w is 4 n for proportions, 4 expected for rates, taken relative to `scale` until the end, and to a power of
 * two, which rounds nothing, so that products stay in a double's range. Taken as 2 sum(i < j) w_i w_j / sum w, which subtracts nothing:
 * where one organisation outweighs the rest, the difference of the two sums would be noise.
 */
static double
weight_spread(const double *pairs, int64_t n, double scale)
{
	int			exponent = ilogb(largest_denominator(pairs, n));
	double		sum[2] = {0, 0};
	double		products[2] = {0, 0};

	for (int64_t i = 0; i < n; i++)
	{
		double		weight = scalbn(pairs[2 * i + 1], -exponent);

		mo_sum_add_product(products, weight, mo_sum_value(sum));
		mo_sum_add(sum, weight);
	}
	return 8 * scale * scalbn(mo_sum_value(products) / mo_sum_value(sum), exponent);
}

mo_dispersion
mo_funnel_dispersion(mo_funnel_kind kind, const double *pairs, int64_t n, double winsorised, double *z)
{
	mo_dispersion result = {0, 0};
	average		about = average_of(kind, pairs, n);
	double		spread = weight_spread(pairs, n, kind == MO_FUNNEL_PROPORTION ? 1 : about.ratio);
	double		excess;

	for (int64_t i = 0; i < n; i++)
		z[i] = z_score(kind, &pairs[2 * i], &about);
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
