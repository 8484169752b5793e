/*
 * hidden_cells_linear.c
 *		Which hidden cells are linear consequences of the shown ones, by sparse elimination modulo a prime.
 *
 * Every shown cell is a constant, so only the homogeneous system counts: for each equation without a rest, the sum of its hidden
 * parts less its hidden total is 0. Unknowns in one equation only go first and cost nothing (in a tree of organisations nearly all
 * do); then rows are taken shortest first, each with the unknown of its that is in the fewest rows (Markowitz). Unknowns left over
 * are free and get a pseudo-random value, the same in every call; back substitution gives the others. A cell that every solution
 * agrees on is 0; another is 0 with probability 2^-31, and then only hides a cell more.
 */
#include <string.h>

#include "hidden_cells.h"

#define PRIME UINT64_C(2147483647)
#define WORK_LIMIT UINT64_C(100000000)	/* entries touched: beyond it the rows left over are not looked at */
#define NO_ROW (-1)

typedef struct entry
{
	int32_t		cell;
	uint32_t	value;
} entry;

typedef struct row
{
	entry	   *entries;
	int32_t		count;
	int32_t		room;
	bool		active;
} row;

/* Rows an unknown is in, some of them no longer. */
typedef struct column
{
	int32_t    *rows;
	int32_t		count;
	int32_t		room;
	int32_t		degree;			/* active rows it is in */
} column;

typedef struct pivot
{
	int32_t		row;
	int32_t		cell;
} pivot;

typedef struct elimination
{
	mo_hiding  *h;
	row		   *rows;
	column	   *columns;
	pivot	   *pivots;
	size_t		pivot_count;
	int32_t    *shortest;		/* for each length, the last row that had it */
	int32_t    *longer_by;		/* the row before it of that length, NO_ROW: none */
	int32_t		longest;
	int32_t    *waiting;		/* unknowns that may be in one row only */
	size_t		waiting_count;
	size_t		waiting_room;
	int32_t    *place;			/* of a cell in the row being changed, plus 1 */
	uint64_t	work;
} elimination;

static void *
allocate(const elimination *e, size_t count, size_t size)
{
	return e->h->memory.allocate(e->h->memory.context, (count + 1) * size);
}

static void *
grown(const elimination *e, void *old, size_t count, size_t room, size_t size)
{
	void	   *block = allocate(e, room, size);

	if (count > 0)
		memcpy(block, old, count * size);
	if (old)
		e->h->memory.release(e->h->memory.context, old);
	return block;
}

static uint64_t
inverse(uint64_t value)
{
	uint64_t	result = 1;

	for (uint64_t power = PRIME - 2; power > 0; power >>= 1)
	{
		if (power & 1)
			result = result * value % PRIME;
		value = value * value % PRIME;
	}
	return result;
}

/* 1 .. PRIME - 1, splitmix64 of the cell's number. */
static uint64_t
random_value(uint64_t cell)
{
	uint64_t	x = (cell + 1) * UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return (x ^ (x >> 31)) % (PRIME - 1) + 1;
}

static void
wait_if_single(elimination *e, int32_t cell)
{
	if (e->columns[cell].degree != 1)
		return;
	if (e->waiting_count == e->waiting_room)
	{
		e->waiting_room = 2 * e->waiting_room + 64;
		e->waiting = grown(e, e->waiting, e->waiting_count, e->waiting_room, sizeof(int32_t));
	}
	e->waiting[e->waiting_count++] = cell;
}

static void
add_entry(elimination *e, int32_t number, int32_t cell, uint32_t value)
{
	row		   *r = &e->rows[number];
	column	   *c = &e->columns[cell];

	if (r->count == r->room)
	{
		r->room = 2 * r->room + 4;
		r->entries = grown(e, r->entries, r->count, r->room, sizeof(entry));
	}
	r->entries[r->count++] = (entry) {cell, value};
	if (c->count == c->room)
	{
		c->room = 2 * c->room + 4;
		c->rows = grown(e, c->rows, c->count, c->room, sizeof(int32_t));
	}
	c->rows[c->count++] = number;
	c->degree++;
}

static void
remove_entry(elimination *e, int32_t number, int32_t at)
{
	row		   *r = &e->rows[number];
	int32_t		cell = r->entries[at].cell;

	e->place[cell] = 0;
	r->entries[at] = r->entries[--r->count];
	if (at < r->count)
		e->place[r->entries[at].cell] = at + 1;
	e->columns[cell].degree--;
	wait_if_single(e, cell);
}

/* Row lists by length, as stacks with entries that may be out of date; a row stands in one of them at a time. */
static void
file_row(elimination *e, int32_t number)
{
	int32_t		length = e->rows[number].count;

	e->longer_by[number] = e->shortest[length];
	e->shortest[length] = number;
	if (length > e->longest)
		e->longest = length;
}

static void
read_rows(elimination *e)
{
	const mo_linked_cells *t = e->h->table;

	for (size_t q = 0; q < t->equations; q++)
	{
		if (e->h->rest[q] != 0)		/* NAN too: says nothing; an unknown rest is an unknown of this row only */
			continue;
		for (size_t i = e->h->of_equation.start[q]; i < e->h->of_equation.start[q + 1]; i++)
		{
			int32_t		link = e->h->of_equation.link[i];

			if (t->hidden[t->cell[link]])
				add_entry(e, (int32_t) q, t->cell[link], t->sign[link] > 0 ? 1 : (uint32_t) (PRIME - 1));
		}
		e->rows[q].active = e->rows[q].count > 0;
	}
	for (size_t q = 0; q < t->equations; q++)
		if (e->rows[q].active)
			file_row(e, (int32_t) q);
	for (size_t c = 0; c < t->cells; c++)
		wait_if_single(e, (int32_t) c);
}

/* The row no longer counts: it is solved for `cell`. */
static void
solve_for(elimination *e, int32_t number, int32_t cell)
{
	row		   *r = &e->rows[number];

	r->active = false;
	e->pivots[e->pivot_count++] = (pivot) {number, cell};
	for (int32_t i = 0; i < r->count; i++)
	{
		e->columns[r->entries[i].cell].degree--;
		wait_if_single(e, r->entries[i].cell);
	}
}

static void
solve_single_unknowns(elimination *e)
{
	while (e->waiting_count > 0)
	{
		int32_t		cell = e->waiting[--e->waiting_count];
		column	   *c = &e->columns[cell];

		for (int32_t i = 0; c->degree == 1 && i < c->count; i++)
		{
			row		   *r = &e->rows[c->rows[i]];

			for (int32_t j = 0; r->active && j < r->count; j++)
				if (r->entries[j].cell == cell)
					solve_for(e, c->rows[i], cell);
		}
	}
}

/* target := target - factor * source, which takes `cell` out of it. */
static void
subtract_row(elimination *e, int32_t target, int32_t source, uint64_t factor)
{
	row		   *s = &e->rows[source];

	for (int32_t i = 0; i < e->rows[target].count; i++)
		e->place[e->rows[target].entries[i].cell] = i + 1;
	for (int32_t i = 0; i < s->count; i++)
	{
		int32_t		cell = s->entries[i].cell;
		uint64_t	change = PRIME - factor * s->entries[i].value % PRIME;
		int32_t		at = e->place[cell] - 1;

		if (at < 0)
		{
			add_entry(e, target, cell, (uint32_t) (change % PRIME));
			e->place[cell] = e->rows[target].count;
			continue;
		}
		e->rows[target].entries[at].value = (uint32_t) ((e->rows[target].entries[at].value + change) % PRIME);
		if (e->rows[target].entries[at].value == 0)
			remove_entry(e, target, at);
	}
	for (int32_t i = 0; i < e->rows[target].count; i++)
		e->place[e->rows[target].entries[i].cell] = 0;
	e->work += (uint64_t) e->rows[target].count + (uint64_t) s->count;
}

static uint64_t
value_in(const row *r, int32_t cell)
{
	for (int32_t i = 0; i < r->count; i++)
		if (r->entries[i].cell == cell)
			return r->entries[i].value;
	return 0;
}

/* Takes `cell` out of every other row. */
static void
eliminate(elimination *e, int32_t number, int32_t cell)
{
	column	   *c = &e->columns[cell];
	uint64_t	inverted = inverse(value_in(&e->rows[number], cell));

	for (int32_t i = 0; i < c->count; i++)
	{
		int32_t		other = c->rows[i];
		uint64_t	value;

		e->work++;
		if (other == number || !e->rows[other].active || (value = value_in(&e->rows[other], cell)) == 0)
			continue;
		subtract_row(e, other, number, value * inverted % PRIME);
		if (e->rows[other].count == 0)
			e->rows[other].active = false;
	}
	solve_for(e, number, cell);
}

/* An active row of the least length, NO_ROW when there is none. A row found under a length it no longer has is filed again. */
static int32_t
shortest_row(elimination *e)
{
	for (int32_t length = 1; length <= e->longest; length++)
	{
		while (e->shortest[length] != NO_ROW)
		{
			int32_t		number = e->shortest[length];
			row		   *r = &e->rows[number];

			if (r->active && r->count == length)
				return number;
			e->shortest[length] = e->longer_by[number];
			if (!r->active)
				continue;
			file_row(e, number);
			if (r->count < length)
				length = r->count;
		}
	}
	return NO_ROW;
}

static void
eliminate_rows(elimination *e)
{
	int32_t		number;

	solve_single_unknowns(e);
	while (e->work < WORK_LIMIT && (number = shortest_row(e)) != NO_ROW)
	{
		const row  *r = &e->rows[number];
		int32_t		best = 0;

		for (int32_t i = 1; i < r->count; i++)
			if (e->columns[r->entries[i].cell].degree < e->columns[r->entries[best].cell].degree)
				best = i;
		eliminate(e, number, r->entries[best].cell);
		solve_single_unknowns(e);
		if (e->h->interrupt)
			e->h->interrupt();
	}
}

void
mo_told_by_elimination(mo_hiding *h, bool *told)
{
	const mo_linked_cells *t = h->table;
	elimination e = {.h = h};
	uint64_t   *value = allocate(&e, t->cells, sizeof(uint64_t));

	e.rows = allocate(&e, t->equations, sizeof(row));
	e.columns = allocate(&e, t->cells, sizeof(column));
	e.pivots = allocate(&e, t->equations, sizeof(pivot));
	e.longer_by = allocate(&e, t->equations, sizeof(int32_t));
	e.shortest = allocate(&e, t->cells + 1, sizeof(int32_t));
	e.place = allocate(&e, t->cells, sizeof(int32_t));
	memset(e.shortest, 0xff, (t->cells + 2) * sizeof(int32_t));
	read_rows(&e);
	eliminate_rows(&e);
	for (size_t c = 0; c < t->cells; c++)
		value[c] = random_value(c);
	while (e.pivot_count > 0)
	{
		pivot		p = e.pivots[--e.pivot_count];
		const row  *r = &e.rows[p.row];
		uint64_t	sum = 0;

		for (int32_t i = 0; i < r->count; i++)
			if (r->entries[i].cell != p.cell)
				sum = (sum + r->entries[i].value * value[r->entries[i].cell]) % PRIME;
		value[p.cell] = (PRIME - sum) % PRIME * inverse(value_in(r, p.cell)) % PRIME;
	}
	for (size_t c = 0; c < t->cells; c++)
		if (t->hidden[c] && value[c] == 0)
			told[c] = true;
}
