/*
 * weighted_patients.c
 *		Weighted list sizes and ratios of sums, as aggregates whose answer does not depend on the order of the rows.
 *
 * What is wanted: the same figure on every refresh, whatever plan the server chose. Plain float8 sums differ in their
 * last digits from plan to plan, and a figure that moves without a reason costs a reader's trust. So sums are carried
 * in double-double (stats/double_sum.h). There is no inverse transition: a term once rounded in cannot be taken out
 * exactly; a moving frame is computed afresh by the executor.
 *
 * States are float8[]:
 *   weighted_patients  {rows, sum, low part of sum}
 *   ratio, rate_per    {numerator, its low part, denominator, its low part, per, rows}
 */
#include "mo.h"

#include "stats/double_sum.h"

enum
{
	WEIGHTED_ROWS, WEIGHTED_SUM, WEIGHTED_LOW, WEIGHTED_STATE
};

enum
{
	RATIO_NUMERATOR, RATIO_NUMERATOR_LOW, RATIO_DENOMINATOR, RATIO_DENOMINATOR_LOW, RATIO_PER, RATIO_ROWS, RATIO_STATE
};

PG_FUNCTION_INFO_V1(mo_weighted_patients_accum);
PG_FUNCTION_INFO_V1(mo_weighted_patients_combine);
PG_FUNCTION_INFO_V1(mo_weighted_patients_final);
PG_FUNCTION_INFO_V1(mo_ratio_accum);
PG_FUNCTION_INFO_V1(mo_rate_per_accum);
PG_FUNCTION_INFO_V1(mo_ratio_combine);
PG_FUNCTION_INFO_V1(mo_ratio_final);

/* A sum that ran out of double's range is refused, never returned. */
static float8
finite_sum(const float8 *sum)
{
	return mo_finite(mo_sum_value(sum), "the sum");
}

/* (state, patients, weight): a row with either missing counts nothing. */
Datum
mo_weighted_patients_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = mo_float8_state(fcinfo, 0, WEIGHTED_STATE, &array);

	if (!PG_ARGISNULL(1) && !PG_ARGISNULL(2))
	{
		float8		patients = mo_not_negative(PG_GETARG_FLOAT8(1), "patients");
		float8		weight = mo_not_negative(PG_GETARG_FLOAT8(2), "weight");

		mo_sum_add_product(&state[WEIGHTED_SUM], patients, weight);
		state[WEIGHTED_ROWS] += 1;
	}
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_weighted_patients_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other_array;
	float8	   *state = mo_float8_state(fcinfo, 0, WEIGHTED_STATE, &array);
	float8	   *other = mo_float8_state(fcinfo, 1, WEIGHTED_STATE, &other_array);

	mo_sum_merge(&state[WEIGHTED_SUM], &other[WEIGHTED_SUM]);
	state[WEIGHTED_ROWS] += other[WEIGHTED_ROWS];
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_weighted_patients_final(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = mo_float8_state(fcinfo, 0, WEIGHTED_STATE, &array);

	if (state[WEIGHTED_ROWS] == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(finite_sum(&state[WEIGHTED_SUM]));
}

/* One row's numerator and denominator into the state; a missing side counts 0. */
static void
add_parts(FunctionCallInfo fcinfo, float8 *state)
{
	if (!PG_ARGISNULL(1))
		mo_sum_add(&state[RATIO_NUMERATOR], mo_finite(PG_GETARG_FLOAT8(1), "numerator"));
	if (!PG_ARGISNULL(2))
		mo_sum_add(&state[RATIO_DENOMINATOR], mo_not_negative(PG_GETARG_FLOAT8(2), "denominator"));
	state[RATIO_ROWS] += 1;
}

/* (state, numerator, denominator) */
Datum
mo_ratio_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = mo_float8_state(fcinfo, 0, RATIO_STATE, &array);

	add_parts(fcinfo, state);
	PG_RETURN_ARRAYTYPE_P(array);
}

static void
keep_per(float8 *state, float8 per)
{
	if (state[RATIO_PER] != 0 && state[RATIO_PER] != per)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("per must be the same for every row of a group: %g and %g", state[RATIO_PER], per),
				 errhint("Give a constant, or group by it.")));
	state[RATIO_PER] = per;
}

/* (state, numerator, denominator, per) */
Datum
mo_rate_per_accum(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = mo_float8_state(fcinfo, 0, RATIO_STATE, &array);
	float8		per;

	if (PG_ARGISNULL(3) || mo_finite(per = PG_GETARG_FLOAT8(3), "per") <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("per must be above 0"),
				 errhint("Give 1000 for a rate per 1,000.")));
	keep_per(state, per);
	add_parts(fcinfo, state);
	PG_RETURN_ARRAYTYPE_P(array);
}

Datum
mo_ratio_combine(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	ArrayType  *other_array;
	float8	   *state = mo_float8_state(fcinfo, 0, RATIO_STATE, &array);
	float8	   *other = mo_float8_state(fcinfo, 1, RATIO_STATE, &other_array);

	mo_sum_merge(&state[RATIO_NUMERATOR], &other[RATIO_NUMERATOR]);
	mo_sum_merge(&state[RATIO_DENOMINATOR], &other[RATIO_DENOMINATOR]);
	if (other[RATIO_PER] != 0)
		keep_per(state, other[RATIO_PER]);
	state[RATIO_ROWS] += other[RATIO_ROWS];
	PG_RETURN_ARRAYTYPE_P(array);
}

/* Sum over sum; null where there is nothing to divide by. Serves ratio (per is 0: none given) and rate_per. */
Datum
mo_ratio_final(PG_FUNCTION_ARGS)
{
	ArrayType  *array;
	float8	   *state = mo_float8_state(fcinfo, 0, RATIO_STATE, &array);
	float8		denominator = finite_sum(&state[RATIO_DENOMINATOR]);
	float8		per = state[RATIO_PER] == 0 ? 1 : state[RATIO_PER];

	if (denominator == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mo_finite(finite_sum(&state[RATIO_NUMERATOR]) / denominator * per, "the ratio"));
}
