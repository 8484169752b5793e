/*
 * roll_up_hide.c
 *		Which rolled-up figures readers do not see: those small for their own sake, and those that would tell them. See roll_up.h.
 *
 * The figures of a month are the cells of hidden_cells.h. Published totals that count, each way of adding up by itself: practices of a PCN,
 * PCNs and practices of none of an ICB, what is in a sub-ICB (PCNs, but practices of a PCN that is not all in one, or of none), sub-ICBs of
 * an ICB where they add up to it (else of the region or nation, beside its other ICBs), ICBs of a region, regions of the nation, practices of a group (a PCN that is in it as a whole as one);
 * parts of the measure by their families, any other part by itself. A month without a small figure costs a look at each.
 */
#include "roll_up_hide.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "double_sum.h"
#include "hidden_cells.h"

typedef struct equation
{
	char	   *name;			/* their order decides what is hidden where two choices are as good: it has to be the same each time */
	size_t		first;			/* of its links */
	size_t		count;
} equation;

static int
small_reason(const mo_roll_up_input *input, const mo_rolled *row)
{
	double		numerator = mo_sum_value(row->numerator);
	double		denominator = mo_sum_value(row->denominator);

	if (!input->is_count && denominator > 0 && denominator < input->hide_denominator_below)
		return MO_SMALL_DENOMINATOR;
	return input->hide_numerators && numerator >= input->hide_from && numerator <= input->hide_to ? MO_SMALL_COUNT : MO_SHOWN;
}

/* ------------------------------------------------ equations */

static void
link_cells(mo_hiding_month *m, int32_t prefix, int32_t total, int32_t part)
{
	if (m->link_count == m->link_room)
	{
		size_t		room = m->link_room == 0 ? 1024 : m->link_room * 2;
		mo_linked_cell *links = mo_month_scratch(m, room, sizeof(mo_linked_cell));

		if (m->link_count > 0)
			memcpy(links, m->links, m->link_count * sizeof(mo_linked_cell));
		m->links = links;
		m->link_room = room;
	}
	m->links[m->link_count++] = (mo_linked_cell) {prefix, total, part};
}

/* The cell of an organisation and part, or -1. */
static int32_t
cell_at(const mo_hiding_month *m, int32_t target, int32_t part)
{
	int32_t		row = mo_key_find(&m->run->row_of, mo_row_key(target, m->month, part));

	return row == MO_NOT_FOUND ? -1 : m->cell_of[row];
}

static void
link_to(mo_hiding_month *m, int32_t cell, int32_t prefix, mo_org_type type, int32_t code)
{
	int32_t		target = mo_target_here(m, type, code);
	int32_t		total = target == MO_NOT_FOUND ? -1 : cell_at(m, target, m->run->rows[m->rows[cell]].part);

	if (total >= 0)
		link_cells(m, prefix, total, cell);
}

/*
 * By sub-ICB: to its ICB, or, where that has some that are of another ICB's sub-ICBs, beside whole ICBs to the region, and so on to the nation.
 * Somebody of no sub-ICB counts by himself.
 */
static void
link_by_sub_icb(mo_hiding_month *m, int32_t cell, int32_t target, mo_org_type type)
{
	int32_t		icb = mo_target_within(m, target, MO_ICB);
	int32_t		region = mo_target_within(m, target, MO_REGION);
	bool		is_below_icb = type == MO_SUB_ICB || (type == MO_PRACTICE && mo_target_within(m, target, MO_SUB_ICB) == MO_NOWHERE);
	bool		icb_is_split = icb != MO_NOWHERE && m->split_icb[icb];
	bool		region_is_split = region != MO_NOWHERE && m->split_region[region];

	if (is_below_icb && !icb_is_split)
		link_to(m, cell, m->by_sub_icb, MO_ICB, icb);
	if (region == MO_NOWHERE || !(type == MO_REGION || (type == MO_ICB ? !icb_is_split : is_below_icb && icb_is_split)))
		return;
	if (type != MO_REGION && !region_is_split && m->mixed_region[region])
		link_to(m, cell, m->across, MO_REGION, region);
	if (m->is_mixed_nation && region_is_split == (type != MO_REGION))
		link_to(m, cell, m->across, MO_NATION, mo_target_within(m, target, MO_NATION));
}

static void
link_organisations(mo_hiding_month *m, int32_t cell)
{
	int32_t		target = m->run->rows[m->rows[cell]].target;
	mo_org_type type = m->run->targets[target].type;
	int32_t		pcn = mo_target_within(m, target, MO_PCN);
	int32_t		pcn_target = pcn == MO_NOWHERE ? MO_NOT_FOUND : mo_target_here(m, MO_PCN, pcn);
	bool		is_split = pcn_target != MO_NOT_FOUND && m->split_pcn[pcn_target];
	int32_t		icb = type == MO_PCN ? m->icb_of_pcn[target] : mo_target_within(m, target, MO_ICB);
	int32_t		sub_icb = type == MO_PCN ? m->sub_icb_of_pcn[target] : mo_target_within(m, target, MO_SUB_ICB);
	int32_t		icb_of_pcn = pcn_target == MO_NOT_FOUND ? MO_NOWHERE : m->icb_of_pcn[pcn_target];

	if (type == MO_PRACTICE)
		link_to(m, cell, m->by_level, MO_PCN, pcn);
	if (type == MO_PCN || (type == MO_PRACTICE && icb_of_pcn != icb)) /* of several ICBs are practices of a PCN that is of none */
		link_to(m, cell, m->by_level, MO_ICB, icb);
	if (type == MO_ICB)
		link_to(m, cell, m->by_level, MO_REGION, mo_target_within(m, target, MO_REGION));
	if (type == MO_REGION)
		link_to(m, cell, m->by_level, MO_NATION, mo_target_within(m, target, MO_NATION));
	if ((type == MO_PCN && !is_split) || (type == MO_PRACTICE && (pcn == MO_NOWHERE || is_split)))
		link_to(m, cell, m->by_level, MO_SUB_ICB, sub_icb);
	link_by_sub_icb(m, cell, target, type);
	for (int32_t i = m->first_group[target]; i != 0; i = m->next_group[i - 1])
		link_to(m, cell, m->by_level, MO_GROUP, m->grouped[i - 1]);
}

static int32_t
prefix_of(mo_hiding_month *m, const char *before, const mo_name *name)
{
	size_t		length = strlen(before);
	char	   *bytes = mo_month_scratch(m, length + name->length, 1);

	memcpy(bytes, before, length);
	memcpy(bytes + length, name->bytes, name->length);
	return mo_name_number(&m->prefixes, bytes, length + name->length);
}

/* A part of the measure, which is its total, by each of its families. */
static void
link_parts(mo_hiding_month *m, int32_t cell)
{
	const mo_rolled *row = &m->run->rows[m->rows[cell]];
	const mo_roll_up_input *input = &m->run->input;
	int32_t		total = row->part == 0 ? -1 : cell_at(m, row->target, 0);
	bool		has_family = false;

	if (total < 0)
		return;
	for (size_t i = 0; i < input->family_count; i++)
		if (input->families[i].part == row->part)
		{
			link_cells(m, prefix_of(m, "", &input->families[i].family), total, cell);
			has_family = true;
		}
	if (!has_family)
		link_cells(m, prefix_of(m, "part:", &input->parts->names[row->part]), total, cell);
}

static int
link_order(const void *left, const void *right)
{
	const mo_linked_cell *a = left;
	const mo_linked_cell *b = right;

	if (a->prefix != b->prefix)
		return a->prefix < b->prefix ? -1 : 1;
	if (a->total != b->total)
		return a->total < b->total ? -1 : 1;
	return (a->part > b->part) - (a->part < b->part);
}

static int
equation_order(const void *left, const void *right)
{
	return strcmp(((const equation *) left)->name, ((const equation *) right)->name);
}

static char *
equation_name(const mo_hiding_month *m, const mo_linked_cell *link)
{
	const mo_name *prefix = &m->prefixes.names[link->prefix];
	char	   *name = mo_month_scratch(m, prefix->length + 16, 1);

	memcpy(name, prefix->bytes, prefix->length);
	snprintf(name + prefix->length, 16, "|%d", link->total + 1);
	return name;
}

/* Equations in the order of their names; their number. */
static size_t
list_equations(const mo_hiding_month *m, equation *equations)
{
	size_t		n = 0;

	qsort(m->links, m->link_count, sizeof(mo_linked_cell), link_order);
	for (size_t i = 0; i < m->link_count; i++)
	{
		const mo_linked_cell *link = &m->links[i];

		if (i == 0 || link->prefix != link[-1].prefix || link->total != link[-1].total)
			equations[n++] = (equation) {equation_name(m, link), i, 0};
		equations[n - 1].count++;
	}
	qsort(equations, n, sizeof(equation), equation_order);
	return n;
}

/* ------------------------------------------------ one month */

/*
 * Whether readers know that a numerator cannot exceed its denominator: of a proportion, and of a percentage of money or quantities of which no figure
 * of the month does. Reviews against a target, say, are a percentage that may.
 */
static bool
is_share(const mo_hiding_month *m)
{
	const mo_roll_up_input *input = &m->run->input;

	if (input->interval == MO_WILSON || !input->is_percentage)
		return input->interval == MO_WILSON;
	for (int32_t c = 0; c < m->count; c++)
		if (mo_sum_value(m->run->rows[m->rows[c]].numerator) > mo_sum_value(m->run->rows[m->rows[c]].denominator))
			return false;
	return true;
}

static void
solve(const mo_hiding_month *m, const equation *equations, size_t n, unsigned char *hidden)
{
	const mo_roll_up_input *input = &m->run->input;
	size_t		links = m->link_count + n;
	double	   *count = mo_month_scratch(m, m->count, sizeof(double));
	double	   *ceiling = mo_month_scratch(m, m->count, sizeof(double));
	int32_t    *of = mo_month_scratch(m, links, sizeof(int32_t));
	int32_t    *cell = mo_month_scratch(m, links, sizeof(int32_t));
	signed char *sign = mo_month_scratch(m, links, 1);
	mo_linked_cells table = {
		.cells = m->count, .count = count, .ceiling = ceiling, .hidden = hidden, .hide_from = input->hide_from, .hide_to = input->hide_to,
		.equations = n, .links = links, .equation = of, .cell = cell, .sign = sign
	};
	size_t		at = 0;
	bool		share = is_share(m);

	for (int32_t c = 0; c < m->count; c++)
	{
		count[c] = mo_sum_value(m->run->rows[m->rows[c]].numerator);
		ceiling[c] = share ? mo_sum_value(m->run->rows[m->rows[c]].denominator) : INFINITY;
	}
	for (size_t e = 0; e < n; e++)
		for (size_t i = 0; i <= equations[e].count; i++, at++)
		{
			const mo_linked_cell *link = &m->links[equations[e].first + (i == 0 ? 0 : i - 1)];

			of[at] = (int32_t) e;
			cell[at] = i == 0 ? link->total : link->part;
			sign[at] = i == 0 ? -1 : 1;
		}
	if (n > 0)
		mo_hide_linked_cells(&table, m->run->scratch, m->run->interrupt);
}

static void
prepare(mo_hiding_month *m)
{
	mo_roll_up *run = m->run;

	m->is_here = mo_month_scratch(m, run->target_count, sizeof(bool));
	m->place_of = mo_month_scratch(m, run->target_count, sizeof(int32_t));
	m->prefixes = (mo_name_table) {.memory = run->scratch};
	for (int32_t c = 0; c < m->count; c++)
	{
		const mo_rolled *row = &run->rows[m->rows[c]];

		m->cell_of[m->rows[c]] = c;
		m->is_here[row->target] = true;
		m->place_of[row->target] = row->place;
	}
	mo_roll_up_belong(m);
}

static void
hide_month(mo_hiding_month *m)
{
	unsigned char *hidden = mo_month_scratch(m, m->count, 1);
	equation   *equations;

	prepare(m);
	m->by_level = mo_name_number(&m->prefixes, "1", 1);
	m->by_sub_icb = mo_name_number(&m->prefixes, "2", 1);
	m->across = mo_name_number(&m->prefixes, "3", 1);
	for (int32_t c = 0; c < m->count; c++)
	{
		hidden[c] = (unsigned char) small_reason(&m->run->input, &m->run->rows[m->rows[c]]);
		link_organisations(m, c);
		link_parts(m, c);
	}
	equations = mo_month_scratch(m, m->link_count, sizeof(equation));
	solve(m, equations, list_equations(m, equations), hidden);
	for (int32_t c = 0; c < m->count; c++)
		m->run->rows[m->rows[c]].hidden = hidden[c] == MO_SHOWN ? 0 : hidden[c] == MO_HIDDEN_WITH_OTHERS ? 2 : 1;
	m->run->forget(m->run->scratch.context);
}

void
mo_roll_up_hide(mo_roll_up *run, const mo_group_lists *groups)
{
	bool	   *has_small;
	int32_t    *rows;
	int32_t    *cell_of;
	size_t		n;
	size_t		first = 0;

	if (!run->input.hide_numerators && !(run->input.hide_denominator_below > 0))
		return;
	has_small = run->memory.allocate(run->memory.context, MO_ROLL_UP_MONTHS);
	for (size_t i = 0; i < run->row_count; i++)
		if (small_reason(&run->input, &run->rows[i]) != MO_SHOWN
			&& mo_key_find(&run->withheld, mo_month_key(run->rows[i].month, run->rows[i].target)) == MO_NOT_FOUND)
			has_small[run->rows[i].month] = true;
	rows = run->memory.allocate(run->memory.context, (run->row_count + 1) * sizeof(int32_t));
	cell_of = run->memory.allocate(run->memory.context, (run->row_count + 1) * sizeof(int32_t));
	memset(cell_of, -1, run->row_count * sizeof(int32_t));
	n = mo_roll_up_by_month(run, has_small, rows);
	for (size_t i = 1; i <= n; i++)
		if (i == n || run->rows[rows[i]].month != run->rows[rows[first]].month)
		{
			hide_month(&(mo_hiding_month) {.run = run, .groups = groups, .month = run->rows[rows[first]].month, .rows = rows + first,
					   .count = (int32_t) (i - first), .cell_of = cell_of});
			first = i;
		}
	run->memory.release(run->memory.context, cell_of);
	run->memory.release(run->memory.context, rows);
	run->memory.release(run->memory.context, has_small);
}
