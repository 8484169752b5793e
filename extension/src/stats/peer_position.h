/*
 * peer_position.h
 *		Order statistics of a group of peers: quantiles by selection, ranks, deciles. Plain C.
 *
 * All values are finite (callers refuse NaN and infinities and leave nulls out). Fractions are in [0, 1].
 *
 * A quantile is Hyndman and Fan's type 7 (R's default, Excel's PERCENTILE.INC, PostgreSQL's percentile_cont): with n values
 * in order x[0..n-1] and h = fraction * (n - 1), it is x[floor(h)] + (h - floor(h)) * (x[ceil(h)] - x[floor(h)]), evaluated
 * just so, which makes it equal to percentile_cont to the last bit. Source: R. J. Hyndman, Y. Fan, "Sample Quantiles in
 * Statistical Packages", The American Statistician 50, 1996; PostgreSQL orderedsetaggs.c.
 * Only where x[ceil] - x[floor] overflows (percentile_cont gives infinity) it is taken as a weighted mean, which is finite.
 */
#ifndef MO_STATS_PEER_POSITION_H
#define MO_STATS_PEER_POSITION_H

#include <stdbool.h>
#include <stddef.h>

/* Called now and then in long loops (a server checks for a cancelled query there); may be NULL. It may not return. */
typedef void (*mo_pause) (void);

/* Ascending, in place, O(n log n) whatever the input. */
extern void mo_sort_doubles(double *values, size_t n, mo_pause pause);

/* The quantile of sorted values, n >= 1. */
extern double mo_sorted_quantile(const double *sorted, size_t n, double fraction);

/*
 * result[i] = the quantile at fractions[i] of n >= 1 values, which are rearranged. Fractions need not be in order.
 * Selection, O(n log m); falls back to sorting when the values defeat it or there are many fractions.
 */
extern void mo_quantiles(double *values, size_t n, const double *fractions, size_t m, double *result, mo_pause pause);

/* How many of the sorted values are below the value. */
extern size_t mo_count_below(const double *sorted, size_t n, double value);

/* The median of n >= 2 sorted values without one that equals `self` (which has to be among them). */
extern double mo_median_without(const double *sorted, size_t n, double self);

/* Percent rank times 100: 100 * below / (n - 1), 0 when alone. Ties share the lowest rank, as in percent_rank(). */
extern double mo_percentile_rank(size_t below, size_t n);

/*
 * Which of `groups` equal groups of n peers, 1 (lowest) to groups, one with `below` smaller peers is in: by rank and in whole
 * numbers, 1 + floor(groups * below / n), because the last bit of an interpolated cut point must not decide. Ties share the
 * lower group. 0 (none) where there are fewer peers than groups.
 * Source: phe_quantile() of UKHSA's PHEindicatormethods, and its published test data.
 */
extern int	mo_quantile_group(size_t below, size_t n, int groups);

#endif /* MO_STATS_PEER_POSITION_H */
