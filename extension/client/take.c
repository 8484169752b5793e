/*
 * take.c
 *		Values out of the row in hand, checked; a bad one rejects the row with the column and the reason.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "load.h"
#include "text.h"

#define LARGEST_DOCUMENT ((size_t) 16 << 20)

bool
mo_reject(mo_load *load, int column, const char *format, ...)
{
	char		reason[300];
	const mo_csv_row *row = load->row;
	va_list		args;

	va_start(args, format);
	vsnprintf(reason, sizeof(reason), format, args);
	va_end(args);
	mo_rejects_add(&load->rejects, row->line, column >= 0 ? load->bindings[column].label : NULL, reason, row->raw, row->raw_length);
	if (load->rejects.failed)
		mo_fail(load, MO_EXIT_FILE, 0, "the temporary file for rejected lines cannot be written");
	return false;
}

/* What the field holds, as a quotation of at most a few words. */
static const char *
quoted(const char *text, size_t length, char *out, size_t size)
{
	return mo_printable_value(text, length, out, size);
}

bool
mo_take_optional_code(mo_load *load, const mo_csv_row *row, int column, size_t most, const char **text, size_t *length)
{
	char		quote[60];

	*text = mo_value(load, row, column, length);
	for (size_t i = 0; i < *length; i++)
	{
		char		c = (*text)[i];

		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
			return mo_reject(load, column, "\"%s\" is not a code of capital letters and digits",
							 quoted(*text, *length, quote, sizeof(quote)));
	}
	return *length <= most || mo_reject(load, column, "\"%s\" is longer than a code can be",
										quoted(*text, *length, quote, sizeof(quote)));
}

bool
mo_take_code(mo_load *load, const mo_csv_row *row, int column, size_t most, const char **text, size_t *length)
{
	return mo_take_optional_code(load, row, column, most, text, length) &&
		(*length > 0 || mo_reject(load, column, "is empty"));
}

bool
mo_take_text(mo_load *load, const mo_csv_row *row, int column, char *buffer, size_t size,
			 const char **text, size_t *length)
{
	const mo_binding *b = &load->bindings[column];
	const mo_field *field;
	long		fault;

	*text = mo_value(load, row, column, length);
	if (*length == 0)
		return true;
	field = b->column >= 0 ? &row->fields[b->column] : &b->constant;
	fault = mo_utf8_fault(field->text, field->length);
	if (fault >= 0)
	{
		unsigned char byte = (unsigned char) field->text[fault];

		if (byte == 0)
			return mo_reject(load, column, "has a zero byte at byte %ld of the row", (long) (field->text - row->raw) + fault + 1);
		return mo_reject(load, column, "byte %ld of the row, 0x%02X, is not UTF-8: save the file as UTF-8",
						 (long) (field->text - row->raw) + fault + 1, byte);
	}
	if (*length > size)
		return mo_reject(load, column, "is longer than %zu bytes", size);
	if (field->doubled)
		*text = mo_csv_text(field, buffer, size, length);
	return true;
}

bool
mo_take_date(mo_load *load, const mo_csv_row *row, int column, bool *given, int32_t *day)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	char		quote[60];

	*given = length > 0;
	if (length == 0)
		return true;
	return mo_parse_date(text, length, day) ||
		mo_reject(load, column, "\"%s\" is not a date", quoted(text, length, quote, sizeof(quote)));
}

bool
mo_reject_number(mo_load *load, const mo_csv_row *row, int column, mo_number result)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	char		quote[60];

	if (length == 0)
		return mo_reject(load, column, "is empty");
	return mo_reject(load, column, "\"%s\" %s", quoted(text, length, quote, sizeof(quote)), mo_number_fault(result));
}

bool
mo_take_count(mo_load *load, const mo_csv_row *row, int column, int64_t max, int64_t *value)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	mo_number	result = mo_parse_count(text, length, max, value);

	return result == MO_NUMBER_OK || mo_reject_number(load, row, column, result);
}

bool
mo_take_month(mo_load *load, const mo_csv_row *row, int column, int32_t *month)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	char		quote[60];

	if (load->this_month == 0)
		load->this_month = mo_this_month();
	if (load->bindings[column].column == -1)
		*month = load->options->month;
	else if (!mo_parse_month(text, length, month))
		return mo_reject(load, column, length == 0 ? "is empty%s" : "\"%s\" is not a month",
						 quoted(text, length, quote, sizeof(quote)));
	else if (load->options->month != MO_NO_MONTH && load->options->month != *month)
		return mo_reject(load, column, "\"%s\" is not the month that --month gives", quoted(text, length, quote, sizeof(quote)));
	if (*month > load->this_month)
		return mo_reject(load, column, "\"%s\" lies in the future", quoted(text, length, quote, sizeof(quote)));
	return true;
}

bool
mo_take_id(mo_load *load, const mo_csv_row *row, int column, mo_id *id, bool needed)
{
	char		quote[60];

	id->text = mo_value(load, row, column, &id->length);
	if (id->length == 0)
		return !needed || mo_reject(load, column, "is empty");
	if (id->length > 100)
		return mo_reject(load, column, "\"%s\" is longer than an identifier can be", quoted(id->text, id->length, quote, sizeof(quote)));
	if (mo_utf8_fault(id->text, id->length) >= 0)
		return mo_reject(load, column, "\"%s\" is not an identifier", quoted(id->text, id->length, quote, sizeof(quote)));
	return !mo_lost_digits(id->text, id->length) ||
		mo_reject(load, column, "\"%s\" has lost its last digits in a spreadsheet", quoted(id->text, id->length, quote, sizeof(quote)));
}

bool
mo_take_flag(mo_load *load, const mo_csv_row *row, int column, bool *value)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	char		quote[60];

	*value = false;
	return length == 0 || mo_parse_bool(text, length, value) ||
		mo_reject(load, column, "\"%s\" is neither true nor false", quoted(text, length, quote, sizeof(quote)));
}

bool
mo_take_number(mo_load *load, const mo_csv_row *row, int column, double *value)
{
	size_t		length;
	const char *text = mo_value(load, row, column, &length);
	mo_number	result = mo_parse_signed(text, length, value);

	return result == MO_NUMBER_OK || mo_reject_number(load, row, column, result);
}

bool
mo_note_month(mo_load *load, int32_t month, bool *is_new)
{
	*is_new = false;
	for (int i = load->month_count - 1; i >= 0; i--)
		if (load->months[i] == month)
			return true;
	if (load->month_count == MO_MAX_MONTHS)
		return mo_fail(load, MO_EXIT_FILE, load->row->line, "has more than %d different months", MO_MAX_MONTHS);
	load->months[load->month_count++] = month;
	*is_new = true;
	return true;
}

char *
mo_read_document(mo_load *load, size_t *length)
{
	char	   *text = malloc(LARGEST_DOCUMENT);
	ssize_t		got;

	*length = 0;
	if (text == NULL)
	{
		mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
		return NULL;
	}
	while ((got = mo_input_read(&load->input, text + *length, LARGEST_DOCUMENT - *length)) > 0)
		*length += (size_t) got;
	if (got == 0 && *length < LARGEST_DOCUMENT)
		return text;
	mo_fail(load, MO_EXIT_FILE, 0, "%s", got < 0 ? load->input.error : "is too large for a document: over 16 MB");
	free(text);
	return NULL;
}
