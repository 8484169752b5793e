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

/* Months of the map, from the first on, that an event of a day holds in: from <= month < to; none where they are equal. */
typedef struct day_months
{
	int16_t		from;
	int16_t		to;
} day_months;

/* Of the days from first on, which are those that can hold in a month of the map. */
static void
fill_days(const mo_patient_months *map, mo_span span, int64_t first, int64_t count, day_months *days)
{
	for (int64_t i = 0; i < count; i++)
	{
		int64_t		from = mo_month_index(first + i) - map->first_month;
		int64_t		to = mo_month_index(mo_span_last_day(first + i, span) + 1) - map->first_month;

		days[i].from = from < 0 ? 0 : (int16_t) from;
		days[i].to = to > map->months ? (int16_t) map->months : to < 0 ? 0 : (int16_t) to;
	}
}

static inline void
set_months(uint64_t *words, day_months held)
{
	for (int bit = held.from; bit < held.to; bit++)
		words[bit / 64] |= UINT64_C(1) << (bit % 64);
}

void
mo_held_months_add(mo_patient_months *map, const int32_t *patients, const int32_t *days, size_t n, mo_span span)
{
	/* a month shifted by months can be up to 3 days short */
	int64_t		first = mo_month_begins((int64_t) map->first_month - span.months) - span.days - 3;
	int64_t		count = mo_month_begins((int64_t) map->first_month + map->months) - first;
	day_months *months = map->memory.allocate(map->memory.context, count * sizeof(day_months));

	fill_days(map, span, first, count, months);
	for (size_t i = 0; i < n; i++)
	{
		int64_t		at = days[i] - first;

		if (at >= 0 && at < count && months[at].from < months[at].to)
			set_months(mo_patient_words(map, patients[i]), months[at]);
	}
	map->memory.release(map->memory.context, months);
}
