/*
 * prescribing_store.h
 *		Rows of prescribing on their way into the database: a staging table a month, filled over several connections.
 *
 * A staging table is nobody's until the load publishes it, with its last transaction: mo_data.publish_prescribing makes
 * it the month's partition, or adds its rows to the one there is. With one connection the table is made in that very
 * transaction; with several it has to be committed before, so a load that is killed leaves it to the next one to remove.
 */
#ifndef MO_PRESCRIBING_STORE_H
#define MO_PRESCRIBING_STORE_H

#include "streams.h"

/* The values of a row, ready to be sent. */
typedef struct mo_prescription
{
	const char *practice;
	const char *bnf;
	size_t		practice_length;
	size_t		bnf_length;
	int32_t		month;
	int			month_index;	/* in load->months */
	int64_t		items;
	double		quantity[3];	/* quantity, total_quantity, adq_usage; NaN: not given */
	int64_t		money[2];		/* nic, actual_cost; INT64_MIN: not given */
	int64_t		snomed;			/* 0: not given */
	bool		unidentified;
} mo_prescription;

typedef struct mo_store
{
	mo_streams	streams;
	int			columns;		/* in a row */
	bool		has[6];			/* quantity, total_quantity, adq_usage, nic, actual_cost, snomed: only what the file has is sent */
	char		names[200];		/* of these columns, for COPY */
	mo_copy    *blocks[MO_MAX_MONTHS][2];	/* rows waiting to be sent, [1] those of unidentified prescribers; NULL: none so far */
	char		tables[MO_MAX_MONTHS][100]; /* "" until it is made */
} mo_store;

/* Nothing is asked of the server yet. */
extern void mo_store_begin(mo_load *load, mo_store *store);
extern bool mo_store_row(mo_load *load, mo_store *store, const mo_prescription *row);
extern bool mo_store_end(mo_load *load, mo_store *store);

/* After a failure: stops sending. Then, when the load's transaction is rolled back, frees, and drops what was staged. */
extern void mo_store_abandon(mo_store *store);
extern void mo_store_free(mo_load *load, mo_store *store);

#endif							/* MO_PRESCRIBING_STORE_H */
