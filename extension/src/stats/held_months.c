#include "held_months.h"

#include "nhs_calendar.h"

int64_t
mo_span_last_day(int64_t day, mo_span span)
{
	int64_t		month = mo_month_index(day) + span.months;
	int64_t		begins = mo_month_begins(month);
	int64_t		length = mo_month_begins(month + 1) - begins;
	int64_t		day_of_month = day - mo_month_start(day);

	return begins + (day_of_month < length ? day_of_month : length - 1) + span.days;
}

/* The months that an event of a day holds in: from <= month < to; none where they are equal. */
typedef struct day_months
{
	int64_t		from;
	int64_t		to;
} day_months;

/* Narrows first to last to the days of events among them. */
static void
narrow_days(const int32_t *days, size_t n, int64_t *first, int64_t *last)
{
	int64_t		least = *last + 1;
	int64_t		greatest = *first - 1;

	for (size_t i = 0; i < n; i++)
	{
		if (days[i] < *first || days[i] > *last)
			continue;
		least = days[i] < least ? days[i] : least;
		greatest = days[i] > greatest ? days[i] : greatest;
	}
	*first = least;
	*last = greatest;
}

/*
 * A map of one month takes the patients of events that hold in it as bits: a patient of many events is put into the map once. False, and nothing
 * done, where numbers of patients are so far apart that bits would take more than the events do.
 */
static bool
add_to_only_month(mo_patient_months *map, const int32_t *patients, const int32_t *days, size_t n, int64_t first, int64_t last, const day_months *months)
{
	int32_t		greatest = 0;
	size_t		bytes;
	unsigned char *bits;

	for (size_t i = 0; i < n; i++)
		greatest = patients[i] > greatest ? patients[i] : greatest;
	bytes = (size_t) greatest / 8 + 1;
	if (bytes > n * sizeof(int32_t) * 2)
		return false;
	bits = map->memory.allocate(map->memory.context, bytes);
	for (size_t i = 0; i < n; i++)
		if (days[i] >= first && days[i] <= last && months[days[i] - first].from <= map->first_month && months[days[i] - first].to > map->first_month)
			mo_patient_bits_set(bits, &patients[i], 1);
	return mo_patient_months_add_bits(map, map->first_month, bits, bytes, bits);
}

void
mo_held_months_add(mo_patient_months *map, const int32_t *patients, const int32_t *days, size_t n, mo_span span)
{
	/* of these days an event can hold in a month of the map; one shifted by months can be up to 3 days short */
	int64_t		first = mo_month_begins((int64_t) map->first_month - span.months) - span.days - 3;
	int64_t		last = mo_month_begins((int64_t) map->first_month + map->months) - 1;
	day_months *months;

	narrow_days(days, n, &first, &last);
	if (first > last)
		return;
	months = map->memory.allocate(map->memory.context, (last - first + 1) * sizeof(day_months));
	for (int64_t day = first; day <= last; day++)
	{
		months[day - first].from = mo_month_index(day);
		months[day - first].to = mo_month_index(mo_span_last_day(day, span) + 1);
	}
	for (size_t i = map->months == 1 && add_to_only_month(map, patients, days, n, first, last, months) ? n : 0; i < n; i++)
		if (days[i] >= first && days[i] <= last)
			mo_patient_months_add_range(map, patients[i], months[days[i] - first].from, months[days[i] - first].to);
	map->memory.release(map->memory.context, months);
}
