#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "view.h"

/* What to do about an error of this class, or nothing. */
static const char *
advice(const char *sqlstate)
{
	static const char *const table[][2] = {
		{"42P01", ". A dashboard made by an older version is brought up to date by: call mo.update_dashboard();"},
		{"42703", ". A dashboard made by an older version is brought up to date by: call mo.update_dashboard();"},
		{"42501", ". Whoever owns the dashboard lets a role read it by: select mo_data.grant_reader('role'); its organisations are in mo_data.access_scope"},
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(sqlstate, table[i][0]) == 0)
			return table[i][1];
	return "";
}

PGresult *
mo_view_query(PGconn *connection, const char *sql, int count, const char *const *values)
{
	char		error[800];
	char		sqlstate[6];
	PGresult   *result = mo_query(connection, sql, count, values, error, sizeof(error), sqlstate);

	if (result == NULL)
		fprintf(stderr, "modash: %s%s\n", error, advice(sqlstate));
	return result;
}

bool
mo_view_snapshot(PGconn *connection)
{
	PGresult   *result = mo_view_query(connection, "begin isolation level repeatable read read only", 0, NULL);

	PQclear(result);
	return result != NULL;
}

bool
mo_view_is_null(const PGresult *result, int row, const char *column)
{
	int			field = PQfnumber(result, column);

	return field < 0 || PQgetisnull(result, row, field);
}

const char *
mo_view_text(const PGresult *result, int row, const char *column)
{
	int			field = PQfnumber(result, column);

	return field < 0 ? "" : PQgetvalue(result, row, field);
}

bool
mo_view_number(const PGresult *result, int row, const char *column, double *value)
{
	bool		known = !mo_view_is_null(result, row, column);

	*value = known ? strtod(mo_view_text(result, row, column), NULL) : 0;
	return known;
}

bool
mo_view_equal(const PGresult *result, int row, const char *column, const char *text)
{
	return strcmp(mo_view_text(result, row, column), text) == 0;
}
