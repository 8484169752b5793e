/*
 * prescribing_tuple.h
 *		A row of prescribing as a heap tuple, written in place.
 *
 * heap_form_tuple() looks up every column's length, alignment and null for every row; here they are known. It is for
 * tables whose columns are those of mo_data.prescribing in their own order, which mo_tuple_fits() says.
 */
#ifndef MO_PRESCRIBING_TUPLE_H
#define MO_PRESCRIBING_TUPLE_H

#include "access/htup_details.h"
#include "stats/prescribing_block.h"

#define MO_TUPLE_COLUMNS 12

/* Header with null bitmap; month, two texts with a byte of length and up to three for alignment, items; six numbers; flag, batch. */
#define MO_TUPLE_SIZE \
	MAXALIGN(HEAPTUPLESIZE + MAXALIGN(SizeofHeapTupleHeader + BITMAPLEN(MO_TUPLE_COLUMNS)) + \
			 MAXALIGN(4 + 1 + MO_PRACTICE_MAX + 1 + MO_BNF_MAX + 3 + 4) + 6 * 8 + MAXALIGN(1 + 3 + 4))

extern bool mo_tuple_fits(TupleDesc desc);

/* Into MO_TUPLE_SIZE bytes at `place`, which are aligned. The same bytes as heap_form_tuple(), but for the type in the header. */
extern HeapTuple mo_tuple_form(void *place, int32 batch_id, int32 month, const mo_prescription *row);

#endif							/* MO_PRESCRIBING_TUPLE_H */
