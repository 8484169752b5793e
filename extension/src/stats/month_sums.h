/*
 * month_sums.h
 *		Sums by month and place in a dense table, and their roll-up to parents. Plain C.
 *
 * What is wanted: practices times months are many groups of few rows; finding the group of a row in a hash table costs more than
 * adding it. Places (practices, say) numbered from 1 and months in a known range make the group's number the place of its sum.
 *
 * Sums are whole numbers (money in its smallest unit): exact, in any order. Overflow is reported, never wrapped.
 */
#ifndef MO_STATS_MONTH_SUMS_H
#define MO_STATS_MONTH_SUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a place has no parent is marked with. */
#define MO_NO_PARENT 0

/* to[i] += from[i]; false at the first overflow, with the rest left as it was. */
extern bool mo_month_sums_merge(int64_t *to, const int64_t *from, size_t n);

/*
 * to[parent[i] - 1] += values[i] for each of n places; to has room for all parents, and parent numbers from 1 have been checked.
 * False at the first overflow. to is not cleared first.
 */
extern bool mo_month_sums_roll_up(int64_t *to, const int64_t *values, const int32_t *parent, size_t n);

/* Adds a value to a sum; false when it overflows. */
static inline bool
mo_month_sums_add(int64_t *sum, int64_t value)
{
	return !__builtin_add_overflow(*sum, value, sum);
}

#endif							/* MO_STATS_MONTH_SUMS_H */
