#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "text.h"

static void
print_notice(void *unused, const PGresult *result)
{
	char		line[600];
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

	(void) unused;
	if (text != NULL)
		fprintf(stderr, "%s\n", mo_printable(text, strlen(text), line, sizeof(line)));
}

/* Other users of the machine can read command lines, and shells keep them: a password there ends the program, exit code 1. */
static void
refuse_password(const char *dbname)
{
	PQconninfoOption *options = dbname == NULL ? NULL : PQconninfoParse(dbname, NULL);

	for (PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
		if (strcmp(o->keyword, "password") == 0 && o->val != NULL)
		{
			fputs("modash: a password does not belong on the command line\n"
				  "Use ~/.pgpass, PGPASSFILE or a connection service file.\n", stderr);
			exit(1);
		}
	PQconninfoFree(options);
}

PGconn *
mo_connect(const char *dbname)
{
	const char *const keywords[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
	const char *const values[] = {dbname, "modash", "UTF8", NULL};
	PGconn	   *connection;
	char		error[800];
	PGresult   *result;

	refuse_password(dbname);
	connection = PQconnectdbParams(keywords, values, 1);

	if (PQstatus(connection) != CONNECTION_OK)
	{
		mo_error_text(connection, NULL, error, sizeof(error), NULL);
		fprintf(stderr, "modash: cannot connect: %s\n", error);
		PQfinish(connection);
		return NULL;
	}
	PQsetNoticeReceiver(connection, print_notice, NULL);
	/* What the site or the role has set must not change how dates are read or whose functions are called. */
	result = PQexec(connection, "set datestyle = 'ISO, YMD'; set search_path = pg_catalog");
	PQclear(result);
	return connection;
}

static void
append(char *error, size_t size, const char *before, const char *text)
{
	size_t		used = strlen(error);

	if (text == NULL || used + strlen(before) + 16 > size)
		return;
	strcpy(error + used, before);
	used += strlen(before);
	mo_printable(text, strlen(text), error + used, size - used);
}

void
mo_error_text(PGconn *connection, const PGresult *result, char *error, size_t size, char *sqlstate)
{
	const char *primary = result != NULL ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
	const char *code = result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;

	error[0] = '\0';
	if (sqlstate != NULL)
		snprintf(sqlstate, 6, "%s", code != NULL ? code : "");
	if (primary == NULL)
	{
		/* libpq's own words: several lines, the last ending in a line end */
		char		lines[600];
		size_t		n;

		snprintf(lines, sizeof(lines), "%s", PQerrorMessage(connection));
		for (char *p = lines; *p != '\0'; p++)
			if (*p == '\n' || *p == '\t')
				*p = ' ';
		for (n = strlen(lines); n > 0 && lines[n - 1] == ' ';)
			lines[--n] = '\0';
		append(error, size, "", lines[0] != '\0' ? lines : "the connection was lost");
		return;
	}
	append(error, size, "", primary);
	append(error, size, ". ", PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL));
	append(error, size, ". ", PQresultErrorField(result, PG_DIAG_MESSAGE_HINT));
	if (code != NULL && (strcmp(code, "3F000") == 0 || strcmp(code, "42883") == 0 || strcmp(code, "42P01") == 0))
		append(error, size, ". ", "Is the dashboard in this database? create extension mo_dashboard; call mo.create_dashboard();");
}

PGresult *
mo_query(PGconn *connection, const char *sql, int count, const char *const *values,
		 char *error, size_t size, char *sqlstate)
{
	PGresult   *result = PQexecParams(connection, sql, count, NULL, values, NULL, NULL, 0);
	ExecStatusType status = PQresultStatus(result);

	if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
		return result;
	mo_error_text(connection, result, error, size, sqlstate);
	PQclear(result);
	return NULL;
}

void
mo_print_value(FILE *out, const char *value)
{
	char		line[4096];

	fputs(mo_printable(value, strlen(value), line, sizeof(line)), out);
}

/* Characters, counted as one column each: enough for what the dashboard prints. */
static int
width_of(const char *text)
{
	int			width = 0;

	for (; *text != '\0'; text++)
		width += (*text & 0xC0) != 0x80;
	return width;
}

static void
print_cell(FILE *out, const char *text, int width, bool right, bool last)
{
	int			blanks = width - width_of(text);

	if (right)
		fprintf(out, "%*s", blanks, "");
	mo_print_value(out, text);
	if (!right && !last)
		fprintf(out, "%*s", blanks, "");
	fputs(last ? "\n" : "  ", out);
}

static bool
is_number(Oid type)
{
	return type == 20 || type == 21 || type == 23 || type == 700 || type == 701 || type == 1700;
}

/* One row of it; the names of the columns where row is -1. */
static const char *
cell_of(const PGresult *result, int row, int column)
{
	return row < 0 ? PQfname(result, column) : PQgetvalue(result, row, column);
}

void
mo_print_table(FILE *out, const PGresult *result)
{
	int			columns = PQnfields(result);
	int			rows = PQntuples(result);
	int		   *widths = calloc((size_t) columns + 1, sizeof(int));

	if (widths == NULL)
		return;
	for (int c = 0; c < columns; c++)
		for (int r = -1; r < rows; r++)
			if (width_of(cell_of(result, r, c)) > widths[c])
				widths[c] = width_of(cell_of(result, r, c));
	for (int r = -1; r < rows; r++)
		for (int c = 0; c < columns; c++)
			print_cell(out, cell_of(result, r, c), widths[c], is_number(PQftype(result, c)), c == columns - 1);
	free(widths);
}
