#include "alert_counts.h"

#include <stdlib.h>
#include <string.h>

static int
compare_numbers(const void *a, const void *b)
{
	int64_t		x = *(const int64_t *) a;
	int64_t		y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

/* Sorts, and drops what is repeated or missing; returns how many stay. */
static int64_t
sort_distinct(int64_t *numbers, int64_t n)
{
	int64_t		kept = 0;

	qsort(numbers, (size_t) n, sizeof(*numbers), compare_numbers);
	for (int64_t i = 0; i < n; i++)
		if (numbers[i] != MO_NONE && (kept == 0 || numbers[i] != numbers[kept - 1]))
			numbers[kept++] = numbers[i];
	return kept;
}

/* The place of a number in a sorted list it is in; MO_NONE has none. */
static int64_t
place_of(int64_t number, const int64_t *sorted, int64_t n)
{
	const int64_t *found;

	if (number == MO_NONE)
		return MO_NONE;
	found = bsearch(&number, sorted, (size_t) n, sizeof(*sorted), compare_numbers);
	return found - sorted;
}

/* Month and class in one number that sorts by month, then class. Months of any timestamp fit 23 bits. */
static int64_t
column_key(const mo_board_input *input, int64_t alert)
{
	if (input->alert_issued[alert] == MO_NONE || input->alert_class[alert] == MO_NONE)
		return MO_NONE;
	return input->alert_month[alert] * (INT64_C(1) << 32) + (input->alert_class[alert] - INT32_MIN);
}

/* FNV-1a, by whole numbers: notices that two sets of dimensions are not the same; no defence against a forger. */
static int64_t
fingerprint(const int64_t *numbers, int64_t n)
{
	uint64_t	hash = UINT64_C(0xCBF29CE484222325);

	for (int64_t i = 0; i < n; i++)
	{
		hash = (hash ^ (uint64_t) numbers[i]) * UINT64_C(0x100000001B3);
		hash ^= hash >> 32;
	}
	return (int64_t) hash;
}

int64_t
mo_board_room(int64_t practices, int64_t alerts)
{
	return MO_BOARD_HEADER + 2 * practices + 5 * alerts;
}

/* Writes group numbers and practices; returns where the next part goes. */
static int64_t *
build_practices(const mo_board_input *input, int64_t *array)
{
	int64_t    *group_no = array + MO_BOARD_HEADER;
	int64_t    *practice_group;

	memcpy(group_no, input->practice_group, sizeof(int64_t) * (size_t) input->practices);
	array[MO_BOARD_GROUPS] = sort_distinct(group_no, input->practices);
	array[MO_BOARD_PRACTICES] = input->practices;
	practice_group = group_no + array[MO_BOARD_GROUPS];
	for (int64_t i = 0; i < input->practices; i++)
		practice_group[i] = place_of(input->practice_group[i], group_no, array[MO_BOARD_GROUPS]);
	return practice_group + input->practices;
}

/* Writes columns and alerts; returns the end. The keys are sorted at the far end of the room before they are split. */
static int64_t *
build_alerts(const mo_board_input *input, int64_t *array, int64_t *place)
{
	int64_t    *keys = array + mo_board_room(input->practices, input->alerts) - input->alerts;
	int64_t		columns;
	int64_t    *alert_column;

	for (int64_t i = 0; i < input->alerts; i++)
		keys[i] = column_key(input, i);
	columns = sort_distinct(keys, input->alerts);
	array[MO_BOARD_COLUMNS] = columns;
	array[MO_BOARD_ALERTS] = input->alerts;
	alert_column = place + 2 * columns;
	for (int64_t i = 0; i < input->alerts; i++)
		alert_column[i] = place_of(column_key(input, i), keys, columns);
	for (int64_t i = 0; i < columns; i++)
	{
		place[i] = keys[i] >> 32;
		place[columns + i] = (keys[i] & UINT32_MAX) + INT32_MIN;
	}
	memcpy(alert_column + input->alerts, input->alert_issued, sizeof(int64_t) * (size_t) input->alerts);
	memcpy(alert_column + 2 * input->alerts, input->alert_deadline, sizeof(int64_t) * (size_t) input->alerts);
	return alert_column + 3 * input->alerts;
}

int64_t
mo_board_build(const mo_board_input *input, int64_t *array)
{
	int64_t    *end = build_practices(input, array);

	end = build_alerts(input, array, end);
	array[MO_BOARD_AS_AT] = input->as_at;
	array[MO_BOARD_FINGERPRINT] = fingerprint(array + 1, end - array - 1);
	return end - array;
}

int64_t
mo_board_state_length(const mo_board *board)
{
	/* both are below 2^27 */
	int64_t		cells = board->groups * board->columns;

	return cells > MO_BOARD_MAX ? MO_BOARD_MAX + 1 : board->length + cells * MO_COUNTED_STATUSES + 1 + MO_BOARD_RING;
}

static bool
in_range(int64_t n)
{
	return n >= 0 && n <= MO_BOARD_MAX;
}

bool
mo_board_open(int64_t *array, int64_t length, bool is_state, mo_board *board)
{
	if (length < MO_BOARD_HEADER || !in_range(array[MO_BOARD_GROUPS]) || !in_range(array[MO_BOARD_PRACTICES]) ||
		!in_range(array[MO_BOARD_COLUMNS]) || !in_range(array[MO_BOARD_ALERTS]))
		return false;
	board->groups = array[MO_BOARD_GROUPS];
	board->practices = array[MO_BOARD_PRACTICES];
	board->columns = array[MO_BOARD_COLUMNS];
	board->alerts = array[MO_BOARD_ALERTS];
	board->as_at = array[MO_BOARD_AS_AT];
	board->length = MO_BOARD_HEADER + board->groups + board->practices + 2 * board->columns + 3 * board->alerts;
	if (length != (is_state ? mo_board_state_length(board) : board->length))
		return false;
	board->group_no = array + MO_BOARD_HEADER;
	board->practice_group = board->group_no + board->groups;
	board->column_month = board->practice_group + board->practices;
	board->column_class = board->column_month + board->columns;
	board->alert_column = board->column_class + board->columns;
	board->alert_issued = board->alert_column + board->alerts;
	board->alert_deadline = board->alert_issued + board->alerts;
	board->count_size = board->groups * board->columns * MO_COUNTED_STATUSES;
	board->counts = is_state ? array + board->length : NULL;
	board->arrived = is_state ? board->counts + board->count_size : NULL;
	board->ring = is_state ? board->arrived + 1 : NULL;
	return true;
}

int64_t *
mo_board_cell(const mo_board *board, int64_t column, int64_t group)
{
	return board->counts + (column * board->groups + group) * MO_COUNTED_STATUSES;
}

static mo_moment
moment(int64_t at)
{
	mo_moment	result = {at != MO_NONE, at};

	return result;
}

/* Adds one to the counter at a place from 1. */
static bool
increment(mo_board *board, int64_t place)
{
	int64_t    *count;

	if (place < 1 || place > board->count_size)
		return false;
	count = board->counts + place - 1;
	if (*count < 0 || *count == INT64_MAX)
		return false;
	++*count;
	return true;
}

mo_board_result
mo_board_count(mo_board *board, int64_t practice_no, int64_t alert_no, mo_moment closed)
{
	int64_t		group;
	int64_t		column;
	int64_t    *waiting;
	mo_alert_status status;

	if (practice_no < 1 || practice_no > board->practices)
		return MO_BOARD_NO_PRACTICE;
	if (alert_no < 1 || alert_no > board->alerts)
		return MO_BOARD_NO_ALERT;
	group = board->practice_group[practice_no - 1];
	column = board->alert_column[alert_no - 1];
	if (group == MO_NONE || column == MO_NONE)
		return MO_BOARD_COUNTED;
	status = mo_alert_status_at(moment(board->alert_issued[alert_no - 1]), closed,
								moment(board->alert_deadline[alert_no - 1]), moment(board->as_at));
	if (status >= MO_COUNTED_STATUSES)
		return MO_BOARD_COUNTED;
	if (group < 0 || group >= board->groups || column < 0 || column >= board->columns)
		return MO_BOARD_BROKEN;
	waiting = &board->ring[(uint64_t) *board->arrived % MO_BOARD_RING];
	if (*waiting != 0 && !increment(board, *waiting))
		return MO_BOARD_BROKEN;
	*waiting = (column * board->groups + group) * MO_COUNTED_STATUSES + status + 1;
	*board->arrived = (int64_t) ((uint64_t) *board->arrived + 1);
	__builtin_prefetch(board->counts + *waiting - 1, 1);
	return MO_BOARD_COUNTED;
}

mo_board_result
mo_board_settle(mo_board *board, const mo_board *from)
{
	for (int i = 0; i < MO_BOARD_RING; i++)
		if (from->ring[i] != 0 && !increment(board, from->ring[i]))
			return MO_BOARD_BROKEN;
	return MO_BOARD_COUNTED;
}

void
mo_board_empty_ring(mo_board *board)
{
	memset(board->ring, 0, sizeof(int64_t) * MO_BOARD_RING);
}

int64_t
mo_board_list(const mo_board *board, int64_t group, int64_t *rows)
{
	static const int64_t nothing[MO_COUNTED_STATUSES];
	int64_t		n = 0;

	for (int64_t column = 0; column < board->columns; column++)
	{
		const int64_t *counts = mo_board_cell(board, column, group);

		if (memcmp(counts, nothing, sizeof(nothing)) == 0)
			continue;
		if (rows != NULL)
		{
			int64_t    *row = rows + n * MO_ROW_SIZE;

			row[MO_ROW_GROUP] = board->group_no[group];
			row[MO_ROW_MONTH] = board->column_month[column];
			row[MO_ROW_CLASS] = board->column_class[column];
			memcpy(row + MO_ROW_COUNTS, counts, sizeof(nothing));
		}
		n++;
	}
	return n;
}
