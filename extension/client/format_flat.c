/*
 * format_flat.c
 *		Flat files: a header with the column names of the table that they fill. The server says which columns there are
 *		and of what type, so a new table needs no code here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <libpq-fe.h>
#include <string.h>

#include "dates.h"
#include "load_file.h"
#include "text.h"

#define TEXT_MOST 65536

typedef bool (*put_value) (mo_load *load, const mo_csv_row *row, int column);

typedef struct flat
{
	char		names[MO_MAX_COLUMNS][64];		/* as the table has them */
	char		normal[MO_MAX_COLUMNS][64];		/* as headers are compared */
	mo_column	columns[MO_MAX_COLUMNS];
	put_value	put[MO_MAX_COLUMNS];
	bool		is_concept[MO_MAX_COLUMNS]; /* a SNOMED CT concept, or a site's own code */
	mo_format	format;
	int			staged;			/* columns that the file has */
} flat;

static flat the_flat;

/* What the field holds; NULL when it is empty, which is null. */
static const char *
given(mo_load *load, const mo_csv_row *row, int column, size_t *length)
{
	const char *text = mo_value(load, row, column, length);

	if (*length > 0)
		return text;
	mo_put_null(&load->copy);
	return NULL;
}

static bool
put_text(mo_load *load, const mo_csv_row *row, int column)
{
	static char buffer[TEXT_MOST];
	const char *text;
	size_t		length;
	char		quote[60];

	if (!mo_take_text(load, row, column, buffer, sizeof(buffer), &text, &length))
		return false;
	if (the_flat.is_concept[column] ? mo_lost_concept(text, length) : mo_lost_digits(text, length))
		return mo_reject(load, column, "\"%s\" has lost its last digits in a spreadsheet", mo_printable_value(text, length, quote, sizeof(quote)));
	mo_put_text_or_null(&load->copy, text, length);
	return true;
}

/* A whole number between -most-1 and most. */
static bool
take_whole(mo_load *load, const mo_csv_row *row, int column, int64_t most, const char **text, int64_t *value)
{
	size_t		length;
	mo_number	result;

	*text = given(load, row, column, &length);
	if (*text == NULL)
		return true;
	result = mo_parse_fixed(*text, length, 0, value);
	if (result == MO_NUMBER_OK && (*value > most || *value < -most - 1))
		result = MO_NUMBER_RANGE;
	return result == MO_NUMBER_OK || mo_reject_number(load, row, column, result);
}

static bool
put_smallint(mo_load *load, const mo_csv_row *row, int column)
{
	const char *text;
	int64_t		value;

	if (!take_whole(load, row, column, INT16_MAX, &text, &value))
		return false;
	if (text != NULL)
		mo_put_smallint(&load->copy, (int) value);
	return true;
}

static bool
put_integer(mo_load *load, const mo_csv_row *row, int column)
{
	const char *text;
	int64_t		value;

	if (!take_whole(load, row, column, INT32_MAX, &text, &value))
		return false;
	if (text != NULL)
		mo_put_int4(&load->copy, (int32_t) value);
	return true;
}

static bool
put_bigint(mo_load *load, const mo_csv_row *row, int column)
{
	const char *text;
	int64_t		value;

	if (!take_whole(load, row, column, INT64_MAX, &text, &value))
		return false;
	if (text != NULL)
		mo_put_int8(&load->copy, value);
	return true;
}

static bool
put_float(mo_load *load, const mo_csv_row *row, int column)
{
	size_t		length;
	const char *text = given(load, row, column, &length);
	double		value;
	mo_number	result;

	if (text == NULL)
		return true;
	result = mo_parse_signed(text, length, &value);
	if (result != MO_NUMBER_OK)
		return mo_reject_number(load, row, column, result);
	mo_put_float8(&load->copy, value);
	return true;
}

static bool
put_date(mo_load *load, const mo_csv_row *row, int column)
{
	bool		is_given;
	int32_t		day = 0;

	if (!mo_take_date(load, row, column, &is_given, &day))
		return false;
	mo_put_date(&load->copy, is_given, day);
	return true;
}

static bool
put_time(mo_load *load, const mo_csv_row *row, int column)
{
	size_t		length;
	const char *text = given(load, row, column, &length);
	int64_t		time;
	char		quote[60];

	if (text == NULL)
		return true;
	if (!mo_parse_time(text, length, &time))
		return mo_reject(load, column, "\"%s\" is not a time such as 2026-04-01T09:30:00Z", mo_printable_value(text, length, quote, sizeof(quote)));
	mo_put_int8(&load->copy, time);
	return true;
}

static bool
put_bool(mo_load *load, const mo_csv_row *row, int column)
{
	size_t		length;
	const char *text = given(load, row, column, &length);
	bool		value;
	char		quote[60];

	if (text == NULL)
		return true;
	if (!mo_parse_bool(text, length, &value))
		return mo_reject(load, column, "\"%s\" is neither true nor false", mo_printable_value(text, length, quote, sizeof(quote)));
	mo_put_bool(&load->copy, value);
	return true;
}

static const struct
{
	const char *type;			/* pg_type.typname */
	put_value	put;
}			types[] = {
	{"text", put_text}, {"int4", put_integer}, {"int2", put_smallint}, {"int8", put_bigint}, {"float8", put_float},
	{"date", put_date}, {"timestamptz", put_time}, {"bool", put_bool}
};

static bool
begin(mo_load *load)
{
	char		target[MO_MAX_COLUMNS * 66 + 60] = "pg_temp.stage (line_no";
	const mo_mapping *mapping = load->options->mapping;

	for (int i = 0; mapping != NULL && i < mapping->count; i++)
		if (mapping->lines[i].other[0] != '\0' || mapping->lines[i].divide_digits > 0 || mapping->lines[i].multiply != 1)
			return mo_fail(load, MO_EXIT_USAGE, 0, "line %d of the mapping: products and units are for prescribing", mapping->lines[i].line);
	the_flat.staged = 0;
	for (int i = 0; i < the_flat.format.column_count; i++)
		if (load->bindings[i].column != -1)
		{
			size_t		used = strlen(target);

			snprintf(target + used, sizeof(target) - used, ", %s", the_flat.names[i]);
			the_flat.staged++;
		}
	strcat(target, ")");
	return mo_stage_begin(load, target);
}

static void
row(mo_load *load, const mo_csv_row *csv)
{
	size_t		mark;

	mo_copy_row(&load->copy, the_flat.staged + 1);
	mark = load->copy.used - 2;
	mo_put_int8(&load->copy, csv->line);
	for (int i = 0; i < the_flat.format.column_count; i++)
		if (load->bindings[i].column != -1 && !the_flat.put[i] (load, csv, i))
		{
			load->copy.used = mark;		/* rejected: as if it had not been begun */
			return;
		}
}

/* A name that can stand in a statement as it is; the layer has no others. */
static bool
plain_name(const char *name)
{
	return strlen(name) < sizeof(the_flat.names[0]) && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name);
}

static bool
add_column(mo_load *load, const char *name, const char *type, bool needed)
{
	int			i = the_flat.format.column_count;

	if (i == MO_MAX_COLUMNS || !plain_name(name))
		return mo_fail(load, MO_EXIT_DATABASE, 0, "the table of %s has a column that flat files cannot have: %s", load->options->source, name);
	strcpy(the_flat.names[i], name);
	mo_normal_name(name, strlen(name), the_flat.normal[i], sizeof(the_flat.normal[i]));
	the_flat.columns[i] = (mo_column) {the_flat.names[i], the_flat.normal[i], needed, -1};
	the_flat.put[i] = NULL;
	the_flat.is_concept[i] = strcmp(the_flat.names[i], "code") == 0;
	for (size_t t = 0; t < sizeof(types) / sizeof(types[0]); t++)
		if (strcmp(types[t].type, type) == 0)
			the_flat.put[i] = types[t].put;
	if (the_flat.put[i] == NULL)
		return mo_fail(load, MO_EXIT_DATABASE, 0, "column %s is of type %s, which flat files cannot have", name, type);
	the_flat.format.column_count++;
	return true;
}

const mo_format *
mo_flat_format(mo_load *load)
{
	const char *values[1] = {load->options->source};
	PGresult   *result = mo_ask(load, "select column_name, data_type, is_needed from mo_data.flat_column($1)", 1, values);
	bool		good = result != NULL;

	the_flat.format = (mo_format) {.source = load->options->source, .name = "flat", .columns = the_flat.columns, .mappable = true,
	.may_be_empty = true, .begin = begin, .row = row, .end = mo_stage_end};
	for (int i = 0; good && i < PQntuples(result); i++)
		good = add_column(load, PQgetvalue(result, i, 0), PQgetvalue(result, i, 1), PQgetvalue(result, i, 2)[0] == 't');
	if (good && PQntuples(result) == 0)
		good = mo_fail(load, MO_EXIT_USAGE, 0, "there is no source \"%s\"; see modash load --help", load->options->source);
	PQclear(result);
	return good ? &the_flat.format : NULL;
}
