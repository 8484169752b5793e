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
	int			used = snprintf(store->names, sizeof(store->names), "practice_code, bnf_code, items, unidentified");

	store->columns = 4;
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

/* Asks on the first connection that will commit before the others look: a side one where there is one. */
static PGresult *
ask(mo_load *load, mo_store *store, const char *sql, int32_t month, bool tell)
{
	mo_stream  *stream = &store->streams.stream[store->streams.count > 1 ? 1 : 0];
	char		batch[16];
	char		date[MO_DATE_TEXT];
	char		error[800];
	char		sqlstate[6];
	const char *values[2] = {batch, month == MO_NO_MONTH ? NULL : mo_date_text(month, date)};
	PGresult   *result;

	if (tell && !mo_stream_end(load, stream))
		return NULL;
	snprintf(batch, sizeof(batch), "%d", load->batch_id);
	result = mo_query(stream->copy.connection, sql, month == MO_NO_MONTH ? 1 : 2, values, error, sizeof(error), sqlstate);
	if (result == NULL && tell)
		mo_fail(load, MO_EXIT_DATABASE, 0, "%s", error);
	return result;
}

static bool
make_table(mo_load *load, mo_store *store, int month_index)
{
	PGresult   *result;

	if (store->streams.count == 0)
		connect_streams(load, store);
	result = ask(load, store, "select mo_data.prescribing_stage($1, $2)", load->months[month_index], true);
	if (result == NULL)
		return false;
	snprintf(store->tables[month_index], sizeof(store->tables[0]), "%s (%s)", PQgetvalue(result, 0, 0), store->names);
	PQclear(result);
	return true;
}

static bool
send_block(mo_load *load, mo_store *store, int month_index)
{
	if (store->tables[month_index][0] == '\0' && !make_table(load, store, month_index))
		return false;
	return mo_streams_send(load, &store->streams, month_index, store->tables[month_index], store->blocks[month_index]);
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
	mo_copy    *block = store->blocks[row->month_index];

	if (load->connection == NULL)
		return true;			/* a rehearsal */
	if (block == NULL && (block = store->blocks[row->month_index] = calloc(1, sizeof(mo_copy))) == NULL)
		return mo_fail(load, MO_EXIT_FILE, 0, "out of memory");
	if (block->used >= MO_COPY_CHUNK && !send_block(load, store, row->month_index))
		return false;
	mo_copy_row(block, store->columns);
	mo_put_text(block, row->practice, row->practice_length);
	mo_put_text(block, row->bnf, row->bnf_length);
	mo_put_int4(block, (int32_t) row->items);
	mo_put_bool(block, row->unidentified);
	for (int i = 0; i < 3; i++)
		if (store->has[i])
			put_optional_float8(block, row->quantity[i]);
	for (int i = 0; i < 2; i++)
		if (store->has[3 + i])
			put_optional_int8(block, row->money[i], INT64_MIN);
	if (store->has[5])
		put_optional_int8(block, row->snomed, 0);
	return true;
}

bool
mo_store_end(mo_load *load, mo_store *store)
{
	for (int i = 0; i < load->month_count; i++)
		if (store->blocks[i] != NULL && !send_block(load, store, i))
			return false;
	return mo_streams_end(load, &store->streams);
}

void
mo_store_abandon(mo_store *store)
{
	mo_streams_abandon(&store->streams);
}

void
mo_store_free(mo_load *load, mo_store *store)
{
	bool		kept = load->exit_code == MO_EXIT_DONE || load->exit_code == MO_EXIT_REJECTS;

	if (!kept && store->streams.count > 1)
		PQclear(ask(load, store, "select mo_data.prescribing_unstage($1)", MO_NO_MONTH, false));
	for (int i = 0; i < MO_MAX_MONTHS; i++)
	{
		if (store->blocks[i] != NULL)
			mo_copy_free(store->blocks[i]);
		free(store->blocks[i]);
	}
	mo_streams_free(&store->streams);
}
