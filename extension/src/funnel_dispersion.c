/*
 * funnel_dispersion.c
 *		How far organisations lie about their average beyond chance: phi and tau2 of funnel plots, systematic component of
 *		variation. Aggregates.
 *
 * State of phi and tau2, float8[]: {organisations, winsorised part or -1, numerator, denominator, ...}, followed by unused zeros:
 * room is doubled when it runs out, so that a group of n costs n. The values themselves are kept because they are winsorised
 * at their quantiles, about an average known only at the end. State of the systematic component: {areas, sum, its low part}.
 * There are no inverse transitions.
 */
#include "mo.h"

#include <math.h>

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "funnel.h"
#include "stats/double_sum.h"
#include "stats/funnel_dispersion.h"

PG_FUNCTION_INFO_V1(mo_funnel_proportion_accum);
PG_FUNCTION_INFO_V1(mo_funnel_rate_accum);
PG_FUNCTION_INFO_V1(mo_funnel_combine);
PG_FUNCTION_INFO_V1(mo_funnel_proportion_phi);
PG_FUNCTION_INFO_V1(mo_funnel_proportion_tau2);
PG_FUNCTION_INFO_V1(mo_funnel_rate_phi);
PG_FUNCTION_INFO_V1(mo_funnel_rate_tau2);
PG_FUNCTION_INFO_V1(mo_systematic_accum);
PG_FUNCTION_INFO_V1(mo_systematic_combine);
PG_FUNCTION_INFO_V1(mo_systematic_final);

enum
{
	DISPERSION_COUNT, DISPERSION_WINSORISED, DISPERSION_HEAD
};

#define WINSORISED_BY_CUSTOM 0.1
#define FIRST_ROOM 8			/* organisations */

static bool
whole_up_to(float8 value, int64 most)
{
	return value >= 0 && value <= (float8) most && value == floor(value);
}

/* Argument `argno` as a dispersion state, its shape checked; in an aggregate the server's own, by hand a copy. */
static ArrayType *
dispersion_state(FunctionCallInfo fcinfo, int argno)
{
	ArrayType  *array;
	float8	   *state;
	int			n;

	if (AggCheckCallContext(fcinfo, NULL))
		array = PG_GETARG_ARRAYTYPE_P(argno);
	else
		array = PG_GETARG_ARRAYTYPE_P_COPY(argno);
	n = ARR_NDIM(array) == 1 ? ARR_DIMS(array)[0] : 0;
	state = (float8 *) ARR_DATA_PTR(array);
	if (n < DISPERSION_HEAD || ARR_HASNULL(array) || ARR_ELEMTYPE(array) != FLOAT8OID ||
		!whole_up_to(state[DISPERSION_COUNT], (n - DISPERSION_HEAD) / 2) ||
		!(state[DISPERSION_WINSORISED] == -1 || (state[DISPERSION_WINSORISED] >= 0 && state[DISPERSION_WINSORISED] < 0.5)))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("expected an aggregate state of numerators and denominators"),
				 errhint("Use the aggregate, not its support function.")));
	return array;
}

/* The pairs of a state that came from elsewhere, each as the transition functions would have let it in. */
static const float8 *
checked_pairs(ArrayType *array, mo_funnel_kind kind)
{
	const float8 *state = (const float8 *) ARR_DATA_PTR(array);
	const float8 *pairs = state + DISPERSION_HEAD;

	for (int64 i = 0; i < (int64) state[DISPERSION_COUNT]; i++)
	{
		CHECK_FOR_INTERRUPTS();
		mo_not_negative(pairs[2 * i], "numerator");
		if (mo_not_negative(pairs[2 * i + 1], "denominator") == 0)
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("expected an aggregate state without empty denominators"),
					 errhint("Use the aggregate, not its support function.")));
		if (kind == MO_FUNNEL_PROPORTION)
			mo_check_proportion(pairs[2 * i], pairs[2 * i + 1]);
	}
	return pairs;
}

/*
 * The state with room for `more` organisations: itself, or a copy of at least twice the room in the current context (the executor
 * moves it to the aggregate's).
 */
static ArrayType *
with_room(ArrayType *array, int64 more)
{
	const float8 *state = (const float8 *) ARR_DATA_PTR(array);
	int64		room = (ARR_DIMS(array)[0] - DISPERSION_HEAD) / 2;
	int64		used = (int64) state[DISPERSION_COUNT];
	int64		most = (int64) ((MaxAllocSize - ARR_OVERHEAD_NONULLS(1)) / sizeof(float8) - DISPERSION_HEAD) / 2;
	Size		size;
	ArrayType  *larger;

	if (used + more <= room)
		return array;
	if (used + more > most)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("more than " INT64_FORMAT " organisations in one funnel", most),
				 errhint("Add the records up to organisations first.")));
	room = Min(Max(Max(2 * room, used + more), FIRST_ROOM), most);
	size = ARR_OVERHEAD_NONULLS(1) + sizeof(float8) * (DISPERSION_HEAD + 2 * room);
	larger = palloc0(size);
	memcpy(larger, array, Min(VARSIZE(array), size));
	SET_VARSIZE(larger, size);
	ARR_DIMS(larger)[0] = (int) (DISPERSION_HEAD + 2 * room);
	return larger;
}

static void
keep_winsorised(float8 *state, float8 winsorised)
{
	if (!(mo_finite(winsorised, "winsorised") >= 0 && winsorised < 0.5))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("winsorised must be at least 0 and below 0.5: %g", winsorised),
				 errhint("Give 10 %% at each end as 0.1.")));
	if (state[DISPERSION_WINSORISED] != -1 && state[DISPERSION_WINSORISED] != winsorised)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("winsorised must be the same for every row of a group: %g and %g",
						state[DISPERSION_WINSORISED], winsorised),
				 errhint("Group by it, or give one number.")));
	state[DISPERSION_WINSORISED] = winsorised;
}

/* (state, numerator, denominator [, winsorised]): a missing side or an empty denominator is not an organisation. */
static Datum
accumulate(FunctionCallInfo fcinfo, mo_funnel_kind kind)
{
	ArrayType  *array = dispersion_state(fcinfo, 0);
	float8	   *state = (float8 *) ARR_DATA_PTR(array);
	float8		numerator;
	float8		denominator;
	int64		n;

	if (PG_NARGS() == 4)
	{
		if (PG_ARGISNULL(3))
			ereport(ERROR,
					(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
					 errmsg("winsorised must not be null"),
					 errhint("Leave it out for 0.1.")));
		keep_winsorised(state, PG_GETARG_FLOAT8(3));
	}
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_ARRAYTYPE_P(array);
	numerator = mo_not_negative(PG_GETARG_FLOAT8(1), kind == MO_FUNNEL_RATE ? "count" : "numerator");
	denominator = mo_not_negative(PG_GETARG_FLOAT8(2), "denominator");
	if (kind == MO_FUNNEL_PROPORTION)
		mo_check_proportion(numerator, denominator);
	if (denominator == 0)
		PG_RETURN_ARRAYTYPE_P(array);
	array = with_room(array, 1);
	state = (float8 *) ARR_DATA_PTR(array);
	n = (int64) state[DISPERSION_COUNT];
	state[DISPERSION_HEAD + 2 * n] = numerator;
	state[DISPERSION_HEAD + 2 * n + 1] = denominator;
	state[DISPERSION_COUNT] = (float8) (n + 1);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_funnel_proportion_accum(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return accumulate(fcinfo, MO_FUNNEL_PROPORTION);
}

Datum
mo_funnel_rate_accum(PG_FUNCTION_ARGS)
{
	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	return accumulate(fcinfo, MO_FUNNEL_RATE);
}

Datum
mo_funnel_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array = dispersion_state(fcinfo, 0);
	ArrayType  *other_array = dispersion_state(fcinfo, 1);
	const float8 *other = (const float8 *) ARR_DATA_PTR(other_array);
	int64		more = (int64) other[DISPERSION_COUNT];
	float8	   *state;
	int64		n;

	array = with_room(array, more);
	state = (float8 *) ARR_DATA_PTR(array);
	n = (int64) state[DISPERSION_COUNT];
	if (other[DISPERSION_WINSORISED] != -1)
		keep_winsorised(state, other[DISPERSION_WINSORISED]);
	memcpy(&state[DISPERSION_HEAD + 2 * n], &other[DISPERSION_HEAD], sizeof(float8) * 2 * more);
	state[DISPERSION_COUNT] = (float8) (n + more);
	PG_RETURN_ARRAYTYPE_P(array);
}

/* False when fewer than two organisations leave nothing to compare. */
static bool
dispersion_of(FunctionCallInfo fcinfo, mo_funnel_kind kind, mo_dispersion *result)
{
	ArrayType  *array = dispersion_state(fcinfo, 0);
	const float8 *state = (const float8 *) ARR_DATA_PTR(array);
	const float8 *pairs = checked_pairs(array, kind);
	int64		n = (int64) state[DISPERSION_COUNT];
	float8		winsorised = state[DISPERSION_WINSORISED] == -1 ? WINSORISED_BY_CUSTOM : state[DISPERSION_WINSORISED];
	float8	   *z;

	if (n < 2)
		return false;
	z = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(float8) * (Size) n);
	*result = mo_funnel_dispersion(kind, pairs, n, winsorised, z);
	pfree(z);
	mo_finite(result->phi, "phi");
	mo_finite(result->tau2, "tau2");
	return true;
}

static Datum
phi_datum(FunctionCallInfo fcinfo, mo_funnel_kind kind)
{
	mo_dispersion result;

	if (!dispersion_of(fcinfo, kind, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result.phi);
}

static Datum
tau2_datum(FunctionCallInfo fcinfo, mo_funnel_kind kind)
{
	mo_dispersion result;

	if (!dispersion_of(fcinfo, kind, &result))
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(result.tau2);
}

Datum
mo_funnel_proportion_phi(PG_FUNCTION_ARGS)
{
	return phi_datum(fcinfo, MO_FUNNEL_PROPORTION);
}

Datum
mo_funnel_proportion_tau2(PG_FUNCTION_ARGS)
{
	return tau2_datum(fcinfo, MO_FUNNEL_PROPORTION);
}

Datum
mo_funnel_rate_phi(PG_FUNCTION_ARGS)
{
	return phi_datum(fcinfo, MO_FUNNEL_RATE);
}

Datum
mo_funnel_rate_tau2(PG_FUNCTION_ARGS)
{
	return tau2_datum(fcinfo, MO_FUNNEL_RATE);
}

/* ------------------------------------------------ systematic component of variation */

enum
{
	SYSTEMATIC_AREAS, SYSTEMATIC_SUM, SYSTEMATIC_LOW, SYSTEMATIC_STATE
};

/* (state, observed, expected): an area with a missing side, or where nothing is expected, counts nothing. */
Datum
mo_systematic_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state;
	float8		observed;
	float8		expected;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	state = mo_float8_state(fcinfo, 0, SYSTEMATIC_STATE, &array);
	if (PG_ARGISNULL(1) || PG_ARGISNULL(2))
		PG_RETURN_ARRAYTYPE_P(array);
	observed = mo_not_negative(PG_GETARG_FLOAT8(1), "observed");
	expected = mo_not_negative(PG_GETARG_FLOAT8(2), "expected");
	if (expected > 0)
	{
		mo_sum_add(&state[SYSTEMATIC_SUM], mo_finite(mo_systematic_term(observed, expected), "the area's variation"));
		state[SYSTEMATIC_AREAS] += 1;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_systematic_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other_array;
	float8	   *state = mo_float8_state(fcinfo, 0, SYSTEMATIC_STATE, &array);
	float8	   *other = mo_float8_state(fcinfo, 1, SYSTEMATIC_STATE, &other_array);

	mo_sum_merge(&state[SYSTEMATIC_SUM], &other[SYSTEMATIC_SUM]);
	state[SYSTEMATIC_AREAS] += other[SYSTEMATIC_AREAS];
	PG_RETURN_ARRAYTYPE_P(array);
}

/* The mean; a variance is not negative, so less variation than chance gives makes 0. */
Datum
mo_systematic_final(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = mo_float8_state(fcinfo, 0, SYSTEMATIC_STATE, &array);
	float8		mean;

	if (!(state[SYSTEMATIC_AREAS] >= 1))
		PG_RETURN_NULL();
	mean = mo_finite(mo_sum_value(&state[SYSTEMATIC_SUM]) / state[SYSTEMATIC_AREAS], "the systematic component");
	PG_RETURN_FLOAT8(Max(mean, 0));
}
