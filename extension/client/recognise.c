#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "recognise.h"
#include "text.h"

bool
mo_known_open(mo_known *known, PGconn *connection)
{
	char		error[800];
	char		sqlstate[6];

	*known = (mo_known) {NULL, NULL};
	/* Local decisions after organisations and before what is counted by them. */
	known->sources = mo_query(connection, "select source, case when replaces = 'key' then 45000 + sort else sort * 1000 end "
							  "from mo_data.source", 0, NULL, error, sizeof(error), sqlstate);
	if (known->sources != NULL)
		known->columns = mo_query(connection, "select source, column_name, is_needed from mo_data.flat_column()", 0, NULL,
								  error, sizeof(error), sqlstate);
	if (known->columns == NULL)
		fprintf(stderr, "modash: %s\n", error);
	return known->columns != NULL;
}

void
mo_known_close(mo_known *known)
{
	PQclear(known->sources);
	PQclear(known->columns);
}

static int
sort_of(const mo_known *known, const char *source)
{
	for (int i = 0; i < PQntuples(known->sources); i++)
		if (strcmp(PQgetvalue(known->sources, i, 0), source) == 0)
			return atoi(PQgetvalue(known->sources, i, 1));
	return -1;
}

/* discharge.csv, discharge_202604.csv.gz */
static bool
is_named(const char *path, const char *source)
{
	const char *name = mo_base_name(path);
	size_t		length = strlen(source);

	return strncmp(name, source, length) == 0 && (name[length] == '.' || (name[length] == '_' && isdigit((unsigned char) name[length + 1])));
}

/* Whether the header has no columns but those of the flat source from row `at` of known->columns on, and all it needs. */
static bool
has_columns_of(const mo_known *known, int at, int until, const mo_csv_row *first)
{
	char		names[MO_MAX_COLUMNS][128];
	char		name[128];
	int			matched = 0;

	for (int i = 0; i < until - at; i++)
		mo_normal_name(PQgetvalue(known->columns, at + i, 1), strlen(PQgetvalue(known->columns, at + i, 1)), names[i], sizeof(names[i]));
	for (int i = 0; i < until - at; i++)
	{
		bool		found = false;

		for (int f = 0; !found && f < first->count && f < MO_CSV_MAX_FIELDS; f++)
			found = strcmp(mo_header_name(first, f, name, sizeof(name)), names[i]) == 0;
		if (!found && PQgetvalue(known->columns, at + i, 2)[0] == 't')
			return false;
		matched += found;
	}
	return matched == first->count;
}

/* Flat: the source that the file is named after, else the only one that has such columns. */
static void
recognise_flat(const mo_known *known, mo_found *found, const mo_csv_row *first)
{
	int			rows = PQntuples(known->columns);
	const char *other = NULL;

	for (int at = 0, until; at < rows; at = until)
	{
		const char *source = PQgetvalue(known->columns, at, 0);

		for (until = at + 1; until < rows && strcmp(PQgetvalue(known->columns, until, 0), source) == 0;)
			until++;
		if (is_named(found->path, source))
		{
			found->source = source;	/* whatever is wrong with it, the load will say */
			return;
		}
		if (until - at > MO_MAX_COLUMNS || !has_columns_of(known, at, until, first))
			continue;
		if (found->source != NULL)
			other = source;
		else
			found->source = source;
	}
	if (other != NULL)
	{
		snprintf(found->reason, sizeof(found->reason), "may be a file of %s or of %s: load it by the name of its source", found->source, other);
		found->source = NULL;
	}
	else if (found->source == NULL)
		snprintf(found->reason, sizeof(found->reason), "is not a file of a known format");
}

static void
recognise_row(const mo_known *known, mo_found *found, const mo_csv_row *first)
{
	const mo_format *format;

	if (first->raw_length > 0 && first->raw[0] == '{')
	{
		found->source = is_named(found->path, "measures") ? "measures" : "bank_holidays";	/* the two in JSON */
		return;
	}
	format = mo_recognise(first);
	if (format == NULL)
	{
		recognise_flat(known, found, first);
		return;
	}
	found->source = format->source;
	found->goes_first = format->goes_first;
}

void
mo_recognise_file(const mo_known *known, mo_found *found)
{
	static mo_csv_row first;
	mo_input	input = {.file = -1};
	mo_csv		csv;
	mo_csv_result result;

	if (!mo_input_open(&input, found->path))
		snprintf(found->reason, sizeof(found->reason), "%s", input.error);
	else if (!mo_csv_open(&csv, mo_input_read, &input))
		snprintf(found->reason, sizeof(found->reason), "out of memory");
	else
	{
		do
			result = mo_csv_next(&csv, &first);
		while (result == MO_CSV_ROW && first.raw_length == 0);
		if (result == MO_CSV_ROW)
			recognise_row(known, found, &first);
		else
			snprintf(found->reason, sizeof(found->reason), "%s", result == MO_CSV_READ_ERROR ? input.error :
					 result == MO_CSV_END ? "is empty" : "is not a file of a known format");
		mo_csv_close(&csv);
	}
	mo_input_close(&input);
	if (found->source != NULL)
		found->sort = sort_of(known, found->source);
}

int
mo_found_order(const void *one, const void *other)
{
	const mo_found *a = one;
	const mo_found *b = other;

	if ((a->source == NULL) != (b->source == NULL))
		return a->source == NULL ? 1 : -1;
	if (a->sort != b->sort)
		return a->sort < b->sort ? -1 : 1;
	if (a->goes_first != b->goes_first)
		return a->goes_first ? -1 : 1;
	return strcmp(a->path, b->path);
}
