/*
 * powerbi.c
 *		modash powerbi: a Power BI project and a connection file, from the published views and their comments.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "modash.h"
#include "powerbi.h"
#include "powerbi_json.h"

/* Of the format, as published; it happens to be spelt like a version of ours. */
#define MO_PBIDS_VERSION "0" ".1"

const char mo_powerbi_help[] =
	"usage: modash powerbi -o DIR [--name NAME] [--server HOST[:PORT]] [--force] [-d DB]\n"
	"\n"
	"Writes NAME.pbip, a Power BI project: a semantic model of every published view that the login may read (its\n"
	"columns, types and comments, relationships, measures, row-level security) and a report of five pages; and\n"
	"NAME.pbids, which opens a connection alone. No figure and no password is in them.\n"
	"\n"
	"The model holds what the login sees that refreshes it, and its readers see what their role in it lets them see:\n"
	"refresh it with a login that sees no small numbers. A role is written for each role of mo_data.access_scope that\n"
	"the login may see, and one, By sign-in name, for sites whose database roles are called what people sign in as.\n"
	"\n"
	"  -o, --output DIR        the folder to make\n"
	"  --name NAME             of the project's files; default mo_dashboard\n"
	"  --server HOST[:PORT]    as Power BI reaches the server; default: as modash was connected\n"
	"  --force                 in an existing folder, replaces the project of this name and nothing else\n"
	"  -d, --dbname DB         a name or a connection string\n"
	"\n"
	"exit codes: 0 done, 1 wrong use, 2 the folder exists or cannot be written,\n"
	"4 the database refused, the connection was lost, or the login may read no dashboard; after 1 to 4 nothing is written\n";

typedef struct
{
	const char *output;
	const char *name;
	const char *server;
	const char *dbname;
	bool		force;
} mo_powerbi_options;

static bool
is_project_name(const char *name)
{
	size_t		length = strlen(name);

	for (const char *p = name; *p != '\0'; p++)
		if (!isalnum((unsigned char) *p) && strchr("_- ", *p) == NULL)
			return false;
	return length > 0 && length <= 60 && name[0] != ' ' && name[length - 1] != ' ';
}

/* A host with a port or without; what Power BI would not take, a path for one, is not a server. */
static bool
is_server_name(const char *server)
{
	size_t		length = strlen(server);

	for (const char *p = server; *p != '\0'; p++)
		if (!isalnum((unsigned char) *p) && strchr("._-:[]", *p) == NULL)
			return false;
	return length > 0 && length <= 255;
}

/* Whoever connects by a socket knows nothing of how others reach the server. */
static bool
is_by_socket(PGconn *connection)
{
	const char *host = PQhost(connection);

	return host == NULL || host[0] == '\0' || host[0] == '/' || host[0] == '@';
}

/* host, host:port, [address]:port */
static char *
server_of(PGconn *connection, const char *asked)
{
	const char *host = is_by_socket(connection) ? "localhost" : PQhost(connection);
	const char *port = PQport(connection);
	bool		address = strchr(host, ':') != NULL;
	bool		usual = port == NULL || port[0] == '\0' || strcmp(port, "5432") == 0;

	if (asked != NULL)
		return mo_format("%s", asked);
	return mo_format("%s%s%s%s%s", address ? "[" : "", host, address ? "]" : "", usual ? "" : ":", usual ? "" : port);
}

static void
write_project_file(const mo_model *model, mo_folder *folder)
{
	char	   *path = mo_format("%s.Report", model->project);
	mo_out		json;

	mo_out_begin(&json, mo_folder_file(folder, "%s.pbip", model->project));
	mo_out_text(&json, "$schema", MO_SCHEMAS "pbip/pbipProperties/1.0.0/schema.json");
	mo_out_text(&json, "version", "1.0");
	mo_out_array(&json, "artifacts");
	mo_out_object(&json, NULL);
	mo_out_object(&json, "report");
	mo_out_text(&json, "path", path);
	mo_out_ends(&json, 3);
	mo_out_object(&json, "settings");
	mo_out_flag(&json, "enableAutoRecovery", true);
	mo_out_finish(&json);
	free(path);
}

static void
write_connection_file(const mo_model *model, mo_folder *folder)
{
	mo_out		json;

	mo_out_begin(&json, mo_folder_file(folder, "%s.pbids", model->project));
	mo_out_text(&json, "version", MO_PBIDS_VERSION);
	mo_out_array(&json, "connections");
	mo_out_object(&json, NULL);
	mo_out_object(&json, "details");
	mo_out_text(&json, "protocol", "postgresql");
	mo_out_object(&json, "address");
	mo_out_text(&json, "server", model->server);
	mo_out_text(&json, "database", model->database);
	mo_out_ends(&json, 2);
	mo_out_object(&json, "options");
	mo_out_end(&json);
	mo_out_text(&json, "mode", "Import");
	mo_out_finish(&json);
}

/* What Power BI Desktop keeps beside a project is of one person, and its cache holds figures: neither is for a repository. */
static void
write_project(const mo_model *model, mo_folder *folder)
{
	write_project_file(model, folder);
	write_connection_file(model, folder);
	fputs("**/.pbi/localSettings.json\n**/.pbi/cache.abf\n", mo_folder_file(folder, ".gitignore"));
	mo_write_semantic_model(model, folder);
	mo_write_report(model, folder);
}

static int
write_from(const mo_powerbi_options *options, PGconn *connection)
{
	mo_model	model = {.project = options->name, .database = PQdb(connection)};
	mo_folder	folder = {0};
	int			code = MO_EXIT_DATABASE;

	if (mo_model_read(&model, connection))
	{
		model.server = server_of(connection, options->server);
		write_project(&model, &folder);
		code = mo_folder_write(&folder, options->output) ? MO_EXIT_DONE : MO_EXIT_FILE;
	}
	if (code == MO_EXIT_DONE && options->server == NULL && is_by_socket(connection))
		fputs("modash powerbi: connected without a host name, so the server is written as localhost; --server says how Power BI reaches it\n", stderr);
	if (code == MO_EXIT_DONE)
		printf("%s/%s.pbip: %d tables, %d roles of the database\n", options->output, options->name, model.count, model.role_count);
	mo_folder_free(&folder);
	mo_model_free(&model);
	return code;
}

static int
write_powerbi(const mo_powerbi_options *options)
{
	char	   *mark = mo_format("%s.pbip", options->name);
	bool		allowed = mo_folder_allowed(options->output, options->force, mark);
	PGconn	   *connection;
	int			code;

	free(mark);
	if (!allowed)
		return MO_EXIT_FILE;
	connection = mo_connect(options->dbname);
	if (connection == NULL)
		return MO_EXIT_DATABASE;
	code = write_from(options, connection);
	PQfinish(connection);
	return code;
}

int
powerbi_main(int argc, char **argv)
{
	static const struct option long_options[] = {{"output", required_argument, NULL, 'o'}, {"name", required_argument, NULL, 'n'},
	{"server", required_argument, NULL, 's'}, {"force", no_argument, NULL, 'f'}, {"dbname", required_argument, NULL, 'd'},
	{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	mo_powerbi_options options = {.name = "mo_dashboard"};
	int			option;

	while ((option = getopt_long(argc, argv, "o:d:h", long_options, NULL)) != -1)
	{
		if (option == 'h')
			return fputs(mo_powerbi_help, stdout) < 0;
		if (option == 'o')
			options.output = optarg;
		else if (option == 'd')
			options.dbname = optarg;
		else if (option == 'f')
			options.force = true;
		else if (option == 'n' && is_project_name(optarg))
			options.name = optarg;
		else if (option == 's' && is_server_name(optarg))
			options.server = optarg;
		else
			return mo_usage_error("powerbi", option == 'n' ? "a name is letters, digits, blanks, - and _, at most 60" :
								  option == 's' ? "not a host such as db.example.nhs.uk:5432" : "wrong option");
	}
	if (options.output == NULL || options.output[0] == '\0' || optind < argc)
		return mo_usage_error("powerbi", "-o DIR is needed, and nothing else but options");
	return write_powerbi(&options);
}
