#include "nhs_calendar.h"

/* Days from 0000-03-01 to 2000-01-01. */
#define EPOCH_2000 INT64_C(730425)
#define DAYS_IN_ERA INT64_C(146097)		/* 400 years */

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

mo_civil
mo_civil_from_days(int64_t days)
{
	int64_t		z = days + EPOCH_2000;
	int64_t		era = floor_div(z, DAYS_IN_ERA);
	int64_t		day_of_era = z - era * DAYS_IN_ERA;
	int64_t		year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
							   day_of_era / 146096) / 365;
	int64_t		day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t		shifted = (5 * day_of_year + 2) / 153;	/* March is 0 */
	mo_civil	civil;

	civil.day = (int) (day_of_year - (153 * shifted + 2) / 5 + 1);
	civil.month = (int) (shifted < 10 ? shifted + 3 : shifted - 9);
	civil.year = year_of_era + era * 400 + (civil.month <= 2);
	return civil;
}

int64_t
mo_days_from_civil(int64_t year, int month, int day)
{
	int64_t		y = year - (month <= 2);
	int64_t		era = floor_div(y, 400);
	int64_t		year_of_era = y - era * 400;
	int64_t		day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t		day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * DAYS_IN_ERA + day_of_era - EPOCH_2000;
}

int64_t
mo_month_start(int64_t day)
{
	return day - mo_civil_from_days(day).day + 1;
}

int64_t
mo_month_end(int64_t day)
{
	mo_civil	civil = mo_civil_from_days(day);

	if (civil.month == 12)
		return mo_days_from_civil(civil.year + 1, 1, 1) - 1;
	return mo_days_from_civil(civil.year, civil.month + 1, 1) - 1;
}

int64_t
mo_financial_year(int64_t day)
{
	mo_civil	civil = mo_civil_from_days(day);

	return civil.year - (civil.month < 4);
}

int64_t
mo_financial_year_start(int64_t day)
{
	return mo_days_from_civil(mo_financial_year(day), 4, 1);
}

int
mo_financial_month(int64_t day)
{
	return (mo_civil_from_days(day).month + 8) % 12 + 1;
}

int
mo_financial_quarter(int64_t day)
{
	return (mo_financial_month(day) - 1) / 3 + 1;
}

int64_t
mo_month_index(int64_t day)
{
	mo_civil	civil = mo_civil_from_days(day);

	return (civil.year - 2000) * 12 + civil.month - 1;
}

int64_t
mo_month_begins(int64_t index)
{
	int64_t		year = floor_div(index, 12);

	return mo_days_from_civil(2000 + year, (int) (index - year * 12) + 1, 1);
}
