#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "prescribing_tuple.h"

static const struct
{
	const char *name;
	Oid			type;
	int16		length;
	char		align;
}			columns[MO_TUPLE_COLUMNS] = {
	{"month", DATEOID, 4, TYPALIGN_INT}, {"practice_code", TEXTOID, -1, TYPALIGN_INT}, {"bnf_code", TEXTOID, -1, TYPALIGN_INT},
	{"items", INT4OID, 4, TYPALIGN_INT}, {"quantity", FLOAT8OID, 8, TYPALIGN_DOUBLE}, {"total_quantity", FLOAT8OID, 8, TYPALIGN_DOUBLE},
	{"nic_e5", INT8OID, 8, TYPALIGN_DOUBLE}, {"actual_cost_e5", INT8OID, 8, TYPALIGN_DOUBLE},
	{"adq_usage", FLOAT8OID, 8, TYPALIGN_DOUBLE}, {"snomed_code", INT8OID, 8, TYPALIGN_DOUBLE},
	{"unidentified", BOOLOID, 1, TYPALIGN_CHAR}, {"batch_id", INT4OID, 4, TYPALIGN_INT}
};

bool
mo_tuple_fits(TupleDesc desc)
{
	if (desc->natts != MO_TUPLE_COLUMNS)
		return false;
	for (int a = 0; a < MO_TUPLE_COLUMNS; a++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, a);

		if (attribute->attisdropped || attribute->atttypid != columns[a].type || attribute->attlen != columns[a].length ||
			attribute->attalign != columns[a].align || strcmp(NameStr(attribute->attname), columns[a].name) != 0 ||
			(attribute->attlen == -1 && attribute->attstorage == TYPSTORAGE_PLAIN))
			return false;
	}
	return true;
}

/* A text of under 127 bytes needs no alignment. */
static inline char *
put_text(char *at, const char *text, size_t length)
{
	SET_VARSIZE_1B(at, length + 1);
	memcpy(at + 1, text, length);
	return at + 1 + length;
}

static inline char *
put_int4(char *at, int32 value)
{
	at = (char *) INTALIGN(at);
	memcpy(at, &value, 4);
	return at + 4;
}

static inline char *
put_number(char *at, const void *value, bool given)
{
	if (!given)
		return at;
	at = (char *) DOUBLEALIGN(at);
	memcpy(at, value, 8);
	return at + 8;
}

HeapTuple
mo_tuple_form(void *place, int32 batch_id, int32 month, const mo_prescription *row)
{
	const double *quantity = row->quantity;
	const int64_t *money = row->money;
	bool		given[6] = {!isnan(quantity[0]), !isnan(quantity[1]), money[0] != PG_INT64_MIN, money[1] != PG_INT64_MIN,
	!isnan(quantity[2]), row->snomed != 0};
	const void *numbers[6] = {&quantity[0], &quantity[1], &money[0], &money[1], &quantity[2], &row->snomed};
	HeapTuple	tuple = place;
	HeapTupleHeader header = (HeapTupleHeader) ((char *) place + HEAPTUPLESIZE);
	unsigned	present = 0xFFF;
	bool		any_null = false;
	char	   *start;
	char	   *at;

	memset(place, 0, MO_TUPLE_SIZE);
	for (int i = 0; i < 6; i++)
		if (!given[i])
		{
			present &= ~(1u << (4 + i));
			any_null = true;
		}
	header->t_hoff = MAXALIGN(SizeofHeapTupleHeader + (any_null ? BITMAPLEN(MO_TUPLE_COLUMNS) : 0));
	start = (char *) header + header->t_hoff;
	if (any_null)
	{
		header->t_bits[0] = (bits8) present;
		header->t_bits[1] = (bits8) (present >> 8);
	}
	at = put_int4(start, month);
	at = put_text(at, row->practice, row->practice_length);
	at = put_text(at, row->bnf, row->bnf_length);
	at = put_int4(at, (int32) row->items);
	for (int i = 0; i < 6; i++)
		at = put_number(at, numbers[i], given[i]);
	*at++ = row->unidentified;
	at = put_int4(at, batch_id);
	tuple->t_len = at - (char *) header;
	tuple->t_data = header;
	ItemPointerSetInvalid(&tuple->t_self);
	ItemPointerSetInvalid(&header->t_ctid);
	HeapTupleHeaderSetNatts(header, MO_TUPLE_COLUMNS);
	header->t_infomask = HEAP_HASVARWIDTH | (any_null ? HEAP_HASNULL : 0);
	return tuple;
}
