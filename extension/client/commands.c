/*
 * commands.c
 *		modash refresh and modash status: a statement or two each.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "database.h"
#include "modash.h"
#include "view.h"

const char mo_refresh_help[] =
	"usage: modash refresh [--from MONTH --to MONTH] [-d DB]\n"
	"\n"
	"Recomputes what loads since the last refresh can have changed (mo_data.refresh()), or a range of months.\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 4 the database refused or the connection was lost\n";

const char mo_status_help[] =
	"usage: modash status [-d DB]\n"
	"\n"
	"For each source the latest month, when it was loaded, when more is due and what was refused; what of the latest\n"
	"month is left out of figures, and when they were refreshed. mo_dashboard.data_status has the same and more.\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 4 the database refused or the connection was lost\n";

/* A line a source, narrow enough for a terminal of 120 columns: what is said once, or is long, stands below. */
static const char status_query[] =
	"select s.source_name as source, s.state_label as state, to_char(s.latest_month, 'Mon YYYY') as latest, to_char(s.loaded_at_utc, 'YYYY-MM-DD') as loaded,\n"
	"    s.next_data_due as \"next due\", s.days_overdue as \"days late\", s.rows_kept as \"rows kept\", s.rows_rejected as refused,\n"
	"    s.failed_loads as failed\n"
	"from mo_dashboard.data_status s order by s.source_sort";

static const char status_notes_query[] =
	"select s.source_title || ': left out of ' || s.left_out_narrative from mo_dashboard.data_status s where s.left_out_narrative is not null\n"
	"union all\n"
	"select 'Figures refreshed ' || to_char(max(s.refreshed_at_utc), 'YYYY-MM-DD HH24:MI') || ' UTC.' from mo_dashboard.data_status s";

static int
refresh(const char *dbname, const char *sql, int count, const char *const *values)
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
	PQclear(result);
	PQfinish(connection);
	return result == NULL ? MO_EXIT_DATABASE : MO_EXIT_DONE;
}

static int
status(const char *dbname)
{
	PGconn	   *connection = mo_connect(dbname);
	PGresult   *sources = NULL;
	PGresult   *notes = NULL;
	bool		good = connection != NULL && mo_view_snapshot(connection) &&
		(sources = mo_view_query(connection, status_query, 0, NULL)) != NULL &&
		(notes = mo_view_query(connection, status_notes_query, 0, NULL)) != NULL;

	if (good)
	{
		mo_print_table(stdout, sources);
		putchar('\n');
		for (int row = 0; row < PQntuples(notes); row++)
		{
			mo_print_value(stdout, PQgetisnull(notes, row, 0) ? "Figures have not been counted yet: modash refresh." : PQgetvalue(notes, row, 0));
			putchar('\n');
		}
	}
	PQclear(notes);
	PQclear(sources);
	PQfinish(connection);
	return good ? MO_EXIT_DONE : MO_EXIT_DATABASE;
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
		return refresh(dbname, "call mo_data.refresh($1::date, $2::date)", 2, values);
	return refresh(dbname, "call mo_data.refresh()", 0, NULL);
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
	return status(dbname);
}
