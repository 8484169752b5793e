/* Any day there is: the calendar goes there and back, and its parts stay in their ranges. */
#include "fuzz.h"
#include "stats/nhs_calendar.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_input	in = {data, size};
	int64_t		day = fuzz_int32(&in);
	mo_civil	civil = mo_civil_from_days(day);

	FUZZ_CHECK(mo_days_from_civil(civil.year, civil.month, civil.day) == day);
	FUZZ_CHECK(civil.month >= 1 && civil.month <= 12 && civil.day >= 1 && civil.day <= 31);
	FUZZ_CHECK(mo_month_start(day) <= day && day <= mo_month_end(day));
	FUZZ_CHECK(mo_month_end(day) - mo_month_start(day) >= 27 && mo_month_end(day) - mo_month_start(day) <= 30);
	FUZZ_CHECK(mo_month_start(mo_month_end(day) + 1) == mo_month_end(day) + 1);
	FUZZ_CHECK(mo_financial_year_start(day) <= day && day - mo_financial_year_start(day) <= 365);
	FUZZ_CHECK(mo_financial_month(day) >= 1 && mo_financial_month(day) <= 12);
	FUZZ_CHECK(mo_financial_quarter(day) == (mo_financial_month(day) + 2) / 3);
	FUZZ_CHECK(mo_month_index(day) == mo_month_index(mo_month_start(day)));
	return 0;
}
