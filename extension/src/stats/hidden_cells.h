/*
 * hidden_cells.h
 *		Secondary suppression in cells that are linked by many published totals at once. Plain C.
 *
 * disclosure.h protects the cells of one total. Here the cells are those of a whole publication: each is a count (or an amount), and
 * each equation says "total = sum of parts" of cells that are published: practices of a PCN, PCNs of an ICB, parts of a KPI, a local
 * group. A cell may be in any number of equations, as a part or as a total. Where the parts given do not add up to the total, the rest
 * is an unpublished amount of the same sign everywhere (patients in two parts; records of no part) that nobody knows.
 *
 * Cells come with a reason to be hidden for their own sake: MO_SMALL_COUNT (hide_from to hide_to) or MO_SMALL_DENOMINATOR (what it is a
 * share of is small; 0 is hidden then too, or a share of 1 would tell itself). Others are hidden with them until
 *	 1. wherever a total is shown, its hidden parts are none or at least two, add up to more than hide_to, and cannot be told even by
 *		somebody who knows which of them are small (two of hide_from, two of hide_to, 1 beside 8);
 *	 2. no hidden cell has one possible value left by all equations together, with any hidden cell between hide_from and its ceiling
 *		(bounds are carried from equation to equation, and through differences of them, until they stand still);
 *	 3. no hidden cell is a linear consequence of the shown ones: a random solution of the homogeneous system (mod 2^31 - 1), got by
 *		sparse elimination, is 0 exactly at the cells that all solutions agree on.
 * Cells that are not published at all (MO_UNPUBLISHED: what a practice had while it was of one of two PCNs) are unknown, but no secret: nothing is
 * hidden for their sake. Cells that are published elsewhere (stays) cannot be hidden.
 * What is hidden with a cell: the smallest shown part above 0 of an equation it is in, with all that equal it; where there is none the
 * total; last of all zeros.
 *
 * Source: the rules of disclosure.h (NHS England HES, OpenSAFELY) within each total; for linked tables Willenborg and de Waal,
 * Elements of Statistical Disclosure Control (2001), ch. 6. Only exact disclosure is prevented: bounds on a hidden cell remain.
 */
#ifndef MO_STATS_HIDDEN_CELLS_H
#define MO_STATS_HIDDEN_CELLS_H

#include <math.h>

#include "patient_months.h"

enum
{
	MO_SHOWN, MO_SMALL_COUNT, MO_SMALL_DENOMINATOR, MO_HIDDEN_WITH_OTHERS, MO_UNPUBLISHED
};

typedef struct mo_linked_cells
{
	size_t		cells;
	const double *count;		/* finite */
	const double *ceiling;		/* what a reader knows it cannot exceed (its denominator; rounded up here: see mo_ceiling_of), or INFINITY */
	unsigned char *hidden;		/* in: MO_SHOWN, why it is small, or MO_UNPUBLISHED; out: MO_HIDDEN_WITH_OTHERS besides */
	const bool *stays;			/* shown elsewhere: it cannot be hidden; NULL: none is */
	double		hide_from;		/* 0 <= hide_from <= hide_to */
	double		hide_to;
	size_t		equations;
	size_t		links;
	const int32_t *equation;	/* of each link, 0 .. equations - 1 */
	const int32_t *cell;		/* of each link, 0 .. cells - 1 */
	const signed char *sign;	/* 1: a part, -1: the total; an equation without exactly one total says nothing */
} mo_linked_cells;

/* An index of links: those of item i are link[start[i]] .. link[start[i + 1] - 1]. */
typedef struct mo_link_index
{
	size_t	   *start;
	int32_t    *link;
} mo_link_index;

typedef struct mo_hiding
{
	const mo_linked_cells *table;
	mo_memory	memory;
	mo_link_index of_equation;
	mo_link_index of_cell;
	double	   *rest;			/* of each equation: total less parts; NAN: it says nothing */
	int32_t    *queue;
	size_t		queue_first;
	size_t		queue_count;
	bool	   *queued;
	int32_t    *reached;		/* cells found around one that is given away */
	bool	   *seen;
	size_t		hidings;		/* how often something was hidden, from 1 */
	size_t	   *barren;			/* by cell, then again with zeros: the last of them, if nothing was left to hide around it then */
	void		(*interrupt) (void);	/* called now and then, NULL for none */
} mo_hiding;

/*
 * The highest a cell can be. A range below 1 leaves a count one value, and so is told; an amount below a denominator of 40 pence is not: up to
 * 1 pound is taken to be possible. Otherwise nothing could be hidden around it that helps, and everything would be.
 */
static inline double
mo_ceiling_of(const mo_linked_cells *table, size_t cell)
{
	return ceil(table->ceiling[cell]);
}

/* Hides what has to be hidden. O(links) for each round; a few rounds. */
extern void mo_hide_linked_cells(const mo_linked_cells *table, mo_memory memory, void (*interrupt) (void));

/* What of the total is in none of its parts; NAN where an equation says nothing. */
extern double mo_rest_of_equation(const mo_hiding *hiding, size_t equation);

/* The two audits: set told[cell] for hidden cells that the shown ones give away. hidden_cells_bounds.c, hidden_cells_linear.c */
extern void mo_told_by_bounds(mo_hiding *hiding, bool *told);
extern void mo_told_by_elimination(mo_hiding *hiding, bool *told);

#endif /* MO_STATS_HIDDEN_CELLS_H */
