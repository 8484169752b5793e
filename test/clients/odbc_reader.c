/*
 * odbc_reader.c
 *		What a program that speaks ODBC (Excel, Access, Tableau) sees: lists, types as described, every row. See lib/Clients.pm.
 *
 * usage: odbc_reader CONNECTION-STRING FOLDER
 */
#include <sql.h>
#include <sqlext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_VIEWS 100
#define NAME_SIZE 128

static SQLHDBC connection;
static char views[MAX_VIEWS][NAME_SIZE];
static int	view_count;

static void
check(SQLRETURN result, SQLSMALLINT kind, SQLHANDLE handle, const char *what)
{
	SQLCHAR		state[6] = "",
				message[1000] = "";

	if (SQL_SUCCEEDED(result))
		return;
	SQLGetDiagRec(kind, handle, 1, state, NULL, message, sizeof(message), NULL);
	fprintf(stderr, "%s: %s %s\n", what, state, message);
	exit(1);
}

static SQLHSTMT
statement(void)
{
	SQLHSTMT	made;

	check(SQLAllocHandle(SQL_HANDLE_STMT, connection, &made), SQL_HANDLE_DBC, connection, "a statement");
	return made;
}

/* Column n as short text; empty for null. */
static const char *
text(SQLHSTMT rows, int n)
{
	static char buffer[8][1000];
	static int	turn;
	SQLLEN		length;

	turn = (turn + 1) % 8;
	buffer[turn][0] = '\0';
	check(SQLGetData(rows, n, SQL_C_CHAR, buffer[turn], sizeof(buffer[turn]), &length), SQL_HANDLE_STMT, rows, "a field of a list");
	return length == SQL_NULL_DATA ? "" : buffer[turn];
}

static void
list_tables(void)
{
	SQLHSTMT	rows = statement();

	check(SQLTables(rows, NULL, 0, (SQLCHAR *) "%", SQL_NTS, (SQLCHAR *) "%", SQL_NTS, (SQLCHAR *) "TABLE,VIEW,MATVIEW", SQL_NTS),
		  SQL_HANDLE_STMT, rows, "SQLTables");
	while (SQL_SUCCEEDED(SQLFetch(rows)))
	{
		const char *schema = text(rows, 2),
				   *name = text(rows, 3);

		printf("table\t%s\t%s\t%s\n", schema, name, text(rows, 4));
		if (strcmp(schema, "mo_dashboard") == 0 && view_count < MAX_VIEWS)
			snprintf(views[view_count++], NAME_SIZE, "%s", name);
	}
	SQLFreeHandle(SQL_HANDLE_STMT, rows);
}

static void
list_columns(const char *view)
{
	SQLHSTMT	rows = statement();

	check(SQLColumns(rows, NULL, 0, (SQLCHAR *) "mo_dashboard", SQL_NTS, (SQLCHAR *) view, SQL_NTS, (SQLCHAR *) "%", SQL_NTS),
		  SQL_HANDLE_STMT, rows, "SQLColumns");
	while (SQL_SUCCEEDED(SQLFetch(rows)))
	{
		const char *name = text(rows, 4),
				   *type = text(rows, 5),
				   *type_name = text(rows, 6),
				   *size = text(rows, 7);

		printf("column\t%s\t%s\t%s\t%s\t%s\t%s\n", view, name, type, type_name, size, text(rows, 9));
	}
	SQLFreeHandle(SQL_HANDLE_STMT, rows);
}

/* Drivers that ask for keys must not be refused; views have none. */
static void
list_keys(const char *view)
{
	SQLHSTMT	rows = statement();
	int			count = 0;

	check(SQLPrimaryKeys(rows, NULL, 0, (SQLCHAR *) "mo_dashboard", SQL_NTS, (SQLCHAR *) view, SQL_NTS), SQL_HANDLE_STMT, rows, "SQLPrimaryKeys");
	while (SQL_SUCCEEDED(SQLFetch(rows)))
		count++;
	SQLFreeStmt(rows, SQL_CLOSE);
	check(SQLForeignKeys(rows, NULL, 0, NULL, 0, NULL, 0, NULL, 0, (SQLCHAR *) "mo_dashboard", SQL_NTS, (SQLCHAR *) view, SQL_NTS),
		  SQL_HANDLE_STMT, rows, "SQLForeignKeys");
	while (SQL_SUCCEEDED(SQLFetch(rows)))
		count++;
	printf("keys\t%s\t%d\n", view, count);
	SQLFreeHandle(SQL_HANDLE_STMT, rows);
}

/* UTF-16 as the Unicode driver gives it, as UTF-8 with COPY's escapes. */
static void
put_wide(FILE *out, const SQLWCHAR *from)
{
	for (; *from; from++)
	{
		unsigned int c = *from;

		if (c >= 0xD800 && c < 0xDC00 && from[1])
			c = 0x10000 + ((c - 0xD800) << 10) + (*++from - 0xDC00);
		if (c == '\t' || c == '\n' || c == '\r' || c == '\\')
			fprintf(out, "\\%c", c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : '\\');
		else if (c < 0x80)
			fputc(c, out);
		else if (c < 0x800)
			fprintf(out, "%c%c", 0xC0 | c >> 6, 0x80 | (c & 0x3F));
		else if (c < 0x10000)
			fprintf(out, "%c%c%c", 0xE0 | c >> 12, 0x80 | (c >> 6 & 0x3F), 0x80 | (c & 0x3F));
		else
			fprintf(out, "%c%c%c%c", 0xF0 | c >> 18, 0x80 | (c >> 12 & 0x3F), 0x80 | (c >> 6 & 0x3F), 0x80 | (c & 0x3F));
	}
}

/* A cell in the C type that a program chooses for the type it was told. */
static void
put_cell(FILE *out, SQLHSTMT rows, int n, SQLSMALLINT type)
{
	static SQLWCHAR wide[20000];
	SQLLEN		length = 0;
	SQLINTEGER	whole;
	double		real;
	SQL_DATE_STRUCT day;
	SQL_TIMESTAMP_STRUCT moment;
	int			is_real = type == SQL_DOUBLE || type == SQL_FLOAT || type == SQL_REAL;
	int			is_whole = type == SQL_INTEGER || type == SQL_SMALLINT;
	SQLSMALLINT wanted = is_whole ? SQL_C_SLONG : is_real ? SQL_C_DOUBLE : type == SQL_TYPE_DATE ? SQL_C_TYPE_DATE :
		type == SQL_TYPE_TIMESTAMP ? SQL_C_TYPE_TIMESTAMP : SQL_C_WCHAR;
	void	   *into = is_whole ? (void *) &whole : is_real ? (void *) &real : wanted == SQL_C_TYPE_DATE ? (void *) &day :
		wanted == SQL_C_TYPE_TIMESTAMP ? (void *) &moment : (void *) wide;

	check(SQLGetData(rows, n, wanted, into, into == wide ? (SQLLEN) sizeof(wide) : 0, &length), SQL_HANDLE_STMT, rows, "SQLGetData");
	if (length == SQL_NULL_DATA)
		fprintf(out, "\\N");
	else if (is_whole)
		fprintf(out, "%d", (int) whole);
	else if (is_real)
		fprintf(out, "%.17g", real);
	else if (wanted == SQL_C_TYPE_DATE)
		fprintf(out, "%04d-%02d-%02d", day.year, day.month, day.day);
	else if (wanted == SQL_C_TYPE_TIMESTAMP)
		fprintf(out, "%04d-%02d-%02d %02d:%02d:%02d", moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second);
	else
		put_wide(out, wide);
}

static void
read_view(const char *view, const char *folder)
{
	char		query[300],
				path[1000];
	SQLHSTMT	rows = statement();
	SQLSMALLINT count,
				types[200];
	FILE	   *out;

	snprintf(query, sizeof(query), "select * from mo_dashboard.%s", view);
	snprintf(path, sizeof(path), "%s/rows/%s.tsv", folder, view);
	check(SQLExecDirect(rows, (SQLCHAR *) query, SQL_NTS), SQL_HANDLE_STMT, rows, view);
	check(SQLNumResultCols(rows, &count), SQL_HANDLE_STMT, rows, view);
	out = fopen(path, "w");
	if (out == NULL || count > 200)
		exit(1);
	for (int n = 1; n <= count; n++)
	{
		SQLCHAR		name[NAME_SIZE];
		SQLULEN		size;
		SQLSMALLINT digits,
					nullable;

		check(SQLDescribeCol(rows, n, name, sizeof(name), NULL, &types[n - 1], &size, &digits, &nullable), SQL_HANDLE_STMT, rows, "SQLDescribeCol");
		printf("described\t%s\t%s\t%d\t%lu\t%d\n", view, name, types[n - 1], (unsigned long) size, digits);
		fprintf(out, "%s%s", n > 1 ? "\t" : "", name);
	}
	fputc('\n', out);
	while (SQL_SUCCEEDED(SQLFetch(rows)))
		for (int n = 1; n <= count; n++)
		{
			put_cell(out, rows, n, types[n - 1]);
			fputc(n < count ? '\t' : '\n', out);
		}
	fclose(out);
	SQLFreeHandle(SQL_HANDLE_STMT, rows);
}

int
main(int argc, char **argv)
{
	SQLHENV		environment;

	if (argc != 3)
		return 2;
	SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
	SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION, (SQLPOINTER) SQL_OV_ODBC3, 0);
	check(SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection), SQL_HANDLE_ENV, environment, "unixODBC");
	check(SQLDriverConnect(connection, NULL, (SQLCHAR *) argv[1], SQL_NTS, NULL, 0, NULL, SQL_DRIVER_NOPROMPT), SQL_HANDLE_DBC, connection, "connect");
	list_tables();
	for (int i = 0; i < view_count; i++)
	{
		list_columns(views[i]);
		list_keys(views[i]);
		read_view(views[i], argv[2]);
	}
	SQLDisconnect(connection);
	SQLFreeHandle(SQL_HANDLE_DBC, connection);
	SQLFreeHandle(SQL_HANDLE_ENV, environment);
	return 0;
}
