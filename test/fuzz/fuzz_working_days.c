/* Any day, any holidays: between() and add() agree with each other and with the days one by one. */
#include "fuzz.h"
#include "stats/working_days.h"

static int
ascending(const void *a, const void *b)
{
	int32_t		x = *(const int32_t *) a;
	int32_t		y = *(const int32_t *) b;

	return (x > y) - (x < y);
}

/* Distinct ascending days near `day`, and a few anywhere. */
static int
some_holidays(fuzz_input *in, int64_t day, int32_t *days)
{
	int			n = 0;
	int			kept = 0;

	for (; n < 40 && in->left > 0; n++)
	{
		int32_t		value = fuzz_int32(in);

		days[n] = n % 4 == 0 ? value : (int32_t) (day + value % 64);
	}
	qsort(days, n, sizeof(int32_t), ascending);
	for (int i = 0; i < n; i++)
		if (kept == 0 || days[i] != days[kept - 1])
			days[kept++] = days[i];
	return kept;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	int64_t		day = fuzz_int32(&in) % 10000000;
	int64_t		n = fuzz_int32(&in);
	int64_t		span = fuzz_int32(&in) % 100;
	int32_t		days[40];
	mo_holidays holidays = {some_holidays(&in, day, days), days};
	int64_t		worked = 0;

	holidays.count = mo_weekday_holidays(days, holidays.count);
	FUZZ_CHECK(mo_working_days_between(day, mo_add_working_days(day, n, &holidays), &holidays) == n);
	FUZZ_CHECK(n <= 0 || mo_is_working_day(mo_add_working_days(day, n, &holidays), &holidays));
	for (int64_t d = day + 1; d <= day + span; d++)
		worked += mo_is_working_day(d, &holidays);
	FUZZ_CHECK(span < 0 || mo_working_days_between(day, day + span, &holidays) == worked);
	FUZZ_CHECK(mo_working_days_between(day + span, day, &holidays) == -mo_working_days_between(day, day + span, &holidays));
	return 0;
}
