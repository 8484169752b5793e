#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "powerbi.h"
#include "text.h"

/* Set by a signal while files are written: the folder is then not put in its place. */
static volatile sig_atomic_t stopped_by;

static void
note_signal(int signal_number)
{
	stopped_by = signal_number;
}

static bool
refuse(const char *path, const char *why)
{
	char		shown[400];

	fprintf(stderr, "modash: cannot write %s: %s\n", mo_printable(path, strlen(path), shown, sizeof(shown)), why);
	return false;
}

static void
complete_file(mo_folder *folder)
{
	if (folder->file != NULL && fclose(folder->file) != 0)
		mo_need(NULL);
	folder->file = NULL;
}

FILE *
mo_folder_file(mo_folder *folder, const char *path, ...)
{
	mo_folder_entry *entry = mo_need(calloc(1, sizeof(*entry)));
	char		text[1024];
	va_list		args;

	complete_file(folder);
	va_start(args, path);
	vsnprintf(text, sizeof(text), path, args);
	va_end(args);
	entry->path = mo_format("%s", text);
	if (folder->last != NULL)
		folder->last->next = entry;
	else
		folder->first = entry;
	folder->last = entry;
	folder->file = mo_need(open_memstream(&entry->text, &entry->length));
	return folder->file;
}

void
mo_folder_free(mo_folder *folder)
{
	complete_file(folder);
	for (mo_folder_entry *entry = folder->first, *next; entry != NULL; entry = next)
	{
		next = entry->next;
		free(entry->path);
		free(entry->text);
		free(entry);
	}
	*folder = (mo_folder) {0};
}

bool
mo_folder_allowed(const char *path, bool force, const char *mark)
{
	struct stat there;
	char	   *inside;
	bool		ours;

	if (lstat(path, &there) != 0)
		return true;
	if (!force)
		return refuse(path, "it exists already; --force replaces a Power BI project in it");
	inside = mo_format("%s/%s", path, mark);
	ours = stat(inside, &there) == 0;
	free(inside);
	return ours ? true : refuse(path, "it exists and holds no project of this name; --force replaces nothing else");
}

/* Removes a file, or a folder with what is in it; links are not followed. */
static void
remove_tree(const char *path)
{
	DIR		   *folder = unlink(path) == 0 ? NULL : opendir(path);

	for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
		{
			char	   *inside = mo_format("%s/%s", path, entry->d_name);

			remove_tree(inside);
			free(inside);
		}
	if (folder != NULL)
	{
		closedir(folder);
		rmdir(path);
	}
}

/* The folders on the way to a file. */
static bool
make_way(char *path, size_t from)
{
	bool		good = true;

	for (char *p = path + from; good && (p = strchr(p, '/')) != NULL; p++)
	{
		*p = '\0';
		good = mkdir(path, 0777) == 0 || errno == EEXIST;
		*p = '/';
	}
	return good;
}

static bool
write_entry(const mo_folder_entry *entry, const char *base)
{
	char	   *path = mo_format("%s/%s", base, entry->path);
	FILE	   *file = make_way(path, strlen(base) + 1) ? fopen(path, "wb") : NULL;
	bool		good = file != NULL && fwrite(entry->text, 1, entry->length, file) == entry->length;

	if (file != NULL)
		good = fclose(file) == 0 && good;
	free(path);
	return good;
}

/* The first part of a path, in new memory. */
static char *
top_of(const char *path)
{
	return mo_format("%.*s", (int) strcspn(path, "/"), path);
}

/* Puts new/top at path/top, and what was there at old/top; or takes that back. */
static bool
exchange(const char *top, const char *path, const char *fresh, const char *old, bool back)
{
	char	   *place = mo_format("%s/%s", path, top);
	char	   *made = mo_format("%s/%s", fresh, top);
	char	   *kept = mo_format("%s/%s", old, top);
	bool		good;

	if (back)
	{
		rename(place, made);
		good = rename(kept, place) == 0 || errno == ENOENT;
	}
	else
	{
		good = rename(place, kept) == 0 || errno == ENOENT;
		if (good && rename(made, place) != 0)
		{
			int			why = errno;

			rename(kept, place);
			errno = why;
			good = false;
		}
	}
	free(place);
	free(made);
	free(kept);
	return good;
}

/* Each file or folder of the first level in its place, in order; after a failure those done are taken back. */
static bool
replace_tops(const mo_folder *folder, const char *path, const char *fresh, const char *old)
{
	char	   *done[16];
	int			count = 0;
	bool		good = mkdir(old, 0777) == 0;

	for (const mo_folder_entry *entry = folder->first; good && entry != NULL && count < 16; entry = entry->next)
	{
		char	   *top = top_of(entry->path);

		if (count > 0 && strcmp(done[count - 1], top) == 0)
			free(top);
		else if ((good = exchange(top, path, fresh, old, false)))
			done[count++] = top;
		else
			free(top);
	}
	for (int i = count; i-- > 0;)
	{
		int			why = errno;

		if (!good)
			exchange(done[i], path, fresh, old, true);
		free(done[i]);
		errno = why;
	}
	return good;
}

/* In its place: a new folder at once, an older one part by part. */
static bool
put_in_place(const mo_folder *folder, const char *path, const char *temporary)
{
	struct stat there;
	char	   *old;
	bool		good;

	if (lstat(path, &there) != 0)
		return rename(temporary, path) == 0;
	old = mo_format("%s.old", temporary);
	good = replace_tops(folder, path, temporary, old);
	remove_tree(old);
	free(old);
	return good;
}

static char *
make_temporary(const char *path)
{
	char	   *temporary = mo_format("%s", path);
	size_t		length = strlen(temporary);
	mode_t		mask = umask(0);

	umask(mask);
	while (length > 1 && temporary[length - 1] == '/')
		temporary[--length] = '\0';
	path = temporary;
	temporary = mo_format("%s.XXXXXX", path);
	free((char *) path);
	if (mkdtemp(temporary) == NULL)
	{
		free(temporary);
		return NULL;
	}
	chmod(temporary, 0777 & ~mask);
	return temporary;
}

bool
mo_folder_write(mo_folder *folder, const char *path)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
	char	   *temporary;
	bool		good = true;

	complete_file(folder);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		signal(signals[i], note_signal);
	signal(SIGXFSZ, SIG_IGN);	/* a file that may not grow is an error of its write */
	temporary = make_temporary(path);
	if (temporary == NULL)
		return refuse(path, strerror(errno));
	errno = 0;
	for (const mo_folder_entry *entry = folder->first; good && entry != NULL; entry = entry->next)
		good = stopped_by == 0 && write_entry(entry, temporary);
	if (good)
		good = stopped_by == 0 && put_in_place(folder, path, temporary);
	if (!good)
		refuse(path, stopped_by != 0 ? "stopped by a signal" : strerror(errno != 0 ? errno : EIO));
	remove_tree(temporary);
	free(temporary);
	return good;
}
