/*
 * load_file.c
 *		One file, one transaction: read, check, stage, publish; or nothing at all, and why.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libpq-fe.h>

#include "database.h"
#include "dates.h"
#include "load_file.h"
#include "text.h"

#define REJECTS_SHOWN 10
#define REJECTS_OF_FAILED 100

/* Options that make the same file mean something else; part of knowing a file again. */
static void
describe_settings(mo_load *load)
{
	const mo_options *o = load->options;
	char		date[MO_DATE_TEXT];
	char	   *out = load->settings;
	size_t		size = sizeof(load->settings);
	int			used = 0;

	if (o->month != MO_NO_MONTH)
		used += snprintf(out + used, size - (size_t) used, "month=%s ", mo_month_text(o->month, date));
	if (o->as_at != MO_NO_MONTH)
		used += snprintf(out + used, size - (size_t) used, "as-at=%s ", mo_date_text(o->as_at, date));
	if (o->mapping != NULL)
		used += snprintf(out + used, size - (size_t) used, "map=%.16s ", o->mapping->hash);
	if (used > 0)
		out[used - 1] = '\0';
}

static const mo_format *
format_of_whole(const char *source)
{
	for (int i = 0; mo_formats[i] != NULL; i++)
		if (mo_formats[i]->whole != NULL && strcmp(mo_formats[i]->source, source) == 0)
			return mo_formats[i];
	return NULL;
}

/* A source without a format of its own is flat, and the server knows its columns. */
static bool
find_format(mo_load *load, const mo_csv_row *row, bool *is_header)
{
	const mo_format *flat;

	if (mo_has_format(load->options->source))
		return mo_find_format(load, row, is_header) != NULL;
	*is_header = true;
	flat = mo_flat_format(load);
	return flat != NULL && mo_bind_flat(load, flat, row) != NULL;
}

/* Opens the file, finds its format and, unless it is a rehearsal without a server, begins the transaction. */
static bool
open_and_begin(mo_load *load, mo_csv_row *row, bool *is_header)
{
	if (!mo_input_open(&load->input, load->path))
		return mo_fail(load, MO_EXIT_FILE, 0, "%s", load->input.error);
	load->format = format_of_whole(load->options->source);
	if (load->format == NULL)
	{
		mo_csv_result result;

		if (!mo_csv_open(&load->csv, mo_input_read, &load->input))
			return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
		load->csv.sha = mo_input_hash_later(&load->input);
		do
			result = mo_csv_next(&load->csv, row);
		while (result == MO_CSV_ROW && row->raw_length == 0);
		if (result == MO_CSV_READ_ERROR)
			return mo_fail(load, MO_EXIT_FILE, 0, "%s", load->input.error);
		if (result == MO_CSV_TOO_LONG)
			return mo_fail(load, MO_EXIT_FILE, row->line, "the first line is longer than a megabyte");
		if (result == MO_CSV_END)
			return mo_fail(load, MO_EXIT_FILE, 0, "is empty");
		if (!find_format(load, row, is_header))
			return false;
	}
	if (load->options->dry_run && load->format->without_server)
		load->connection = NULL;
	return load->connection == NULL || mo_begin(load);
}

static bool
read_file(mo_load *load)
{
	static mo_csv_row row;
	bool		is_header = false;

	if (!open_and_begin(load, &row, &is_header))
		return false;
	if (load->format->whole != NULL)
	{
		if (!load->format->whole(load))
			return false;
		return load->rows_read > 0 || mo_fail(load, MO_EXIT_FILE, 0, "has no rows");
	}
	return load->format->begin(load) && mo_read_rows(load, &row, is_header) && load->format->end(load);
}

/* The figures of the load as load_finish returns them, and its first rejected lines. NULL: it failed. */
static PGresult *
finish(mo_load *load, PGresult **table)
{
	char		rows[24];
	char		hex[MO_SHA256_HEX];
	char		batch[16];
	char		note[400];
	PGresult   *result;
	const char *values[4] = {batch, mo_sha256_hex(&load->input.sha, hex), rows, note};

	snprintf(note, sizeof(note), "%s%s%s", load->note, load->note[0] != '\0' && load->no_line_end ? "; " : "",
			 load->no_line_end ? "the last line has no line end" : "");
	snprintf(rows, sizeof(rows), "%" PRId64, load->rows_read);
	snprintf(batch, sizeof(batch), "%d", load->batch_id);
	if (!mo_rejects_send(&load->rejects, load->connection, load->batch_id, INT64_MAX, &result))
	{
		mo_fail_database(load, load->connection, result);
		return NULL;
	}
	PQclear(result);
	result = mo_ask(load, "select rows_read, rows_kept, rows_rejected, rows_replaced, coalesce(message, ''), "
					"array_to_string(months, ' ') from mo_data.load_finish($1, $2, $3, nullif($4, ''))", 4, values);
	if (result == NULL)
		return NULL;
	*table = !mo_reject_lines(load) ? NULL : mo_ask(load, "select line_no, concat_ws(': ', column_name, reason) from mo_data.load_reject where batch_id = $1 "
					"order by line_no limit 10", 1, values);
	if (*table == NULL || !mo_run(load, load->options->dry_run ? "rollback" : "commit"))
	{
		PQclear(result);
		return NULL;
	}
	return result;
}

/* The first rejected lines: those of the table when there is one, because the server rejects lines too. */
static void
show_rejects(mo_load *load, const PGresult *table, int64_t rejected)
{
	mo_reject_entry entry;
	int			shown = 0;

	mo_report_end(&load->report);
	mo_rejects_rewind(&load->rejects);
	for (; table != NULL && shown < PQntuples(table); shown++)
	{
		fprintf(stderr, "%s:%s: ", load->name, PQgetvalue(table, shown, 0));
		mo_print_value(stderr, PQgetvalue(table, shown, 1));
		fputc('\n', stderr);
	}
	for (; table == NULL && shown < REJECTS_SHOWN && mo_rejects_next(&load->rejects, &entry); shown++)
	{
		fprintf(stderr, "%s:%" PRId64 ": %s%s", load->name, entry.line_no, entry.column, entry.column[0] != '\0' ? ": " : "");
		mo_print_value(stderr, entry.reason);
		fputc('\n', stderr);
	}
	if (rejected > shown)
		fprintf(stderr, "%s: %s more rejected lines%s\n", load->name, mo_thousands(rejected - shown),
				load->options->dry_run ? "" : ": see mo_data.load_reject");
}

static void
show_months(const mo_load *load)
{
	char		date[MO_DATE_TEXT];

	if (load->month_count == 0)
		return;
	printf(", %s", mo_month_text(load->months[0], date));
	for (int i = 1; i < load->month_count && i < 6; i++)
		printf(" %s", mo_month_text(load->months[i], date));
	if (load->month_count > 6)
		printf(" and %d more months", load->month_count - 6);
}

/* After the commit: the indexes of the months' partitions. Not part of the load; it stands without them. */
static void
make_indexes(mo_load *load)
{
	for (int i = 0; i < load->month_count && strcmp(load->options->source, "prescribing") == 0; i++)
	{
		char		date[MO_DATE_TEXT];
		const char *values[1] = {mo_date_text(load->months[i], date)};
		char		error[800];
		char		sqlstate[6];
		PGresult   *result = mo_query(load->connection, "select mo_data.prescribing_index($1)", 1, values, error, sizeof(error), sqlstate);

		if (result == NULL)
			fprintf(stderr, "%s: loaded, but without the index of %s: %s\n", load->name, values[0], error);
		PQclear(result);
	}
}

static void
conclude(mo_load *load)
{
	PGresult   *result = NULL;
	PGresult   *table = NULL;
	int64_t		rejected = load->rejects.count;
	double		seconds;

	if (load->connection != NULL && (result = finish(load, &table)) == NULL)
	{
		PQclear(table);
		return;
	}
	if (result != NULL)
		rejected = atoll(PQgetvalue(result, 0, 2));
	seconds = mo_report_seconds(&load->report);
	if (result != NULL && !load->options->dry_run)
		make_indexes(load);
	show_rejects(load, table, rejected);
	PQclear(table);
	load->exit_code = rejected > 0 ? MO_EXIT_REJECTS : MO_EXIT_DONE;
	if (!load->options->quiet)
	{
		printf("%s: %s", load->name, load->format->name);
		show_months(load);
		printf(": %s rows read, %s kept, %s rejected", mo_thousands(load->rows_read), mo_thousands(load->rows_read - rejected), mo_thousands(rejected));
		if (result != NULL)
			printf(", %s replaced", mo_thousands(atoll(PQgetvalue(result, 0, 3))));
		if (load->options->dry_run)
			printf(" (dry run: nothing was loaded)\n");
		else
			printf(" (batch %d, %.2f s, %.0f MB/s)\n", load->batch_id, seconds,
				   (double) load->input.text_bytes / 1e6 / (seconds > 0 ? seconds : 1));
		if (result != NULL ? PQgetvalue(result, 0, 4)[0] != '\0' : load->note[0] != '\0')
		{
			printf("  ");
			mo_print_value(stdout, result != NULL ? PQgetvalue(result, 0, 4) : load->note);
			printf("\n");
		}
		fflush(stdout);
	}
	PQclear(result);
}

/* Rolls back, and leaves a record that the file was refused where the server still listens. */
static void
record_failure(mo_load *load, PGconn *connection)
{
	char		bytes[24];
	char		rows[24];
	char		hex[MO_SHA256_HEX];
	char		safe[900];
	char		message[1000];
	char		error[800];
	char		sqlstate[6];
	const char *values[9] = {load->options->source, load->name, mo_sha256_hex(&load->input.sha, hex), bytes,
	load->format != NULL ? load->format->name : "unknown", rows, message, load->options->part, load->settings};
	PGresult   *result;

	if (load->format != NULL && load->format->abandon != NULL)
		load->format->abandon(load);
	if (connection == NULL || PQstatus(connection) != CONNECTION_OK)
		return;
	load->copy.active = load->copy.active && load->copy.connection == connection;
	mo_copy_abandon(&load->copy, "the load was given up");
	if (PQtransactionStatus(connection) != PQTRANS_IDLE)
		PQclear(PQexec(connection, "rollback"));
	if (load->options->dry_run || load->exit_code == MO_EXIT_NOTHING || load->exit_code == MO_EXIT_USAGE)
		return;
	snprintf(bytes, sizeof(bytes), "%" PRId64, load->input.file_bytes);
	snprintf(rows, sizeof(rows), "%" PRId64, load->rows_read);
	mo_printable(load->error, strlen(load->error), safe, sizeof(safe));
	if (load->fault_line > 0)
		snprintf(message, sizeof(message), "line %" PRId64 ": %s", load->fault_line, safe);
	else
		snprintf(message, sizeof(message), "%s", safe);
	PQclear(PQexec(connection, "begin"));
	result = mo_query(connection, "select mo_data.load_failed($1, $2, $3, $4, $5, $6, $7, $8, $9)", 9, values, error, sizeof(error), sqlstate);
	if (result != NULL)
	{
		PGresult   *sent = NULL;

		mo_rejects_send(&load->rejects, connection, atoi(PQgetvalue(result, 0, 0)), REJECTS_OF_FAILED, &sent);
		PQclear(sent);
	}
	PQclear(result);
	PQclear(PQexec(connection, "commit"));
}

static void
say_failure(const mo_load *load)
{
	FILE	   *out = load->exit_code == MO_EXIT_NOTHING ? stdout : stderr;

	if (load->options->quiet && load->exit_code == MO_EXIT_NOTHING)
		return;
	fprintf(out, "%s:", load->name);
	if (load->fault_line > 0)
		fprintf(out, "%" PRId64 ":", load->fault_line);
	fputc(' ', out);
	mo_print_value(out, load->error);
	fputs(load->exit_code == MO_EXIT_NOTHING ? ": nothing to do\n" : " (nothing of it was kept)\n", out);
	fflush(out);
}

int
mo_load_file(mo_session *session, const mo_options *options, const char *path)
{
	static mo_load load;
	const char *base = mo_base_name(path);

	memset(&load, 0, sizeof(load));
	load.options = options;
	load.path = path;
	load.input.file = -1;
	load.connection = session->connection;
	load.side = session->side;
	mo_printable(base, strlen(base), load.name, sizeof(load.name));
	describe_settings(&load);
	mo_report_begin(&load.report, load.name, options->quiet);

	if (read_file(&load) && !mo_mostly_rejected(&load))
		conclude(&load);
	mo_report_end(&load.report);
	if (load.exit_code != MO_EXIT_DONE && load.exit_code != MO_EXIT_REJECTS)
	{
		record_failure(&load, session->connection);
		say_failure(&load);
	}
	if (load.format != NULL && load.format->discard != NULL)
		load.format->discard(&load);
	mo_copy_free(&load.copy);
	mo_rejects_close(&load.rejects);
	mo_csv_close(&load.csv);
	mo_input_close(&load.input);
	return load.exit_code;
}
