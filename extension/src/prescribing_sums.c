#include "mo.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "prescribing_sums.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

/* A sum for so few rows on average is not worth having. */
#define LEAST_ROWS 8

/* The columns of the table, in order. */
enum
{
	S_PRACTICE, S_UNIDENTIFIED, S_ROWS, S_ROWS_WITHOUT_COST, S_ITEMS, S_NIC, S_COST, S_COUNT
};

static const Oid types[S_COUNT] = {TEXTOID, BOOLOID, INT8OID, INT8OID, INT8OID, INT8OID, INT8OID};

static void
check_columns(Relation relation)
{
	TupleDesc	desc = RelationGetDescr(relation);
	bool		good = desc->natts == S_COUNT && relation->rd_rel->relkind == RELKIND_RELATION && !relation->rd_rel->relhasindex;

	for (int i = 0; good && i < S_COUNT; i++)
		good = TupleDescAttr(desc, i)->atttypid == types[i] && !TupleDescAttr(desc, i)->attisdropped;
	if (!good || relation->trigdesc != NULL || desc->constr != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("mo_data.%s is not a table that sums can be put into", RelationGetRelationName(relation)),
				 errhint("It has to be as mo_data.prescribing_stage makes it.")));
}

void
mo_sums_open(mo_sums *sums, const char *stage)
{
	char	   *name = psprintf("prescribing_sums_%s", stage + strlen("prescribing_stage_"));
	Oid			table = get_relname_relid(name, get_namespace_oid("mo_data", false));

	sums->relation = NULL;
	if (!OidIsValid(table))
		return;
	if (pg_class_aclcheck(table, GetUserId(), ACL_INSERT) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_TABLE, name);
	sums->relation = table_open(table, RowExclusiveLock);
	check_columns(sums->relation);
	sums->command = GetCurrentCommandId(true);
	sums->rows = sums->written = 0;
	sums->given_up = false;
	mo_practice_sums_begin(&sums->sums);
}

static void
insert_row(mo_sums *sums, Datum *values, bool *nulls)
{
	HeapTuple	tuple = heap_form_tuple(RelationGetDescr(sums->relation), values, nulls);

	heap_insert(sums->relation, tuple, sums->command, 0, NULL);
	heap_freetuple(tuple);
}

static void
write_sum(mo_sums *sums, const mo_practice_sum *sum)
{
	size_t		length;
	const char *code = mo_practice_sum_code(sum, &length);
	Datum		values[S_COUNT];
	bool		nulls[S_COUNT] = {false};

	values[S_PRACTICE] = PointerGetDatum(cstring_to_text_with_len(code, (int) length));
	values[S_UNIDENTIFIED] = BoolGetDatum(mo_practice_sum_unidentified(sum));
	values[S_ROWS] = Int64GetDatum(sum->rows);
	values[S_ROWS_WITHOUT_COST] = Int64GetDatum(sum->rows - sum->rows_with[1]);
	values[S_ITEMS] = Int64GetDatum(sum->items);
	values[S_NIC] = Int64GetDatum(sum->money[0]);
	nulls[S_NIC] = sum->rows_with[0] == 0;
	values[S_COST] = Int64GetDatum(sum->money[1]);
	nulls[S_COST] = sum->rows_with[1] == 0;
	insert_row(sums, values, nulls);
	pfree(DatumGetPointer(values[S_PRACTICE]));
}

static void
write_sums(mo_sums *sums)
{
	for (int i = 0; i < sums->sums.count; i++)
		write_sum(sums, &sums->sums.sum[i]);
	sums->written += sums->sums.count;
	mo_practice_sums_begin(&sums->sums);
}

static void
give_up(mo_sums *sums)
{
	Datum		values[S_COUNT] = {0};
	bool		nulls[S_COUNT];

	memset(nulls, true, sizeof(nulls));
	insert_row(sums, values, nulls);
	sums->given_up = true;
}

void
mo_sums_add(mo_sums *sums, const mo_prescription *row)
{
	mo_practice_result result;

	if (sums->relation == NULL || sums->given_up)
		return;
	result = mo_practice_sums_add(&sums->sums, row);
	if (result == MO_PRACTICE_FULL)
	{
		if (sums->written + sums->sums.count > sums->rows / LEAST_ROWS)
		{
			give_up(sums);
			return;
		}
		write_sums(sums);
		result = mo_practice_sums_add(&sums->sums, row);
	}
	if (result == MO_PRACTICE_RANGE)
		give_up(sums);
	sums->rows++;
}

void
mo_sums_close(mo_sums *sums)
{
	if (sums->relation == NULL)
		return;
	if (!sums->given_up)
		write_sums(sums);
	table_close(sums->relation, NoLock);
	sums->relation = NULL;
}
