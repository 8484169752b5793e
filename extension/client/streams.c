#include <errno.h>
#include <poll.h>
#include <libpq-fe.h>

#include "streams.h"

void
mo_streams_add(mo_streams *streams, PGconn *connection)
{
	streams->stream[streams->count++] = (mo_stream) {.copy.connection = connection};
}

/* Whether all that was given to a connection has left. False with the load failed: the connection is lost. */
static bool
is_idle(mo_load *load, mo_stream *stream)
{
	int			left = stream->copying ? PQflush(stream->copy.connection) : 0;

	if (left < 0)
		mo_fail_database(load, stream->copy.connection, NULL);
	return left == 0;
}

/* Sleeps until a connection takes more. */
static bool
wait_for_one(mo_load *load, mo_streams *streams)
{
	struct pollfd waiting[MO_MAX_CONNECTIONS];

	for (int i = 0; i < streams->count; i++)
		waiting[i] = (struct pollfd) {.fd = PQsocket(streams->stream[i].copy.connection), .events = POLLOUT | POLLIN};
	if (poll(waiting, (nfds_t) streams->count, -1) < 0 && errno != EINTR)
		return mo_fail(load, MO_EXIT_DATABASE, 0, "cannot wait for the server");
	for (int i = 0; i < streams->count; i++)
	{
		PGconn	   *connection = streams->stream[i].copy.connection;

		/* A notice or an error: read now, it is looked at when the COPY ends. */
		if ((waiting[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && PQconsumeInput(connection) == 0)
			return mo_fail_database(load, connection, NULL);
	}
	return true;
}

/* The connection for a block: idle, and if there is a choice the next in turn. NULL: the load has failed. */
static mo_stream *
idle_stream(mo_load *load, mo_streams *streams)
{
	for (;;)
	{
		for (int i = 0; i < streams->count; i++)
		{
			int			at = (streams->next + i) % streams->count;
			bool		idle = is_idle(load, &streams->stream[at]);

			if (load->exit_code != MO_EXIT_DONE)
				return NULL;
			if (!idle)
				continue;
			streams->next = (at + 1) % streams->count;
			return &streams->stream[at];
		}
		if (!wait_for_one(load, streams))
			return NULL;
	}
}

static bool
begin_copy(mo_load *load, mo_stream *stream, const char *target)
{
	PGresult   *result;

	if (stream->copying)
		return true;
	if (!mo_copy_begin(&stream->copy, stream->copy.connection, target, &result))
		return mo_fail_database(load, stream->copy.connection, result);
	PQclear(result);
	stream->copying = true;
	mo_copy_flush(&stream->copy);
	PQsetnonblocking(stream->copy.connection, 1);
	return true;
}

bool
mo_streams_send(mo_load *load, mo_streams *streams, const char *target, const void *block, size_t size)
{
	mo_stream  *stream = idle_stream(load, streams);
	mo_copy    *copy;

	if (stream == NULL || !begin_copy(load, stream, target))
		return false;
	copy = &stream->copy;
	mo_copy_row(copy, 1);
	mo_put_raw4(copy, (int32_t) size);
	if (!mo_copy_flush(copy) || PQputCopyData(copy->connection, block, (int) size) != 1)
		return mo_fail_database(load, copy->connection, NULL);
	return true;
}

bool
mo_stream_end(mo_load *load, mo_stream *stream)
{
	PGresult   *result;

	if (!stream->copying)
		return true;
	stream->copying = false;
	PQsetnonblocking(stream->copy.connection, 0);
	if (!mo_copy_end(&stream->copy, &result))
		return mo_fail_database(load, stream->copy.connection, result);
	PQclear(result);
	return true;
}

bool
mo_streams_end(mo_load *load, mo_streams *streams)
{
	bool		good = true;

	for (int i = 0; i < streams->count; i++)
		good = mo_stream_end(load, &streams->stream[i]) && good;
	return good;
}

void
mo_streams_abandon(mo_streams *streams)
{
	for (int i = 0; i < streams->count; i++)
	{
		PQsetnonblocking(streams->stream[i].copy.connection, 0);
		mo_copy_abandon(&streams->stream[i].copy, "the load was given up");
		streams->stream[i].copying = false;
	}
}

void
mo_streams_free(mo_streams *streams)
{
	for (int i = 0; i < streams->count; i++)
		mo_copy_free(&streams->stream[i].copy);
	streams->count = 0;
}
