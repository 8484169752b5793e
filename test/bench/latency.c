/*
 * latency.c
 *		Prints the median of single answers of one query, in microseconds, over one connection.
 *
 * pgbench cannot ask for results in binary, which is how Npgsql, the driver of Power BI, asks for all of them
 * (https://github.com/npgsql/npgsql/issues/447): a double precision is then eight bytes and not seventeen digits to find.
 *
 * usage: latency prepared|planned text|binary SECONDS QUERY-FILE     (the PG* variables say where)
 *
 * prepared: parsed once, and planned until the server keeps a plan. planned: parsed and planned each time in the extended protocol, as Npgsql
 * does with a query that nobody prepared.
 */
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_ANSWERS 2000000
#define QUERY_SIZE 100000
#define NOT_COUNTED 10			/* answers before the server keeps a plan: five, and some to be sure */

static PGconn *connection;
static char query[QUERY_SIZE];
static double answers[MOST_ANSWERS];

static double
microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double) now.tv_sec * 1e6 + (double) now.tv_nsec / 1e3;
}

static _Noreturn void
stop_with(const char *what)
{
	fprintf(stderr, "latency: %s\n", what);
	exit(1);
}

static void
read_query(const char *path)
{
	FILE	   *file = fopen(path, "r");
	size_t		length;

	if (file == NULL)
		stop_with("cannot open the query's file");
	length = fread(query, 1, QUERY_SIZE, file);
	fclose(file);
	if (length == 0 || length == QUERY_SIZE)
		stop_with("the query is empty or too long");
}

/* Asks once and gives the rows there were. */
static int
ask(int prepared, int binary)
{
	PGresult   *result = prepared ? PQexecPrepared(connection, "asked", 0, NULL, NULL, NULL, binary)
		: PQexecParams(connection, query, 0, NULL, NULL, NULL, NULL, binary);
	int			rows = PQntuples(result);

	if (PQresultStatus(result) != PGRES_TUPLES_OK)
		stop_with(PQresultErrorMessage(result));
	if (PQnfields(result) > 0 && PQfformat(result, 0) != binary)
		stop_with("the answer is not in the format that was asked for");
	PQclear(result);
	return rows;
}

static int
compare(const void *left, const void *right)
{
	double		a = *(const double *) left;
	double		b = *(const double *) right;

	return (a > b) - (a < b);
}

int
main(int argc, char **argv)
{
	int			prepared = argc == 5 && strcmp(argv[1], "prepared") == 0;
	int			binary = argc == 5 && strcmp(argv[2], "binary") == 0;
	double		until;
	int			count = 0;
	int			rows = 0;

	if (argc != 5 || (!prepared && strcmp(argv[1], "planned") != 0) || (!binary && strcmp(argv[2], "text") != 0))
		stop_with("usage: latency prepared|planned text|binary SECONDS QUERY-FILE");
	read_query(argv[4]);
	connection = PQconnectdb("");
	if (PQstatus(connection) != CONNECTION_OK)
		stop_with(PQerrorMessage(connection));
	if (prepared)
	{
		PGresult   *result = PQprepare(connection, "asked", query, 0, NULL);

		if (PQresultStatus(result) != PGRES_COMMAND_OK)
			stop_with(PQresultErrorMessage(result));
		PQclear(result);
	}
	until = microseconds() + 1e6 * atof(argv[3]);
	for (int i = 0; i < NOT_COUNTED && (i == 0 || microseconds() < until); i++)
		rows = ask(prepared, binary);	/* of slow ones fewer: their planning is nothing beside them */
	until = microseconds() + 1e6 * atof(argv[3]);
	while (count < MOST_ANSWERS && (count < 3 || microseconds() < until))
	{
		double		begin = microseconds();

		if (ask(prepared, binary) != rows)
			stop_with("the answers do not have the same number of rows");
		answers[count++] = microseconds() - begin;
	}
	qsort(answers, (size_t) count, sizeof(double), compare);
	printf("%.3f %d %d\n", answers[count / 2], rows, count);
	PQfinish(connection);
	return 0;
}
