#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "database.h"
#include "dates.h"
#include "prescribing.h"
#include "prescribing_store.h"

/* A file below this is sent sooner than a second connection is made; gzip takes a tenth of what it holds. */
#define ALONE ((int64_t) 4 << 20)
#define ALONE_GZIP (ALONE / 10)

static const struct
{
	int			column;
	const char *name;
} sometimes[] = {{P_QUANTITY, "quantity"}, {P_TOTAL, "total_quantity"}, {P_ADQ, "adq_usage"}, {P_NIC, "nic_e5"},
{P_COST, "actual_cost_e5"}, {P_SNOMED, "snomed_code"}};

void
mo_store_begin(mo_load *load, mo_store *store)
{
	int			used = snprintf(store->names, sizeof(store->names), "practice_code, bnf_code, items");

	store->columns = 3;
	for (int i = 0; i < 6; i++)
	{
		store->has[i] = load->bindings[sometimes[i].column].column != -1;
		if (!store->has[i])
			continue;
		used += snprintf(store->names + used, sizeof(store->names) - (size_t) used, ", %s", sometimes[i].name);
		store->columns++;
	}
}

/* The connections that rows are dealt to, made when there are rows: that of the load, and for a large file others beside it. */
static void
connect_streams(mo_load *load, mo_store *store)
{
	bool		small = load->input.file_bytes > 0 && load->input.file_bytes < (load->input.is_gzip ? ALONE_GZIP : ALONE);
	int			wanted = small ? 1 : load->options->connections;

	mo_streams_add(&store->streams, load->connection);
	for (int i = 0; i < wanted - 1; i++)
	{
		if (load->side[i] == NULL)
			load->side[i] = mo_connect(load->options->dbname);
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
	snprintf(store->tables[month_index], sizeof(store->tables[0]), "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
	return true;
}

/* That a prescriber is unidentified is sent only when it is so: hardly any is, and false is the default. */
static bool
send_block(mo_load *load, mo_store *store, int month_index, int unidentified)
{
	char		target[400];

	if (load->connection == NULL)
	{
		store->blocks[month_index][unidentified]->used = 0; /* a rehearsal */
		return true;
	}
	if (store->tables[month_index][0] == '\0' && !make_table(load, store, month_index))
		return false;
	snprintf(target, sizeof(target), "%s (%s%s)", store->tables[month_index], store->names, unidentified ? ", unidentified" : "");
	return mo_streams_send(load, &store->streams, 2 * month_index + unidentified, target, store->blocks[month_index][unidentified]);
}

static inline void
put_optional_float8(mo_copy *copy, double value)
{
	if (isnan(value))
		mo_put_null(copy);
	else
		mo_put_float8(copy, value);
}

static inline void
put_optional_int8(mo_copy *copy, int64_t value, int64_t null)
{
	if (value == null)
		mo_put_null(copy);
	else
		mo_put_int8(copy, value);
}

bool
mo_store_row(mo_load *load, mo_store *store, const mo_prescription *row)
{
	mo_copy   **place = &store->blocks[row->month_index][row->unidentified];
	mo_copy    *block = *place;

	if (block == NULL && (block = *place = calloc(1, sizeof(mo_copy))) == NULL)
		return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
	if (block->used >= MO_COPY_CHUNK && !send_block(load, store, row->month_index, row->unidentified))
		return false;
	mo_copy_row(block, store->columns + row->unidentified);
	mo_put_text(block, row->practice, row->practice_length);
	mo_put_text(block, row->bnf, row->bnf_length);
	mo_put_int4(block, (int32_t) row->items);
	for (int i = 0; i < 3; i++)
		if (store->has[i])
			put_optional_float8(block, row->quantity[i]);
	for (int i = 0; i < 2; i++)
		if (store->has[3 + i])
			put_optional_int8(block, row->money[i], INT64_MIN);
	if (store->has[5])
		put_optional_int8(block, row->snomed, 0);
	if (row->unidentified)
		mo_put_bool(block, true);
	return true;
}

bool
mo_store_end(mo_load *load, mo_store *store)
{
	for (int i = 0; i < 2 * load->month_count; i++)
		if (store->blocks[i / 2][i % 2] != NULL && !send_block(load, store, i / 2, i % 2))
			return false;
	return mo_streams_end(load, &store->streams);
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
	for (int i = 0; i < 2 * MO_MAX_MONTHS; i++)
	{
		if (store->blocks[i / 2][i % 2] != NULL)
			mo_copy_free(store->blocks[i / 2][i % 2]);
		free(store->blocks[i / 2][i % 2]);
	}
	mo_streams_free(&store->streams);
}
