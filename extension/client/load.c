/*
 * load.c
 *		A load and its transaction: beginning it, asking the server, and what it says no to. rows.c reads the file.
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

void
mo_step(mo_load *load)
{
	mo_report_step(&load->report, load->rows_read, load->input.read_bytes, load->input.file_bytes, load->input.text_bytes);
	if (load->copy.failed)
		mo_fail_database(load, load->connection, NULL);
}
