#include <stdio.h>
#include <stdlib.h>
#include <libpq-fe.h>

#include "database.h"
#include "dates.h"
#include "prescribing.h"
#include "prescribing_store.h"
#include "streams.h"

/* A file below this is sent sooner than a second connection is made; gzip takes a tenth of what it holds. */
#define ALONE ((int64_t) 4 << 20)
#define ALONE_GZIP (ALONE / 10)

/* Bytes of a block: some 4,000 rows. */
#define BLOCK ((size_t) 1 << 16)

struct mo_store
{
	mo_streams	streams;
	mo_block_writer blocks[MO_MAX_MONTHS];	/* rows of a month waiting to be sent; data is NULL: none so far */
	bool		staged[MO_MAX_MONTHS];	/* the month has its table */
};

/* The connections that rows are dealt to, made when there are rows: that of the load, and for a large file others beside it. */
static void
connect_streams(mo_load *load, mo_store *store)
{
	bool		small = load->input.file_bytes > 0 && load->input.file_bytes < (load->input.is_gzip ? ALONE_GZIP : ALONE);
	int			wanted = small ? 1 : load->options->connections;

	mo_streams_add(&store->streams, load->connection);
	for (int i = 0; i < wanted - 1; i++)
	{
		if (load->side[i] == NULL && (load->side[i] = mo_connect(load->options->dbname)) != NULL)
			PQclear(PQexec(load->side[i], "set synchronous_commit = off")); /* the commit of the load waits for all that was logged before it */
		if (load->side[i] == NULL)
			break;				/* it has been said why: what there is will do */
		mo_streams_add(&store->streams, load->side[i]);
	}
}

/* A function of ours that is given the load and a month. NULL: `error` says why. */
static PGresult *
ask(PGconn *connection, const char *sql, int32_t batch_id, int32_t month, char *error, size_t size)
{
	char		batch[16];
	char		date[MO_DATE_TEXT];
	char		sqlstate[6];
	const char *values[2] = {batch, month == MO_NO_MONTH ? NULL : mo_date_text(month, date)};

	snprintf(batch, sizeof(batch), "%d", batch_id);
	return mo_query(connection, sql, month == MO_NO_MONTH ? 1 : 2, values, error, size, sqlstate);
}

/* With several connections the table has to be there for all of them: made on a side one, it is committed at once. */
static bool
make_table(mo_load *load, mo_store *store, int month_index)
{
	mo_stream  *stream;
	PGresult   *result;
	char		error[800];

	if (store->streams.count == 0)
		connect_streams(load, store);
	stream = &store->streams.stream[store->streams.count > 1 ? 1 : 0];
	if (!mo_stream_end(load, stream))
		return false;
	result = ask(stream->copy.connection, "select mo_data.prescribing_stage($1, $2)", load->batch_id, load->months[month_index],
				 error, sizeof(error));
	if (result == NULL)
		return mo_fail(load, MO_EXIT_DATABASE, 0, "%s", error);
	PQclear(result);
	return store->staged[month_index] = true;
}

static bool
send_block(mo_load *load, mo_store *store, int month_index)
{
	mo_block_writer *block = &store->blocks[month_index];
	bool		good = true;

	if (load->connection != NULL)	/* NULL: a rehearsal */
	{
		mo_block_end(block);
		good = (store->staged[month_index] || make_table(load, store, month_index)) &&
			mo_streams_send(load, &store->streams, "mo_data.prescribing_rows (block)", block->data, block->used);
	}
	mo_block_begin(block, load->batch_id, load->months[month_index]);
	return good;
}

mo_store *
mo_store_begin(mo_load *load)
{
	(void) load;
	return calloc(1, sizeof(mo_store));
}

bool
mo_store_row(mo_load *load, mo_store *store, int month_index, const mo_prescription *row)
{
	mo_block_writer *block = &store->blocks[month_index];

	if (block->data == NULL)
	{
		if ((block->data = malloc(BLOCK)) == NULL)
			return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
		mo_block_begin(block, load->batch_id, load->months[month_index]);
	}
	if (block->used + MO_BLOCK_ROW_MAX > BLOCK && !send_block(load, store, month_index))
		return false;
	mo_block_put(block, row);
	return true;
}

static bool
send_names(mo_load *load, const mo_codes *presentations)
{
	if (!mo_stage_begin(load, "pg_temp.stage_bnf (bnf_code, name, chemical_name)"))
		return false;
	for (size_t i = 0; i < presentations->size; i++)
	{
		const mo_code *code = &presentations->entries[i];

		if (code->text[0] == NULL)
			continue;
		mo_copy_row(&load->copy, 3);
		mo_put_text(&load->copy, (const char *) code->key, code->length);
		mo_put_text(&load->copy, code->text[0], code->text_length[0]);
		mo_put_text_or_null(&load->copy, code->text[1], code->text_length[1]);
	}
	return mo_stage_end(load);
}

static bool
send_practices(mo_load *load, const mo_codes *practices)
{
	if (!mo_stage_begin(load, "pg_temp.stage_practice (practice_code, row_count)"))
		return false;
	for (size_t i = 0; i < practices->size; i++)
	{
		const mo_code *code = &practices->entries[i];

		if (code->length == 0)
			continue;
		mo_copy_row(&load->copy, 2);
		mo_put_text(&load->copy, (const char *) code->key, code->length);
		mo_put_int8(&load->copy, code->count);
	}
	return mo_stage_end(load);
}

bool
mo_store_end(mo_load *load, mo_store *store, const mo_codes *presentations, const mo_codes *practices)
{
	for (int i = 0; i < load->month_count; i++)
		if (store->blocks[i].data != NULL && !send_block(load, store, i))
			return false;
	return mo_streams_end(load, &store->streams) &&
		(load->connection == NULL || (send_names(load, presentations) && send_practices(load, practices)));
}

void
mo_store_abandon(mo_store *store)
{
	mo_streams_abandon(&store->streams);
}

/* Drops the staging tables of a load that failed, over whichever connection is still there. */
static void
drop_tables(const mo_load *load, const mo_streams *streams)
{
	for (int i = streams->count - 1; i >= 0; i--)
	{
		char		error[800];
		PGresult   *result = ask(streams->stream[i].copy.connection, "select mo_data.prescribing_unstage($1)", load->batch_id, MO_NO_MONTH,
							 error, sizeof(error));

		PQclear(result);
		if (result != NULL)
			return;
	}
}

void
mo_store_free(mo_load *load, mo_store *store)
{
	if (load->exit_code != MO_EXIT_DONE && load->exit_code != MO_EXIT_REJECTS && store->streams.count > 1)
		drop_tables(load, &store->streams);
	for (int i = 0; i < MO_MAX_MONTHS; i++)
		free(store->blocks[i].data);
	mo_streams_free(&store->streams);
	free(store);
}
