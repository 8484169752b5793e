/*
 * database.h
 *		Connecting, asking, and saying what went wrong.
 */
#ifndef MO_DATABASE_H
#define MO_DATABASE_H

#include <stdbool.h>
#include <stdio.h>
#include <libpq-fe.h>

/* By `dbname` (a name or a whole conninfo string; NULL: PG* variables alone). NULL: said on stderr why. */
extern PGconn *mo_connect(const char *dbname);

/* Runs one statement with text parameters. NULL: `error` says why, and the SQLSTATE (or "") is in sqlstate[6]. */
extern PGresult *mo_query(PGconn *connection, const char *sql, int count, const char *const *values,
						  char *error, size_t size, char *sqlstate);

/* The error of a result or a connection in one printable line: message, detail and hint. */
extern void mo_error_text(PGconn *connection, const PGresult *result, char *error, size_t size, char *sqlstate);

/* Values from the database on a terminal: escapes and controls made harmless. */
extern void mo_print_value(FILE *out, const char *value);

/* A result as an aligned table, every cell whole. */
extern void mo_print_table(FILE *out, const PGresult *result);

#endif							/* MO_DATABASE_H */
