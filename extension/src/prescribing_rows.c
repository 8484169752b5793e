/*
 * prescribing_rows.c
 *		mo.store_prescribing_rows(): what stands behind inserting into the view mo_data.prescribing_rows.
 *
 * modash sends its rows by COPY into that view: one row of the view is a block of some thousand rows of prescribing,
 * which this trigger takes apart and puts into the staging table that the block names. COPY then handles one value
 * for thousands of rows, where it would handle a dozen for each.
 */
#include "mo.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "prescribing_sink.h"
#include "utils/rel.h"

PG_FUNCTION_INFO_V1(mo_store_prescribing_rows);

static void
refuse_block(int64 row)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
			 row < 0 ? errmsg("this is not a block of rows of prescribing") :
			 errmsg("row " INT64_FORMAT " of a block of prescribing is damaged", row),
			 errhint("Blocks are made by modash; it and the extension have to be of the same version.")));
}

static void
store_block(FmgrInfo *call, const char *data, size_t size)
{
	mo_block_reader reader;
	mo_prescription row;
	mo_block_result result;
	mo_sink    *sink;
	int64		number = 0;

	if (!mo_block_open(&reader, data, size))
		refuse_block(-1);
	sink = call->fn_extra = mo_sink_open(call->fn_extra, call->fn_mcxt, reader.batch_id, reader.month);
	while ((result = mo_block_next(&reader, &row)) == MO_BLOCK_ROW)
	{
		mo_sink_add(sink, &row);
		if (++number % 1024 == 0)
			CHECK_FOR_INTERRUPTS();
	}
	if (result == MO_BLOCK_DAMAGED)
		refuse_block(number + 1);
	mo_sink_close(sink);
}

Datum
mo_store_prescribing_rows(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	bytea	   *block;
	bool		is_null;
	Datum		value;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_INSTEAD(trigger->tg_event) || !TRIGGER_FIRED_BY_INSERT(trigger->tg_event) ||
		RelationGetDescr(trigger->tg_relation)->natts != 1)
		ereport(ERROR,
				(errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
				 errmsg("mo.store_prescribing_rows() is the trigger of the view mo_data.prescribing_rows"),
				 errhint("Insert blocks into the view; modash makes them.")));
	value = heap_getattr(trigger->tg_trigtuple, 1, RelationGetDescr(trigger->tg_relation), &is_null);
	if (is_null || TupleDescAttr(RelationGetDescr(trigger->tg_relation), 0)->atttypid != BYTEAOID)
		refuse_block(-1);
	block = DatumGetByteaPP(value);
	store_block(fcinfo->flinfo, VARDATA_ANY(block), VARSIZE_ANY_EXHDR(block));
	return PointerGetDatum(trigger->tg_trigtuple);
}
