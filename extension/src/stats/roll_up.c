#include "roll_up.h"

#include <math.h>

#include "double_sum.h"

static void *
zeroed(mo_roll_up *run, size_t n, size_t size)
{
	return run->memory.allocate(run->memory.context, (n + 1) * size);
}

static void
pause_at(const mo_roll_up *run, size_t i)
{
	if (run->interrupt != NULL && i % 8192 == 0)
		run->interrupt();
}

/* The number of an organisation at a level, the next one if it is new. */
static int32_t
target_of(mo_roll_up *run, mo_org_type type, int32_t code)
{
	int32_t    *number = &run->target_of[(size_t) code * MO_ORG_TYPES + type];

	if (*number == MO_NOT_FOUND)
	{
		run->targets[run->target_count] = (mo_target) {type, code};
		*number = run->target_count++;
	}
	return *number;
}

static void
start_tables(mo_roll_up *run)
{
	size_t		n = (size_t) run->input.codes->count * MO_ORG_TYPES;
	mo_key_table *tables[] = {&run->place_of, &run->row_of, &run->coverage_of, &run->withheld, &run->earlier_of, &run->aim_of};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		tables[i]->memory = run->memory;
	run->target_of = zeroed(run, n, sizeof(int32_t));
	run->targets = zeroed(run, n, sizeof(mo_target));
	for (size_t i = 0; i < n; i++)
		run->target_of[i] = MO_NOT_FOUND;
	run->level = mo_level_of(0.95);
	for (int count = 0; count < MO_BYAR_FROM; count++)
	{
		run->exact[count][0] = mo_count_lower(count, &run->level);
		run->exact[count][1] = mo_count_upper(count, &run->level);
	}
}

static bool
index_places(mo_roll_up *run, size_t *at)
{
	for (size_t i = 0; i < run->input.place_count; i++)
	{
		const mo_place *place = &run->input.places[i];
		bool		is_new;
		int32_t    *number = mo_key_place(&run->place_of, mo_month_key(place->month, place->code), &is_new);

		*at = i;
		if (!is_new)
			return false;
		*number = (int32_t) i;
	}
	return true;
}

static const mo_place *
place_of(const mo_roll_up *run, int32_t month, int32_t code)
{
	int32_t		number = mo_key_find(&run->place_of, mo_month_key(month, code));

	return number == MO_NOT_FOUND ? NULL : &run->input.places[number];
}

/* ------------------------------------------------ which silence means 0 */

/* A key table used as a set. */
static void
note(mo_key_table *set, uint64_t key)
{
	bool		is_new;

	*mo_key_place(set, key, &is_new) = 1;
}

/* (month, ICB) with a figure, be it of a part only; (month, MO_NOWHERE): any ICB. */
static void
find_measured(const mo_roll_up *run, mo_key_table *measured)
{
	for (size_t i = 0; i < run->input.figure_count; i++)
	{
		const mo_figure *figure = &run->input.figures[i];
		const mo_place *place = place_of(run, figure->month, figure->code);

		if (place == NULL || place->within[MO_ICB] == MO_NOWHERE)
			continue;
		note(measured, mo_month_key(figure->month, place->within[MO_ICB]));
		note(measured, mo_month_key(figure->month, MO_NOWHERE));
	}
}

/* From when to when the ICB of a row of coverage has figures, of whatever type. */
static mo_coverage
reach_of_icb(const mo_roll_up *run, int32_t icb)
{
	mo_coverage reach = {MO_ICB, icb, MO_NO_MONTH, INT32_MIN};

	for (size_t i = 0; i < run->input.coverage_count; i++)
	{
		const mo_coverage *one = &run->input.coverage[i];

		if (one->icb != icb)
			continue;
		if (one->first_month != MO_NO_MONTH && (reach.first_month == MO_NO_MONTH || one->first_month < reach.first_month))
			reach.first_month = one->first_month;
		if (one->last_month > reach.last_month)
			reach.last_month = one->last_month;
	}
	return reach;
}

static int
coverage_in(const mo_roll_up *run, const mo_coverage *reach, int32_t month, const mo_key_table *measured)
{
	bool		begins = run->input.begins_with_first;
	bool		has_begun = !begins || (reach->first_month != MO_NO_MONTH && month >= reach->first_month);
	bool		is_there = mo_key_find(measured, mo_month_key(month, reach->icb)) != MO_NOT_FOUND;

	if (!is_there && run->input.is_count)
		is_there = month < reach->last_month || mo_key_find(measured, mo_month_key(month, MO_NOWHERE)) == MO_NOT_FOUND;
	return (reach->first_month != MO_NO_MONTH || !begins ? MO_COVERED : 0) | (has_begun && is_there ? MO_KNOWN : 0);
}

static void
find_coverage(mo_roll_up *run)
{
	mo_key_table measured = {.memory = run->memory};

	if (run->input.coverage_count == 0)
		return;
	find_measured(run, &measured);
	for (size_t i = 0; i < run->input.coverage_count; i++)
	{
		mo_coverage reach = reach_of_icb(run, run->input.coverage[i].icb);

		for (size_t m = 0; m < run->input.published_count; m++)
		{
			bool		is_new;
			int32_t		month = run->input.published[m];

			*mo_key_place(&run->coverage_of, mo_month_key(month, reach.icb), &is_new) = coverage_in(run, &reach, month, &measured);
		}
	}
}

/* MO_COVERED and MO_KNOWN of the ICB that a place is in; MO_NOT_FOUND: nothing is said of it. */
static int32_t
coverage_of_place(const mo_roll_up *run, const mo_place *place)
{
	if (place->within[MO_ICB] == MO_NOWHERE)
		return MO_NOT_FOUND;
	return mo_key_find(&run->coverage_of, mo_month_key(place->month, place->within[MO_ICB]));
}

/* ------------------------------------------------ adding up */

static void
add_to(mo_roll_up *run, mo_org_type type, int32_t code, const mo_figure *figure)
{
	int32_t		target = target_of(run, type, code);
	bool		is_new;
	int32_t    *number = mo_key_place(&run->row_of, mo_row_key(target, figure->month, figure->part), &is_new);
	mo_rolled  *row;

	if (is_new)
	{
		if (run->row_count == run->row_room)
		{
			size_t		room = run->row_room == 0 ? 1024 : run->row_room * 2;
			mo_rolled  *rows = zeroed(run, room, sizeof(mo_rolled));

			if (run->row_count > 0)
			{
				memcpy(rows, run->rows, run->row_count * sizeof(mo_rolled));
				run->memory.release(run->memory.context, run->rows);
			}
			run->rows = rows;
			run->row_room = room;
		}
		*number = (int32_t) run->row_count++;
		run->rows[*number] = (mo_rolled) {.target = target, .month = figure->month, .part = figure->part};
	}
	row = &run->rows[*number];
	mo_sum_add(row->numerator, figure->numerator);
	mo_sum_add(row->denominator, figure->denominator);
}

static void
add_at(mo_roll_up *run, const mo_place *place, const mo_figure *figure)
{
	for (mo_org_type type = place->type == MO_PRACTICE ? MO_PRACTICE : MO_PCN; type < MO_GROUP; type++)
		if (place->within[type] != MO_NOWHERE)
			add_to(run, type, place->within[type], figure);
}

static mo_group_lists
list_groups(mo_roll_up *run)
{
	mo_group_lists lists;

	lists.first_of = zeroed(run, run->input.place_count, sizeof(int32_t));
	lists.next = zeroed(run, run->input.membership_count, sizeof(int32_t));
	for (size_t i = 0; i < run->input.membership_count; i++)
	{
		const mo_membership *one = &run->input.memberships[i];
		int32_t		place = mo_key_find(&run->place_of, mo_month_key(one->month, one->code));

		if (place == MO_NOT_FOUND)
			continue;
		lists.next[i] = lists.first_of[place];	/* 0 ends the list: numbers are one more */
		lists.first_of[place] = (int32_t) i + 1;
	}
	return lists;
}

static void
add_figure(mo_roll_up *run, const mo_group_lists *groups, const mo_place *place, const mo_figure *figure)
{
	add_at(run, place, figure);
	for (int32_t i = groups->first_of[place - run->input.places]; i != 0; i = groups->next[i - 1])
		add_to(run, MO_GROUP, run->input.memberships[i - 1].group, figure);
}

static void
add_figures(mo_roll_up *run, const mo_group_lists *groups)
{
	for (size_t i = 0; i < run->input.figure_count; i++)
	{
		const mo_figure *figure = &run->input.figures[i];
		const mo_place *place = place_of(run, figure->month, figure->code);
		int32_t		coverage = place == NULL ? 0 : coverage_of_place(run, place);

		pause_at(run, i);
		if (place != NULL && (coverage == MO_NOT_FOUND || (coverage & MO_KNOWN) != 0))
			add_figure(run, groups, place, figure);
	}
}

static bool
is_dummy(const mo_name *code)
{
	return code->length >= 3 && memcmp(code->bytes + code->length - 3, "998", 3) == 0;
}

static bool
is_covered_type(const mo_roll_up *run, const mo_place *place)
{
	if (place->type == MO_PRACTICE && (!place->is_gp || is_dummy(&run->input.codes->names[place->code])))
		return false;
	for (size_t i = 0; i < run->input.coverage_count; i++)
		if (run->input.coverage[i].type == place->type && run->input.coverage[i].icb == place->within[MO_ICB])
			return true;
	return false;
}

/* No record in a month that is published is 0, not a gap; what stands over several ICBs waits for all of them. */
static void
add_silence(mo_roll_up *run, const mo_group_lists *groups)
{
	if (run->input.coverage_count == 0)
		return;
	for (size_t i = 0; i < run->input.place_count; i++)
	{
		const mo_place *place = &run->input.places[i];
		mo_figure	nothing = {place->month, place->code, 0, 0, 0};
		int32_t		coverage = coverage_of_place(run, place);

		pause_at(run, i);
		if (coverage == MO_NOT_FOUND)
			continue;
		if ((coverage & MO_KNOWN) != 0 && is_covered_type(run, place))
			add_figure(run, groups, place, &nothing);
		if (coverage != MO_COVERED)
			continue;
		for (mo_org_type type = MO_REGION; type <= MO_NATION; type++)
			if (place->within[type] != MO_NOWHERE)
				note(&run->withheld, mo_month_key(place->month, target_of(run, type, place->within[type])));
		for (int32_t g = groups->first_of[i]; g != 0; g = groups->next[g - 1])
			note(&run->withheld, mo_month_key(place->month, target_of(run, MO_GROUP, run->input.memberships[g - 1].group)));
	}
}

static void
find_places_of_rows(mo_roll_up *run)
{
	for (size_t i = 0; i < run->row_count; i++)
	{
		mo_rolled  *row = &run->rows[i];
		const mo_target *target = &run->targets[row->target];
		int32_t		number = target->type == MO_GROUP ? MO_NOT_FOUND : mo_key_find(&run->place_of, mo_month_key(row->month, target->code));

		row->place = number != MO_NOT_FOUND && run->input.places[number].type == target->type ? number : MO_NOWHERE;
	}
}

bool
mo_roll_up_run(mo_roll_up *run, size_t *at)
{
	mo_group_lists groups;

	start_tables(run);
	if (!index_places(run, at))
		return false;
	groups = list_groups(run);
	find_coverage(run);
	add_figures(run, &groups);
	add_silence(run, &groups);
	find_places_of_rows(run);
	mo_roll_up_hide(run, &groups);
	mo_roll_up_compare(run);
	return true;
}
