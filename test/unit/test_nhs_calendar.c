/* NHS calendar arithmetic against the C library's own calendar and against worked edges. */
#include <time.h>

#include "stats/nhs_calendar.h"
#include "stats/double_sum.h"
#include "tap.h"

#define UNIX_DAYS_OF_2000 10957

static void
agree_with_gmtime(void)
{
	int			wrong = 0;

	for (int64_t day = -1000000; day <= 2000000; day += 7)
	{
		time_t		seconds = (day + UNIX_DAYS_OF_2000) * 86400;
		struct tm	tm;
		mo_civil	civil = mo_civil_from_days(day);

		gmtime_r(&seconds, &tm);
		wrong += civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 || civil.day != tm.tm_mday ||
			mo_days_from_civil(civil.year, civil.month, civil.day) != day;
	}
	is_int(wrong, 0, "428,572 days from 739 BC to the year 7475 agree with gmtime, both ways");
}

static void
edges(void)
{
	int64_t		march_31 = mo_days_from_civil(2026, 3, 31);
	int64_t		leap_day = mo_days_from_civil(2024, 2, 29);

	is_int(mo_financial_year(march_31), 2025, "31 March 2026 is in 2025/26");
	is_int(mo_financial_year(march_31 + 1), 2026, "1 April 2026 is in 2026/27");
	is_int(mo_financial_month(march_31), 12, "March is month 12");
	is_int(mo_financial_month(march_31 + 1), 1, "April is month 1");
	is_int(mo_financial_quarter(march_31), 4, "March is in quarter 4");
	is_int(mo_month_end(leap_day - 10), leap_day, "February 2024 ends on the 29th");
	is_int(mo_month_end(mo_days_from_civil(2023, 2, 1)) - mo_days_from_civil(2023, 2, 1), 27, "February 2023 has 28 days");
	is_int(mo_month_start(leap_day), leap_day - 28, "and begins on the 1st");
	is_int(mo_month_index(mo_days_from_civil(2000, 1, 31)), 0, "January 2000 is month index 0");
	is_int(mo_month_index(mo_days_from_civil(1999, 12, 31)), -1, "December 1999 is -1");
	is_int(mo_month_index(leap_day), 289, "February 2024 is 289");
}

static void
sums_do_not_depend_on_order(void)
{
	double		forward[2] = {0, 0};
	double		backward[2] = {0, 0};
	double		halves[2][2] = {{0, 0}, {0, 0}};

	for (int i = 1; i <= 1000000; i++)
	{
		mo_sum_add(forward, 1.0 / i);
		mo_sum_add(backward, 1.0 / (1000001 - i));
		mo_sum_add(halves[i % 2], 1.0 / i);
	}
	mo_sum_merge(halves[0], halves[1]);
	ok(mo_sum_value(forward) == mo_sum_value(backward), "a million terms add up the same forwards and backwards");
	ok(mo_sum_value(forward) == mo_sum_value(halves[0]), "and as two partial sums merged");
	is_close(mo_sum_value(forward), 14.392726722865724, 1e-15, "the millionth harmonic number");
}

int
main(void)
{
	agree_with_gmtime();
	edges();
	sums_do_not_depend_on_order();
	return done();
}
