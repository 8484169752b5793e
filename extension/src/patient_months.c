/*
 * patient_months.c
 *		The type mo.patient_months and the aggregates that make it: event_months, event_month_sets, event_month_bits, spell_months (held_months: held_months.c).
 *
 * The aggregates' state is the type itself. While rows come in it is an expanded object in the aggregate's context, changed in
 * place; the executor flattens it where it has to travel: to the leader of a parallel query, to a client, into a table.
 */
#include "patient_types.h"

#include "catalog/pg_type.h"
#include "libpq/pqformat.h"
#include "miscadmin.h"
#include "utils/date.h"
#include "utils/memutils.h"

#define TYPE_NAME "mo.patient_months"

PG_FUNCTION_INFO_V1(mo_patient_months_in);
PG_FUNCTION_INFO_V1(mo_patient_months_out);
PG_FUNCTION_INFO_V1(mo_patient_months_recv);
PG_FUNCTION_INFO_V1(mo_patient_months_send);
PG_FUNCTION_INFO_V1(mo_patient_months_combine);
PG_FUNCTION_INFO_V1(mo_patient_months_final);
PG_FUNCTION_INFO_V1(mo_patient_months_count);
PG_FUNCTION_INFO_V1(mo_event_months_accum);
PG_FUNCTION_INFO_V1(mo_event_month_sets_accum);
PG_FUNCTION_INFO_V1(mo_event_month_bits_accum);
PG_FUNCTION_INFO_V1(mo_spell_months_accum);

typedef struct ExpandedMonths
{
	ExpandedObjectHeader header;
	mo_patient_months map;
	DateADT		from_argument;	/* the range as the rows give it, to notice another one without arithmetic */
	DateADT		to_argument;
} ExpandedMonths;

/* ------------------------------------------------------------------- flat form */

Size
mo_flat_months_size(Size patients, int words)
{
	Size		size = offsetof(FlatMonths, bits) + patients * (words * sizeof(uint64) + sizeof(int32));

	if (size > MaxAllocSize)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many patients for one value of " TYPE_NAME),
				 errhint("Aggregate by ICB, or only the cohort's patients.")));
	return size;
}

mo_month_bits
mo_month_bits_of(const FlatMonths *flat)
{
	mo_month_bits packed;

	packed.first_month = flat->first_month;
	packed.months = flat->months;
	packed.words = mo_words_of_months(flat->months);
	packed.patients = flat->patients;
	packed.bits = flat->bits;
	packed.ids = (const int32 *) (flat->bits + packed.patients * packed.words);
	return packed;
}

FlatMonths *
mo_flat_months(Datum datum)
{
	return (FlatMonths *) PG_DETOAST_DATUM(datum);
}

static Size
months_flat_size(ExpandedObjectHeader *header)
{
	mo_patient_months *map = &((ExpandedMonths *) header)->map;

	mo_patient_months_settle(map);
	return mo_flat_months_size(map->patients, map->words);
}

static void
months_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	mo_patient_months *map = &((ExpandedMonths *) header)->map;
	FlatMonths *flat = result;

	SET_VARSIZE(flat, size);
	flat->first_month = map->first_month;
	flat->months = map->months;
	flat->patients = (int32) map->patients;
	mo_patient_months_pack(map, (int32 *) (flat->bits + map->patients * map->words), flat->bits);
}

static const ExpandedObjectMethods months_methods = {months_flat_size, months_flatten};

/* Settling changes where months are kept, not which there are: a read-only pointer allows it. */
mo_months_reader
mo_months_reader_of(Datum datum)
{
	mo_months_reader reader = {0};

	if (VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(datum)))
	{
		mo_patient_months *map = &((ExpandedMonths *) DatumGetEOHP(datum))->map;

		mo_patient_months_settle(map);
		reader.map = map;
	}
	else
		reader.packed = mo_month_bits_of(mo_flat_months(datum));
	return reader;
}

/* --------------------------------------------------------------- expanded form */

static ExpandedMonths *
new_months(MemoryContext parent, int first_month, int months)
{
	MemoryContext context = AllocSetContextCreate(parent, TYPE_NAME, ALLOCSET_START_SMALL_SIZES);
	ExpandedMonths *expanded = MemoryContextAllocZero(context, sizeof(ExpandedMonths));

	EOH_init_header(&expanded->header, &months_methods, context);
	mo_patient_months_start(&expanded->map, mo_memory_of(context), first_month, months);
	expanded->from_argument = DATEVAL_NOBEGIN;	/* never equal to an accepted argument */
	return expanded;
}

/* The state in argument argno, changed in place if it is already ours; a flat one is expanded. */
static ExpandedMonths *
writable_months(FunctionCallInfo fcinfo, int argno)
{
	Datum		datum = PG_GETARG_DATUM(argno);
	ExpandedMonths *expanded;
	mo_month_bits packed;

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(DatumGetPointer(datum)))
		return (ExpandedMonths *) DatumGetEOHP(datum);
	packed = mo_month_bits_of(mo_flat_months(datum));
	expanded = new_months(mo_state_context(fcinfo), packed.first_month, packed.months);
	mo_patient_months_merge(&expanded->map, &packed);
	return expanded;
}

/* The state of a transition function whose last two arguments, from argno on, are the range of months. */
static ExpandedMonths *
months_state(FunctionCallInfo fcinfo, int argno)
{
	ExpandedMonths *expanded = PG_ARGISNULL(0) ? NULL : writable_months(fcinfo, 0);
	int			first_month;
	int			months;

	if (expanded != NULL && !PG_ARGISNULL(argno) && !PG_ARGISNULL(argno + 1) &&
		PG_GETARG_DATEADT(argno) == expanded->from_argument && PG_GETARG_DATEADT(argno + 1) == expanded->to_argument)
		return expanded;
	months = mo_month_range(fcinfo, argno, &first_month);
	if (expanded == NULL)
		expanded = new_months(mo_state_context(fcinfo), first_month, months);
	else if (expanded->map.first_month != first_month || expanded->map.months != months)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("from_month and to_month must be the same for every row of a group"),
				 errhint("Give constants.")));
	expanded->from_argument = PG_GETARG_DATEADT(argno);
	expanded->to_argument = PG_GETARG_DATEADT(argno + 1);
	return expanded;
}

mo_patient_months *
mo_months_to_add_to(FunctionCallInfo fcinfo, int argno, Datum *state)
{
	ExpandedMonths *expanded = months_state(fcinfo, argno);

	*state = EOHPGetRWDatum(&expanded->header);
	return &expanded->map;
}

/* (state, patient, day, from_month, to_month) */
Datum
mo_event_months_accum(PG_FUNCTION_ARGS)
{
	ExpandedMonths *state = months_state(fcinfo, 3);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2) && !DATE_NOT_FINITE(PG_GETARG_DATEADT(2)))
		mo_patient_months_add_day(&state->map, mo_patient_number(PG_GETARG_INT32(1)), PG_GETARG_DATEADT(2));
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

/* (state, patient, valid_from, valid_to, from_month, to_month): the months on whose last day the spell holds */
Datum
mo_spell_months_accum(PG_FUNCTION_ARGS)
{
	ExpandedMonths *state = months_state(fcinfo, 4);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		DateADT		from = PG_GETARG_DATEADT(2);
		DateADT		to = PG_ARGISNULL(3) ? DATEVAL_NOEND : PG_GETARG_DATEADT(3);

		if (from < to)
			mo_patient_months_add_range(&state->map, mo_patient_number(PG_GETARG_INT32(1)), mo_month_index(from), mo_month_index(to));
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

void
mo_check_patients(ArrayType *set)
{
	if (ARR_NDIM(set) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("patients must be a one-dimensional array"),
				 errhint("Make it with array_agg(patient).")));
	if (array_contains_nulls(set))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("patients must not contain nulls"),
				 errhint("Aggregate them with array_agg(patient) FILTER (WHERE patient IS NOT NULL).")));
}

/* A set is fetched into the state's memory, and waits there to be applied together with others. */
static void
add_set(ExpandedMonths *state, int64 month, Datum datum)
{
	MemoryContext caller = MemoryContextSwitchTo(state->header.eoh_context);
	ArrayType  *set = DatumGetArrayTypePCopy(datum);
	const int32 *patients = (const int32 *) ARR_DATA_PTR(set);
	size_t		n = ARR_NDIM(set) == 0 ? 0 : ARR_DIMS(set)[0];
	size_t		bad;

	MemoryContextSwitchTo(caller);
	mo_check_patients(set);
	bad = mo_patient_months_add_set(&state->map, month, patients, n, set);
	if (bad < n)
		mo_patient_number(patients[bad]);
}

/* As add_set, of a set that is bits. */
static void
add_bits(ExpandedMonths *state, int64 month, Datum datum)
{
	MemoryContext caller = MemoryContextSwitchTo(state->header.eoh_context);
	bytea	   *bits = DatumGetByteaPCopy(datum);

	MemoryContextSwitchTo(caller);
	if (mo_patient_months_add_bits(&state->map, month, (unsigned char *) VARDATA(bits), VARSIZE(bits) - VARHDRSZ, bits))
		return;
	if (VARSIZE(bits) - VARHDRSZ > MO_BYTES_OF_PATIENTS)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("patients must not have more than %zu bytes", MO_BYTES_OF_PATIENTS),
				 errhint("Patient numbers end with 2147483647.")));
	mo_patient_number(0);
}

/* (state, month_index, patients, from_month, to_month), patients as a list or as bits */
static Datum
accumulate_set(FunctionCallInfo fcinfo, void (*add) (ExpandedMonths *state, int64 month, Datum datum))
{
	ExpandedMonths *state = months_state(fcinfo, 3);

	CHECK_FOR_INTERRUPTS();
	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		int64		bit = (int64) PG_GETARG_INT32(1) - state->map.first_month;

		if (bit >= 0 && bit < state->map.months)	/* a set of another month need not even be read */
			add(state, PG_GETARG_INT32(1), PG_GETARG_DATUM(2));
	}
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

Datum
mo_event_month_sets_accum(PG_FUNCTION_ARGS)
{
	return accumulate_set(fcinfo, add_set);
}

Datum
mo_event_month_bits_accum(PG_FUNCTION_ARGS)
{
	return accumulate_set(fcinfo, add_bits);
}

Datum
mo_patient_months_combine(PG_FUNCTION_ARGS)
{
	ExpandedMonths *state = writable_months(fcinfo, 0);
	mo_month_bits other = mo_month_bits_of(mo_flat_months(PG_GETARG_DATUM(1)));

	if (other.first_month != state->map.first_month || other.months != state->map.months)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("from_month and to_month must be the same for every row of a group"),
				 errhint("Give constants.")));
	mo_patient_months_merge(&state->map, &other);
	PG_RETURN_DATUM(EOHPGetRWDatum(&state->header));
}

Datum
mo_patient_months_final(PG_FUNCTION_ARGS)
{
	PG_RETURN_DATUM(mo_share_expanded(PG_GETARG_DATUM(0)));
}

Datum
mo_patient_months_count(PG_FUNCTION_ARGS)
{
	mo_months_reader reader = mo_months_reader_of(PG_GETARG_DATUM(0));

	PG_RETURN_INT32((int32) (reader.map != NULL ? reader.map->patients : reader.packed.patients));
}

/* --------------------------------------------------------------- in and out */

Datum
mo_patient_months_send(PG_FUNCTION_ARGS)
{
	FlatMonths *flat = mo_flat_months(PG_GETARG_DATUM(0));
	mo_month_bits packed = mo_month_bits_of(flat);
	StringInfoData buffer;

	pq_begintypsend(&buffer);
	pq_sendint32(&buffer, packed.first_month);
	pq_sendint32(&buffer, packed.months);
	pq_sendint32(&buffer, packed.patients);
	for (size_t i = 0; i < packed.patients * packed.words; i++)
		pq_sendint64(&buffer, packed.bits[i]);
	for (size_t i = 0; i < packed.patients; i++)
		pq_sendint32(&buffer, packed.ids[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&buffer));
}

/* The three numbers of the head, and that as many bytes follow as they say. */
static FlatMonths *
receive_head(StringInfo buffer)
{
	FlatMonths	head;
	FlatMonths *flat;
	int			words;

	if (buffer->len - buffer->cursor < 12)
		mo_refuse_binary(TYPE_NAME, "too short");
	head.first_month = pq_getmsgint(buffer, 4);
	head.months = pq_getmsgint(buffer, 4);
	head.patients = pq_getmsgint(buffer, 4);
	if (head.months < 1 || head.months > MO_MONTHS_LIMIT || abs(head.first_month / 12) > 6000000 || head.patients < 0)
		mo_refuse_binary(TYPE_NAME, "numbers out of range");
	words = mo_words_of_months(head.months);
	if ((Size) (buffer->len - buffer->cursor) != head.patients * (words * sizeof(uint64) + sizeof(int32)))
		mo_refuse_binary(TYPE_NAME, "wrong length");
	flat = palloc0(mo_flat_months_size(head.patients, words));
	SET_VARSIZE(flat, mo_flat_months_size(head.patients, words));
	flat->first_month = head.first_month;
	flat->months = head.months;
	flat->patients = head.patients;
	return flat;
}

static Datum
receive(StringInfo buffer)
{
	FlatMonths *flat = receive_head(buffer);
	mo_month_bits packed = mo_month_bits_of(flat);
	const char *fault;

	for (size_t i = 0; i < packed.patients * packed.words; i++)
		flat->bits[i] = pq_getmsgint64(buffer);
	for (size_t i = 0; i < packed.patients; i++)
		((int32 *) packed.ids)[i] = pq_getmsgint(buffer, 4);
	fault = mo_month_bits_fault(&packed);
	if (fault != NULL)
		mo_refuse_binary(TYPE_NAME, fault);
	return PointerGetDatum(flat);
}

Datum
mo_patient_months_recv(PG_FUNCTION_ARGS)
{
	return receive((StringInfo) PG_GETARG_POINTER(0));
}

Datum
mo_patient_months_out(PG_FUNCTION_ARGS)
{
	PG_RETURN_CSTRING(mo_hex_out(DatumGetByteaPP(DirectFunctionCall1(mo_patient_months_send, PG_GETARG_DATUM(0)))));
}

Datum
mo_patient_months_in(PG_FUNCTION_ARGS)
{
	StringInfoData buffer;

	mo_hex_in(PG_GETARG_CSTRING(0), TYPE_NAME, &buffer);
	return receive(&buffer);
}
