#include "working_days.h"

/* Day 0, 2000-01-01, is a Saturday: it lies 5 days after a Monday. */
#define DAYS_AFTER_MONDAY 5

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Monday 0 ... Sunday 6 */
static int
weekday(int64_t day)
{
	int			w = (int) ((day + DAYS_AFTER_MONDAY) % 7);

	return w < 0 ? w + 7 : w;
}

/* Mondays to Fridays up to and including the day, counted from Monday 1999-12-27 (negative before). */
static int64_t
weekdays_to(int64_t day)
{
	int			w = weekday(day);

	return floor_div(day + DAYS_AFTER_MONDAY, 7) * 5 + (w < 5 ? w + 1 : 5);
}

/* The weekday that weekdays_to() gives the number. */
static int64_t
nth_weekday(int64_t number)
{
	int64_t		week = floor_div(number - 1, 5);

	return week * 7 + (number - 1 - week * 5) - DAYS_AFTER_MONDAY;
}

/* How many holidays are on or before the day: also the index of the first one after it. */
static int
holidays_to(int64_t day, const mo_holidays *holidays)
{
	int			low = 0;
	int			high = holidays->count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (holidays->days[middle] <= day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* W(day) */
static int64_t
number_of(int64_t day, const mo_holidays *holidays)
{
	return weekdays_to(day) - holidays_to(day, holidays);
}

/*
 * The working day with W = number. A holiday comes before it exactly if its own W (that of the working day before it)
 * is smaller, and W(holiday i) = weekdays_to - (i + 1) never falls as i grows: a binary search counts them.
 */
static int64_t
working_day_number(int64_t number, const mo_holidays *holidays)
{
	int			low = 0;
	int			high = holidays->count;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;

		if (weekdays_to(holidays->days[middle]) - (middle + 1) < number)
			low = middle + 1;
		else
			high = middle;
	}
	return nth_weekday(number + low);
}

int
mo_weekday_holidays(int32_t *days, int count)
{
	int			kept = 0;

	for (int i = 0; i < count; i++)
		if (weekday(days[i]) < 5)
			days[kept++] = days[i];
	return kept;
}

bool
mo_is_working_day(int64_t day, const mo_holidays *holidays)
{
	int			before = holidays_to(day, holidays);

	return weekday(day) < 5 && (before == 0 || holidays->days[before - 1] != day);
}

int64_t
mo_working_days_between(int64_t start, int64_t finish, const mo_holidays *holidays)
{
	return number_of(finish, holidays) - number_of(start, holidays);
}

int64_t
mo_add_working_days(int64_t day, int64_t n, const mo_holidays *holidays)
{
	if (n == 0)
		return day;
	return working_day_number(number_of(day, holidays) + n, holidays);
}
