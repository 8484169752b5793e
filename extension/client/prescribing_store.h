/*
 * prescribing_store.h
 *		Rows of prescribing on their way into the database: a staging table a month, filled over several connections.
 *
 * modash has its way (prescribing_store.c), told here, and the server that reads a file itself another
 * (extension/src/load_prescribing_store.c). Rows of modash travel in blocks (prescribing_block.h), one value of COPY each, into a view whose trigger takes them apart.
 *
 * A staging table is nobody's until the load publishes it, with its last transaction: mo_data.publish_prescribing makes
 * it the month's partition, or adds its rows to the one there is. With one connection the table is made in that very
 * transaction; with several it has to be committed before, so a load that is killed leaves it to the next one to remove.
 */
#ifndef MO_PRESCRIBING_STORE_H
#define MO_PRESCRIBING_STORE_H

#include "codes.h"
#include "load.h"
#include "prescribing_block.h"

typedef struct mo_store mo_store;

/* Nothing is asked of the server yet. NULL: no memory. */
extern mo_store *mo_store_begin(mo_load *load);
/* month_index is that of the row in load->months. */
extern bool mo_store_row(mo_load *load, mo_store *store, int month_index, const mo_prescription *row);
/* Rows that are waiting, then the names of presentations and the rows of each practice. */
extern bool mo_store_end(mo_load *load, mo_store *store, const mo_codes *presentations, const mo_codes *practices);

/* After a failure: stops sending. Then, when the load's transaction is rolled back, frees, and drops what was staged. */
extern void mo_store_abandon(mo_store *store);
extern void mo_store_free(mo_load *load, mo_store *store);

#endif							/* MO_PRESCRIBING_STORE_H */
