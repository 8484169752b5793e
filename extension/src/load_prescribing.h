/*
 * load_prescribing.h
 *		What the two files of the server's own loader share.
 */
#ifndef MO_LOAD_PRESCRIBING_H
#define MO_LOAD_PRESCRIBING_H

#include "../client/load.h"

/* UTF-8 text as a text of the database's encoding. */
extern Datum mo_server_text(const char *text, size_t length);

/* All rejected lines into mo_data.load_reject. */
extern void mo_store_rejects(mo_load *load);

#endif							/* MO_LOAD_PRESCRIBING_H */
