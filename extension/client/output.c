#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"
#include "text.h"

/* The file under way, for the handler of signals. */
static char *volatile under_way;

static void
remove_and_die(int signal_number)
{
	if (under_way != NULL)
		unlink(under_way);
	signal(signal_number, SIG_DFL);
	raise(signal_number);
}

static bool
refuse(const char *path, const char *why)
{
	char		shown[400];

	fprintf(stderr, "modash: cannot write %s: %s\n", mo_printable(path, strlen(path), shown, sizeof(shown)), why);
	return false;
}

/* What is in the way of a file of this name, or NULL. */
static const char *
obstacle(const char *path, bool force)
{
	struct stat there;

	if (stat(path, &there) != 0)
		return NULL;
	if (S_ISDIR(there.st_mode))
		return "it is a directory";
	return force ? NULL : "it exists already; --force overwrites it";
}

bool
mo_output_reserve(mo_output *output, const char *path, bool force)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	const char *why = obstacle(path, force);
	mode_t		mask;
	int			descriptor;

	*output = (mo_output) {.path = path, .force = force};
	if (why != NULL)
		return refuse(path, why);
	output->temporary = malloc(strlen(path) + 8);
	if (output->temporary == NULL)
		return refuse(path, "out of memory");
	sprintf(output->temporary, "%s.XXXXXX", path);
	descriptor = mkstemp(output->temporary);
	if (descriptor < 0)
	{
		refuse(path, strerror(errno));
		free(output->temporary);
		output->temporary = NULL;
		return false;
	}
	umask(mask = umask(0));
	fchmod(descriptor, 0666 & ~mask);
	close(descriptor);
	under_way = output->temporary;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], remove_and_die);
	return true;
}

bool
mo_output_begin(mo_output *output, const char *path, bool force)
{
	if (path == NULL)
	{
		*output = (mo_output) {.file = stdout};
		return true;
	}
	if (!mo_output_reserve(output, path, force))
		return false;
	output->file = fopen(output->temporary, "w");
	if (output->file == NULL)
	{
		refuse(path, strerror(errno));
		mo_output_abandon(output);
	}
	return output->file != NULL;
}

void
mo_output_abandon(mo_output *output)
{
	if (output->file != NULL && output->file != stdout)
		fclose(output->file);
	if (output->temporary != NULL)
		unlink(output->temporary);
	under_way = NULL;
	free(output->temporary);
	*output = (mo_output) {.path = output->path};
}

/*
 * Without force a file that somebody has put there meanwhile is not overwritten: link() refuses, where rename() would not.
 * A file system without hard links has rename() only.
 */
static bool
put_in_place(const mo_output *output)
{
	if (!output->force)
	{
		if (link(output->temporary, output->path) == 0)
			return unlink(output->temporary) == 0;
		if (errno == EEXIST)
			return false;
	}
	return rename(output->temporary, output->path) == 0;
}

/* Everything is on its way to the disk. */
static bool
complete(mo_output *output)
{
	FILE	   *file = output->file;
	bool		good;

	if (file == NULL)
		return true;
	good = fflush(file) == 0 && !ferror(file);
	if (file == stdout)
		return good;
	output->file = NULL;
	return fclose(file) == 0 && good;
}

bool
mo_output_finish(mo_output *output)
{
	errno = 0;
	if (!complete(output) || (output->path != NULL && !put_in_place(output)))
	{
		refuse(output->path != NULL ? output->path : "standard output", strerror(errno != 0 ? errno : EIO));
		mo_output_abandon(output);
		return false;
	}
	under_way = NULL;
	free(output->temporary);
	output->temporary = NULL;
	return true;
}
