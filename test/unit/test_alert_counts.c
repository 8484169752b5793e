/* Counts over packed dimensions against one status at a time. */
#include "tap.h"

#include "stats/alert_counts.h"

static const mo_moment unknown = {false, 0};

static mo_moment
at(int64_t when)
{
	mo_moment	moment = {true, when};

	return moment;
}

#define PRACTICES 7
#define ALERTS 9

static const int64_t practice_group[PRACTICES] = {40, -3, 40, MO_NONE, 900, -3, 900};
static const int64_t alert_class[ALERTS] = {2, 1, 2, INT32_MAX, MO_NONE, 1, INT32_MIN, 2, 2};
static const int64_t alert_month[ALERTS] = {5, 5, 5, -80000, 5, 6, 3507000, 5, 0};
static const int64_t alert_issued[ALERTS] = {10, 10, 12, 10, 10, 20, 10, 90, MO_NONE};
static const int64_t alert_deadline[ALERTS] = {15, 15, 14, 15, 15, 25, MO_NONE, 95, 15};

/* Counts every practice, alert and closing time, and compares one group with the statuses one at a time. */
static void
check_counts(void)
{
	mo_board_input input = {PRACTICES, practice_group, ALERTS, alert_class, alert_month, alert_issued, alert_deadline, 30};
	int64_t		room = mo_board_room(PRACTICES, ALERTS);
	int64_t    *dimensions = calloc((size_t) room, sizeof(int64_t));
	int64_t		length = mo_board_build(&input, dimensions);
	int64_t    *state;
	mo_board	board;
	int64_t		expected = 0;
	int64_t		total = 0;

	ok(length <= room, "the dimensions fit their room");
	ok(mo_board_open(dimensions, length, false, &board), "dimensions open");
	ok(!mo_board_open(dimensions, length - 1, false, &board) && !mo_board_open(dimensions, 3, false, &board), "cut off they do not");
	mo_board_open(dimensions, length, false, &board);
	is_int(board.groups, 3, "groups");
	is_int(board.columns, 5, "months and classes");
	ok(board.group_no[0] == -3 && board.group_no[2] == 900, "groups ascend");
	ok(board.column_month[0] == -80000 && board.column_class[0] == INT32_MAX && board.column_month[4] == 3507000 &&
	   board.column_class[4] == INT32_MIN && board.column_class[1] == 1 && board.column_class[2] == 2, "columns ascend");
	state = calloc((size_t) mo_board_state_length(&board), sizeof(int64_t));
	memcpy(state, dimensions, sizeof(int64_t) * (size_t) length);
	ok(mo_board_open(state, mo_board_state_length(&board), true, &board), "a state opens");
	for (int p = 1; p <= PRACTICES; p++)
		for (int a = 1; a <= ALERTS; a++)
			for (int64_t closed = 0; closed < 40; closed++)
			{
				mo_moment	issued = {alert_issued[a - 1] != MO_NONE, alert_issued[a - 1]};
				mo_moment	deadline = {alert_deadline[a - 1] != MO_NONE, alert_deadline[a - 1]};
				mo_moment	when = {closed < 39, closed};

				mo_board_count(&board, p, a, when);
				expected += practice_group[p - 1] != MO_NONE && alert_class[a - 1] != MO_NONE &&
					mo_alert_status_at(issued, when, deadline, at(30)) < MO_COUNTED_STATUSES;
			}
	is_int(mo_board_settle(&board, &board), MO_BOARD_COUNTED, "what waits is counted");
	mo_board_empty_ring(&board);
	for (int64_t i = 0; i < board.groups * board.columns * MO_COUNTED_STATUSES; i++)
		total += board.counts[i];
	is_int(total, expected, "every row that has a group, class and status is counted once");
	/* column 2: month 5, class 2: alerts 1 and 3; group 1: number 40, practices 1 and 3; closed 10-15 and 12-14 */
	is_int(mo_board_cell(&board, 2, 1)[MO_CLOSED_IN_WINDOW], 2 * (6 + 3), "closed in window");
	is_int(mo_board_cell(&board, 2, 1)[MO_CLOSED_LATE], 2 * (15 + 16), "closed late");
	is_int(mo_board_cell(&board, 2, 1)[MO_OPEN_OVERDUE], 2 * 2 * 9, "open overdue: not closed by 30");
	is_int(mo_board_cell(&board, 2, 1)[MO_CLOSED_BEFORE_ISSUE], 2 * (10 + 12), "closed before issue");
	is_int(mo_board_list(&board, 1, NULL), 5, "group 40 has counts in every column");
	is_int(mo_board_count(&board, 0, 1, unknown), MO_BOARD_NO_PRACTICE, "practice 0");
	is_int(mo_board_count(&board, PRACTICES + 1, 1, unknown), MO_BOARD_NO_PRACTICE, "one practice too many");
	is_int(mo_board_count(&board, 1, ALERTS + 1, unknown), MO_BOARD_NO_ALERT, "one alert too many");
	((int64_t *) board.practice_group)[0] = 3;
	is_int(mo_board_count(&board, 1, 1, unknown), MO_BOARD_BROKEN, "a group that is not there");
	((int64_t *) board.practice_group)[0] = 0;
	((int64_t *) board.alert_column)[0] = -1;
	is_int(mo_board_count(&board, 1, 1, unknown), MO_BOARD_BROKEN, "a column that is not there");
	free(state);
	free(dimensions);
}

int
main(void)
{
	check_counts();
	return done();
}
