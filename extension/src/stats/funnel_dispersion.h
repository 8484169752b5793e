/*
 * funnel_dispersion.h
 *		How far organisations lie about their average beyond chance. Plain C.
 */
#ifndef MO_STATS_FUNNEL_DISPERSION_H
#define MO_STATS_FUNNEL_DISPERSION_H

#include <stdint.h>

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

#endif							/* MO_STATS_FUNNEL_DISPERSION_H */
