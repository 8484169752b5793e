/*
 * prescribing_sums.h
 *		What the layer keeps of a month of prescribing, sums by practice, made as its rows are stored.
 *
 * They go into a table beside the staging table of the rows (mo_data.prescribing_stage makes both), in the transaction of
 * the rows: what is there of the one is there of the other. A practice has a row for every time its rows came together.
 * In a file that does not go by practice there would be nearly as many sums as rows: they are given up, which a row
 * without a count says, and the layer adds up the rows themselves when it needs them.
 */
#ifndef MO_PRESCRIBING_SUMS_H
#define MO_PRESCRIBING_SUMS_H

#include "stats/practice_sums.h"
#include "utils/rel.h"

typedef struct mo_sums
{
	Relation	relation;		/* NULL: a layer without such a table */
	CommandId	command;
	int64		rows;			/* so far */
	int64		written;		/* sums so far */
	bool		given_up;
	mo_practice_sums sums;
} mo_sums;

/* The table of a load and a month, by the name of its staging table. An error if the caller may not insert into it. */
extern void mo_sums_open(mo_sums *sums, const char *stage);
extern void mo_sums_add(mo_sums *sums, const mo_prescription *row);

/* Writes what is waiting, and closes the table. */
extern void mo_sums_close(mo_sums *sums);

#endif							/* MO_PRESCRIBING_SUMS_H */
