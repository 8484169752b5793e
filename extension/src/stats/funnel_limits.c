#include "funnel_limits.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "distribution.h"

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
	double		root = fmax(sqrt(expected) + side * level->z * sqrt(0.25 + tau2 * expected), 0);

	return root * root;
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
