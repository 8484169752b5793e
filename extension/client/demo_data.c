/*
 * modash demo-data DIR: options, the directory, and the README.txt that says what is in it.
 */
#include "demo_data.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MARK "SYNTHETIC DATA"
#define MAX_FILES 4096

static const char *const usage =
"modash demo-data writes synthetic files in the formats of the real ones into a directory.\n"
"\n"
"usage: modash demo-data DIR [option ...]\n"
"  --practices N              GP practices, 1 to 20000 (default 40); one ICB for each 150\n"
"  --months M                 months, 1 to 120 (default 36)\n"
"  --to YYYY-MM               the last month (default 2026-08)\n"
"  --seed S                   another seed, other figures; the same seed, the same bytes (default 1)\n"
"  --rows-per-practice R      prescribing rows a practice and month, 10 to 5000 at most (default 160; really about 2400)\n"
"  --patients-per-practice P  patients with records of their own, 10 to 2000 (default 200)\n"
"  --other-events E           events of a patient that no KPI counts, as real records have, 0 to 80 (default 0)\n"
"  --only KINDS               some of organisations,list-sizes,prescribing,patients,safety,workforce,\n"
"                             programmes,reference (by comma)\n"
"  --force                    write into a directory that holds earlier demo data, which is removed\n"
"  --help                     this text\n"
"\n"
"exit status: 0 done; 1 wrong use, or the directory cannot be used; 2 a file could not be written\n";

static struct
{
	char		name[64];
	int64_t		rows, bytes;
} written[MAX_FILES];
static int	written_count;

typedef struct
{
	dd_world	world;
	const char *only;
	int			force, month_count, last_month;
} options;

void
dd_note_file(const char *name, int64_t rows, int64_t bytes)
{
	if (written_count == MAX_FILES)
		return;
	snprintf(written[written_count].name, sizeof written[0].name, "%s", name);
	written[written_count].rows = rows;
	written[written_count++].bytes = bytes;
}

static int
wrong(const char *what, const char *value)
{
	fprintf(stderr, "modash demo-data: %s%s%s\nTry: modash demo-data --help\n", what, value ? ": " : "",
			value ? value : "");
	return DD_WRONG_USE;
}

/* Whole numbers only, without sign. */
static int
number(const char *text, uint64_t low, uint64_t high, uint64_t *value)
{
	uint64_t	n = 0;

	if (!*text || strlen(text) > 19)
		return 0;
	for (; *text; text++)
	{
		if (*text < '0' || *text > '9')
			return 0;
		n = n * 10 + (uint64_t) (*text - '0');
	}
	*value = n;
	return n >= low && n <= high;
}

static int
read_month(const char *text, int *month)
{
	char		year[5];
	uint64_t	y, m;

	if (strlen(text) != 7 || text[4] != '-')
		return 0;
	memcpy(year, text, 4);
	year[4] = '\0';
	if (!number(year, 2016, 2099, &y) || !number(text + 5, 1, 12, &m))
		return 0;
	*month = (int) (y * 12 + m - 1);
	return 1;
}

static int
known_kinds(const char *list)
{
	static const char *const kinds[] = {"organisations", "list-sizes", "prescribing", "patients", "safety",
		"workforce", "programmes", "reference", NULL};

	while (*list)
	{
		size_t		length = strcspn(list, ",");
		int			known = 0;

		for (int i = 0; kinds[i]; i++)
			known |= strlen(kinds[i]) == length && !strncmp(kinds[i], list, length);
		if (!known)
			return 0;
		list += length;
		if (*list == ',' && !*++list)
			return 0;
	}
	return 1;
}

static int
wanted(const options *o, const char *kind)
{
	return !o->only || strstr(o->only, kind);
}

/* One option with a value. Returns 0, or an exit status after saying what is wrong. */
static int
set_option(options *o, const char *name, const char *value)
{
	uint64_t	n = 0;
	int			good;

	if (!strcmp(name, "--practices"))
		good = number(value, 1, 20000, &n), o->world.gp_count = (int) n;
	else if (!strcmp(name, "--months"))
		good = number(value, 1, 120, &n), o->month_count = (int) n;
	else if (!strcmp(name, "--seed"))
		good = number(value, 0, UINT64_MAX, &o->world.seed);
	else if (!strcmp(name, "--rows-per-practice"))
		good = number(value, 10, 5000, &n), o->world.rows_per_practice = (int) n;
	else if (!strcmp(name, "--patients-per-practice"))
		good = number(value, 10, 2000, &n), o->world.patients_per_practice = (int) n;
	else if (!strcmp(name, "--other-events"))
		good = number(value, 0, 80, &n), o->world.other_events = (int) n;
	else if (!strcmp(name, "--to"))
		good = read_month(value, &o->last_month);
	else if (!strcmp(name, "--only"))
		good = *value && known_kinds(value), o->only = value;
	else
		return wrong("no such option", name);
	return good ? 0 : wrong(name, value);
}

static int
takes_value(const char *name)
{
	return strcmp(name, "--force") != 0 && name[0] == '-' && name[1] == '-';
}

static int
read_options(options *o, int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
	{
		char		name[40];
		char	   *equals = strchr(argv[i], '=');
		int			status;

		if (argv[i][0] != '-')
		{
			if (o->world.directory)
				return wrong("only one directory, please", argv[i]);
			o->world.directory = argv[i];
			continue;
		}
		if (!takes_value(argv[i]))
		{
			if (strcmp(argv[i], "--force"))
				return wrong("no such option", argv[i]);
			o->force = 1;
			continue;
		}
		snprintf(name, sizeof name, "%.*s", equals ? (int) (equals - argv[i]) : 39, argv[i]);
		if (!equals && i + 1 == argc)
			return wrong("a value is missing after", argv[i]);
		status = set_option(o, name, equals ? equals + 1 : argv[++i]);
		if (status)
			return status;
	}
	if (!o->world.directory || !*o->world.directory)
		return wrong("the directory is missing", NULL);
	return 0;
}

static void
path_in(char *path, size_t size, const char *directory, const char *name)
{
	snprintf(path, size, "%s/%s", directory, name);
}

/* Removes what an earlier run wrote, as its README.txt lists it ("name<tab>rows<tab>bytes"). */
static void
remove_earlier(const char *directory)
{
	char		path[1200], line[400];
	FILE	   *readme;

	path_in(path, sizeof path, directory, "README.txt");
	readme = fopen(path, "r");
	if (!readme)
		return;
	if (fgets(line, sizeof line, readme) && !strncmp(line, MARK, strlen(MARK)))
		while (fgets(line, sizeof line, readme))
		{
			char	   *tab = strchr(line, '\t');

			if (!tab || tab == line || line[0] == '/' || strstr(line, ".."))
				continue;
			*tab = '\0';
			path_in(path, sizeof path, directory, line);
			unlink(path);
		}
	fclose(readme);
}

static int
holds_something(const char *directory)
{
	DIR		   *open_directory = opendir(directory);
	struct dirent *entry;
	int			found = 0;

	if (!open_directory)
		return 0;
	while (!found && (entry = readdir(open_directory)))
		found = strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
	closedir(open_directory);
	return found;
}

static int
prepare_directory(const options *o)
{
	const char *directory = o->world.directory;
	struct stat status;
	char		path[1200];

	if (mkdir(directory, 0777) != 0 && errno != EEXIST)
		return wrong(strerror(errno), directory);
	if (stat(directory, &status) != 0 || !S_ISDIR(status.st_mode))
		return wrong("not a directory", directory);
	if (holds_something(directory) && !o->force)
		return wrong("the directory is not empty (--force replaces earlier demo data)", directory);
	if (access(directory, W_OK | X_OK) != 0)
		return wrong(strerror(errno), directory);
	remove_earlier(directory);
	path_in(path, sizeof path, directory, "late");
	mkdir(path, 0777);
	path_in(path, sizeof path, directory, "corrected");
	mkdir(path, 0777);
	return 0;
}

static void
write_readme(const dd_world *world)
{
	dd_file		file;
	int			count = written_count;
	char		seed[40];

	dd_open(world, &file, "README.txt");
	dd_format(&file, MARK ", made by modash demo-data: no patient, practice, member of staff or figure in it is\n"
			  "real. Codes have the shape of real ones and names begin with SYNTHETIC. Bank holidays, and the\n"
			  "names of medicines (NHSBSA, Open Government Licence v3.0), are real.\n\n");
	dd_format(&file, "%d GP practices in %d PCNs, %d sub-ICBs and %d ICBs; %d months from %s\n",
			  world->gp_count, world->pcn_count, world->sub_icb_count, world->icb_count, world->month_count,
			  dd_iso(dd_month_first(world->first_month)));
	*dd_put(dd_put_int(dd_put(seed, "seed "), (int64_t) world->seed), "\n\n") = '\0';
	dd_text(&file, seed);
	dd_text(&file, "What happens in it, once in every ICB that is large enough:\n"
			"- the second PCN improves from month to month, the third has a safety problem that grows,\n"
			"  the fourth is dear;\n"
			"- the 8th practice changes its PCN half-way; the 13th closes after two thirds of the months and\n"
			"  its patients go to the 14th; the 21st is very small; the 27th belongs to another sub-ICB than\n"
			"  its PCN; the 34th is in no PCN;\n"
			"- hospice, out of hours and other centres prescribe a little, as does a dummy code ending 998;\n"
			"- late/ holds a file that came after the others, corrected/ files that replace earlier ones: load\n"
			"  them after the rest.\n\n"
			"file\trows\tbytes\n");
	for (int i = 0; i < count; i++)
	{
		char		line[160], *at = line;

		at = dd_put(dd_put(at, written[i].name), "\t");
		at = dd_put(dd_put_int(at, written[i].rows), "\t");
		at = dd_put(dd_put_int(at, written[i].bytes), "\n");
		*at = '\0';
		dd_text(&file, line);
	}
	dd_close(&file);
}

static void
write_all(const options *o)
{
	const dd_world *world = &o->world;

	if (wanted(o, "organisations"))
	{
		dd_write_organisations(world);
		dd_write_bank_holidays(world);
	}
	if (wanted(o, "list-sizes"))
		dd_write_list_sizes(world);
	if (wanted(o, "prescribing"))
		dd_write_prescribing(world);
	if (wanted(o, "reference"))
		dd_write_reference(world);
	if (wanted(o, "patients"))
	{
		dd_write_patients(world);
		dd_write_activity(world);
		dd_write_discharges(world);
	}
	if (wanted(o, "programmes"))
	{
		dd_write_new_starts(world);
		dd_write_switches(world);
	}
	if (wanted(o, "safety"))
	{
		dd_write_alerts(world);
		dd_write_hazards(world);
		dd_write_learning(world);
	}
	if (wanted(o, "workforce"))
		dd_write_workforce(world);
	write_readme(world);
}

int
demo_data_main(int argc, char **argv)
{
	options		o = {.world = {.seed = 1, .gp_count = 40, .rows_per_practice = 160, .patients_per_practice = 200},
		.month_count = 36, .last_month = 2026 * 12 + 7};
	int64_t		rows = 0, bytes = 0;
	int			status;

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help"))
			return fputs(usage, stdout) < 0 ? DD_CANNOT_WRITE : 0;
	status = read_options(&o, argc, argv);
	if (!status)
		status = prepare_directory(&o);
	if (status)
		return status;
	o.world.month_count = o.month_count;
	o.world.end_month = o.last_month + 1;
	o.world.first_month = o.world.end_month - o.month_count;
	dd_make_world(&o.world);
	write_all(&o);
	dd_free_world(&o.world);
	for (int i = 0; i < written_count; i++)
	{
		rows += written[i].rows;
		bytes += written[i].bytes;
	}
	printf("%d files, %" PRId64 " rows, %" PRId64 " MB of synthetic data in %s\n", written_count, rows,
		   bytes / 1000000, o.world.directory);
	return 0;
}
