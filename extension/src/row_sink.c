/*
 * row_sink.c
 *		Rows into a table, many at a time. See row_sink.h.
 */
#include "mo.h"

#include "access/detoast.h"
#include "access/hio.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/objectaddress.h"
#include "catalog/pg_am.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "executor/spi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "rewrite/rewriteHandler.h"
#include "row_sink.h"
#include "storage/bufmgr.h"
#include "storage/bufpage.h"
#include "storage/freespace.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#define WAITING_ROWS 128

/*
 * Rows go to pages with as much room as this, and then to new ones. What a refresh deletes are the rows of a month, of which a page that the
 * first refresh filled has one or two: to put one row into each of these pages was an image of the page in the log for every row.
 */
#define ROOM_WANTED (BLCKSZ / 2)

struct mo_row_sink
{
	Relation	relation;
	const mo_sink_column *columns;
	int			column_count;
	int		   *place;			/* of a column among the table's, from 0, or -1 */
	int		   *limit;			/* characters that its text may have, or -1 */
	int64		rows;

	/* Many at a time */
	ResultRelInfo *target;
	EState	   *estate;
	ExprState **made;			/* by column of the table: the expression of its default, or what it is generated from */
	CommandId	command;
	TupleTableSlot *slots[WAITING_ROWS];
	int			waiting;
	bool		is_heap;
	BlockNumber page;			/* a page that there was, in which there is */
	Size		room;
	bool		at_end;			/* of these there are no more: the table grows */

	/* By INSERT, where plan is not NULL: the columns there are, in order */
	SPIPlanPtr	plan;
	Datum	   *values;
	char	   *nulls;
};

/* ------------------------------------------------ the table */

static Relation
open_table(Oid table)
{
	char	   *name = get_rel_name(table);
	AclResult	allowed;

	if (name == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("there is no table with OID %u", table),
				 errhint("Give its name: 'mo_data.kpi_result'.")));
	allowed = pg_class_aclcheck(table, GetUserId(), ACL_INSERT);
	if (allowed != ACLCHECK_OK)
		aclcheck_error(allowed, get_relkind_objtype(get_rel_relkind(table)), name);
	return table_open(table, RowExclusiveLock);
}

static void
find_column(mo_row_sink *sink, int column)
{
	AttrNumber	number = get_attnum(RelationGetRelid(sink->relation), sink->columns[column].name);
	Form_pg_attribute attribute;
	bool		is_text;

	sink->place[column] = sink->limit[column] = -1;
	if (number <= 0)
		return;
	attribute = TupleDescAttr(RelationGetDescr(sink->relation), number - 1);
	is_text = sink->columns[column].type == TEXTOID && attribute->atttypid == VARCHAROID;
	if ((!is_text && attribute->atttypid != sink->columns[column].type) || attribute->attgenerated != '\0')
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column %s of %s cannot be filled: its type is %s where %s is needed, or it is generated", sink->columns[column].name,
						RelationGetRelationName(sink->relation), format_type_be(attribute->atttypid), format_type_be(sink->columns[column].type)),
				 errhint("Give the column that type, or another name.")));
	sink->place[column] = number - 1;
	if (is_text && attribute->atttypmod >= 0)
		sink->limit[column] = attribute->atttypmod - VARHDRSZ;
}

static bool
is_given(const mo_row_sink *sink, int attribute)
{
	for (int i = 0; i < sink->column_count; i++)
		if (sink->place[i] == attribute)
			return true;
	return false;
}

/* Whether rows can be put into the table as they are; otherwise an INSERT puts them there, or says why not. */
static bool
is_plain(const mo_row_sink *sink)
{
	Relation	relation = sink->relation;
	Form_pg_class class = relation->rd_rel;

	if (class->relkind != RELKIND_RELATION || class->relispartition || class->relrowsecurity || class->relhasrules || relation->trigdesc != NULL)
		return false;
	for (int a = 0; a < RelationGetNumberOfAttributes(relation); a++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), a);

		if (attribute->attidentity != '\0' || (!attribute->attisdropped && get_typtype(attribute->atttypid) == TYPTYPE_DOMAIN))
			return false;
	}
	return true;
}

/* ------------------------------------------------ many at a time */

static void
prepare_rows(mo_row_sink *sink)
{
	TupleDesc	desc = RelationGetDescr(sink->relation);

	sink->estate = CreateExecutorState();
	sink->target = makeNode(ResultRelInfo);
	InitResultRelInfo(sink->target, sink->relation, 0, NULL, 0);	/* in no range table */
	ExecOpenIndices(sink->target, false);
	sink->made = palloc0(desc->natts * sizeof(ExprState *));
	for (int a = 0; a < desc->natts; a++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, a);
		bool		is_stored = attribute->attgenerated == '\0' || attribute->attgenerated == ATTRIBUTE_GENERATED_STORED;
		Node	   *made = attribute->attisdropped || !is_stored || is_given(sink, a) ? NULL : build_column_default(sink->relation, a + 1);

		if (made != NULL)
			sink->made[a] = ExecPrepareExpr((Expr *) made, sink->estate);
	}
	for (int i = 0; i < WAITING_ROWS; i++)
		sink->slots[i] = table_slot_create(sink->relation, NULL);
	sink->command = GetCurrentCommandId(true);
	sink->is_heap = sink->relation->rd_rel->relam == HEAP_TABLE_AM_OID;
	sink->page = InvalidBlockNumber;
}

static Size
room_in(Relation relation, BlockNumber page)
{
	Buffer		buffer = ReadBuffer(relation, page);
	Size		room;

	LockBuffer(buffer, BUFFER_LOCK_SHARE);
	room = PageIsNew(BufferGetPage(buffer)) ? 0 : PageGetHeapFreeSpace(BufferGetPage(buffer));
	UnlockReleaseBuffer(buffer);
	return room;
}

/* Has the heap put its next rows into a page with room; where it sees things differently it takes another. */
static void
next_page(mo_row_sink *sink)
{
	sink->room = 0;
	while (sink->room < ROOM_WANTED && !sink->at_end)
	{
		sink->page = sink->page == InvalidBlockNumber ? GetPageWithFreeSpace(sink->relation, ROOM_WANTED)
			: RecordAndGetPageWithFreeSpace(sink->relation, sink->page, room_in(sink->relation, sink->page), ROOM_WANTED);
		sink->at_end = sink->page == InvalidBlockNumber;
		sink->room = sink->at_end ? 0 : room_in(sink->relation, sink->page);
	}
	RelationSetTargetBlock(sink->relation, sink->page);
}

/* As many rows as there is room for, then another page. */
static void
put_into_pages(mo_row_sink *sink)
{
	int			from = 0;

	for (int i = 0; sink->is_heap && !sink->at_end && i < sink->waiting; i++)
	{
		Size		size = MAXALIGN(((HeapTupleTableSlot *) sink->slots[i])->tuple->t_len) + sizeof(ItemIdData);

		if (size > sink->room)
		{
			if (i > from)
				table_multi_insert(sink->relation, sink->slots + from, i - from, sink->command, TABLE_INSERT_SKIP_FSM, NULL);
			from = i;
			next_page(sink);
		}
		sink->room -= Min(size, sink->room);
	}
	table_multi_insert(sink->relation, sink->slots + from, sink->waiting - from, sink->command, sink->is_heap ? TABLE_INSERT_SKIP_FSM : 0, NULL);
}

/* All of the rows into one index after another: they come in its order, or nearly, and the next finds the page of the last at hand. */
static void
put_into_indexes(mo_row_sink *sink)
{
	ResultRelInfo *target = sink->target;
	RelationPtr indexes = target->ri_IndexRelationDescs;
	IndexInfo **infos = target->ri_IndexRelationInfo;
	int			count = target->ri_NumIndices;

	target->ri_NumIndices = Min(count, 1);
	for (int index = 0; index < count; index++)
	{
		target->ri_IndexRelationDescs = indexes + index;
		target->ri_IndexRelationInfo = infos + index;
		for (int i = 0; i < sink->waiting; i++)
		{
			list_free(mo_insert_index_tuples(target, sink->slots[i], sink->estate));
			ResetPerTupleExprContext(sink->estate);
		}
	}
	target->ri_NumIndices = count;
	target->ri_IndexRelationDescs = indexes;
	target->ri_IndexRelationInfo = infos;
}

static void
put_down(mo_row_sink *sink)
{
	if (sink->waiting == 0)
		return;
	put_into_pages(sink);
	put_into_indexes(sink);
	for (int i = 0; i < sink->waiting; i++)
		ExecClearTuple(sink->slots[i]);
	sink->waiting = 0;
}

static void
check_length(Datum value, int limit)
{
	struct varlena *text = (struct varlena *) DatumGetPointer(value);

	if (limit < 0 || (int) VARSIZE_ANY_EXHDR(text) <= limit)
		return;
	if (pg_mbstrlen_with_len(VARDATA_ANY(text), VARSIZE_ANY_EXHDR(text)) > limit)
		ereport(ERROR,
				(errcode(ERRCODE_STRING_DATA_RIGHT_TRUNCATION),
				 errmsg("value too long for type character varying(%d)", limit)));
}

/* What is generated may be made of defaults, which come first. */
static void
make_columns(mo_row_sink *sink, TupleTableSlot *slot, bool generated)
{
	ExprContext *context = GetPerTupleExprContext(sink->estate);

	context->ecxt_scantuple = slot;
	for (int a = 0; a < slot->tts_tupleDescriptor->natts; a++)
		if (sink->made[a] != NULL && (TupleDescAttr(slot->tts_tupleDescriptor, a)->attgenerated != '\0') == generated)
			slot->tts_values[a] = ExecEvalExprSwitchContext(sink->made[a], context, &slot->tts_isnull[a]);
}

static void
put_row(mo_row_sink *sink, const Datum *values, const bool *nulls)
{
	TupleTableSlot *slot = sink->slots[sink->waiting];

	memset(slot->tts_isnull, true, slot->tts_tupleDescriptor->natts * sizeof(bool));
	for (int i = 0; i < sink->column_count; i++)
	{
		int			a = sink->place[i];

		if (a < 0)
			continue;
		slot->tts_values[a] = values[i];
		slot->tts_isnull[a] = nulls[i];
		if (!nulls[i])
			check_length(values[i], sink->limit[i]);
	}
	ExecStoreVirtualTuple(slot);
	slot->tts_tableOid = RelationGetRelid(sink->relation);
	make_columns(sink, slot, false);
	make_columns(sink, slot, true);
	if (RelationGetDescr(sink->relation)->constr != NULL)
		ExecConstraints(sink->target, slot, sink->estate);
	ExecMaterializeSlot(slot);
	ResetPerTupleExprContext(sink->estate);
	if (++sink->waiting == WAITING_ROWS)
		put_down(sink);
}

/* ------------------------------------------------ by INSERT */

static void
prepare_insert(mo_row_sink *sink)
{
	StringInfoData names;
	StringInfoData places;
	Oid		   *types = palloc((sink->column_count + 1) * sizeof(Oid));
	int			n = 0;

	initStringInfo(&names);
	initStringInfo(&places);
	for (int i = 0; i < sink->column_count; i++)
		if (sink->place[i] >= 0)
		{
			appendStringInfo(&names, "%s%s", n > 0 ? ", " : "", quote_identifier(sink->columns[i].name));
			appendStringInfo(&places, "%s$%d", n > 0 ? ", " : "", n + 1);
			types[n++] = sink->columns[i].type;
		}
	sink->values = palloc((n + 1) * sizeof(Datum));
	sink->nulls = palloc(n + 1);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	sink->plan = SPI_prepare(psprintf("insert into %s (%s) values (%s)",
									  quote_qualified_identifier(get_namespace_name(RelationGetNamespace(sink->relation)), RelationGetRelationName(sink->relation)),
									  names.data, places.data), n, types);
	if (sink->plan == NULL)
		elog(ERROR, "the INSERT could not be prepared: %s", SPI_result_code_string(SPI_result));
}

static void
insert_row(mo_row_sink *sink, const Datum *values, const bool *nulls)
{
	int			n = 0;

	for (int i = 0; i < sink->column_count; i++)
		if (sink->place[i] >= 0)
		{
			sink->values[n] = values[i];
			sink->nulls[n++] = nulls[i] ? 'n' : ' ';
		}
	if (SPI_execute_plan(sink->plan, sink->values, sink->nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "the INSERT could not be run");
}

/* ------------------------------------------------ all of it */

mo_row_sink *
mo_row_sink_open(Oid table, const mo_sink_column *columns, int count)
{
	mo_row_sink *sink = palloc0(sizeof(mo_row_sink));

	PreventCommandIfReadOnly("storing rows");
	PreventCommandIfParallelMode("storing rows");
	sink->relation = open_table(table);
	sink->columns = columns;
	sink->column_count = count;
	sink->place = palloc((count + 1) * sizeof(int));
	sink->limit = palloc((count + 1) * sizeof(int));
	for (int i = 0; i < count; i++)
		find_column(sink, i);
	if (is_plain(sink))
		prepare_rows(sink);
	else
		prepare_insert(sink);
	return sink;
}

void
mo_row_sink_put(mo_row_sink *sink, const Datum *values, const bool *nulls)
{
	if (sink->plan == NULL)
		put_row(sink, values, nulls);
	else
		insert_row(sink, values, nulls);
	sink->rows++;
}

int64
mo_row_sink_close(mo_row_sink *sink)
{
	if (sink->plan != NULL)
		SPI_finish();
	else
	{
		put_down(sink);
		for (int i = 0; i < WAITING_ROWS; i++)
			ExecDropSingleTupleTableSlot(sink->slots[i]);
		ExecCloseIndices(sink->target);
		FreeExecutorState(sink->estate);
	}
	table_close(sink->relation, NoLock);
	return sink->rows;
}
