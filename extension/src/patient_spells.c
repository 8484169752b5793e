/*
 * patient_spells.c
 *		The type mo.patient_spells and the aggregates that make it, registered_spells and registered_spell_sets.
 *
 * As with mo.patient_months the state is the type itself: while rows come in, an expanded object of 16 bytes a spell; put into
 * canonical order when it is flattened.
 */
#include "patient_types.h"

#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"

#define TYPE_NAME "mo.patient_spells"
#define FEWEST_SPELLS 8

PG_FUNCTION_INFO_V1(mo_patient_spells_in);
PG_FUNCTION_INFO_V1(mo_patient_spells_out);
PG_FUNCTION_INFO_V1(mo_patient_spells_recv);
PG_FUNCTION_INFO_V1(mo_patient_spells_send);
PG_FUNCTION_INFO_V1(mo_patient_spells_combine);
PG_FUNCTION_INFO_V1(mo_patient_spells_final);
PG_FUNCTION_INFO_V1(mo_patient_spells_count);
PG_FUNCTION_INFO_V1(mo_registered_spells_accum);
PG_FUNCTION_INFO_V1(mo_registered_spell_sets_accum);

typedef struct ExpandedSpells
{
	ExpandedObjectHeader header;
	mo_spell   *spells;
	Size		count;
	Size		room;
} ExpandedSpells;

static Size
flat_size(Size count)
{
	Size		size = offsetof(FlatSpells, spells) + count * sizeof(mo_spell);

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many spells for one value of " TYPE_NAME),
				 errhint("Aggregate by ICB, or only the cohort's patients.")));
	return size;
}

FlatSpells *
mo_flat_spells(Datum datum)
{
	return (FlatSpells *) PG_DETOAST_DATUM(datum);
}

/* The contents stay the same, only their order does not: a read-only pointer allows it. */
static void
sort_spells(ExpandedSpells *expanded)
{
	void	   *scratch = palloc_extended(Max(expanded->count, 1) * sizeof(mo_spell), MCXT_ALLOC_HUGE);

	expanded->count = mo_spells_sort(expanded->spells, expanded->count, scratch);
	pfree(scratch);
}

/* Sorted here, where the number left is needed first. */
static Size
spells_flat_size(ExpandedObjectHeader *header)
{
	ExpandedSpells *expanded = (ExpandedSpells *) header;

	sort_spells(expanded);
	return flat_size(expanded->count);
}

static void
spells_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	ExpandedSpells *expanded = (ExpandedSpells *) header;
	FlatSpells *flat = result;

	SET_VARSIZE(flat, size);
	flat->count = (int32) expanded->count;
	memcpy(flat->spells, expanded->spells, expanded->count * sizeof(mo_spell));
}

static const ExpandedObjectMethods spells_methods = {spells_flat_size, spells_flatten};

const mo_spell *
mo_spells_of(Datum datum, size_t *count)
{
	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		ExpandedSpells *expanded = (ExpandedSpells *) DatumGetEOHP(datum);

		sort_spells(expanded);
		*count = expanded->count;
		return expanded->spells;
	}
	else
	{
		FlatSpells *flat = mo_flat_spells(datum);

		*count = flat->count;
		return flat->spells;
	}
}

static ExpandedSpells *
new_spells(MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, TYPE_NAME, ALLOCSET_START_SMALL_SIZES);
	ExpandedSpells *expanded = MemoryContextAllocZero(context, sizeof(ExpandedSpells));

	EOH_init_header(&expanded->header, &spells_methods, context);
	expanded->room = FEWEST_SPELLS;
	expanded->spells = MemoryContextAlloc(context, expanded->room * sizeof(mo_spell));
	return expanded;
}

/* Room for more spells; the array grows by half at least. */
static mo_spell *
append(ExpandedSpells *expanded, Size more)
{
	mo_spell   *end;

	if (expanded->count + more > expanded->room)
	{
		expanded->room = Max(expanded->room + expanded->room / 2, expanded->count + more);
		expanded->spells = repalloc_huge(expanded->spells, expanded->room * sizeof(mo_spell));
	}
	end = expanded->spells + expanded->count;
	expanded->count += more;
	return end;
}

static void
append_flat(ExpandedSpells *expanded, const FlatSpells *flat)
{
	memcpy(append(expanded, flat->count), flat->spells, flat->count * sizeof(mo_spell));
}

static ExpandedSpells *
writable_spells(FunctionCallInfo fcinfo, int argno)
{
	Datum		datum = PG_GETARG_DATUM(argno);
	ExpandedSpells *expanded;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return (ExpandedSpells *) DatumGetEOHP(datum);
	expanded = new_spells(mo_state_context(fcinfo));
	append_flat(expanded, mo_flat_spells(datum));
	return expanded;
}

/* (state, patient, organisation, registered_from, registered_to) */
Datum
mo_registered_spells_accum(PG_FUNCTION_ARGS)
{
	ExpandedSpells *state = PG_ARGISNULL(0) ? new_spells(mo_state_context(fcinfo)) : writable_spells(fcinfo, 0);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !PG_ARGISNULL(3))
	{
		mo_spell	spell;

		spell.patient = mo_patient_number(PG_GETARG_INT32(1));
		spell.organisation = PG_GETARG_INT32(2);
		spell.from = PG_GETARG_DATEADT(3);
		spell.to = PG_ARGISNULL(4) ? DATEVAL_NOEND : PG_GETARG_DATEADT(4);
		if (spell.from < spell.to)
			*append(state, 1) = spell;
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/* The argument as a list of numbers or days, all of 4 bytes; of one length with the others. */
static const int32 *
list_argument(FunctionCallInfo fcinfo, int argno, const char *what, bool may_have_nulls, int *count, ArrayType **array)
{
	int			n;

	*array = PG_GETARG_ARRAYTYPE_P(argno);
	n = ARR_NDIM(*array) == 0 ? 0 : ARR_DIMS(*array)[0];
	if (ARR_NDIM(*array) > 1 || (*count >= 0 && n != *count))
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("patients, organisations, registered_from and registered_to must be one-dimensional arrays of one length"),
				 errhint("Make them with array_agg from the same rows in the same order.")));
	if (!may_have_nulls && array_contains_nulls(*array))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("%s must not contain nulls", what),
				 errhint("Leave such registrations out: they never hold.")));
	*count = n;
	return (const int32 *) ARR_DATA_PTR(*array);
}

/* The ends of registrations; nulls, which array data leave out, are still open. */
static const int32 *
open_ends(ArrayType *array, const int32 *ends, int count)
{
	int32	   *all;
	const bits8 *present = ARR_NULLBITMAP(array);

	if (present == NULL)
		return ends;
	all = palloc(count * sizeof(int32));
	for (int i = 0; i < count; i++)
		all[i] = present[i / 8] & (1 << (i % 8)) ? *ends++ : DATEVAL_NOEND;
	return all;
}

/* (state, patients, organisations, registered_from, registered_to) */
Datum
mo_registered_spell_sets_accum(PG_FUNCTION_ARGS)
{
	ExpandedSpells *state = PG_ARGISNULL(0) ? new_spells(mo_state_context(fcinfo)) : writable_spells(fcinfo, 0);
	int			count = -1;
	ArrayType  *array;
	const int32 *lists[4];
	mo_spell   *end;

	CHECK_FOR_INTERRUPTS();
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(3) || PG_ARGISNULL(4))
		PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
	lists[0] = list_argument(fcinfo, 1, "patients", false, &count, &array);
	lists[1] = list_argument(fcinfo, 2, "organisations", false, &count, &array);
	lists[2] = list_argument(fcinfo, 3, "registered_from", false, &count, &array);
	lists[3] = list_argument(fcinfo, 4, "registered_to", true, &count, &array);
	lists[3] = open_ends(array, lists[3], count);
	end = append(state, count);
	state->count -= count;
	for (int i = 0; i < count; i++)
	{
		mo_spell	spell = {mo_patient_number(lists[0][i]), lists[1][i], lists[2][i], lists[3][i]};

		*end = spell;			/* kept only if it ever holds */
		end += spell.from < spell.to;
	}
	state->count = end - state->spells;
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

Datum
mo_patient_spells_combine(PG_FUNCTION_ARGS)
{
	ExpandedSpells *state = writable_spells(fcinfo, 0);

	append_flat(state, mo_flat_spells(PG_GETARG_DATUM(1)));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

Datum
mo_patient_spells_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(mo_share_expanded(PG_GETARG_DATUM(0)));
}

Datum
mo_patient_spells_count(PG_FUNCTION_ARGS)
{
	size_t		count;

	mo_spells_of(PG_GETARG_DATUM(0), &count);
	PG_RETURN_INT32((int32) count);
}

Datum
mo_patient_spells_send(PG_FUNCTION_ARGS)
{
	FlatSpells *flat = mo_flat_spells(PG_GETARG_DATUM(0));
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint32(&buffer, flat->count);
	for (int32 i = 0; i < flat->count; i++)
	{
		pq_sendint32(&buffer, flat->spells[i].patient);
		pq_sendint32(&buffer, flat->spells[i].organisation);
		pq_sendint32(&buffer, flat->spells[i].from);
		pq_sendint32(&buffer, flat->spells[i].to);
	}
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

static Datum
receive(StringInfo buffer)
{
	int32		count = buffer->len - buffer->cursor < 4 ? -1 : (int32) pq_getmsgint(buffer, 4);
	FlatSpells *flat;
	const char *fault;

	if (count < 0 || (Size) (buffer->len - buffer->cursor) != count * sizeof(mo_spell))
		mo_refuse_binary(TYPE_NAME, "wrong length");
	flat = palloc0(flat_size(count));
	SET_VARSIZE(flat, flat_size(count));
	flat->count = count;
	for (int32 i = 0; i < count; i++)
	{
		flat->spells[i].patient = pq_getmsgint(buffer, 4);
		flat->spells[i].organisation = pq_getmsgint(buffer, 4);
		flat->spells[i].from = pq_getmsgint(buffer, 4);
		flat->spells[i].to = pq_getmsgint(buffer, 4);
	}
	fault = mo_spells_fault(flat->spells, count);
	if (fault != NULL)
		mo_refuse_binary(TYPE_NAME, fault);
	return PointerGetDatum(flat);
}

Datum
mo_patient_spells_recv(PG_FUNCTION_ARGS)
{
	return receive((StringInfo) PG_GETARG_POINTER(0));
}

Datum
mo_patient_spells_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(mo_hex_out(DatumGetByteaPP(DirectFunctionCall1(mo_patient_spells_send, PG_GETARG_DATUM(0)))));
}

Datum
mo_patient_spells_in(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	mo_hex_in(PG_GETARG_CSTRING(0), TYPE_NAME, &buffer);
	return receive(&buffer);
}
