/*
 * stage.c
 *		Rows into the staging tables of a load, and rejected lines into theirs.
 */
#include <libpq-fe.h>

#include "load.h"
#include "text.h"

void
mo_put_date(mo_copy *copy, bool given, int32_t day)
{
	if (given)
		mo_put_int4(copy, day);
	else
		mo_put_null(copy);
}

void
mo_put_line(mo_load *load, const mo_csv_row *row, int columns)
{
	char		line[4 * MO_REJECT_LINE + 16];
	size_t		kept = row->raw_length < MO_REJECT_LINE ? row->raw_length : MO_REJECT_LINE;

	mo_copy_row(&load->copy, columns);
	mo_put_int8(&load->copy, row->line);
	mo_printable(row->raw, kept, line, sizeof(line));
	mo_put_text(&load->copy, line, strlen(line));
}

bool
mo_stage_begin(mo_load *load, const char *target)
{
	PGresult   *result;

	if (!mo_copy_begin(&load->copy, load->connection, target, &result))
		return mo_fail_database(load, load->connection, result);
	PQclear(result);
	return true;
}

bool
mo_stage_end(mo_load *load)
{
	PGresult   *result;

	if (!mo_copy_end(&load->copy, &result))
		return mo_fail_database(load, load->connection, result);
	PQclear(result);
	return true;
}

bool
mo_rejects_send(mo_rejects *rejects, PGconn *connection, int32_t batch_id, int64_t most, PGresult **result)
{
	mo_copy		copy = {0};
	mo_reject_entry entry;
	bool		good;

	*result = NULL;
	if (rejects->count == 0)
		return true;
	good = mo_copy_begin(&copy, connection, "mo_data.load_reject (batch_id, line_no, column_name, reason, line)", result);
	if (good)
	{
		PQclear(*result);
		mo_rejects_rewind(rejects);
		for (int64_t i = 0; i < most && mo_rejects_next(rejects, &entry); i++)
		{
			mo_copy_row(&copy, 5);
			mo_put_int4(&copy, batch_id);
			mo_put_int8(&copy, entry.line_no);
			mo_put_text_or_null(&copy, entry.column, strlen(entry.column));
			mo_put_text(&copy, entry.reason, strlen(entry.reason));
			mo_put_text(&copy, entry.line, strlen(entry.line));
		}
		good = mo_copy_end(&copy, result);
	}
	mo_copy_free(&copy);
	return good;
}
