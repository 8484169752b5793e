/*
 * modash.h
 *		The commands of modash and what they share.
 */
#ifndef MODASH_H
#define MODASH_H

#include <stdbool.h>

/* Exit codes: part of the interface, listed in --help. */
enum
{
	MO_EXIT_DONE = 0,
	MO_EXIT_USAGE = 1,
	MO_EXIT_FILE = 2,			/* cannot be read or written, or is not of a known format; nothing of it was kept */
	MO_EXIT_REJECTS = 3,		/* loaded, but lines were rejected */
	MO_EXIT_DATABASE = 4,		/* refused, or the connection was lost; nothing was kept */
	MO_EXIT_NOTHING = 5			/* the same file is already loaded; there is no such organisation or figure */
};

/* Each gets its own name as argv[0]. */
extern int	load_main(int argc, char **argv);
extern int	refresh_main(int argc, char **argv);
extern int	status_main(int argc, char **argv);
extern int	page_main(int argc, char **argv);
extern int	workbook_main(int argc, char **argv);
extern int	powerbi_main(int argc, char **argv);
extern int	demo_data_main(int argc, char **argv);

extern const char mo_load_help[];
extern const char mo_refresh_help[];
extern const char mo_status_help[];
extern const char mo_page_help[];
extern const char mo_workbook_help[];
extern const char mo_powerbi_help[];

/* Prints "modash COMMAND: message" and where help is; returns MO_EXIT_USAGE. */
extern int	mo_usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif							/* MODASH_H */
