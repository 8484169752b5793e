/*
 * rate_interval.c
 *		Confidence limits of proportions (Wilson) and of rates (Byar, exact Poisson for few events).
 *
 * All are strict. Nothing to divide by gives null: an organisation with nobody in it has no rate and no interval.
 */
#include "mo.h"

#include "funnel.h"
#include "level_cache.h"
#include "stats/rate_interval.h"

PG_FUNCTION_INFO_V1(mo_interval_proportion_lower);
PG_FUNCTION_INFO_V1(mo_interval_proportion_upper);
PG_FUNCTION_INFO_V1(mo_interval_rate_lower);
PG_FUNCTION_INFO_V1(mo_interval_rate_upper);

typedef double (*proportion_limit) (double numerator, double denominator, const mo_level *level);
typedef double (*count_limit) (double count, const mo_level *level);

/* (numerator, denominator, confidence) */
static Datum
proportion_datum(FunctionCallInfo fcinfo, proportion_limit limit)
{
	float8		numerator = mo_not_negative(PG_GETARG_FLOAT8(0), "numerator");
	float8		denominator = mo_not_negative(PG_GETARG_FLOAT8(1), "denominator");
	const mo_level *level = mo_cached_level(fcinfo, 2, "confidence");

	mo_check_proportion(numerator, denominator);
	if (denominator == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mo_finite(limit(numerator, denominator, level), "the limit"));
}

Datum
mo_interval_proportion_lower(PG_FUNCTION_ARGS)
{
	return proportion_datum(fcinfo, mo_wilson_lower);
}

Datum
mo_interval_proportion_upper(PG_FUNCTION_ARGS)
{
	return proportion_datum(fcinfo, mo_wilson_upper);
}

/* (count, denominator, per, confidence) */
static Datum
rate_datum(FunctionCallInfo fcinfo, count_limit limit)
{
	float8		count = mo_not_negative(PG_GETARG_FLOAT8(0), "count");
	float8		denominator = mo_not_negative(PG_GETARG_FLOAT8(1), "denominator");
	float8		per = mo_finite(PG_GETARG_FLOAT8(2), "per");
	const mo_level *level = mo_cached_level(fcinfo, 3, "confidence");

	if (per <= 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("per must be above 0"),
				 errhint("Give 1000 for a rate per 1,000.")));
	if (denominator == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(mo_finite(limit(count, level) / denominator * per, "the limit"));
}

Datum
mo_interval_rate_lower(PG_FUNCTION_ARGS)
{
	return rate_datum(fcinfo, mo_count_lower);
}

Datum
mo_interval_rate_upper(PG_FUNCTION_ARGS)
{
	return rate_datum(fcinfo, mo_count_upper);
}
