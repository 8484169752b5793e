/*
 * workbook.c
 *		modash workbook: an Excel workbook of an organisation, or of every PCN.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database.h"
#include "dates.h"
#include "modash.h"
#include "output.h"
#include "text.h"
#include "view.h"
#include "workbook.h"

const char mo_workbook_help[] =
	"usage: modash workbook --org CODE [-o FILE.xlsx] [option ...]\n"
	"       modash workbook --all-pcns DIR [option ...]\n"
	"\n"
	"Writes an Excel workbook: the single page on one sheet of A4, control charts, the members' figures, exceptions and\n"
	"actions, the ICB return to fill in, the data as a table, definitions, changes. A reader's rights on mo_dashboard are\n"
	"enough; what a reader may not see is not in it.\n"
	"\n"
	"options\n"
	"  --org CODE         ODS code of the organisation\n"
	"  -o, --output FILE  the workbook; otherwise CODE_MONTH.xlsx in the current directory\n"
	"  --all-pcns DIR     a workbook of every PCN that you may see, as DIR/CODE_MONTH.xlsx; DIR is made if it is not there\n"
	"  --month MONTH      page of an earlier month (2026-03): figures as known now, targets and peers of that month\n"
	"  --force            overwrite files\n"
	"  -q, --quiet        only errors\n"
	"  -d, --dbname DB    database name or connection string; otherwise the PG* variables\n"
	"\n"
	"A file is there whole or not at all, and all of one command are of the same state of the database.\n"
	"\n"
	"exit codes\n"
	"  0 done, 1 wrong use, 2 a file exists or cannot be written, 4 the database refused or the connection was lost,\n"
	"  5 there is no such organisation (or you may not see it), or no figure in that month\n";

typedef struct book_options
{
	const char *dbname;
	const char *org;
	const char *path;
	const char *directory;
	const char *month;
	bool		force;
	bool		quiet;
	char		month_text[MO_DATE_TEXT];
} book_options;

static const char pcns_query[] =
	"select o.org_code, o.org_name, to_char(coalesce($1::date, max(d.month_start)), 'YYYY-MM') as month\n"
	"from mo_dashboard.dim_organisation o left join mo_dashboard.dashboard d on d.org_key = o.org_key\n"
	"where o.org_type = 'pcn' and (o.is_open = 1 and d.month_start is not null or o.is_open = 0 and $1::date < o.valid_to\n"
	"    and exists (select from mo_dashboard.fact_kpi f where f.org_key = o.org_key and f.month_start = $1::date))\n"
	"group by o.org_code, o.org_name order by o.org_code";

/* DIR/CODE_MONTH.xlsx; of a code only letters and digits, so that it cannot lead elsewhere. To be freed. */
static char *
file_name(const char *directory, const char *code, const char *month)
{
	char	   *path = malloc((directory != NULL ? strlen(directory) : 0) + strlen(code) + 24);
	char	   *end = path;

	if (path == NULL)
		return NULL;
	if (directory != NULL)
		end += sprintf(end, "%s/", directory);
	for (; *code != '\0'; code++)
		*end++ = (*code >= '0' && *code <= '9') || (*code >= 'A' && *code <= 'Z') || (*code >= 'a' && *code <= 'z') ? *code : '_';
	sprintf(end, "_%.7s.xlsx", month);
	return path;
}

/* The latest month of the page, where none is asked for. */
static const char *
page_month(const mo_page *page)
{
	const char *latest = "";

	for (int row = 0; row < PQntuples(page->rows); row++)
		if (strcmp(mo_view_text(page->rows, row, "month_start"), latest) > 0)
			latest = mo_view_text(page->rows, row, "month_start");
	return page->month != NULL ? page->month : latest;
}

static int
write_book(PGconn *connection, const book_options *options, const char *org, const char *path)
{
	mo_page		page;
	mo_output	output;
	char	   *made = NULL;
	int			code = mo_page_fetch(connection, org, options->month, &page);

	if (code != MO_EXIT_DONE)
		return code;
	code = MO_EXIT_FILE;
	if (path == NULL)
		path = made = file_name(NULL, page.org_code, page_month(&page));
	if (path != NULL && mo_output_reserve(&output, path, options->force))
	{
		if (!mo_book_write(connection, &page, output.temporary))
		{
			mo_output_abandon(&output);
			code = PQstatus(connection) != CONNECTION_OK || PQtransactionStatus(connection) == PQTRANS_INERROR ? MO_EXIT_DATABASE : MO_EXIT_FILE;
		}
		else if (mo_output_finish(&output))
			code = MO_EXIT_DONE;
		if (code == MO_EXIT_DONE && !options->quiet)
			printf("%s\n", path);
	}
	free(made);
	mo_page_free(&page);
	return code;
}

/* Nothing of it is on the terminal when the line is erased. */
static void
show_progress(const book_options *options, int done, int all, const char *name)
{
	char		shown[120];

	if (options->quiet || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r[%.*s%.*s] %d of %d %.60s\033[K", 24 * done / all, "########################", 24 - 24 * done / all,
			"........................", done, all, mo_printable(name, strlen(name), shown, sizeof(shown)));
	if (done == all)
		fputs("\r\033[K", stderr);
	fflush(stderr);
}

/* Before the first is written, so that the command leaves all or none where a file is in the way. */
static bool
none_there(const book_options *options, const PGresult *pcns)
{
	for (int i = 0; i < PQntuples(pcns) && !options->force; i++)
	{
		char	   *path = file_name(options->directory, mo_view_text(pcns, i, "org_code"), mo_view_text(pcns, i, "month"));
		char		shown[400];
		bool		there = path != NULL && access(path, F_OK) == 0;

		if (there)
			fprintf(stderr, "modash: cannot write %s: it exists already; --force overwrites it\n", mo_printable(path, strlen(path), shown, sizeof(shown)));
		free(path);
		if (there)
			return false;
	}
	return true;
}

static bool
make_directory(const char *directory)
{
	char		shown[400];
	struct stat there;

	if (mkdir(directory, 0777) == 0 || (stat(directory, &there) == 0 && S_ISDIR(there.st_mode)))
		return true;
	fprintf(stderr, "modash: cannot make the directory %s: %s\n", mo_printable(directory, strlen(directory), shown, sizeof(shown)), strerror(errno));
	return false;
}

/* Every PCN; one without figures in the month is named and left out. */
static int
write_all(PGconn *connection, const book_options *options)
{
	PGresult   *pcns = mo_view_query(connection, pcns_query, 1, &options->month);
	book_options quiet = *options;
	int			written = 0;
	int			code = MO_EXIT_DONE;
	int			all = pcns != NULL ? PQntuples(pcns) : 0;

	if (pcns == NULL)
		return MO_EXIT_DATABASE;
	quiet.quiet = true;
	if (all == 0)
	{
		fputs("modash: there is no PCN with figures that you may see\n", stderr);
		code = MO_EXIT_NOTHING;
	}
	else if (!make_directory(options->directory) || !none_there(options, pcns))
		code = MO_EXIT_FILE;
	for (int i = 0; i < all && code == MO_EXIT_DONE; i++)
	{
		const char *org = mo_view_text(pcns, i, "org_code");
		char	   *path = file_name(options->directory, org, mo_view_text(pcns, i, "month"));

		show_progress(options, i, all, mo_view_text(pcns, i, "org_name"));
		code = path == NULL ? MO_EXIT_FILE : write_book(connection, &quiet, org, path);
		free(path);
		written += code == MO_EXIT_DONE;
		if (code == MO_EXIT_NOTHING)
			code = MO_EXIT_DONE;
	}
	if (code == MO_EXIT_DONE)
	{
		show_progress(options, all, all, "");
		if (!options->quiet && written > 0)
			printf("%d workbook%s in %s\n", written, written == 1 ? "" : "s", options->directory);
		code = written > 0 ? MO_EXIT_DONE : MO_EXIT_NOTHING;
	}
	PQclear(pcns);
	return code;
}

/* One option. Returns -1 to go on, else an exit code. */
static int
take_option(book_options *options, int option, const char *value)
{
	int32_t		month;

	switch (option)
	{
		case 'h':
			return fputs(mo_workbook_help, stdout) < 0;
		case 'd':
			options->dbname = value;
			return -1;
		case 'c':
			options->org = value;
			return -1;
		case 'o':
			options->path = value;
			return -1;
		case 'A':
			options->directory = value;
			return -1;
		case 'f':
			options->force = true;
			return -1;
		case 'q':
			options->quiet = true;
			return -1;
		case 'M':
			if (!mo_parse_month(value, strlen(value), &month))
				return mo_usage_error("workbook", "--month is not a month such as 2022-03");
			options->month = mo_date_text(month, options->month_text);
			return -1;
		default:
			return mo_usage_error("workbook", "wrong option");
	}
}

int
workbook_main(int argc, char **argv)
{
	static const struct option long_options[] = {{"org", required_argument, NULL, 'c'}, {"output", required_argument, NULL, 'o'},
	{"all-pcns", required_argument, NULL, 'A'}, {"month", required_argument, NULL, 'M'}, {"force", no_argument, NULL, 'f'},
	{"quiet", no_argument, NULL, 'q'}, {"dbname", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	book_options options = {.dbname = NULL};
	PGconn	   *connection;
	int			option;
	int			code;

	while ((option = getopt_long(argc, argv, "d:o:qh", long_options, NULL)) != -1)
		if ((code = take_option(&options, option, optarg)) >= 0)
			return code;
	if (optind < argc || (options.org == NULL) == (options.directory == NULL) || (options.directory != NULL && options.path != NULL))
		return mo_usage_error("workbook", "either --org CODE, perhaps with -o FILE, or --all-pcns DIR is needed");
	connection = mo_connect(options.dbname);
	if (connection == NULL)
		return MO_EXIT_DATABASE;
	code = MO_EXIT_DATABASE;
	if (mo_view_snapshot(connection))
		code = options.org != NULL ? write_book(connection, &options, options.org, options.path) : write_all(connection, &options);
	PQfinish(connection);
	return code;
}
