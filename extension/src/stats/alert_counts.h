/*
 * alert_counts.h
 *		Counts of alert statuses by group, month of issue and class: an open-addressed table in an int64 array. Plain C.
 *
 * What is wanted: one pass over practices x alerts without a GROUP BY. The table holds the cells that occur, so neither
 * group numbers nor months have to be dense, and merges by adding. Layout: slots (a power of two), cells in use, then
 * for each slot {key, counts}; key 0 is a free slot. Never more than three quarters full.
 */
#ifndef MO_STATS_ALERT_COUNTS_H
#define MO_STATS_ALERT_COUNTS_H

#include <stdbool.h>
#include <stdint.h>

#include "alert_closure.h"

#define MO_COUNTS_STATUSES (MO_CLOSED_BEFORE_ISSUE + 1)
#define MO_COUNTS_MAX_SLOTS (INT64_C(1) << 24)	/* 12.6 million cells: 805 MB */
#define MO_COUNTS_FIRST_SLOTS INT64_C(64)
#define MO_COUNTS_CLASSES 256

enum
{
	MO_COUNTS_SLOTS, MO_COUNTS_USED, MO_COUNTS_HEADER
};

enum
{
	MO_CELL_KEY, MO_CELL_COUNTS, MO_CELL_SIZE = MO_CELL_COUNTS + MO_COUNTS_STATUSES
};

typedef struct mo_counts_place
{
	int32_t		group;
	int32_t		class;			/* 0 to 255 */
	int64_t		month;			/* months since January 2000: mo_month_index() of any day from 4713 BC to 294276 AD */
} mo_counts_place;

/* Never 0; ordered as group, month, class when compared as signed. */
extern int64_t mo_counts_key(mo_counts_place place);
extern mo_counts_place mo_counts_place_of(int64_t key);

/* How many numbers a table with so many slots has. */
extern int64_t mo_counts_length(int64_t slots);

/* Whether an array of this length can be a table: header and length agree. The cells are taken as they are. */
extern bool mo_counts_valid(const int64_t *table, int64_t length);

/* Whether one more cell needs a larger table first. */
extern bool mo_counts_full(const int64_t *table);

/* The counts of the cell, made when it is not there; NULL only in a table that lies about its free slots. */
extern int64_t *mo_counts_cell(int64_t *table, int64_t key);

/* Adds all cells of `from`, from cell number *next on;
 * false when the table has to grow first and the call to be repeated with the same *next. */
extern bool mo_counts_add(int64_t *table, const int64_t *from, int64_t *next);

/* The cells in use, sorted by key, into `cells` (room for `used` pointers). Returns how many. */
extern int64_t mo_counts_sorted(const int64_t *table, const int64_t **cells);

#endif /* MO_STATS_ALERT_COUNTS_H */
