/*
 * recognise.h
 *		Which source a file of a directory is of, and the order in which a directory's files are loaded.
 */
#ifndef MO_RECOGNISE_H
#define MO_RECOGNISE_H

#include "load_file.h"

#define MO_MAX_SOURCES 100

typedef struct mo_known
{
	PGresult   *sources;		/* source, sort */
	PGresult   *columns;		/* source, column_name, is_needed of flat sources, a source's together */
} mo_known;

typedef struct mo_found
{
	char	   *path;
	const char *source;			/* NULL: none; reason says why */
	int			sort;
	bool		goes_first;
	char		reason[300];
} mo_found;

/* Asks the server for its sources. False: said why. */
extern bool mo_known_open(mo_known *known, PGconn *connection);
extern void mo_known_close(mo_known *known);
/* Looks into the file at found->path and fills in the rest. */
extern void mo_recognise_file(const mo_known *known, mo_found *found);
/* For qsort: by the order of sources, then what goes first, then by name. */
extern int	mo_found_order(const void *one, const void *other);

/* load_all.c: loads everything in directories; the exit code that says most. */
extern int	mo_load_directories(mo_session *session, mo_options *options, char **directories, int count);
extern int	mo_graver(int a, int b);

#endif							/* MO_RECOGNISE_H */
