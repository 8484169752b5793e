/*
 * disclosure.h
 *		Small numbers: which counts are hidden, and which others have to be hidden with them. Plain C.
 *
 * A rule hides counts from hide_from to hide_to, both included, 0 <= hide_from <= hide_to (NHS England's HES rule: 1 to 7,
 * rounded to 5; OpenSAFELY: likewise). Counts are not negative. Zeros are shown unless hide_from is 0.
 *
 * Secondary suppression, for a group of cells whose total is published. Somebody subtracts the shown cells from the total
 * and knows the sum of the hidden ones. So, while there is a shown cell that is not zero, the smallest such one is hidden
 * too, with all that equal it, until the hidden cells
 *	 1. are at least two,
 *	 2. add up to more than hide_to (OpenSAFELY: "next smallest until the redacted total exceeds the threshold"), and
 *	 3. are not all equal to hide_from nor all equal to hide_to, which their number and sum would tell.
 * Where the cells that are not zero run out before that, the total itself gives a hidden count away and has to be hidden.
 *
 * Then no hidden count can be told exactly, not even by somebody who knows this rule: if the hidden counts differ, any
 * exchange of them between their cells would have been published alike (this is why equal cells are hidden together and
 * the order of the cells plays no part); if all are equal to v, so would v - 1 and v + 1 in two of the cells.
 * (A rule of one count only, hide_from = hide_to, tells it wherever the total has to be hidden: do not have such rules.)
 * The unit test goes through every small group to confirm it.
 */
#ifndef MO_STATS_DISCLOSURE_H
#define MO_STATS_DISCLOSURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct mo_small_numbers
{
	int64_t		hide_from;
	int64_t		hide_to;
} mo_small_numbers;

static inline bool
mo_is_small(mo_small_numbers rule, int64_t n)
{
	return n >= rule.hide_from && n <= rule.hide_to;
}

/* n >= 0 to the nearest multiple of round_to >= 1, halves up. False when that is beyond int64_t. */
extern bool mo_round_count(int64_t n, int64_t round_to, int64_t *rounded);

/*
 * hidden[i] = whether the count cells[i] is to be hidden; a cell below 0 stands for "not known" and takes no part.
 * `order` is working space for n indexes. Returns whether a published total gives a hidden count away nevertheless.
 * O(n), and O(log n) for each cell hidden for another's sake.
 */
extern bool mo_hide_siblings(const int64_t *cells, size_t n, mo_small_numbers rule, bool *hidden, size_t *order);

#endif /* MO_STATS_DISCLOSURE_H */
