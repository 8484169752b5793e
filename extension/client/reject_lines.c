/*
 * reject_lines.c
 *		What stood on the lines that the server rejected. It is not sent with every row, as mostly nobody asks: the file
 *		is read once more when there are such lines.
 */
#include <stdlib.h>
#include <string.h>
#include <libpq-fe.h>

#include "load_file.h"
#include "text.h"

/* Copies the lines with these numbers, which are in order, to the server. */
static bool
send_lines(mo_load *load, const PGresult *wanted)
{
	static mo_csv_row row;
	mo_input	input = {.file = -1};
	mo_csv		csv;
	int			next = 0;

	if (!mo_input_open(&input, load->path) || !mo_csv_open(&csv, mo_input_read, &input))
	{
		mo_input_close(&input);
		return true;			/* a pipe, say: rejected all the same */
	}
	while (next < PQntuples(wanted) && mo_csv_next(&csv, &row) == MO_CSV_ROW)
		if (row.line == atoll(PQgetvalue(wanted, next, 0)))
		{
			mo_put_line(load, &row, 2);
			next++;
		}
	mo_csv_close(&csv);
	mo_input_close(&input);
	return true;
}

bool
mo_reject_lines(mo_load *load)
{
	char		batch[16];
	const char *values[1] = {batch};
	PGresult   *wanted;
	bool		good = true;

	snprintf(batch, sizeof(batch), "%d", load->batch_id);
	wanted = mo_ask(load, "select distinct line_no from mo_data.load_reject where batch_id = $1 and line is null order by line_no", 1, values);
	if (wanted == NULL)
		return false;
	if (PQntuples(wanted) > 0)
	{
		good = mo_run(load, "create temporary table reject_line (line_no bigint, line text) on commit drop") &&
			mo_stage_begin(load, "pg_temp.reject_line (line_no, line)") && send_lines(load, wanted) && mo_stage_end(load);
		if (good)
		{
			PGresult   *result = mo_ask(load, "update mo_data.load_reject r set line = left(l.line, 1000) from pg_temp.reject_line l "
										"where r.batch_id = $1 and r.line_no = l.line_no and r.line is null", 1, values);

			good = result != NULL;
			PQclear(result);
		}
	}
	PQclear(wanted);
	return good;
}
