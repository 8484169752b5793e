/*
 * roll_up_order.c
 *		The order in which rolled-up figures are given, which is that of the layer's index on them, the measure itself before its parts: pages
 *		read it alone, and it is one row in four. See roll_up.h.
 */
#include "roll_up.h"

#include <stdlib.h>

typedef struct ranked_name
{
	const mo_name *name;
	int32_t		number;
	int			type;
} ranked_name;

static int
name_order(const void *left, const void *right)
{
	const ranked_name *a = left;
	const ranked_name *b = right;

	return a->type != b->type ? a->type - b->type : mo_name_compare(a->name, b->name);
}

/* rank_of[number] = place of it in order */
static int32_t *
ranks(mo_roll_up *run, ranked_name *names, int32_t n)
{
	int32_t    *rank_of = run->memory.allocate(run->memory.context, ((size_t) n + 1) * sizeof(int32_t));

	qsort(names, (size_t) n, sizeof(ranked_name), name_order);
	for (int32_t i = 0; i < n; i++)
		rank_of[names[i].number] = i;
	run->memory.release(run->memory.context, names);
	return rank_of;
}

static int32_t *
rank_targets(mo_roll_up *run)
{
	/* the order in which their types' names are sorted, as the layer numbers its organisations */
	static const int type_order[MO_ORG_TYPES] = {4, 3, 6, 1, 5, 2, 0};
	ranked_name *names = run->memory.allocate(run->memory.context, ((size_t) run->target_count + 1) * sizeof(ranked_name));

	for (int32_t i = 0; i < run->target_count; i++)
		names[i] = (ranked_name) {&run->input.codes->names[run->targets[i].code], i, type_order[run->targets[i].type]};
	return ranks(run, names, run->target_count);
}

static int32_t *
rank_parts(mo_roll_up *run)
{
	ranked_name *names = run->memory.allocate(run->memory.context, ((size_t) run->input.parts->count + 1) * sizeof(ranked_name));

	for (int32_t i = 0; i < run->input.parts->count; i++)
		names[i] = (ranked_name) {&run->input.parts->names[i], i, 0};
	return ranks(run, names, run->input.parts->count);
}

typedef struct ordered_row
{
	uint64_t	key;
	int32_t		row;
} ordered_row;

static int
row_order(const void *left, const void *right)
{
	const ordered_row *a = left;
	const ordered_row *b = right;

	return (a->key > b->key) - (a->key < b->key);
}

/* Rows of the measure itself, or of its parts, in order; their number. */
static size_t
order_rows(const mo_roll_up *run, bool parts, const int32_t *target_rank, const int32_t *part_rank, ordered_row *rows)
{
	size_t		n = 0;

	for (size_t i = 0; i < run->row_count; i++)
	{
		const mo_rolled *row = &run->rows[i];

		if ((row->part != 0) == parts && mo_key_find(&run->withheld, mo_month_key(row->month, row->target)) == MO_NOT_FOUND)
			rows[n++] = (ordered_row) {mo_row_key(target_rank[row->target], row->month, part_rank[row->part]), (int32_t) i};
	}
	qsort(rows, n, sizeof(ordered_row), row_order);
	return n;
}

void
mo_roll_up_order(mo_roll_up *run)
{
	int32_t    *target_rank = rank_targets(run);
	int32_t    *part_rank = rank_parts(run);
	ordered_row *rows = run->memory.allocate(run->memory.context, (run->row_count + 1) * sizeof(ordered_row));
	size_t		n = order_rows(run, false, target_rank, part_rank, rows);

	n += order_rows(run, true, target_rank, part_rank, rows + n);
	run->order = run->memory.allocate(run->memory.context, (n + 1) * sizeof(int32_t));
	for (size_t i = 0; i < n; i++)
		run->order[i] = rows[i].row;
	run->order_count = n;
	run->memory.release(run->memory.context, rows);
	run->memory.release(run->memory.context, target_rank);
	run->memory.release(run->memory.context, part_rank);
}

typedef struct month_row
{
	uint64_t	key;
	int32_t		part;			/* by rank */
	int32_t		row;
} month_row;

static int
month_row_order(const void *left, const void *right)
{
	const month_row *a = left;
	const month_row *b = right;

	return a->key != b->key ? (a->key > b->key) - (a->key < b->key) : (a->part > b->part) - (a->part < b->part);
}

size_t
mo_roll_up_by_month(mo_roll_up *run, const bool *months, int32_t *rows)
{
	int32_t    *target_rank = rank_targets(run);
	int32_t    *part_rank = rank_parts(run);
	month_row  *ordered = run->memory.allocate(run->memory.context, (run->row_count + 1) * sizeof(month_row));
	size_t		n = 0;

	for (size_t i = 0; i < run->row_count; i++)
	{
		const mo_rolled *row = &run->rows[i];

		if (months[row->month] && mo_key_find(&run->withheld, mo_month_key(row->month, row->target)) == MO_NOT_FOUND)
			ordered[n++] = (month_row) {mo_month_key(row->month, target_rank[row->target]), part_rank[row->part], (int32_t) i};
	}
	qsort(ordered, n, sizeof(month_row), month_row_order);
	for (size_t i = 0; i < n; i++)
		rows[i] = ordered[i].row;
	run->memory.release(run->memory.context, ordered);
	run->memory.release(run->memory.context, target_rank);
	run->memory.release(run->memory.context, part_rank);
	return n;
}
