/* Months at whose end an event holds: last days as PostgreSQL's date + interval, and the months of random events one by one. */
#include "tap.h"

#include "counted_memory.h"
#include "stats/held_months.h"
#include "stats/nhs_calendar.h"

static void
last_day_is(int year, int month, int day, mo_span span, int to_year, int to_month, int to_day)
{
	int64_t		got = mo_span_last_day(mo_days_from_civil(year, month, day), span);
	int64_t		expected = mo_days_from_civil(to_year, to_month, to_day);

	ok(got == expected, "%d-%02d-%02d and %d months %d days (%lld days off)", year, month, day, span.months, span.days, (long long) (got - expected));
}

static void
last_days(void)
{
	last_day_is(2024, 1, 31, (mo_span) {1, 0}, 2024, 2, 29);
	last_day_is(2025, 1, 31, (mo_span) {1, 0}, 2025, 2, 28);
	last_day_is(2025, 1, 31, (mo_span) {1, 1}, 2025, 3, 1);	/* months first, then days */
	last_day_is(2024, 2, 29, (mo_span) {12, 0}, 2025, 2, 28);
	last_day_is(2025, 5, 15, (mo_span) {0, 84}, 2025, 8, 7);
	last_day_is(1999, 12, 31, (mo_span) {2, 0}, 2000, 2, 29);
	last_day_is(2025, 6, 1, (mo_span) {0, 0}, 2025, 6, 1);
}

/* Whether the patient's word of a map says what each of its events, one by one, says of each month end. */
static int
wrong_months(const mo_patient_months *map, const int32_t *patients, const int32_t *days, size_t n, mo_span span, int32_t patient)
{
	const uint64_t *words = mo_patient_months_find(map, patient);
	int			wrong = 0;

	for (int bit = 0; bit < map->months; bit++)
	{
		int64_t		month_end = mo_month_begins(map->first_month + bit + 1) - 1;
		int			holds = 0;

		for (size_t i = 0; i < n; i++)
			holds |= patients[i] == patient && days[i] <= month_end && mo_span_last_day(days[i], span) >= month_end;
		wrong += holds != (words != NULL && (words[bit / 64] >> bit % 64 & 1));
	}
	return wrong;
}

/* Patients are numbers that lie apart from each other. */
static void
random_events(int months, mo_span span, int32_t apart)
{
	enum {EVENTS = 400, PATIENTS = 40};
	mo_patient_months map;
	int32_t		patients[EVENTS];
	int32_t		days[EVENTS];
	int			wrong = 0;

	mo_patient_months_start(&map, memory, 240, months);
	for (int i = 0; i < EVENTS; i++)
	{
		patients[i] = (1 + (int32_t) random_below(PATIENTS)) * apart;
		days[i] = (int32_t) (mo_month_begins(200) + random_below(31 * (months + 80)));
	}
	days[0] = INT32_MIN;
	days[1] = INT32_MAX;		/* infinite */
	mo_held_months_add(&map, patients, days, EVENTS, span);
	mo_patient_months_settle(&map);
	for (int patient = 1; patient <= PATIENTS; patient++)
		wrong += wrong_months(&map, patients + 2, days + 2, EVENTS - 2, span, patient * apart);
	ok(wrong == 0, "%d months, events that hold %d months and %d days, patients %d apart: %d wrong", months, span.months, span.days, apart, wrong);
	free_map(&map);
	ok(bytes_held == 0, "all memory was given back");
}

int
main(void)
{
	last_days();
	random_events(36, (mo_span) {3, 0}, 1);
	random_events(36, (mo_span) {12, 14}, 1);
	random_events(12, (mo_span) {0, 90}, 1);
	random_events(1, (mo_span) {0, 0}, 1);
	random_events(1, (mo_span) {12, 14}, 1);
	random_events(1, (mo_span) {3, 0}, 50000000);	/* too far apart for bits */
	random_events(192, (mo_span) {6, 31}, 1);
	random_events(60, (mo_span) {MO_SPAN_MONTHS_LIMIT, MO_SPAN_DAYS_LIMIT}, 1);
	return done();
}
