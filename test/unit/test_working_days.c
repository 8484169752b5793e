/* Working days against a day-by-day count, over the bank holidays of England and Wales 2012 to 2028. */
#include "tap.h"

#include "stats/nhs_calendar.h"
#include "stats/working_days.h"

#define HOLIDAYS_FILE "../shared/real/bank_holidays/england_and_wales_2012-2028.csv"
#define MAX_HOLIDAYS 400

static int32_t holiday_days[MAX_HOLIDAYS];
static mo_holidays holidays = {0, holiday_days};
static const mo_holidays none = {0, NULL};

static int64_t
day_of(const char *text)
{
	return mo_days_from_civil(atoi(text), atoi(text + 5), atoi(text + 8));
}

/* By the definition, without the arithmetic under test: 2000-01-01 was a Saturday. */
static int
worked(int64_t day, const mo_holidays *h)
{
	int64_t		weekday = ((day % 7) + 7) % 7;	/* Saturday 0, Sunday 1 */

	if (weekday < 2)
		return 0;
	for (int i = 0; i < h->count; i++)
		if (h->days[i] == day)
			return 0;
	return 1;
}

static void
load_holidays(void)
{
	FILE	   *file = fopen(HOLIDAYS_FILE, "r");
	char		line[200];
	char	   *field[3];

	if (file == NULL)
		return;
	csv_fields(file, line, sizeof(line), field, 3);
	while (csv_fields(file, line, sizeof(line), field, 3) > 0 && holidays.count < MAX_HOLIDAYS)
		holiday_days[holidays.count++] = (int32_t) day_of(field[0]);
	fclose(file);
}

/* Every pair of days in [from, to): between against a running count; add back to the day it came from. */
static void
check_range(int64_t from, int64_t to, const mo_holidays *h, const char *what)
{
	long		wrong_between = 0;
	long		wrong_add = 0;
	long		wrong_day = 0;

	for (int64_t start = from; start < to; start++)
	{
		int64_t		count = 0;

		wrong_day += mo_is_working_day(start, h) != worked(start, h);
		for (int64_t finish = start + 1; finish < to; finish++)
		{
			int			is_worked = worked(finish, h);

			count += is_worked;
			wrong_between += mo_working_days_between(start, finish, h) != count;
			wrong_between += mo_working_days_between(finish, start, h) != -count;
			if (is_worked)
				wrong_add += mo_add_working_days(start, count, h) != finish;
		}
	}
	ok(wrong_day == 0, "%s: is_working_day (%ld wrong)", what, wrong_day);
	ok(wrong_between == 0, "%s: between, every pair, both ways (%ld wrong)", what, wrong_between);
	ok(wrong_add == 0, "%s: add, every pair (%ld wrong)", what, wrong_add);
}

/* between(day, add(day, n)) = n, and what add gives is worked, for every day and many n. */
static void
check_consistent(int64_t from, int64_t to, const mo_holidays *h, const char *what)
{
	long		wrong = 0;

	for (int64_t day = from; day < to; day++)
		for (int n = -300; n <= 300; n++)
		{
			int64_t		there = mo_add_working_days(day, n, h);

			wrong += mo_working_days_between(day, there, h) != n;
			wrong += n == 0 ? there != day : !worked(there, h);
			wrong += n > 0 ? there <= day : n < 0 && there >= day;
		}
	ok(wrong == 0, "%s: between(day, add(day, n)) = n for n from -300 to 300 (%ld wrong)", what, wrong);
}

static void
check_real(void)
{
	static const char *const ranges[][2] = {
		{"2011-11-01", "2012-07-01"}, {"2012-12-01", "2013-06-01"}, {"2020-03-01", "2020-10-01"},
		{"2022-04-01", "2022-11-01"}, {"2023-03-01", "2023-07-01"}, {"2027-12-01", "2028-07-01"}, {"2028-12-01", "2029-03-01"}
	};

	load_holidays();
	if (holidays.count == 0)
	{
		printf("ok %d - the published bank holidays # skip ../shared is not here\n", ++tap_run);
		return;
	}
	is_int(holidays.count, 8 * 17 + 4, "8 a year from 2012 to 2028, and the extra days of 2012, 2022 (two) and 2023");
	is_int(mo_weekday_holidays(holiday_days, holidays.count), holidays.count, "published holidays are all on weekdays");
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		check_range(day_of(ranges[i][0]), day_of(ranges[i][1]), &holidays, ranges[i][0]);
	check_consistent(day_of("2019-12-01"), day_of("2024-02-01"), &holidays, "2019-12 to 2024-01");
	is_int(mo_working_days_between(day_of("2011-12-31"), day_of("2028-12-31"), &holidays),
		   mo_working_days_between(day_of("2011-12-31"), day_of("2028-12-31"), &none) - holidays.count, "17 years less their holidays");
}

static void
check_synthetic(void)
{
	int32_t		mixed[] = {-10, -9, -8, -7, -6, 0, 1, 2, 3, 4, 5, 6, 7, 30};
	mo_holidays h = {mo_weekday_holidays(mixed, 14), mixed};
	int64_t		far = INT64_C(1) << 39;

	is_int(h.count, 9, "weekends are dropped from the holidays (the 8th and 9th, 0, 1 and 7th day are weekends)");
	check_range(-60, 60, &h, "a week of holidays, before and after day 0");
	check_consistent(-60, 60, &h, "a week of holidays");
	check_range(-60, 60, &none, "no holidays");
	is_int(mo_working_days_between(-far * 7, far * 7, &none), far * 10, "a span of 2^40 weeks");
	is_int(mo_add_working_days(-far, 10, &none) - -far, 14, "ten working days are two weeks, anywhere");
}

int
main(void)
{
	check_real();
	check_synthetic();
	return done();
}
