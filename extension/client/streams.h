/*
 * streams.h
 *		Blocks of rows dealt to several connections, each of which copies them into the same table or view.
 *
 * A block goes to whichever connection has sent all it had; the caller waits only while none has. So one parser keeps
 * several servers' processes busy, and a slow one holds up nobody.
 */
#ifndef MO_STREAMS_H
#define MO_STREAMS_H

#include "load.h"

typedef struct mo_stream
{
	mo_copy		copy;
	bool		copying;
} mo_stream;

typedef struct mo_streams
{
	mo_stream	stream[MO_MAX_CONNECTIONS];
	int			count;
	int			next;			/* whose turn it is when several are idle: files come sorted, and tables should be */
} mo_streams;

extern void mo_streams_add(mo_streams *streams, PGconn *connection);

/* Sends a block as one row of one value. `target` is a table or view with its column in brackets, the same at every call. */
extern bool mo_streams_send(mo_load *load, mo_streams *streams, const char *target, const void *block, size_t size);

/* Ends the COPY of one connection, or of all. False: refused, the load has failed. */
extern bool mo_stream_end(mo_load *load, mo_stream *stream);
extern bool mo_streams_end(mo_load *load, mo_streams *streams);

/* Gives all up, whatever they were doing. */
extern void mo_streams_abandon(mo_streams *streams);
extern void mo_streams_free(mo_streams *streams);

#endif							/* MO_STREAMS_H */
