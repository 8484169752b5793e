/*
 * view.h
 *		Reading the published views: by the names of their columns, and what is said when they cannot be read.
 */
#ifndef MO_VIEW_H
#define MO_VIEW_H

#include <stdbool.h>
#include <libpq-fe.h>

/* Runs a query on the published views. NULL: said on stderr why, in one sentence that tells what to do. */
extern PGresult *mo_view_query(PGconn *connection, const char *sql, int count, const char *const *values);

/* All that follows is read from one state of the database. False: said on stderr why. */
extern bool mo_view_snapshot(PGconn *connection);

/* A value by its column's name; "" for null and for a column that the result does not have. */
extern const char *mo_view_text(const PGresult *result, int row, const char *column);
extern bool mo_view_is_null(const PGresult *result, int row, const char *column);
/* A number; false for null, and *value is then 0. */
extern bool mo_view_number(const PGresult *result, int row, const char *column, double *value);
extern bool mo_view_equal(const PGresult *result, int row, const char *column, const char *text);

#endif							/* MO_VIEW_H */
