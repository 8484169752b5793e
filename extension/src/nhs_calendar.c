/*
 * nhs_calendar.c
 *		NHS financial years, quarters and months of a date.
 *
 * Starts and ends of periods keep an infinite date as it is (as date_trunc does); a name or number of a period that an
 * infinite date is in does not exist and is refused.
 */
#include "mo.h"

#include "utils/builtins.h"
#include "utils/date.h"

#include "stats/nhs_calendar.h"

PG_FUNCTION_INFO_V1(mo_calendar_financial_year);
PG_FUNCTION_INFO_V1(mo_calendar_financial_year_start);
PG_FUNCTION_INFO_V1(mo_calendar_financial_quarter);
PG_FUNCTION_INFO_V1(mo_calendar_financial_month);
PG_FUNCTION_INFO_V1(mo_calendar_month_start);
PG_FUNCTION_INFO_V1(mo_calendar_month_end);

/* The day, refused when it has no place in the calendar. */
static DateADT
finite_day(DateADT day)
{
	if (DATE_NOT_FINITE(day))
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("an infinite date is in no financial year"),
				 errhint("Leave open-ended dates out, or use 9999-12-31.")));
	return day;
}

/* A computed day as a date, refused when it fell off either end of PostgreSQL's range. */
static Datum
day_datum(int64 day)
{
	if (day < DATETIME_MIN_JULIAN - POSTGRES_EPOCH_JDATE || day >= DATE_END_JULIAN - POSTGRES_EPOCH_JDATE)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("date out of range"),
				 errhint("Dates go from 4713 BC to 5874897 AD.")));
	return DateADTGetDatum((DateADT) day);
}

Datum
mo_calendar_financial_year(PG_FUNCTION_ARGS)
{
	int64		year = mo_financial_year(finite_day(PG_GETARG_DATEADT(0)));

	if (year < 1)
		ereport(ERROR,
				(errcode(ERRCODE_DATETIME_VALUE_OUT_OF_RANGE),
				 errmsg("a date before April of the year 1 is in no financial year"),
				 errhint("Check the year of the date.")));
	PG_RETURN_TEXT_P(cstring_to_text(psprintf(INT64_FORMAT "/%02d", year, (int) ((year + 1) % 100))));
}

Datum
mo_calendar_financial_year_start(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	return day_datum(mo_financial_year_start(day));
}

Datum
mo_calendar_financial_quarter(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(mo_financial_quarter(finite_day(PG_GETARG_DATEADT(0))));
}

Datum
mo_calendar_financial_month(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT32(mo_financial_month(finite_day(PG_GETARG_DATEADT(0))));
}

Datum
mo_calendar_month_start(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	return day_datum(mo_month_start(day));
}

Datum
mo_calendar_month_end(PG_FUNCTION_ARGS)
{
	DateADT		day = PG_GETARG_DATEADT(0);

	if (DATE_NOT_FINITE(day))
		PG_RETURN_DATEADT(day);
	return day_datum(mo_month_end(day));
}
