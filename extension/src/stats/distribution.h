/*
 * distribution.h
 *		The normal and the gamma distribution (and with it chi-squared and Poisson), to full double accuracy. Plain C.
 *
 * Poisson: with mean E the chance of at least x events is mo_gamma_p(x, E), of at most x events mo_gamma_q(x + 1, E).
 * Chi-squared with k degrees of freedom is twice a gamma variable of shape k / 2.
 * No argument may be NaN. Accuracy against mpmath at 30 digits is held by test/unit/test_distribution.c: normal 1e-15,
 * gamma 1e-13 (tails down to 1e-100 included), quantiles 1e-13.
 */
#ifndef MO_STATS_DISTRIBUTION_H
#define MO_STATS_DISTRIBUTION_H

/*
 * The z with P(-z < Z < z) = coverage for a standard normal Z; 0 < coverage < 1. 0.95 gives 1.96, 0.998 gives 3.09.
 * Source: M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37, 1988.
 */
extern double mo_normal_deviate(double coverage);

/*
 * The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P(a, x); a > 0, x >= 0. Each is computed without
 * cancellation where it is small.
 * Sources: power series and continued fraction, NIST DLMF 8.11.4 and 8.9.2 (the latter by Lentz's method); for a >= 200 near
 * the mean the uniform asymptotic expansion of N. M. Temme, 1979, DLMF 8.12.3-4; the common factor after C. Loader, "Fast and
 * accurate computation of binomial probabilities", 2000.
 */
extern double mo_gamma_p(double a, double x);
extern double mo_gamma_q(double a, double x);

/*
 * The x with P(a, x) = p, and the x with Q(a, x) = q; a > 0, a >= 1 for the latter, 0 < p, q < 1.
 * Newton's method on the logarithm of the tail, which is concave, started from Wilson and Hilferty's cube root (1931).
 */
extern double mo_gamma_quantile(double a, double p);
extern double mo_gamma_upper_quantile(double a, double q);

/*
 * A root of f between a and b, where f(a) and f(b) have opposite signs (or are 0), to the last digits.
 * Source: T. R. Chandrupatla, "A new hybrid quadratic/bisection algorithm for finding the zero of a nonlinear function
 * without using derivatives", Advances in Engineering Software 28, 1997.
 */
typedef double (*mo_function) (double x, const void *context);
extern double mo_root(mo_function f, const void *context, double a, double b);

#endif							/* MO_STATS_DISTRIBUTION_H */
