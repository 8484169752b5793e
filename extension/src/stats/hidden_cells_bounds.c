/*
 * hidden_cells_bounds.c
 *		Which hidden cells have one possible value left: bounds carried from equation to equation until they stand still.
 */
#include <math.h>

#include "hidden_cells_system.h"

#define VISITS 200				/* of one sum; bounds of counts stand still long before */

typedef struct bounds
{
	mo_cell_system system;
	double	   *lowest;
	double	   *highest;
	int		   *visits;			/* by sum */
	int32_t    *queue;
	size_t		queue_first;
	size_t		queue_count;
	bool	   *queued;
} bounds;

/* The sum of the terms, each between two bounds; infinite ones are counted apart. */
typedef struct term_sum
{
	double		low;
	double		high;
	int			low_infinite;
	int			high_infinite;
} term_sum;

static void
add_term(term_sum *sum, double low, double high)
{
	if (isinf(low))
		sum->low_infinite++;
	else
		sum->low += low;
	if (isinf(high))
		sum->high_infinite++;
	else
		sum->high += high;
}

static void
term_of(const bounds *b, mo_cell_term term, double *low, double *high)
{
	*low = term.sign > 0 ? b->lowest[term.cell] : -b->highest[term.cell];
	*high = term.sign > 0 ? b->highest[term.cell] : -b->lowest[term.cell];
}

static term_sum
sum_of_terms(const bounds *b, const mo_cell_sum *whole)
{
	term_sum	sum = {0};

	add_term(&sum, whole->known, whole->known);
	for (int32_t i = 0; i < whole->count; i++)
	{
		double		low;
		double		high;

		term_of(b, b->system.terms[whole->first + i], &low, &high);
		add_term(&sum, low, high);
	}
	if (whole->rest > 0)
		add_term(&sum, 0, INFINITY);
	else if (whole->rest < 0)
		add_term(&sum, -INFINITY, 0);
	return sum;
}

static void
look_again(bounds *b, int32_t cell)
{
	for (size_t i = b->system.of_cell.start[cell]; i < b->system.of_cell.start[cell + 1]; i++)
	{
		int32_t		sum = b->system.of_cell.link[i];

		if (b->queued[sum] || b->visits[sum] >= VISITS)
			continue;
		b->queued[sum] = true;
		b->queue[(b->queue_first + b->queue_count++) % b->system.sum_count] = sum;
	}
}

/* The terms add up to 0, so each is less the sum of the others. */
static void
tighten(bounds *b, const mo_cell_sum *whole)
{
	term_sum	sum = sum_of_terms(b, whole);

	for (int32_t i = 0; i < whole->count; i++)
	{
		mo_cell_term term = b->system.terms[whole->first + i];
		double		low;
		double		high;
		double		least = -INFINITY;
		double		most = INFINITY;

		term_of(b, term, &low, &high);
		if (sum.high_infinite == (isinf(high) != 0))
			least = -(sum.high - (isinf(high) ? 0 : high));
		if (sum.low_infinite == (isinf(low) != 0))
			most = -(sum.low - (isinf(low) ? 0 : low));
		low = term.sign > 0 ? least : -most;
		high = term.sign > 0 ? most : -least;
		if (low <= b->lowest[term.cell] + 1e-9 && high >= b->highest[term.cell] - 1e-9)
			continue;
		b->lowest[term.cell] = fmax(b->lowest[term.cell], low);
		b->highest[term.cell] = fmin(b->highest[term.cell], high);
		look_again(b, term.cell);
		sum = sum_of_terms(b, whole);
	}
}

/* Without knowing why a cell is hidden: from hide_from (a zero or a small denominator: 0) to its ceiling. */
static void
start_bounds(const mo_linked_cells *t, bounds *b)
{
	for (size_t c = 0; c < t->cells; c++)
	{
		if (!t->hidden[c])
			continue;
		if (t->count[c] < 0)
			b->lowest[c] = -INFINITY;
		else if (t->hidden[c] != MO_SMALL_DENOMINATOR && t->hidden[c] != MO_UNPUBLISHED)
			b->lowest[c] = fmin(t->hide_from, t->count[c]);
		b->highest[c] = mo_ceiling_of(t, c);
		look_again(b, (int32_t) c);
	}
}

static void
carry_bounds(mo_hiding *h, bounds *b)
{
	for (size_t done = 0; b->queue_count > 0; done++)
	{
		int32_t		sum = b->queue[b->queue_first];

		b->queue_first = (b->queue_first + 1) % b->system.sum_count;
		b->queue_count--;
		b->queued[sum] = false;
		b->visits[sum]++;
		tighten(b, &b->system.sums[sum]);
		if (h->interrupt && done % 1024 == 0)
			h->interrupt();
	}
}

void
mo_told_by_bounds(mo_hiding *h, bool *told)
{
	const mo_linked_cells *t = h->table;
	bounds		b = {.system = mo_make_cell_system(h)};
	void	   *blocks[] = {
		b.lowest = h->memory.allocate(h->memory.context, (t->cells + 1) * sizeof(double)),
		b.highest = h->memory.allocate(h->memory.context, (t->cells + 1) * sizeof(double)),
		b.visits = h->memory.allocate(h->memory.context, (b.system.sum_count + 1) * sizeof(int)),
		b.queue = h->memory.allocate(h->memory.context, (b.system.sum_count + 1) * sizeof(int32_t)),
		b.queued = h->memory.allocate(h->memory.context, (b.system.sum_count + 1) * sizeof(bool))
	};

	start_bounds(t, &b);
	carry_bounds(h, &b);
	for (size_t c = 0; c < t->cells; c++)
		if (t->hidden[c] && b.highest[c] - b.lowest[c] < 1 - 1e-9)
			told[c] = true;
	for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		h->memory.release(h->memory.context, blocks[i]);
	mo_release_cell_system(&b.system);
}

/* Sums of counts are exact, those of amounts are not. */
double
mo_rest_of_equation(const mo_hiding *h, size_t equation)
{
	const mo_linked_cells *t = h->table;
	double		rest = 0;
	double		scale = 0;
	int			totals = 0;

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		link = h->of_equation.link[i];
		double		count = t->count[t->cell[link]];

		totals += t->sign[link] < 0;
		rest -= t->sign[link] * count;
		scale += fabs(count);
	}
	if (totals != 1)
		return NAN;
	return fabs(rest) <= 1e-9 * scale ? 0 : rest;
}
