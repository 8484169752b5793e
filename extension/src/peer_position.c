/*
 * peer_position.c
 *		Where an organisation stands among its peers: median, percentiles and deciles as aggregates; the median of the
 *		others, percent rank, decile and quintile as window functions.
 *
 * The aggregates keep every value (peer_position_state.h) and select instead of sorting; final functions select in a copy, so
 * that a state can be shared, finished twice and appended to afterwards. The window functions sort the partition's values
 * once and look each row up: O(n log n) a partition.
 */
#include "peer_position_state.h"

#include <limits.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "stats/peer_position.h"

PG_FUNCTION_INFO_V1(mo_median_accum);
PG_FUNCTION_INFO_V1(mo_percentile_accum);
PG_FUNCTION_INFO_V1(mo_percentiles_accum);
PG_FUNCTION_INFO_V1(mo_peer_values_combine);
PG_FUNCTION_INFO_V1(mo_median_final);
PG_FUNCTION_INFO_V1(mo_percentile_final);
PG_FUNCTION_INFO_V1(mo_percentiles_final);
PG_FUNCTION_INFO_V1(mo_deciles_final);
PG_FUNCTION_INFO_V1(mo_window_median_without_self);
PG_FUNCTION_INFO_V1(mo_window_percentile_rank);
PG_FUNCTION_INFO_V1(mo_window_decile);
PG_FUNCTION_INFO_V1(mo_window_quintile);

static void
pause_for_interrupts(void)
{
	CHECK_FOR_INTERRUPTS();
}

/* Argument 1 as a value: finite, and no negative zero, so that the answer does not depend on the order of equal values. */
static float8
peer_value(Datum value)
{
	return mo_finite(DatumGetFloat8(value), "value") + 0.0;
}

static Datum
with_value(FunctionCallInfo fcinfo, Datum state)
{
	float8		value = peer_value(PG_GETARG_DATUM(1));

	return mo_peer_append(fcinfo, state, &value, 1);
}

static const float8 no_fractions = 0;

/* (state, value) */
Datum
mo_median_accum(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(1))
	{
		if (PG_ARGISNULL(0))
			PG_RETURN_NULL();
		return PG_GETARG_DATUM(0);
	}
	return with_value(fcinfo, PG_ARGISNULL(0) ? mo_peer_create(&no_fractions, 0) : PG_GETARG_DATUM(0));
}

static void
check_fraction(float8 fraction)
{
	if (!(fraction >= 0 && fraction <= 1))
		ereport(ERROR,
				(errcode(ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE),
				 errmsg("fraction must be between 0 and 1: %g", fraction),
				 errhint("Give the 90th percentile as 0.9.")));
}

/* The state of a group whose fractions are these; the first row decides them, later rows have to agree. */
static Datum
state_with_fractions(FunctionCallInfo fcinfo, const float8 *fractions, int64 n)
{
	PeerView	view;

	if (PG_ARGISNULL(0))
	{
		for (int64 i = 0; i < n; i++)
			check_fraction(fractions[i]);
		return mo_peer_create(fractions, n);
	}
	view = mo_peer_view(PG_GETARG_DATUM(0));
	if (view.n_fractions != n || memcmp(view.fractions, fractions, n * sizeof(float8)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the fraction must be the same for every row of a group"),
				 errhint("Several percentiles of one group: mo.percentiles(value, '{0.1,0.9}').")));
	return PG_GETARG_DATUM(0);
}

static void
refuse_null_fraction(bool is_null)
{
	if (is_null)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("fraction must not be null"),
				 errhint("Give a number from 0 to 1.")));
}

/* (state, value, fraction) */
Datum
mo_percentile_accum(PG_FUNCTION_ARGS)
{
	float8		fraction;
	Datum		state;

	refuse_null_fraction(PG_ARGISNULL(2));
	fraction = PG_GETARG_FLOAT8(2) + 0.0;
	state = state_with_fractions(fcinfo, &fraction, 1);
	return PG_ARGISNULL(1) ? state : with_value(fcinfo, state);
}

/*
 * Whether argument 2 is the same in every call of an aggregate, as a constant is: then a state that is there has been made with it. Comparing them
 * fetches memory of each state again, which shows where groups are many. Found out once for each place of call.
 */
static bool
fractions_are_constant(FunctionCallInfo fcinfo)
{
	static char constant;
	static char varying;

	if (fcinfo->flinfo == NULL)
		return false;
	if (fcinfo->flinfo->fn_extra == NULL)
		fcinfo->flinfo->fn_extra = AggCheckCallContext(fcinfo, NULL) != 0 && get_fn_expr_arg_stable(fcinfo->flinfo, 2) ? &constant : &varying;
	return fcinfo->flinfo->fn_extra == &constant;
}

/* (state, value, fractions) */
Datum
mo_percentiles_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *fractions;
	Datum		state;

	if (!PG_ARGISNULL(0) && fractions_are_constant(fcinfo))
		return PG_ARGISNULL(1) ? PG_GETARG_DATUM(0) : with_value(fcinfo, PG_GETARG_DATUM(0));
	refuse_null_fraction(PG_ARGISNULL(2));
	fractions = PG_GETARG_ARRAYTYPE_P(2);
	if (ARR_NDIM(fractions) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("fractions must be a one-dimensional array"),
				 errhint("Write it as ARRAY[0.05, 0.5, 0.95].")));
	refuse_null_fraction(array_contains_nulls(fractions));
	state = state_with_fractions(fcinfo, (float8 *) ARR_DATA_PTR(fractions), ArrayGetNItems(ARR_NDIM(fractions), ARR_DIMS(fractions)));
	return PG_ARGISNULL(1) ? state : with_value(fcinfo, state);
}

Datum
mo_peer_values_combine(PG_FUNCTION_ARGS)
{
	PeerView	other = mo_peer_view(PG_GETARG_DATUM(1));
	Datum		state = state_with_fractions(fcinfo, other.fractions, other.n_fractions);

	return mo_peer_append(fcinfo, state, other.values, other.count);
}

/* The quantiles of a state, found in a copy of its values; false when it has none. */
static bool
quantiles(PeerView view, const float8 *fractions, int64 n, float8 *result)
{
	float8		few[64];		/* a group of thirty, of which there are many, asks for no memory */
	float8	   *copy = few;

	if (view.count == 0)
		return false;
	if (view.count > (int64) lengthof(few))
		copy = MemoryContextAllocHuge(CurrentMemoryContext, (Size) view.count * sizeof(float8));
	memcpy(copy, view.values, view.count * sizeof(float8));
	mo_quantiles(copy, view.count, fractions, n, result, pause_for_interrupts);
	if (copy != few)
		pfree(copy);
	return true;
}

static Datum
one_quantile(FunctionCallInfo fcinfo, PeerView view, float8 fraction)
{
	float8		result;

	if (!quantiles(view, &fraction, 1, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result);
}

static Datum
many_quantiles(FunctionCallInfo fcinfo, PeerView view, const float8 *fractions, int64 n)
{
	float8	   *result = palloc(n * sizeof(float8));
	Datum	   *elements = palloc(n * sizeof(Datum));

	if (!quantiles(view, fractions, n, result))
		PG_RETURN_NULL();
	for (int64 i = 0; i < n; i++)
		elements[i] = Float8GetDatum(result[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(elements, (int) n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

Datum
mo_median_final(PG_FUNCTION_ARGS)
{
	return one_quantile(fcinfo, mo_peer_view(PG_GETARG_DATUM(0)), 0.5);
}

Datum
mo_percentile_final(PG_FUNCTION_ARGS)
{
	PeerView	view = mo_peer_view(PG_GETARG_DATUM(0));

	if (view.n_fractions != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an aggregate state with one fraction"),
				 errhint("Use the aggregate, not its support function.")));
	return one_quantile(fcinfo, view, view.fractions[0]);
}

Datum
mo_percentiles_final(PG_FUNCTION_ARGS)
{
	PeerView	view = mo_peer_view(PG_GETARG_DATUM(0));

	return many_quantiles(fcinfo, view, view.fractions, view.n_fractions);
}

Datum
mo_deciles_final(PG_FUNCTION_ARGS)
{
	static const float8 tenths[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};

	return many_quantiles(fcinfo, mo_peer_view(PG_GETARG_DATUM(0)), tenths, lengthof(tenths));
}

/* What a window function keeps for the partition: its values that are not null, sorted. */
typedef struct SortedPeers
{
	bool		ready;
	int64		count;
	float8	   *values;
} SortedPeers;

/* Rows between two resets of what evaluating the argument leaves behind. */
#define ROWS_A_RESET 1024

static void
read_values(WindowObject winobj, SortedPeers *peers, int64 rows)
{
	MemoryContext scratch = AllocSetContextCreate(CurrentMemoryContext, "peer position", ALLOCSET_DEFAULT_SIZES);
	MemoryContext caller = MemoryContextSwitchTo(scratch);

	for (int row = 0; row < rows; row++)
	{
		bool		is_null;
		bool		is_out;
		Datum		value = WinGetFuncArgInPartition(winobj, 0, row, WINDOW_SEEK_HEAD, false, &is_null, &is_out);

		if (!is_null && !is_out)
			peers->values[peers->count++] = peer_value(value);
		if (row % ROWS_A_RESET == 0)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(scratch);
		}
	}
	MemoryContextSwitchTo(caller);
	MemoryContextDelete(scratch);
}

static SortedPeers *
sorted_peers(WindowObject winobj)
{
	SortedPeers *peers = WinGetPartitionLocalMemory(winobj, sizeof(SortedPeers));
	int			rows;

	if (peers->ready)
		return peers;
	rows = mo_partition_rows(winobj);
	/* beside the partition's memory, but not bound by 1 GB */
	peers->values = MemoryContextAllocHuge(GetMemoryChunkContext(peers), (Size) rows * sizeof(float8));
	read_values(winobj, peers, rows);
	mo_sort_doubles(peers->values, peers->count, pause_for_interrupts);
	peers->ready = true;
	return peers;
}

/* The current row's value; false when it is null and has no position. */
static bool
own_value(WindowObject winobj, float8 *value)
{
	bool		is_null;
	Datum		datum = WinGetFuncArgCurrent(winobj, 0, &is_null);

	if (!is_null)
		*value = peer_value(datum);
	return !is_null;
}

/* A value read twice is the same value, unless the argument is volatile. */
static void
check_found(const SortedPeers *peers, size_t below, float8 value)
{
	if (below >= (size_t) peers->count || peers->values[below] != value)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the value of a row changed while the partition was read"),
				 errhint("Compute volatile expressions in a sub-query.")));
}

Datum
mo_window_median_without_self(PG_FUNCTION_ARGS)
{
	WindowObject winobj = PG_WINDOW_OBJECT();
	SortedPeers *peers = sorted_peers(winobj);
	float8		self;

	if (!own_value(winobj, &self))
	{
		if (peers->count == 0)
			PG_RETURN_NULL();
		PG_RETURN_FLOAT8(mo_sorted_quantile(peers->values, peers->count, 0.5));
	}
	check_found(peers, mo_count_below(peers->values, peers->count, self), self);
	if (peers->count == 1)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mo_median_without(peers->values, peers->count, self));
}

/* The current row's number of smaller peers; false when its value is null. */
static bool
own_position(WindowObject winobj, SortedPeers **peers, size_t *below)
{
	float8		self;

	*peers = sorted_peers(winobj);
	if (!own_value(winobj, &self))
		return false;
	*below = mo_count_below((*peers)->values, (*peers)->count, self);
	check_found(*peers, *below, self);
	return true;
}

Datum
mo_window_percentile_rank(PG_FUNCTION_ARGS)
{
	SortedPeers *peers;
	size_t		below;

	if (!own_position(PG_WINDOW_OBJECT(), &peers, &below))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mo_percentile_rank(below, peers->count));
}

/* The group of equal size that the current row is in; null with fewer peers than groups. */
static Datum
own_group(FunctionCallInfo fcinfo, int groups)
{
	SortedPeers *peers;
	size_t		below;
	int			group;

	if (!own_position(PG_WINDOW_OBJECT(), &peers, &below))
		PG_RETURN_NULL();
	group = mo_quantile_group(below, peers->count, groups);
	if (group == 0)
		PG_RETURN_NULL();
	PG_RETURN_INT32(group);
}

Datum
mo_window_decile(PG_FUNCTION_ARGS)
{
	return own_group(fcinfo, 10);
}

Datum
mo_window_quintile(PG_FUNCTION_ARGS)
{
	return own_group(fcinfo, 5);
}
