#include "hidden_cells.h"

#include <math.h>
#include <string.h>

static void *
allocate(const mo_hiding *h, size_t count, size_t size)
{
	return h->memory.allocate(h->memory.context, (count + 1) * size);
}

/* Counting sort of the links by `key`. */
static mo_link_index
index_of(const mo_hiding *h, const int32_t *key, size_t keys)
{
	mo_link_index index = {allocate(h, keys + 1, sizeof(size_t)), allocate(h, h->table->links, sizeof(int32_t))};
	size_t	   *next = allocate(h, keys + 1, sizeof(size_t));

	for (size_t i = 0; i < h->table->links; i++)
		index.start[key[i] + 1]++;
	for (size_t k = 0; k < keys; k++)
		index.start[k + 1] += index.start[k];
	memcpy(next, index.start, keys * sizeof(size_t));
	for (size_t i = 0; i < h->table->links; i++)
		index.link[next[key[i]]++] = (int32_t) i;
	return index;
}

static void
look_at(mo_hiding *h, int32_t equation)
{
	if (h->queued[equation] || isnan(h->rest[equation]))
		return;
	h->queued[equation] = true;
	h->queue[(h->queue_first + h->queue_count++) % h->table->equations] = equation;
}

static void
look_at_equations_of(mo_hiding *h, int32_t cell)
{
	for (size_t i = h->of_cell.start[cell]; i < h->of_cell.start[cell + 1]; i++)
		look_at(h, h->table->equation[h->of_cell.link[i]]);
}

static bool
can_be_hidden(const mo_linked_cells *t, int32_t cell)
{
	return !t->hidden[cell] && !(t->stays && t->stays[cell]);
}

static void
hide(mo_hiding *h, int32_t cell)
{
	h->table->hidden[cell] = MO_HIDDEN_WITH_OTHERS;
	h->hidings++;
	look_at_equations_of(h, cell);
}

/* What is known of a hidden cell by somebody who also knows why it is hidden. */
static void
range_of(const mo_linked_cells *t, int32_t cell, double *lowest, double *highest)
{
	double		count = t->count[cell];

	*lowest = 0;
	*highest = mo_ceiling_of(t, (size_t) cell);
	if (t->hidden[cell] == MO_SMALL_COUNT)
	{
		*lowest = t->hide_from;
		*highest = fmin(*highest, t->hide_to);
	}
	else if (t->hidden[cell] == MO_HIDDEN_WITH_OTHERS && count != 0)
		*lowest = fmin(count, t->hide_to + 1);
}

/* The hidden parts of an equation whose total is shown. */
typedef struct hidden_parts
{
	int			count;
	int			secrets;
	double		sum;
	double		lowest;
	double		highest;
	int			unbounded;
} hidden_parts;

static hidden_parts
hidden_parts_of(const mo_hiding *h, size_t equation)
{
	const mo_linked_cells *t = h->table;
	hidden_parts parts = {0};

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		cell = t->cell[h->of_equation.link[i]];
		double		lowest;
		double		highest;

		if (t->sign[h->of_equation.link[i]] < 0 || !t->hidden[cell])
			continue;
		range_of(t, cell, &lowest, &highest);
		parts.count++;
		parts.secrets += t->hidden[cell] != MO_UNPUBLISHED;
		parts.sum += t->count[cell];
		parts.lowest += lowest;
		if (isinf(highest))
			parts.unbounded++;
		else
			parts.highest += highest;
	}
	return parts;
}

/* Whether the hidden parts' known sum leaves some part one value only. `rest`: an unpublished amount is in the sum too. */
static bool
one_is_told(const mo_hiding *h, size_t equation, const hidden_parts *parts, double rest)
{
	const mo_linked_cells *t = h->table;
	double		known = parts->sum + rest;

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		cell = t->cell[h->of_equation.link[i]];
		double		lowest;
		double		highest;

		if (t->sign[h->of_equation.link[i]] < 0 || !t->hidden[cell] || t->hidden[cell] == MO_UNPUBLISHED)
			continue;
		range_of(t, cell, &lowest, &highest);
		if (rest >= 0)
			highest = fmin(highest, known - (parts->lowest - lowest));
		if (rest <= 0 && parts->unbounded == (isinf(highest) != 0))
			lowest = fmax(lowest, known - (parts->highest - (isinf(highest) ? 0 : highest)));
		if (highest - lowest < 1 - 1e-9)
			return true;
	}
	return false;
}

static int32_t
total_of(const mo_hiding *h, size_t equation)
{
	const mo_linked_cells *t = h->table;

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
		if (t->sign[h->of_equation.link[i]] < 0)
			return t->cell[h->of_equation.link[i]];
	return -1;
}

static bool
is_safe(const mo_hiding *h, size_t equation)
{
	hidden_parts parts = hidden_parts_of(h, equation);
	double		rest = h->rest[equation];

	if (h->table->hidden[total_of(h, equation)])
		return parts.count > 0 || rest != 0;
	if (parts.secrets == 0)
		return true;
	if (rest == 0 && (parts.count < 2 || parts.sum <= h->table->hide_to))
		return false;
	return !one_is_told(h, equation, &parts, rest);
}

/* The smallest shown part that is not 0, -1 when there is none. */
static int32_t
smallest_part(const mo_hiding *h, size_t equation)
{
	const mo_linked_cells *t = h->table;
	int32_t		found = -1;

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		cell = t->cell[h->of_equation.link[i]];

		if (t->sign[h->of_equation.link[i]] > 0 && can_be_hidden(t, cell) && t->count[cell] != 0
			&& (found < 0 || fabs(t->count[cell]) < fabs(t->count[found])))
			found = cell;
	}
	return found;
}

/* Of equal ones all go: which of them went would tell. */
static void
hide_parts_like(mo_hiding *h, size_t equation, double count)
{
	const mo_linked_cells *t = h->table;

	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		cell = t->cell[h->of_equation.link[i]];

		if (t->sign[h->of_equation.link[i]] > 0 && can_be_hidden(t, cell) && t->count[cell] == count)
			hide(h, cell);
	}
}

/* Hides more in one equation: its smallest part, else its total. False when nothing is left. */
static bool
hide_more(mo_hiding *h, size_t equation)
{
	int32_t		part = smallest_part(h, equation);
	int32_t		total = total_of(h, equation);

	if (part >= 0)
		hide_parts_like(h, equation, h->table->count[part]);
	else if (can_be_hidden(h->table, total))
		hide(h, total);
	else
		return false;
	return true;
}

static void
make_equations_safe(mo_hiding *h)
{
	for (size_t done = 0; h->queue_count > 0; done++)
	{
		int32_t		equation = h->queue[h->queue_first];

		h->queue_first = (h->queue_first + 1) % h->table->equations;
		h->queue_count--;
		h->queued[equation] = false;
		while (!is_safe(h, equation) && hide_more(h, equation))
			;
		if (h->interrupt && done % 1024 == 0)
			h->interrupt();
	}
}

/* The equation of the cell with the smallest part left to hide, -1 when none has one. */
static int32_t
equation_to_widen(const mo_hiding *h, int32_t cell)
{
	const mo_linked_cells *t = h->table;
	int32_t		best = -1;
	double		smallest = INFINITY;

	for (size_t i = h->of_cell.start[cell]; i < h->of_cell.start[cell + 1]; i++)
	{
		int32_t		equation = t->equation[h->of_cell.link[i]];
		int32_t		part = isnan(h->rest[equation]) ? -1 : smallest_part(h, equation);

		if (part >= 0 && fabs(t->count[part]) < smallest)
		{
			best = equation;
			smallest = fabs(t->count[part]);
		}
	}
	return best;
}

static bool
hide_totals_of(mo_hiding *h, int32_t cell)
{
	for (size_t i = h->of_cell.start[cell]; i < h->of_cell.start[cell + 1]; i++)
	{
		int32_t		equation = h->table->equation[h->of_cell.link[i]];

		if (!isnan(h->rest[equation]) && can_be_hidden(h->table, total_of(h, equation)))
		{
			hide(h, total_of(h, equation));
			return true;
		}
	}
	return false;
}

static bool
hide_zeros_of(mo_hiding *h, int32_t cell)
{
	bool		found = false;

	for (size_t i = h->of_cell.start[cell]; i < h->of_cell.start[cell + 1]; i++)
	{
		int32_t		equation = h->table->equation[h->of_cell.link[i]];

		for (size_t j = h->of_equation.start[equation]; j < h->of_equation.start[equation + 1]; j++)
		{
			int32_t		other = h->table->cell[h->of_equation.link[j]];

			if (!can_be_hidden(h->table, other) || isnan(h->rest[equation]) || h->table->ceiling[other] == 0)
				continue;
			hide(h, other);
			found = true;
		}
	}
	return found;
}

/* Hides something in an equation of the cell. */
static bool
hide_beside(mo_hiding *h, int32_t cell, bool zeros)
{
	int32_t		equation = equation_to_widen(h, cell);

	if (zeros)
		return hide_zeros_of(h, cell);
	return equation >= 0 ? hide_more(h, equation) : hide_totals_of(h, cell);
}

/* Adds to `reached` the cells that share an equation with `cell`. */
static size_t
reach(mo_hiding *h, int32_t cell, int32_t *reached, size_t count)
{
	const mo_linked_cells *t = h->table;

	for (size_t i = h->of_cell.start[cell]; i < h->of_cell.start[cell + 1]; i++)
	{
		int32_t		equation = t->equation[h->of_cell.link[i]];

		for (size_t j = h->of_equation.start[equation]; j < h->of_equation.start[equation + 1]; j++)
		{
			int32_t		other = t->cell[h->of_equation.link[j]];

			if (h->seen[other] || !t->hidden[other] || isnan(h->rest[equation]))
				continue;
			h->seen[other] = true;
			reached[count++] = other;
		}
	}
	return count;
}

/* Hides something for the sake of a cell that is given away: as near to it in the web of hidden cells as there is something. */
static bool
hide_near(mo_hiding *h, int32_t cell, bool zeros)
{
	size_t	   *barren = h->barren + (zeros ? h->table->cells : 0);
	bool		found = false;
	size_t		count = 1;

	if (barren[cell] == h->hidings)
		return false;
	h->reached[0] = cell;
	h->seen[cell] = true;
	for (size_t i = 0; i < count && !found; i++)
	{
		found = hide_beside(h, h->reached[i], zeros);
		if (!found)
			count = reach(h, h->reached[i], h->reached, count);
	}
	for (size_t i = 0; i < count; i++)
	{
		h->seen[h->reached[i]] = false;
		barren[h->reached[i]] = found ? 0 : h->hidings;
	}
	return found;
}

static void
prepare(mo_hiding *h)
{
	const mo_linked_cells *t = h->table;

	h->of_equation = index_of(h, t->equation, t->equations);
	h->of_cell = index_of(h, t->cell, t->cells);
	h->rest = allocate(h, t->equations, sizeof(double));
	h->queue = allocate(h, t->equations, sizeof(int32_t));
	h->queued = allocate(h, t->equations, sizeof(bool));
	h->reached = allocate(h, t->cells, sizeof(int32_t));
	h->seen = allocate(h, t->cells, sizeof(bool));
	h->barren = allocate(h, t->cells * 2, sizeof(size_t));
	for (size_t e = 0; e < t->equations; e++)
		h->rest[e] = mo_rest_of_equation(h, e);
}

void
mo_hide_linked_cells(const mo_linked_cells *table, mo_memory memory, void (*interrupt) (void))
{
	mo_hiding	h = {.table = table, .memory = memory, .interrupt = interrupt, .hidings = 1};
	bool	   *told;
	bool		more = true;

	prepare(&h);
	told = allocate(&h, table->cells, sizeof(bool));
	for (size_t c = 0; c < table->cells; c++)
		if (table->hidden[c])
			look_at_equations_of(&h, (int32_t) c);
	while (more)
	{
		make_equations_safe(&h);
		memset(told, 0, table->cells * sizeof(bool));
		mo_told_by_bounds(&h, told);
		mo_told_by_elimination(&h, told);
		more = false;
		for (size_t c = 0; c < table->cells; c++)
			if (told[c] && table->hidden[c] != MO_UNPUBLISHED && (hide_near(&h, (int32_t) c, false) || hide_near(&h, (int32_t) c, true)))
				more = true;
	}
}
