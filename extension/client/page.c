/*
 * page.c
 *		modash page: the single page of one organisation, as text, CSV, JSON or HTML.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "dates.h"
#include "modash.h"
#include "output.h"
#include "page.h"
#include "view.h"

const char mo_page_help[] =
	"usage: modash page --org CODE [option ...]\n"
	"\n"
	"Prints the single page (mo_dashboard.dashboard) of an organisation for the latest complete month of each KPI, or of an\n"
	"earlier month. A reader's rights on mo_dashboard are enough.\n"
	"\n"
	"options\n"
	"  --org CODE         ODS code of the organisation\n"
	"  --month MONTH      page of an earlier month (2026-03): figures as known now, targets and peers of that month\n"
	"  --format FORMAT    text (100 columns, colour on a terminal only), csv, json or html\n"
	"  -o, --output FILE  write to a file; it is there whole or not at all\n"
	"  --force            overwrite the file\n"
	"  -d, --dbname DB    database name or connection string; otherwise the PG* variables\n"
	"\n"
	"csv   RFC 4180, UTF-8, a line a KPI; a text that a spreadsheet could take for a formula begins with an apostrophe\n"
	"json  one object: organisation, month, data_kind, data_to, run_id, generated_at_utc, rows (columns of the view; numbers\n"
	"      as numbers, nothing as null; trend: months with value, mean and limits), exceptions, discussion\n"
	"html  one self-contained file without scripts: prints on one A4 page, readable on a telephone\n"
	"\n"
	"exit codes\n"
	"  0 done, 1 wrong use, 2 the file exists or cannot be written, 4 the database refused or the connection was lost,\n"
	"  5 there is no such organisation (or you may not see it), or no figure in that month\n";

static const struct format
{
	const char *name;
	void		(*write) (FILE *out, const mo_page *page);
}			formats[] = {{"text", mo_page_text}, {"csv", mo_page_csv}, {"json", mo_page_json}, {"html", mo_page_html}};

typedef struct page_options
{
	const char *dbname;
	const char *org;
	const char *month;
	const char *path;
	const struct format *format;
	bool		force;
	char		month_text[MO_DATE_TEXT];
} page_options;

static int
write_page(PGconn *connection, const page_options *options)
{
	mo_output	output;
	mo_page		page;
	int			code = MO_EXIT_DATABASE;

	if (mo_view_snapshot(connection))
		code = mo_page_fetch(connection, options->org, options->month, &page);
	if (code != MO_EXIT_DONE)
		return code;
	code = MO_EXIT_FILE;
	if (mo_output_begin(&output, options->path, options->force))
	{
		options->format->write(output.file, &page);
		if (mo_output_finish(&output))
			code = MO_EXIT_DONE;
	}
	mo_page_free(&page);
	return code;
}

static const struct format *
format_named(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

/* One option. Returns -1 to go on, else an exit code. */
static int
take_option(page_options *options, int option, const char *value)
{
	int32_t		month;

	switch (option)
	{
		case 'h':
			return fputs(mo_page_help, stdout) < 0;
		case 'd':
			options->dbname = value;
			return -1;
		case 'c':
			options->org = value;
			return -1;
		case 'o':
			options->path = value;
			return -1;
		case 'f':
			options->force = true;
			return -1;
		case 'F':
			options->format = format_named(value);
			return options->format != NULL ? -1 : mo_usage_error("page", "--format is one of text, csv, json, html");
		case 'M':
			if (!mo_parse_month(value, strlen(value), &month))
				return mo_usage_error("page", "--month is not a month such as 2022-03");
			options->month = mo_date_text(month, options->month_text);
			return -1;
		default:
			return mo_usage_error("page", "wrong option");
	}
}

int
page_main(int argc, char **argv)
{
	static const struct option long_options[] = {{"org", required_argument, NULL, 'c'}, {"month", required_argument, NULL, 'M'},
	{"format", required_argument, NULL, 'F'}, {"output", required_argument, NULL, 'o'}, {"force", no_argument, NULL, 'f'},
	{"dbname", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	page_options options = {.format = &formats[0]};
	PGconn	   *connection;
	int			option;
	int			code;

	while ((option = getopt_long(argc, argv, "d:o:h", long_options, NULL)) != -1)
		if ((code = take_option(&options, option, optarg)) >= 0)
			return code;
	if (options.org == NULL || optind < argc)
		return mo_usage_error("page", "--org CODE is needed, and nothing else but options");
	connection = mo_connect(options.dbname);
	if (connection == NULL)
		return MO_EXIT_DATABASE;
	code = write_page(connection, &options);
	PQfinish(connection);
	return code;
}
