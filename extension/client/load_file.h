/*
 * load_file.h
 *		Loading files one after the other over one connection.
 */
#ifndef MO_LOAD_FILE_H
#define MO_LOAD_FILE_H

#include "load.h"

typedef struct mo_session
{
	PGconn	   *connection;
	PGconn	   *side[MO_MAX_CONNECTIONS - 1];	/* made when needed */
} mo_session;

/* Loads one file, says what came of it, and returns the exit code for it. */
extern int	mo_load_file(mo_session *session, const mo_options *options, const char *path);

/* Whether there is a format for files of a source; else it may be flat. */
extern bool mo_has_format(const char *source);

/* load.c: steps of it. A NULL or false means that the load has failed. */
extern bool mo_begin(mo_load *load);
extern bool mo_run(mo_load *load, const char *sql);
extern PGresult *mo_ask(mo_load *load, const char *sql, int count, const char *const *values);

#endif							/* MO_LOAD_FILE_H */
