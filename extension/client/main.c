/*
 * main.c
 *		modash: loads files into the dashboard, refreshes it, and shows it in a terminal.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "modash.h"

static const char help[] =
	"modash: the client of mo_dashboard, the medicines optimisation dashboard\n"
	"\n"
	"  modash load SOURCE FILE ...   load published files into the database\n"
	"  modash refresh                recompute what the loads changed\n"
	"  modash page --org CODE        print the single page of an organisation\n"
	"  modash workbook --org CODE    write its Excel workbook; --all-pcns DIR: of every PCN\n"
	"  modash powerbi -o DIR         write a Power BI project of the dashboard\n"
	"  modash status                 what is loaded, and what is due\n"
	"  modash demo-data DIR          write synthetic files in the real formats\n"
	"\n"
	"  modash COMMAND --help         more on a command\n"
	"  modash --version\n"
	"\n"
	"The database is named by the PG* variables or by -d (a name or a connection string).\n"
	"\n"
	"exit codes\n"
	"  0 done\n"
	"  1 wrong use: a bad option, an unknown source\n"
	"  2 a file cannot be read or written, or is not of a known format; nothing of it was kept\n"
	"  3 loaded, but lines were rejected: see mo_data.load_reject\n"
	"  4 the database refused, or the connection was lost; nothing was kept\n"
	"  5 nothing to do: the same file is loaded already; there is no such organisation, or no figure\n";

static const struct
{
	const char *name;
	int			(*main) (int argc, char **argv);
}			commands[] = {
	{"load", load_main}, {"refresh", refresh_main}, {"page", page_main}, {"workbook", workbook_main}, {"powerbi", powerbi_main},
	{"status", status_main}, {"demo-data", demo_data_main}
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

int
mo_usage_error(const char *command, const char *format, ...)
{
	va_list		args;

	fprintf(stderr, "modash %s: ", command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see modash %s --help\n", command);
	return MO_EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0 || strcmp(command, "help") == 0)
		return fputs(help, stdout) < 0;
	if (strcmp(command, "--version") == 0 || strcmp(command, "-V") == 0)
		return printf("modash %s\n", MO_VERSION) < 0;
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(commands[i].name, command) == 0)
			return commands[i].main(argc - 1, argv + 1);
	fputs(help, stderr);
	return MO_EXIT_USAGE;
}
