#include "hidden_cells_system.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define HELD 64					/* equations held by one that are looked at */
#define WORK_LIMIT UINT64_C(20000000)	/* terms compared: beyond it no more differences are taken */

static void *
allocate(const mo_cell_system *s, size_t count, size_t size)
{
	return s->hiding->memory.allocate(s->hiding->memory.context, (count + 1) * size);
}

static void
release(const mo_cell_system *s, void *block)
{
	if (block)
		s->hiding->memory.release(s->hiding->memory.context, block);
}

static void *
with_room(const mo_cell_system *s, void *block, size_t count, size_t *room, size_t size)
{
	void	   *larger;

	if (count < *room)
		return block;
	*room = 2 * *room + 256;
	larger = allocate(s, *room, size);
	if (count > 0)
		memcpy(larger, block, count * size);
	release(s, block);
	return larger;
}

static void
begin_sum(mo_cell_system *s, double known, double rest)
{
	s->sums = with_room(s, s->sums, s->sum_count, &s->sum_room, sizeof(mo_cell_sum));
	s->sums[s->sum_count++] = (mo_cell_sum) {s->term_count, 0, known, rest};
}

static void
add_term(mo_cell_system *s, int32_t cell, signed char sign)
{
	s->terms = with_room(s, s->terms, s->term_count, &s->term_room, sizeof(mo_cell_term));
	s->terms[s->term_count++] = (mo_cell_term) {cell, sign};
	s->sums[s->sum_count - 1].count++;
}

static void
read_equation(mo_cell_system *s, size_t equation)
{
	const mo_hiding *h = s->hiding;
	const mo_linked_cells *t = h->table;

	begin_sum(s, 0, h->rest[equation]);
	for (size_t i = h->of_equation.start[equation]; i < h->of_equation.start[equation + 1]; i++)
	{
		int32_t		link = h->of_equation.link[i];

		if (t->hidden[t->cell[link]])
			add_term(s, t->cell[link], t->sign[link]);
		else
			s->sums[s->sum_count - 1].known += t->sign[link] * t->count[t->cell[link]];
	}
	if (s->sums[s->sum_count - 1].count == 0)
		s->sum_count--;
}

static void
index_cells(mo_cell_system *s)
{
	size_t		cells = s->hiding->table->cells;
	size_t	   *next = allocate(s, cells + 1, sizeof(size_t));

	s->of_cell.start = allocate(s, cells + 1, sizeof(size_t));
	s->of_cell.link = allocate(s, s->term_count, sizeof(int32_t));
	for (size_t i = 0; i < s->term_count; i++)
		s->of_cell.start[s->terms[i].cell + 1]++;
	for (size_t c = 0; c < cells; c++)
		s->of_cell.start[c + 1] += s->of_cell.start[c];
	memcpy(next, s->of_cell.start, (cells + 1) * sizeof(size_t));
	for (size_t e = 0; e < s->sum_count; e++)
		for (int32_t i = 0; i < s->sums[e].count; i++)
			s->of_cell.link[next[s->terms[s->sums[e].first + i].cell]++] = (int32_t) e;
	release(s, next);
}

/* ------------------------------------------------ differences */

typedef struct differences
{
	mo_cell_system *system;
	signed char *held;			/* by cell: its sign in the sum that is looked at, 0: not in it, or taken out */
	int32_t    *looked_at;		/* by sum: for which other, plus 1 */
	uint64_t	work;
} differences;

/* The sign with which all of the sum's terms are in the one looked at; 0: not all are. */
static int
sign_within(differences *d, const mo_cell_sum *sum)
{
	const mo_cell_term *terms = d->system->terms + sum->first;
	int			sign = d->held[terms[0].cell] * terms[0].sign;

	for (int32_t i = 1; sign != 0 && i < sum->count; i++)
		if (d->held[terms[i].cell] * terms[i].sign != sign)
			sign = 0;
	d->work += (uint64_t) sum->count;
	return sign;
}

typedef struct held_sum
{
	int32_t		count;
	int32_t		sum;
} held_sum;

static int
largest_first(const void *left, const void *right)
{
	const held_sum *a = left;
	const held_sum *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return (a->sum > b->sum) - (a->sum < b->sum);
}

/* Sums whose hidden cells are some of this one's, the largest first. */
static int
list_held(differences *d, int32_t sum, held_sum *list)
{
	const mo_cell_system *s = d->system;
	mo_cell_sum whole = s->sums[sum];
	int			n = 0;

	for (int32_t i = 0; i < whole.count; i++)
	{
		int32_t		cell = s->terms[whole.first + i].cell;

		for (size_t j = s->of_cell.start[cell]; j < s->of_cell.start[cell + 1] && n < HELD; j++)
		{
			int32_t		other = s->of_cell.link[j];

			d->work++;
			if (d->looked_at[other] == sum + 1)
				continue;
			d->looked_at[other] = sum + 1;
			if (s->sums[other].rest == 0 && s->sums[other].count < whole.count && sign_within(d, &s->sums[other]) != 0)
				list[n++] = (held_sum) {s->sums[other].count, other};
		}
	}
	qsort(list, n, sizeof(held_sum), largest_first);
	return n;
}

/* Adds the sum of what is left of the terms of `sum`. */
static void
add_what_is_left(differences *d, int32_t sum, double known)
{
	mo_cell_system *s = d->system;
	mo_cell_sum whole = s->sums[sum];

	begin_sum(s, known, whole.rest);
	for (int32_t i = 0; i < whole.count; i++)
	{
		mo_cell_term term = s->terms[whole.first + i];

		if (d->held[term.cell] != 0)
			add_term(s, term.cell, term.sign);
	}
	if (s->sums[s->sum_count - 1].count == 0)
		s->sum_count--;
}

static void
mark(differences *d, int32_t sum, bool held)
{
	mo_cell_sum whole = d->system->sums[sum];

	for (int32_t i = 0; i < whole.count; i++)
	{
		mo_cell_term term = d->system->terms[whole.first + i];

		d->held[term.cell] = held ? term.sign : 0;
	}
}

/* One without another, for each other that it holds; and without as many of them as have no cell in common. */
static void
take_differences(differences *d, int32_t sum)
{
	held_sum	list[HELD];
	mo_cell_system *s = d->system;
	double		known = s->sums[sum].known;
	int			n;

	mark(d, sum, true);
	n = list_held(d, sum, list);
	for (int i = 1; i < n; i++)
	{
		int			sign = sign_within(d, &s->sums[list[i].sum]);

		mark(d, list[i].sum, false);
		add_what_is_left(d, sum, known - sign * s->sums[list[i].sum].known);
		mark(d, sum, true);
	}
	for (int i = 0; i < n; i++)
	{
		int			sign = sign_within(d, &s->sums[list[i].sum]);

		if (sign == 0)
			continue;
		mark(d, list[i].sum, false);
		known -= sign * s->sums[list[i].sum].known;
		add_what_is_left(d, sum, known);
	}
	mark(d, sum, false);
}

mo_cell_system
mo_make_cell_system(const mo_hiding *hiding)
{
	mo_cell_system s = {.hiding = hiding};
	differences d = {.system = &s};
	int32_t		count;

	for (size_t e = 0; e < hiding->table->equations; e++)
		if (!isnan(hiding->rest[e]))
			read_equation(&s, e);
	index_cells(&s);
	count = (int32_t) s.sum_count;
	d.held = allocate(&s, hiding->table->cells, 1);
	d.looked_at = allocate(&s, s.sum_count, sizeof(int32_t));
	for (int32_t e = 0; e < count && d.work < WORK_LIMIT; e++)
		if (s.sums[e].count > 1)
			take_differences(&d, e);
	release(&s, d.held);
	release(&s, d.looked_at);
	release(&s, s.of_cell.start);
	release(&s, s.of_cell.link);
	index_cells(&s);
	return s;
}

void
mo_release_cell_system(mo_cell_system *system)
{
	release(system, system->sums);
	release(system, system->terms);
	release(system, system->of_cell.start);
	release(system, system->of_cell.link);
}
