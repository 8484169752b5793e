/*
 * alert_counts.h
 *		Alert statuses counted by group, month of issue and class without grouping: dimensions and counters in one array
 *		of int64. Plain C.
 *
 * What is wanted: practices x alerts is a large table of small rows, and everything a count needs but the time of
 * closure belongs to the practice (its group) or the alert (class, month, issue, deadline). So these are put into one
 * array first, and a row costs two look-ups, one judgement (alert_closure.h) and one increment. The counters are megabytes and rows come
 * in no order of theirs, so an increment waits in a ring while the processor fetches its counter, and is made sixteen rows later.
 *
 * Layout: header; group numbers, ascending; the group of each practice; month and class of each column, ascending by
 * both; column, issue and deadline of each alert; and, where it is a state, counters by column, group and status, how many
 * rows have come, and the ring: the place of a counter, from 1; 0 where it is empty. What is
 * missing is MO_NONE. Alerts and practices are numbered from 1. Times are microseconds since 2000-01-01 UTC, months are
 * counted from January 2000.
 */
#ifndef MO_STATS_ALERT_COUNTS_H
#define MO_STATS_ALERT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "alert_closure.h"

#define MO_NONE INT64_MIN
#define MO_COUNTED_STATUSES (MO_CLOSED_BEFORE_ISSUE + 1)
#define MO_BOARD_RING 16
#define MO_BOARD_MAX (INT64_C(1) << 27)	/* numbers in an array: 1 GB */

/* A listed cell: where it is, then its counts. */
enum
{
	MO_ROW_GROUP, MO_ROW_MONTH, MO_ROW_CLASS, MO_ROW_COUNTS, MO_ROW_SIZE = MO_ROW_COUNTS + MO_COUNTED_STATUSES
};

enum
{
	MO_BOARD_FINGERPRINT, MO_BOARD_GROUPS, MO_BOARD_PRACTICES, MO_BOARD_COLUMNS, MO_BOARD_ALERTS, MO_BOARD_AS_AT,
	MO_BOARD_HEADER
};

typedef struct mo_board_input
{
	int64_t		practices;
	const int64_t *practice_group;	/* any number, or MO_NONE: not counted */
	int64_t		alerts;
	const int64_t *alert_class;	/* fits int32, or MO_NONE: not counted */
	const int64_t *alert_month;
	const int64_t *alert_issued;	/* or MO_NONE: not counted */
	const int64_t *alert_deadline;	/* or MO_NONE: never due */
	int64_t		as_at;
} mo_board_input;

/* An array taken apart; the pointers are into it. */
typedef struct mo_board
{
	int64_t		groups;
	int64_t		practices;
	int64_t		columns;
	int64_t		alerts;
	int64_t		as_at;
	int64_t		length;			/* of the dimensions, without counters */
	const int64_t *group_no;
	const int64_t *practice_group;	/* index of group_no, or MO_NONE */
	const int64_t *column_month;
	const int64_t *column_class;
	const int64_t *alert_column;	/* index of a column, or MO_NONE */
	const int64_t *alert_issued;
	const int64_t *alert_deadline;
	int64_t    *counts;			/* states only, as what follows */
	int64_t		count_size;
	int64_t    *arrived;
	int64_t    *ring;
} mo_board;

typedef enum mo_board_result
{
	MO_BOARD_COUNTED,			/* or nothing to count */
	MO_BOARD_NO_PRACTICE,		/* practice_no is not from 1 to practices */
	MO_BOARD_NO_ALERT,
	MO_BOARD_BROKEN				/* an index points nowhere or a counter is full: not made by mo_board_build and counting */
} mo_board_result;

/* The room mo_board_build may need, in numbers; more than MO_BOARD_MAX when it is too much. */
extern int64_t mo_board_room(int64_t practices, int64_t alerts);

/* Writes the dimensions; returns their length. */
extern int64_t mo_board_build(const mo_board_input *input, int64_t *array);

/* The length of a state with these dimensions; more than MO_BOARD_MAX when it is too much. */
extern int64_t mo_board_state_length(const mo_board *board);

/* Takes an array apart; false when header and length do not agree. Nothing but the header is looked at. */
extern bool mo_board_open(int64_t *array, int64_t length, bool is_state, mo_board *board);

/* Counts one row; numbers and indexes are checked. */
extern mo_board_result mo_board_count(mo_board *board, int64_t practice_no, int64_t alert_no, mo_moment closed);

/* Makes the increments that wait in the ring of `from`, which may be the board itself, or another of the same dimensions. */
extern mo_board_result mo_board_settle(mo_board *board, const mo_board *from);

/* Empties the ring of a settled board. */
extern void mo_board_empty_ring(mo_board *board);

/* The counters of a column and group, true of a settled board. */
extern int64_t *mo_board_cell(const mo_board *board, int64_t column, int64_t group);

/* Writes the cells of a group that hold something, by column, MO_ROW_SIZE numbers each (null: only counts them). Returns how many. */
extern int64_t mo_board_list(const mo_board *board, int64_t group, int64_t *rows);

#endif /* MO_STATS_ALERT_COUNTS_H */
