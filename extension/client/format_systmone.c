/*
 * format_systmone.c
 *		TPP SystmOne, strategic reporting extract: SRCode.
 *
 * The practice is where the patient is registered; where nowhere, where it was done. Times are "01 Apr 2026 09:30:00",
 * text is Windows-1252.
 */
#include <string.h>

#include "load.h"
#include "text.h"
#include "dates.h"

enum
{
	S_EVENT, S_RECORDED, S_DATE, S_DONE_AT, S_CTV3, S_CODE, S_COMPARATOR, S_VALUE, S_UNIT, S_LINK, S_PATIENT, S_REGISTERED, S_REMOVED,
	S_COLUMNS
};

static const mo_column columns[S_COLUMNS] = {
	{"event_id", "ROWIDENTIFIER", true, -1}, {"recorded_date", "DATEEVENTRECORDED", true, -1}, {"event_date", "DATEEVENT", true, -1},
	{"done_at", "IDORGANISATIONDONEAT", true, -1}, {"ctv3_code", "CTV3CODE", false, -1}, {"code", "SNOMEDCODE", true, -1},
	{"value_comparator", "NUMERICCOMPARATOR", true, -1}, {"value_number", "NUMERICVALUE", true, -1}, {"value_unit", "NUMERICUNIT", true, -1},
	{"linked_event_id", "IDEVENT", false, -1}, {"patient_id", "IDPATIENT", true, -1},
	{"registered_at", "IDORGANISATIONREGISTEREDAT", true, -1}, {"is_removed", "REMOVEDDATA", true, -1}
};

static bool
begin(mo_load *load)
{
	return mo_stage_begin(load, "pg_temp.stage (line_no, event_id, is_removed, patient_id, registered_at, done_at, ctv3_code, code, "
						  "event_date, recorded_date, value_number, value_comparator, value_unit, linked_event_id)");
}

/* The day of a date, with or without the time of day after it. */
static bool
take_day(mo_load *load, const mo_csv_row *row, int column, bool *given, int32_t *day)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	size_t		date = length;
	char		quote[60];

	*given = length > 0;
	if (length == 0)
		return true;
	for (size_t i = 0; i < length; i++)
		if (text[i] == ':')
		{
			for (date = i; date > 0 && text[date - 1] != ' ' && text[date - 1] != 'T';)
				date--;
			date -= date > 0;
			break;
		}
	return mo_parse_date(text, date, day) || mo_reject(load, column, "\"%s\" is not a date", mo_printable_value(text, length, quote, sizeof(quote)));
}

/* "=" and nothing mean exactly. */
static bool
take_comparator(mo_load *load, const mo_csv_row *row, mo_id *comparator)
{
	static const char *const known[] = {"<", "<=", ">", ">=", "~"};
	char		quote[60];

	comparator->text = mo_value(load, row, S_COMPARATOR, &comparator->length);
	if (comparator->length == 1 && comparator->text[0] == '=')
		comparator->length = 0;
	if (comparator->length == 0)
		return true;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i]) == comparator->length && memcmp(known[i], comparator->text, comparator->length) == 0)
			return true;
	return mo_reject(load, S_COMPARATOR, "\"%s\" is none of < <= > >= ~",
					 mo_printable_value(comparator->text, comparator->length, quote, sizeof(quote)));
}

/* The unit, from Windows-1252 where it is not UTF-8 already; only the letters above 0xA0 are more than a question mark. */
static void
take_unit(mo_load *load, const mo_csv_row *row, mo_id *unit)
{
	static char out[200];
	size_t		length;
	const char *text = mo_value(load, row, S_UNIT, &length);
	size_t		used = 0;

	*unit = (mo_id) {text, length};
	if (length == 0 || mo_utf8_fault(text, length) < 0)
		return;
	for (size_t i = 0; i < length && used + 2 < sizeof(out); i++)
	{
		unsigned char c = (unsigned char) text[i];

		if (c >= 0xA0)
		{
			out[used++] = (char) (0xC0 | c >> 6);
			out[used++] = (char) (0x80 | (c & 0x3F));
		}
		else
			out[used++] = (char) (c == 0 || c >= 0x80 ? '?' : c);
	}
	*unit = (mo_id) {out, used};
}

typedef struct event
{
	mo_id		id;
	mo_id		patient;
	mo_id		registered;
	mo_id		done;
	mo_id		ctv3;
	mo_id		code;
	mo_id		comparator;
	mo_id		unit;
	mo_id		link;
	bool		removed;
	bool		has_date;
	int32_t		date;
	bool		has_recorded;
	int32_t		recorded;
	bool		has_value;
	double		value;
} event;

static bool
take_code(mo_load *load, const mo_csv_row *row, mo_id *code)
{
	char		quote[60];

	code->text = mo_value(load, row, S_CODE, &code->length);
	/* -1 and 0 stand for no code */
	if ((code->length == 2 && memcmp(code->text, "-1", 2) == 0) || (code->length == 1 && code->text[0] == '0'))
		code->length = 0;
	for (size_t i = 0; i < code->length; i++)
		if (code->text[i] < '0' || code->text[i] > '9' || code->length > 18)
			return mo_reject(load, S_CODE, mo_lost_digits(code->text, code->length) ? "\"%s\" has lost its last digits in a spreadsheet" :
							 "\"%s\" is not a SNOMED concept", mo_printable_value(code->text, code->length, quote, sizeof(quote)));
	return !mo_lost_concept(code->text, code->length) ||
		mo_reject(load, S_CODE, "\"%s\" has lost its last digits in a spreadsheet", mo_printable_value(code->text, code->length, quote, sizeof(quote)));
}

static bool
take_event(mo_load *load, const mo_csv_row *row, event *e)
{
	size_t		length;

	memset(e, 0, sizeof(*e));
	if (!mo_take_id(load, row, S_EVENT, &e->id, true) || !mo_take_flag(load, row, S_REMOVED, &e->removed))
		return false;
	if (e->removed)
		return true;			/* nothing else of it matters */
	if (!mo_take_id(load, row, S_PATIENT, &e->patient, true) || !mo_take_id(load, row, S_REGISTERED, &e->registered, false) ||
		!mo_take_id(load, row, S_DONE_AT, &e->done, false) || !mo_take_id(load, row, S_LINK, &e->link, false) ||
		!mo_take_id(load, row, S_CTV3, &e->ctv3, false) || !take_code(load, row, &e->code) || !take_comparator(load, row, &e->comparator) ||
		!take_day(load, row, S_DATE, &e->has_date, &e->date) || !take_day(load, row, S_RECORDED, &e->has_recorded, &e->recorded))
		return false;
	take_unit(load, row, &e->unit);
	if (e->link.length == e->id.length && memcmp(e->link.text, e->id.text, e->id.length) == 0)
		e->link.length = 0;		/* an event of its own */
	mo_value(load, row, S_VALUE, &length);
	e->has_value = length > 0;
	return !e->has_value || mo_take_number(load, row, S_VALUE, &e->value);
}

static void
event_row(mo_load *load, const mo_csv_row *row)
{
	mo_copy    *copy = &load->copy;
	event		e;

	if (!take_event(load, row, &e))
		return;
	mo_copy_row(copy, 14);
	mo_put_int8(copy, row->line);
	mo_put_text(copy, e.id.text, e.id.length);
	mo_put_bool(copy, e.removed);
	mo_put_text_or_null(copy, e.patient.text, e.patient.length);
	mo_put_text_or_null(copy, e.registered.text, e.registered.length);
	mo_put_text_or_null(copy, e.done.text, e.done.length);
	mo_put_text_or_null(copy, e.ctv3.text, e.ctv3.length);
	mo_put_text_or_null(copy, e.code.text, e.code.length);
	mo_put_date(copy, e.has_date, e.date);
	mo_put_date(copy, e.has_recorded, e.recorded);
	if (e.has_value)
		mo_put_float8(copy, e.value);
	else
		mo_put_null(copy);
	mo_put_text_or_null(copy, e.comparator.text, e.comparator.length);
	mo_put_text_or_null(copy, e.unit.text, e.unit.length);
	mo_put_text_or_null(copy, e.link.text, e.link.length);
}

const mo_format mo_systmone_code = {.source = "activity_systmone", .name = "systmone_srcode", .columns = columns,
	.column_count = S_COLUMNS, .may_be_empty = true, .begin = begin, .row = event_row, .end = mo_stage_end};
