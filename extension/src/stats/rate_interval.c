#include "rate_interval.h"

#include <math.h>

#include "distribution.h"

mo_level
mo_level_of(double coverage)
{
	mo_level	level = {coverage, mo_normal_deviate(coverage), (1 - coverage) / 2};

	return level;
}

/* The part under the root of both limits: z^2 / n * (z^2 / n + 4 p (1 - p)); w is z^2 / n. */
static double
wilson_spread(double p, double rest, double w)
{
	return sqrt(w) * sqrt(w + 4 * p * rest);
}

double
mo_wilson_lower(double numerator, double denominator, const mo_level *level)
{
	double		p = numerator / denominator;
	double		rest = (denominator - numerator) / denominator;
	double		w = level->z * level->z / denominator;

	if (p == 0)
		return 0;
	return 2 * p * (p / (2 * p + w + wilson_spread(p, rest, w)));
}

double
mo_wilson_upper(double numerator, double denominator, const mo_level *level)
{
	double		p = numerator / denominator;
	double		rest = (denominator - numerator) / denominator;
	double		w = level->z * level->z / denominator;

	if (rest == 0 || isinf(w))
		return 1;
	return fmin((2 * p + w + wilson_spread(p, rest, w)) / (2 + 2 * w), 1);
}

/* Byar: count * (1 - 1 / (9 count) +- z / (3 sqrt(count)))^3 */
static double
byar(double count, double z)
{
	double		root = 1 - 1 / (9 * count) + z / (3 * sqrt(count));

	return count * root * root * root;
}

double
mo_count_lower(double count, const mo_level *level)
{
	if (count == 0)
		return 0;
	if (count < MO_BYAR_FROM)
		return mo_gamma_quantile(count, level->tail);
	return byar(count, -level->z);
}

double
mo_count_upper(double count, const mo_level *level)
{
	if (count < MO_BYAR_FROM)
		return mo_gamma_upper_quantile(count + 1, level->tail);
	return byar(count + 1, level->z);
}
