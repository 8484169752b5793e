/*
 * load.c
 *		The middle of a load: its transaction, its rows, and how it fails. load_file.c has the beginning and the end.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"
#include "dates.h"
#include "load_file.h"
#include "text.h"

#define STEP 4096				/* rows between looks at the clock */

extern const mo_format mo_epd_snomed, mo_epd, mo_pdpi, mo_mapped, mo_epraccur, mo_epcn_core_partner, mo_epcn_details,
			mo_list_size_long, mo_list_size_wide, mo_bank_holidays, mo_emis_code, mo_emis_observation, mo_systmone_code, mo_measures,
			mo_measures_published;

const mo_format *const mo_formats[] = {&mo_epd_snomed, &mo_epd, &mo_pdpi, &mo_mapped, &mo_epraccur, &mo_epcn_core_partner,
	&mo_epcn_details, &mo_list_size_long, &mo_list_size_wide, &mo_bank_holidays, &mo_emis_code, &mo_emis_observation,
	&mo_systmone_code, &mo_measures, &mo_measures_published, NULL};

bool
mo_has_format(const char *source)
{
	for (int i = 0; mo_formats[i] != NULL; i++)
		if (strcmp(mo_formats[i]->source, source) == 0)
			return true;
	return false;
}

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

bool
mo_fail_database(mo_load *load, PGconn *connection, PGresult *result)
{
	if (load->exit_code == MO_EXIT_DONE)
	{
		mo_error_text(connection, result, load->error, sizeof(load->error), NULL);
		load->exit_code = MO_EXIT_DATABASE;
	}
	PQclear(result);
	return false;
}

/* A statement on the load's connection; NULL: the load has failed. */
PGresult *
mo_ask(mo_load *load, const char *sql, int count, const char *const *values)
{
	char		error[800];
	char		sqlstate[6];
	PGresult   *result = mo_query(load->connection, sql, count, values, error, sizeof(error), sqlstate);

	/* Class 22 from load_finish is about the file's data, and 23505 says that it is there already. */
	if (result == NULL)
		mo_fail(load, strncmp(sqlstate, "22", 2) == 0 ? MO_EXIT_FILE : strcmp(sqlstate, "23505") == 0 ? MO_EXIT_NOTHING :
				MO_EXIT_DATABASE, 0, "%s", error);
	return result;
}

bool
mo_run(mo_load *load, const char *sql)
{
	PGresult   *result = mo_ask(load, sql, 0, NULL);

	PQclear(result);
	return result != NULL;
}

/* Begins the transaction; a file that is loaded already ends here. */
bool
mo_begin(mo_load *load)
{
	char		bytes[24];
	char		as_at[MO_DATE_TEXT];
	char		hex[MO_SHA256_HEX];
	const char *values[7] = {load->options->source, load->name, bytes, load->format->name, load->options->part, load->settings,
	load->options->as_at == MO_NO_MONTH ? NULL : mo_date_text(load->options->as_at, as_at)};
	PGresult   *result;
	bool		may_be_same;

	snprintf(bytes, sizeof(bytes), "%" PRId64, load->input.file_bytes);
	if (!mo_run(load, "begin isolation level read committed"))
		return false;
	result = mo_ask(load, "select batch_id, may_be_same from mo_data.load_begin($1, $2, $3, $4, $5, $6, $7)", 7, values);
	if (result == NULL)
		return false;
	load->batch_id = atoi(PQgetvalue(result, 0, 0));
	may_be_same = PQgetvalue(result, 0, 1)[0] == 't';
	PQclear(result);
	if (!may_be_same || !mo_input_hash(load->path, hex))
		return true;
	result = mo_ask(load, "select mo_data.load_same($1, $2, $3, $4)", 4,
				 (const char *[]) {load->options->source, load->options->part, hex, load->settings});
	if (result == NULL)
		return false;
	if (!PQgetisnull(result, 0, 0))
		mo_fail(load, MO_EXIT_NOTHING, 0, "the same file is already loaded as batch %s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return load->exit_code == MO_EXIT_DONE;
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
			mo_report_step(&load->report, load->rows_read, load->input.read_bytes, load->input.file_bytes, load->input.text_bytes);
		if (load->copy.failed)
			mo_fail_database(load, load->connection, NULL);
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
