/* Events in the order of their patients: against a comparison sort, for spans of days that take one pass, two, three and all bits. */
#include "tap.h"

#include <stdbool.h>
#include <stdlib.h>

#include "stats/events_by_patient.h"

#define EVENTS 5000

typedef struct event
{
	int32_t		patient;
	int32_t		day;
} event;

static uint64_t items[EVENTS];
static uint64_t scratch[EVENTS];

static int
by_patient(const void *left, const void *right)
{
	const event *a = left;
	const event *b = right;

	if (a->patient != b->patient)
		return a->patient < b->patient ? -1 : 1;
	return (a->day > b->day) - (a->day < b->day);
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 1 ^ *seed << 7;
}

/* Whether n events, days from first on within span, are sorted as qsort does. */
static bool
agrees(size_t n, int32_t first, uint32_t span, uint32_t most_patients)
{
	static event expected[EVENTS];
	static int32_t patients[EVENTS];
	static int32_t days[EVENTS];
	uint32_t	seed = (uint32_t) n + span;

	for (size_t i = 0; i < n; i++)
	{
		uint32_t	offset = span == UINT32_MAX ? next(&seed) ^ next(&seed) << 16 : next(&seed) % (span + 1);

		expected[i].patient = patients[i] = (int32_t) (next(&seed) % most_patients);
		expected[i].day = days[i] = (int32_t) ((uint32_t) first + offset);
	}
	qsort(expected, n, sizeof(event), by_patient);
	mo_events_by_patient(patients, days, n, items, scratch);
	for (size_t i = 0; i < n; i++)
		if (patients[i] != expected[i].patient || days[i] != expected[i].day)
			return false;
	return true;
}

int
main(void)
{
	ok(agrees(0, 0, 0, 1), "no event");
	ok(agrees(1, -5, 0, 1), "one");
	ok(agrees(EVENTS, 9000, 0, 100), "all on one day: no pass for days");
	ok(agrees(EVENTS, 9000, 30, 100), "a month: one pass");
	ok(agrees(EVENTS, -9000, 2047, 1000), "the last span of one pass");
	ok(agrees(EVENTS, -9000, 2048, 1000), "the first of two");
	ok(agrees(EVENTS, -100000, (1 << 22) - 1, 10), "the last of two");
	ok(agrees(EVENTS, -100000, 1 << 22, 10), "the first of three");
	ok(agrees(EVENTS, INT32_MIN, UINT32_MAX, 3), "days from the least to the greatest number");
	ok(agrees(EVENTS, 0, 30, INT32_MAX), "patients up to the greatest number");
	return done();
}
