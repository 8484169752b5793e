/*
 * control_chart.c
 *		Window functions of an XmR control chart over a partition ordered by month.
 *
 * What is wanted: mean, limits and special causes of a whole series beside each of its points, in one pass. The frame does not
 * matter, the partition does: its values are fetched once, the result is kept in the partition's memory, and every
 * further row only looks it up. Cost and memory are linear in the partition.
 * With months as a second argument, months without a row are gaps.
 */
#include "mo.h"

#include <math.h>

#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "windowapi.h"

#include "stats/control_chart.h"
#include "stats/nhs_calendar.h"

PG_FUNCTION_INFO_V1(mo_chart_xmr_mean);
PG_FUNCTION_INFO_V1(mo_chart_xmr_lower);
PG_FUNCTION_INFO_V1(mo_chart_xmr_upper);
PG_FUNCTION_INFO_V1(mo_chart_special_cause);
PG_FUNCTION_INFO_V1(mo_chart_special_cause_direction);

/* What the partition's memory holds; it begins as zeros. */
typedef struct Chart
{
	bool		ready;
	mo_xmr		xmr;
	unsigned char causes[FLEXIBLE_ARRAY_MEMBER];	/* one a row, for special_cause only; behind them room for gaps */
} Chart;

/* The partition's values, NaN where null. */
static double *
partition_values(WindowObject window, int64 rows)
{
	double	   *values = palloc_extended(sizeof(double) * (Size) Max(rows, 1), MCXT_ALLOC_HUGE);

	for (int64 i = 0; i < rows; i++)
	{
		bool		isnull;
		bool		isout;
		Datum		value = WinGetFuncArgInPartition(window, 0, (int) i, WINDOW_SEEK_HEAD, false, &isnull, &isout);

		CHECK_FOR_INTERRUPTS();
		values[i] = isnull || isout ? NAN : mo_finite(DatumGetFloat8(value), "value");
	}
	return values;
}

/* The partition's months. */
static int64 *
partition_months(WindowObject window, int64 rows)
{
	int64	   *months = palloc_extended(sizeof(int64) * (Size) Max(rows, 1), MCXT_ALLOC_HUGE);

	for (int64 i = 0; i < rows; i++)
	{
		bool		isnull;
		bool		isout;
		Datum		value = WinGetFuncArgInPartition(window, 1, (int) i, WINDOW_SEEK_HEAD, false, &isnull, &isout);
		DateADT		day = isnull || isout ? DATEVAL_NOEND : DatumGetDateADT(value);

		CHECK_FOR_INTERRUPTS();
		months[i] = DATE_NOT_FINITE(day) ? 0 : mo_month_index(day);
		if (DATE_NOT_FINITE(day) || (i > 0 && months[i] <= months[i - 1]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("a control chart's months must be in order, each once"),
					 errhint("Use a window as (partition by org_code, kpi_id order by month).")));
	}
	return months;
}

static Chart *
partition_chart(FunctionCallInfo fcinfo, bool with_causes)
{
	WindowObject window = PG_WINDOW_OBJECT();
	bool		with_months = PG_NARGS() > 1;
	int64		rows = WinGetPartitionRowCount(window);
	Size		places = (Size) rows;
	Size		room = !with_causes ? 0 : with_months ? 2 * (Size) rows : (Size) rows;
	Chart	   *chart = WinGetPartitionLocalMemory(window, offsetof(Chart, causes) + room + 1);
	double	   *values;
	int64	   *months = NULL;

	if (chart->ready)
		return chart;
	if (rows > PG_INT32_MAX)	/* positions in a partition are ints */
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("a control chart cannot have more than %d points", PG_INT32_MAX),
				 errhint("Partition by organisation and KPI.")));
	values = partition_values(window, rows);
	if (with_months)
	{
		double	   *spaced = palloc_extended(sizeof(double) * 2 * (Size) Max(rows, 1), MCXT_ALLOC_HUGE);

		months = partition_months(window, rows);
		places = mo_space_months(values, months, (size_t) rows, spaced);
		pfree(values);
		values = spaced;
	}
	mo_xmr_limits(values, places, &chart->xmr);
	mo_finite(chart->xmr.mean, "the mean");
	mo_finite(chart->xmr.lower, "the lower limit");
	mo_finite(chart->xmr.upper, "the upper limit");
	if (with_causes)
		mo_special_causes(values, places, &chart->xmr, chart->causes);
	if (with_causes && with_months)
		mo_unspace_causes(chart->causes, months, (size_t) rows);
	pfree(values);
	if (with_months)
		pfree(months);
	chart->ready = true;
	return chart;
}

Datum
mo_chart_xmr_mean(PG_FUNCTION_ARGS)
{
	Chart	   *chart = partition_chart(fcinfo, false);

	if (chart->xmr.points == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(chart->xmr.mean);
}

Datum
mo_chart_xmr_lower(PG_FUNCTION_ARGS)
{
	Chart	   *chart = partition_chart(fcinfo, false);

	if (chart->xmr.ranges == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(chart->xmr.lower);
}

Datum
mo_chart_xmr_upper(PG_FUNCTION_ARGS)
{
	Chart	   *chart = partition_chart(fcinfo, false);

	if (chart->xmr.ranges == 0)
		PG_RETURN_NULL();
	PG_RETURN_FLOAT8(chart->xmr.upper);
}

Datum
mo_chart_special_cause(PG_FUNCTION_ARGS)
{
	Chart	   *chart = partition_chart(fcinfo, true);
	const char *name = mo_cause_name(chart->causes[WinGetCurrentPosition(PG_WINDOW_OBJECT())]);

	if (name == NULL)
		PG_RETURN_NULL();
	PG_RETURN_TEXT_P(cstring_to_text(name));
}

/* (cause text) -> 1, -1 or 0 */
Datum
mo_chart_special_cause_direction(PG_FUNCTION_ARGS)
{
	char	   *name = text_to_cstring(PG_GETARG_TEXT_PP(0));

	for (mo_cause cause = MO_CAUSE_COMMON; cause < MO_CAUSES; cause++)
		if (strcmp(name, mo_cause_name(cause)) == 0)
			PG_RETURN_INT32(mo_cause_direction(cause));
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" is not a cause of mo.special_cause", name),
			 errhint("Causes are common_cause, above_upper_limit, below_lower_limit, increasing_trend, decreasing_trend, "
					 "two_of_three_above, two_of_three_below, seven_above and seven_below.")));
}
