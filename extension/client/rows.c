/*
 * rows.c
 *		The middle of a load: the rows of a file one after the other, and how it fails. Knows nothing of databases, so that
 *		the server reads files by it too.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "modash.h"

#define STEP 4096				/* rows between looks at the clock */

bool
mo_fail(mo_load *load, int exit_code, int64_t line, const char *format, ...)
{
	va_list		args;

	if (load->exit_code != MO_EXIT_DONE)
		return false;
	va_start(args, format);
	vsnprintf(load->error, sizeof(load->error), format, args);
	va_end(args);
	load->exit_code = exit_code;
	load->fault_line = line;
	return false;
}

/* The number of fields is as it should be; else the row is rejected, or the file refused. */
static bool
row_is_whole(mo_load *load, const mo_csv_row *row, const char *header, size_t header_length)
{
	if (!row->ended && (row->fault != NULL || (row->count != load->fields && !(load->trailing_comma && row->count + 1 == load->fields))))
		return mo_fail(load, MO_EXIT_FILE, row->line, "is truncated: the last row is not complete");
	if (row->fault != NULL)
		return mo_reject(load, -1, "%s", row->fault);
	if (row->raw_length == header_length && memcmp(row->raw, header, header_length) == 0)
		return mo_fail(load, MO_EXIT_FILE, row->line, "has its header again: several files were joined; load them one by one");
	if (row->count == load->fields || (load->trailing_comma && row->count + 1 == load->fields))
		return true;
	return mo_reject(load, -1, "has %d fields where there should be %d", row->count, load->fields);
}

/* Rows from the one in hand to the end of the file. */
static mo_csv_result
read_data(mo_load *load, mo_csv_row *row, mo_csv_result result, const char *header, size_t header_length)
{
	bool		ended = true;

	for (; result == MO_CSV_ROW && load->exit_code == MO_EXIT_DONE; result = mo_csv_next(&load->csv, row))
	{
		if (row->raw_length == 0)
			continue;			/* an empty line */
		load->rows_read++;
		load->row = row;
		ended = row->ended;
		if (row_is_whole(load, row, header, header_length))
			load->format->row(load, row);
		if (load->rows_read % STEP == 0)
			mo_step(load);
	}
	load->no_line_end = !ended;
	return result;
}

/* All rows; the first one is in hand, and is data unless it is the header. */
bool
mo_read_rows(mo_load *load, mo_csv_row *row, bool is_header)
{
	size_t		header_length = is_header ? row->raw_length : 0;
	char	   *header = malloc(header_length + 1);
	mo_csv_result result = MO_CSV_ROW;

	if (header == NULL)
		return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
	memcpy(header, row->raw, header_length);	/* it leaves the buffer with the next row */
	if (is_header)
		result = mo_csv_next(&load->csv, row);
	result = read_data(load, row, result, header, header_length);
	free(header);
	if (result == MO_CSV_TOO_LONG)
		return mo_fail(load, MO_EXIT_FILE, row->line, "a row is longer than a megabyte: a quotation mark is never closed");
	if (result == MO_CSV_READ_ERROR)
		return mo_fail(load, MO_EXIT_FILE, 0, "%s", load->input.error);
	if (load->rows_read == 0 && !load->format->may_be_empty)
		return mo_fail(load, MO_EXIT_FILE, 0, "has no rows");
	return load->exit_code == MO_EXIT_DONE;
}

/* More than half of the rows, and more than a hundred, or all of them. */
bool
mo_mostly_rejected(mo_load *load)
{
	mo_reject_entry first;

	if (load->rejects.count == 0)
		return false;
	if (load->rejects.count < load->rows_read && (load->rejects.count <= 100 || load->rejects.count * 2 <= load->rows_read))
		return false;
	mo_rejects_rewind(&load->rejects);
	if (mo_rejects_next(&load->rejects, &first))
		mo_fail(load, MO_EXIT_FILE, first.line_no, "%s of %s rows cannot be used, the first: %s%s%s",
				mo_thousands(load->rejects.count), mo_thousands(load->rows_read), first.column, first.column[0] != '\0' ? " " : "",
				first.reason);
	return true;
}
