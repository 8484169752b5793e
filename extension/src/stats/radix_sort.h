/*
 * radix_sort.h
 *		Sorting 64-bit numbers by their upper half (a key from 0 to 2^31 - 1 above an index). Plain C.
 *
 * Least significant digit first, three digits of 11 bits; stable and linear.
 */
#ifndef MO_STATS_RADIX_SORT_H
#define MO_STATS_RADIX_SORT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define MO_RADIX_BITS 11
#define MO_RADIX_DIGITS (1 << MO_RADIX_BITS)

static inline void
mo_radix_pass(const uint64_t *from, uint64_t *to, size_t n, int shift)
{
	size_t		start[MO_RADIX_DIGITS + 1] = {0};

	for (size_t i = 0; i < n; i++)
		start[((from[i] >> shift) & (MO_RADIX_DIGITS - 1)) + 1]++;
	for (int digit = 0; digit < MO_RADIX_DIGITS; digit++)
		start[digit + 1] += start[digit];
	for (size_t i = 0; i < n; i++)
		to[start[(from[i] >> shift) & (MO_RADIX_DIGITS - 1)]++] = from[i];
}

/* Both arrays have n items; the result is in items. */
static inline void
mo_radix_sort(uint64_t *items, uint64_t *scratch, size_t n)
{
	mo_radix_pass(items, scratch, n, 32);
	mo_radix_pass(scratch, items, n, 32 + MO_RADIX_BITS);
	mo_radix_pass(items, scratch, n, 32 + 2 * MO_RADIX_BITS);
	memcpy(items, scratch, n * sizeof(uint64_t));
}

#endif							/* MO_STATS_RADIX_SORT_H */
