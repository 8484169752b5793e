#include "practice_sums.h"

#include <string.h>

#define NOT_GIVEN INT64_MIN

void
mo_practice_sums_begin(mo_practice_sums *sums)
{
	sums->count = 0;
	sums->last = 0;
	memset(sums->place, 0, sizeof(sums->place));
}

/* The sum of a practice, made if there is room. NULL: there is none. */
static mo_practice_sum *
sum_of(mo_practice_sums *sums, const uint64_t *key)
{
	uint64_t	hash = (key[0] ^ key[1] * UINT64_C(0x9E3779B97F4A7C15)) * UINT64_C(0xD6E8FEB86659FD93);
	size_t		at = (size_t) (hash >> 32) % MO_PRACTICE_PLACES;

	for (; sums->place[at] != 0; at = (at + 1) % MO_PRACTICE_PLACES)
	{
		mo_practice_sum *sum = &sums->sum[sums->place[at] - 1];

		if (sum->key[0] == key[0] && sum->key[1] == key[1])
		{
			sums->last = sums->place[at] - 1;
			return sum;
		}
	}
	if (sums->count == MO_PRACTICE_SUMS)
		return NULL;
	sums->last = sums->count++;
	sums->place[at] = (uint8_t) sums->count;
	sums->sum[sums->last] = (mo_practice_sum) {.key = {key[0], key[1]}};
	return &sums->sum[sums->last];
}

mo_practice_result
mo_practice_sums_add(mo_practice_sums *sums, const mo_prescription *row)
{
	uint64_t	key[2] = {0, 0};
	char	   *bytes = (char *) key;
	mo_practice_sum *sum = &sums->sum[sums->last];

	memcpy(bytes, row->practice, row->practice_length);
	bytes[MO_PRACTICE_MAX] = (char) row->practice_length;
	bytes[MO_PRACTICE_MAX + 1] = (char) row->unidentified;
	if (sums->count == 0 || sum->key[0] != key[0] || sum->key[1] != key[1])
		sum = sum_of(sums, key);
	if (sum == NULL)
		return MO_PRACTICE_FULL;
	sum->rows++;
	for (int i = 0; i < 2; i++)
		if (row->money[i] != NOT_GIVEN)
		{
			sum->rows_with[i]++;
			if (__builtin_add_overflow(sum->money[i], row->money[i], &sum->money[i]))
				return MO_PRACTICE_RANGE;
		}
	if (__builtin_add_overflow(sum->items, row->items, &sum->items))
		return MO_PRACTICE_RANGE;
	return MO_PRACTICE_ADDED;
}
