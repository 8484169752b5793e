/*
 * hidden_cells_system.h
 *		The equations of hidden_cells.h as the audit of bounds has them: hidden cells, and what of the rest is known. Plain C.
 *
 * Somebody who subtracts one equation from another knows more than both: of an ICB and a sub-ICB within it what the ICB's other practices
 * have between them, although no total of theirs is published. So sums are taken in whose hidden cells are those of one equation without
 * those of others that it holds as a whole.
 */
#ifndef MO_STATS_HIDDEN_CELLS_SYSTEM_H
#define MO_STATS_HIDDEN_CELLS_SYSTEM_H

#include "hidden_cells.h"

/* Its terms, what is known and an unpublished amount with the sign of rest add up to 0. */
typedef struct mo_cell_sum
{
	size_t		first;			/* of its terms */
	int32_t		count;
	double		known;
	double		rest;
} mo_cell_sum;

typedef struct mo_cell_term
{
	int32_t		cell;			/* a hidden one */
	signed char sign;
} mo_cell_term;

typedef struct mo_cell_system
{
	const mo_hiding *hiding;
	mo_cell_sum *sums;
	size_t		sum_count;
	size_t		sum_room;
	mo_cell_term *terms;
	size_t		term_count;
	size_t		term_room;
	mo_link_index of_cell;		/* sums by cell */
} mo_cell_system;

extern mo_cell_system mo_make_cell_system(const mo_hiding *hiding);
extern void mo_release_cell_system(mo_cell_system *system);

#endif							/* MO_STATS_HIDDEN_CELLS_SYSTEM_H */
