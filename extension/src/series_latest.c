/*
 * series_latest.c
 *		series_latest: what a page shows of a series, from its months and values in two arrays.
 *
 * What is wanted: the latest month of each of very many short series, with the sparkline of the year to it and the control chart of all its
 * months. Window functions give these beside every point, for which rows are sorted, kept and joined with themselves.
 */
#include "mo.h"

#include <math.h>

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/date.h"

#include "stats/control_chart.h"
#include "stats/nhs_calendar.h"
#include "stats/sparkline.h"

PG_FUNCTION_INFO_V1(mo_series_latest);

enum
{
	LATEST_MONTH, LATEST_SPARK, LATEST_POINTS, LATEST_MEAN, LATEST_LOWER, LATEST_UPPER, LATEST_CAUSE, LATEST_COLUMNS
};

typedef struct Series
{
	int			n;
	int64	   *months;			/* mo_month_index, ascending */
	double	   *values;			/* NaN: none */
	DateADT		latest;
} Series;

static Datum *
elements_of(ArrayType *array, const char *what, bool **nulls, int *n)
{
	Datum	   *elements;
	bool		is_date = ARR_ELEMTYPE(array) == DATEOID;

	if (ARR_NDIM(array) > 1)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("%s must be a one-dimensional array", what),
				 errhint("Make it with array_agg(... order by month).")));
	deconstruct_array(array, ARR_ELEMTYPE(array), is_date ? sizeof(DateADT) : sizeof(float8), is_date ? true : FLOAT8PASSBYVAL,
					  is_date ? TYPALIGN_INT : TYPALIGN_DOUBLE, &elements, nulls, n);
	return elements;
}

static void
read_series(FunctionCallInfo fcinfo, Series *series)
{
	bool	   *month_nulls;
	bool	   *value_nulls;
	int			n;
	Datum	   *months = elements_of(PG_GETARG_ARRAYTYPE_P(0), "series_months", &month_nulls, &series->n);
	Datum	   *values = elements_of(PG_GETARG_ARRAYTYPE_P(1), "series_values", &value_nulls, &n);

	if (n != series->n)
		ereport(ERROR,
				(errcode(ERRCODE_ARRAY_SUBSCRIPT_ERROR),
				 errmsg("series_values has %d elements where %d are needed", n, series->n),
				 errhint("It has one element a month; a month without a value is null.")));
	series->months = palloc(sizeof(int64) * (n + 1));
	series->values = palloc(sizeof(double) * (n + 1));
	for (int i = 0; i < n; i++)
	{
		DateADT		day = month_nulls[i] ? DATEVAL_NOEND : DatumGetDateADT(months[i]);

		series->months[i] = DATE_NOT_FINITE(day) ? 0 : mo_month_index(day);
		if (DATE_NOT_FINITE(day) || (i > 0 && series->months[i] <= series->months[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("series_months must be months in order, each once"),
					 errhint("Make both arrays with array_agg(... order by month).")));
		series->values[i] = value_nulls[i] ? NAN : mo_finite(DatumGetFloat8(values[i]), "series_values");
		series->latest = day;
	}
}

/* The twelve months to the latest; a month that is not in the series is a gap. */
static Datum
spark_of(const Series *series, bool *isnull)
{
	double		values[MO_SPARKLINE_WIDTH] = {0};
	bool		gaps[MO_SPARKLINE_WIDTH];
	char		text[MO_SPARKLINE_BYTES];
	int64		first = series->months[series->n - 1] - MO_SPARKLINE_WIDTH + 1;
	size_t		bytes;

	memset(gaps, true, sizeof(gaps));
	for (int i = series->n - 1; i >= 0 && series->months[i] >= first; i--)
	{
		int			place = (int) (series->months[i] - first);

		gaps[place] = isnan(series->values[i]);
		if (!gaps[place])
			values[place] = series->values[i];
	}
	bytes = mo_sparkline_draw(values, gaps, MO_SPARKLINE_WIDTH, GetDatabaseEncoding() == PG_UTF8, text);
	*isnull = bytes == 0;
	return *isnull ? (Datum) 0 : PointerGetDatum(cstring_to_text_with_len(text, (int) bytes));
}

/* Of all months; one that is not in the series is a gap, as in the sparkline. */
static void
chart_of(const Series *series, Datum *columns, bool *nulls)
{
	mo_xmr		xmr;
	double	   *spaced = palloc(sizeof(double) * 2 * series->n);
	size_t		places = mo_space_months(series->values, series->months, (size_t) series->n, spaced);
	unsigned char *causes = palloc(places);
	const char *cause;

	mo_xmr_limits(spaced, places, &xmr);
	mo_special_causes(spaced, places, &xmr, causes);
	cause = mo_cause_name(causes[places - 1]);
	columns[LATEST_POINTS] = Int64GetDatum((int64) xmr.points);
	columns[LATEST_MEAN] = Float8GetDatum(mo_finite(xmr.mean, "the mean"));
	columns[LATEST_LOWER] = Float8GetDatum(mo_finite(xmr.lower, "the lower limit"));
	columns[LATEST_UPPER] = Float8GetDatum(mo_finite(xmr.upper, "the upper limit"));
	nulls[LATEST_MEAN] = xmr.points == 0;
	nulls[LATEST_LOWER] = nulls[LATEST_UPPER] = xmr.ranges == 0;
	nulls[LATEST_CAUSE] = cause == NULL;
	columns[LATEST_CAUSE] = cause == NULL ? (Datum) 0 : PointerGetDatum(cstring_to_text(cause));
}

/* The row type of the result: looking it up takes longer than a series, and is done once a call site. */
static TupleDesc
result_type(FunctionCallInfo fcinfo)
{
	if (fcinfo->flinfo->fn_extra == NULL)
	{
		MemoryContext caller = MemoryContextSwitchTo(fcinfo->flinfo->fn_mcxt);
		TupleDesc	desc;

		if (get_call_result_type(fcinfo, NULL, &desc) != TYPEFUNC_COMPOSITE)
			elog(ERROR, "return type must be a row type");
		fcinfo->flinfo->fn_extra = BlessTupleDesc(desc);
		MemoryContextSwitchTo(caller);
	}
	return fcinfo->flinfo->fn_extra;
}

/* (series_months, series_values) */
Datum
mo_series_latest(PG_FUNCTION_ARGS)
{
	Series		series;
	Datum		columns[LATEST_COLUMNS];
	bool		nulls[LATEST_COLUMNS] = {0};

	read_series(fcinfo, &series);
	if (series.n == 0)
		PG_RETURN_NULL();
	columns[LATEST_MONTH] = DateADTGetDatum(series.latest);
	columns[LATEST_SPARK] = spark_of(&series, &nulls[LATEST_SPARK]);
	chart_of(&series, columns, nulls);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(result_type(fcinfo), columns, nulls)));
}
