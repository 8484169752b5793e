/*
 * peer_position_state.c
 *		The type mo.peer_values: flat and expanded forms, text and binary input and output.
 */
#include "peer_position_state.h"

#include "common/shortest_dec.h"
#include "lib/stringinfo.h"
#include "libpq/pqformat.h"
#include "utils/expandeddatum.h"
#include "utils/memutils.h"

#include "stats/peer_values.h"

/* The flat form: fractions, then values, then room to grow (zeros), which count and VARSIZE imply. */
typedef struct FlatPeers
{
	int32		vl_len_;
	int32		n_fractions;
	int64		count;
	float8		numbers[FLEXIBLE_ARRAY_MEMBER];
} FlatPeers;

typedef struct ExpandedPeers
{
	ExpandedObjectHeader header;
	float8	   *fractions;
	float8	   *values;
	int64		n_fractions;
	int64		count;
	int64		capacity;
} ExpandedPeers;

#define FLAT_HEADER offsetof(FlatPeers, numbers)
#define FLAT_FIRST 16			/* values a new flat state has room for */
#define FLAT_MOST 512			/* numbers above which a state in an aggregate becomes an object */

PG_FUNCTION_INFO_V1(mo_peer_values_in);
PG_FUNCTION_INFO_V1(mo_peer_values_out);
PG_FUNCTION_INFO_V1(mo_peer_values_recv);
PG_FUNCTION_INFO_V1(mo_peer_values_send);

static Size peers_flat_size(ExpandedObjectHeader *header);
static void peers_flatten(ExpandedObjectHeader *header, void *result, Size size);

static const ExpandedObjectMethods peers_methods = {peers_flat_size, peers_flatten};

/* The bytes of a flat state of so many numbers, which has to fit into one datum. */
static Size
flat_bytes(int64 numbers)
{
	if (numbers > (int64) ((MaxAllocSize - FLAT_HEADER) / sizeof(float8)))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a group of " INT64_FORMAT " values is too large to be passed between processes or stored", numbers),
				 errhint("Set max_parallel_workers_per_gather to 0 for this query, or make the groups smaller.")));
	return FLAT_HEADER + (Size) numbers * sizeof(float8);
}

static Size
peers_flat_size(ExpandedObjectHeader *header)
{
	ExpandedPeers *object = (ExpandedPeers *) header;

	return flat_bytes(object->n_fractions + object->count);
}

static void
peers_flatten(ExpandedObjectHeader *header, void *result, Size size)
{
	ExpandedPeers *object = (ExpandedPeers *) header;
	FlatPeers  *flat = result;

	Assert(size == peers_flat_size(header));
	SET_VARSIZE(flat, size);
	flat->n_fractions = (int32) object->n_fractions;
	flat->count = object->count;
	memcpy(flat->numbers, object->fractions, object->n_fractions * sizeof(float8));
	memcpy(flat->numbers + object->n_fractions, object->values, object->count * sizeof(float8));
}

/* The object behind a datum, or NULL when the datum is flat. */
static ExpandedPeers *
expanded_peers(Datum state)
{
	ExpandedObjectHeader *header;

	if (!VARATT_IS_EXTERNAL_EXPANDED(DatumGetPointer(state)))
		return NULL;
	header = DatumGetEOHP(state);
	return header->eoh_methods == &peers_methods ? (ExpandedPeers *) header : NULL;
}

/* How many more values fit into a flat state; its counts are checked against its size. */
static inline int64
flat_room(const FlatPeers *flat)
{
	int64		numbers = ((int64) VARSIZE(flat) - (int64) FLAT_HEADER) / (int64) sizeof(float8);

	if (VARSIZE(flat) < FLAT_HEADER || flat->n_fractions < 0 || flat->count < 0 ||
		flat->count > numbers - flat->n_fractions)
		ereport(ERROR,
				(errcode(ERRCODE_DATA_CORRUPTED),
				 errmsg("a value of type mo.peer_values is damaged"),
				 errhint("Aggregate again.")));
	return numbers - flat->n_fractions - flat->count;
}

/* A flat state that can be looked at where it is. */
static FlatPeers *
flat_peers(Datum state)
{
	FlatPeers  *flat = (FlatPeers *) PG_DETOAST_DATUM(state);

	(void) flat_room(flat);
	return flat;
}

PeerView
mo_peer_view(Datum state)
{
	ExpandedPeers *object = expanded_peers(state);
	PeerView	view;

	if (object != NULL)
	{
		view.fractions = object->fractions;
		view.values = object->values;
		view.n_fractions = object->n_fractions;
		view.count = object->count;
	}
	else
	{
		FlatPeers  *flat = flat_peers(state);

		view.fractions = flat->numbers;
		view.values = flat->numbers + flat->n_fractions;
		view.n_fractions = flat->n_fractions;
		view.count = flat->count;
	}
	return view;
}

/* A flat state in the current context; what is not filled yet is zero, so that no stray byte is ever stored or sent. */
static FlatPeers *
make_flat(PeerView view, int64 room)
{
	Size		size = flat_bytes(view.n_fractions + view.count + room);
	FlatPeers  *flat = palloc0(size);

	SET_VARSIZE(flat, size);
	flat->n_fractions = (int32) view.n_fractions;
	flat->count = view.count;
	memcpy(flat->numbers, view.fractions, view.n_fractions * sizeof(float8));
	memcpy(flat->numbers + view.n_fractions, view.values, view.count * sizeof(float8));
	return flat;
}

Datum
mo_peer_create(const float8 *fractions, int64 n_fractions)
{
	PeerView	empty = {fractions, fractions, n_fractions, 0};

	return PointerGetDatum(make_flat(empty, FLAT_FIRST));
}

/* Room for so many numbers in an object; palloc's 1 GB does not bind here, address space does. */
static Size
object_bytes(int64 numbers)
{
	if (numbers > (int64) (MaxAllocHugeSize / sizeof(float8)))
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("too many values in one group: " INT64_FORMAT, numbers),
				 errhint("Group by organisation or month.")));
	return (Size) numbers * sizeof(float8);
}

static ExpandedPeers *
make_object(MemoryContext owner, PeerView view, int64 capacity)
{
	MemoryContext context = AllocSetContextCreate(owner, "peer values", ALLOCSET_START_SMALL_SIZES);
	ExpandedPeers *object = MemoryContextAlloc(context, sizeof(ExpandedPeers));

	EOH_init_header(&object->header, &peers_methods, context);
	object->n_fractions = view.n_fractions;
	object->count = view.count;
	object->capacity = capacity;
	object->fractions = MemoryContextAllocHuge(context, object_bytes(view.n_fractions));
	object->values = MemoryContextAllocHuge(context, object_bytes(capacity));
	memcpy(object->fractions, view.fractions, view.n_fractions * sizeof(float8));
	memcpy(object->values, view.values, view.count * sizeof(float8));
	return object;
}

static void
reserve(ExpandedPeers *object, int64 n)
{
	int64		wanted = object->count + n;

	if (wanted <= object->capacity)
		return;
	object->capacity = Max(wanted, object->capacity * 2);
	object->values = repalloc_huge(object->values, object_bytes(object->capacity));
}

/* A row brings one value, a combine call many. */
static inline void
copy_values(float8 *to, const float8 *from, int64 n)
{
	if (n == 1)
		*to = *from;
	else
		memcpy(to, from, n * sizeof(float8));
}

/* Appends where there is room already; false when there is none. */
static bool
append_in_place(Datum state, const float8 *values, int64 n)
{
	struct varlena *pointer = (struct varlena *) DatumGetPointer(state);

	if (VARATT_IS_EXTERNAL_EXPANDED_RW(pointer))
	{
		ExpandedPeers *object = expanded_peers(state);

		if (object == NULL)
			return false;
		reserve(object, n);
		copy_values(object->values + object->count, values, n);
		object->count += n;
		return true;
	}
	if (!VARATT_IS_EXTENDED(pointer))
	{
		FlatPeers  *flat = (FlatPeers *) pointer;

		if (flat_room(flat) < n)
			return false;
		copy_values(flat->numbers + flat->n_fractions + flat->count, values, n);
		flat->count += n;
		return true;
	}
	return false;
}

Datum
mo_peer_append(FunctionCallInfo fcinfo, Datum state, const float8 *values, int64 n)
{
	MemoryContext owner;
	bool		in_aggregate = AggCheckCallContext(fcinfo, &owner) != 0;
	PeerView	view;
	int64		wanted;

	if (in_aggregate && append_in_place(state, values, n))
		return state;
	view = mo_peer_view(state);
	wanted = view.count + n;
	if (in_aggregate && view.n_fractions + wanted > FLAT_MOST)
		state = EOHPGetRWDatum(&make_object(owner, view, Max(wanted, 2 * view.count))->header);
	else
		state = PointerGetDatum(make_flat(view, in_aggregate ? Max(n, view.count) : n));
	append_in_place(state, values, n);
	return state;
}

/* Says what is wrong with the outside form of a state. */
static void
refuse(mo_peer_fault fault, int code)
{
	if (fault == MO_PEER_FRACTION)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a fraction of mo.peer_values is not between 0 and 1"),
				 errhint("Make values with mo.median_accum and its like.")));
	if (fault == MO_PEER_VALUE)
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("a value of mo.peer_values is not a finite number"),
				 errhint("Make values with mo.median_accum and its like.")));
	if (fault != MO_PEER_OK)
		ereport(ERROR,
				(errcode(code),
				 errmsg("invalid input for type mo.peer_values"),
				 errhint("The text form is {fractions|values}, as in {0.5|3,1,2} or {|}.")));
}

static FlatPeers *
empty_flat(int64 fractions, int64 values)
{
	FlatPeers  *flat = palloc0(flat_bytes(fractions + values));

	SET_VARSIZE(flat, flat_bytes(fractions + values));
	flat->n_fractions = (int32) fractions;
	flat->count = values;
	return flat;
}

Datum
mo_peer_values_in(PG_FUNCTION_ARGS)
{
	char	   *text = PG_GETARG_CSTRING(0);
	int64		fractions;
	int64		values;
	FlatPeers  *flat;

	refuse(mo_peer_values_parse(text, &fractions, &values, NULL), ERRCODE_INVALID_TEXT_REPRESENTATION);
	flat = empty_flat(fractions, values);
	refuse(mo_peer_values_parse(text, &fractions, &values, flat->numbers), ERRCODE_INVALID_TEXT_REPRESENTATION);
	PG_RETURN_POINTER(flat);
}

/* Shortest digits that read back as the same number, whatever extra_float_digits says. */
static void
append_numbers(StringInfo text, const float8 *numbers, int64 n)
{
	for (int64 i = 0; i < n; i++)
	{
		char		digits[DOUBLE_SHORTEST_DECIMAL_LEN];

		double_to_shortest_decimal_buf(numbers[i], digits);
		if (i > 0)
			appendStringInfoChar(text, ',');
		appendStringInfoString(text, digits);
	}
}

Datum
mo_peer_values_out(PG_FUNCTION_ARGS)
{
	PeerView	view = mo_peer_view(PG_GETARG_DATUM(0));
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	append_numbers(&text, view.fractions, view.n_fractions);
	appendStringInfoChar(&text, '|');
	append_numbers(&text, view.values, view.count);
	appendStringInfoChar(&text, '}');
	PG_RETURN_CSTRING(text.data);
}

Datum
mo_peer_values_recv(PG_FUNCTION_ARGS)
{
	StringInfo	message = (StringInfo) PG_GETARG_POINTER(0);
	int			length = message->len - message->cursor;
	const unsigned char *bytes = (const unsigned char *) pq_getmsgbytes(message, length);
	int64		fractions;
	int64		values;
	FlatPeers  *flat;

	refuse(mo_peer_values_header(bytes, length, &fractions, &values), ERRCODE_INVALID_BINARY_REPRESENTATION);
	flat = empty_flat(fractions, values);
	refuse(mo_peer_values_numbers(bytes, fractions, values, flat->numbers), ERRCODE_INVALID_BINARY_REPRESENTATION);
	PG_RETURN_POINTER(flat);
}

Datum
mo_peer_values_send(PG_FUNCTION_ARGS)
{
	PeerView	view = mo_peer_view(PG_GETARG_DATUM(0));
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint32(&message, (uint32) view.n_fractions);
	pq_sendint64(&message, view.count);
	for (int64 i = 0; i < view.n_fractions; i++)
		pq_sendfloat8(&message, view.fractions[i]);
	for (int64 i = 0; i < view.count; i++)
		pq_sendfloat8(&message, view.values[i]);
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}
