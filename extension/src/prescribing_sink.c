/*
 * prescribing_sink.c
 *		Tuples of prescribing, made and inserted a few hundred at a time.
 *
 * What is the same in every row of a staging table (month, load) is checked with its first row. Every row is checked
 * only where a site has added a column, a check or a default of its own.
 */
#include "mo.h"

#include <math.h>

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "access/xlog.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "prescribing_pages.h"
#include "prescribing_sink.h"
#include "prescribing_sums.h"
#include "prescribing_tuple.h"
#include "rewrite/rewriteHandler.h"
#include "stats/nhs_calendar.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/memutils.h"
#include "utils/rls.h"

#define SINK_ROWS 256

/* The columns of mo_data.prescribing, in whatever order the table has them. */
enum
{
	C_MONTH, C_PRACTICE, C_BNF, C_ITEMS, C_QUANTITY, C_TOTAL, C_ADQ, C_NIC, C_COST, C_SNOMED, C_UNIDENTIFIED, C_BATCH, C_COUNT
};

static const struct
{
	const char *name;
	Oid			type;
}			columns[C_COUNT] = {
	{"month", DATEOID}, {"practice_code", TEXTOID}, {"bnf_code", TEXTOID}, {"items", INT4OID}, {"quantity", FLOAT8OID},
	{"total_quantity", FLOAT8OID}, {"adq_usage", FLOAT8OID}, {"nic_e5", INT8OID}, {"actual_cost_e5", INT8OID},
	{"snomed_code", INT8OID}, {"unidentified", BOOLOID}, {"batch_id", INT4OID}
};

struct mo_sink
{
	Relation	relation;
	TupleDesc	desc;			/* a copy, which slots need not keep count of */
	ResultRelInfo *target;
	EState	   *estate;
	BulkInsertState bulk;
	mo_pages_list page_list;
	mo_pages   *pages;			/* of this table */
	CommandId	command;
	int			place[C_COUNT]; /* of a column among the attributes, from 0 */
	ExprState **defaults;		/* of the site's own columns; NULL: none has one */
	char	   *tuples;			/* room for those that are waiting, where they are formed in place; else NULL */
	int32		batch_id;
	int32		month;
	bool		check_every_row;
	bool		checked;		/* one row has been */
	Datum	   *values;
	bool	   *nulls;
	char		practice[1 + MO_PRACTICE_MAX];	/* texts as tuples hold them: a byte of length before */
	char		bnf[1 + MO_BNF_MAX];
	MemoryContext rows;			/* tuples that are waiting */
	TupleTableSlot *slots[SINK_ROWS];
	int			used;
	mo_sums		sums;
};

void
mo_sink_table(int32 batch_id, int32 month, char *name)
{
	mo_civil	civil = mo_civil_from_days(month);

	snprintf(name, NAMEDATALEN, "prescribing_stage_%d_%04d_%02d", batch_id, (int) civil.year, civil.month);
}

/* The staging table, locked, if the caller may insert into it. */
static Relation
open_stage(int32 batch_id, int32 month)
{
	char		name[NAMEDATALEN];
	Oid			schema = get_namespace_oid("mo_data", true);
	Oid			table;
	AclResult	allowed;

	mo_sink_table(batch_id, month, name);
	table = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
	if (!OidIsValid(table) || get_rel_relkind(table) != RELKIND_RELATION)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no staging table mo_data.%s", name),
				 errhint("mo_data.prescribing_stage(batch_id, month) makes it.")));
	allowed = pg_class_aclcheck(table, GetUserId(), ACL_INSERT);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, OBJECT_TABLE, name);
	return table_open(table, RowExclusiveLock);
}

static void
refuse_table(Relation relation, const char *why)
{
	ereport(ERROR,
			(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
			 errmsg("mo_data.%s is not a staging table that rows can be put into: %s", RelationGetRelationName(relation), why),
			 errhint("It has to be as mo_data.prescribing_stage makes it.")));
}

/* A column that is not ours takes its default, or null. */
static void
prepare_default(mo_sink *sink, int attribute)
{
	Node	   *expression = build_column_default(sink->relation, attribute + 1);

	sink->check_every_row = true;
	if (expression == NULL)
		return;
	if (sink->defaults == NULL)
		sink->defaults = palloc0(sink->desc->natts * sizeof(ExprState *));
	sink->defaults[attribute] = ExecPrepareExpr((Expr *) expression, sink->estate);
}

static void
find_columns(mo_sink *sink)
{
	TupleDesc	desc = sink->desc;

	for (int c = 0; c < C_COUNT; c++)
		sink->place[c] = -1;
	for (int a = 0; a < desc->natts; a++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, a);
		int			c = 0;

		sink->nulls[a] = true;
		if (attribute->attisdropped)
			continue;
		while (c < C_COUNT && strcmp(NameStr(attribute->attname), columns[c].name) != 0)
			c++;
		if (c < C_COUNT && attribute->atttypid == columns[c].type)
			sink->place[c] = a;
		else
			prepare_default(sink, a);
	}
	for (int c = 0; c < C_COUNT; c++)
		if (sink->place[c] < 0)
			refuse_table(sink->relation, psprintf("its column %s is not there or of another type", columns[c].name));
}

/* What COPY would refuse or has to do more for. */
static void
check_table(mo_sink *sink)
{
	Relation	relation = sink->relation;
	TupleConstr *constraints = RelationGetDescr(relation)->constr;

	if (relation->rd_rel->relispartition)
		refuse_table(relation, "it is a partition");
	/* prescribing_stage's own is for statements that write into it, which this is not. */
	for (int i = 0; relation->trigdesc != NULL && i < relation->trigdesc->numtriggers; i++)
		if (strcmp(relation->trigdesc->triggers[i].tgname, "prescribing_unsummed") != 0)
			refuse_table(relation, "it has a trigger");
	if (check_enable_rls(RelationGetRelid(relation), InvalidOid, true) == RLS_ENABLED)
		refuse_table(relation, "it has row-level security");
	if (constraints != NULL && constraints->has_generated_stored)
		refuse_table(relation, "it has a generated column");
	if (constraints != NULL)
		for (int i = 0; i < constraints->num_check; i++)
			if (strcmp(constraints->check[i].ccname, "one_month") != 0)
				sink->check_every_row = true;
}

/* What outlives a table: the slots, and the ring of buffers that keeps a large load from emptying the cache. */
static mo_sink *
new_sink(MemoryContext memory, Relation relation)
{
	MemoryContext before = MemoryContextSwitchTo(memory);
	mo_sink    *sink = palloc0(sizeof(mo_sink));

	sink->desc = CreateTupleDescCopy(RelationGetDescr(relation));
	sink->bulk = GetBulkInsertState();
	sink->tuples = mo_tuple_fits(sink->desc) ? palloc(SINK_ROWS * MO_TUPLE_SIZE) : NULL;
	for (int i = 0; i < SINK_ROWS; i++)
		sink->slots[i] = MakeSingleTupleTableSlot(sink->desc, &TTSOpsHeapTuple);
	MemoryContextSwitchTo(before);
	return sink;
}

/* Whether slots made for one table hold the rows of another. Defaults and checks may differ. */
static bool
same_columns(TupleDesc one, TupleDesc other)
{
	if (one->natts != other->natts)
		return false;
	for (int a = 0; a < one->natts; a++)
	{
		Form_pg_attribute x = TupleDescAttr(one, a);
		Form_pg_attribute y = TupleDescAttr(other, a);

		if (strcmp(NameStr(x->attname), NameStr(y->attname)) != 0 || x->atttypid != y->atttypid || x->attlen != y->attlen ||
			x->attalign != y->attalign || x->attstorage != y->attstorage || x->attisdropped != y->attisdropped)
			return false;
	}
	return true;
}

static void
free_sink(mo_sink *sink)
{
	for (int i = 0; i < SINK_ROWS; i++)
		ExecDropSingleTupleTableSlot(sink->slots[i]);
	FreeBulkInsertState(sink->bulk);
	FreeTupleDesc(sink->desc);
	if (sink->tuples != NULL)
		pfree(sink->tuples);
	pfree(sink);
}

mo_sink *
mo_sink_open(mo_sink *again, MemoryContext memory, int32 batch_id, int32 month)
{
	Relation	relation;
	mo_sink    *sink = again;

	PreventCommandIfReadOnly("loading prescribing");
	PreventCommandIfParallelMode("loading prescribing");
	relation = open_stage(batch_id, month);
	if (sink != NULL && !same_columns(sink->desc, RelationGetDescr(relation)))
	{
		free_sink(sink);
		sink = NULL;
	}
	if (sink == NULL)
		sink = new_sink(memory, relation);
	sink->relation = relation;
	sink->batch_id = batch_id;
	sink->month = month;
	sink->estate = CreateExecutorState();
	sink->target = makeNode(ResultRelInfo);
	InitResultRelInfo(sink->target, sink->relation, 0, NULL, 0);	/* in no range table */
	ExecOpenIndices(sink->target, false);
	sink->values = palloc0(sink->desc->natts * sizeof(Datum));
	sink->nulls = palloc0(sink->desc->natts * sizeof(bool));
	sink->defaults = NULL;
	sink->check_every_row = sink->checked = false;
	find_columns(sink);
	check_table(sink);
	sink->pages = mo_pages_open(&sink->page_list, relation);
	mo_sums_open(&sink->sums, RelationGetRelationName(relation));
	sink->values[sink->place[C_MONTH]] = Int32GetDatum(month);
	sink->values[sink->place[C_BATCH]] = Int32GetDatum(batch_id);
	sink->values[sink->place[C_PRACTICE]] = PointerGetDatum(sink->practice);
	sink->values[sink->place[C_BNF]] = PointerGetDatum(sink->bnf);
	for (int c = 0; c < C_COUNT; c++)
		sink->nulls[sink->place[c]] = false;
	sink->command = GetCurrentCommandId(true);
	sink->rows = AllocSetContextCreate(CurrentMemoryContext, "rows of prescribing", ALLOCSET_DEFAULT_SIZES);
	return sink;
}

static void
insert_index_entries(mo_sink *sink)
{
	for (int i = 0; i < sink->used; i++)
	{
		sink->slots[i]->tts_tableOid = RelationGetRelid(sink->relation);
		list_free(mo_insert_index_tuples(sink->target, sink->slots[i], sink->estate));
		ResetPerTupleExprContext(sink->estate);
	}
}

/* A tuple formed in place is the sink's, not the slot's to free. */
static inline void
clear_slot(mo_sink *sink, TupleTableSlot *slot)
{
	if (sink->tuples != NULL)
		slot->tts_flags &= ~TTS_FLAG_SHOULDFREE;
	ExecClearTuple(slot);
}

/* Into the table. Nothing in it is free: no space is looked for before its end. */
static void
flush(mo_sink *sink)
{
	MemoryContext before = MemoryContextSwitchTo(sink->rows);

	if (sink->used > 0)
	{
		mo_pages_insert(sink->pages, sink->relation, sink->slots, sink->used, sink->command, TABLE_INSERT_SKIP_FSM, sink->bulk);
		if (sink->target->ri_NumIndices > 0)
			insert_index_entries(sink);
		mo_pages_written(sink->pages, sink->relation, ItemPointerGetBlockNumberNoCheck(&sink->slots[sink->used - 1]->tts_tid));
		for (int i = 0; i < sink->used; i++)
			clear_slot(sink, sink->slots[i]);
	}
	sink->used = 0;
	MemoryContextSwitchTo(before);
	MemoryContextReset(sink->rows);
}

static inline void
set_text(char *place, const char *text, size_t length)
{
	SET_VARSIZE_1B(place, length + 1);
	memcpy(place + 1, text, length);
}

static inline void
set_number(mo_sink *sink, int column, Datum value, bool is_null)
{
	sink->values[sink->place[column]] = value;
	sink->nulls[sink->place[column]] = is_null;
}

static void
set_values(mo_sink *sink, const mo_prescription *row)
{
	set_text(sink->practice, row->practice, row->practice_length);
	set_text(sink->bnf, row->bnf, row->bnf_length);
	sink->values[sink->place[C_ITEMS]] = Int32GetDatum((int32) row->items);
	for (int i = 0; i < 3; i++)
		set_number(sink, C_QUANTITY + i, Float8GetDatum(row->quantity[i]), isnan(row->quantity[i]));
	for (int i = 0; i < 2; i++)
		set_number(sink, C_NIC + i, Int64GetDatum(row->money[i]), row->money[i] == PG_INT64_MIN);
	set_number(sink, C_SNOMED, Int64GetDatum(row->snomed), row->snomed == 0);
	sink->values[sink->place[C_UNIDENTIFIED]] = BoolGetDatum(row->unidentified);
	for (int a = 0; sink->defaults != NULL && a < sink->desc->natts; a++)
		if (sink->defaults[a] != NULL)
			sink->values[a] = ExecEvalExpr(sink->defaults[a], GetPerTupleExprContext(sink->estate), &sink->nulls[a]);
}

/* Slots count as owners of their tuple, or it would be copied. */
static inline void
form(mo_sink *sink, const mo_prescription *row, TupleTableSlot *slot)
{
	MemoryContext before;

	if (sink->tuples != NULL)
	{
		ExecStoreHeapTuple(mo_tuple_form(sink->tuples + sink->used * MO_TUPLE_SIZE, sink->batch_id, sink->month, row), slot, true);
		return;
	}
	set_values(sink, row);
	before = MemoryContextSwitchTo(sink->rows);
	ExecStoreHeapTuple(heap_form_tuple(sink->desc, sink->values, sink->nulls), slot, true);
	MemoryContextSwitchTo(before);
}

void
mo_sink_add(mo_sink *sink, const mo_prescription *row)
{
	TupleTableSlot *slot = sink->slots[sink->used];

	form(sink, row, slot);
	if (sink->check_every_row || !sink->checked)
	{
		slot->tts_tableOid = RelationGetRelid(sink->relation);
		ExecConstraints(sink->target, slot, sink->estate);
		ResetPerTupleExprContext(sink->estate);
		sink->checked = true;
	}
	mo_sums_add(&sink->sums, row);
	if (++sink->used == SINK_ROWS)
		flush(sink);
}

void
mo_sink_close(mo_sink *sink)
{
	flush(sink);
	mo_sums_close(&sink->sums);
	ReleaseBulkInsertStatePin(sink->bulk);
	ExecCloseIndices(sink->target);
	table_finish_bulk_insert(sink->relation, TABLE_INSERT_SKIP_FSM);
	if (RelationNeedsWAL(sink->relation))
		XLogSetAsyncXactLSN(XactLastRecEnd);	/* the WAL writer hears of it, and we seldom wait for the log when pages leave the cache */
	FreeExecutorState(sink->estate);
	table_close(sink->relation, NoLock);
	MemoryContextDelete(sink->rows);
}
