#include "events_by_patient.h"

#include "radix_sort.h"

/* The first of the days, and by how much the last is after it. */
static int32_t
first_day(const int32_t *days, size_t n, uint32_t *span)
{
	int32_t		first = days[0];
	int32_t		last = days[0];

	for (size_t i = 1; i < n; i++)
	{
		first = days[i] < first ? days[i] : first;
		last = days[i] > last ? days[i] : last;
	}
	*span = (uint32_t) last - (uint32_t) first;
	return first;
}

void
mo_events_by_patient(int32_t *patients, int32_t *days, size_t n, uint64_t *items, uint64_t *scratch)
{
	uint32_t	span;
	int32_t		first;

	if (n == 0)
		return;
	first = first_day(days, n, &span);
	for (size_t i = 0; i < n; i++)
		items[i] = (uint64_t) (uint32_t) patients[i] << 32 | ((uint32_t) days[i] - (uint32_t) first);
	/* days of a month are sorted in one pass; a digit that reaches into the patient does no harm, the patient is sorted by afterwards */
	for (int shift = 0; shift < 32 && span >> shift != 0; shift += MO_RADIX_BITS)
	{
		uint64_t   *sorted = scratch;

		mo_radix_pass(items, sorted, n, shift);
		scratch = items;
		items = sorted;
	}
	mo_radix_sort(items, scratch, n);
	for (size_t i = 0; i < n; i++)
	{
		patients[i] = (int32_t) (items[i] >> 32);
		days[i] = (int32_t) ((uint32_t) items[i] + (uint32_t) first);
	}
}
