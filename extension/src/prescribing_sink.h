/*
 * prescribing_sink.h
 *		Rows of prescribing into the staging table of a load and a month (mo_data.prescribing_stage), many at a time.
 *
 * The one place of the server that writes rows of prescribing: modash sends blocks of them (prescribing_rows.c), and a
 * file of the server is read row by row (load_prescribing.c). Rows go through the table's access method like those of
 * COPY: logged, indexed where the site has an index on mo_data.prescribing, checked where it has added a check.
 */
#ifndef MO_PRESCRIBING_SINK_H
#define MO_PRESCRIBING_SINK_H

#include "stats/prescribing_block.h"

typedef struct mo_sink mo_sink;

/*
 * Opens the staging table of a load and a month. An error when there is none, the caller may not insert into it, or it
 * is not what mo_data.prescribing_stage makes.
 *
 * `again` is a sink that has been closed, whose slots and buffers serve once more, or NULL. A new one is made in
 * `memory`; what belongs to the table is taken from the current context, and has to last until the sink is closed.
 */
extern mo_sink *mo_sink_open(mo_sink *again, MemoryContext memory, int32 batch_id, int32 month);
extern void mo_sink_add(mo_sink *sink, const mo_prescription *row);

/* Writes what is waiting, and closes the table. */
extern void mo_sink_close(mo_sink *sink);

/* The name of such a table, without its schema, into NAMEDATALEN bytes. */
extern void mo_sink_table(int32 batch_id, int32 month, char *name);

#endif							/* MO_PRESCRIBING_SINK_H */
