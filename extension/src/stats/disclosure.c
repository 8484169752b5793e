#include "disclosure.h"

bool
mo_round_count(int64_t n, int64_t round_to, int64_t *rounded)
{
	int64_t		rest = n % round_to;
	int64_t		down = n - rest;

	*rounded = down;
	if (rest < round_to - rest)
		return true;
	if (down > INT64_MAX - round_to)
		return false;
	*rounded = down + round_to;
	return true;
}

/* What is hidden so far. */
typedef struct hidden_cells
{
	int64_t		count;
	int64_t		sum;			/* stops at INT64_MAX */
	bool		all_lowest;
	bool		all_highest;
} hidden_cells;

static void
hide(hidden_cells *cells, mo_small_numbers rule, int64_t n)
{
	cells->count++;
	cells->sum = n > INT64_MAX - cells->sum ? INT64_MAX : cells->sum + n;
	cells->all_lowest = cells->all_lowest && n == rule.hide_from;
	cells->all_highest = cells->all_highest && n == rule.hide_to;
}

/* One hidden cell alone never adds up to more than hide_to. */
static bool
gives_away(const hidden_cells *cells, mo_small_numbers rule)
{
	return cells->count > 0 && (cells->sum <= rule.hide_to || cells->all_lowest || cells->all_highest);
}

/* A heap of indexes, the smallest cell on top. */
static void
sift_down(const int64_t *cells, size_t *heap, size_t root, size_t n)
{
	size_t		moved = heap[root];

	for (size_t child; (child = 2 * root + 1) < n; root = child)
	{
		if (child + 1 < n && cells[heap[child + 1]] < cells[heap[child]])
			child++;
		if (cells[heap[child]] >= cells[moved])
			break;
		heap[root] = heap[child];
	}
	heap[root] = moved;
}

bool
mo_hide_siblings(const int64_t *cells, size_t n, mo_small_numbers rule, bool *hidden, size_t *order)
{
	hidden_cells all = {0, 0, true, true};
	size_t		left = 0;
	int64_t		last = 0;

	for (size_t i = 0; i < n; i++)
	{
		hidden[i] = cells[i] >= 0 && mo_is_small(rule, cells[i]);
		if (hidden[i])
			hide(&all, rule, cells[i]);
		else if (cells[i] > 0)
			order[left++] = i;
	}
	if (!gives_away(&all, rule))
		return false;
	for (size_t i = left / 2; i-- > 0;)
		sift_down(cells, order, i, left);
	while (left > 0 && (gives_away(&all, rule) || cells[order[0]] == last))
	{
		last = cells[order[0]];
		hidden[order[0]] = true;
		hide(&all, rule, cells[order[0]]);
		order[0] = order[--left];
		if (left > 0)
			sift_down(cells, order, 0, left);
	}
	return gives_away(&all, rule);
}
