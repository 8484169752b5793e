/*
 * commands.c
 *		modash refresh and modash status: one statement each.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dates.h"
#include "database.h"
#include "modash.h"

const char mo_refresh_help[] =
	"usage: modash refresh [--from MONTH --to MONTH] [-d DB]\n"
	"\n"
	"Recomputes what loads since the last refresh can have changed (mo_data.refresh()), or a range of months.\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 4 the database refused or the connection was lost\n";

const char mo_status_help[] =
	"usage: modash status [-d DB]\n"
	"\n"
	"Prints mo_dashboard.data_status: for each source the latest period, what was loaded, and when more is due.\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 4 the database refused or the connection was lost\n";

/* Runs a statement and prints its rows, if any. */
static int
run_and_print(const char *dbname, const char *sql, int count, const char *const *values)
{
	PGconn	   *connection = mo_connect(dbname);
	PGresult   *result;
	char		error[800];
	char		sqlstate[6];

	if (connection == NULL)
		return MO_EXIT_DATABASE;
	result = mo_query(connection, sql, count, values, error, sizeof(error), sqlstate);
	if (result == NULL)
		fprintf(stderr, "modash: %s\n", error);
	else if (PQresultStatus(result) == PGRES_TUPLES_OK && PQnfields(result) > 0)
		mo_print_table(stdout, result, isatty(STDOUT_FILENO) ? 120 : 200);
	PQclear(result);
	PQfinish(connection);
	return result == NULL ? MO_EXIT_DATABASE : MO_EXIT_DONE;
}

int
refresh_main(int argc, char **argv)
{
	static const struct option options[] = {{"from", required_argument, NULL, 'f'}, {"to", required_argument, NULL, 't'},
	{"dbname", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	const char *dbname = NULL;
	char		dates[2][MO_DATE_TEXT];
	const char *values[2] = {NULL, NULL};
	int			option;
	int32_t		month;

	while ((option = getopt_long(argc, argv, "d:h", options, NULL)) != -1)
	{
		if (option == 'h')
			return fputs(mo_refresh_help, stdout) < 0;
		if (option == 'd')
			dbname = optarg;
		else if ((option == 'f' || option == 't') && mo_parse_month(optarg, strlen(optarg), &month))
			values[option == 't'] = mo_date_text(month, dates[option == 't']);
		else
			return mo_usage_error("refresh", option == '?' ? "wrong option" : "not a month such as 2022-03");
	}
	if (optind < argc || (values[0] == NULL) != (values[1] == NULL))
		return mo_usage_error("refresh", "--from and --to belong together; nothing else is taken");
	if (values[0] != NULL)
		return run_and_print(dbname, "call mo_data.refresh($1::date, $2::date)", 2, values);
	return run_and_print(dbname, "call mo_data.refresh()", 0, NULL);
}

int
status_main(int argc, char **argv)
{
	static const struct option options[] = {{"dbname", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	const char *dbname = NULL;
	int			option;

	while ((option = getopt_long(argc, argv, "d:h", options, NULL)) != -1)
	{
		if (option == 'h')
			return fputs(mo_status_help, stdout) < 0;
		if (option != 'd')
			return mo_usage_error("status", "wrong option");
		dbname = optarg;
	}
	if (optind < argc)
		return mo_usage_error("status", "nothing is taken but options");
	return run_and_print(dbname, "select * from mo_dashboard.data_status", 0, NULL);
}
