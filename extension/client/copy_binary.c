#include <stdio.h>
#include <stdlib.h>
#include <libpq-fe.h>

#include "copy_binary.h"
#include "modash.h"

void
mo_copy_room(mo_copy *copy, size_t more)
{
	size_t		size = copy->size > 0 ? copy->size : 2 * MO_COPY_CHUNK;

	if (copy->used + more <= copy->size)
		return;
	while (size < copy->used + more)
		size *= 2;
	copy->data = realloc(copy->data, size);
	if (copy->data == NULL)
	{
		fputs("modash: out of memory; nothing was kept\n", stderr);
		exit(MO_EXIT_DATABASE);
	}
	copy->size = size;
}

bool
mo_copy_flush(mo_copy *copy)
{
	if (copy->used > 0 && !copy->failed && copy->connection != NULL && PQputCopyData(copy->connection, copy->data, (int) copy->used) != 1)
		copy->failed = true;
	copy->used = 0;
	return !copy->failed;
}

bool
mo_copy_begin(mo_copy *copy, PGconn *connection, const char *target, PGresult **result)
{
	static const char signature[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', '\377', '\r', '\n', '\0'};
	char		sql[600];

	copy->connection = connection;
	copy->used = 0;
	copy->failed = false;
	snprintf(sql, sizeof(sql), "copy %s from stdin (format binary)", target);
	*result = PQexec(connection, sql);
	copy->active = PQresultStatus(*result) == PGRES_COPY_IN;
	if (!copy->active)
		return false;
	mo_copy_room(copy, MO_COPY_ROW_ROOM);
	memcpy(copy->data, signature, sizeof(signature));
	copy->used = sizeof(signature);
	mo_put_raw4(copy, 0);		/* flags */
	mo_put_raw4(copy, 0);		/* no extension of the header */
	return true;
}

bool
mo_copy_end(mo_copy *copy, PGresult **result)
{
	PGresult   *next;
	bool		good;

	*result = NULL;
	copy->active = false;
	mo_put_int2(copy, -1);
	if (!mo_copy_flush(copy) || PQputCopyEnd(copy->connection, NULL) != 1)
		return false;
	*result = PQgetResult(copy->connection);
	good = PQresultStatus(*result) == PGRES_COMMAND_OK;
	while ((next = PQgetResult(copy->connection)) != NULL)
		PQclear(next);
	return good;
}

void
mo_copy_abandon(mo_copy *copy, const char *reason)
{
	PGresult   *result;

	if (!copy->active)
		return;
	copy->active = false;
	PQputCopyEnd(copy->connection, reason);
	while (PQstatus(copy->connection) == CONNECTION_OK && (result = PQgetResult(copy->connection)) != NULL)
		PQclear(result);
}

void
mo_copy_free(mo_copy *copy)
{
	free(copy->data);
	memset(copy, 0, sizeof(*copy));
}
