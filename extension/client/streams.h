/*
 * streams.h
 *		Rows dealt in blocks to several connections, each of which copies them into a table of its own choosing.
 *
 * A block goes to whichever connection has sent all it had; the caller waits only while none has. So one parser keeps
 * several servers' processes busy, and a slow one holds up nobody.
 */
#ifndef MO_STREAMS_H
#define MO_STREAMS_H

#include "load.h"

#define MO_NO_TARGET (-1)

typedef struct mo_stream
{
	mo_copy		copy;
	int			target;			/* what it copies into, as the caller numbers it; MO_NO_TARGET: it does not copy */
} mo_stream;

typedef struct mo_streams
{
	mo_stream	stream[MO_MAX_CONNECTIONS];
	int			count;
	int			next;			/* whose turn it is when several are idle: files come sorted, and tables should be */
} mo_streams;

extern void mo_streams_add(mo_streams *streams, PGconn *connection);

/* Sends a block of whole rows, which it empties. `target` is a number for `table` (with its columns in brackets). */
extern bool mo_streams_send(mo_load *load, mo_streams *streams, int target, const char *table, mo_copy *block);

/* Ends the COPY of one connection, or of all. False: refused, the load has failed. */
extern bool mo_stream_end(mo_load *load, mo_stream *stream);
extern bool mo_streams_end(mo_load *load, mo_streams *streams);

/* Gives all up, whatever they were doing. */
extern void mo_streams_abandon(mo_streams *streams);
extern void mo_streams_free(mo_streams *streams);

#endif							/* MO_STREAMS_H */
