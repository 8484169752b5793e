/*
 * page.c
 *		modash page: the single page of one organisation in a terminal, at most 100 columns wide.
 *
 * Widths are counted in characters, not bytes: names, pound signs and sparklines are UTF-8.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "database.h"
#include "modash.h"
#include "text.h"

const char mo_page_help[] =
	"usage: modash page --org CODE [-d DB]\n"
	"\n"
	"Prints the single page (mo_dashboard.dashboard) of an organisation for the latest complete month of each KPI.\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 4 the database refused or the connection was lost, 5 there is no such page\n";

static const char page_query[] =
	"select d.org_name, d.org_type, d.family_label, k.kpi_short_name, d.display_value, d.display_target, d.display_peer_median,\n"
	"    d.display_change_on_year, d.peer_rank || ' of ' || d.peer_n, d.trend_spark, d.status_label, d.exception_text,\n"
	"    d.value_status, d.month_label, to_char(d.data_to, 'FMDD Month YYYY'), to_char(d.next_data_due, 'FMDD Month YYYY'), d.rag\n"
	"from mo_dashboard.dashboard d join mo_dashboard.dim_kpi k on k.kpi_id = d.kpi_id\n"
	"where d.org_code = $1 order by d.kpi_sort";

enum
{
	ORG_NAME, ORG_TYPE, FAMILY, SHORT_NAME, VALUE, TARGET, MEDIAN, CHANGE, POSITION, TREND, STATUS, EXCEPTION,
	VALUE_STATUS, MONTH, DATA_TO, NEXT_DUE, RAG
};

/*
 * The columns of the table; a negative width is aligned left. 30 + 9 + 8 + 8 + 9 + 9 + 8 + 12 and seven blanks: 100. What a rate is per stands
 * in the KPI's name.
 */
static const struct
{
	int			field;
	int			width;
	const char *heading;
}			columns[] = {{SHORT_NAME, -30, ""}, {VALUE, 9, "value"}, {TARGET, 8, "target"}, {STATUS, -8, "status"},
{MEDIAN, 9, "median"}, {CHANGE, 9, "on a year"}, {POSITION, 8, "rank"}, {TREND, -12, "12 months"}};

#define COLUMNS ((int) (sizeof(columns) / sizeof(columns[0])))

static int
characters(const char *text)
{
	int			n = 0;

	for (; *text != '\0'; text++)
		n += (*text & 0xC0) != 0x80;
	return n;
}

/* Cuts a text after n characters, in place. */
static void
cut(char *text, int n)
{
	for (; *text != '\0'; text++)
		if ((*text & 0xC0) != 0x80 && n-- == 0)
		{
			*text = '\0';
			return;
		}
}

/* A value in a cell: harmless on a terminal, cut to the width, aligned right, or left where the width is negative. */
static void
print_cell(const char *value, int width)
{
	char		text[400];
	int			room = abs(width);
	int			blanks;

	mo_printable(value, strlen(value), text, sizeof(text));
	cut(text, room);
	blanks = room - characters(text);
	printf("%*s%s%*s", width > 0 ? blanks : 0, "", text, width < 0 ? blanks : 0, "");
}

static const char *
value_of(const PGresult *page, int row, int field)
{
	return PQgetvalue(page, row, field);
}

/* The status in one word; where there is no target nothing is said. */
static const char *
status_word(const char *status)
{
	static const char *const words[][2] = {{"on target", "on"}, {"not clearly off", "unclear"}, {"off target", "off"},
	{"too few", "too few"}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(status, words[i][0]) == 0)
			return words[i][1];
	return "";
}

static void
print_row(const PGresult *page, int row)
{
	for (int i = 0; i < COLUMNS; i++)
	{
		int			field = columns[i].field;
		char		text[400];
		char	   *per;

		snprintf(text, sizeof(text), "%s", field == STATUS ? status_word(value_of(page, row, field)) : value_of(page, row, field));
		if ((field == VALUE || field == MEDIAN || field == CHANGE) && (per = strstr(text, " per ")) != NULL)
			*per = '\0';
		if (field == TARGET && strcmp(text, "no target") == 0)
			strcpy(text, "-");
		printf("%s", i == 0 ? "" : " ");
		print_cell(text, columns[i].width);
	}
	putchar('\n');
}

static void
print_headings(void)
{
	for (int i = 0; i < COLUMNS; i++)
	{
		printf("%s", i == 0 ? "" : " ");
		print_cell(columns[i].heading, columns[i].width);
	}
	putchar('\n');
}

/* Bold only on a terminal. */
static void
print_band(const char *family)
{
	bool		terminal = isatty(STDOUT_FILENO);
	char		text[100];

	printf("\n%s%s%s\n", terminal ? "\033[1m" : "", mo_printable(family, strlen(family), text, sizeof(text)),
		   terminal ? "\033[0m" : "");
}

/* What to know before using the figures; KPIs without any data are named in one line. */
static void
print_notes(const PGresult *page)
{
	bool		first = true;

	for (int row = 0; row < PQntuples(page); row++)
		if (!PQgetisnull(page, row, EXCEPTION) && !PQgetisnull(page, row, DATA_TO))
		{
			fputs(first ? "\nTo know\n" : "", stdout);
			first = false;
			printf("  ");
			print_cell(value_of(page, row, SHORT_NAME), -31);
			print_cell(value_of(page, row, EXCEPTION), -66);
			putchar('\n');
		}
	first = true;
	for (int row = 0; row < PQntuples(page); row++)
		if (PQgetisnull(page, row, DATA_TO))
		{
			printf("%s%s", first ? "\nNo data loaded for: " : ", ", value_of(page, row, SHORT_NAME));
			first = false;
		}
	fputs(first ? "" : "\n", stdout);
}

static void
print_page(const PGresult *page, const char *org)
{
	const char *family = "";

	print_cell(value_of(page, 0, ORG_NAME), -80);
	printf(" %s\n", org);
	print_headings();
	for (int row = 0; row < PQntuples(page); row++)
	{
		if (strcmp(family, value_of(page, row, FAMILY)) != 0)
			print_band(family = value_of(page, row, FAMILY));
		print_row(page, row);
	}
	print_notes(page);
	fputs("\nMedian and rank: among its peers of the ICB; rank 1 is the lowest value. A blank in a trend is a month without a value.\n"
		  "Status: on or off target; unclear where the 95 % interval holds the target.\n"
		  "The page supports discussion of variation; it is not performance management.\n", stdout);
}

static int
show(const char *dbname, const char *org)
{
	const char *values[1] = {org};
	PGconn	   *connection = mo_connect(dbname);
	PGresult   *page;
	char		error[800];
	char		sqlstate[6];
	int			code = MO_EXIT_DONE;

	if (connection == NULL)
		return MO_EXIT_DATABASE;
	page = mo_query(connection, page_query, 1, values, error, sizeof(error), sqlstate);
	if (page == NULL)
	{
		fprintf(stderr, "modash: %s\n", error);
		code = MO_EXIT_DATABASE;
	}
	else if (PQntuples(page) == 0)
	{
		char		shown[40];

		fprintf(stderr, "modash: there is no page for organisation \"%s\"\n", mo_printable(org, strlen(org), shown, sizeof(shown)));
		code = MO_EXIT_NOTHING;
	}
	else
		print_page(page, org);
	PQclear(page);
	PQfinish(connection);
	return code;
}

int
page_main(int argc, char **argv)
{
	static const struct option options[] = {{"org", required_argument, NULL, 'o'}, {"dbname", required_argument, NULL, 'd'},
	{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	const char *dbname = NULL;
	const char *org = NULL;
	int			option;

	while ((option = getopt_long(argc, argv, "d:h", options, NULL)) != -1)
	{
		if (option == 'h')
			return fputs(mo_page_help, stdout) < 0;
		if (option == 'd')
			dbname = optarg;
		else if (option == 'o')
			org = optarg;
		else
			return mo_usage_error("page", "wrong option");
	}
	if (org == NULL || optind < argc)
		return mo_usage_error("page", "--org CODE is needed, and nothing else but options");
	return show(dbname, org);
}
