/*
 * load_options.c
 *		The command line of modash load.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "dates.h"
#include "load_file.h"
#include "recognise.h"
#include "text.h"

const char mo_load_help[] =
	"usage: modash load SOURCE [option ...] FILE ...\n"
	"       modash load --all [option ...] DIRECTORY ...\n"
	"\n"
	"Loads files, each in one transaction: all of it or nothing. The format is found from the header, by the names\n"
	"of columns; gzip is read directly. A bad line goes to mo_data.load_reject, the rest is kept; a file that is\n"
	"damaged, has no line that can be used, or more than a hundred bad lines that are more than half of it, is\n"
	"refused. A file for months that are loaded already replaces them.\n"
	"\n"
	"SOURCE is one of\n"
	"  organisations   ODS epraccur (practices and prescribing cost centres)\n"
	"  pcn_members     ODS ePCN as CSV: PCN details, core partner details\n"
	"  list_size       registered patients: five-year bands, totals, or quarterly with ASTRO-PU bands\n"
	"  bank_holidays   gov.uk bank-holidays.json\n"
	"  prescribing     NHSBSA EPD (with and without SNOMED codes), PDPI, or any export with --map\n"
	"  activity_emis      EMIS CareRecord_Observation with Coding_ClinicalCode\n"
	"  activity_systmone  SystmOne SRCode\n"
	"  measures        OpenPrescribing measure definitions (JSON: an object of measures, or MEASURE.json)\n"
	"  published_measure_value  what OpenPrescribing published: month, code, numerator, denominator (MEASURE.csv)\n"
	"or a flat source, whose files have the column names of its table (see mo_data.source): patient registration\n"
	"  cohort_member patient_link organisation_link activity discharge new_start alert alert_action pincer_hazard\n"
	"  significant_event significant_event_theme incident culture_audit staff staff_post staff_leave\n"
	"  scope_of_practice supervision supervision_requirement switch_programme switch_plan switch_action formulary\n"
	"  cohort_target cohort_target_profile kpi_target code_set cohort monitoring_requirement alert_window sea_theme\n"
	"  organisation_group organisation_successor weight innovation_medicine generic_equivalent\n"
	"\n"
	"Flat files: UTF-8 with a header, columns in any order, those that may be null or have a default may be missing,\n"
	"an unknown column is refused. Empty is null; 2026-04-01; 2026-04-01T09:30:00Z (without an offset: London time);\n"
	"true or false. What a new file replaces is in mo_data.source (replaces).\n"
	"\n"
	"--all takes every .csv and .json file (also .gz) of the directories, but not of directories in them: what each\n"
	"is, its header or shape says, and of flat files also its name (SOURCE.csv, SOURCE_202604.csv). Organisations and\n"
	"links go first. A file of no known format is named, left out, and counts as exit code 2.\n"
	"\n"
	"options\n"
	"  --map FILE       column mapping for an export of your own, such as ePACT2; see below\n"
	"  --month MONTH    month of a file that does not say (2022-03); a file that does must agree\n"
	"  --part NAME      the file is one part of its months (an ICB, say); it replaces only that part\n"
	"  --as-at DATE     day whose state the file describes, to its end (of organisations and pcn_members today): so a file\n"
	"                   without rows says that nothing happened until then; no day after today\n"
	"  --connections N  how many connections rows of prescribing are sent over, 1 to 16 (2)\n"
	"  --dry-run        read and check only\n"
	"  -q, --quiet      only errors and rejected lines\n"
	"  -d, --dbname DB  database name or connection string; otherwise the PG* variables\n"
	"\n"
	"A mapping has a line a column, `target = source column`; # begins a comment. For prescribing the targets are\n"
	"  month practice_code bnf_code items actual_cost                     needed (month may come from --month)\n"
	"  quantity total_quantity nic adq_usage snomed_code unidentified bnf_name chemical_name\n"
	"A source may be a constant (month = 2022-03, unidentified = 'N'), a product (total_quantity = QUANTITY * ITEMS)\n"
	"or in other units (actual_cost = Cost in pence / 100).\n"
	"\n"
	"exit codes\n"
	"  0 done    1 wrong use    2 a file cannot be read or used; nothing of it was kept\n"
	"  3 loaded, but lines were rejected    4 the database refused, or the connection was lost\n"
	"  5 nothing to do: the same file is loaded already\n"
	"With several files: the first of 4, 2, 3, 0, 5 that befell any of them.\n";

static const struct option long_options[] = {
	{"map", required_argument, NULL, 'm'}, {"month", required_argument, NULL, 'M'}, {"part", required_argument, NULL, 'p'},
	{"as-at", required_argument, NULL, 'a'}, {"connections", required_argument, NULL, 'c'}, {"all", no_argument, NULL, 'A'},
	{"dry-run", no_argument, NULL, 'n'}, {"quiet", no_argument, NULL, 'q'},
	{"dbname", required_argument, NULL, 'd'}, {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}
};

/* One option. Returns -1 to go on, else an exit code. */
static int
take_option(mo_options *options, mo_mapping *mapping, int option, const char *value)
{
	switch (option)
	{
		case 'm':
			options->mapping = mapping;
			if (!mo_mapping_read(mapping, value))
				return mo_usage_error("load", "%s", mapping->error);
			return -1;
		case 'M':
			return mo_parse_month(value, strlen(value), &options->month) ? -1 : mo_usage_error("load", "--month is not a month such as 2022-03");
		case 'a':
			return mo_parse_date(value, strlen(value), &options->as_at) ? -1 : mo_usage_error("load", "--as-at is not a date such as 2022-03-31");
		case 'p':
			options->part = value;
			return mo_utf8_fault(value, strlen(value)) < 0 && strlen(value) <= 100 ? -1 : mo_usage_error("load", "--part is not a short name");
		case 'c':
			options->connections = atoi(value);
			return strspn(value, "0123456789") == strlen(value) && options->connections >= 1 && options->connections <= MO_MAX_CONNECTIONS ? -1 :
				mo_usage_error("load", "--connections is not a number from 1 to %d", MO_MAX_CONNECTIONS);
		case 'd':
			options->dbname = value;
			return -1;
		case 'A':
			options->all = true;
			return -1;
		case 'n':
			options->dry_run = true;
			return -1;
		case 'q':
			options->quiet = true;
			return -1;
		case 'h':
			fputs(mo_load_help, stdout);
			return MO_EXIT_DONE;
		default:
			return mo_usage_error("load", "wrong option");
	}
}

/* The exit code that says most about several files. */
int
mo_graver(int a, int b)
{
	static const int order[] = {MO_EXIT_USAGE, MO_EXIT_DATABASE, MO_EXIT_FILE, MO_EXIT_REJECTS, MO_EXIT_DONE, MO_EXIT_NOTHING};

	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return a;
}

/* A dictionary of codes before what is written in them, whatever order they were given in. */
static void
put_first(char **files, int count)
{
	static const mo_known nothing;
	int			first = 0;

	for (int i = 0; i < count; i++)
	{
		mo_found	found = {.path = files[i]};

		mo_recognise_file(&nothing, &found);
		if (found.goes_first)
		{
			memmove(&files[first + 1], &files[first], (size_t) (i - first) * sizeof(char *));
			files[first++] = found.path;
		}
	}
}

static int
load_files(mo_session *session, const mo_options *options, char **files, int count)
{
	int			code = MO_EXIT_NOTHING;

	if (count > 1 && strcmp(options->source, "activity_emis") == 0)
		put_first(files, count);
	for (int i = 0; i < count; i++)
	{
		code = mo_graver(code, mo_load_file(session, options, files[i]));
		if (session->connection != NULL && PQstatus(session->connection) != CONNECTION_OK)
			return MO_EXIT_DATABASE;
	}
	return code;
}

/* Whether the server knows the name as one of a flat source; it is asked before a file is looked at. */
static bool
is_flat(PGconn *connection, const char *source, int *code)
{
	char		error[800];
	char		sqlstate[6];
	PGresult   *result = mo_query(connection, "select 1 from mo_data.flat_column($1) limit 1", 1, &source, error, sizeof(error), sqlstate);
	bool		known = result != NULL && PQntuples(result) > 0;

	if (result == NULL)
	{
		fprintf(stderr, "modash: %s\n", error);
		*code = MO_EXIT_DATABASE;
	}
	else if (!known)
		*code = mo_usage_error("load", "there is no source of that name");
	PQclear(result);
	return known;
}

static int
connect_and_load(mo_options *options, char **names, int count)
{
	mo_session	session = {0};
	int			code;

	if (options->all || !options->dry_run || strcmp(options->source, "prescribing") != 0)
	{
		session.connection = mo_connect(options->dbname);
		if (session.connection == NULL)
			return MO_EXIT_DATABASE;
	}
	if (options->all)
		code = mo_load_directories(&session, options, names, count);
	else if (mo_has_format(options->source) || is_flat(session.connection, options->source, &code))
		code = load_files(&session, options, names, count);
	for (int i = 0; i < MO_MAX_CONNECTIONS - 1; i++)
		PQfinish(session.side[i]);
	PQfinish(session.connection);
	return code;
}

int
load_main(int argc, char **argv)
{
	static mo_mapping mapping;
	mo_options	options = {.part = "", .connections = 2, .month = MO_NO_MONTH, .as_at = MO_NO_MONTH};
	int			option;

	while ((option = getopt_long(argc, argv, "d:qh", long_options, NULL)) != -1)
	{
		int			code = take_option(&options, &mapping, option, optarg);

		if (code >= 0)
			return code;
	}
	if (options.all && (options.mapping != NULL || options.month != MO_NO_MONTH))
		return mo_usage_error("load", "--map and --month are for the files of one source, not for --all");
	if (optind >= argc)
		return mo_usage_error("load", options.all ? "no directory is given" : "no source is given");
	if (!options.all)
		options.source = argv[optind++];
	if (optind >= argc)
		return mo_usage_error("load", "no file is given");
	return connect_and_load(&options, argv + optind, argc - optind);
}
