/*
 * load_measures.c
 *		Definitions of prescribing measures as OpenPrescribing publishes them: an object of measures by name, or one
 *		measure in a file of its name. What a definition means, the server decides; here it is found and sent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "load.h"
#include "text.h"

#define NAME_ROOM 200

/* A definition, from the character after its colon to its end. */
static void
put_definition(mo_load *load, const char *name, const char *text, size_t length, int64_t line)
{
	mo_csv_row	row = {.line = line, .raw = text, .raw_length = length};

	load->rows_read++;
	load->row = &row;
	mo_put_line(load, &row, 4);
	mo_put_text(&load->copy, name, strlen(name));
	mo_put_text(&load->copy, text, length);
	load->row = NULL;
}

/* The name of the file without its endings: bdzadq.json.gz */
static void
name_of_file(const mo_load *load, char *name)
{
	const char *base = mo_base_name(load->path);
	size_t		length = strcspn(base, ".");

	snprintf(name, NAME_ROOM, "%.*s", (int) (length < NAME_ROOM ? length : NAME_ROOM - 1), base);
}

/* Every value of the document's object is handed to `take`; false: it is no such document. */
static bool
each_value(mo_load *load, mo_json *json, bool (*take) (mo_load *load, const char *name, const char *text, size_t length, int64_t line))
{
	char		name[NAME_ROOM];

	if (!mo_json_expect(json, '{'))
		return false;
	if (mo_json_accept(json, '}'))
		return mo_json_at_end(json);
	do
	{
		const char *from;
		int64_t		line;

		if (!mo_json_string(json, name, sizeof(name)) || !mo_json_expect(json, ':'))
			return false;
		from = json->at;
		line = json->line;
		if (!mo_json_skip(json))
			return false;
		if (!take(load, name, from, (size_t) (json->at - from), line))
			return true;
	} while (mo_json_accept(json, ','));
	return mo_json_expect(json, '}') && mo_json_at_end(json);
}

/* A document with a numerator of its own is one measure. */
static bool
no_numerator(mo_load *load, const char *name, const char *text, size_t length, int64_t line)
{
	return strcmp(name, "numerator_type") != 0;
}

static bool
take_definition(mo_load *load, const char *name, const char *text, size_t length, int64_t line)
{
	put_definition(load, name, text, length, line);
	return true;
}

static bool
is_one_measure(mo_load *load, const char *text, size_t length)
{
	mo_json		json;

	mo_json_begin(&json, text, length);
	/* Left before the end: the numerator was there. */
	return each_value(load, &json, no_numerator) && !mo_json_at_end(&json);
}

static bool
read_definitions(mo_load *load, const char *text, size_t length)
{
	mo_json		json;
	char		name[NAME_ROOM];

	mo_json_begin(&json, text, length);
	if (!is_one_measure(load, text, length))
		return each_value(load, &json, take_definition) ||
			mo_fail(load, MO_EXIT_FILE, json.line, "%s", json.fault != NULL ? json.fault : "something follows the end of the document");
	if (!mo_json_skip(&json) || !mo_json_at_end(&json))
		return mo_fail(load, MO_EXIT_FILE, json.line, "%s", json.fault != NULL ? json.fault : "something follows the end of the document");
	name_of_file(load, name);
	put_definition(load, name, text, length, 1);
	return true;
}

static bool
whole(mo_load *load)
{
	size_t		length;
	char	   *text = mo_read_document(load, &length);
	bool		good;

	if (text == NULL)
		return false;
	if (mo_utf8_fault(text, length) >= 0)
		good = mo_fail(load, MO_EXIT_FILE, 0, "is not UTF-8");
	else
		good = mo_stage_begin(load, "pg_temp.stage (line_no, line, measure_id, definition)") &&
			read_definitions(load, text, length) && mo_stage_end(load);
	free(text);
	return good;
}

const mo_format mo_measures = {.source = "measures", .name = "openprescribing_definitions", .whole = whole};
