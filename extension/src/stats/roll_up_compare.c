/*
 * roll_up_compare.c
 *		What a rolled-up figure means: its value, its peers, its interval, what it was before. See roll_up.h.
 */
#include "roll_up.h"

#include <math.h>
#include <stdlib.h>

#include "double_sum.h"
#include "peer_position.h"

/* ------------------------------------------------ values */

static double
value_of(const mo_roll_up_input *input, double numerator, double denominator)
{
	if (input->is_count)
		return numerator;
	return denominator != 0 ? numerator / denominator * input->per : NAN;
}

/* As it is shown: to the nearest round_to, halves up; down where a share would exceed its denominator. */
static double
rounded(const mo_roll_up_input *input, double numerator, double denominator)
{
	double		nearest = input->round_to * floor(numerator / input->round_to + 0.5);

	if (input->interval == MO_WILSON && nearest > denominator)
		return input->round_to * floor(numerator / input->round_to);
	return nearest;
}

static double
compared_value(const mo_roll_up_input *input, const mo_rolled *row)
{
	double		numerator = mo_sum_value(row->numerator);
	double		denominator = mo_sum_value(row->denominator);

	if (input->round_to <= 1)
		return row->value;
	return value_of(input, rounded(input, numerator, denominator), denominator);
}

/* The number of a figure's organisation at its level, or MO_NOT_FOUND. */
static int32_t
known_target(const mo_roll_up *run, const mo_known_figure *known)
{
	return run->target_of[(size_t) known->code * MO_ORG_TYPES + known->type];
}

static void
set_values(mo_roll_up *run)
{
	for (size_t i = 0; i < run->row_count; i++)
	{
		mo_rolled  *row = &run->rows[i];

		row->value = value_of(&run->input, mo_sum_value(row->numerator), mo_sum_value(row->denominator));
		row->peers = MO_NOWHERE;
	}
	for (size_t i = 0; i < run->input.hidden_count; i++)
	{
		const mo_known_figure *known = &run->input.hidden[i];
		int32_t		target = known_target(run, known);
		int32_t		number = target == MO_NOT_FOUND ? target : mo_key_find(&run->row_of, mo_row_key(target, known->month, known->part));

		if (number != MO_NOT_FOUND)
			run->rows[number].hidden = known->hidden;
	}
	for (size_t i = 0; i < run->input.earlier_count; i++)
	{
		const mo_known_figure *known = &run->input.earlier[i];
		int32_t		target = known_target(run, known);
		bool		is_new;

		if (target != MO_NOT_FOUND)
			*mo_key_place(&run->earlier_of, mo_row_key(target, known->month, known->part), &is_new) = (int32_t) i;
	}
}

static void
index_targets(mo_roll_up *run)
{
	for (size_t i = 0; i < run->input.target_count; i++)
	{
		const mo_known_target *aim = &run->input.targets[i];
		bool		is_new;

		*mo_key_place(&run->aim_of, mo_aim_key(aim->month, aim->type, aim->code), &is_new) = (int32_t) i;
	}
}

/* ------------------------------------------------ peers */

typedef struct peer
{
	uint64_t	group;
	double		value;
	int32_t		row;
	bool		hidden;
} peer;

int32_t
mo_roll_up_peer_area(const mo_roll_up *run, const mo_rolled *row)
{
	return run->targets[row->target].type < MO_SUB_ICB ? run->input.places[row->place].within[MO_ICB] : MO_NOWHERE;
}

/* Whether somebody is compared with it; false for organisations without a value, and above the ICB. */
static bool
has_peers(const mo_roll_up *run, const mo_rolled *row)
{
	mo_org_type type = run->targets[row->target].type;

	if (isnan(row->value))
		return false;
	if (type == MO_SUB_ICB || type == MO_ICB)
		return true;
	return (type == MO_PRACTICE || type == MO_PCN) && row->place != MO_NOWHERE
		&& run->input.places[row->place].within[MO_ICB] != MO_NOWHERE
		&& (type == MO_PCN || run->input.places[row->place].is_gp);
}

static int
peer_order(const void *left, const void *right)
{
	const peer *a = left;
	const peer *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	if (a->hidden != b->hidden)
		return a->hidden ? 1 : -1;
	return (a->value > b->value) - (a->value < b->value);
}

static size_t
gather_peers(const mo_roll_up *run, peer *peers)
{
	size_t		n = 0;

	for (size_t i = 0; i < run->row_count; i++)
	{
		const mo_rolled *row = &run->rows[i];
		mo_org_type type = run->targets[row->target].type;
		uint32_t	area;

		if (!has_peers(run, row) || mo_key_find(&run->withheld, mo_month_key(row->month, row->target)) != MO_NOT_FOUND)
			continue;
		area = (uint32_t) (mo_roll_up_peer_area(run, row) + 1) << 2 | type;
		peers[n++] = (peer) {(uint64_t) (uint16_t) row->month << 48 | (uint64_t) row->part << 24 | area,
			compared_value(&run->input, row), (int32_t) i, row->hidden != 0};
	}
	return n;
}

/* Peers in order of value: their places, and what all of them share. */
static void
compare_peers(mo_roll_up *run, const peer *peers, int32_t all)
{
	mo_peers   *group = &run->peers[run->peers_count];
	int32_t		shown = 0;

	while (shown < all && !peers[shown].hidden)
		shown++;
	group->n = shown;
	group->all = all;
	for (int32_t i = 0; i < 3; i++)
	{
		int32_t		position = shown / 2 + i;

		group->middle[i] = position >= 1 && position <= shown ? peers[position - 1].value : NAN;
	}
	group->median = shown % 2 == 1 ? group->middle[1] : group->middle[0] + 0.5 * (group->middle[1] - group->middle[0]);
	for (int32_t i = 0, rank = 1; i < all; i++)
	{
		mo_rolled  *row = &run->rows[peers[i].row];

		if (i > 0 && peer_order(&peers[i - 1], &peers[i]) != 0)
			rank = i + 1;
		row->peers = run->peers_count;
		row->position = i + 1;
		row->rank = rank;
	}
	run->peers_count++;
}

static void
find_peers(mo_roll_up *run)
{
	peer	   *peers = run->memory.allocate(run->memory.context, (run->row_count + 1) * sizeof(peer));
	size_t		n = gather_peers(run, peers);
	size_t		first = 0;

	qsort(peers, n, sizeof(peer), peer_order);
	run->peers = run->memory.allocate(run->memory.context, (n + 1) * sizeof(mo_peers));
	for (size_t i = 1; i <= n; i++)
		if (i == n || peers[i].group != peers[first].group)
		{
			compare_peers(run, peers + first, (int32_t) (i - first));
			first = i;
		}
	run->memory.release(run->memory.context, peers);
}

/* With n peers by value numbered from 1 and c = n / 2, medians without one of them are made of the values c, c + 1 and c + 2. */
static double
median_without(const mo_peers *peers, int32_t position)
{
	const double *middle = peers->middle;
	int32_t		half = peers->n / 2;

	if (peers->n == 1)
		return NAN;
	if (peers->n % 2 == 0)
		return position <= half ? middle[1] : middle[0];
	if (position <= half)
		return middle[1] + 0.5 * (middle[2] - middle[1]);
	if (position == half + 1)
		return middle[0] + 0.5 * (middle[2] - middle[0]);
	return middle[0] + 0.5 * (middle[1] - middle[0]);
}

bool
mo_roll_up_comparison(const mo_roll_up *run, const mo_rolled *row, mo_comparison *result)
{
	const mo_peers *peers = row->peers == MO_NOWHERE ? NULL : &run->peers[row->peers];
	bool		is_hidden = row->hidden != 0;

	if (peers == NULL || peers->n == 0 || 5 * (int64_t) (peers->all - peers->n) > peers->all)
		return false;
	result->n = peers->n;
	result->median = peers->median;
	result->without_self = is_hidden ? NAN : median_without(peers, row->position);
	result->rank = is_hidden ? 0 : row->rank;
	result->decile = is_hidden ? 0 : mo_quantile_group((size_t) row->rank - 1, (size_t) peers->n, 10);
	result->percentile = is_hidden ? NAN : peers->n == 1 ? 0 : 100.0 * (row->rank - 1) / (peers->n - 1);
	return true;
}

/* ------------------------------------------------ one row */

bool
mo_roll_up_before(const mo_roll_up *run, const mo_rolled *row, int months, mo_known_figure *result)
{
	uint64_t	key = mo_row_key(row->target, row->month - months, row->part);
	int32_t		number;

	if (row->month < months)
		return false;
	number = mo_key_find(&run->row_of, key);
	if (number != MO_NOT_FOUND
		&& mo_key_find(&run->withheld, mo_month_key(row->month - months, row->target)) == MO_NOT_FOUND)
	{
		result->numerator = mo_sum_value(run->rows[number].numerator);
		result->value = run->rows[number].value;
		result->hidden = run->rows[number].hidden;
		return true;
	}
	number = mo_key_find(&run->earlier_of, key);
	if (number != MO_NOT_FOUND)
		*result = run->input.earlier[number];
	return number != MO_NOT_FOUND;
}

/* Of one organisation, or NAN. */
static double
own_target(const mo_roll_up *run, int32_t month, mo_org_type type, int32_t code)
{
	int32_t		number = mo_key_find(&run->aim_of, mo_aim_key(month, MO_ORG_TYPES, code));

	if (number == MO_NOT_FOUND)
		number = mo_key_find(&run->aim_of, mo_aim_key(month, type, code));
	return number == MO_NOT_FOUND ? NAN : run->input.targets[number].target;
}

double
mo_roll_up_target(const mo_roll_up *run, const mo_rolled *row)
{
	const mo_target *organisation = &run->targets[row->target];
	const mo_place *place = row->place == MO_NOWHERE ? NULL : &run->input.places[row->place];
	double		target;

	if (run->input.target_count == 0 || row->part != 0 || (place == NULL && organisation->type != MO_GROUP))
		return NAN;
	target = own_target(run, row->month, organisation->type, organisation->code);
	for (mo_org_type type = MO_PCN; isnan(target) && place != NULL && type < MO_GROUP; type++)
		if (place->within[type] != MO_NOWHERE)
			target = own_target(run, row->month, type, place->within[type]);
	return target;
}

static double
count_limit(const mo_roll_up *run, double count, int side)
{
	if (count < MO_BYAR_FROM)
		return run->exact[(int) count][side];
	return side == 0 ? mo_count_lower(count, &run->level) : mo_count_upper(count, &run->level);
}

bool
mo_roll_up_interval(const mo_roll_up *run, const mo_rolled *row, double *lower, double *upper)
{
	double		numerator = mo_sum_value(row->numerator);
	double		denominator = run->input.is_count ? 1 : mo_sum_value(row->denominator);

	if (!(denominator > 0) || numerator < 0)
		return false;
	if (run->input.interval == MO_WILSON && numerator <= denominator)
	{
		*lower = mo_wilson_lower(numerator, denominator, &run->level);
		*upper = mo_wilson_upper(numerator, denominator, &run->level);
		return true;
	}
	if (run->input.interval != MO_BYAR || numerator != floor(numerator))
		return false;
	*lower = count_limit(run, numerator, 0) / denominator * run->input.per;
	*upper = count_limit(run, numerator, 1) / denominator * run->input.per;
	return true;
}

void
mo_roll_up_compare(mo_roll_up *run)
{
	set_values(run);
	index_targets(run);
	find_peers(run);
	mo_roll_up_order(run);
}
