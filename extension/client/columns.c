/*
 * columns.c
 *		Which format a file has, and where its columns are: by the names in its header, else by its shape.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "dates.h"
#include "load.h"
#include "text.h"

#define NAME_SIZE 128

typedef struct header
{
	char		names[MO_CSV_MAX_FIELDS][NAME_SIZE];
	int			count;
} header;

static void
read_header(header *h, const mo_csv_row *row)
{
	char		buffer[NAME_SIZE * 2];

	h->count = row->count < MO_CSV_MAX_FIELDS ? row->count : MO_CSV_MAX_FIELDS;
	for (int i = 0; i < h->count; i++)
	{
		size_t		length;
		const char *text = mo_csv_text(&row->fields[i], buffer, sizeof(buffer), &length);

		mo_normal_name(text, length, h->names[i], NAME_SIZE);
	}
}

/* Index of the first column with one of the names; -1: none; -2: two columns have it. */
static int
find_name(const header *h, const char *names)
{
	for (const char *name = names; name != NULL && *name != '\0';)
	{
		size_t		length = strcspn(name, "|");
		int			found = -1;

		for (int i = 0; i < h->count; i++)
			if (strlen(h->names[i]) == length && memcmp(h->names[i], name, length) == 0)
			{
				if (found >= 0)
					return -2;
				found = i;
			}
		if (found >= 0)
			return found;
		name += length + (name[length] == '|');
	}
	return -1;
}

static void
label(mo_load *load, const mo_csv_row *first, int column, int field)
{
	mo_binding *b = &load->bindings[column];
	char		buffer[NAME_SIZE];
	size_t		length;
	const char *text;

	if (first == NULL)
	{
		snprintf(b->label, sizeof(b->label), "%s", load->format->columns[column].target);
		return;
	}
	text = mo_csv_text(&first->fields[field], buffer, sizeof(buffer), &length);
	mo_printable(text, length, b->label, sizeof(b->label));
}

/*
 * How many of the format's columns the header has. The required ones that it lacks are counted into *lacking and named
 * in `missing` as far as they fit.
 */
static int
count_columns(const mo_format *format, const header *h, int *lacking, char *missing, size_t size)
{
	int			found = 0;

	*lacking = 0;
	missing[0] = '\0';
	for (int c = 0; c < format->column_count; c++)
	{
		const mo_column *column = &format->columns[c];
		size_t		used = strlen(missing);

		if (column->names == NULL)
			continue;
		if (find_name(h, column->names) != -1)
			found++;
		else if (column->required)
		{
			++*lacking;
			snprintf(missing + used, size - used, "%s%.*s", used > 0 ? ", " : "",
					 (int) strcspn(column->names, "|"), column->names);
		}
	}
	return found;
}

static bool
bind_header(mo_load *load, const header *h, const mo_csv_row *first)
{
	for (int c = 0; c < load->format->column_count; c++)
	{
		mo_binding *b = &load->bindings[c];

		*b = (mo_binding) {.column = -1, .other = -1, .multiply = 1};
		b->column = find_name(h, load->format->columns[c].names);
		if (b->column == -2)
			return mo_fail(load, MO_EXIT_FILE, first->line, "two columns are called %.*s",
						   (int) strcspn(load->format->columns[c].names, "|"), load->format->columns[c].names);
		if (b->column >= 0)
			label(load, first, c, b->column);
	}
	load->fields = first->count;
	load->trailing_comma = h->names[h->count - 1][0] == '\0' && h->count > 1;
	return true;
}

static bool
bind_positions(mo_load *load)
{
	for (int c = 0; c < load->format->column_count; c++)
	{
		load->bindings[c] = (mo_binding) {.column = load->format->columns[c].position, .other = -1, .multiply = 1};
		label(load, NULL, c, -1);
	}
	load->fields = load->format->fields;
	return true;
}

static int
find_target(const mo_format *format, const char *target)
{
	for (int c = 0; c < format->column_count; c++)
		if (strcmp(format->columns[c].target, target) == 0)
			return c;
	return -1;
}

static bool
bind_mapped(mo_load *load, const header *h, const mo_csv_row *first, const mo_mapping_line *line)
{
	int			c = find_target(load->format, line->target);
	mo_binding *b = &load->bindings[c < 0 ? 0 : c];
	char		name[NAME_SIZE];
	int32_t		month;

	if (c < 0)
		return mo_fail(load, MO_EXIT_USAGE, 0, "line %d of the mapping: %s is not a column of %s",
					   line->line, line->target, load->format->source);
	b->divide_digits = line->divide_digits;
	b->multiply = line->multiply;
	mo_normal_name(line->column, strlen(line->column), name, sizeof(name));
	b->column = line->column[0] != '\0' ? find_name(h, name) : -1;
	if (b->column >= 0)
		label(load, first, c, b->column);
	else if (line->column[0] == '\0' || mo_parse_month(line->column, strlen(line->column), &month))
	{
		const char *constant = line->column[0] == '\0' ? line->constant : line->column;

		b->column = -2;
		b->constant = (mo_field) {constant, (uint32_t) strlen(constant), false};
		snprintf(b->label, sizeof(b->label), "%s", line->target);
	}
	else
		return mo_fail(load, MO_EXIT_FILE, first->line, "has %s column %s (line %d of the mapping)",
					   b->column == -2 ? "more than one" : "no", line->column, line->line);
	if (line->other[0] == '\0')
		return true;
	mo_normal_name(line->other, strlen(line->other), name, sizeof(name));
	b->other = find_name(h, name);
	return b->other >= 0 || mo_fail(load, MO_EXIT_FILE, first->line, "has no column %s (line %d of the mapping)",
									line->other, line->line);
}

static bool
bind_mapping(mo_load *load, const header *h, const mo_csv_row *first)
{
	const mo_mapping *mapping = load->options->mapping;

	for (int c = 0; c < load->format->column_count; c++)
		load->bindings[c] = (mo_binding) {.column = -1, .other = -1, .multiply = 1};
	for (int i = 0; i < mapping->count; i++)
		if (!bind_mapped(load, h, first, &mapping->lines[i]))
			return false;
	for (int c = 0; c < load->format->column_count; c++)
		if (load->format->columns[c].required && load->bindings[c].column == -1 &&
			!(strcmp(load->format->columns[c].target, "month") == 0 && load->options->month != MO_NO_MONTH))
			return mo_fail(load, MO_EXIT_USAGE, 0, "the mapping gives no %s", load->format->columns[c].target);
	load->fields = first->count;
	load->trailing_comma = false;
	return true;
}

/* No format has it: say what is nearest and what it lacks. */
static void
fail_unknown(mo_load *load, const header *h, const mo_csv_row *first)
{
	const mo_format *nearest = NULL;
	char		missing[300];
	char		start[80];
	int			lacking;
	int			least = INT_MAX;

	for (int i = 0; mo_formats[i] != NULL; i++)
	{
		if (strcmp(mo_formats[i]->source, load->options->source) != 0 || mo_formats[i]->whole != NULL)
			continue;
		/* a name or two in common is chance */
		if (count_columns(mo_formats[i], h, &lacking, missing, sizeof(missing)) > 2 && lacking < least)
		{
			least = lacking;
			nearest = mo_formats[i];
		}
	}
	if (nearest != NULL)
	{
		count_columns(nearest, h, &lacking, missing, sizeof(missing));
		mo_fail(load, MO_EXIT_FILE, first->line, "looks like %s but has no column %s", nearest->name, missing);
	}
	else
		mo_fail(load, MO_EXIT_FILE, first->line, "is not a %s file of a known format; it begins: %s", load->options->source,
				mo_printable_names(first->raw, first->raw_length, start, sizeof(start)));
}

const mo_format *
mo_find_format(mo_load *load, const mo_csv_row *first, bool *is_header)
{
	static header h;
	char		missing[300];
	int			lacking;

	read_header(&h, first);
	*is_header = true;
	for (int i = 0; mo_formats[i] != NULL; i++)
	{
		const mo_format *format = mo_formats[i];

		if (strcmp(format->source, load->options->source) != 0 || format->whole != NULL)
			continue;
		load->format = format;
		if (load->options->mapping != NULL)
		{
			if (format->mappable)
				return bind_mapping(load, &h, first) ? format : NULL;
			continue;
		}
		if (count_columns(format, &h, &lacking, missing, sizeof(missing)) > 0 && lacking == 0)
			return bind_header(load, &h, first) ? format : NULL;
		if (format->fields > 0 && format->fields == first->count && format->looks_like(first))	/* of none: a quote never closed */
		{
			*is_header = false;
			return bind_positions(load) ? format : NULL;
		}
	}
	load->format = NULL;
	if (load->options->mapping != NULL)
		mo_fail(load, MO_EXIT_USAGE, 0, "files of %s have a fixed layout: --map is not for them", load->options->source);
	else
		fail_unknown(load, &h, first);
	return NULL;
}

/* How many letters have to be put in, taken out or changed to make one name of the other. */
static int
distance(const char *one, const char *other)
{
	int			costs[NAME_SIZE];
	int			width = (int) strlen(other);

	for (int j = 0; j <= width; j++)
		costs[j] = j;
	for (int i = 0; one[i] != '\0'; i++)
	{
		int			corner = costs[0]++;

		for (int j = 0; j < width; j++)
		{
			int			change = corner + (one[i] != other[j]);

			corner = costs[j + 1];
			costs[j + 1] = (corner < costs[j] ? corner : costs[j]) + 1;
			if (change < costs[j + 1])
				costs[j + 1] = change;
		}
	}
	return costs[width];
}

static bool
fail_column(mo_load *load, const mo_format *format, const mo_csv_row *first, const header *h, int field)
{
	int			nearest = 0;
	char		name[200];
	char		buffer[NAME_SIZE];
	size_t		length;
	const char *text = mo_csv_text(&first->fields[field], buffer, sizeof(buffer), &length);

	for (int c = 1; c < format->column_count; c++)
		if (distance(h->names[field], format->columns[c].names) < distance(h->names[field], format->columns[nearest].names))
			nearest = c;
	return mo_fail(load, MO_EXIT_FILE, first->line, "has a column \"%s\" that %s does not have; the nearest it has is %s",
				   mo_printable_names(text, length, name, sizeof(name)), format->source, format->columns[nearest].target);
}

const mo_format *
mo_bind_flat(mo_load *load, const mo_format *format, const mo_csv_row *first)
{
	static header h;
	char		missing[300];
	char		start[80];
	int			lacking;

	read_header(&h, first);
	load->format = format;
	if (load->options->mapping != NULL)
		return bind_mapping(load, &h, first) ? format : NULL;
	if (count_columns(format, &h, &lacking, missing, sizeof(missing)) == 0)
	{
		mo_fail(load, MO_EXIT_FILE, first->line, "has no header with columns of %s; it begins: %s", format->source,
				mo_printable_names(first->raw, first->raw_length, start, sizeof(start)));
		return NULL;
	}
	for (int i = 0; i < h.count; i++)
	{
		bool		known = h.names[i][0] == '\0' && i + 1 == h.count && i > 0;

		for (int c = 0; !known && c < format->column_count; c++)
			known = strcmp(format->columns[c].names, h.names[i]) == 0;
		if (!known && !fail_column(load, format, first, &h, i))
			return NULL;
	}
	if (lacking > 0)
	{
		mo_fail(load, MO_EXIT_FILE, first->line, "has no column %s, which %s needs", missing, format->source);
		return NULL;
	}
	return bind_header(load, &h, first) ? format : NULL;
}

const mo_format *
mo_recognise(const mo_csv_row *first)
{
	static header h;
	const mo_format *best = NULL;
	char		missing[300];
	int			lacking;
	int			most = 0;

	read_header(&h, first);
	for (int i = 0; mo_formats[i] != NULL; i++)
	{
		int			found = count_columns(mo_formats[i], &h, &lacking, missing, sizeof(missing));

		if (found > most && lacking == 0)
		{
			most = found;
			best = mo_formats[i];
		}
	}
	for (int i = 0; best == NULL && mo_formats[i] != NULL; i++)
		if (mo_formats[i]->fields > 0 && mo_formats[i]->fields == first->count && mo_formats[i]->looks_like(first))
			best = mo_formats[i];
	return best;
}

const char *
mo_header_name(const mo_csv_row *first, int column, char *out, size_t size)
{
	char		buffer[NAME_SIZE * 2];
	size_t		length;
	const char *text = mo_csv_text(&first->fields[column], buffer, sizeof(buffer), &length);

	mo_normal_name(text, length, out, size);
	return out;
}
