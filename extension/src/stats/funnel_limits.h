/*
 * funnel_limits.h
 *		Control limits of funnel plots. Plain C.
 *
 * Averages and denominators are finite and not negative, denominators above 0; an average proportion is at most 1.
 * tau2 is the variance between organisations on the transformed scale (arcsine of the square root for proportions, square root
 * relative to the expected one for rates); 0 means that chance alone spreads them.
 */
#ifndef MO_STATS_FUNNEL_LIMITS_H
#define MO_STATS_FUNNEL_LIMITS_H

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

#endif							/* MO_STATS_FUNNEL_LIMITS_H */
