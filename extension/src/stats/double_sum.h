/*
 * double_sum.h
 *		Sums in double-double: two doubles whose unevaluated sum is the running total. Plain C.
 *
 * About 106 bits are carried, so the answer, rounded to a double, does not depend on the order of the terms nor on how
 * partial sums were merged (to 1e-15 relative, for terms of one sign or sums that do not cancel almost wholly).
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision", 1971; D. Knuth, TAOCP 2, 4.2.2
 * (two-sum). Needs strict IEEE arithmetic: never compile with -ffast-math.
 */
#ifndef MO_STATS_DOUBLE_SUM_H
#define MO_STATS_DOUBLE_SUM_H

#include <math.h>

/* sum[0] + sum[1] += term */
static inline void
mo_sum_add(double sum[2], double term)
{
	double		s = sum[0] + term;
	double		virtual_term = s - sum[0];
	double		error = (sum[0] - (s - virtual_term)) + (term - virtual_term);
	double		low = sum[1] + error;

	sum[0] = s + low;
	sum[1] = low - (sum[0] - s);
}

/* sum += a * b, the product taken exactly (fma) */
static inline void
mo_sum_add_product(double sum[2], double a, double b)
{
	double		product = a * b;

	mo_sum_add(sum, product);
	mo_sum_add(sum, fma(a, b, -product));
}

/* sum += other */
static inline void
mo_sum_merge(double sum[2], const double other[2])
{
	mo_sum_add(sum, other[0]);
	mo_sum_add(sum, other[1]);
}

static inline double
mo_sum_value(const double sum[2])
{
	return sum[0] + sum[1];
}

#endif /* MO_STATS_DOUBLE_SUM_H */
