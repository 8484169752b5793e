/*
 * rate_interval.h
 *		Confidence limits of proportions and of counts. Plain C.
 *
 * Counts and denominators are finite and not negative and need not be whole; denominators are above 0. A limit is in the unit
 * of its argument: a proportion (0 to 1) or a count of events; the caller divides counts by their denominator.
 * Agrees with the published results of PHEindicatormethods (test/unit/test_rate_interval.c).
 */
#ifndef MO_STATS_RATE_INTERVAL_H
#define MO_STATS_RATE_INTERVAL_H

/* A confidence (or coverage) and what follows from it, so that it is worked out once a query and not once a row. */
typedef struct mo_level
{
	double		coverage;		/* strictly between 0 and 1 */
	double		z;				/* two-sided normal deviate */
	double		tail;			/* probability outside on one side */
} mo_level;

extern mo_level mo_level_of(double coverage);

/*
 * Wilson's score limits. 0 of n has the lower limit 0, n of n the upper limit 1, exactly.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22, 1927. The lower
 * limit is written with its conjugate, so that a small one keeps all its digits.
 */
extern double mo_wilson_lower(double numerator, double denominator, const mo_level *level);
extern double mo_wilson_upper(double numerator, double denominator, const mo_level *level);

/*
 * Limits of a count: Byar's approximation from MO_BYAR_FROM events, exact Poisson limits below.
 * Sources: N. E. Breslow and N. E. Day, "Statistical Methods in Cancer Research II", 1987, page 69 (Byar); F. Garwood,
 * "Fiducial limits for the Poisson distribution", Biometrika 28, 1936 (exact: half a chi-squared quantile with 2 x degrees of
 * freedom below, 2 x + 2 above).
 */
#define MO_BYAR_FROM 10

extern double mo_count_lower(double count, const mo_level *level);
extern double mo_count_upper(double count, const mo_level *level);

#endif							/* MO_STATS_RATE_INTERVAL_H */
