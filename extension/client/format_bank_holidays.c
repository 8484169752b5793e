/*
 * format_bank_holidays.c
 *		https://www.gov.uk/bank-holidays.json: divisions, each with its events of title and date.
 */
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "json.h"
#include "load.h"
#include "text.h"

/* A JSON event as a row, so that rejecting it works as for any row. */
typedef struct event
{
	mo_csv_row	row;
	char		title[300];
	char		date[40];
} event;

static bool
read_event(mo_json *json, event *e)
{
	char		key[40];

	e->title[0] = e->date[0] = '\0';
	if (!mo_json_expect(json, '{'))
		return false;
	e->row.line = json->line;
	e->row.raw = json->at - 1;
	if (!mo_json_accept(json, '}'))
	{
		do
		{
			if (!mo_json_string(json, key, sizeof(key)) || !mo_json_expect(json, ':'))
				return false;
			if (!(strcmp(key, "title") == 0 ? mo_json_string(json, e->title, sizeof(e->title)) :
				  strcmp(key, "date") == 0 ? mo_json_string(json, e->date, sizeof(e->date)) : mo_json_skip(json)))
				return false;
		} while (mo_json_accept(json, ','));
		if (!mo_json_expect(json, '}'))
			return false;
	}
	e->row.raw_length = (size_t) (json->at - e->row.raw);
	return true;
}

static void
take_event(mo_load *load, const char *division, const event *e)
{
	int32_t		day;
	char		quote[60];

	load->rows_read++;
	load->row = &e->row;
	if (mo_utf8_fault(e->title, strlen(e->title)) >= 0)
		mo_reject(load, -1, "the title is not UTF-8");
	else if (e->title[0] == '\0')
		mo_reject(load, -1, "has no title");
	else if (!mo_parse_date(e->date, strlen(e->date), &day))
		mo_reject(load, -1, "the date \"%s\" is not a date", mo_printable(e->date, strlen(e->date), quote, sizeof(quote)));
	else
	{
		mo_put_line(load, &e->row, 5);
		mo_put_text(&load->copy, division, strlen(division));
		mo_put_int4(&load->copy, day);
		mo_put_text(&load->copy, e->title, strlen(e->title));
	}
}

static bool
read_events(mo_load *load, mo_json *json, const char *division)
{
	static event e;

	if (!mo_json_expect(json, '['))
		return false;
	if (mo_json_accept(json, ']'))
		return true;
	do
	{
		if (!read_event(json, &e))
			return false;
		take_event(load, division, &e);
	} while (mo_json_accept(json, ','));
	return mo_json_expect(json, ']');
}

/* The object of a division, or of the document when it is one division's. */
static bool
read_division(mo_load *load, mo_json *json, const char *name, bool top)
{
	char		division[60];
	char		key[60];
	bool		good = true;

	strncpy(division, name, sizeof(division) - 1);
	division[sizeof(division) - 1] = '\0';
	if (!mo_json_expect(json, '{'))
		return false;
	if (mo_json_accept(json, '}'))
		return true;
	do
	{
		good = mo_json_string(json, key, sizeof(key)) && mo_json_expect(json, ':');
		if (!good)
			break;
		if (strcmp(key, "division") == 0)
			good = mo_json_string(json, division, sizeof(division));
		else if (strcmp(key, "events") == 0 && division[0] != '\0')
			good = read_events(load, json, division);
		else if (top && mo_utf8_fault(key, strlen(key)) < 0)
			good = read_division(load, json, key, false);
		else
			good = mo_json_skip(json);
	} while (good && mo_json_accept(json, ','));
	return good && mo_json_expect(json, '}');
}

static bool
whole(mo_load *load)
{
	size_t		length;
	char	   *text = mo_read_document(load, &length);
	mo_json		json;
	bool		good;

	if (text == NULL)
		return false;
	mo_json_begin(&json, text, length);
	good = mo_stage_begin(load, "pg_temp.stage (line_no, line, division, day, title)");
	if (good && (!read_division(load, &json, "", true) || !mo_json_at_end(&json)))
		good = mo_fail(load, MO_EXIT_FILE, json.line, "%s", json.fault != NULL ? json.fault : "something follows the end of the document");
	good = good && mo_stage_end(load);
	load->row = NULL;
	free(text);
	return good;
}

const mo_format mo_bank_holidays = {.source = "bank_holidays", .name = "gov_uk_json", .whole = whole};
