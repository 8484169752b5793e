/*
 * page.c
 *		modash page: the single page of one organisation in a terminal.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "database.h"
#include "dates.h"
#include "modash.h"

#define PAGE_WIDTH 100

const char mo_page_help[] =
	"usage: modash page --org CODE [--month MONTH] [-d DB]\n"
	"\n"
	"Prints the single page (mo_dashboard.dashboard) of an organisation, at most 100 columns wide.\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 4 the database refused or the connection was lost, 5 there is no such page\n";

static int
print_page(const char *dbname, const char *org, const char *month)
{
	const char *values[2] = {org, month};
	PGconn	   *connection = mo_connect(dbname);
	PGresult   *result;
	char		error[800];
	char		sqlstate[6];
	int			code = MO_EXIT_DONE;

	if (connection == NULL)
		return MO_EXIT_DATABASE;
	if (month == NULL)
		result = mo_query(connection, "select * from mo_dashboard.dashboard where org_code = $1", 1, values, error, sizeof(error), sqlstate);
	else
		result = mo_query(connection, "select * from mo_dashboard.dashboard where org_code = $1 and month = $2::date", 2, values,
						  error, sizeof(error), sqlstate);
	if (result == NULL)
	{
		fprintf(stderr, "modash: %s\n", error);
		code = MO_EXIT_DATABASE;
	}
	else if (PQntuples(result) == 0)
	{
		fputs("modash: there is no page for that organisation and month\n", stderr);
		code = MO_EXIT_NOTHING;
	}
	else
		mo_print_table(stdout, result, PAGE_WIDTH);
	PQclear(result);
	PQfinish(connection);
	return code;
}

int
page_main(int argc, char **argv)
{
	static const struct option options[] = {{"org", required_argument, NULL, 'o'}, {"month", required_argument, NULL, 'm'},
	{"dbname", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	const char *dbname = NULL;
	const char *org = NULL;
	const char *month = NULL;
	char		date[MO_DATE_TEXT];
	int32_t		day;
	int			option;

	while ((option = getopt_long(argc, argv, "d:h", options, NULL)) != -1)
	{
		if (option == 'h')
			return fputs(mo_page_help, stdout) < 0;
		if (option == 'd')
			dbname = optarg;
		else if (option == 'o')
			org = optarg;
		else if (option == 'm' && mo_parse_month(optarg, strlen(optarg), &day))
			month = mo_date_text(day, date);
		else
			return mo_usage_error("page", option == 'm' ? "--month is not a month such as 2022-03" : "wrong option");
	}
	if (org == NULL || optind < argc)
		return mo_usage_error("page", "--org CODE is needed, and nothing else but options");
	return print_page(dbname, org, month);
}
