/*
 * load_all.c
 *		modash load --all: every file of a directory, each by what is in it.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "database.h"
#include "recognise.h"
#include "text.h"

/* Whether a name ends like a file of data; others (a README, a spreadsheet) are named and left alone. */
static bool
is_data(const char *name)
{
	static const char *const endings[] = {".csv", ".csv.gz", ".json", ".json.gz"};
	size_t		length = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (length > strlen(endings[i]) && strcasecmp(name + length - strlen(endings[i]), endings[i]) == 0)
			return true;
	return false;
}

typedef struct counts
{
	int			loaded;
	int			there;
	int			refused;
	int			unknown;
	int			others;
} counts;

/* The files of a directory; NULL: said why. Hidden files and directories are passed over in silence. */
static mo_found *
list_files(const char *directory, bool quiet, int *count, counts *c)
{
	struct dirent **entries;
	int			n = scandir(directory, &entries, NULL, alphasort);
	mo_found   *files;
	char		safe[300];

	*count = 0;
	mo_printable(directory, strlen(directory), safe, sizeof(safe));
	if (n < 0)
	{
		fprintf(stderr, "%s: cannot be read: %s\n", safe, strerror(errno));
		return NULL;
	}
	files = calloc((size_t) n + 1, sizeof(mo_found));
	for (int i = 0; i < n; i++)
	{
		const char *name = entries[i]->d_name;
		size_t		size = strlen(directory) + strlen(name) + 2;
		char	   *path = malloc(size);
		struct stat status;

		if (files == NULL || path == NULL)
			exit(MO_EXIT_FILE);
		snprintf(path, size, "%s/%s", directory, name);
		if (name[0] != '.' && (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) && is_data(name))
			files[(*count)++].path = path;
		else
		{
			if (name[0] != '.' && !S_ISDIR(status.st_mode))
			{
				c->others++;
				if (!quiet)
					printf("%s: left alone: its name ends in neither .csv nor .json\n", mo_printable(name, strlen(name), safe, sizeof(safe)));
			}
			free(path);
		}
		free(entries[i]);
	}
	free(entries);
	return files;
}

static void
load_found(mo_session *session, mo_options *options, const mo_found *file, counts *c, int *worst)
{
	char		safe[300];
	int			code = MO_EXIT_FILE;

	if (file->source == NULL)
	{
		fprintf(stderr, "%s: %s: left out\n", mo_printable(mo_base_name(file->path), strlen(mo_base_name(file->path)), safe, sizeof(safe)),
				file->reason);
		c->unknown++;
	}
	else
	{
		options->source = file->source;
		code = mo_load_file(session, options, file->path);
		c->loaded += code == MO_EXIT_DONE || code == MO_EXIT_REJECTS;
		c->there += code == MO_EXIT_NOTHING;
		c->refused += code == MO_EXIT_FILE || code == MO_EXIT_DATABASE || code == MO_EXIT_USAGE;
	}
	*worst = mo_graver(*worst, code);
}

static int
load_directory(mo_session *session, mo_options *options, const mo_known *known, const char *directory, counts *c)
{
	int			count;
	int			worst = MO_EXIT_NOTHING;
	mo_found   *files = list_files(directory, options->quiet, &count, c);

	if (files == NULL)
		return MO_EXIT_FILE;
	for (int i = 0; i < count; i++)
		mo_recognise_file(known, &files[i]);
	qsort(files, (size_t) count, sizeof(mo_found), mo_found_order);
	for (int i = 0; i < count; i++)
	{
		if (PQstatus(session->connection) == CONNECTION_OK)
			load_found(session, options, &files[i], c, &worst);
		free(files[i].path);
	}
	free(files);
	return PQstatus(session->connection) == CONNECTION_OK ? worst : MO_EXIT_DATABASE;
}

int
mo_load_directories(mo_session *session, mo_options *options, char **directories, int count)
{
	mo_known	known;
	counts		c = {0};
	int			worst = MO_EXIT_NOTHING;

	if (!mo_known_open(&known, session->connection))
	{
		mo_known_close(&known);
		return MO_EXIT_DATABASE;
	}
	for (int i = 0; i < count; i++)
		worst = mo_graver(worst, load_directory(session, options, &known, directories[i], &c));
	if (!options->quiet)
		printf("%d files loaded, %d loaded before, %d refused, %d of no known format, %d left alone\n",
			   c.loaded, c.there, c.refused, c.unknown, c.others);
	mo_known_close(&known);
	return worst;
}
