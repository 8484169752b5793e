/*
 * load_prescribing_store.c
 *		Where the rows, names and rejected lines of a file go that the server reads itself: ../client/prescribing_store.h,
 *		with sinks in place of connections.
 */
#include "mo.h"

#include "../client/prescribing_store.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "load_prescribing.h"
#include "prescribing_sink.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

struct mo_store
{
	MemoryContext memory;
	mo_sink    *sinks[MO_MAX_MONTHS];
};

mo_store *
mo_store_begin(mo_load *load)
{
	mo_store   *store = palloc0(sizeof(mo_store));

	store->memory = CurrentMemoryContext;
	return store;
}

/* A prepared statement; SPI is connected. */
static SPIPlanPtr
prepare(const char *sql, int count, Oid *types)
{
	SPIPlanPtr	plan = SPI_prepare(sql, count, types);

	if (plan == NULL)
		elog(ERROR, "cannot prepare \"%s\": %s", sql, SPI_result_code_string(SPI_result));
	return plan;
}

static void
execute(SPIPlanPtr plan, Datum *values, const char *nulls)
{
	int			result = SPI_execute_plan(plan, values, nulls, false, 0);

	if (result < 0)
		elog(ERROR, "a statement of a load failed: %s", SPI_result_code_string(result));
}

/* The staging table of a month, made when its first row comes. */
static mo_sink *
open_month(mo_load *load, mo_store *store, int month_index)
{
	Oid			types[2] = {INT4OID, DATEOID};
	Datum		values[2] = {Int32GetDatum(load->batch_id), Int32GetDatum(load->months[month_index])};
	MemoryContext before;

	SPI_connect();
	execute(prepare("select mo_data.prescribing_stage($1, $2)", 2, types), values, NULL);
	SPI_finish();
	before = MemoryContextSwitchTo(store->memory);
	store->sinks[month_index] = mo_sink_open(NULL, store->memory, load->batch_id, load->months[month_index]);
	MemoryContextSwitchTo(before);
	return store->sinks[month_index];
}

bool
mo_store_row(mo_load *load, mo_store *store, int month_index, const mo_prescription *row)
{
	mo_sink    *sink = store->sinks[month_index];

	if (sink == NULL)
		sink = open_month(load, store, month_index);
	mo_sink_add(sink, row);
	return true;
}

static void
close_sinks(mo_store *store)
{
	for (int i = 0; i < MO_MAX_MONTHS; i++)
		if (store->sinks[i] != NULL)
		{
			mo_sink_close(store->sinks[i]);
			store->sinks[i] = NULL;
		}
}

/* Memory of a row's values is given back after each. */
static void
store_names(const mo_codes *presentations)
{
	Oid			types[3] = {TEXTOID, TEXTOID, TEXTOID};
	SPIPlanPtr	plan = prepare("insert into pg_temp.stage_bnf (bnf_code, name, chemical_name) values ($1, $2, $3)", 3, types);
	MemoryContext memory = AllocSetContextCreate(CurrentMemoryContext, "names of presentations", ALLOCSET_SMALL_SIZES);
	MemoryContext before = MemoryContextSwitchTo(memory);

	for (size_t i = 0; i < presentations->size; i++)
	{
		const mo_code *code = &presentations->entries[i];
		Datum		values[3] = {0};

		if (code->text[0] == NULL)
			continue;
		values[0] = mo_server_text((const char *) code->key, code->length);
		values[1] = mo_server_text(code->text[0], code->text_length[0]);
		if (code->text_length[1] > 0)
			values[2] = mo_server_text(code->text[1], code->text_length[1]);
		execute(plan, values, code->text_length[1] > 0 ? NULL : "  n");
		MemoryContextReset(memory);
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(memory);
}

static void
store_practices(const mo_codes *practices)
{
	Oid			types[2] = {TEXTOID, INT8OID};
	SPIPlanPtr	plan = prepare("insert into pg_temp.stage_practice (practice_code, row_count) values ($1, $2)", 2, types);

	for (size_t i = 0; i < practices->size; i++)
	{
		const mo_code *code = &practices->entries[i];
		Datum		values[2];

		if (code->length == 0)
			continue;
		values[0] = mo_server_text((const char *) code->key, code->length);
		values[1] = Int64GetDatum(code->count);
		execute(plan, values, NULL);
	}
}

bool
mo_store_end(mo_load *load, mo_store *store, const mo_codes *presentations, const mo_codes *practices)
{
	close_sinks(store);
	SPI_connect();
	store_names(presentations);
	store_practices(practices);
	SPI_finish();
	return true;
}

/* The file is refused, but no error was raised: the tables have to be closed. */
void
mo_store_abandon(mo_store *store)
{
	close_sinks(store);
}

/* Called after an error too, when sinks are no longer ours to close: the transaction has taken them back. */
void
mo_store_free(mo_load *load, mo_store *store)
{
	pfree(store);
}

void
mo_store_rejects(mo_load *load)
{
	Oid			types[5] = {INT4OID, INT8OID, TEXTOID, TEXTOID, TEXTOID};
	mo_reject_entry *entry;
	MemoryContext memory;
	MemoryContext before;
	SPIPlanPtr	plan;

	if (load->rejects.count == 0)
		return;
	entry = palloc(sizeof(mo_reject_entry));
	SPI_connect();
	plan = prepare("insert into mo_data.load_reject (batch_id, line_no, column_name, reason, line) values ($1, $2, $3, $4, $5)", 5, types);
	memory = AllocSetContextCreate(CurrentMemoryContext, "rejected lines", ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(memory);
	mo_rejects_rewind(&load->rejects);
	while (mo_rejects_next(&load->rejects, entry))
	{
		Datum		values[5] = {Int32GetDatum(load->batch_id), Int64GetDatum(entry->line_no)};

		values[2] = mo_server_text(entry->column, strlen(entry->column));
		values[3] = mo_server_text(entry->reason, strlen(entry->reason));
		values[4] = mo_server_text(entry->line, strlen(entry->line));
		execute(plan, values, entry->column[0] == '\0' ? "  n  " : NULL);
		MemoryContextReset(memory);
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(memory);
	SPI_finish();
}
