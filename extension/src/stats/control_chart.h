/*
 * control_chart.h
 *		XmR (individuals and moving range) control charts by the rules of NHS England's Making Data Count. Plain C.
 *
 * Input is a series in order of time, finite doubles in any unit; NaN is a gap (a month without a figure). A gap ends runs, trends
 * and "two of three" and has no moving range to its neighbours; it is not counted as a point. Sums of values beyond a
 * double's range give an infinite or NaN mean or limit: the caller refuses those.
 *
 * Sources: limits, W. A. Shewhart's individuals chart: mean +- 2.66 (3 / 1.128) x mean moving range; moving ranges above 3.267 (D4
 * of two points) x their mean are left out once before the limits are set. Rules and their order: NHS England, Making Data
 * Count, as published in nhs-r-community/NHSRplotthedots, R/ptd_spc_standard.R and R/ptd_calculate_point_type.R. Where that package
 * divides 0 by 0 (a constant series, or one moving range) we keep the ranges: both limits are then on or about the mean. Where it leaves out every
 * range but those of 0 (few events, or a figure that is 100 % but once) it has limits of no width, and names every point: we have neither limits nor causes.
 */
#ifndef MO_STATS_CONTROL_CHART_H
#define MO_STATS_CONTROL_CHART_H

#include <stddef.h>
#include <stdint.h>

/* Limits from fewer points mean little: no cause is named (facts: Making Data Count, 12 to 13 points). */
#define MO_XMR_FEWEST_POINTS 12

typedef struct mo_xmr
{
	double		mean;
	double		lower;			/* lower and upper process limit */
	double		upper;
	double		near_lower;		/* two thirds of the way from the mean to the limit */
	double		near_upper;
	size_t		points;			/* values that are not gaps; 0: the mean means nothing */
	size_t		ranges;			/* moving ranges used; 0: the limits mean nothing, and no cause is named */
} mo_xmr;

/* In order of precedence: a point of several is named after the first. */
typedef enum mo_cause
{
	MO_CAUSE_UNKNOWN,			/* a gap, too few points, or no limits */
	MO_CAUSE_COMMON,
	MO_CAUSE_ABOVE_UPPER_LIMIT,
	MO_CAUSE_BELOW_LOWER_LIMIT,
	MO_CAUSE_INCREASING_TREND,	/* one of 7 or more points each above the one before */
	MO_CAUSE_DECREASING_TREND,
	MO_CAUSE_TWO_OF_THREE_ABOVE,	/* beyond two thirds (not the limit), with another such in three on one side of the mean */
	MO_CAUSE_TWO_OF_THREE_BELOW,
	MO_CAUSE_SEVEN_ABOVE,		/* one of 7 or more points on one side of the mean */
	MO_CAUSE_SEVEN_BELOW,
	MO_CAUSES
} mo_cause;

/* The text a cause has in SQL; null for MO_CAUSE_UNKNOWN. */
extern const char *mo_cause_name(mo_cause cause);

/* 1 towards higher values, -1 towards lower, 0 for common cause. */
extern int	mo_cause_direction(mo_cause cause);

/*
 * Puts a gap between values whose months do not follow one another (mo_month_index, ascending) into spaced, which has room for 2n, and
 * returns how many values and gaps there are. One gap is as good as many: what ends at the first has ended.
 */
extern size_t mo_space_months(const double *values, const int64_t *months, size_t n, double *spaced);

/* The causes of such a series, in place those of the n values alone. */
extern void mo_unspace_causes(unsigned char *causes, const int64_t *months, size_t n);

extern void mo_xmr_limits(const double *values, size_t n, mo_xmr *xmr);

/* One mo_cause a value into causes[n]. */
extern void mo_special_causes(const double *values, size_t n, const mo_xmr *xmr, unsigned char *causes);

#endif							/* MO_STATS_CONTROL_CHART_H */
