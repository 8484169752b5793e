/*
 * hidden_cells_bounds.c
 *		Which hidden cells have one possible value left: bounds carried from equation to equation until they stand still.
 */
#include <math.h>

#include "hidden_cells.h"

#define VISITS 200				/* of one equation; bounds of counts stand still long before */

typedef struct bounds
{
	double	   *lowest;
	double	   *highest;
	int		   *visits;
} bounds;

/* The sum of the terms of an equation, each between two bounds; infinite ones are counted apart. */
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

/* A cell's term: itself as a part, less itself as the total. */
static void
term_of(const mo_linked_cells *t, const bounds *b, int32_t link, double *low, double *high)
{
	int32_t		cell = t->cell[link];
	double		lowest = t->hidden[cell] ? b->lowest[cell] : t->count[cell];
	double		highest = t->hidden[cell] ? b->highest[cell] : t->count[cell];

	*low = t->sign[link] > 0 ? lowest : -highest;
	*high = t->sign[link] > 0 ? highest : -lowest;
}

static term_sum
sum_of_terms(const mo_hiding *h, const bounds *b, size_t equation)
{
	term_sum	sum = {0};

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		double		low;
		double		high;

		term_of(h->table, b, h->of_equation.link[i], &low, &high);
		add_term(&sum, low, high);
	}
	if (h->rest[equation] > 0)
		add_term(&sum, 0, INFINITY);
	else if (h->rest[equation] < 0)
		add_term(&sum, -INFINITY, 0);
	return sum;
}

static void
look_again(mo_hiding *h, const bounds *b, int32_t cell)
{
	for (size_t i = h->of_cell.start[cell]; i < h->of_cell.start[cell + 1]; i++)
	{
		int32_t		equation = h->table->equation[h->of_cell.link[i]];

		if (h->queued[equation] || isnan(h->rest[equation]) || b->visits[equation] >= VISITS)
			continue;
		h->queued[equation] = true;
		h->queue[(h->queue_first + h->queue_count++) % h->table->equations] = equation;
	}
}

/* The terms add up to 0, so each is less the sum of the others. */
static void
tighten(mo_hiding *h, bounds *b, size_t equation)
{
	const mo_linked_cells *t = h->table;
	term_sum	sum = sum_of_terms(h, b, equation);

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		link = h->of_equation.link[i];
		int32_t		cell = t->cell[link];
		double		low;
		double		high;
		double		least = -INFINITY;
		double		most = INFINITY;

		if (!t->hidden[cell])
			continue;
		term_of(t, b, link, &low, &high);
		if (sum.high_infinite == (isinf(high) != 0))
			least = -(sum.high - (isinf(high) ? 0 : high));
		if (sum.low_infinite == (isinf(low) != 0))
			most = -(sum.low - (isinf(low) ? 0 : low));
		low = t->sign[link] > 0 ? least : -most;
		high = t->sign[link] > 0 ? most : -least;
		if (low <= b->lowest[cell] + 1e-9 && high >= b->highest[cell] - 1e-9)
			continue;
		b->lowest[cell] = fmax(b->lowest[cell], low);
		b->highest[cell] = fmin(b->highest[cell], high);
		look_again(h, b, cell);
		sum = sum_of_terms(h, b, equation);
	}
}

/* Without knowing why a cell is hidden: from hide_from (a zero or a small denominator: 0) to its ceiling. */
static void
start_bounds(mo_hiding *h, bounds *b)
{
	const mo_linked_cells *t = h->table;

	for (size_t c = 0; c < t->cells; c++)
	{
		if (!t->hidden[c])
			continue;
		if (t->count[c] < 0)
			b->lowest[c] = -INFINITY;
		else if (t->hidden[c] != MO_SMALL_DENOMINATOR)
			b->lowest[c] = fmin(t->hide_from, t->count[c]);
		b->highest[c] = t->ceiling[c];
		look_again(h, b, (int32_t) c);
	}
}

void
mo_told_by_bounds(mo_hiding *h, bool *told)
{
	const mo_linked_cells *t = h->table;
	bounds		b = {
		h->memory.allocate(h->memory.context, (t->cells + 1) * sizeof(double)),
		h->memory.allocate(h->memory.context, (t->cells + 1) * sizeof(double)),
		h->memory.allocate(h->memory.context, (t->equations + 1) * sizeof(int))
	};

	start_bounds(h, &b);
	for (size_t done = 0; h->queue_count > 0; done++)
	{
		int32_t		equation = h->queue[h->queue_first];

		h->queue_first = (h->queue_first + 1) % t->equations;
		h->queue_count--;
		h->queued[equation] = false;
		b.visits[equation]++;
		tighten(h, &b, equation);
		if (h->interrupt && done % 1024 == 0)
			h->interrupt();
	}
	for (size_t c = 0; c < t->cells; c++)
		if (t->hidden[c] && b.highest[c] - b.lowest[c] < 1 - 1e-9)
			told[c] = true;
	h->memory.release(h->memory.context, b.lowest);
	h->memory.release(h->memory.context, b.highest);
	h->memory.release(h->memory.context, b.visits);
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
