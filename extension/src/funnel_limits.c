/*
 * funnel_limits.c
 *		Control limits of funnel plots, and where an organisation stands in one.
 *
 * All are strict: a null anywhere gives null, and so does an empty denominator.
 */
#include "mo.h"

#include "utils/builtins.h"

#include "funnel.h"
#include "level_cache.h"
#include "stats/funnel_limits.h"

PG_FUNCTION_INFO_V1(mo_funnel_proportion_lower_limit);
PG_FUNCTION_INFO_V1(mo_funnel_proportion_upper_limit);
PG_FUNCTION_INFO_V1(mo_funnel_rate_lower_limit);
PG_FUNCTION_INFO_V1(mo_funnel_rate_upper_limit);
PG_FUNCTION_INFO_V1(mo_funnel_proportion_position);
PG_FUNCTION_INFO_V1(mo_funnel_rate_position);

/* --------------------------------------------------------------------------- limits */

static float8
average_proportion(float8 average)
{
	if (mo_not_negative(average, "average") > 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("average must not be above 1: %g", average),
				 errhint("Give a proportion, 80 %% as 0.8; for rates use mo.funnel_rate_lower and mo.funnel_rate_upper.")));
	return average;
}

typedef double (*proportion_limit) (double average, double denominator, const mo_level *level, double tau2);
typedef double (*count_limit) (double expected, const mo_level *level, double tau2);

/* (average, denominator, coverage, tau2) */
static Datum
proportion_datum(FunctionCallInfo fcinfo, proportion_limit limit)
{
	float8		average = average_proportion(PG_GETARG_FLOAT8(0));
	float8		denominator = mo_not_negative(PG_GETARG_FLOAT8(1), "denominator");
	const mo_level *level = mo_cached_level(fcinfo, 2, "coverage");
	float8		tau2 = mo_not_negative(PG_GETARG_FLOAT8(3), "tau2");

	if (denominator == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mo_finite(limit(average, denominator, level, tau2), "the limit"));
}

Datum
mo_funnel_proportion_lower_limit(PG_FUNCTION_ARGS)
{
	return proportion_datum(fcinfo, mo_funnel_proportion_lower);
}

Datum
mo_funnel_proportion_upper_limit(PG_FUNCTION_ARGS)
{
	return proportion_datum(fcinfo, mo_funnel_proportion_upper);
}

/* (average_per_unit, denominator, coverage, tau2) */
static Datum
rate_datum(FunctionCallInfo fcinfo, count_limit limit)
{
	float8		average = mo_not_negative(PG_GETARG_FLOAT8(0), "average_per_unit");
	float8		denominator = mo_not_negative(PG_GETARG_FLOAT8(1), "denominator");
	const mo_level *level = mo_cached_level(fcinfo, 2, "coverage");
	float8		tau2 = mo_not_negative(PG_GETARG_FLOAT8(3), "tau2");
	float8		expected;

	if (denominator == 0)
		PG_RETURN_NULL();
	expected = mo_finite(average * denominator, "the expected count");
	PG_RETURN_FLOAT8(mo_finite(limit(expected, level, tau2) / denominator, "the limit"));
}

Datum
mo_funnel_rate_lower_limit(PG_FUNCTION_ARGS)
{
	return rate_datum(fcinfo, mo_funnel_count_lower);
}

Datum
mo_funnel_rate_upper_limit(PG_FUNCTION_ARGS)
{
	return rate_datum(fcinfo, mo_funnel_count_upper);
}

/* ------------------------------------------------------------------------- position */

typedef struct custom_levels
{
	mo_level	warning;		/* 95 % */
	mo_level	alarm;			/* 99.8 % */
} custom_levels;

static const custom_levels *
cached_levels(FunctionCallInfo fcinfo)
{
	custom_levels *levels = fcinfo->flinfo->fn_extra;

	if (levels == NULL)
	{
		levels = MemoryContextAlloc(fcinfo->flinfo->fn_mcxt, sizeof(custom_levels));
		levels->warning = mo_level_of(0.95);
		levels->alarm = mo_level_of(0.998);
		fcinfo->flinfo->fn_extra = levels;
	}
	return levels;
}

/* The word for what the wider and the narrower limits say; over-dispersed limits are nested like the others. */
static Datum
position_datum(int warning, int alarm)
{
	const char *position = "within";

	if (alarm != 0)
		position = alarm > 0 ? "above_998" : "below_998";
	else if (warning != 0)
		position = warning > 0 ? "above_95" : "below_95";
	PG_RETURN_TEXT_P(cstring_to_text(position));
}

/* (numerator, denominator, average, tau2) */
Datum
mo_funnel_proportion_position(PG_FUNCTION_ARGS)
{
	float8		numerator = mo_not_negative(PG_GETARG_FLOAT8(0), "numerator");
	float8		denominator = mo_not_negative(PG_GETARG_FLOAT8(1), "denominator");
	float8		average = average_proportion(PG_GETARG_FLOAT8(2));
	float8		tau2 = mo_not_negative(PG_GETARG_FLOAT8(3), "tau2");
	const custom_levels *levels = cached_levels(fcinfo);

	mo_check_proportion(numerator, denominator);
	if (denominator == 0)
		PG_RETURN_NULL();
	return position_datum(mo_funnel_proportion_side(numerator, denominator, average, &levels->warning, tau2),
						  mo_funnel_proportion_side(numerator, denominator, average, &levels->alarm, tau2));
}

/* (count, denominator, average_per_unit, tau2) */
Datum
mo_funnel_rate_position(PG_FUNCTION_ARGS)
{
	float8		count = mo_not_negative(PG_GETARG_FLOAT8(0), "count");
	float8		denominator = mo_not_negative(PG_GETARG_FLOAT8(1), "denominator");
	float8		average = mo_not_negative(PG_GETARG_FLOAT8(2), "average_per_unit");
	float8		tau2 = mo_not_negative(PG_GETARG_FLOAT8(3), "tau2");
	const custom_levels *levels = cached_levels(fcinfo);
	float8		expected;

	if (denominator == 0)
		PG_RETURN_NULL();
	expected = mo_finite(average * denominator, "the expected count");
	return position_datum(mo_funnel_count_side(count, expected, &levels->warning, tau2),
						  mo_funnel_count_side(count, expected, &levels->alarm, tau2));
}
