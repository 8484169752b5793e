/*
 * funnel_limits.h
 *		Control limits of funnel plots, the dispersion of organisations about them, and the systematic component of variation.
 *		Plain C.
 *
 * Averages and denominators are finite and not negative, denominators above 0; an average proportion is at most 1.
 * tau2 is the variance between organisations on the transformed scale (arcsine of the square root for proportions, square root
 * relative to the expected one for rates); 0 means that chance alone spreads them.
 */
#ifndef MO_STATS_FUNNEL_LIMITS_H
#define MO_STATS_FUNNEL_LIMITS_H

#include <stdint.h>

#include "rate_interval.h"

/*
 * Limits of a proportion around the average, clipped to 0 and 1. Without tau2: the values whose own Wilson limit touches the
 * average, as PHEindicatormethods; as Wilson's limits invert the score test these are average -+ z sqrt(average (1 - average) /
 * denominator). With tau2: arcsine square root, standard error 1 / (2 sqrt(denominator)), tau2 added to its square.
 * Source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in Medicine 24, 2005, A.1, A.3.
 */
extern double mo_funnel_proportion_lower(double average, double denominator, const mo_level *level, double tau2);
extern double mo_funnel_proportion_upper(double average, double denominator, const mo_level *level, double tau2);

/*
 * Limits of a count where `expected` events are expected. Without tau2: the count, made continuous by the incomplete gamma
 * function, that a Poisson variable reaches with the tail probability; so a whole count is outside just when its Poisson
 * probability (itself included) is below the tail, and when its exact confidence interval leaves the expected count out. This
 * gives every significance and limit published in PHEindicatormethods; Spiegelhalter's straight line between whole counts is
 * up to one event narrower above. With tau2: expected * (1 -+ z sqrt(1 / (4 expected) + tau2))^2.
 * Source: as above, and D. J. Spiegelhalter et al., "Statistical methods for healthcare regulation", JRSS A 175, 2012 (roots).
 */
extern double mo_funnel_count_lower(double expected, const mo_level *level, double tau2);
extern double mo_funnel_count_upper(double expected, const mo_level *level, double tau2);

/* -1 below, 0 within, 1 above the limits (on a limit is within); the count without a root to find. */
extern int	mo_funnel_proportion_side(double numerator, double denominator, double average, const mo_level *level, double tau2);
extern int	mo_funnel_count_side(double count, double expected, const mo_level *level, double tau2);

/*
 * Dispersion of organisations about their own average (sum of numerators over sum of denominators).
 * z: proportions 2 sqrt(n) (asin sqrt p - asin sqrt average); rates 2 (sqrt count - sqrt expected). Winsorised at the type 7
 * quantiles `winsorised` and 1 - `winsorised` (0 <= winsorised < 0.5). phi: mean of the squares, 1 when only chance spreads them.
 * tau2 = max(0, (k phi - (k - 1)) / (sum w - sum w^2 / sum w)) with w = 1 / standard error^2 (DerSimonian and Laird 1986).
 * Source: Spiegelhalter 2005, as FunnelPlotR computes it.
 */
typedef enum mo_funnel_kind
{
	MO_FUNNEL_PROPORTION, MO_FUNNEL_RATE
} mo_funnel_kind;

typedef struct mo_dispersion
{
	double		phi;
	double		tau2;
} mo_dispersion;

/* pairs: numerator, denominator, ... of n >= 2 organisations, denominators above 0; z: room for n numbers, overwritten. */
extern mo_dispersion mo_funnel_dispersion(mo_funnel_kind kind, const double *pairs, int64_t n, double winsorised, double *z);

/*
 * One organisation's term of the systematic component of variation, ((observed - expected) / expected)^2 - 1 / expected; the
 * component is the mean of the terms. expected > 0.
 * Sources: K. McPherson et al., "Small-area variations in the use of common surgical procedures", NEJM 307, 1982, with the
 * logarithm of observed over expected replaced by its first term, which allows no events: P. Diehr et al., "What is too much
 * variation?", Health Services Research 24, 1990.
 */
extern double mo_systematic_term(double observed, double expected);

#endif							/* MO_STATS_FUNNEL_LIMITS_H */
