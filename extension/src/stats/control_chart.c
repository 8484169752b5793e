#include "control_chart.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "double_sum.h"

#define LIMIT_FACTOR 2.66
#define SCREEN_FACTOR 3.267
#define RUN_LENGTH 7

static const char *const cause_names[MO_CAUSES] = {
	[MO_CAUSE_COMMON] = "common_cause",
	[MO_CAUSE_ABOVE_UPPER_LIMIT] = "above_upper_limit",
	[MO_CAUSE_BELOW_LOWER_LIMIT] = "below_lower_limit",
	[MO_CAUSE_INCREASING_TREND] = "increasing_trend",
	[MO_CAUSE_DECREASING_TREND] = "decreasing_trend",
	[MO_CAUSE_TWO_OF_THREE_ABOVE] = "two_of_three_above",
	[MO_CAUSE_TWO_OF_THREE_BELOW] = "two_of_three_below",
	[MO_CAUSE_SEVEN_ABOVE] = "seven_above",
	[MO_CAUSE_SEVEN_BELOW] = "seven_below",
};

const char *
mo_cause_name(mo_cause cause)
{
	return cause_names[cause];
}

int
mo_cause_direction(mo_cause cause)
{
	if (cause <= MO_CAUSE_COMMON)
		return 0;
	return (cause - MO_CAUSE_ABOVE_UPPER_LIMIT) % 2 == 0 ? 1 : -1;
}

/*
 * Sum over count, rounded once: the mean of equal values is that value, so that a constant series is not a hair's breadth
 * outside limits of no width.
 */
static double
mean_of(const double sum[2], size_t count)
{
	double		n = (double) count;
	double		quotient = sum[0] / n;

	return quotient + (fma(-quotient, n, sum[0]) + sum[1]) / n;
}

/* The mean of the moving ranges up to `most`, and in *used how many they are. */
static double
mean_range(const double *values, size_t n, double most, size_t *used)
{
	double		sum[2] = {0, 0};
	size_t		count = 0;

	for (size_t i = 1; i < n; i++)
	{
		double		range = fabs(values[i] - values[i - 1]);

		if (isnan(range) || range > most)
			continue;
		mo_sum_add(sum, range);
		count++;
	}
	*used = count;
	return count == 0 ? 0 : mean_of(sum, count);
}

static bool
follows(const int64_t *months, size_t i)
{
	return i == 0 || months[i] == months[i - 1] + 1;
}

size_t
mo_space_months(const double *values, const int64_t *months, size_t n, double *spaced)
{
	size_t		places = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (!follows(months, i))
			spaced[places++] = NAN;
		spaced[places++] = values[i];
	}
	return places;
}

void
mo_unspace_causes(unsigned char *causes, const int64_t *months, size_t n)
{
	size_t		place = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (!follows(months, i))
			place++;
		causes[i] = causes[place++];	/* never before the i-th */
	}
}

void
mo_xmr_limits(const double *values, size_t n, mo_xmr *xmr)
{
	double		sum[2] = {0, 0};
	double		all;
	double		range;

	xmr->points = 0;
	for (size_t i = 0; i < n; i++)
	{
		if (isnan(values[i]))
			continue;
		mo_sum_add(sum, values[i]);
		xmr->points++;
	}
	xmr->mean = xmr->points == 0 ? 0 : mean_of(sum, xmr->points);
	all = mean_range(values, n, INFINITY, &xmr->ranges);
	range = mean_range(values, n, SCREEN_FACTOR * all, &xmr->ranges);
	if (range == 0 && all > 0)
		xmr->ranges = 0;		/* what varies was left out: limits of no width would make every point stand out */
	xmr->lower = xmr->mean - LIMIT_FACTOR * range;
	xmr->upper = xmr->mean + LIMIT_FACTOR * range;
	xmr->near_lower = xmr->mean - 2 * (LIMIT_FACTOR / 3) * range;
	xmr->near_upper = xmr->mean + 2 * (LIMIT_FACTOR / 3) * range;
}

static int
sign_of(double x)
{
	return (x > 0) - (x < 0);	/* a NaN is on no side */
}

/* A point of several causes keeps the first named; rules are therefore marked in the order of precedence. */
static void
mark(unsigned char *cause, mo_cause which)
{
	if (*cause == MO_CAUSE_COMMON)
		*cause = (unsigned char) which;
}

static void
mark_outside(const double *values, size_t n, const mo_xmr *xmr, unsigned char *causes)
{
	for (size_t i = 0; i < n; i++)
	{
		if (values[i] > xmr->upper)
			mark(&causes[i], MO_CAUSE_ABOVE_UPPER_LIMIT);
		else if (values[i] < xmr->lower)
			mark(&causes[i], MO_CAUSE_BELOW_LOWER_LIMIT);
	}
}

/*
 * Maximal runs of strictly rising or falling points. From the last run back, so that the turning point of two trends, which is
 * in both, belongs to the later one.
 */
static void
mark_trends(const double *values, size_t n, unsigned char *causes)
{
	size_t		last = n;		/* one past the run's last point */

	while (last > 1)
	{
		int			direction = sign_of(values[last - 1] - values[last - 2]);
		size_t		first = last - 1;

		if (direction == 0)
		{
			last--;
			continue;
		}
		while (first > 0 && sign_of(values[first] - values[first - 1]) == direction)
			first--;
		if (last - first >= RUN_LENGTH)
			for (size_t i = first; i < last; i++)
				mark(&causes[i], direction > 0 ? MO_CAUSE_INCREASING_TREND : MO_CAUSE_DECREASING_TREND);
		last = first + 1;
	}
}

/* Between two thirds and the limit, and on which side; a point outside the limits is not near them. */
static int
near_limit(double value, const mo_xmr *xmr)
{
	if (value > xmr->near_upper && value <= xmr->upper)
		return 1;
	if (value < xmr->near_lower && value >= xmr->lower)
		return -1;
	return 0;
}

static void
mark_two_of_three(const double *values, size_t n, const mo_xmr *xmr, unsigned char *causes)
{
	for (size_t i = 2; i < n; i++)
	{
		int			near[3];
		int			side = 0;
		int			together = 0;

		for (int k = 0; k < 3; k++)
		{
			near[k] = near_limit(values[i - 2 + k], xmr);
			together += near[k];
			side += sign_of(values[i - 2 + k] - xmr->mean);
		}
		if ((side != 3 && side != -3) || together * (side / 3) < 2)
			continue;
		for (int k = 0; k < 3; k++)
			if (near[k] != 0)
				mark(&causes[i - 2 + k], side > 0 ? MO_CAUSE_TWO_OF_THREE_ABOVE : MO_CAUSE_TWO_OF_THREE_BELOW);
	}
}

static void
mark_seven(const double *values, size_t n, const mo_xmr *xmr, unsigned char *causes)
{
	size_t		first = 0;

	while (first < n)
	{
		int			side = sign_of(values[first] - xmr->mean);
		size_t		last = first + 1;

		while (last < n && sign_of(values[last] - xmr->mean) == side)
			last++;
		if (side != 0 && last - first >= RUN_LENGTH)
			for (size_t i = first; i < last; i++)
				mark(&causes[i], side > 0 ? MO_CAUSE_SEVEN_ABOVE : MO_CAUSE_SEVEN_BELOW);
		first = last;
	}
}

void
mo_special_causes(const double *values, size_t n, const mo_xmr *xmr, unsigned char *causes)
{
	memset(causes, MO_CAUSE_UNKNOWN, n);
	if (xmr->points < MO_XMR_FEWEST_POINTS || xmr->ranges == 0)
		return;
	for (size_t i = 0; i < n; i++)
		if (!isnan(values[i]))
			causes[i] = MO_CAUSE_COMMON;
	mark_outside(values, n, xmr, causes);
	mark_trends(values, n, causes);
	mark_two_of_three(values, n, xmr, causes);
	mark_seven(values, n, xmr, causes);
}
